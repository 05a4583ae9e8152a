"""The smallest sets of other answers with which a wanted plan would be the advice. Exact.

The search allows one change more each time, so the first ways that it finds are the smallest among
those that somebody could bring about or find to be true (`realistic`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from adaptadvisor.advice.advise import check_facts
from adaptadvisor.advice.hinges import merged, without
from adaptadvisor.advice.realistic import Realistic
from adaptadvisor.advice.recommendation import Data, TableId, as_data
from adaptadvisor.engine.decide import Engine, engine_for
from adaptadvisor.engine.search import BudgetSpentError, Search, one_of
from adaptadvisor.engine.space import Space, answers, moves
from adaptadvisor.table.conditions import Cell
from adaptadvisor.table.facts import Fact, Value, show
from adaptadvisor.table.plans import CONTAINING, INSIDE, members, plan_of
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import Situation, Table
from adaptadvisor.table.speech import plan_words

SCHEMA = "adaptadvisor/what-if/1"
MOST = 3
"""Ways that are shown where several are equally small."""

BUDGET = 14_000
"""Partial situations that are looked at for the wanted plan; for larger ones, a quarter of it."""


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that has to be given (`now` is None) or to change; `value` is one that will do."""

    fact: str
    now: Value | None
    answer: str
    value: Value
    obtainable: bool
    find_out: str


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that together, by any of the answers named, give this plan; fewer changes do not."""

    changes: tuple[Change, ...]
    plan: tuple[str, ...]
    open_needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """At most three of the smallest ways, best first: those that one can best bring about.

    `more`: there are others as small; `not_searched`: what was not looked at.
    """

    ways: tuple[Way, ...]
    more: bool
    not_searched: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The answer: `Ways` to the wanted plan, or `because` of what there is none.

    `part` is a way with fewer changes to a plan that holds the wanted one and more.
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

    def as_data(self) -> Data:
        """The answer as dictionaries, lists and plain values, ready for JSON."""
        return as_data(self)


def what_if(table: Table, given: Mapping[str, object], wanted: Iterable[str]) -> WhatIf:
    """What has to change for the wanted plan; `BadInput` for a fact or a value that is none."""
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
            also = f"of ways to larger plans, {larger.not_searched}"
            not_searched = "; ".join(filter(None, (not_searched, also)))
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
        because="" if found.ways or found.not_searched else _why_none(engine, facts, goal),
    )


def _why_none(engine: Engine, facts: Situation, goal: int) -> str:
    tried = Space(engine, facts).tried
    used = (*tried.used, *(plan for plan, left in tried.unless if not left))
    for plan in used:
        if INSIDE[plan] >> goal & 1:
            return f"{plan_words(members(plan))} was tried and fell short"
    return "in this table no answers lead to it"


def smallest_changes(
    engine: Engine, facts: Situation, goals: int, most: int | None = None, budget: int = BUDGET
) -> Ways:
    """The smallest ways to one of the plans in the set `goals`, of at most `most` changes.

    No way where no answers lead there; one without changes where the plan is one of them already.
    `tried` is never changed, and a known answer only as `Realistic` allows.
    """
    space = Space(engine, {fact: value for fact, value in facts.items() if fact == "tried"})
    engine = space.engine
    real = Realistic(engine, facts)
    rows = {
        group.facts: tuple(moves(engine, group, facts, real.ranges, real.may))
        for group in space.groups
    }
    search = Search(space, one_of(space, goals), rows=rows, budget=budget)
    found: dict[frozenset[str], dict[str, Value]] = {}  # an example for each set of facts
    not_searched = ""
    try:
        for values in search.smallest(most):
            found.setdefault(frozenset(values), values)
    except BudgetSpentError:
        not_searched = f"some sets of {search.size} answers" + ("" if found else " or more")
    best = sorted(found.values(), key=lambda values: _effort(engine, facts, values))[:MOST]
    ways = tuple(_way(engine, facts, values, real) for values in best)
    return Ways(ways, len(found) > MOST, not_searched)


def _effort(engine: Engine, known: Situation, values: Situation) -> tuple[int, int, list[int]]:
    """Known answers that nobody can bring about count most, then unknown ones, then order."""
    facts = [fact for fact in engine.askable if fact.id in values]
    stuck = [fact for fact in facts if not fact.obtainable]
    return sum(fact.id in known for fact in stuck), len(stuck), [fact.order for fact in facts]


def _way(engine: Engine, known: Situation, values: dict[str, Value], real: Realistic) -> Way:
    """All answers to these facts, each of which has to change, that give the plan of these."""
    facts = [fact for fact in engine.askable if fact.id in values]
    kept = {fact: value for fact, value in known.items() if fact not in values}
    goal = engine.decide({**kept, **values}).plan
    # Of two changed numbers that a derived fact joins, what will do for one depends on the other.
    pairs = ([fact for fact in facts if fact.id in row.fact.inputs] for row in engine.derived)
    fixed = [pair[0] for pair in pairs if len(pair) > 1]
    cells = {
        fact.id: _open(engine, {**kept, **without(values, fact.id)}, fact, real) for fact in facts
    }
    box = {fact.id: [_cell_of(cells[fact.id], values[fact.id])] for fact in facts}
    for fact in (fact for fact in facts if fact not in fixed):
        others = {
            name: [cell.value for cell in found] if len(found) > 1 else [values[name]]
            for name, found in without(box, fact.id).items()
        }
        rows = [
            {**kept, **dict(zip(others, row, strict=True))} for row in product(*others.values())
        ]
        box[fact.id] = _widened(engine, goal, rows, fact, cells[fact.id], box[fact.id][0])
    for fact in facts:
        if fact not in fixed:
            values[fact.id] = _nearest(box[fact.id], known.get(fact.id))
    outcome = engine.decide({**kept, **values})
    changes = []
    for fact in facts:
        now, value = known.get(fact.id), values[fact.id]
        words = merged([(cell, outcome) for cell in box[fact.id]])[0][0]
        words = show(value) if fact in fixed else words
        changes.append(Change(fact.id, now, words, value, fact.obtainable, fact.find_out))
    return Way(tuple(changes), members(outcome.plan), outcome.open_needs)


def _open(engine: Engine, known: Situation, fact: Fact, real: Realistic) -> tuple[Cell, ...]:
    """The answers that a fact may have."""
    held = {fact.id: real.ranges[fact.id]} if fact.id in real.ranges else {}
    found = answers(engine, {**known, **held}, fact)
    return found if fact.numeric else tuple(cell for cell in found if real.may(fact.id, cell.value))


def _widened(
    engine: Engine,
    goal: int,
    rows: Sequence[Situation],
    fact: Fact,
    cells: tuple[Cell, ...],
    start: Cell,
) -> list[Cell]:
    """The answers that give the plan in all these situations; of numbers, a range from `start`."""

    def will_do(cell: Cell) -> bool:
        return all(engine.decide({**row, fact.id: cell.value}).plan == goal for row in rows)

    if not fact.numeric:
        return [cell for cell in cells if will_do(cell)]
    first = last = cells.index(start)
    while first and will_do(cells[first - 1]):
        first -= 1
    while last + 1 < len(cells) and will_do(cells[last + 1]):
        last += 1
    return list(cells[first : last + 1])


def _cell_of(cells: tuple[Cell, ...], value: Value) -> Cell:
    number = value if isinstance(value, (int, float)) else math.nan  # which is in no range
    return next(cell for cell in cells if cell.value == value or cell.low <= number < cell.high)


def _nearest(box: list[Cell], now: Value | None) -> Value:
    """An answer that will do; of numbers one next to the present one, or in the present range."""
    if isinstance(now, Range) and box[0].low < now.low < box[-1].high:
        return now.low
    number = now.low if isinstance(now, Range) else now
    above = isinstance(number, (int, float)) and number >= box[-1].high  # a choice has NaN there
    nearest: Value = box[-1 if above else 0].value
    return nearest
