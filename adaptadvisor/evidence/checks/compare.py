"""`check compare`: is the second system better than the first, on the same items, and where not?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import fmean, pstdev
from typing import Literal

from adaptadvisor.evidence import statistics
from adaptadvisor.evidence.checks.items import Pair, Paired, paired, slices_of
from adaptadvisor.evidence.finding import MATTERS, ONLY, Finding, Level, Measure, Part
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.evidence.statistics import ALPHA, Interval
from adaptadvisor.table.facts import show_number

MARGIN, MARGIN_OF_HIGH_STAKES = 2.0, 1.0
"""Points of difference that matter (engineering default), and where a wrong answer costs much."""


def usual_margin(answers: Mapping[str, object]) -> float:
    """The points that matter in a situation where nobody says how many do."""
    return MARGIN_OF_HIGH_STAKES if answers.get("stakes") == "high" else MARGIN


Verdict = Literal["better", "worse", "no difference that matters", "not enough evidence"]
_LEVELS: dict[Verdict, Level] = {
    "better": "passed",
    "no difference that matters": "passed",
    "worse": "failed",
    "not enough evidence": "unknown",
}
_FEW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The second system less the first on some items, in shares; `p` of their being equal."""

    number: int
    first: float
    second: float
    interval: Interval
    p: float
    only_first: int = 0
    only_second: int = 0

    @property
    def value(self) -> float:
        """The difference seen."""
        return self.second - self.first


def difference(pairs: Sequence[Pair], *, flat: bool) -> Difference:
    """Exact where an item is right or wrong, once; else by the means of the items."""
    first, second = (fmean(getattr(pair, name) for pair in pairs) for name in ("first", "second"))
    if not flat:
        found = statistics.mean([pair.difference for pair in pairs])
        interval, p, lost, won = found.interval, found.p, 0, 0
    else:
        lost = sum(pair.first > pair.second for pair in pairs)
        won = sum(pair.second > pair.first for pair in pairs)
        p = statistics.mcnemar(lost, won)
        interval = statistics.paired_share(lost, won, len(pairs))
    return Difference(
        number=len(pairs),
        first=first,
        second=second,
        interval=Interval(max(-1.0, interval.low), min(1.0, interval.high)),
        p=p,
        only_first=lost,
        only_second=won,
    )


def verdict(found: Difference, p: float, margin: float) -> Verdict:
    """One of four; `margin` is a share, `p` what counts after correction.

    A difference whose whole interval stays inside the margin does not matter, however sure it is;
    one that is sure has its direction; anything else the items cannot tell.
    """
    if -margin < found.interval.low and found.interval.high < margin:
        return "no difference that matters"
    if p < ALPHA:
        return "better" if found.value > 0 else "worse"
    return "not enough evidence"


def compare(
    first: Sequence[Outcome],
    second: Sequence[Outcome],
    names: tuple[str, str],
    *,
    margin: float = MARGIN,
    keep_general: bool = False,
) -> Finding:
    """The second system against the first; `margin` in points."""
    both = paired(first, second)
    if len(both.pairs) < _FEW:
        return _nothing(both, names)
    total = difference(both.pairs, flat=both.flat)
    said = verdict(total, total.p, margin / 100)
    parts, lost = _parts(both, margin)
    level: Level = "failed" if lost else _LEVELS[said]
    needed = _needed(both, total, margin / 100) if said == "not enough evidence" else None
    return Finding(
        check="compare",
        title=f"{names[1]} against {names[0]}",
        modes=_modes(parts, said, keep_general=keep_general),
        level=level,
        verdict=f"{said}, and worse in a part" if lost and said != "worse" else said,
        says=_says(both, total, said, names, margin, lost, len(parts)),
        measures=_measures(total, names, both, margin),
        parts=parts,
        do=_do(said, lost, names, needed),
        needed=needed,
    )


def _modes(parts: Sequence[Part], said: Verdict, *, keep_general: bool) -> tuple[str, ...]:
    modes = ["gain-is-noise"]
    if said == "worse" or keep_general or any(part.level == "failed" for part in parts):
        modes.append("over-adaptation")
    return (*modes, "evaluation-gaps") if parts else tuple(modes)


def _nothing(both: Paired, names: tuple[str, str]) -> Finding:
    aside = both.only_first + both.only_second
    why = (
        f"only {len(both.pairs)} items are answered by both"
        if both.pairs
        else ("no item is answered by both")
    )
    return Finding(
        check="compare",
        title=f"{names[1]} against {names[0]}",
        modes=("gain-is-noise",),
        level="unknown",
        verdict="not enough evidence",
        says=(
            f"These cannot be compared: {why}.",
            f"{_items(aside)} are in one of them only." if aside else "Both hold the same items.",
        ),
        do=(
            "Give every item the same id in both runs."
            if aside
            else "Say of every answer whether it is right (correct) or how good it is (score).",
        ),
    )


def _parts(both: Paired, margin: float) -> tuple[tuple[Part, ...], bool]:
    """A part for each slice, after Holm among all of them, and whether one is worse for sure."""
    cut = [
        (f"{column}: {word}", [pair for pair in both.pairs if pair.slices.get(column) == word])
        for column, words in slices_of(pair.slices for pair in both.pairs).items()
        for word in words
    ]
    found = [(name, difference(pairs, flat=both.flat)) for name, pairs in cut if pairs]
    counted = statistics.holm([one.p for _, one in found])
    parts, lost = [], False
    for (name, one), p in zip(found, counted, strict=True):
        said = verdict(one, p, margin / 100)
        worse = said == "worse" and one.value <= -margin / 100
        lost = lost or worse
        level: Level = "failed" if worse else "doubtful" if said == "worse" else _LEVELS[said]
        measures = (
            Measure(name="items", value=one.number, unit="items"),
            Measure(name="first", value=one.first * 100, unit="percent"),
            Measure(name="second", value=one.second * 100, unit="percent"),
            _points("difference", one),
        )
        parts.append(Part(name=name, level=level, says=said, measures=measures))
    return tuple(parts), lost


def _points(name: str, one: Difference) -> Measure:
    low, high = (each * 100 if isfinite(each) else None for each in one.interval)
    return Measure(name=name, value=one.value * 100, unit="points", low=low, high=high)


def _measures(
    total: Difference, names: tuple[str, str], both: Paired, margin: float
) -> tuple[Measure, ...]:
    shares = [
        Measure(name=name, value=share * 100, unit="percent", low=low, high=high)
        for name, share, (low, high) in (
            (names[0], total.first, _share(total.first, total.number, flat=both.flat)),
            (names[1], total.second, _share(total.second, total.number, flat=both.flat)),
        )
    ]
    matters = Measure(name=MATTERS, value=margin, unit="points")
    found = [*shares, _points("difference", total), matters]
    found.append(Measure(name="items answered by both", value=total.number, unit="items"))
    if both.flat:
        found += [
            Measure(name=f"{ONLY}{names[0]}", value=total.only_first, unit="items"),
            Measure(name=f"{ONLY}{names[1]}", value=total.only_second, unit="items"),
        ]
    return tuple(found)


def _share(share: float, number: int, *, flat: bool) -> tuple[float | None, float | None]:
    if not flat:
        return None, None
    low, high = statistics.wilson(round(share * number), number)
    return low * 100, high * 100


def _says(
    both: Paired,
    total: Difference,
    said: Verdict,
    names: tuple[str, str],
    margin: float,
    lost: bool,
    parts: int,
) -> tuple[str, ...]:
    low, high = (each * 100 for each in total.interval)
    size, within = abs(total.value) * 100, f"95 % interval {low:+.1f} to {high:+.1f}"
    heads: dict[Verdict, str] = {
        "better": f"Better: {names[1]} beats {names[0]} by {size:.1f} points ({within}).",
        "worse": f"Worse: {names[1]} falls {size:.1f} points behind {names[0]} ({within}).",
        "no difference that matters": (
            f"No difference that matters between {names[1]} and {names[0]}:"
            f" {total.value * 100:+.1f} points ({within}), all within {margin:g}."
        ),
        "not enough evidence": (
            f"These items cannot tell whether {names[1]} is better than {names[0]}:"
            f" {total.value * 100:+.1f} points ({within})."
        ),
    }
    more = []
    if parts > 1:
        more.append(f"Each of the {parts} parts counts after Holm's correction for their number.")
    if lost:
        more.append("In at least one part it is worse for sure.")
    elif said == "not enough evidence" and low > -margin:
        more.append(f"It is not worse by {margin:g} points or more.")
    if max(both.repeats) > 1:
        most = max(both.repeats)
        more.append(f"Items were answered up to {most} times; each counts once, by its mean.")
    return (heads[said], *more, *_aside(both, names))


def _aside(both: Paired, names: tuple[str, str]) -> list[str]:
    """What is not in the comparison."""
    said = []
    for name, errors in zip(names, both.errors, strict=True):
        if errors:
            said.append(
                f"{name} gave no answer {_times(errors)}; that is kept apart from wrong answers."
            )
    for name, number in zip(names, (both.only_first, both.only_second), strict=True):
        if number:
            said.append(f"{_items(number)} only in {name} could not be paired.")
    return said


def _times(number: int) -> str:
    return "once" if number == 1 else f"{show_number(number)} times"


def _items(number: int) -> str:
    return "1 item" if number == 1 else f"{show_number(number)} items"


def _needed(both: Paired, total: Difference, margin: float) -> int:
    """Items that would tell a difference of the size seen, or of the margin if that is larger."""
    size = max(abs(total.value), margin)
    if both.flat:
        disagree = (total.only_first + total.only_second) / total.number
        return max(statistics.items_needed(size, disagree), total.number + 1)
    spread = pstdev([pair.difference for pair in both.pairs])
    return max(statistics.items_for_power(size, spread), total.number + 1)


def _do(said: Verdict, lost: bool, names: tuple[str, str], needed: int | None) -> tuple[str, ...]:
    if lost or said == "worse":
        return (
            f"Keep {names[0]}. Read the items that {names[1]} lost before changing anything else.",
        )
    if said == "better":
        return (f"Take {names[1]} if the gain is worth its extra cost.",)
    if said == "no difference that matters":
        return ("Keep the cheaper of the two.",)
    more = (
        f" About {show_number(needed)} items would tell a difference of this size."
        if needed
        else ""
    )
    return (f"Keep the cheaper of the two until more items are in.{more}",)
