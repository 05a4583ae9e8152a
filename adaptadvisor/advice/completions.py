"""How likely what is open changes the plan: completions of a situation, drawn by how likely each
answer is (`precedents.answers`). Estimated; whether anything can change it at all is exact
(`engine.space`).
"""

from __future__ import annotations

import random
from typing import TypeAlias

from adaptadvisor.engine.codes import Group, Move
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.space import Space, answers, own_cells
from adaptadvisor.precedents.answers import Answers
from adaptadvisor.table.conditions import holds, tests
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.facts import Value
from adaptadvisor.table.rows import Situation

DRAWS = 400
"""Completions that are drawn: a chance of 5 % is then known to about one point."""

SURE = 0.05
"""The chance that open answers change the plan, below which an interview offers to end and no case
counts as doubtful.
"""

Columns: TypeAlias = dict[str, list[Value | None]]
"""For each open fact, the answer in each completion; None where it is not asked about."""


class Drawn:
    """Completions of a situation: the answers, those of them that are asked for, and the plans."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.columns = _columns(space)
        self.asked = _where_asked(space, self.columns)
        self.plans = self._ends(self.asked)

    @property
    def chance(self) -> float:
        """The share of completions with another plan than the one of what is known."""
        now = self.space.engine.decide(self.space.facts).plan
        return sum(plan != now for plan in self.plans) / DRAWS

    def _ends(self, columns: Columns) -> list[int]:
        """The plan of each completion, in which what does not apply stays unknown."""
        found = [(self.space.possible, 0)] * DRAWS
        for group in self.space.groups:
            here = moves(self.space, group, columns)
            found = [
                (possible & move.mask, never | move.never)
                for (possible, never), move in zip(found, here, strict=True)
            ]
        return [self.space.plan(possible, never) for possible, never in found]


def chance(engine: Engine, facts: Situation) -> float:
    """How likely the open answers change the plan, 0 to 1; the number that `ask` goes by."""
    return Drawn(Space(engine, facts)).chance


def _columns(space: Space) -> Columns:
    """Answers to all open facts, drawn by how likely they are."""
    likely = Answers(space.engine.table, space.facts)
    shuffle = random.Random(0).shuffle  # noqa: S311 - the same question each time
    facts = {fact.id: fact for fact in space.engine.askable}
    found: Columns = {}
    values: list[Value | None]
    for group in space.groups:
        for name in group.facts:
            each = len(group.facts) > 1  # else no two answers in one cell have different plans
            cells = (own_cells if each else answers)(space.engine, space.facts, facts[name])
            values = [*likely.drawn(facts[name], cells, DRAWS, each=each)]
            shuffle(values)
            found[name] = values
    return found


def _where_asked(space: Space, columns: Columns) -> Columns:
    """The same without answers to questions that the other answers make needless."""
    table = space.engine.table
    found = dict(columns)
    for fact in table.questions:
        if fact.id not in found or fact.id not in table.applies:
            continue
        condition = table.applies[fact.id]
        names = sorted({test.fact for test in tests(condition)}.intersection(found))
        known: dict[tuple[Value | None, ...], bool] = {}
        kept: list[Value | None] = []
        for number, value in enumerate(found[fact.id]):
            given = tuple(found[name][number] for name in names)
            if given not in known:
                told = {n: v for n, v in zip(names, given, strict=True) if v is not None}
                known[given] = holds(condition, with_derived({**space.facts, **told})) is True
            kept.append(value if known[given] else None)
        found[fact.id] = kept
    return found


def moves(space: Space, group: Group, columns: Columns) -> list[Move]:
    """What each completion answers to the facts of a group, in the order of the completions."""
    known: dict[tuple[Value | None, ...], Move] = {}
    found = []
    for choice in zip(*(columns[name] for name in group.facts), strict=True):
        if choice not in known:
            told = zip(group.facts, choice, strict=True)
            values = {name: value for name, value in told if value is not None}
            known[choice] = space.move(group, values)
        found.append(known[choice])
    return found
