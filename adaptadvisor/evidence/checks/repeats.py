"""`check repeats`: does the same request get the same answer?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean, pvariance

from adaptadvisor.evidence.checks.items import value
from adaptadvisor.evidence.checks.shares import items, not_enough, share
from adaptadvisor.evidence.finding import Finding, Level, Measure
from adaptadvisor.evidence.outcomes import Outcome

STEADY = 95.0
"""Percent of items that must keep their verdict over all repeats (engineering default)."""
_TITLE = "The same request again"
_FEW = 2
_ONE_POINT = 1.0


def repeats(outcomes: Sequence[Outcome]) -> Finding:
    """One system, asked the same more than once."""
    by_item: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        if value(one) is not None:
            by_item[one.item].append(one)
    several = [each for each in by_item.values() if len(each) >= _FEW]
    if not several:
        why = "Every item was answered once, so nobody knows how steady the answers are."
        do = "Run the evaluation three times with the settings of production."
        return not_enough("repeats", _TITLE, "non-determinism", why, do, "not asked twice")
    scores = [[value(one) or 0.0 for one in each] for each in several]
    kept = sum(len(set(each)) == 1 for each in scores)
    stays = share("verdict stays", kept, len(several))
    level = _level(stays)
    return Finding(
        check="repeats",
        title=_TITLE,
        modes=("non-determinism",),
        level=level,
        verdict=_VERDICTS[level],
        says=_says(several, stays.value, scores),
        measures=(
            stays,
            *_texts(several),
            share("right every time", sum(min(each) >= 1 for each in scores), len(scores)),
            Measure(name="right on average", value=fmean(map(fmean, scores)) * 100, unit="percent"),
            Measure(name="noise of one run", value=noise(scores), unit="points"),
            items(len(several), "items asked again"),
        ),
        do=_DO[level],
    )


_VERDICTS: dict[Level, str] = {
    "passed": "steady",
    "doubtful": "probably not steady enough",
    "failed": "not steady",
}
_DO: dict[Level, tuple[str, ...]] = {
    "passed": (),
    "doubtful": ("Average at least three runs before comparing systems.",),
    "failed": (
        "Average at least three runs before comparing systems.",
        "Set the temperature to 0, pin the model's version, and look again.",
    ),
}


def _level(stays: Measure) -> Level:
    if (stays.low or 0) >= STEADY:
        return "passed"
    return "failed" if (stays.high or 0) < STEADY else "doubtful"


def noise(scores: Sequence[Sequence[float]]) -> float:
    """Half the width, in points, of a 95 % interval of the score of one run of these very items:
    what remains when only the model's dice are thrown again.
    """
    variance = sum(pvariance(each) * len(each) / (len(each) - 1) for each in scores)
    return float(1.96 * variance**0.5 / len(scores) * 100)


def _texts(several: Sequence[Sequence[Outcome]]) -> list[Measure]:
    """How often the very words stay, where the results hold them."""
    told = [each for each in several if any(one.output for one in each)]
    if not told:
        return []
    same = sum(len({one.output for one in each}) == 1 for each in told)
    return [share("text stays", same, len(told))]


def _says(
    several: Sequence[Sequence[Outcome]], kept: float, scores: Sequence[Sequence[float]]
) -> tuple[str, ...]:
    most = max(map(len, several))
    said = [f"Asked up to {most} times, {kept:.0f} % of {len(several):,} items keep their verdict."]
    if (own := noise(scores)) >= _ONE_POINT:
        apart = f"differ by up to about {own * 2**0.5:.1f} points"
        said.append(f"Two runs of the same system {apart}; a smaller difference may be luck.")
    return tuple(said)
