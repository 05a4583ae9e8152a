"""Where a document goes, in which form, and how wide and colourful: decided before any work is
done.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from adaptadvisor.cli.flags import FORMATS, chosen
from adaptadvisor.errors import Location, bad_input, shown

_SUFFIXES = {
    ".txt": "text",
    ".json": "json",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
}
_MOST_RECORDS = 9999
FILE_WIDTH = 80
"""Text in a file has this width whatever the terminal, so that the same answers give the same
bytes.
"""


class Target(NamedTuple):
    """The form of a document and its place: a file, a folder of decision records, or stdout."""

    format: str
    path: Path | None = None
    records: Path | None = None
    force: bool = False


def target(options: Mapping[str, Any], formats: tuple[str, ...] = FORMATS) -> Target:
    """What the options ask for; `BadInput` for what cannot be, so that no interview is held in
    vain.
    """
    given, output, records = (options.get(key) for key in ("format", "output", "adr_dir"))
    dated(options)
    if given is not None:
        chosen("--format", given, formats)
    if records is not None:
        if output is not None or given not in (None, "adr"):
            raise bad_input(
                "bad-setting",
                "a decision record goes to --adr-dir or, with --format adr, to -o; give one of"
                " them",
                Location("--adr-dir"),
            )
        if not records or (Path(records).exists() and not Path(records).is_dir()):
            raise bad_input(
                "not-a-folder", f'"{shown(records)}" is no folder', Location("--adr-dir")
            )
        return Target("adr", None, Path(records))
    if output in (None, "-"):
        return Target(given or "text")
    if not output:
        raise bad_input("missing-value", "needs a file name", Location("--output"))
    path, force = Path(output), bool(options.get("force"))
    if path.is_file() and not force:
        raise _exists(output, "--output")
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), output)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), output)
    if options.get("save") and _same(path, Path(options["save"])):
        raise bad_input(
            "bad-setting", "the facts and the report cannot go to the same file", Location("--save")
        )
    by_suffix = _SUFFIXES.get(path.suffix.lower(), "text")
    return Target(given or (by_suffix if by_suffix in formats else "text"), path, None, force)


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _exists(name: object, flag: str) -> Exception:
    return bad_input(
        "file-exists",
        f"{shown(name, 300)} exists; choose another name, or write over it with --force",
        Location(flag),
    )


def new_file(name: str | None, flag: str, *, force: bool) -> Path | None:
    """The path to write to, if any; `BadInput` where something is there that may not be written
    over.
    """
    if name is None:
        return None
    if not name:
        raise bad_input("missing-value", "needs a file name", Location(flag))
    if Path(name).is_file() and not force:
        raise _exists(name, flag)
    return Path(name)


def write(text: str, target: Target) -> None:
    """Writes to the file, whole or not at all, or to stdout."""
    if target.path is not None:
        write_file(text, target.path, force=target.force)
    elif sys.stdout is None:
        raise OSError(errno.EBADF, "stdout is closed")
    else:
        sys.stdout.write(text)


def write_file(text: str, path: Path, *, force: bool, flag: str = "--output") -> None:
    """Writes a file, whole or not at all."""
    from adaptadvisor.files import written_whole

    try:
        with written_whole(path, over=force) as handle:
            handle.write(text.encode())
    except FileExistsError:
        raise _exists(path, flag) from None


def write_record(text: str, folder: Path, title: str) -> Path:
    """Writes a decision record into a folder under the number after the last one, never over
    anything; returns its path.
    """
    from adaptadvisor.files import locked, written_whole

    folder.mkdir(parents=True, exist_ok=True)
    slug = (
        "-".join(re.findall(r"[^\W_]+", title.lower()))
        .encode()[:60]
        .decode(errors="ignore")
        .strip("-")
        or "adaptation"
    )
    with locked(folder):  # two records at once must not get the same number
        last = max(
            (
                int(path.name[:4])
                for path in folder.iterdir()
                if re.match(r"\d{4}-.*\.md$", path.name)
            ),
            default=0,
        )
        if last >= _MOST_RECORDS:
            raise bad_input(
                "no-number-left",
                f"{shown(folder, 300)} has no number left after {_MOST_RECORDS}",
                Location("--adr-dir"),
            )
        path = folder / f"{last + 1:04d}-{slug}.md"
        with written_whole(path, over=False) as handle:
            handle.write(text.encode())
    return path


def width(stream: Any = None) -> int:
    """The columns of the terminal behind a stream (stdout), or 80 where nobody said."""
    from contextlib import suppress

    if os.environ.get("COLUMNS", "").isdecimal() and int(os.environ["COLUMNS"]):
        return int(os.environ["COLUMNS"])
    with suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size((stream or sys.stdout).fileno()).columns or 80
    return 80


def colour(options: Mapping[str, Any], stream: Any = None) -> bool:
    """Whether a stream (stdout) gets colour: --no-color and NO_COLOR win over FORCE_COLOR, which
    wins over what the stream is.
    """
    if options.get("no_color") or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    stream = stream or sys.stdout
    return bool(os.environ.get("FORCE_COLOR") or (stream and stream.isatty()))


def plain(options: Mapping[str, Any]) -> bool:
    """Whether the output is meant for a screen reader."""
    return bool(options.get("plain") or os.environ.get("ADAPTADVISOR_PLAIN") not in (None, "", "0"))


def dated(options: Mapping[str, Any]) -> str:
    """The date to put on a report (YYYY-MM-DD): --date, else that of SOURCE_DATE_EPOCH, else none;
    an empty --date is none.
    """
    given, epoch = options.get("date"), os.environ.get("SOURCE_DATE_EPOCH")
    if given == "" or (given is None and not epoch):
        return ""
    from datetime import UTC, date, datetime

    try:
        if given is None:
            return datetime.fromtimestamp(int(epoch or ""), UTC).date().isoformat()
        return (
            datetime.now(UTC).date().isoformat()
            if given == "today"
            else date.fromisoformat(given).isoformat()
        )
    except (ValueError, OverflowError, OSError):
        where = "--date" if given is not None else "SOURCE_DATE_EPOCH"
        expected = (
            "a date such as 2026-11-21, or today"
            if given is not None
            else "a number of seconds since 1970"
        )
        raise bad_input(
            "bad-date",
            f'"{shown(given if given is not None else epoch)}" does not fit; expected {expected}',
            Location(where),
        ) from None
