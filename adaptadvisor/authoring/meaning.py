"""Conditions as boxes, for each fact the values that pass: two are compared by what they mean."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import product
from typing import TypeAlias

from adaptadvisor.table.conditions import Condition, Interval, Test, terms
from adaptadvisor.table.facts import Fact, Value
from adaptadvisor.table.rows import Need

Accepted: TypeAlias = frozenset[Value] | tuple[Interval, ...]
"""The values of a fact that pass: a set, or intervals in order that do not touch."""

Box: TypeAlias = dict[str, Accepted]
"""One alternative of a condition; facts that are not in it may have any value, or none."""

Meaning: TypeAlias = frozenset[frozenset[tuple[str, Accepted]]]
"""What a condition says, as a set of boxes."""


def boxes(condition: Condition, facts: Mapping[str, Fact], limit: int) -> tuple[Box, ...]:
    """The alternatives that can hold. `OverflowError` where there are more than `limit`."""
    return tuple(box for box in alternatives(condition, facts, limit) if all(box.values()))


def alternatives(condition: Condition, facts: Mapping[str, Fact], limit: int) -> list[Box]:
    """The same with those that contradict themselves, which are not known to fail at once."""
    return [_box(term, facts) for term in terms(condition, limit)]


def together(box: Box, other: Box) -> bool:
    """Whether both can hold in one situation, as far as each fact by itself can tell."""
    return all(_both(accepted, other[fact]) for fact, accepted in box.items() if fact in other)


def meaning(alternatives: Iterable[Box]) -> Meaning:
    """The same for conditions that differ in order, in what they repeat, or in how `any` is built.

    Boxes that differ in one fact become one, and a box inside a larger one is left out. Different
    meanings may still be equivalent, which only a longer proof would show.

    >>> label, code = ({"task": frozenset({task})} for task in ("label", "code"))
    >>> meaning([label, code]) == meaning([{"task": frozenset({"code", "label"})}])
    True
    """
    found = list(alternatives)
    for fact in sorted({fact for box in found for fact in box}):
        found = _joined(found, fact)
    found = [box for i, box in enumerate(found) if box not in found[:i]]
    kept = [box for box in found if not any(box != one and _inside(box, one) for one in found)]
    return frozenset(frozenset(box.items()) for box in kept)


def _box(term: Iterable[Test], facts: Mapping[str, Fact]) -> Box:
    box: Box = {}
    for test in term:
        accepted = _accepted(test, facts[test.fact])
        box[test.fact] = _both(box[test.fact], accepted) if test.fact in box else accepted
    return box


def _accepted(test: Test, fact: Fact) -> Accepted:
    if not fact.numeric:
        return frozenset(test.values)
    above = fact.maximum + 1 if fact.type == "integer" else math.nextafter(fact.maximum, math.inf)
    return _both(_union(test.intervals), ((fact.minimum, above),))


def _both(one: Accepted, other: Accepted) -> Accepted:
    if isinstance(one, tuple) and isinstance(other, tuple):
        overlaps = (
            (max(low, low2), min(high, high2)) for (low, high), (low2, high2) in product(one, other)
        )
        return _union((low, high) for low, high in overlaps if low < high)
    return _values(one) & _values(other)


def _either(one: Accepted, other: Accepted) -> Accepted:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return _union((*one, *other))
    return _values(one) | _values(other)


def _values(accepted: Accepted) -> frozenset[Value]:
    return accepted if isinstance(accepted, frozenset) else frozenset()


def _union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    found: list[Interval] = []
    for low, high in sorted(intervals):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def _joined(found: Iterable[Box], fact: str) -> list[Box]:
    """With boxes that agree on everything but this fact made one."""
    groups: dict[frozenset[tuple[str, Accepted]], Box] = {}
    for box in found:
        rest = frozenset(item for item in box.items() if item[0] != fact)
        rest |= {("", frozenset({fact in box}))}
        same = groups.get(rest)
        both = same and fact in box
        groups[rest] = {**box, fact: _either(same[fact], box[fact])} if same and both else box
    return list(groups.values())


def _inside(box: Box, other: Box) -> bool:
    """Whether everything in the box is in the other as well."""
    return all(
        fact in box and _both(box[fact], accepted) == box[fact] for fact, accepted in other.items()
    )


def bare_need(id: str, when: Condition) -> Need:
    """A condition, dressed as a need that nothing meets."""
    return Need(
        id=id,
        name="",
        order=0,
        need="",
        when=when,
        met_by=(),
        closed_by="",
        misleads_when="",
        reviewed="",
        sources=(),
    )
