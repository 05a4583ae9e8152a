"""A number may be a range or a word: how it is read and shown, what a test on it means, and that
advice on it is what all of its numbers have in common.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace

import oracle
import pytest
import strategies
from conftest import RULES, examples, fewer, sample_values
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import FACTS, a_fact, a_range, situations, table_of, tables

from adaptadvisor import advise
from adaptadvisor.advice import hinges, stored
from adaptadvisor.cli.main import run
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import relevant
from adaptadvisor.engine.space import Space
from adaptadvisor.interview.ranking import not_applying
from adaptadvisor.interview.state import Interview
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import as_json
from adaptadvisor.table import conditions
from adaptadvisor.table.conditions import ALWAYS, All, AnyOf, cells, within
from adaptadvisor.table.derived import DERIVED, with_derived
from adaptadvisor.table.facts import NotAValue, from_object, from_text, show
from adaptadvisor.table.ranges import WORDS, Range, spanning
from adaptadvisor.table.rows import Option

TABLE = load_table(RULES)
ENGINE = Engine(TABLE)
COUNT = a_fact("examples", "integer", minimum=0, maximum=10**9)
SIZE = a_fact("gpu_memory_gb", "number", minimum=0, maximum=1000)

# ---- reading and showing ----


@pytest.mark.parametrize(
    ("word", "low", "high"),
    [
        ("500..5k", 500, 5000),
        ("500 .. 5k", 500, 5000),
        ("500 to 5,000", 500, 5000),
        ("1k+", 1000, 10**9),
        ("1,000 or more", 1000, 10**9),
        ("1k..", 1000, 10**9),
        ("..500", 0, 500),
        ("1e3..2e3", 1000, 2000),
        ("dozens", 24, 99),
        ("Hundreds", 100, 999),
        ("thousands", 1000, 9999),
        ("tens of thousands", 10_000, 99_999),
        ("tens  of thousands", 10_000, 99_999),
        ("hundreds of thousands", 100_000, 999_999),
        ("millions", 10**6, 10**7 - 1),
        ("hundreds of millions", 10**8, 10**9 - 1),
        ("billions", 10**9, 10**9),
    ],
)
def test_a_range_or_a_word_means_the_numbers_between_its_ends(word, low, high):
    assert from_text(COUNT, word) == spanning(low, high, more=high == 10**9)
    assert from_object(COUNT, word) == from_text(COUNT, word), "in JSON it is text"


def test_none_is_zero_and_a_range_of_one_number_is_that_number():
    assert from_text(COUNT, "none") == from_object(COUNT, "none") == 0
    assert from_text(COUNT, "7..7") == 7
    assert from_text(replace(COUNT, maximum=150), "hundreds") == Range(100, 150, True), (
        "a word goes as far as the fact does"
    )


def test_words_do_not_overlap_but_for_dozens():
    spans = sorted(span for word, span in WORDS.items() if word not in ("none", "dozens"))
    assert all(one[1] + 1 == other[0] for one, other in itertools.pairwise(spans))


def test_a_number_with_decimals_may_be_a_range_too():
    assert from_text(SIZE, "0.5..24") == Range(0.5, 24)
    assert from_text(SIZE, ".5..1.5") == Range(0.5, 1.5)
    assert from_text(SIZE, "24+") == Range(24, 1000, True)


@pytest.mark.parametrize(
    ("word", "code", "says"),
    [
        ("5k..500", "reversed-range", "as in 500..5000"),
        ("1..2..3", "not-a-number", "500..5k, 1k+, hundreds"),
        ("1...3", "not-a-number", "500..5k, 1k+, hundreds"),
        ("1k++", "not-a-number", "500..5k, 1k+, hundreds"),
        ("..", "not-a-number", "500..5k, 1k+, hundreds"),
        ("+", "not-a-number", "500..5k, 1k+, hundreds"),
        ("many..few", "not-a-number", "500..5k, 1k+, hundreds"),
        ("few to many", "not-a-number", "500..5k, 1k+, hundreds"),
        ("scores", "not-a-number", "500..5k, 1k+, hundreds"),
        ("-5..5", "out-of-range", "from 0 to 1,000,000,000"),
        ("5..1e10", "out-of-range", "from 0 to 1,000,000,000"),
        ("2e9+", "out-of-range", "from 0 to 1,000,000,000"),
        ("tens of billions", "out-of-range", "from 0 to 1,000,000,000"),
        ("0.5..2", "not-whole", "a whole number"),
        ("05..9", "leading-zero", "05..9"),
    ],
)
def test_what_is_no_range_is_refused_in_one_line_that_says_what_would_be_right(word, code, says):
    with pytest.raises(NotAValue) as caught:
        from_text(COUNT, word)
    assert caught.value.code == code
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["12", "k", "", "many", "1,200", "5 k", "5kk"])
def test_a_text_in_json_that_is_no_range_is_still_no_number(text):
    with pytest.raises(NotAValue) as caught:
        from_object(COUNT, text)
    assert caught.value.code == "wrong-type"


def test_a_range_is_shown_as_people_write_it():
    assert show(Range(500, 5000)) == "500 to 5,000"
    assert show(from_text(COUNT, "1k+")) == "1,000 or more"
    assert show(Range(0.5, 1.5)) == "0.5 to 1.5"


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 1000), st.floats(0, 1000))
def test_what_a_file_holds_is_read_again_as_the_same_range(one, other, small, large):
    for fact, ends in ((COUNT, (one, other)), (SIZE, (small, large))):
        span = from_object(fact, a_range(fact, *ends))
        if isinstance(span, Range):
            assert from_text(fact, str(span)) == from_object(fact, str(span)) == span
            assert from_text(fact, str(span)).high == span.high
            assert fact is SIZE or from_text(fact, show(span)) == span


# ---- what a test on a range means ----

EDGES = st.one_of(st.sampled_from([-math.inf, math.inf]), st.integers(0, 30))
INTERVALS = st.lists(st.tuples(EDGES, EDGES).map(lambda two: tuple(sorted(two))), max_size=3)


@given(INTERVALS, st.integers(0, 30), st.integers(0, 30))
def test_a_test_holds_for_a_range_if_for_every_number_in_it_and_fails_if_for_none(
    intervals, one, other
):
    assume(one != other)
    span = Range(*sorted((one, other)))
    test = conditions.Test("examples", (), tuple(intervals))
    answers = {test.accepts(number) for number in range(span.low, span.high + 1)}
    assert test.accepts(span) == (answers.pop() if len(answers) == 1 else None)


NUMERIC = [row for row in DERIVED if row.fact.inputs != ("tried",)]


@pytest.mark.parametrize("row", NUMERIC, ids=lambda row: row.fact.id)
def test_a_derived_fact_takes_no_range_for_a_number(row):
    """Deciding relies on it: it asks what is a range only where this fails."""
    for ranged in row.fact.inputs:
        given = [Range(1, 5) if name == ranged else 3 for name in row.fact.inputs]
        with pytest.raises(TypeError):
            row.compute(*given)


@pytest.mark.parametrize("row", NUMERIC, ids=lambda row: row.fact.id)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 9)), min_size=2, max_size=2))
def test_a_derived_fact_of_ranges_is_all_that_its_numbers_give(row, spans):
    given = dict(
        zip(row.fact.inputs, (spanning(low, low + more) for low, more in spans), strict=True)
    )
    every = {
        row.compute(one, other)
        for one in range(spans[0][0], sum(spans[0]) + 1)
        for other in range(spans[1][0], sum(spans[1]) + 1)
    }
    known = with_derived(given)
    if len(every) == 1:
        assert known[row.fact.id] == every.pop()
    elif row.fact.type == "bool":
        assert row.fact.id not in known
    else:
        assert known[row.fact.id] == Range(min(every), max(every))


def test_cells_within_a_range_are_named_with_its_ends():
    row = cells(COUNT, (200.0, 1000.0))
    assert list(map(str, within(row, Range(500, 5000)))) == ["500 to 999", "1,000 to 5,000"]
    assert list(map(str, within(row, Range(0, 200)))) == ["at most 199", "200"]
    assert list(map(str, within(row, from_text(COUNT, "500+")))) == ["500 to 999", "1,000 or more"]
    sizes = within(cells(SIZE, (16.0,)), Range(8, 24))
    assert list(map(str, sizes)) == ["8 to under 16", "16 to 24"]


# ---- deciding ----


@settings(max_examples=fewer(200))
@given(tables(), st.data())
def test_a_wider_range_never_makes_certain_or_impossible_what_was_open(table, data):
    engine = Engine(table)
    facts = data.draw(situations(table, engine))
    narrow = {fact for fact in facts if table.facts[fact].numeric}
    assume(narrow)
    fact = FACTS[data.draw(st.sampled_from(sorted(narrow)))]
    value = facts[fact.id]
    low, high = (value.low, value.high) if isinstance(value, Range) else (value, value)
    wider = Range(
        data.draw(st.integers(int(fact.minimum), int(low))),
        data.draw(st.integers(int(high), int(fact.maximum))),
    )
    certain, possible = engine.state(facts)
    certain_before, possible_before = engine.state({**facts, fact.id: wider})
    assert certain_before & ~certain == 0
    assert possible & ~possible_before == 0
    unknown = engine.state(hinges.without(facts, fact.id))
    assert unknown[0] & ~certain_before == possible_before & ~unknown[1] == 0, "more is known"


@settings(max_examples=examples(100))
@given(situations(TABLE, ENGINE), st.data())
def test_a_range_of_one_number_is_that_number(facts, data):
    fact = data.draw(st.sampled_from([fact for fact in TABLE.questions if fact.numeric]))
    number = data.draw(st.sampled_from(sample_values(TABLE, ENGINE, fact.id)))
    same = {**facts, fact.id: Range(number, number)}
    assert ENGINE.state(same) == ENGINE.state({**facts, fact.id: number})


ANSWERS = {
    "shade": ["light", "dark", "none"],
    "wet": [False, True],
    "size": [0, 2, 3, 8, 9, 20, 21, 60, 61, 100],
    "examples": list(range(201)),
    "classes": list(range(2, 13)),
}


LINES = strategies.tests().filter(lambda test: test.intervals)
"""Tests of numbers, derived ones among them."""


def drawn_by_numbers():
    """Tables in which a need and a limit hang on two lines each."""
    pairs = st.lists(LINES, min_size=1, max_size=2).map(tuple)
    conditions = st.one_of(pairs.map(All), pairs.map(AnyOf))
    return st.builds(
        lambda when, provided, out: table_of(
            [
                (ALWAYS, [_option("prompt"), _option("lora")]),
                (when, [_option("rag", provided), _option("full")]),
            ],
            [(out, ["prompt"])],
        ),
        conditions,
        conditions,
        conditions,
    )


def _option(approach, provided=ALWAYS):
    return Option(approach=approach, because="", when=ALWAYS, provided=provided)


@settings(max_examples=fewer(200))
@given(drawn_by_numbers(), st.data())
def test_where_only_ranges_are_open_settled_means_that_all_their_numbers_have_this_plan(
    table, data
):
    engine = Engine(table)
    facts = {fact: data.draw(st.sampled_from(values)) for fact, values in ANSWERS.items()}
    ranged = data.draw(
        st.sampled_from([("size",), ("examples",), ("classes",), ("examples", "classes")])
    )
    for fact in ranged:
        other = data.draw(st.sampled_from(ANSWERS[fact]))
        facts[fact] = a_range(FACTS[fact], facts[fact], other)
    plans = [oracle.decide(table, one)[0] for one in oracle.completions(facts, ANSWERS)]
    plan = oracle.decide(table, facts)[0]
    assert hinges.settled(engine, facts) == (set(plans) == {plan})
    space = Space(engine, facts)
    if len(ranged) == 1:
        fact = FACTS[ranged[0]]
        assert relevant(space, fact) == (len(set(plans)) > 1)
        said = {
            row.plan
            for one in hinges.hinges(engine, facts, is_settled=False)
            if one.fact == fact.id
            for row in one.answers
        }
        assert said == (set(plans) if set(plans) != {plan} else set())


# ---- what people see ----

LABELLING = ["--task", "label", "--model-access", "api", "--classes", "4"]


def _advice(capsys, *words):
    assert run(["recommend", *words, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_line_inside_a_range_is_an_open_question_with_the_plan_on_either_side(capsys):
    advice = _advice(capsys, *LABELLING, "--examples", "150..5k")
    (hinge,) = [hinge for hinge in advice["hinges"] if hinge["fact"] == "examples"]
    assert [(row["answer"], row["plan"]) for row in hinge["answers"]] == [
        ("150 to 199", ["prompt"]),
        ("200 to 5,000", ["task_head"]),
    ]
    assert advice["facts"]["examples"] == "150..5000"
    assert run(["recommend", *LABELLING, "--examples", "150..5k", "--show", "changes"]) == 0
    shown = capsys.readouterr().out
    assert "150 to 199" in shown


def test_a_range_on_one_side_of_every_line_gives_the_advice_of_its_numbers(capsys):
    ranged = _advice(capsys, *LABELLING, "--examples", "1000..1100")
    exact = _advice(capsys, *LABELLING, "--examples", "1050")
    for part in ("plan", "settled", "hinges", "verdicts", "variants", "route", "checks"):
        assert ranged[part] == exact[part], part


def test_the_end_of_a_range_near_a_line_is_announced_and_a_line_inside_is_not():
    facts = {"task": "label", "model_access": "api", "classes": 4}
    near = advise(TABLE, {**facts, "examples": "205..400"}).near_thresholds
    assert [(one.fact, one.value, one.threshold) for one in near] == [
        ("examples", Range(205, 400), 200)
    ]
    assert not advise(TABLE, {**facts, "examples": "190..400"}).near_thresholds
    assert not advise(TABLE, {**facts, "examples": "300..400"}).near_thresholds


def test_ranges_come_back_from_every_file(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = [*LABELLING, "--examples", "1k+", "--gpu-memory-gb", "0.5..24"]
    first = _advice(capsys, *words, "--save", "facts.yaml")
    assert "examples: 1000+\n" in (tmp_path / "facts.yaml").read_text()
    assert _advice(capsys, "--facts", "facts.yaml") == first
    (tmp_path / "facts.json").write_text(json.dumps(first["facts"]))
    assert _advice(capsys, "--facts", "facts.json") == first
    assert as_json.render(stored.read(json.dumps(first), "a.json")) == as_json.render(
        advise(TABLE, first["facts"])
    )
    (tmp_path / "cases").write_text(json.dumps({"id": 1, "facts": first["facts"]}))
    assert run(["batch", "cases"]) == 0
    assert json.loads(capsys.readouterr().out)["plan"] == first["plan"]


def test_a_rule_tests_numbers_never_against_a_word(tmp_path, capsys):
    (tmp_path / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    (tmp_path / "limits.yaml").write_text(
        "- {id: no-experience, override: true, when: {deadline_days: 9+}}\n"
    )
    assert run(["--rules", str(tmp_path), "rules", "lint"]) == 3
    assert '"9+" is no test of a number' in capsys.readouterr().out


# ---- the interview ----


def test_whoever_gives_a_range_is_not_asked_for_it_again():
    interview = Interview(TABLE, {"task": "label"})
    interview.answer("examples", from_text(TABLE.facts["examples"], "150..5k"))
    asked = []
    while question := interview.question():
        asked.append(question.fact.id)
        assert len(asked) == len(set(asked))
        interview.answer(question.fact.id, None)
    assert "examples" not in asked
    assert interview.inexact


def test_a_question_that_applies_for_some_numbers_of_a_range_is_asked():
    at_most = from_text(TABLE.facts["examples"], "..500")
    assert "data_quality" not in not_applying(TABLE, {"examples": at_most}, ())
    assert "data_quality" in not_applying(TABLE, {"examples": 0}, ())
