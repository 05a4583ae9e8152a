"""The decision: from known facts to the cheapest plan and the needs that stay open.

Every condition that can change the plan is a set of alternatives ("terms", conjunctions of tests),
one bit each. For a fact and a value, a mask holds the terms that this value does not contradict.
The AND of the masks of all known facts is the set of terms that are *possible*; those whose facts
are all known are *certain*. One AND a fact thus yields every reason and every unknown at once, and
unknown never acts as "no": a `when` looks at certain terms, a `provided` at possible ones.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from math import isnan

from adaptadvisor.engine.codes import (
    NOTHING_TRIED,
    Bounds,
    Group,
    LimitCode,
    NeedCode,
    Tried,
    UsedUp,
    WayCode,
    joined,
)
from adaptadvisor.table.conditions import All, Cell, Condition, Test, cells, cuts, terms
from adaptadvisor.table.derived import DERIVED
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import BIT, EVERY_APPROACH, attempt, cheapest, name, plan_of, spelled
from adaptadvisor.table.ranges import Range, computed
from adaptadvisor.table.rows import Need, Option, Situation, Table, methods_of

_OUTCOMES = 20_000
"""Outcomes remembered at most, so that memory stays flat over any number of situations."""

_TERMS = 64 * 64
"""Alternatives at most of what an approach and its option ask for; each may have 64."""

_ENGINES = 16
"""Engines remembered at most: commands need one or two, tests many."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A plan (0 when none is left) and the ids of the needs that no plan can meet here."""

    plan: int
    open_needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """The terms that no value of a cell contradicts, by cell and (but for numbers) by value."""

    by_value: Mapping[Value, int]
    edges: tuple[Value, ...]
    masks: tuple[int, ...]
    mentions: int
    reading: tuple[tuple[int, tuple[Test, ...]], ...]
    """Each term that reads the fact, with its tests of it."""
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Remembered by first and last cell: without it deciding on a range takes 2.5 times as long."""

    def cell(self, value: Value) -> int:
        """The number of the cell in which a number lies; 0 for no and 1 for yes."""
        return bisect_right(self.edges, value)  # type: ignore[type-var]

    def mask(self, value: Value) -> int:
        """The terms that this value does not contradict; `TypeError` for a range."""
        if self.by_value:
            return self.by_value[value]
        return self.masks[bisect_right(self.edges, value)]  # type: ignore[type-var]

    def terms(self, value: Value | None) -> tuple[int, int]:
        """The terms that this value does not contradict, and those of them that it leaves open: a
        range does, where only some of its numbers pass a test; and None, which is not known.
        """
        if value is None:
            return -1, self.mentions
        if not isinstance(value, Range):
            return self.mask(value), 0
        key = first, last = self.cell(value.low), self.cell(value.high)
        if key not in self.spans:
            some, every = self.masks[first] | self.mentions, self.masks[first]
            for bit, tests in self.reading:
                if any(test.accepts(value) is False for test in tests):
                    some &= ~bit
            for mask in self.masks[first : last + 1]:
                every &= mask
            self.spans[key] = some, some & ~every
        return self.spans[key]


class Engine:
    """A table compiled for deciding; never changes but for what it remembers.

    One `with_methods` also has terms for the methods inside the approaches (`methods` is all of
    them): whether a plan of which a variant was tried is used up depends on the others.
    """

    def __init__(self, table: Table, *, with_methods: bool = False) -> None:
        self.table = table
        self._with_methods: Engine | None = None
        compiler = _Compiler()
        whens = [compiler.add_own(need.when) for need in table.needs.values()]
        self.limits = tuple(
            LimitCode(compiler.add(limit.when), plan_of(limit.rules_out))
            for limit in table.limits.values()
        )
        self.needs = tuple(
            compiler.need(need, when, table)
            for need, when in zip(table.needs.values(), whens, strict=True)
        )
        found = compiler.terms
        rules = len(found)
        self.method_terms = {
            (approach, row.id): compiler.add_own(row.applies)
            for approach in (BIT if with_methods else ())
            for row in methods_of(table, approach)
        }
        self.methods = (1 << len(found)) - (1 << rules)
        self.every_term = (1 << len(found)) - 1
        self.askable = table.questions
        facts = {test.fact: table.facts[test.fact] for term in found for test in term}
        edges = cuts(test for term in found for test in term)
        self.cells = {fact: cells(row, edges.get(fact, ())) for fact, row in facts.items()}
        self.codes = _coded(found, self.every_term, self.cells)
        self.derived = tuple(derived for derived in DERIVED if derived.fact.id in facts)
        asked = [(fact, self.codes[fact]) for fact, row in facts.items() if not row.derived]
        self.choices = tuple(
            (fact, row.by_value, row.mentions) for fact, row in asked if row.by_value
        )
        self.numbers = tuple((fact, row, row.mentions) for fact, row in asked if not row.by_value)
        computed = [
            (self.codes[row.fact.id], row.fact.inputs, frozenset(row.fact.inputs), row.compute)
            for row in self.derived
        ]
        self.from_answers = tuple(row for row in computed if row[1] != ("tried",))
        self.from_tried = tuple(
            (codes, next(bit for approach, bit in BIT.items() if compute((approach,))))
            for codes, inputs, _, compute in computed
            if inputs == ("tried",)
        )
        self.untried = self._told(self.every_term, NOTHING_TRIED)
        self.remembered: dict[tuple[int, int, Tried], Outcome] = {}
        self.bounds: dict[tuple[int, ...], Bounds] = {}
        """Filled by `view`: without it a `what-if` takes 1.4 times as long."""
        self.pairs: dict[tuple[str, ...], Group] = {}
        """Filled by `space`: without it settledness takes 2.9 times as long with few facts."""

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

    def knowing(self, tried: Value | None) -> Engine:
        """The engine that can tell what such attempts use up: this one, or the one with methods."""
        if self.method_terms or not isinstance(tried, tuple) or ":" not in "".join(tried):
            return self
        if self._with_methods is None:
            self._with_methods = Engine(self.table, with_methods=True)
        return self._with_methods

    def tried(self, facts: Situation) -> Tried:
        """What was tried, for an engine that knows of it."""
        tried = facts.get("tried")
        if not isinstance(tried, tuple) or not tried:
            return NOTHING_TRIED
        attempts = [attempt(text) for text in tried]
        used = {one.whole for one in attempts if one.whole}
        unless = set()
        for one in attempts:
            for approach in {part[0] for part in one.variants if part in self.method_terms}:
                # a method that was part of more has been tried for less
                around = [other for other in attempts if one.plan & ~other.plan == 0]
                done = {part for other in around for part in other.variants}
                left = [
                    when
                    for part, when in self.method_terms.items()
                    if part[0] == approach and part not in done
                ]
                unless.add((one.plan, joined(left)))
        return Tried(tuple(sorted(used)), tuple(sorted(unless)))

    def decide(self, facts: Situation) -> Outcome:
        """The outcome for known facts (values of their facts' types, without derived ones)."""
        engine = self.knowing(facts.get("tried"))
        certain, possible = engine.state(facts)
        return engine.outcome(certain, possible, engine.tried(facts))

    def fallback(self, facts: Situation, outcome: Outcome) -> Outcome:
        """The outcome once this plan was tried and fell short, too."""
        return self.decide(self.fallen_short(facts, outcome))

    def fallen_short(self, facts: Situation, outcome: Outcome) -> dict[str, Value]:
        """The situation once this plan was tried and fell short, too."""
        tried = facts.get("tried")
        attempts = map(attempt, tried if isinstance(tried, tuple) else ())
        more = sorted({*attempts, attempt(name(outcome.plan))})
        return {**facts, "tried": tuple(map(spelled, more))}

    def state(self, facts: Situation) -> tuple[int, int]:
        """The certain and the possible terms."""
        possible = self.untried
        unknown = 0
        if "tried" in facts:
            possible = self._told(self.every_term, self.tried(facts))
        for fact, by_value, mentions in self.choices:
            if fact in facts:
                possible &= by_value[facts[fact]]
            else:
                unknown |= mentions
        for fact, codes, mentions in self.numbers:
            if fact in facts:
                try:
                    possible &= codes.mask(facts[fact])
                except TypeError:  # a range: rare, and asking each time would cost every answer
                    some, open_terms = codes.terms(facts[fact])
                    possible, unknown = possible & some, unknown | open_terms
            else:
                unknown |= mentions
        for codes, inputs, needed, compute in self.from_answers:
            if facts.keys() >= needed:
                given = [facts[name] for name in inputs]
                try:
                    possible &= codes.mask(compute(*given))
                except TypeError:
                    some, open_terms = codes.terms(computed(compute, given))
                    possible, unknown = possible & some, unknown | open_terms
            else:
                unknown |= codes.mentions
        return possible & ~unknown, possible

    def _told(self, possible: int, tried: Tried) -> int:
        """The terms that what was tried does not contradict, where that is clear from it alone."""
        used, perhaps = joined(tried.used), joined(plan for plan, _ in tried.unless)
        for codes, approach in self.from_tried:
            mask = codes.mask(bool(approach & used))
            possible &= mask | ~self.methods if approach & perhaps & ~used else mask
        return possible

    def using_up(self, certain: int, possible: int, tried: Tried) -> UsedUp:
        """What the terms make of the plans of which a variant was tried."""
        used, perhaps, open_terms = list(tried.used), [], 0
        for plan, left in tried.unless:
            if not left & possible:
                used.append(plan)
            elif not left & certain:
                perhaps.append(plan)
                open_terms |= left
        return UsedUp(tuple(used), tuple(perhaps), open_terms)

    def used_up(self, facts: Situation) -> tuple[int, ...]:
        """The plans that what was tried uses up here, and with them those inside."""
        engine = self.knowing(facts.get("tried"))
        return engine.using_up(*engine.state(facts), engine.tried(facts)).used

    def resolved(self, certain: int, possible: int, tried: Tried, now: UsedUp) -> tuple[int, int]:
        """The certain and possible terms, given which plans are used up or may be.

        Terms of methods do not change: they look at what was tried as a whole.
        """
        used, perhaps = joined(now.used), joined(now.perhaps)
        mattering = joined(plan for plan, _ in tried.unless) & ~joined(tried.used)
        for codes, approach in self.from_tried:
            if approach & mattering & perhaps & ~used:
                certain &= ~codes.mentions | self.methods
            elif approach & mattering:
                possible &= codes.mask(bool(approach & used)) | self.methods
        return certain & possible, possible

    def outcome(self, certain: int, possible: int, tried: Tried = NOTHING_TRIED) -> Outcome:
        """The outcome for these certain and possible terms."""
        key = (certain, possible, tried)
        found = self.remembered.get(key)
        if found is None:
            if len(self.remembered) >= _OUTCOMES:
                self.remembered.clear()
            found = self.remembered[key] = self._solve(certain, possible, tried)
        return found

    def _solve(self, certain: int, possible: int, tried: Tried) -> Outcome:
        used = tried.used
        if tried.unless:  # a method that may still apply is one that is left
            used = self.using_up(certain, possible, tried).used
            certain, possible = self.resolved(certain, possible, tried, UsedUp(used))
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
        plan = cheapest(required, allowed, used)
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


_engines: dict[str, Engine] = {}


def engine_for(table: Table) -> Engine:
    """The compiled form of a table; compiled once for each content."""
    if not table.digest:
        return Engine(table)  # made by hand: nothing says which content it is
    if table.digest not in _engines:
        if len(_engines) >= _ENGINES:
            _engines.clear()
        _engines[table.digest] = Engine(table)
    return _engines[table.digest]


def _met_by(ways: Iterable[WayCode], certain: int, possible: int) -> int:
    """The approaches with a way whose `when` is certain and whose `provided` is possible."""
    met = 0
    for approach, when, provided in ways:
        if when & certain and provided & possible:
            met |= approach
    return met


def _coded(
    found: list[tuple[Test, ...]], every: int, rows: Mapping[str, tuple[Cell, ...]]
) -> dict[str, Codes]:
    """The codes of each fact, given all terms and its cells."""
    reading: dict[str, list[tuple[int, tuple[Test, ...]]]] = {fact: [] for fact in rows}
    for number, term in enumerate(found):
        for fact in dict.fromkeys(test.fact for test in term):
            tests = tuple(test for test in term if test.fact == fact)
            reading[fact].append((1 << number, tests))
    return {fact: _codes(reading[fact], every, row) for fact, row in rows.items()}


def _codes(mine: list[tuple[int, tuple[Test, ...]]], every: int, row: tuple[Cell, ...]) -> Codes:
    """The codes of one fact, given the terms that read it, all terms, and its cells."""
    mentions = joined(bit for bit, _ in mine)
    others = every & ~mentions
    masks = tuple(
        others | sum(bit for bit, tests in mine if all(test.accepts(cell.value) for test in tests))
        for cell in row
    )
    values = [cell.value for cell in row]
    by_value = dict(zip(values, masks, strict=True)) if isnan(row[0].low) else {}
    return Codes(by_value, tuple(values[1:]), masks, mentions, tuple(mine))


class _Compiler:
    """Gives every alternative a bit; equal ones share it, but for those of a need's `when`."""

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

    def need(self, need: Need, when: int, table: Table) -> NeedCode:
        ways = tuple(self._way(option, table) for option in need.met_by)
        return NeedCode(need.id, when, ways, when | joined(way.when | way.provided for way in ways))

    def _way(self, option: Option, table: Table) -> WayCode:
        provided = All((table.approaches[option.approach].provided, option.provided))
        return WayCode(BIT[option.approach], self.add(option.when), self.add(provided))
