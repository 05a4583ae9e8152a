"""One report a case, beside the answers of a batch: a folder written whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from adaptadvisor.advice.advise import advise
from adaptadvisor.advice.portfolio import Answer
from adaptadvisor.cli import output
from adaptadvisor.cli.output import Target
from adaptadvisor.errors import printable
from adaptadvisor.files import folder_written_whole
from adaptadvisor.render import formats
from adaptadvisor.table.given import LONGEST
from adaptadvisor.table.rows import Table

_LONGEST = 80  # bytes of a file name without its suffix; systems allow 255
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)  # as names, on Windows


def folder(name: str | None) -> Path | None:
    """The folder for the reports; `BadInput` where it cannot be one."""
    return None if name is None else output.new_folder(name, "--reports")


@contextmanager
def reported(
    answers: Iterable[Answer], table: Table, folder: Path, target: Target
) -> Iterator[Iterator[Answer]]:
    """The answers, each with the address of its report as seen from where the answers go. The
    reports appear at the end, all of them, and over others only with --force.
    """
    suffix = "md" if target.format == "md" else "html"
    try:
        with folder_written_whole(folder, over=target.force) as draft:
            yield _each(answers, table, folder, draft, target, suffix)
            pages = sum(1 for _ in draft.iterdir())
    except FileExistsError as error:  # one appeared in the meantime
        raise output.exists(error.filename or folder, "--reports") from None
    output.wrote(folder, f"{pages:,} {'report' if pages == 1 else 'reports'}")


def _each(
    answers: Iterable[Answer], table: Table, folder: Path, draft: Path, target: Target, suffix: str
) -> Iterator[Answer]:
    start = Path() if target.path is None else target.path.parent
    beside = os.path.realpath(start) == os.path.realpath(folder)
    taken = {target.path.stem.casefold()} if target.path and beside else set()
    seen_from = Path(os.path.relpath(folder, start)).as_posix()
    for answer in answers:
        if answer.seen is None:
            yield answer
            continue
        file = f"{file_name(answer.case.name, taken)}.{suffix}"
        if (folder / file).exists() and not target.force:
            raise output.exists(folder / file, "--reports")
        title = " ".join(printable(answer.case.title or answer.case.name).split())
        notes = answer.case.notes
        advice = advise(table, answer.seen.facts, title=title[: LONGEST["title"]], notes=notes)
        (draft / file).write_bytes(formats.render(advice, suffix).encode())
        yield answer._replace(report=quote(f"{seen_from}/{file}"))


def file_name(name: str, taken: set[str]) -> str:
    """A name for a file that is safe everywhere and not taken yet, also where case says nothing.

    >>> taken = set()
    >>> file_name("../Été 1", taken), file_name("été/1", taken), file_name("nul", taken)
    ('Été-1', 'été-1-2', 'case-nul')
    """
    words = "-".join(re.findall(r"[^\W_]+(?:_+[^\W_]+)*", printable(name)))
    slug = words.encode()[:_LONGEST].decode(errors="ignore").strip("-_") or "case"
    slug = f"case-{slug}" if _RESERVED.fullmatch(slug) else slug
    found, number = slug, 1
    while found.casefold() in taken:
        number += 1
        found = f"{slug}-{number}"
    taken.add(found.casefold())
    return found
