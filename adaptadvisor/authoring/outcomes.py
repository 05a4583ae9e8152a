"""What a reader would object to in precedents: doubles, contradictions, a year that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from adaptadvisor.authoring.places import own, problem, rows
from adaptadvisor.errors import Problem
from adaptadvisor.reading.tables import Loaded
from adaptadvisor.table.evidence import Precedent

FIRST_YEAR = 2010
"""Before it there was no pretrained language model that one could have adapted."""


def precedents(loaded: Loaded, today: date) -> Iterator[Problem]:
    """Findings in the table's own precedents; those of a base are for its owner."""
    first: dict[object, str] = {}
    for path, row in rows(loaded, "precedents"):
        said = [
            (row.source, row.year, row.situation),
            (row.source, row.year, tuple(sorted(row.facts.items())), row.results, row.authority),
        ]
        twice = next((first[one] for one in said if one in first), None)
        first |= {one: row.id for one in said if one not in first}
        if own(loaded, path):
            if twice:
                wrong = f'"{row.id}" and "{twice}" are one finding of one source'
                message = f"{wrong}; keep one of them, or it counts twice"
                yield problem(loaded, "same-precedent", path, message)
            yield from _contradictions(loaded, path, row)
            yield from _year(loaded, path, row, today)


def _contradictions(loaded: Loaded, path: str, row: Precedent) -> Iterator[Problem]:
    """What is both right and wrong, and what nobody found."""
    for approach in row.wrong:
        if (approach,) in row.accept:
            wrong = f'"{row.id}" has {approach} alone among the plans in "accept" and in "wrong"'
            yield problem(loaded, "right-and-wrong", f"{path}/wrong", f"{wrong}; it is one of them")
    if not (row.results or row.authority):
        wrong = f'"{row.id}" does not say what was found'
        message = f"{wrong}; expected `results: [...]`, or `authority: ...` in words"
        yield problem(loaded, "nothing-found", path, message)


def _year(loaded: Loaded, path: str, row: Precedent, today: date) -> Iterator[Problem]:
    if row.year is not None and not FIRST_YEAR <= row.year <= today.year:
        wrong = f'"{row.id}" was published in {row.year}'
        message = f"{wrong}; expected a year from {FIRST_YEAR} to {today.year}"
        yield problem(loaded, "bad-year", f"{path}/year", message)
