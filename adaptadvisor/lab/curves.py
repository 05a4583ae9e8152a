"""Learning curves: how good each head is with so many labels a class, and what more would bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist, fmean

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
_LEAST_TO_FIT = 2
_WITHIN = (0.05, 0.95)
_STEPS = 100

Draws = Sequence[Sequence[tuple[int, float]]]
"""For each size its draws: labels and macro-F1 as a share."""

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


def gains(behind: Draws, more: Sequence[int]) -> tuple[Gain, ...]:
    """What so many more labels would bring in points of macro-F1, and the range that should hold it
    nine times in ten. Nothing where there are too few sizes to see a slope.

    The middle is the median of power laws (a - b n^-c) through the last five sizes of each draw
    with three exponents. The range adds to these what they leave out: by how much they miss
    doublings that were seen, and the luck of which texts are labelled.
    """
    last = behind[-_LAST:]
    if len(last) < _LEAST_SIZES:
        return ()
    now, reached = last[-1][0][0], fmean(score for _, score in last[-1])
    missed, luck = _missed(last), _luck(last)
    return tuple(
        _with_range(
            add,
            _rises(last, now + add),
            np.hypot(missed * np.log2(1 + add / now), luck * np.sqrt(1 / now - 1 / (now + add))),
            reached,
        )
        for add in more
    )


def may_lead(behind: Mapping[str, Draws], best: str) -> tuple[str, ...]:
    """The other methods that may lead `best` with twice the labels: the ranges of what they would
    reach overlap. In the order of `behind`; nothing where there are too few sizes.
    """
    ends = _at_twice(behind)
    if best not in ends:
        return ()
    least, _, _ = ends[best]
    return tuple(name for name, (_, _, high) in ends.items() if name != best and high > least)


def overtakes(behind: Mapping[str, Draws], one: str, best: str) -> bool:
    """Whether `one` is expected to lead `best` with twice the labels: by the middles of what they
    would reach.
    """
    ends = _at_twice(behind)
    return {one, best} <= ends.keys() and ends[one][1] > ends[best][1]


def _at_twice(behind: Mapping[str, Draws]) -> dict[str, tuple[float, float, float]]:
    """What each method would reach with twice the labels: the lower end, the middle, the upper end;
    nothing where there are too few sizes.
    """
    ends = {}
    for name, draws in behind.items():
        for gain in gains(draws, draws[-1][0][:1]):
            now = 100 * fmean(score for _, score in draws[-1])
            ends[name] = (now + gain.low, now + gain.points, now + gain.high)
    return ends


def _rises(last: Draws, then: int) -> list[float]:
    """What each power law gives from the last size on: a share for each draw and exponent."""
    now = last[-1][0][0]
    draws = range(max(len(each) for each in last))
    paths = [np.array([each[number % len(each)] for each in last]) for number in draws]
    return [_gain(path, shape, now, then) for path in paths for shape in _SHAPES]


def _missed(last: Draws) -> float:
    """By how much the same power laws miss the steps that were seen, for a doubling of the labels:
    the root of the mean square over each size that has two or more before it.
    """
    errors = []
    for end in range(_LEAST_TO_FIT, len(last)):
        before, after = last[:end], last[end]
        said = float(np.median(_rises(before, after[0][0])))
        seen = fmean(score for _, score in after) - fmean(score for _, score in before[-1])
        errors.append((seen - said) / np.log2(after[0][0] / before[-1][0][0]))
    return float(np.sqrt(np.mean(np.square(errors)))) if errors else 0.0


def _luck(last: Draws) -> float:
    """How far macro-F1 varies with the texts that are labelled, for one label: draws of s out of n
    labels vary by this times the root of 1/s - 1/n, as means of draws without replacement do
    (Cochran 1977).
    """
    labels = last[-1][0][0]
    found = [
        np.var([score for _, score in draws], ddof=1) / (1 / draws[0][0] - 1 / labels)
        for draws in last[:-1]
        if len(draws) > 1
    ]
    return float(np.sqrt(np.mean(found))) if found else 0.0


def _with_range(labels: int, rises: Sequence[float], spread: float, reached: float) -> Gain:
    """The median of the rises, and nine in ten of what they and a normal spread make together."""
    normal = np.array([NormalDist().inv_cdf((step + 0.5) / _STEPS) for step in range(_STEPS)])
    low, high = np.quantile(np.add.outer(np.array(rises), spread * normal), _WITHIN)
    middle = float(np.median(rises))
    return Gain(
        labels=labels,
        points=round(100 * middle, 1),
        low=round(100 * float(min(low, middle)), 1),
        high=round(100 * max(middle, float(min(high, 1 - reached))), 1),
    )


def _gain(path: npt.NDArray[np.float64], shape: float, now: int, then: int) -> float:
    """The rise of the power law that fits the points best; never a fall, and never beyond 1."""
    behind = -(path[:, 0] ** -shape)
    slope = max(0.0, float(np.polyfit(behind, path[:, 1], 1)[0]))
    rise = slope * (now**-shape - then**-shape)
    return float(min(rise, max(0.0, 1 - path[-1, 1])))
