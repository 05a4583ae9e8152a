"""Methods, first steps, checks and model families: in which situation each of them is shown, if
there is any.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import (
    BUDGET,
    BudgetSpentError,
    Look,
    Question,
    Situations,
    bits,
    joined,
)
from adaptadvisor.engine.space import View
from adaptadvisor.table.conditions import ALWAYS, Condition
from adaptadvisor.table.plans import APPROACHES, BIT, CONTAINING, EVERY_APPROACH
from adaptadvisor.table.rows import CONDITIONAL, Need, Table

_OF_A_ROW = 2  # slashes in `needs/ID/when`
_TRIES = 200  # random situations looked at before an exact search
_BUDGET = 3_000  # partial situations in an exact search


class Rival(NamedTuple):
    """A row that can be shown: its place, its condition (0: always) and its approaches, and those
    of the rows that go before it.
    """

    place: str
    when: int
    approaches: int
    better: tuple[tuple[int, int], ...]


class Wide:
    """The table's engine with the conditions of methods, first steps, checks and families beside
    those of needs and limits.
    """

    def __init__(self, table: Table, *, budget: int | None = None) -> None:
        self.table = table
        extra = {
            f"\uffff{place}": _need(place, when)
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
            f"limits/{id}/when": row[0]
            for id, row in zip(table.limits, self.engine.limits, strict=True)
        }
        self.whens |= {
            need.id.removeprefix("\uffff"): need.when for need in codes[len(table.needs) :]
        }
        self.engine.needs = codes[: len(table.needs)]
        self.engine._wake()  # noqa: SLF001 - the conditions beside the needs are no needs
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
        self.budget = budget or _BUDGET
        self.searched = budget or BUDGET
        self.rnd = random.Random(0)  # noqa: S311 - the same table always gives the same answer

    def can_hold(self, when: int) -> bool:
        """Whether some answers make this condition hold."""
        return any(
            term & possible and self.all.making(term) is not None
            for term in bits(when)
            for possible in self.possible
        )

    def can_fail(self, when: int) -> bool:
        """Whether some complete answers make this condition fail. `BudgetSpentError` where that
        takes too long to tell.
        """

        def fails(certain: int, possible: int, _: int) -> Look:
            if when & certain:
                return False, 0
            return (None, when & possible) if when & possible else (True, 0)

        return (
            not when & self.engine.untried
            or self.all.smallest(Question(when, fails), complete=True, budget=self.searched)
            is not None
        )

    def rivals(self) -> Iterator[Rival]:
        """Every row that can be shown, with those that go before it: within a role, a stage or an
        approach the highest priority comes first.
        """
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
        if self._hidden(rival):
            return False
        made = [
            found
            for term in (bits(rival.when) if rival.when else (0,))
            if (found := self.all.making(term)) is not None
        ]
        for number in range(_TRIES if made and pool else 0):
            values = dict(pool[number % len(pool)])
            for place, rows in made[number % len(made)].items():
                for name in self.all.groups[place].facts:
                    values.pop(name, None)
                values |= dict(self.all.moves[place][self.rnd.choice(rows)].values)
            if self.shows(rival, values):
                return True
        try:
            return self.all.smallest(self._showing(rival), budget=self.budget) is not None
        except BudgetSpentError:
            self.budget //= 2  # a table with many such rows is not to take for ever
            return None

    def _hidden(self, rival: Rival) -> bool:
        """Whether it can be seen at once that a row that goes before this one always stands when
        this one does.
        """
        terms = list(bits(rival.when)) if rival.when else [0]
        ends = [
            self.all.ends(made)[0] for term in terms if (made := self.all.making(term)) is not None
        ]
        covering = [
            when for when, named in rival.better if named & rival.approaches == rival.approaches
        ]
        return all(any(not when or when & certain for when in covering) for certain in ends)

    def shows(self, rival: Rival, facts: Mapping[str, Any]) -> bool:
        """Whether the row is shown in this situation."""
        certain, possible = self.engine.state(facts)
        plan = self.engine.outcome(certain, possible, facts.get("tried", ())).plan
        stands = not rival.when or bool(rival.when & certain)
        return (
            stands
            and bool(plan & rival.approaches)
            and not any(
                (not when or when & certain) and named & plan for when, named in rival.better
            )
        )

    def _showing(self, rival: Rival) -> Question:
        """The same as a question over all situations."""

        def look(certain: int, possible: int, never: int) -> Look:
            sure, hoped = certain & ~never, possible & ~never
            if rival.when and not rival.when & hoped:
                return False, 0
            standing = joined(named for when, named in rival.better if not when or when & sure)
            perhaps = joined(named for when, named in rival.better if when & hoped)
            wanted = joined(CONTAINING[bit] for bit in bits(rival.approaches)) & ~joined(
                CONTAINING[bit] for bit in bits(standing)
            )
            view = View(self.all.space, certain, possible, never)
            if (view.plan is not None and not wanted >> view.plan & 1) or (
                view.plan is None and not view.may_have(wanted)
            ):
                return False, 0
            open_terms = rival.when if not rival.when & sure else 0
            if view.plan is None or view.plan & perhaps:
                open_terms |= joined(when for when, _ in rival.better)
            open_terms = (open_terms & hoped & ~certain) | (
                view.matters if view.plan is None else 0
            )
            return (None, open_terms) if open_terms else (view.plan is not None, 0)

        return Question(self.engine.every_term, look)


def _need(place: str, when: Condition) -> Need:
    """A condition, dressed as a need that nothing meets."""
    return Need(
        id=place,
        name="",
        order=0,
        need="",
        when=when,
        met_by=(),
        closed_by="",
        misleads_when="",
        reviewed="",
        sources=(),
    )


def conditions(table: Table) -> Iterator[tuple[str, Condition]]:
    """Every condition of the table with its place, such as `needs/ID/when` or
    `needs/ID/met_by/0/provided`.
    """
    for section in CONDITIONAL:
        yield from (
            (f"{section}/{id}/when", row.when) for id, row in getattr(table, section).items()
        )
    for need in table.needs.values():
        for number, option in enumerate(need.met_by):
            yield from (
                (f"needs/{need.id}/met_by/{number}/{field}", getattr(option, field))
                for field in ("when", "provided")
            )
    for family in table.families.values():
        yield from (
            (f"families/{family.id}/picks/{number}/when", pick.when)
            for number, pick in enumerate(family.picks)
        )
    yield from ((f"questions/{fact}/applies", when) for fact, when in table.applies.items())
    yield from ((f"approaches/{id}/provided", row.provided) for id, row in table.approaches.items())


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
