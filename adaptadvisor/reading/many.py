"""Many situations out of one place: a case is what somebody wrote of one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from adaptadvisor.errors import BadInput, Problem

_SHOWN = 50


class Case(NamedTuple):
    """One situation of many. A named tuple, as a file may hold millions.

    `id` is JSON, spelled as it was written; `facts` are as they were given, still unchecked. `line`
    is the line in the file of the cases (from 1), `file` the file of a folder; of a case that could
    not be read, `wrong` says why.
    """

    id: str
    facts: Mapping[str, object]
    line: int = 0
    file: str = ""
    title: str = ""
    notes: str = ""
    wrong: Problem | None = None

    @property
    def name(self) -> str:
        """What people call it: its id, else its place."""
        if self.id == "null":
            return self.file or f"line {self.line}"
        found = json.loads(self.id) if self.id.startswith('"') else self.id
        return str(found)


def bad_case(error: BadInput, id_: str, *, line: int = 0, file: str = "") -> Case:
    """A case that could not be read: every problem in one, with the code of the first."""
    return Case(id_, {}, line, file, wrong=in_one(error))


def in_one(error: BadInput) -> Problem:
    """All problems as one, with the code and the place of the first."""
    first = error.problems[0]
    message = "; ".join(dict.fromkeys(problem.message for problem in error.problems[:_SHOWN]))
    more = len(error.problems) - _SHOWN
    message = f"{message}; and {more:,} more" if more > 0 else message
    return Problem(first.code, message, first.location)
