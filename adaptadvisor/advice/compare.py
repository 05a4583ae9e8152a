"""Two situations side by side: what differs, both plans, and which differences made them differ.

A set of differing facts made it if switching just these from the first situation to the second
gives the plan of the second. The smallest such sets are found by trying all, small ones first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from adaptadvisor.advice.advise import advise, check_facts
from adaptadvisor.advice.recommendation import Data, Recommendation, TableId, as_data
from adaptadvisor.advice.values import Approach, Plan, Share
from adaptadvisor.engine.decide import Engine, engine_for
from adaptadvisor.engine.search import minimal
from adaptadvisor.table.facts import Value
from adaptadvisor.table.rows import Situation, Table

SCHEMA = "adaptadvisor/comparison/1"
MOST = 3
"""Sets that are named where several are equally small."""

BUDGET = 30_000
"""Sets that are tried, for which a second or two is enough: all of up to four of thirty facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two situations, and the advice on it. `waits_for`: facts that the plan waits for;
    `fallback` is empty where none is left.
    """

    title: str
    facts: Mapping[str, Value]
    plan: Plan
    headline: str
    open_needs: tuple[str, ...]
    settled: bool
    waits_for: tuple[str, ...]
    fallback: Plan
    likely: Plan
    confidence: Share


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that differs (None: not known); `decides` where it is in a set that made it."""

    fact: str
    first: Value | None
    second: Value | None
    decides: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of an approach in one situation, and why."""

    verdict: str
    because: str


@dataclass(frozen=True, slots=True)
class VerdictPair:
    """An approach of which something else is said in either situation."""

    approach: Approach
    first: Judged
    second: Judged


@dataclass(frozen=True, slots=True)
class Switches:
    """At most three of the smallest sets of facts that made it; `more`: there are others as small.

    `not_searched` says what was not tried; the only set then needs each of its facts, though there
    may be a smaller one, unless it is of a size that was tried.
    """

    sets: tuple[tuple[str, ...], ...] = ()
    more: bool = False
    not_searched: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The whole answer. `made_it` is empty where both plans are the same."""

    schema: str
    table: TableId
    first: Side
    second: Side
    same_plan: bool
    differs: tuple[Difference, ...]
    verdicts: tuple[VerdictPair, ...]
    made_it: tuple[tuple[str, ...], ...]
    more: bool
    not_searched: str

    def as_data(self) -> Data:
        """The comparison as dictionaries, lists and plain values, ready for JSON."""
        return as_data(self)


def compare(
    table: Table,
    first: Mapping[str, object],
    second: Mapping[str, object],
    titles: tuple[str, str] = ("", ""),
    budget: int = BUDGET,
) -> Comparison:
    """The comparison of two situations; `BadInput` for a fact or a value that is none."""
    one, other = check_facts(table, first), check_facts(table, second)
    advice = advise(table, one), advise(table, other)
    differing = [fact for fact in table.facts if one.get(fact) != other.get(fact)]
    found = switches(engine_for(table), one, other, differing, budget)
    deciding = {fact for facts in found.sets for fact in facts}
    return Comparison(
        schema=SCHEMA,
        table=TableId(table.version, table.digest),
        first=_side(advice[0], titles[0]),
        second=_side(advice[1], titles[1]),
        same_plan=advice[0].plan == advice[1].plan,
        differs=tuple(
            Difference(fact, one.get(fact), other.get(fact), fact in deciding) for fact in differing
        ),
        verdicts=tuple(_verdicts(*advice)),
        made_it=found.sets,
        more=found.more,
        not_searched=found.not_searched,
    )


def _side(advice: Recommendation, title: str) -> Side:
    return Side(
        title=title,
        facts=advice.facts,
        plan=advice.plan,
        headline=advice.headline,
        open_needs=tuple(need.id for need in advice.open_needs),
        settled=advice.settled,
        waits_for=tuple(dict.fromkeys(fact for row in advice.hinges for fact in row.facts)),
        fallback=advice.fallback.plan if advice.fallback else (),
        likely=advice.likely,
        confidence=advice.confidence,
    )


def _verdicts(one: Recommendation, other: Recommendation) -> list[VerdictPair]:
    pairs = zip(one.verdicts, other.verdicts, strict=True)
    return [
        VerdictPair(a.approach, Judged(a.verdict, a.because), Judged(b.verdict, b.because))
        for a, b in pairs
        if a.verdict != b.verdict
    ]


def switches(
    engine: Engine, one: Situation, other: Situation, differing: Sequence[str], budget: int = BUDGET
) -> Switches:
    """The smallest sets of the differing facts that, switched from one situation to the other, give
    the other's plan; none where the plans are the same.
    """
    goal = engine.decide(other).plan
    if engine.decide(one).plan == goal:
        return Switches()
    read = {*engine.cells, "tried", *(fact for row in engine.derived for fact in row.fact.inputs)}
    mattering = [fact for fact in differing if fact in read]
    tried = 0
    for size in range(1, len(mattering) + 1):
        found: list[tuple[str, ...]] = []
        for facts in combinations(mattering, size):
            if tried == budget:
                return _cut_short(engine, one, other, mattering, found)
            tried += 1
            if engine.decide(switched(one, other, facts)).plan == goal:
                found.append(facts)
        if found:
            return Switches(tuple(found[:MOST]), len(found) > MOST)
    raise AssertionError("switching every fact that counts gives the other situation")


def switched(one: Situation, other: Situation, facts: Sequence[str]) -> dict[str, Value]:
    """The first situation with these facts as they are in the other."""
    kept = {fact: value for fact, value in one.items() if fact not in facts}
    return kept | {fact: other[fact] for fact in facts if fact in other}


def _cut_short(
    engine: Engine,
    one: Situation,
    other: Situation,
    mattering: Sequence[str],
    found: Sequence[tuple[str, ...]],
) -> Switches:
    """What is known once the budget is spent: sets of this size, or one that needs each fact."""
    if found:
        return Switches(tuple(found[:MOST]), more=True, not_searched="other sets of this size")
    goal = engine.decide(other).plan
    needed: dict[str, Value] = minimal(
        dict.fromkeys(mattering, True),
        lambda fewer: engine.decide(switched(one, other, [*fewer])).plan == goal,
    )
    kept = tuple(fact for fact in mattering if fact in needed)
    return Switches((kept,), more=True, not_searched=f"all sets of up to {len(kept)} facts")
