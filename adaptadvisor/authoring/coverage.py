"""What the tests of a table cover: which rows, alternatives of conditions and lines; for each gap
the smallest situation that closes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from adaptadvisor.errors import Location
from adaptadvisor.reading.conditions import MAX_TERMS
from adaptadvisor.reading.facts_file import in_braces
from adaptadvisor.reading.tables import Loaded
from adaptadvisor.table.conditions import (
    ALWAYS,
    All,
    Cell,
    Condition,
    Test,
    cells,
    cuts,
    describe,
    holds,
    negated,
    terms,
    tests,
)
from adaptadvisor.table.derived import DERIVED, Derived, with_derived
from adaptadvisor.table.facts import Fact, Value, show_number
from adaptadvisor.table.rows import CONDITIONAL, Option, Situation, Table

KINDS = ("rows", "branches", "lines")
NEAR = 0.01
"""How near to a line, as a part of it, a number that is not whole must lie to count as at the line
or just below it.
"""

_TYPICAL = (1, 7, 13, 24, 48, 100, 640)
"""Numbers that stand in for "some number" where facts are only tested together."""

_Conjunction = tuple[Test, ...]


class Gap(NamedTuple):
    """Something that no test shows, and a situation (as it stands in YAML) that would; empty where
    none was found.
    """

    code: str
    message: str
    situation: str


class Point(NamedTuple):
    """Something to be covered: a row, an alternative of a condition, or a line."""

    kind: str
    id: str
    place: Location
    gaps: tuple[Gap, ...]


class _Drawn(NamedTuple):
    """A condition of a row: what it is called, where it stands, and what must hold besides for it
    to be looked at.
    """

    id: str
    place: Location
    condition: Condition
    besides: Condition = ALWAYS


def measure(loaded: Loaded, tested: Iterable[Situation]) -> tuple[Point, ...]:
    """Every point of the table's own rows (not of those that it takes over unchanged from another
    table), with its gaps.
    """
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


def _rows(loaded: Loaded) -> Iterator[_Drawn]:
    for section in CONDITIONAL:
        for row in getattr(loaded.table, section).values():
            place = loaded.places[f"{section}/{row.id}"]
            if row.when != ALWAYS and loaded.own(place):
                yield _Drawn(row.id, place, row.when)


def _conditions(loaded: Loaded) -> Iterator[_Drawn]:
    """Every condition of the table. Those of an option count where its need does."""
    table, places = loaded.table, loaded.places
    for section in CONDITIONAL:
        for row in getattr(table, section).values():
            yield _Drawn(
                f"{section}/{row.id}",
                places.get(f"{section}/{row.id}/when", places[f"{section}/{row.id}"]),
                row.when,
            )
    for need in table.needs.values():
        options: dict[
            Location, list[Option]
        ] = {}  # an option that names several approaches stands in one place
        for number, option in enumerate(need.met_by):
            options.setdefault(places[f"needs/{need.id}/met_by/{number}"], []).append(option)
        for place, twins in options.items():
            words = "/".join(option.approach for option in twins)
            yield _Drawn(f"needs/{need.id} ({words}, when)", place, twins[0].when, need.when)
            yield _Drawn(
                f"needs/{need.id} ({words}, provided)", place, twins[0].provided, need.when
            )
    for approach in table.approaches.values():
        yield _Drawn(
            f"approaches/{approach.id} (provided)",
            places[f"approaches/{approach.id}"],
            approach.provided,
        )
    for family in table.families.values():
        for pick in family.picks:
            yield _Drawn(
                f"families/{family.id} (picks)", places[f"families/{family.id}/picks"], pick.when
            )


def _row(table: Table, one: _Drawn, situations: list[dict[str, Value]]) -> Point:
    fired = {holds(one.condition, situation) is True for situation in situations}
    gaps = []
    if True not in fired:
        found = smallest(table, terms(one.condition, MAX_TERMS))
        gaps.append(
            _gap(
                "never-fires-in-a-test",
                f'"{one.id}" fires in no test; it fires when {describe(one.condition)}',
                found,
            )
        )
    if False not in fired:
        quiet = (
            {}
            if holds(one.condition, with_derived({})) is not True
            else smallest(table, _alternatives(negated(one.condition, table.facts)))
        )
        gaps.append(
            _gap(
                "never-quiet-in-a-test",
                f'"{one.id}" is quiet in no test; it fires when {describe(one.condition)}',
                quiet,
            )
        )
    return Point("rows", one.id, one.place, tuple(gaps))


def _branches(table: Table, one: _Drawn, situations: list[dict[str, Value]]) -> Iterator[Point]:
    if one.condition == ALWAYS:
        return
    counting = (
        situations
        if one.besides == ALWAYS
        else [situation for situation in situations if holds(one.besides, situation) is True]
    )
    for term in dict.fromkeys(terms(one.condition, MAX_TERMS)):
        words = describe(All(term))
        gaps = []
        if not any(_met(term, situation) for situation in counting):
            where = "" if one.besides == ALWAYS else " in a situation that has the need"
            closing = smallest(
                table, [(*besides, *term) for besides in terms(one.besides, MAX_TERMS)]
            )
            gaps.append(_gap("branch-not-tested", f"{one.id}: in no test {words}{where}", closing))
        yield Point("branches", f"{one.id}: {words}", one.place, tuple(gaps))


def _lines(
    loaded: Loaded, drawn: tuple[_Drawn, ...], situations: list[dict[str, Value]]
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
            named = [
                row.id
                for row in table.thresholds.values()
                if row.fact == fact.id and edge in _edges_at(fact, row.value)
            ]
            places[:0] = [loaded.places[f"thresholds/{row}"] for row in named]
            if fact.minimum < edge <= fact.maximum and any(loaded.own(place) for place in places):
                yield _line(table, fact, edge, _called(fact, edge, named), places[0], values)


def _line(
    table: Table, fact: Fact, edge: float, called: str, place: Location, values: set[Any]
) -> Point:
    gaps = []
    for side, (low, high) in _sides(fact, edge).items():
        if not any(low <= value < high for value in values):
            closing = smallest(table, [(Test(fact.id, (), ((low, high),)),)])
            gaps.append(_gap("threshold-not-tested", f"no test lies {side} {called}", closing))
    return Point("lines", called, place, tuple(gaps))


def _edges_at(fact: Fact, value: float) -> tuple[float, float]:
    """The edges that tests against this number can draw: "from it on", and "beyond it"."""
    return value, value + 1 if fact.type == "integer" else math.nextafter(value, math.inf)


def _called(fact: Fact, edge: float, named: list[str]) -> str:
    """`the line of examples at 200 (labels-enough)`."""
    shown = (
        show_number(edge) if edge == round(edge, 9) else f"more than {show_number(round(edge, 9))}"
    )
    means = f" ({', '.join(named)})" if named else ""
    return f"the line of {fact.id} at {shown}{means}"


def _sides(fact: Fact, edge: float) -> dict[str, tuple[float, float]]:
    """What counts as at the line and as just below it: the first whole number and the last, or the
    numbers near it.

    Where only the least number of all lies below (no GPU memory at all), any larger one is at the
    line.
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


def _alternatives(condition: Condition) -> list[_Conjunction]:
    try:
        return terms(condition, MAX_TERMS)
    except OverflowError:
        return []


def _gap(code: str, message: str, closing: Situation | None) -> Gap:
    return Gap(code, message, "" if closing is None else in_braces(closing))


# ---- the smallest situation ----


def smallest(table: Table, alternatives: Iterable[_Conjunction]) -> Situation | None:
    """A situation with as few facts as any in which one of these conjunctions is known to hold;
    None where none was found.

    Exact for facts that are tested by themselves. Of facts that are tested together, through a
    derived fact, telling values are tried.
    """
    found = [situation for term in alternatives if (situation := _solved(table, term)) is not None]
    return min(found, key=len, default=None)


def _solved(table: Table, term: _Conjunction) -> dict[str, Value] | None:
    situation: dict[str, Value] = {}
    for group in _groups(table, term):
        candidates = [_candidates(table.facts[fact], term, group) for fact in group]
        tried = (dict(zip(group, values, strict=True)) for values in product(*candidates))
        here = tuple(
            test
            for test in term
            if set(table.facts[test.fact].inputs or (test.fact,)) <= set(group)
        )
        found = next((values for values in tried if _met(here, with_derived(values))), None)
        if found is None:
            return None
        situation |= {fact: value for fact, value in found.items() if value != ()}
    return {fact.id: situation[fact.id] for fact in table.questions if fact.id in situation}


def _groups(table: Table, term: _Conjunction) -> list[tuple[str, ...]]:
    """The facts that the tests read, those together that some derived fact joins."""
    groups: list[set[str]] = []
    for test in term:
        names = set(table.facts[test.fact].inputs or (test.fact,))
        joined = [group for group in groups if group & names]
        groups = [*(group for group in groups if group not in joined), names.union(*joined)]
    return [tuple(sorted(group, key=lambda fact: table.facts[fact].order)) for group in groups]


def _candidates(fact: Fact, term: _Conjunction, group: tuple[str, ...]) -> list[Any]:
    """Values to try for a fact: one of every cell that the tests cut, and telling ones where it is
    tested together with others.
    """
    if fact.type == "plans":
        tried = tuple(
            test.fact.removesuffix("_tried")
            for test in term
            if test.fact.endswith("_tried") and True in test.values
        )
        return [(), tried]
    lows = [_readable(fact, cell) for cell in cells(fact, cuts(term).get(fact.id, ()))]
    if len(group) == 1 or not fact.numeric:
        return lows
    found = [*_TYPICAL, *lows]
    if fact.type == "integer":
        ratios = [
            derived
            for derived in DERIVED
            if derived.fact.numeric and derived.fact.inputs[0] == fact.id
        ]
        found += [
            value
            for derived in ratios
            for edge in cuts(term).get(derived.fact.id, ())
            for value in _crossings(fact, edge, derived)
        ]
    return [value for value in found if fact.minimum <= value <= fact.maximum]


def _readable(fact: Fact, cell: Cell) -> Any:
    """A value in the cell: its first one, or of numbers that are not whole one with few decimals."""
    if fact.type != "number":
        return cell.value
    rounded = (math.ceil(cell.low * 10**digits) / 10**digits for digits in range(9))
    value = next((value for value in rounded if cell.low <= value < cell.high), cell.value)
    return int(value) if value == int(value) else value


def _crossings(fact: Fact, edge: float, derived: Derived) -> Iterator[int]:
    """For typical values of the other input: the first whole number from which the derived fact
    reaches the edge, and the last before.
    """
    for other in _TYPICAL:
        low, high = int(fact.minimum), int(min(fact.maximum, 10**15))
        while low < high:
            middle = (low + high) // 2
            low, high = (
                (low, middle) if derived.compute(middle, other) >= edge else (middle + 1, high)
            )
        yield from (low, low - 1)
