"""Where the marks of the plots of the HTML page stand: intervals beside each other, and flips.

Places are in percent of the width of a plot, so that it fits every screen without a script.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from adaptadvisor.evidence.finding import MATTERS, ONLY, Finding, Level, Measure, Unit
from adaptadvisor.render.evidence import view

MOST_ROWS = 200
"""Rows of a plot; nobody compares more by eye."""

_EDGE = 5.0  # percent of the width that stays free on either side, for half a label
_TICKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the plot: an interval with the point inside it, and the same in words."""

    name: str
    level: Level | None
    says: str
    words: str
    low: float
    at: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Intervals of one unit on one scale. `zero` and `band` (start, width) only for differences."""

    unit: Unit
    title: str
    rows: tuple[Row, ...]
    left_out: int
    ticks: tuple[tuple[float, str], ...]
    zero: float | None
    band: tuple[float, float] | None
    margin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A count, and how long its bar is."""

    name: str
    words: str
    length: float


_TITLES: dict[Unit, str] = {
    "points": "Differences with their 95 % intervals, in percentage points",
    "percent": "Shares with their 95 % intervals, in percent",
}


def plots(finding: Finding) -> list[Plot]:
    """A plot of the differences and one of the shares, where there are intervals."""
    found = (_plot(finding, unit) for unit in _TITLES)
    return [plot for plot in found if plot is not None]


def flips(finding: Finding) -> list[Bar]:
    """How many items one system alone has right, for each of the two."""
    found = [one for one in finding.measures if one.name.startswith(ONLY)]
    most = max((one.value for one in found), default=0.0)
    return [
        Bar(
            name=one.name.removeprefix(ONLY),
            words=view.value(one),
            length=max(one.value, 0.0) / most * 100 if most > 0 else 0.0,
        )
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class _Seen:
    name: str
    level: Level | None
    says: str
    measure: Measure
    low: float
    high: float


def _plot(finding: Finding, unit: Unit) -> Plot | None:
    seen = [*_whole(finding, unit), *_parts(finding, unit)]
    if not seen:
        return None
    left_out, seen = len(seen) - MOST_ROWS, seen[:MOST_ROWS]
    margin = _margin(finding) if unit == "points" else None
    ends = [end for one in seen for end in (one.low, one.measure.value, one.high)]
    if unit == "points":
        ends += [0.0, *((-margin, margin) if margin else ())]
    scale = _Scale.over(ends)
    return Plot(
        unit=unit,
        title=_TITLES[unit],
        rows=tuple(_row(one, scale) for one in seen),
        left_out=max(left_out, 0),
        ticks=tuple((scale.at(tick), _label(tick, unit)) for tick in scale.ticks),
        zero=scale.at(0.0) if unit == "points" else None,
        band=(scale.at(-margin), scale.at(margin) - scale.at(-margin)) if margin else None,
        margin=f"{margin:g}" if margin else "",
    )


def _whole(finding: Finding, unit: Unit) -> Iterator[_Seen]:
    for one in finding.measures:
        if one.unit == unit and one.low is not None and one.high is not None:
            level = finding.level if unit == "points" else None
            yield _Seen(one.name, level, "as a whole", one, one.low, one.high)


def _parts(finding: Finding, unit: Unit) -> Iterator[_Seen]:
    several = len({name for name, of in _with_interval(finding) if of == unit}) > 1
    for part in view.by_weight(finding.parts):
        for one in part.measures:
            if one.unit == unit and one.low is not None and one.high is not None:
                name = f"{part.name}, {one.name}" if several else part.name
                yield _Seen(name, part.level, part.says, one, one.low, one.high)


def _with_interval(finding: Finding) -> Iterator[tuple[str, Unit]]:
    for part in finding.parts:
        yield from ((one.name, one.unit) for one in part.measures if one.low is not None)


def _margin(finding: Finding) -> float | None:
    found = (one.value for one in finding.measures if (one.name, one.unit) == (MATTERS, "points"))
    margin = next(found, None)
    return margin if margin and margin > 0 else None


def _row(seen: _Seen, scale: _Scale) -> Row:
    return Row(
        name=seen.name or "(no name)",
        level=seen.level,
        says=seen.says,
        words=view.bare(seen.measure),
        low=scale.at(seen.low),
        at=scale.at(seen.measure.value),
        high=scale.at(seen.high),
    )


def _label(tick: float, unit: Unit) -> str:
    return f"{tick:+g}" if unit == "points" and tick else f"{tick:g}"


@dataclass(frozen=True, slots=True)
class _Scale:
    start: float
    end: float
    ticks: Sequence[float]

    @classmethod
    def over(cls, ends: Iterable[float]) -> _Scale:
        """From a round number below all of them to one above, with few round ticks between."""
        low, high = min(ends := [*ends]), max(ends)
        step = _step(max(high - low, 1e-9))
        first, last = floor(low / step), ceil(high / step)
        last = max(last, first + 1)
        ticks = [round(number * step, 12) for number in range(first, last + 1)]
        return cls(ticks[0], ticks[-1], ticks)

    def at(self, number: float) -> float:
        share = (number - self.start) / (self.end - self.start)
        return round(_EDGE + (100 - 2 * _EDGE) * share, 2)


def _step(width: float) -> float:
    """The roundest step that needs few ticks: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(width / _TICKS))
    steps = (power, 2 * power, 5 * power, 10 * power)
    return next(step for step in steps if width / step <= _TICKS)
