"""Conditions: what a row's `when` says. They are True, False or None ("not known"): Kleene's logic.

Negation goes into the tests when a condition is read: a tree of `All`, `AnyOf` and `Test` remains.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeAlias

from adaptadvisor.table.facts import Fact, Value, show, show_number
from adaptadvisor.table.ranges import Range

Interval = tuple[float, float]
"""The numbers from the first (included) to the second (excluded)."""


@dataclass(frozen=True, slots=True)
class Test:
    """The value is one of `values` or in one of `intervals`; `text` is how the author put it."""

    fact: str
    values: tuple[Value, ...] = ()
    intervals: tuple[Interval, ...] = ()
    text: str = ""

    def accepts(self, value: Value) -> bool | None:
        """Whether this value passes; of a range None where some of its numbers do, others not."""
        if isinstance(value, Range):
            return self._accepts_all(value.low, value.high)
        if self.values:
            return value in self.values
        return isinstance(value, (int, float)) and any(
            low <= value < high for low, high in self.intervals
        )

    def _accepts_all(self, first: float, last: float) -> bool | None:
        """Whether every number between two does, or none (False), or only some (None)."""
        start = first
        for low, high in sorted(self.intervals):
            if low <= start:
                start = max(start, high)
        if start > last:
            return True
        some = any(max(low, first) < high and low <= last for low, high in self.intervals)
        return None if some else False


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; `All(())` always does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; `AnyOf(())` never does."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Test | All | AnyOf
ALWAYS = All(())


def holds(condition: Condition, situation: Mapping[str, Value]) -> bool | None:
    """Whether the condition holds: True, False, or None where unknown facts leave it open.

    >>> holds(AnyOf((Test("a", ("x",)), Test("b", (True,)))), {"b": True})
    True
    >>> holds(All((Test("a", ("x",)), Test("b", (True,)))), {"b": True}) is None
    True
    """
    if isinstance(condition, Test):
        value = situation.get(condition.fact)
        return None if value is None else condition.accepts(value)
    stop = isinstance(condition, AnyOf)
    result: bool | None = not stop
    for part in condition.parts:
        held = holds(part, situation)
        if held is stop:
            return stop
        if held is None:
            result = None
    return result


def tests(condition: Condition) -> Iterator[Test]:
    """Every test in the condition, in reading order."""
    if isinstance(condition, Test):
        yield condition
    else:
        for part in condition.parts:
            yield from tests(part)


def deciding(condition: Condition, situation: Mapping[str, Value]) -> tuple[str, ...]:
    """The known facts that make a condition hold: of an `AnyOf`, those of every part that holds."""
    if isinstance(condition, Test):
        return (condition.fact,)
    parts = [part for part in condition.parts if holds(part, situation)]
    return tuple(dict.fromkeys(fact for part in parts for fact in deciding(part, situation)))


def terms(condition: Condition, limit: int) -> list[tuple[Test, ...]]:
    """The condition as alternatives, each a conjunction of tests; exact in Kleene logic.

    Raises `OverflowError` when there would be more than `limit` alternatives.
    """
    if isinstance(condition, Test):
        return [(condition,)]
    parts = [terms(part, limit) for part in condition.parts]
    if isinstance(condition, AnyOf):
        found = [term for part in parts for term in part]
    elif math.prod(map(len, parts)) > limit:
        raise OverflowError
    else:
        found = [tuple(test for term in chosen for test in term) for chosen in product(*parts)]
    if len(found) > limit:
        raise OverflowError
    return found


def negated(condition: Condition, facts: Mapping[str, Fact]) -> Condition:
    """The condition that holds exactly when this one is known not to."""
    if isinstance(condition, Test):
        fact = facts[condition.fact]
        others = tuple(value for value in fact.values if value not in condition.values)
        words = " or ".join(map(show, others)) if others else f"not {condition.text}"
        rest = _complement(condition.intervals) if fact.numeric else ()
        return Test(condition.fact, others, rest, words)
    parts = tuple(negated(part, facts) for part in condition.parts)
    return All(parts) if isinstance(condition, AnyOf) else AnyOf(parts)


def describe(condition: Condition) -> str:
    """The condition in words: `task is label, and examples >= 200`."""
    if isinstance(condition, Test):
        joint = " " if condition.text.startswith((">", "<")) else " is "
        return condition.fact + joint + condition.text
    joint = ", and " if isinstance(condition, All) else ", or "
    words = [
        describe(part) if isinstance(part, Test) or len(part.parts) < 2 else f"({describe(part)})"
        for part in condition.parts
    ]
    return joint.join(words) or "always"


def compare(fact: Fact, operator: str, number: float) -> Interval:
    """The numbers that are >=, >, <=, < or = this one: exact, as the last number is left out."""
    above = next_number(number, whole=fact.type == "integer")
    return {
        ">=": (number, math.inf),
        ">": (above, math.inf),
        "<=": (-math.inf, above),
        "<": (-math.inf, number),
        "=": (number, above),
    }[operator]


def cuts(all_tests: Iterable[Test]) -> dict[str, tuple[float, ...]]:
    """For each numeric fact the numbers at which some test changes its answer, smallest first."""
    found: dict[str, set[float]] = {}
    for test in all_tests:
        for interval in test.intervals:
            found.setdefault(test.fact, set()).update(filter(math.isfinite, interval))
    return {fact: tuple(sorted(edges)) for fact, edges in found.items()}


@dataclass(frozen=True, slots=True)
class Cell:
    """Answers that no test of a table tells apart: a value, or the numbers `low <= x < high`."""

    fact: str
    value: Value
    low: float = math.nan
    high: float = math.nan
    whole: bool = False
    first: bool = False

    def __str__(self) -> str:
        if math.isnan(self.low):
            return show(self.value)
        last = self.high - 1 if self.whole else self.high
        low = _rounded(self.low, math.ceil)
        if self.low != round(self.low, 9):  # cut just above a number that the cell before includes
            low = f"more than {low}"
        if self.high == math.inf:
            return low if low.startswith("more") else f"{low} or more"
        if self.whole and last == self.low:
            return low
        closed = self.whole or last != round(last, 9)
        if self.first:
            return f"{'at most' if closed else 'under'} {_rounded(last, math.floor)}"
        return f"{low} to {'' if closed else 'under '}{_rounded(last, math.floor)}"


def _rounded(number: float, toward: Callable[[float], int]) -> str:
    """A number as a person would say it: a long one with three digits, rounded into the cell.

    >>> _rounded(33.076923077, math.ceil), _rounded(7.7, math.floor), _rounded(50_000, math.ceil)
    ('33.1', '7.7', '50,000')
    """
    exact = round(number, 9)
    if exact == round(exact, _DECIMALS):
        return show_number(exact)
    power = 10.0 ** (2 - math.floor(math.log10(abs(exact))))
    return show_number(toward(exact * power) / power)


_DECIMALS = 2
"""Decimals that a person would write out."""


def cells(fact: Fact, edges: tuple[float, ...]) -> tuple[Cell, ...]:
    """The cells of a fact, cut at these numbers; the value of each lies in it."""
    if not fact.numeric:
        return tuple(Cell(fact.id, value) for value in fact.values)
    whole = fact.type == "integer"
    inner = edges[bisect_right(edges, fact.minimum) : bisect_right(edges, fact.maximum)]
    lows = [int(low) if whole else low for low in (fact.minimum, *inner)]
    return tuple(
        Cell(fact.id, low, low, high, whole, low == fact.minimum)
        for low, high in zip(lows, (*lows[1:], math.inf), strict=True)
    )


def within(row: tuple[Cell, ...], span: Range) -> tuple[Cell, ...]:
    """The cells of a numeric fact, of which only the numbers of this range are left."""
    return tuple(
        replace(
            cell,
            value=low,
            low=low,
            high=cell.high
            if span.more or cell.high <= span.high
            else next_number(span.high, whole=cell.whole),
            first=cell.first and low == cell.low,
        )
        for cell in row
        if cell.low <= span.high and span.low < cell.high
        for low in (max(cell.low, span.low),)
    )


def next_number(number: float, *, whole: bool) -> float:
    """The smallest number above this one."""
    return number + 1 if whole else math.nextafter(number, math.inf)


def _complement(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    gaps, start = [], -math.inf
    for low, high in sorted(intervals):
        if low > start:
            gaps.append((start, low))
        start = max(start, high)
    return (*gaps, (start, math.inf)) if start < math.inf else tuple(gaps)
