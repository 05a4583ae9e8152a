"""The model and the cards that a user names: a size, a `config.json`, `2x24`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from adaptadvisor.errors import BadInput, Location, bad_input, shown
from adaptadvisor.memory import Shape, from_config, typical
from adaptadvisor.memory.setup import MOST_CARDS
from adaptadvisor.table.facts import show_number

MOST_CARD_GB = 10_000.0
_BILLION, _DIGITS = 1e9, 3
_SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*([bm])", re.IGNORECASE)
_CARDS = re.compile(r"(?:(\d{1,6})\s*[x*])?\s*(\d{1,6}(?:\.\d{1,3})?)\s*(?:gb)?", re.IGNORECASE)
_WEIGHTS = (".gguf", ".ggml", ".safetensors", ".bin", ".pt", ".pth", ".onnx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model by name and shape; the shape is `guessed` where only a size was given."""

    name: str
    shape: Shape

    @property
    def params_b(self) -> float:
        return self.shape.params / _BILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """So many cards of so many GB each; `guessed` where only the sum is known."""

    count: int
    gb: float
    guessed: bool = False

    @property
    def words(self) -> str:
        each = f"{show_number(self.gb)} GB"
        return f"a card of {each}" if self.count == 1 else f"{self.count:,} cards of {each}"


def cards_of(word: str, flag: str = "--cards") -> Cards:
    """`2x24`: two cards of 24 GB each; `80` is one card.

    >>> cards_of("2x24"), cards_of("80 GB").count
    (Cards(count=2, gb=24.0, guessed=False), 1)
    """
    match = _CARDS.fullmatch(word.strip())
    right = "write how many and the GB of each, such as 2x24"
    if match is None:
        raise bad_input("bad-card", f'"{shown(word)}" are no cards; {right}', flag)
    count, gb = int(match[1] or 1), float(match[2])
    if not (1 <= count <= MOST_CARDS and 0 < gb <= MOST_CARD_GB):
        most = f"up to {MOST_CARDS:,} cards of up to {MOST_CARD_GB:,.0f} GB"
        raise bad_input("bad-card", f'"{shown(word)}" is out of range; {most}, such as 2x24', flag)
    return Cards(count=count, gb=gb)


def is_size(word: str) -> bool:
    return _SIZE.fullmatch(word.strip()) is not None


def of_size(word: str, flag: str = "--model") -> Model:
    """A typical model of a size such as `7b` or `350m`."""
    match = _SIZE.fullmatch(word.strip())
    if match is None:
        right = "write a size such as 7b or 350m, or a config.json"
        raise bad_input("unknown-model", f'"{shown(word)}" is no size; {right}', flag)
    return of_params(float(match[1]) / (1 if match[2].lower() == "b" else 1000), flag)


def of_params(params_b: float, flag: str = "--model") -> Model:
    """A typical model of so many billions of parameters."""
    shape = _placed(flag, lambda: typical(params_b))
    return Model(name=f"a typical model of {size_words(params_b)}", shape=shape)


def of_config(text: str, file: str) -> Model:
    """The model that a `config.json` describes; `BadInput` in one line for what is none."""
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        right = "give the config.json of the model, or a size such as 7b"
        raise bad_input("syntax", f"not valid JSON; {right}", file) from None
    if not isinstance(config, dict):
        wrong = "expected the config.json of a model: names and values in { }"
        raise bad_input("not-a-mapping", wrong, file)
    shape = _placed(file, lambda: from_config(config))
    short = "/".join(PurePath(file).parts[-2:])  # who reads the report knows no other folders
    return Model(name=f"{shown(short)} ({size_words(shape.params / _BILLION)})", shape=shape)


def refuse_weights(name: str, start: bytes, flag: str = "--model") -> None:
    """`BadInput` for a file of weights, told by its name or by how it begins."""
    suffix = next((one for one in _WEIGHTS if name.lower().endswith(one)), "")
    if start.startswith(b"GGUF"):
        suffix = ".gguf"
    if suffix:
        right = "give the config.json of the model that it was made from, or a size such as 7b"
        wrong = f'"{shown(name)}" holds weights ({suffix[1:].upper()})'
        raise bad_input("unknown-model", f"{wrong}; {right}", flag)


def size_words(params_b: float) -> str:
    """`8B`, `110M`, with two digits that count."""
    number, unit = (params_b, "B") if params_b >= 1 else (1000 * params_b, "M")
    return f"{float(f'{number:.{_DIGITS}g}'):g}{unit}"


def about(shape: Shape) -> Iterator[str]:
    """What a reader of the memory of such a model must know."""
    if shape.guessed:
        yield (
            "The shape is typical for the size, so ranges are wide; give the config.json of the "
            "model with --model for narrower ones."
        )
    if shape.kind == "encoder":
        yield "It is an encoder: it labels and compares, and writes nothing."
    if shape.experts is not None:
        held, work = (size_words(one / _BILLION) for one in (shape.params, shape.active_params))
        yield (
            f"It is a mixture of experts: a card holds all {held} parameters, a token works with "
            f"{work} of them. No published figures support its memory, so ranges are wide."
        )
    if shape.latent is not None:
        yield (
            "The cache holds one small vector for each token and layer; a program that keeps keys "
            "and values themselves needs more, up to the high end of serving."
        )


def _placed(place: str, make: Callable[[], Shape]) -> Shape:
    try:
        return make()
    except BadInput as error:
        [problem] = error.problems
        raise BadInput([replace(problem, location=Location(place))]) from None
