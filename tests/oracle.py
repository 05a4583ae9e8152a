"""The meaning of a table written down as literally as the design states it, without any cleverness:
the oracle of the engine's tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

from adaptadvisor.table.conditions import All, Condition, Test, holds
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import Need, Table, Variant

Plan = tuple[str, ...]
Facts = Mapping[str, Any]


def decide(table: Table, facts: Mapping[str, Any]) -> tuple[Plan, tuple[str, ...]]:
    """The plan and the open needs, by trying all sets of approaches."""
    tried = used_up(table, facts)
    whole = tuple("+".join(sorted(plan)) for plan in tried)
    situation, ranges = apart(with_derived({**facts, "tried": whole}))
    out = {
        approach
        for limit in table.limits.values()
        if truth(limit.when, situation, ranges)
        for approach in limit.rules_out
    }
    counting = [need for need in table.needs.values() if truth(need.when, situation, ranges)]
    meets = {
        need.id: (
            {
                approach
                for approach in APPROACHES
                if _meets(table, need, approach, situation, ranges)
            }
            - out
        )
        for need in counting
    }
    open_needs = [need.id for need in counting if not meets[need.id]]
    required = [meets[need.id] for need in counting if meets[need.id]]
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


def apart(known: Facts) -> tuple[Facts, Mapping[str, Range]]:
    """What is known exactly, and what as a range."""
    ranges = {name: value for name, value in known.items() if isinstance(value, Range)}
    return {name: value for name, value in known.items() if name not in ranges}, ranges


def used_up(table: Table, facts: Mapping[str, Any]) -> list[set[str]]:
    """What was tried as a whole; and where a method was, all of it once no other may apply."""
    runs = [[part.split(":") for part in text.split("+")] for text in facts.get("tried", ())]
    found = [{part[0] for part in run if len(part) == 1} for run in runs]
    situation, ranges = apart(with_derived(facts))
    for run in runs:
        plan = {approach for approach, *_ in run}
        larger = [other for other in runs if plan <= {approach for approach, *_ in other}]
        for approach in plan:
            methods = {
                row.id: may_apply(row, situation, ranges)
                for row in table.variants.values()
                if row.role == "method" and row.priority >= 0 and approach in row.approaches
            }
            left = {
                id
                for id, applies in methods.items()
                if applies and not any([approach, id] in other for other in larger)
            }
            if not left and any([approach, id] in run for id in methods):
                found.append(plan)
    return [plan for plan in found if plan]


def may_apply(row: Variant, situation: Facts, ranges: Mapping[str, Range]) -> bool:
    """Whether neither what asks for a variant nor what it needs is known to fail."""
    asked = truth(row.when, situation, ranges)
    return asked is not False and truth(row.provided, situation, ranges) is not False


def _meets(
    table: Table, need: Need, approach: str, situation: Facts, ranges: Mapping[str, Range]
) -> bool:
    return any(
        option.approach == approach
        and truth(option.when, situation, ranges) is True
        and truth(option.provided, situation, ranges) is not False
        and truth(table.approaches[approach].provided, situation, ranges) is not False
        for option in need.met_by
    )


def truth(condition: Condition, situation: Facts, ranges: Mapping[str, Range]) -> bool | None:
    """Whether a condition holds: a test on a range if it does for every number in it, not if for
    none.
    """
    if not isinstance(condition, Test):
        parts = [truth(part, situation, ranges) for part in condition.parts]
        every = isinstance(condition, All)
        if (not every) in parts:
            return not every
        return None if None in parts else every
    if condition.fact not in ranges:
        return holds(condition, situation)
    answers = {condition.accepts(value) for value in inside(ranges[condition.fact], condition)}
    return answers.pop() if len(answers) == 1 else None


def inside(span: Range, test: Test) -> list[float]:
    """The ends of a range, and the numbers in it at which a test changes its answer."""
    edges = [edge for interval in test.intervals for edge in interval]
    return [span.low, span.high, *(edge for edge in edges if span.low <= edge <= span.high)]


def _cost(plan: Plan) -> tuple[list[int], int]:
    """The dearest member, then the next dearest, then size."""
    return sorted((APPROACHES.index(approach) for approach in plan), reverse=True), len(plan)


def left(facts: Facts, answers: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """The answers that can still come: to unknown facts all, of ranges those in them."""
    found = {fact: values for fact, values in answers.items() if fact not in facts}
    for fact, span in facts.items():
        if isinstance(span, Range) and fact in answers:
            inner = {value for value in answers[fact] if span.low <= value <= span.high}
            found[fact] = sorted(inner | {span.low, span.high})
    return found


def completions(facts: Facts, answers: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Every way of answering what is unknown or known only as a range."""
    rows = left(facts, answers)
    for chosen in product(*rows.values()):
        yield {**facts, **dict(zip(rows, chosen, strict=True))}
