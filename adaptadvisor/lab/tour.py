"""What the guided walk shows, computed on the spot from the small shipped example."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING, TypedDict

from adaptadvisor.errors import BadInput
from adaptadvisor.lab.handmade import (
    Head,
    Vector,
    Words,
    answer,
    encoded,
    nearness,
    scores,
    softmax,
    trained,
    unit,
)

if TYPE_CHECKING:
    from adaptadvisor.lab.encoders import Vectors

DATA = Path(__file__).with_name("tour.json")
TASKS = ("intent", "sentiment", "topic")
"""Two heads, and the third that is added later."""
PAIRS = (("refund", "money"), ("refund", "password"), ("great", "thanks"))
"""Words whose nearness is shown."""
WIDER = (0, 12, 60, 252)
"""Random numbers that are put behind each hand-made vector."""
_DRAWS, _SEED = 10, 1
_STRONGER_MOOD = 2.0

Item = Mapping[str, str]
Encode = Callable[[str], Vector]


class Shipped(TypedDict):
    """The file of the example."""

    licence: str
    about: str
    dimensions: list[str]
    words: dict[str, list[float]]
    train: list[Item]
    asked: list[Item]
    held_out: list[Item]
    out_of_scope: list[str]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a head answers to a text: a label, and how sure it is (0 to 1)."""

    text: str
    task: str
    label: str
    sure: float
    right: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """How one answer comes about: `scores` and `shares` by label."""

    text: str
    vector: Vector
    head: Head
    scores: Mapping[str, float]
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Real:
    """The same examples on a real pretrained encoder: nearness of each of `PAIRS`, the answers of
    centroid heads to the four texts, and right answers to the held-out items, of `of`.
    """

    name: str
    dimension: int
    near: tuple[float, ...]
    asked: tuple[Answered, ...]
    right: int
    of: int


@dataclass(frozen=True, slots=True)
class Tour:
    """All numbers of the walk. `alike` are the four texts where words have no vectors, only names;
    `changed` the same four for each changed representation; `wider` the dimensions and the share
    of right held-out answers, a mean of draws.
    """

    shipped: Shipped
    words: Words
    near: tuple[float, ...]
    asked: tuple[Answered, ...]
    alike: tuple[Answered, ...]
    vectors: Mapping[str, Vector]
    sum: Sum
    heads: Mapping[str, Head]
    before: tuple[Answered, ...]
    after: tuple[Answered, ...]
    changed: Mapping[str, tuple[Answered, ...]]
    wider: tuple[tuple[int, float], ...]
    draws: int
    held_out: tuple[Answered, ...]
    beside: tuple[Answered, ...]
    real: Real | None

    def threshold(self) -> float:
        """How sure the intent head is of the right held-out answer that it is least sure of."""
        return min(each.sure for each in self.held_out if each.task == TASKS[0] and each.right)


def shipped() -> Shipped:
    """The example as it is shipped."""
    found: Shipped = json.loads(DATA.read_text(encoding="utf-8"))
    return found


def tour(*, real: bool = True) -> Tour:
    """Computes the walk; `real`: also on wordllama, where that is installed."""
    data = shipped()
    words = {word: tuple(vector) for word, vector in data["words"].items()}
    encode = partial(encoded, words=words)
    two, three = (_heads(data, encode, tasks) for tasks in (TASKS[:2], TASKS))
    first = data["asked"][0]["text"]
    found = scores(encode(first), two[TASKS[0]])
    return Tour(
        shipped=data,
        words=words,
        near=tuple(nearness(words[one], words[other]) for one, other in PAIRS),
        asked=_asked(data, encode),
        alike=_asked(data, partial(encoded, words=_names_only(words))),
        vectors={each["text"]: encode(each["text"]) for each in data["asked"]},
        sum=Sum(first, encode(first), two[TASKS[0]], found, softmax(found)),
        heads=three,
        before=_answers(data["held_out"], two, encode),
        after=_answers(data["held_out"], three, encode),
        changed=_changed(data, words),
        wider=tuple(_wider(data, words, more) for more in WIDER),
        draws=_DRAWS,
        held_out=_answers(data["held_out"], three, encode),
        beside=tuple(_beside(text, three, encode) for text in data["out_of_scope"]),
        real=_real(data) if real else None,
    )


def _heads(data: Shipped, encode: Encode, tasks: Sequence[str]) -> dict[str, Head]:
    rows = [(encode(each["text"]), each) for each in data["train"]]
    return {task: trained((vector, each[task]) for vector, each in rows) for task in tasks}


def _answers(
    items: Sequence[Item], heads: Mapping[str, Head], encode: Encode
) -> tuple[Answered, ...]:
    """Each text by each head for which it has a label."""
    found = []
    for each in items:
        vector = encode(each["text"])
        for task in (task for task in heads if task in each):
            label, sure = answer(vector, heads[task])
            found.append(Answered(each["text"], task, label, sure, label == each[task]))
    return tuple(found)


def _asked(data: Shipped, encode: Encode) -> tuple[Answered, ...]:
    return _answers(data["asked"], _heads(data, encode, TASKS[:2]), encode)


def _beside(text: str, heads: Mapping[str, Head], encode: Encode) -> Answered:
    """What the intent head says of a text that is none of its labels."""
    label, sure = answer(encode(text), heads[TASKS[0]])
    return Answered(text, TASKS[0], label, sure, right=False)


def _names_only(words: Words) -> dict[str, Vector]:
    """A dimension for each word: all that is known of a word is that it is not another."""
    return {
        word: tuple(float(place == each) for each in range(len(words)))
        for place, word in enumerate(words)
    }


def _changed(data: Shipped, words: Words) -> dict[str, tuple[Answered, ...]]:
    """The four texts again, each time with heads trained anew on the changed vectors."""
    louder = {word: (*each[:-1], _STRONGER_MOOD * each[-1]) for word, each in words.items()}
    return {
        "as they are": _asked(data, partial(encoded, words=words)),
        "mood counts twice": _asked(data, partial(encoded, words=louder)),
        "texts at length 1": _asked(data, lambda text: unit(encoded(text, words))),
    }


def _wider(data: Shipped, words: Words, more: int) -> tuple[int, float]:
    """The dimensions, and the share of right held-out answers, where `more` random numbers that
    have nothing to do with the task stand behind each word's own.
    """
    shares = []
    for draw in range(_DRAWS if more else 1):
        random = Random(f"{_SEED} {more} {draw}")  # noqa: S311 - noise, no secret
        noisy = {
            word: (*each, *(random.gauss(0, 1) for _ in range(more)))
            for word, each in words.items()
        }
        encode = partial(encoded, words=noisy)
        found = _answers(data["held_out"], _heads(data, encode, TASKS), encode)
        shares.append(fmean(each.right for each in found))
    return len(next(iter(words.values()))) + more, fmean(shares)


def _real(data: Shipped) -> Real | None:
    """The example on wordllama with the centroid head of the lab; None where that is missing."""
    try:
        from adaptadvisor.lab.encoders import encoder

        found = encoder("wordllama")
    except (BadInput, ImportError):
        return None

    def answers(items: Sequence[Item]) -> tuple[Answered, ...]:
        rows = found.encode([each["text"] for each in items])
        return tuple(each for task in TASKS for each in _by_lab(data, task, items, rows, learnt))

    learnt = found.encode([each["text"] for each in data["train"]])
    held_out = answers(data["held_out"])
    order = [each["text"] for each in data["asked"]]
    asked = sorted(answers(data["asked"]), key=lambda each: order.index(each.text))
    rows = found.encode([word for pair in PAIRS for word in pair])
    near = tuple(float(rows[at] @ rows[at + 1]) for at in range(0, len(rows), 2))
    right = sum(each.right for each in held_out)
    return Real(found.name, found.dimension, near, tuple(asked), right, len(held_out))


def _by_lab(
    data: Shipped, task: str, items: Sequence[Item], rows: Vectors, learnt: Vectors
) -> list[Answered]:
    """The items that have a label of this task, by the centroid head that `lab run` trains."""
    import numpy as np

    from adaptadvisor.lab import heads

    labels = [*dict.fromkeys(each[task] for each in data["train"])]
    classes = np.array([labels.index(each[task]) for each in data["train"]])
    shares = heads.trained("centroid", learnt, classes, len(labels)).shares(rows)
    found = []
    for each, row in zip(items, shares, strict=True):
        if task in each:
            label = labels[int(row.argmax())]
            found.append(Answered(each["text"], task, label, float(row.max()), label == each[task]))
    return found
