"""The rows of a loaded table and the parts inside them, each with its place, for findings."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from adaptadvisor.errors import Location, Problem
from adaptadvisor.reading.tables import Loaded
from adaptadvisor.table import walk
from adaptadvisor.table.conditions import Condition
from adaptadvisor.table.evidence import Precedent
from adaptadvisor.table.facts import Fact
from adaptadvisor.table.rows import SECTIONS, Table

ARGUED = (
    "approaches",
    "needs",
    "limits",
    "readiness",
    "variants",
    "families",
    "checks",
    "symptoms",
)
"""The sections whose rows give advice."""


Row: TypeAlias = Any
"""A row of any kind, or a part of one: which fields it has depends on its section."""


def fields(row: Row) -> dict[str, object]:
    """What a row says in each of its fields."""
    return {name: getattr(row, name) for name in _names(row.__class__)}


@cache
def _names(kind: Row) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(kind))


def section(table: Table, name: str) -> Mapping[str, Row]:
    """The rows of a section by id. Derived facts are code, and no rows."""
    if name == "questions":
        return {fact.id: fact for fact in table.questions}
    return getattr(table, name)  # type: ignore[no-any-return]


def rows(loaded: Loaded, *sections: str) -> Iterator[tuple[str, Row]]:
    """Paths and rows."""
    for name in sections or SECTIONS:
        yield from ((f"{name}/{id}", row) for id, row in section(loaded.table, name).items())


def parts(path: str, row: Row) -> Iterator[tuple[str, Row]]:
    """Paths and rows inside a row."""
    for name in ("met_by", "not_met_by", "picks"):
        for number, part in enumerate(getattr(row, name, ())):
            yield f"{path}/{name}/{number}", part
    if isinstance(row, Precedent):
        yield from ((f"{path}/results:{n}", result) for n, result in enumerate(row.results))
    for name in ("settings", "examples_of", "neighbours"):
        for number, part in enumerate(getattr(row, name, ())):
            yield f"{path}/{name}:{number}", part
    if isinstance(row, Fact):
        yield from ((f"{path}/choices:{n}", choice) for n, choice in enumerate(row.choices))
        yield from ((f"{path}/units:{n}", unit) for n, unit in enumerate(row.units))


def with_parts(loaded: Loaded, *sections: str) -> Iterator[tuple[str, Row]]:
    """Paths and rows, each followed by its parts."""
    for path, row in rows(loaded, *sections):
        yield path, row
        yield from parts(path, row)


def conditions(loaded: Loaded) -> Iterator[Condition]:
    """The conditions of everything that gives advice, so not when a question is asked."""
    every = walk.conditions(loaded.table)
    return (condition for path, condition in every if not path.startswith("questions/"))


def problem(loaded: Loaded, code: str, path: str, message: str) -> Problem:
    """A finding at a place, or at the nearest one that encloses it."""
    place = walk.nearest(path, loaded.places)
    return Problem(code, message, place if place.line else Location(str(loaded.folders[-1])))


def own(loaded: Loaded, path: str) -> bool:
    """Whether a row is in the folder itself, not in one that it extends."""
    return path in loaded.places and loaded.own(loaded.places[path])


def within(loaded: Loaded, path: str, field: str) -> str:
    """The place of a field if it is in the same file as its row, else the row."""
    place = loaded.places.get(f"{path}/{field}")
    return f"{path}/{field}" if place and place.file == loaded.places[path].file else path
