"""Mixtures of experts: all weights are held, a token works with some of them."""

from __future__ import annotations

import json
import re

import pytest
from conftest import run
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.costs.time import flops_per_token, serving_bound_tokens_per_second, working_params
from adaptadvisor.errors import BadInput
from adaptadvisor.memory import (
    Experts,
    Setup,
    Shape,
    adapter_params,
    estimate,
    first_lever,
    from_config,
)
from adaptadvisor.memory.serving import cache_bytes

MIXTRAL = {
    "model_type": "mixtral",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "num_local_experts": 8,
    "num_experts_per_tok": 2,
    "vocab_size": 32000,
}
QWEN3 = {
    "model_type": "qwen3_moe",
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "moe_intermediate_size": 768,
    "num_hidden_layers": 48,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "num_experts": 128,
    "num_experts_per_tok": 8,
    "decoder_sparse_step": 1,
    "mlp_only_layers": [],
    "vocab_size": 151936,
}
QWEN15 = {
    "model_type": "qwen2_moe",
    "hidden_size": 2048,
    "intermediate_size": 5632,
    "moe_intermediate_size": 1408,
    "shared_expert_intermediate_size": 5632,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "num_experts": 60,
    "num_experts_per_tok": 4,
    "decoder_sparse_step": 1,
    "vocab_size": 151936,
}
OLMOE = {
    "model_type": "olmoe",
    "hidden_size": 2048,
    "intermediate_size": 1024,
    "num_hidden_layers": 16,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "num_experts": 64,
    "num_experts_per_tok": 8,
    "vocab_size": 50304,
}
DEEPSEEK_LITE = {
    "model_type": "deepseek_v2",
    "hidden_size": 2048,
    "intermediate_size": 10944,
    "moe_intermediate_size": 1408,
    "num_hidden_layers": 27,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "n_routed_experts": 64,
    "n_shared_experts": 2,
    "num_experts_per_tok": 6,
    "first_k_dense_replace": 1,
    "moe_layer_freq": 1,
    "kv_lora_rank": 512,
    "q_lora_rank": None,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "v_head_dim": 128,
    "vocab_size": 102400,
}
DEEPSEEK_V3 = {
    **DEEPSEEK_LITE,
    "model_type": "deepseek_v3",
    "hidden_size": 7168,
    "intermediate_size": 18432,
    "moe_intermediate_size": 2048,
    "num_hidden_layers": 61,
    "num_attention_heads": 128,
    "n_routed_experts": 256,
    "n_shared_experts": 1,
    "num_experts_per_tok": 8,
    "first_k_dense_replace": 3,
    "q_lora_rank": 1536,
    "vocab_size": 129280,
}


@pytest.mark.parametrize(
    ("config", "held", "work"),
    [
        (MIXTRAL, 46.7, 12.9),
        (QWEN3, 30.5, 3.3),
        (QWEN15, 14.3, 2.7),
        (OLMOE, 6.9, 1.3),
        (DEEPSEEK_V3, 671, 37),
    ],
    ids=lambda one: one["model_type"] if isinstance(one, dict) else str(one),
)
def test_a_configuration_gives_the_published_parameters_in_all_and_for_a_token(
    config, held, work
) -> None:
    shape = from_config(config)
    assert shape.params / 1e9 == pytest.approx(held, rel=0.01)
    assert shape.active_params / 1e9 == pytest.approx(work, rel=0.02)


def test_deepseek_counts_its_small_model_without_the_table_that_is_only_looked_up() -> None:
    shape = from_config(DEEPSEEK_LITE)
    assert shape.params / 1e9 == pytest.approx(15.7, rel=0.01)
    assert working_params(shape) / 1e9 == pytest.approx(2.4, rel=0.03)


def test_layers_without_experts_are_counted_as_their_makers_count_them() -> None:
    every_second = from_config({**QWEN3, "decoder_sparse_step": 2, "mlp_only_layers": [1]})
    assert every_second.experts.dense_layers == 24 + 1
    assert from_config(DEEPSEEK_V3).experts.dense_layers == 3


def test_all_weights_are_held_and_a_token_costs_what_it_works_with() -> None:
    shape = from_config(MIXTRAL)
    dense = Shape(4096, 32, 2 * 14336, 32, 8, 128, 32_000)  # as wide as two experts
    assert estimate(Setup(shape, "inference")).parts.weights == pytest.approx(2 * 46.7, rel=0.01)
    of_experts, of_dense = (flops_per_token(Setup(one, "full")) for one in (shape, dense))
    assert of_experts == pytest.approx(of_dense, rel=0.001)
    fast, slow = (
        serving_bound_tokens_per_second(Setup(one, "inference"), 2000)
        for one in (shape, Shape(4096, 32, 8 * 14336, 32, 8, 128, 32_000))
    )
    assert fast > 3 * slow


def test_each_expert_gets_adapters() -> None:
    shape, rank = from_config(MIXTRAL), 16
    attention = 32 * rank * (2 * (4096 + 4096) + 2 * (4096 + 1024))
    experts = 32 * 8 * 3 * rank * (4096 + 14336)
    assert adapter_params(shape, rank) == attention + experts
    assert adapter_params(shape, rank, ["mlp"]) == experts
    assert adapter_params(shape, rank, ["attention"]) == attention


def test_the_cache_of_latent_attention_is_one_vector_and_its_range_has_room_for_all_of_it() -> None:
    """DeepSeek-V2 (arXiv 2405.04434), table 1: the rank and the width of positions, each layer."""
    shape = from_config(DEEPSEEK_LITE)
    assert cache_bytes(shape, tokens=1) == 2 * 27 * (512 + 64)
    served = estimate(Setup(shape, "inference", tokens=32_000))
    full = 2 * 27 * 16 * (192 + 128) * 32_000 / 1e9
    assert served.high_gb > served.point_gb - served.parts.cache + full


def test_nothing_published_supports_experts_so_their_range_is_wider() -> None:
    for method in ("inference", "lora"):
        mixed, dense = (
            estimate(Setup(one, method))
            for one in (from_config(MIXTRAL), Shape(4096, 32, 14336, 32, 8, 128, 32_000))
        )
        assert mixed.high_gb / mixed.point_gb > dense.high_gb / dense.point_gb


@given(st.integers(2, 64), st.integers(1, 64), st.integers(1, 16), st.integers(0, 4))
def test_more_experts_never_need_less_and_more_cards_never_more(count, used, cards, plain) -> None:
    def found(experts: int, at: int):
        one = Experts(experts, min(used, count), 512, shared_width=256, dense_layers=plain)
        shape = Shape(1024, 8, 2048, 16, 4, 64, 32_000, experts=one)
        return estimate(Setup(shape, "lora", cards=at, sharding="fsdp")), shape

    few, small = found(count, cards)
    many, _ = found(2 * count, cards)
    spread, _ = found(count, 2 * cards)
    assert many.point_gb >= few.point_gb >= spread.point_gb * (1 - 1e-9)
    assert few.low_gb <= few.point_gb <= few.high_gb
    assert 0 < small.active_params <= small.params


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({**MIXTRAL, "num_experts_per_tok": 9}, "a token uses 9 of 8 experts"),
        ({**MIXTRAL, "num_local_experts": 1}, "count is 1"),
        ({**MIXTRAL, "num_local_experts": "8"}, '"num_local_experts" is 8'),
        ({**QWEN3, "num_experts": None}, "the configuration has no experts"),
        ({**DEEPSEEK_LITE, "kv_lora_rank": None}, "has no rank of keys and values"),
        ({**DEEPSEEK_LITE, "n_shared_experts": -1}, '"n_shared_experts" is -1'),
        ({**MIXTRAL, "model_type": "jamba"}, '"jamba" is no known model_type'),
    ],
)
def test_experts_that_are_none_are_refused_in_one_line(config, said) -> None:
    with pytest.raises(BadInput, match=re.escape(said)) as caught:
        from_config(config)
    assert "\n" not in str(caught.value)


def test_where_a_copy_on_each_card_has_no_room_the_lever_is_to_divide_the_model() -> None:
    served = Setup(from_config(MIXTRAL), "inference")
    words, found = first_lever(served, 80, cards=2)
    assert words == "the model divided among the 2 cards, not a copy on each"
    assert found.verdict(80) != "does not fit"
    assert found.setup.cards == 2
    for lever in (first_lever(served, 80), first_lever(served, 20, cards=2)):
        assert lever is None or "not a copy" not in lever[0]


def test_cost_says_what_is_held_what_works_and_what_dividing_would_do(capsys, tmp_path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(MIXTRAL), encoding="utf-8")
    words = ["cost", "--model", str(tmp_path), "--cards", "2x80", "--sharding", "none"]
    assert run(words) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "holds all 46.7B parameters, a token works with 12.9B of them" in out
    assert "a copy on each card; first: the model divided among the 2 cards" in out
