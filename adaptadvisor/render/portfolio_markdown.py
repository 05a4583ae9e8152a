"""Many answers as Markdown, for a wiki, an issue or a mail."""

from __future__ import annotations

from collections.abc import Iterator

from adaptadvisor.render import portfolio
from adaptadvisor.render.markup import grid, inline, joined, listed
from adaptadvisor.render.portfolio import Row, View


def render(view: View) -> str:
    """The page. No text from outside becomes markup."""
    return joined(_front(view), _changes(view), _questions(view), _cases(view), _bad(view))


def _front(view: View) -> Iterator[str]:
    yield f"# {inline(view.title)}"
    yield inline(view.date)
    yield " ".join(map(inline, view.lead))
    rows = ((inline(plan), f"{count:,}", f"{share} %") for plan, count, share in view.plans)
    if view.plans:
        yield grid(("Plan", "Cases", "Share"), rows)


def _changes(view: View) -> Iterator[str]:
    if not view.compared:
        return
    yield "## What changed since the last run"
    if not view.changed:
        yield "Nothing."
        return
    rows = (
        (_name(row), row.change, inline(row.before or "-"), inline(row.plan or "-"))
        for row in view.changed
    )
    yield grid(("Case", "Change", "Plan then", "Plan now"), rows)


def _questions(view: View) -> Iterator[str]:
    if not view.questions:
        return
    yield "## What the cases wait for"
    rows = (
        (inline(row.name), f"{row.cases:,}", inline(row.question), inline(row.find_out))
        for row in view.questions
    )
    yield grid(("Open question", "Cases", "In full", "How to find out"), rows)


def _cases(view: View) -> Iterator[str]:
    if not view.rows:
        return
    yield "## The cases"
    yield f"{portfolio.MISSING} Likely: {portfolio.ODDS[0].lower()}{portfolio.ODDS[1:]}"
    head = ("Case", "Plan", "Waits for", "Likely", "If it falls short")
    yield grid(head, map(_cells, view.rows))


def _cells(row: Row) -> tuple[str, ...]:
    still = f"<br>Still open: {inline(row.open)}" if row.open else ""
    doubt = f"<br>({inline(row.doubt)})" if row.doubt else ""
    waits = inline(row.waits) if row.waits else "Settled"
    return (
        _name(row),
        f"{inline(row.plan)}{still}",
        waits,
        f"{inline(row.likely)}{doubt}",
        inline(row.fallback),
    )


def _name(row: Row) -> str:
    title = f"{inline(row.title)} ({inline(row.name)})" if row.title else inline(row.name)
    return f"[{title}](<{row.report}>)" if row.report else title


def _bad(view: View) -> Iterator[str]:
    if view.bad:
        yield "## Could not be read"
        yield listed(f"{_name(row)}, {inline(row.place)}: {inline(row.wrong)}" for row in view.bad)
    yield inline(view.foot)
