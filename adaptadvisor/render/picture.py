"""Pictures for the HTML page as plain SVG: the adaptation map and the route as a ladder. Narrow
enough for a phone, drawn from the recommendation alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from textwrap import wrap

from adaptadvisor.advice.recommendation import Reason, Recommendation, Step
from adaptadvisor.render.path import path
from adaptadvisor.render.words import NOTHING_LEFT, plan_words, sentence
from adaptadvisor.table.plans import APPROACHES

_WIDTH = 360  # units; one is about a CSS pixel on a phone
_LEFT, _COLUMN = 12, (_WIDTH - 24) / 5
_LINE, _CHARS = 16, 46  # height of a line of 13-unit text, and how many characters of it fit
_SHORT, _LONG = 84, 200
"""How much of a step, and of a row, a picture shows."""


class _Drawing:
    """Collects shapes from top to bottom; `y` is where the next one goes."""

    def __init__(self, y: float) -> None:
        self.y = y
        self.parts: list[str] = []

    def text(self, x: float, words: str, *, kind: str = "", anchor: str = "start") -> None:
        self.parts.append(
            f'<text x="{x:g}" y="{self.y:g}" text-anchor="{anchor}"'
            f' class="{kind}">{escape(words)}</text>'
        )

    def lines(self, words: str, x: float = _LEFT, *, chars: int = _CHARS, kind: str = "") -> None:
        for line in _wrapped(words, chars, _LONG):
            self.y += _LINE
            self.text(x, line, kind=kind)

    def shape(self, markup: str) -> None:
        self.parts.append(markup)

    def svg(self, id: str, title: str, description: str) -> str:
        height = self.y + 14
        body = "".join(self.parts)
        return (
            f'<svg class="{id}" viewBox="0 0 {_WIDTH} {height:g}" role="img"'
            f' aria-labelledby="{id}-title {id}-desc"><title'
            f' id="{id}-title">{escape(title)}</title><desc'
            f' id="{id}-desc">{escape(description)}</desc>{body}</svg>'
        )


def _wrapped(words: str, chars: int, most: int = _SHORT) -> list[str]:
    """Lines that fit: the first part of a longer text, which stands whole in the list beside the
    picture.
    """
    short = (
        re.split(r"(?<=\w)(?:[:;.] | \()", words, maxsplit=1)[0].rstrip(".")
        if len(words) > most
        else words
    )
    return wrap(
        short if len(short) <= most else f"{short[: most - 1].rsplit(' ', 1)[0]}\u2026", chars
    ) or [""]


def adaptation_map(advice: Recommendation) -> str:
    """The five approaches from cheapest to dearest, which need sends you where, and what is ruled
    out; the plan's columns are lit.
    """
    drawing = _Drawing(18)
    drawing.text(_LEFT, "cheapest", kind="small")
    drawing.text(_WIDTH - _LEFT, "dearest", kind="small", anchor="end")
    drawing.shape(f'<path class="arrow" d="M{_LEFT + 62} 14H{_WIDTH - 76}m-6 -4l6 4l-6 4"/>')
    drawing.y = 42
    for number, approach in enumerate(APPROACHES):
        drawing.text(_centre(number), approach.replace("_", " "), kind="head", anchor="middle")
    drawing.y = 50
    shown = path(advice)
    for reason in shown.rows:
        _row(drawing, reason)
    if shown.left_out:
        drawing.lines(f"and {shown.left_out} more, listed under Why", kind="small")
        drawing.y += 8
    _verdicts(drawing, advice)
    lit = "".join(
        f'<rect class="lit" x="{_LEFT + number * _COLUMN + 2:g}" y="26" width="{_COLUMN - 4:g}"'
        f' height="{drawing.y - 24:g}" rx="6"/>'
        for number, approach in enumerate(APPROACHES)
        if approach in advice.plan
    )
    drawing.parts.insert(0, lit)
    _legend(drawing)
    return drawing.svg(
        "map",
        f"Adaptation map: the plan is {plan_words(advice.plan)}",
        " ".join(_map_words(advice)),
    )


def _map_words(advice: Recommendation) -> Iterator[str]:
    for reason in advice.reasons:
        if reason.kind == "need":
            yield (
                f"{sentence(reason.says)} Met by {', '.join(reason.could_meet) or 'nothing here'}."
            )
        else:
            yield f"{sentence(reason.says)} Rules out {', '.join(reason.rules_out)}."


def _centre(number: int) -> float:
    return _LEFT + (number + 0.5) * _COLUMN


def _row(drawing: _Drawing, reason: Reason) -> None:
    """What the row says, and below it a mark in each column."""
    drawing.y += 6
    drawing.shape(f'<path class="rule" d="M{_LEFT} {drawing.y:g}H{_WIDTH - _LEFT}"/>')
    drawing.lines(sentence(reason.says))
    drawing.y += 18
    met = {meeting.approach for meeting in reason.met_by}
    for number, approach in enumerate(APPROACHES):
        if reason.kind == "limit":
            mark = "out" if approach in reason.rules_out else ""
        else:
            mark = "met" if approach in met else "could" if approach in reason.could_meet else "no"
        drawing.shape(_mark(mark, _centre(number), drawing.y))
    drawing.y += 8


def _mark(kind: str, x: float, y: float) -> str:
    """Each mark has a shape of its own, so that none depends on colour."""
    if kind == "met":
        return (
            f'<circle class="met" cx="{x:g}" cy="{y:g}" r="9"/><path class="tick" d="M{x - 4:g}'
            f' {y:g}l3 4l6 -8"/>'
        )
    if kind == "could":
        return f'<circle class="could" cx="{x:g}" cy="{y:g}" r="8"/>'
    if kind == "no":
        return f'<path class="no" d="M{x - 5:g} {y:g}h10"/>'
    return (
        f'<path class="out" d="M{x - 6:g} {y - 6:g}l12 12m0 -12l-12 12"/>' if kind == "out" else ""
    )


_WORD = {
    "recommended": "plan",
    "fallback": "fallback",
    "not needed": "not needed",
    "does not meet": "not enough",
    "ruled out": "ruled out",
}


def _verdicts(drawing: _Drawing, advice: Recommendation) -> None:
    """The verdict under each column, in at most two lines."""
    drawing.y += 6
    drawing.shape(f'<path class="rule" d="M{_LEFT} {drawing.y:g}H{_WIDTH - _LEFT}"/>')
    top = drawing.y
    for number, verdict in enumerate(advice.verdicts):
        for line, word in enumerate(_WORD.get(verdict.verdict, verdict.verdict).split(" ")):
            drawing.y = top + 18 + 15 * line
            drawing.text(
                _centre(number),
                word,
                kind="head" if verdict.verdict == "recommended" else "small",
                anchor="middle",
            )
    drawing.y = top + 38


def _legend(drawing: _Drawing) -> None:
    drawing.y += 20
    for x, kind, words in (
        (20, "met", "meets it in the plan"),
        (190, "could", "could meet it too"),
    ):
        drawing.shape(_mark(kind, x, drawing.y - 4))
        drawing.text(x + 14, words, kind="small")
    drawing.y += 22
    for x, kind, words in ((20, "no", "does not meet it"), (190, "out", "ruled out")):
        drawing.shape(_mark(kind, x, drawing.y - 4))
        drawing.text(x + 14, words, kind="small")


def ladder(advice: Recommendation) -> str:
    """The route from the first step to the last gate: a box for each step, a diamond for each gate,
    and where to go if a gate is not passed.
    """
    drawing = _Drawing(4)
    for number, step in enumerate(advice.route, 1):
        _step(drawing, number, step)
    end = (
        f"If a gate is not passed: {plan_words(advice.fallback.plan)}."
        if advice.fallback
        else f"If that is not enough: {NOTHING_LEFT}"
    )
    _box(drawing, "end", wrap(end, _CHARS - 6))
    drawing.shape(f'<path class="tick-less" d="M24 {drawing.y - 18:g}h12"/>')
    return drawing.svg("ladder", "The route, step by step", " ".join(_route_words(advice.route)))


def _route_words(route: Iterable[Step]) -> Iterator[str]:
    for number, step in enumerate(route, 1):
        yield f"Step {number}: {step.do}" + (f" Gate: {step.gate}" if step.gate else "")


def _box(drawing: _Drawing, kind: str, lines: list[str]) -> None:
    height = len(lines) * _LINE + 14
    drawing.shape(
        f'<rect class="{kind}" x="44" y="{drawing.y:g}" width="{_WIDTH - 50}" height="{height:g}"'
        ' rx="6"/>'
    )
    top = drawing.y
    for number, line in enumerate(lines):
        drawing.y = top + 20 + number * _LINE
        drawing.text(54, line)
    drawing.y = top + height + 12


def _step(drawing: _Drawing, number: int, step: Step) -> None:
    top = drawing.y
    _box(drawing, "blocks" if step.blocks else "step", _wrapped(step.do, _CHARS - 6))
    if step.gate:
        gate = drawing.y
        _box(drawing, "gate", _wrapped(f"Gate, {step.gate[:1].lower()}{step.gate[1:]}", _CHARS - 6))
        drawing.parts.insert(0, f'<path class="rail" d="M24 {top + 20:g}V{gate + 10:g}"/>')
        drawing.shape(f'<path class="diamond" d="M24 {gate + 4:g}l12 12l-12 12l-12 -12z"/>')
    drawing.parts.insert(0, f'<path class="rail" d="M24 {top + 20:g}V{drawing.y + 16:g}"/>')
    drawing.shape(f'<circle class="number" cx="24" cy="{top + 18:g}" r="13"/>')
    drawing.shape(
        f'<text class="numeral" x="24" y="{top + 22.5:g}" text-anchor="middle">{number}</text>'
    )
