"""Leakage: evaluation items that stand, whole or in part, in the training data.

The evaluation side is indexed by its runs of eight words, the training side streams past it. The
longest shared run of eight words or more is the signal that told contaminated items best in ConTAM
(arXiv 2411.03923); GPT-3 used runs of 8 to 13 words; 13 words and 30 % are engineering defaults.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from adaptadvisor.evidence.data.shapes import Row
from adaptadvisor.evidence.data.words import runs, words_of

RUN = 8
LONG_RUN = 13
COVERED = 0.3
BOILERPLATE = 10
"""A run in more training texts than this is a set phrase and tells nothing."""
_PROBE = 5
_STEP = RUN - _PROBE + 1
"""Every shared run of eight words holds a run of five that begins at a fourth word, so looking for
those alone finds the few texts that are worth looking at word by word.
"""

Kind = Literal["copy", "long run", "covered", "suspect"]


class Leak(NamedTuple):
    """What of an evaluation item stands in training: the longest run in words, and the share of
    its runs of eight words; `there` is the training row that holds most of it.
    """

    kind: Kind
    here: Row
    there: tuple[str, int]
    run: int
    covered: float
    other_label: bool = False

    @property
    def flagged(self) -> bool:
        """Whether it counts as leaked; else it is a suspect."""
        return self.kind != "suspect"


class _Item(NamedTuple):
    """An evaluation item: its first run in the list of all runs, and how many it has."""

    row: Row
    start: int
    number: int
    words: int


class Index:
    """The evaluation side, and what of it training was seen to hold so far."""

    def __init__(self, evaluation: Iterable[Row]) -> None:
        self.items: list[_Item] = []
        self.examined, self.last_date = 0, ""
        self.shared_groups: set[str] = set()
        self._runs: dict[int, int] = {}
        """The first place in the list of runs for each run; the others follow in `_same`."""
        self._same: dict[int, list[int]] = {}
        self._probes: set[int] = set()
        self._seen: dict[int, list[int]] = {}
        """For each run that was met: the training texts with it, the first few of them."""
        self._copies: dict[int, list[int]] = {}
        self._copied: dict[int, tuple[tuple[str, int], bool]] = {}
        self._places: list[tuple[str, int]] = []
        self._groups: set[str] = set()
        at = 0
        for row in evaluation:
            words = words_of(row.text)
            if words:
                at = self._add(row, words, at)
        self._lengths = {item.words for item in self.items}

    def _add(self, row: Row, words: list[str], at: int) -> int:
        self._copies.setdefault(hash(tuple(words)), []).append(len(self.items))
        start = at
        for run in runs(words, RUN):
            first = self._runs.setdefault(run, at)
            if first != at:
                self._same.setdefault(run, []).append(at)
            at += 1
        if at > start:
            self._probes.update(runs(words, _PROBE))
        self.items.append(_Item(row, start, at - start, len(words)))
        if row.group:
            self._groups.add(row.group)
        return at

    def see(self, row: Row) -> None:
        """Takes a training row."""
        self.examined += 1
        words = words_of(row.text)
        if len(words) in self._lengths:
            self._compare_whole(row, words)
        if row.output:
            words += words_of(row.output)
        if not self._probes.isdisjoint(runs(words, _PROBE, _STEP)):
            self._look_closely(row, words)
        if row.group in self._groups:
            self.shared_groups.add(row.group)
        if row.date:
            self.last_date = max(self.last_date, day(row.date))

    def _look_closely(self, row: Row, words: list[str]) -> None:
        """Notes the runs of eight words that this row shares."""
        shared = [run for run in runs(words, RUN) if run in self._runs]
        if not shared:
            return
        place = len(self._places)
        self._places.append((row.file, row.line))
        for run in shared:
            texts = self._seen.setdefault(run, [])
            if len(texts) <= BOILERPLATE and (not texts or texts[-1] != place):
                texts.append(place)

    def _compare_whole(self, row: Row, words: list[str]) -> None:
        for at in self._copies.get(hash(tuple(words)), ()):
            other = set(row.labels).isdisjoint(self.items[at].row.labels)
            differs = bool(row.labels and self.items[at].row.labels) and other
            place, before = self._copied.get(at, ((row.file, row.line), False))
            self._copied[at] = (place, before or differs)

    def leaks(self) -> Iterator[Leak]:
        """Each evaluation item that leaks or may, in the order in which they came."""
        rare: dict[int, list[int]] = {}
        for run, texts in self._seen.items():
            if len(texts) <= BOILERPLATE:
                for at in (self._runs[run], *self._same.get(run, ())):
                    rare[at] = texts
        for number, item in enumerate(self.items):
            hits = {
                at: rare[at] for at in range(item.start, item.start + item.number) if at in rare
            }
            length, place = _longest(hits)
            covered = len(hits) / item.number if item.number else 0.0
            if number in self._copied:
                there, other = self._copied[number]
                yield Leak("copy", item.row, there, item.words, 1.0, other)
            elif hits:
                kind: Kind = "suspect"
                if length >= LONG_RUN:
                    kind = "long run"
                elif covered >= COVERED:
                    kind = "covered"
                yield Leak(kind, item.row, self._places[place], length, covered)

    @property
    def clean(self) -> int:
        """How many different evaluation inputs are not flagged."""
        flagged = {tuple(words_of(leak.here.text)) for leak in self.leaks() if leak.flagged}
        return len(self._copies) - len(flagged)

    @property
    def short(self) -> int:
        """How many items have fewer than eight words, so that only copies can be told."""
        return sum(not item.number for item in self.items)


def _longest(hits: dict[int, list[int]]) -> tuple[int, int]:
    """The longest run of words that one training text shares, and which text that is."""
    best, where = 0, 0
    length: dict[int, int] = {}
    before = -2
    for at, texts in hits.items():
        length = {text: (length.get(text, 0) if at == before + 1 else 0) + 1 for text in texts}
        before = at
        for text, number in length.items():
            if number > best:
                best, where = number, text
    return (best + RUN - 1 if best else 0), where


def day(date: str) -> str:
    """The day in a date that begins with YYYY-MM-DD; else nothing, as the order is not known."""
    found = date[:10].replace("/", "-")
    right = len(found) == 10 and found[4] == found[7] == "-"
    return found if right and found.replace("-", "").isdigit() else ""


def leaks_of(train: Iterable[Row], evaluation: Iterable[Row]) -> Index:
    """The index of an evaluation set, past which all of a training set has streamed."""
    index = Index(evaluation)
    for row in train:
        index.see(row)
    return index


def by_kind(leaks: Iterable[Leak]) -> dict[Kind, list[Leak]]:
    """Leaks, the clearest kind first."""
    found: dict[Kind, list[Leak]] = defaultdict(list)
    for leak in leaks:
        found[leak.kind].append(leak)
    order: tuple[Kind, ...] = ("copy", "long run", "covered", "suspect")
    return {kind: found[kind] for kind in order if kind in found}
