"""What a conversation says and counts, led in memory: what a terminal adds is in test_ask.py."""

from __future__ import annotations

import io
import re
from contextlib import suppress

import pytest

from adaptadvisor.interview import conversation
from adaptadvisor.interview.console import Console, StoppedError
from adaptadvisor.interview.conversation import Conversation
from adaptadvisor.interview.state import Interview


class Typed(io.StringIO):
    """Lines of somebody who can be asked back."""

    def isatty(self) -> bool:
        return True


def held(table, *lines: str) -> tuple[Interview, str]:
    """The interview, and all that was said in it, blanks alike; it is left where the lines end."""
    interview, talk = Interview(table, {}), io.StringIO()
    typed = Typed("".join(f"{line}\n" for line in lines))
    console = Console(typed, talk, width=1_000, colour=False, plain=False)
    with suppress(StoppedError):
        Conversation(interview, console, lambda: None).hold()
    return interview, " ".join(talk.getvalue().split())


def test_after_two_unknown_answers_everything_that_can_still_change_the_plan_has_a_number(table):
    interview, said = held(table, "extract", "u", "u")
    offer = said.rpartition("What could still change it")[2]
    able = {fact.name for fact in interview.able_to_change()}
    named = {name: number for number, name in re.findall(r"\b(\d+)\.? (\D+?)(?=[,:.] )", offer)}
    assert named.keys() == able
    assert len(able) > 5
    fact = interview.table.facts["data_quality" if "quality of the examples" in able else "classes"]
    _, said = held(table, "extract", "u", "u", named[fact.name])
    assert f"({fact.id})" in said.rpartition("Enter finishes with what is known.")[2]


def test_where_it_gets_long_the_person_may_finish_pick_or_go_on_and_is_not_asked_again(
    table, monkeypatch
):
    monkeypatch.setattr(conversation, "LONG", 3)
    start = ("write", "far", "n")
    interview, said = held(table, *start, "")
    assert said.count("3 questions are answered. With what is known the plan is") == 1
    assert interview.asked == 3
    assert "Your answers:" in said
    went_on, said = held(table, *start, "go", "style", "0")
    assert went_on.asked > 3
    assert said.count("questions are answered") == 1
    _, said = held(table, *start, "1")
    assert "[4 of" in said.rpartition("questions are answered")[2]


def test_what_was_tried_is_asked_where_its_number_alone_was_named(table):
    _, said = held(table, "answer", "far", "1")
    assert "is not asked" not in said
    assert "(tried)" in said.rpartition("Counted:")[2]


@pytest.mark.parametrize("statement", ["More than a plain prompt", "The knowledge behind"])
def test_what_somebody_says_is_so_is_asked_about_even_where_it_cannot_change_the_plan(
    table, statement
):
    _, said = held(table, "answer", "passes")
    number = re.findall(rf"(\d+)\. {statement}[^(]*\((\w+)", said)
    for place, fact in number:
        _, said = held(table, "answer", "passes", place)
        assert f"({fact})" in said.rpartition("Counted:")[2]
        assert "is not asked" not in said
    assert number


def test_what_somebody_said_is_so_is_kept_as_not_known_where_they_leave(table):
    _, said = held(table, "label", "far")
    place = re.search(r"(\d+)\. The language of the task", said)
    assert place
    interview, _ = held(table, "label", "far", place[1])
    assert interview.answers["language_coverage"] is None
    assert interview.answers["private_knowledge"] is False


def test_not_knowing_whether_one_fact_was_meant_answers_no_other(table):
    interview, said = held(table, "label", "far", "we serve 5 customers and have a 24 GB GPU", "u")
    assert "Did you mean" in said
    assert list(interview.answers) == ["task", "prompt_result"]


@pytest.mark.parametrize(
    "line", ["explain contracts to customers", "What is needed is a label for each"]
)
def test_an_answer_that_begins_like_a_question_is_not_explained(table, line):
    said: list[str] = []
    interview, talk = Interview(table, {}), io.StringIO()
    console = Console(Typed(f"{line}\n"), talk, width=1_000, colour=False, plain=False)
    console.explain = lambda word: said.append(word) or "explained"
    with suppress(StoppedError):
        Conversation(interview, console, lambda: None).hold()
    assert not said


def test_examples_of_the_rarest_class_are_those_of_one_class(table):
    interview, said = held(
        table, "label", "far", "n", "300, 12", "done", "rarest_class", "20 per class", "y"
    )
    assert "Taken as" not in said
    assert interview.facts["rarest_class"] == 20


def test_examples_of_each_class_are_multiplied_where_the_classes_are_known(table):
    start = ("label", "far", "n")
    _, said = held(table, *start, "35 per class")
    assert '"35 per class" is for each class' in said
    interview, said = held(table, *start, "35 per class, 100")
    assert "Taken as: 3500 examples, 100." in said
    assert (interview.facts["examples"], interview.facts["classes"]) == (3500, 100)


def test_an_answer_behind_a_number_changes_that_answer_at_the_end(table, monkeypatch):
    monkeypatch.setattr(conversation, "LONG", 3)
    interview, _ = held(table, "write", "far", "n", "", "2=close")
    assert list(interview.answers)[1] == "prompt_result"
    assert interview.facts["prompt_result"] == "close"


def test_what_gives_way_to_another_answer_is_said(table):
    _, said = held(table, "label", "about 1200 examples", "no, 900 examples it is", "y")
    assert 'Not counted: "about 1200 examples".' in said


@pytest.mark.parametrize("word", ["y", "1", "yes"])
def test_a_single_guess_is_counted_by_yes_or_its_number(table, word):
    interview, said = held(table, "label", "we have about 1200 examples", word)
    assert "y counts it, n does not." in said
    assert interview.facts == {"task": "label", "examples": 1200}


@pytest.mark.parametrize("line", ["examples 1200 and classes 12", "about 1200 examples"])
def test_an_empty_line_neither_counts_what_was_heard_nor_drops_it(table, line):
    interview, said = held(table, "label", line, "", "y")
    assert "nothing is counted unasked; expected y" in said, said
    assert interview.facts["examples"] == 1200


@pytest.mark.parametrize(("line", "examples"), [("about 900 examples", 900), ("u", None)])
def test_another_answer_at_a_guess_counts_in_its_place(table, line, examples):
    interview, said = held(table, "label", "about 1200 examples", line, "y")
    assert "y counts it, n does not." in said
    assert f'"{line}" is none of these' not in said
    assert interview.answers.get("examples") == examples


def test_after_a_no_the_question_is_put_again_with_its_choices(table):
    _, said = held(table, "label", "about 1200 examples", "n")
    assert "It falls a little short" in said.rpartition("y counts it, n does not.")[2]


def test_a_search_is_asked_about_in_its_own_words(table):
    _, said = held(table, "match", "?", "far")
    assert "How close does your present search" in said
    assert "It reaches the bar on held-out queries." in said
    assert "score keyword search (BM25)" in said
    assert "The best prompt reaches the bar" not in said


def test_the_main_error_is_asked_too_where_nobody_measured_the_prompt(table):
    interview, _ = held(table, "answer", "u", "n")
    assert "main_error" in {fact.id for fact in interview.able_to_change()}
