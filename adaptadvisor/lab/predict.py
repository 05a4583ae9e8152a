"""Labels for new texts by heads that were kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from adaptadvisor.errors import Location, bad_input, nearest, shown
from adaptadvisor.evidence.data.shapes import Record, Row
from adaptadvisor.lab.encoders import Encoder
from adaptadvisor.lab.examples import MOST_LETTERS
from adaptadvisor.lab.kept import Saved

_AT_ONCE = 1024
_OWN = ("line", "id")
_TEXT = "text"
_ENDS = ("", "_confidence", "_sure")
Kept = Mapping[str, object]
"""Columns of a row that its answer carries along."""


def keeping(
    rows: Iterable[tuple[Row, Record]], saved: Saved, keep: Sequence[str]
) -> Iterator[tuple[Row, Kept]]:
    """Each row with the columns that are kept of it, null where a later row lacks one. `text` is
    the text itself, whatever its column is called. `BadInput` for a column that the first row
    lacks, and for one that an answer has under the same name.
    """
    taken = {*_OWN, *(f"{one.label}{end}" for one in saved.heads for end in _ENDS)}
    for column in keep:
        if column in taken:
            wrong = f'"{shown(column)}" is the name of a column of the answers'
            raise bad_input("given-twice", f"{wrong}; call yours otherwise", "--keep")
    first = True
    for row, record in rows:
        known = record if _TEXT in record else {**record, _TEXT: row.text}
        if first:
            _refuse_missing(keep, known, Location(row.file, row.line, 1))
            first = False
        yield row, {column: known.get(column) for column in keep}


def _refuse_missing(keep: Sequence[str], known: Record, place: Location) -> None:
    for column in keep:
        if column not in known:
            seen = ", ".join(shown(each, 40) for each in [*known][:10])
            near = nearest(column, known)
            wrong = f'--keep: no column "{shown(column)}" among {seen}{near}'
            raise bad_input("unknown-column", wrong, place)


def predictions(saved: Saved, encoder: Encoder, rows: Iterable[tuple[Row, Kept]]) -> Iterator[str]:
    """A line of JSON for each row: where it stands, what is kept of it, and of each head the label,
    how likely it is and whether that reaches the threshold of the head; null for a row without
    text. In memory are the rows of one batch.
    """
    left = iter(rows)
    while some := [*islice(left, _AT_ONCE)]:
        texts = [row.text.strip()[:MOST_LETTERS] for row, _ in some]
        vectors = encoder.encode(texts)
        shares = [head.head.shares(vectors) for head in saved.heads]
        for number, (row, kept) in enumerate(some):
            said: dict[str, object] = {"line": row.line, **({"id": row.item} if row.item else {})}
            said.update(kept)
            for head, each in zip(saved.heads, shares, strict=True):
                place = int(each[number].argmax())
                sure = float(each[number][place])
                known = bool(texts[number])
                said[head.label] = head.classes[place] if known else None
                said[f"{head.label}_confidence"] = round(sure, 3) if known else None
                said[f"{head.label}_sure"] = known and sure >= head.confidence
            yield json.dumps(said, ensure_ascii=False, default=str) + "\n"
