"""The one search: is there a situation, among all that can still come, in which something holds?

A goal says of a partial situation whether it holds in every situation that is left, in none, or
perhaps, and which open terms it depends on. Facts that touch none of these are never looked at, and
partial situations that behave alike are looked at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from adaptadvisor.engine.codes import Group, Move, Values, joined
from adaptadvisor.engine.space import Space
from adaptadvisor.engine.view import View
from adaptadvisor.table.facts import Fact, Value
from adaptadvisor.table.plans import EVERY_PLAN
from adaptadvisor.table.rows import Situation

BUDGET = 20_000
"""Partial situations that one search may look at: about half a second."""

_EASY = 4
"""Values from which on it pays to ask first whether any number of them would do."""

Rows: TypeAlias = Mapping[tuple[str, ...], Sequence[Move]]


class Look(NamedTuple):  # a tuple, as a search makes one for every partial situation
    """Whether a goal holds in every situation left (True), in none (False), or perhaps (None).

    `matters` are the open terms that it depends on; with `state` they determine the rest of the
    search. `then` is the goal to go on with, where less of it is left.
    """

    held: bool | None
    matters: int = 0
    state: Hashable = None
    then: Goal | None = None


Goal: TypeAlias = Callable[[int, int, int], Look]
"""Looks at the terms that no open fact can contradict any more, at those still possible, and those
that read a fact that stays unknown: these never hold, and this fact never contradicts them.
"""


class BudgetSpentError(Exception):
    """A search has looked at as many partial situations as it was allowed to."""


class Search:
    """A goal over the completions of a space; `rows` replace the moves of each group.

    Every method raises `BudgetSpentError` once `budget` partial situations have been looked at.
    """

    def __init__(
        self, space: Space, goal: Goal, *, rows: Rows | None = None, budget: int = BUDGET
    ) -> None:
        self.space = space
        self.goal = goal
        self.left = budget
        self.size = 0
        """How many values `smallest` allows at present: with fewer, the goal does not hold."""
        self.rows = rows or {group.facts: group.moves for group in space.groups}
        self.limiting = joined(limit.when for limit in space.engine.limits)
        self.failed: dict[Hashable, float] = {}

    def first(self, given: Mapping[str, Move] | None = None) -> dict[str, Value] | None:
        """Answers with which the goal surely holds, or None; `given` moves are made already."""
        return next((dict(values) for values in self._found(math.inf, given or {})), None)

    def smallest(self, most: int | None = None) -> Iterator[dict[str, Value]]:
        """Every smallest set of at most `most` values with which the goal holds, with examples.

        The first move of a group is the one that leaves it as it is.
        """
        everything = sum(len(group.facts) for group in self.space.groups)
        for size in range((everything if most is None else min(most, everything)) + 1):
            self.size = size
            if size == _EASY and self._in_vain():
                return
            found = self._found(size, {})
            one = next(found, None)
            if one is not None:
                yield dict(one)
                yield from map(dict, found)
                return

    def _in_vain(self) -> bool:
        """Whether half of what is left of the budget shows that no number of values will do."""
        kept = self.left // 2
        self.left -= kept
        try:
            return self.first() is None
        except BudgetSpentError:
            return False
        finally:
            self.left += kept

    def _found(self, most: float, given: Mapping[str, Move]) -> Iterator[Values]:
        possible, never = self.space.possible, self.space.never
        groups: list[Group] = []
        chosen: Values = ()
        for group in self.space.groups:
            move = next((given[fact] for fact in group.facts if fact in given), None)
            if move is None:
                groups.append(group)
            else:
                possible, never = possible & move.mask, never | move.never
                chosen += move.values
        yield from self._find(self.goal, possible, never, tuple(groups), tuple(chosen), most)

    def _find(
        self,
        goal: Goal,
        possible: int,
        never: int,
        groups: tuple[Group, ...],
        chosen: Values,
        left: float,
    ) -> Iterator[Values]:
        """Values of at most `left` more facts with which the goal holds."""
        if self.left <= 0:
            raise BudgetSpentError
        self.left -= 1
        if not left and groups:
            mask, unknown = self._staying(groups)
            possible, never, groups = possible & mask, never | unknown, ()
        held, matters, state, then = goal(
            possible & ~joined(group.mentions for group in groups), possible, never
        )
        if held is not None:
            if held:
                yield chosen
            return
        groups = tuple(group for group in groups if group.mentions & matters)
        key = (state, matters, never & matters, tuple(map(id, groups)))
        if self.failed.get(key, -1) >= left:
            return
        group, rest = self._split(groups, matters)
        none = True
        for values, mask, unknown in self._different(group, matters, counted=left < math.inf):
            if len(values) <= left:
                after = left - len(values)
                for found in self._find(
                    then or goal, possible & mask, never | unknown, rest, chosen + values, after
                ):
                    none = False
                    yield found
        if none:
            self.failed[key] = left

    def _staying(self, groups: Iterable[Group]) -> tuple[int, int]:
        """What the terms make of it that all of these groups stay as they are."""
        possible, never = -1, 0
        for group in groups:
            _, mask, unknown = self.rows[group.facts][0]
            possible, never = possible & mask, never | unknown
        return possible, never

    def _different(self, group: Group, matters: int, *, counted: bool) -> Iterable[Move]:
        """The moves of a group that differ in what matters or, if `counted`, in their facts."""
        rows = reversed(self.rows[group.facts])
        found = {}
        for move in rows:
            names = tuple([name for name, _ in move.values]) if counted else ()
            found[matters & move.mask, matters & move.never, names] = move
        return reversed(found.values()) if counted else found.values()

    def _split(self, groups: tuple[Group, ...], matters: int) -> tuple[Group, tuple[Group, ...]]:
        """The group to look at next, and the others.

        Those that limits depend on come first: with fewer approaches left, fewer needs are open.
        Then the one that most of the terms that matter mention.
        """
        limiting = matters & self.limiting

        def weight(group: Group) -> tuple[bool, int]:
            return bool(group.mentions & limiting), (group.mentions & matters).bit_count()

        first = max(groups, key=weight)
        return first, tuple(group for group in groups if group is not first)


# ---- goals, and what is asked of most spaces ----


def one_of(space: Space, plans: int) -> Goal:
    """That the plan is one of this set."""
    engine, tried = space.engine, space.tried

    def look(certain: int, possible: int, never: int) -> Look:
        if certain == possible:
            return Look(bool(plans >> engine.outcome(certain & ~never, possible, tried).plan & 1))
        view = View(engine, tried, certain, possible, never)
        if view.plan is not None:
            return Look(bool(plans >> view.plan & 1))
        return Look(None, view.matters, view.state) if view.may_have(plans) else Look(False)

    return look


def other_plan(space: Space, plan: int, budget: int = BUDGET) -> dict[str, Value] | None:
    """Answers that surely lead to another plan, or None. May raise `BudgetSpentError`."""
    goal = one_of(space, EVERY_PLAN & ~(1 << plan))
    return Search(space, goal, budget=budget).first()


def relevant(space: Space, fact: Fact, budget: int = BUDGET) -> bool | None:
    """Whether an answer to this fact changes the plan of some completion; None: budget spent."""
    group = space.group_of(fact.id)
    if group is None:
        return False
    given = {fact.id: Move((), -1)}  # its answers are in the goal
    for masks in space.masks(group, fact):
        search = Search(space, _differ(space, masks), budget=budget)
        try:
            if search.first(given) is not None:
                return True
        except BudgetSpentError:
            return None
        budget = search.left
    return False


def _differ(space: Space, masks: Collection[int]) -> Goal:
    """That the plan is not the same under all of these masks."""

    def look(certain: int, possible: int, never: int) -> Look:
        plans: dict[int, int] = {}
        open_ones: dict[Hashable, int] = {}
        matters = 0
        for mask in masks:
            view = View(space.engine, space.tried, certain & mask, possible & mask, never)
            if view.plan is not None:
                plans[view.plan] = mask
            else:
                open_ones[view.state, view.matters] = mask
                matters |= view.matters
        if len(plans) > 1 or len(plans) + len(open_ones) < 2:
            return Look(len(plans) > 1)
        state = frozenset(open_ones), frozenset(plans)
        return Look(None, matters, state, _differ(space, (*open_ones.values(), *plans.values())))

    return look


def minimal(facts: Situation, keeps: Callable[[dict[str, Value]], bool]) -> dict[str, Value]:
    """Facts left out one by one while `keeps` holds, until none can be."""
    kept, before = dict(facts), -1
    while len(kept) != before:
        before = len(kept)
        for name in list(kept):
            fewer = {other: value for other, value in kept.items() if other != name}
            if keeps(fewer):
                kept = fewer
    return kept
