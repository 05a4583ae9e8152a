"""Methods, first steps, checks and model families: whether a situation shows each of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adaptadvisor.authoring.meaning import bare_need
from adaptadvisor.authoring.rivals import competing
from adaptadvisor.engine.codes import NOTHING_TRIED, bits, joined
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import BudgetSpentError, Goal, Look, Search
from adaptadvisor.engine.situations import Situations
from adaptadvisor.engine.view import View
from adaptadvisor.table.conditions import ALWAYS
from adaptadvisor.table.plans import APPROACHES, BIT, CONTAINING, EVERY_APPROACH
from adaptadvisor.table.rows import Situation, Table
from adaptadvisor.table.walk import conditions

_OF_A_ROW = 2  # slashes in `needs/ID/when`
_TRIES = 200  # random situations looked at before an exact search
_BUDGET = 3_000  # partial situations in an exact search


@dataclass(frozen=True, slots=True)
class Rival:
    """A row that can be shown: its terms (0: always), those of what it needs (0: nothing), its
    approaches, and the same three of better rows.
    """

    place: str
    when: int
    provided: int
    approaches: int
    better: tuple[tuple[int, int, int], ...]


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
        own, others = self.engine.needs[: len(table.needs)], self.engine.needs[len(table.needs) :]
        self.engine.needs = own  # the other conditions are no needs
        told = [need for need in own if table.needs[need.id].when != ALWAYS]
        self.whens = {f"needs/{need.id}/when": need.when for need in told}
        limits = zip(table.limits, self.engine.limits, strict=True)
        self.whens |= {f"limits/{id}/when": limit.when for id, limit in limits}
        self.whens |= {need.id.removeprefix("\uffff"): need.when for need in others}
        self.all = Situations(self.engine)
        tried = (self.engine.state({"tried": (approach,)})[1] for approach in APPROACHES)
        self.possible = (*tried, self.engine.untried)
        options = (option for need in table.needs.values() for option in need.met_by)
        self.named = {f"variants/{option.variant}" for option in options if option.variant}

    def can_hold(self, when: int) -> bool:
        """Whether some answers make this condition hold."""
        return any(
            term & possible and self.all.making(term) is not None
            for term in bits(when)
            for possible in self.possible
        )

    def can_fail(self, when: int) -> bool:
        """Whether complete answers make this condition fail. Raises `BudgetSpentError`."""

        def fails(certain: int, possible: int, _: int) -> Look:
            if when & certain:
                return Look(False)
            left = when & possible
            return Look(None, left, left) if left else Look(True)

        return not when & self.engine.untried or self.all.complete(fails) is not None

    def rivals(self) -> Iterator[Rival]:
        """Every row that can be shown, with those of its group that have a higher priority."""
        for (_, of, _), rows in competing(self.table).items():
            before: list[tuple[set[str], tuple[int, int, int]]] = []
            for row in rows:
                terms = self.whens.get(f"{row.path}/when", 0)
                needed = self.whens.get(f"{row.path}/provided", 0)
                approaches = (of,) if of else row.approaches
                named = joined(BIT[approach] for approach in approaches) or EVERY_APPROACH
                # a row that runs what may be ruled out is not always in the way
                there = (rest for runs, rest in before if runs <= {*row.runs})
                yield Rival(row.path, terms, needed, named, tuple(there))
                before.append(({*row.runs}, (terms, needed, named)))

    def situation(self, rival: Rival, pool: Sequence[Situation]) -> bool | None:
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
            facts = self.all.with_made(pool[number % len(pool)], made[number % len(made)], rnd)
            if self.shows(rival, facts):
                return True
        search = Search(self.all.space, self._showing(rival), rows=self.all.rows, budget=_BUDGET)
        try:
            return search.first() is not None
        except BudgetSpentError:
            return None

    def shows(self, rival: Rival, facts: Situation) -> bool:
        """Whether the row is shown in this situation."""
        certain, possible = self.engine.state(facts)
        plan = self.engine.outcome(certain, possible, self.engine.tried(facts)).plan

        def counts(when: int, provided: int) -> bool:
            return bool((not when or when & certain) and (not provided or provided & possible))

        fires = [named & plan for when, needed, named in rival.better if counts(when, needed)]
        mine = rival.approaches & plan if counts(rival.when, rival.provided) else 0
        return bool(mine) and not any(fires)

    def _showing(self, rival: Rival) -> Goal:
        """The same as a goal over all situations."""
        better = joined(when | needed for when, needed, _ in rival.better)
        seen = rival.when | rival.provided | better

        def look(certain: int, possible: int, never: int) -> Look:
            sure, hoped = certain & ~never, possible & ~never
            if rival.when and not rival.when & hoped:
                return Look(False)
            if rival.provided and not rival.provided & possible:
                return Look(False)
            able = [row for row in rival.better if not row[1] or row[1] & possible]
            standing = joined(
                named
                for when, needed, named in able
                if (not when or when & sure)
                and (needed & certain or not needed & hoped)  # or nothing more will be known
            )
            perhaps = joined(named for when, _, named in able if not when or when & hoped)
            wanted = joined(CONTAINING[bit] for bit in bits(rival.approaches)) & ~joined(
                CONTAINING[bit] for bit in bits(standing)
            )
            view = View(self.engine, NOTHING_TRIED, certain, possible, never)
            if (view.plan is not None and not wanted >> view.plan & 1) or (
                view.plan is None and not view.may_have(wanted)
            ):
                return Look(False)
            open_terms = rival.when if not rival.when & sure else 0
            if view.plan is None or view.plan & perhaps:
                open_terms |= better
            open_terms = (open_terms & hoped & ~certain) | (
                view.matters if view.plan is None else 0
            )
            state = view.state, view.plan, sure & seen, hoped & seen, possible & seen
            return Look(None, open_terms, state) if open_terms else Look(view.plan is not None)

        return look


def _in_engine(place: str) -> bool:
    """Whether the engine has this condition already: that of a need or a limit itself."""
    return place.startswith(("needs/", "limits/")) and place.count("/") == _OF_A_ROW
