"""Which question to ask next: the one whose answer is worth most, among those that can still change
the plan.

A question is worth what its answer is expected to take off the doubt: how far apart, in approaches,
the plans are that two people end with who have answered alike so far. That is estimated from a
fixed number of completions, drawn by how likely each answer is (`precedents.answers`). Where
questions are worth about the same, the natural order of the table decides. The completions also say
how likely the open answers change the plan, and about how many questions are left. Whether a
question can change the plan at all, and whether any is left, is never sampled: `space` decides both
exactly.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from adaptadvisor.advice.completions import DRAWS, SURE, Drawn, moves
from adaptadvisor.engine.codes import Group
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import BudgetSpentError, minimal, other_plan, relevant
from adaptadvisor.engine.space import Space
from adaptadvisor.precedents.answers import GIVEN
from adaptadvisor.table.conditions import Condition, holds, tests
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.facts import Fact, Value, exact
from adaptadvisor.table.rows import Situation, Table

NEARLY = 0.3
"""Questions worth this part of the best one come in the natural order: people expect it, and with
half of it the interviews of `tests/bench` are no shorter.
"""

HARD = 0.5
"""What a question counts whose answer takes measuring or asking around."""

LISTED = 10
"""So many statements at most are asked about at once: with their answers they fill a screen of 24
lines.
"""

_TESTED, _RELEVANCE_BUDGET = 4, 1_000
"""Candidates tested exactly where the drawn completions do not show that they matter, and partial
situations in each test. Where none passes, the way between two completions shows one, exactly.
"""
_NOTHING_LOST = 1e-9
_LONGER = 2.4
"""The drawn completions show few of the rare answers that have to be asked about: nine of ten
interviews of `tests/bench/questions.py` took at most so many times as many questions, and one more.
"""
_FEW = 4  # completions of which no question is looked for any more when questions are counted

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """The fact to ask about; how likely the open answers change the plan; about how many questions
    are left, this one included, at least and at most; and the open facts that matter most often.

    `together` are the facts that one question asks about, this one among them: statements of which
    a line names those that are so (`unless`), or two facts that are told in the same breath. Empty
    where the question stands alone.
    """

    fact: Fact
    chance: float
    fewest: int
    most: int
    order: tuple[str, ...]
    together: tuple[Fact, ...] = ()


def next_question(
    engine: Engine,
    facts: Situation,
    closed: Collection[str] = (),
    later: Collection[str] = (),
    tried: Fact | None = None,
) -> NextQuestion | None:
    """The question to ask; None once the plan is settled, as far as can be told in time.

    Facts in `closed` will not be answered, or no more exactly than by a range; those in `later` are
    asked only where no other question can change the plan. Exact: some completion changes its plan
    with the answer. (Where no single answer does in any completion, but several together do, it is
    one of those.) What was `tried` is asked in its natural place, where it is given.
    """
    space = Space(engine, facts, closed)
    try:
        other = other_plan(space, engine.decide(facts).plan)
    except BudgetSpentError:
        other = {}  # what the drawn completions show has to do
    if other is None:
        return None
    drawn = _Drawn(space, closed)
    # where hardly any completion has another plan: the facts of one that has, most read ones first
    mentions = {name: group.mentions.bit_count() for group in space.groups for name in group.facts}
    rare = sorted((id for id in other if id not in closed), key=lambda id: -mentions[id])
    order = sorted(drawn.order or rare, key=lambda id: id in later)
    found = _first_that_matters(space, drawn, order)
    if not found and other:
        found = _on_the_way(space, other, closed, order)
    if not found:
        return None
    fewest, most = drawn.left(found)
    fact = engine.table.facts[found]
    first = tried if tried and tried.order <= fact.order else fact
    names = drawn.together_with(first, order, later)
    others = (name for name in names if name != first.id)
    matter = (n for n in others if n == found or _first_that_matters(space, drawn, [n]))
    together = sorted({first.id, *islice(matter, LISTED - 1)}, key=names.index)
    return NextQuestion(
        first,
        drawn.chance,
        fewest,
        most,
        tuple(order),
        tuple(engine.table.facts[name] for name in together) if len(together) > 1 else (),
    )


def _first_that_matters(space: Space, drawn: _Drawn, order: Sequence[str]) -> str | None:
    """The first of these facts that is shown to change the plan of some completion."""
    askable = {fact.id: fact for fact in space.engine.askable}
    tested = 0
    for id in order:
        if drawn.shown_to_matter(id):
            return id
        if tested < _TESTED:
            tested += 1
            if relevant(space, askable[id], _RELEVANCE_BUDGET):
                return id
    return None


def _on_the_way(
    space: Space, other: dict[str, Value], closed: Collection[str], order: Sequence[str]
) -> str | None:
    """A fact that changes the plan on the way to a completion that has another one."""
    try:
        found = _pivot(space, other, closed)
    except BudgetSpentError:
        return next(iter(order), None)
    if found not in closed:
        return found
    # a range decides there; another fact may matter elsewhere
    read = {name for group in space.groups for name in group.facts}.difference(closed)
    candidates = (fact for fact in space.engine.askable if fact.id in read)
    return next((fact.id for fact in candidates if relevant(space, fact) is not False), None)


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


class _Drawn:
    """Completions drawn by how likely they are, as sets of their numbers: by plan, and by fact and
    answer (but for `closed` facts, which are not asked about).
    """

    def __init__(self, space: Space, closed: Collection[str]) -> None:
        self.space = space
        drawn = Drawn(space)
        self.masks = {
            group: [move.mask for move in moves(space, group, drawn.columns)]
            for group in space.groups
        }
        self.every = (1 << DRAWS) - 1
        self.plans = _places(drawn.plans)
        self.chance = drawn.chance
        self.answers = {
            name: list(found.values())
            for name, column in drawn.asked.items()
            if name not in closed and len(found := _places(_apart(space, name, column))) > 1
        }
        self.order = self._order(self.every, list(self.answers))

    def together_with(
        self, first: Fact, names: Sequence[str], later: Collection[str] = ()
    ) -> list[str]:
        """Those of these facts that one question can ask about with this one, itself among them.
        What is rare in the task is listed only where a fact of that kind is asked about anyway;
        what is asked `later` only beside the fact that it waits for.
        """
        facts, task = self.space.engine.table.facts, self.space.facts.get(GIVEN)
        if first.unless:
            fit = (n for n in names if facts[n].unless and n != first.id and n not in later)
            any_rare = task in first.rare_in
            return [first.id, *(n for n in fit if any_rare or task not in facts[n].rare_in)]
        for one in (name for name in names if facts[name].beside and name not in later):
            fit = (n for n in facts[one].beside if n in names)
            told = [one, *(n for n in fit if n not in later or self._waits_for(n, one))]
            if first.id in told:
                return told
        return [first.id]

    def _waits_for(self, name: str, other: str) -> bool:
        """Whether it hangs on nothing but the other fact whether this one applies."""
        condition = self.space.engine.table.applies[name]
        return {test.fact for test in tests(condition)}.difference(self.space.facts) == {other}

    def _possible(self, without: Group) -> list[int]:
        """The possible terms of each completion; a group that is left out stays open."""
        found = [self.space.possible] * DRAWS
        for group, masks in self.masks.items():
            if group is not without:
                found = [possible & mask for possible, mask in zip(found, masks, strict=True)]
        return found

    def _order(self, chosen: int, names: Iterable[str]) -> list[str]:
        """The facts that take doubt off these completions: the one by which all others are weighed,
        those worth about as much as the best in the natural order, then the others by worth.
        """
        plans = self._among(chosen)
        doubt = _doubt(plans)
        if doubt <= _NOTHING_LOST:
            return []
        facts = self.space.engine.table.facts
        worth: dict[str, float] = {}
        for name in names:
            parts = self._parts(chosen, name)
            left = sum(
                _doubt([(plan, part & members) for plan, members in plans]) for part in parts
            )
            worth[name] = (doubt - left) * (HARD if facts[name].hard else 1)
        best = max(worth.values(), default=0)
        found = [name for name in worth if worth[name] > _NOTHING_LOST]
        found.sort(
            key=lambda name: (
                name != GIVEN,
                (0, facts[name].order) if worth[name] >= NEARLY * best else (1, -worth[name]),
            )
        )
        return found

    def _among(self, chosen: int) -> list[tuple[int, int]]:
        """The plans of these completions, each with those of them that have it."""
        found = ((plan, chosen & members) for plan, members in self.plans.items())
        return [(plan, members) for plan, members in found if members]

    def _parts(self, chosen: int, name: str) -> list[int]:
        return [part for answer in self.answers[name] if (part := chosen & answer)]

    def left(self, first: str) -> tuple[int, int]:
        """The questions that nine of ten interviews need from here, at least and at most."""
        depths: dict[int, int] = {}
        self._follow(self.every, (first,), 0, depths)
        return _quantile(depths, 0.05), math.ceil(_LONGER * _quantile(depths, 0.95)) + 1

    def _follow(
        self, chosen: int, asked: tuple[str, ...], depth: int, depths: dict[int, int]
    ) -> None:
        """Counts how many questions come until the plan of these completions is sure enough."""
        size = chosen.bit_count()
        most = max(members.bit_count() for _, members in self._among(chosen))
        order = [] if depth else self.order
        name: str | None = None if depth else asked[0]
        if depth and size > _FEW and size - most > SURE * size:
            order = self._order(chosen, [name for name in self.answers if name not in asked])
            name = next(iter(order), None)
        if name is None or name not in self.answers:
            depths[max(depth, 1)] = depths.get(max(depth, 1), 0) + size
            return
        together = self.together_with(self.space.engine.table.facts[name], order)[:LISTED]
        parts = [chosen]
        for each in together:
            parts = [smaller for part in parts for smaller in self._parts(part, each)]
        for part in parts:
            self._follow(part, (*asked, *together), depth + 1, depths)

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


def _places(row: Sequence[T]) -> dict[T, int]:
    """For each different value of a row, the places (as bits) at which it has it."""
    found: dict[T, int] = {}
    for place, value in enumerate(row):
        found[value] = found.get(value, 0) | 1 << place
    return found


def _quantile(counts: dict[int, int], share: float) -> int:
    """The least number that at least this share of what is counted does not exceed."""
    wanted, seen = share * sum(counts.values()), 0
    for number in sorted(counts):
        seen += counts[number]
        if seen >= wanted:
            return number
    return 1


def _doubt(plans: Sequence[tuple[int, int]]) -> float:
    """How far apart the plans of two completions are, in approaches that only one of them has, on
    average over all pairs; times their number. Each plan comes with the completions that have it.
    """
    counts = [(plan, count) for plan, members in plans if (count := members.bit_count())]
    total = 0
    for place, (plan, count) in enumerate(counts):
        for other, others in counts[:place]:
            total += count * others * (plan ^ other).bit_count()
    return 2 * total / sum(count for _, count in counts) if total else 0


def _apart(space: Space, name: str, column: Sequence[Value | None]) -> Sequence[object]:
    """The answers as far as they are told apart here: numbers by cell, and in each by their size,
    as facts that are derived from two numbers tell more apart than each of these does.
    """
    codes = space.engine.codes.get(name)
    if not codes or not space.engine.table.facts[name].numeric:
        return column
    known: dict[Value | None, object] = {None: None}
    for value in set(column):
        if isinstance(value, (int, float)):
            known[value] = codes.cell(value), round(2 * math.log10(1 + value))
    return [known[value] for value in column]


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
