"""What could still come: the answers to a fact that the table tells apart, and whether any
completion changes the plan.

Exact, not sampled: numbers are cut where some condition changes its mind, also through derived
facts, which stay consistent with their inputs. Derived facts are monotone in each input, which is
what makes the cuts findable by bisection.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from adaptadvisor.engine.decide import Engine, NeedCode, WayCode
from adaptadvisor.table.conditions import Cell, cells
from adaptadvisor.table.derived import Derived
from adaptadvisor.table.facts import Fact
from adaptadvisor.table.plans import (
    ALONE,
    CONTAINING,
    EVERY_APPROACH,
    EVERY_PLAN,
    HITTING,
    INSIDE,
    plan_of,
)

_LARGEST = 1e15  # stands for "no upper bound" when a number is searched for


class Answer(NamedTuple):
    """Values for one fact (or for facts joined by a derived one), and the terms that they do not
    contradict.
    """

    values: tuple[tuple[str, Any], ...]
    mask: int


def answers(engine: Engine, facts: Mapping[str, Any], fact: Fact) -> tuple[Cell, ...]:
    """The cells of a fact, other facts as known, such that no two answers in one cell can lead to
    different advice.
    """
    linked = [
        derived
        for derived in engine.derived
        if fact.id in derived.fact.inputs
        and all(name in facts or name == fact.id for name in derived.fact.inputs)
    ]
    if not linked or not fact.numeric:
        return engine.cells.get(fact.id, ())
    found = engine.cells.get(fact.id) or (_whole(fact),)
    return tuple(
        part
        for cell in found
        for part in _parts(
            cell, fact, lambda value: _codes(engine, linked, {**facts, fact.id: value})
        )
    )


def _whole(fact: Fact) -> Cell:
    return cells(fact, ())[0]


def _codes(engine: Engine, linked: list[Derived], facts: Mapping[str, Any]) -> tuple[int, ...]:
    """For each derived fact the number of the cell in which its value lies."""
    found = []
    for derived in linked:
        value = derived.compute(*(facts[name] for name in derived.fact.inputs))
        found.append(
            sum(value >= cell.low for cell in engine.cells[derived.fact.id])
            if derived.fact.numeric
            else int(value)
        )
    return tuple(found)


def _parts(cell: Cell, fact: Fact, code: Callable[[Any], tuple[int, ...]]) -> Iterator[Cell]:
    """The cell cut where `code` changes; `code` must be monotone in each place."""
    high = min(cell.high, fact.maximum + 1 if fact.type == "integer" else fact.maximum, _LARGEST)
    last = (
        int(high) - 1
        if fact.type == "integer"
        else math.nextafter(high, -math.inf)
        if high == cell.high
        else high
    )
    starts = list(_starts(cell.value, max(last, cell.value), fact.type == "integer", code))
    for start, stop in zip(starts, [*starts[1:], cell.high], strict=True):
        yield cell._replace(
            value=start, low=start, high=stop, first=cell.first and start == cell.value
        )


def _starts(
    low: Any, high: Any, whole: bool, code: Callable[[Any], tuple[int, ...]]
) -> Iterator[Any]:
    """The first value of every run of equal codes between two values, both included."""
    yield low
    while code(low) != code(high):
        below, above = low, high
        while True:
            middle = (below + above) // 2 if whole else (below + above) / 2
            if middle in (below, above):
                break
            if code(middle) == code(low):
                below = middle
            else:
                above = middle
        low = above
        yield low


class Group(NamedTuple):
    """Unknown facts that are answered together, their possible answers, and the terms that mention
    them.
    """

    facts: tuple[str, ...]
    answers: tuple[Answer, ...]
    mentions: int


class Space:
    """All completions of a situation: one answer chosen from each group. Facts in `closed` stay
    unknown in all of them.
    """

    def __init__(
        self, engine: Engine, facts: Mapping[str, Any], closed: Collection[str] = ()
    ) -> None:
        self.engine = engine
        self.facts = facts
        self.closed = frozenset(closed) - facts.keys() - {"tried"}
        self.tried = tuple(facts.get("tried", ()))
        self.tried_plans = tuple(plan_of(plan.split("+")) for plan in self.tried)
        self.groups = tuple(_groups(engine, facts, self.closed))
        self.possible = engine.state(facts)[1]
        self.never = never_certain(engine, self.closed)
        self.limiting = 0
        for when, _ in engine.limits:
            self.limiting |= when

    def other_plan(self, plan: int) -> tuple[int, dict[str, Any]] | None:
        """A completion with another plan, and the answers that lead to it; None when every
        completion has this plan.
        """
        for found, chosen in self._plans(
            EVERY_PLAN & ~(1 << plan), self.possible, self.groups, (), set()
        ):
            return found, {name: value for answer in chosen for name, value in answer.values}
        return None

    def relevant(self, fact: Fact, budget: int | None = None) -> bool | None:
        """Whether some completion changes its plan when its answer to this one fact changes. Exact.

        None where that is not known after `budget` partial situations.
        """
        group = next((group for group in self.groups if fact.id in group.facts), None)
        if group is None:
            return False
        rest = tuple(other for other in self.groups if other is not group)
        search = _Twins(self, budget)
        try:
            return any(
                search.differ(self.possible, masks, rest) for masks in self._twins(group, fact)
            )
        except _BudgetSpentError:
            return None

    def plan(self, certain: int, possible: int) -> int:
        """The plan for these terms; those that hang on a closed fact are never certain."""
        return self.engine.outcome(certain & ~self.never, possible, self.tried).plan

    def allowed(self, limiting: int) -> int:
        """The approaches that no limit rules out, given the terms of limits that count."""
        out = 0
        for when, approaches in self.engine.limits:
            if when & limiting:
                out |= approaches
        return EVERY_APPROACH & ~out

    def split(self, groups: tuple[Group, ...], matters: int) -> tuple[Group, tuple[Group, ...]]:
        """The group to look at next, and the others.

        Those that limits hang on come first: once it is known which approaches are left, few needs
        are open. Then the one that most of the terms that matter mention.
        """
        index = max(
            range(len(groups)),
            key=lambda i: (
                bool(groups[i].mentions & matters & self.limiting),
                (groups[i].mentions & matters).bit_count(),
            ),
        )
        return groups[index], groups[:index] + groups[index + 1 :]

    def _plans(
        self,
        wanted: int,
        possible: int,
        groups: tuple[Group, ...],
        chosen: tuple[Answer, ...],
        seen: set[Any],
    ) -> Iterator[tuple[int, tuple[Answer, ...]]]:
        """Every one of the wanted plans that some completion has, at least once each, with the
        answers that force it.
        """
        view = View(self, possible & ~mentioned(groups), possible, self.never)
        if view.plan is None:
            groups = tuple(group for group in groups if group.mentions & view.matters)
        if view.plan is not None or not groups:
            plan = self.plan(possible, possible) if view.plan is None else view.plan
            if wanted >> plan & 1:
                yield plan, chosen
            return
        state = (view.state, view.matters, tuple(map(id, groups)))
        if state in seen or not view.may_have(wanted):
            return
        seen.add(state)
        group, rest = self.split(groups, view.matters)
        for answer in {
            view.matters & answer.mask: answer for answer in reversed(group.answers)
        }.values():
            yield from self._plans(wanted, possible & answer.mask, rest, (*chosen, answer), seen)

    def _twins(self, group: Group, fact: Fact) -> Iterator[tuple[int, ...]]:
        """The masks of the answers to a fact; where a derived fact joins it to another, once for
        each answer to that other.
        """
        if len(group.facts) == 1:
            yield tuple(answer.mask for answer in group.answers)
            return
        other = next(
            fact_
            for fact_ in self.engine.askable
            if fact_.id in group.facts and fact_.id != fact.id
        )
        linked = _linked(self.engine, group.facts, self.closed)
        found: dict[frozenset[int], None] = {}
        for value in _candidates(self.engine, self.facts, other, fact):
            cells = answers(self.engine, {**self.facts, other.id: value}, fact)
            found[
                frozenset(
                    _mask(self.engine, self.facts, {other.id: value, fact.id: cell.value}, linked)
                    for cell in cells
                )
            ] = None
        yield from (tuple(sorted(masks)) for masks in found)


class _BudgetSpentError(Exception):
    """A search has looked at as many partial situations as it was allowed to."""


class _Twins:
    """The search for a completion whose plan differs under different masks: situations that are
    twins but for one answer.
    """

    def __init__(self, space: Space, budget: int | None) -> None:
        self.space = space
        self.left = math.inf if budget is None else budget
        self.seen: set[Any] = set()

    def differ(self, possible: int, masks: Collection[int], groups: tuple[Group, ...]) -> bool:
        """Whether some completion by `groups` has different plans under different masks."""
        if self.left <= 0:
            raise _BudgetSpentError
        self.left -= 1
        mentions = mentioned(groups)
        plans: dict[int, int] = {}
        views: dict[Any, int] = {}
        matters = 0
        for mask in masks:
            view = View(self.space, possible & mask & ~mentions, possible & mask, self.space.never)
            if view.plan is not None:
                plans[view.plan] = mask
            else:
                views[view.state, view.matters] = mask
                matters |= view.matters
        if len(plans) > 1 or len(plans) + len(views) < 2:
            return len(plans) > 1
        groups = tuple(group for group in groups if group.mentions & matters)
        state = (frozenset(views), frozenset(plans), tuple(map(id, groups)))
        if state in self.seen:
            return False
        self.seen.add(state)
        group, rest = self.space.split(groups, matters)
        different = {
            matters & answer.mask: answer.mask for answer in reversed(group.answers)
        }.values()
        return any(
            self.differ(possible & mask, (*views.values(), *plans.values()), rest)
            for mask in different
        )


def mentioned(groups: Iterable[Group]) -> int:
    """The terms that facts of these groups go into."""
    found = 0
    for group in groups:
        found |= group.mentions
    return found


class View:
    """A partial situation seen from the decision: which needs may count, who meets them, and which
    open terms still matter.

    `certain` holds the terms that will not be contradicted any more; those in `never` hang on a
    fact that stays unknown, so they make no `when` hold, and keep a `provided` open. `state` and
    the open terms in `matters` together determine every plan that completions can have.
    """

    def __init__(self, space: Space, certain: int, possible: int, never: int) -> None:
        self.space = space
        self.certain = certain
        self.possible = possible
        self.sure = certain & ~never
        self.hoped = possible & ~never
        self.surely = space.allowed(self.hoped)
        self.perhaps = space.allowed(self.sure)
        self.needs: list[_Bounds] = []
        matters = 0
        for when, approaches in space.engine.limits:
            if not when & self.sure and approaches & self.perhaps:
                matters |= when & ~never
        found = [
            self._bounds(need) if need.when & self.hoped else None for need in space.engine.needs
        ]
        state: list[int] = [self.perhaps]
        for need, bounds in zip(space.engine.needs, found, strict=True):
            if bounds is None or any(
                other is not None and _implies(other, bounds) for other in found
            ):
                state.append(-1)
                continue
            matters |= (
                bounds.open_terms if bounds.counts else bounds.open_terms | (need.when & ~never)
            )
            state += (bounds.counts, bounds.by_itself, bounds.half)
            self.needs.append(bounds)
        self.matters = matters & possible & ~certain
        self.state = tuple(state)
        self.reachable, self.safe = self._reachable(space.tried_plans)
        """The plans that are not shut out yet; and those that meet every need whatever comes."""
        self.plan = self._forced(space.tried_plans)
        """The plan of every completion, where that is clear; else None."""
        if self.plan is None and not self.matters:
            self.plan = space.engine.outcome(self.sure, possible, space.tried).plan

    def _bounds(self, need: NeedCode) -> _Bounds:
        certain, possible, sure, hoped = self.certain, self.possible, self.sure, self.hoped
        by_itself = sometimes = 0
        for approach, when, provided in need.ways:
            if approach & self.perhaps and when & hoped and provided & possible:
                sometimes |= approach
                if when & sure and provided & certain:
                    by_itself |= approach
        open_terms = half = 0
        for place, (approach, when, provided) in enumerate(need.ways):
            if approach & sometimes & ~by_itself and when & hoped and provided & possible:
                sure_when, sure_provided = bool(when & sure), bool(provided & certain)
                half |= (1 + sure_when + 2 * sure_provided) << 2 * place
                open_terms |= (0 if sure_when else when & hoped) | (
                    0 if sure_provided else provided
                )
        return _Bounds(
            need.when,
            bool(need.when & sure),
            by_itself,
            by_itself & self.surely,
            sometimes,
            half,
            open_terms,
        )

    def _reachable(self, tried: tuple[int, ...]) -> tuple[int, int]:
        reachable, safe = INSIDE[self.perhaps], INSIDE[self.surely]
        for bounds in self.needs:
            if bounds.counts and bounds.always:
                reachable &= HITTING[bounds.sometimes]
            safe &= HITTING[bounds.always] if bounds.always else CONTAINING[bounds.sometimes]
        for plan in tried:
            reachable &= ~INSIDE[plan]
        return reachable, safe

    def may_have(self, plans: int) -> bool:
        """Whether some completion may have one of these plans, as far as can be seen from here;
        False is certain.
        """
        tried = self.space.tried_plans
        left = plans & (
            self.reachable | bool(tried)
        )  # where plans were tried, none may be left: plan 0
        safe = self.reachable & self.safe
        if safe and not tried:
            left &= (
                (safe & -safe) << 1
            ) - 1  # no completion has a dearer plan than one that meets every need whatever comes
        while left:
            plan = (left & -left).bit_length() - 1
            if not plan or (_may_be_needed(plan, self.needs) == plan and not self._outdone(plan)):
                return True
            left &= left - 1
        return False

    def _outdone(self, plan: int) -> bool:
        """Whether there is one cheaper plan that in every completion meets each need that this plan
        meets, and is ruled out only with it.
        """
        better = INSIDE[self.perhaps] & ((1 << plan) - 1) & ~1
        for when, approaches in self.space.engine.limits:
            if when & self.hoped and not approaches & plan:
                better &= INSIDE[EVERY_APPROACH & ~approaches]
        for tried in self.space.tried_plans:
            better &= ~INSIDE[tried]
        if self.space.tried_plans:
            better &= ALONE  # a member may be superfluous, and the rest have been tried
        for need in self.space.engine.needs:
            if not better:
                return False
            if need.when & self.hoped:
                for way in need.ways:
                    if (
                        way.approach & plan
                        and way.when & self.hoped
                        and way.provided & self.possible
                    ):
                        better &= HITTING[self._as_good(way, need)]
        return bool(better)

    def _as_good(self, way: WayCode, need: NeedCode) -> int:
        """The approaches that have a way to meet the need whenever this way is open."""
        found = way.approach
        for approach, when, provided in need.ways:
            whenever = when & self.sure or not way.when & self.hoped & ~when
            if whenever and (
                provided & self.certain or not way.provided & self.possible & ~provided
            ):
                found |= approach
        return found

    def _forced(self, tried: tuple[int, ...]) -> int | None:
        """The plan of every completion, if what is certain and what is possible alone show that
        there is only one; else None.
        """
        reachable = self.reachable
        while reachable:
            lowest = reachable & -reachable
            plan = lowest.bit_length() - 1
            if not tried:  # the cheapest plan that meets all needs has no superfluous member
                return plan if lowest & self.safe else None
            if _may_be_needed(plan, self.needs) == plan:
                return (
                    plan
                    if lowest & self.safe and _surely_needed(plan, self.needs) == plan
                    else None
                )
            reachable ^= lowest
        return 0


class _Bounds(NamedTuple):
    """What is known of a need that may count: whether it surely does, and which approaches meet it
    always or sometimes.

    `by_itself` holds the approaches that meet it always unless a limit still rules them out. `half`
    records, for options that are still open, which of their two conditions is already certain;
    `open_terms` are the terms that can still move the bounds.
    """

    number: int  # the terms of the need's `when`, which are its own
    counts: bool
    by_itself: int
    always: int
    sometimes: int
    half: int
    open_terms: int


def _implies(one: _Bounds, other: _Bounds) -> bool:
    """Whether every plan that meets the one need, which surely counts and can be met, meets the
    other as well.

    The other then changes neither which plans meet all needs nor which members are superfluous. Of
    two needs that imply each other the first stays.
    """
    if one.number == other.number or not (
        one.counts and one.always and one.sometimes & ~other.always == 0
    ):
        return False
    return (
        not (other.counts and other.always and other.sometimes & ~one.always == 0)
        or one.number < other.number
    )


def _may_be_needed(plan: int, needs: list[_Bounds]) -> int:
    """The members of a plan that in some completion alone meet some need."""
    found = 0
    for _, _, _, always, sometimes, _, _ in needs:
        fixed = plan & always
        if not fixed:
            found |= plan & sometimes
        elif fixed & (fixed - 1) == 0:
            found |= fixed
    return found


def _surely_needed(plan: int, needs: list[_Bounds]) -> int:
    """The members of a plan that in every completion alone meet some need."""
    found = 0
    for _, counts, _, always, sometimes, _, _ in needs:
        alone = plan & always
        if counts and alone and alone & (alone - 1) == 0 and plan & sometimes == alone:
            found |= alone
    return found


def never_certain(engine: Engine, unanswered: Collection[str]) -> int:
    """The terms that can never be certain because they read one of these facts, which stay unknown,
    or one derived from it.
    """
    found = 0
    for name in unanswered:
        found |= engine.codes[name].mentions if name in engine.codes else 0
    for derived in engine.derived:
        if not set(unanswered).isdisjoint(derived.fact.inputs):
            found |= engine.codes[derived.fact.id].mentions
    return found


def _groups(engine: Engine, facts: Mapping[str, Any], closed: frozenset[str]) -> Iterator[Group]:
    """The open facts that conditions read, directly or through derived facts, joined where a
    derived fact joins them.
    """
    inputs = {
        name
        for derived in engine.derived
        if closed.isdisjoint(derived.fact.inputs)
        for name in derived.fact.inputs
        if name != "tried"
    }
    unknown = [
        fact
        for fact in engine.askable
        if fact.id not in facts
        and fact.id not in closed
        and (fact.id in engine.facts or fact.id in inputs)
    ]
    done: set[str] = set()
    for fact in unknown:
        if fact.id not in done:
            partners = {
                name
                for derived in _linked(engine, (fact.id,), closed)
                for name in derived.fact.inputs
            }
            group = [
                fact,
                *(other for other in unknown if other.id in partners and other is not fact),
            ]
            done.update(member.id for member in group)
            yield _group(engine, facts, group, closed)


def _linked(engine: Engine, names: Collection[str], closed: Collection[str]) -> list[Derived]:
    """The derived facts that some of these facts go into, and no closed one."""
    return [
        derived
        for derived in engine.derived
        if not set(names).isdisjoint(derived.fact.inputs)
        and set(closed).isdisjoint(derived.fact.inputs)
    ]


def _group(
    engine: Engine, facts: Mapping[str, Any], group: list[Fact], closed: Collection[str]
) -> Group:
    """The group; remembered with the table where nothing that is known or closed bears on it."""
    names = tuple(fact.id for fact in group)
    linked = _linked(engine, names, closed)
    if any(name in facts for derived in linked for name in derived.fact.inputs) or len(
        linked
    ) < len(_linked(engine, names, ())):
        return _fresh_group(engine, facts, group, linked)
    found: Group | None = engine.groups.get(names)
    if found is None:
        found = engine.groups[names] = _fresh_group(engine, {}, group, linked)
    return found


def _fresh_group(
    engine: Engine, facts: Mapping[str, Any], group: list[Fact], linked: list[Derived]
) -> Group:
    names = tuple(fact.id for fact in group)
    mentions = 0
    for name in (*names, *(derived.fact.id for derived in linked)):
        mentions |= engine.codes[name].mentions if name in engine.codes else 0
    found: dict[int, Answer] = {}
    for values in _values(engine, facts, group):
        mask = _mask(engine, facts, values, linked)
        found.setdefault(mask, Answer(tuple(values.items()), mask))
    return Group(names, tuple(found.values()), mentions)


class Move(NamedTuple):
    """What can be known of the facts of a group: the values that are given, and what the terms make
    of it all.

    `mask` holds the terms that the answers do not contradict, `never` those that hang on a fact of
    the group that stays unknown.
    """

    values: tuple[tuple[str, Any], ...]
    mask: int
    never: int


def moves(engine: Engine, group: Group, known: Mapping[str, Any]) -> Iterator[Move]:
    """Every way of giving some facts of a group other answers than the known ones; the first is
    that everything stays as it is.
    """
    for number in range(1 << len(group.facts)):
        changed = [name for place, name in enumerate(group.facts) if number >> place & 1]
        kept = {name: known[name] for name in group.facts if name in known and name not in changed}
        unknown = [name for name in group.facts if name not in kept and name not in changed]
        never = never_certain(engine, unknown)
        for answer in other_answers(engine, kept, changed, unknown):
            yield Move(answer.values, answer.mask, never)


def other_answers(
    engine: Engine, kept: Mapping[str, Any], changed: Collection[str], unknown: Collection[str]
) -> Iterator[Answer]:
    """Of the facts of a group, each answer to the changed ones; the mask is that of the kept ones
    as well.
    """
    group = [fact for fact in engine.askable if fact.id in changed]
    linked = _linked(engine, {*changed, *kept}, unknown)
    found: dict[int, dict[str, Any]] = {}
    for values in _values(engine, kept, group) if group else ({},):
        found.setdefault(_mask(engine, {}, {**kept, **values}, linked), values)
    return (Answer(tuple(values.items()), mask) for mask, values in found.items())


def _mask(
    engine: Engine, facts: Mapping[str, Any], values: Mapping[str, Any], linked: list[Derived]
) -> int:
    """The terms that these answers, and what is derived from them, do not contradict."""
    mask = engine.every_term
    for name, value in values.items():
        mask &= engine.codes[name].mask(value) if name in engine.codes else mask
    situation = {**facts, **values}
    for derived in linked:
        mask &= engine.codes[derived.fact.id].mask(
            derived.compute(*(situation[name] for name in derived.fact.inputs))
        )
    return mask


def _values(
    engine: Engine, facts: Mapping[str, Any], group: list[Fact]
) -> Iterator[dict[str, Any]]:
    """Values that reach every combination of cells of the facts in the group and of the facts
    derived from them.
    """
    first = group[0]
    if len(group) == 1:
        for cell in answers(engine, facts, first):
            yield {first.id: cell.value}
        return
    second = group[1]
    for value in _candidates(engine, facts, first, second):
        for cell in answers(engine, {**facts, first.id: value}, second):
            yield {first.id: value, second.id: cell.value}


def _candidates(engine: Engine, facts: Mapping[str, Any], first: Fact, second: Fact) -> list[Any]:
    """Values of `first` such that, varying `second` at each of them, every reachable combination of
    cells is met.
    """
    found: set[Any] = set()
    step: Callable[[Any], Any] = (
        (lambda value: value - 1)
        if first.type == "integer"
        else (lambda value: math.nextafter(value, -math.inf))
    )
    for cell in engine.cells.get(second.id) or (_whole(second),):
        last = min(cell.high, second.maximum + 1, _LARGEST)
        for edge in (
            cell.value,
            int(last) - 1 if second.type == "integer" else math.nextafter(last, -math.inf),
        ):
            for part in answers(engine, {**facts, second.id: edge}, first):
                found.update(
                    value
                    for value in (part.value, step(part.value))
                    if first.minimum <= value <= first.maximum
                )
    found.add(int(first.maximum) if first.type == "integer" else first.maximum)
    return sorted(found)
