"""Two tables compared: what their rows say differently, and for whom the plan or the open needs
become other ones.

That rows differ, and that no plan can change, is exact. Which plans change is looked at in given
cases and in a random sample of situations; every witness is real, but a sample may miss a rare one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import Any, NamedTuple, TypeAlias

from adaptadvisor.advice.recommendation import TableId, as_data
from adaptadvisor.engine.decide import Engine, Outcome
from adaptadvisor.engine.space import Space
from adaptadvisor.reading.facts_file import in_braces
from adaptadvisor.table.conditions import (
    ALWAYS,
    All,
    AnyOf,
    Condition,
    Test,
    describe,
    terms,
    tests,
)
from adaptadvisor.table.derived import DERIVED
from adaptadvisor.table.facts import Fact, NotAValue, Value, from_object, show
from adaptadvisor.table.plans import APPROACHES, members, name, plan_of
from adaptadvisor.table.rows import Option, Pick, Refusal, Table

SCHEMA = "adaptadvisor/difference/1"
NO_ADVICE_CAN_CHANGE = "no advice can change"
SECTIONS = (
    "questions",
    "thresholds",
    "approaches",
    "needs",
    "limits",
    "readiness",
    "variants",
    "families",
    "checks",
    "topics",
    "sources",
)
"""The files of a table, in the order in which their rows are compared."""

_TERMS = 1 << 12  # alternatives of two conditions at most; the loader allows 64 in one
_TINY = 1e-9
_STARTS = 8  # situations of a group from which a smallest witness is looked for


class FieldChange(NamedTuple):
    """A field whose content is another one, in words; of a list only the parts that the other table
    does not have.
    """

    field: str
    old: tuple[str, ...]
    new: tuple[str, ...]


class RowChange(NamedTuple):
    """A row that is in both tables and not the same."""

    id: str
    fields: tuple[FieldChange, ...]


class SectionChange(NamedTuple):
    """The rows of one section that only one table has, and those that differ."""

    section: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[RowChange, ...]


class Result(NamedTuple):
    """What a table decides: a plan (empty where none is left) and the needs that it leaves open."""

    plan: tuple[str, ...]
    open_needs: tuple[str, ...]


class CaseChange(NamedTuple):
    """A given case for which the tables decide differently; `left_out` are facts that one of them
    cannot read.
    """

    id: str
    old: Result
    new: Result
    left_out: tuple[str, ...]


class Group(NamedTuple):
    """All sampled situations in which one plan becomes another (or stays, with other needs open),
    and a small one.

    `witness` is such a situation from which no fact can be left out; `old` and `new` are what the
    tables decide there. The plans are those of the whole group, the open needs may differ inside
    it.
    """

    situations: int
    old: Result
    new: Result
    witness: Mapping[str, Value]


class Sample(NamedTuple):
    """A random sample of situations: how many there were, and in how many the tables decide
    differently, by plans.
    """

    size: int
    seed: int
    differing: int
    groups: tuple[Group, ...]

    @property
    def share(self) -> float:
        """The part of the sample that differs."""
        return self.differing / self.size if self.size else 0.0


class Difference(NamedTuple):
    """Everything that differs between two tables.

    `sample` is None where what decides plans and open needs is the same in both; `verdict` then
    says that no advice can change.
    """

    schema: str
    old: TableId
    new: TableId
    table: tuple[FieldChange, ...]
    sections: tuple[SectionChange, ...]
    verdict: str
    cases: int
    changed_cases: tuple[CaseChange, ...]
    sample: Sample | None

    def as_data(self) -> dict[str, Any]:
        """The difference as dictionaries, lists and plain values, ready for JSON."""
        data: dict[str, Any] = as_data(self)
        if self.sample:
            data["sample"]["share"] = round(self.sample.share, 6)
        return data


def diff(
    old: Table,
    new: Table,
    cases: Mapping[str, Mapping[str, object]],
    *,
    sample: int = 20_000,
    seed: int = 0,
) -> Difference:
    """What differs between two tables; the same tables, cases, sample size and seed give the same
    difference.

    A fact, or a value of one, that only one table has is left out for the other.
    """
    pair = _Pair(old, new)
    changed = tuple(found for id, facts in cases.items() if (found := pair.case(id, facts)))
    same = _decision(old) == _decision(new)
    drawn = None if same else _sampled(pair, sample, seed)
    verdict = NO_ADVICE_CAN_CHANGE if same else _in_words(drawn, changed)
    return Difference(
        SCHEMA,
        TableId(old.version, old.digest),
        TableId(new.version, new.digest),
        tuple(_fields(_about(old), _about(new))),
        tuple(filter(None, (_section(section, old, new) for section in SECTIONS))),
        verdict,
        len(cases),
        changed,
        drawn,
    )


def _in_words(drawn: Sample | None, changed: tuple[CaseChange, ...]) -> str:
    return (
        "advice changes"
        if changed or (drawn and drawn.differing)
        else "no change was found in the cases and the sample, which proves nothing"
    )


# ---- rows ----


def _about(table: Table) -> dict[str, Any]:
    return {"version": table.version, "review_after_days": table.review_after_days}


def _section(section: str, old: Table, new: Table) -> SectionChange | None:
    before, after = _rows(old, section), _rows(new, section)
    changed = [
        RowChange(id, tuple(_fields(before[id], after[id])))
        for id in sorted(before.keys() & after.keys())
        if before[id] != after[id]
    ]
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    return (
        SectionChange(section, tuple(added), tuple(removed), tuple(changed))
        if added or removed or changed
        else None
    )


def _rows(table: Table, section: str) -> dict[str, dict[str, Any]]:
    """The rows of a section as their fields. Derived facts are code, and no rows."""
    if section == "questions":
        return {
            fact.id: {**fact._asdict(), "applies": table.applies.get(fact.id, ALWAYS)}
            for fact in table.questions
        }
    return {id: row._asdict() for id, row in getattr(table, section).items()}


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    for field in old:
        if old[field] != new[field]:
            before, after = words_of(old[field]), words_of(new[field])
            yield FieldChange(
                field,
                tuple(word for word in before if word not in after),
                tuple(word for word in after if word not in before),
            )


def words_of(value: Any) -> tuple[str, ...]:
    """The content of a field in words: one for each part of a list.

    >>> words_of(True), words_of(("lora", "full")), words_of("")
    (('true',), ('lora', 'full'), ())
    """
    if isinstance(value, (Test, All, AnyOf)):
        return (describe(value),)
    if isinstance(value, (Option, Refusal, Pick)):
        return (_option_words(value),)
    if isinstance(value, tuple):
        named = getattr(value, "_fields", None)
        if named:  # a choice, or the examples of a row
            return tuple(
                f"{field}: {word}"
                for field, part in zip(named, value, strict=True)
                for word in words_of(part)
            )
        return tuple(
            word
            for part in value
            for word in ((" - ".join(part),) if _is_choice(part) else words_of(part))
        )
    if isinstance(value, Mapping):
        return (in_braces(value),)
    return (show(value),) if value != "" else ()


def _is_choice(part: Any) -> bool:
    return getattr(part, "_fields", ()) == ("value", "means")


def _option_words(row: Option | Refusal | Pick) -> str:
    approach = ", ".join(row.approaches) if isinstance(row, Pick) else row.approach
    when = (
        f" when {describe(row.when)}" if not isinstance(row, Refusal) and row.when != ALWAYS else ""
    )
    provided = (
        f" provided {describe(row.provided)}"
        if isinstance(row, Option) and row.provided != ALWAYS
        else ""
    )
    variant = f" as {row.variant}" if isinstance(row, Option) and row.variant else ""
    sources = "" if isinstance(row, Pick) or not row.sources else f" ({', '.join(row.sources)})"
    priority = f" (priority {row.priority})" if isinstance(row, Pick) else ""
    return f"{approach}{when}{provided}{variant}{priority}: {row.because}{sources}"


# ---- what decides ----


def _decision(table: Table) -> Any:
    """All that plans and open needs hang on, without words; two tables with equal ones decide
    equally everywhere.
    """
    needs = {
        need.id: (_meaning(need.when), frozenset(_way(table, option) for option in need.met_by))
        for need in table.needs.values()
    }
    limits = frozenset((_meaning(limit.when), limit.rules_out) for limit in table.limits.values())
    return (
        needs,
        limits,
        {
            fact.id: (fact.type, fact.values, fact.minimum, fact.maximum, fact.inputs)
            for fact in _read(table)
        },
    )


def _way(table: Table, option: Option) -> Any:
    return (
        option.approach,
        _meaning(option.when),
        _meaning(All((table.approaches[option.approach].provided, option.provided))),
    )


def _meaning(condition: Condition) -> Any:
    """A condition as a set of sets of tests, in which order and wording do not show."""
    return frozenset(
        frozenset((test.fact, frozenset(test.values), test.intervals) for test in term)
        for term in terms(condition, _TERMS)
    )


def _read(table: Table) -> Iterator[Fact]:
    """The facts that needs and limits hang on, those that others are computed from included; and
    the plans that were tried.
    """
    conditions = [need.when for need in table.needs.values()] + [
        limit.when for limit in table.limits.values()
    ]
    for need in table.needs.values():
        conditions += [
            part
            for option in need.met_by
            for part in (option.when, option.provided, table.approaches[option.approach].provided)
        ]
    named = {test.fact for condition in conditions for test in tests(condition)}
    inputs = {
        name for derived in DERIVED if derived.fact.id in named for name in derived.fact.inputs
    }
    return (
        fact for fact in table.facts.values() if fact.id in named | inputs or fact.type == "plans"
    )


# ---- decisions ----

_Decided: TypeAlias = tuple[Outcome, Outcome]


class _Pair:
    """Both tables compiled; decides a situation with each, leaving out what that one cannot read."""

    def __init__(self, old: Table, new: Table) -> None:
        self.tables = (old, new)
        self.engines = (Engine(old), Engine(new))
        self.read: tuple[dict[Any, Value | None], dict[Any, Value | None]] = ({}, {})

    def decide(self, facts: Mapping[str, Any]) -> _Decided:
        old, new = self.readable(0, facts), self.readable(1, facts)
        return self.engines[0].decide(old), self.engines[1].decide(new)

    def readable(self, side: int, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that one of the tables has, with values that it has, in canonical form."""
        table, read = self.tables[side], self.read[side]
        found = {}
        for fact, value in facts.items():
            key = (fact, type(value), value)
            if key not in read:
                read[key] = _value(table.facts.get(fact), value)
            if read[key] is not None:
                found[fact] = read[key]
        return found

    def case(self, id: str, given: Mapping[str, object]) -> CaseChange | None:
        """What changes for a case; None where nothing does."""
        facts = {
            fact: tuple(value) if isinstance(value, list) else value
            for fact, value in given.items()
            if value is not None
        }
        old, new = self.decide(facts)
        if old == new:
            return None
        left_out = tuple(
            fact for fact in facts if not all(fact in self.readable(side, facts) for side in (0, 1))
        )
        return CaseChange(id, result(old), result(new), left_out)


def _value(fact: Fact | None, value: Any) -> Value | None:
    """What a value means for a fact; None where it means nothing."""
    if fact is None or fact.derived:
        return None
    try:
        return from_object(fact, value)
    except NotAValue:
        return None


def result(outcome: Outcome) -> Result:
    """An outcome with its plan in words."""
    return Result(members(outcome.plan), outcome.open_needs)


# ---- the sample ----


class _Pool(NamedTuple):
    """Facts that are answered together, and every answer to them that a table tells apart."""

    facts: tuple[str, ...]
    answers: tuple[Mapping[str, Any], ...]


def _sampled(pair: _Pair, size: int, seed: int) -> Sample:
    draw = _drawing(pair, Random(seed))  # noqa: S311 - a sample that can be drawn again, no secret
    found: dict[tuple[int, int], list[dict[str, Any]]] = {}
    counts: Counter[tuple[int, int]] = Counter()
    for _ in range(size):
        facts = draw()
        old, new = pair.decide(facts)
        if old != new:
            key = old.plan, new.plan
            counts[key] += 1
            found[key] = sorted([*found.get(key, ()), facts], key=_by_size)[
                :_STARTS
            ]  # memory stays flat however many differ
    groups = [_group(pair, situations, counts[key]) for key, situations in found.items()]
    groups.sort(key=lambda group: (-group.situations, group.old, group.new))
    return Sample(size, seed, counts.total(), tuple(groups))


def _by_size(facts: Mapping[str, Any]) -> tuple[int, str]:
    return len(facts), repr(facts)


def _drawing(pair: _Pair, rnd: Random) -> Callable[[], dict[str, Any]]:
    """A function that draws a situation: half of the facts unknown on average, the others with one
    of the answers that a table tells apart.
    """
    pools = list(_pools(pair.engines))
    tried = any(fact.type == "plans" for table in pair.tables for fact in table.questions)
    overlapping = sum(len(pool.facts) for pool in pools) > len(
        {fact for pool in pools for fact in pool.facts}
    )

    def draw() -> dict[str, Any]:
        if overlapping:  # where the tables join facts differently, each of them has its turn
            rnd.shuffle(pools)
        facts: dict[str, Any] = {}
        for pool in pools:
            for fact, value in pool.answers[int(rnd.random() * len(pool.answers))].items():
                facts.setdefault(fact, value)
        known = rnd.random()  # hardly anything in some situations, nearly everything in others
        facts = {fact: value for fact, value in facts.items() if rnd.random() < known}
        if tried and rnd.random() < known:
            facts["tried"] = _tried(rnd)
        return facts

    return draw


def _tried(rnd: Random) -> tuple[str, ...]:
    """One plan or two; most of one approach, few of three."""
    return tuple(
        name(plan)
        for plan in sorted(
            {
                plan_of(rnd.sample(APPROACHES, 1 + (rnd.random() < 0.4) + (rnd.random() < 0.1)))
                for _ in range(2)
            }
        )
    )


def _pools(engines: Iterable[Engine]) -> Iterator[_Pool]:
    """The answers of both tables; those to the same facts in one pool."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for engine in engines:
        for group in Space(engine, {}).groups:
            rows = found.setdefault(group.facts, [])
            rows += [
                values for answer in group.answers if (values := dict(answer.values)) not in rows
            ]
    return (_Pool(facts, tuple(rows)) for facts, rows in found.items() if rows)


# ---- witnesses ----


def _group(pair: _Pair, situations: list[dict[str, Any]], count: int) -> Group:
    smallest = min((_smaller(pair, facts) for facts in situations), key=_by_size)
    witness = _rounder(pair, smallest)
    old, new = pair.decide(witness)
    return Group(count, result(old), result(new), witness)


def _keeps(pair: _Pair, before: _Decided, facts: Mapping[str, Any]) -> bool:
    """Whether the tables still differ in the same way: from the one plan to the other."""
    old, new = pair.decide(facts)
    return old != new and (old.plan, new.plan) == (before[0].plan, before[1].plan)


def _smaller(pair: _Pair, facts: dict[str, Any]) -> dict[str, Any]:
    """The situation without every fact that the difference does not hang on: no single one of the
    rest can be left out.
    """
    before = pair.decide(facts)
    again = True
    while again:
        again = False
        for fact in list(facts):
            fewer = {name: value for name, value in facts.items() if name != fact}
            if _keeps(pair, before, fewer):
                facts, again = fewer, True
    return _fewer_tried(pair, before, facts)


def _fewer_tried(pair: _Pair, before: _Decided, facts: dict[str, Any]) -> dict[str, Any]:
    """The same with as few approaches in the plans that were tried as still show the difference."""
    for approach in reversed(APPROACHES):
        for plan in facts.get("tried", ()):
            left = plan_of(member for member in plan.split("+") if member != approach)
            others = {plan_of(other.split("+")) for other in facts["tried"] if other != plan} | (
                {left} if left else set()
            )
            fewer = {**facts, "tried": tuple(map(name, sorted(others)))}
            if approach in plan.split("+") and others and _keeps(pair, before, fewer):
                facts = fewer
    return facts


def _rounder(pair: _Pair, facts: dict[str, Any]) -> dict[str, Any]:
    """The same with the roundest numbers that still show the difference."""
    before = pair.decide(facts)
    for fact, value in facts.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            for number in _round_numbers(value):
                other = {**facts, fact: number}
                if all(
                    pair.readable(side, other).keys() == pair.readable(side, facts).keys()
                    for side in (0, 1)
                ) and _keeps(pair, before, other):
                    facts = other
                    break
    return facts


def _round_numbers(value: float) -> Iterator[float]:
    """Numbers close to this one with fewer digits, fewest first.

    >>> list(_round_numbers(4.783))
    [5, 4, 4.8, 4.7, 4.78, 4.79]
    """
    if abs(value) < _TINY:  # 0, or the smallest number above it
        yield from (number for number in (0, 1, 0.1, 0.001) if value and number != value)
        return
    place = math.floor(math.log10(abs(value)))
    seen = {value}
    for digits in range(1, 4):
        for change in (round, math.floor, math.ceil):
            scaled = change(value / 10.0 ** (place - digits + 1))
            number = round(scaled * 10.0 ** (place - digits + 1), 9)
            number = int(number) if number == int(number) else number
            if number not in seen:
                seen.add(number)
                yield number
