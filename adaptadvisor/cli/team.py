"""The defaults of a team on a command line, and which of them an answer used."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from adaptadvisor.cli import output
from adaptadvisor.errors import shown
from adaptadvisor.reading import defaults
from adaptadvisor.reading.defaults import Defaults
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

    def answers(self, table: Table, given: Mapping[str, Value | None]) -> dict[str, Value | None]:
        """What was given, on top of the default facts."""
        usual = self.found.answers(table.facts)
        self._used |= dict.fromkeys(fact for fact in usual if fact not in given)
        return {**usual, **given}

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


def team_of(argv: Sequence[str]) -> Team:
    """The team whose file counts here; --no-config, or an empty variable, leaves it out."""
    named = os.environ.get(VARIABLE)
    words = argv[: argv.index("--")] if "--" in argv else argv
    if named == "" or FLAG in words:
        return Team()
    if named:
        return Team(defaults.read(Path(named)))
    path = None
    with suppress(OSError):  # the current folder is gone
        path = defaults.find(Path.cwd())
    return Team(defaults.read(path) if path else None)
