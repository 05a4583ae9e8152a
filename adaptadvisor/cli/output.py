"""Where a document goes, in which form and look: decided before any work is done."""

from __future__ import annotations

import errno
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import get_terminal_size, which
from typing import TextIO, TypedDict

from adaptadvisor.errors import BadInput, bad_input, nearest, one_of, shown
from adaptadvisor.files import locked, refuse_pipes, temporary_folder, written_whole

FORMATS = ("text", "json", "md", "adr", "html")
PARTS = ("why", "steps", "checks", "changes", "settings", "precedents", "sources")
"""What --show can name; the renderer of text has a section or more for each."""
PLAIN_FORMATS = ("text", "json")
SHOW_FORMATS = ("text", "md")
PORTFOLIO_FORMATS = ("jsonl", "table", "csv", "md", "html")
COMPARE_FORMATS = ("text", "json", "md", "html")
COST_FORMATS = ("text", "json", "md", "html")
NEXT_FORMATS = ("text", "json", "md")
LAB_FORMATS = ("text", "md", "json")
PROBLEM_FORMATS = ("text", "json", "github", "sarif")
CHECK_FORMATS = ("text", "json", "md", "html", "junit", "github", "sarif")
DIAGNOSIS_FORMATS = ("text", "json", "md")
PRECEDENT_FORMATS = ("text", "json", "csv", "md")
_SUFFIXES = (
    ("txt", "text"),
    ("txt", "table"),
    ("json", "json"),
    ("jsonl", "jsonl"),
    ("ndjson", "jsonl"),
    ("sarif", "sarif"),
    ("csv", "csv"),
    ("md", "md"),
    ("markdown", "md"),
    ("xml", "junit"),
    ("html", "html"),
    ("htm", "html"),
)
_MOST_RECORDS = 9999
_FILE_WIDTH = 80
"""Of text in a file, so that the same answers give the same bytes on every terminal."""


@dataclass(frozen=True, slots=True)
class Target:
    """The form of a document and its place: a file, a folder of decision records, or stdout.

    `opens`: a browser shall show it once it is written.
    """

    format: str
    path: Path | None = None
    records: Path | None = None
    force: bool = False
    opens: bool = False


class Face(TypedDict):
    """How a renderer of text shall write."""

    width: int
    colour: bool
    plain: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What --no-color and --plain say; the environment and the terminal have their say too."""

    no_color: bool = False
    plain_flag: bool = False

    @property
    def plain(self) -> bool:
        """Whether the output is meant for a screen reader."""
        return self.plain_flag or os.environ.get("ADAPTADVISOR_PLAIN") not in (None, "", "0")

    def colour(self, stream: TextIO | None) -> bool:
        """NO_COLOR wins over FORCE_COLOR, and that over what the stream is."""
        if self.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        return bool(os.environ.get("FORCE_COLOR") or (stream and stream.isatty()))

    def on(self, target: Target) -> Face:
        """How a text looks in this place."""
        if target.path is not None or target.records is not None:
            return Face(width=_FILE_WIDTH, colour=False, plain=self.plain)
        return Face(width=width(sys.stdout), colour=self.colour(sys.stdout), plain=self.plain)

    def draws(self, target: Target) -> bool:
        """Whether a person will see it on a terminal that shows frames and marks."""
        aside = target.path is not None or target.records is not None or self.plain
        if aside or sys.stdout is None or os.environ.get("TERM", "dumb") in ("", "dumb"):
            return False
        return sys.stdout.isatty() and sys.stdout.encoding.lower().replace("-", "") == "utf8"


def target(
    format: str | None,
    output: str | None,
    *,
    formats: tuple[str, ...] = PLAIN_FORMATS,
    adr_dir: str | None = None,
    force: bool = False,
    opens: bool = False,
) -> Target:
    """What the options ask for; what cannot be fails here, before an interview is held in vain."""
    if format is not None:
        chosen("--format", format, formats)
    if opens and (adr_dir is not None or output in (None, "-")):
        raise bad_input("bad-setting", "opens a page that is written: add -o advice.html", "--open")
    if adr_dir is not None:
        return _records(adr_dir, format, output)
    if output is None or output == "-":
        return Target(format or formats[0], force=force)
    path = new_file(output, "--output", force=force)
    form = format or _by_suffix(path, formats)
    if opens and form != "html":
        wrong = f"a browser shows HTML, not {form}: write to -o advice.html"
        raise bad_input("bad-setting", wrong, "--open")
    return Target(form, path, force=force, opens=opens)


def _records(folder: str, format: str | None, output: str | None) -> Target:
    if output is not None or format not in (None, "adr"):
        message = (
            "a decision record goes to --adr-dir or, with --format adr, to -o; give one of them"
        )
        raise bad_input("bad-setting", message, "--adr-dir")
    return Target("adr", records=new_folder(folder, "--adr-dir"))


def _by_suffix(path: Path, formats: tuple[str, ...]) -> str:
    """The format that a suffix means; where there is none, the first of them."""
    known = {f".{suffix}": format for suffix, format in _SUFFIXES if format in formats}
    if path.suffix and path.suffix.lower() not in known:
        wrong = f'no format here goes with "{shown(path.suffix)}"'
        right = f"end the name in {one_of(list(known))}, or give --format"
        raise bad_input("unknown-suffix", f"{wrong}; {right}", "--output")
    return known.get(path.suffix.lower(), formats[0])


def chosen(flag: str, word: str, known: Sequence[str]) -> str:
    """The word, if it is one of those that are known."""
    if word not in known:
        message = f'"{shown(word)}" is none of {one_of(list(known))}{nearest(word, known)}'
        raise bad_input("unknown-choice", message, flag)
    return word


def each_chosen(flag: str, words: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    """The words of an option that may be repeated."""
    for word in words or ():
        parts = re.split(r"[,\s]+", word.strip())
        if len(parts) > 1 and all(part in known for part in parts):
            right = " ".join(f"{flag} {part}" for part in parts)
            message = f'"{shown(word)}" are several; repeat the option: {right}'
            raise bad_input("unknown-choice", message, flag)
        chosen(flag, word, known)
    return list(words or ())


def not_the_same(one: Path | None, other: Path | str | None, flag: str, words: str) -> None:
    """`BadInput` where two documents would go to the same file."""
    if one and other and os.path.realpath(one) == os.path.realpath(other):
        raise bad_input("bad-setting", f"{words} cannot go to the same file", flag)


def not_what_is_read(target: Target, *names: str | Path | None) -> None:
    """`BadInput` where a document would go over what it is made from, also with --force: a file,
    or the YAML of a folder.
    """
    for name in names if target.path else ():
        if target.path is None or not name or str(name) == "-":
            continue
        here, there = os.path.realpath(name), os.path.realpath(target.path)
        of_folder = there.startswith(here + os.sep) and target.path.suffix in (".yaml", ".yml")
        if here == there or (of_folder and os.path.isdir(here)):  # noqa: PTH112 - long names
            wrong = f"{shown(target.path, 300)} is read for this document; name another file"
            raise bad_input("bad-setting", wrong, "--output")


def exists(name: object, flag: str) -> BadInput:
    choices = "choose another name, or write over it with --force"
    return bad_input("file-exists", f"{shown(name, 300)} exists; {choices}", flag)


def new_file(name: str, flag: str, *, force: bool) -> Path:
    """The path to write to; an error where that cannot be, or would be over something."""
    if not name:
        raise bad_input("missing-value", "needs a file name", flag)
    path = named(name, flag)
    if path.is_file() and not force:
        raise exists(name, flag)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    refuse_pipes(path)
    return path


def named(name: str, flag: str) -> Path:
    """The path; `BadInput` for `-`, which is stdout for --output alone and would be a file here."""
    if name == "-":
        wrong = "- is stdout, for --output alone; give a name here (./- if you mean it)"
        raise bad_input("bad-setting", wrong, flag)
    return Path(name)


def new_folder(name: str, flag: str) -> Path:
    """The path of a folder to write into; `BadInput` where it cannot be one."""
    if not name or (Path(name).exists() and not Path(name).is_dir()):
        raise bad_input("not-a-folder", f'"{shown(name)}" is no folder', flag)
    return named(name, flag)


def write(text: str, target: Target, *, paged: bool = False) -> None:
    """Writes to the file, whole or not at all, or to stdout; `paged`: a screen at a time where a
    person reads it on a terminal that it does not fit.
    """
    if target.path is not None:
        write_file(text, target.path, force=target.force)
        if target.opens:
            _open(target.path)
    elif sys.stdout is None:
        raise OSError(errno.EBADF, "stdout is closed")
    elif paged and (pager := _pager(text)):
        _page(text, pager)
    else:
        sys.stdout.write(text)


def scrolls(text: str) -> bool:
    """Whether the text is longer than the terminal, so that its first lines are gone."""
    return text.count("\n") >= get_terminal_size().lines


def _pager(text: str) -> list[str]:
    """The pager of this person, where the text is longer than the terminal; else nothing."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return []
    if os.environ.get("TERM", "dumb") == "dumb":
        return []
    if not scrolls(text):
        return []
    words = shlex.split(os.environ.get("PAGER", "less"))
    return words if words and which(words[0]) else []


def _page(text: str, pager: list[str]) -> None:
    """Shows the text in a pager; less keeps the colours and leaves the text on the screen."""
    settings = {"LESS": "FRX", **os.environ}
    with suppress(BrokenPipeError):  # left before the end
        subprocess.run(pager, input=text.encode(), env=settings, check=False)  # noqa: S603 - theirs


def write_file(text: str, path: Path, *, force: bool, flag: str = "--output") -> None:
    """Writes a file, whole or not at all, and names it."""
    try:
        with written_whole(path, over=force) as handle:
            handle.write(text.encode())
    except FileExistsError:  # it appeared in the meantime
        raise exists(path, flag) from None
    wrote(path)


def write_lines(lines: Iterable[str], target: Target) -> None:
    """Writes lines as they come, all of them or none, with one of them in memory: to the file, or
    by a copy on disk to stdout.
    """
    if target.path is not None:
        try:
            with written_whole(target.path, over=target.force) as handle:
                handle.writelines(line.encode() for line in lines)
        except FileExistsError:  # it appeared in the meantime
            raise exists(target.path, "--output") from None
        wrote(target.path)
        return
    with temporary_folder() as folder:
        copy = folder / "lines"
        with copy.open("w", encoding="utf-8", newline="\n") as handle:
            handle.writelines(lines)
        with copy.open(encoding="utf-8", newline="\n") as handle:
            for line in handle:
                write(line, target)


def write_record(text: str, folder: Path, title: str) -> None:
    """Writes a decision record into a folder, under the number after the last, and names it."""
    slug = "-".join(re.findall(r"[^\W_]+", title.lower())).encode()[:60].decode(errors="ignore")
    with locked(folder):  # two records at once must not get the same number
        found = (re.match(r"(\d{4})-.*\.md$", path.name) for path in folder.iterdir())
        last = max((int(record[1]) for record in found if record), default=0)
        if last >= _MOST_RECORDS:
            message = f"{shown(folder, 300)} has no number left after {_MOST_RECORDS}"
            raise bad_input("no-number-left", message, "--adr-dir")
        path = folder / f"{last + 1:04d}-{slug.strip('-') or 'adaptation'}.md"
        with written_whole(path, over=False) as handle:
            handle.write(text.encode())
    wrote(path)


def width(stream: TextIO | None) -> int:
    """The columns of the terminal behind a stream, or 80 where nobody said."""
    if os.environ.get("COLUMNS", "").isdecimal() and int(os.environ["COLUMNS"]):
        return int(os.environ["COLUMNS"])
    with suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(stream.fileno()).columns or 80  # type: ignore[union-attr]
    return 80


def say(text: str) -> None:
    """A line of talk on stderr, if there is one that can be written."""
    if sys.stderr:
        with suppress(OSError):
            print(text, file=sys.stderr)


def _open(page: Path) -> None:
    """Opens a page in the browser where somebody sees it; else says why not."""
    why = "no terminal, so nobody to see it"
    if sys.stderr and sys.stderr.isatty():
        import webbrowser

        why = "no browser could be started"
        with suppress(webbrowser.Error, OSError):
            if webbrowser.open(page.resolve().as_uri()):
                return
    say(f"Not opened, {why}: {shown(page, 1000)}")


def wrote(path: object, what: str = "") -> None:
    """Names a file that was written, or a folder and `what` is in it."""
    say(f"Written: {shown(path, 1000)}{f' ({what})' if what else ''}")


def dated(given: str | None) -> str:
    """The date for a report, YYYY-MM-DD: --date, else SOURCE_DATE_EPOCH, else none (empty)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "") if given is None else ""
    word = given or epoch
    if not word:
        return ""
    from datetime import UTC, date, datetime

    try:
        if epoch:
            return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
        today = datetime.now(UTC).date()
        return (today if word == "today" else date.fromisoformat(word)).isoformat()
    except (ValueError, OverflowError, OSError):
        right = "a number of seconds since 1970" if epoch else "a date such as 2026-11-21, or today"
        where = "SOURCE_DATE_EPOCH" if epoch else "--date"
        message = f'"{shown(word)}" does not fit; expected {right}'
        raise bad_input("bad-date", message, where) from None
