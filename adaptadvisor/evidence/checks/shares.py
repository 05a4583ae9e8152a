"""What several checks say alike: a share with its interval, a count, not enough evidence."""

from __future__ import annotations

from adaptadvisor.evidence.finding import Finding, Measure
from adaptadvisor.evidence.statistics import wilson

HALF = 0.5
"""An item counts as right where at least half of its repeats are."""


def share(name: str, right: int, number: int) -> Measure:
    """So many of so many, in percent."""
    low, high = wilson(right, number)
    value = right / number * 100 if number else 0.0
    return Measure(name=name, value=value, unit="percent", low=low * 100, high=high * 100)


def items(number: int, name: str = "items") -> Measure:
    """A number of items."""
    return Measure(name=name, value=number, unit="items")


def not_enough(
    check: str, title: str, mode: str, why: str, do: str, verdict: str = "not enough evidence"
) -> Finding:
    """What a check says that cannot tell, with the reason and what would let it tell."""
    return Finding(
        check=check,
        title=title,
        modes=(mode,),
        level="unknown",
        verdict=verdict,
        says=(why,),
        do=(do,),
    )
