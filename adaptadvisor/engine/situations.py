"""All situations of a table at once: what can be known of each fact, the smallest situation in
which something holds, and evenly drawn ones.

A situation gives every fact one of the answers that the table tells apart, or leaves it unknown.
Facts that a derived fact joins are looked at together. `tried` is taken as nothing tried.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from adaptadvisor.engine.codes import Move, bits, joined
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import Goal, Search
from adaptadvisor.engine.space import Space, moves
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Situation

Made: TypeAlias = Mapping[int, Sequence[Move]]
"""For the number of a group, the moves that bring something about."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One situation: the number of the move of each group, and the terms."""

    chosen: tuple[int, ...]
    certain: int
    possible: int


class Situations:
    """The situations of an engine's table. Searches may raise `BudgetSpentError`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.space = Space(engine, {})
        self.groups = self.space.groups
        self.moves = tuple(tuple(moves(engine, group, {})) for group in self.groups)
        self.rows = {group.facts: rows for group, rows in zip(self.groups, self.moves, strict=True)}

    @property
    def size(self) -> int:
        """How many situations there are."""
        return math.prod(map(len, self.moves))

    def drawn(self, chosen: Sequence[int]) -> Drawn:
        """The situation with these moves."""
        possible, never = self.space.possible, 0
        for rows, number in zip(self.moves, chosen, strict=True):
            _, mask, unknown = rows[number]
            possible &= mask
            never |= unknown
        return Drawn(tuple(chosen), possible & ~never, possible)

    def draw(self, rnd: random.Random) -> Drawn:
        """One of all situations, each as likely as any other."""
        return self.drawn([int(rnd.random() * len(rows)) for rows in self.moves])

    def facts(self, drawn: Drawn) -> dict[str, Value]:
        """The situation as facts, in asking order."""
        chosen = (rows[number] for rows, number in zip(self.moves, drawn.chosen, strict=True))
        return self.ordered({name: value for move in chosen for name, value in move.values})

    def ordered(self, values: Situation) -> dict[str, Value]:
        """Facts in asking order."""
        return {fact.id: values[fact.id] for fact in self.engine.askable if fact.id in values}

    def making(self, term: int) -> Made | None:
        """The moves that make these terms certain, by group; None without. `tried` is granted."""
        found: dict[int, Sequence[Move]] = {}
        for number, group in enumerate(self.groups):
            reads = term & group.mentions
            if reads:
                found[number] = [
                    move
                    for move in self.moves[number]
                    if move.mask & reads == reads and not move.never & reads
                ]
                if not found[number]:
                    return None
        return found

    def ways_to(self, terms: Sequence[int]) -> Iterator[tuple[Made, tuple[str, ...]]]:
        """Every way to make a term of each set certain (if it has one): moves, and what to try."""
        choices = product(*map(bits, filter(None, terms)))
        for wanted in dict.fromkeys(map(joined, choices)):
            for tried in ((), *((approach,) for approach in APPROACHES)):
                possible = self.engine.state({"tried": tried} if tried else {})[1]
                if wanted & possible == wanted:
                    made = self.making(wanted)
                    if made is not None:
                        yield made, tried
                    break

    def after(self, tried: tuple[str, ...]) -> Space:
        """All situations in which these plans were tried."""
        return Space(self.engine, {"tried": tried}) if tried else self.space

    def smallest(self, goal: Goal, tried: tuple[str, ...] = ()) -> dict[str, Value] | None:
        """The situation with the fewest facts in which the goal holds; None without."""
        search = Search(self.after(tried), goal, rows=self.rows)
        return self._with(next(search.smallest(), None), tried)

    def complete(self, goal: Goal, tried: tuple[str, ...] = ()) -> dict[str, Value] | None:
        """Facts that make the goal hold with every fact known; None where there are none."""
        return self._with(Search(self.after(tried), goal).first(), tried)

    def _with(
        self, found: dict[str, Value] | None, tried: tuple[str, ...]
    ) -> dict[str, Value] | None:
        return None if found is None else self.ordered(found | ({"tried": tried} if tried else {}))
