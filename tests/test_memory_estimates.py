"""Laws of the memory estimates: more work never needs less, more cards never more on each."""

from __future__ import annotations

import csv
import re
import statistics
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptadvisor.errors import BadInput
from adaptadvisor.memory import Setup, Shape, estimate, first_lever, from_config, typical

sys.path.insert(0, str(Path(__file__).parent / "bench"))

import memory as bench

SETUPS = st.builds(
    Setup,
    shape=st.floats(0.02, 400).map(typical),
    method=st.sampled_from(["full", "lora", "head", "inference"]),
    tokens=st.integers(1, 9000),
    batch=st.integers(1, 64),
    rank=st.integers(1, 256),
    checkpointing=st.sampled_from(["yes", "no", "offload"]),
    sharding=st.sampled_from(["none", "zero2", "zero3", "fsdp", "device_map"]),
    cards=st.integers(1, 64),
)


@given(SETUPS, st.sampled_from(["tokens", "batch", "rank"]))
def test_more_work_never_needs_less_memory(setup: Setup, name: str) -> None:
    more = estimate(replace(setup, **{name: 2 * getattr(setup, name)}))
    assert more.point_gb >= estimate(setup).point_gb * (1 - 1e-9)


@given(SETUPS)
def test_twice_the_cards_never_need_more_memory_on_each(setup: Setup) -> None:
    one, two = estimate(setup), estimate(replace(setup, cards=2 * setup.cards))
    assert two.point_gb <= one.point_gb * (1 + 1e-9)
    assert one.low_gb <= one.point_gb <= one.high_gb


def test_nonsense_is_refused() -> None:
    with pytest.raises(BadInput, match="layers is 0"):
        Shape(4096, 0, 11008, 32, 32, 128, 32_000)
    with pytest.raises(BadInput, match="tokens is"):
        Setup(typical(7), "lora", tokens=10**9)


# ---- against published figures ----


def _rows() -> list[dict[str, str]]:
    with bench.FIGURES.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if "contradicts" not in row["notes"]]


def test_of_published_figures_half_lie_within_12_percent_and_nine_in_ten_in_the_range() -> None:
    errors, inside = [], []
    for row in _rows():
        if row["kind"] == "oom":
            continue
        low, point, high = bench.figures_gb(row, estimate(bench.setup_of_row(row)))
        inside.append(low <= float(row["peak_gb"]) <= high)
        if row["kind"] == "measured":
            errors.append(abs(point / float(row["peak_gb"]) - 1))
    assert len(errors) > 200
    assert statistics.median(errors) <= 0.12
    assert sum(inside) / len(inside) >= 0.9


def test_most_runs_that_ran_out_of_memory_are_told_so() -> None:
    found = []
    for row in _rows():
        if row["kind"] == "oom":
            told = estimate(bench.setup_of_row(row))
            times = bench.times_of(row)
            found.append(told.verdict(float(row["peak_gb"]) / times) == "does not fit")
    assert sum(found) / len(found) >= 0.85


# ---- models and levers ----

LLAMA = {
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
}
BERT = {
    "model_type": "bert",
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "vocab_size": 30522,
}


@pytest.mark.parametrize(("config", "billions"), [(LLAMA, 8.03), (BERT, 0.11)])
def test_a_configuration_gives_the_published_number_of_parameters(config, billions) -> None:
    assert from_config(config).params / 1e9 == pytest.approx(billions, rel=0.03)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, "there is no model_type"),
        ({"model_type": "mamba"}, '"mamba" is no known model_type'),
        ({**LLAMA, "num_hidden_layers": 0}, '"num_hidden_layers" is 0'),
        ({**LLAMA, "hidden_size": "big"}, '"hidden_size" is big'),
        ({key: LLAMA[key] for key in LLAMA if key != "vocab_size"}, "has no vocabulary"),
    ],
)
def test_a_configuration_that_is_none_is_refused_in_one_line(config, said) -> None:
    with pytest.raises(BadInput, match=re.escape(said)) as caught:
        from_config(config)
    assert "\n" not in str(caught.value)


@given(SETUPS, st.floats(4, 200))
@settings(max_examples=60)
def test_a_lever_is_told_only_where_it_is_needed_and_it_helps(setup: Setup, card: float) -> None:
    found = first_lever(setup, card)
    fits = estimate(setup).verdict(card) != "does not fit"
    assert found is None or (not fits and found[1].verdict(card) != "does not fit")
    if fits:
        assert found is None
