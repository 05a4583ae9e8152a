"""One situation under a table: which rows count, who meets what, and what is missing. Everything
that advice is made of.
"""

from __future__ import annotations

from collections.abc import Mapping

from adaptadvisor.engine.decide import Outcome, engine_for
from adaptadvisor.table import facts as fact_values
from adaptadvisor.table.conditions import (
    All,
    AnyOf,
    Condition,
    Test,
    deciding,
    describe,
    holds,
    tests,
)
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import members
from adaptadvisor.table.rows import Limit, Need, Option, Situation, Table


class Circumstances:
    """A situation, the needs and limits that count in it, and the outcome."""

    def __init__(self, table: Table, facts: dict[str, Value]) -> None:
        self.table = table
        self.facts = facts
        self.engine = engine_for(table)
        self.situation: Situation = with_derived(facts)
        self.tried: tuple[str, ...] = facts.get("tried", ())  # type: ignore[assignment]
        self.outcome: Outcome = self.engine.decide(facts)
        self.plan = members(self.outcome.plan)
        ordered_needs = sorted(table.needs.values(), key=lambda need: (need.order, need.id))
        ordered_limits = sorted(table.limits.values(), key=lambda limit: (limit.order, limit.id))
        self.needs: list[Need] = [need for need in ordered_needs if self.holds(need.when)]
        self.limits: list[Limit] = [limit for limit in ordered_limits if self.holds(limit.when)]
        self.ruled_out = {approach for limit in self.limits for approach in limit.rules_out}

    def holds(self, condition: Condition) -> bool:
        return holds(condition, self.situation) is True

    def usable(self, option: Option) -> bool:
        """Whether this option lets its approach meet the need here, limits aside."""
        return (
            self.holds(option.when)
            and holds(self.prerequisites(option), self.situation) is not False
        )

    def prerequisites(self, option: Option) -> Condition:
        return both(self.table.approaches[option.approach].provided, option.provided)

    def meeting(self, need: Need, approach: str) -> Option | None:
        """The option with which an approach meets a need here, if possible one with nothing left to
        confirm; None where it does not.
        """
        if approach in self.ruled_out:
            return None
        usable = [
            option for option in need.met_by if option.approach == approach and self.usable(option)
        ]
        return min(
            usable, key=lambda option: not self.holds(self.prerequisites(option)), default=None
        )

    def answers(self, condition: Condition) -> Mapping[str, Value]:
        """The given answers that made a condition hold, in asking order; for a derived fact, those
        it is computed from.
        """
        used = {
            name
            for fact in deciding(condition, self.situation)
            for name in self.table.facts[fact].inputs or (fact,)
        }
        return {fact: value for fact, value in self.facts.items() if fact in used}

    def missing(self, condition: Condition) -> str:
        """The parts of a prerequisite that are known to fail, with what is known instead."""
        failing = _failing(condition, self.situation)
        return " and ".join(f"{describe(part)}{self._instead(part)}" for part in failing)

    def _instead(self, part: Condition) -> str:
        known = {
            test.fact: self.situation[test.fact]
            for test in tests(part)
            if test.fact in self.situation
        }
        return (
            " (here"
            f" {', '.join(f'{fact} is {fact_values.show(value)}' for fact, value in known.items())})"
            if known
            else ""
        )


def both(*conditions: Condition) -> Condition:
    """All of the conditions, flattened."""
    return All(tuple(part for condition in conditions for part in parts(condition)))


def parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, All) else (condition,)


def _failing(condition: Condition, situation: Situation) -> list[Test | AnyOf]:
    """The smallest parts of a condition that are known to fail and thereby make it fail."""
    if isinstance(condition, All):
        return [
            found
            for part in condition.parts
            if holds(part, situation) is False
            for found in _failing(part, situation)
        ]
    return [condition]
