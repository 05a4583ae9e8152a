"""Heads on frozen vectors: small models that are trained in a second and kept as a few arrays.

All but the nearest neighbours are a weight for each class and dimension, whatever they are trained
by. Classes are numbers from 0; a class that is not among the examples is never answered.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from adaptadvisor.lab.encoders import Vectors
from adaptadvisor.lab.kinds import Kind

Classes = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float32]
"""How likely each class is, a row for each text; rows add up to 1."""

NEIGHBOURS = 15
_NEIGHBOUR_SHARPNESS = 8.0
_CENTROID_SHARPNESS = 10.0
_C, _PENALTY = 1.0, 3.0
"""Strength of logistic regression, and of the penalty of ridge; chosen with the first three data
sets of `tests/bench/lab.py` in view.
"""
_NEVER = -1e4
_MOST_STEPS = 1000
_TEMPERATURES = np.geomspace(0.05, 5, 41)
_ROWS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Head:
    """A trained head: `weights` (dimensions x classes) and `bias`, or, of nearest neighbours, the
    vectors of all examples and their classes. `temperature` divides what the softmax takes.
    """

    kind: Kind
    number: int
    weights: Vectors
    bias: npt.NDArray[np.float32]
    temperature: float = 1.0

    def scores(self, vectors: Vectors) -> npt.NDArray[np.float32]:
        """What the softmax takes, before the temperature."""
        if self.kind != "neighbours":
            return np.asarray(vectors @ self.weights + self.bias, np.float32)
        parts = (
            self._votes(vectors[at : at + _ROWS_AT_ONCE])
            for at in range(0, len(vectors), _ROWS_AT_ONCE)
        )
        return np.concatenate([np.zeros((0, self.number), np.float32), *parts])

    def _votes(self, vectors: Vectors) -> npt.NDArray[np.float32]:
        """The logarithm of the votes for each class: a neighbour counts by how near it is, and less
        where its class is large (by the root of its size), or rare classes are never answered.
        """
        near = vectors @ self.weights.T
        count = min(NEIGHBOURS, near.shape[1])
        order = np.sort(np.argpartition(-near, count - 1, axis=1)[:, :count], axis=1)
        weight = np.exp(_NEIGHBOUR_SHARPNESS * np.take_along_axis(near, order, axis=1))
        votes = np.zeros((len(vectors), self.number), np.float32)
        classes = self.bias.astype(np.int64)
        of_class, sizes = classes[order], np.bincount(classes, minlength=self.number)
        weight /= np.sqrt(sizes)[of_class]
        for column in range(count):
            votes[np.arange(len(vectors)), of_class[:, column]] += weight[:, column]
        return np.log(np.maximum(votes, np.float32(1e-6)))

    def shares(self, vectors: Vectors) -> Shares:
        """How likely each class is."""
        return softmax(self.scores(vectors) / np.float32(self.temperature))

    def answers(self, vectors: Vectors) -> Classes:
        """The likeliest class of each."""
        return np.asarray(self.scores(vectors).argmax(axis=1), np.int64)


def softmax(scores: npt.NDArray[np.float32]) -> Shares:
    """Scores as shares."""
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True), np.float32)


def trained(kind: Kind, vectors: Vectors, classes: Classes, number: int) -> Head:
    """A head of `number` classes, trained on examples; the same examples give the same head."""
    present = np.unique(classes)
    if kind == "neighbours":
        return Head(kind, number, vectors, classes.astype(np.float32))
    if len(present) == 1:
        weights, bias = np.zeros((vectors.shape[1], 1)), np.zeros(1)
    elif kind == "centroid":
        weights, bias = _centroids(vectors, classes, present)
    elif kind == "ridge":
        weights, bias = _ridge(vectors, classes, present)
    else:
        weights, bias = logistic(vectors, classes, _C)
    every = np.zeros((vectors.shape[1], number), np.float32)
    every_bias = np.full(number, _NEVER, np.float32)
    every[:, present], every_bias[present] = weights, bias
    return Head(kind, number, every, every_bias)


_Floats = npt.NDArray[np.float64]


def _centroids(vectors: Vectors, classes: Classes, present: Classes) -> tuple[_Floats, _Floats]:
    means = np.stack([vectors[classes == each].mean(axis=0) for each in present])
    length = np.linalg.norm(means, axis=1, keepdims=True)
    means = means / np.where(length > 0, length, 1)
    return _CENTROID_SHARPNESS * means.T.astype(np.float64), np.zeros(len(present))


def _ridge(vectors: Vectors, classes: Classes, present: Classes) -> tuple[_Floats, _Floats]:
    """Least squares to +1 and -1 with a penalty, every class weighing the same (Hoerl and Kennard
    1970; the normal equations).
    """
    counts = np.array([(classes == each).sum() for each in present], np.float64)
    place = np.searchsorted(present, classes)
    weight = (len(classes) / len(present) / counts)[place][:, None]
    wanted = np.where(place[:, None] == np.arange(len(present)), 1.0, -1.0)
    middle = (vectors * weight).sum(axis=0) / weight.sum()
    aim = (wanted * weight).sum(axis=0) / weight.sum()
    centred = vectors - middle
    square = centred.T @ (centred * weight) + _PENALTY * np.eye(vectors.shape[1])
    weights = np.linalg.solve(square, centred.T @ ((wanted - aim) * weight))
    return weights, aim - middle @ weights


def logistic(rows: Vectors, classes: Classes, strength: float) -> tuple[_Floats, _Floats]:
    """Logistic regression of scikit-learn with balanced classes, as weights (dimensions x classes
    that are present) and bias.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=_MOST_STEPS, class_weight="balanced")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
        model.fit(rows, classes)
    weights, bias = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # of two classes it keeps the second, against nothing
        weights = np.hstack([np.zeros_like(weights), weights])
        bias = np.concatenate([[0.0], bias])
    return weights, bias


def folds(classes: Classes, number: int, seed: int) -> npt.NDArray[np.int64]:
    """The part of each example, so that the parts have the same share of each class."""
    found = np.zeros(len(classes), np.int64)
    random = np.random.default_rng(seed)
    start = 0
    for each in np.unique(classes):
        places = random.permutation(np.flatnonzero(classes == each))
        found[places] = (np.arange(len(places)) + start) % number
        start += len(places)
    return found


def out_of_fold(
    kind: Kind, vectors: Vectors, classes: Classes, number: int, parts: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """The scores of each example by a head that has not seen it."""
    found = np.zeros((len(classes), number), np.float32)
    for part in np.unique(parts):
        rest = parts != part
        if rest.any():
            found[~rest] = trained(kind, vectors[rest], classes[rest], number).scores(
                vectors[~rest]
            )
    return found


def calibrated(head: Head, scores: npt.NDArray[np.float32], classes: Classes) -> Head:
    """The head with the temperature that makes out-of-fold answers likeliest (Guo et al. 2017)."""
    right = np.arange(len(classes)), classes
    losses = [
        -np.log(np.maximum(softmax(scores / np.float32(each))[right], 1e-9)).mean()
        for each in _TEMPERATURES
    ]
    return replace(head, temperature=float(_TEMPERATURES[int(np.argmin(losses))]))
