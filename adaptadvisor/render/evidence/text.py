"""Findings for a terminal: the answer first, then what was measured and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from adaptadvisor.evidence.finding import Finding, Level, Measure, Part
from adaptadvisor.page import Page
from adaptadvisor.render.evidence import grid, view
from adaptadvisor.render.evidence.grid import Column
from adaptadvisor.table.speech import capital

SCREEN = 40
"""Lines that one finding takes at most, where its words allow it."""

_COLOURS: dict[Level, str] = {"passed": "32", "doubtful": "33", "failed": "1;31", "unknown": "36"}
_LONGEST_NAME = 48
_MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class _Room:
    """How many of each are shown; what is left out is counted."""

    parts: int = _MANY
    places: int = _MANY
    measures: int = _MANY
    sentences: int = _MANY


_Draws: TypeAlias = Callable[[_Room], list[str]]

_ROOMS = (
    _Room(),
    _Room(places=8),
    _Room(places=3),
    _Room(0, places=3, measures=6),
    _Room(0, places=2, measures=4, sentences=4),
    _Room(0, places=0, measures=2, sentences=2),
    _Room(0, places=0, measures=0, sentences=1),
)
"""From everything to the least; where parts are 0, as many of them as still fit."""


def render(
    findings: Sequence[Finding], title: str, width: int, *, colour: bool, plain: bool
) -> str:
    """The page; a plain one has no marks and no tables, for a screen reader."""
    page = Page(width, colour=colour, plain=plain)
    if title:
        page.title(title)
        page.lines.append("")
    if not findings:
        page.say("No check was made.")
    if len(findings) > 1:
        _overview(page, findings, width, plain=plain)
    for number, finding in enumerate(findings):
        if number or len(findings) > 1:
            page.lines += ["", ""]
        page.lines += _fitting(finding, width, colour=colour, plain=plain)
    return page.text()


def _overview(page: Page, findings: Sequence[Finding], width: int, *, plain: bool) -> None:
    page.title(view.counted(findings))
    rows = [(_said(one.level, plain=plain), one.check, one.verdict) for one in findings]
    wide = [(*row, view.answer(one)) for row, one in zip(rows, findings, strict=True)]
    heads = [Column("Result"), Column("Check"), Column("Verdict"), Column("In short")]
    levels = [one.level for one in findings]
    if plain or not _table(page, heads, wide, levels, width):
        for result, check, verdict, short in wide:
            page.say(f"{result}, {verdict}. {short}", mark=f"- {check}: ")


def _fitting(finding: Finding, width: int, *, colour: bool, plain: bool) -> list[str]:
    """The lines of a finding with as much in them as a screen holds."""

    def drawn(room: _Room) -> list[str]:
        page = Page(width, colour=colour, plain=plain)
        _finding(page, finding, width, room, plain=plain)
        return page.lines

    lines: list[str] = []
    for room in _ROOMS:
        lines = drawn(room)
        if len(lines) <= SCREEN:
            return lines if room.parts else _most_parts(drawn, room, len(finding.parts))
    return lines


def _most_parts(drawn: _Draws, room: _Room, number: int) -> list[str]:
    """With as many parts as fit, found by halving."""
    low, high = 0, number
    while low < high:
        middle = (low + high + 1) // 2
        fits = len(drawn(replace(room, parts=middle))) <= SCREEN
        low, high = (middle, high) if fits else (low, middle - 1)
    return drawn(replace(room, parts=low))


def _finding(page: Page, finding: Finding, width: int, room: _Room, *, plain: bool) -> None:
    _first_line(page, finding, plain=plain)
    page.say(f"{finding.title} (check {finding.check})", dim=True)
    says = finding.says[: room.sentences]
    if says:
        page.lines.append("")
        page.say(" ".join(says))
    _more(page, len(finding.says) - len(says), "sentence")
    _measured(page, finding.measures, room.measures, width, plain=plain)
    _parts(page, finding, room.parts, width, plain=plain)
    _places(page, finding, room.places)
    do = finding.do[: room.sentences]
    wanted = view.needed(finding)
    if do or wanted:
        page.heading("What to do")
    for line in do:
        page.say(line, mark="- ")
    _more(page, len(finding.do) - len(do), "step")
    if wanted:
        page.say(wanted, mark="- ")
    if finding.because:
        page.heading("What this answers")
        for line in finding.because[: room.sentences]:
            page.say(line, mark="- ")


def _first_line(page: Page, finding: Finding, *, plain: bool) -> None:
    mark = "" if plain else f"{view.MARKS[finding.level]} "
    start = len(page.lines)
    page.title(f"{mark}{view.heading(finding)}")
    if page.colour:
        head = page.lines[start]
        page.lines[start] = f"\x1b[{_COLOURS[finding.level]}m{head}\x1b[0m"


def _said(level: Level, *, plain: bool) -> str:
    return view.WORDS[level] if plain else view.mark(level)


def _more(page: Page, number: int, what: str = "") -> None:
    if number > 0:
        name = f" {what}{'s' * (number != 1)}" if what else ""
        page.say(f"and {number:,} more{name}: {view.EVERYTHING}", 2, dim=True)


def _measured(
    page: Page, measures: Sequence[Measure], most: int, width: int, *, plain: bool
) -> None:
    if not measures:
        return
    page.heading("Measured")
    seen = measures[:most]
    units = [view.unit(one, one.value) for one in seen]
    longest = max(map(len, units), default=0)
    rows = [
        (_short(one.name), f"{view.number(one)} {unit.ljust(longest)}", view.interval(one))
        for one, unit in zip(seen, units, strict=True)
    ]
    heads = [Column(""), Column("", numbers=True), Column("95 % interval")]
    if not any(between for _, _, between in rows):
        heads[2] = Column("")
    if plain or not _table(page, heads, rows, [], width):
        for one in seen:
            page.say(f"- {view.named(one)}")
    _more(page, len(measures) - len(seen))


def _parts(page: Page, finding: Finding, most: int, width: int, *, plain: bool) -> None:
    if not finding.parts:
        return
    page.heading(f"Parts: {view.levels(finding.parts)}")
    parts = view.by_weight(finding.parts)[:most]
    if parts and (plain or not _table_of(page, parts, width)):
        for part in parts:
            numbers = "; ".join(map(view.named, part.measures))
            said = ". ".join(filter(None, (_verdict(part, plain=plain), numbers)))
            page.say(f"{said}.", mark=f"- {part.name or 'without a name'}: ")
    _more(page, len(finding.parts) - len(parts), "part")


def _table_of(page: Page, parts: Sequence[Part], width: int) -> bool:
    heads, rows = [Column("Part"), Column("Result")], []
    found = view.columns(parts)
    for name, unit in found:
        sign = {"percent": "%", "points": "points"}.get(unit, "")
        heads.append(Column(f"{name}, {sign}" if sign and sign != name else name, numbers=True))
    heads = [replace(one, head=capital(one.head)) for one in heads]
    for part in parts:
        measures = (view.cell(part, column) for column in found)
        numbers = ("" if one is None else view.bare(one) for one in measures)
        rows.append((_short(part.name), _verdict(part, plain=False), *numbers))
    return _table(page, heads, rows, [part.level for part in parts], width)


def _verdict(part: Part, *, plain: bool) -> str:
    """The mark of the level and what the part says; on a plain page the word instead."""
    if plain and part.says:
        return f"{view.WORDS[part.level]}, {part.says}"
    return f"{view.MARKS[part.level]} {part.says}" if part.says else _said(part.level, plain=plain)


def _places(page: Page, finding: Finding, most: int) -> None:
    if not finding.places:
        return
    page.heading(f"Places: {len(finding.places):,}")
    for place in finding.places[:most]:
        page.say(place.says, mark=f"- {view.place_words(place)}: ")
    _more(page, len(finding.places) - len(finding.places[:most]), "place")


def _table(
    page: Page,
    heads: Sequence[Column],
    rows: Sequence[Sequence[str]],
    levels: Sequence[Level],
    width: int,
) -> bool:
    """Writes a table, in which a row that asks for something has a colour; false if too wide."""
    found = grid.lines(heads, rows, max(page.width, width) - 2)
    for number, row in enumerate(found):
        level = levels[number - 1] if number and levels else "passed"
        for line in row if any(row) else ():
            start = f"\x1b[{_COLOURS[level]}m" if level in ("failed", "doubtful") else ""
            start = "\x1b[2m" if not number else start
            painted = f"{start}{line}\x1b[0m" if page.colour and start else line
            page.lines.append(f"  {painted}")
    return bool(found)


def _short(name: str) -> str:
    """A name that leaves room for numbers: as many of its words as that allows."""
    if len(name) <= _LONGEST_NAME or " " not in name:
        return name or "without a name"
    cut = name[: _LONGEST_NAME - 3].rpartition(" ")[0]
    return f"{cut}..." if cut else name
