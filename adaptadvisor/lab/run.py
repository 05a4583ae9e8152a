"""A run: encode once, then for each column of labels train, ask and compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor, sqrt
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from threadpoolctl import threadpool_limits

from adaptadvisor.errors import bad_input, shown
from adaptadvisor.evidence.checks.compare import compare
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.evidence.statistics import Interval
from adaptadvisor.lab import evaluate
from adaptadvisor.lab.baselines import BASELINES, Baseline, Examples, Terms, answers
from adaptadvisor.lab.cache import Told, encoded
from adaptadvisor.lab.curves import curve, gains, may_lead, overtakes
from adaptadvisor.lab.encoders import Encoder, Vectors, described, measured
from adaptadvisor.lab.examples import Sets, Text
from adaptadvisor.lab.heads import (
    Classes,
    Head,
    calibrated,
    folds,
    out_of_fold,
    softmax,
    trained,
)
from adaptadvisor.lab.kinds import KINDS, Kind
from adaptadvisor.lab.naming import names_of, numbered
from adaptadvisor.lab.report import Against, Mixed, OfClass, Score, Task, Threshold, Used

FOLDS = 5
_STEP, _FEWEST = 200, 2
_TIMED = 50
_MOST_MIXED = 5


@dataclass(frozen=True, slots=True)
class Trained:
    """The chosen head of a column, and what every head and baseline answered."""

    label: str
    classes: tuple[str, ...]
    head: Head
    confidence: float
    outcomes: tuple[Outcome, ...]


class _Column(NamedTuple):
    """The labelled texts of one column, as numbers."""

    label: str
    names: tuple[str, ...]
    vectors: Vectors
    classes: Classes
    asked: Vectors
    expected: Classes
    texts: list[str]
    asked_for: list[Text]

    @property
    def number(self) -> int:
        return len(self.names)


class Settings(NamedTuple):
    """What a run is asked for. `folder` keeps encodings; `margin` is the points that matter."""

    kinds: Sequence[Kind]
    folder: Path | None
    seed: int
    margin: float


def run(
    given: Sets, labels: Sequence[str], encoder: Encoder, settings: Settings, told: Told
) -> tuple[Used, tuple[tuple[Task, Trained], ...]]:
    """The texts encoded once, and everything about each column of labels (named `labels`). The same
    texts and seed give the same answer, but for the CPU seconds.
    """
    texts = [each.text for each in (*given.train.texts, *given.asked.texts)]
    vectors, _ = encoded(encoder, texts, settings.folder, told)
    train = len(given.train.texts)
    with threadpool_limits(1):  # more threads cost twice the CPU here, for tasks of milliseconds
        found = tuple(
            _task(_column(label, place, given, vectors[:train], vectors[train:]), settings, told)
            for place, label in enumerate(labels)
        )
    told("Measuring the encoder", 0, 0)
    used = Used(
        name=described(encoder),
        version=encoder.version,
        dimension=encoder.dimension,
        cpu_seconds=float(f"{measured(encoder, texts[-_TIMED:]):.2g}"),
    )
    return used, found


def _column(label: str, place: int, given: Sets, vectors: Vectors, asked: Vectors) -> _Column:
    """The texts that have a label in this column."""
    labels, wanted = given.train.column(place), given.asked.column(place)
    names = names_of([*labels, *wanted])
    classes, expected = numbered(labels, names), numbered(wanted, names)
    mine, theirs = classes >= 0, expected >= 0
    if len({*classes[mine]}) < _FEWEST or theirs.sum() < _FEWEST:
        wrong = (
            f'too few texts have a label in "{shown(label)}" to train on some and judge by others'
        )
        raise bad_input("too-few", f"{wrong}; label some more first", given.train.file)
    return _Column(
        label=label,
        names=names,
        vectors=vectors[mine],
        classes=classes[mine],
        asked=asked[theirs],
        expected=expected[theirs],
        texts=[each.text for each, take in zip(given.train.texts, mine, strict=True) if take],
        asked_for=[each for each, take in zip(given.asked.texts, theirs, strict=True) if take],
    )


def _task(found: _Column, settings: Settings, told: Told) -> tuple[Task, Trained]:
    """Everything about one column."""
    kinds, seed, margin = settings.kinds, settings.seed, settings.margin
    told("Counting words", 0, 0)
    counts = _counted(found)
    told("Training heads", 0, 0)
    heads, out = _heads(found, kinds, seed)
    validated = {kind: _validated(found, scores) for kind, scores in out.items()}
    given = {name: answers(name, counts) for name in BASELINES}
    given_by_heads = {kind: head.answers(found.asked) for kind, head in heads.items()}
    scores = [
        *(_score(name, found, by, seed) for name, by in given.items()),
        *(_score(kind, found, by, seed, validated[kind]) for kind, by in given_by_heads.items()),
    ]
    everyone = (given | given_by_heads).items()
    points, behind = curve(
        found.classes,
        {name: _f1(found, by) for name, by in everyone},
        lambda places, name: _once(found, counts, places, name),
        seed=seed,
        told=told,
    )
    outcomes = [one for name, by in everyone for one in _outcomes(found, name, by)]
    best = _best(kinds, validated, outcomes, len(found.classes))
    gap = (found.expected, given["tfidf"], given_by_heads[best], found.number, seed)
    against = _against(outcomes, best, margin, evaluate.f1_difference(*gap))
    head, shares = heads[best], heads[best].shares(found.asked)
    table = evaluate.confusion(found.expected, given_by_heads[best], found.number)
    line = _threshold(found, head, shares, out[best])
    task = Task(
        label=found.label,
        classes=tuple(_of_classes(found, table)),
        examples=len(found.classes),
        asked=len(found.expected),
        scores=tuple(scores),
        chosen=best,
        curve=points,
        gains=gains(behind[best], _more(len(found.classes))),
        may_lead=may_lead(behind, best),
        tfidf_overtakes=not against.enough and overtakes(behind, "tfidf", best),
        against=against,
        beats_majority=_beats(outcomes, "majority", "tfidf" if against.enough else best),
        mixed=tuple(_mixed(found, table)),
        confusion=tuple(tuple(int(each) for each in row) for row in table),
        calibration_error=round(100 * evaluate.calibration_error(shares, found.expected), 1),
        threshold=line,
    )
    return task, Trained(found.label, found.names, head, line.confidence, tuple(outcomes))


def _best(
    kinds: Sequence[Kind],
    validated: Mapping[Kind, float],
    outcomes: Sequence[Outcome],
    labels: int,
) -> Kind:
    """The first head that cross-validation cannot tell from the best, by one standard error of a
    share (Breiman et al. 1984); unless another is better for sure on the texts to judge by: near
    copies in the training data flatter the nearest neighbours.
    """
    top = max(validated.values())
    error = sqrt(top * (100 - top) / labels)
    first = next(kind for kind in kinds if validated[kind] >= top - error)
    sure = [kind for kind in kinds if kind != first and _beats(outcomes, first, kind)]
    return max(
        sure, key=lambda kind: sum(bool(one.correct) for one in _of(outcomes, kind)), default=first
    )


def _counted(found: _Column) -> Examples:
    terms = Terms(found.texts)
    asked = terms.of([each.text for each in found.asked_for])
    return Examples(terms.counts, found.classes, asked, found.number)


def _heads(
    found: _Column, kinds: Sequence[Kind], seed: int
) -> tuple[dict[Kind, Head], dict[Kind, Vectors]]:
    """Each head trained on everything and calibrated, and its scores out of fold."""
    parts = folds(found.classes, FOLDS, seed)
    heads, out = {}, {}
    for kind in kinds:
        out[kind] = out_of_fold(kind, found.vectors, found.classes, found.number, parts)
        head = trained(kind, found.vectors, found.classes, found.number)
        heads[kind] = calibrated(head, out[kind], found.classes)
    return heads, out


def _validated(found: _Column, scores: Vectors) -> float:
    """Macro-F1 of answers out of fold, in percent."""
    table = evaluate.confusion(found.classes, scores.argmax(axis=1), found.number)
    return 100 * evaluate.macro_f1(table)


def _f1(found: _Column, given: Classes) -> float:
    return evaluate.macro_f1(evaluate.confusion(found.expected, given, found.number))


def _once(found: _Column, counts: Examples, places: Classes, name: str) -> float:
    """Macro-F1 of a head or baseline that is trained on some of the examples."""
    classes = found.classes[places]
    if name in BASELINES:
        seen = counts.seen[places]
        given = answers(cast("Baseline", name), replace(counts, seen=seen, classes=classes))
    else:
        head = trained(cast("Kind", name), found.vectors[places], classes, found.number)
        given = head.answers(found.asked)
    return _f1(found, given)


def _score(
    name: str, found: _Column, given: Classes, seed: int, validated: float | None = None
) -> Score:
    table = evaluate.confusion(found.expected, given, found.number)
    low, high = evaluate.f1_interval(table, seed)
    called = KINDS[cast("Kind", name)] if name in KINDS else BASELINES[cast("Baseline", name)]
    return Score(
        id=name,
        name=called,
        head=name in KINDS,
        f1=_percent(evaluate.macro_f1(table)),
        low=_percent(low),
        high=_percent(high),
        accuracy=_percent((given == found.expected).mean()),
        cross_validated=None if validated is None else round(validated, 1),
    )


def _percent(share: float) -> float:
    return round(100 * float(share), 1)


def _outcomes(found: _Column, name: str, given: Classes) -> list[Outcome]:
    return [
        Outcome(
            item=text.item,
            system=name,
            score=float(right == answer),
            correct=bool(right == answer),
            output=found.names[answer],
            expected=found.names[right],
        )
        for text, right, answer in zip(found.asked_for, found.expected, given, strict=True)
    ]


def _of(outcomes: Sequence[Outcome], name: str) -> list[Outcome]:
    return [one for one in outcomes if one.system == name]


def _against(
    outcomes: Sequence[Outcome],
    best: Kind,
    margin: float,
    of_f1: tuple[float, Interval],
) -> Against:
    """The paired comparison with TF-IDF, by the very check that `check compare` makes. Right
    answers alone would overlook rare classes, so macro-F1 has its say.
    """
    points, (f1_low, f1_high) = of_f1
    names = (BASELINES["tfidf"], KINDS[best])
    found = compare(_of(outcomes, "tfidf"), _of(outcomes, best), names, margin=margin)
    gap = next(each for each in found.measures if each.name == "difference")
    return Against(
        points=round(gap.value, 1),
        low=round(gap.low if gap.low is not None else -100.0, 1),
        high=round(gap.high if gap.high is not None else 100.0, 1),
        f1_points=_percent(points),
        f1_low=_percent(f1_low),
        f1_high=_percent(f1_high),
        verdict=found.verdict,
        enough=found.verdict in ("worse", "no difference that matters") and 100 * points <= margin,
        says=found.says[0],
    )


def _beats(outcomes: Sequence[Outcome], name: str, best: str) -> bool:
    """Whether the second is better than the first for sure, on the same texts."""
    return compare(_of(outcomes, name), _of(outcomes, best), (name, best)).verdict == "better"


def _threshold(found: _Column, head: Head, shares: Vectors, out: Vectors) -> Threshold:
    line = evaluate.threshold(softmax(out / np.float32(head.temperature)))
    sure = shares.max(axis=1) >= line
    right = shares.argmax(axis=1) == found.expected
    stopped = evaluate.unseen_caught(
        head, found.vectors, found.classes, found.asked, found.expected
    )
    return Threshold(
        confidence=floor(1000 * line) / 1000,  # rounded up, it would let no text through
        kept=_percent(sure.mean()),
        right=_percent(right[sure].mean() if sure.any() else 0.0),
        unseen_stopped=None if stopped is None else _percent(stopped),
    )


def _of_classes(found: _Column, table: evaluate.Table) -> list[OfClass]:
    numbers = evaluate.per_class(table)
    counts = np.bincount(found.classes, minlength=found.number)
    return [
        OfClass(
            name=name,
            examples=int(counts[place]),
            asked=int(table[place].sum()),
            **{
                word: _percent(numbers[place][at])
                for at, word in enumerate(("precision", "recall", "f1"))
            },
        )
        for place, name in enumerate(found.names)
    ]


def _mixed(found: _Column, table: evaluate.Table) -> list[Mixed]:
    """The commonest mistakes."""
    wrong = table - np.diag(np.diagonal(table))
    order = np.argsort(-wrong.ravel(), kind="stable")[:_MOST_MIXED]
    pairs = [(int(at) // found.number, int(at) % found.number) for at in order]
    return [
        Mixed(expected=found.names[row], given=found.names[cell], number=int(wrong[row, cell]))
        for row, cell in pairs
        if wrong[row, cell]
    ]


def _more(labels: int) -> tuple[int, ...]:
    """How many more labels to judge: a day's work of labelling, and as many again."""
    return tuple(sorted({_STEP, labels}))
