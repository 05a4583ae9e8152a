"""What could still come: the answers to a fact that the table tells apart, and the groups of facts that
are answered together.

Exact, not sampled: numbers are cut where some condition changes its mind, also through derived
facts, which stay consistent with their inputs. Derived facts are monotone in each input, which is
what makes the cuts findable by bisection.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from adaptadvisor.engine.decide import Engine, tried_plans
from adaptadvisor.table.conditions import Cell, cells
from adaptadvisor.table.derived import Derived
from adaptadvisor.table.facts import Fact

_LARGEST = 1e15  # means "no upper bound" when a number is searched for


class Move(NamedTuple):  # a tuple: a search unpacks it in its innermost loop
    """What can be known of the facts of a group: the values that are given, and what the terms make
    of it all.

    `mask` holds the terms that the answers do not contradict, `never` those that read a fact of the
    group that stays unknown.
    """

    values: tuple[tuple[str, Any], ...]
    mask: int
    never: int = 0


class Group(NamedTuple):  # a tuple: a search unpacks it in its innermost loop
    """Unknown facts that are answered together, a move for each set of answers to all of them, and
    the terms that mention them.
    """

    facts: tuple[str, ...]
    moves: tuple[Move, ...]
    mentions: int


class Space:
    """All completions of a situation: one move chosen from each group. Facts in `closed` stay
    unknown in all of them.
    """

    def __init__(
        self, engine: Engine, facts: Mapping[str, Any], closed: Collection[str] = ()
    ) -> None:
        self.engine = engine
        self.facts = facts
        self.closed = frozenset(closed) - facts.keys() - {"tried"}
        self.tried = tried_plans(facts)
        self.groups = tuple(_groups(engine, facts, self.closed))
        self.possible = engine.state(facts)[1]
        self.never = never_certain(engine, self.closed)

    def plan(self, possible: int) -> int:
        """The plan of a completion with these terms; those that read a closed fact are never
        certain.
        """
        return self.engine.outcome(possible & ~self.never, possible, self.tried).plan

    def group_of(self, fact: str) -> Group | None:
        """The group of an unknown fact; None where no condition reads it."""
        return next((group for group in self.groups if fact in group.facts), None)

    def masks(self, group: Group, fact: Fact) -> Iterator[tuple[int, ...]]:
        """The masks of the answers to a fact; where a derived fact joins it to another, once for
        each answer to that other.
        """
        if len(group.facts) == 1:
            yield tuple(move.mask for move in group.moves)
            return
        other = next(
            fact_
            for fact_ in self.engine.askable
            if fact_.id in group.facts and fact_.id != fact.id
        )
        linked = _linked(self.engine, group.facts, self.closed)
        found: dict[frozenset[int], None] = {}
        for value in _candidates(self.engine, self.facts, other, fact):
            given = {**self.facts, other.id: value}
            found[
                frozenset(
                    _mask(self.engine, self.facts, {other.id: value, fact.id: cell.value}, linked)
                    for cell in answers(self.engine, given, fact)
                )
            ] = None
        yield from (tuple(sorted(masks)) for masks in found)


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
        yield replace(
            cell, value=start, low=start, high=stop, first=cell.first and start == cell.value
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
            names = tuple(member.id for member in group)
            linked = _linked(engine, names, closed)
            if len(group) == 1:
                yield _group(engine, facts, group, linked)
                continue
            if names not in engine.pairs:
                engine.pairs[names] = _group(engine, {}, group, linked)
            yield engine.pairs[names]


def _linked(engine: Engine, names: Collection[str], closed: Collection[str]) -> list[Derived]:
    """The derived facts that some of these facts go into, and no closed one."""
    return [
        derived
        for derived in engine.derived
        if not set(names).isdisjoint(derived.fact.inputs)
        and set(closed).isdisjoint(derived.fact.inputs)
    ]


def _group(
    engine: Engine, facts: Mapping[str, Any], group: list[Fact], linked: list[Derived]
) -> Group:
    names = tuple(fact.id for fact in group)
    mentions = 0
    for name in (*names, *(derived.fact.id for derived in linked)):
        mentions |= engine.codes[name].mentions if name in engine.codes else 0
    found: dict[int, Move] = {}
    for values in _values(engine, facts, group):
        mask = _mask(engine, facts, values, linked)
        found.setdefault(mask, Move(tuple(values.items()), mask))
    return Group(names, tuple(found.values()), mentions)


def moves(engine: Engine, group: Group, known: Mapping[str, Any]) -> Iterator[Move]:
    """Every way of giving some facts of a group other answers than the known ones; the first is
    that everything stays as it is.
    """
    for number in range(1 << len(group.facts)):
        changed = [name for place, name in enumerate(group.facts) if number >> place & 1]
        kept = {name: known[name] for name in group.facts if name in known and name not in changed}
        unknown = [name for name in group.facts if name not in kept and name not in changed]
        never = never_certain(engine, unknown)
        facts = [fact for fact in engine.askable if fact.id in changed]
        linked = _linked(engine, {*changed, *kept}, unknown)
        found: dict[int, Move] = {}
        for values in _values(engine, kept, facts) if facts else ({},):
            mask = _mask(engine, {}, {**kept, **values}, linked)
            found.setdefault(mask, Move(tuple(values.items()), mask, never))
        yield from found.values()


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
