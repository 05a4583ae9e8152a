"""The one estimate: parts, a range around the point, whether it fits, and what would help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from adaptadvisor.errors import bad_input
from adaptadvisor.memory.serving import serving_parts, unpacked_cache_gb
from adaptadvisor.memory.setup import Parts, Setup, Sharding
from adaptadvisor.memory.training import frozen_gradients_gb, training_parts
from adaptadvisor.memory.weights import CONTEXT_GB, LEAST_CONTEXT_GB, MOST_CONTEXT_GB, SLACK

Verdict = Literal["fits", "tight", "does not fit"]

RANGES: dict[str, tuple[float, float]] = {
    "serving": (0.91, 1.23),
    "serving experts": (0.83, 1.46),
    "training on one card: adapters": (0.76, 1.88),
    "training on one card: all weights": (0.75, 2.08),
    "training on several cards": (0.75, 2.11),
    "training with guesses": (0.56, 2.11),
    "training with offloading": (0.56, 7.21),
}
"""How far published figures lie below and above the point, as factors, by kind of run. They are set
so that of each kind with 30 figures nine in ten of a source that was left out lie inside;
`tests/bench/memory_ranges.py` sets them and prints what they hold. What they cover is what pages do
not state: the kernel of the loss, casts of a framework, the allocator, padding, whether GB are GiB.
No published figure supports `serving experts` (judgement: twice as far from the point as serving).
"""

MARGIN = 1.2
"""A card smaller than this many times the point is told as too small (allocator, fragmentation):
of 16 published runs that ran out of memory 14 are told so, of 199 that fitted 171 are not.
"""


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
    least, most, kept = least_and_most(setup, parts)
    return Estimate(setup, parts, low * least, parts.total, high * most + kept)


def least_and_most(setup: Setup, parts: Parts) -> tuple[float, float, float]:
    """GB of one card where what may lie elsewhere does, GB with the largest context, and GB that a
    framework may keep beyond them.

    Paged states leave a card that runs full (documentation of bitsandbytes): the same recipe of
    torchtune took 20 GB of a card of 24 and 40 GB of one of 48.
    """
    context = 0.0 if setup.method == "cache" else CONTEXT_GB[setup.meter]
    less, more = (context - LEAST_CONTEXT_GB, MOST_CONTEXT_GB - context) if context else (0.0, 0.0)
    away = parts.optimiser if setup.pages else 0.0
    kept = SLACK[setup.meter] * (frozen_gradients_gb(setup) + unpacked_cache_gb(setup))
    return parts.total - away - less, parts.total + more, kept


def kind_of(setup: Setup) -> str:
    """The kind of run whose range holds: the widest that applies."""
    experts = setup.shape.experts is not None
    if not setup.trains:
        return "serving experts" if experts else "serving"
    if setup.offload:
        return "training with offloading"
    if setup.guesses or setup.shape.guessed or experts:
        return "training with guesses"
    if setup.cards > 1:
        return "training on several cards"
    way = "all weights" if setup.method == "full" else "adapters"
    return f"training on one card: {way}"


def first_lever(setup: Setup, card_gb: float, cards: int = 1) -> tuple[str, Estimate] | None:
    """The cheapest single change with which a run that does not fit a card fits or is tight, in
    words, and its estimate; None where it fits already, or where no single change is enough.
    `cards`: how many are at hand, where each would have a copy of the model.
    """
    if estimate(setup).verdict(card_gb) != "does not fit":
        return None
    for words, change in _levers(setup, max(cards, setup.cards)):
        found = estimate(replace(setup, **change))
        if found.verdict(card_gb) != "does not fit":
            return words, found
    return None


def _levers(setup: Setup, at_hand: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Single changes, those first that cost neither quality nor much time."""
    if at_hand > 1 and setup.divides_weights == 1:
        words = f"the model divided among the {at_hand:,} cards, not a copy on each"
        yield words, {"cards": at_hand, "sharding": shard_of(setup)}
    if setup.batch > 1:
        yield "one example a step, with gradients added up", {"batch": 1}
    if setup.trains and setup.loss == "full":
        yield "a loss that is computed in chunks", {"loss": "chunked"}
    if setup.trains and setup.checkpointing == "no":
        yield "gradient checkpointing (a quarter more time)", {"checkpointing": "yes"}
    if setup.method == "full" and setup.optimiser == "adamw":
        yield "an 8-bit optimiser", {"optimiser": "adamw-8-bit"}
    if setup.tokens > 1:
        yield "inputs of half the length", {"tokens": setup.tokens // 2}
    if setup.method == "lora":
        yield "4-bit weights under the adapters (QLoRA)", {"method": "qlora", "precision": "nf4"}
    if setup.method == "full":
        yield "LoRA in place of all weights", {"method": "lora", "precision": "16-bit"}
        yield "QLoRA in place of all weights", {"method": "qlora", "precision": "nf4-dq"}
    if setup.method == "inference" and setup.precision == "16-bit":
        yield "weights in 4 bits", {"precision": "int4"}
    for cards in (2, 4, 8):
        if at_hand < cards:
            shard = {"cards": cards, "sharding": shard_of(setup)}
            yield f"the model divided among {cards} cards", shard


def shard_of(setup: Setup) -> Sharding:
    """How a model is mostly divided among cards: FSDP in training, by layers in serving."""
    return "fsdp" if setup.trains else "device_map"
