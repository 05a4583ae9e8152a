"""Compute and time: of training on a card with a stated peak, and bounds on the speed of serving.

Time of a step = what computing or starting the kernels takes, whichever is longer, plus what it
takes to unpack quantised weights. The constants of `SPEEDS` were set on published runs on single
A100 cards with known lengths (Qwen, LitGPT, torchtune, LLaMA-Factory) and on V100 for the encoder;
`tests/bench/times.py` says how far they lie from each. FLOPs: Kaplan et al. 2020
(arXiv 2001.08361), 2 per parameter and token forward, as many for each of the two gradients.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from adaptadvisor.costs.spans import Span, exactly, over
from adaptadvisor.errors import bad_input
from adaptadvisor.memory import Setup, Shape
from adaptadvisor.memory.serving import cache_bytes
from adaptadvisor.memory.setup import Method, Precision
from adaptadvisor.memory.weights import weight_bytes

TERA, GIGA = 1e12, 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How well a way to train uses a card. `utilisation`: the share of the card's peak that wide
    matrices reach. `half_width`: the width of a model at which it is half of that. `layer_seconds`:
    the least time that a layer takes in a step, however short the input is.
    """

    utilisation: float
    half_width: int
    layer_seconds: float


SPEEDS: Mapping[Method, Speed] = MappingProxyType(
    {
        "full": Speed(utilisation=0.58, half_width=0, layer_seconds=0.011),
        "lora": Speed(utilisation=0.70, half_width=2048, layer_seconds=0.0047),
        "qlora": Speed(utilisation=0.70, half_width=2048, layer_seconds=0.0047),
        "head": Speed(utilisation=0.58, half_width=0, layer_seconds=0.0016),
    }
)
"""`head` has no published runs: a forward pass, so a third of the least time of `lora`."""

ENCODER_LAYER_SECONDS = 0.0042
"""The least time of a layer of an encoder that is tuned whole (BERT-large, V100)."""

UNPACKING_SECONDS: Mapping[Precision, float] = MappingProxyType(
    {"nf4": 7e-12, "nf4-dq": 7e-12, "int4": 13e-12, "int8": 13e-12, "int2": 13e-12}
)
"""Seconds for each parameter and pass that unpacking weights takes on an A100."""

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"one card": (1 / 1.5, 1.5), "sharded": (1 / 1.5, 8.0)}
)
"""Least and most time as parts of the point: on one card nine in ten published runs lie inside.
Where weights travel between cards the link decides, which nobody states: of 19 published runs 4
were faster (their inputs may be shorter than told), one took 8.2 times as long.
"""

SERVED_SHARE = Span(low=0.02, likely=0.2, high=0.8)
"""What programs reach of the bound on tokens a second: 18 published runs on A100, most in plain
PyTorch, 2 to 69 %, half of them below 18 %; tuned servers more (judgement).
"""

CPU_CORE_FLOPS = Span(low=2e10, likely=5e10, high=1.5e11)
"""FLOP a second of a core that runs an encoder: from plain 32-bit code to 8-bit code on a core with
AVX-512. Judgement; measure on your own server.
"""


def flops_per_token(setup: Setup, tokens: float | None = None) -> float:
    """FLOPs of training for each token of a sequence of so many tokens (default: `setup.tokens`).

    6 for each parameter that takes part in all weights, 4 for adapters, 2 for a head on a frozen
    model; 2 more where activations are computed again; and attention, which reads half of the
    sequence on average (all of it in an encoder). The input embedding is only looked up.

    >>> from adaptadvisor.memory import typical
    >>> round(flops_per_token(Setup(typical(7), "full", checkpointing="no"), 1) / 1e9)
    39
    """
    shape = setup.shape
    times = {"full": 6, "head": 2}.get(setup.method, 4)
    if setup.checkpointing != "no" and setup.method != "head":
        times += 2
    read = (setup.tokens if tokens is None else tokens) * (1 if shape.kind == "encoder" else 0.5)
    attention = 2 * times * shape.depth * shape.query_width * read
    return times * working_params(shape) + attention


def working_params(shape: Shape) -> float:
    """Parameters that each token is multiplied with: all but experts that it does not use and
    tables in which it is looked up.
    """
    if shape.kind == "encoder":
        return shape.linear_params
    return shape.active_params - (0 if shape.tied else shape.vocabulary * shape.hidden)


def utilisation_of(setup: Setup) -> float:
    """The share of a card's peak that the run reaches where it is bound by computing."""
    speed, width = SPEEDS[setup.method], setup.shape.hidden
    return speed.utilisation * width / (width + speed.half_width)


def step_seconds(
    setup: Setup, tflops: float, utilisation: float | None = None, tokens: float | None = None
) -> Span:
    """Seconds of one step of `setup.batch` sequences on one card with a peak of so many TFLOP a
    second (1e12) in the number format of the run.
    """
    if not 0 < tflops < 1e6 or (utilisation is not None and not 0 < utilisation <= 1):
        raise bad_input("bad-speed", "a card does more than 0 TFLOP a second, and uses up to all")
    share = utilisation_of(setup) if utilisation is None else utilisation
    point = seconds_at(setup, share * tflops * TERA, tokens)
    sharded = setup.sharding not in ("none", "zero2")
    low, high = RANGES["sharded" if sharded else "one card"]
    return Span(low=low * point, likely=point, high=high * point)


def seconds_at(setup: Setup, flops_per_second: float, tokens: float | None = None) -> float:
    """Seconds of one step on a card that does so many FLOP a second in such runs."""
    length = setup.tokens if tokens is None else tokens
    shape = setup.shape
    flops = flops_per_token(setup, length) * length * setup.batch
    encoder = shape.kind == "encoder" and setup.method == "full"
    least = ENCODER_LAYER_SECONDS if encoder else SPEEDS[setup.method].layer_seconds
    passes = 1 if setup.method == "head" else 2 if setup.checkpointing == "no" else 3
    unpacking = passes * UNPACKING_SECONDS.get(setup.precision, 0.0) * shape.linear_params
    return max(flops / flops_per_second, shape.depth * least) + unpacking


def tokens_per_gpu_second(
    setup: Setup, tflops: float, utilisation: float | None = None, tokens: float | None = None
) -> Span:
    """Tokens that one GPU trains on in a second. Where the layers are divided among cards, one of
    them works at a time.
    """
    seconds = step_seconds(setup, tflops, utilisation, tokens)
    length = setup.tokens if tokens is None else tokens
    return over(exactly(length * setup.batch / _waiting(setup)), seconds)


def tokens_at(setup: Setup, flops_per_second: Span) -> Span:
    """The same on a card that does so many FLOP a second in such runs."""
    done, some = setup.step_tokens / _waiting(setup), flops_per_second
    low, likely, high = (seconds_at(setup, end) for end in (some.low, some.likely, some.high))
    return Span(low=done / low, likely=done / likely, high=done / high)


def _waiting(setup: Setup) -> int:
    return setup.cards if setup.sharding == "device_map" else 1


def serving_bound_tokens_per_second(setup: Setup, gb_per_second: float) -> float:
    """The most tokens a second that one sequence can be written with: each token reads all weights
    that work on it and the cache once, from memory of so many GB (1e9 bytes) a second; infinite for
    a model that writes nothing.
    """
    if not 0 < gb_per_second < 1e9:
        raise bad_input("bad-speed", "memory is read with more than 0 GB a second")
    working = weight_bytes(setup) * setup.shape.active_params / setup.shape.params
    read = working + cache_bytes(setup.shape, setup.tokens) / setup.divides_weights
    return gb_per_second * GIGA / read


def encoder_tokens_per_core_second(shape: Shape, tokens: float) -> Span:
    """Tokens that an encoder reads in a second on one core of a CPU."""
    flops = 2 * working_params(shape) + 4 * shape.depth * shape.query_width * tokens
    one = CPU_CORE_FLOPS
    return Span(low=one.low / flops, likely=one.likely / flops, high=one.high / flops)
