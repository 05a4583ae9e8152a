"""Laws of the memory estimates: more work never needs less, more cards never more on each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.errors import BadInput
from adaptadvisor.memory import Setup, Shape, estimate, typical

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
