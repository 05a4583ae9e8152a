"""Settled, hinges and flips are exact: they agree with enumeration on small tables, and no
completion of the shipped one contradicts.
"""

from __future__ import annotations

import math
import random

import oracle
import pytest
from conftest import RULES, examples, fewer, sample_values
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import a_fact, situations, tables, with_attempts

from adaptadvisor.advice import hinges
from adaptadvisor.advice.advise import advise
from adaptadvisor.engine import search
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import other_plan
from adaptadvisor.engine.space import Space, answers
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render.words import settledness
from adaptadvisor.table.derived import Derived, joined_in_pairs
from adaptadvisor.table.plans import members

TABLE = load_table(RULES)
ENGINE = Engine(TABLE)

EVERY_ANSWER = {
    "shade": ["light", "dark", "none"],
    "wet": [False, True],
    "size": [*range(10), 19, 20, 21, 59, 60, 61, 100],
    "examples": list(range(201)),
    "classes": list(range(2, 13)),
}
"""Every answer that could matter to a random table; of the facts that examples_per_class joins,
every answer there is.
"""


@settings(max_examples=fewer(200))
@given(tables(), st.data())
def test_settled_means_that_every_completion_has_this_plan(table, data):
    engine = Engine(table)
    facts = data.draw(with_attempts(table, engine))
    assume(math.prod(map(len, oracle.left(facts, EVERY_ANSWER).values())) <= 2500)
    plan = members(engine.decide(facts).plan)
    every = {
        oracle.decide(table, completion)[0]
        for completion in oracle.completions(facts, EVERY_ANSWER)
    }
    assert hinges.settled(engine, facts) == (every == {plan})


@settings(max_examples=fewer(30))
@given(tables())
def test_settled_is_exact_where_a_derived_fact_joins_two_unknown_ones(table):
    engine = Engine(table)
    facts = {"shade": "dark", "wet": True, "size": 20}
    plan = members(engine.decide(facts).plan)
    every = {
        oracle.decide(table, completion)[0]
        for completion in oracle.completions(facts, EVERY_ANSWER)
    }
    assert hinges.settled(engine, facts) == (every == {plan})


@settings(max_examples=fewer(100))
@given(tables(), st.data())
def test_the_completion_that_unsettles_really_has_another_plan(table, data):
    engine = Engine(table)
    facts = data.draw(with_attempts(table, engine))
    plan = engine.decide(facts).plan
    chosen = other_plan(Space(engine, facts), plan)
    if chosen is not None:
        found = engine.decide({**facts, **chosen}).plan
        rest = {fact: values[:2] for fact, values in EVERY_ANSWER.items() if fact not in chosen}
        for fact, value in chosen.items():
            span = facts.get(fact)
            assert span is None or span.low <= value <= span.high, "only what is open is answered"
        for completion in oracle.completions({**facts, **chosen}, rest):
            assert oracle.decide(table, completion)[0] == members(found) != members(plan)


@settings(max_examples=fewer(100))
@given(tables(), st.data())
def test_hinges_and_flips_are_just_the_answers_that_change_the_plan(table, data):
    engine = Engine(table)
    facts = data.draw(with_attempts(table, engine))
    plan, _ = oracle.decide(table, facts)
    is_settled = hinges.settled(engine, facts)
    single = {
        fact
        for fact, values in oracle.left(facts, EVERY_ANSWER).items()
        if any(oracle.decide(table, {**facts, fact: value})[0] != plan for value in values)
    }
    found = hinges.hinges(engine, facts, is_settled=is_settled)
    if not is_settled:
        assert {hinge.fact for hinge in found if not hinge.together_with} == single
        assert bool(single) != any(hinge.together_with for hinge in found)
    flipping = {
        (fact, oracle.decide(table, {**facts, fact: value})[0])
        for fact, values in EVERY_ANSWER.items()
        for value in values
        if oracle.decide(table, {**facts, fact: value})[0] != plan
    }
    assert {(flip.fact, flip.plan) for flip in hinges.flips(engine, facts)} == flipping


@settings(max_examples=examples(60))
@given(situations(TABLE, ENGINE), st.integers(0, 1000))
def test_no_completion_of_the_shipped_table_contradicts_what_is_called_settled(facts, seed):
    rnd = random.Random(seed)
    plan = ENGINE.decide(facts).plan
    chosen = other_plan(Space(ENGINE, facts), plan)
    values = {
        fact.id: sample_values(TABLE, ENGINE, fact.id)
        for fact in TABLE.questions
        if fact.type != "plans"
    }
    for _ in range(100):
        completion = _completion(facts, values, rnd)
        assert chosen is not None or ENGINE.decide(completion).plan == plan
    if chosen is not None:
        found = ENGINE.decide({**facts, **chosen}).plan
        completion = _completion({**facts, **chosen}, values, rnd)
        assert ENGINE.decide(completion).plan == found != plan


def _completion(facts, values, rnd):
    rows = oracle.left(facts, values)
    return {**facts, **{fact: rnd.choice(row) for fact, row in rows.items()}}


def test_completions_keep_derived_facts_consistent_with_what_is_known():
    cells = answers(ENGINE, {"classes": 12}, TABLE.facts["examples"])
    assert 96 in [cell.low for cell in cells], "8 examples a class are 96 examples for 12 classes"
    assert 96 not in [cell.low for cell in answers(ENGINE, {}, TABLE.facts["examples"])]
    cells = answers(
        ENGINE, {"model_params_b": 20, "model_access": "weights"}, TABLE.facts["gpu_memory_gb"]
    )
    assert 15.5 in [cell.low for cell in cells], "QLoRA on 20B is estimated at 15.5 GB"
    assert 320 in [cell.low for cell in cells], "all weights of 20B at 320 GB"


def test_a_situation_with_every_fact_known_is_settled():
    rnd = random.Random(11)
    for _ in range(50):
        facts = {
            fact.id: rnd.choice(sample_values(TABLE, ENGINE, fact.id)) for fact in TABLE.questions
        }
        assert hinges.settled(ENGINE, facts)


JOINT = {
    "prompt_result": "passes",
    "data_quality": "strong",
    "prompt_affordable": True,
    "per_user_access": True,
}
"""No single answer changes the plan; several together do."""

HARD = [
    {"private_knowledge": True, "corpus_tokens": 10_000_000, "model_access": "api"},
    {"task": "answer", "private_knowledge": True, "corpus_tokens": 10_000_000, "deadline_days": 2},
    {"per_user_access": True, "requests_per_day": 5, "corpus_tokens": 10_000_000},
    {
        "private_knowledge": True,
        "corpus_tokens": 10_000_000,
        "citations": True,
        "model_access": "api",
        "stakes": "high",
    },
    {"tried": ("prompt", "rag"), "whole_document": False, "requests_per_day": 5},
    {
        "knowledge_updates": "months",
        "classes": 10_001,
        "corpus_tokens": 200_001,
        "tried": ("rag+lora",),
        "keep_general": True,
    },
    {"tried": ("prompt+rag+task_head+lora+full",)},
]
"""Situations in which limits take most approaches away, so that nearly every open question is left
to look at.
"""


@pytest.mark.parametrize("facts", HARD)
def test_settledness_looks_at_thousands_of_partial_situations_never_at_millions(facts, monkeypatch):
    looked_at = []
    view = search.View
    monkeypatch.setattr(search, "View", lambda *parts: looked_at.append(1) or view(*parts))
    other_plan(Space(ENGINE, facts), ENGINE.decide(facts).plan)
    assert len(looked_at) < 5_000


def test_derived_facts_that_join_more_than_two_facts_are_refused_where_they_are_declared():
    def row(id, *inputs):
        return Derived(a_fact(id, "number", inputs=inputs), max)

    rows = row("a", "examples", "classes"), row("b", "classes", "examples"), row("c", "examples")
    assert joined_in_pairs(*rows) == rows
    with pytest.raises(ValueError, match="a, b join classes, examples, latency_ms"):
        joined_in_pairs(row("a", "examples", "classes"), row("b", "examples", "latency_ms"))


def test_where_it_takes_too_long_to_tell_nothing_is_called_settled_and_the_plan_stays(monkeypatch):
    facts = JOINT
    whole = advise(TABLE, facts)
    monkeypatch.setattr(hinges, "BUDGET", 3)
    part = advise(TABLE, facts)
    assert part.plan == whole.plan
    assert not part.settled
    assert "Not known whether it is settled" in settledness(part)
    assert "Not known whether it is settled" not in settledness(whole)
