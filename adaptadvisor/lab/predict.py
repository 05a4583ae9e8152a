"""Labels for new texts by heads that were kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from adaptadvisor.evidence.data.shapes import Row
from adaptadvisor.lab.encoders import Encoder
from adaptadvisor.lab.examples import MOST_LETTERS
from adaptadvisor.lab.kept import Saved

_AT_ONCE = 1024


def predictions(saved: Saved, encoder: Encoder, rows: Iterable[Row]) -> Iterator[str]:
    """A line of JSON for each row: where it stands, and of each head the label, how likely it is
    and whether that reaches the threshold of the head; null for a row without text.
    """
    left = iter(rows)
    while some := [*islice(left, _AT_ONCE)]:
        texts = [row.text.strip()[:MOST_LETTERS] for row in some]
        vectors = encoder.encode(texts)
        shares = [head.head.shares(vectors) for head in saved.heads]
        for number, row in enumerate(some):
            said: dict[str, object] = {"line": row.line, **({"id": row.item} if row.item else {})}
            for head, each in zip(saved.heads, shares, strict=True):
                place = int(each[number].argmax())
                sure = float(each[number][place])
                known = bool(texts[number])
                said[head.label] = head.classes[place] if known else None
                said[f"{head.label}_confidence"] = round(sure, 3) if known else None
                said[f"{head.label}_sure"] = known and sure >= head.confidence
            yield json.dumps(said, ensure_ascii=False) + "\n"
