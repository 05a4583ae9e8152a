"""Which sources speak for the plan, and which against it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.evidence import Source
from adaptadvisor.table.plans import BIT, name, plan_of
from adaptadvisor.table.rows import Need

_AUTHOR_AND_YEAR = re.compile(r"^[a-z-]+?\d{4}")


def against(here: Circumstances, source: Source) -> tuple[str, ...]:
    """The parts of the plan that a source speaks against, by what its row says, or because a need
    that counts here names it as disagreeing and it speaks for nothing in the plan.
    """
    plan = name(plan_of(here.plan))
    if plan in source.supports and plan not in source.against:
        return ()
    said = [word for word in source.against if word == plan or _part(here, word)]
    if said or not source.supports or in_favour(here, source):
        return tuple(said)
    found = (
        approach
        for need in here.needs
        if _named(need, source)
        for approach in here.plan
        if here.meeting(need, approach)
    )
    return tuple(dict.fromkeys(found))


def in_favour(here: Circumstances, source: Source) -> bool:
    """Whether it speaks for the plan or a part of it."""
    return any(_part(here, word) for plan in source.supports for word in plan.split("+"))


def _part(here: Circumstances, word: str) -> bool:
    return word in BIT and word in here.plan


def _named(need: Need, source: Source) -> bool:
    """Whether a need's disagreement names the source, by its id or by author and year."""
    words = set(re.findall(r"[a-z0-9-]+", need.disagreement))
    short = _AUTHOR_AND_YEAR.match(source.id)
    return source.id in words or (
        short is not None and short[0] in words and source.id in set(_cited(need))
    )


def _cited(need: Need) -> Iterator[str]:
    yield from need.sources
    for option in need.met_by:
        yield from option.sources
    for refusal in need.not_met_by:
        yield from refusal.sources
