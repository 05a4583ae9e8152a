"""Cases, in the folder `tests` of a table: whole situations and what the table must say there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from adaptadvisor.errors import BadInput, Location
from adaptadvisor.reading.book import Book
from adaptadvisor.reading.fields import Row
from adaptadvisor.reading.nodes import Scalar
from adaptadvisor.table.common import Approaches
from adaptadvisor.table.facts import Id
from adaptadvisor.table.kinds import KEPT, Kind, fields_of
from adaptadvisor.table.rows import CASES, CONDITIONAL, Situation, Table

LISTED = ("variants", "checks", "steps", "symptoms")
"""What a case may list in full."""

CARRIED = ("source", "results", "authority", "difficulty", "checked")
"""What published cases say about themselves; any form will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A situation, and what is expected there; what is None or empty is not looked at.

    `plan` is exactly the plan, `accept` holds all plans that will do, and no approach in `wrong`
    may be the dearest of the plan. `open_needs` is exact; `fires`, `reasons`, `variants`, `checks`,
    `steps` and `symptoms` name rows that must be there, among others, but for those that `only`
    names: these are listed in full. `met` gives, for some needs, exactly the approaches that meet
    them, `ruled_out` those that a limit rules out, and `blocking` the steps before which nothing
    else is to be done. `first` is the first step of the route, `family` the model family, and no
    method, check or step in `absent` may be shown. `known_miss` says why the plan is known to
    differ.
    """

    id: Id
    place: Annotated[Location, KEPT]
    title: str = ""
    situation: Annotated[str, "the situation in words"] = ""
    facts: Annotated[Situation, Kind("situation")]
    precedent: Annotated[
        str, Kind("id", ("precedents",)), "whose facts, `accept` and `wrong` are those of the case"
    ] = ""
    why: Annotated[str, "what the case guards"] = ""
    plan: Annotated[tuple[str, ...] | None, Kind("approaches")] = None
    accept: Annotated[tuple[tuple[str, ...], ...], Kind("plans")] = ()
    wrong: Approaches = ()
    open_needs: Annotated[tuple[str, ...] | None, Kind("ids", ("needs",))] = None
    fires: Annotated[tuple[str, ...], Kind("ids", CONDITIONAL)] = ()
    quiet: Annotated[tuple[str, ...], Kind("ids", CONDITIONAL)] = ()
    reasons: Annotated[tuple[str, ...], Kind("ids", ("needs", "limits"))] = ()
    met: Annotated[
        Mapping[str, tuple[str, ...]] | None,
        Kind("by_need"),
        "needs, each with exactly the approaches that meet it, whatever limits say",
    ] = None
    ruled_out: Annotated[
        tuple[str, ...] | None, Kind("approaches"), "exactly the approaches that limits rule out"
    ] = None
    settled: Annotated[bool | None, Kind("flag")] = None
    variants: Annotated[tuple[str, ...], Kind("ids", ("variants",))] = ()
    checks: Annotated[tuple[str, ...], Kind("ids", ("checks",))] = ()
    first: Annotated[str, Kind("id", ("readiness", "approaches"))] = ""
    family: Annotated[str, Kind("id", ("families",))] = ""
    steps: Annotated[tuple[str, ...], Kind("ids", ("readiness", "approaches"))] = ()
    blocking: Annotated[
        tuple[str, ...] | None,
        Kind("ids", ("readiness",)),
        "exactly the steps before which nothing else is to be done",
    ] = None
    symptoms: Annotated[tuple[str, ...], Kind("ids", ("symptoms",))] = ()
    only: Annotated[
        tuple[str, ...], Kind("words", LISTED), "which of these lists are complete"
    ] = ()
    absent: Annotated[tuple[str, ...], Kind("ids", ("variants", "checks", "readiness"))] = ()
    asked: Annotated[tuple[str, ...], Kind("facts")] = ()
    unasked: Annotated[tuple[str, ...], Kind("facts")] = ()
    obtainable: Annotated[tuple[str, ...], Kind("facts")] = ()
    unobtainable: Annotated[tuple[str, ...], Kind("facts")] = ()
    known_miss: str = ""


_ABOUT_ITSELF = ("id", "title", "situation", "facts", "why", "known_miss")
EXPECTATIONS = tuple(f.name for f in fields_of(Case) if f.name not in _ABOUT_ITSELF)
"""What a case may say about the advice."""


def read_cases(folder: Path, table: Table) -> tuple[Case, ...]:
    """The table's own cases in reading order; `BadInput` with every mistake in them."""
    book, tests = Book(dict(table.facts), folder), folder / CASES
    found = [
        _case(Row(book, item, "cases"), table)
        for path in sorted([*tests.glob("*.yaml"), *tests.glob("*.yml")])
        for item in book.items(book.read(path), "case")
    ]
    named = (*CONDITIONAL, "approaches", "families", "precedents")
    book.resolve({name: getattr(table, name) for name in named}, "row")
    if book.problems:
        raise BadInput(book.problems)
    return tuple(found)


def _case(row: Row, table: Table) -> Case:
    row.claim_id("cases")
    row.asked.update(CARRIED)
    case = row.fill(Case, place=row.node.location, **_known(row, table))
    row.done()
    if not any(name in row.fields for name in EXPECTATIONS) or (
        "accept" in row.fields and not case.accept
    ):
        what = f"a case expects something: {', '.join(EXPECTATIONS)}"
        row.book.report("nothing-expected", what, row.node.location)
    if case.known_miss and case.plan is None and not case.accept:
        what = '"known_miss" is about `plan` or `accept`, and there is none'
        row.book.report("nothing-missed", what, row.node.location)
    return case


def _known(row: Row, table: Table) -> dict[str, object]:
    """What a case takes over from the precedent that it names; a case of its own, nothing."""
    if "precedent" not in row.fields:
        return {}
    named = row.fields["precedent"][1]
    found = table.precedents.get(named.text) if isinstance(named, Scalar) else None
    if found is None:  # which is reported with the ids that nobody has
        return {"facts": {}}
    return {
        "title": found.title,
        "situation": found.situation,
        "facts": found.facts,
        "accept": found.accept,
        "wrong": found.wrong,
    }
