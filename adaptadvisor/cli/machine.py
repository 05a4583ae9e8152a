"""The options of `cost` about a model and cards, and what they say."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.cli.given import text_of
from adaptadvisor.cli.options import one_of, option, with_fields
from adaptadvisor.cli.output import chosen
from adaptadvisor.errors import bad_input, shown
from adaptadvisor.files import readable

if TYPE_CHECKING:  # so that no other command loads them
    from adaptadvisor.costs.machine import Asked
    from adaptadvisor.costs.model import Model

WORDS = {
    "method": ("full", "lora", "qlora", "head"),
    "optimiser": (
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
    ),
    "precision": ("fp32", "16-bit", "mixed", "mixed-fp32", "int8", "int4", "nf4", "nf4-dq"),
    "loss": ("full", "chunked"),
    "sharding": ("none", "zero2", "zero3", "fsdp", "layers"),
}
"""The words of `memory.setup` and of `costs.machine.SHARDINGS`, here because help must be quick."""

_FLAGS = {
    "model": "--model",
    "cards": "--cards",
    "method": "--method",
    "tokens": "--seq-len",
    "batch": "--micro-batch",
    "rank": "--rank",
    "optimiser": "--optimizer",
    "precision": "--precision",
    "loss": "--loss",
    "checkpointing": "--checkpointing",
    "sharding": "--sharding",
    "tflops": "--tflops",
    "utilisation": "--utilisation",
    "bandwidth": "--bandwidth",
}
_PANEL = "Model and cards"


def _word(name: str, help: str) -> object:
    also = " --optimiser" if name == "optimiser" else ""
    return one_of(_FLAGS[name] + also, WORDS[name], help, _PANEL)


def _number(name: str, help: str, most: int) -> object:
    return option(_FLAGS[name], help, "N", _PANEL, min=1, max=most)


def _above_0(name: str, help: str, most: float) -> object:
    also = " --utilization" if name == "utilisation" else ""
    return option(_FLAGS[name] + also, help, "X", _PANEL, min=1e-3, max=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the options say, as they were written; None for those that were not given."""

    model: Annotated[
        str | None, option("--model", "A config.json, or a size such as 7b.", "MODEL", _PANEL)
    ] = None
    cards: Annotated[
        str | None, option("--cards", "GPUs, such as 2x24: two of 24 GB each.", "CARDS", _PANEL)
    ] = None
    method: Annotated[
        str | None, _word("method", "Only this way to train; all of them if you name none.")
    ] = None
    tokens: Annotated[int | None, _number("tokens", "Tokens of a sequence.", 100_000_000)] = None
    batch: Annotated[
        int | None, _number("batch", "Sequences in a training step on one card.", 1_000_000)
    ] = None
    rank: Annotated[int | None, _number("rank", "The rank of LoRA.", 65_536)] = None
    optimiser: Annotated[str | None, _word("optimiser", "The optimiser of training.")] = None
    precision: Annotated[
        str | None, _word("precision", "The number format of the weights of --method.")
    ] = None
    loss: Annotated[
        str | None, _word("loss", "The loss over all logits at a time, or in chunks.")
    ] = None
    checkpointing: Annotated[
        bool | None,
        option("--checkpointing/--no-checkpointing", "Gradient checkpointing.", panel=_PANEL),
    ] = None
    sharding: Annotated[
        str | None, _word("sharding", "How the model is divided among the cards.")
    ] = None

    tflops: Annotated[
        float | None, _above_0("tflops", "Peak of a GPU, 1e12 FLOP a second (16 bits).", 1e5)
    ] = None
    utilisation: Annotated[
        float | None, _above_0("utilisation", "The share of --tflops that training uses.", 1)
    ] = None
    bandwidth: Annotated[
        float | None, _above_0("bandwidth", "GB that a GPU reads in a second.", 1e6)
    ] = None

    @property
    def given(self) -> str:
        """The first of the flags that were given, or nothing."""
        names = [each.name for each in fields(self) if getattr(self, each.name) is not None]
        return _FLAGS[names[0]] if names else ""


with_machine = with_fields(Said, "machine")
"""Gives a command these options, as its parameter `machine`."""


def asked_of(said: Said) -> Asked:
    """What they mean; `BadInput` with the flag for what means nothing."""
    from adaptadvisor.costs.machine import SHARDINGS, Asked
    from adaptadvisor.costs.model import cards_of
    from adaptadvisor.costs.runs import Card

    for name, known in WORDS.items():
        word = getattr(said, name)
        if word is not None:
            chosen(_FLAGS[name], word, known)
    if said.precision and not said.method:
        wrong = "is the number format of one method; name it with --method"
        raise bad_input("bad-setting", wrong, "--precision")
    if said.utilisation and not said.tflops:
        wrong = "is a share of the peak of the card; name that with --tflops"
        raise bad_input("bad-setting", wrong, "--utilisation")
    cards = cards_of(said.cards) if said.cards is not None else None
    if said.sharding not in (None, "none") and (cards is None or cards.count == 1):
        wrong = "divides a model among cards; name several with --cards, such as 2x24"
        raise bad_input("bad-setting", wrong, "--sharding")
    return Asked(
        model=_model(said.model) if said.model is not None else None,
        cards=cards,
        method=said.method,  # type: ignore[arg-type]  # one of WORDS, as are the others
        tokens=said.tokens,
        batch=said.batch,
        rank=said.rank,
        optimiser=said.optimiser,  # type: ignore[arg-type]
        precision=said.precision,  # type: ignore[arg-type]
        loss=said.loss,  # type: ignore[arg-type]
        checkpointing=said.checkpointing,
        sharding=SHARDINGS[said.sharding] if said.sharding else None,
        card=Card(tflops=said.tflops, utilisation=said.utilisation, gb_per_second=said.bandwidth),
    )


def _model(word: str) -> Model:
    """A size, or a `config.json`, or a folder with one."""
    from adaptadvisor.costs.model import is_size, of_config, of_size, refuse_weights

    if is_size(word):
        return of_size(word)
    path = Path(word)
    if word != "-":
        path = path / "config.json" if word and path.is_dir() else path
        if not word or not path.exists():
            right = "give the config.json of the model, or a size such as 7b"
            raise bad_input(
                "unknown-model", f'"{shown(word)}" is no file and no size; {right}', "--model"
            )
        with readable(word), path.open("rb") as file:
            refuse_weights(path.name, file.read(4))
    return of_config(
        text_of(str(path) if word != "-" else "-", "--model"), "stdin" if word == "-" else str(path)
    )
