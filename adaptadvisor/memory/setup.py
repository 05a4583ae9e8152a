"""What a run is: method, number formats, lengths, cards. Every size in GB is 1e9 bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from adaptadvisor.errors import bad_input, nearest
from adaptadvisor.memory.shape import Shape, adapted

Method = Literal["full", "lora", "qlora", "head", "inference", "cache"]
"""`full`: all weights are tuned (an encoder too) · `head`: only a head over a frozen model ·
`cache`: the cache of keys and values alone.
"""
Precision = Literal[
    "fp32", "16-bit", "mixed", "mixed-fp32", "int8", "int4", "nf4", "nf4-dq", "int2"
]
"""`16-bit` is pure bf16 or fp16; `mixed` keeps 16-bit weights and a master copy in 32 bits;
`mixed-fp32` keeps 32-bit weights and casts them; `nf4-dq` is NF4 with double quantisation.
"""
Optimiser = Literal[
    "adamw",
    "adamw-16-bit",
    "adamw-8-bit",
    "adamw-8-bit-fused",
    "adamw-paged",
    "adamw-8-bit-paged",
    "adamw-8-bit-fused-paged",
    "adafactor",
    "sgd",
    "lomo",
]
"""`adamw-16-bit` keeps its states in 16 bits where the trained weights are; `fused` steps within
the backward pass, so that no gradients are kept; `paged` moves its states to the CPU where the
card runs full.
"""
Checkpointing = Literal["yes", "no", "offload"]
Loss = Literal["full", "chunked"]
"""`chunked` stands for every loss that never holds the logits of all tokens (Liger, cut)."""
Attention = Literal["flash", "eager"]
"""`flash` also stands for SDPA: no matrix of scores is kept."""
Sharding = Literal["none", "zero2", "zero3", "fsdp", "device_map"]
Meter = Literal["allocated", "reserved", "device"]
"""Allocated by tensors, reserved by the allocator, or what the driver shows (the largest)."""

MOST_TOKENS, MOST_BATCH, MOST_RANK, MOST_CARDS = 100_000_000, 1_000_000, 65_536, 100_000


@dataclass(frozen=True, slots=True)
class Setup:
    """One training run or one serving process.

    `tokens` are those of a sequence (cut or padded to it), `batch` the sequences in one step on
    one card, `rank` and `targets` those of LoRA, `cards` the GPUs that share the work. `guesses`
    names what was not stated and is assumed; it makes the range wider, not the point larger.
    """

    shape: Shape
    method: Method
    precision: Precision = "16-bit"
    optimiser: Optimiser = "adamw"
    tokens: int = 1024
    batch: int = 1
    rank: int = 16
    targets: tuple[str, ...] = ("all",)
    checkpointing: Checkpointing = "yes"
    loss: Loss = "full"
    attention: Attention = "flash"
    sharding: Sharding = "none"
    offload: bool = False
    cards: int = 1
    meter: Meter = "device"
    guesses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, words in _WORDS.items():
            value = getattr(self, name)
            if value not in words:
                hint = nearest(str(value), words)
                known = ", ".join(words)
                raise bad_input("bad-setup", f'no {name} "{value}"; known are {known}{hint}')
        for name, most in _NUMBERS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
                raise bad_input(
                    "bad-setup", f"{name} is {value!r}; write a whole number from 1 to {most:,}"
                )
        if self.method in ("lora", "qlora") and not any(
            True for _ in adapted(self.shape, self.targets)
        ):
            raise bad_input("bad-setup", "no matrix gets an adapter; name targets such as q and v")
        if self.method == "full" and self.precision in QUANTISED:
            raise bad_input(
                "bad-setup",
                f"weights in {self.precision} cannot be tuned whole; use 16-bit, mixed or qlora",
            )

    @property
    def trains(self) -> bool:
        return self.method not in ("inference", "cache")

    @property
    def pages(self) -> bool:
        """Whether the states of the optimiser may leave a card that runs full."""
        return self.optimiser.endswith(_PAGED)

    @property
    def steps_as(self) -> str:
        """The optimiser by what it keeps, wherever that lies."""
        return self.optimiser.removesuffix(_PAGED)

    @property
    def step_tokens(self) -> int:
        """Tokens in one step on one card."""
        return self.tokens * self.batch

    @property
    def divides_weights(self) -> int:
        """Among how many cards the weights are divided."""
        return self.cards if self.sharding in ("zero3", "fsdp", "device_map") else 1

    @property
    def divides_states(self) -> int:
        """Among how many cards gradients and optimiser states are divided."""
        return 1 if self.sharding == "none" else self.cards


_PAGED = "-paged"

QUANTISED = ("int8", "int4", "nf4", "nf4-dq", "int2")

_WORDS: dict[str, tuple[str, ...]] = {
    "method": get_args(Method),
    "precision": get_args(Precision),
    "optimiser": get_args(Optimiser),
    "checkpointing": get_args(Checkpointing),
    "loss": get_args(Loss),
    "attention": get_args(Attention),
    "sharding": get_args(Sharding),
    "meter": get_args(Meter),
}
_NUMBERS = {"tokens": MOST_TOKENS, "batch": MOST_BATCH, "rank": MOST_RANK, "cards": MOST_CARDS}


@dataclass(frozen=True, slots=True)
class Parts:
    """Memory of one card in GB, by what it holds; at the moment when it holds most."""

    weights: float = 0.0
    gradients: float = 0.0
    optimiser: float = 0.0
    activations: float = 0.0
    loss: float = 0.0
    cache: float = 0.0
    overhead: float = 0.0
    """The allocator's slack, temporaries of the step, and the CUDA context."""

    @property
    def total(self) -> float:
        return (
            self.weights
            + self.gradients
            + self.optimiser
            + self.activations
            + self.loss
            + self.cache
            + self.overhead
        )
