"""The gate: whether results are good enough, and better than what they are measured against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean, pvariance
from typing import Literal

from adaptadvisor.evidence import statistics
from adaptadvisor.evidence.checks.items import by_item, value
from adaptadvisor.evidence.finding import Finding, Measure
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.evidence.statistics import Interval

State = Literal["passes", "falls short", "cannot tell", "no bar"]

MOST_ERRORS = 10.0
"""Percent of requests without an answer from which on the run itself is to be mended first
(engineering default).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The score of a run against a bar, both in percent. `needed`: items that would tell, where
    these cannot; None where no number would.
    """

    state: State
    score: Measure
    bar: float | None
    items: int
    errors: float
    needed: int | None = None
    compared: Finding | None = None


def gate(
    outcomes: Sequence[Outcome], bar: float | None = None, compared: Finding | None = None
) -> Gate:
    """The gate for one system: it passes where the whole interval of its score is at the bar or
    above, and falls short where it is below.
    """
    means = [item.mean for item in by_item(outcomes).values()]
    average = fmean(means) if means else 0.0
    low, high = _interval(means)
    score = Measure(
        name="score", value=average * 100, unit="percent", low=low * 100, high=high * 100
    )
    errors = sum(value(one) is None for one in outcomes) / max(len(outcomes), 1) * 100
    state: State = "cannot tell"
    if bar is None:
        state = "no bar"
    elif low * 100 >= bar:
        state = "passes"
    elif high * 100 < bar:
        state = "falls short"
    return Gate(
        state=state,
        score=score,
        bar=bar,
        items=len(means),
        errors=errors,
        needed=_needed(means, average, bar) if state == "cannot tell" else None,
        compared=compared,
    )


def _interval(means: Sequence[float]) -> Interval:
    """Of a share where every item is right or wrong, else of a mean."""
    if all(each in (0.0, 1.0) for each in means):
        return statistics.wilson(round(sum(means)), len(means))
    found = statistics.mean(means).interval
    return Interval(max(0.0, found.low), min(1.0, found.high))


def _needed(means: Sequence[float], average: float, bar: float | None) -> int | None:
    """Items from which on a score like this one is told from the bar.

    For shares the number at which the test of a share against the bar (whose limits are those of
    Wilson's interval) just tells: z squared times bar (1 - bar) over the squared distance; for
    means z squared times their variance over it.
    """
    goal = (bar or 0) / 100
    apart = abs(average - goal)
    if apart == 0 or not means:
        return None
    flat = all(each in (0.0, 1.0) for each in means)
    variance = goal * (1 - goal) if flat else pvariance(means)
    return max(len(means) + 1, ceil(statistics.z() ** 2 * variance / apart**2))
