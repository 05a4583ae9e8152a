"""What somebody gives: answers, and free text of their own that reports carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adaptadvisor.errors import Location, Problem
from adaptadvisor.table.facts import Value

LONGEST = {"title": 200, "notes": 20_000}
"""Free text of one's own that is carried into reports, and how many characters of it at most."""

OWN_KEYS = tuple(LONGEST)
"""Keys of a facts file that are no facts."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gave: answers (None: asked, and not known), and free text for the reports."""

    answers: Mapping[str, Value | None]
    title: str = ""
    notes: str = ""

    @property
    def facts(self) -> dict[str, Value]:
        """The known facts."""
        return {fact: value for fact, value in self.answers.items() if value is not None}


def too_long(key: str, text: str, place: Location | None = None) -> list[Problem]:
    """The problem with a title or notes that are longer than a report takes, if any."""
    if len(text) <= LONGEST[key]:
        return []
    message = f'"{key}" has {len(text):,} characters; expected at most {LONGEST[key]:,}'
    return [Problem("too-long", message, place)]
