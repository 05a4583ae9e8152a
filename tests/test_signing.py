"""A record that one can sign: whole sentences, every plan that it names, and what speaks against."""

from __future__ import annotations

import re

import pytest
from conftest import FULL, RULES
from test_failing_retrieval import POLICIES, TRIED

from adaptadvisor.advice.advise import advise
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import summary, text, words
from adaptadvisor.render.formats import render

TABLE = load_table(RULES)


def _page(facts):
    """The part of the record that is not folded."""
    return re.sub(r"(?s)<details>.*?</details>", "", render(advise(TABLE, facts), "adr"))


@pytest.mark.parametrize("facts", [POLICIES, TRIED, {"task": "label", "examples": 3000}])
def test_every_step_in_the_record_is_a_whole_sentence_of_the_step(facts):
    steps = _page(facts).partition("In this order:")[2].partition("### Consequences")[0]
    found = re.findall(r"(?m)^\d+\. (.+)$", steps)
    route = advise(TABLE, facts).route
    assert len(found) == len(route)
    for said, step in zip(found, route, strict=True):
        plain = said.replace("\\", "")
        assert plain.endswith(".")
        assert step.do.rstrip(".").startswith(plain.rstrip("."))
        assert step.do[len(plain) - 1 :][:1] in ("", "."), "cut at the end of a sentence only"


def test_the_record_lists_every_plan_that_it_names_and_says_which_is_which():
    advice = advise(TABLE, TRIED)
    listed = _page(TRIED).partition("## Considered Options")[2].partition("## Decision")[0]
    assert "- RAG + LoRA: " in listed
    assert "- RAG + full fine-tuning: " in listed
    for hinge in summary.asked(advice):
        for row in hinge.answers:
            assert words.plan_words(row.plan) in listed


def test_an_approach_that_fell_short_alone_is_a_part_of_the_plan_and_not_the_plan():
    page = _page(TRIED)
    assert "**RAG**, in the plan: alone it was tried and fell short" in page
    assert "**RAG**, the plan" not in page
    assert "RAG               the plan" not in text.render(advise(TABLE, TRIED))
    assert "**RAG**, the plan" in _page(POLICIES)


def test_a_plan_that_contains_what_was_tried_is_no_contradiction_of_what_is_said_of_it():
    said = " ".join(text.render(advise(TABLE, TRIED), parts=FULL).split())
    assert (
        "You tried RAG and it fell short, so it is not offered again by itself."
        " The plan here adds LoRA to RAG." in said
    )


def test_a_fallback_says_what_it_needs_and_nobody_has_confirmed():
    advice = advise(TABLE, TRIED)
    assert advice.fallback is not None
    assert advice.fallback.plan == ("rag", "full")
    assert "50,000 or more labelled examples" in advice.fallback.needs
    for kind in ("text", "md", "adr", "html"):
        written = " ".join(render(advice, kind, parts=FULL).split())
        assert "RAG + full fine-tuning needs what nobody has confirmed: " in written
        assert "50,000 or more labelled examples" in written
    confirmed = {**TRIED, "retrieval_result": "finds", "examples": 60000, "model_params_b": 7}
    having = advise(TABLE, confirmed).fallback
    assert having is not None
    assert not any("labelled examples" in need for need in having.needs)


def test_the_disagreement_about_the_plan_itself_is_told_before_any_other():
    first, *_ = summary.disagreements(advise(TABLE, TRIED))
    assert first.startswith("Ovadia 2023 saw plain tuning lower retrieval")
    assert "Published findings disagree: Ovadia 2023 saw plain tuning lower" in _page(TRIED)


def test_what_an_answer_would_change_is_a_sentence_with_a_verb_and_no_odd_number():
    page = _page(TRIED)
    assert "If misses, the plan would be RAG + task head." in page
    assert "If 0 GB, the plan would be RAG + task head." in page
    assert "at most 0" not in " ".join(text.render(advise(TABLE, TRIED), parts=FULL).split())


def test_plans_are_called_by_their_names_in_the_steps_and_the_version_reads_as_a_version():
    advice = advise(TABLE, TRIED)
    assert advice.route[-1].do.startswith("Measure RAG + LoRA against RAG alone")
    assert f"adaptadvisor, table {TABLE.version}, digest" in render(advice, "adr")


def test_what_is_said_of_ones_own_situation_cites_nobody_and_a_filter_cites_who_describes_it():
    advice = advise(TABLE, TRIED)
    points = {point.says: point for row in advice.verdicts for point in (*row.good, *row.bad)}
    own = [
        "it was tried and fell short, and the search is not known to be at fault",
        "the errors left are not errors of finding the right passage",
        "retrieval already reads through a prompt, and it fell short",
    ]
    assert [points[said].sources for said in own] == [()] * len(own)
    rights = points["a search can be filtered by the rights of the user who asks"]
    assert rights.sources == ("azure-security-trimming",)


def test_a_figure_from_memory_is_called_that():
    recalled = [row for row in advise(TABLE, TRIED).sources if row.checked == "recall"]
    assert all(
        "the figure is from memory, not looked up" in words.strength(row) for row in recalled
    )
