"""How a plan is carried out here, the advised one or another: methods, steps, checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from adaptadvisor.advice.advise import check_facts
from adaptadvisor.advice.methods import variants
from adaptadvisor.advice.recommendation import ChosenCheck, ChosenVariant, Step, picked
from adaptadvisor.advice.route import checks, route
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import Attempt, members
from adaptadvisor.table.rows import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryingOut:
    """A plan with its methods, steps and checks. `advised`: whether the rules advise it here;
    `ruled_out`: why an approach of it is ruled out here, in words.
    """

    plan: tuple[str, ...]
    advised: tuple[str, ...]
    facts: Mapping[str, Value]
    variants: tuple[ChosenVariant, ...]
    route: tuple[Step, ...]
    checks: tuple[ChosenCheck, ...]
    ruled_out: Mapping[str, str]


def carrying_out(
    table: Table, given: Mapping[str, object], stated: Attempt | None = None
) -> CarryingOut:
    """How the advised plan is carried out, or the `stated` one with the variants named in it.

    `BadInput` for a fact or a value that is none; `KeyError` for a variant that there is not, or
    not of its approach. The plan is empty where none is stated and none advised.
    """
    here = Circumstances(table, check_facts(table, given))
    advised = here.plan
    if stated:
        here.plan = members(stated.plan)
        here.outcome = replace(here.outcome, plan=stated.plan)
    named = stated.variants if stated else ()
    return CarryingOut(
        plan=here.plan,
        advised=advised,
        facts=here.facts,
        variants=_with_named(here, named),
        route=route(here),
        checks=checks(here),
        ruled_out={
            approach: limit.because
            for limit in here.limits
            for approach in here.plan
            if approach in limit.rules_out
        },
    )


def _with_named(
    here: Circumstances, named: tuple[tuple[str, str], ...]
) -> tuple[ChosenVariant, ...]:
    """The chosen variants, each that is named in place of the one of its role."""
    chosen = {(one.approach, one.role): one for one in variants(here)}
    for approach, id in named:
        row = here.table.variants[id]
        if approach not in row.approaches:
            raise KeyError(id)
        chosen[approach, row.role] = picked(ChosenVariant, row, approach=approach)
    return tuple(chosen.values())
