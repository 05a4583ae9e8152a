"""Heads on hand-made vectors, in plain Python: each number can be followed on paper.

A text is the mean of the vectors of its words, a label is the mean of its examples (its centroid),
and how sure a head is, is the softmax of the dot products of the text with each centroid.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

Vector = tuple[float, ...]
Words = Mapping[str, Vector]
"""A vector for each word, all of one length."""
Head = Mapping[str, Vector]
"""The centroid of each label."""


def known(text: str, words: Words) -> list[str]:
    """The words of a text that have a vector, in order."""
    return [word for word in re.findall(r"\w+", text.lower()) if word in words]


def mean(vectors: Sequence[Vector]) -> Vector:
    """The mean of each dimension; of one vector at least."""
    return tuple(math.fsum(column) / len(vectors) for column in zip(*vectors, strict=True))


def encoded(text: str, words: Words) -> Vector:
    """The mean of the vectors of the words that are known; zeros where none is."""
    found = [words[word] for word in known(text, words)]
    return mean(found) if found else (0.0,) * len(next(iter(words.values())))


def trained(examples: Iterable[tuple[Vector, str]]) -> Head:
    """The mean of the examples of each label, in the order in which labels are first seen."""
    of_label: dict[str, list[Vector]] = {}
    for vector, label in examples:
        of_label.setdefault(label, []).append(vector)
    return {label: mean(vectors) for label, vectors in of_label.items()}


def dot(one: Vector, other: Vector) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def scores(vector: Vector, head: Head) -> dict[str, float]:
    """The dot product with each centroid."""
    return {label: dot(vector, centroid) for label, centroid in head.items()}


def softmax(found: Mapping[str, float]) -> dict[str, float]:
    """Scores as shares that add up to 1: e to the score, over the sum of all of these."""
    most = max(found.values())
    grown = {label: math.exp(score - most) for label, score in found.items()}
    whole = math.fsum(grown.values())
    return {label: each / whole for label, each in grown.items()}


def answer(vector: Vector, head: Head) -> tuple[str, float]:
    """The likeliest label (of equals the first) and how sure the head is of it, 0 to 1."""
    shares = softmax(scores(vector, head))
    label = max(shares, key=lambda each: shares[each])
    return label, shares[label]


def unit(vector: Vector) -> Vector:
    """The vector at length 1, and zeros as they are."""
    length = math.hypot(*vector)
    return tuple(each / length for each in vector) if length else vector


def nearness(one: Vector, other: Vector) -> float:
    """The cosine of the angle between two vectors: 1 for one direction, 0 for nothing shared."""
    return dot(unit(one), unit(other))
