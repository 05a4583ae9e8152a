"""What each need, each way to meet one, and each limit changes: a situation, or none.

A difference is looked for at random, in situations in which the row fires. Where none turns up, a
search either finds one or proves that there is none. Every row has its own random numbers and its
own budget, so that no other row has a say in what is told about it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from adaptadvisor.engine.codes import LimitCode, Move, WayCode, joined
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import BudgetSpentError, Goal, Look, Search
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.engine.situations import Made, Situations
from adaptadvisor.engine.space import Space
from adaptadvisor.engine.view import View
from adaptadvisor.table.conditions import ALWAYS, describe
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import BIT, EVERY_APPROACH, EVERY_PLAN, name
from adaptadvisor.table.rows import Situation, Table

T = TypeVar("T")
BUDGET = 2_000
"""Partial situations in the proof that a row changes nothing."""

_TRIES = 400  # random situations looked at before an exact search
_TRIED = 2
_NO_LIMIT = LimitCode(0, 0)
_PLANS = tuple(name(plan) for plan in range(1, EVERY_APPROACH))


@dataclass(frozen=True, slots=True)
class Effect:
    """What a row does: a situation in which it changes the plan, and one in which it is a reason.

    `proven` says that, where no change was found, there is none.
    """

    place: str
    words: str
    changes: Situation | None
    shown: Situation | None
    proven: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    """A row or a part of one, which counts when one of each of these terms holds."""

    place: str
    words: str
    terms: tuple[int, ...]
    without: Engine
    limit: LimitCode = _NO_LIMIT


_Ways = list[tuple[Made, tuple[str, ...]]]
"""How a rule comes to count: the moves that bring it about, and what must have been tried."""


def effects(table: Table, situations: Situations, budget: int = BUDGET) -> Iterator[Effect]:
    """The effect of each rule of a table."""
    for rule in _rules(table, situations.engine):
        ways = list(situations.ways_to(rule.terms))
        found, shown = _sampled(table, situations, rule, ways)
        proven = True
        if found is None:
            try:
                found = _difference(situations, rule, ways, budget)
            except BudgetSpentError:
                proven = False
        yield Effect(rule.place, rule.words, found, shown if found is None else found, proven)


def rules_of(table: Table) -> int:
    """How many effects a table has: of needs, of ways to meet one, of limits."""
    ways = sum(len(need.met_by) for need in table.needs.values())
    return len(table.needs) + ways + len(table.limits)


def _rules(table: Table, engine: Engine) -> Iterator[_Rule]:
    """Every rule. A row that never counts takes its place, so that views can be compared."""
    needs, limits = engine.needs, engine.limits
    for number, need in enumerate(needs):
        without = engine.with_rules(needs=_with(needs, number, need._replace(when=0)))
        yield _Rule(f"needs/{need.id}", need.id, (need.when,), without)
        for place, way in enumerate(need.ways):
            option = table.needs[need.id].met_by[place]
            fewer = need._replace(ways=_with(need.ways, place, WayCode(0, 0, 0)))
            without = engine.with_rules(needs=_with(needs, number, fewer))
            when = f" when {describe(option.when)}" if option.when != ALWAYS else ""
            words = f"{need.id} by {option.approach}{when}"
            yield _Rule(f"needs/{need.id}/met_by/{place}", words, (need.when, way.when), without)
    for number, (id, limit) in enumerate(zip(table.limits, limits, strict=True)):
        without = engine.with_rules(limits=_with(limits, number, _NO_LIMIT))
        yield _Rule(f"limits/{id}", id, (limit.when,), without, limit)


def _with(rows: tuple[T, ...], place: int, row: T) -> tuple[T, ...]:
    return (*rows[:place], row, *rows[place + 1 :])


def _sampled(
    table: Table, situations: Situations, rule: _Rule, ways: _Ways
) -> tuple[Situation | None, Situation | None]:
    """A situation with another plan without the rule; one in which the rule is a reason."""
    engine = situations.engine
    rnd = random.Random(rule.place)  # noqa: S311 - the same row always gets the same answer
    shown = None
    for number in range(_TRIES if ways else 0):
        made, tried = ways[number % len(ways)]
        # no other facts at first, then more and more
        others = situations.some(rnd, number // len(ways) % 12)
        facts = situations.with_made(others, made, rnd)
        if tried or number % 3 == _TRIED:
            # what counts only as a fallback shows once something was tried
            facts["tried"] = tried or (rnd.choice(_PLANS),)
        terms = *engine.state(facts), engine.tried(facts)  # the same with the rule and without it
        outcome = engine.outcome(*terms)
        if outcome != rule.without.outcome(*terms):
            return facts, facts
        if shown is None and _shows(table, rule, facts, outcome.plan):
            shown = situations.ordered(facts)
    return None, shown


def _shows(table: Table, rule: _Rule, facts: dict[str, Value], plan: int) -> bool:
    """Whether the rule is a reason here; of the ways by one approach the one that is named."""
    _, id, *rest = rule.place.split("/")
    if not rest:
        return True
    need = table.needs[id]
    option = need.met_by[int(rest[1])]
    if not plan & BIT[option.approach]:
        return False
    named = Circumstances(table, facts).meeting(need, option.approach)
    return option is named


def _difference(situations: Situations, rule: _Rule, ways: _Ways, budget: int) -> Situation | None:
    """Known facts with another plan without the rule, with nothing or any one plan tried."""
    left = budget
    for tried in ((), *((plan,) for plan in _PLANS)):
        space = situations.after(tried)
        goal = _another_plan(space, rule)
        search = Search(space, goal, rows=situations.rows, budget=left)
        for made, needed in ways:
            if not needed or (tried and set(needed) <= set(tried[0].split("+"))):
                for start in _starts(situations, made):
                    found = search.first(start)
                    if found is not None:
                        return situations.ordered({**space.facts, **found})
        left = search.left
    return None


def _starts(situations: Situations, made: Made) -> Iterator[dict[str, Move]]:
    """Every choice of one of the moves of each group, by a fact of the group."""
    facts = [situations.groups[place].facts[0] for place in made]
    for chosen in product(*made.values()):
        yield dict(zip(facts, chosen, strict=True))


def _another_plan(space: Space, rule: _Rule) -> Goal:
    """That the plan with the rule is not the one without it."""
    engine, tried = space.engine, space.tried

    def look(certain: int, possible: int, never: int) -> Look:
        one = View(engine, tried, certain, possible, never)
        other = View(rule.without, tried, certain, possible, never)
        if one.plan is not None and other.plan is not None:
            return Look(one.plan != other.plan)
        if _alike(one, other, rule.limit):
            return Look(False)
        for view, known in ((one, other.plan), (other, one.plan)):
            if known is not None and not view.may_have(EVERY_PLAN & ~(1 << known)):
                return Look(False)
        matters = joined(view.matters for view in (one, other) if view.plan is None)
        state = (one.state, one.matters, one.plan, other.state, other.matters, other.plan)
        return Look(None, matters, state)

    return look


def _alike(one: View, other: View, limit: LimitCode) -> bool:
    """Whether the plan is surely the same with a rule and without it."""
    counts_perhaps = limit.when & one.hoped and not limit.when & one.sure
    same = one.state == other.state and one.matters == other.matters
    return same and not (counts_perhaps and limit.out & one.perhaps)
