"""Many situations: JSON lines, CSV or a folder of facts files in; an answer each out, in order."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, BinaryIO

from adaptadvisor.advice.portfolio import Answer, Asked, Former, Tally, answers, noting_bare
from adaptadvisor.cli import output
from adaptadvisor.cli.output import Look, Target
from adaptadvisor.cli.team import Team
from adaptadvisor.errors import BadInput, bad_input, shown
from adaptadvisor.files import bounded_line, readable, written_whole
from adaptadvisor.reading import csv_rows, folders, json_lines
from adaptadvisor.reading.csv_rows import Sheet
from adaptadvisor.reading.many import Case
from adaptadvisor.table.rows import Table

_CSV = (".csv", ".tsv", ".tab")
_JSON = (".jsonl", ".ndjson")
_YAML = (".yaml", ".yml")
_EVERY = (
    20  # cases after which a progress bar is told; to tell it of each takes a tenth of the time
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run says of each case, and where to; `title` and `date` are for pages."""

    target: Target = field(default_factory=lambda: Target("jsonl"))
    team: Team = field(default_factory=Team)
    settled: bool = False
    odds: bool = False
    asked: Asked = field(default_factory=Asked)
    reports: Path | None = None
    look: Look = field(default_factory=Look)
    title: str = ""
    date: str = ""


def run(table: Table, cases: str, settings: Settings) -> Tally:
    """Writes the answers for `cases` (a file, a folder, or `-`) and returns what they came to."""
    tally, sheet = Tally(), Sheet()
    with ExitStack() as stack:
        read = stack.enter_context(_cases(table, cases, settings, sheet))
        target = stack.enter_context(_target(settings.target))
        every = settings.team.below(table, noting_bare(_some(read, cases), sheet, tally))
        found = answers(table, every, settings.asked, tally)
        if settings.reports:  # which appear before the page that has links to them
            from adaptadvisor.cli.batch_reports import reported

            found = stack.enter_context(reported(found, table, settings.reports, settings.target))
        for line in lines(found, table, settings, sheet):
            target.write(line.encode())
            if cases == "-":  # somebody may be waiting for each answer
                target.flush()
        target.flush()
    return tally


def _some(read: Iterator[Case], cases: str) -> Iterator[Case]:
    """The cases; `BadInput`, before anything is written, where there are none."""
    first = next(read, None)
    if first is None:
        right = 'expected {"id": ..., "facts": {...}} on each line, or a row below the header'
        where = "stdin" if cases == "-" else cases
        raise bad_input("no-cases", f"there is no case in it; {right}", where)
    yield first
    yield from read


def lines(
    found: Iterable[Answer], table: Table, settings: Settings, sheet: Sheet | None = None
) -> Iterator[str]:
    """What is written: answer by answer, but for a page, which needs them all. CSV is written as
    the sheet of the cases is.
    """
    format_ = settings.target.format
    if format_ in ("jsonl", "csv"):
        from adaptadvisor.render import answer_lines

        if format_ == "csv":
            changes, reports = settings.asked.former is not None, settings.reports is not None
            yield from answer_lines.csv_lines(
                found, table, sheet or Sheet(), changes=changes, reports=reports
            )
            return
        for answer in found:
            said = answer_lines.as_json(answer, settled=settings.settled, odds=settings.odds)
            yield f"{said}\n"
        return
    from adaptadvisor.render import portfolio

    face = settings.look.on(settings.target)
    rows = [row._replace(seen=row.seen and row.seen.work_out()) for row in found]
    yield portfolio.render(rows, table, format_, title=settings.title, date=settings.date, **face)


@contextmanager
def _cases(table: Table, cases: str, settings: Settings, sheet: Sheet) -> Iterator[Iterator[Case]]:
    """The cases, whatever they stand in, with a progress bar where a person watches."""
    if cases and Path(cases).is_dir():
        found = folders.files(Path(cases))
        for file in found if settings.target.path else ():
            output.not_what_is_read(settings.target, file)
        with _watched(folders.cases(found, table), settings, len(found)) as watched:
            yield watched
        return
    with _opened(cases) as stream:
        _not_its_own_input(stream, settings.target.path)
        read = _read(stream, cases, table, sheet)
        if cases == "-" or not Path(cases).is_file():
            yield read
            return
        with _watched(read, settings, Path(cases).stat().st_size, stream.tell) as watched:
            yield watched


def _read(stream: IO[bytes], cases: str, table: Table, sheet: Sheet) -> Iterator[Case]:
    """The cases in a file: CSV by its suffix or its first line, else JSON lines."""
    suffix = Path(cases).suffix.lower()
    if suffix in _YAML:
        raise _one_case(cases, "YAML")
    rest = _lines(stream, cases)
    if suffix not in (*_CSV, *_JSON):
        first = next(rest, b"")
        rest = chain([first], rest) if first else rest
        if suffix == ".json" and first.strip() == b"{":
            raise _one_case(cases, "JSON over several lines")
        suffix = _CSV[0] if csv_rows.is_header(first, table) else ""
    name = "stdin" if cases == "-" else cases
    if suffix in _CSV:
        return csv_rows.cases(rest, name, table, sheet)
    return json_lines.cases(rest)


def _one_case(cases: str, form: str) -> BadInput:
    what = f"this is a facts file ({form}), one situation"
    right = f"use `recommend --facts {shown(cases, 300)}`, or batch with a folder of them"
    return bad_input("one-case", f"{what}; {right}", cases)


def _opened(cases: str) -> AbstractContextManager[BinaryIO]:
    if cases == "-":
        if sys.stdin is None:
            raise bad_input("missing-file", "stdin is closed", "-")
        return nullcontext(sys.stdin.buffer)
    with readable(cases):
        return open(cases, "rb")  # noqa: PTH123 - the caller closes it


def _not_its_own_input(source: BinaryIO, written: Path | None) -> None:
    """`BadInput` where the answers would go to the file of the cases, under any of its names."""
    try:
        here = os.fstat(source.fileno())
        there = os.fstat(sys.stdout.fileno()) if written is None else written.stat()
    except (OSError, ValueError, AttributeError):
        return  # not there yet, or no file
    if stat.S_ISREG(here.st_mode) and os.path.samestat(here, there):
        wrong = "the answers would go to the file that the cases are read from; name another one"
        raise bad_input("bad-setting", wrong, "--output")


def _target(target: Target) -> AbstractContextManager[BinaryIO]:
    if target.path is not None:
        return written_whole(target.path, over=target.force)
    if sys.stdout is None:
        raise OSError(errno.EBADF, "stdout is closed")
    return nullcontext(sys.stdout.buffer)


def _lines(source: IO[bytes], cases: str) -> Iterator[bytes]:
    """The lines; what fails in reading is not blamed on the output."""
    with readable(cases):
        while line := bounded_line(source, cases):
            yield line


@contextmanager
def _watched(
    cases: Iterator[Case], settings: Settings, size: int, place: Callable[[], int] | None = None
) -> Iterator[Iterator[Case]]:
    """The cases, with a bar and a count where a person watches stderr and nothing else goes to the
    screen meanwhile. `place` says how far of `size` reading is; without it, cases are counted.
    """
    streamed = settings.target.format in ("jsonl", "csv") and settings.target.path is None
    on_screen = streamed and sys.stdout is not None and sys.stdout.isatty()
    if on_screen or sys.stderr is None or not sys.stderr.isatty():
        yield cases
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    count = TextColumn("{task.fields[cases]:,} cases")
    columns = (TextColumn("batch"), BarColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("batch", total=size, cases=0)

        def told() -> Iterator[Case]:
            for number, case in enumerate(cases):
                if number % _EVERY == 0 or place is None:
                    bar.update(task, completed=place() if place else number, cases=number)
                yield case

        yield told()


def former(name: str) -> Former:
    """The answers of a former run, from its JSON lines."""
    if not name:
        raise bad_input("missing-value", "needs a file name", "--against")
    with _opened(name) as stream:
        found = Former(_lines(stream, name), name)
    if found.empty:
        said = "holds no answers, so every case is new"
        output.say(f"warning: {shown(name, 300)} {said}")
    return found
