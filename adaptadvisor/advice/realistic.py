"""Which other answers count as a way to another plan: those that somebody could mean.

A fact that makes the situation what it is (`changes: never`) stays as it is given, and of what one
has or knows already (`changes: up`) nobody gives some away to earn a plan. What is not known may
be anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from adaptadvisor.engine.decide import Engine
from adaptadvisor.table.facts import Fact, Value
from adaptadvisor.table.ranges import LARGEST, Range
from adaptadvisor.table.rows import Situation


class Realistic:
    """The answers that known facts may change to."""

    def __init__(self, engine: Engine, facts: Situation) -> None:
        known = [fact for fact in engine.askable if fact.id in facts]
        self.facts = facts
        self.changing: Mapping[str, Fact] = {
            fact.id: fact for fact in known if fact.changes != "any"
        }
        self.ranges: Mapping[str, Range] = {
            id: _from(fact, facts[id])
            for id, fact in self.changing.items()
            if fact.numeric and fact.changes == "up"
        }

    def may(self, fact: str, value: Value) -> bool:
        """Whether this answer may stand in place of the known one."""
        row = self.changing.get(fact)
        if row is None or fact in self.ranges:
            return True  # of the numbers, only those in their range are ever offered
        if row.changes == "never":
            return False
        return row.values.index(value) >= row.values.index(self.facts[fact])


def _from(fact: Fact, value: Value) -> Range:
    known = value.low if isinstance(value, Range) else value
    low = known if isinstance(known, (int, float)) else fact.minimum
    most = min(fact.maximum, LARGEST)
    return Range(low, max(low, int(most) if fact.type == "integer" else most), more=True)
