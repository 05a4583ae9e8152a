"""What a pipeline can stop at: findings about a situation, and whether the evidence is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TypeVar

from adaptadvisor.advice import completions, hinges
from adaptadvisor.advice.completions import SURE
from adaptadvisor.advice.outlook import Outlook
from adaptadvisor.advice.recommendation import Hinge
from adaptadvisor.advice.route import route
from adaptadvisor.advice.worth import ranked
from adaptadvisor.engine.decide import Outcome, engine_for
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.facts import Value
from adaptadvisor.table.rows import Table

T = TypeVar("T")


class Glance:
    """A situation (checked facts, without derived ones); what is asked of it is worked out once."""

    def __init__(self, table: Table, facts: dict[str, Value]) -> None:
        self.table = table
        self.engine = engine_for(table)
        self.facts = facts
        self.outcome: Outcome = self.engine.decide(facts)

    @cached_property
    def settled(self) -> bool:
        """Whether nothing that is missing can change the plan; False also where none can tell."""
        return hinges.settled(self.engine, self.facts)

    @cached_property
    def hinges(self) -> tuple[Hinge, ...]:
        """The open questions, those that are worth most first."""
        found = hinges.hinges(self.engine, self.facts, is_settled=self.settled)
        return ranked(self.here, found) if found else ()

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The facts that the open questions ask for."""
        return tuple(fact for hinge in self.hinges for fact in hinge.facts)

    @cached_property
    def chance(self) -> float:
        """How likely what is open changes the plan, 0 to 1, as `ask` says it."""
        return 0.0 if self.settled else completions.chance(self.engine, self.facts)

    @cached_property
    def here(self) -> Circumstances:
        """The rows that count."""
        return Circumstances(self.table, self.facts)

    @cached_property
    def outlook(self) -> Outlook:
        """What published situations say."""
        return Outlook.of(self.here)

    @cached_property
    def fallback(self) -> Outcome:
        """The outcome once this plan was tried and fell short, too; where there is none, this."""
        if not self.outcome.plan:
            return self.outcome
        return self.engine.fallback(self.facts, self.outcome)

    def work_out(self) -> Glance:
        """Itself, with all worked out that a page asks for: a progress bar waits for it."""
        _ = self.hinges, self.outlook, self.fallback
        return self


FINDINGS: Mapping[str, Callable[[Glance], bool]] = {
    "open-needs": lambda seen: bool(seen.outcome.open_needs),
    "not-settled": lambda seen: not seen.settled,
    "doubtful": lambda seen: seen.chance >= SURE,
    "disagreement": lambda seen: bool(seen.outlook.favoured),
    "not-yet": lambda seen: any(step.blocks for step in route(seen.here)),
    "near-threshold": lambda seen: bool(
        hinges.near_thresholds(seen.table, seen.engine, seen.facts)
    ),
}
"""A need that no plan meets; an open question; open questions that change the plan in 1 of 20
situations like it or more; rules and published situations that disagree; something that has to come
first; a number next to a line.
"""

CHANGED, ADDED, GONE = "changed", "added", "gone"
"""The findings of a portfolio alone: the plan is not the one of a former run; the case was not in
it; a case that was in it is not there any more.
"""


def found(seen: Glance, words: Iterable[str]) -> tuple[str, ...]:
    """Those of the findings asked for that are there, in the order of asking."""
    return tuple(word for word in dict.fromkeys(words) if word in FINDINGS and FINDINGS[word](seen))


NOT_SETTLED, THIN = "not settled", "settled on thin evidence"


def doubt(seen: Glance) -> tuple[str, str]:
    """What the matter is where the evidence is not enough to act on, and why; else twice nothing.

    The matter is `NOT_SETTLED` or `THIN`.
    """
    if not seen.settled:
        names = [seen.table.facts[fact].name for fact in seen.waits_for]
        depends = f"the plan depends on {', '.join(names)}"
        return NOT_SETTLED, depends if names else "not every combination of answers was looked at"
    if seen.outlook.odds.thin:
        return THIN, "too few published situations are like this one"
    return "", ""
