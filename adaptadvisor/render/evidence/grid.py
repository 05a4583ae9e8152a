"""A table of text that fits a width: words stay whole, numbers stand under each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

_GAP = "  "
_LEAST = 12
"""Columns of text are not made narrower than this."""


@dataclass(frozen=True, slots=True)
class Column:
    """A head, and whether what stands below are numbers, which never wrap."""

    head: str
    numbers: bool = False


def lines(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """The lines of the head and of each row; none where the table does not fit the width."""
    every = [[column.head for column in columns], *rows]
    sizes = _sizes(columns, every, width)
    return [_row(columns, cells, sizes) for cells in every] if sizes else []


def _sizes(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int
) -> list[int] | None:
    """How wide each column is; columns of text give way, the widest first."""
    by_column = list(zip(*rows, strict=True))
    sizes = [max(map(cells, column)) for column in by_column]
    least = [
        size if column.numbers else min(size, max(_LEAST, *map(_longest, texts)))
        for size, column, texts in zip(sizes, columns, by_column, strict=True)
    ]
    over = sum(sizes) + len(_GAP) * (len(sizes) - 1) - width
    if sum(sizes) - sum(least) < over:
        return None
    for _ in range(over):
        widest = max(range(len(sizes)), key=lambda one: (sizes[one] > least[one], sizes[one]))
        sizes[widest] -= 1
    return sizes


def _row(columns: Sequence[Column], row: Sequence[str], sizes: Sequence[int]) -> list[str]:
    wrapped = [
        ([cell] if column.numbers else wrapped_to(cell, size)) or [""]
        for cell, size, column in zip(row, sizes, columns, strict=True)
    ]
    found = []
    for number in range(max(map(len, wrapped))):
        padded = (
            _padded(part[number] if number < len(part) else "", size, right=column.numbers)
            for part, size, column in zip(wrapped, sizes, columns, strict=True)
        )
        found.append(_GAP.join(padded).rstrip())
    return found


def _padded(text: str, size: int, *, right: bool) -> str:
    blanks = " " * (size - cells(text))
    return f"{blanks}{text}" if right else f"{text}{blanks}"


def wrapped_to(text: str, size: int) -> list[str]:
    """The text in lines of so many cells of a terminal, where its words allow it."""
    if text.isascii():
        return wrap(text, max(size, 1), break_long_words=False, break_on_hyphens=False)
    found: list[str] = []
    for word in text.split():
        if found and cells(found[-1]) + 1 + cells(word) <= size:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


def _longest(text: str) -> int:
    return max(map(cells, text.split()), default=0)


def cells(text: str) -> int:
    """How many columns of a terminal a text takes: a letter of Chinese takes two."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
