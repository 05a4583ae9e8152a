"""Precedents as text, Markdown or CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from adaptadvisor.advice.browse import Listed, Precedents
from adaptadvisor.errors import printable
from adaptadvisor.page import Page
from adaptadvisor.reading.facts_file import in_braces
from adaptadvisor.render.formats import inert
from adaptadvisor.render.markup import address_of, code, grid, inline
from adaptadvisor.render.markup import joined as paragraphs
from adaptadvisor.render.words import NOT_COMPARED
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import beside, plan_words

_COLUMNS = (
    *("id", "title", "year", "task", "plans", "wrong", "similarity", "shares", "differs"),
    *("situation", "facts", "source", "address", "checked"),
)
_ACTS_IN_A_SPREADSHEET = re.compile(r"\s*[=+\-@\t\r]")
_NOTHING = "No precedent fits. Fewer words, another plan or other years may find some."


def text(
    found: Precedents,
    table: Table,
    width: int = 80,
    *,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """A list for a terminal of this width; a plain one is fit for a screen reader."""
    page = Page(width, colour=colour, plain=plain)
    page.title(_headline(found))
    if not found.found:
        page.say(_NOTHING)
    for number, row in enumerate(found.precedents, 1):
        page.heading(f"{number}. {row.title}{'' if row.year is None else f' ({row.year})'}")
        page.say(f"{_right(row, table)}.", 3)
        if row.similarity is not None:
            page.say(f"{_alike(row, table)}.", 3)
        page.say(f"Source: {row.source}. {row.address}".rstrip(". "), 3, dim=True)
        page.say(f"adaptadvisor explain {row.id}", 3, dim=True)
    if left := found.found - len(found.precedents):
        page.lines.append("")
        page.say(f"{left:,} more: --limit {found.found} shows all, words and --task fewer.")
    return page.text()


def markdown(found: Precedents, table: Table) -> str:
    """A table for a pull request, an issue or a wiki."""
    alike = bool(found.facts)
    head = ("Precedent", "Year", "Proved right", *(["Alike"] if alike else []), "Source")
    rows = (
        (
            f"{inline(row.title)} ({code(row.id)})",
            "" if row.year is None else str(row.year),
            inline(_plans(row)),
            *([inline(_alike(row, table))] if alike else []),
            f"{inline(row.source)} {address_of(row.address)}".rstrip(),
        )
        for row in found.precedents
    )
    listed = grid(head, rows) if found.precedents else inline(_NOTHING)
    return paragraphs([f"# {inline(_headline(found))}", listed])


def as_csv(found: Precedents) -> str:
    """One row a precedent, with plans, facts and the rest as they are written in a table.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in found.precedents:
        writer.writerow(map(cell, _cells(row)))
    return out.getvalue()


def _cells(row: Listed) -> Iterable[str]:
    numbers = ("" if each is None else str(each) for each in (row.year, row.similarity))
    year, similarity = numbers
    plans = ", ".join("+".join(plan) for plan in row.plans)
    differs = ", ".join(one.fact for one in row.differs)
    yield from (row.id, row.title, year, str(row.facts.get("task", "")), plans)
    yield from (", ".join(row.wrong), similarity, ", ".join(row.shares), differs)
    yield from (row.situation, in_braces(row.facts), row.source, row.address, row.checked)


def cell(words: str) -> str:
    """A cell of a CSV file: one line, and nothing that a spreadsheet would calculate."""
    one = " ".join(printable(words).split())
    return f"'{one}" if _ACTS_IN_A_SPREADSHEET.match(one) else one


def _headline(found: Precedents) -> str:
    """`24 of 219 precedents, the most like first`."""
    of = "" if found.found == found.known else f" of {found.known:,}"
    order = "the most like first" if found.facts else "the newest first"
    return f"{found.found:,}{of} precedents{f', {order}' if found.found > 1 else ''}"


def _plans(row: Listed) -> str:
    """`retrieval, or LoRA`, and whether the source compared anything."""
    plans = ", or ".join(map(plan_words, row.plans))
    return plans if row.results else f"{plans} ({NOT_COMPARED})"


def _right(row: Listed, table: Table) -> str:
    """`Proved right: retrieval, or LoRA tuning. Wrong, taken alone: prompting`."""
    right = f"Proved right: {_plans(row)}"
    wrong = ", ".join(plan_words([approach]) for approach in row.wrong)
    return f"{right}. Wrong, taken alone: {wrong}" if wrong else right


def _alike(row: Listed, table: Table) -> str:
    """`94 % alike. Alike in: kind of task. Different in: classes (here 12, there 3)`."""
    parts = [f"{round(100 * (row.similarity or 0))} % alike"]
    if row.shares:
        parts.append(f"Alike in: {', '.join(table.facts[fact].name for fact in row.shares)}")
    if row.differs:
        parts.append(f"Different in: {'; '.join(_difference(row, table))}")
    return ". ".join(parts)


def _difference(row: Listed, table: Table) -> Iterable[str]:
    for one in row.differs:
        fact = table.facts[one.fact]
        here, there = (beside(fact, each) for each in (one.here, one.there))
        yield f"{fact.name} (here {here}, there {there})"


def render(
    found: Precedents,
    table: Table,
    format_: str,
    *,
    width: int = 80,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The precedents in one of the formats; width, colour and plain concern text alone."""
    if format_ == "json":
        from adaptadvisor.render import as_json

        return as_json.render(found)
    if format_ == "csv":
        return as_csv(found)
    found = inert(found)
    if format_ == "md":
        return markdown(found, table)
    return text(found, table, width, colour=colour, plain=plain)
