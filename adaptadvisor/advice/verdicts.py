"""The verdict on each approach: recommended or not, why, and what speaks for it and against it."""

from __future__ import annotations

from dataclasses import dataclass

from adaptadvisor.advice.after import Fallback
from adaptadvisor.advice.recommendation import Point, Verdict, picked
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Limit, Need, Option
from adaptadvisor.table.speech import plan_words


@dataclass(frozen=True, slots=True)
class _Said:
    """The word on an approach, why, by which rows, what would lift it, and the sources."""

    verdict: str
    because: str
    rows: tuple[str, ...] = ()
    lifted_by: str = ""
    sources: tuple[str, ...] = ()


def verdicts(here: Circumstances, fallback: Fallback | None) -> tuple[Verdict, ...]:
    """The verdict on each of the five, cheapest first."""
    return tuple(_verdict(here, approach, fallback) for approach in APPROACHES)


def _verdict(here: Circumstances, approach: str, fallback: Fallback | None) -> Verdict:
    row = here.table.approaches[approach]
    met = [(need, option) for need in here.needs if (option := here.meeting(need, approach))]
    limits = [limit for limit in here.limits if approach in limit.rules_out]
    good = [Point(option.because, need.id, option.sources) for need, option in met]
    bad = [Point(limit.because, limit.id, limit.sources) for limit in limits]
    if not limits:
        unmet = [need for need in here.needs if not here.meeting(need, approach)]
        unmet.sort(key=lambda need: not _stays(need, approach))
        bad = [_why_not(here, need, approach) for need in unmet]
    said = _said(here, approach, fallback, met, limits)
    return picked(
        Verdict,
        said,
        approach=approach,
        action=row.action,
        good=(*good, Point(f"strong at {row.strong_at}", approach, row.sources)),
        bad=(*bad, Point(f"weak at {row.weak_at}", approach, row.sources)),
    )


def _said(
    here: Circumstances,
    approach: str,
    fallback: Fallback | None,
    met: list[tuple[Need, Option]],
    limits: list[Limit],
) -> _Said:
    if approach in here.plan:
        first = met[0][1]
        rows = tuple(need.id for need, _ in met)
        return _Said("recommended", first.because, rows, sources=first.sources)
    if limits:
        return _Said(
            "ruled out",
            "; and ".join(limit.because for limit in limits),
            tuple(limit.id for limit in limits),
            "; and ".join(limit.lifted_by for limit in limits),
            tuple(sorted({source for limit in limits for source in limit.sources})),
        )
    if later := _later(approach, fallback):
        return _Said("fallback", later)
    elsewhere = here.outcome.open_needs if here.plan else ()  # open whatever is done
    unmet = [
        need for need in here.needs if need.id not in elsewhere and not here.meeting(need, approach)
    ]
    if unmet:
        why = _why_not(here, unmet[0], approach)
        rows = tuple(need.id for need in unmet)
        return _Said("does not meet", why.says, rows, sources=why.sources)
    if fell_short := here.fell_short(approach):
        return _Said("not needed", fell_short)
    if not here.plan:
        return _Said("does not meet", "alone it was not enough", here.outcome.open_needs)
    plan = plan_words(here.plan)
    because = f"nothing speaks against it, but {plan} meets every need at a lower cost"
    return _Said("not needed", because)


def _later(approach: str, fallback: Fallback | None) -> str:
    """When an approach comes next, and as a part of what; empty where it does not."""
    if fallback is None:
        return ""
    cases = [(row.plan, f"if {row.shown} and it is not enough") for row in fallback.by_result]
    for plan, when in cases or [(fallback.plan, "if the plan fails its gate")]:
        if approach in plan:
            part = "" if plan == (approach,) else f"as a part of {plan_words(plan)}, "
            return f"{part}{when}"
    return ""


def _stays(need: Need, approach: str) -> bool:
    """Whether not meeting a need is a danger that no other part of a plan takes away."""
    return any(row.approach == approach and row.stays for row in need.not_met_by)


def _why_not(here: Circumstances, need: Need, approach: str) -> Point:
    """Why an approach does not meet a need: what it lacks, else the row's own words."""
    for option in need.met_by:
        if option.approach == approach and here.holds(option.when):
            lacks = f"it needs {here.missing(here.prerequisites(option))}"
            return Point(lacks, need.id, option.sources)
    for refusal in need.not_met_by:
        if refusal.approach == approach:
            return Point(refusal.because, need.id, refusal.sources)
    return Point("nothing known so far says that it would", need.id, ())
