"""What each need, each way to meet one, and each limit changes: a situation in which the advice is
another one without it, or none.

A difference is looked for at random, in situations in which the row fires. Where none turns up, a
search through all of them either finds one or proves that there is none.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from adaptadvisor.engine.decide import Engine, NeedCode
from adaptadvisor.engine.search import BudgetSpentError, Situations, joined
from adaptadvisor.engine.space import Group, Move, Space, View, mentioned
from adaptadvisor.table.conditions import ALWAYS, All, describe, holds
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.plans import APPROACHES, BIT, EVERY_APPROACH, name
from adaptadvisor.table.rows import Need, Table

_TRIES = 400  # random situations looked at before an exact search
_TRIED = 2
_PLANS = tuple(name(plan) for plan in range(1, EVERY_APPROACH))


class Effect(NamedTuple):
    """What a row does: a situation in which the advice changes without it, else one in which it is
    shown as a reason, else nothing.

    `proven` says that, where no change was found, there is none.
    """

    place: str
    words: str
    changes: Mapping[str, Any] | None
    shown: Mapping[str, Any] | None
    proven: bool


class _Rule(NamedTuple):
    """A row, or a part of one, that could be left out: the terms of which one each must be certain
    for it to count, and the engine without it.
    """

    place: str
    words: str
    terms: tuple[int, ...]
    without: Engine


class Effects:
    """The effects of the rules of a table; `budget` bounds the proofs that there are none, all
    together, in partial situations.
    """

    def __init__(self, table: Table, situations: Situations, *, budget: int) -> None:
        self.table = table
        self.all = situations
        self.engine = situations.engine
        self.budget = budget
        self.rnd = random.Random(0)  # noqa: S311 - the same table always gives the same answer

    def effects(self) -> Iterator[Effect]:
        """One for each rule."""
        for rule in self._rules():
            made = list(self._making(rule))
            found, shown = self._sampled(rule, made)
            proven = True
            if found is None and not self._idle(rule, made):
                pair = _Pair(self.all, rule.without, self.budget)
                try:
                    found = pair.difference(made)
                except BudgetSpentError:
                    proven = False
                self.budget = pair.left
            yield Effect(rule.place, rule.words, found, shown if found is None else found, proven)

    def _idle(
        self, rule: _Rule, made: list[tuple[Mapping[int, list[int]], tuple[str, ...]]]
    ) -> bool:
        """Whether it can be seen at once that the rule changes no plan.

        What a limit rules out can meet nothing there anyway; or beside a way to meet a need stands
        another one by the same approach that is always open when this one is; or another need with
        the same ways always counts when this one does.
        """
        section, id, *rest = rule.place.split("/")
        ends = [self.all.ends(moves) for moves, _ in made]
        if section == "limits":
            out = dict(zip(self.table.limits, self.engine.limits, strict=True))[id][1]
            ways = [way for need in self.engine.needs for way in need.ways if way.approach & out]
            return all(not way.provided & possible for _, possible in ends for way in ways)
        if not rest:  # the same ways as those of another need that counts as well
            need = next(need for need in self.engine.needs if need.id == id)
            twins = [
                other.when
                for other in self.engine.needs
                if other is not need and set(other.ways) == set(need.ways)
            ]
            return all(any(when & certain for when in twins) for certain, _ in ends)
        ways = list(next(need for need in self.engine.needs if need.id == id).ways)
        this = ways.pop(int(rest[1]))
        same = [way for way in ways if way.approach == this.approach]
        return all(
            any(
                way.when & certain and (way.provided & certain or not this.provided & ~way.provided)
                for way in same
            )
            for certain, _ in ends
        )

    def _rules(self) -> Iterator[_Rule]:
        needs, limits = self.engine.needs, self.engine.limits
        for number, need in enumerate(needs):
            yield _Rule(
                f"needs/{need.id}",
                need.id,
                (need.when,),
                with_rules(self.engine, needs=needs[:number] + needs[number + 1 :]),
            )
            for place, way in enumerate(need.ways):
                option = self.table.needs[need.id].met_by[place]
                fewer = need.ways[:place] + need.ways[place + 1 :]
                other = NeedCode(
                    need.id,
                    need.when,
                    fewer,
                    joined(one.when for one in fewer),
                    joined(one.provided for one in fewer),
                )
                without = with_rules(
                    self.engine, needs=(*needs[:number], other, *needs[number + 1 :])
                )
                words = f"{need.id} by {option.approach}" + (
                    f" when {describe(option.when)}" if option.when != ALWAYS else ""
                )
                yield _Rule(
                    f"needs/{need.id}/met_by/{place}", words, (need.when, way.when), without
                )
        for number, (id, limit) in enumerate(zip(self.table.limits, limits, strict=True)):
            yield _Rule(
                f"limits/{id}",
                id,
                (limit[0],),
                with_rules(self.engine, limits=limits[:number] + limits[number + 1 :]),
            )

    def _making(self, rule: _Rule) -> Iterator[tuple[Mapping[int, list[int]], tuple[str, ...]]]:
        """For each way in which the rule counts: the moves that bring it about, and what must have
        been tried.
        """
        for terms in _each(rule.terms):
            for tried in ((), *((approach,) for approach in APPROACHES)):
                possible = self.engine.state({"tried": tried} if tried else {})[1]
                if terms & possible == terms:
                    made = self.all.making(terms)
                    if made is not None:
                        yield made, tried
                    break

    def _sampled(
        self, rule: _Rule, made: list[tuple[Mapping[int, list[int]], tuple[str, ...]]]
    ) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """A situation in which the advice is another one without the rule; and one in which the
        rule is shown.
        """
        shown = None
        for number in range(_TRIES if made else 0):
            moves, tried = made[number % len(made)]
            facts = self._facts(moves, number // len(made))
            if tried or number % 3 == _TRIED:
                facts["tried"] = tried or (
                    self.rnd.choice(_PLANS),
                )  # what counts only as a fallback shows once something was tried
            outcome = self.engine.decide(facts)
            if outcome != rule.without.decide(facts):
                return facts, facts
            if shown is None and self._shows(rule, facts, outcome.plan):
                shown = facts
        return None, shown

    def _facts(self, made: Mapping[int, list[int]], number: int) -> dict[str, Any]:
        """Facts that make a rule count, and some others: none at first, then more and more."""
        others = self.rnd.sample(
            range(len(self.all.groups)), min(number % 12, len(self.all.groups))
        )
        chosen = {place: self.rnd.randrange(len(self.all.moves[place])) for place in others}
        chosen |= {place: self.rnd.choice(rows) for place, rows in made.items()}
        return {
            name: value
            for place, move in chosen.items()
            for name, value in self.all.moves[place][move].values
        }

    def _shows(self, rule: _Rule, facts: Mapping[str, Any], plan: int) -> bool:
        """Whether the rule is given as a reason here: needs and limits that count are, of the ways
        by one approach the first that is usable.
        """
        _, id, *rest = rule.place.split("/")
        if not rest:
            return True
        need, number = self.table.needs[id], int(rest[1])
        chosen = need.met_by[number]
        return (
            bool(plan & BIT[chosen.approach])
            and _first_usable(self.table, need, chosen.approach, facts) == number
        )


def _first_usable(table: Table, need: Need, approach: str, facts: Mapping[str, Any]) -> int | None:
    """The number of the way by an approach that the advice gives as its reason: a usable one, if
    possible with nothing left to confirm.
    """
    situation = with_derived(facts)
    usable = []
    for number, option in enumerate(need.met_by):
        if option.approach == approach and holds(option.when, situation):
            ready = holds(All((table.approaches[approach].provided, option.provided)), situation)
            if ready is not False:
                usable.append((not ready, number))
    return min(usable, default=(False, None))[1]


class _Pair:
    """The table with and without a rule, over the situations in which it counts: is the advice ever
    another one?
    """

    def __init__(self, situations: Situations, without: Engine, budget: int) -> None:
        self.all = situations
        self.without = without
        self.left = budget
        self.moves = {
            group.facts: rows
            for group, rows in zip(situations.groups, situations.moves, strict=True)
        }

    def difference(
        self, ways: Iterable[tuple[Mapping[int, list[int]], tuple[str, ...]]]
    ) -> dict[str, Any] | None:
        """The known facts of a situation in which it is; None where there is none, with nothing
        tried and with any one plan tried.
        """
        plans = [tuple(filter(None, (plan,))) for plan in ("", *_PLANS)]
        for made, needed in ways:
            for tried in [
                plan
                for plan in plans
                if not needed or (plan and set(needed) <= set(plan[0].split("+")))
            ]:
                facts = {"tried": tried} if tried else {}
                self.one = Space(self.all.engine, facts)
                self.two = copy.copy(self.one)
                self.two.engine = self.without
                self.same: set[Any] = set()
                fixed = {
                    self.all.groups[place].facts: [self.all.moves[place][move] for move in rows]
                    for place, rows in made.items()
                }
                found = next(
                    self._differences(self.one.possible, 0, self.one.groups, (), fixed), None
                )
                if found is not None:
                    return self.all.ordered({**facts, **dict(found)})
        return None

    def _differences(
        self,
        possible: int,
        never: int,
        groups: tuple[Group, ...],
        chosen: tuple[tuple[str, Any], ...],
        fixed: Mapping[Any, list[Move]],
    ) -> Iterator[tuple[tuple[str, Any], ...]]:
        if self.left <= 0:
            raise BudgetSpentError
        self.left -= 1
        certain = possible & ~mentioned(groups)
        views = [View(space, certain, possible, never) for space in (self.one, self.two)]
        matters = joined(view.matters for view in views if view.plan is None)
        first = [group for group in groups if group.facts in fixed]
        if not first:
            if views[0].plan is not None and views[0].plan == views[1].plan:
                return
            groups = tuple(group for group in groups if group.mentions & matters)
            if not groups:
                if (
                    len(
                        {
                            (
                                view.space.plan(certain & ~never, possible)
                                if view.plan is None
                                else view.plan
                            )
                            for view in views
                        }
                    )
                    > 1
                ):
                    yield chosen
                return
            state = (
                tuple((view.state, view.matters, view.plan) for view in views),
                never & matters,
                tuple(map(id, groups)),
            )
            if state in self.same:
                return
            self.same.add(state)
        group = first[0] if first else self.one.split(groups, matters)[0]
        rest = tuple(other for other in groups if other is not group)
        scope = -1 if first else matters
        different: dict[tuple[int, int], Move] = {}
        for move in fixed.get(group.facts) or self.moves[group.facts]:
            different.setdefault((scope & move.mask, scope & move.never), move)
        for move in different.values():
            yield from self._differences(
                possible & move.mask, never | move.never, rest, (*chosen, *move.values), fixed
            )


def with_rules(
    engine: Engine,
    *,
    needs: tuple[NeedCode, ...] | None = None,
    limits: tuple[tuple[int, int], ...] | None = None,
) -> Engine:
    """The engine with other needs or limits over the same terms."""
    other = copy.copy(engine)
    other.needs = engine.needs if needs is None else needs
    other.limits = engine.limits if limits is None else limits
    other._wake()  # noqa: SLF001 - forgets what it remembers of the other rows
    return other


def _each(terms: tuple[int, ...]) -> Iterator[int]:
    """Every choice of one term from each set; a set that holds none asks for nothing."""
    chosen = [0]
    for some in terms:
        chosen = [
            one | 1 << bit for one in chosen for bit in range(some.bit_length()) if some >> bit & 1
        ]
    yield from dict.fromkeys(chosen)
