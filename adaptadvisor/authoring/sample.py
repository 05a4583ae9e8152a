"""For whom two tables decide differently: in given cases, and in a random sample of situations."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import TypeAlias, cast

from adaptadvisor.authoring.progress import Told, counted, silent
from adaptadvisor.engine.decide import Engine, Outcome
from adaptadvisor.engine.search import minimal
from adaptadvisor.engine.situations import drawing
from adaptadvisor.table.facts import Fact, NotAValue, Value, from_object
from adaptadvisor.table.plans import APPROACHES, members, name, plan_of
from adaptadvisor.table.rows import Situation, Table

Facts: TypeAlias = dict[str, Value]

_TINY = 1e-9
_STARTS = 8  # situations of a change of plan from which a smallest witness is looked for


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """What a table decides: a plan (empty where none is left) and the needs that it leaves open."""

    plan: tuple[str, ...]
    open_needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case for which the tables decide differently; `left_out`: facts that one cannot read."""

    id: str
    old: Decision
    new: Decision
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanChange:
    """All sampled situations in which one plan becomes another, or stays with other needs open.

    `witness` is one of them from which no fact can be left out; `old` and `new` are what the tables
    decide there. The plans are those of the whole group; open needs may differ inside it.
    """

    situations: int
    old: Decision
    new: Decision
    witness: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Sample:
    """How many situations were drawn, and in how many the tables decide differently, by plans."""

    size: int
    seed: int
    differing: int
    share: float
    """The part that differs, to six decimals."""
    groups: tuple[PlanChange, ...]


# ---- decisions ----

_Decided: TypeAlias = tuple[Outcome, Outcome]


class Pair:
    """Both tables compiled; each decides situations without the facts that it cannot read."""

    def __init__(self, old: Table, new: Table) -> None:
        self.tables = (old, new)
        self.engines = (Engine(old), Engine(new))
        self.read: tuple[dict[object, Value | None], dict[object, Value | None]] = ({}, {})

    def decide(self, facts: Mapping[str, object]) -> _Decided:
        old, new = self.readable(0, facts), self.readable(1, facts)
        return self.engines[0].decide(old), self.engines[1].decide(new)

    def readable(self, side: int, facts: Mapping[str, object]) -> Facts:
        """The facts that one of the tables has, with values that it has, in canonical form."""
        table, read = self.tables[side], self.read[side]
        found = {}
        for fact, given in facts.items():
            key = (fact, type(given), given)
            if key not in read:
                read[key] = _value(table.facts.get(fact), given)
            value = read[key]
            if value is not None:
                found[fact] = value
        return found

    def read_by(self, facts: Mapping[str, object]) -> tuple[set[str], set[str]]:
        """The facts that each table can read."""
        return set(self.readable(0, facts)), set(self.readable(1, facts))

    def case(self, id: str, given: Mapping[str, object]) -> CaseChange | None:
        """What changes for a case, whose facts may be as YAML has them; None: nothing."""
        known = {fact: value for fact, value in given.items() if value is not None}
        facts = {fact: tuple(v) if isinstance(v, list) else v for fact, v in known.items()}
        old, new = self.decide(facts)
        if old == new:
            return None
        read = set.intersection(*self.read_by(facts))
        left_out = tuple(fact for fact in facts if fact not in read)
        return CaseChange(id, result(old), result(new), left_out)


def _value(fact: Fact | None, value: object) -> Value | None:
    """What a value means for a fact; None where it means nothing."""
    if fact is None or fact.derived:
        return None
    try:
        return from_object(fact, value)
    except NotAValue:
        return None


def result(outcome: Outcome) -> Decision:
    """An outcome with its plan in words."""
    return Decision(members(outcome.plan), outcome.open_needs)


# ---- the sample ----


def sampled(pair: Pair, size: int, seed: int, told: Told = silent) -> Sample:
    draw = drawing(pair.engines, Random(seed))  # noqa: S311 - a sample that can be drawn again, no secret
    found: dict[tuple[int, int], list[Facts]] = {}
    counts: Counter[tuple[int, int]] = Counter()
    for _ in counted(range(size), size, "Comparing situations", told):
        facts = draw()
        old, new = pair.decide(facts)
        if old != new:
            key = old.plan, new.plan
            counts[key] += 1
            smallest = sorted([*found.get(key, ()), facts], key=_by_size)
            found[key] = smallest[:_STARTS]  # memory stays flat however many differ
    groups = [_group(pair, situations, counts[key]) for key, situations in found.items()]
    groups.sort(key=lambda group: (-group.situations, group.old, group.new))
    differing = counts.total()
    share = round(differing / size, 6) if size else 0.0
    return Sample(size, seed, differing, share, tuple(groups))


def _by_size(facts: Situation) -> tuple[int, str]:
    return len(facts), repr(facts)


# ---- witnesses ----


def _group(pair: Pair, situations: list[Facts], count: int) -> PlanChange:
    smallest = min((_smaller(pair, facts) for facts in situations), key=_by_size)
    witness = _rounder(pair, smallest)
    old, new = pair.decide(witness)
    return PlanChange(count, result(old), result(new), witness)


def _keeps(pair: Pair, before: _Decided, facts: Situation) -> bool:
    """Whether the tables still differ in the same way: from the one plan to the other."""
    old, new = pair.decide(facts)
    return old != new and (old.plan, new.plan) == (before[0].plan, before[1].plan)


def _smaller(pair: Pair, facts: Facts) -> Facts:
    """The situation with the difference and no fact that can be left out."""
    before = pair.decide(facts)

    def keeps(fewer: Facts) -> bool:
        return _keeps(pair, before, fewer)

    return minimal(_fewer_tried(pair, before, minimal(facts, keeps)), keeps)


def _fewer_tried(pair: Pair, before: _Decided, facts: Facts) -> Facts:
    """The same with as few approaches in the plans that were tried as still show the difference."""
    for approach in reversed(APPROACHES):
        for plan in _tried_plans(facts):
            left = {plan_of(member for member in plan.split("+") if member != approach)} - {0}
            left |= {plan_of(other.split("+")) for other in _tried_plans(facts) if other != plan}
            fewer: Facts = {**facts, "tried": tuple(map(name, sorted(left)))}
            if approach in plan.split("+") and left and _keeps(pair, before, fewer):
                facts = fewer
    return facts


def _tried_plans(facts: Facts) -> tuple[str, ...]:
    return cast("tuple[str, ...]", facts.get("tried", ()))


def _rounder(pair: Pair, facts: Facts) -> Facts:
    """The same with the roundest numbers that still show the difference."""
    before = pair.decide(facts)
    for fact, value in facts.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            for number in _round_numbers(value):
                other: Facts = {**facts, fact: number}
                if pair.read_by(other) == pair.read_by(facts) and _keeps(pair, before, other):
                    facts = other
                    break
    return facts


def _round_numbers(value: float) -> Iterator[float]:
    """Numbers close to this one with fewer digits, fewest first.

    >>> list(_round_numbers(4.783))
    [5, 4, 4.8, 4.7, 4.78, 4.79]
    """
    if abs(value) < _TINY:  # 0, or the smallest number above it
        yield from (number for number in (0, 1, 0.1, 0.001) if value and number != value)
        return
    place = math.floor(math.log10(abs(value)))
    seen = {value}
    for digits in range(1, 4):
        for change in (round, math.floor, math.ceil):
            scaled = change(value / 10.0 ** (place - digits + 1))
            number = round(scaled * 10.0 ** (place - digits + 1), 9)
            number = int(number) if number == int(number) else number
            if number not in seen:
                seen.add(number)
                yield number
