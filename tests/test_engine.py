"""The engine decides as the design says, checked against the oracle on the shipped table and on
random ones.
"""

from __future__ import annotations

import random
from dataclasses import replace

import oracle
from conftest import RULES, examples, fewer, sample_values
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FACTS, attempts, situations, tables

from adaptadvisor.engine.decide import Engine
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.conditions import All, AnyOf, holds
from adaptadvisor.table.conditions import tests as read_by
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.plans import APPROACHES, cheapest, members, name, plan_of
from adaptadvisor.table.rows import Table

TABLE = load_table(RULES)
ENGINE = Engine(TABLE)


@settings(max_examples=examples(400))
@given(situations(TABLE, ENGINE))
def test_the_engine_agrees_with_the_oracle_on_the_shipped_table(facts):
    outcome = ENGINE.decide(facts)
    assert (members(outcome.plan), outcome.open_needs) == oracle.decide(TABLE, facts)


@settings(max_examples=fewer(300))
@given(tables(), st.data())
def test_the_engine_agrees_with_the_oracle_on_random_tables(table, data):
    engine = Engine(table)
    for _ in range(3):
        facts = data.draw(situations(table, engine))
        outcome = engine.decide(facts)
        assert (members(outcome.plan), outcome.open_needs) == oracle.decide(table, facts)


@settings(max_examples=fewer(600))
@given(tables(), st.data())
def test_with_variants_that_were_tried_the_engine_agrees_with_the_oracle(table, data):
    engine = Engine(table)
    for tried in data.draw(st.lists(attempts(), min_size=1, max_size=3)):
        facts = data.draw(situations(table, engine)) | {"tried": tried}
        outcome = engine.decide(facts)
        assert (members(outcome.plan), outcome.open_needs) == oracle.decide(table, facts)


@settings(max_examples=examples(100))
@given(situations(TABLE, ENGINE), st.randoms())
def test_the_order_of_answers_never_matters_and_neither_does_deciding_twice(facts, rnd):
    shuffled = list(facts.items())
    rnd.shuffle(shuffled)
    first = ENGINE.decide(facts)
    assert [ENGINE.decide(dict(shuffled)) for _ in range(3)] == [first] * 3


@settings(max_examples=examples(200))
@given(situations(TABLE, ENGINE))
def test_no_plan_contains_an_approach_that_a_limit_rules_out(facts):
    known = with_derived(facts)
    plan = set(members(ENGINE.decide(facts).plan))
    for limit in TABLE.limits.values():
        if holds(limit.when, known):
            assert not plan & set(limit.rules_out), limit.id


@settings(max_examples=examples(200))
@given(situations(TABLE, ENGINE))
def test_without_access_or_without_a_gpu_nothing_is_tuned_by_oneself(facts):
    assert not {"lora", "full"} & set(members(ENGINE.decide({**facts, "model_access": "api"}).plan))
    assert not {"lora", "full"} & set(
        members(ENGINE.decide({**facts, "model_access": "weights", "gpu_memory_gb": 0}).plan)
    )
    assert "full" not in members(ENGINE.decide({**facts, "gpu_memory_gb": 0}).plan)


@settings(max_examples=examples(200))
@given(situations(TABLE, ENGINE), st.data())
def test_unknown_never_acts_as_no_a_row_fires_only_on_what_is_known(facts, data):
    """Whatever holds for a part of the answers still holds when more answers are added."""
    fewer = (
        {
            fact: facts[fact]
            for fact in data.draw(st.sets(st.sampled_from(sorted(facts))))
            if fact != "tried"
        }
        if facts
        else {}
    )
    before, after = with_derived(fewer), with_derived({**fewer, **facts})
    for row in (*TABLE.needs.values(), *TABLE.limits.values()):
        held = holds(row.when, before)
        if held is not None and "tried" not in facts:
            assert holds(row.when, after) is held, row.id


def test_knowing_nothing_fires_no_row_but_the_one_that_always_counts():
    fired = [
        row.id
        for row in (*TABLE.needs.values(), *TABLE.limits.values())
        if holds(row.when, with_derived({}))
    ]
    assert fired == ["do-the-task"]


def test_all_of_nothing_and_any_of_nothing_are_not_the_same():
    assert All(()) != AnyOf(())
    assert holds(All(()), {}) is True
    assert holds(AnyOf(()), {}) is False


def _reads_tried(need):
    read = (need.when, *(part for way in need.met_by for part in (way.when, way.provided)))
    return any(test.fact.endswith("_tried") for when in read for test in read_by(when))


def test_a_table_without_a_question_about_what_was_tried_decides_like_any_other(table):
    small = replace(
        table,
        facts={
            id: fact
            for id, fact in table.facts.items()
            if id != "tried" and fact.inputs != ("tried",)
        },
        digest="small",
        needs={id: need for id, need in table.needs.items() if not _reads_tried(need)},
    )
    engine = Engine(small)
    facts = {fact.id: sample_values(small, engine, fact.id)[0] for fact in small.questions}
    for situation in (facts, {**dict(list(facts.items())[1:]), "tried": ("prompt",)}):
        outcome = engine.decide(situation)
        assert (members(outcome.plan), outcome.open_needs) == oracle.decide(small, situation)


@given(
    st.lists(st.integers(1, 31), max_size=6),
    st.integers(0, 31),
    st.lists(st.integers(1, 31), max_size=2),
)
def test_the_cheapest_plan_is_the_first_that_a_plain_search_finds(needs, allowed, tried):
    def fits(plan):
        alone = {plan & met for met in needs}
        return (
            plan & ~allowed == 0
            and all(plan & met for met in needs)
            and all(1 << bit in alone for bit in range(5) if plan >> bit & 1)
            and not any(plan & ~other == 0 for other in tried)
        )

    assert cheapest(needs, allowed, tried) == next((plan for plan in range(1, 32) if fits(plan)), 0)


def test_plans_are_compared_by_their_dearest_member_then_the_next_then_by_size():
    from itertools import combinations

    plans = [plan for size in range(1, 6) for plan in combinations(APPROACHES, size)]
    assert sorted(plans, key=plan_of) == sorted(plans, key=oracle._cost)
    assert name(plan_of(("lora", "rag"))) == "rag+lora"


def test_memory_stays_flat_however_many_situations_come(table):
    engine = Engine(table)
    rnd = random.Random(5)
    for _ in range(21_000):
        engine.decide(_random_situation(table, engine, rnd))
    assert len(engine.remembered) <= 20_000


def _random_situation(table: Table, engine: Engine, rnd: random.Random) -> dict:
    if not hasattr(engine, "test_values"):
        engine.test_values = {
            fact.id: sample_values(table, engine, fact.id) for fact in table.questions
        }
    return {
        fact: rnd.choice(values)
        for fact, values in engine.test_values.items()
        if rnd.random() < 0.4
    }


def test_the_small_world_of_random_tables_has_every_kind_of_fact():
    assert {fact.type for fact in FACTS.values()} == {
        "choice",
        "bool",
        "integer",
        "number",
        "plans",
    }
