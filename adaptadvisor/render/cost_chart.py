"""Where the order of plans turns, drawn in plain characters: for a terminal, and for Markdown.

What shows Markdown shows a block of text as it is; an SVG it leaves out, and a chart by Mermaid can
draw neither ranges nor a scale of tenfolds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BARS = 24
"""Characters of a bar in a terminal."""

POWERS = 9
"""Of ten: the largest volume at which turns are looked for."""

_EACH = 6  # characters between powers of ten in Markdown, so that their labels have room
_LABELS = ("1", "10", "100", "1k", "10k", "100k", "1M", "10M", "100M", "1G")
_FULL, _LIKELY, _HERE = "=", "|", "^"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A break-even on the scale of volumes: where it begins, is likely and ends, in percent of the
    width; `at` and `high` are beyond the scale where that is never.
    """

    name: str
    words: str
    low: float
    at: float
    high: float


def chart(places: Sequence[Place], here: float) -> str:
    """The break-evens on one scale of volumes as a block of Markdown; `here` is the present volume
    in percent of the width.
    """
    width = _EACH * POWERS + 1
    lines: list[str] = []
    for place in places:
        lines += [place.name, f" [{bar((place.low, place.at, place.high), width)}]  {place.words}"]
    ticks = "".join(label.ljust(_EACH) for label in _LABELS)
    lines += [f"  {at_mark(here, width)} your volume", f"  {ticks.rstrip()}  requests a day"]
    legend = f"{_FULL} the range, {_LIKELY} likely; a range up to the right end may mean never"
    return "\n".join(["```text", *lines, legend, "```"])


def at_mark(percent: float, width: int) -> str:
    return " " * round(percent / 100 * (width - 1)) + _HERE


def bar(ends: tuple[float, float, float], width: int) -> str:
    """A range in plain characters; its ends and its likely place are in percent of the width."""
    low, likely, high = (round(end / 100 * (width - 1)) for end in ends)
    marks = [
        _LIKELY if at == likely else _FULL if low <= at <= high else " " for at in range(width)
    ]
    return "".join(marks)
