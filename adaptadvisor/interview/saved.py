"""Where the answers of an interview are kept, and the command lines that resume it or do without
it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Any

from adaptadvisor.errors import Location, bad_input, shown
from adaptadvisor.files import written_whole
from adaptadvisor.interview.state import Interview
from adaptadvisor.reading.facts_file import as_yaml, written
from adaptadvisor.table.facts import Given, Value, fact_flag

SAVED = "adaptadvisor-answers.yaml"
_MARK = "adaptadvisor ask: "
SAVED_MARK = f"# {_MARK}"
"""How a file begins that an interview may write over: its own."""


class Saved:
    """The file that holds the answers of an interview; where it cannot be written the answers live
    on in the command that resumes.
    """

    def __init__(
        self, interview: Interview, given: Given, path: Path, options: Mapping[str, Any]
    ) -> None:
        self.interview = interview
        self.given = given
        self.path = path
        self.options = options
        self.done = False
        self.failed = False

    def save(self) -> None:
        text = written(
            self.interview.table,
            self._so_far(),
            f"{_MARK}answers so far; null means asked, and not known.",
        )
        try:
            with written_whole(self.path) as handle:
                handle.write(text.encode())
            self.done = True
        except OSError as error:
            if not self.failed and sys.stderr:
                print(
                    f"Answers cannot be saved in {shown(self.path, 300)} ({error.strerror}); if you stop, a"
                    " command shows how to go on.",
                    file=sys.stderr,
                )
            self.failed, self.done = True, False

    def introduction(self) -> list[str]:
        """Where the answers will be, and that an earlier interview has left some."""
        lines = [f"Answers are saved in {self.path} after each one."]
        if (
            self.path.name != SAVED
            and is_saved(SAVED)
            and not self.options.get("save")
            and not self.options.get("facts_file")
        ):
            lines.append(
                f"{SAVED} holds an earlier interview; to go on with that one: adaptadvisor ask"
                f" --facts {SAVED}"
            )
        return lines

    def where(self) -> str:
        return f"answers saved in {shown(self.path, 300)}; " if self.done else ""

    def resume(self) -> str:
        return command_line("ask", self._so_far(), self.options, self.path if self.done else None)

    def _so_far(self) -> Given:
        return self.given._replace(answers=self.interview.kept)


def save_file(wanted: str | None, facts_file: str | None) -> Path:
    """Where answers are saved: as asked, or in the file that an earlier interview left, or in a new
    one; never over anything else.
    """
    if wanted:
        path = Path(wanted)
        if path.exists() and not is_saved(path) and path.is_file() and path.stat().st_size:
            raise bad_input(
                "file-exists",
                f"{shown(wanted, 300)} exists and was not saved by ask; choose another name",
                Location("--save"),
            )
        return path
    if facts_file and facts_file != "-" and is_saved(Path(facts_file)):
        return Path(facts_file)
    for number in range(1, 1000):
        path = Path(SAVED if number == 1 else SAVED.replace(".", f"-{number}."))
        if not path.exists():
            return path
    raise bad_input(
        "file-exists", f"{SAVED} and its successors exist; choose a name", Location("--save")
    )


def is_saved(path: str | Path) -> bool:
    """Whether this is a file that an interview has saved; a pipe is not, and can be read only once."""
    try:
        if not Path(path).is_file():
            return False
        with Path(path).open(encoding="utf-8", errors="replace") as handle:
            return handle.readline(200).startswith(SAVED_MARK)
    except OSError:
        return False


def _as_flag(fact: str, value: Value | None) -> list[str]:
    """A fact as words of a command line; --set is the one that takes "unknown" for every fact."""
    flag = fact_flag(fact)
    if value is None:
        return ["--set", f"{fact}=unknown"]
    if isinstance(value, bool):
        return [flag if value else f"--no-{flag[2:]}"]
    return [flag, ",".join(value) if isinstance(value, tuple) else as_yaml(value)]


def command_line(
    name: str, given: Given, options: Mapping[str, Any], facts_file: Path | None = None
) -> str:
    """A command line that one can paste: it gives what is given, by a facts file or by flags, and
    shows the same advice in the same form.
    """
    words = ["adaptadvisor", name]
    if facts_file:
        words += ["--facts", str(facts_file)]
    else:
        words += [word for fact, value in given.answers.items() for word in _as_flag(fact, value)]
        words += [
            word
            for key in ("title", "notes")
            if getattr(given, key)
            for word in (f"--{key}", getattr(given, key))
        ]
    kept = ("rules", "format", "output", "adr_dir", "date")
    words += [
        word
        for key in kept
        if options.get(key)
        for word in (f"--{key.replace('_', '-')}", str(options[key]))
    ]
    if name == "ask":
        words += [f"--{key}" for key in ("plain", "stdin", "force") if options.get(key)]
    elif options.get("output"):
        words.append("--force")  # the advice has been written there already
    return " ".join(map(shell_word, words))


def shell_word(word: str) -> str:
    """A word as a shell reads it, with nothing in it that a terminal would act on."""
    if word.isprintable():
        return quote(word)
    inside = "".join(
        (
            c
            if c.isprintable() and c not in "\\'"
            else "".join(f"\\x{byte:02x}" for byte in c.encode("utf-8", "replace"))
        )
        for c in word
    )
    return f"$'{inside}'"
