"""All situations of a table at once: what can be known of each fact, the smallest situation in
which something holds, and evenly drawn ones.

A situation gives every fact one of the answers that the table tells apart, or leaves it unknown.
Facts that a derived fact joins are looked at together. `tried` is taken as nothing tried.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.space import Group, Move, Space, mentioned, moves

Look = tuple[bool | None, int]
"""Whether something holds in every situation that is left (True), in none (False), or that is not
clear yet (None), and the open terms that it hangs on.
"""


class Question(NamedTuple):
    """Something that holds in a situation or not.

    `look` is given the terms that no open fact can contradict any more, those still possible, and
    those that hang on a fact that stays unknown (which never hold, and are never contradicted by
    it); `scope` are the terms that it looks at.
    """

    scope: int
    look: Callable[[int, int, int], Look]


BUDGET = 20_000
"""Partial situations that one search may look at."""

_EASY = 4  # known facts from which on it pays to ask first whether any number of them would do


class BudgetSpentError(Exception):
    """A search has looked at as many partial situations as it was allowed to."""


class Drawn(NamedTuple):
    """A situation: the number of the move of each group, and the terms."""

    chosen: tuple[int, ...]
    possible: int
    never: int

    @property
    def certain(self) -> int:
        """The terms that are known to hold."""
        return self.possible & ~self.never


class Situations:
    """The situations of an engine's table."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.space = Space(engine, {})
        self.groups = self.space.groups
        self.moves = tuple(tuple(moves(engine, group, {})) for group in self.groups)
        self.place = {
            fact: number for number, group in enumerate(self.groups) for fact in group.facts
        }

    @property
    def size(self) -> int:
        """How many situations there are."""
        return math.prod(map(len, self.moves))

    def drawn(self, chosen: Sequence[int]) -> Drawn:
        """The situation with these moves."""
        possible, never = self.space.possible, 0
        for rows, number in zip(self.moves, chosen, strict=True):
            _, mask, hangs = rows[number]
            possible &= mask
            never |= hangs
        return Drawn(tuple(chosen), possible, never)

    def draw(self, rnd: random.Random) -> Drawn:
        """One of all situations, each as likely as any other."""
        return self.drawn([int(rnd.random() * len(rows)) for rows in self.moves])

    def facts(self, drawn: Drawn) -> dict[str, Any]:
        """The situation as facts, in asking order."""
        values = {
            name: value
            for rows, number in zip(self.moves, drawn.chosen, strict=True)
            for name, value in rows[number].values
        }
        return self.ordered(values)

    def ordered(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Facts in asking order."""
        return {fact.id: values[fact.id] for fact in self.engine.askable if fact.id in values}

    def making(self, term: int) -> dict[int, list[int]] | None:
        """For each group that these terms read, the moves that make all of them certain; None where
        there are none. What was tried is granted.
        """
        found: dict[int, list[int]] = {}
        for number, group in enumerate(self.groups):
            reads = term & group.mentions
            if reads:
                found[number] = [
                    place
                    for place, move in enumerate(self.moves[number])
                    if move.mask & reads == reads and not move.never & reads
                ]
                if not found[number]:
                    return None
        return found

    def ends(self, made: Mapping[int, Sequence[int]]) -> tuple[int, int]:
        """The terms that hold in every situation that these moves lead to, whatever was tried, and
        those that hold or stay open in some.
        """
        possible = self.engine.every_term
        certain = possible & ~joined(row.codes.mentions for row in self.engine.from_tried)
        for number, group in enumerate(self.groups):
            rows = [self.moves[number][move] for move in made[number]] if number in made else []
            all_of = self.engine.every_term if rows else ~group.mentions
            for move in rows:
                all_of &= move.mask & ~move.never
            certain &= all_of
            possible &= joined(move.mask for move in rows) if rows else self.engine.every_term
        return certain, possible

    def smallest(
        self,
        test: Question,
        *,
        complete: bool = False,
        budget: int = BUDGET,
        tried: tuple[str, ...] = (),
    ) -> dict[str, Any] | None:
        """The situation with the fewest known facts in which the test holds; None where there is
        none.

        With `complete`, every fact is known: then the facts are those that alone make the test
        hold. `BudgetSpentError` where that takes too long to tell.
        """
        search = _Search(self, test, complete=complete, budget=budget, tried=tried)
        found = search.anyhow() if complete else search.smallest()
        return found if found is None or not tried else self.ordered({**found, "tried": tried})


class _Search:
    def __init__(
        self,
        situations: Situations,
        test: Question,
        *,
        complete: bool,
        budget: int,
        tried: tuple[str, ...],
    ) -> None:
        self.situations = situations
        self.start = (
            situations.engine.state({"tried": tried})[1] if tried else situations.space.possible
        )
        self.test = test
        self.left = budget
        self.complete = complete
        self.moves = {
            group.facts: tuple(
                move for move in rows if not complete or len(move.values) == len(group.facts)
            )
            for group, rows in zip(situations.groups, situations.moves, strict=True)
        }
        self.failed: dict[Any, int] = {}

    def smallest(self) -> dict[str, Any] | None:
        everything = len(self.situations.place)
        for most in range(everything + 1):
            if most == _EASY and self._first(everything) is None:
                return None
            found = self._first(most)
            if found is not None:
                return found
        return None

    def anyhow(self) -> dict[str, Any] | None:
        return self._first(len(self.situations.place))

    def _first(self, most: int) -> dict[str, Any] | None:
        found = next(self._find(self.start, 0, self.situations.groups, (), most), None)
        return None if found is None else self.situations.ordered(dict(found))

    def _find(
        self,
        possible: int,
        never: int,
        groups: tuple[Group, ...],
        chosen: tuple[tuple[str, Any], ...],
        left: int,
    ) -> Iterator[tuple[tuple[str, Any], ...]]:
        """Values of at most so many more facts with which the test holds."""
        if self.left <= 0:
            raise BudgetSpentError
        self.left -= 1
        if not left and not self.complete:
            for group in groups:
                possible &= self.moves[group.facts][0].mask
                never |= self.moves[group.facts][0].never
            groups = ()
        held, matters = self.test.look(possible & ~mentioned(groups), possible, never)
        if held:
            yield chosen
        groups = tuple(group for group in groups if group.mentions & matters)
        if held is not None or not groups:
            return
        state = (possible & self.test.scope, never & self.test.scope, tuple(map(id, groups)))
        if self.failed.get(state, -1) >= left:
            return
        group, rest = self.situations.space.split(groups, matters)
        none = True
        different: dict[Any, Move] = {}
        for move in self.moves[group.facts]:
            different.setdefault(
                (
                    matters & move.mask,
                    matters & move.never,
                    len(move.values) if not self.complete else 0,
                ),
                move,
            )
        for move in different.values():
            if len(move.values) <= left:
                for found in self._find(
                    possible & move.mask,
                    never | move.never,
                    rest,
                    (*chosen, *move.values),
                    left - len(move.values),
                ):
                    none = False
                    yield found
        if none:
            self.failed[state] = left


def joined(parts: Iterable[int]) -> int:
    """All terms of these sets of terms."""
    found = 0
    for part in parts:
        found |= part
    return found


def bits(terms: int) -> Iterator[int]:
    """Each term of a set, as a set of one."""
    while terms:
        low = terms & -terms
        yield low
        terms ^= low
