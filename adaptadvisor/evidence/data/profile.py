"""What a set of examples holds, in one pass: how many, how long, of which classes, how clean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from adaptadvisor.evidence.data.corpus import Corpus
from adaptadvisor.evidence.data.languages import likely
from adaptadvisor.evidence.data.leakage import Index
from adaptadvisor.evidence.data.leakage_check import finding
from adaptadvisor.evidence.data.personal import KINDS, kinds_in
from adaptadvisor.evidence.data.shapes import Row
from adaptadvisor.evidence.data.tallies import (
    Cut,
    Distinct,
    Fingerprints,
    Lengths,
    NearDuplicates,
)
from adaptadvisor.evidence.data.tokens import Count, estimate
from adaptadvisor.evidence.data.words import words_of
from adaptadvisor.evidence.finding import Finding, Place

_MOST_PLACES = 20
_FEW_CLASSES, _SHORT_LABEL, _PER_CLASS = 200, 5, 10
_FEW = 20


@dataclass(frozen=True, slots=True)
class Length:
    """Lengths in tokens: of the middle one, of one that nine in ten do not exceed, of the longest,
    to three digits.
    """

    typical: int
    long: int
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What was seen in the files. Counts of rows, unless told otherwise."""

    rows: int
    examples: int
    """Different inputs with an output or labels."""
    unanswered: int
    pairs: int
    """Different preference pairs."""
    classes: Mapping[str, int]
    """Different examples of each, the most frequent first."""
    from_outputs: bool
    """Whether the classes are short outputs and no column of labels."""
    several_labels: int
    inputs: Length
    outputs: Length
    exact: bool
    """Whether tokens were counted by a tokenizer."""
    languages: Mapping[str, float]
    """The likely languages, each with its share of the rows that tell."""
    repeated: int
    near_duplicates: int
    near_sampled: bool
    conflicts: int
    empty: int
    cut_off: int
    personal: Mapping[str, int]
    eval_rows: int | None
    eval_clean: int | None
    """Different evaluation items that do not leak."""
    leakage: Finding | None
    corpus: Corpus | None
    places: tuple[Place, ...] = field(default=())


def profile(
    rows: Iterable[Row],
    evaluation: Iterable[Row] | None = None,
    *,
    corpus: Corpus | None = None,
    count: Count | None = None,
) -> Profile:
    """What the rows hold, and what of the evaluation set they do. `count` counts tokens."""
    index = None if evaluation is None else Index(evaluation)
    found = _Profiler(count or estimate)
    for row in rows:
        found.see(row)
        if index is not None:
            index.see(row)
    return found.profile(index, corpus, exact=count is not None)


class _Profiler:
    """All counts while the rows stream past."""

    def __init__(self, count: Count) -> None:
        self.count = count
        self.rows = self.empty = self.unanswered = 0
        self.fingerprints, self.near, self.cut = Fingerprints(), NearDuplicates(), Cut()
        self.inputs, self.outputs = Lengths(), Lengths()
        self.languages: Counter[str] = Counter()
        self.personal: Counter[str] = Counter()
        self.places: dict[str, list[Place]] = {}
        self.short_outputs: dict[str, str] | None = {}
        self.annotated = False

    def see(self, row: Row) -> None:
        """Takes a row."""
        self.rows += 1
        if not row.text.strip():
            self.empty += 1
            self._keep(row, "the input is empty")
            return
        words = words_of(row.text)
        key = self.fingerprints.add(row, words)
        self.near.add(words, key)
        self.inputs.add(self.count(row.text))
        if row.output:
            self.outputs.add(self.count(row.output))
        elif not row.labels and not row.annotators:
            self.unanswered += 1
        self.cut.add(row.output or row.text, key)
        self.annotated |= bool(row.annotators)
        if language := likely(row.text, words):
            self.languages[language] += 1
        for kind in kinds_in(f"{row.text}\n{row.output}" if row.output else row.text):
            self.personal[kind] += 1
            self._keep(row, kind)
        self._maybe_label(row)

    def _maybe_label(self, row: Row) -> None:
        """Notes an output while all of them are as short and as few as labels are."""
        if self.short_outputs is None or not row.output.strip():
            return
        known = row.output in self.short_outputs
        if not known and (
            row.labels
            or row.pair
            or len(row.output.split()) > _SHORT_LABEL
            or "\n" in row.output
            or len(self.short_outputs) >= _FEW_CLASSES
        ):
            self.short_outputs = None
        elif not known:
            self.short_outputs[row.output] = row.output.strip()

    def _keep(self, row: Row, says: str) -> None:
        places = self.places.setdefault(says, [])
        if len(places) < _MOST_PLACES:
            places.append(Place(file=row.file, line=row.line, says=says))

    def profile(self, index: Index | None, corpus: Corpus | None, *, exact: bool) -> Profile:
        """What the counts come to."""
        labels = self.short_outputs or {}
        if not 1 < len(labels) <= (self.rows - self.empty) / _PER_CLASS:
            labels = {}
        found = self.fingerprints.count(labels)
        told = sum(self.languages.values())
        examples = min(found.answered, found.texts) if self.annotated else found.answered
        conflicts = 0 if self.annotated else found.conflicts
        return Profile(
            rows=self.rows,
            examples=examples,
            unanswered=self.unanswered,
            pairs=found.pairs,
            classes=_classes(found),
            from_outputs=bool(labels),
            several_labels=found.several,
            inputs=_length(self.inputs),
            outputs=_length(self.outputs),
            exact=exact,
            languages={name: number / told for name, number in _ordered(self.languages)},
            repeated=found.repeated,
            near_duplicates=self.near.number,
            near_sampled=self.near.sampled,
            conflicts=conflicts,
            empty=self.empty,
            cut_off=self.cut.number,
            personal={kind: self.personal[kind] for kind in KINDS if self.personal[kind]},
            eval_rows=None if index is None else len(index.items),
            eval_clean=None if index is None else index.clean,
            leakage=None if index is None else finding(index),
            corpus=corpus,
            places=(*self._conflicts(found, conflicts), *chain.from_iterable(self.places.values())),
        )

    def _conflicts(self, found: Distinct, number: int) -> Iterable[Place]:
        says = "the same input has another label elsewhere"
        some = found.places[: _MOST_PLACES if number else 0]
        return (Place(file=file, line=line, says=says) for file, line in some)


def _classes(found: Distinct) -> Mapping[str, int]:
    """The classes; none where nearly every example has a label of its own, as texts have."""
    number = len(found.classes)
    return {} if number > _FEW and number * 2 > found.answered else found.classes


def _length(lengths: Lengths) -> Length:
    return Length(lengths.at(0.5), lengths.at(0.9), lengths.at(1))


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))
