"""Which question to ask next: the one after which the fewest are expected to be needed, among those
that can still change the plan.

The ranking is a heuristic, and may be: it looks at a fixed number of completions, drawn evenly over
the answers that the table tells apart. Whether a question can change the plan at all, and whether
any is left, is never sampled: `space` decides both exactly.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from adaptadvisor.engine.codes import Group
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import BudgetSpentError, minimal, other_plan, relevant
from adaptadvisor.engine.space import Space
from adaptadvisor.table.conditions import Condition, holds, tests
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.facts import Fact, Value, exact
from adaptadvisor.table.rows import Situation, Table

DRAWS = 256
"""Completions that the ranking looks at; where there are fewer in all, it looks at every one."""

_ROLLED_OUT = 4  # of the facts that look best at first sight, how many are followed to the end
_TESTED, _RELEVANCE_BUDGET = 4, 1_000
"""Candidates tested exactly where the drawn completions do not show that they matter, and partial
situations in each test. Where none passes, the way between two completions shows one, exactly.
"""
_NOTHING_LOST = 1e-9
_THIN, _LONGER = 3, 1.4
"""From so many questions on, the drawn completions show too few of those left: in 80 interviews of
`tests/bench/questions.py` 1.4 times as many were asked.
"""


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """The fact to ask about, and about how many questions are left, this one included."""

    fact: Fact
    left: int


def next_question(
    engine: Engine, facts: Situation, closed: Collection[str] = (), later: Collection[str] = ()
) -> NextQuestion | None:
    """The question to ask; None once the plan is settled, as far as can be told in time.

    Facts in `closed` will not be answered, or no more exactly than by a range; those in `later` are
    asked only where no other question can change the plan. Exact: some completion changes its plan
    with the answer. (Where no single answer does in any completion, but several together do, it is
    one of those.)
    """
    space = Space(engine, facts, closed)
    try:
        other = other_plan(space, engine.decide(facts).plan)
    except BudgetSpentError:
        other = {}  # what the drawn completions show has to do
    if other is None:
        return None
    ranked = _Ranking(space, closed)
    # where hardly any completion has another plan: the facts of one that has, most read ones first
    mentions = {name: group.mentions.bit_count() for group in space.groups for name in group.facts}
    rare = sorted((id for id in other if id not in closed), key=lambda id: -mentions[id])
    order = sorted(ranked.order or rare, key=lambda id: id in later)
    askable = {fact.id: fact for fact in engine.askable}
    tested = 0
    for id in order:
        if ranked.shown_to_matter(id):
            return NextQuestion(askable[id], ranked.left)
        if tested < _TESTED:
            tested += 1
            if relevant(space, askable[id], _RELEVANCE_BUDGET):
                return NextQuestion(askable[id], ranked.left)
    if not other:
        return None
    found: str | None
    try:
        found = _pivot(space, other, closed)
    except BudgetSpentError:
        found = next(iter(order), None)
    if found in closed:  # a range decides there; another fact may matter elsewhere
        names = (id for id in askable if id in mentions and id not in closed)
        found = next((id for id in names if relevant(space, askable[id]) is not False), None)
    return NextQuestion(askable[found], ranked.left) if found else None


def not_applying(
    table: Table, facts: Situation, unanswered: Collection[str]
) -> dict[str, Condition]:
    """The facts that are not asked about, and the condition that would have to hold.

    A condition that is open only through what the person does not know counts as not holding:
    whoever has not measured the best prompt cannot say what its errors are.
    """
    found: dict[str, Condition] = {}
    known = with_derived(dict(facts))
    certain = {fact for fact, value in known.items() if exact(value)}
    before = -1
    while len(found) > before:
        before = len(found)
        for fact, condition in table.applies.items():
            held = holds(condition, known)
            open_facts = {test.fact for test in tests(condition)}.difference(
                certain, found, unanswered
            )
            if held is False or (held is None and not open_facts):
                found[fact] = condition
    return {fact.id: found[fact.id] for fact in table.questions if fact.id in found}


def waiting(table: Table, facts: Situation) -> set[str]:
    """The facts of which it is not known yet whether they apply."""
    known = with_derived(dict(facts))
    return {fact for fact, condition in table.applies.items() if holds(condition, known) is None}


class _Ranking:
    """Completions drawn evenly, as sets of their numbers: by plan, and by fact and answer (but for
    `closed` facts, which are not asked about).
    """

    def __init__(self, space: Space, closed: Collection[str]) -> None:
        self.space = space
        drawn = dict(zip(space.groups, _drawn(space), strict=True))
        self.masks = {group: [mask for _, mask in rows] for group, rows in drawn.items()}
        self.size = len(next(iter(self.masks.values()), ()))
        self.every = (1 << self.size) - 1
        self.plans = _places(space.plan(possible) for possible in self._possible())
        self.answers: dict[str, list[int]] = {}
        for group, rows in drawn.items():
            for place, name in enumerate(group.facts):
                found = _places(choice[place] for choice, _ in rows)
                if len(found) > 1 and name not in closed:
                    self.answers[name] = found
        self.logs = [0.0, *(n * math.log2(n) for n in range(1, self.size + 1))]
        self.left = 1
        self.order = self._order()

    def _possible(self, without: Group | None = None) -> list[int]:
        """The possible terms of each completion; a group that is left out stays open."""
        found = [self.space.possible] * self.size
        for group, masks in self.masks.items():
            if group is not without:
                found = [possible & mask for possible, mask in zip(found, masks, strict=True)]
        return found

    def _order(self) -> list[str]:
        """The open facts, best first; empty where all completions that were drawn have one plan."""
        if self._doubt(self.every) <= _NOTHING_LOST or not self.answers:
            return []
        first = sorted(self.answers, key=lambda name: self._doubt_after(self.every, name))
        front = first[:_ROLLED_OUT]
        needed = {
            name: sum(self._needed(part, frozenset((name,))) for part in self.answers[name])
            for name in front
        }
        front.sort(key=lambda name: needed[name])
        left = 1 + needed[front[0]] / self.size
        self.left = math.ceil((left if left <= _THIN else left * _LONGER) - _NOTHING_LOST)
        return front + first[_ROLLED_OUT:]

    def _doubt(self, chosen: int) -> float:
        """The entropy of the plan over these completions, times their number."""
        doubt = self.logs[chosen.bit_count()]
        for members in self.plans:
            doubt -= self.logs[(chosen & members).bit_count()]
        return doubt

    def _parts(self, chosen: int, name: str) -> list[int]:
        return [part for answer in self.answers[name] if (part := chosen & answer)]

    def _doubt_after(self, chosen: int, name: str) -> float:
        return sum(self._doubt(part) for part in self._parts(chosen, name))

    def _needed(self, chosen: int, asked: frozenset[str]) -> int:
        """Questions that these need in all, when the one that leaves the least doubt comes next."""
        if self._doubt(chosen) <= _NOTHING_LOST or len(asked) == len(self.answers):
            return 0
        left = [name for name in self.answers if name not in asked]
        best = min(left, key=lambda name: self._doubt_after(chosen, name))
        parts = self._parts(chosen, best)
        if len(parts) == 1 and all(len(self._parts(chosen, name)) == 1 for name in left):
            return 0  # only numbers inside ranges tell these apart
        return (chosen.bit_count() if len(parts) > 1 else 0) + sum(
            self._needed(part, asked | {best}) for part in parts
        )

    def shown_to_matter(self, name: str) -> bool:
        """Whether this answer changes the plan of a drawn completion; False proves nothing."""
        group = next(group for group in self.space.groups if name in group.facts)
        if len(group.facts) > 1:
            # which of its masks are answers to one fact alone is for the exact search to say
            return False
        return any(
            len({self.space.plan(possible & move.mask) for move in group.moves}) > 1
            for possible in dict.fromkeys(self._possible(without=group))
        )


def _places(row: Iterable[Value]) -> list[int]:
    """For each different value of a row, the places (as bits) at which it has it."""
    found: dict[Value, int] = {}
    for place, value in enumerate(row):
        found[value] = found.get(value, 0) | 1 << place
    return list(found.values())


def _drawn(space: Space) -> Iterator[list[tuple[tuple[Value, ...], int]]]:
    """For each group, one of its choices a completion: all completions, or evenly drawn ones."""
    choices = [_choices(space, group) for group in space.groups]
    sizes = [len(rows) for rows in choices]
    if math.prod(sizes) <= DRAWS:
        for place, numbers in enumerate(zip(*product(*map(range, sizes)), strict=True)):
            yield [choices[place][number] for number in numbers]
        return
    shuffle = random.Random(0).shuffle  # noqa: S311 - the same question each time
    for rows in choices:
        places = [draw * len(rows) // DRAWS for draw in range(DRAWS)]
        shuffle(places)
        yield [rows[place] for place in places]


def _choices(space: Space, group: Group) -> list[tuple[tuple[Value, ...], int]]:
    """The answers of a group: for each of its facts what tells them apart, and their mask."""
    if len(group.facts) == 1:
        return [((number,), move.mask) for number, move in enumerate(group.moves)]
    codes = [space.engine.codes.get(name) for name in group.facts]
    return [
        (
            tuple(
                row.cell(value) if row and row.edges else value
                for row, (_, value) in zip(codes, move.values, strict=True)
            ),
            move.mask,
        )
        for move in group.moves
    ]


def _pivot(space: Space, there: dict[str, Value], closed: Collection[str]) -> str:
    """A fact whose answer changes the plan, on the way between two completions."""
    decide = space.engine.decide
    plan = decide({**space.facts, **there}).plan
    back = other_plan(space, plan)
    if back is None:
        # all completions have one plan, but not that of what is known: the answers count together
        known = decide(space.facts).plan
        changing = minimal(there, lambda fewer: decide({**space.facts, **fewer}).plan != known)
        return min(changing, key=lambda name: name in closed)
    anything = {name: value for group in space.groups for name, value in group.moves[0].values}
    goal = {**anything, **there, **back}
    here = {**goal, **there}
    for name, value in goal.items():
        moved = {**here, name: value}
        if decide({**space.facts, **moved}).plan != plan:
            return name
        here = moved
    raise AssertionError("two completions with different plans differ in some fact")
