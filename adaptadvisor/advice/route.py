"""What to do, in order, with a gate after each part of the plan; and the failures to test for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from adaptadvisor.advice.evaluation_set import by_class
from adaptadvisor.advice.first_test import prompt_does, prompt_may_do
from adaptadvisor.advice.methods import first
from adaptadvisor.advice.recommendation import ChosenCheck, ChosenVariant, Step, picked
from adaptadvisor.advice.repair import trained
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.conditions import ALWAYS
from adaptadvisor.table.rows import Approach, Check, Readiness
from adaptadvisor.table.speech import plan_words

STOP = "If it reaches the bar, stop here: keep the prompt."
"""The gate of the baseline where the best prompt is untested and could do."""

BASELINE = "baseline"
_STAGES = ("evaluation", "rights", "outside", "labels", "data", BASELINE)


def route(here: Circumstances, again: Sequence[ChosenVariant] = ()) -> tuple[Step, ...]:
    """What blocks, then evaluation, labels, data and baseline, then the parts of the plan, or the
    ways to run `again` what was tried in another one. Where no plan is left, what was trained is to
    be repaired, and its data come first.
    """
    mended = () if here.plan else {*trained(here)} - here.ruled_out
    rows = list(_readiness(here, {*here.plan, *(way.approach for way in again), *mended}))
    stop = [row for row in rows if "prompt" in row.runs] if prompt_may_do(here) else []
    rows.sort(key=lambda row: _order(row, early=bool(stop)))
    before = (
        picked(Step, row, do=_do(here, row), gate=STOP if row in stop else "") for row in rows
    )
    done = prompt_does(here)
    parts = (
        picked(
            Step,
            row,
            stage="plan",
            do=((done or _in_place(here, row)) and row.kept_step) or row.step,
            because="",
            blocks=False,
        )
        for row in (here.table.approaches[approach] for approach in here.plan)
    )
    redo = (
        picked(Step, way, stage="plan", do=f"{way.name}: {way.what}", gate="", blocks=False)
        for way in again
    )
    return (*before, *parts, *redo, *([_ablation(here)] if len(here.plan) > 1 else []))


def _in_place(here: Circumstances, row: Approach) -> bool:
    """Whether a part of the plan is there already, so that it is kept and not built."""
    return row.in_place != ALWAYS and here.holds(row.in_place)


def _do(here: Circumstances, row: Readiness) -> str:
    """What a row says to do; of the evaluation set that nobody has counted, its size by class."""
    counted = row.stage == "evaluation" and row.when == ALWAYS and by_class(here)
    return f"{counted} Write down the bar before the first run." if counted else row.do


def _readiness(here: Circumstances, approaches: set[str]) -> Iterator[Readiness]:
    """The row of each stage that counts here, of what these approaches need."""
    stages: dict[str, list[Readiness]] = {}
    for row in here.table.readiness.values():
        if here.ruled_out.isdisjoint(row.runs) and _is_about(approaches, row):
            stages.setdefault(row.stage, []).append(row)
    return filter(None, (first(here, rows) for rows in stages.values()))


def _order(row: Readiness, *, early: bool) -> tuple[bool, bool, bool, int, str]:
    """What blocks comes first, the baseline last; `early` where one may stop after it: then right
    after the evaluation set.
    """
    stage = _STAGES.index(row.stage) if row.stage in _STAGES else len(_STAGES)
    late = row.stage not in ("evaluation", BASELINE) if early else row.stage == BASELINE
    return not row.blocks, late, row.when == ALWAYS and not early, stage, row.id


def _is_about(approaches: Collection[str], row: Readiness | Check) -> bool:
    """Whether a row is about these approaches, or about all."""
    return not row.approaches or not set(row.approaches).isdisjoint(approaches)


def _ablation(here: Circumstances) -> Step:
    """For a combination: measure it without its dearest part, and drop that if it adds nothing."""
    dearest = here.table.approaches[here.plan[-1]]
    plan, rest = plan_words(here.plan), plan_words(here.plan[:-1])
    return Step(
        id=f"drop-{dearest.id}-first",
        stage="combination",
        do=f"Measure {plan} against {rest} alone on the same items. {dearest.drop_if}",
        because=f"{dearest.name} is the dearest part, so it is the first to go if it does not earn"
        " its keep",
        gate="",
        blocks=False,
        sources=(),
    )


def checks(here: Circumstances) -> tuple[ChosenCheck, ...]:
    """The failures to test for, those that matter most here first."""
    about = (row for row in here.table.checks.values() if _is_about(here.plan, row))
    rows = [row for row in about if here.holds(row.when)]
    rows.sort(key=lambda row: (row.order, row.id))
    return tuple(picked(ChosenCheck, row, failure=row.name) for row in rows)
