"""The ranges of memory estimates hold on sources that had no part in setting them."""

from __future__ import annotations

import statistics
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptadvisor.memory import Setup, estimate, typical
from adaptadvisor.memory.fit import RANGES

sys.path.insert(0, str(Path(__file__).parent / "bench"))

import memory
import memory_ranges as bench

ROWS = memory._published()
KNOWN = bench.figures(ROWS)
ENOUGH = 30


def test_the_ranges_are_those_that_the_published_figures_set() -> None:
    found = bench.ranges_of(KNOWN)
    assert {*RANGES} - {*found} == {"serving experts"}
    for kind, (low, high) in found.items():
        assert RANGES[kind] == (pytest.approx(low, abs=0.006), pytest.approx(high, abs=0.006)), kind


def test_of_each_kind_nine_in_ten_figures_of_left_out_sources_lie_inside() -> None:
    told = defaultdict(list)
    for one, inside in bench.held_out(KNOWN):
        for group in bench.groups_of(one):
            told[group].append(inside)
    enough = {group: sum(ok) / len(ok) for group, ok in told.items() if len(ok) >= ENOUGH}
    assert {"LoRA", "QLoRA", "all weights", "serving", "training on several cards"} <= {*enough}
    assert min(enough.values()) >= 0.9, enough


def test_no_range_of_a_left_out_source_knew_that_source() -> None:
    """Figures of one source moved far away change nothing of how wide its range is."""
    moved = [
        replace(one, below=one.below + 5, above=one.above + 5) if one.source == "Qwen" else one
        for one in KNOWN
    ]
    assert not any(inside for one, inside in bench.held_out(moved) if one.source == "Qwen")
    others = [one for one in KNOWN if one.source != "Qwen"]
    assert bench.ranges_of([one for one in moved if one.source != "Qwen"]) == bench.ranges_of(
        others
    )


def test_runs_that_ran_out_of_memory_are_told_so_by_a_margin_of_other_sources() -> None:
    told, ran_out = bench.oom_held_out(ROWS)
    assert told / ran_out >= 0.85


def test_half_of_what_was_measured_in_serving_lies_within_six_percent() -> None:
    errors = [
        abs(one.found.point_gb / one.gb - 1)
        for one in KNOWN
        if one.kind == "serving" and one.row["kind"] == "measured"
    ]
    assert statistics.median(errors) <= 0.06


PAGED = Setup(typical(8), "full", optimiser="adamw-8-bit-fused-paged", loss="chunked")


def test_states_that_may_leave_the_card_make_the_low_end_lower_and_nothing_else() -> None:
    kept = estimate(replace(PAGED, optimiser="adamw-8-bit-fused"))
    paged = estimate(PAGED)
    assert paged.low_gb < kept.low_gb - 0.5 * kept.parts.optimiser
    assert (paged.point_gb, paged.high_gb) == (kept.point_gb, kept.high_gb)


def test_fsdp_may_keep_gradients_of_frozen_weights_and_more_cards_share_them() -> None:
    lora = Setup(typical(8), "lora", cards=2, sharding="fsdp", loss="chunked")
    zero = estimate(replace(lora, sharding="zero3"))
    assert estimate(lora).high_gb > zero.high_gb + 8
    assert estimate(replace(lora, cards=8)).high_gb < estimate(lora).high_gb


@settings(max_examples=60)
@given(
    st.floats(0.1, 400).map(typical),
    st.sampled_from(["full", "lora", "head", "inference"]),
    st.sampled_from(["adamw", "adamw-paged", "adamw-8-bit-paged", "sgd"]),
    st.sampled_from(["none", "zero2", "zero3", "fsdp", "device_map"]),
    st.integers(1, 64),
    st.booleans(),
)
def test_a_range_contains_its_point(shape, method, optimiser, sharding, cards, offload) -> None:
    setup = Setup(
        shape, method, optimiser=optimiser, sharding=sharding, cards=cards, offload=offload
    )
    found = estimate(setup)
    assert 0 < found.low_gb <= found.point_gb <= found.high_gb
