"""Methods, first steps, checks and model families: whether a situation shows each of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adaptadvisor.engine.decide import Engine, tried_plans
from adaptadvisor.engine.search import BudgetSpentError, Goal, Look, Search, bits, joined
from adaptadvisor.engine.situations import Situations
from adaptadvisor.engine.view import View
from adaptadvisor.table.conditions import ALWAYS, Condition
from adaptadvisor.table.plans import APPROACHES, BIT, CONTAINING, EVERY_APPROACH
from adaptadvisor.table.rows import Table, bare_need
from adaptadvisor.table.walk import conditions

_OF_A_ROW = 2  # slashes in `needs/ID/when`
_TRIES = 200  # random situations looked at before an exact search
_BUDGET = 3_000  # partial situations in an exact search


@dataclass(frozen=True, slots=True)
class Rival:
    """A row that can be shown: its condition (0: always), its approaches, those of rows before it."""

    place: str
    when: int
    approaches: int
    better: tuple[tuple[int, int], ...]


class Wide:
    """The table's engine with the conditions of all rows, not only of needs and limits."""

    def __init__(self, table: Table) -> None:
        self.table = table
        extra = {
            f"\uffff{place}": bare_need(place, when)
            for place, when in conditions(table)
            if when != ALWAYS and not _in_engine(place)
        }
        self.engine = Engine(replace(table, needs={**table.needs, **extra}))
        codes = self.engine.needs
        self.whens = {
            f"needs/{need.id}/when": need.when
            for need in codes[: len(table.needs)]
            if table.needs[need.id].when != ALWAYS
        }
        self.whens |= {
            f"limits/{id}/when": limit.when
            for id, limit in zip(table.limits, self.engine.limits, strict=True)
        }
        self.whens |= {
            need.id.removeprefix("\uffff"): need.when for need in codes[len(table.needs) :]
        }
        self.engine.needs = codes[: len(table.needs)]  # the other conditions are no needs
        self.all = Situations(self.engine)
        self.possible = [
            self.engine.state({"tried": (approach,)})[1] for approach in APPROACHES
        ] + [self.engine.untried]
        self.named = {
            f"variants/{option.variant}"
            for need in table.needs.values()
            for option in need.met_by
            if option.variant
        }

    def can_hold(self, when: int) -> bool:
        """Whether some answers make this condition hold."""
        return any(
            term & possible and self.all.making(term) is not None
            for term in bits(when)
            for possible in self.possible
        )

    def can_fail(self, when: int) -> bool:
        """Whether complete answers make this condition fail. `BudgetSpentError`: too long to tell."""

        def fails(certain: int, possible: int, _: int) -> Look:
            if when & certain:
                return Look(False)
            left = when & possible
            return Look(None, left, left) if left else Look(True)

        return not when & self.engine.untried or self.all.complete(fails) is not None

    def rivals(self) -> Iterator[Rival]:
        """Every row that can be shown, with those of its group that have a higher priority."""
        for rows in _groups(self.table).values():
            rows.sort(key=lambda row: row[:2])
            before: list[tuple[int, int]] = []
            for _, _, place, when, approaches in rows:
                terms = 0 if when == ALWAYS else self.whens[f"{place}/when"]
                named = joined(BIT[approach] for approach in approaches) or EVERY_APPROACH
                yield Rival(place, terms, named, tuple(before))
                before.append((terms, named))

    def situation(self, rival: Rival, pool: Sequence[Mapping[str, Any]]) -> bool | None:
        """Whether the row is shown in some situation, None where that takes too long to tell.

        `pool` holds situations whose plans have one of its approaches.
        """
        if rival.place in self.named:
            return True  # a way to meet a need asks for it by name
        made = [
            found
            for term in (bits(rival.when) if rival.when else (0,))
            if (found := self.all.making(term)) is not None
        ]
        rnd = random.Random(rival.place)  # noqa: S311 - the same row always gets the same answer
        for number in range(_TRIES if made and pool else 0):
            values = dict(pool[number % len(pool)])
            for place, rows in made[number % len(made)].items():
                for name in self.all.groups[place].facts:
                    values.pop(name, None)
                values |= dict(rnd.choice(rows).values)
            if self.shows(rival, values):
                return True
        search = Search(self.all.space, self._showing(rival), rows=self.all.rows, budget=_BUDGET)
        try:
            return search.first() is not None
        except BudgetSpentError:
            return None

    def shows(self, rival: Rival, facts: Mapping[str, Any]) -> bool:
        """Whether the row is shown in this situation."""
        certain, possible = self.engine.state(facts)
        plan = self.engine.outcome(certain, possible, tried_plans(facts)).plan
        fires = not rival.when or bool(rival.when & certain)
        return (
            fires
            and bool(plan & rival.approaches)
            and not any(
                (not when or when & certain) and named & plan for when, named in rival.better
            )
        )

    def _showing(self, rival: Rival) -> Goal:
        """The same as a goal over all situations."""
        seen = rival.when | joined(when for when, _ in rival.better)

        def look(certain: int, possible: int, never: int) -> Look:
            sure, hoped = certain & ~never, possible & ~never
            if rival.when and not rival.when & hoped:
                return Look(False)
            standing = joined(named for when, named in rival.better if not when or when & sure)
            perhaps = joined(named for when, named in rival.better if when & hoped)
            wanted = joined(CONTAINING[bit] for bit in bits(rival.approaches)) & ~joined(
                CONTAINING[bit] for bit in bits(standing)
            )
            view = View(self.engine, (), certain, possible, never)
            if (view.plan is not None and not wanted >> view.plan & 1) or (
                view.plan is None and not view.may_have(wanted)
            ):
                return Look(False)
            open_terms = rival.when if not rival.when & sure else 0
            if view.plan is None or view.plan & perhaps:
                open_terms |= joined(when for when, _ in rival.better)
            open_terms = (open_terms & hoped & ~certain) | (
                view.matters if view.plan is None else 0
            )
            state = view.state, view.plan, sure & seen, hoped & seen
            return Look(None, open_terms, state) if open_terms else Look(view.plan is not None)

        return look


def _in_engine(place: str) -> bool:
    """Whether the engine has this condition already: that of a need or a limit itself."""
    return place.startswith(("needs/", "limits/")) and place.count("/") == _OF_A_ROW


_Row = tuple[int, str, str, Condition, tuple[str, ...]]
"""Minus its priority, its id, its place, its condition, its approaches."""


def _groups(table: Table) -> dict[tuple[str, str, str], list[_Row]]:
    """The rows that compete with each other."""
    groups: dict[tuple[str, str, str], list[_Row]] = {}
    row: _Row
    for variant in table.variants.values():
        for approach in variant.approaches:
            row = (
                -variant.priority,
                variant.id,
                f"variants/{variant.id}",
                variant.when,
                (approach,),
            )
            groups.setdefault(("variants", approach, variant.role), []).append(row)
    for step in table.readiness.values():
        row = (-step.priority, step.id, f"readiness/{step.id}", step.when, step.approaches)
        groups.setdefault(("readiness", step.stage, ""), []).append(row)
    for check in table.checks.values():
        groups["checks", check.id, ""] = [
            (0, check.id, f"checks/{check.id}", check.when, check.approaches)
        ]
    for family in table.families.values():
        for number, pick in enumerate(family.picks):
            for approach in pick.approaches:
                row = (
                    -pick.priority,
                    family.id,
                    f"families/{family.id}/picks/{number}",
                    pick.when,
                    (approach,),
                )
                groups.setdefault(("families", approach, ""), []).append(row)
    return groups
