"""Facts that nearly everybody answers alike are asked about in one question."""

from __future__ import annotations

import itertools

import pytest
from conftest import RULES
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.engine.decide import engine_for
from adaptadvisor.engine.search import relevant
from adaptadvisor.engine.space import Space
from adaptadvisor.interview.per_class import in_all
from adaptadvisor.interview.ranking import LISTED as MOST
from adaptadvisor.interview.ranking import next_question
from adaptadvisor.interview.state import Interview
from adaptadvisor.interview.together import both, several
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.facts import NotAValue

TABLE = load_table(RULES)
ENGINE = engine_for(TABLE)
LISTED = tuple(
    TABLE.facts[id] for id in ("per_user_access", "knowledge_updates", "prompt_affordable")
)
USUAL = {"per_user_access": False, "knowledge_updates": "never", "prompt_affordable": True}


@pytest.mark.parametrize(
    "line",
    [
        "n",
        "No.",
        "none",
        "0",
        "none of these",
        "none really",
        "no, none of them",
        "Nothing that we know of",
    ],
)
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


@pytest.mark.parametrize(
    "line", ["2=days", "2 days", "2: days", "knowledge_updates=days", "2 = every day"]
)
def test_what_exactly_is_so_can_be_said_with_the_number(line):
    told = several(LISTED, line)
    assert (told.answers, told.later) == ({**USUAL, "knowledge_updates": "days"}, ())


@pytest.mark.parametrize("line", ["1, 2=days 3?", "3? 2=days, 1", "1 2=days and 3?"])
def test_one_line_holds_what_is_so_what_exactly_and_what_is_not_known(line):
    assert several(LISTED, line).answers == {
        "per_user_access": True,
        "knowledge_updates": "days",
        "prompt_affordable": None,
    }


@pytest.mark.parametrize("line", ["1=4,791", "1 4,791", "1=4,791, 2", "2, 1=4,791", "1=4791 and 2"])
def test_a_comma_inside_a_number_ends_no_part(line):
    facts = (TABLE.facts["preference_pairs"], TABLE.facts["per_user_access"])
    told = several(facts, line).answers
    assert told == {"preference_pairs": 4791, "per_user_access": "2" in line}


def test_a_wrong_word_for_what_is_so_names_the_right_ones():
    with pytest.raises(NotAValue, match=r"expected one of never, months or days"):
        several(LISTED, "2=tuesday")


PAIR = (TABLE.facts["examples"], TABLE.facts["classes"])


@pytest.mark.parametrize(
    "line", ["6000, 12", "6,000, 12", "6k; 12", "6000 examples in 12 classes", "6000 and 12"]
)
def test_two_facts_that_go_together_are_told_in_one_line(line):
    assert both(PAIR, line).answers == {"examples": 6000, "classes": 12}


def test_what_a_line_leaves_out_of_two_facts_is_asked_by_itself():
    told = both(PAIR, "6,000")
    assert (told.answers, told.later) == ({"examples": 6000}, (PAIR[1],))
    assert both(PAIR, "6000, ?").answers == {"examples": 6000, "classes": None}
    assert both(PAIR, "u").answers == {"examples": None, "classes": None}


@pytest.mark.parametrize("line", ["tuesday", "1, 2, 3", "6000, many"])
def test_what_is_no_answer_to_two_facts_is_one_line(line):
    with pytest.raises(NotAValue):
        both(PAIR, line)


@pytest.mark.parametrize("line", ["", "4", "y", "tuesday", "tuesday 1", "-1", "=", "1=x=2"])
def test_anything_else_is_one_line_that_says_what_would_be_right(line):
    with pytest.raises(NotAValue, match=r"numbers from 1 to 3 .* or n if none|y or n"):
        several(LISTED, line)


@pytest.mark.parametrize("name", ["access differs per user", "Access differs per user"])
def test_the_name_of_a_fact_stands_for_its_number(name):
    assert several(LISTED, name).answers["per_user_access"] is True


def test_every_usual_answer_is_one_that_the_table_knows_and_judges_likeliest():
    listed = [fact for fact in TABLE.questions if fact.unless]
    assert len(listed) > 5
    for fact in listed:
        first, second = sorted((cases for _, cases in fact.likely), reverse=True)[:2]
        assert first > second, f"{fact.id}: a list takes one answer for granted"


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("3, I don't know the rest", {"per_user_access": None, "knowledge_updates": None, "prompt_affordable": False}),
        ("2=days; the rest ?", {"per_user_access": None, "knowledge_updates": "days", "prompt_affordable": None}),
        ("i do not know the others", dict.fromkeys(USUAL)),
    ],
)  # fmt: skip
def test_whoever_does_not_know_the_rest_of_a_list_can_say_so(line, answers):
    assert several(LISTED, line).answers == answers


def test_what_was_tried_can_be_named_in_other_words_by_its_number():
    facts = (TABLE.facts["tried"], *LISTED)
    assert several(facts, "1=rag on chunks").answers["tried"] == ("rag",)
    assert several(facts, "1 SetFit, 2").answers["tried"] == ("task_head",)
    with pytest.raises(NotAValue):
        several(facts, "1=we only considered rag")
    with pytest.raises(NotAValue, match="names no plan"):
        several(facts, "1=a thing of sorts")


def test_what_is_left_out_of_several_in_one_is_asked_later():
    told = both(PAIR, ", 100")
    assert told.answers == {"classes": 100}
    assert [fact.id for fact in told.later] == ["examples"]


@pytest.mark.parametrize(
    ("line", "known", "then", "whole"),
    [
        ("30 to 40 examples a class", 100, False, "3000..4000 examples"),
        ("35 per class", 20, False, "700 examples"),
        ("35 per class, 20 classes", None, False, "700 examples, 20 classes"),
        ("35 per class, 20", None, True, "700 examples, 20"),
        ("1.5k texts for each label", 4, False, "6000 examples"),
        ("3500 examples", 100, False, "3500 examples"),
        ("an hour a class", 100, False, "an hour a class"),
    ],
)
def test_examples_of_each_class_are_those_of_all_of_them(line, known, then, whole):
    assert in_all(line, *PAIR, known, then_classes=then) == whole


@pytest.mark.parametrize(
    "line", ["3.000 per class", "35 to 20 per class", "35 per class, 12.5 classes"]
)
def test_unclear_examples_of_each_class_are_refused(line):
    with pytest.raises(NotAValue, match=r"may mean|smaller number comes first|whole number"):
        in_all(line, *PAIR, None if "classes" in line else 10)


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("3k,12", {"examples": 3000, "classes": 12}),
        ("6,000,12", {"examples": 6000, "classes": 12}),
        ("6,000", {"examples": 6000}),
    ],
)
def test_commas_part_answers_with_and_without_a_blank(line, answers):
    assert both(PAIR, line).answers == answers


@pytest.mark.parametrize("known", [None, True, "many"])
def test_examples_of_each_class_need_the_number_of_classes(known):
    with pytest.raises(NotAValue, match="35 per class, 100 classes"):
        in_all("35 per class", *PAIR, known)


def test_each_of_several_facts_can_change_the_plan_and_speaks_of_this_task():
    met = 0
    for task, result in itertools.product(
        ("label", "extract", "code", "rewrite"), ("passes", "far")
    ):
        facts = {"task": task, "prompt_result": result, "main_error": "skill"}
        question = next_question(ENGINE, facts)
        if not question or not question.together:
            continue
        met += 1
        assert question.fact in question.together
        assert len(question.together) <= MOST
        space = Space(ENGINE, facts)
        for each in question.together:
            assert relevant(space, each) is not False, (facts, each.id)
            rare = each.unless and task in each.rare_in
            assert not rare or task in question.fact.rare_in, each.id
    assert met > 2


def test_examples_and_classes_are_one_question_where_both_matter_and_none_where_classes_do_not():
    plain = {"private_knowledge": False, "specialisation": "general", "task_changes": "never"}
    missed = {"prompt_result": "far", "main_error": "skill", **plain}
    label = next_question(ENGINE, {"task": "label", **missed})
    assert label.together == PAIR
    write = next_question(ENGINE, {"task": "write", **missed})
    assert "classes" not in {fact.id for fact in write.together}


def test_how_good_examples_are_is_asked_beside_their_number_and_alone_once_that_is_known():
    missed = {"task": "write", "prompt_result": "far", "main_error": "style"}
    known = {"behaviour_shift": "strong", "model_access": "weights", **missed}
    beside = [next_question(ENGINE, known, [*USUAL, "preference_pairs"], ["data_quality"])]
    while "examples" not in {fact.id for fact in (beside[-1].together or (beside[-1].fact,))}:
        closed = [*USUAL, "preference_pairs", *(one.fact.id for one in beside)]
        beside.append(next_question(ENGINE, known, closed, ["data_quality"]))
    assert [fact.id for fact in beside[-1].together] == ["examples", "data_quality"]
    interview = Interview(TABLE, {**known, "examples": 0})
    while (question := interview.question()) is not None:
        assert "data_quality" not in {fact.id for fact in (question.fact, *question.together)}
        for fact in question.together or (question.fact,):
            interview.answer(fact.id, None)


def test_what_is_rare_in_a_task_is_asked_about_in_one_question_where_it_has_to_be_asked():
    known = {
        "task": "label",
        "prompt_result": "far",
        "main_error": "skill",
        "examples": 0,
        "classes": 8,
        "private_knowledge": False,
        "task_changes": "never",
        "latency_ms": 3000,
        "whole_document": False,
        "specialisation": "general",
        "language_coverage": "high",
        "tenants": 1,
        "judgement": "nuanced",
        "teacher": False,
        "prompt_affordable": True,
    }
    question = next_question(ENGINE, known)
    rare = [fact.id for fact in question.together if "label" in fact.rare_in]
    assert len(rare) > 1, question


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


def test_what_was_told_unasked_counts_as_no_question_until_it_is_asked():
    interview = Interview(TABLE, {})
    interview.answer("examples", 500)
    interview.told.add("examples")
    interview.answer("task", "label")
    assert interview.asked == 1
    interview.answer("examples", 600)
    assert interview.asked == 2


WORDS = st.sampled_from(
    (
        *(
            "1",
            "2",
            "3?",
            "=",
            "1=",
            "2=days",
            "2 days",
            "3=no",
            "and",
            ",",
            ";",
            "?",
            "y",
            "n",
            "9",
        ),
        *("1=1e999", "1=-1", "1=1,000", "access differs per user", "\x00", "²", "none", "no, 3"),
    )
)


@given(st.lists(WORDS, max_size=6).map(" ".join) | st.text(max_size=20))
def test_any_line_answers_each_of_several_facts_once_or_says_what_would_be_right(line):
    for read, facts in ((several, LISTED), (both, PAIR)):
        try:
            told = read(facts, line)
        except NotAValue:
            continue
        ids = [*told.answers, *(fact.id for fact in told.later)]
        assert sorted(ids) == sorted(fact.id for fact in facts)
