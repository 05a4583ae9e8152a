"""What could still come: answers that the table tells apart, and facts that are answered together.

Exact, not sampled: numbers are cut where some condition changes its mind, also through derived
facts, which stay consistent with their inputs. Derived facts are monotone in each input, which is
what makes the cuts findable by bisection.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from adaptadvisor.engine.codes import Group, Move, joined
from adaptadvisor.engine.decide import Codes, Engine
from adaptadvisor.table.conditions import Cell, cells, within
from adaptadvisor.table.derived import Derived
from adaptadvisor.table.facts import Fact, Value, exact
from adaptadvisor.table.ranges import LARGEST, Range, corners
from adaptadvisor.table.rows import Situation


class Space:
    """All completions of a situation: a move from each group. `closed` facts stay unknown.

    What is known as a range is completed too, by one of the numbers in it.
    """

    def __init__(self, engine: Engine, facts: Situation, closed: Collection[str] = ()) -> None:
        self.engine = engine = engine.knowing(facts.get("tried"))
        self.facts = facts
        self.closed = frozenset(closed) - facts.keys() - {"tried"}
        self.tried = engine.tried(facts)
        self.groups = tuple(_groups(engine, facts, self.closed))
        self.possible = engine.state(facts)[1]
        self.never = terms_reading(engine, self.closed)

    def plan(self, possible: int, never: int = 0) -> int:
        """The plan of a completion with these terms; none that reads a closed fact, and none of
        `never`, is certain.
        """
        certain = possible & ~self.never & ~never
        return self.engine.outcome(certain, possible, self.tried).plan

    def group_of(self, fact: str) -> Group | None:
        """The group of a fact that is not known exactly; None where no condition reads it."""
        return next((group for group in self.groups if fact in group.facts), None)

    def move(self, group: Group, values: Situation) -> Move:
        """Answers to some facts of a group; the others stay unknown."""
        unknown = set(group.facts).difference(values)
        linked = _linked(self.engine, values, {*self.closed, *unknown})
        mask, _ = _mask(self.engine, self.facts, values, linked)
        return Move(tuple(values.items()), mask, terms_reading(self.engine, unknown))

    def masks(self, group: Group, fact: Fact) -> Iterator[tuple[int, ...]]:
        """The masks of the answers to a fact; once for each answer to a fact joined to it."""
        if len(group.facts) == 1:
            yield tuple(move.mask for move in group.moves)
            return
        names = set(group.facts) - {fact.id}
        other = next(row for row in self.engine.askable if row.id in names)
        linked = _linked(self.engine, group.facts, self.closed)
        found: dict[frozenset[int], None] = {}
        for value in _candidates(self.engine, self.facts, other, fact):
            given = {**self.facts, other.id: value}
            rows = (
                {other.id: value, fact.id: cell.value} for cell in answers(self.engine, given, fact)
            )
            found[frozenset(_mask(self.engine, self.facts, row, linked)[0] for row in rows)] = None
        yield from (tuple(sorted(masks)) for masks in found)


def answers(engine: Engine, facts: Situation, fact: Fact) -> tuple[Cell, ...]:
    """The answers to a fact, in cells; no two in one cell lead to different advice.

    Where the facts have a range for it, only the answers in that range.
    """
    engine = engine.knowing(facts.get("tried"))
    known = facts.get(fact.id)
    found = engine.cells.get(fact.id, ())
    if isinstance(known, Range):
        found = within(found or cells(fact, ()), known)
    linked = [
        row
        for row in engine.derived
        if fact.id in row.fact.inputs
        and all(name in facts or name == fact.id for name in row.fact.inputs)
    ]
    if not linked or not fact.numeric:
        return found
    partners = {name: facts[name] for row in linked for name in row.fact.inputs if name != fact.id}
    ends = [dict(zip(partners, corner, strict=True)) for corner in corners([*partners.values()])]

    def code(value: float) -> tuple[int, ...]:
        """For each derived fact the number of the cell in which its value lies; where a partner is
        a range, at either end of it.
        """
        places = []
        for given in ends:
            given[fact.id] = value
            for row in linked:
                number = row.compute(*(given[name] for name in row.fact.inputs))
                places.append(engine.codes[row.fact.id].cell(number))
        return tuple(places)

    return tuple(part for cell in found or cells(fact, ()) for part in _parts(cell, fact, code))


def own_cells(engine: Engine, facts: Situation, fact: Fact) -> tuple[Cell, ...]:
    """The answers to a fact as its own tests tell them apart, in its range if it has one."""
    row, known = engine.cells.get(fact.id) or cells(fact, ()), facts.get(fact.id)
    return within(row, known) if isinstance(known, Range) else row


def _parts(cell: Cell, fact: Fact, code: Callable[[float], tuple[int, ...]]) -> Iterator[Cell]:
    """The cell cut where `code` changes; `code` must be monotone in each place."""
    starts = list(_starts(cell.low, max(_last(cell, fact), cell.low), code, whole=cell.whole))
    for start, stop in zip(starts, [*starts[1:], cell.high], strict=True):
        first = cell.first and start == cell.low
        yield replace(cell, value=start, low=start, high=stop, first=first)


def _last(cell: Cell, fact: Fact) -> float:
    """The largest answer in a cell."""
    if cell.whole:
        return int(min(cell.high, fact.maximum + 1, LARGEST)) - 1
    most = min(fact.maximum, LARGEST)
    return most if cell.high > most else math.nextafter(cell.high, -math.inf)


def _starts(
    low: float, high: float, code: Callable[[float], tuple[int, ...]], *, whole: bool
) -> Iterator[float]:
    """The first value of every run of equal codes between two values, both included."""
    yield low
    here, last = code(low), code(high)
    while here != last:
        below, above = low, high
        while True:
            middle = (below + above) // 2 if whole else (below + above) / 2
            if middle in (below, above):
                break
            if code(middle) == here:
                below = middle
            else:
                above = middle
        low, here = above, code(above)
        yield low


def terms_reading(engine: Engine, names: Collection[str]) -> int:
    """The terms that read one of these facts, or one derived from them."""
    return _mentions(engine, (*names, *(row.fact.id for row in _linked(engine, names, ()))))


def _apart(row: Derived, names: Collection[str]) -> bool:
    """Whether none of these facts goes into the derived one."""
    return set(names).isdisjoint(row.fact.inputs)


def _linked(engine: Engine, names: Collection[str], closed: Collection[str]) -> list[Derived]:
    """The derived facts that some of these facts go into, and no closed one."""
    return [row for row in engine.derived if not _apart(row, names) and _apart(row, closed)]


def _mentions(engine: Engine, names: Collection[str]) -> int:
    """The terms that read one of these facts."""
    return joined(engine.codes[name].mentions for name in names if name in engine.codes)


def _groups(engine: Engine, facts: Situation, closed: frozenset[str]) -> Iterator[Group]:
    """The open facts that conditions read, also through derived facts, which may join two."""
    read = {name for row in engine.derived if _apart(row, closed) for name in row.fact.inputs}
    known = {name for name, value in facts.items() if exact(value)}
    read = read.union(engine.codes) - {*known, *closed, "tried"}
    unknown = [fact for fact in engine.askable if fact.id in read]
    done: set[str] = set()
    for fact in unknown:
        if fact.id in done:
            continue
        near = _linked(engine, (fact.id,), closed)
        partners = {fact.id, *(name for row in near for name in row.fact.inputs)}
        group = [other for other in unknown if other.id in partners]
        names = tuple(other.id for other in group)
        done.update(names)
        linked = _linked(engine, names, closed)
        if len(group) == 1 or not facts.keys().isdisjoint(names):
            yield _group(engine, facts, group, linked)
            continue
        if names not in engine.pairs:
            # the same in every situation: they are joined to no other fact
            engine.pairs[names] = _group(engine, {}, group, linked)
        yield engine.pairs[names]


def _group(engine: Engine, facts: Situation, group: list[Fact], linked: list[Derived]) -> Group:
    names = tuple(fact.id for fact in group)
    found: dict[int, Move] = {}
    for values in _values(engine, facts, group):
        mask, _ = _mask(engine, facts, values, linked)
        found.setdefault(mask, Move(tuple(values.items()), mask))
    unknown = [name for name in names if name not in facts]
    mentions = _mentions(
        engine, (*unknown, *(row.fact.id for row in linked if not _apart(row, unknown)))
    )
    ranges = {name: facts[name] for name in names if name in facts}
    _, open_terms = _mask(engine, facts, ranges, [row for row in linked if _apart(row, unknown)])
    return Group(names, tuple(found.values()), mentions | open_terms)


def moves(
    engine: Engine,
    group: Group,
    known: Situation,
    ranges: Mapping[str, Range],
    may: Callable[[str, Value], bool],
) -> Iterator[Move]:
    """Every way to give facts of a group other answers than known ones; the first gives none.

    Of facts in `ranges` only the numbers there are given, and of others only what `may` allows.
    """
    for number in range(1 << len(group.facts)):
        changed = [name for place, name in enumerate(group.facts) if number >> place & 1]
        kept = {name: known[name] for name in group.facts if name in known and name not in changed}
        unknown = [name for name in group.facts if name not in kept and name not in changed]
        never = terms_reading(engine, unknown)
        facts = [fact for fact in engine.askable if fact.id in changed]
        linked = _linked(engine, {*changed, *kept}, unknown)
        found: dict[tuple[int, int], Move] = {}
        held = {name: ranges[name] for name in changed if name in ranges}
        for values in _values(engine, {**kept, **held}, facts):
            if not all(may(name, value) for name, value in values.items()):
                continue
            mask, open_terms = _mask(engine, kept, {**kept, **values}, linked)
            move = Move(tuple(values.items()), mask, never | open_terms)
            found.setdefault((mask, open_terms), move)
        yield from found.values()


def _mask(
    engine: Engine, facts: Situation, values: Situation, linked: list[Derived]
) -> tuple[int, int]:
    """The terms that these answers, and what is derived from them, do not contradict; and those
    that a range among them leaves open.
    """
    mask, open_terms = engine.every_term, 0
    situation = {**facts, **values}
    read: list[tuple[Codes, Value | None]] = [
        (engine.codes[name], value) for name, value in values.items() if name in engine.codes
    ]
    read += [(engine.codes[row.fact.id], row.value(situation)) for row in linked]
    for codes, value in read:
        some, between = codes.terms(value)
        mask, open_terms = mask & some, open_terms | between
    return mask, open_terms & mask


def _values(engine: Engine, facts: Situation, group: list[Fact]) -> Iterator[dict[str, Value]]:
    """Values for one or two facts that reach every combination of cells, of derived facts too."""
    if not group:
        yield {}
        return
    *before, last = group
    numbers = [(one.id, n) for one in before for n in _candidates(engine, facts, one, last)]
    givens: list[dict[str, Value]] = [{id: number} for id, number in numbers] or [{}]
    for given in givens:
        for cell in answers(engine, {**facts, **given}, last):
            yield {**given, last.id: cell.value}


def _candidates(engine: Engine, facts: Situation, first: Fact, second: Fact) -> list[float]:
    """Numbers that, combined with every number of `second`, reach every combination of cells."""
    row = own_cells(engine, facts, first)
    least, most = row[0].low, _last(row[-1], first)
    found = {most}
    for cell in own_cells(engine, facts, second):
        for edge in (cell.low, _last(cell, second)):
            for part in answers(engine, {**facts, second.id: edge}, first):
                below = part.low - 1 if part.whole else math.nextafter(part.low, -math.inf)
                found.update(value for value in (part.low, below) if least <= value <= most)
    return sorted(found)
