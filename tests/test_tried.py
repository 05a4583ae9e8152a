"""What was tried may name a variant: the plan stays possible while a method of it is left."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import FULL, RULES
from hypothesis import given
from hypothesis import strategies as st
from strategies import situations
from test_batch import answered, case

from adaptadvisor.advice import schema
from adaptadvisor.advice.advise import advise, check_facts
from adaptadvisor.advice.methods import variants
from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.advice.what_if import what_if
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.errors import BadInput
from adaptadvisor.reading import facts_file
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import text
from adaptadvisor.table.conditions import holds
from adaptadvisor.table.facts import NotAValue, from_text
from adaptadvisor.table.given import Given
from adaptadvisor.table.plans import BIT
from adaptadvisor.table.rows import METHOD, methods_of

TABLE = load_table(RULES)
TRIED = TABLE.facts["tried"]


def method(advice: Recommendation, approach: str) -> str:
    """The method that is advised for an approach."""
    ids = {row.id for row in methods_of(TABLE, approach)}
    return next(row.id for row in advice.variants if row.approach == approach and row.id in ids)


def test_a_plan_of_which_a_variant_was_tried_is_advised_again_with_the_next_variant():
    facts = {"task": "write", "examples": 40}
    assert method(advise(TABLE, facts), "prompt") == "few-shot"
    advice = advise(TABLE, {**facts, "tried": ["prompt:few-shot"]})
    assert advice.plan == ("prompt",)
    assert method(advice, "prompt") == "prompt-optimisation"
    said = " ".join(text.render(advice, parts=FULL).split())
    assert "You tried prompt (few-shot) and it fell short" in said
    assert "(few-shot prompt) fell short, so this comes next" in said


def test_the_whole_approach_uses_up_the_plan_and_so_do_all_of_its_methods_that_can_apply():
    facts = {"task": "write", "examples": 0, "grader": False, "model_access": "api"}
    whole = advise(TABLE, {**facts, "tried": ["prompt"]})
    every = advise(TABLE, {**facts, "tried": ["prompt:zero-shot"]})
    assert whole.plan == every.plan == (), "without examples only the plain instruction is left"
    assert {row.approach: row.because for row in every.verdicts}[
        "prompt"
    ] == "every method of it that can apply here was tried and fell short"
    unknown = advise(TABLE, {"task": "write", "tried": ["prompt:zero-shot"]})
    assert unknown.plan == ("prompt",), "nothing says that there are no examples to show"
    assert method(unknown, "prompt") == "few-shot"


def test_a_plan_whose_methods_are_used_up_counts_as_tried_in_the_rules_too():
    facts = {"task": "answer", "private_knowledge": True}
    methods = [f"rag:{row.id}" for row in methods_of(TABLE, "rag")]
    every = advise(TABLE, {**facts, "tried": methods})
    assert every.plan == advise(TABLE, {**facts, "tried": ["rag"]}).plan != ("rag",)
    assert "retrieval-falls-short" in {reason.row for reason in every.reasons}
    assert advise(TABLE, {**facts, "tried": methods[:1]}).plan == ("rag",)


def test_an_answer_that_would_use_a_plan_up_keeps_the_advice_open():
    tried = ["prompt:zero-shot", "prompt:few-shot"]
    advice = advise(TABLE, {"task": "write", "grader": False, "tried": tried})
    assert not advice.settled
    flips = {(flip.fact, flip.answer): flip.plan for flip in advice.flips}
    assert flips["examples", "at most 9"] == (), "too few to search prompts against"


def test_a_variant_that_is_no_method_gives_way_and_uses_nothing_up():
    facts = {
        "task": "write",
        "behaviour_shift": "strong",
        "examples": 800,
        "preference_pairs": 3000,
        "main_error": "style",
        "prompt_result": "far",
        "model_access": "weights",
    }
    assert "dpo" in {row.id for row in advise(TABLE, facts).variants}
    after = advise(TABLE, {**facts, "tried": ["lora:dpo"]})
    assert after.plan == ("lora",)
    assert "dpo" not in {row.id for row in after.variants}


def test_a_variant_tried_in_a_combination_counts_inside_it_and_what_stands_whole_is_used_up():
    facts = {"task": "answer", "private_knowledge": True, "examples": 500}
    after = advise(TABLE, {**facts, "tried": ["rag+lora:dpo"]})
    assert after.plan != ("rag",), "retrieval was there as a whole, and more did not help"
    alone = advise(TABLE, {"task": "write", "tried": ["rag+prompt:zero-shot"]})
    assert method(alone, "prompt") == "few-shot", "what failed with more fails with less"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("prompt:few-shot", ("prompt:few-shot",)),
        ("lora:dpo+rag, prompt", ("prompt", "rag+lora:dpo")),
        ("lora:qlora+lora:dpo", ("lora:dpo+lora:qlora",)),
        ("lora:dpo+lora", ("lora",)),
        ("prompt:few-shot prompt:few-shot", ("prompt:few-shot",)),
    ],
)
def test_variants_are_written_after_a_colon_alone_or_in_a_combination(
    written: str, read: tuple[str, ...]
):
    assert from_text(TRIED, written) == read
    saved = facts_file.written(TABLE, Given({"tried": read}))
    assert facts_file.read(saved, "facts.yaml", TABLE).facts == {"tried": read}
    assert check_facts(TABLE, {"tried": list(read)}) == {"tried": read}
    assert answered(case(task="write", tried=list(read)))[0]["plan"] == list(
        advise(TABLE, {"task": "write", "tried": list(read)}).plan
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("prompt:few-shots", '"few-shots" is no variant of prompt'),
        ("prompt:few-shots", 'did you mean "few-shot"?'),
        ("prompt:few-shots", ", constrained-decoding, few-shot, "),
        ("lora:few-shot", '"few-shot" is no variant of lora'),
        ("promt:few-shot", '"promt" is no approach (prompt, rag, '),
        ("prompt:", '"" is no variant of prompt'),
    ],
)
def test_an_unknown_variant_is_one_clear_line_with_the_variants_of_that_approach(
    written: str, said: str
):
    with pytest.raises(NotAValue) as found:
        from_text(TRIED, written)
    assert said in str(found.value)
    assert "\n" not in str(found.value)
    with pytest.raises(BadInput):
        advise(TABLE, {"tried": [written]})
    assert answered(case(tried=[written]))[0]["error"]["code"] == "unknown-choice"


@pytest.mark.parametrize(
    ("plan", "fine"),
    [("prompt", True), ("rag+lora:dpo", True), ("lora:few-shot", False), ("prompt:", False)],
)
def test_the_schema_of_facts_knows_the_variants(plan: str, fine: bool):
    from jsonschema import Draft202012Validator

    document: dict[str, Any] = json.loads(schema.render(TABLE, "facts"))
    assert Draft202012Validator(document).is_valid({"tried": [plan]}) == fine


def test_what_if_says_that_a_plan_without_a_method_left_was_tried():
    tried = [f"rag:{row.id}" for row in methods_of(TABLE, "rag")]
    found = what_if(TABLE, {"task": "answer", "tried": tried}, ["rag"])
    assert found.ways == ()
    assert found.because == "RAG was tried and fell short"
    assert what_if(TABLE, {"task": "answer", "tried": tried[:1]}, ["rag"]).ways


def test_a_method_that_is_known_not_to_work_here_does_not_come_next():
    facts = {
        "task": "write",
        "behaviour_shift": "strong",
        "model_access": "weights",
        "model_params_b": 70,
        "gpu_memory_gb": 96,
    }
    assert method(advise(TABLE, facts), "lora") == "qlora"
    after = advise(TABLE, {**facts, "tried": ["lora:qlora"]})
    assert "lora" not in after.plan, "the model does not fit in 16 bits"
    roomy = advise(TABLE, {**facts, "gpu_memory_gb": 320, "tried": ["lora:qlora"]})
    assert method(roomy, "lora") == "lora-adapters"
    hosted = {"task": "write", "behaviour_shift": "strong", "model_access": "api_tuning"}
    assert method(advise(TABLE, hosted), "lora") == "hosted-tuning"
    assert "lora" not in advise(TABLE, {**hosted, "tried": ["lora:hosted-tuning"]}).plan


def test_what_fell_short_is_told_where_the_advice_moves_on():
    facts = {"task": "answer", "private_knowledge": True, "knowledge_form": "tables"}
    advice = advise(TABLE, {**facts, "tried": ["rag:hybrid-reranker"]})
    told = [row.id for row in advice.variants if "fell short, so this comes next" in row.because]
    assert told == ["query-tools"]


def test_an_objective_that_was_tried_is_not_offered_again_in_a_larger_plan():
    facts = {
        "task": "answer",
        "main_error": "knowledge",
        "behaviour_shift": "some",
        "preference_pairs": 2000,
    }
    before = advise(TABLE, facts)
    assert "dpo" in {row.id for row in before.variants}
    after = advise(TABLE, {**facts, "tried": ["lora:dpo"]})
    assert "lora" in after.plan
    assert "dpo" not in {row.id for row in after.variants}


@given(st.data())
def test_every_part_of_a_plan_has_a_method_and_none_is_known_to_fail(data: st.DataObject):
    facts = data.draw(situations(TABLE, engine_for(TABLE)))
    ways = [f"{approach}:{row.id}" for approach in BIT for row in methods_of(TABLE, approach)]
    tried = data.draw(st.lists(st.sampled_from([*BIT, *ways]), max_size=4))
    given_facts = {fact: value for fact, value in facts.items() if fact != "tried"}
    here = Circumstances(TABLE, check_facts(TABLE, {**given_facts, "tried": tried}))
    chosen = [way for way in variants(here) if way.role == METHOD]
    assert {way.approach for way in chosen} == set(here.plan)
    for way in chosen:
        assert holds(TABLE.variants[way.id].provided, here.situation) is not False
