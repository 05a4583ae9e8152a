"""What would change the advice: answers to unknown facts (hinges), other answers to known ones
(flips), numbers close to a line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from adaptadvisor.advice.recommendation import AnswerPlan, Flip, Hinge, NearThreshold
from adaptadvisor.engine.decide import Engine, Outcome
from adaptadvisor.engine.search import BUDGET, BudgetSpentError, minimal, other_plan
from adaptadvisor.engine.space import Space, answers
from adaptadvisor.table.conditions import Cell
from adaptadvisor.table.facts import Fact, Value
from adaptadvisor.table.plans import members
from adaptadvisor.table.rows import Table

NEAR = 0.1
"""How near, as a part of the threshold, a number is announced."""


def settled(engine: Engine, facts: Mapping[str, Any]) -> bool:
    """Whether every completion of the unknown facts gives the same plan as the known facts alone.

    Exact where it is True, or where there are hinges; False without hinges means that it would take
    too long to tell.
    """
    try:
        return other_plan(Space(engine, facts), engine.decide(facts).plan, BUDGET) is None
    except BudgetSpentError:
        return False


def hinges(engine: Engine, facts: Mapping[str, Any], *, is_settled: bool) -> tuple[Hinge, ...]:
    """The unknown facts of which some answer changes the plan, in asking order; where only several
    answers together do, one such set.
    """
    if is_settled:
        return ()
    plan = engine.decide(facts).plan
    found = []
    for fact in _open(engine, facts):
        outcomes = _outcomes(engine, facts, fact)
        if any(other.plan != plan for _, other in outcomes):
            found.append(_hinge(fact, outcomes, {}))
    return tuple(found) or _joint_hinge(engine, facts, plan)


def flips(engine: Engine, facts: Mapping[str, Any]) -> tuple[Flip, ...]:
    """Every single answer, to a known fact or to an unknown one, that would change the plan; in
    asking order.
    """
    plan = engine.decide(facts).plan
    found = []
    for fact in engine.askable:
        others = {name: value for name, value in facts.items() if name != fact.id}
        for answer, other in merged(_outcomes(engine, others, fact)):
            if other.plan != plan:
                found.append(
                    Flip(fact.id, facts.get(fact.id), answer, members(other.plan), other.open_needs)
                )
    return tuple(found)


def near_thresholds(
    table: Table, engine: Engine, facts: Mapping[str, Any]
) -> tuple[NearThreshold, ...]:
    """Known numbers within ten per cent of a threshold on whose other side the plan is another one."""
    plan = engine.decide(facts).plan
    found = []
    for fact in engine.askable:
        if not fact.numeric or fact.id not in facts:
            continue
        value = facts[fact.id]
        others = {name: known for name, known in facts.items() if name != fact.id}
        for cell in answers(engine, others, fact)[1:]:
            line, means = _named(table, fact, cell.low)
            if abs(value - line) <= NEAR * abs(line):
                beyond = cell.low if value < cell.low else _just_below(fact, cell.low)
                other = engine.decide({**facts, fact.id: beyond}).plan
                if other != plan:
                    found.append(NearThreshold(fact.id, value, line, means, members(other)))
    return tuple(found)


def _open(engine: Engine, facts: Mapping[str, Any]) -> Iterator[Fact]:
    return (fact for fact in engine.askable if fact.id not in facts)


def _outcomes(engine: Engine, facts: Mapping[str, Any], fact: Fact) -> list[tuple[Cell, Outcome]]:
    """For every answer that the table tells apart, the outcome."""
    return [
        (cell, engine.decide({**facts, fact.id: cell.value}))
        for cell in answers(engine, facts, fact)
    ]


def _hinge(
    fact: Fact, outcomes: list[tuple[Cell, Outcome]], together_with: Mapping[str, Value]
) -> Hinge:
    rows = tuple(
        AnswerPlan(answer, members(outcome.plan), outcome.open_needs)
        for answer, outcome in merged(outcomes)
    )
    return Hinge(fact.id, fact.question, fact.find_out, rows, together_with)


def merged(outcomes: list[tuple[Cell, Outcome]]) -> list[tuple[str, Outcome]]:
    """Answers with the same outcome in one line: neighbouring numbers as one range, choices as a
    list.
    """
    if outcomes and math.isnan(outcomes[0][0].low):
        different = dict.fromkeys(outcome for _, outcome in outcomes)
        return [
            (" or ".join(str(cell) for cell, other in outcomes if other == outcome), outcome)
            for outcome in different
        ]
    joined: list[tuple[Cell, Outcome]] = []
    for cell, outcome in outcomes:
        if joined and joined[-1][1] == outcome:
            joined[-1] = (joined[-1][0]._replace(high=cell.high), outcome)
        else:
            joined.append((cell, outcome))
    return [(str(cell), outcome) for cell, outcome in joined]


def _joint_hinge(engine: Engine, facts: Mapping[str, Any], plan: int) -> tuple[Hinge, ...]:
    """No single answer changes the plan, but some answers together do: a set of them from which
    none can be left out.
    """
    try:
        other = other_plan(Space(engine, facts), plan, BUDGET) or {}
    except BudgetSpentError:
        return ()
    chosen = minimal(other, lambda fewer: engine.decide({**facts, **fewer}).plan != plan)
    found = [fact for fact in engine.askable if fact.id in chosen]
    if not found:
        return ()
    first, rest = found[0], {fact.id: chosen[fact.id] for fact in found[1:]}
    return (_hinge(first, _outcomes(engine, {**facts, **rest}, first), rest),)


def _just_below(fact: Fact, edge: float) -> float:
    return int(edge) - 1 if fact.type == "integer" else math.nextafter(edge, -math.inf)


def _named(table: Table, fact: Fact, edge: float) -> tuple[float, str]:
    """The threshold at an edge (tests with > and <= have their edge one further), and what it
    means.
    """
    for number in (edge, _just_below(fact, edge)):
        for threshold in table.thresholds.values():
            if threshold.fact == fact.id and threshold.value == number:
                return number, f"{threshold.id}: {threshold.means}"
    return edge, ""
