"""How good answers are: per class, macro-F1 with its interval, calibration, a threshold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adaptadvisor.evidence.statistics import Interval, wilson
from adaptadvisor.lab.encoders import Vectors
from adaptadvisor.lab.heads import Classes, Head, Shares, softmax, trained

Table = npt.NDArray[np.int64]
_DRAWS = 500
_BINS = 10
_KEPT = 0.95
"""Share of known texts that a threshold lets through."""
_MOST_LEFT_OUT = 12


def confusion(expected: Classes, given: Classes, number: int) -> Table:
    """Rows are the true classes, columns the answers."""
    flat = np.bincount(expected * number + given, minlength=number * number)
    return flat.reshape(number, number).astype(np.int64)


def per_class(table: Table) -> npt.NDArray[np.float64]:
    """Precision, recall and F1 of each class, a row each; 0 where nothing is there to divide by.
    The table may have more dimensions in front.
    """
    right = np.diagonal(table, axis1=-2, axis2=-1).astype(np.float64)
    precision = right / np.maximum(table.sum(axis=-2), 1)
    recall = right / np.maximum(table.sum(axis=-1), 1)
    f1 = 2 * right / np.maximum(table.sum(axis=-2) + table.sum(axis=-1), 1)
    return np.stack([precision, recall, f1], axis=-1)


def macro_f1(table: Table) -> float:
    """The mean F1 of the classes that occur, as a truth or as an answer."""
    there = (table.sum(axis=0) + table.sum(axis=1)) > 0
    return float(per_class(table)[there, 2].mean()) if there.any() else 0.0


def f1_interval(table: Table, seed: int) -> Interval:
    """The interval of macro-F1 that 95 % of draws of as many texts fall into (the bootstrap, Efron
    1979, on the cells of the table). Where no answer is wrong, draws know no doubt: its lower end
    is then that of the share of right answers (Wilson 1927).
    """
    number = int(table.sum())
    draws = np.random.default_rng(seed).multinomial(number, table.ravel() / number, _DRAWS)
    found = [macro_f1(each.reshape(table.shape)) for each in draws]
    low, high = np.quantile(found, (0.025, 0.975))
    if np.trace(table) == number:
        low = wilson(number, number).low
    return Interval(float(low), float(high))


def f1_difference(
    expected: Classes, first: Classes, second: Classes, number: int, seed: int
) -> tuple[float, Interval]:
    """Macro-F1 of the second answers less that of the first, and its interval over draws of the
    same texts for both (the paired bootstrap).
    """
    random = np.random.default_rng(seed)

    def gap(places: Classes) -> float:
        one, other = (
            macro_f1(confusion(expected[places], given[places], number))
            for given in (first, second)
        )
        return other - one

    texts = len(expected)
    found = [gap(random.integers(0, texts, texts)) for _ in range(_DRAWS)]
    low, high = np.quantile(found, (0.025, 0.975))
    return gap(np.arange(texts)), Interval(float(low), float(high))


def calibration_error(shares: Shares, expected: Classes) -> float:
    """How far confidence is from being right, on average: expected calibration error in ten equal
    bins (Naeini et al. 2015).
    """
    sure = shares.max(axis=1)
    right = shares.argmax(axis=1) == expected
    bins = np.minimum((sure * _BINS).astype(np.int64), _BINS - 1)
    gaps = (
        abs(float(sure[bins == each].mean() - right[bins == each].mean())) * (bins == each).mean()
        for each in np.unique(bins)
    )
    return float(sum(gaps))


def threshold(shares: Shares) -> float:
    """The confidence that 95 % of these texts, of known classes and unseen by the head, reach."""
    return float(np.quantile(shares.max(axis=1), 1 - _KEPT)) if len(shares) else 0.0


def unseen_caught(
    head: Head, vectors: Vectors, classes: Classes, asked: Vectors, expected: Classes
) -> float | None:
    """The share of texts of a class that falls below the threshold where the head was trained
    without that class, over classes; None for two classes, where nothing would be left to tell.
    """
    present = np.unique(classes)
    if len(present) <= 2:
        return None
    caught = []
    counts = np.bincount(classes, minlength=head.number)
    order = sorted(present, key=lambda each: (-counts[each], each))
    for out in order[:_MOST_LEFT_OUT]:
        theirs, others = expected == out, expected != out
        if not theirs.any() or not others.any():
            continue
        rest = classes != out
        blind = trained(head.kind, vectors[rest], classes[rest], head.number)
        known = blind.scores(asked) / np.float32(head.temperature)
        from_known = _sure(known[others])
        line = float(np.quantile(from_known, 1 - _KEPT))
        caught.append(float((_sure(known[theirs]) < line).mean()))
    return float(np.mean(caught)) if caught else None


def _sure(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(softmax(scores).max(axis=1), np.float32)
