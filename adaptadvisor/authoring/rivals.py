"""Rows of one kind of which only one is shown or counts: same condition, or same priority."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product

from adaptadvisor.authoring.meaning import Box, boxes, meaning, together
from adaptadvisor.authoring.places import own, problem, rows
from adaptadvisor.errors import Problem
from adaptadvisor.reading.tables import Loaded
from adaptadvisor.table.conditions import ALWAYS, Condition
from adaptadvisor.table.rows import Need, Table

_TERMS = 4096  # the loader lets no condition through that has more than 64 alternatives
_MOST_PAIRS = 200_000
"""Pairs of alternatives compared: far more than a table that people review has."""


@dataclass(frozen=True, slots=True)
class Competitor:
    """A row, or a part of one, that competes with others for a place in the advice."""

    path: str
    name: str
    when: Condition
    approaches: tuple[str, ...] = ()
    priority: int = 0
    provided: Condition = ALWAYS
    runs: tuple[str, ...] = ()


Group = tuple[str, str, str]
"""A section, an approach (empty: any), and a stage, role or row."""


def competing(table: Table) -> dict[Group, list[Competitor]]:
    """Rows of which each approach or stage shows the first that holds, in their order."""
    groups: dict[Group, list[Competitor]] = defaultdict(list)
    for section in ("readiness", "variants"):
        for row in getattr(table, section).values():
            one = Competitor(
                f"{section}/{row.id}",
                row.id,
                row.when,
                row.approaches,
                row.priority,
                getattr(row, "provided", ALWAYS),
                getattr(row, "runs", ()),
            )
            if section == "readiness":
                groups[section, "", row.stage].append(one)
            else:
                for approach in row.approaches:
                    groups[section, approach, row.role].append(one)
    for check in table.checks.values():
        one = Competitor(f"checks/{check.id}", check.id, check.when, check.approaches)
        groups["checks", "", check.id].append(one)
    for family in table.families.values():
        for number, pick in enumerate(family.picks):
            path = f"families/{family.id}/picks/{number}"
            for approach in pick.approaches:
                name = f"{family.id} for {approach}"
                one = Competitor(path, name, pick.when, pick.approaches, pick.priority)
                groups["families", approach, ""].append(one)
    return {
        group: sorted(rows, key=lambda row: (-row.priority, row.path.split("/")[1]))
        for group, rows in groups.items()
    }


# ---- what is wrong with them ----

_Clash = Callable[[Competitor, Competitor], bool]


def same_conditions(loaded: Loaded) -> Iterator[Problem]:
    """Rows with one condition of which the second adds nothing; those that never hold are left out.

    Checks are not compared: all are shown. A variant that an option names is shown with it.
    """
    table = loaded.table
    needs = [Competitor(path, row.id, row.when) for path, row in rows(loaded, "needs")]
    why = "two needs count in the same situations; make them one, or say how they differ"
    yield from _alike(loaded, needs, lambda _, __: True, why)
    limits = [
        Competitor(path, row.id, row.when, row.rules_out) for path, row in rows(loaded, "limits")
    ]
    why = "two limits rule the same out in the same situations"
    yield from _alike(loaded, limits, lambda a, b: bool({*a.approaches} & {*b.approaches}), why)
    named = {option.variant for need in table.needs.values() for option in need.met_by}
    for (section, *_), group in competing(table).items():
        if section == "readiness":
            why = "of two first steps of a stage only that with the higher priority is ever shown"
            yield from _alike(loaded, group, _covers, why)
        elif section == "variants":
            why = "of two variants in a role only that with the higher priority is ever picked"
            yield from _alike(loaded, [row for row in group if row.name not in named], _covers, why)
    why = "the second of two equal options is never shown"
    for path, need in rows(loaded, "needs"):
        yield from _alike(loaded, _options(path, need), lambda a, b: a.name == b.name, why)


def _options(path: str, need: Need) -> Iterator[Competitor]:
    for number, option in enumerate(need.met_by):
        place, name = f"{path}/met_by/{number}", f"{need.id}: {option.approach}"
        yield Competitor(place, name, option.when, provided=option.provided)


def _covers(one: Competitor, other: Competitor) -> bool:
    """Whether one is there for every approach of the other (without approaches: for all), also
    where something that it runs is ruled out.
    """
    scope, smaller = {*one.approaches}, {*other.approaches}
    if not {*one.runs} <= {*other.runs}:
        return False
    return not scope or (bool(smaller) and smaller <= scope)


def _alike(
    loaded: Loaded, rivals: Iterable[Competitor], clash: _Clash, why: str
) -> Iterator[Problem]:
    """One finding for each row that clashes with an earlier one of the same condition."""
    facts = loaded.table.facts
    groups: dict[Hashable, list[Competitor]] = {}
    for rival in sorted(rivals, key=lambda rival: (-rival.priority, rival.path)):
        found, provided = (boxes(one, facts, _TERMS) for one in (rival.when, rival.provided))
        same = groups.setdefault((meaning(found), meaning(provided)), [])
        first = next((other for other in same if clash(other, rival)), None)
        same.append(rival)
        if first and found:
            message = f"have the same condition: {why}"
            yield from _pair(loaded, "same-condition", first, rival, message)


def same_priorities(loaded: Loaded) -> Iterator[Problem]:
    """Rows that compete, with the same priority and conditions that can hold together."""
    seen: set[str] = set()
    for one, box, other, other_box in islice(_equals(loaded), _MOST_PAIRS):
        pair = f"{_row(one)} {_row(other)}"  # once, for however many approaches and alternatives
        if pair not in seen and together(box, other_box):
            seen.add(pair)
            what = f"compete with the same priority, {one.priority}, so only the id decides"
            yield from _pair(loaded, "same-priority", one, other, what)


def _equals(loaded: Loaded) -> Iterator[tuple[Competitor, Box, Competitor, Box]]:
    for group in competing(loaded.table).values():
        found = {row.path: boxes(row.when, loaded.table.facts, _TERMS) for row in group}
        for one, other in combinations(group, 2):
            if one.priority == other.priority and _row(one) != _row(other):
                for box, other_box in product(found[one.path], found[other.path]):
                    yield one, box, other, other_box


def _row(rival: Competitor) -> str:
    return "/".join(rival.path.split("/")[:2])


def _pair(
    loaded: Loaded, code: str, one: Competitor, other: Competitor, what: str
) -> Iterator[Problem]:
    """A finding about two rows, reported where the table itself can mend it."""
    place, rest = (other, one) if own(loaded, _row(other)) else (one, other)
    if own(loaded, _row(place)):
        where = problem(loaded, code, rest.path, "").location
        message = f'"{place.name}" and "{rest.name}" ({where}) {what}'
        yield problem(loaded, code, place.path, message)
