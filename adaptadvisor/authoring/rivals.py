"""Rows of one kind of which only one is shown or counts: same condition, or same priority."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations, islice, product

from adaptadvisor.authoring.meaning import Box, boxes, meaning, together
from adaptadvisor.authoring.places import own, parts, problem, rows
from adaptadvisor.errors import Problem
from adaptadvisor.reading.tables import Loaded
from adaptadvisor.table.conditions import Condition
from adaptadvisor.table.rows import Need

_TERMS = 4096  # the loader lets no condition through that has more than 64 alternatives
_MOST_PAIRS = 200_000
"""Pairs of alternatives compared: far more than a table that people review has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rival:
    """A row, or a part of one, and for which approaches it is there."""

    path: str
    row: str
    name: str
    boxes: tuple[Box, ...]
    meaning: Hashable
    scope: frozenset[str]
    priority: int


def _rival(
    loaded: Loaded,
    path: str,
    name: str,
    when: Condition,
    scope: Iterable[str] = (),
    priority: int = 0,
) -> _Rival:
    found = boxes(when, loaded.table.facts, _TERMS)
    return _Rival(
        path=path,
        row="/".join(path.split("/")[:2]),
        name=name,
        boxes=found,
        meaning=meaning(found),
        scope=frozenset(scope),
        priority=priority,
    )


# ---- groups of rivals ----


def _needs(loaded: Loaded) -> list[_Rival]:
    return [_rival(loaded, path, row.id, row.when) for path, row in rows(loaded, "needs")]


def _limits(loaded: Loaded) -> list[_Rival]:
    return [
        _rival(loaded, path, row.id, row.when, row.rules_out)
        for path, row in rows(loaded, "limits")
    ]


def _steps(loaded: Loaded) -> Iterable[list[_Rival]]:
    """First steps by stage."""
    groups = defaultdict(list)
    for path, row in rows(loaded, "readiness"):
        rival = _rival(loaded, path, row.id, row.when, row.approaches, row.priority)
        groups[row.stage].append(rival)
    return groups.values()


def _variants(loaded: Loaded) -> Iterable[list[_Rival]]:
    """Variants by approach and role."""
    groups = defaultdict(list)
    for path, row in rows(loaded, "variants"):
        rival = _rival(loaded, path, row.id, row.when, row.approaches, row.priority)
        for approach in row.approaches:
            groups[approach, row.role].append(rival)
    return groups.values()


def _picks(loaded: Loaded) -> Iterable[list[_Rival]]:
    """Picks of model families by approach."""
    groups = defaultdict(list)
    for path, family in rows(loaded, "families"):
        for place, pick in parts(path, family):
            for approach in pick.approaches:
                name = f"{family.id} for {approach}"
                rival = _rival(loaded, place, name, pick.when, priority=pick.priority)
                groups[approach].append(rival)
    return groups.values()


def _options(loaded: Loaded, path: str, need: Need) -> Iterator[_Rival]:
    """The options of a need; two are equal when their `provided` is as well."""
    for number, option in enumerate(need.met_by):
        name, place = f"{need.id}: {option.approach}", f"{path}/met_by/{number}"
        rival = _rival(loaded, place, name, option.when, (option.approach,))
        provided = meaning(boxes(option.provided, loaded.table.facts, _TERMS))
        yield replace(rival, meaning=(rival.meaning, provided))


# ---- what is wrong with them ----

_Clash = Callable[[_Rival, _Rival], bool]


def same_conditions(loaded: Loaded) -> Iterator[Problem]:
    """Rows with one condition of which the second adds nothing; `prove` finds those that never hold.

    Checks are not compared: all are shown. A variant that an option names is shown when that counts.
    """
    why = "two needs count in the same situations; make them one, or say how they differ"
    yield from _alike(loaded, _needs(loaded), lambda _, __: True, why)
    why = "two limits rule the same out in the same situations"
    yield from _alike(loaded, _limits(loaded), lambda a, b: bool(a.scope & b.scope), why)
    why = "of two first steps of a stage only that with the higher priority is ever shown"
    for group in _steps(loaded):
        yield from _alike(loaded, group, _covers, why)
    named = {option.variant for need in loaded.table.needs.values() for option in need.met_by}
    why = "of two variants in a role only that with the higher priority is ever picked"
    for group in _variants(loaded):
        unnamed = [rival for rival in group if rival.name not in named]
        yield from _alike(loaded, unnamed, _covers, why)
    why = "the second of two equal options is never shown"
    for path, need in rows(loaded, "needs"):
        options = _options(loaded, path, need)
        yield from _alike(loaded, options, lambda a, b: a.scope == b.scope, why)


def _covers(one: _Rival, other: _Rival) -> bool:
    """Whether one is there for every approach of the other; an empty scope is for all."""
    return not one.scope or (bool(other.scope) and other.scope <= one.scope)


def _alike(loaded: Loaded, rivals: Iterable[_Rival], clash: _Clash, why: str) -> Iterator[Problem]:
    """One finding for each rival that clashes with an earlier one of the same condition."""
    groups: dict[Hashable, list[_Rival]] = {}
    for rival in sorted(rivals, key=lambda rival: (-rival.priority, rival.path)):
        same = groups.setdefault(rival.meaning, [])
        first = next((other for other in same if clash(other, rival)), None)
        same.append(rival)
        if first and rival.boxes:
            message = f"have the same condition: {why}"
            yield from _pair(loaded, "same-condition", first, rival, message)


def same_priorities(loaded: Loaded) -> Iterator[Problem]:
    """Rows that compete, with the same priority and conditions that can hold together."""
    seen: set[str] = set()
    for one, box, other, other_box in islice(_equals(loaded), _MOST_PAIRS):
        pair = f"{one.row} {other.row}"  # once, for however many approaches and alternatives
        if pair not in seen and together(box, other_box):
            seen.add(pair)
            what = f"compete with the same priority, {one.priority}, so only the id decides"
            yield from _pair(loaded, "same-priority", one, other, what)


def _equals(loaded: Loaded) -> Iterator[tuple[_Rival, Box, _Rival, Box]]:
    for group in chain(_steps(loaded), _variants(loaded), _picks(loaded)):
        equal = defaultdict(list)
        for rival in group:
            equal[rival.priority].append(rival)
        for one, other in chain.from_iterable(combinations(same, 2) for same in equal.values()):
            if one.row != other.row:
                for box, other_box in product(one.boxes, other.boxes):
                    yield one, box, other, other_box


def _pair(loaded: Loaded, code: str, one: _Rival, other: _Rival, what: str) -> Iterator[Problem]:
    """A finding about two rows, reported where the table itself can mend it."""
    place, rest = (other, one) if own(loaded, other.row) else (one, other)
    if own(loaded, place.row):
        where = problem(loaded, code, rest.path, "").location
        message = f'"{place.name}" and "{rest.name}" ({where}) {what}'
        yield problem(loaded, code, place.path, message)
