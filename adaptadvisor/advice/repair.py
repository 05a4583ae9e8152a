"""What to look at before a dearer plan: runs that went wrong, and ways that were not tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adaptadvisor.advice.first_test import prompt_does
from adaptadvisor.advice.methods import ways_of
from adaptadvisor.advice.recommendation import (
    ChosenSymptom,
    ChosenVariant,
    Repair,
    Untried,
    picked,
)
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.conditions import ALWAYS, holds
from adaptadvisor.table.plans import APPROACHES, BIT
from adaptadvisor.table.rows import METHOD, methods_of
from adaptadvisor.table.symptoms import Symptom

TRAINING = ("task_head", "lora", "full")
"""The approaches whose runs are repaired before anything dearer is tried."""

_UNTRIED = 4
"""Untried ways shown of each approach."""

_LARGER = (
    "Another base model: run the best prompt on a larger, a newer and another maker's model.",
    "A simpler task: split it, narrow it to the commonest cases, or let a person decide on drafts.",
    "Other data: 50 real requests with careful answers tell more than thousands unlike them.",
)


def repair(here: Circumstances) -> Repair | None:
    """What to repair: where a training approach was tried, where no plan closes every need now, and
    where retrieval was tried and the plan climbs to training, or a way of it fits that nobody says
    was run.
    """
    ran = tried(here)
    climbs = any(approach in TRAINING for approach in here.plan)
    stuck = bool(ran) and (not here.plan or bool(here.outcome.open_needs))
    before = _before(here) if ran else here
    ways = {approach: _runs(before, here, approach) for approach in ran}
    looked_at = {
        approach
        for approach in ran
        if stuck
        or approach in TRAINING
        or (approach == "rag" and (climbs or (ways[approach].fitting and not prompt_does(here))))
    }
    if not looked_at:
        return None
    rows = [row for row in here.table.symptoms.values() if _shows(here, row, looked_at)]
    rows.sort(key=lambda row: (not _likelier(here, row), row.order, row.id))
    shown = [approach for approach in ran if approach in looked_at]
    return Repair(
        symptoms=tuple(picked(ChosenSymptom, row) for row in rows),
        untried=tuple(way for approach in shown for way in _untried(here, approach)),
        larger=_LARGER if stuck else (),
        fitting=tuple(row for approach in shown for row in ways[approach].fitting),
        again=tuple(row for approach in shown for row in ways[approach].again),
    )


def redone(here: Circumstances, repairs: Repair | None) -> tuple[ChosenVariant, ...]:
    """The ways to run in place of a plan, where none is left that was not tried."""
    return repairs.fitting if repairs and not here.plan else ()


def _before(here: Circumstances) -> Circumstances:
    """The situation as it was before anything was tried."""
    return Circumstances(
        here.table, {fact: value for fact, value in here.facts.items() if fact != "tried"}
    )


@dataclass(frozen=True, slots=True)
class _Runs:
    """Of an approach that was tried: the ways that fit and may not have been run, and what was."""

    fitting: tuple[ChosenVariant, ...]
    again: tuple[ChosenVariant, ...]


def _runs(before: Circumstances, here: Circumstances, approach: str) -> _Runs:
    known = here.table.variants
    named = {id for one in here.tried for owner, id in one.variants if owner == approach}
    ran = [
        picked(ChosenVariant, known[id], approach=approach) for id in sorted(named) if id in known
    ]
    by_name = {known[row.id].role for row in ran}
    chosen = [
        row for row in ways_of(before, approach) if row.role == METHOD and row.id not in named
    ]
    fitting = [row for row in chosen if _fits(before, row)]
    if approach in here.plan and named and not _was_whole(here, approach):
        fitting = []  # the plan itself holds it, as what comes next
    usual = [row for row in chosen if row not in fitting and METHOD not in by_name]
    return _Runs(tuple(fitting), tuple(ran or usual))


def _fits(before: Circumstances, row: ChosenVariant) -> bool:
    """Whether the answers ask for this method, and another may have been run instead.

    A training method that cannot work here cannot have been run; a search over the wrong kind of
    knowledge can.
    """
    mine = before.table.variants[row.id]
    instead = (
        other.applies if row.approach in TRAINING else other.when
        for other in methods_of(before.table, row.approach)
        if other.id != row.id
    )
    asked_for = mine.when != ALWAYS and before.holds(mine.when)
    return asked_for and any(holds(one, before.situation) is not False for one in instead)


def tried(here: Circumstances) -> tuple[str, ...]:
    """The approaches that were tried, whole or by a variant, cheapest first."""
    return tuple(approach for approach in APPROACHES if _was_tried(here, approach))


def trained(here: Circumstances) -> tuple[str, ...]:
    """The training approaches among those."""
    return tuple(approach for approach in tried(here) if approach in TRAINING)


def _was_whole(here: Circumstances, approach: str) -> bool:
    return any(one.whole & BIT[approach] for one in here.tried)


def _was_tried(here: Circumstances, approach: str) -> bool:
    return any(one.plan & BIT[approach] for one in here.tried)


def _likelier(here: Circumstances, row: Symptom) -> bool:
    """Whether the answers point to this symptom more than to those of any run."""
    if row.likelier_when != ALWAYS:
        return here.holds(row.likelier_when)
    return row.when != ALWAYS


def _shows(here: Circumstances, row: Symptom, approaches: set[str]) -> bool:
    mine = not row.only_if_seen and not approaches.isdisjoint(row.approaches)
    return mine and here.holds(row.when)


def _untried(here: Circumstances, approach: str) -> Iterator[Untried]:
    """The variants of an approach that may apply and that nobody named, likeliest first."""
    named = {part for one in here.tried for part in one.variants}
    rows = [
        row
        for row in here.table.variants.values()
        if approach in row.approaches
        and row.role != "base-model"  # another model is one of the larger changes
        and row.priority >= 0
        and (approach, row.id) not in named
        and holds(row.applies, here.situation) is not False
    ]
    rows.sort(key=lambda row: (not here.holds(row.when), -row.priority, row.id))
    return (Untried(approach, row.id, row.name) for row in rows[:_UNTRIED])
