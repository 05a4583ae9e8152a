"""What to look at before a dearer plan: runs that went wrong, and ways that were not tried."""

from __future__ import annotations

from collections.abc import Iterator

from adaptadvisor.advice.recommendation import ChosenSymptom, Repair, Untried, picked
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.conditions import ALWAYS, holds
from adaptadvisor.table.plans import APPROACHES, BIT
from adaptadvisor.table.rows import Symptom

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
    """What to repair, where a training approach was tried or no plan closes every need now."""
    tried = [approach for approach in APPROACHES if _was_tried(here, approach)]
    stuck = bool(tried) and (not here.plan or bool(here.outcome.open_needs))
    looked_at = {approach for approach in tried if stuck or approach in TRAINING}
    if not looked_at:
        return None
    rows = [row for row in here.table.symptoms.values() if _shows(here, row, looked_at)]
    rows.sort(key=lambda row: (row.when == ALWAYS, row.order, row.id))
    return Repair(
        symptoms=tuple(picked(ChosenSymptom, row) for row in rows),
        untried=tuple(
            way for approach in tried if approach in looked_at for way in _untried(here, approach)
        ),
        larger=_LARGER if stuck else (),
    )


def trained(here: Circumstances) -> tuple[str, ...]:
    """The training approaches that were tried, whole or by a variant."""
    return tuple(approach for approach in TRAINING if _was_tried(here, approach))


def _was_tried(here: Circumstances, approach: str) -> bool:
    return any(one.plan & BIT[approach] for one in here.tried)


def _shows(here: Circumstances, row: Symptom, approaches: set[str]) -> bool:
    return not approaches.isdisjoint(row.approaches) and here.holds(row.when)


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
        and holds(row.when, here.situation) is not False
    ]
    rows.sort(key=lambda row: (not here.holds(row.when), -row.priority, row.id))
    return (Untried(approach, row.id, row.name) for row in rows[:_UNTRIED])
