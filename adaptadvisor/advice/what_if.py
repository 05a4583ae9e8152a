"""The smallest sets of answers that would have to be different for a wanted plan to be the advice.
Exact.

Every fact keeps its answer (or stays unknown) at no cost, or gets another answer at the cost of one
change. The search allows one change more each time, so the first ways it meets are the smallest;
where a partial situation shows that no completion of it can have the wanted plan, nothing below it
is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from adaptadvisor.advice.advise import check_facts
from adaptadvisor.advice.hinges import merged
from adaptadvisor.advice.recommendation import TableId, as_data
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.situation import engine_for
from adaptadvisor.engine.space import Group, Space, View, answers, mentioned, moves
from adaptadvisor.table.conditions import Cell
from adaptadvisor.table.facts import Fact, Value, show
from adaptadvisor.table.plans import CONTAINING, INSIDE, members, plan_of
from adaptadvisor.table.rows import Table

SCHEMA = "adaptadvisor/what-if/1"
MOST = 3
"""Ways that are shown where several are equally small."""

_EASY = 4  # changes from which on it pays to ask first whether any number of them would do


class Change(NamedTuple):
    """An answer that would have to be given (`now` is None) or to be another one; `value` is one
    that will do.
    """

    fact: str
    now: Value | None
    answer: str
    value: Value
    obtainable: bool
    find_out: str


class Way(NamedTuple):
    """Changes that together give this plan, any of the named answers to each; fewer changes do not."""

    changes: tuple[Change, ...]
    plan: tuple[str, ...]
    open_needs: tuple[str, ...]


class WhatIf(NamedTuple):
    """What would have to be different for the wanted plan to be the advice.

    `ways` are the smallest ones, those with the most changes that one can bring about first (at
    most three); `more` says that there are others as small. `part` is a way with fewer changes to a
    plan that holds the wanted one and more. `because` says why there is none.
    """

    schema: str
    table: TableId
    facts: Mapping[str, Value]
    plan: tuple[str, ...]
    wanted: tuple[str, ...]
    ways: tuple[Way, ...]
    more: bool
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
    ways, more = smallest_changes(engine, facts, 1 << goal)
    wider = CONTAINING[goal] & ~(1 << goal)
    part = None
    if present != goal and not wider >> present & 1:
        most = len(ways[0].changes) - 1 if ways else None
        part = next(iter(smallest_changes(engine, facts, wider, most)[0]), None)
    because = "" if ways else _why_none(facts, goal)
    names = members(goal)
    return WhatIf(
        SCHEMA,
        TableId(table.version, table.digest),
        facts,
        members(present),
        names,
        ways,
        more,
        part,
        because,
    )


def _why_none(facts: Mapping[str, Value], goal: int) -> str:
    tried: Any = facts.get("tried", ())
    inside = [plan for plan in tried if INSIDE[plan_of(plan.split("+"))] >> goal & 1]
    return (
        f"{inside[0]} was tried and fell short" if inside else "in this table no answers lead to it"
    )


def smallest_changes(
    engine: Engine, facts: Mapping[str, Any], goals: int, most: int | None = None
) -> tuple[tuple[Way, ...], bool]:
    """The smallest ways to one of the plans in the set `goals`, of at most `most` changes, and
    whether there are more of that size.

    No way where no answers lead there; one without changes where the plan is one of them already.
    `tried` is never changed.
    """
    search = _Search(engine, facts, goals)
    found = search.smallest(len(engine.askable) if most is None else most)
    return tuple(search.way(values) for values in found[:MOST]), len(found) > MOST


class _Search:
    """One situation and the wanted plans (a set of them)."""

    def __init__(self, engine: Engine, known: Mapping[str, Any], goals: int) -> None:
        self.engine = engine
        self.known = known
        self.goals = goals
        self.space = Space(
            engine, {fact: value for fact, value in known.items() if fact == "tried"}
        )
        self.moves = {
            group.facts: tuple(moves(engine, group, known)) for group in self.space.groups
        }
        self.failed: dict[Any, int] = {}

    def smallest(self, most: int) -> list[dict[str, Any]]:
        """The answers that have to be different: one example for each smallest set of facts, those
        of the least effort first.
        """
        start = self.space.possible, 0, self.space.groups, ()
        for size in range(most + 1):
            if size == _EASY and next(self._find(*start, len(self.engine.askable)), None) is None:
                break
            found: dict[frozenset[str], dict[str, Any]] = {}
            for values in self._find(*start, size):
                found.setdefault(frozenset(name for name, _ in values), dict(values))
            if found:
                return sorted(found.values(), key=self._effort)
        return []

    def _find(
        self,
        possible: int,
        never: int,
        groups: tuple[Group, ...],
        chosen: tuple[tuple[str, Any], ...],
        left: int,
    ) -> Iterator[tuple[tuple[str, Any], ...]]:
        """Changes by which a wanted plan comes out: those already chosen, and at most so many more."""
        if not left:
            for group in groups:
                possible &= self.moves[group.facts][0].mask
                never |= self.moves[group.facts][0].never
            if (
                self.goals
                >> self.engine.outcome(possible & ~never, possible, self.space.tried).plan
                & 1
            ):
                yield chosen
            return
        view = View(self.space, possible & ~mentioned(groups), possible, never)
        if view.plan is not None:
            if self.goals >> view.plan & 1:
                yield chosen
            return
        groups = tuple(group for group in groups if group.mentions & view.matters)
        state = (view.state, view.matters, never & view.matters, tuple(map(id, groups)))
        if self.failed.get(state, -1) >= left or not view.may_have(self.goals):
            return
        group, rest = self.space.split(groups, view.matters)
        none = True
        different = {
            (
                view.matters & move.mask,
                view.matters & move.never,
                tuple(name for name, _ in move.values),
            ): move
            for move in reversed(self.moves[group.facts])
        }
        for move in reversed(different.values()):
            if len(move.values) <= left:
                for found in self._find(
                    possible & move.mask,
                    never | move.never,
                    rest,
                    (*chosen, *move.values),
                    left - len(move.values),
                ):
                    none = False
                    yield found
        if none:
            self.failed[state] = left

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
        hangs on the very number of the first.
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
