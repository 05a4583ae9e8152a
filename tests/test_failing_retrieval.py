"""Where retrieval was tried and fell short, the search is measured and mended before training."""

from __future__ import annotations

import pytest
from conftest import FULL, RULES

from adaptadvisor.advice.advise import advise
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import text
from adaptadvisor.render.formats import render

TABLE = load_table(RULES)

POLICIES = {
    "task": "answer",
    "private_knowledge": True,
    "knowledge_updates": "months",
    "knowledge_form": "text",
    "citations": True,
    "per_user_access": True,
    "sensitive_data": True,
    "must_abstain": True,
    "model_access": "weights",
    "main_error": "knowledge",
    "stakes": "medium",
}
"""An assistant on the policies of a company, some of which are for a few people only."""

TRIED = {**POLICIES, "tried": ["rag"]}
MEASURE = "Not yet: measure what retrieval finds, and mend the search where it misses"


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"model_access": "api"},
        {"gpu_memory_gb": 0},
        {"examples": 5000},
        {"tried": ["rag+lora"]},
    ],
)
def test_nothing_is_trained_before_what_a_failing_retrieval_finds_was_measured(more):
    advice = advise(TABLE, {**TRIED, **more})
    assert {"task_head", "lora", "full"} & {*advice.plan}
    assert advice.headline.startswith(MEASURE)
    assert advice.route[0].id == "measure-the-search"
    assert "50 questions" in advice.route[0].do


def test_once_it_was_measured_the_first_step_mends_what_is_at_fault():
    misses = advise(TABLE, {**TRIED, "retrieval_result": "misses"})
    assert misses.headline.startswith("Not yet: mend the search before anything else; then")
    assert misses.route[0].id == "mend-the-search"
    finds = advise(TABLE, {**TRIED, "retrieval_result": "finds"})
    assert not finds.headline.startswith("Not yet")
    assert "mend-the-reading" in [step.id for step in finds.route]


def test_a_first_retrieval_and_a_retrieval_over_tables_are_not_held_up_by_it():
    for facts in (POLICIES, {**TRIED, "knowledge_form": "tables"}):
        assert "Not yet" not in advise(TABLE, facts).headline


@pytest.mark.parametrize("found", [None, "misses", "finds"])
def test_the_files_are_still_read_against_the_originals_when_retrieval_failed_before(found):
    advice = advise(TABLE, {**TRIED, "retrieval_result": found})
    read = "read-what-is-handed-over" if found == "finds" else "read-the-files"
    assert read in [step.id for step in advice.route]
    assert "against the originals" in " ".join(step.do for step in advice.route)


def test_a_failing_retrieval_is_repaired_before_the_plan_climbs():
    advice = advise(TABLE, TRIED)
    assert advice.repair is not None
    assert [row.id for row in advice.repair.symptoms] == [
        "passage-not-found",
        "ignores-the-passage",
    ]
    said = " ".join(text.render(advice, parts=FULL).split())
    assert "Repair before you climb" in said
    finds = advise(TABLE, {**TRIED, "retrieval_result": "finds"}).repair
    assert finds is not None
    assert finds.symptoms[0].id == "ignores-the-passage"
    assert advise(TABLE, POLICIES).repair is None


def test_a_plan_that_trains_on_documents_with_rights_shows_the_danger_in_the_record():
    """The page that one signs says it in front, not in a fold."""
    page = render(advise(TABLE, TRIED), "adr", parts=FULL).partition("<details>")[0]
    danger = "Bad, because LoRA: weights are the same for every user"
    assert danger in page.partition("### Consequences")[2]
    assert "A user gets to see what they may not" in page
    assert "The weights hold what only some may see" in page
    assert "Keep text that only some may see out of the training pairs" in page


@pytest.mark.parametrize(
    "facts",
    [{**TRIED, "per_user_access": False}, POLICIES],
    ids=["all see everything", "nothing is trained"],
)
def test_that_danger_is_told_only_where_text_with_rights_may_be_trained_in(facts):
    advice = advise(TABLE, facts)
    assert "restricted-text-out-of-training" not in [step.id for step in advice.route]
    assert "restricted-text-in-weights" not in [check.id for check in advice.checks]


@pytest.mark.parametrize("facts", [POLICIES, TRIED, {"task": "label", "sensitive_data": True}])
def test_with_sensitive_text_it_is_settled_where_text_may_go_before_a_model_drafts_from_it(facts):
    steps = advise(TABLE, facts).route
    (inside,) = [step for step in steps if step.id == "where-the-text-may-go"]
    assert "models of your own" in inside.do
    assert "where-the-text-may-go" not in [
        step.id for step in advise(TABLE, {**facts, "sensitive_data": False}).route
    ]


def test_where_training_is_ruled_out_a_failing_retrieval_is_repaired_and_not_asked_for_anew():
    """Eight requests a day never pay for training, and retrieval would be right untested."""
    advice = advise(TABLE, {**TRIED, "requests_per_day": 8})
    assert advise(TABLE, {**POLICIES, "requests_per_day": 8}).plan == ("rag",)
    assert advice.plan == ()
    assert advice.headline.endswith("so repair the RAG that fell short.")
    said = " ".join(text.render(advice).split())
    assert "What would close it: the RAG that fell short, once it is mended; or" in said
