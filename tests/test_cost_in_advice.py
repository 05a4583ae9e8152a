"""What plans cost, said where the plan is said; no number picks a plan."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

import pytest
from conftest import run as run_line

from adaptadvisor import advise, load_table
from adaptadvisor.advice import stored
from adaptadvisor.costs.in_advice import Priced
from adaptadvisor.costs.prices import of_flags
from adaptadvisor.render import formats

TICKETS = (
    "recommend", "--task", "label", "--examples", "1200", "--classes", "12",
    "--requests-per-day", "20000", "--input-tokens", "300",
)  # fmt: skip
PRICES = """\
currency: EUR
as_of: 2026-11-01
input_per_million_tokens: 2
output_per_million_tokens: 8
gpu_hour: 2
server_hour: 0.2
label: 0.5
"""


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(capsys):
    def call(*words):
        code = run_line([*words])
        return Done(code, *capsys.readouterr())

    return call


@pytest.fixture
def prices(tmp_path):
    file = tmp_path / "prices.yaml"
    file.write_text(PRICES, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("form", [(), ("--full",), ("--format", "md"), ("--format", "html")])
def test_the_cost_of_the_plan_is_said_with_its_range_where_prices_are_given(run, prices, form):
    out = " ".join(run(*TICKETS, *form, "--prices", prices).stdout.split())
    assert "Task head on GPUs of your own takes about" in out
    assert "a month and" in out
    assert "in the first year" in out
    assert ("LoRA on GPUs of your own (fallback)" in out) == bool(form), "the table is in reports"


def test_json_holds_the_bills_only_where_prices_are_given(run, prices):
    without = json.loads(run(*TICKETS, "--format", "json").stdout)
    found = json.loads(run(*TICKETS, "--format", "json", "--prices", prices).stdout)
    assert "costs" not in without
    costs = found.pop("costs")
    assert found == without, "no number changes the advice"
    assert costs["plans"][0]["month"]["low"] <= costs["plans"][0]["month"]["high"]


def test_stored_advice_still_names_what_it_costs(run, prices):
    text = run(*TICKETS, "--format", "json", "--prices", prices).stdout
    assert "takes about" in formats.render(stored.read(text, "a.json"), "text")


DOCUMENTS = (
    "recommend", "--task", "answer", "--main-error", "knowledge", "--prompt-result", "far",
    "--model-access", "weights",
)  # fmt: skip


@pytest.mark.parametrize(
    ("volume", "said"),
    [
        ("500", "no other plan costs less"),
        (
            "5000",
            "against RAG on GPUs of your own and others the figures do not decide, as the ranges cross",
        ),
    ],
)
def test_another_plan_is_cheaper_only_where_no_amount_makes_it_dearer(run, prices, volume, said):
    out = run(*DOCUMENTS, "--requests-per-day", volume, "--prices", prices).stdout
    assert said in " ".join(out.split())


def test_what_moves_both_bills_leaves_no_doubt_which_is_dearer(run, prices):
    words = (*TICKETS, "--prices", prices, "--price", "gpu_hour=1.5..3")
    assert "no other plan costs less" in " ".join(run(*words).stdout.split())


def test_advice_and_cost_call_the_same_plan_cheaper(run, prices):
    words = (
        "--task", "rewrite", "--prompt-result", "passes", "--model-access", "weights",
        "--requests-per-day", "20000", "--input-tokens", "1000", "--price", "gpu_hour=0.5",
        "--price", "input_per_million_tokens=60", "--price", "output_per_million_tokens=90",
    )  # fmt: skip
    out = " ".join(run("recommend", *words, "--prices", prices).stdout.split())
    name = re.search(r"first year; (.*) surely costs less, .* the plan stays as it is", out)
    assert name
    assert "Plan: prompt" in out
    turns = json.loads(run("cost", *words, "--prices", prices, "--format", "json").stdout)
    said = [turn["says"] for turn in turns["break_even"]]
    assert any(f"At your volume {name[1]} costs less than prompt at a host" in one for one in said)


@pytest.mark.parametrize(("budget", "said"), [("1e6", True), ("1", False), ("2000", None)])
def test_a_budget_sets_affordable_only_where_the_whole_range_lies_on_one_side(
    run, prices, budget, said
):
    done = run(*TICKETS, "--prices", prices, "--budget", budget, "--format", "json")
    assert json.loads(done.stdout)["facts"].get("prompt_affordable") is said
    told = "figures do not decide" if said is None else "From your prices and budget"
    assert told in done.stderr


def test_a_budget_in_the_file_of_prices_counts_and_what_people_state_wins(run, tmp_path):
    file = tmp_path / "prices.yaml"
    file.write_text(PRICES + "budget_month: 1\n", encoding="utf-8")
    form = ("--prices", str(file), "--format", "json")
    assert json.loads(run(*TICKETS, *form).stdout)["facts"]["prompt_affordable"] is False
    done = run(*TICKETS, *form, "--prompt-affordable")
    assert json.loads(done.stdout)["facts"]["prompt_affordable"] is True
    assert "counts, as you state it" in done.stderr


def test_an_unknown_volume_leaves_affordable_open(run, prices):
    done = run("recommend", "--task", "label", "--prices", prices, "--budget", "1e9")
    assert "the volume is not known" in done.stderr


@pytest.mark.parametrize("flag", ["--budget", "--currency", "--assume"])
def test_what_means_nothing_without_prices_is_refused_in_a_line(run, flag):
    value = {"--budget": "5", "--currency": "EUR", "--assume": "shots=3"}[flag]
    done = run(*TICKETS, flag, value)
    assert done.returncode == 2
    assert f"{flag}: error[bad-setting]: says nothing without prices" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_plan_without_its_price_says_which_is_missing():
    table = load_table()
    advice = advise(table, {"task": "label", "examples": 1200, "classes": 12})
    found = Priced(table, of_flags(["label=1"]), {}).on(advice)
    assert found.plan == advice.plan
    assert found.costs
    assert "no price for" in found.costs.line
