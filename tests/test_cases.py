"""Published cases: situations in which a paper, a team or an authority found which way was right."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from conftest import PUBLISHED

from adaptadvisor.advice import check_facts
from adaptadvisor.plans import members

CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))

MISSES = {
    "science-answer-scoring": "a label task with good data of unknown size and an untested prompt: measure the prompt first; "
    "the study found a tuned large model ahead of a head",
    "b29": "deep extraction with no word on labels, volume or prompt: nothing known demands training yet",
    "b35": "230 classes, far from the bar, skill errors: a head is the cheaper way that meets this; the team preferred a tuned small model",
    "b60": "retrieval that was not yet tried comes first; a tuned retriever is its fallback",
}
"""Cases whose accepted plan the table does not give, with the reason; a row fitted to a case would cost elsewhere."""


def _plan(table, engine, case):
    return set(members(engine.decide(check_facts(table, case["facts"])).plan))


def _accepted(plan, case):
    return any(plan == set(accepted) for accepted in case["accept"])


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_published_case_gets_an_accepted_plan_or_is_a_known_miss(table, engine, case):
    plan = _plan(table, engine, case)
    assert _accepted(plan, case) == (case["id"] not in MISSES), f"{sorted(plan)}; accepted {case['accept']}"


def test_at_least_forty_of_the_published_cases_get_an_accepted_plan_and_none_a_wrong_one(table, engine, pytestconfig):
    plans = {case["id"]: _plan(table, engine, case) for case in CASES}
    accepted = [case["id"] for case in CASES if _accepted(plans[case["id"]], case)]
    order = ["prompt", "rag", "task_head", "lora", "full"]
    dearest = {id: max(plan, key=order.index) for id, plan in plans.items() if plan}
    wrong = [case["id"] for case in CASES if dearest.get(case["id"]) in case["wrong"]]
    pytestconfig.stash[PUBLISHED] = [
        f"published cases: {len(accepted)} of {len(CASES)} get an accepted plan, {len(wrong)} a wrong one",
        *(f"  miss {id}: {reason}" for id, reason in MISSES.items()),
    ]
    assert len(CASES) == 47
    assert len(accepted) >= 40
    assert not wrong


def test_the_printed_count_is_the_one_in_the_changelog(table, engine):
    accepted = sum(_accepted(_plan(table, engine, case), case) for case in CASES)
    changelog = (Path(__file__).parent.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"the accepted ones in {accepted};" in " ".join(changelog.split())


def test_the_counts_in_the_changelog_are_those_of_the_table(table):
    changelog = " ".join((Path(__file__).parent.parent / "CHANGELOG.md").read_text(encoding="utf-8").split())
    for words in (
        f"{len(table.questions)} facts", f"{len(table.needs)} needs", f"{len(table.limits)} limits", f"{len(table.thresholds)} named thresholds",
        f"{len(table.variants)} variants", f"{len(table.families)} model families", f"{len(table.checks)} checks",
        f"{len(table.topics)} topics", f"{len(table.sources)} sources",
    ):  # fmt: skip
        assert words in changelog
