"""The one estimate: parts, a range around the point, whether it fits a card, and what would help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adaptadvisor.errors import bad_input
from adaptadvisor.memory.serving import serving_parts
from adaptadvisor.memory.setup import Parts, Setup
from adaptadvisor.memory.training import training_parts

Verdict = Literal["fits", "tight", "does not fit"]

RANGES: dict[str, tuple[float, float]] = {
    "serving": (0.85, 1.2),
    "training on one card": (0.8, 1.45),
    "training on several cards": (0.6, 2.0),
    "training with guesses": (0.6, 2.0),
}
"""Lowest and highest published figure as parts of the point, for nine in ten."""

MARGIN = 1.15
"""A card smaller than this many times the point is told as too small (allocator, fragmentation)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Memory in GB (1e9 bytes) of one card: its parts, the point, and the range around it."""

    setup: Setup
    parts: Parts
    low_gb: float
    point_gb: float
    high_gb: float

    def verdict(self, card_gb: float) -> Verdict:
        """Whether it fits a card of so many GB; `tight`: within the range, so try it first."""
        if isinstance(card_gb, bool) or not 0 <= card_gb < float("inf"):
            raise bad_input("bad-card", f"a card of {card_gb!r} GB; write its memory, such as 24")
        if MARGIN * self.point_gb > card_gb:
            return "does not fit"
        return "fits" if self.high_gb <= card_gb else "tight"


def estimate(setup: Setup) -> Estimate:
    """Memory of one card for this set-up; the range holds about nine in ten published figures."""
    parts = training_parts(setup) if setup.trains else serving_parts(setup)
    low, high = RANGES[kind_of(setup)]
    point = parts.total
    return Estimate(setup, parts, low * point, point, high * point)


def kind_of(setup: Setup) -> str:
    if not setup.trains:
        return "serving"
    if setup.guesses or setup.shape.guessed:
        return "training with guesses"
    return "training on several cards" if setup.cards > 1 else "training on one card"
