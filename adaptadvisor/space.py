"""What could still come: the answers to a fact that the table tells apart, and whether any completion changes the plan.

Exact, not sampled: numbers are cut where some condition changes its mind, also through derived facts, which stay consistent with
their inputs. Derived facts are monotone in each input, which is what makes the cuts findable by bisection.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from adaptadvisor.conditions import Cell, cells
from adaptadvisor.derived import Derived
from adaptadvisor.engine import Engine
from adaptadvisor.facts import Fact
from adaptadvisor.plans import CONTAINING, HITTING, INSIDE, plan_of

_LARGEST = 1e15  # stands for "no upper bound" when a number is searched for


class Answer(NamedTuple):
    """Values for one fact (or for facts joined by a derived one), and the terms that they do not contradict."""

    values: tuple[tuple[str, Any], ...]
    mask: int


def answers(engine: Engine, facts: Mapping[str, Any], fact: Fact) -> tuple[Cell, ...]:
    """The cells of a fact, other facts as known, such that no two answers in one cell can lead to different advice."""
    linked = [
        derived
        for derived in engine.derived
        if fact.id in derived.fact.inputs and all(name in facts or name == fact.id for name in derived.fact.inputs)
    ]
    if not linked or not fact.numeric:
        return engine.cells.get(fact.id, ())
    found = engine.cells.get(fact.id) or (_whole(fact),)
    return tuple(part for cell in found for part in _parts(cell, fact, lambda value: _codes(engine, linked, {**facts, fact.id: value})))


def _whole(fact: Fact) -> Cell:
    return cells(fact, ())[0]


def _codes(engine: Engine, linked: list[Derived], facts: Mapping[str, Any]) -> tuple[int, ...]:
    """For each derived fact the number of the cell in which its value lies."""
    found = []
    for derived in linked:
        value = derived.compute(*(facts[name] for name in derived.fact.inputs))
        found.append(sum(value >= cell.low for cell in engine.cells[derived.fact.id]) if derived.fact.numeric else int(value))
    return tuple(found)


def _parts(cell: Cell, fact: Fact, code: Callable[[Any], tuple[int, ...]]) -> Iterator[Cell]:
    """The cell cut where `code` changes; `code` must be monotone in each place."""
    high = min(cell.high, fact.maximum + 1 if fact.type == "integer" else fact.maximum, _LARGEST)
    last = int(high) - 1 if fact.type == "integer" else math.nextafter(high, -math.inf) if high == cell.high else high
    starts = list(_starts(cell.value, max(last, cell.value), fact.type == "integer", code))
    for start, stop in zip(starts, [*starts[1:], cell.high], strict=True):
        yield cell._replace(value=start, low=start, high=stop, first=cell.first and start == cell.value)


def _starts(low: Any, high: Any, whole: bool, code: Callable[[Any], tuple[int, ...]]) -> Iterator[Any]:
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


class _Group(NamedTuple):
    """Unknown facts that are answered together, their possible answers, and the terms that mention them."""

    answers: tuple[Answer, ...]
    mentions: int


class Space:
    """All completions of a situation: one answer chosen from each group."""

    def __init__(self, engine: Engine, facts: Mapping[str, Any]) -> None:
        self.engine = engine
        self.tried = tuple(facts.get("tried", ()))
        self.tried_plans = tuple(plan_of(plan.split("+")) for plan in self.tried)
        self.groups = tuple(_groups(engine, facts))
        self.possible = engine.state(facts)[1]

    def other_plan(self, plan: int) -> tuple[int, dict[str, Any]] | None:
        """A completion with another plan, and the answers that lead to it; None when every completion has this plan."""
        for found, chosen in self._plans(self.possible, self.groups, (), set()):
            if found != plan:
                return found, {name: value for answer in chosen for name, value in answer.values}
        return None

    def _plans(
        self, possible: int, groups: tuple[_Group, ...], chosen: tuple[Answer, ...], seen: set[Any]
    ) -> Iterator[tuple[int, tuple[Answer, ...]]]:
        """Every plan of some completion, at least once each, with the answers that force it."""
        unknown = 0
        for group in groups:
            unknown |= group.mentions
        view = _View(self.engine, possible & ~unknown, possible)
        plan = view.forced(self.tried_plans)
        if plan is None and not view.matters:
            plan = self.engine.outcome(possible & ~unknown, possible, self.tried).plan
        if plan is not None:
            yield plan, chosen
            return
        groups = tuple(group for group in groups if group.mentions & view.matters)
        state = (view.state, view.matters, tuple(map(id, groups)))
        if state in seen:
            return
        seen.add(state)
        index = max(range(len(groups)), key=lambda i: (groups[i].mentions & view.matters).bit_count())
        group, rest = groups[index], groups[:index] + groups[index + 1 :]
        for answer in {view.matters & answer.mask: answer for answer in reversed(group.answers)}.values():
            yield from self._plans(possible & answer.mask, rest, (*chosen, answer), seen)


class _View:
    """A partial situation seen from the decision: which needs may count, who meets them, and which open terms still matter.

    `state` and the open terms in `matters` together determine every plan that completions can have.
    """

    def __init__(self, engine: Engine, certain: int, possible: int) -> None:
        self.surely = engine.allowed(possible)
        self.perhaps = engine.allowed(certain)
        self.needs: list[_Bounds] = []
        matters = 0
        for when, approaches in engine.limits:
            if not when & certain and approaches & self.perhaps:
                matters |= when
        found = [_bounds(need, certain, possible, self.surely, self.perhaps) if need.when & possible else None for need in engine.needs]
        state: list[int] = [self.perhaps]
        for need, bounds in zip(engine.needs, found, strict=True):
            if bounds is None or any(other is not None and _implies(other, bounds) for other in found):
                state.append(-1)
                continue
            matters |= bounds.open_terms if bounds.counts else bounds.open_terms | need.when
            state += (bounds.counts, bounds.always, bounds.half)
            self.needs.append(bounds)
        self.matters = matters & possible & ~certain
        self.state = tuple(state)

    def forced(self, tried: tuple[int, ...]) -> int | None:
        """The plan of every completion, if what is certain and what is possible alone show that there is only one; else None."""
        reachable = INSIDE[self.perhaps]  # a plan outside is never chosen
        safe = INSIDE[self.surely]  # a plan inside meets every need whatever comes
        for bounds in self.needs:
            if bounds.counts and bounds.always:
                reachable &= HITTING[bounds.sometimes]
            safe &= HITTING[bounds.always] if bounds.always else CONTAINING[bounds.sometimes]
        for plan in tried:
            reachable &= ~INSIDE[plan]
        while reachable:
            lowest = reachable & -reachable
            plan = lowest.bit_length() - 1
            if not tried:  # the cheapest plan that meets all needs has no superfluous member
                return plan if lowest & safe else None
            if _may_be_needed(plan, self.needs) == plan:
                return plan if lowest & safe and _surely_needed(plan, self.needs) == plan else None
            reachable ^= lowest
        return 0


class _Bounds(NamedTuple):
    """What is known of a need that may count: whether it surely does, and which approaches meet it always or sometimes.

    `half` records, for options that are still open, which of their two conditions is already certain; `open_terms` are the terms that
    can still move the bounds.
    """

    number: int  # the terms of the need's `when`, which are its own
    counts: bool
    always: int
    sometimes: int
    half: int
    open_terms: int


def _bounds(need: Any, certain: int, possible: int, surely: int, perhaps: int) -> _Bounds:
    always = sometimes = 0
    for approach, when, provided in need.ways:
        if approach & perhaps and when & possible and provided & possible:
            sometimes |= approach
            if when & certain and provided & certain:
                always |= approach
    open_terms = half = 0
    for place, (approach, when, provided) in enumerate(need.ways):
        if approach & sometimes & ~always and when & possible and provided & possible:
            sure_when, sure_provided = bool(when & certain), bool(provided & certain)
            half |= (1 + sure_when + 2 * sure_provided) << 2 * place
            open_terms |= (0 if sure_when else when) | (0 if sure_provided else provided)
    return _Bounds(need.when, bool(need.when & certain), always & surely, sometimes, half, open_terms)


def _implies(one: _Bounds, other: _Bounds) -> bool:
    """Whether every plan that meets the one need, which surely counts and can be met, meets the other as well.

    The other then changes neither which plans meet all needs nor which members are superfluous. Of two needs that imply each other
    the first stays.
    """
    if one.number == other.number or not (one.counts and one.always and one.sometimes & ~other.always == 0):
        return False
    return not (other.counts and other.always and other.sometimes & ~one.always == 0) or one.number < other.number


def _may_be_needed(plan: int, needs: list[_Bounds]) -> int:
    """The members of a plan that in some completion alone meet some need."""
    found = 0
    for _, _, always, sometimes, _, _ in needs:
        fixed = plan & always
        if not fixed:
            found |= plan & sometimes
        elif fixed & (fixed - 1) == 0:
            found |= fixed
    return found


def _surely_needed(plan: int, needs: list[_Bounds]) -> int:
    """The members of a plan that in every completion alone meet some need."""
    found = 0
    for _, counts, always, sometimes, _, _ in needs:
        alone = plan & always
        if counts and alone and alone & (alone - 1) == 0 and plan & sometimes == alone:
            found |= alone
    return found


def _groups(engine: Engine, facts: Mapping[str, Any]) -> Iterator[_Group]:
    """The unknown facts that conditions read, directly or through derived facts, joined where a derived fact joins them."""
    inputs = {name for derived in engine.derived for name in derived.fact.inputs if name != "tried"}
    unknown = [fact for fact in engine.askable if fact.id not in facts and (fact.id in engine.facts or fact.id in inputs)]
    done: set[str] = set()
    for fact in unknown:
        if fact.id not in done:
            partners = {name for derived in engine.derived if fact.id in derived.fact.inputs for name in derived.fact.inputs}
            group = [fact, *(other for other in unknown if other.id in partners and other is not fact)]
            done.update(member.id for member in group)
            yield _group(engine, facts, group)


def _group(engine: Engine, facts: Mapping[str, Any], group: list[Fact]) -> _Group:
    """The group; remembered with the table where nothing that is known bears on it."""
    names = tuple(fact.id for fact in group)
    linked = [derived for derived in engine.derived if set(names) & set(derived.fact.inputs)]
    if any(name in facts for derived in linked for name in derived.fact.inputs):
        return _fresh_group(engine, facts, group, linked)
    found: _Group | None = engine.groups.get(names)
    if found is None:
        found = engine.groups[names] = _fresh_group(engine, {}, group, linked)
    return found


def _fresh_group(engine: Engine, facts: Mapping[str, Any], group: list[Fact], linked: list[Derived]) -> _Group:
    names = [fact.id for fact in group]
    mentions = 0
    for name in (*names, *(derived.fact.id for derived in linked)):
        mentions |= engine.codes[name].mentions if name in engine.codes else 0
    found: dict[int, Answer] = {}
    for values in _values(engine, facts, group):
        mask = engine.every_term
        for name, value in values.items():
            mask &= engine.codes[name].mask(value) if name in engine.codes else mask
        situation = {**facts, **values}
        for derived in linked:
            mask &= engine.codes[derived.fact.id].mask(derived.compute(*(situation[name] for name in derived.fact.inputs)))
        found.setdefault(mask, Answer(tuple(values.items()), mask))
    return _Group(tuple(found.values()), mentions)


def _values(engine: Engine, facts: Mapping[str, Any], group: list[Fact]) -> Iterator[dict[str, Any]]:
    """Values that reach every combination of cells of the facts in the group and of the facts derived from them."""
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
    """Values of `first` such that, varying `second` at each of them, every reachable combination of cells is met."""
    found: set[Any] = set()
    step: Callable[[Any], Any] = (lambda value: value - 1) if first.type == "integer" else (lambda value: math.nextafter(value, -math.inf))
    for cell in engine.cells.get(second.id) or (_whole(second),):
        last = min(cell.high, second.maximum + 1, _LARGEST)
        for edge in (cell.value, int(last) - 1 if second.type == "integer" else math.nextafter(last, -math.inf)):
            for part in answers(engine, {**facts, second.id: edge}, first):
                found.update(value for value in (part.value, step(part.value)) if first.minimum <= value <= first.maximum)
    found.add(int(first.maximum) if first.type == "integer" else first.maximum)
    return sorted(found)
