"""When training was tried and failed, the advice first says what usually goes wrong in such runs."""

from __future__ import annotations

import json

import pytest
from conftest import FULL, RULES

from adaptadvisor.advice import stored
from adaptadvisor.advice.advise import advise
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import as_json, text
from adaptadvisor.render.formats import render

TABLE = load_table(RULES)

KINDS = {
    "forgot what it could do": (
        {"task": "write", "examples": 23000, "keep_general": True, "tried": ["lora"]},
        "forgot-the-rest",
        "1 to 5 % general data",
    ),
    "plain text on a chat model": (
        {"task": "write", "domain_tokens": 2_000_000_000, "tried": ["full"]},
        "plain-text-on-a-chat-model",
        "train the base model on the text",
    ),
    "search got worse": (
        {"task": "match", "examples": 13000, "tried": ["task_head"]},
        "matching-got-worse",
        "score the untouched model and BM25",
    ),
    "never stops": (
        {"task": "answer", "main_error": "format", "tried": ["lora"]},
        "replies-never-stop",
        "padding a token of its own",
    ),
    "answers where it should abstain": (
        {"task": "answer", "preference_pairs": 2000, "tried": ["lora"]},
        "never-says-it-does-not-know",
        '"I do not know"',
    ),
    "preference tuning lowers both": (
        {"task": "write", "preference_pairs": 2000, "tried": ["lora:dpo"]},
        "both-likelihoods-fall",
        "raise beta",
    ),
    "reward stays at zero": (
        {"task": "code", "grader": True, "tried": ["lora"]},
        "reward-stays-zero",
        "stronger or a reasoning model",
    ),
    "refuses harmless requests": (
        {"task": "write", "main_error": "refusal", "tried": ["lora"]},
        "harmless-requests-refused",
        "harmless look-alikes",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_usually_goes_wrong_in_such_a_run_is_told_before_the_plan(kind: str):
    facts, symptom, repair = KINDS[kind]
    advice = advise(TABLE, facts)
    assert advice.repair is not None
    assert symptom in [row.id for row in advice.repair.symptoms][:4]
    assert "repair the" in advice.headline.lower()
    said = " ".join(text.render(advice, parts=FULL).split())
    assert repair in said
    assert said.index("Repair before you climb") < said.index("Why not the others")


def test_whatever_was_trained_learning_rate_overfitting_and_odd_pairs_are_named():
    for approach in ("task_head", "lora", "full"):
        found = advise(TABLE, {"tried": [approach]}).repair
        assert found is not None
        assert {"rate-or-rank-off", "trained-too-long", "pairs-unlike-real-use"} <= {
            row.id for row in found.symptoms
        }


def test_the_plan_stays_what_the_rules_decide():
    facts = {"task": "write", "examples": 23000, "keep_general": True, "tried": ["lora"]}
    assert advise(TABLE, facts).plan == ("prompt",)


def test_untried_ways_of_what_was_tried_are_named_and_tried_ones_are_not():
    facts = {"task": "write", "preference_pairs": 3000, "main_error": "style"}
    whole = advise(TABLE, {**facts, "tried": ["lora"]}).repair
    named = advise(TABLE, {**facts, "tried": ["lora:dpo"]}).repair
    assert whole is not None
    assert named is not None
    assert ("lora", "dpo") in {(way.approach, way.id) for way in whole.untried}
    assert "dpo" not in {way.id for way in named.untried}
    assert named.untried


def test_when_no_plan_is_left_the_advice_goes_on_with_ways_symptoms_and_larger_changes():
    facts = {"task": "write", "model_access": "api", "examples": 0, "tried": ["prompt"]}
    advice = advise(TABLE, facts)
    assert advice.plan == ()
    assert advice.repair is not None
    assert [row.id for row in advice.repair.symptoms] == ["one-wording-was-judged"]
    assert "zero-shot" in {way.id for way in advice.repair.untried}
    said = " ".join(text.render(advice, parts=FULL).split())
    for change in ("Another base model", "A simpler task", "Other data"):
        assert change in said
    after_prompt = advise(TABLE, {"task": "write", "examples": 500, "tried": ["prompt"]})
    assert after_prompt.plan
    assert after_prompt.repair is None, "where a prompt fell short, the next plan is the answer"
    assert advise(TABLE, {"task": "write"}).repair is None


def test_every_format_tells_the_repair_and_a_stored_document_keeps_it():
    advice = advise(TABLE, {"task": "match", "tried": ["task_head"]})
    for kind in ("text", "md", "adr", "html"):
        written = render(advice, kind, parts=FULL)
        assert "Repair before you climb" in written
        assert "Search got worse with training" in written
    document = as_json.render(advice)
    assert stored.read(document, "advice.json") == advice
    older = {key: value for key, value in json.loads(document).items() if key != "repair"}
    older["schema"] = "adaptadvisor/recommendation/1"
    assert stored.read(json.dumps(older), "older.json").repair is None


TRIED_IN_VAIN = {
    "old lost, new half learnt": (
        {"task": "write", "examples": 23000, "keep_general": True, "model_access": "weights"},
        "lora",
        ["old-lost-new-half-learnt", "forgot-the-rest"],
    ),
    "search got worse": (
        {"task": "match", "examples": 13000, "model_access": "weights", "model_params_b": 0.335},
        "task_head",
        ["matching-got-worse"],
    ),
    "out of memory": (
        {"task": "write", "model_access": "weights", "model_params_b": 70, "gpu_memory_gb": 96},
        "lora",
        ["training-out-of-memory"],
    ),
    "sums over many rows": (
        {"task": "answer", "knowledge_form": "tables", "main_error": "skill"},
        "rag",
        ["many-rows-in-one-answer"],
    ),
    "learnt by heart": (
        {"task": "answer", "examples": 1300, "eval_examples": 150},
        "lora",
        ["trained-too-long"],
    ),
    "ends in the wrong form": (
        {"task": "answer", "main_error": "format", "model_params_b": 8},
        "lora",
        ["replies-never-stop"],
    ),
    "not in the model": (
        {"task": "code", "main_error": "skill", "examples": 10000},
        "full",
        ["ability-not-in-the-model"],
    ),
}


@pytest.mark.parametrize("kind", TRIED_IN_VAIN)
def test_the_symptoms_that_the_answers_point_to_come_first(kind: str):
    facts, tried, first = TRIED_IN_VAIN[kind]
    found = advise(TABLE, {**facts, "tried": [tried]}).repair
    assert found is not None
    assert [row.id for row in found.symptoms][: len(first)] == first


def test_a_symptom_that_only_the_task_makes_possible_comes_after_those_of_any_run():
    found = advise(TABLE, {"task": "write", "tried": ["lora"]}).repair
    assert found is not None
    order = [row.id for row in found.symptoms]
    assert order.index("rate-or-rank-off") < order.index("replies-never-stop")


def test_symptoms_beyond_the_fourth_are_named_in_words():
    facts = {"task": "write", "keep_general": True, "examples": 23000, "tried": ["lora"]}
    advice = advise(TABLE, facts)
    assert advice.repair is not None
    said = " ".join(text.render(advice, parts=FULL).split())
    for row in advice.repair.symptoms[4:]:
        assert row.name in said
        assert row.id not in said


def test_a_method_that_the_answers_ask_for_is_the_first_thing_to_run():
    facts = {"task": "answer", "private_knowledge": True, "knowledge_form": "tables"}
    advice = advise(TABLE, {**facts, "tried": ["rag"]})
    assert advice.repair is not None
    assert [way.id for way in advice.repair.fitting] == ["query-tools"]
    assert "run this one: the model queries tables or calls a tool" in advice.headline
    steps = [step.id for step in advice.route]
    assert "query-tools" in steps, "what to run is a step"
    assert text.render(advice).startswith("Plan: none (mend what was tried)\n")
    named = advise(TABLE, {**facts, "tried": ["rag", "rag:query-tools"]})
    assert "query-tools" not in [step.id for step in named.route]
    assert "queries tables" not in named.headline, "somebody says that it was run"


def test_where_the_prompt_passes_nothing_is_run_another_way_first():
    facts = {"task": "answer", "prompt_result": "passes", "knowledge_form": "tables"}
    advice = advise(TABLE, {**facts, "tried": ["rag"]})
    assert advice.plan == ("prompt",)
    assert "another kind" not in advice.headline


def test_where_a_tuning_is_to_be_mended_its_data_come_first():
    facts = {"task": "write", "main_error": "style", "model_access": "api_tuning"}
    known = {**facts, "prompt_result": "far", "behaviour_shift": "strong", "examples": 900}
    advice = advise(TABLE, {**known, "tried": ["lora"]})
    assert advice.plan == ()
    whole = advise(TABLE, known)
    data = [step.id for step in whole.route if step.stage in ("data", "labels")]
    assert data
    assert {*data} <= {step.id for step in advice.route}


def test_what_is_ruled_out_is_not_to_be_repaired():
    facts = {"task": "write", "main_error": "style", "model_access": "api", "prompt_result": "far"}
    advice = advise(TABLE, {**facts, "tried": ["lora"], "behaviour_shift": "strong"})
    assert "repair the LoRA" not in advice.headline


def test_where_only_one_training_method_can_have_been_run_it_is_run_again():
    facts = {"task": "write", "main_error": "style", "model_access": "api_tuning"}
    found = advise(TABLE, {**facts, "examples": 2000, "tried": ["lora"]}).repair
    assert found is not None
    assert found.fitting == ()
    assert [way.id for way in found.again] == ["hosted-tuning"]


def test_the_settings_of_the_run_are_shown_with_the_repair():
    plain = {"task": "answer", "examples": 1300, "tried": ["lora"]}
    said = " ".join(text.render(advise(TABLE, plain), parts=FULL).split())
    assert "Run it again if your settings were far from these: Low-rank adapters (LoRA)" in said
    assert said.index("rank 16") < said.index("Why not the others")
    named = advise(TABLE, {"task": "answer", "preference_pairs": 2000, "tried": ["lora:dpo"]})
    assert named.repair is not None
    assert [way.id for way in named.repair.again] == ["dpo"]
