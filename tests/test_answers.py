"""How likely answers are taken to be, against counting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor import load_table
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.engine.space import answers
from adaptadvisor.precedents.answers import ENOUGH, FLOOR, Answers
from adaptadvisor.table.ranges import Range

TABLE = load_table()
ENGINE = engine_for(TABLE)
ASKED = [fact for fact in TABLE.questions if fact.id in ENGINE.cells]
TASKS = TABLE.facts["task"].values


@pytest.mark.parametrize("task", TASKS)
def test_shares_add_up_and_no_answer_is_impossible(task):
    likely = Answers(TABLE, {"task": task})
    for fact in ASKED:
        shares = likely.shares(fact, answers(ENGINE, {}, fact))
        assert sum(shares) == pytest.approx(1)
        assert min(shares) > 0


def test_a_share_is_what_the_table_judges_and_published_cases_of_the_task_state():
    fact = TABLE.facts["citations"]
    cases = [row.facts for row in TABLE.precedents.values() if row.facts.get("task") == "answer"]
    assert len(cases) >= ENOUGH
    yes = sum(case.get("citations") is True for case in cases)
    no = len(cases) - yes  # silence counts for what most have, which is no
    judged = dict(fact.likely)
    wanted = judged["yes"] + yes + FLOOR / 2
    total = sum(judged.values()) + yes + no + FLOOR
    shares = dict(zip(("no", "yes"), _shares("answer", fact), strict=True))
    assert shares["yes"] == pytest.approx(wanted / total)


def _shares(task, fact):
    return Answers(TABLE, {"task": task}).shares(fact, answers(ENGINE, {}, fact))


@given(st.sampled_from(TASKS), st.sampled_from(ASKED), st.integers(1, 300))
def test_drawn_answers_lie_in_their_cells_as_often_as_these_are_likely(task, fact, number):
    likely = Answers(TABLE, {"task": task})
    cells = answers(ENGINE, {}, fact)
    drawn = likely.drawn(fact, cells, number)
    assert len(drawn) == number
    for cell, share in zip(cells, likely.shares(fact, cells), strict=True):
        inside = sum(
            cell.low <= value < cell.high if fact.numeric else value == cell.value
            for value in drawn
        )
        assert abs(inside - share * number) <= 1


def test_a_range_that_is_known_leaves_only_what_lies_in_it():
    fact = TABLE.facts["examples"]
    known = {"task": "label", "examples": Range(500, 3000)}
    drawn = Answers(TABLE, known).drawn(fact, answers(ENGINE, known, fact), 100)
    assert all(500 <= value <= 3000 for value in drawn)
    assert len(set(drawn)) > 3
