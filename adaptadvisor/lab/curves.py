"""Learning curves: how good each head is with so many labels a class, and what more would bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

import numpy as np
import numpy.typing as npt

from adaptadvisor.lab.heads import Classes
from adaptadvisor.lab.report import Gain, Point

FIRST = 4
DRAWS = 5
_FEWER_DRAWS, _MANY = 3, 2000
_MOST_OF_ALL = 0.75
"""Share of all examples above which a draw is so much like the whole that it tells nothing new."""
_SHAPES = (0.25, 0.5, 1.0)
"""Exponents of the power law between which curves of text classifiers mostly lie."""
_LAST = 5
_LEAST_SIZES = 3
_WITHIN = (0.1, 0.9)

Scores = Callable[[Classes, str], float]
"""Macro-F1 of a head or baseline trained on the examples at these places."""


def sizes(classes: Classes) -> list[int]:
    """Labels a class, doubling from 4 while a draw is clearly smaller than the whole."""
    counts = np.bincount(classes)
    found, size = [], FIRST
    while np.minimum(counts, size).sum() < _MOST_OF_ALL * len(classes):
        found.append(size)
        size *= 2
    return found


def draw(classes: Classes, size: int, seed: int) -> Classes:
    """The places of at most `size` examples of each class."""
    random = np.random.default_rng((seed, size))
    parts = [
        random.permutation(np.flatnonzero(classes == each))[:size] for each in np.unique(classes)
    ]
    return np.sort(np.concatenate(parts)).astype(np.int64)


def curve(
    classes: Classes,
    whole: Mapping[str, float],
    score: Scores,
    *,
    seed: int,
    told: Callable[[str, int, int], None],
) -> tuple[tuple[Point, ...], dict[str, list[list[tuple[int, float]]]]]:
    """The points of every curve, and behind them for each name the draws: labels and macro-F1.
    `whole`: the macro-F1 of each head or baseline that is trained on all examples.
    """
    points: list[Point] = []
    behind: dict[str, list[list[tuple[int, float]]]] = {name: [] for name in whole}
    steps = sizes(classes)
    for step, size in enumerate(steps):
        told("Learning curves", step, len(steps))
        labels = int(np.minimum(np.bincount(classes), size).sum())
        number = DRAWS if labels <= _MANY else _FEWER_DRAWS
        places = [draw(classes, size, seed * 1000 + each) for each in range(number)]
        for name in whole:
            found = [score(each, name) for each in places]
            behind[name].append([(labels, one) for one in found])
            points.append(_point(name, size, labels, found))
    for name, value in whole.items():
        behind[name].append([(len(classes), value)])
        points.append(_point(name, None, len(classes), [value]))
    return tuple(points), behind


def _point(name: str, size: int | None, labels: int, found: Sequence[float]) -> Point:
    each = [round(100 * one, 2) for one in found]
    return Point(
        name=name,
        per_class=size,
        labels=labels,
        f1=round(fmean(each), 2),
        low=min(each),
        high=max(each),
        draws=len(each),
    )


def gains(behind: Sequence[Sequence[tuple[int, float]]], more: Sequence[int]) -> tuple[Gain, ...]:
    """What so many more labels would bring in points of macro-F1: the median of power laws
    (a - b n^-c) through the last five sizes of each draw with three exponents, and the range that
    holds eight in ten of them. Nothing where there are too few sizes to see a slope.
    """
    last = behind[-_LAST:]
    if len(last) < _LEAST_SIZES:
        return ()
    now = last[-1][0][0]
    draws = max(len(each) for each in last)
    found: list[list[float]] = [[] for _ in more]
    for number in range(draws):
        path = np.array([each[number % len(each)] for each in last])
        for shape in _SHAPES:
            for place, add in enumerate(more):
                found[place].append(100 * _gain(path, shape, now, now + add))
    return tuple(
        Gain(
            labels=add,
            **dict(zip(("low", "high"), _range(each), strict=True)),
            points=_middle(each),
        )
        for add, each in zip(more, found, strict=True)
    )


def _gain(path: npt.NDArray[np.float64], shape: float, now: int, then: int) -> float:
    """The rise of the power law that fits the points best; never a fall, and never beyond 1."""
    behind = -(path[:, 0] ** -shape)
    slope = max(0.0, float(np.polyfit(behind, path[:, 1], 1)[0]))
    rise = slope * (now**-shape - then**-shape)
    return float(min(rise, max(0.0, 1 - path[-1, 1])))


def _middle(values: Sequence[float]) -> float:
    return round(float(np.median(values)), 1)


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = np.quantile(values, _WITHIN)
    return round(float(low), 1), round(float(high), 1)
