"""The meaning of a table written down as literally as the design states it, without any cleverness:
the oracle of the engine's tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

from adaptadvisor.table.conditions import holds
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Need, Table

Plan = tuple[str, ...]


def decide(table: Table, facts: Mapping[str, Any]) -> tuple[Plan, tuple[str, ...]]:
    """The plan and the open needs, by trying all sets of approaches."""
    situation = with_derived(facts)
    out = {
        approach
        for limit in table.limits.values()
        if holds(limit.when, situation)
        for approach in limit.rules_out
    }
    counting = [need for need in table.needs.values() if holds(need.when, situation)]
    meets = {
        need.id: (
            {approach for approach in APPROACHES if _meets(table, need, approach, situation)} - out
        )
        for need in counting
    }
    open_needs = [need.id for need in counting if not meets[need.id]]
    required = [meets[need.id] for need in counting if meets[need.id]]
    tried = [set(plan.split("+")) for plan in facts.get("tried", ())]
    fitting = [
        plan
        for size in range(1, len(APPROACHES) + 1)
        for plan in combinations(APPROACHES, size)
        if not out & set(plan)
        and all(set(plan) & met for met in required)
        and all(any(set(plan) & met == {member} for met in required) for member in plan)
        and not any(set(plan) <= other for other in tried)
    ]
    if not fitting:
        return (), tuple(need.id for need in counting) if required else tuple(open_needs)
    return min(fitting, key=_cost), tuple(open_needs)


def _meets(table: Table, need: Need, approach: str, situation: Mapping[str, Any]) -> bool:
    return any(
        option.approach == approach
        and holds(option.when, situation) is True
        and holds(option.provided, situation) is not False
        and holds(table.approaches[approach].provided, situation) is not False
        for option in need.met_by
    )


def _cost(plan: Plan) -> tuple[list[int], int]:
    """The dearest member, then the next dearest, then size."""
    return sorted((APPROACHES.index(approach) for approach in plan), reverse=True), len(plan)


def completions(
    facts: Mapping[str, Any], answers: Mapping[str, list[Any]]
) -> Iterator[dict[str, Any]]:
    """Every way of answering what is unknown."""
    unknown = [fact for fact in answers if fact not in facts]
    for chosen in product(*(answers[fact] for fact in unknown)):
        yield {**facts, **dict(zip(unknown, chosen, strict=True))}
