"""What the pictures of the HTML page say: templates/map.svg and the route, templates/ladder.svg."""

from __future__ import annotations

import re
from textwrap import wrap

from adaptadvisor.advice.recommendation import Reason, Recommendation
from adaptadvisor.render.path import path
from adaptadvisor.render.words import sentence
from adaptadvisor.table.plans import APPROACHES

_CHARS, _MOST = 46, 84
"""How many characters fit in a line, and how much of a text a picture shows."""

_VERDICTS = {
    "recommended": "plan",
    "fallback": "fallback",
    "not needed": "not needed",
    "does not meet": "not enough",
    "ruled out": "ruled out",
}
"""Each verdict in at most two short words."""


def shown(advice: Recommendation) -> dict[str, object]:
    """What the templates of the pictures need."""
    route = enumerate(advice.route, 1)
    return {
        "approaches": APPROACHES,
        "shown": path(advice),
        "verdicts": _VERDICTS,
        "centre": lambda column: 12 + (column + 0.5) * 67.2,  # 336 units for five columns
        "met": _met,
        "lines": _lines,
        "map_words": " ".join(f"{sentence(row.says)} {_leads(row)}." for row in advice.reasons),
        "route_words": " ".join(
            f"Step {number}: {step.do}{f' Gate: {step.gate}' if step.gate else ''}"
            for number, step in route
        ),
    }


def _leads(row: Reason) -> str:
    if row.kind == "need":
        return f"Met by {', '.join(row.could_meet) or 'nothing here'}"
    return f"Rules out {', '.join(row.rules_out)}"


def _met(row: Reason, approach: str) -> str:
    """Which mark a row has in the column of an approach."""
    if row.kind == "limit":
        return "out" if approach in row.rules_out else ""
    if approach in {meeting.approach for meeting in row.met_by}:
        return "met"
    return "could" if approach in row.could_meet else "no"


def _lines(words: str, chars: int = _CHARS, most: int = _MOST) -> list[str]:
    """Lines that fit: the first part of a longer text, which the list next to it shows whole."""
    if len(words) > most:
        words = re.split(r"(?<=\w)(?:[:;.] | \()", words, maxsplit=1)[0].rstrip(".")
    if len(words) > most:
        words = f"{words[: most - 1].rsplit(' ', 1)[0]}\u2026"
    return wrap(words, chars) or [""]
