"""The smallest sets of answers that would have to be different for a wanted plan to be the advice.
Exact.

Every fact keeps its answer (or stays unknown) at no cost, or gets another answer at the cost of one
change. The search allows one change more each time, so the first ways it meets are the smallest;
where a partial situation shows that no completion of it can have the wanted plan, nothing below it
is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from adaptadvisor.advice.advise import check_facts
from adaptadvisor.advice.hinges import merged
from adaptadvisor.advice.recommendation import TableId, as_data
from adaptadvisor.engine.decide import Engine, engine_for
from adaptadvisor.engine.search import BudgetSpentError, Search, one_of
from adaptadvisor.engine.space import Space, answers, moves
from adaptadvisor.table.conditions import Cell
from adaptadvisor.table.facts import Fact, Value, show
from adaptadvisor.table.plans import CONTAINING, INSIDE, members, plan_of
from adaptadvisor.table.rows import Table

SCHEMA = "adaptadvisor/what-if/1"
MOST = 3
BUDGET = 14_000
"""Partial situations that are looked at for the wanted plan; for larger ones, a quarter of it."""
"""Ways that are shown where several are equally small."""


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that would have to be given (`now` is None) or to be another one; `value` is one
    that will do.
    """

    fact: str
    now: Value | None
    answer: str
    value: Value
    obtainable: bool
    find_out: str


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that together give this plan, any of the named answers to each; fewer changes do not."""

    changes: tuple[Change, ...]
    plan: tuple[str, ...]
    open_needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """The smallest ways, those with the most changes that one can bring about first (at most three);
    `more` says that there are others as small, `not_searched` what was not looked at.
    """

    ways: tuple[Way, ...]
    more: bool
    not_searched: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What would have to be different for the wanted plan to be the advice.

    `ways`, `more` and `not_searched` are those of `Ways`. `part` is a way with fewer changes to a
    plan that holds the wanted one and more. `because` says why there is no way.
    """

    schema: str
    table: TableId
    facts: Mapping[str, Value]
    plan: tuple[str, ...]
    wanted: tuple[str, ...]
    ways: tuple[Way, ...]
    more: bool
    not_searched: str
    part: Way | None
    because: str

    def as_data(self) -> dict[str, Any]:
        """The answer as dictionaries, lists and plain values, ready for JSON."""
        return as_data(self)  # type: ignore[no-any-return]


def what_if(table: Table, given: Mapping[str, object], wanted: Iterable[str]) -> WhatIf:
    """What would have to be different for the plan to be the wanted approaches. Raises `BadInput`
    for a fact or a value that is none.
    """
    facts = check_facts(table, given)
    engine, goal = engine_for(table), plan_of(wanted)
    present = engine.decide(facts).plan
    found = smallest_changes(engine, facts, 1 << goal, budget=BUDGET)
    wider = CONTAINING[goal] & ~(1 << goal)
    part, not_searched = None, found.not_searched
    if present != goal and not wider >> present & 1:
        most = len(found.ways[0].changes) - 1 if found.ways else None
        larger = smallest_changes(engine, facts, wider, most, BUDGET // 4)
        part = next(iter(larger.ways), None)
        if larger.not_searched and part is None:
            not_searched += (
                f"{'; ' if not_searched else ''}of ways to larger plans, {larger.not_searched}"
            )
    return WhatIf(
        schema=SCHEMA,
        table=TableId(table.version, table.digest),
        facts=facts,
        plan=members(present),
        wanted=members(goal),
        ways=found.ways,
        more=found.more,
        not_searched=not_searched,
        part=part,
        because="" if found.ways or found.not_searched else _why_none(facts, goal),
    )


def _why_none(facts: Mapping[str, Value], goal: int) -> str:
    tried: Any = facts.get("tried", ())
    inside = [plan for plan in tried if INSIDE[plan_of(plan.split("+"))] >> goal & 1]
    return (
        f"{inside[0]} was tried and fell short" if inside else "in this table no answers lead to it"
    )


def smallest_changes(
    engine: Engine,
    facts: Mapping[str, Any],
    goals: int,
    most: int | None = None,
    budget: int = BUDGET,
) -> Ways:
    """The smallest ways to one of the plans in the set `goals`, of at most `most` changes.

    No way where no answers lead there; one without changes where the plan is one of them already.
    `tried` is never changed.
    """
    changes = _Changes(engine, facts, goals, budget)
    found, not_searched = changes.smallest(most)
    ways = tuple(changes.way(values) for values in found[:MOST])
    return Ways(ways, len(found) > MOST, not_searched)


class _Changes:
    """The changes of one situation that lead to wanted plans (a set of them)."""

    def __init__(self, engine: Engine, known: Mapping[str, Any], goals: int, budget: int) -> None:
        self.engine = engine
        self.known = known
        space = Space(engine, {fact: value for fact, value in known.items() if fact == "tried"})
        rows = {group.facts: tuple(moves(engine, group, known)) for group in space.groups}
        goal = one_of(space, goals)
        self.search = Search(space, goal, rows=rows, budget=budget)

    def smallest(self, most: int | None) -> tuple[list[dict[str, Any]], str]:
        """The answers that have to be different: one example for each smallest set of facts, those
        of the least effort first. And what was not looked at, because it would take too long.
        """
        found: dict[frozenset[str], dict[str, Any]] = {}
        not_searched = ""
        try:
            for values in self.search.smallest(most):
                found.setdefault(frozenset(values), values)
        except BudgetSpentError:
            size = self.search.size
            not_searched = f"some sets of {size} answers" + ("" if found else " or more")
        return sorted(found.values(), key=self._effort), not_searched

    def _effort(self, values: Collection[str]) -> tuple[int, int, tuple[int, ...]]:
        """Of equally small sets: answers that are known and that nobody can bring about count most,
        then those not known.
        """
        facts = [fact for fact in self.engine.askable if fact.id in values]
        stuck = [fact for fact in facts if not fact.obtainable]
        return (
            sum(fact.id in self.known for fact in stuck),
            len(stuck),
            tuple(fact.order for fact in facts),
        )

    def way(self, values: dict[str, Any]) -> Way:
        """The answers to these facts, all of which have to change, that give the same plan as these
        ones.
        """
        facts = [fact for fact in self.engine.askable if fact.id in values]
        kept = {fact: value for fact, value in self.known.items() if fact not in values}
        goal = self.engine.decide({**kept, **values}).plan
        joined = self._joined(facts)
        cells = {
            fact.id: answers(self.engine, {**kept, **_without(values, fact.id)}, fact)
            for fact in facts
        }
        box = {fact.id: [_cell_of(cells[fact.id], values[fact.id])] for fact in facts}
        for fact in facts:
            if fact not in joined:
                box[fact.id] = self._widened(kept, values, fact, cells[fact.id], box, goal)
        for fact in facts:
            if fact not in joined:
                values[fact.id] = _nearest(box[fact.id], self.known.get(fact.id))
        outcome = self.engine.decide({**kept, **values})
        changes = []
        for fact in facts:
            words = (
                show(values[fact.id])
                if fact in joined
                else merged([(cell, outcome) for cell in box[fact.id]])[0][0]
            )
            changes.append(
                Change(
                    fact.id,
                    self.known.get(fact.id),
                    words,
                    values[fact.id],
                    fact.obtainable,
                    fact.find_out,
                )
            )
        return Way(tuple(changes), members(outcome.plan), outcome.open_needs)

    def _joined(self, facts: list[Fact]) -> list[Fact]:
        """Changed numbers that a derived fact joins to another one: what will do for the other
        depends on the very number of the first.
        """
        pairs = (
            [fact for fact in facts if fact.id in derived.fact.inputs]
            for derived in self.engine.derived
        )
        return [pair[0] for pair in pairs if len(pair) > 1]

    def _widened(
        self,
        kept: Mapping[str, Any],
        values: Mapping[str, Any],
        fact: Fact,
        cells: tuple[Cell, ...],
        box: Mapping[str, list[Cell]],
        goal: int,
    ) -> list[Cell]:
        """The answers to one fact that give the plan whichever of the answers in `box` the others
        have; of numbers, one range.
        """
        others = [name for name in box if name != fact.id]
        rows = [
            [cell.value for cell in box[name]] if len(box[name]) > 1 else [values[name]]
            for name in others
        ]

        def will_do(cell: Cell) -> bool:
            given = (dict(zip(others, row, strict=True)) for row in product(*rows))
            return all(
                self.engine.decide({**kept, **row, fact.id: cell.value}).plan == goal
                for row in given
            )

        if not fact.numeric:
            return [cell for cell in cells if will_do(cell)]
        first = last = cells.index(box[fact.id][0])
        while first and will_do(cells[first - 1]):
            first -= 1
        while last + 1 < len(cells) and will_do(cells[last + 1]):
            last += 1
        return list(cells[first : last + 1])


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {other: value for other, value in values.items() if other != name}


def _cell_of(cells: tuple[Cell, ...], value: Any) -> Cell:
    return next(
        cell
        for cell in cells
        if cell.value == value or (not math.isnan(cell.low) and cell.low <= value < cell.high)
    )


def _nearest(box: list[Cell], now: Any) -> Any:
    """An answer that will do; of numbers one next to the present one."""
    above = not math.isnan(box[0].low) and now is not None and now >= box[-1].high
    return box[-1].value if above else box[0].value
