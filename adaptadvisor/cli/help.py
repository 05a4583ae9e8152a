"""The help of a command: panels that fit any width from 40 columns on, with nothing cut off."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from adaptadvisor.cli import output

if TYPE_CHECKING:
    from rich.console import Console

_WIDEST = 100
Row = tuple[str, str]


def show(command: TyperCommand | TyperGroup, context: Any) -> None:
    """Prints the help of a command on stdout."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    width = min(output.width(sys.stdout), _WIDEST)
    console = Console(width=width, highlight=False, legacy_windows=False, soft_wrap=False)
    usage = " ".join(command.get_usage(context).split())
    console.print(Padding(Text(usage, style="bold"), (1, 1)))
    for paragraph in (command.help or "").split("\n\n"):
        text = Text(" ".join(paragraph.split()))
        console.print(Padding(text, (0, 1, 1, 1)))
    panels: dict[str, list[Row]] = {}
    for title, row in _rows(command, context):
        panels.setdefault(title, []).append(row)
    for title, rows in panels.items():
        _panel(console, title, rows)
    console.print()
    for line in (command.epilog or "").splitlines():
        console.print(Padding(Text(line), (0, 1)))


def _rows(command: TyperCommand | TyperGroup, context: Any) -> Iterator[tuple[str, Row]]:
    """Each argument, option and command: the title of its panel, its name, what it is."""
    parameters = command.get_params(context)
    for each in parameters:
        if isinstance(each, TyperArgument):
            yield "Arguments", (each.metavar or "", each.help or "")
    if isinstance(command, TyperGroup):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            yield "Commands", (name, (found.help or "").partition("\n\n")[0] if found else "")
    for each in parameters:
        if isinstance(each, TyperOption) and not each.hidden:
            yield each.rich_help_panel or "General", (_names(each), _about(each))


def _names(option: TyperOption) -> str:
    long = sorted(option.opts, key=len, reverse=True)
    words = ", ".join(long)
    short = option.metavar if option.metavar and "|" not in option.metavar else ""
    return f"{words} {short}".strip() if not option.is_flag else words


def _about(option: TyperOption) -> str:
    about = option.help or ""
    if option.secondary_opts:
        about = f"{about} If not, {option.secondary_opts[0]}."
    listed = "\n- " in about  # what each choice means
    if option.metavar and "|" in option.metavar and not (option.is_flag or listed):
        about = f"{about}\n[dim]{option.metavar}[/dim]"
    return about


def _panel(console: Console, title: str, rows: Iterable[Row]) -> None:
    from rich import box
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(no_wrap=True, style="cyan")
    grid.add_column(ratio=1)
    for name, about in rows:
        grid.add_row(Text(name), Text.from_markup(about))
    safe = box.ROUNDED if console.encoding.startswith("utf") else box.ASCII
    panel = Panel(grid, title=title, title_align="left", border_style="dim", box=safe)
    console.print(panel)
