"""How much each open question is worth asking: how likely its answer changes the plan.

That is the share of answers with another plan, each weighed by how likely it is
(`precedents.answers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adaptadvisor.advice.recommendation import Hinge
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.engine.space import answers
from adaptadvisor.precedents.answers import Answers


def ranked(here: Circumstances, hinges: Sequence[Hinge]) -> tuple[Hinge, ...]:
    """The open questions with what each is worth, most first; else in the order of the table."""
    likely = Answers(here.table, here.facts)
    found = [replace(hinge, worth=_worth(here, likely, hinge)) for hinge in hinges]
    return tuple(sorted(found, key=lambda hinge: -hinge.worth))


def _worth(here: Circumstances, likely: Answers, hinge: Hinge) -> float:
    fact = here.table.facts[hinge.fact]
    facts = {**here.facts, **hinge.together_with}
    cells = answers(here.engine, facts, fact)
    plans = [here.engine.decide({**facts, fact.id: cell.value}).plan for cell in cells]
    shares = zip(plans, likely.shares(fact, cells), strict=True)
    return round(sum(share for plan, share in shares if plan != here.outcome.plan), 2)
