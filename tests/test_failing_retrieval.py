"""Where retrieval was tried and fell short, the search is measured and mended before training."""

from __future__ import annotations

import pytest
from conftest import FULL, RULES

from adaptadvisor.advice.advise import advise
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import text

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
    assert "read-the-files" in [step.id for step in advice.route]


def test_a_failing_retrieval_is_repaired_before_the_plan_climbs():
    advice = advise(TABLE, TRIED)
    assert advice.repair is not None
    assert [row.id for row in advice.repair.symptoms] == [
        "passage-not-found",
        "passage-found-and-not-used",
    ]
    said = " ".join(text.render(advice, parts=FULL).split())
    assert "Repair before you climb" in said
    finds = advise(TABLE, {**TRIED, "retrieval_result": "finds"}).repair
    assert finds is not None
    assert finds.symptoms[0].id == "passage-found-and-not-used"
    assert advise(TABLE, POLICIES).repair is None
