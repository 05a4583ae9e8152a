"""What a reader starts with: settings, models that one can get at, and when the advice is wrong."""

from __future__ import annotations

import re

import pytest
from conftest import FULL, RULES, in_process
from hypothesis import given
from hypothesis import settings as effort
from strategies import situations

from adaptadvisor import advise
from adaptadvisor.engine.decide import Engine
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import formats, words
from adaptadvisor.table.facts import Value

TABLE = load_table(RULES)
LORA = {
    "task": "write",
    "behaviour_shift": "strong",
    "examples": 1500,
    "data_quality": "strong",
}
HOSTED = {"GPT-5", "Claude", "Gemini", "GPT-4.1 mini", "Gemini 2.5 Flash"}


def plain(advice, face: str) -> str:
    """What a reader sees, without markup and line breaks."""
    shown = re.sub(r"<[^>]*>", " ", formats.render(advice, face, parts=FULL))
    return " ".join(re.sub(r"[\\\\*`]", "", shown).replace("&#39;", "'").split())


@pytest.mark.parametrize("face", ["text", "md", "adr", "html"])
def test_a_plan_says_what_to_start_with_and_what_to_change_first(face: str) -> None:
    advice = advise(TABLE, {**LORA, "model_access": "weights"})
    assert advice.plan == ("lora",)
    shown = plain(advice, face)
    for said in ("earning rate", "2e-4", "rank", "all linear layers", "95th percentile"):
        assert said in shown
    for variant in advice.variants:
        assert variant.if_it_fails.split(";")[0] in shown


@pytest.mark.parametrize("face", ["text", "md", "adr", "html"])
def test_every_plan_says_when_it_goes_wrong(face: str) -> None:
    advice = advise(TABLE, {**LORA, "model_access": "weights"})
    needs = {reason.row for reason in advice.reasons}
    assert needs <= {row.row for row in advice.misleads}
    shown = plain(advice, face)
    assert "This goes wrong when" in shown
    for row in advice.misleads:
        assert row.when.rstrip(".")[:40] in shown
        assert not row.when[0].isupper() or row.when.split()[0].isupper(), "it goes on from `when`"


def test_each_setting_has_a_source_that_is_listed_or_says_that_it_is_a_default() -> None:
    for variant in TABLE.variants.values():
        assert variant.if_it_fails
        for setting in variant.settings:
            assert setting.default != bool(setting.sources), (variant.id, setting.name)
    advice = advise(TABLE, {**LORA, "model_access": "weights"})
    numbers = words.numbered(advice)
    for variant in advice.variants:
        for setting in variant.settings:
            assert set(setting.sources) <= set(numbers)


def test_explain_says_what_to_start_with() -> None:
    shown = " ".join(in_process("explain", "setfit").stdout.split())
    assert "learning rate: 2e-5 (setfit-docs)" in shown
    assert "seeds: 3 to 5 (engineering default)" in shown
    assert "If it fails: Check the labels first" in shown


@pytest.mark.parametrize(
    ("facts", "named", "not_named"),
    [
        ({**LORA, "model_access": "weights"}, "Qwen3", HOSTED),
        ({**LORA, "model_access": "api_tuning"}, "GPT-4.1 mini", {"Qwen3", "GPT-5"}),
        ({"task": "write", "model_access": "api"}, "GPT-5", {"Qwen3", "GPT-4.1 mini"}),
        ({"task": "write", "model_access": "weights"}, "Qwen3", HOSTED),
        ({"task": "write"}, "GPT-5", {"GPT-4.1 mini"}),
        ({"task": "label", "classes": 4, "examples": 2000}, "ModernBERT", HOSTED),
        (
            {**LORA, "task": "rewrite", "model_access": "weights", "model_params_b": 1},
            "NLLB-200, MADLAD-400 (translation",
            HOSTED,
        ),
    ],
)
def test_the_models_that_are_named_can_be_had_and_fit_the_task(
    facts: dict[str, Value], named: str, not_named: set[str]
) -> None:
    family = words.family_words(advise(TABLE, facts))
    assert named in family
    assert not [model for model in not_named if re.search(rf"\b{re.escape(model)}\b", family)]
    assert "as of 2026-" in family


@effort(max_examples=60)
@given(situations(TABLE, Engine(TABLE)))
def test_no_hosted_model_is_named_for_training_open_weights(facts: dict[str, Value]) -> None:
    advice = advise(TABLE, {**facts, "model_access": "weights"})
    family = advice.family
    assert not (family and HOSTED & {name for text in family.examples for name in text.split(", ")})


def test_who_trains_on_several_cards_is_told_when_their_memory_counts_together() -> None:
    advice = advise(
        TABLE, {**LORA, "model_access": "weights", "model_params_b": 70, "gpu_memory_gb": 96}
    )
    assert "qlora" in {variant.id for variant in advice.variants}
    assert any("FSDP" in row.when and "DDP" in row.when for row in advice.misleads)
