"""A test of the best prompt comes first where it may be the end, and never where a prompt is ruled
out; what is done already is not asked for again.
"""

from __future__ import annotations

import re

import pytest
from conftest import RULES
from hypothesis import given, settings
from strategies import situations

from adaptadvisor.advice.advise import advise
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.engine.space import answers
from adaptadvisor.precedents.answers import Answers
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import formats
from adaptadvisor.table.facts import from_text
from adaptadvisor.table.plans import members

TABLE = load_table(RULES)
ENGINE = engine_for(TABLE)
TICKETS = {
    "task": "label",
    "examples": 1800,
    "classes": 14,
    "model_access": "api",
    "requests_per_day": 3000,
}
STOP = "If it reaches the bar, stop here"


def text(facts, *parts):
    return " ".join(formats.render(advise(TABLE, facts), "text", parts=parts).split())


def test_where_the_prompt_is_untested_the_headline_says_to_test_it_first_and_when_to_stop():
    advice = advise(TABLE, TICKETS)
    assert advice.plan == ("task_head",), "the plan stays as the table decides"
    assert advice.headline == (
        "First test your best prompt: if it meets the bar, stay with it; if not, train a small task head."
    )


def test_the_step_that_tests_the_prompt_says_when_to_stop_and_comes_before_the_training():
    short = text(TICKETS)
    assert f"Test the best prompt you can write. {STOP}" in short
    assert short.index(STOP) < short.index("Before training")


def test_who_has_tested_the_prompt_is_not_told_to():
    for result in ("close", "far"):
        advice = advise(TABLE, {**TICKETS, "prompt_result": result})
        assert "best prompt" not in advice.headline
        assert STOP not in text({**TICKETS, "prompt_result": result}, "everything")


@settings(max_examples=60)
@given(situations(TABLE, ENGINE))
def test_the_headline_promises_a_stop_only_where_a_prompt_that_passes_is_the_whole_plan(facts):
    advice = advise(TABLE, facts)
    stop = any(step.gate.startswith(STOP) for step in advice.route)
    promised = "if it meets the bar, stay with it" in advice.headline
    assert not promised or stop
    if stop:
        assert members(ENGINE.decide({**facts, "prompt_result": "passes"}).plan) == ("prompt",)
        assert "prompt_result" not in facts


@settings(max_examples=60)
@given(situations(TABLE, ENGINE))
def test_a_prompt_that_is_ruled_out_is_no_step_no_yardstick_and_no_way_back(facts):
    advice = advise(TABLE, {**facts, "latency_ms": 20})
    out = {row.approach for row in advice.verdicts if row.verdict == "ruled out"}
    if "prompt" in out:
        said = text(advice.facts)
        assert "else keep the prompt" not in said
        assert "keep the best prompt" not in text(advice.facts, "everything")
        assert all("best prompt" not in step.do for step in advice.route)


def test_a_yardstick_is_named_where_a_prompt_is_ruled_out():
    said = text({"task": "label", "examples": 5000, "latency_ms": 50})
    assert "prompt ruled out" in said
    assert "Score the simplest thing that you may run" in said


def test_who_has_a_prompt_that_passes_keeps_it_and_watches_it():
    facts = {**TICKETS, "prompt_result": "passes"}
    said = text(facts, "everything")
    assert advise(TABLE, facts).headline.startswith("Keep the prompt that you have, and watch it")
    assert "Freeze the prompt that passes" in said
    assert "Write the best prompt" not in said
    dear = advise(TABLE, {**facts, "prompt_affordable": False})
    assert not dear.headline.startswith("Keep the prompt")


def test_the_size_of_the_evaluation_set_follows_from_the_classes():
    first = advise(TABLE, TICKETS).route[0].do
    assert first.startswith(
        "Set aside 470 evaluation items: 30 of each of the 14 classes, 50 of none."
    )
    two = advise(TABLE, {**TICKETS, "classes": 2}).route[0].do
    assert "200 evaluation items: at least 30 of each" in two
    assert "Some of your labelled examples will do, if nothing is trained on them." in two
    none = advise(TABLE, {**TICKETS, "examples": 0}).route[0].do
    assert "will do" not in none


def test_one_number_is_asked_for_in_an_evaluation_set():
    for facts in (TICKETS, {"task": "write", "prompt_result": "close"}):
        (step,) = (step for step in advise(TABLE, facts).route if step.stage == "evaluation")
        assert "100 " not in step.do or "200 " not in step.do


@pytest.mark.parametrize("more", [{"data_quality": "fair"}, {"task_changes": "never"}])
def test_where_another_kind_proved_best_as_often_one_sentence_says_why_the_odds_are_no_lower(more):
    counted, odds = advise(TABLE, {**TICKETS, **more}).outlook
    assert "a prompt proved best" in counted
    assert re.fullmatch(
        r"A task head did in \d+ of them; all published situations together give it \d+ %, and with"
        r" what the rules say the odds that it proves right here are \d+ %\.",
        odds,
    )


def test_where_hardly_any_answer_changes_the_plan_the_report_says_so():
    facts = {**TICKETS, "prompt_result": "close", "main_error": "skill", "data_quality": "fair"}
    facts |= {"task_changes": "never", "citations": False, "per_user_access": False}
    assert "Not settled" in text({**TICKETS, "data_quality": "fair"})
    open_ones = [hinge.worth for hinge in advise(TABLE, facts).hinges]
    assert open_ones
    assert sum(open_ones) < 0.1
    assert "in fewer than 1 of 10 situations like yours" in text(facts)


def test_nobody_is_said_to_want_what_they_did_not_say():
    assert "same every time. You said" not in text(TICKETS, "everything")


def test_labels_and_fields_are_not_asked_for_citations_access_or_stale_knowledge_where_hardly_any_need_them():
    for task in ("label", "extract"):
        likely = Answers(TABLE, {"task": task})
        for name in ("citations", "per_user_access", "knowledge_updates"):
            fact = TABLE.facts[name]
            cells = answers(ENGINE, {"task": task}, fact)
            assert max(likely.shares(fact, cells)) > 0.95, (task, name)


@pytest.mark.parametrize("word", ["nothing", "none", "Nothing"])
def test_nothing_tried_can_be_said_in_words(word):
    assert from_text(TABLE.facts["tried"], word) == ()
