"""Where an interview's answers are kept, and the command lines that go on with it or without it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from shlex import quote

from adaptadvisor.errors import bad_input, shown
from adaptadvisor.files import keep_name, kept_anew
from adaptadvisor.interview.state import Interview
from adaptadvisor.reading.facts_file import SCHEMA_LINE, as_yaml, written
from adaptadvisor.table.facts import Value, fact_flag
from adaptadvisor.table.given import Given

SAVED = "adaptadvisor-answers.yaml"
_MARK = "adaptadvisor ask: "
SAVED_MARK = f"# {_MARK}"
"""How a file begins, but for the name of its schema, that an interview may write over: its own."""

Options = Mapping[str, str | bool | None]
"""The options of `ask` that a command line repeats, by name."""


class Saved:
    """The file with an interview's answers; if it cannot be written, the command that resumes."""

    def __init__(self, interview: Interview, given: Given, path: Path, options: Options) -> None:
        self.interview = interview
        self.given = given
        self.path = path
        self.options = options
        self.done = False
        self.failed = False

    def save(self) -> None:
        """Writes the answers down, once there is one that this interview was given."""
        if not self.done and not self.interview.answered:
            return
        about = f"{_MARK}answers so far; null means asked, and not known."
        text = written(self.interview.table, self._so_far(), about)
        try:
            with kept_anew(self.path) as handle:
                handle.write(text.encode())
            self.done = True
        except OSError as error:
            if not self.failed and sys.stderr:
                print(
                    f"Answers cannot be saved in {shown(self.path, 300)} ({error.strerror}); if you"
                    " stop, a command shows how to go on.",
                    file=sys.stderr,
                )
            self.failed, self.done = True, False

    def introduction(self) -> list[str]:
        """Where the answers will be, and that an earlier interview has left some."""
        lines = [f"Answers are saved in {self.path} after each one."]
        named = self.options["save"] or self.options["facts"]
        if not named and self.path.name != SAVED and is_saved(SAVED):
            go_on = f"to go on with that one: adaptadvisor ask --facts {SAVED}"
            lines.append(f"{SAVED} holds an earlier interview; {go_on}")
        return lines

    def how_to_go_on(self) -> str:
        saved = f"answers saved in {shown(self.path, 300)}; " if self.done else ""
        path = self.path if self.done else None
        return f"{saved}go on with: {command_line('ask', self._so_far(), self.options, path)}"

    def ending(self) -> list[str]:
        """How to get the same advice again, and where the answers are."""
        given = replace(self.given, answers=self.interview.facts)
        again = self.path if self.done and not self.path.is_char_device() else None
        line = command_line("recommend", given, self.options, again)
        lines = ["", f"The same without questions: {line}"]
        return [*lines, f"Your answers are in {self.path}."] if self.done else lines

    def _so_far(self) -> Given:
        return replace(self.given, answers=self.interview.kept)


def save_file(wanted: str | None, facts_file: str | None, *, force: bool = False) -> Path:
    """Where answers are saved: as asked, or in the file that an earlier interview left, or in a new
    one; never over anything else. The name is kept for this interview.
    """
    resumed = facts_file and is_saved(facts_file) and (not wanted or _same(wanted, facts_file))
    if name := wanted or (facts_file if resumed else None):
        path = Path(name)
        own = resumed or (force and is_saved(path))
        if not path.is_char_device() and not _kept(path, over=bool(own)):
            why = _at_work(path) if own else _why_not(path)
            raise bad_input("file-exists", why, "--save" if wanted else "--facts")
        return path
    for number in range(1, 1000):
        path = Path(SAVED if number == 1 else SAVED.replace(".", f"-{number}."))
        if _kept(path):
            return path
    raise bad_input("file-exists", f"{SAVED} and its successors exist; choose a name", "--save")


def _kept(path: Path, *, over: bool = False) -> bool:
    """Whether the answers may be saved here, as far as one can tell before the first of them."""
    try:
        return keep_name(path, over=over)
    except OSError:
        return over or not path.exists()  # the interview goes on without a file, and says so


def _why_not(path: Path) -> str:
    name = shown(path, 300)
    if is_saved(path):
        return (
            f"{name} holds the answers of another interview; go on with that one by --facts"
            f" {shell_word(name)}, choose another name, or write over it with --force"
        )
    if path.exists() and not path.is_file():
        return f"{name} is no regular file; choose another name"
    if path.exists() and path.stat().st_size == 0:
        return _at_work(path)
    return f"{name} exists and was not saved by ask; choose another name"


def _at_work(path: Path) -> str:
    name = shown(path, 300)
    return f"another interview saves its answers in {name} now; choose another name with --save"


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def is_saved(path: str | Path) -> bool:
    """Whether an interview saved this file; no pipe is looked into, it can be read only once."""
    try:
        if not Path(path).is_file():
            return False
        with Path(path).open(encoding="utf-8", errors="replace") as handle:
            first, second = handle.readline(200), handle.readline(200)
        return (second if first.strip() == SCHEMA_LINE else first).startswith(SAVED_MARK)
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


def command_line(name: str, given: Given, options: Options, facts_file: Path | None = None) -> str:
    """A command line to paste, for the same advice in the same form from the same facts."""
    values: dict[str, object] = {
        key: options[key] for key in ("rules", "format", "output", "adr-dir", "date")
    }
    words = ["adaptadvisor", name]
    if facts_file:
        values = {"facts": facts_file, **values}
    else:
        words += [word for fact, value in given.answers.items() for word in _as_flag(fact, value)]
        values = {"title": given.title, "notes": given.notes, **values}
    words += [word for key, value in values.items() if value for word in (f"--{key}", str(value))]
    if name == "ask":
        words += [f"--{key}" for key in ("plain", "stdin", "force", "thorough") if options[key]]
    elif options["output"]:
        words.append("--force")  # the advice has been written there already
    return " ".join(map(shell_word, words))


def shell_word(word: str) -> str:
    """A word as a shell reads it, with nothing in it that a terminal would act on."""
    if word.isprintable():
        return quote(word)
    return f"$'{''.join(map(_in_quotes, word))}'"


def _in_quotes(character: str) -> str:
    if character.isprintable() and character not in "\\'":
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "replace"))
