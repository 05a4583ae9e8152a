"""Needless refusals have remedies of their own; outputs that can be checked open ways to train."""

from __future__ import annotations

import pytest
from conftest import FULL, RULES

from adaptadvisor.advice.advise import advise
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import text

TABLE = load_table(RULES)
EXTRACT = {
    "task": "extract",
    "main_error": "refusal",
    "output_schema": True,
    "prompt_result": "close",
    "model_access": "weights",
    "model_params_b": 7,
}
CHECKED = {"task": "code", "main_error": "skill", "grader": True, "model_access": "weights"}


def test_where_fields_are_refused_the_prompt_states_its_purpose_and_a_schema_leaves_no_room():
    advice = advise(TABLE, EXTRACT)
    assert advice.plan == ("prompt",)
    chosen = {row.id for row in advice.variants}
    assert {"stated-purpose", "constrained-decoding", "another-base-model"} <= chosen
    assert "refusal-in-a-field" in {check.id for check in advice.checks}
    assert "read-the-refusals" in {step.id for step in advice.route}


def test_a_label_or_field_leaves_no_room_for_a_refusal_even_without_a_strict_schema():
    for task in ("label", "extract"):
        advice = advise(TABLE, {"task": task, "main_error": "refusal"})
        assert "constrained-decoding" in {row.id for row in advice.variants}
    written = advise(TABLE, {"task": "write", "main_error": "refusal"})
    assert "constrained-decoding" not in {row.id for row in written.variants}


@pytest.mark.parametrize(
    "task", ["label", "extract", "match", "answer", "rewrite", "write", "code"]
)
def test_needless_refusals_never_get_the_advice_for_unsafe_replies(task: str):
    advice = advise(TABLE, {"task": task, "main_error": "refusal"})
    assert "safer-behaviour" not in {reason.row for reason in advice.reasons}
    assert "unsafe repl" not in text.render(advice, parts=FULL)
    assert "dpo" not in {row.id for row in advice.variants}
    assert "fewer-refusals" in {reason.row for reason in advice.reasons}


def test_advice_for_unsafe_replies_does_not_teach_refusing():
    need = TABLE.needs["safer-behaviour"]
    said = " ".join([need.need, *(option.because for option in need.met_by)])
    assert "refus" not in said


def test_tuning_against_refusals_uses_harmless_look_alikes_and_counts_both_kinds_of_error():
    advice = advise(
        TABLE,
        {
            "task": "write",
            "main_error": "refusal",
            "prompt_result": "far",
            "examples": 500,
            "model_access": "weights",
        },
    )
    assert advice.plan == ("lora",)
    assert "harmless-look-alikes" in {row.id for row in advice.variants}
    assert {"over-refusal", "safety-regression"} <= {check.id for check in advice.checks}


def test_where_outputs_can_be_checked_and_some_are_right_lora_learns_from_its_own_attempts():
    advice = advise(TABLE, {**CHECKED, "prompt_result": "close", "examples": 400})
    assert advice.plan == ("lora",)
    assert {"reinforcement-tuning", "own-passing-answers"} <= {row.id for row in advice.variants}
    without = advise(TABLE, {**CHECKED, "grader": False, "prompt_result": "close", "examples": 400})
    assert not {"reinforcement-tuning", "own-passing-answers"} & {
        row.id for row in without.variants
    }


def test_a_model_that_never_gets_one_right_is_not_tuned_by_rewards():
    far = {**CHECKED, "prompt_result": "far", "examples": 400}
    assert "reinforcement-tuning" not in {row.id for row in advise(TABLE, far).variants}
    reasoning = advise(TABLE, {**far, "model_kind": "reasoning"})
    assert "reinforcement-tuning" in {row.id for row in reasoning.variants}


def test_a_reasoning_model_with_a_check_can_be_tuned_without_any_written_answer():
    facts = {**CHECKED, "model_kind": "reasoning", "prompt_result": "far", "examples": 0}
    advice = advise(TABLE, facts)
    assert advice.plan == ("lora",)
    assert not advice.open_needs
    assert "Not yet" not in advice.headline, "prompts and a check stand in for examples"
    assert "check-stands-in-for-examples" in {step.id for step in advice.route}
    assert advise(TABLE, {**facts, "grader": False}).plan != ("lora",)
