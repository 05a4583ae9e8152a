"""Amounts that are known within a range."""

from __future__ import annotations

import math
from dataclasses import dataclass

from adaptadvisor.table.facts import Value
from adaptadvisor.table.ranges import Range

_OPEN_TIMES = 10
"""How many times the least of an open range such as `1k+` we take for its most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The least, the likely and the most, in this order, all in one unit."""

    low: float
    likely: float
    high: float

    @property
    def width(self) -> float:
        """How far the ends are from each other; 0 where the amount is known."""
        return self.high - self.low


def exactly(number: float) -> Span:
    return Span(low=number, likely=number, high=number)


def span_of(value: Value) -> Span:
    """A number or a range as a span; the likely number is the geometric middle, as people are
    wrong by factors. An open range goes to ten times its least number.
    """
    if isinstance(value, Range):
        high = value.low * _OPEN_TIMES if value.more else value.high
        high = max(float(high), float(value.low), 1.0 if value.more else 0.0)
        middle = math.sqrt((value.low + 1) * (high + 1)) - 1
        return Span(low=value.low, likely=min(max(middle, value.low), high), high=high)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is no amount")
    return exactly(value)


def hull(*spans: Span) -> Span:
    """From the least of all to the most of all; the likely number is that of the first."""
    return Span(
        low=min(one.low for one in spans),
        likely=spans[0].likely,
        high=max(one.high for one in spans),
    )


def at_least(span: Span, other: Span) -> Span:
    """The larger of two amounts, end by end."""
    return Span(
        low=max(span.low, other.low),
        likely=max(span.likely, other.likely),
        high=max(span.high, other.high),
    )


def product(*spans: Span) -> Span:
    """The product of amounts from 0 on, end by end."""
    return Span(
        low=math.prod(one.low for one in spans),
        likely=math.prod(one.likely for one in spans),
        high=math.prod(one.high for one in spans),
    )


def over(span: Span, by: Span) -> Span:
    """An amount divided by one above 0: the least by the most, and the other way round."""
    return Span(low=span.low / by.high, likely=span.likely / by.likely, high=span.high / by.low)
