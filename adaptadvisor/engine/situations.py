"""All situations of a table at once: what can be known of each fact, the smallest situation in
which something holds, and random ones: all random situations come from here.

A situation gives every fact one of the answers that the table tells apart, or leaves it unknown.
Facts that a derived fact joins are looked at together. `tried` is taken as nothing tried.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from adaptadvisor.engine.codes import Move, bits, joined
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import Goal, Search
from adaptadvisor.engine.space import Space, moves
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import APPROACHES, name, plan_of
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
        self._after: dict[tuple[str, ...], Space] = {(): self.space}
        self.groups = self.space.groups
        every = (moves(engine, group, {}, {}, lambda *_: True) for group in self.groups)
        self.moves = tuple(map(tuple, every))
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

    def some(self, rnd: random.Random, number: int) -> dict[str, Value]:
        """Facts of this many groups, drawn at random."""
        places = rnd.sample(range(len(self.groups)), min(number, len(self.groups)))
        return {name: value for p in places for name, value in rnd.choice(self.moves[p]).values}

    def with_made(self, facts: Situation, made: Made, rnd: random.Random) -> dict[str, Value]:
        """The facts, with those of some groups given by one of the moves that are made."""
        found = dict(facts)
        for place, rows in made.items():
            for fact in self.groups[place].facts:
                found.pop(fact, None)
            found |= dict(rnd.choice(rows).values)
        return found

    def facts(self, drawn: Drawn) -> dict[str, Value]:
        """The situation as facts, in table order."""
        chosen = (rows[number] for rows, number in zip(self.moves, drawn.chosen, strict=True))
        return self.ordered({name: value for move in chosen for name, value in move.values})

    def ordered(self, values: Situation) -> dict[str, Value]:
        """Facts in table order."""
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
        """All situations in which these plans were tried. Every search of a proof asks for them."""
        if tried not in self._after:
            self._after[tried] = Space(self.engine, {"tried": tried})
        return self._after[tried]

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


def drawing(engines: Sequence[Engine], rnd: random.Random) -> Callable[[], dict[str, Value]]:
    """Draws situations: half of the facts unknown on average, and the others given by one of the
    answers that one of these engines tells apart.
    """
    pools: dict[tuple[str, ...], list[dict[str, Value]]] = {}
    for engine in engines:
        for group in Space(engine, {}).groups:
            rows = pools.setdefault(group.facts, [])
            rows += [values for move in group.moves if (values := dict(move.values)) not in rows]
    answers = [rows for rows in pools.values() if rows]
    given = [fact for facts, rows in pools.items() if rows for fact in facts]
    overlapping = len(given) > len(set(given))
    tried = any(fact.type == "plans" for engine in engines for fact in engine.askable)

    def draw() -> dict[str, Value]:
        if overlapping:  # where the engines join facts differently, each of them has its turn
            rnd.shuffle(answers)
        facts: dict[str, Value] = {}
        for rows in answers:
            for fact, value in rows[int(rnd.random() * len(rows))].items():
                facts.setdefault(fact, value)
        known = rnd.random()  # hardly anything in some situations, nearly everything in others
        facts = {fact: value for fact, value in facts.items() if rnd.random() < known}
        if tried and rnd.random() < known:
            facts["tried"] = _tried(rnd)
        return facts

    return draw


def _tried(rnd: random.Random) -> tuple[str, ...]:
    """One plan or two; most of one approach, few of three."""
    sizes = (1 + (rnd.random() < 0.4) + (rnd.random() < 0.1) for _ in range(2))
    return tuple(map(name, sorted({plan_of(rnd.sample(APPROACHES, size)) for size in sizes})))
