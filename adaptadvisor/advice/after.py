"""What comes after the plan fell short, and what of its run decides that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adaptadvisor.advice.values import Plan
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.conditions import ALWAYS, holds
from adaptadvisor.table.plans import members

SHOWN_BY_A_RUN = {"rag": ("retrieval_result", "retrieval {} what is needed")}
"""Facts that nobody knows before an approach was run, and that decide what comes after it; with
the words for an answer.
"""


@dataclass(frozen=True, slots=True)
class AfterRun:
    """What comes next if the run shows this `answer` to `fact` (`shown`: in words): what to mend
    `first`, or nothing, and then the plan.
    """

    fact: str
    answer: str
    shown: str
    first: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Fallback:
    """The advice if the present plan is tried and falls short, and where what the run shows makes
    a difference, the advice for each thing it may show; `needs`: what the plan rests on and nobody
    has said is there, in words.
    """

    plan: Plan
    headline: str
    by_result: tuple[AfterRun, ...] = ()
    needs: tuple[str, ...] = ()


def by_result(here: Circumstances) -> tuple[AfterRun, ...]:
    """What comes next for each thing that a run of the plan may show; empty if it is always one."""
    found = tuple(_results(here))
    return found if len({row.plan for row in found}) > 1 else ()


def _results(here: Circumstances) -> Iterator[AfterRun]:
    for approach, (fact, words) in SHOWN_BY_A_RUN.items():
        if approach not in here.plan or fact not in here.table.facts or fact in here.facts:
            continue
        for answer in map(str, here.table.facts[fact].values):
            after = here.engine.fallback({**here.facts, fact: answer}, here.outcome)
            mends = here.table.readiness.values()
            shown = {fact: answer}
            first = (row.name for row in mends if row.when != ALWAYS and holds(row.when, shown))
            yield AfterRun(fact, answer, words.format(answer), next(first, ""), members(after.plan))
