"""Precedents to look through: filtered by words, task, plan and year, or ranked by likeness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adaptadvisor.advice.recommendation import Data, TableId, as_data, picked
from adaptadvisor.precedents.likeness import Difference, Likeness, among
from adaptadvisor.table.evidence import Precedent, Result
from adaptadvisor.table.facts import Value
from adaptadvisor.table.rows import Table

SCHEMA = "adaptadvisor/precedents/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which precedents somebody wants to see; what is empty or None is not looked at.

    Each of the `words` occurs in what a precedent says, `plan` is among those that proved right,
    and the year of publication is from `first` to `last`. With facts in `like`, the most like come
    first, and those of which too little is known, or with which nothing is shared, do not come.
    """

    words: tuple[str, ...] = ()
    task: str = ""
    plan: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    like: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A precedent as it is listed. `plans` proved right, `wrong` did not when taken alone.

    `similarity` is from 0 to 1, with the facts that both situations share and those that differ
    (`here`: in the given situation); None where no situation was given.
    """

    id: str
    title: str
    source: str
    year: int | None
    address: str
    situation: str
    facts: Mapping[str, Value]
    results: tuple[Result, ...]
    authority: str
    plans: tuple[tuple[str, ...], ...]
    wrong: tuple[str, ...]
    difficulty: str
    checked: str
    note: str
    sparse: bool
    similarity: float | None
    shares: tuple[str, ...]
    differs: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedents:
    """Precedents in order; `found` counts those that there are, `known` all of the table.

    `facts`: the situation that they are compared with, if any.
    """

    schema: str
    table: TableId
    facts: Mapping[str, Value]
    known: int
    found: int
    precedents: tuple[Listed, ...]

    def as_data(self) -> Data:
        """The answer as dictionaries, lists and plain values, ready for JSON."""
        return as_data(self)


def browse(table: Table, wanted: Wanted, most: int | None = None) -> Precedents:
    """The precedents that are wanted, newest first or most like first, at most `most` of them."""
    chosen = [row for row in table.precedents.values() if _fits(row, wanted)]
    if wanted.like:
        near = among(table, chosen, wanted.like)
        found = [_listed(one.precedent, one.likeness) for one in near]
    else:
        found = [_listed(row) for row in sorted(chosen, key=lambda row: (-(row.year or 0), row.id))]
    return Precedents(
        schema=SCHEMA,
        table=TableId(table.version, table.digest),
        facts=wanted.like,
        known=len(table.precedents),
        found=len(found),
        precedents=tuple(found[:most]),
    )


def _fits(row: Precedent, wanted: Wanted) -> bool:
    year = row.year or 0  # one without a year is in no range of years
    return (
        (not wanted.task or row.facts.get("task") == wanted.task)
        and (not wanted.plan or wanted.plan in row.accept)
        and (wanted.first is None or year >= wanted.first)
        and (wanted.last is None or 0 < year <= wanted.last)
        and all(word in _text(row) for word in map(_plain, wanted.words))
    )


def _text(row: Precedent) -> str:
    """What a precedent says, to look for words in."""
    return _plain(" ".join(_texts(row)))


def _texts(row: Precedent) -> Iterable[str]:
    yield from (row.id, row.title, row.source, row.situation, row.authority)
    yield from (result.what for result in row.results)


def _plain(text: str) -> str:
    """Without what people write now so, now so: capitals, dashes, line breaks."""
    return " ".join(text.casefold().replace("-", " ").split())


def _listed(row: Precedent, alike: Likeness | None = None) -> Listed:
    return picked(
        Listed,
        row,
        plans=row.accept,
        similarity=alike.similarity if alike else None,
        shares=alike.shares if alike else (),
        differs=alike.differs if alike else (),
    )
