"""What fits on the cards, as somebody sees it who has a model and a few cards."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from conftest import ROOT, run
from hypothesis import given, settings
from hypothesis import strategies as st
from test_memory_estimates import BERT, LLAMA, SETUPS

from adaptadvisor import load_table
from adaptadvisor.cli import machine as words
from adaptadvisor.costs.cost import cost
from adaptadvisor.costs.inputs import amounts
from adaptadvisor.costs.machine import METHODS, SHARDINGS, Asked, alone, at_once, hardware
from adaptadvisor.costs.model import cards_of, of_config, of_size
from adaptadvisor.costs.prices import Prices, of_flags
from adaptadvisor.memory import estimate, setup
from adaptadvisor.render.cost import render
from adaptadvisor.render.hardware import gb_words

TABLE = load_table()
KNOWN = amounts(TABLE, {}, Prices())
LLAMA_8B = of_config(json.dumps(LLAMA), "config.json")
BERT_BASE = of_config(json.dumps(BERT), "config.json")
ROUGHLY = pytest.approx


def on(cards, model=LLAMA_8B, **more):
    found = hardware(Asked(model=model, cards=cards_of(cards), **more), KNOWN)
    return {one.id: one for one in found.fittings}


def test_where_a_way_needs_more_examples_than_there_are_the_run_says_so(capsys):
    words = ["cost", "--model", "7b", "--cards", "1x24", "--task", "label", "--examples"]
    assert run([*words, "100"]) == 0
    few = " ".join(capsys.readouterr().out.split())
    assert "A run of all weights is taken with 10,000 to 100,000 examples" in few
    assert "A run of adapters is taken with" in few
    assert run([*words, "200000"]) == 0
    assert "not with those that you have" not in capsys.readouterr().out


def test_on_one_card_of_24_gb_an_8b_model_takes_qlora_and_not_all_of_its_weights():
    found = on("24")
    assert found["full"].verdict == "does not fit"
    assert found["full"].lever
    assert found["qlora"].verdict == "fits"
    assert found["serving-16-bit"].verdict == "fits"
    assert found["full"].gb.likely > found["lora"].gb.likely > found["qlora"].gb.likely


def test_the_parts_make_the_sum():
    for one in on("2x24").values():
        parts = one.parts
        held = (parts.weights, parts.gradients, parts.optimiser, parts.activations, parts.loss)
        assert sum(held) + parts.cache + parts.overhead == ROUGHLY(one.gb.likely)


def test_what_fits_one_card_is_not_divided_unless_one_asks_for_it():
    assert on("2x80")["lora"].sharding == "none"
    assert on("2x80", sharding="fsdp")["lora"].sharding == "fsdp"
    assert on("8x80")["full"].divided == "divided among the cards (FSDP)"


def test_an_encoder_has_a_head_and_no_cache_and_no_adapters():
    found = on("8", BERT_BASE)
    assert set(found) == {"full", "head", "serving-16-bit"}
    assert all(one.verdict == "fits" and not one.parts.cache for one in found.values())


def test_as_many_sequences_are_served_at_a_time_as_have_room():
    found = on("24")["serving-16-bit"].at_once
    assert found > 1
    more = on("24", tokens=2 * 1024)["serving-16-bit"].at_once
    assert 0 < more < found
    assert on("8")["serving-16-bit"].at_once == 0


@settings(max_examples=60, deadline=None)
@given(
    size=st.floats(0.1, 200).map("{:.3f}b".format),
    gb=st.integers(4, 200),
    count=st.integers(1, 16),
    more=st.fixed_dictionaries(
        {},
        optional={
            "tokens": st.integers(1, 32_000),
            "batch": st.integers(1, 16),
            "checkpointing": st.booleans(),
            "sharding": st.sampled_from(sorted(set(SHARDINGS.values()))),
        },
    ),
)
def test_twice_the_cards_never_hold_more_on_each(size, gb, count, more):
    few, many = (on(f"{n}x{gb}", of_size(size), **more) for n in (count, 2 * count))
    assert few.keys() == many.keys()
    for name, one in few.items():
        assert many[name].gb.likely <= one.gb.likely * (1 + 1e-9), name
        assert one.gb.low <= one.gb.likely <= one.gb.high
        assert (one.lever is None) or one.verdict == "does not fit"


VERDICTS = ("does not fit", "tight", "fits")


@given(SETUPS, st.floats(1, 500), st.floats(1, 4))
def test_a_larger_card_never_gets_a_worse_verdict(run_of, gb, times):
    found = estimate(run_of)
    small, large = (VERDICTS.index(found.verdict(one)) for one in (gb, times * gb))
    assert small <= large


@given(SETUPS, st.sampled_from(["zero2", "zero3", "fsdp"]))
def test_dividing_a_run_among_its_cards_never_needs_more_on_each(run_of, sharding):
    whole, divided = (replace(run_of, sharding=one) for one in ("none", sharding))
    assert estimate(divided).point_gb <= estimate(whole).point_gb * (1 + 1e-9)


@given(SETUPS, st.floats(4, 200))
def test_as_many_as_are_served_at_a_time_have_room_and_one_more_has_none(run_of, gb):
    served = replace(run_of, method="inference", precision="16-bit", batch=1, rank=16)
    most = at_once(served, gb)
    if most:
        assert estimate(replace(served, batch=most)).verdict(gb) != "does not fit"
    if most < setup.MOST_BATCH:
        more = estimate(replace(served, batch=most + 1))
        assert more.verdict(gb) == "does not fit"


# ---- beside a situation ----


def test_facts_name_the_model_and_the_memory_where_no_flag_does():
    facts = {"task": "label", "model_params_b": 7, "gpu_memory_gb": 24, "input_tokens": 300}
    found = cost(TABLE, facts, Prices()).hardware
    assert (found.cards, found.card_gb, found.params_b) == (1, 24, 7)
    assert found.tokens > 300
    assert any("taken as a single card" in line for line in found.assumed)
    assert cost(TABLE, {"task": "label"}, Prices()).hardware is None
    flagged = cost(TABLE, facts, Prices(), asked=Asked(cards=cards_of("2x16"))).hardware
    assert (flagged.cards, flagged.card_gb) == (2, 16)


def test_the_bills_take_the_size_of_the_model_and_the_cards_that_are_named():
    prices = of_flags(["gpu_hour=2"], "EUR")
    facts = {"task": "write", "model_access": "weights"}
    asked = Asked(model=of_size("70b"), cards=cards_of("80"))
    dear, cheap = (
        {way.id: way for way in found.ways}["lora@own"].month
        for found in (
            cost(TABLE, facts, prices, plan=("lora",), asked=asked),
            cost(TABLE, facts, prices, plan=("lora",), asked=Asked(model=of_size("1b"))),
        )
    )
    assert dear.low > cheap.low


def test_the_plan_does_not_change_with_the_model_named():
    facts = {"task": "label", "examples": 1200, "classes": 12}
    asked = Asked(model=of_size("70b"), cards=cards_of("8"))
    assert cost(TABLE, facts, Prices(), asked=asked).plan == cost(TABLE, facts, Prices()).plan


# ---- the command ----


def test_every_format_shows_the_same_figures():
    found = alone(TABLE, Asked(model=LLAMA_8B, cards=cards_of("2x24")))
    told = {form: render(found, form, width=100) for form in ("text", "md", "html")}
    flat = {form: " ".join(text.replace("\\", "").split()) for form, text in told.items()}
    for one in found.hardware.fittings:
        for form, text in flat.items():
            assert gb_words(one.gb) in text, form
            assert one.lever is None or one.lever in text, form
    data = json.loads(render(found, "json"))
    schema = json.loads((ROOT / "adaptadvisor/schemas/cost-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(data)
    assert [one["verdict"] for one in data["hardware"]["fittings"]] == [
        one.verdict for one in found.hardware.fittings
    ]
    assert "hardware" not in schema["required"], "documents of before stay valid"


def test_model_and_cards_alone_are_enough(capsys, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(LLAMA), encoding="utf-8")
    assert run(["cost", "--model", str(tmp_path), "--cards", "2x24"]) == 0
    out = capsys.readouterr().out
    assert "Training QLoRA" in out
    assert "The plans" not in out
    assert run(["cost", "--model", "7b"]) == 0
    assert "State your cards" in capsys.readouterr().out


NONSENSE = [
    (["--model", "7b", "--cards", "x"], "--cards: error[bad-card]"),
    (["--model", "7b", "--cards", "0x24"], "--cards: error[bad-card]"),
    (["--model", "7b", "--cards", "2x0"], "--cards: error[bad-card]"),
    (["--model", "7b", "--cards", "2x-4"], "--cards: error[bad-card]"),
    (["--model", "7"], "--model: error[unknown-model]"),
    (["--model", ""], "--model: error[unknown-model]"),
    (["--model", "0b"], "--model: error[bad-shape]"),
    (["--model", "999999b"], "--model: error[bad-shape]"),
    (["--model", "nowhere.json"], "--model: error[unknown-model]"),
    (["--model", "7b", "--seq-len", "1000000000"], "error[usage]: Invalid value for '--seq-len'"),
    (["--model", "7b", "--micro-batch", "0"], "error[usage]: Invalid value for '--micro-batch'"),
    (["--model", "7b", "--method", "prompt"], "--method: error[unknown-choice]"),
    (["--model", "7b", "--sharding", "half"], "--sharding: error[unknown-choice]"),
    (["--model", "7b", "--precision", "nf4"], "--precision: error[bad-setting]"),
    (["--model", "7b", "--method", "full", "--precision", "nf4"], "error[bad-setup]"),
    (["--model", "7b", "--sharding", "fsdp"], "--sharding: error[bad-setting]"),
    (["--model", "-", "--prices", "-"], "--prices: error[bad-setting]"),
    (["--cards", "2x24"], "--cards: error[bad-setting]"),
    (["--rank", "8"], "--rank: error[bad-setting]"),
]


@pytest.mark.parametrize(("given", "says"), NONSENSE, ids=lambda one: str(one)[:50])
def test_nonsense_gets_one_line(capsys, given, says):
    assert run(["cost", *given]) == 2
    [line] = capsys.readouterr().err.strip().splitlines()
    assert line.startswith(says)


FILES = [
    ("config.json", b'{"model_type": "mamba"}', "error[unknown-model]"),
    ("config.json", json.dumps({**LLAMA, "num_hidden_layers": 0}).encode(), "error[bad-shape]"),
    ("config.json", json.dumps({**LLAMA, "num_hidden_layers": 1e9}).encode(), "error[bad-shape]"),
    ("config.json", b"[1", "error[syntax]"),
    ("config.json", b"[" * 100_000, "error[syntax]"),
    ("config.json", b"[1]", "error[not-a-mapping]"),
    ("model", b"GGUF\x03\x00\xff\xff", "--model: error[unknown-model]"),
    ("model.gguf", b"", "--model: error[unknown-model]"),
    ("model.safetensors", b"\x00\xff", "--model: error[unknown-model]"),
]


@pytest.mark.parametrize(("name", "content", "says"), FILES)
def test_a_file_that_describes_no_model_gets_one_line(capsys, tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    assert run(["cost", "--model", str(tmp_path / name), "--cards", "24"]) == 2
    [line] = capsys.readouterr().err.strip().splitlines()
    assert says in line


def test_adapters_on_an_encoder_are_refused_in_one_line(capsys, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(BERT), encoding="utf-8")
    assert run(["cost", "--model", str(tmp_path), "--method", "qlora"]) == 2
    [line] = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("--method: error[bad-setup]: an encoder")


def test_the_words_of_the_options_are_those_that_the_estimate_knows():
    assert words.WORDS["method"] == METHODS
    assert words.WORDS["sharding"] == tuple(SHARDINGS)
    for name in ("optimiser", "loss"):
        assert words.WORDS[name] == setup._WORDS[name]
    assert {*words.WORDS["precision"], "int2"} == set(setup._WORDS["precision"])
