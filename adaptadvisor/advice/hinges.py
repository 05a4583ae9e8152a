"""What would change the advice: unknown facts (hinges), other answers (flips), near lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from adaptadvisor.advice.recommendation import AnswerPlan, Flip, Hinge, NearThreshold
from adaptadvisor.engine.decide import Engine, Outcome
from adaptadvisor.engine.search import BUDGET, BudgetSpentError, minimal, other_plan
from adaptadvisor.engine.space import Space, answers
from adaptadvisor.table.conditions import Cell
from adaptadvisor.table.facts import Fact, exact
from adaptadvisor.table.plans import members
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import Situation, Table

_T = TypeVar("_T")
NEAR = 0.1
"""How near, as a part of the threshold, a number is announced."""


def settled(engine: Engine, facts: Situation) -> bool:
    """Whether nothing that is unknown, or known only as a range, can change the plan; False also
    where that takes too long. Then there are no hinges either.
    """
    try:
        return other_plan(Space(engine, facts), engine.decide(facts).plan, BUDGET) is None
    except BudgetSpentError:
        return False


def hinges(engine: Engine, facts: Situation, *, is_settled: bool) -> tuple[Hinge, ...]:
    """The facts, unknown or known only as a range, that can change the plan, in table order; else a
    set that can together.
    """
    if is_settled:
        return ()
    plan = engine.decide(facts).plan
    found = []
    for fact in (fact for fact in engine.askable if not exact(facts.get(fact.id))):
        outcomes = _outcomes(engine, facts, fact)
        if any(other.plan != plan for _, other in outcomes):
            found.append(_hinge(fact, facts.get("task"), outcomes, {}))
    return tuple(found) or _joint_hinge(engine, facts, plan)


def flips(engine: Engine, facts: Situation) -> tuple[Flip, ...]:
    """Every single answer, to a known or unknown fact, that changes the plan, in table order."""
    plan = engine.decide(facts).plan
    return tuple(
        Flip(fact.id, facts.get(fact.id), answer, members(other.plan), other.open_needs)
        for fact in engine.askable
        for answer, other in merged(_outcomes(engine, without(facts, fact.id), fact))
        if other.plan != plan
    )


def near_thresholds(table: Table, engine: Engine, facts: Situation) -> tuple[NearThreshold, ...]:
    """Known numbers within ten per cent of a threshold beyond which the plan changes.

    Of a range, the end that is nearer to it; a threshold inside a range is a matter for `hinges`.
    """
    plan = engine.decide(facts).plan
    found = []
    for fact in engine.askable:
        value = facts.get(fact.id)
        if not fact.numeric or not isinstance(value, (int, float, Range)):
            continue
        low, high = (value.low, value.high) if isinstance(value, Range) else (value, value)
        for cell in answers(engine, without(facts, fact.id), fact)[1:]:
            line, means = _named(table, fact, cell.low)
            end = high if high < cell.low else low
            if not low < cell.low <= high and abs(end - line) <= NEAR * abs(line):
                beyond = cell.low if end < cell.low else _just_below(fact, cell.low)
                other = engine.decide({**facts, fact.id: beyond}).plan
                if other != plan:
                    found.append(NearThreshold(fact.id, value, line, means, members(other)))
    return tuple(found)


def without(facts: Mapping[str, _T], fact: str) -> dict[str, _T]:
    """What is known of all facts but this one."""
    return {name: value for name, value in facts.items() if name != fact}


def _outcomes(engine: Engine, facts: Situation, fact: Fact) -> list[tuple[Cell, Outcome]]:
    """For every answer that the table tells apart, the outcome."""
    return [
        (cell, engine.decide({**facts, fact.id: cell.value}))
        for cell in answers(engine, facts, fact)
    ]


def _hinge(
    fact: Fact, task: object, outcomes: list[tuple[Cell, Outcome]], together_with: Situation
) -> Hinge:
    rows = tuple(
        AnswerPlan(answer, members(outcome.plan), outcome.open_needs)
        for answer, outcome in merged(outcomes)
    )
    return Hinge(fact.id, fact.asked_of(task), fact.found_out_in(task), rows, together_with)


def merged(outcomes: list[tuple[Cell, Outcome]]) -> list[tuple[str, Outcome]]:
    """Answers with the same outcome together: numbers as one range, choices with "or"."""
    if outcomes and math.isnan(outcomes[0][0].low):
        different = dict.fromkeys(outcome for _, outcome in outcomes)
        return [
            (" or ".join(str(cell) for cell, other in outcomes if other == outcome), outcome)
            for outcome in different
        ]
    joined: list[tuple[Cell, Outcome]] = []
    for cell, outcome in outcomes:
        if joined and joined[-1][1] == outcome:
            joined[-1] = (replace(joined[-1][0], high=cell.high), outcome)
        else:
            joined.append((cell, outcome))
    return [(str(cell), outcome) for cell, outcome in joined]


def _joint_hinge(engine: Engine, facts: Situation, plan: int) -> tuple[Hinge, ...]:
    """Where only several answers together change the plan: such a set that needs each of them."""
    try:
        other = other_plan(Space(engine, facts), plan, BUDGET) or {}
    except BudgetSpentError:
        return ()
    chosen = minimal(other, lambda fewer: engine.decide({**facts, **fewer}).plan != plan)
    found = [fact for fact in engine.askable if fact.id in chosen]
    if not found:
        return ()
    first, rest = found[0], {fact.id: chosen[fact.id] for fact in found[1:]}
    known = {**facts, **rest}
    return (_hinge(first, known.get("task"), _outcomes(engine, known, first), rest),)


def _just_below(fact: Fact, edge: float) -> float:
    return int(edge) - 1 if fact.type == "integer" else math.nextafter(edge, -math.inf)


def _named(table: Table, fact: Fact, edge: float) -> tuple[float, str]:
    """The threshold at an edge (one below it, where a test has > or <=), and what it means."""
    for number in (edge, _just_below(fact, edge)):
        for threshold in table.thresholds.values():
            if threshold.fact == fact.id and threshold.value == number:
                return number, f"{threshold.id}: {threshold.means}"
    return edge, ""
