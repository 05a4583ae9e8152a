"""What a run of the lab found: plain values, the same for every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adaptadvisor.table.facts import Value

SCHEMA = "adaptadvisor/lab/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A head or baseline trained on all examples, in percent; `low` to `high` is the 95 % interval
    of its macro-F1. `cross_validated` is its macro-F1 on the training data, which chose the head
    (None for baselines).
    """

    id: str
    name: str
    head: bool
    f1: float
    low: float
    high: float
    accuracy: float
    cross_validated: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Macro-F1 in percent with so many labels a class (None: with all there are): the mean of the
    draws, the lowest and the highest.
    """

    name: str
    per_class: int | None
    labels: int
    f1: float
    low: float
    high: float
    draws: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """The points of macro-F1 that so many more labels would bring, and the range that should hold
    them nine times in ten; its lower end may be below zero, as other texts may be worse luck.
    """

    labels: int
    points: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OfClass:
    """A class: its examples, the evaluation texts that are of it, and the chosen head on them, in
    percent.
    """

    name: str
    examples: int
    asked: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """Evaluation texts of a class that got another one."""

    expected: str
    given: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """The chosen head less TF-IDF on the same texts: points of right answers and the four-way
    verdict of `check compare` on them; points of macro-F1; and whether TF-IDF is enough, which it
    is where neither shows a gain that matters.
    """

    points: float
    low: float
    high: float
    f1_points: float
    f1_low: float
    f1_high: float
    verdict: str
    enough: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The confidence below which a text should go to a person: the share of known texts that it
    lets through, how often it is right on them, and the share of texts of a class never seen that
    it stops (None where that cannot be told). Shares in percent.
    """

    confidence: float
    kept: float
    right: float
    unseen_stopped: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One column of labels. `confusion` has a row for each true class, in the order of `classes`,
    and a column for each answer; `calibration_error` is in points. `beats_majority` says whether
    the chosen head (or TF-IDF, where that is enough) is better than the commonest class for sure;
    `may_lead` names the other methods that may lead the chosen head with twice the labels, and
    `tfidf_overtakes` says that TF-IDF is expected to.
    """

    label: str
    classes: tuple[OfClass, ...]
    examples: int
    asked: int
    scores: tuple[Score, ...]
    chosen: str
    curve: tuple[Point, ...]
    gains: tuple[Gain, ...]
    may_lead: tuple[str, ...]
    tfidf_overtakes: bool
    against: Against
    beats_majority: bool
    mixed: tuple[Mixed, ...]
    confusion: tuple[tuple[int, ...], ...]
    calibration_error: float
    threshold: Threshold

    def score(self, id: str) -> Score:
        """The score of a head or baseline."""
        return next(each for each in self.scores if each.id == id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """The encoder; `cpu_seconds` for 1,000 of these texts is measured, so it differs by machine
    and from run to run.
    """

    name: str
    version: str
    dimension: int
    cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """A fact that the files or the results set, and from what."""

    fact: str
    value: Value
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the run does to the plan: the one on the facts that were stated, the one with those that
    the lab found, and what `next` says where a bar was given (empty where not).
    """

    learnt: tuple[Learnt, ...]
    facts: Mapping[str, Value]
    before: tuple[str, ...]
    after: tuple[str, ...]
    headline: str
    move: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """The whole answer; `bar`: the percent of right answers that is good enough, if stated."""

    schema: str
    encoder: Used
    held_out: bool
    seed: int
    bar: float | None
    tasks: tuple[Task, ...]
    plan: Plan
    notes: tuple[str, ...]
