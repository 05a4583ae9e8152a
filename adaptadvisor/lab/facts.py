"""What a run of the lab says of the situation: facts, and what they do to the plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from adaptadvisor.advice.advise import advise
from adaptadvisor.evidence.data.seen import Seen, together
from adaptadvisor.evidence.next_step import Run, next_step
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.lab.report import Learnt, Plan, Task
from adaptadvisor.table.facts import Value
from adaptadvisor.table.rows import Table

PLAN = "task_head:frozen-encoder-linear-head"
"""What the lab measures, in the words of `tried`."""
_TASK = Seen("label", "The lab trains heads that give a label.")


def plan(
    table: Table,
    stated: Mapping[str, Value | None],
    seen: Mapping[str, Seen],
    outcomes: Sequence[Outcome],
    *,
    bar: float | None,
    margin: float,
) -> tuple[Plan, tuple[str, ...]]:
    """The plan before and after, and a line for each stated fact that the files have otherwise.
    With a bar the chosen head's results count as `next` would count them; without one they set no
    fact, as nobody says what is good enough.
    """
    both = together(stated, {"task": _TASK, **seen}, table)
    known = {fact: value for fact, value in both.answers.items() if value is not None}
    learnt = [
        Learnt(fact=fact, value=known[fact], because=(_TASK if fact == "task" else seen[fact])[1])
        for fact in both.taken
    ]
    told = {fact: value for fact, value in stated.items() if value is not None}
    before = advise(table, {"task": _TASK.value, **told})
    found = Plan(
        learnt=tuple(learnt),
        facts=_ordered(known, table),
        before=tuple(before.plan),
        after=(),
        headline="",
        move="",
        says=(),
    )
    if bar is None:
        advice = advise(table, known)
        found = replace(found, after=tuple(advice.plan), headline=advice.headline)
    else:
        step = next_step(table, known, Run(outcomes=outcomes, plan=PLAN, bar=bar, margin=margin))
        more = (Learnt(fact=one.fact, value=one.value, because=one.because) for one in step.learnt)
        stays = step.move in ("keep", "step down")
        found = replace(
            found,
            learnt=(*learnt, *more),
            facts=_ordered(step.facts, table),
            after=tuple(step.reached if stays else step.advice.plan),
            headline=step.headline,
            move=step.move,
            says=step.says[:1],
        )
    return found, both.differ


def _ordered(known: Mapping[str, Value], table: Table) -> Mapping[str, Value]:
    return {fact: known[fact] for fact in table.facts if fact in known}


def results(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Every answer as a line of our own result format, which `check compare` and `next` read."""
    for one in outcomes:
        row = {
            "id": one.item,
            "system": one.system,
            "output": one.output,
            "expected": one.expected,
            "correct": one.correct,
        }
        yield json.dumps(row, ensure_ascii=False) + "\n"


def of_chosen(task: Task, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes of the head that was chosen."""
    return [one for one in outcomes if one.system == task.chosen]
