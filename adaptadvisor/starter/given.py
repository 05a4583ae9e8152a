"""What a person gives: files, columns and a bar, as the templates use them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column is what; empty where there is none."""

    text: tuple[str, ...] = ("text",)
    answer: str = ""
    chat: str = ""
    item: str = ""
    chosen: str = ""
    rejected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Files, seen from the folder that is written, with slashes; columns; the bar in percent.

    `stated`: which of the files exist; the others have yet to be put there. `mapped`: which column
    is what, in the words of --map, where it was named.
    """

    train: str = "data/train.jsonl"
    evaluation: str = "data/eval.jsonl"
    corpus: str = "data/corpus"
    stated: frozenset[str] = frozenset()
    columns: Columns = Columns()
    mapped: tuple[str, ...] = ()
    labels_only: bool = False
    bar: float | None = None
