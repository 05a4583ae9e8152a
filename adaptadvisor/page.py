"""Plain text pages: headings, wrapped paragraphs, lists with hanging indents; colour or none."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from adaptadvisor.errors import printable

HANG = 3
"""How far the further lines of an item are indented, however long the name in front of it is."""

NARROWEST, WIDEST = 30, 100
"""Lines are wrapped inside these widths, however narrow or wide the terminal is."""

_COLUMN = 24
"""The narrowest that a column of text may be."""

_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


class Page:
    """Collects lines. Colour only repeats what words and order say; a plain page has no arrows."""

    def __init__(self, width: int, *, colour: bool, plain: bool = False) -> None:
        self.width = max(NARROWEST, min(width, WIDEST))
        self.colour, self.plain = colour and not plain, plain
        self.gives = "gives" if plain else "->"
        self.lines: list[str] = []

    def bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_RESET}" if self.colour else text

    def title(self, text: str) -> None:
        self.lines += [self.bold(line) for line in self._wrapped(text, 0, "")]

    def heading(self, text: str) -> None:
        self.lines.append("")
        self.title(" ".join(text.split()))

    def say(self, text: str, indent: int = 0, *, mark: str = "", dim: bool = False) -> None:
        """A paragraph with a `mark` (a bullet, a number, a name) in front of it."""
        lines = self._wrapped(text, indent, mark)
        self.lines += [f"{_DIM}{line}{_RESET}" if dim and self.colour else line for line in lines]

    def columns(self, cells: Sequence[str], widths: Sequence[int], *, bold: bool = False) -> None:
        """Cells beside each other, each padded to its width; the last is wrapped in its column. On
        a page that is too narrow for that, the last three are one paragraph.
        """
        if self.width < sum(widths) + _COLUMN:  # too narrow for columns
            self.say(f"{cells[-2]}: {cells[-1]}", mark=f"- {cells[0]}: ")
            return
        front = "  ".join(cell.ljust(size) for cell, size in zip(cells, widths, strict=False))
        lines = self._wrapped(f"{cells[-1]}", 0, "", self.width - len(front) - 4)
        for number, line in enumerate(lines):
            start = front if not number else " " * len(front)
            text = f"  {start}  {line}".rstrip()
            self.lines.append(self.bold(text) if bold else text)

    def finding(self, text: str) -> None:
        """A line of its own, however long: editors read `file:line:column: error[code]: ...`."""
        self.lines.append(" ".join(printable(text).split()))

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def _wrapped(self, text: str, indent: int, mark: str, width: int = 0) -> list[str]:
        hang = " " * (indent + min(len(mark), HANG))
        lines = wrap(
            printable(f"{mark.strip()} {text}" if mark else text),
            max(width or self.width, 20),
            initial_indent=" " * indent,
            subsequent_indent=hang,
            break_on_hyphens=False,
            break_long_words=False,
        )
        return lines or [""]
