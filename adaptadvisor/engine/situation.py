"""One situation under a table: which rows count, who meets what, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from adaptadvisor.engine.decide import Outcome, engine_for
from adaptadvisor.table.conditions import All, Condition, Test, deciding, holds, tests
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import BIT, attempt, members, name
from adaptadvisor.table.rows import Limit, Need, Option, Situation, Table
from adaptadvisor.table.speech import condition_words, said, value_words

FELL_SHORT = "was tried and fell short"
"""What is said of an approach that is used up."""

Row = TypeVar("Row", Need, Limit)


class Circumstances:
    """A situation, the needs and limits that count in it, and the outcome."""

    def __init__(self, table: Table, facts: dict[str, Value]) -> None:
        self.table = table
        self.facts = facts
        self.engine = engine_for(table)
        tried: tuple[str, ...] = facts.get("tried", ())  # type: ignore[assignment]
        self.tried = tuple(map(attempt, tried))
        self.used_up = self.engine.used_up(facts)
        whole = tuple(map(name, self.used_up))
        self.situation: Situation = with_derived({**facts, "tried": whole} if tried else facts)
        self.outcome: Outcome = self.engine.decide(facts)
        self.plan = members(self.outcome.plan)
        self.needs = self._counting(table.needs.values())
        self.limits = self._counting(table.limits.values())
        self.ruled_out = {approach for limit in self.limits for approach in limit.rules_out}

    def _counting(self, rows: Iterable[Row]) -> list[Row]:
        return sorted(
            filter(lambda row: self.holds(row.when), rows), key=lambda row: (row.order, row.id)
        )

    def fell_short(self, approach: str) -> str:
        """That an approach, alone or with others, was tried and is used up; else empty."""
        if any(one.whole & BIT[approach] for one in self.tried):
            return f"it {FELL_SHORT}"
        if any(plan & BIT[approach] for plan in self.used_up):
            return f"every method of it that can apply here {FELL_SHORT}"
        return ""

    def tried_in_plan(self, approach: str) -> tuple[str, ...]:
        """The variants of an approach that were tried in the present plan, or in a larger one."""
        around = (one for one in self.tried if self.outcome.plan & ~one.plan == 0)
        found = {variant for one in around for owner, variant in one.variants if owner == approach}
        return tuple(sorted(found))

    def holds(self, condition: Condition) -> bool:
        return holds(condition, self.situation) is True

    def usable(self, option: Option) -> bool:
        """Whether this option lets its approach meet the need here, limits aside."""
        fails = holds(self.prerequisites(option), self.situation) is False
        return self.holds(option.when) and not fails

    def prerequisites(self, option: Option) -> Condition:
        return both(self.table.approaches[option.approach].provided, option.provided)

    def meeting(self, need: Need, approach: str) -> Option | None:
        """The option with which an approach meets a need, if possible with nothing to confirm."""
        if approach in self.ruled_out:
            return None
        usable = [way for way in need.met_by if way.approach == approach and self.usable(way)]
        return min(usable, key=lambda way: not self.holds(self.prerequisites(way)), default=None)

    def answers(self, condition: Condition) -> Mapping[str, Value]:
        """The given answers, also those behind a derived fact, that made a condition hold."""
        used = {
            name
            for fact in deciding(condition, self.situation)
            for name in self.table.facts[fact].inputs or (fact,)
        }
        return {fact: value for fact, value in self.facts.items() if fact in used}

    def missing(self, condition: Condition) -> str:
        """The parts of a prerequisite that are known to fail, with what is known instead."""
        failing = _failing(condition, self.situation)
        words = (condition_words(part, self.table.facts) for part in failing)
        return " and ".join(
            f"{said}{self._beside(part)}" for said, part in zip(words, failing, strict=True)
        )

    def _beside(self, part: Condition) -> str:
        """Whether the line is a default that no source gives, and what is known instead."""
        default = any(map(self._is_default, tests(part)))
        notes = ("as a default" if default else "", self._instead(part))
        words = "; ".join(filter(None, notes))
        return f" ({words})" if words else ""

    def _is_default(self, test: Test) -> bool:
        """Whether a test's line is a threshold of the table that no source gives."""
        ends = {end for interval in test.intervals for end in interval}
        lines = ends | {end - 1 for end in ends}  # "<= 200" of a whole number is kept as "< 201"
        rows = self.table.thresholds.values()
        kinds = {row.kind for row in rows if row.fact == test.fact and row.value in lines}
        return kinds == {"default"}

    def _instead(self, part: Condition) -> str:
        known = dict.fromkeys(test.fact for test in tests(part) if test.fact in self.situation)
        if len(known) == 1:
            return f"here {value_words(self.situation[next(iter(known))])}"
        facts = (self.table.facts[fact] for fact in known)
        words = ", ".join(said(fact.name, fact.unit, self.situation[fact.id]) for fact in facts)
        return f"here {words}" if words else ""


def both(*conditions: Condition) -> Condition:
    """All of the conditions, flattened."""
    return All(tuple(part for condition in conditions for part in parts(condition)))


def parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, All) else (condition,)


def _failing(condition: Condition, situation: Situation) -> list[Condition]:
    """The smallest parts of a condition that are known to fail and thereby make it fail."""
    if isinstance(condition, All):
        failing = (part for part in condition.parts if holds(part, situation) is False)
        return [found for part in failing for found in _failing(part, situation)]
    return [condition]
