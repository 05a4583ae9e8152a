"""Hypothesis strategies: situations of a table, and small random tables that can be enumerated
whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from conftest import sample_values
from hypothesis import strategies as st

from adaptadvisor.engine.decide import Engine
from adaptadvisor.table.choices import Choice
from adaptadvisor.table.conditions import ALWAYS, All, AnyOf, Condition, Test, negated
from adaptadvisor.table.facts import Fact
from adaptadvisor.table.plans import APPROACHES, attempt, spelled
from adaptadvisor.table.ranges import Range, spanning
from adaptadvisor.table.rows import Approach, Limit, Need, Option, Table, Variant


def situations(
    table: Table, engine: Engine, *, most: int | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """Legal situations in which any number of facts is known, with values near the lines of the
    table; of numbers some are known only as ranges.
    """
    facts = [fact.id for fact in table.questions]
    values = {fact: _answers(table, engine, table.facts[fact]) for fact in facts}

    def known(chosen: list[str]) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries({fact: values[fact] for fact in chosen})

    return st.lists(st.sampled_from(facts), unique=True, max_size=most).flatmap(known)


def _answers(table: Table, engine: Engine, fact: Fact) -> st.SearchStrategy[Any]:
    one = st.sampled_from(sample_values(table, engine, fact.id))
    if not fact.numeric:
        return one
    return st.one_of(one, one, st.tuples(one, one).map(lambda two: a_range(fact, *two)))


def a_range(fact: Fact, one: float, other: float) -> float | Range:
    """The range between two numbers, in any order."""
    low, high = sorted((one, other))
    return spanning(low, high, more=high == fact.maximum)


def a_fact(id: str, type: str, order: int = 0, **more: Any) -> Fact:
    """A fact of which only what decides matters."""
    return Fact(id=id, name=id, order=order, type=type, question="?", why="", find_out="", **more)


def choices(*words: str) -> tuple[Choice, ...]:
    return tuple(Choice(value=word, means=word) for word in words)


def approaches() -> dict[str, Approach]:
    texts = ("name", "action", "what", "changes", "strong_at", "weak_at", "step", "gate", "drop_if")
    empty = dict.fromkeys(texts, "")
    return {id: Approach(id=id, sources=(), **empty) for id in APPROACHES}


def need(id: str, order: int, when: Condition, *options: Option) -> Need:
    empty = dict.fromkeys(("name", "need", "closed_by", "misleads_when", "reviewed"), "")
    return Need(id=id, order=order, when=when, met_by=options, sources=(), **empty)


def limit(id: str, when: Condition, *rules_out: str) -> Limit:
    texts = ("name", "limit", "because", "lifted_by", "misleads_when", "reviewed")
    empty = dict.fromkeys(texts, "")
    return Limit(id=id, order=0, when=when, rules_out=rules_out, sources=(), **empty)


FACTS = {
    one.id: one
    for one in (
        a_fact("shade", "choice", 1, choices=choices("light", "dark", "none")),
        a_fact("wet", "bool", 2),
        a_fact("size", "integer", 3, minimum=0, maximum=100),
        a_fact("examples", "integer", 4, minimum=0, maximum=200),
        a_fact("classes", "integer", 5, minimum=2, maximum=12),
        a_fact("tried", "plans", 6),
        a_fact("examples_per_class", "number", inputs=("examples", "classes")),
        a_fact("rag_tried", "bool", inputs=("tried",)),
    )
}
"""Few enough answers to enumerate, and every kind of fact, derived ones included."""


def _interval(bounds: tuple[int, int]) -> tuple[float, float]:
    low, high = sorted(bounds)
    return (-math.inf if low == 0 else low, math.inf if high == 0 else high + 1)


def tests() -> st.SearchStrategy[Test]:
    choice = st.sets(st.sampled_from(["light", "dark", "none"]), min_size=1, max_size=2).map(
        lambda values: Test("shade", tuple(sorted(values)))
    )
    yes_no = st.builds(
        Test, st.sampled_from(["wet", "rag_tried"]), st.booleans().map(lambda value: (value,))
    )
    number = st.builds(
        lambda fact, bounds: Test(fact, (), (_interval(bounds),)),
        st.sampled_from(["size", "examples", "classes", "examples_per_class"]),
        st.tuples(st.sampled_from([0, 3, 8, 20]), st.sampled_from([0, 8, 20, 60])),
    )
    return st.one_of(choice, yes_no, number)


def conditions() -> st.SearchStrategy[Condition]:
    return st.recursive(
        tests(),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2).map(lambda parts: All(tuple(parts))),
            st.lists(inner, min_size=1, max_size=2).map(lambda parts: AnyOf(tuple(parts))),
            inner.map(lambda condition: negated(condition, FACTS)),
        ),
        max_leaves=3,
    )


def _options() -> st.SearchStrategy[Option]:
    sometimes = st.one_of(st.just(ALWAYS), conditions())
    return st.builds(
        lambda approach, when, provided: Option(
            approach=approach, because="", when=when, provided=provided
        ),
        st.sampled_from(APPROACHES),
        sometimes,
        sometimes,
    )


def tables() -> st.SearchStrategy[Table]:
    """Random tables of two to four needs, up to two limits and up to three variants."""
    needs = st.lists(
        st.tuples(
            st.one_of(st.just(ALWAYS), conditions()), st.lists(_options(), min_size=1, max_size=3)
        ),
        min_size=2,
        max_size=4,
    )
    limits = st.lists(
        st.tuples(
            conditions(), st.lists(st.sampled_from(APPROACHES), unique=True, min_size=1, max_size=2)
        ),
        max_size=2,
    )
    variants = st.lists(
        st.tuples(
            st.sampled_from(["method", "method", "method", "data"]),
            st.sampled_from([-1, 0, 0, 1]),
            st.one_of(st.just(ALWAYS), conditions()),
            st.one_of(st.just(ALWAYS), conditions()),
            st.lists(st.sampled_from(APPROACHES[:3]), unique=True, min_size=1),
        ),
        max_size=3,
    )
    return st.builds(table_of, needs, limits, variants)


def variant(
    id: str, role: str, priority: int, when: Condition, provided: Condition, *approaches: str
) -> Variant:
    empty = dict.fromkeys(("name", "what", "because", "watch_out"), "")
    return Variant(
        id=id,
        role=role,
        priority=priority,
        when=when,
        provided=provided,
        approaches=approaches,
        sources=(),
        **empty,
    )


def attempts() -> st.SearchStrategy[tuple[str, ...]]:
    """What was tried in a random table: approaches, and variants of them."""
    part = st.builds(
        lambda approach, variant: f"{approach}:{variant}" if variant else approach,
        st.sampled_from(APPROACHES[:3]),
        st.sampled_from(["", "v0", "v1", "v2"]),
    )
    run = st.lists(part, min_size=1, max_size=3).map(
        lambda parts: spelled(attempt("+".join(parts)))
    )
    return st.lists(run, min_size=1, max_size=4, unique=True).map(tuple)


def with_attempts(table: Table, engine: Engine) -> st.SearchStrategy[dict[str, Any]]:
    """Situations of a random table; in half of them variants were tried."""
    tried = st.one_of(st.just({}), attempts().map(lambda runs: {"tried": runs}))
    return st.builds(lambda facts, runs: facts | runs, situations(table, engine), tried)


def table_of(
    needs: list[tuple[Condition, list[Option]]],
    limits: list[tuple[Condition, list[str]]],
    variants: Sequence[tuple[str, int, Condition, Condition, list[str]]] = (),
) -> Table:
    empty: dict[str, Any] = {}
    rows = {
        "needs": {
            f"n{i}": need(f"n{i}", i, when, *options) for i, (when, options) in enumerate(needs)
        },
        "limits": {f"l{i}": limit(f"l{i}", when, *out) for i, (when, out) in enumerate(limits)},
        "approaches": approaches(),
        "variants": {
            f"v{i}": variant(f"v{i}", *row[:4], *row[4]) for i, row in enumerate(variants)
        },
    }
    others = dict.fromkeys(
        ("thresholds", "readiness", "families", "checks", "topics", "sources"), empty
    )
    return Table(version="", digest="", facts=FACTS, **rows, **others)
