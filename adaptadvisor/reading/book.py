"""What is known while a table is read, and which ids its rows may have."""

from __future__ import annotations

from typing import NamedTuple

from adaptadvisor.errors import Location, Problem, Problems
from adaptadvisor.reading.conditions import NESTING, Conditions
from adaptadvisor.reading.nodes import Scalar
from adaptadvisor.table.facts import OWN_KEYS, Fact

KEBAB = r"[a-z0-9]+(-[a-z0-9]+)*"
SNAKE = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"
SNAKE_SECTIONS = ("questions", "approaches")
RESERVED = (
    *NESTING,
    *OWN_KEYS,
    "facts",
    "set",
    "format",
    "output",
    "force",
    "adr_dir",
    "date",
    "save",
    "strict",
    "fail_on",
    "rules",
    "color",
    "no_color",
    "plain",
    "stdin",
    "no_input",
    "to",
    "help",
    "version",
    "id",
    "schema",
)
"""Words that no fact may be called, because conditions or the command line use them."""


def id_form(section: str) -> str:
    """The pattern of the ids of a section."""
    return SNAKE if section in SNAKE_SECTIONS else KEBAB


class Id(NamedTuple):
    """Which section a row is in, and where."""

    section: str
    location: Location


class Reference(NamedTuple):
    """A mention of another row, checked once everything is read."""

    scalar: Scalar
    sections: tuple[str, ...]


class Book:
    """What is known while a table is read: ids, facts and thresholds so far, mentions of other
    rows, places, and every problem.

    `places` maps `needs/ID`, `needs/ID/when` and the like to where that is.
    """

    how_to_change = ""
    """What to do to change a row that exists already, where that is possible."""

    def __init__(self, facts: dict[str, Fact]) -> None:
        self.problems = Problems()
        self.ids: dict[str, Id] = {}
        self.references: list[Reference] = []
        self.facts = facts
        self.places: dict[str, Location] = {}
        self.off: dict[str, Location] = {}
        self.conditions = Conditions(self.problems.append, facts, off=self.off)

    def report(self, code: str, message: str, location: Location) -> None:
        """Collects a problem."""
        self.problems.append(Problem(code, message, location))
