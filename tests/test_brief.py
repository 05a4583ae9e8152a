"""The short answer: one screen of plain words, whatever the situation, on paper and on a terminal."""

from __future__ import annotations

import json
import re

import pytest
from conftest import FULL, RULES, examples, fewer
from hypothesis import given, settings
from strategies import situations

from adaptadvisor import advise
from adaptadvisor.engine.decide import Engine
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import as_json, formats, terminal, text
from adaptadvisor.render.brief import MOST_LINES, fitted
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.speech import plan_words

TABLE = load_table(RULES)
ENGINE = Engine(TABLE)
ESCAPES = re.compile("\x1b\\[[0-9;]*m")
FRAME = dict.fromkeys(map(ord, "\u256d\u256e\u256f\u2570\u2502\u2500\u2713\u2192"), " ")
BOLD_AND_DIM = re.compile("\x1b\\[(0|1|2|3|1;2)m")


def words_of(written):
    return re.findall(r"[a-z0-9]+", written.lower())


FRAMING = set(
    words_of(
        "the five ways, cheapest first; do this, in order; answer next, worth most first; and more"
        " show steps changes or adaptadvisor ask; check that it worked tests first; everything full"
        " one part why checks settings precedents sources report to pass on o advice html md; look"
        " first for how larger changes confirm still open what would close it; close to a line"
        " beyond known little is so far to be asked matters next not enough needed ruled out plan"
        " strong others disagree else rag lora for date settled given could this only together"
        " answers that you have one test source gives also where try another base model or a simpler"
        " task keep the best that you measured"
    )
)
"""What stands in every answer; all other words are those of the advice."""


def is_one_screen_of_plain_words(advice, shown, width=80):
    lines = shown.splitlines()
    assert len(lines) <= MOST_LINES, shown
    assert max(map(len, lines)) <= width
    assert not re.search(r"\b[a-z]+_[a-z]", shown), "people see names, not ids"
    assert not re.search(r"\[[a-z0-9-]+\]", shown)
    whole = {*words_of(as_json.render(advice)), *words_of(text.render(advice, parts=FULL))}
    cut = {*words_of(shown)} - whole - FRAMING
    assert not cut, f"words cut in two: {cut}"


@pytest.mark.parametrize("id", TABLE.precedents)
def test_the_answer_to_every_published_situation_is_one_screen_of_plain_words(id):
    advice = advise(TABLE, TABLE.precedents[id].facts)
    is_one_screen_of_plain_words(advice, text.render(advice, 80))


@settings(max_examples=fewer(500))
@given(situations(TABLE, ENGINE))
def test_the_answer_to_any_situation_is_one_screen_of_plain_words(facts):
    advice = advise(TABLE, facts)
    is_one_screen_of_plain_words(advice, text.render(advice, 80))


@settings(max_examples=fewer(60))
@given(situations(TABLE, ENGINE))
def test_a_terminal_shows_the_same_in_a_frame(facts):
    advice = advise(TABLE, facts, title="Tickets")
    shown = ESCAPES.sub("", terminal.render(advice, 80, colour=True))
    is_one_screen_of_plain_words(advice, shown.translate(FRAME))
    assert f"Plan: {plan_words(advice.plan)}" in shown
    for approach in APPROACHES:
        assert plan_words([approach]) in shown


def test_a_terminal_shows_the_questions_word_for_word_as_plain_text_does():
    seen = 0
    for task in ("extract", "label", "answer"):
        advice = advise(TABLE, {"task": task, "prompt_result": "close", "main_error": "format"})
        shown = [
            line.strip()
            for line in ESCAPES.sub("", terminal.render(advice, 80, colour=True)).splitlines()
        ]
        asked = [line.strip() for line in text.render(advice, 80).splitlines()]
        asked = [line for line in asked if line.startswith("--") and " -> " in line]
        assert set(asked) <= set(shown)
        seen += sum(line.startswith("--no-") for line in asked)
    assert seen, "flags that take no answer are among them"


def test_without_colour_a_terminal_still_shows_bold_and_dim():
    shown = terminal.render(advise(TABLE, {"task": "code"}), 80, colour=False)
    assert "\x1b[" not in BOLD_AND_DIM.sub("", shown)


@pytest.mark.parametrize("width", [30, 60, 140])
def test_the_answer_keeps_to_the_width_it_has(width):
    for facts in ({}, {"task": "label", "examples": 1200}, {"task": "code", "tried": ["prompt"]}):
        advice = advise(TABLE, facts)
        for shown in (text.render(advice, width), terminal.render(advice, width, colour=False)):
            lines = ESCAPES.sub("", shown).splitlines()
            assert all(len(line) <= width or " " not in line.strip() for line in lines), shown


def test_open_questions_come_with_what_they_are_worth_most_first():
    advice = advise(TABLE, {"task": "label", "examples": 1200, "classes": 12})
    worth = [hinge.worth for hinge in advice.hinges]
    assert worth == sorted(worth, reverse=True)
    assert 0 < min(worth) <= max(worth) < 1
    first = advice.hinges[0]
    shown = text.render(advice)
    assert first.question in shown
    assert f"--{first.fact.replace('_', '-')}: " in shown


def test_a_cut_text_says_so_and_a_whole_one_does_not():
    whole = "one two three four five six seven eight nine ten"
    assert fitted(whole, 80, 1) == whole
    assert fitted(whole, 24, 1).endswith(" ...")
    two = "the first part of the sentence; and the second one"
    assert fitted(two, 36, 1) == "the first part of the sentence"


def test_parts_are_shown_alone_and_together_they_are_everything():
    advice = advise(TABLE, {"task": "label", "examples": 1200, "classes": 12})
    whole = formats.render(advice, "text", parts=FULL)
    for part in text.PARTS:
        shown = formats.render(advice, "text", parts=(part,))
        for paragraph in shown.strip().split("\n\n"):
            assert paragraph in whole
        assert len(shown) < len(whole)
    assert json.loads(as_json.render(advice))["names"]["facts"]["examples"] == "labelled examples"


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_first_lines_say_so_where_no_plan_meets_every_need(width):
    """House style with prompts alone: what is left is not offered as if it would do."""
    facts = {"task": "write", "behaviour_shift": "strong", "model_access": "api"}
    shown = text.render(advise(TABLE, facts), width)
    assert shown.splitlines()[1].startswith("No plan here meets every need: a strong shift of")


@settings(max_examples=examples(60))
@given(situations(TABLE, ENGINE))
def test_a_source_that_speaks_against_the_plan_is_never_counted_as_its_evidence(facts):
    advice = advise(TABLE, facts)
    counted = re.search(r"Why \((\d+) sources?", flat(advice))
    speaking_for = [source for source in advice.sources if not source.dissents]
    assert not counted or int(counted[1]) <= len(speaking_for)


def test_who_is_named_as_disagreeing_is_marked_and_not_counted():
    advice = advise(TABLE, {"task": "label", "examples": 3000, "classes": 5})
    assert advice.plan == ("task_head",)
    assert "Why (4 sources, 1 strong; others disagree)" in flat(advice)
    marked = (
        "Many-Shot In-Context Learning, 2024. arXiv:2404.11018 (strong; speaks against task head)"
    )
    assert marked in flat(advice, parts=["sources"])
    assert "Bucher 2024" in flat(advice, parts=["why"]), "who is named as agreeing is not"
    assert not next(row for row in advice.sources if row.id == "bucher2024-small-models").dissents


ASSISTANT = {
    "task": "answer",
    "private_knowledge": True,
    "knowledge_updates": "days",
    "citations": True,
    "corpus_tokens": 5_000_000,
}


def flat(advice, **how):
    return " ".join(text.render(advice, **how).split())


def test_what_comes_after_retrieval_hangs_on_whether_it_found_what_was_needed():
    advice = advise(TABLE, ASSISTANT)
    assert advice.plan == ("rag",)
    short = flat(advice)
    assert "else RAG + LoRA is next where retrieval finds what is needed" in short
    assert "where retrieval misses what is needed, mend the search first" in short
    full = flat(advice, parts=FULL)
    assert "if retrieval misses what is needed, mend the search first, then RAG + task head" in full
    for row in advice.fallback.by_result:
        later = advise(TABLE, {**ASSISTANT, "tried": ["rag"], row.fact: row.answer})
        assert later.plan == row.plan, "what is promised is what the advice then says"


def test_what_retrieval_found_is_no_condition_where_it_makes_no_difference():
    advice = advise(TABLE, {**ASSISTANT, "tried": ["rag"], "retrieval_result": "misses"})
    assert advice.fallback is None or not advice.fallback.by_result
    assert "where retrieval" not in flat(advise(TABLE, {"task": "write"}))


@settings(max_examples=examples(60))
@given(situations(TABLE, ENGINE))
def test_a_prompt_that_is_ruled_out_is_never_what_to_keep(facts):
    advice = advise(TABLE, facts)
    out = {row.approach for row in advice.verdicts if row.verdict == "ruled out"}
    if "prompt" in out:
        for shown in (flat(advice), flat(advice, parts=FULL)):
            assert "keep the prompt" not in shown
            assert "keep the best" not in shown


REDEFINED = {
    "task": "label",
    "examples": 3000,
    "classes": 5,
    "requests_per_day": 100_000,
    "latency_ms": 50,
    "task_changes": "months",
}


def test_labels_that_are_redefined_are_not_called_fixed_and_lora_has_a_reason_of_its_own():
    advice = advise(TABLE, REDEFINED)
    assert advice.plan == ("lora",)
    shown = flat(advice, parts=FULL)
    assert "fixed decision" not in shown
    assert "a new label is an edit" in shown.partition("Why not")[0]


@settings(max_examples=examples(60))
@given(situations(TABLE, ENGINE))
def test_what_makes_the_advice_go_wrong_is_said_once(facts):
    said = [row.when for row in advise(TABLE, facts).misleads]
    assert len(said) == len(set(said))


@settings(max_examples=fewer(60))
@given(situations(TABLE, ENGINE))
def test_each_part_of_a_plan_comes_with_its_own_reason(facts):
    advice = advise(TABLE, facts)
    shown = text.render(advice, 80)
    for approach in advice.plan if len(advice.plan) > 1 else ():
        assert re.search(rf"^Why {re.escape(plan_words([approach]))}\b", shown, re.MULTILINE)
    assert len(advice.plan) != 1 or re.search(r"^Why\b", shown, re.MULTILINE)


def test_a_count_and_odds_that_differ_say_how_both_can_hold():
    differing = flat(advise(TABLE, {"task": "write", "main_error": "style"}))
    assert "all published situations together give it" in differing
    assert "not only the nearest" not in flat(advise(TABLE, ASSISTANT))
