"""How much each open question is worth asking: how likely its answer changes the plan.

That is the share of answers with another plan, each weighed by how often published cases have it;
one case more is counted for each answer, so that none is impossible (Laplace's rule).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from adaptadvisor.advice.recommendation import Hinge
from adaptadvisor.engine.decide import Outcome
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.engine.space import answers
from adaptadvisor.table.conditions import Cell
from adaptadvisor.table.evidence import Precedent
from adaptadvisor.table.facts import Fact, Value, exact

ENOUGH = 10
"""Published cases of the same task that know a fact, from which on the others are left out."""


def ranked(here: Circumstances, hinges: Sequence[Hinge]) -> tuple[Hinge, ...]:
    """The open questions with what each is worth, most first; else in the order of the table."""
    found = [replace(hinge, worth=_worth(here, hinge)) for hinge in hinges]
    return tuple(sorted(found, key=lambda hinge: -hinge.worth))


def _worth(here: Circumstances, hinge: Hinge) -> float:
    fact = here.table.facts[hinge.fact]
    facts = {**here.facts, **hinge.together_with}
    cells = answers(here.engine, facts, fact)
    seen = _seen(here, fact, cells)
    other = sum(1 + seen[cell] for cell in cells if _changes(here, facts, cell))
    return round(other / (len(cells) + seen.total()), 2)


def _changes(here: Circumstances, facts: dict[str, Value], cell: Cell) -> bool:
    outcome: Outcome = here.engine.decide({**facts, cell.fact: cell.value})
    return outcome.plan != here.outcome.plan


def _seen(here: Circumstances, fact: Fact, cells: Iterable[Cell]) -> Counter[Cell]:
    """How often published cases, those of the same task if there are enough, have each answer."""
    known = [row for row in here.table.precedents.values() if exact(row.facts.get(fact.id))]
    alike = [row for row in known if row.facts.get("task") == here.facts.get("task")]
    rows: list[Precedent] = alike if len(alike) >= ENOUGH else known
    return Counter(cell for row in rows for cell in cells if _in(cell, row.facts[fact.id]))


def _in(cell: Cell, value: Value) -> bool:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return cell.low <= value < cell.high
    return cell.value == value
