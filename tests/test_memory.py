"""What fits a GPU: the estimates against published figures, and that they never turn around."""

from __future__ import annotations

import csv
import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.memory import Setup, estimate, typical
from adaptadvisor.table import derived

MEMORY = Path(__file__).with_name("memory.csv")
"""Published figures for one card, a batch of 1, up to 1,024 tokens, checkpointing not ruled out."""

ESTIMATES = {
    "full": lambda size: derived.FULL_GB_PER_BILLION * size,
    "lora": lambda size: derived.LORA_GB_PER_BILLION * size + derived.LORA_GB,
    "qlora": lambda size: derived.QLORA_GB_PER_BILLION * size + derived.QLORA_GB,
}


def _residuals(method: str, *sources: str, kind: str = "") -> dict[str, float]:
    """By model and source, how far the estimate lies above (or, negative, below) the figure."""
    with MEMORY.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["method"] == method]
    return {
        f"{row['model']}, {row['tokens']} tokens, {row['source']}": (
            ESTIMATES[method](float(row["params_b"])) / float(row["gb"]) - 1
        )
        for row in rows
        if (row["kind"] == kind or not kind) and (not sources or row["source"].startswith(sources))
    }


def _inside(found: dict[str, float], most: float) -> float:
    return sum(abs(residual) <= most for residual in found.values()) / len(found)


def test_memory_estimates_agree_with_the_tables_that_they_cite() -> None:
    cited = {
        "full": _residuals("full", "ZeRO", "LLaMA-Factory README"),
        "lora": _residuals("lora", "LLaMA-Factory README"),
        "qlora": _residuals("qlora", "LLaMA-Factory README", "QLoRA paper"),
    }
    assert all(cited.values())
    assert {method: _inside(found, 0.2) for method, found in cited.items()} == dict.fromkeys(
        cited, 1
    ), cited


def test_lora_estimates_agree_with_most_measurements() -> None:
    found = _residuals("lora", kind="measured")
    assert statistics.median(map(abs, found.values())) < 0.1, found
    assert _inside(found, 0.25) > 0.8, found


def test_four_bit_estimates_lie_between_the_minimums_of_vendors_and_large_vocabularies() -> None:
    least = _residuals("qlora", kind="minimum")
    large = _residuals("qlora", "Qwen")
    assert min(least.values()) > -0.1, least
    assert max(large.values()) < 0, large
    assert min(large.values()) > -0.45, large


@pytest.mark.parametrize("method", ["full", "lora", "qlora"])
@given(size=st.floats(7, 405))
def test_what_the_table_takes_to_fit_is_what_cost_says_of_a_typical_model(
    method: str, size: float
) -> None:
    """Short inputs, a batch of 1, checkpointing, the loss in parts: as the lines are meant."""
    precision = {"full": "mixed", "lora": "16-bit", "qlora": "nf4-dq"}[method]
    one = estimate(Setup(typical(size), method, precision=precision, tokens=1024, loss="chunked"))
    assert 0.9 < ESTIMATES[method](size) / one.point_gb < 1.12
    assert one.low_gb < ESTIMATES[method](size) < one.high_gb


@given(st.floats(0, 1000), st.floats(0, 1000), st.floats(0, 20_000), st.floats(0, 20_000))
def test_more_memory_or_a_smaller_model_never_makes_something_stop_fitting(
    size: float, more: float, memory: float, extra: float
) -> None:
    for fits in (derived.full_fits, derived.lora_fits, derived.qlora_fits):
        if fits(size + more, memory):
            assert fits(size, memory + extra)
    assert derived.full_fits(size, memory) <= derived.lora_fits(size, memory)
    assert derived.lora_fits(size, memory) <= derived.qlora_fits(size, memory)
