"""The defaults of a team on a command line, and which of them an answer used."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import typer

from adaptadvisor.cli import output
from adaptadvisor.errors import BadInput, shown
from adaptadvisor.reading import defaults
from adaptadvisor.reading.defaults import Defaults
from adaptadvisor.reading.many import Case
from adaptadvisor.table.facts import Value
from adaptadvisor.table.rows import Table

VARIABLE = "ADAPTADVISOR_CONFIG"
FLAG = "--no-config"


class Team:
    """Defaults, and what of them has been used; an answer says so once."""

    def __init__(self, found: Defaults | None = None) -> None:
        self.found = found or Defaults()
        self.given: str | None = None
        """The --rules before the command, or of the environment: it wins."""
        self._used: dict[str, None] = {}

    def rules(self) -> str | None:
        """The folder of rules where the command has no --rules of its own."""
        if self.given is not None:
            return self.given
        return self._use("rules", self.found.rules)

    def adr_dir(self) -> str | None:
        """The folder of decision records."""
        return self._use("adr-dir", self.found.adr_dir)

    def usual(self, table: Table) -> dict[str, Value | None]:
        """The default facts."""
        with _can_be_left_out():
            return self.found.answers(table.facts)

    def answers(self, table: Table, given: Mapping[str, Value | None]) -> dict[str, Value | None]:
        """What was given, on top of the default facts."""
        usual = self.usual(table)
        self._used |= dict.fromkeys(fact for fact in usual if fact not in given)
        return {**usual, **given}

    def below(self, table: Table, cases: Iterable[Case]) -> Iterator[Case]:
        """Each case on top of the default facts; what a case answers, also with null, wins."""
        usual = self.usual(table)
        for case in cases:
            if not usual or case.wrong:
                yield case
                continue
            self._used |= dict.fromkeys(fact for fact in usual if fact not in case.facts)
            yield case._replace(facts={**usual, **case.facts})

    def tell(self) -> None:
        """Says on stderr which defaults count, if any do and it was not said."""
        if self._used:
            used = ", ".join(self._used)
            output.say(f"Defaults from {shown(self.found.file, 300)}: {used} (not with {FLAG})")
            self._used.clear()

    def _use(self, name: str, value: str | None) -> str | None:
        if value is not None:
            self._used[f"{name} {shown(value, 300)}"] = None
        return value


def counting(context: typer.Context) -> Team:
    """The team whose defaults count on the command line of a command."""
    return context.obj if isinstance(context.obj, Team) else Team()


def team_of(argv: Sequence[str]) -> Team:
    """The team whose file counts here; --no-config, or an empty variable, leaves it out."""
    named = os.environ.get(VARIABLE)
    words = argv[: argv.index("--")] if "--" in argv else argv
    if named == "" or FLAG in words:
        return Team()
    path = Path(named) if named else None
    if path is None:
        with suppress(OSError):  # the current folder is gone
            path = defaults.find(Path.cwd())
    with _can_be_left_out():
        return Team(defaults.read(path) if path else None)


@contextmanager
def _can_be_left_out() -> Iterator[None]:
    """Says after what is wrong with the file of a team that one can go on without it."""
    try:
        yield
    except BadInput as error:
        *others, last = error.problems
        message = f"{last.message}; {FLAG} leaves this file out"
        raise BadInput([*others, replace(last, message=message)]) from None
