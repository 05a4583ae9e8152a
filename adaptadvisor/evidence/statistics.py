"""The statistics of the checks. Shares are from 0 to 1, intervals hold 95 % unless told otherwise.

What scipy has comes from scipy, which is an extra: `needs_scipy` says so in one line where it is
missing. The rest are closed forms of a line or two, each with its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf, sqrt
from statistics import NormalDist, fmean, stdev
from typing import NamedTuple

from adaptadvisor.errors import bad_input

LEVEL = 0.95
ALPHA = 1 - LEVEL
POWER = 0.8
_EVERY_OTHER = 0.5
_EDGE, _FINE = 1e-9, 1e-12


class Interval(NamedTuple):
    """From `low` to `high`, both included."""

    low: float
    high: float


def needs_scipy() -> None:
    """`BadInput` that names the extra, where scipy is not installed."""
    from importlib.util import find_spec

    if find_spec("scipy") is None:
        right = "install it with: pip install 'adaptadvisor[check]'"
        raise bad_input("missing-extra", f"the checks need scipy; {right}")


def z(level: float = LEVEL) -> float:
    """How many standard errors an interval reaches to either side."""
    return NormalDist().inv_cdf(_EVERY_OTHER + level / 2)


def wilson(right: int, number: int, level: float = LEVEL) -> Interval:
    """The interval of a share, after Wilson (1927); all of 0 to 1 where there is no item."""
    if number == 0:
        return Interval(0.0, 1.0)
    share, times = right / number, z(level)
    shrink = 1 + times**2 / number
    middle = (share + times**2 / (2 * number)) / shrink
    half = times / shrink * sqrt(share * (1 - share) / number + times**2 / (4 * number**2))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def newcombe(right: int, number: int, other_right: int, other: int) -> Interval:
    """The interval of the first share less the second, of different items: Newcombe (1998), his
    method 10, from the two Wilson intervals.
    """
    one, two = wilson(right, number), wilson(other_right, other)
    a = right / number if number else _EVERY_OTHER
    b = other_right / other if other else _EVERY_OTHER
    low = sqrt((a - one.low) ** 2 + (two.high - b) ** 2)
    high = sqrt((one.high - a) ** 2 + (b - two.low) ** 2)
    return Interval(a - b - low, a - b + high)


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact p of the two systems being equally often right: a binomial test of the items that
    only one of them gets right.
    """
    if only_first + only_second == 0:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(only_first, only_first + only_second, _EVERY_OTHER).pvalue)


def paired_share(only_first: int, only_second: int, number: int) -> Interval:
    """The interval of the second share less the first, on the same items: the differences that the
    score test does not reject, after Tango (1998). It stays honest where no item differs: of 100
    such items the difference may still be 3.7 points.
    """
    if number == 0:
        return Interval(-1.0, 1.0)
    from scipy.optimize import brentq

    seen = (only_second - only_first) / number

    def beyond(true: float, side: float) -> float:
        return _score(only_second, only_first, number, true) - side * z()

    low = -1.0 if seen == -1 else brentq(beyond, _EDGE - 1, seen, args=(1.0,), xtol=_FINE)
    high = 1.0 if seen == 1 else brentq(beyond, seen, 1 - _EDGE, args=(-1.0,), xtol=_FINE)
    return Interval(float(low), float(high))


def _score(more: int, less: int, number: int, true: float) -> float:
    """How many standard errors the difference seen lies above a true one, with the share of the
    rarer discordant items that fits the true one best.
    """
    a, c = 2 * number, -less * true * (1 - true)
    b = -more - less + (2 * number - more + less) * true
    share = (sqrt(max(0.0, b**2 - 4 * a * c)) - b) / (2 * a)
    apart = more - less - number * true
    error = sqrt(max(0.0, number * (2 * share + true * (1 - true))))
    return apart / error if error else 0.0


class Mean(NamedTuple):
    """A mean with the interval and the p of its being 0, by Student's t."""

    value: float
    interval: Interval
    p: float


def mean(values: Sequence[float]) -> Mean:
    """The mean of differences, one per item; of fewer than two items nothing is known."""
    if len(values) <= 1:
        return Mean(values[0] if values else 0.0, Interval(-inf, inf), 1.0)
    middle, error = fmean(values), stdev(values) / sqrt(len(values))
    if error == 0:
        return Mean(middle, Interval(middle, middle), 0.0 if middle else 1.0)
    from scipy.stats import t

    half = float(t.ppf(_EVERY_OTHER + LEVEL / 2, len(values) - 1)) * error
    p = 2 * float(t.sf(abs(middle) / error, len(values) - 1))
    return Mean(middle, Interval(middle - half, middle + half), p)


def holm(ps: Sequence[float]) -> list[float]:
    """Each p as it counts among all of them: Holm (1979)."""
    order = sorted(range(len(ps)), key=ps.__getitem__)
    found, most = [0.0] * len(ps), 0.0
    for rank, index in enumerate(order):
        most = max(most, min(1.0, ps[index] * (len(ps) - rank)))
        found[index] = most
    return found


def cochran_q(rows: Sequence[Sequence[float]]) -> float:
    """The p of all systems being equally often right: Cochran (1950). A row holds for every system
    whether it is right on one item, or in which share of its answers: the same chi-square of totals
    against what is left within rows.
    """
    systems = len(rows[0]) if rows else 0
    totals = [sum(column) for column in zip(*rows, strict=True)]
    spread = sum(map(_within, rows))
    if systems <= 1 or spread < _NOTHING:
        return 1.0
    from scipy.stats import chi2

    squares = systems * sum(each**2 for each in totals) - sum(totals) ** 2
    return float(chi2.sf((systems - 1) * squares / spread, systems - 1))


_NOTHING = 1e-9


def _within(row: Sequence[float]) -> float:
    """Its length times the squares of its values about their mean."""
    return len(row) * sum(each**2 for each in row) - sum(row) ** 2


def spread_by_chance(rows: Sequence[Sequence[float]]) -> float:
    """How far apart the best and the worst of equally good systems come out on such items, on
    average: the expected range of normals (Tippett 1925) with the variance that remains when each
    item's answers are dealt out to the systems at random.
    """
    systems = len(rows[0]) if rows else 0
    if systems <= 1:
        return 0.0
    from scipy.integrate import quad
    from scipy.stats import norm

    def apart(x: float) -> float:
        return float(1 - norm.cdf(x) ** systems - norm.sf(x) ** systems)

    expected = 2 * quad(apart, 0, inf)[0]
    variance = sum(map(_within, rows)) / (systems * (systems - 1))
    return float(expected) * sqrt(variance) / len(rows)


def items_needed(difference: float, disagree: float) -> int:
    """Items on which a true difference shows in four of five tries, where the two systems disagree
    on this share of them: Connor (1987).
    """
    disagree = max(disagree, difference)
    seen = sqrt(disagree - difference**2) if disagree > difference**2 else 0.0
    root = z() * sqrt(disagree) + NormalDist().inv_cdf(POWER) * seen
    return ceil((root / difference) ** 2)


def items_for_power(difference: float, spread: float) -> int:
    """Items on which a true mean difference shows in four of five tries; `spread` is the standard
    deviation of the differences of the items.
    """
    return max(2, ceil(((z() + NormalDist().inv_cdf(POWER)) * spread / difference) ** 2))
