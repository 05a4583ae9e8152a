"""What a head has to beat: the commonest class, a few keywords a class, and TF-IDF with logistic
regression, which knows no language but what the examples show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from adaptadvisor.evidence.data.words import words_of
from adaptadvisor.lab.encoders import Vectors
from adaptadvisor.lab.heads import Classes, logistic

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Baseline = Literal["majority", "keywords", "tfidf"]
BASELINES: Mapping[Baseline, str] = {
    "majority": "commonest class",
    "keywords": "keywords",
    "tfidf": "TF-IDF",
}
_KEYWORDS = 5
_C = 10.0
_MOST_WORDS = 60_000


class Terms:
    """The words of all texts, counted once, so that each draw of examples takes its rows. Pairs of
    words were tried: they cost five times the time and lost up to 13 points on Reuters.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        self.counter = CountVectorizer(
            analyzer=words_of, max_features=_MOST_WORDS, dtype=np.float32
        )
        try:
            self.counts: csr_matrix = self.counter.fit_transform(texts)
        except ValueError:  # there is no word in any text, such as of emoji alone
            self.counter = CountVectorizer(analyzer="char", dtype=np.float32)
            self.counts = self.counter.fit_transform(texts)

    def of(self, texts: Sequence[str]) -> csr_matrix:
        """The counts of other texts."""
        return self.counter.transform(texts)


@dataclass(frozen=True, slots=True)
class Examples:
    """Labelled texts as counts of words, and the counts of those to answer."""

    seen: csr_matrix
    classes: Classes
    asked: csr_matrix
    number: int


def answers(kind: Baseline, given: Examples) -> Classes:
    """The class that a baseline gives each text that is asked for."""
    return {"majority": _majority, "keywords": _keywords, "tfidf": _tfidf}[kind](given)


def _majority(given: Examples) -> Classes:
    most = int(np.bincount(given.classes, minlength=given.number).argmax())
    return np.full(given.asked.shape[0], most, np.int64)


def _keywords(given: Examples) -> Classes:
    """The class with most of its words in the text: those that are oftener in it than elsewhere by
    the largest share of texts. Without a hit it is the commonest class.
    """
    there = (given.seen > 0).astype(np.float32)
    hits = np.zeros((given.asked.shape[0], given.number), np.float32)
    asked = (given.asked > 0).astype(np.float32)
    for each in np.unique(given.classes):
        mine = given.classes == each
        inside = np.asarray(there[mine].mean(axis=0)).ravel()
        outside = np.asarray(there[~mine].mean(axis=0)).ravel() if (~mine).any() else 0 * inside
        best = np.argsort(outside - inside, kind="stable")[:_KEYWORDS]
        hits[:, each] = np.asarray(asked[:, best].sum(axis=1)).ravel()
    found = hits.argmax(axis=1)
    return np.where(hits.max(axis=1) > 0, found, _majority(given)).astype(np.int64)


def _tfidf(given: Examples) -> Classes:
    """Sublinear TF-IDF of the words in these examples (Salton and Buckley 1988), and a regression
    on it.
    """
    from sklearn.feature_extraction.text import TfidfTransformer

    present = np.unique(given.classes)
    if len(present) == 1:
        return _majority(given)
    used = np.flatnonzero(np.asarray((given.seen > 0).sum(axis=0)).ravel())
    weigh = TfidfTransformer(sublinear_tf=True)
    seen: Vectors = weigh.fit_transform(given.seen[:, used])
    weights, bias = logistic(seen, given.classes, _C)
    scores: npt.NDArray[np.float64] = weigh.transform(given.asked[:, used]) @ weights + bias
    return np.asarray(present[scores.argmax(axis=1)], np.int64)
