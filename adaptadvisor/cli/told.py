"""How problems are told: in one line each, or on a terminal as blocks with the line and a caret."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TextIO

from adaptadvisor.cli.output import Look, width
from adaptadvisor.errors import BadInput, Problem

_MOST_BYTES = 5_000_000


def told(problems: Sequence[Problem], look: Look, stream: TextIO | None) -> str:
    """Problems for this stream: one line each, as scripts and editors read them, but for people at
    a terminal who want no plain text.
    """
    if look.plain or stream is None or not stream.isatty():
        return str(BadInput(problems))
    from adaptadvisor.render.problems import long

    ordered = BadInput(problems).problems
    return long(ordered, cache(_lines), width(stream), colour=look.colour(stream))


def _lines(file: str) -> Sequence[str]:
    """The lines of a file as they are now; none of what is no file or cannot be read."""
    try:
        path = Path(file)
        if not path.is_file():
            return ()
        with path.open("rb") as handle:
            data = handle.read(_MOST_BYTES)
    except (OSError, ValueError):
        return ()
    return data.decode("utf-8-sig", "replace").split("\n")
