"""What may be missing in a table, as goals for a search."""

from __future__ import annotations

from adaptadvisor.engine.codes import NeedCode, joined
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import Goal, Look


def no_need_counts(engine: Engine) -> Goal:
    """That no need counts, so that there is neither a plan nor an open need."""
    every = joined(need.when for need in engine.needs)

    def look(certain: int, possible: int, never: int) -> Look:
        if every & certain & ~never:
            return Look(False)
        left = every & possible & ~never
        return Look(None, left & ~certain, left) if left else Look(True)

    return look


def without_a_way(need: NeedCode) -> Goal:
    """That a need counts, every fact is known, and none of its ways is for this situation."""
    ways = joined(way.when for way in need.ways)

    def look(certain: int, possible: int, _: int) -> Look:
        if not need.when & possible or ways & certain:
            return Look(False)
        if need.when & certain and not ways & possible:
            return Look(True)
        left = (need.when | ways) & possible
        return Look(None, left & ~certain, left)

    return look


def left_open(engine: Engine, need: NeedCode) -> Goal:
    """That a need counts and no approach can meet it."""
    limits = joined(when for when, _ in engine.limits)

    scope = need.when | limits | joined(way.when | way.provided for way in need.ways)

    def look(certain: int, possible: int, never: int) -> Look:
        sure, hoped = certain & ~never, possible & ~never
        if not need.when & hoped:
            return Look(False)
        perhaps, surely = engine.allowed(sure), engine.allowed(hoped)
        open_terms = by_itself = sometimes = 0
        for approach, when, provided in need.ways:
            if approach & perhaps and when & hoped and provided & possible:
                sometimes |= approach
                if when & sure and provided & certain:
                    by_itself |= approach
                open_terms |= (0 if when & sure else when & hoped) | (
                    0 if provided & certain else provided
                )
        if by_itself & surely:
            return Look(False)
        if need.when & sure and not sometimes:
            return Look(True)
        open_terms |= (
            joined(when for when, out in engine.limits if out & sometimes and not when & sure)
            & hoped
        )
        matters = (open_terms | (0 if need.when & sure else need.when)) & possible & ~certain
        return Look(None, matters, (possible & scope, never & scope))

    return look
