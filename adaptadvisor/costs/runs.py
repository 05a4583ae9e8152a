"""How long a training run takes on one's own GPUs, from the amounts of a situation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adaptadvisor.costs import time
from adaptadvisor.costs.formulas import SECONDS_AN_HOUR
from adaptadvisor.costs.inputs import Amount, Amounts
from adaptadvisor.costs.report import RunTime
from adaptadvisor.costs.spans import Span, exactly, over, product
from adaptadvisor.memory import Setup

_EXAMPLES = {"full": "full", "lora": "lora", "qlora": "lora", "head": "head"}
_LENGTH = ("input_tokens", "tuned_instruction_tokens", "output_tokens")
_CORES = Span(low=4, likely=8, high=16)
RATE = "{}_training_tokens_per_second"
"""The amount that money reads, by approach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a user says of the speed of a card: its peak in TFLOP a second, the share of it that
    training uses, and the GB that it reads in a second; None where nothing is said.
    """

    tflops: float | None = None
    utilisation: float | None = None
    gb_per_second: float | None = None


ANY_CARD = Card()


def length_of(known: Amounts) -> Span:
    """Tokens of a training example: input, instruction, answer."""
    spans = [known[one].span for one in _LENGTH]
    return Span(
        low=sum(one.low for one in spans),
        likely=sum(one.likely for one in spans),
        high=sum(one.high for one in spans),
    )


def run_of(setup: Setup, card: Card, known: Amounts, *, stated: bool) -> RunTime:
    """One training run: examples x length x passes. `stated`: the length of `setup` is the user's;
    else it is that of `length_of`. Hours without a stated peak are those of common cards.
    """
    length = exactly(setup.tokens) if stated else length_of(known)
    examples = f"{_approach(setup)}_examples"
    tokens = product(known[examples].span, length, known["epochs"].span)
    a_token = time.flops_per_token(setup, length.likely)
    flops = product(tokens, exactly(a_token))
    if card.tflops is None:
        rate = time.tokens_at(setup, known["training_flops_per_second"].span)
    else:
        rate = time.tokens_per_gpu_second(setup, card.tflops, card.utilisation)
    return RunTime(
        tokens=tokens,
        flops=flops,
        tokens_per_gpu_second=rate,
        gpu_hours=product(over(tokens, rate), exactly(1 / SECONDS_AN_HOUR)),
        on_stated_card=card.tflops is not None,
        examples_known=known["examples"].origin != "assumed" or known[examples].origin == "stated",
    )


def _approach(setup: Setup) -> str:
    """`head`, `lora` or `full`: an encoder that is tuned whole is a task head."""
    return "head" if setup.shape.kind == "encoder" else _EXAMPLES[setup.method]


def rates_of(setups: Iterable[Setup], card: Card) -> dict[str, Amount]:
    """What money is to take for the speed of training, by name, where the peak of a card is known;
    of two ways to train the same the first counts. A decoder says nothing of a task head, which
    has a small encoder of its own.
    """
    found: dict[str, Amount] = {}
    if card.tflops is None:
        return found
    for setup in setups:
        name = RATE.format(_approach(setup))
        if name in found or (setup.method == "head" and setup.shape.kind != "encoder"):
            continue
        span = time.tokens_per_gpu_second(setup, card.tflops, card.utilisation)
        found[name] = Amount(
            name="tokens that a GPU trains on in a second",
            unit="tokens a second",
            span=span,
            origin="stated",
            because="from the model and the peak of your card",
            find_out="Measure it in a short run.",
            more=-1,
            state="--tflops and --utilisation ",
        )
    return found


def server_rate(setup: Setup) -> Span:
    """Tokens that an encoder reads in a second on a server of 8 cores (4 to 16) without a GPU."""
    return product(time.encoder_tokens_per_core_second(setup.shape, setup.tokens), _CORES)
