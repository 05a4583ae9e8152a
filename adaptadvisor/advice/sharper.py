"""What is advised along with the plan, and which unknown facts would make that more exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adaptadvisor.advice.methods import family, variants
from adaptadvisor.advice.repair import redone, repair
from adaptadvisor.advice.route import checks, route
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.conditions import cells, cuts, tests
from adaptadvisor.table.facts import Value
from adaptadvisor.table.rows import Table


def details(here: Circumstances) -> dict[str, tuple[str, ...]]:
    """What is advised along with the plan, by id: methods (and the model family), checks, route."""
    chosen, again = family(here), redone(here, repair(here))
    return {
        "methods": (*(row.id for row in (*variants(here), *again)), chosen.id if chosen else ""),
        "checks": tuple(row.id for row in checks(here)),
        "route": tuple(row.id for row in route(here, again)),
    }


@dataclass(frozen=True, slots=True)
class Sharper:
    """An unknown fact that can change how the plan is carried out: methods, checks or the route."""

    fact: str
    changes: tuple[str, ...]


def sharper(table: Table, facts: Mapping[str, Value]) -> tuple[Sharper, ...]:
    """The unknown facts that keep the plan and can change its details; those with most first."""
    here = Circumstances(table, dict(facts))
    now = details(here)
    conditions = (
        *(row.when for row in table.readiness.values()),
        *(row.applies for row in table.variants.values()),
        *(row.when for row in table.checks.values()),
        *(pick.when for row in table.families.values() for pick in row.picks),
    )
    lines = cuts(test for when in conditions for test in tests(when))
    found = []
    for fact in table.questions:
        if fact.id in facts or fact.type == "plans":
            continue
        others = [
            Circumstances(table, {**facts, fact.id: cell.value})
            for cell in cells(fact, lines.get(fact.id, ()))
        ]
        same = [details(other) for other in others if other.plan == here.plan]
        changed = tuple(part for part in now if any(other[part] != now[part] for other in same))
        if changed:
            found.append(Sharper(fact.id, changed))
    return tuple(sorted(found, key=lambda row: -len(row.changes)))
