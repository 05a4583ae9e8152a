"""Labelled texts out of the rows of data files, and the part of them that is held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from os.path import relpath
from random import Random

from adaptadvisor.errors import bad_input, shown
from adaptadvisor.evidence.data.shapes import Row
from adaptadvisor.evidence.data.words import fingerprint, words_of

MOST = 20_000
"""Texts that a run takes; of more it draws as many. Curves are flat long before."""
MOST_LETTERS = 10_000
"""Characters of a text that count; encoders read less of it."""
LEAST = 20
"""Labelled texts below which nothing can be told."""
_LONGEST_LABEL = 100
_PART, _MOST_HELD = 3, 2000
_SEVERAL = "\0"


@dataclass(frozen=True, slots=True)
class Text:
    """A text with a label for each column that was asked for; a missing label is empty."""

    text: str
    labels: tuple[str, ...]
    item: str
    place: tuple[str, int]
    """The file inside a folder (empty for a single file), and the line."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Different texts in the order of the file, and sentences on what was left out."""

    file: str
    texts: tuple[Text, ...]
    notes: tuple[str, ...] = ()

    def column(self, number: int) -> list[str]:
        """The labels of a column."""
        return [each.labels[number] for each in self.texts]


@dataclass(slots=True)
class _Left:
    """What was left out, by why."""

    counts: Counter[str] = field(default_factory=Counter)

    def notes(self, file: str) -> tuple[str, ...]:
        return tuple(f"{shown(file, 60)}: {number:,} {why}." for why, number in self.counts.items())


def labelled(file: str, columns: Sequence[Iterable[Row]], seed: int) -> Labelled:
    """The labelled texts of a file, which is read once for each column of labels. `BadInput` where
    there are too few, or where they have one class.
    """
    left, drawn, seen = _Left(), list[Text](), 0
    random = Random(seed)  # noqa: S311 - a draw that can be repeated, no secret
    for rows in zip(*columns, strict=True):
        found = _text(rows, file, left)
        if found is None:
            continue
        seen += 1
        if len(drawn) < MOST:
            drawn.append(found)
        elif (place := random.randrange(seen)) < MOST:  # every text is as likely to be kept
            drawn[place] = found
    if seen > MOST:
        left.counts[f"labelled texts; {MOST:,} of them, drawn by chance, are taken"] = seen
    texts = _different(sorted(drawn, key=lambda each: each.place), left)
    found_ones = Labelled(file, _with_own_names(texts), left.notes(file))
    _refuse_few(found_ones, len(columns), seen)
    return found_ones


def _text(rows: Sequence[Row], file: str, left: _Left) -> Text | None:
    first = rows[0]
    text = first.text.strip()
    if not text:
        left.counts["rows have no text"] += 1
        return None
    labels = tuple(map(_label, rows))
    if _SEVERAL in labels:
        left.counts["rows have several labels in one column, and a head here gives one"] += 1
        return None
    if not any(labels):
        left.counts["rows have no label"] += 1
        return None
    inside = "" if first.file == file else relpath(first.file, file)
    return Text(text[:MOST_LETTERS], labels, first.item, (inside, first.line))


def _label(row: Row) -> str:
    """The label of a row; a short answer is one, too, where there is no other."""
    if len(row.labels) > 1:
        return _SEVERAL
    if row.labels:
        return row.labels[0]
    answer = row.output.strip()
    return answer if len(answer) <= _LONGEST_LABEL and "\n" not in answer else ""


def key(text: str) -> int:
    """Equal for texts that are the same but for case and punctuation."""
    return fingerprint(words_of(text) or (text,))


def _different(texts: Iterable[Text], left: _Left) -> tuple[Text, ...]:
    kept: dict[int, Text] = {}
    for each in texts:
        before = kept.setdefault(key(each.text), each)
        if before is not each:
            copied = before.labels == each.labels
            left.counts[
                "copies of an earlier text"
                if copied
                else "copies of an earlier text with another label"
            ] += 1
    return tuple(kept.values())


def _with_own_names(texts: tuple[Text, ...]) -> tuple[Text, ...]:
    """Each with a name that no other has: its own id, or else its line."""
    if len({each.item for each in texts}) == len(texts) and all(each.item for each in texts):
        return texts
    return tuple(
        replace(each, item=f"{each.place[0]} line {each.place[1]}".strip()) for each in texts
    )


def _refuse_few(found: Labelled, columns: int, seen: int) -> None:
    if not seen:
        wrong = "no row has a text and a label"
        raise bad_input("no-labels", f"{wrong}; name the column: --label COLUMN", found.file)
    for number in range(columns):
        labels = [label for label in found.column(number) if label]
        if len({*labels}) == 1:
            wrong = f'every text has the label "{shown(labels[0])}"'
            raise bad_input("one-class", f"{wrong}; a head needs two classes or more", found.file)
        if len({*labels}) * 2 > len(labels) > LEAST:
            wrong = f"{len({*labels}):,} different labels for {len(labels):,} texts"
            right = "a class needs several examples; name the column: --label COLUMN"
            raise bad_input("no-classes", f"{wrong}; {right}", found.file)
        if len(labels) < LEAST:
            number_of = f"{len(labels)} different labelled text{'s' * (len(labels) != 1)}"
            wrong = f"{number_of}, and below {LEAST} nothing can be told"
            raise bad_input("too-few", f"{wrong}; label some more first", found.file)


@dataclass(frozen=True, slots=True)
class Sets:
    """What heads are trained on and what they are asked; `held_out` says that both are one file."""

    train: Labelled
    asked: Labelled
    held_out: bool
    notes: tuple[str, ...]


def sets(train: Labelled, evaluation: Labelled | None, seed: int) -> Sets:
    """The evaluation set without what stands in the training data; without one, a third of each
    class is held out (at most about 2,000 texts).
    """
    if evaluation is None:
        return _held_out(train, seed)
    known = {key(each.text) for each in train.texts}
    asked = tuple(each for each in evaluation.texts if key(each.text) not in known)
    notes = [*train.notes, *evaluation.notes]
    if leaked := len(evaluation.texts) - len(asked):
        notes.append(f"{leaked:,} evaluation texts stand in the training data and do not count.")
    if len(asked) < LEAST:
        wrong = f"{len(asked)} evaluation texts are left that do not stand in the training data"
        raise bad_input("too-few", f"{wrong}; {LEAST} are needed", evaluation.file)
    return Sets(train, replace(evaluation, texts=asked), held_out=False, notes=tuple(notes))


def _held_out(train: Labelled, seed: int) -> Sets:
    """A stratified part, by the first column of labels; a class with one text is not asked for."""
    from adaptadvisor.lab.heads import folds
    from adaptadvisor.lab.naming import numbered

    labels = train.column(0)
    parts = folds(numbered(labels), max(_PART, round(len(labels) / _MOST_HELD)), seed)
    counts = Counter(labels)
    aside = [not part and counts[label] > 1 for part, label in zip(parts, labels, strict=True)]
    texts = list(zip(train.texts, aside, strict=True))
    return Sets(
        train=replace(train, texts=tuple(text for text, out in texts if not out)),
        asked=replace(train, texts=tuple(text for text, out in texts if out)),
        held_out=True,
        notes=train.notes,
    )
