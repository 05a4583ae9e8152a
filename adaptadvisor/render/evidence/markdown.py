"""Findings as Markdown, short enough for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from adaptadvisor.evidence.finding import Finding, Measure, Part
from adaptadvisor.render.evidence import view
from adaptadvisor.render.markup import folded, grid, inline, joined, listed

MOST = 65_000
"""Characters that GitHub takes in a comment, less a little."""

_OPEN = 12
"""Parts up to which the table is not folded."""

_STEPS = (1_000, 300, 100, 30, 10, 3, 1)
"""How many of everything are shown; a thousand rows hardly fit."""

_LONGEST, _SHORTER = 1_000, 200
"""Characters of a sentence, and of a name or where nothing else helps."""


def render(findings: Sequence[Finding], title: str) -> str:
    """The comment. No text from outside becomes markup; what does not fit is counted."""
    for most in _STEPS:
        every = (_finding(one, most) for one in findings)
        if text := _fitting(_front(findings, title, most), *every):
            return text
    rows = range(min(len(findings), 100), 0, -10)
    fewer = (_fitting(_front(findings, title, 1, number)) for number in rows)
    return next(filter(None, fewer), "")


def _fitting(*parts: Iterable[str]) -> str:
    """The parts together; empty, and soon so, where they are too long."""
    found: list[str] = []
    room = MOST
    for line in chain.from_iterable(parts):
        found.append(line)
        room -= len(line) + 2
        if room < 0:
            return ""
    return joined(found)


def _front(findings: Sequence[Finding], title: str, most: int, rows: int = 1_000) -> Iterator[str]:
    yield f"# {_text(title or view.HEADING, most)}"
    if not findings:
        yield "No check was made."
    if len(findings) > 1:
        yield f"{view.counted(findings)}."
        cells = (
            (
                view.mark(one.level),
                _name(one.check),
                _name(one.verdict),
                _text(view.answer(one), most),
            )
            for one in findings[:rows]
        )
        yield grid(("Result", "Check", "Verdict", "In short"), cells)
        yield _left_out(len(findings) - rows, "checks")


def _finding(finding: Finding, most: int) -> Iterator[str]:
    yield f"## {view.MARKS[finding.level]} {_text(view.heading(finding), most)}"
    yield f"{_text(finding.title, most)} (check {_name(finding.check)})"
    yield " ".join(_text(line, most) for line in finding.says[:most])
    yield _left_out(len(finding.says) - most, "sentences")
    if finding.measures:
        rows = (
            (_name(one.name), view.value(one), view.interval(one))
            for one in finding.measures[:most]
        )
        yield grid(("Measured", "Value", "95 % interval"), rows)
        yield _left_out(len(finding.measures) - most, "measures")
    yield from _parts(finding.parts, most)
    if finding.places:
        yield "**Places**"
        places = finding.places[:most]
        yield listed(f"{_name(view.place_words(one))}: {_text(one.says, most)}" for one in places)
        yield _left_out(len(finding.places) - most, "places")
    wanted = view.needed(finding)
    if finding.do or wanted:
        yield "**What to do**"
        do = [_text(line, most) for line in finding.do[:most]]
        yield listed([*do, wanted] if wanted else do)
        yield _left_out(len(finding.do) - most, "steps")
    if finding.because:
        yield "**What this answers**"
        yield listed(_text(line, most) for line in finding.because[:most])


def _parts(parts: Sequence[Part], most: int) -> Iterator[str]:
    if not parts:
        return
    found = view.by_weight(parts)[:most]
    columns = view.columns(found)
    head = ("Part", "Result", *(_name(name) for name, _ in columns))
    rows = (
        (
            _name(part.name),
            f"{view.mark(part.level)}{f': {_text(part.says, most)}' if part.says else ''}",
            *("" if one is None else view.compact(one) for one in _cells(part, columns)),
        )
        for part in found
    )
    table = [grid(head, rows), _left_out(len(parts) - most, "parts")]
    heading = f"Parts: {view.levels(parts)}"
    if len(found) > _OPEN:
        yield from folded(heading, table)
    else:
        yield f"**{heading}**"
        yield from table


def _cells(part: Part, columns: Sequence[tuple[str, str]]) -> Iterator[Measure | None]:
    return (view.cell(part, column) for column in columns)


def _text(text: str, most: int) -> str:
    """A sentence as Markdown; the shorter, the less is shown of everything."""
    return inline(view.clipped(text, _LONGEST if most > _OPEN else _SHORTER))


def _name(text: str) -> str:
    return inline(view.clipped(text, _SHORTER)) or "(no name)"


def _left_out(number: int, what: str) -> str:
    return f"*and {number:,} more {what}: {view.EVERYTHING}*" if number > 0 else ""
