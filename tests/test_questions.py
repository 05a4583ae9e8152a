"""Which question comes next: exactly those that can still change the plan, few of them, and what an
interview remembers.
"""

from __future__ import annotations

import math
import random

import oracle
import pytest
from conftest import RULES, THOROUGH, examples, sample_values
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import FACTS, a_range, situations, tables, with_attempts
from test_space import EVERY_ANSWER

from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import other_plan, relevant
from adaptadvisor.engine.space import Space
from adaptadvisor.interview.ranking import next_question, not_applying
from adaptadvisor.interview.state import Interview
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.facts import Fact, exact
from adaptadvisor.table.plans import members

TABLE = load_table(RULES)
ENGINE = Engine(TABLE)
VALUES = {
    fact.id: sample_values(TABLE, ENGINE, fact.id)
    for fact in TABLE.questions
    if fact.type != "plans"
}
FEW = {**EVERY_ANSWER, "size": [0, 2, 3, 8, 9, 20, 21, 60, 61]}
"""Fewer answers that still meet every cell of a random table."""


def _open_situation(table, engine, data, most):
    """Known facts, facts that will not be answered, and the answers to the others, of which there
    are not too many.
    """
    facts = data.draw(with_attempts(table, engine))
    unknown = [fact for fact in FEW if not exact(facts.get(fact))]
    closed = set(data.draw(st.lists(st.sampled_from(unknown), unique=True))) if unknown else set()
    answers = {fact: FEW[fact] for fact in FEW if fact in facts or fact not in closed}
    assume(math.prod(map(len, oracle.left(facts, answers).values())) <= most)
    return facts, closed, answers


def _plans(table, facts, answers):
    """The plan of every completion, by its answers; facts that will not be answered stay unknown."""
    return {
        tuple((fact, completion[fact]) for fact in FEW if fact in completion): oracle.decide(
            table, completion
        )[0]
        for completion in oracle.completions(facts, answers)
    }


def _matters(plans, fact):
    """Whether two completions that differ in this one answer have different plans."""
    rows = {}
    for answers, plan in plans.items():
        rows.setdefault(tuple(answer for answer in answers if answer[0] != fact), set()).add(plan)
    return any(len(found) > 1 for found in rows.values())


CAREFUL = settings(max_examples=examples(60))


@CAREFUL
@given(tables(), st.data())
def test_with_facts_that_will_not_be_answered_settled_means_every_completion_of_the_others(
    table, data
):
    engine = Engine(table)
    facts, closed, answers = _open_situation(table, engine, data, 2000)
    plan = engine.decide(facts).plan
    every = set(_plans(table, facts, answers).values())
    assert (other_plan(Space(engine, facts, closed), plan) is None) == (every == {members(plan)})


@CAREFUL
@given(tables(), st.data())
def test_a_fact_is_relevant_exactly_if_some_completion_changes_its_plan_with_it(table, data):
    engine = Engine(table)
    facts, closed, answers = _open_situation(table, engine, data, 2000)
    plans = _plans(table, facts, answers)
    space = Space(engine, facts, closed)
    for fact in oracle.left(facts, answers):
        assert relevant(space, table.facts[fact]) == _matters(plans, fact), fact


@CAREFUL
@given(tables(), st.data())
def test_a_question_is_asked_only_if_it_can_change_the_plan_and_always_while_one_can(table, data):
    engine = Engine(table)
    facts, closed, answers = _open_situation(table, engine, data, 2000)
    plans = _plans(table, facts, answers)
    question = next_question(engine, facts, closed)
    askable = oracle.left(facts, answers).keys() - closed
    if question is None:
        assert not any(_matters(plans, fact) for fact in askable)
        assert set(plans.values()) == {members(engine.decide(facts).plan)} or closed & facts.keys()
    elif len(set(plans.values())) > 1:
        assert _matters(plans, question.fact.id)
    else:
        assert set(plans.values()) != {members(engine.decide(facts).plan)}, (
            "all answers together change the plan of what is known"
        )
    if question:
        assert question.fact.id in askable
        assert 1 <= question.fewest <= question.most
        assert 0 <= question.chance <= 1


@settings(max_examples=examples(60))
@given(tables(), st.data())
def test_a_whole_interview_ends_with_the_plan_of_the_whole_situation(table, data):
    engine = Engine(table)
    truth = {fact: data.draw(st.sampled_from(values)) for fact, values in FEW.items()}
    facts, asked = {"size": a_range(FACTS["size"], 0, truth["size"])}, []
    while question := next_question(engine, facts):
        assert question.fact.id not in asked
        asked.append(question.fact.id)
        facts[question.fact.id] = truth[question.fact.id]
    assert engine.decide(facts).plan == engine.decide(truth).plan


@pytest.mark.parametrize("seed", range(examples(25)))
def test_an_interview_on_the_shipped_table_asks_few_questions_each_of_which_matters_and_ends_right(
    seed,
):
    rnd = random.Random(seed)
    truth = {fact: rnd.choice(values) for fact, values in VALUES.items()}
    interview = Interview(TABLE, {})
    asked = []
    while question := interview.question():
        assert question.fact.id not in not_applying(TABLE, interview.facts, interview.unknown)
        space = Space(ENGINE, interview.facts, not_applying(TABLE, interview.facts, ()))
        asked.append(question.fact.id)
        if question.fact.id == "tried":  # no completion has another answer
            interview.answer("tried", ())
            continue
        if relevant(space, question.fact, 3_000) is False:
            # several answers count together: all completions have one plan, not that of what is known
            now = ENGINE.decide(interview.facts).plan
            there = ENGINE.decide({**interview.facts, **other_plan(space, now)}).plan
            assert there != now, question.fact.id
            assert other_plan(space, there) is None, question.fact.id
        interview.answer(question.fact.id, truth[question.fact.id])
    known = {
        fact: value for fact, value in truth.items() if fact not in not_applying(TABLE, truth, ())
    }
    assert len(asked) == len(set(asked)) < len(VALUES) / 2 + 3
    assert ENGINE.decide(interview.facts).plan == ENGINE.decide(known).plan


def test_the_same_situation_always_leads_to_the_same_question():
    facts = {"task": "answer", "private_knowledge": True}
    assert next_question(Engine(TABLE), facts) == next_question(
        Engine(TABLE), dict(reversed(facts.items()))
    )


PARTIAL = [
    {},
    {"task": "label", "examples": 1200, "classes": 12, "model_access": "weights"},
    {
        "task": "answer",
        "private_knowledge": True,
        "corpus_tokens": 5_000_000,
        "prompt_result": "close",
        "behaviour_shift": "none",
    },
    {
        "task": "write",
        "prompt_result": "passes",
        "prompt_affordable": True,
        "main_error": "format",
        "private_knowledge": False,
        "knowledge_updates": "never",
        "behaviour_shift": "none",
        "citations": False,
        "per_user_access": False,
        "requests_per_day": 10,
        "preference_pairs": 0,
    },
]


@pytest.mark.parametrize("facts", PARTIAL)
def test_none_of_many_sampled_completions_contradicts_what_is_called_settled_or_irrelevant(
    facts,
):
    rnd = random.Random(7)
    open_facts = [fact for fact in VALUES if fact not in facts]
    space = Space(ENGINE, facts)
    plan = ENGINE.decide(facts).plan
    is_settled = other_plan(space, plan) is None
    irrelevant = {fact for fact in open_facts if relevant(space, TABLE.facts[fact], 2_000) is False}
    others = set()
    for _ in range(100_000 if THOROUGH else 20_000):
        completion = {**facts, **{fact: rnd.choice(VALUES[fact]) for fact in open_facts}}
        found = ENGINE.decide(completion).plan
        others.add(found)
        if irrelevant:
            fact = rnd.choice(sorted(irrelevant))
            assert ENGINE.decide({**completion, fact: rnd.choice(VALUES[fact])}).plan == found, (
                completion,
                fact,
            )
    assert not is_settled or others == {plan}
    assert is_settled or others != {plan}, "what is not settled shows in a sample this large"


# ---- what an interview remembers ----


def test_going_back_forgets_the_last_answer_and_asks_it_again():
    interview = Interview(TABLE, {})
    first = interview.question().fact.id
    interview.answer(first, "label")
    second = interview.question().fact.id
    interview.answer(second, None)
    assert interview.back() == (second,)
    assert interview.question().fact.id == second
    assert interview.back() == (first,)
    assert interview.question().fact.id == first
    assert interview.back() == ()


def test_an_answer_that_was_taken_back_is_kept_until_it_is_replaced():
    interview = Interview(TABLE, {})
    interview.answer("task", "label")
    interview.answer("examples", 40)
    assert interview.back() == ("examples",)
    assert "examples" not in interview.facts
    assert interview.now("examples") == 40
    assert interview.kept == {"task": "label", "examples": 40}
    interview.answer("examples", 50)
    assert interview.kept == interview.answers == {"task": "label", "examples": 50}
    assert interview.back() == ("examples",)
    assert interview.back() == ("task",)
    interview.keep_held()
    assert interview.answers == {"task": "label", "examples": 50}
    assert interview.back() == ("examples",)


def test_an_answer_that_was_taken_back_and_applies_no_longer_does_not_count_at_the_end():
    interview = Interview(TABLE, {})
    interview.answer("task", "label")
    interview.answer("classes", 7)
    interview.back()
    interview.back()
    interview.answer("task", "write")
    interview.keep_held()
    assert interview.answers == {"task": "write"}
    assert interview.dropped == {"classes": 7}


def test_a_resumed_interview_can_go_back_into_what_was_answered_before():
    interview = Interview(TABLE, {"task": "label", "examples": None}, resumed=True)
    assert interview.back() == ("examples",)
    assert interview.back() == ("task",)
    assert interview.now("examples") is None


def test_what_is_given_is_never_asked_not_even_what_is_given_as_unknown():
    interview = Interview(TABLE, {"task": "label", "examples": None, "prompt_result": None})
    while question := interview.question():
        assert question.fact.id not in ("task", "examples", "prompt_result")
        interview.answer(question.fact.id, None)


def test_an_answer_that_no_longer_applies_is_dropped_and_the_reason_is_at_hand():
    interview = Interview(TABLE, {})
    interview.answer("model_access", "weights")
    interview.answer("gpu_memory_gb", 24)
    assert interview.answer("model_access", "api") == (("gpu_memory_gb",), ())
    assert "gpu_memory_gb" not in interview.facts
    assert interview.skipped()["gpu_memory_gb"] == (
        "it is asked only with access to the model: weights"
    )
    assert interview.answer("model_access", "weights") == ((), ("gpu_memory_gb",))
    assert interview.facts["gpu_memory_gb"] == 24, "what applies again counts again"


def test_what_was_given_is_dropped_only_when_a_change_takes_its_reason_away():
    interview = Interview(TABLE, {"model_access": "api", "gpu_memory_gb": 24})
    assert interview.answer("task", "label") == ((), ())
    assert interview.facts["gpu_memory_gb"] == 24, "who gives both means both"
    interview = Interview(TABLE, {"model_access": "weights", "gpu_memory_gb": 24})
    assert interview.answer("model_access", "api") == (("gpu_memory_gb",), ())
    assert "gpu_memory_gb" not in interview.answers


def test_questions_that_were_not_asked_say_why():
    interview = Interview(TABLE, PARTIAL[-1])
    assert interview.settled
    assert (
        interview.skipped()["citations" if "citations" not in PARTIAL[-1] else "stakes"]
        == "its answer cannot change the plan"
    )
    assert "it has not been asked yet" in Interview(TABLE, {}).skipped().values()


def test_what_hangs_on_a_question_is_what_its_answers_do_to_the_plan():
    stakes = Interview(TABLE, {"task": "answer"}).stakes(TABLE.facts["private_knowledge"])
    assert "rag" in stakes.brings_in
    assert {row.answer: row.plan for row in stakes.plans} == {
        "true": ("rag",),
        "false": ("prompt",),
    }
    assert (
        "lora" in Interview(TABLE, {"task": "code"}).stakes(TABLE.facts["model_access"]).rules_out
    )


@settings(max_examples=examples(40))
@given(
    situations(TABLE, ENGINE, most=6),
    st.sampled_from([fact for fact in TABLE.questions if fact.type != "plans"]),
)
def test_the_plan_of_every_answer_is_named_before_it_is_given(facts, fact):
    known = {name: value for name, value in facts.items() if name != fact.id}
    rows = Interview(TABLE, known).stakes(fact).plans
    assert {row.plan for row in rows or [Interview(TABLE, known)]} == {
        members(ENGINE.decide({**known, fact.id: value}).plan) for value in VALUES[fact.id]
    }


def test_sharpening_questions_leave_the_plan_as_it_is():
    interview = Interview(TABLE, PARTIAL[-1])
    offered = interview.sharpening()
    assert offered
    for row in offered:
        assert row.changes
        assert row.fact not in interview.answers
        for value in VALUES[row.fact]:
            assert (
                members(ENGINE.decide({**interview.facts, row.fact: value}).plan) == interview.plan
            )


def test_where_all_that_fits_was_tried_the_answers_that_tell_the_way_are_still_offered():
    known = {
        "task": "answer", "prompt_result": "far", "tried": ("rag",), "main_error": "knowledge",
        "private_knowledge": True, "retrieval_result": "finds", "model_access": "api",
    }  # fmt: skip
    interview = Interview(TABLE, known)
    assert interview.plan == ()
    assert "knowledge_form" in {row.fact for row in interview.sharpening()}


def test_what_nobody_knows_is_counted_until_something_is_known():
    interview = Interview(TABLE, {})
    assert interview.unknown_in_a_row() == 0
    interview.answer("examples", None)
    interview.answer("prompt_result", None)
    assert interview.unknown_in_a_row() == 2
    interview.answer("task", "label")
    assert interview.unknown_in_a_row() == 0
    interview.answer("classes", None)
    assert interview.unknown_in_a_row() == 1


def test_a_derived_fact_is_never_asked():
    assert not any(fact.derived for fact in TABLE.questions)
    assert isinstance(next_question(ENGINE, {}).fact, Fact)
