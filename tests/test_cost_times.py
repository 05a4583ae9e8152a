"""How long training takes, against published runs and as laws; and that money follows it."""

from __future__ import annotations

import json
import statistics
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import run
from hypothesis import given
from hypothesis import strategies as st
from test_cost_machine import BERT_BASE, KNOWN, LLAMA_8B
from test_memory_estimates import BERT

from adaptadvisor import load_table
from adaptadvisor.costs import time
from adaptadvisor.costs.cost import cost
from adaptadvisor.costs.inputs import amounts
from adaptadvisor.costs.machine import Asked, amounts_of, hardware, with_speed
from adaptadvisor.costs.model import cards_of
from adaptadvisor.costs.money import Way, parts, range_of, total
from adaptadvisor.costs.prices import of_flags
from adaptadvisor.costs.runs import Card
from adaptadvisor.errors import BadInput
from adaptadvisor.memory import Setup, typical

sys.path.insert(0, str(Path(__file__).parent / "bench"))

import times as bench

TABLE = load_table()
ROUGHLY = pytest.approx
SETUPS = st.builds(
    Setup,
    shape=st.floats(0.1, 200).map(typical),
    method=st.sampled_from(["full", "lora", "head"]),
    tokens=st.integers(1, 9000),
    batch=st.integers(1, 64),
    checkpointing=st.sampled_from(["yes", "no"]),
    sharding=st.sampled_from(["none", "fsdp", "device_map"]),
    cards=st.integers(1, 8),
)


# ---- against published runs ----


def test_half_of_the_published_runs_on_one_card_lie_within_15_percent_and_nine_in_ten_in_the_range():
    alone = [one for one in bench.runs() if one.setup.sharding == "none"]
    assert len(alone) > 60
    assert statistics.median(one.error for one in alone) <= 0.15
    assert sum(one.low <= one.seconds <= one.high for one in alone) >= 0.9 * len(alone)


@pytest.mark.parametrize("source", ["Qwen", "LitGPT", "torchtune", "Transformers"])
def test_the_rest_is_as_near_without_any_single_source(source):
    alone = [one for one in bench.runs() if one.setup.sharding == "none"]
    others = [one.error for one in alone if not one.source.startswith(source)]
    assert 0 < len(others) < len(alone)
    assert statistics.median(others) <= 0.15


def test_no_published_run_serves_faster_than_the_bound():
    shares = list(bench.served())
    assert len(shares) > 10
    assert all(time.SERVED_SHARE.low * 0.7 <= one <= 1 for one in shares)


def test_training_all_of_7b_takes_six_flops_for_each_parameter_and_token():
    llama_2_7b = replace(typical(6.738), hidden=4096, vocabulary=32_000)
    setup = Setup(llama_2_7b, "full", checkpointing="no")
    assert time.flops_per_token(setup, 1) == ROUGHLY(6 * (6.738e9 - 4096 * 32_000), rel=0.001)
    again = Setup(llama_2_7b, "full", checkpointing="yes")
    assert time.flops_per_token(again, 1) / time.flops_per_token(setup, 1) == ROUGHLY(8 / 6)


# ---- laws ----


@given(SETUPS, st.floats(1, 2000))
def test_a_faster_card_is_never_slower_and_more_work_never_quicker(setup, tflops):
    now = time.step_seconds(setup, tflops)
    assert now.low <= now.likely <= now.high
    assert time.step_seconds(setup, 2 * tflops).likely <= now.likely
    for name in ("tokens", "batch"):
        more = replace(setup, **{name: 2 * getattr(setup, name)})
        assert time.step_seconds(more, tflops).likely >= now.likely


@given(SETUPS, st.floats(1, 2000))
def test_a_larger_batch_never_trains_on_fewer_tokens_a_second(setup, tflops):
    one = time.tokens_per_gpu_second(setup, tflops)
    more = time.tokens_per_gpu_second(replace(setup, batch=2 * setup.batch), tflops)
    assert one.low <= one.likely <= one.high
    assert more.likely >= one.likely * (1 - 1e-9)


@pytest.mark.parametrize("tflops", [0, -1, float("nan"), float("inf")])
def test_a_card_that_does_nothing_is_refused(tflops):
    with pytest.raises(BadInput, match="bad-speed"):
        time.step_seconds(Setup(typical(7), "lora"), tflops)


@given(st.data())
def test_no_amount_inside_the_ranges_gives_a_bill_outside_with_a_stated_card_either(data):
    asked = Asked(model=LLAMA_8B, cards=cards_of("24"), card=Card(tflops=165))
    prices = of_flags(["gpu_hour=1..3", "label=1", "engineering_day=500..900"], "EUR")
    known = with_speed(asked, amounts(TABLE, {}, prices, amounts_of(asked)))
    way = Way(plan=("lora",), host="own")
    bill = total(parts(way, frozenset(known)))
    inside = {
        key: data.draw(st.floats(one.span.low, one.span.high), key) for key, one in known.items()
    }
    whole = range_of(bill, known)
    assert whole.low <= whole.likely <= whole.high
    assert whole.low * (1 - 1e-9) <= bill(inside) <= whole.high * (1 + 1e-9)


# ---- the answer ----


def test_hours_are_tokens_over_speed_and_a_stated_peak_narrows_them():
    def qlora(card):
        asked = Asked(model=LLAMA_8B, cards=cards_of("24"), tokens=1024, card=card)
        found = hardware(asked, KNOWN)
        return {one.id: one for one in found.fittings}["qlora"].run

    wide, narrow = qlora(Card()), qlora(Card(tflops=165))
    assert narrow.on_stated_card
    assert narrow.gpu_hours.likely == ROUGHLY(
        narrow.tokens.likely / narrow.tokens_per_gpu_second.likely / 3600
    )
    speeds = [one.tokens_per_gpu_second for one in (narrow, wide)]
    assert speeds[0].high / speeds[0].low < speeds[1].high / speeds[1].low


def test_the_bound_on_serving_is_bandwidth_over_weights_and_cache():
    asked = Asked(model=LLAMA_8B, cards=cards_of("24"), card=Card(gb_per_second=1000))
    found = {one.id: one for one in hardware(asked, KNOWN).fittings}["serving-16-bit"]
    read = found.parts.weights + found.parts.cache
    assert found.most_tokens_per_second == ROUGHLY(1000 / read)


def _training_run(**card):
    prices = of_flags(["gpu_hour=2"], "EUR")
    facts = {"task": "write", "model_access": "weights", "examples": 5000, "input_tokens": 300}
    asked = Asked(model=LLAMA_8B, cards=cards_of("24"), card=Card(**card))
    found = cost(TABLE, facts, prices, plan=("lora",), asked=asked)
    [way] = [way for way in found.ways if way.id == "lora@own"]
    [part] = [part for part in way.parts if part.name == "training runs"]
    run = {one.id: one for one in found.hardware.fittings}["qlora"].run  # LoRA has no room
    return part.money, run


def test_training_hours_times_the_price_of_a_gpu_are_the_bill_of_the_runs():
    money, run = _training_run(tflops=165)
    assert money.likely == ROUGHLY(2 * 6 * run.gpu_hours.likely)
    slow, _ = _training_run(tflops=50)
    assert slow.likely > money.likely
    rough, _ = _training_run()
    assert money.high / money.low < rough.high / rough.low


def test_a_stated_share_of_the_peak_is_taken():
    half, full = (_training_run(tflops=165, utilisation=share)[0] for share in (0.2, 0.4))
    assert half.likely > full.likely


def test_an_encoder_tells_what_servers_read():
    prices = of_flags(["server_hour=0.2"], "EUR")
    facts = {"task": "label", "examples": 1200, "classes": 12, "requests_per_day": 500_000}
    small = cost(TABLE, facts, prices, plan=("task_head",), asked=Asked(model=BERT_BASE))
    assert small.hardware.tokens_per_core_second.likely > 0
    large = replace(BERT_BASE, shape=replace(BERT_BASE.shape, layers=48))
    slow = cost(TABLE, facts, prices, plan=("task_head",), asked=Asked(model=large))
    month = [
        {way.id: way for way in one.ways}["task_head@own"].month.likely for one in (small, slow)
    ]
    assert month[1] > month[0]


@pytest.mark.parametrize(
    "words",
    [
        ["--tflops", "0"],
        ["--tflops", "-5"],
        ["--tflops", "nan"],
        ["--bandwidth", "0"],
        ["--tflops", "300", "--utilisation", "2"],
        ["--utilisation", "0.5"],
    ],
    ids=" ".join,
)
def test_nonsense_gets_one_line(capsys, words):
    assert run(["cost", "--model", "7b", *words]) == 2
    [line] = capsys.readouterr().err.strip().splitlines()
    assert "error[" in line


def test_the_command_says_hours_and_bounds(capsys, tmp_path):
    words = ["--cards", "24", "--tflops", "165", "--bandwidth", "1000"]
    assert run(["cost", "--model", "7b", *words]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "GPU hours a million tokens" in out
    assert "at most" in out
    (tmp_path / "config.json").write_text(json.dumps(BERT), encoding="utf-8")
    assert run(["cost", "--model", str(tmp_path)]) == 0
    assert "one core of a CPU" in " ".join(capsys.readouterr().out.split())
