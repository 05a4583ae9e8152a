"""The comparison with common rules: each says what its documentation says in its own example."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from adaptadvisor.memory import Setup, Shape, estimate, typical

sys.path.insert(0, str(Path(__file__).parent / "bench"))

import memory
import memory_rules as rules

SEVEN = typical(7)
ROUGHLY = pytest.approx


def test_the_rules_give_what_their_documentation_says_of_7b():
    full, lora = Setup(SEVEN, "full", precision="mixed"), Setup(SEVEN, "lora")
    assert rules.llama_factory_table(full) == ROUGHLY(120)
    assert rules.llama_factory(full) == ROUGHLY(18 * 7)
    assert rules.llama_factory(lora) == ROUGHLY(14)
    assert rules.llama_factory_table(Setup(SEVEN, "qlora", precision="nf4")) == ROUGHLY(6)
    assert rules.accelerate(Setup(SEVEN, "full")) == ROUGHLY(4 * 14)
    assert rules.accelerate(Setup(SEVEN, "inference")) == ROUGHLY(1.2 * 14)
    assert rules.cookbook(lora) is None


def test_the_cookbook_counts_its_own_default_model_as_20b():
    """GPT-NeoX-20B, the default of that calculator: 18 bytes for each of its 20.6B parameters."""
    neox = Shape(6144, 44, 24_576, 64, 64, 96, 51_200, mlp_matrices=2)
    told = rules.cookbook(Setup(neox, "full", tokens=1, precision="mixed"))
    assert told == ROUGHLY(18 * 20.6, rel=0.02)


def test_on_the_published_runs_of_one_card_our_estimate_is_nearer_than_every_rule():
    rows = [row for row in memory._published() if memory._is_compared(row)]
    setups = [(memory.setup_of_row(row), float(row["peak_gb"])) for row in rows]
    trained = [(setup, peak) for setup, peak in setups if setup.trains]
    assert len(trained) > 100

    def error(told):
        pairs = [(told(setup), peak) for setup, peak in trained]
        errors = sorted(abs(gb / peak - 1) for gb, peak in pairs if gb is not None)
        return errors[len(errors) // 2]

    ours = error(lambda setup: estimate(setup).point_gb)
    for name, rule in rules.RULES.items():
        assert ours < error(rule), name
