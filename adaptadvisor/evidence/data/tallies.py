"""What is counted while rows stream past, in memory that hardly grows with them."""

from __future__ import annotations

import tempfile
import weakref
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import IO, NamedTuple
from zlib import crc32

from adaptadvisor.errors import bad_input, shown
from adaptadvisor.evidence.data.shapes import Row
from adaptadvisor.evidence.data.words import fingerprint

_PARTS = 256
_MOST_HELD = 250_000
"""Rows whose fingerprints are in memory, 24 bytes each; those of more go into a temporary file."""
_LINE_BITS = 40
NOTHING, OUTPUT, LABELS, PAIR = range(4)
"""What answers an input; the last two bits of the fingerprint of the answer say it."""
_MOST_ANSWERS = 100_000
_MOST_PLACES = 50


class Distinct(NamedTuple):
    """What is left of rows without those that are equal but for case and punctuation."""

    texts: int
    answered: int
    """Different pairs of an input and its output or labels."""
    pairs: int
    repeated: int
    """Rows that an earlier one equals in input and answer."""
    conflicts: int
    """Rows whose input has other labels elsewhere."""
    places: tuple[tuple[str, int], ...]
    """Where some of them are."""
    classes: Mapping[str, int]
    several: int
    """Different inputs with more than one label."""


class _Parts:
    """Numbers in parts that fit into memory one by one, in memory or in a temporary file without a
    name, which goes with this object.
    """

    def __init__(self) -> None:
        self._parts = [array("Q") for _ in range(_PARTS)]
        self._written: list[list[tuple[int, int]]] = [[] for _ in range(_PARTS)]
        """Where in the file the pieces of each part begin, and their bytes."""
        self.held = 0
        """Rows in memory."""
        self._file: IO[bytes] | None = None

    def add(self, key: int, numbers: tuple[int, int, int]) -> None:
        """Takes three numbers; equal keys come into the same part."""
        self._parts[key % _PARTS].extend(numbers)
        self.held += 1
        if self.held >= _MOST_HELD:
            self._write()

    def _write(self) -> None:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it goes with this object
                weakref.finalize(self, self._file.close)
            file = self._file
            for part, written in zip(self._parts, self._written, strict=True):
                written.append((file.seek(0, 2), len(part) * part.itemsize))
                file.write(part)
                del part[:]
            file.flush()
        except OSError as error:
            where = f"a temporary file cannot be written: {shown(error.strerror or error)}"
            right = "it takes 24 bytes a row; set TMPDIR to a folder with room"
            raise bad_input("unwritable", f"{where}; {right}", "profile") from None
        self.held = 0

    def __iter__(self) -> Iterator[array[int]]:
        file = self._file
        for part, written in zip(self._parts, self._written, strict=True):
            whole = array("Q")
            if file is not None:
                for start, size in written:
                    file.seek(start)
                    whole.frombytes(file.read(size))
            whole.extend(part)
            yield whole


class Fingerprints:
    """Input, answer and place of each row. Two different texts pass for equal with odds of 1 in 37
    million for a million rows.
    """

    def __init__(self) -> None:
        self._parts = _Parts()
        self._files: dict[str, int] = {}
        self._labels: dict[int, tuple[str, ...]] = {}

    def add(self, row: Row, words: Sequence[str]) -> int:
        """Takes a row; returns the fingerprint of its input."""
        text = fingerprint(words or (row.text.strip(),))
        answer = self._answer(row)
        file = self._files.setdefault(row.file, len(self._files))
        place = file << _LINE_BITS | row.line
        self._parts.add(text, (text, answer, place))
        return text

    @property
    def held(self) -> int:
        """Rows that are in memory; the others are in a temporary file."""
        return self._parts.held

    def _answer(self, row: Row) -> int:
        if row.pair:
            return fingerprint((row.output, row.rejected)) & ~3 | PAIR
        if row.labels:
            answer = fingerprint(sorted(row.labels)) & ~3 | LABELS
            if len(self._labels) < _MOST_ANSWERS:
                self._labels.setdefault(answer, row.labels)
            return answer
        if row.output.strip():
            return fingerprint((row.output,)) & ~3 | OUTPUT
        return NOTHING

    def count(self, outputs: Mapping[str, str]) -> Distinct:
        """All that was taken. `outputs` are the outputs that are labels, each with its label."""
        labels = self._labels | {
            fingerprint((output,)) & ~3 | OUTPUT: (label,) for output, label in outputs.items()
        }
        sums: Counter[str] = Counter()
        classes: Counter[str] = Counter()
        places: list[int] = []
        for part in self._parts:
            for rows in _by_text(part):
                _count_text(rows, labels, sums, classes, places)
        files = list(self._files)
        some = sorted(places)[:_MOST_PLACES]
        where = tuple((files[at >> _LINE_BITS], at & (1 << _LINE_BITS) - 1) for at in some)
        return Distinct(
            texts=sums["texts"],
            answered=sums["answered"],
            pairs=sums["pairs"],
            repeated=sums["repeated"],
            conflicts=sums["conflicts"],
            places=where,
            classes=dict(sorted(classes.items(), key=lambda each: (-each[1], each[0]))),
            several=sums["several"],
        )


def _by_text(part: array[int]) -> Iterator[list[tuple[int, int, int]]]:
    """The rows of a part, those with the same input together."""
    rows = sorted(zip(part[::3], part[1::3], part[2::3], strict=True))
    for _, same in groupby(rows, key=lambda row: row[0]):
        yield list(same)


def _count_text(
    rows: list[tuple[int, int, int]],
    labels: Mapping[int, tuple[str, ...]],
    sums: Counter[str],
    classes: Counter[str],
    places: list[int],
) -> None:
    answers = {answer for _, answer, _ in rows}
    sums["texts"] += 1
    sums["repeated"] += len(rows) - len(answers)
    sums["answered"] += sum(answer & 3 in (OUTPUT, LABELS) for answer in answers)
    sums["pairs"] += sum(answer & 3 == PAIR for answer in answers)
    classed = [answer for answer in answers if answer & 3 == LABELS or answer in labels]
    for answer in classed:
        classes.update(labels.get(answer, ()))
        sums["several"] += len(labels.get(answer, ())) > 1
    if len(classed) > 1:
        sums["conflicts"] += len(rows)
        if len(places) < _MOST_PLACES:
            places.extend(place for _, _, place in rows[:_MOST_PLACES])


_RUN, _SKETCH, _LEAST_WORDS, _MOST_WORDS = 3, 16, 8, 400
_ALIKE = 0.5
_MOST_KEPT, _MOST_ALIKE = 50_000, 20


@dataclass(slots=True)
class _Group:
    """Texts whose smallest run of three words is the same, and how many of them are alike."""

    kept: list[tuple[int, array[int]]] = field(default_factory=list)
    alike: int = 0


class NearDuplicates:
    """About how many rows nearly equal an earlier one: at least half of their runs of three words
    are the same (Jaccard, estimated from the 16 smallest: Broder 1997).

    Only texts with the same smallest run are compared; that is as likely as they are alike. Once
    50,000 are kept, only the texts whose smallest run falls into a sample are: both of a pair or
    neither, so the count is scaled up.
    """

    def __init__(self) -> None:
        self._groups: dict[int, _Group] = {}
        self._kept = 0
        self._halvings = 0

    def add(self, words: Sequence[str], text: int) -> None:
        """Takes the words of a row and the fingerprint of its input."""
        if len(words) < _LEAST_WORDS:
            return
        line = " ".join(words[:_MOST_WORDS]).encode("utf-8", "surrogatepass")
        numbers = [*map(crc32, line.split(b" "))]
        found = [*map(hash, zip(*(numbers[start:] for start in range(_RUN)), strict=False))]
        if self._halvings and min(found) & (1 << self._halvings) - 1:
            return
        smallest = sorted({*found})[:_SKETCH]
        group = self._groups.setdefault(smallest[0], _Group())
        if any(other == text for other, _ in group.kept):
            return
        group.alike += any(_alike(smallest, other) for _, other in group.kept)
        if len(group.kept) < _MOST_ALIKE:
            group.kept.append((text, array("q", smallest)))  # a tenth of what a set takes
            self._kept += 1
            if self._kept > _MOST_KEPT:
                self._halve()

    def _halve(self) -> None:
        self._halvings += 1
        mask = (1 << self._halvings) - 1
        self._groups = {first: group for first, group in self._groups.items() if not first & mask}
        self._kept = sum(len(group.kept) for group in self._groups.values())

    @property
    def number(self) -> int:
        """How many there are, an estimate from a sample where `sampled`."""
        return sum(group.alike for group in self._groups.values()) << self._halvings

    @property
    def sampled(self) -> bool:
        """Whether not all texts were kept."""
        return self._halvings > 0


def _alike(one: Sequence[int], other: Sequence[int]) -> bool:
    shared = {*one} & {*other}
    smallest = sorted({*one, *other})[:_SKETCH]
    return len(shared.intersection(smallest)) >= _ALIKE * len(smallest)


class Lengths:
    """Lengths in tokens, to three digits, so that there are never more than some thousands."""

    def __init__(self) -> None:
        self.total = 0
        self._counts: Counter[int] = Counter()

    def add(self, tokens: int) -> None:
        """Takes the length of a text."""
        self.total += tokens
        scale = 10 ** max(len(str(tokens)) - 3, 0)
        self._counts[round(tokens / scale) * scale] += 1

    def at(self, share: float) -> int:
        """The length that this share of the texts does not exceed."""
        number = sum(self._counts.values())
        seen = 0
        for length in sorted(self._counts):
            seen += self._counts[length]
            if seen >= share * number:
                return length
        return 0


class Cut:
    """Texts that seem cut off: many different ones with the same greatest length, or that end in
    dots although they are long.
    """

    LONG, MANY = 200, 5
    _MOST = 100_000

    def __init__(self) -> None:
        self.longest = 0
        self._longest_ones: set[int] = set()
        self._dotted: set[int] = set()

    def add(self, text: str, key: int) -> None:
        """Takes a text and a fingerprint of it."""
        size = len(text)
        if size < self.LONG:
            return
        if size > self.longest:
            self.longest, self._longest_ones = size, set()
        if size == self.longest and len(self._longest_ones) < self._MOST:
            self._longest_ones.add(key)
        if text.endswith(("...", "…")) and len(self._dotted) < self._MOST:
            self._dotted.add(key)

    @property
    def number(self) -> int:
        """How many there are."""
        many = len(self._longest_ones) >= self.MANY
        return len(self._dotted | self._longest_ones if many else self._dotted)
