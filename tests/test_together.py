"""Facts that nearly everybody answers alike are asked about in one question."""

from __future__ import annotations

import itertools

import pytest
from conftest import RULES

from adaptadvisor.engine.decide import engine_for
from adaptadvisor.engine.search import relevant
from adaptadvisor.engine.space import Space
from adaptadvisor.interview.ranking import UNUSUAL, next_question
from adaptadvisor.interview.state import Interview
from adaptadvisor.interview.together import several
from adaptadvisor.precedents.answers import Answers, is_usual, usual
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.facts import NotAValue

TABLE = load_table(RULES)
ENGINE = engine_for(TABLE)
LISTED = tuple(
    TABLE.facts[id] for id in ("per_user_access", "knowledge_updates", "prompt_affordable")
)
USUAL = {"per_user_access": False, "knowledge_updates": "never", "prompt_affordable": True}


@pytest.mark.parametrize("line", ["n", "No.", "none", "0", "none of these"])
def test_none_of_them_gives_each_its_usual_answer(line):
    told = several(LISTED, line)
    assert (told.answers, told.later) == (USUAL, ())


@pytest.mark.parametrize(
    "line", ["1, 3", "1 3", "3 and 1", "per_user_access, prompt_affordable", "1;3"]
)
def test_a_named_yes_or_no_has_its_other_answer(line):
    told = several(LISTED, line)
    assert told.answers == {**USUAL, "per_user_access": True, "prompt_affordable": False}
    assert told.later == ()


def test_a_named_fact_with_several_other_answers_is_asked_by_itself():
    told = several(LISTED, "2")
    assert told.later == (TABLE.facts["knowledge_updates"],)
    assert "knowledge_updates" not in told.answers


def test_a_question_mark_is_not_known_for_that_one_and_u_for_all():
    assert several(LISTED, "2? 1").answers == {
        "per_user_access": True,
        "knowledge_updates": None,
        "prompt_affordable": True,
    }
    assert several(LISTED, "u").answers == dict.fromkeys(USUAL)


@pytest.mark.parametrize("line", ["", "4", "y", "tuesday", "1 tuesday", "-1"])
def test_anything_else_is_one_line_that_says_what_would_be_right(line):
    with pytest.raises(NotAValue, match=r"numbers from 1 to 3 .* or n if none"):
        several(LISTED, line)


@pytest.mark.parametrize("name", ["access differs per user", "Access differs per user"])
def test_the_name_of_a_fact_stands_for_its_number(name):
    assert several(LISTED, name).answers["per_user_access"] is True


def test_every_usual_answer_is_one_that_the_table_knows_and_judges_likely():
    listed = [fact for fact in TABLE.questions if fact.unless]
    assert len(listed) > 5
    for fact in listed:
        amounts = dict(fact.likely)
        assert is_usual(fact, usual(fact))
        assert max(amounts.values()) * 2 > sum(amounts.values()), fact.id


def test_each_of_several_facts_can_change_the_plan_and_is_mostly_as_usual():
    met = 0
    for task, result in itertools.product(
        ("label", "extract", "code", "rewrite"), ("passes", "far")
    ):
        facts = {"task": task, "prompt_result": result, "main_error": "skill", "examples": 500}
        question = next_question(ENGINE, facts)
        if not question or not question.together:
            continue
        met += 1
        assert question.fact in question.together
        space = Space(ENGINE, facts)
        for each in question.together:
            assert relevant(space, each) is not False, (facts, each.id)
            cells = list(ENGINE.cells[each.id])
            shares = Answers(TABLE, facts).shares(each, cells)
            odd = sum(
                share
                for cell, share in zip(cells, shares, strict=True)
                if not is_usual(each, cell.value)
            )
            assert odd <= UNUSUAL + 0.1, each.id
    assert met > 2


def test_several_answers_count_as_one_question_and_are_taken_back_together():
    interview = Interview(TABLE, {})
    interview.answer("task", "code")
    interview.group(USUAL)
    for fact, value in USUAL.items():
        interview.answer(fact, value)
    assert interview.asked == 2
    assert set(interview.back()) == set(USUAL)
    assert (interview.asked, dict(interview.answered)) == (1, {"task": "code"})
    assert interview.kept == {"task": "code", **USUAL}, "nothing is lost by looking back"
    assert interview.back() == ("task",)
    assert interview.back() == ()
