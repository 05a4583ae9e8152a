"""The volume at which the order of two plans turns, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from adaptadvisor.costs.inputs import Amounts, Values, values
from adaptadvisor.costs.spans import Span

LEAST, MOST = 1.0, 1e9
"""Requests a day between which the order is looked at."""

_STEP = 4.0
_HALVINGS = 40
_VOLUME = "requests_per_day"
Bill = Callable[[Values], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Requests a day from which on the second bill is the smaller one; None for never (or not
    below a billion). `low` and `high` are where it turns at the kindest and the unkindest amounts.
    """

    low: float | None
    likely: float | None
    high: float | None


def turning_volume(first: Bill, second: Bill, at: Values) -> float:
    """The lowest volume at which the second bill gets the smaller one, all else as it is; 0 where
    it is so from the start, infinite for never.
    """

    def saves(volume: float) -> bool:
        v = {**at, _VOLUME: volume}
        return second(v) < first(v)

    if saves(LEAST):
        return 0.0
    low = LEAST
    while low < MOST:
        high = low * _STEP
        if saves(high):
            return _between(saves, low, high)
        low = high
    return math.inf


def _between(saves: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if saves(middle) else (middle, high)
    return high


def turn(first: Bill, second: Bill, amounts: Amounts) -> Turn:
    """Where the order turns. Each amount is put to the end that brings the turn nearer, all at
    once, and then to the other: what moves both bills moves them together.
    """
    at = values(amounts)

    def place(end: Values) -> float:
        return turning_volume(first, second, end)

    ends = _ends(place, amounts, skip=_VOLUME)
    found = sorted([place(ends[0]), place(at), place(ends[1])])
    likely = place(at)
    return Turn(low=_known(found[0]), likely=_known(likely), high=_known(found[-1]))


def difference(first: Bill, second: Bill, amounts: Amounts) -> Span:
    """How much dearer the second bill is, in money; what moves both moves them together."""

    def dearer(v: Values) -> float:
        return second(v) - first(v)

    low, high = _ends(dearer, amounts)
    found = sorted([dearer(low), dearer(values(amounts)), dearer(high)])
    return Span(low=found[0], likely=dearer(values(amounts)), high=found[-1])


def _ends(place: Bill, amounts: Amounts, skip: str = "") -> tuple[Values, Values]:
    """Two sets of amounts: each at the end where `place` is less, and where it is more, the others
    being at their likely places.
    """
    at = values(amounts)
    low, high = dict(at), dict(at)
    for key, amount in amounts.items():
        if key == skip or not amount.span.width:
            continue
        ends = [(place({**at, key: end}), end) for end in (amount.span.low, amount.span.high)]
        if ends[0][0] != ends[1][0]:
            (_, low[key]), (_, high[key]) = sorted(ends)
    return low, high


def _known(volume: float) -> float | None:
    return volume if math.isfinite(volume) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """By what share the range of a bill narrows once an amount is known, and what it moves.

    `low` and `high`: the bill with this amount at its two ends and all others at their likely
    places.
    """

    amount: str
    share: float
    low: float
    high: float


def worth(bill: Bill, amounts: Amounts) -> list[Worth]:
    """What each amount is worth to know, most first; those that change nothing are left out."""
    found = sorted(_worth(bill, amounts), key=lambda one: (-one.share, one.amount))
    return [one for one in found if one.high > one.low]


def _worth(bill: Bill, amounts: Amounts) -> Iterator[Worth]:
    low, at, high = (values(amounts, end) for end in (-1, 0, 1))
    whole = bill(high) - bill(low)
    for key in _wide(amounts):
        rest = bill({**high, key: at[key]}) - bill({**low, key: at[key]})
        yield Worth(
            amount=key,
            share=(whole - rest) / whole if whole > 0 else 0.0,
            low=bill({**at, key: low[key]}),
            high=bill({**at, key: high[key]}),
        )


def _wide(amounts: Amounts) -> Iterable[str]:
    return [key for key, amount in amounts.items() if amount.span.width]
