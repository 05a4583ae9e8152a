"""`check dates`: are answers on recent things worse than those on older ones?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from adaptadvisor.errors import bad_input, shown
from adaptadvisor.evidence.checks.compare import MARGIN
from adaptadvisor.evidence.checks.items import value
from adaptadvisor.evidence.checks.shares import HALF, not_enough, share
from adaptadvisor.evidence.checks.shares import items as count
from adaptadvisor.evidence.finding import MATTERS, Finding, Level, Measure, Part
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.evidence.statistics import newcombe

_FEW = 10
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def day(text: str) -> date | None:
    """The first day that a date such as 2026, 2026-05 or 2026-05-17T10:00 may mean, if any.

    >>> day("2026-05")
    datetime.date(2026, 5, 1)
    """
    found = _DAY.match(text.strip())
    if not found:
        return None
    try:
        return date(*(int(part) if part else 1 for part in found.groups()))
    except ValueError:
        return None


def cutoff_day(text: str) -> date:
    """The date a person gave; `BadInput` where it is none."""
    found = day(text)
    if found is None:
        right = "give the last month of the model's training text, such as 2025-06"
        raise bad_input("bad-date", f'"{shown(text)}" is no date; {right}', "--cutoff")
    return found


def dates(outcomes: Sequence[Outcome], cutoff: date, margin: float = MARGIN) -> Finding:
    """One system before and after the end of what its model has read; `margin` in points."""
    by_day: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for one in outcomes:
        when, score = day(one.date), value(one)
        if when is not None and score is not None:
            by_day[one.item].append((when, score))
    items = [
        (found[0][0], sum(score for _, score in found) / len(found) >= HALF)
        for found in by_day.values()
    ]
    older = [right for when, right in items if when < cutoff]
    newer = [right for when, right in items if when >= cutoff]
    title = f"Before and after {cutoff.isoformat()}"
    if min(len(older), len(newer)) < _FEW:
        seen = f"There are {len(older)} dated items before {cutoff.isoformat()}, {len(newer)} after"
        why = f"{seen}; ten of each are the least."
        unread = [one.date for one in outcomes if one.date and day(one.date) is None]
        if unread:
            told = f"{len(unread)} dates such as {shown(unread[0], 20)} cannot be read"
            why = f"{why} {told}; write 2024-12-31."
        do = "Give every item the date of what it asks about, in the column date."
        return not_enough("dates", title, "stale-knowledge", why, do)
    low, high = newcombe(sum(newer), len(newer), sum(older), len(older))
    gap = (sum(newer) / len(newer) - sum(older) / len(older)) * 100
    interval = f"95 % interval {low * 100:+.1f} to {high * 100:+.1f}"
    level: Level
    if high < 0 and gap <= -margin:
        level, verdict = "failed", "worse on recent things"
    elif low * 100 > -margin:
        level, verdict = "passed", "as good on recent things"
    else:
        level, verdict = "unknown", "not enough evidence"
    return Finding(
        check="dates",
        title=title,
        modes=("stale-knowledge",),
        level=level,
        verdict=verdict,
        says=(f"From {cutoff.isoformat()} on the score is {gap:+.1f} points, {interval}.",),
        measures=(
            Measure(name="difference", value=gap, unit="points", low=low * 100, high=high * 100),
            Measure(name=MATTERS, value=margin, unit="points"),
        ),
        parts=(_part("before", older), _part("after", newer, level), *_quarters(items)),
        do=_DO[level],
    )


_DO: dict[Level, tuple[str, ...]] = {
    "failed": ("Hand the model current passages (RAG), and measure again.",),
    "unknown": ("Add items from after the cut-off.",),
}
_DO["passed"] = ()


def _part(name: str, right: Sequence[bool], level: Level = "passed") -> Part:
    number = len(right)
    measures = (count(number), share("right", sum(right), number))
    return Part(name=name, level=level, says=f"{sum(right):,} of {number:,}", measures=measures)


def _quarters(items: Sequence[tuple[date, bool]]) -> list[Part]:
    found: dict[str, list[bool]] = defaultdict(list)
    for when, right in items:
        found[f"{when.year}, quarter {(when.month + 2) // 3}"].append(right)
    return [_part(name, found[name]) for name in sorted(found)]
