"""Many answers as a table that fits the width of a terminal, or as sentences."""

from __future__ import annotations

import io
from collections.abc import Sequence

from adaptadvisor.page import NARROWEST, Page
from adaptadvisor.render.portfolio import Row, View

_TABLE_NEEDS = 60
"""Columns below which a list is easier to read than a table."""

_QUESTIONS = 10
_SHOWN = 3  # open questions of a case
_NARROWEST = 14  # column: no name of a fact or a plan has a longer word


def render(view: View, width: int, *, colour: bool = False, plain: bool = False) -> str:
    """The page; a plain one is fit for a screen reader, and so is one too narrow for a table."""
    page = Page(width, colour=colour, plain=plain)
    page.title(view.title)
    if view.date:
        page.say(view.date)
    for line in view.lead:
        page.say(line)
    if view.plans:
        page.heading("Plans")
        for plan, count, share in view.plans:
            page.say(f"{plan}: {count:,} ({share} %)", mark="- ")
    _changes(page, view)
    _questions(page, view)
    if view.rows:
        page.heading("Cases")
        if plain or width < _TABLE_NEEDS:
            _listed(page, view.rows)
        else:
            page.lines += _table(view.rows, width, colour=colour)
    if view.bad:
        page.heading("Could not be read")
        for row in view.bad:
            page.say(row.wrong, mark=f"- {_name(row)}{_at(row)}: ")
    return page.text()


def _changes(page: Page, view: View) -> None:
    if not view.compared:
        return
    page.heading("What changed since the last run")
    if not view.changed:
        page.say("Nothing.")
    for row in view.changed:
        plans = [plan for plan in (row.before, row.plan) if plan]
        said = f" {page.gives} ".join(plans) or "could not be read"
        page.say(f"{row.change}. {said}", mark=f"- {_name(row)}: ")


def _questions(page: Page, view: View) -> None:
    if not view.questions:
        return
    page.heading("What the cases wait for")
    for row in view.questions[:_QUESTIONS]:
        cases = "case" if row.cases == 1 else "cases"
        page.say(f"{row.cases:,} {cases}. {row.question}", mark=f"- {row.name}: ")
    if rest := view.questions[_QUESTIONS:]:
        page.say("; ".join(row.name for row in rest) + ".", mark="- Fewer: ")


def _listed(page: Page, rows: Sequence[Row]) -> None:
    for row in rows:
        waits = f"Waits for: {row.waits}." if row.waits else "Settled."
        parts = [f"{row.plan}.", waits]
        if row.open:
            parts.append(f"Still open: {row.open}.")
        if row.likely:
            parts.append(f"Likely: {row.likely}{f' ({row.doubt})' if row.doubt else ''}.")
        parts.append(f"If it falls short: {row.fallback}.")
        page.say(" ".join(parts), mark=f"- {_name(row)}: ")


def _table(rows: Sequence[Row], width: int, *, colour: bool) -> list[str]:
    """The lines of a table; Rich knows how wide characters are, and wraps between words."""
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=False)
    names = [row.title or row.name for row in rows]
    longest = max(len(word) for name in names for word in name.split() or [""])
    for head in ("Case", "Plan", "Waits for", "Likely"):
        least = min(longest, width // 3) if head == "Case" else 0
        grid.add_column(Text(head, "bold"), overflow="fold", min_width=max(_NARROWEST, least))
    for row in rows:
        plan = f"{row.plan} (still open: {row.open})" if row.open else row.plan
        likely = f"{row.likely} ({row.doubt})" if row.doubt else row.likely
        cells = (plan, _few(row.waits) or "Settled", likely)
        grid.add_row(Text(row.title or row.name, "bold"), *map(Text, cells))
    out = io.StringIO()
    screen = Console(
        file=out,
        width=max(width, NARROWEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        legacy_windows=False,
    )
    screen.print(grid)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def _few(waits: str) -> str:
    """The first open questions; the page has them all."""
    names = waits.split(", ")
    more = len(names) - _SHOWN
    return f"{', '.join(names[:_SHOWN])} and {more} more" if more > 1 else waits


def _name(row: Row) -> str:
    return f"{row.title} ({row.name})" if row.title else row.name


def _at(row: Row) -> str:
    return f", {row.place}" if row.place and row.place != row.name else ""
