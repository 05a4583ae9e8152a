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
from collections.abc import Callable, Collection, Iterable, Mapping
from math import isnan
from typing import Any, NamedTuple

from adaptadvisor.table.conditions import All, Cell, Condition, Test, cells, cuts, terms
from adaptadvisor.table.derived import DERIVED
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import BIT, EVERY_APPROACH, cheapest, plan_of
from adaptadvisor.table.rows import Option, Table

_OUTCOMES, _SHAPES = (
    20_000,
    2_000,
)  # remembered at most, so that memory stays flat over any number of situations
_TERMS = 1 << 12  # alternatives of two conditions at most; the loader allows 64 in one


class Outcome(NamedTuple):
    """A plan (0 when none is left) and the ids of the needs that no plan can meet here."""

    plan: int
    open_needs: tuple[str, ...]


class WayCode(NamedTuple):
    """One option of a need: its approach bit, the terms of its `when`, and those of its `provided`."""

    approach: int
    when: int
    provided: int


class NeedCode(NamedTuple):
    """A need: the terms of its `when` (its own, shared with no other row), its options, and the
    terms that their use hangs on.
    """

    id: str
    when: int
    ways: tuple[WayCode, ...]
    whens: int
    provideds: int


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
    """A derived fact: its codes, its inputs (in order, and as a set), and the function of them."""

    codes: _Codes
    inputs: tuple[str, ...]
    needs: frozenset[str]
    compute: Callable[..., Any]


class _Shape(NamedTuple):
    """Everything about deciding that depends on which facts are known, but not on their values; and
    the outcomes met so far.
    """

    possible: int
    known: int
    choices: tuple[tuple[str, Mapping[Value, int]], ...]
    numbers: tuple[tuple[str, tuple[float, ...], tuple[int, ...]], ...]
    computed: tuple[_Computed, ...]
    tried: bool
    outcomes: dict[int, Outcome]


class Engine:
    """A table compiled for deciding. Immutable but for what it remembers; two engines of one table
    agree on everything.
    """

    def __init__(self, table: Table) -> None:
        compiler = _Compiler()
        whens = [compiler.add_own(need.when) for need in table.needs.values()]
        self.limits = tuple(
            (compiler.add(limit.when), plan_of(limit.rules_out)) for limit in table.limits.values()
        )
        ways = [
            tuple(compiler.way(option, table) for option in need.met_by)
            for need in table.needs.values()
        ]
        self.needs = tuple(_need(*need) for need in zip(table.needs, whens, ways, strict=True))
        found = compiler.terms
        self.every_term = (1 << len(found)) - 1
        self.askable = table.questions
        self.facts = {test.fact: table.facts[test.fact] for term in found for test in term}
        edges = cuts(test for term in found for test in term)
        self.cells = {fact.id: cells(fact, edges.get(fact.id, ())) for fact in self.facts.values()}
        self.codes = {fact: _codes(found, row) for fact, row in self.cells.items()}
        self.groups: dict[
            tuple[str, ...], Any
        ] = {}  # filled by `space`; depends on the table alone
        self._wake()

    def _wake(self) -> None:
        """What is not kept with a compiled table: functions, and everything remembered."""
        self.derived = tuple(derived for derived in DERIVED if derived.fact.id in self.facts)
        rows = [
            _Computed(
                self.codes[derived.fact.id],
                derived.fact.inputs,
                frozenset(derived.fact.inputs),
                derived.compute,
            )
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
        self.every_need = sum(need.when for need in self.needs)
        self.need_of: dict[int, tuple[NeedCode, dict[tuple[int, int], int]]] = {
            1 << i: (need, {})
            for need in self.needs
            for i in range(need.when.bit_length())
            if need.when >> i & 1
        }
        self.seen_once: set[tuple[str, ...]] = set()
        self.shapes: dict[tuple[str, ...], _Shape] = {}
        self.askable_count = len(self.askable)
        self.complete = self._shape(tuple(fact.id for fact in self.askable))
        self.asks_tried = self.complete.tried
        self.room = _OUTCOMES
        self.remembered: dict[tuple[int, int, tuple[str, ...]], Outcome] = {}

    def __getstate__(self) -> dict[str, Any]:
        kept = ("limits", "needs", "every_term", "askable", "facts", "cells", "codes", "groups")
        return {name: self.__dict__[name] for name in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._wake()

    def decide(self, facts: Mapping[str, Any]) -> Outcome:
        """The outcome for known facts (values of their facts' types, without derived ones)."""
        if len(facts) == self.askable_count and ("tried" in facts) is self.asks_tried:
            shape = self.complete
        else:
            key = tuple(facts)
            if key in self.shapes:
                shape = self.shapes[key]
            elif key in self.seen_once:
                shape = self.shapes[key] = self._shape(key)
            else:
                return self._decide_once(facts, key)
        possible, known, choices, numbers, computed, tried, outcomes = shape
        for fact, by_value in choices:
            possible &= by_value[facts[fact]]
        for fact, edges, masks in numbers:
            possible &= masks[bisect_right(edges, facts[fact])]
        if computed:
            for codes, inputs, _, compute in computed:
                possible &= codes.mask(compute(*[facts[name] for name in inputs]))
        if tried:
            return self.outcome(possible & known, possible, facts["tried"])
        try:
            return outcomes[possible]
        except KeyError:
            return self._new(outcomes, possible, known)

    def _new(self, outcomes: dict[int, Outcome], possible: int, known: int) -> Outcome:
        """An outcome that its shape meets for the first time; all shapes together remember a
        bounded number.
        """
        if not self.room:
            for shape in (self.complete, *self.shapes.values()):
                shape.outcomes.clear()
            self.shapes.clear()
            self.room = _OUTCOMES
        self.room -= 1
        found = outcomes[possible] = self._solve(possible & known, possible, ())
        return found

    def _decide_once(self, facts: Mapping[str, Any], key: tuple[str, ...]) -> Outcome:
        """The same for a set of facts that may never come again: nothing is prepared for it."""
        if len(self.seen_once) >= _SHAPES:
            self.seen_once.clear()
            self.shapes.clear()
        self.seen_once.add(key)
        certain, possible = self.state(facts)
        return self.outcome(certain, possible, facts.get("tried", ()))

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
        known = facts.keys()
        for codes, inputs, needed, compute in self._computed(known):
            if known >= needed:
                possible &= codes.mask(compute(*[facts[name] for name in inputs]))
            else:
                unknown |= codes.mentions
        return possible & ~unknown, possible

    def _computed(self, known: Collection[str]) -> tuple[_Computed, ...]:
        return self.from_answers + self.from_tried if "tried" in known else self.from_answers

    def _shape(self, key: tuple[str, ...]) -> _Shape:
        """How to decide situations in which exactly these facts are known."""
        computed = tuple(
            row for row in self._computed(key) if all(name in key for name in row.inputs)
        )
        unknown = 0
        for codes in (
            *(codes for fact, codes in self.asked.items() if fact not in key),
            *(row.codes for row in self.from_answers if row not in computed),
        ):
            unknown |= codes.mentions
        known = {fact: self.asked[fact] for fact in key if fact in self.asked}
        return _Shape(
            possible=self.every_term if "tried" in key else self.untried,
            known=self.every_term & ~unknown,
            choices=tuple(
                (fact, codes.by_value)
                for fact, codes in known.items()
                if codes.by_value is not None
            ),
            numbers=tuple(
                (fact, codes.edges, codes.masks)
                for fact, codes in known.items()
                if codes.by_value is None
            ),
            computed=computed,
            tried="tried" in key,
            outcomes={},
        )

    def outcome(self, certain: int, possible: int, tried: tuple[str, ...] = ()) -> Outcome:
        """The outcome for these certain and possible terms."""
        key = (certain, possible, tried)
        found = self.remembered.get(key)
        if found is None:
            if len(self.remembered) >= _OUTCOMES:
                self.remembered.clear()
            found = self.remembered[key] = self._solve(
                certain, possible, tuple(plan_of(plan.split("+")) for plan in tried)
            )
        return found

    def _solve(self, certain: int, possible: int, tried: tuple[int, ...]) -> Outcome:
        allowed = self.allowed(certain)
        required: set[int] = set()
        open_needs: list[str] = []
        counting = certain & self.every_need
        while counting:
            (id, when, ways, whens, provideds), remembered = self.need_of[counting & -counting]
            counting &= ~when
            key = (certain & whens, possible & provideds)
            met = remembered.get(key)
            if met is None:
                if len(remembered) >= _SHAPES:
                    remembered.clear()
                met = remembered[key] = _met_by(ways, certain, possible)
            if met & allowed:
                required.add(met & allowed)
            else:
                open_needs.append(id)
        plan = cheapest(required, allowed, tried)
        if not plan and required:  # every plan that could meet them has been tried and fell short
            open_needs = [need.id for need in self.needs if need.when & certain]
        return Outcome(plan, tuple(open_needs))

    def allowed(self, limiting: int) -> int:
        """The approaches that no limit rules out, given the terms of limits that count."""
        out = 0
        for when, approaches in self.limits:
            if when & limiting:
                out |= approaches
        return EVERY_APPROACH & ~out


def _met_by(ways: Iterable[WayCode], certain: int, possible: int) -> int:
    """The approaches with a way whose `when` is certain and whose `provided` is possible."""
    met = 0
    for approach, when, provided in ways:
        if when & certain and provided & possible:
            met |= approach
    return met


def _need(id: str, when: int, ways: tuple[WayCode, ...]) -> NeedCode:
    whens = provideds = 0
    for way in ways:
        whens |= way.when
        provideds |= way.provided
    return NeedCode(id, when, ways, whens, provideds)


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
