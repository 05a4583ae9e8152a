"""What is known while a table is read, and which ids its rows may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adaptadvisor.errors import Location, Problem, Problems, nearest, shown
from adaptadvisor.reading.conditions import NESTING, Conditions
from adaptadvisor.reading.nodes import Scalar
from adaptadvisor.table.facts import OWN_KEYS, Fact

KEBAB = r"[a-z0-9]+(-[a-z0-9]+)*"
SNAKE = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"
SNAKE_SECTIONS = ("questions", "approaches")
_OPTIONS = (
    "facts set format output force adr_dir date save strict fail_on rules color no_color plain stdin"
    " no_input to help version id schema"
)
RESERVED = (*NESTING, *OWN_KEYS, *_OPTIONS.split())
"""Words that no fact may be called, because conditions or the command line use them."""


def id_form(section: str) -> str:
    """The pattern of the ids of a section."""
    return SNAKE if section in SNAKE_SECTIONS else KEBAB


@dataclass(frozen=True, slots=True)
class Id:
    """Which section a row is in, and where."""

    section: str
    location: Location


class Book:
    """Ids, facts, mentions and problems so far; `places`: where `needs/ID/when` and the like are."""

    how_to_change = ""
    """What to do to change a row that exists already, where that is possible."""

    def __init__(self, facts: dict[str, Fact]) -> None:
        self.problems = Problems()
        self.ids: dict[str, Id] = {}
        self.references: list[tuple[Scalar, tuple[str, ...]]] = []
        self.facts = facts
        self.places: dict[str, Location] = {}
        self.off: dict[str, Location] = {}
        self.unread: set[str] = set()
        self.conditions = Conditions(self.problems.append, facts, off=self.off)

    def report(self, code: str, message: str, location: Location) -> None:
        self.problems.append(Problem(code, message, location))

    def resolve(self, ids: Mapping[str, Iterable[str]], several: str) -> None:
        """Reports each mention of a row that its sections, called `several`, do not have."""
        for scalar, sections in self.references:
            if self.unread.intersection(sections):
                continue  # the row may be in the file that could not be read
            known = [id for section in sections for id in ids[section]]
            if scalar.text not in known:
                what = sections[0].removesuffix("s") if len(sections) == 1 else several
                off = self.off.get(scalar.text)
                hint = f"; it is off since {off}" if off else nearest(scalar.text, known)
                message = f'there is no {what} "{shown(scalar.text)}"{hint}'
                self.report("unknown-id", message, scalar.location)
