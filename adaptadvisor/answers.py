"""Where the answers of an interview are kept, and the command lines that resume it or do without it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from shlex import join
from typing import Any

from adaptadvisor.errors import Location, bad_input
from adaptadvisor.facts import Value, fact_flag, show
from adaptadvisor.files import written_whole
from adaptadvisor.interview import Interview

SAVED = "adaptadvisor-answers.yaml"
SAVED_MARK = "# adaptadvisor ask: "
"""How a file begins that an interview may write over: its own."""


class Saved:
    """The file that holds the answers of an interview; where it cannot be written the answers live on in the command that resumes."""

    def __init__(self, interview: Interview, path: Path, options: Mapping[str, Any]) -> None:
        self.interview = interview
        self.path = path
        self.options = options
        self.done = False
        self.failed = False

    def save(self) -> None:
        lines = [f"{SAVED_MARK}answers so far; null means asked, and not known."]
        lines += [f"{fact}: {_as_yaml(value)}" for fact, value in self.interview.answers.items()]
        try:
            with written_whole(self.path) as handle:
                handle.write("".join(f"{line}\n" for line in lines).encode())
            self.done = True
        except OSError as error:
            if not self.failed and sys.stderr:
                print(f"Answers cannot be saved in {self.path} ({error.strerror}); if you stop, a command shows how to go on.", file=sys.stderr)
            self.failed, self.done = True, False

    def where(self) -> str:
        return f"answers saved in {self.path}; " if self.done else ""

    def resume(self) -> str:
        if self.done:
            return command_line("ask", {}, self.options, self.path)
        return command_line("ask", self.interview.answers, self.options)


def save_file(wanted: str | None, facts_file: str | None) -> Path:
    """Where answers are saved: as asked, or in the file that an earlier interview left, or in a new one; never over anything else."""
    if wanted:
        path = Path(wanted)
        if path.exists() and not _is_saved(path) and path.is_file() and path.stat().st_size:
            raise bad_input("file-exists", f"{wanted} exists and was not saved by ask; choose another name", Location("--save"))
        return path
    if facts_file and facts_file != "-" and _is_saved(Path(facts_file)):
        return Path(facts_file)
    for number in range(1, 1000):
        path = Path(SAVED if number == 1 else SAVED.replace(".", f"-{number}."))
        if not path.exists():
            return path
    raise bad_input("file-exists", f"{SAVED} and its successors exist; choose a name", Location("--save"))


def _is_saved(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as handle:
            return handle.readline(200).startswith(SAVED_MARK)
    except OSError:
        return False


def _as_yaml(value: Value | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return show(value) if isinstance(value, (str, bool)) else repr(value)


def _as_flag(value: Value | None) -> str:
    if value is None:
        return "unknown"
    return ",".join(value) if isinstance(value, tuple) else _as_yaml(value)


def command_line(name: str, answers: Mapping[str, Value | None], options: Mapping[str, Any], facts_file: Path | None = None) -> str:
    """A command line that one can paste."""
    words = ["adaptadvisor", name]
    words += ["--facts", str(facts_file)] if facts_file else []
    for fact, value in answers.items():
        words += [fact_flag(fact), _as_flag(value)]
    words += [word for key in ("rules", "format", "output") if options.get(key) for word in (f"--{key}", str(options[key]))]
    words += [f"--{key}" for key in ("plain", "stdin") if name == "ask" and options.get(key)]
    return join(words)
