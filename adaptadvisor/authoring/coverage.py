"""What a table's tests cover; for each gap the smallest situation that closes it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from adaptadvisor.authoring.meaning import bare_need
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import BudgetSpentError, Look
from adaptadvisor.engine.situations import Situations
from adaptadvisor.errors import Location
from adaptadvisor.reading.conditions import MAX_TERMS
from adaptadvisor.reading.facts_file import in_braces
from adaptadvisor.reading.tables import Loaded
from adaptadvisor.table.conditions import (
    ALWAYS,
    All,
    Condition,
    Test,
    cuts,
    describe,
    holds,
    negated,
    terms,
    tests,
)
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.facts import Fact, Value, show_number
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import CONDITIONAL, Option, Situation, Table
from adaptadvisor.table.walk import conditions, nearest

KINDS = ("rows", "branches", "lines")
NEAR = 0.01
"""How near, as a part of a line that is no whole number, counts as at it or just below it."""

_Conjunction = tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no test shows, and a situation (as YAML) that would; empty: none was found."""

    code: str
    message: str
    situation: str


@dataclass(frozen=True, slots=True)
class Point:
    """Something to be covered: a row, an alternative of a condition, or a line."""

    kind: str
    id: str
    place: Location
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A row's condition: its name, where it is, and what must hold for it to be looked at."""

    id: str
    place: Location
    condition: Condition
    within: Condition = ALWAYS


def measure(loaded: Loaded, tested: Iterable[Situation]) -> tuple[Point, ...]:
    """Every point of the table's own rows, not of those of a base, with its gaps."""
    situations = [with_derived(facts) for facts in tested]
    drawn = tuple(_conditions(loaded))
    rows = (_row(loaded.table, one, situations) for one in _rows(loaded))
    branches = (
        point
        for one in drawn
        if loaded.own(one.place)
        for point in _branches(loaded.table, one, situations)
    )
    return (*rows, *branches, *_lines(loaded, drawn, situations))


def _rows(loaded: Loaded) -> Iterator[_Asked]:
    for section in CONDITIONAL:
        for row in getattr(loaded.table, section).values():
            place = loaded.places[f"{section}/{row.id}"]
            if row.when != ALWAYS and loaded.own(place):
                yield _Asked(row.id, place, row.when)


def _conditions(loaded: Loaded) -> Iterator[_Asked]:
    """Every condition that gives advice; what is written once for several approaches is one."""
    table = loaded.table
    options: dict[tuple[str, str, Location], list[tuple[Option, Condition]]] = {}
    for path, condition in conditions(table):
        section, id, *inside, field = path.split("/")
        row, place = f"{section}/{id}", nearest(path, loaded.places)
        if section == "needs" and inside:
            option = table.needs[id].met_by[int(inside[1])]
            options.setdefault((id, field, place), []).append((option, condition))
        elif section != "questions":
            part = f" ({(inside or [field])[0]})" if inside or field != "when" else ""
            yield _Asked(row + part, place, condition)
    for (id, field, place), twins in options.items():
        words = "/".join(option.approach for option, _ in twins)
        row = f"needs/{id} ({words}, {field})"
        yield _Asked(row, place, twins[0][1], table.needs[id].when)


def _row(table: Table, one: _Asked, situations: list[dict[str, Value]]) -> Point:
    fired: set[bool] = set()
    for situation in situations:
        fired.add(holds(one.condition, situation) is True)
        if len(fired) > 1:
            break
    when = f"it fires when {describe(one.condition)}"
    gaps = []
    if True not in fired:
        found = _smallest(table, one.condition)
        gaps.append(_gap("never-fires-in-a-test", f'"{one.id}" fires in no test; {when}', found))
    if False not in fired:
        found = {}
        if holds(one.condition, with_derived({})) is True:
            found = _smallest(table, negated(one.condition, table.facts))
        gaps.append(_gap("never-quiet-in-a-test", f'"{one.id}" is quiet in no test; {when}', found))
    return Point("rows", one.id, one.place, tuple(gaps))


def _branches(table: Table, one: _Asked, situations: list[dict[str, Value]]) -> Iterator[Point]:
    if one.condition == ALWAYS:
        return
    counting = situations
    if one.within != ALWAYS:
        counting = [facts for facts in situations if holds(one.within, facts) is True]
    for term in dict.fromkeys(terms(one.condition, MAX_TERMS)):
        words = describe(All(term))
        gaps = []
        if not any(_met(term, situation) for situation in counting):
            where = "" if one.within == ALWAYS else " in a situation that has the need"
            closing = _smallest(table, All((one.within, *term)))
            gaps.append(_gap("branch-not-tested", f"{one.id}: in no test {words}{where}", closing))
        yield Point("branches", f"{one.id}: {words}", one.place, tuple(gaps))


def _lines(
    loaded: Loaded, drawn: tuple[_Asked, ...], situations: list[dict[str, Value]]
) -> Iterator[Point]:
    table = loaded.table
    drawers: dict[str, dict[float, list[Location]]] = {}
    for one in drawn:
        for fact_id, edges in cuts(tests(one.condition)).items():
            for edge in edges:
                drawers.setdefault(fact_id, {}).setdefault(edge, []).append(one.place)
    for fact in (fact for fact in table.facts.values() if fact.id in drawers):
        values = {situation[fact.id] for situation in situations if fact.id in situation}
        for edge, places in sorted(drawers[fact.id].items()):
            rows = (row for row in table.thresholds.values() if row.fact == fact.id)
            named = [row.id for row in rows if edge in _edges_at(fact, row.value)]
            places[:0] = [loaded.places[f"thresholds/{row}"] for row in named]
            if fact.minimum < edge <= fact.maximum and any(loaded.own(place) for place in places):
                yield _line(table, fact, edge, _called(fact, edge, named), places[0], values)


def _line(
    table: Table, fact: Fact, edge: float, called: str, place: Location, values: set[Value]
) -> Point:
    gaps = []
    for side, (low, high) in _sides(fact, edge).items():
        between = Test(fact.id, (), ((low, high),))
        if not any(map(between.accepts, values)):
            closing = _smallest(table, between)
            gaps.append(_gap("threshold-not-tested", f"no test lies {side} {called}", closing))
    return Point("lines", called, place, tuple(gaps))


def _edges_at(fact: Fact, value: float) -> tuple[float, float]:
    """The edges that tests against this number can draw: "from it on", and "beyond it"."""
    return value, value + 1 if fact.type == "integer" else math.nextafter(value, math.inf)


def _called(fact: Fact, edge: float, named: list[str]) -> str:
    """`the line of examples at 200 (labels-enough)`."""
    shown = f"{'' if edge == round(edge, 9) else 'more than '}{show_number(round(edge, 9))}"
    means = f" ({', '.join(named)})" if named else ""
    return f"the line of {fact.id} at {shown}{means}"


def _sides(fact: Fact, edge: float) -> dict[str, tuple[float, float]]:
    """What counts as at the line and as just below it.

    Where only the least number of all is below it (no GPU memory), any larger one is at the line.
    """
    if fact.type == "integer":
        first = math.ceil(edge)
        return {"at": (first, first + 1), "just below": (first - 1, first)}
    if edge == math.nextafter(fact.minimum, math.inf):
        return {"at": (edge, math.inf), "just below": (fact.minimum, edge)}
    return {
        "at": (edge, math.nextafter(edge * (1 + NEAR), math.inf)),
        "just below": (edge * (1 - NEAR), edge),
    }


def _met(term: _Conjunction, situation: Situation) -> bool:
    return all(test.fact in situation and test.accepts(situation[test.fact]) for test in term)


def _gap(code: str, message: str, closing: Situation | None) -> Gap:
    return Gap(code, message, "" if closing is None else in_braces(closing))


# ---- the smallest situation ----


def _smallest(table: Table, condition: Condition) -> Situation | None:
    """The situation with the fewest facts in which it holds; None: none, or too long to tell."""
    try:
        engine = Engine(replace(table, needs={"": bare_need("", condition)}, limits={}))
    except OverflowError:
        return None
    when = engine.needs[0].when

    def fires(certain: int, possible: int, never: int) -> Look:
        if when & certain & ~never:
            return Look(True)
        left = when & possible & ~never
        return Look(None, left, left) if left else Look(False)

    situations = Situations(engine)
    found = []
    read = [table.facts[test.fact] for test in tests(condition)]
    reads = {name for fact in read for name in (fact.id, *fact.inputs)}
    after = APPROACHES if "tried" in reads else ()  # else it makes a situation only larger
    for tried in ((), *((approach,) for approach in after)):
        try:
            found.append(situations.smallest(fires, tried))
        except BudgetSpentError:
            continue
    smallest = min((one for one in found if one is not None), key=len, default=None)
    return None if smallest is None else _readable(table, condition, smallest)


def _readable(table: Table, condition: Condition, situation: Situation) -> Situation:
    """The situation with as few decimals as the condition lets its numbers have."""
    found = dict(situation)
    for name, value in situation.items():
        if table.facts[name].type == "number" and isinstance(value, (int, float)):
            for digits in range(9):
                rounded = math.ceil(value * 10**digits) / 10**digits
                nearer = {**found, name: int(rounded) if rounded == int(rounded) else rounded}
                if rounded <= table.facts[name].maximum and holds(condition, with_derived(nearer)):
                    found = nearer
                    break
    return found
