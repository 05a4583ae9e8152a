"""The decision: from known facts to the cheapest plan and the needs that stay open, exactly as the
table says.

Every condition that can change the plan is a set of alternatives ("terms", conjunctions of tests),
one bit each. For a fact and a value, a mask holds the terms that this value does not contradict.
The AND of the masks of all known facts is the set of terms that are *possible*; those whose facts
are all known are *certain*. One AND a fact thus yields every reason and every unknown at once, and
unknown never acts as "no": a `when` looks at certain terms, a `provided` at possible ones.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from math import isnan
from typing import Any, NamedTuple

from adaptadvisor.table.conditions import All, Cell, Condition, Test, cells, cuts, terms
from adaptadvisor.table.derived import DERIVED
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import BIT, EVERY_APPROACH, cheapest, plan_of
from adaptadvisor.table.rows import Option, Table

_OUTCOMES = 20_000  # remembered at most, so that memory stays flat over any number of situations
_TERMS = 1 << 12  # alternatives of two conditions at most; the loader allows 64 in one


@dataclass(frozen=True, slots=True)
class Outcome:
    """A plan (0 when none is left) and the ids of the needs that no plan can meet here."""

    plan: int
    open_needs: tuple[str, ...]


# A search reads the next three types millions of times, and unpacks them in its innermost loops:
# that is why they are tuples.


class WayCode(NamedTuple):
    """One option of a need: its approach bit, the terms of its `when`, and those of its `provided`."""

    approach: int
    when: int
    provided: int


class NeedCode(NamedTuple):
    """A need: the terms of its `when` (its own, shared with no other row), its options, and the terms
    that all of these read.
    """

    id: str
    when: int
    ways: tuple[WayCode, ...]
    reads: int


class LimitCode(NamedTuple):
    """A limit: the terms of its `when`, and the approaches that it rules out."""

    when: int
    out: int


class _Codes(NamedTuple):
    """For each value of a fact the terms it does not contradict: by value, or (for numbers) by the
    cell between two edges.
    """

    by_value: Mapping[Value, int] | None
    edges: tuple[float, ...]
    masks: tuple[int, ...]
    mentions: int

    def mask(self, value: Any) -> int:
        """The terms that this value does not contradict."""
        return (
            self.masks[bisect_right(self.edges, value)]
            if self.by_value is None
            else self.by_value[value]
        )


class _Computed(NamedTuple):
    """A derived fact: its codes, its inputs in order, and the function of them."""

    codes: _Codes
    inputs: tuple[str, ...]
    compute: Callable[..., Any]


class Engine:
    """A table compiled for deciding. Immutable but for what it remembers; two engines of one table
    agree on everything.
    """

    def __init__(self, table: Table) -> None:
        compiler = _Compiler()
        whens = [compiler.add_own(need.when) for need in table.needs.values()]
        self.limits = tuple(
            LimitCode(compiler.add(limit.when), plan_of(limit.rules_out))
            for limit in table.limits.values()
        )
        self.needs = tuple(
            _need(need.id, when, tuple(compiler.way(option, table) for option in need.met_by))
            for need, when in zip(table.needs.values(), whens, strict=True)
        )
        found = compiler.terms
        self.every_term = (1 << len(found)) - 1
        self.askable = table.questions
        self.facts = {test.fact: table.facts[test.fact] for term in found for test in term}
        edges = cuts(test for term in found for test in term)
        self.cells = {fact.id: cells(fact, edges.get(fact.id, ())) for fact in self.facts.values()}
        self.codes = {fact: _codes(found, row) for fact, row in self.cells.items()}
        self.derived = tuple(derived for derived in DERIVED if derived.fact.id in self.facts)
        rows = [
            _Computed(self.codes[derived.fact.id], derived.fact.inputs, derived.compute)
            for derived in self.derived
        ]
        self.from_answers = tuple(row for row in rows if row.inputs != ("tried",))
        self.from_tried = tuple(row for row in rows if row.inputs == ("tried",))
        self.untried = self.every_term  # a plan that nobody names has not been tried
        for row in self.from_tried:
            self.untried &= row.codes.mask(row.compute(()))
        self.asked = {
            fact: codes for fact, codes in self.codes.items() if not self.facts[fact].derived
        }
        self.remembered: dict[tuple[int, int, tuple[int, ...]], Outcome] = {}
        self.bounds: dict[tuple[int, ...], Any] = {}
        """Filled by `view`: without it a search takes a third longer."""
        self.pairs: dict[tuple[str, ...], Any] = {}
        """Filled by `space`: without it a `batch --settled` takes three times as long."""

    def with_rules(
        self,
        *,
        needs: tuple[NeedCode, ...] | None = None,
        limits: tuple[LimitCode, ...] | None = None,
    ) -> Engine:
        """The engine with other needs or limits over the same terms."""
        other = copy(self)
        other.needs = self.needs if needs is None else needs
        other.limits = self.limits if limits is None else limits
        other.remembered, other.bounds = {}, {}
        return other

    def decide(self, facts: Mapping[str, Any]) -> Outcome:
        """The outcome for known facts (values of their facts' types, without derived ones)."""
        certain, possible = self.state(facts)
        return self.outcome(certain, possible, tried_plans(facts))

    def state(self, facts: Mapping[str, Any]) -> tuple[int, int]:
        """The certain and the possible terms."""
        possible = self.every_term if "tried" in facts else self.untried
        unknown = 0
        for fact, (by_value, edges, masks, mentions) in self.asked.items():
            if fact in facts:
                possible &= (
                    masks[bisect_right(edges, facts[fact])]
                    if by_value is None
                    else by_value[facts[fact]]
                )
            else:
                unknown |= mentions
        computed = self.from_answers
        if "tried" in facts:
            computed += self.from_tried
        for codes, inputs, compute in computed:
            try:
                possible &= codes.mask(compute(*[facts[name] for name in inputs]))
            except KeyError:
                unknown |= codes.mentions
        return possible & ~unknown, possible

    def outcome(self, certain: int, possible: int, tried: tuple[int, ...] = ()) -> Outcome:
        """The outcome for these certain and possible terms."""
        key = (certain, possible, tried)
        found = self.remembered.get(key)
        if found is None:
            if len(self.remembered) >= _OUTCOMES:
                self.remembered.clear()
            found = self.remembered[key] = self._solve(certain, possible, tried)
        return found

    def _solve(self, certain: int, possible: int, tried: tuple[int, ...]) -> Outcome:
        allowed = self.allowed(certain)
        required: set[int] = set()
        open_needs: list[str] = []
        for id, when, ways, _ in self.needs:
            if when & certain:
                met = _met_by(ways, certain, possible) & allowed
                if met:
                    required.add(met)
                else:
                    open_needs.append(id)
        plan = cheapest(required, allowed, tried)
        if not plan and required:  # every plan that could meet them has been tried and fell short
            open_needs = [need.id for need in self.needs if need.when & certain]
        return Outcome(plan, tuple(open_needs))

    def allowed(self, limiting: int) -> int:
        """The approaches that no limit rules out, given the terms of limits that count."""
        allowed = EVERY_APPROACH
        for when, out in self.limits:
            if when & limiting:
                allowed &= ~out
        return allowed


def tried_plans(facts: Mapping[str, Any]) -> tuple[int, ...]:
    """The plans that were tried."""
    tried = facts.get("tried")
    return tuple(plan_of(plan.split("+")) for plan in tried) if tried else ()


_engines: dict[str, Engine] = {}


def engine_for(table: Table) -> Engine:
    """The compiled form of a table; compiled once for each content."""
    if not table.digest:
        return Engine(table)  # made by hand: nothing says which content it is
    if table.digest not in _engines:
        if len(_engines) > 16:
            _engines.clear()
        _engines[table.digest] = Engine(table)
    return _engines[table.digest]


def _need(id: str, when: int, ways: tuple[WayCode, ...]) -> NeedCode:
    reads = when
    for way in ways:
        reads |= way.when | way.provided
    return NeedCode(id, when, ways, reads)


def _met_by(ways: Iterable[WayCode], certain: int, possible: int) -> int:
    """The approaches with a way whose `when` is certain and whose `provided` is possible."""
    met = 0
    for approach, when, provided in ways:
        if when & certain and provided & possible:
            met |= approach
    return met


def _codes(found: list[tuple[Test, ...]], row: tuple[Cell, ...]) -> _Codes:
    """The codes of one fact, given its cells."""
    fact = row[0].fact
    masks = tuple(
        sum(
            1 << i
            for i, term in enumerate(found)
            if all(test.accepts(cell.value) for test in term if test.fact == fact)
        )
        for cell in row
    )
    mentions = sum(
        1 << i for i, term in enumerate(found) if any(test.fact == fact for test in term)
    )
    if isnan(row[0].low):
        return _Codes(
            {cell.value: mask for cell, mask in zip(row, masks, strict=True)}, (), (), mentions
        )
    return _Codes(None, tuple(cell.low for cell in row[1:]), masks, mentions)


class _Compiler:
    """Gives every alternative of every condition a bit; equal alternatives share one, but for those
    of a need's own `when`.
    """

    def __init__(self) -> None:
        self.terms: list[tuple[Test, ...]] = []
        self.numbers: dict[tuple[Test, ...], int] = {}

    def add_own(self, condition: Condition) -> int:
        """The terms of a condition, shared with no other: it holds when one of them does."""
        first = len(self.terms)
        self.terms += dict.fromkeys(terms(condition, _TERMS))
        return (1 << len(self.terms)) - (1 << first)

    def add(self, condition: Condition) -> int:
        """The terms of a condition: it holds when one of them does."""
        found = 0
        for term in terms(condition, _TERMS):
            number = self.numbers.setdefault(term, len(self.terms))
            if number == len(self.terms):
                self.terms.append(term)
            found |= 1 << number
        return found

    def way(self, option: Option, table: Table) -> WayCode:
        provided = All((table.approaches[option.approach].provided, option.provided))
        return WayCode(BIT[option.approach], self.add(option.when), self.add(provided))
