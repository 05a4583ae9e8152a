"""Why the plan is what it is: the rows that fired, what to confirm, and the needs left open."""

from __future__ import annotations

from collections.abc import Iterator

from adaptadvisor.advice.recommendation import Closer, Confirm, Meeting, OpenNeed, Reason, picked
from adaptadvisor.engine.situation import Circumstances, both, parts
from adaptadvisor.table.conditions import ALWAYS, Condition, holds, tests
from adaptadvisor.table.facts import exact
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Limit, Need, Option
from adaptadvisor.table.speech import authors, condition_words


def reasons(here: Circumstances) -> tuple[Reason, ...]:
    """The needs and limits that fired, needs first."""
    return (
        *(_need(here, need) for need in here.needs),
        *(_limit(here, limit) for limit in here.limits),
    )


def _need(here: Circumstances, need: Need) -> Reason:
    met = [option for approach in here.plan if (option := here.meeting(need, approach))]
    # The need that always counts has answers of its own only where no other need counts.
    known = both(need.when, *(option.when for option in met))
    if need.when == ALWAYS and len(here.needs) > 1:
        known = ALWAYS
    return picked(
        Reason,
        need,
        row=need.id,
        kind="need",
        says=need.need,
        because=met[0].because if met else f"open: {need.closed_by}",
        answers=here.answers(known),
        met_by=tuple(Meeting(option.approach, option.because, option.sources) for option in met),
        could_meet=tuple(approach for approach in APPROACHES if here.meeting(need, approach)),
        rules_out=(),
        disagreement=authors(need.disagreement, here.table.sources),
    )


def _limit(here: Circumstances, limit: Limit) -> Reason:
    return picked(
        Reason,
        limit,
        row=limit.id,
        kind="limit",
        says=limit.limit,
        answers=here.answers(limit.when),
        met_by=(),
        could_meet=(),
        disagreement=authors(limit.disagreement, here.table.sources),
    )


def review_by(here: Circumstances) -> str:
    """When the first of the rows that fired is due for another look; empty where nothing says."""
    rows: list[Need | Limit] = [*here.needs, *here.limits]
    reviewed = [row.reviewed for row in rows if row.reviewed]
    if not reviewed or not here.table.review_after_days:
        return ""
    from datetime import date, timedelta

    due = date.fromisoformat(min(reviewed)) + timedelta(here.table.review_after_days)
    return due.isoformat()


def confirm_first(here: Circumstances) -> tuple[Confirm, ...]:
    """The prerequisites of the plan's options that are not known to hold, each once."""
    found: dict[tuple[str, str], Confirm] = {}
    for need in here.needs:
        for approach in here.plan:
            option = here.meeting(need, approach)
            for part in parts(here.prerequisites(option)) if option else ():
                if holds(part, here.situation) is None:
                    confirm = _confirm(here, approach, part)
                    found.setdefault((approach, confirm.condition), confirm)
    return tuple(found.values())


def _confirm(here: Circumstances, approach: str, part: Condition) -> Confirm:
    known = here.table.facts
    asked = {fact for test in tests(part) for fact in known[test.fact].inputs or (test.fact,)}
    facts = tuple(
        fact.id
        for fact in here.table.questions
        if fact.id in asked and not exact(here.facts.get(fact.id))
    )
    find_out = known[facts[0]].find_out if facts else ""
    return Confirm(approach, condition_words(part, known), facts, find_out)


def open_needs(here: Circumstances) -> tuple[OpenNeed, ...]:
    """The needs that the plan leaves open, and what would close each."""
    rows = (here.table.needs[id] for id in here.outcome.open_needs)
    return tuple(
        picked(OpenNeed, need, closers=tuple(dict.fromkeys(_closers(here, need)))) for need in rows
    )


def _closers(here: Circumstances, need: Need) -> Iterator[Closer]:
    return (closer for option in need.met_by for closer in _missing(here, option))


def _missing(here: Circumstances, option: Option) -> Iterator[Closer]:
    """What keeps an option from meeting its need here."""
    approach = option.approach
    fits = holds(option.when, here.situation)
    if fits is False:
        return
    limits = [limit for limit in here.limits if approach in limit.rules_out]
    for limit in limits:
        yield Closer(approach, "limit", f"{limit.name}: {limit.lifted_by}")
    prerequisites = here.prerequisites(option)
    if fits is None:
        yield Closer(approach, "fact", condition_words(option.when, here.table.facts))
    elif holds(prerequisites, here.situation) is False:
        yield Closer(approach, "prerequisite", here.missing(prerequisites))
    elif not limits and (fell_short := here.fell_short(approach)):
        yield Closer(approach, "tried", fell_short)
