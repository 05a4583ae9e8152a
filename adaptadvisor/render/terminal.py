"""The short answer on a terminal: a panel, a table and colour; the words are those of `text`."""

from __future__ import annotations

import io

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.page import NARROWEST, WIDEST
from adaptadvisor.render.brief import ASKS, NAMES, STEPS, VERDICTS, WAYS, Brief, Way, brief

_MARKS = {"the plan": "\u2713", "next": "\u2192"}
"""Before a verdict, which says the same in a word."""

_STYLES = {"the plan": "bold green", "next": "cyan", "not needed": "dim"}
_PANEL = 4  # columns that the frame and the blanks inside it take


def render(advice: Recommendation, width: int, *, colour: bool) -> str:
    """The answer as a terminal shows it, with its escape codes."""
    width = max(NARROWEST, min(width, WIDEST))
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=True,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
    )

    def drawn(draft: Brief) -> str:
        with console.capture() as capture:
            console.print(_page(draft))
        return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"

    return drawn(brief(advice, width - _PANEL, lambda draft: drawn(draft).count("\n")))


def _page(found: Brief) -> Group:
    top = Group(*map(Text, found.top))
    title = Text(found.title, style="bold")
    parts: list[RenderableType] = [Panel(top, title=title, title_align="left", padding=(0, 1))]
    parts += [_labelled(label, text) for label, text in found.paragraphs]
    parts += [_heading(WAYS), _ways(found.ways), _heading(STEPS), _steps(found)]
    if found.asks:
        parts += [_heading(ASKS), _asks(found)]
    if found.checks:
        parts += [Text(), _labelled("Check that it worked", found.checks)]
    return Group(*parts, *(Text(line, style="dim") for line in found.rest))


def _labelled(label: str, text: str) -> Text:
    return Text.assemble((f"{label}: ", "bold"), text)


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _grid() -> Table:
    return Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)


def _ways(ways: tuple[Way, ...]) -> Table:
    grid = Table(box=box.SIMPLE, show_header=False, padding=(0, 1), pad_edge=False, show_edge=False)
    for size in (1, NAMES, VERDICTS):
        grid.add_column(min_width=size, no_wrap=True)
    grid.add_column()
    for way in ways:
        mark = _MARKS.get(way.verdict, "")
        grid.add_row(mark, way.name, way.verdict, Text(way.why), style=_STYLES.get(way.verdict, ""))
    return grid


def _steps(found: Brief) -> Table:
    grid = _grid()
    for number, step in enumerate(found.steps, 1):
        grid.add_row(f"{number}.", Text(step))
    if found.more_steps:
        grid.add_row("", Text(found.more_steps, style="dim"))
    if found.gate:
        grid.add_row("", Text(found.gate, style="italic"))
    return grid


def _asks(found: Brief) -> Group:
    rows: list[RenderableType] = []
    for question, flag, then in found.asks:
        words = Text.assemble((flag, "cyan"), then)
        rows += [Text(f"- {question}"), Padding(words, (0, 0, 0, 2))]
    more = [Padding(Text(found.more_asks, style="dim"), (0, 0, 0, 2))] if found.more_asks else []
    return Group(*rows, *more)
