"""What a person at a terminal sees while a command works; nothing in a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from adaptadvisor.authoring.progress import Told, silent
from adaptadvisor.cli.output import Look


@contextmanager
def working(what: str, look: Look | None = None) -> Iterator[Told]:
    """A line on stderr that says what is being done and how much of it is done."""
    plain = look is not None and look.plain
    watched = sys.stderr is not None and sys.stderr.isatty()
    if plain or not watched or os.environ.get("TERM") == "dumb":
        yield silent
        return
    from rich.console import Console

    no_color = look is not None and not look.colour(sys.stderr)
    console = Console(stderr=True, no_color=no_color or None, highlight=False)
    with console.status(f"{what} ...") as status:

        def told(now: str, done: int, total: int) -> None:
            count = f" {done:,} of {total:,}" if total else ""
            status.update(f"{now} ...{count}")

        yield told
