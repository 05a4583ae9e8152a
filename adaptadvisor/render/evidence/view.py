"""The words and numbers of findings that the formats share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from math import isfinite
from typing import TypeVar, cast

from adaptadvisor.errors import printable
from adaptadvisor.evidence.finding import Finding, Level, Measure, Part, Place
from adaptadvisor.table.facts import show_number
from adaptadvisor.table.speech import capital

T = TypeVar("T")

MARKS: dict[Level, str] = {"passed": "\u2713", "doubtful": "!", "failed": "\u2717", "unknown": "?"}
"""Before a word, which says the same."""

WORDS: dict[Level, str] = {
    "passed": "passed",
    "doubtful": "doubtful",
    "failed": "failed",
    "unknown": "cannot tell",
}
WORST_FIRST: tuple[Level, ...] = ("failed", "doubtful", "unknown", "passed")
HEADING = "What the checks found"
EVERYTHING = "--format json"
"""Where a reader finds what a format leaves out."""

_SMALL = 0.001


# ---- findings fit to be shown ----


def told(finding: Finding) -> Finding:
    """The finding without numbers that say nothing: not a number, or without end."""
    parts = tuple(replace(part, measures=_finite(part.measures)) for part in finding.parts)
    return replace(finding, measures=_finite(finding.measures), parts=parts)


def _finite(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    return tuple(
        replace(one, low=_end(one.low), high=_end(one.high))
        for one in measures
        if isfinite(one.value)
    )


def _end(number: float | None) -> float | None:
    return number if number is not None and isfinite(number) else None


def tidy(finding: Finding) -> Finding:
    """The same with every text in one line, in which nothing acts unseen."""
    return _tidy(told(finding))


def one_line(text: str) -> str:
    """The text without ends of lines, and with nothing that acts unseen."""
    return " ".join(printable(text).split())


def _tidy(value: T) -> T:
    return cast("T", _tidied(value))


def _tidied(value: object) -> object:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, tuple):
        return tuple(map(_tidied, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{one.name: _tidied(getattr(value, one.name)) for one in fields(value)}
        )
    return value


# ---- words ----


def mark(level: Level) -> str:
    """The mark and the word of a level."""
    return f"{MARKS[level]} {WORDS[level]}"


def heading(finding: Finding) -> str:
    """`failed: worse`, which the mark of the level can go before."""
    return f"{capital(WORDS[finding.level])}: {finding.verdict}"


def answer(finding: Finding) -> str:
    """One line: the first sentence, or the verdict where there is none."""
    return finding.says[0] if finding.says else finding.verdict


def level_of(findings: Iterable[Finding]) -> Level:
    """The worst of them; `passed` where there is none."""
    found = {one.level for one in findings}
    return next((level for level in WORST_FIRST if level in found), "passed")


def counted(findings: Sequence[Finding]) -> str:
    """`5 checks: 1 failed, 4 passed`."""
    number = len(findings)
    each = ((level, sum(one.level == level for one in findings)) for level in WORST_FIRST)
    words = ", ".join(f"{count:,} {WORDS[level]}" for level, count in each if count)
    return f"{number:,} check{'s' * (number != 1)}{f': {words}' if words else ''}"


def by_weight(parts: Iterable[Part]) -> list[Part]:
    """The parts, those that ask for something first, each kind in its own order."""
    return sorted(parts, key=lambda part: WORST_FIRST.index(part.level))


def needed(finding: Finding) -> str:
    """How many items would decide it; empty where nobody knows, it is decided, or already said."""
    if finding.needed is None:
        return ""
    items = "1 item" if finding.needed == 1 else f"{show_number(finding.needed)} items"
    if any(items in line for line in finding.do):
        return ""
    return f"About {items} in all would decide it."


def place_words(place: Place) -> str:
    """`file:line`, or the file."""
    return f"{place.file}:{place.line}" if place.line else place.file


# ---- numbers ----


def number(measure: Measure) -> str:
    """The value in the form of its unit, without the unit."""
    return _number(measure, measure.value)


def value(measure: Measure) -> str:
    """The value with its unit: `+2.0 points`, `82.0 %`, `120 items`."""
    return f"{number(measure)} {unit(measure, measure.value)}".strip()


def unit(measure: Measure, amount: float | None = None) -> str:
    """The unit as a word or sign; that of one thing is singular."""
    if measure.unit == "percent":
        return "%"
    one = amount is not None and abs(amount) == 1 and measure.unit in ("items", "words", "tokens")
    return measure.unit[:-1] if one else measure.unit


def interval(measure: Measure) -> str:
    """`78.1 to 85.4`, `at least 78.1`, or nothing where there is no interval."""
    if measure.low is None and measure.high is None:
        return ""
    if measure.high is None:
        return f"at least {_number(measure, measure.low or 0.0)}"
    if measure.low is None:
        return f"at most {_number(measure, measure.high)}"
    return f"{_number(measure, measure.low)} to {_number(measure, measure.high)}"


def in_words(measure: Measure) -> str:
    """`82.0 %, 95 % interval 78.1 to 85.4`."""
    between = interval(measure)
    return f"{value(measure)}{f', 95 % interval {between}' if between else ''}"


def named(measure: Measure) -> str:
    """`difference: -8.0 points, 95 % interval -12.0 to -4.0`, or `120 items`."""
    name = "" if measure.name == measure.unit else f"{measure.name}: "
    return f"{name}{in_words(measure)}"


def _number(measure: Measure, amount: float) -> str:
    if measure.unit in ("points", "percent"):
        return f"{amount:{'+' if signed(measure) else ''}.1f}"
    if amount == int(amount):
        return show_number(amount)
    if measure.unit == "" and abs(amount) < 1:
        return f"{amount:.3f}" if abs(amount) >= _SMALL else f"{amount:.1g}"
    return f"{amount:,.1f}"


def signed(measure: Measure) -> bool:
    """Whether it is a difference, of which the direction matters."""
    ends = (measure.value, measure.low or 0.0, measure.high or 0.0)
    between = measure.low is not None or measure.high is not None
    return measure.unit == "points" and (between or min(ends) < 0)


# ---- the table of parts ----


def columns(parts: Iterable[Part]) -> list[tuple[str, str]]:
    """The measures that parts have, by name and unit, in the order of their first use."""
    return [*dict.fromkeys((one.name, one.unit) for part in parts for one in part.measures)]


def cell(part: Part, column: tuple[str, str]) -> Measure | None:
    """What a part has in a column."""
    found = (one for one in part.measures if (one.name, one.unit) == column)
    return next(found, None)


def compact(measure: Measure) -> str:
    """`-8.0 points (-12.0 to -4.0)`; the unit stays away where the name of the column says it."""
    said = number(measure) if measure.name == measure.unit else value(measure)
    return _with_interval(said, measure)


def bare(measure: Measure) -> str:
    """`-8.0 (-12.0 to -4.0)`, where the unit stands above."""
    return _with_interval(number(measure), measure)


def _with_interval(said: str, measure: Measure) -> str:
    between = interval(measure)
    return f"{said} ({between})" if between else said


def levels(parts: Iterable[Part]) -> str:
    """`1 failed, 6 cannot tell`."""
    found = [part.level for part in parts]
    counts = ((level, found.count(level)) for level in WORST_FIRST)
    return ", ".join(f"{count:,} {WORDS[level]}" for level, count in counts if count)


def clipped(text: str, most: int) -> str:
    """At most so many characters, ending between words where it can."""
    if len(text) <= most:
        return text
    cut = text[: most - 3]
    return f"{cut.rpartition(' ')[0] or cut}..."
