"""Cases: whole situations with what the table is expected to say about them, in the folder `tests`
of a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from adaptadvisor.errors import BadInput, Location, Problem, nearest, shown
from adaptadvisor.reading import nodes as documents
from adaptadvisor.reading.fields import Book, Row
from adaptadvisor.reading.inside import leads_out
from adaptadvisor.reading.nodes import Mapping as MappingNode
from adaptadvisor.reading.nodes import Node, Sequence
from adaptadvisor.table.plans import members, plan_of
from adaptadvisor.table.rows import CONDITIONAL, Situation, Table

FOLDER = "tests"
"""Where the cases of a table stand, inside its own folder."""

TEXTS = ("title", "why", "source", "situation")
CARRIED = ("source", "results", "authority", "difficulty", "checked")
"""What published cases say about themselves; any form will do."""

EXPECTATIONS = (
    "plan",
    "accept",
    "wrong",
    "open_needs",
    "fires",
    "quiet",
    "reasons",
    "settled",
    "variants",
    "checks",
    "first",
    "family",
    "steps",
    "absent",
    "asked",
    "unasked",
    "obtainable",
    "unobtainable",
)


class Case(NamedTuple):
    """A situation, and what is expected there; what is None or empty is not looked at.

    `plan` is exactly the plan, `accept` holds all plans that will do, and no approach in `wrong`
    may be the dearest of the plan. `open_needs` is exact; `fires`, `reasons`, `variants`, `checks`
    and `steps` name rows that must be there, whatever else is; `first` is the first step of the
    route, `family` the model family, and no method, check or step in `absent` may be shown.
    `known_miss` says why the plan is known to be another one.
    """

    id: str
    place: Location
    facts: Situation
    why: str = ""
    plan: tuple[str, ...] | None = None
    accept: tuple[tuple[str, ...], ...] = ()
    wrong: tuple[str, ...] = ()
    open_needs: tuple[str, ...] | None = None
    fires: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    settled: bool | None = None
    variants: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    first: str = ""
    family: str = ""
    steps: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    obtainable: tuple[str, ...] = ()
    unobtainable: tuple[str, ...] = ()
    known_miss: str = ""


def read_cases(folder: Path, table: Table) -> tuple[Case, ...]:
    """The cases of the table in this folder, by file and in reading order; `BadInput` with every
    mistake in them.

    Those of a table that it extends are not among them.
    """
    book = Book(dict(table.facts))
    top = folder.resolve().parent
    found = [
        _case(Row(book, item, "cases"))
        for path in _files(folder / FOLDER)
        for item in _items(book, path, top)
    ]
    _resolve(book, table)
    if book.problems:
        raise BadInput(book.problems)
    return tuple(found)


def _files(folder: Path) -> list[Path]:
    return (
        sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
        if folder.is_dir()
        else []
    )


def _items(book: Book, path: Path, top: Path) -> list[MappingNode]:
    if path.exists() and not path.is_file():  # a pipe might never end
        book.report("not-a-file", "this is no regular file", Location(str(path)))
        return []
    if problem := leads_out(path, top):
        book.problems.append(problem)
        return []
    node: Node | None = documents.read(path, collect=book.problems.append)
    if node is not None and not isinstance(node, Sequence):
        book.report(
            "not-a-list", "expected a list of cases, each starting with `- id: ...`", node.location
        )
    found = []
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, MappingNode):
            found.append(item)
        else:
            book.report(
                "not-a-row", "expected a case: a mapping that starts with `id: ...`", item.location
            )
    return found


def _case(row: Row) -> Case:
    row.claim_id("cases")
    row.asked.update((*CARRIED, *EXPECTATIONS))
    texts = {name: row.text(name, required=False) for name in TEXTS if name not in CARRIED}
    case = Case(
        id=row.id,
        place=row.node.location,
        facts=row.situation("facts"),
        why=texts["why"],
        plan=_plan(row.approaches("plan")) if "plan" in row.fields else None,
        accept=tuple(map(_plan, row.plans("accept"))) if "accept" in row.fields else (),
        wrong=row.approaches("wrong", required=False),
        open_needs=row.references("open_needs", "needs") if "open_needs" in row.fields else None,
        fires=row.references("fires", *CONDITIONAL, required=False),
        quiet=row.references("quiet", *CONDITIONAL, required=False),
        reasons=row.references("reasons", "needs", "limits", required=False),
        settled=row.flag("settled") if "settled" in row.fields else None,
        variants=row.references("variants", "variants", required=False),
        checks=row.references("checks", "checks", required=False),
        first=row.reference("first", "readiness", "approaches"),
        family=row.reference("family", "families"),
        steps=row.references("steps", "readiness", "approaches", required=False),
        absent=row.references("absent", "variants", "checks", "readiness", required=False),
        asked=row.facts("asked"),
        unasked=row.facts("unasked"),
        obtainable=row.facts("obtainable"),
        unobtainable=row.facts("unobtainable"),
        known_miss=row.text("known_miss", required=False),
    )
    row.done()
    if not any(name in row.fields for name in EXPECTATIONS) or (
        "accept" in row.fields and not case.accept
    ):
        row.book.report(
            "nothing-expected",
            f"a case expects something: {', '.join(EXPECTATIONS)}",
            row.node.location,
        )
    if case.known_miss and case.plan is None and not case.accept:
        row.book.report(
            "nothing-missed",
            '"known_miss" is about `plan` or `accept`, and there is none',
            row.node.location,
        )
    return case


def _plan(approaches: tuple[str, ...]) -> tuple[str, ...]:
    return members(plan_of(approaches))


def _resolve(book: Book, table: Table) -> None:
    """Reports every mention of a row that the table does not have."""
    rows: Mapping[str, Mapping[str, object]] = {
        name: getattr(table, name) for name in (*CONDITIONAL, "approaches", "families")
    }
    for scalar, sections in book.references:
        known = [id for section in sections for id in rows[section]]
        if scalar.text not in known:
            what = sections[0].removesuffix("s") if len(sections) == 1 else "row"
            book.problems.append(
                Problem(
                    "unknown-id",
                    f'there is no {what} "{shown(scalar.text)}"{nearest(scalar.text, known)}',
                    scalar.location,
                )
            )
