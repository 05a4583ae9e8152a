"""What would have to be different for a wanted plan: the smallest changes, exactly, and how they
are told.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from dataclasses import replace

import pytest
from conftest import RULES, fewer, sample_values
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import situations, tables, with_attempts
from test_space import EVERY_ANSWER

from adaptadvisor.advice import what_if as changes
from adaptadvisor.advice.what_if import smallest_changes, what_if
from adaptadvisor.cli.main import run
from adaptadvisor.engine import search
from adaptadvisor.engine.decide import Engine
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.plans import APPROACHES, members, name
from adaptadvisor.table.ranges import Range

TABLE = load_table(RULES)
ENGINE = Engine(TABLE)

BIGGEST = 3
"""Changes up to which every combination is tried out."""


def _allowed(engine, facts, fact, value):
    """Whether a known answer may become this one, by the words of its row."""
    row = next(row for row in engine.askable if row.id == fact)
    now = facts.get(fact)
    if now is None or row.changes == "any":
        return True
    if row.changes == "never":
        return False
    if row.numeric:
        return value >= (now.low if isinstance(now, Range) else now)
    return row.values.index(value) >= row.values.index(now)


def _by_brute_force(engine, facts, goals):
    """The smallest sets of facts that can be answered so that a wanted plan comes out; None where
    no set of up to BIGGEST can.
    """
    answers = {
        fact: [value for value in values if _allowed(engine, facts, fact, value)]
        for fact, values in EVERY_ANSWER.items()
    }
    for size in range(BIGGEST + 1):
        found = {
            chosen
            for chosen in itertools.combinations(EVERY_ANSWER, size)
            if any(
                goals >> engine.decide({**facts, **dict(zip(chosen, values, strict=True))}).plan & 1
                for values in itertools.product(*(answers[fact] for fact in chosen))
            )
        }
        if found:
            return found
    return None


def _with_changes(table, data):
    """The table with any rule for each fact of what may become of a known answer."""
    rule = st.sampled_from(["any", "any", "up", "never"])
    facts = {
        id: fact if fact.derived else replace(fact, changes=data.draw(rule))
        for id, fact in table.facts.items()
    }
    return replace(table, facts=facts)


@settings(max_examples=fewer(60))
@given(tables(), st.data())
def test_the_smallest_changes_agree_with_trying_out_every_combination_of_answers(table, data):
    engine = Engine(_with_changes(table, data))
    facts = data.draw(with_attempts(table, engine))
    goals = 1 << data.draw(st.integers(0, 31)) | 1 << data.draw(st.integers(1, 31))
    ways = smallest_changes(engine, facts, goals)
    assert not ways.not_searched
    expected = _by_brute_force(engine, facts, goals)
    found = {
        tuple(fact for fact in EVERY_ANSWER if fact in {change.fact for change in way.changes})
        for way in ways.ways
    }
    if expected is None:
        assert all(len(way) > BIGGEST for way in found)
    else:
        assert found <= expected
        assert (len(found), ways.more) == (min(3, len(expected)), len(expected) > 3)


@settings(max_examples=fewer(60))
@given(tables(), st.data())
def test_the_answers_of_a_way_give_the_plan_that_it_names(table, data):
    engine = Engine(table)
    facts = data.draw(with_attempts(table, engine))
    for way in smallest_changes(engine, facts, 1 << data.draw(st.integers(1, 31))).ways:
        changed = {**facts, **{change.fact: change.value for change in way.changes}}
        outcome = engine.decide(changed)
        assert (members(outcome.plan), outcome.open_needs) == (way.plan, way.open_needs)
        assert all(change.now == facts.get(change.fact) != change.value for change in way.changes)


def _meant(fact, words):
    """The values of a fact that words such as `label or match`, `at most 49` or `200 to 499` stand
    for, near every line of the table.
    """
    every = sample_values(TABLE, ENGINE, fact.id)
    if not fact.numeric:
        return [value for value in every if str(value).lower() in words.split(" or ")]
    numbers = [float(part.replace(",", "")) for part in re.findall(r"[\d,.]+", words)]
    if words.startswith("at most"):
        return [value for value in every if value <= numbers[0]]
    if words.startswith("under"):
        return [value for value in every if value < numbers[0]]
    if words.startswith("more than"):
        return [
            value
            for value in every
            if value > numbers[0] and (len(numbers) < 2 or value < numbers[1])
        ]
    if words.endswith("or more"):
        return [value for value in every if value >= numbers[0]]
    if len(numbers) == 2:
        return [
            value
            for value in every
            if numbers[0] <= value
            and (value < numbers[1] if "under" in words else value <= numbers[1])
        ]
    return [value for value in every if value == numbers[0]]


@settings(max_examples=fewer(15))
@given(
    situations(TABLE, ENGINE, most=8),
    st.sampled_from([*APPROACHES, "rag+lora", "rag+task_head"]),
    st.integers(0, 1000),
)
def test_every_combination_of_the_answers_that_are_named_gives_the_wanted_plan(facts, wanted, seed):
    rnd = random.Random(seed)
    for way in what_if(TABLE, facts, wanted.split("+")).ways:
        meant = {
            change.fact: _meant(TABLE.facts[change.fact], change.answer) for change in way.changes
        }
        assert all(meant.values()), way
        for _ in range(50):
            answers = {fact: rnd.choice(values) for fact, values in meant.items()}
            assert name(ENGINE.decide({**facts, **answers}).plan) == wanted, (way, answers)
        for change in way.changes:
            fewer = {other.fact: other.value for other in way.changes if other != change}
            assert name(ENGINE.decide({**facts, **fewer}).plan) != wanted, "every change is needed"


def _said(capsys, *words):
    code = run(["what-if", *words])
    heard = capsys.readouterr()
    return code, heard.out, heard.err


CODE = [
    "--task",
    "code",
    "--prompt-result",
    "close",
    "--main-error",
    "skill",
    "--model-access",
    "api",
]


def test_a_wanted_plan_comes_with_the_answers_that_it_would_take(capsys):
    code, out, err = _said(capsys, "--to", "lora", *CODE)
    assert (code, err) == (0, "")
    assert out.startswith("Plan now: prompt\nFor LoRA, 2 answers would have to be different.")
    first_way = out.partition("\nor\n")[0]
    assert "- labelled examples: 200 or more (not known now)" in first_way
    assert "- access to the model: api tuning or weights (now api)" in first_way


def test_what_can_be_brought_about_comes_before_what_cannot(capsys):
    ways = what_if(
        TABLE,
        {"task": "code", "prompt_result": "close", "main_error": "skill", "model_access": "api"},
        ["lora"],
    ).ways
    stuck = [sum(not change.obtainable for change in way.changes) for way in ways]
    assert stuck == sorted(stuck)
    assert stuck[0] == 0


def test_json_says_the_same_as_python_and_never_where_or_when(capsys):
    code, out, _ = _said(capsys, "--to", "rag+lora", "--format", "json", *CODE)
    found = what_if(
        TABLE,
        {"task": "code", "prompt_result": "close", "main_error": "skill", "model_access": "api"},
        ["rag", "lora"],
    )
    assert code == 0
    assert json.loads(out) == json.loads(json.dumps(found.as_data()))
    assert json.loads(out)["schema"] == "adaptadvisor/what-if/1"


def test_a_plan_that_is_the_advice_already_takes_no_change(capsys):
    assert _said(capsys, "--to", "prompt") == (
        0,
        "Plan now: prompt\nprompt is the plan already.\n",
        "",
    )


def test_a_plan_inside_one_that_was_tried_is_never_promised(capsys):
    code, out, _ = _said(capsys, "--to", "lora", "--tried", "rag+lora", *CODE)
    assert code == 0
    assert "No answers make LoRA the plan: RAG + LoRA was tried and fell short." in out


def test_a_plan_that_no_answers_lead_to_is_called_so(capsys):
    code, out, _ = _said(capsys, "--to", "task_head", "--task", "write", "--tried", "task_head")
    assert code == 0
    assert "No answers make task head the plan" in " ".join(out.split())


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ["--to", "fine-tuning"],
            (
                '--to: error[unknown-choice]: "fine-tuning" is none of prompt, rag, task_head, lora'
                " or full"
            ),
        ),
        (
            ["--to", ""],
            (
                "--to: error[missing-value]: needs a plan: one or more of prompt, rag, task_head,"
                " lora, full, joined by +"
            ),
        ),
        (
            [],
            (
                "--to: error[missing-value]: needs a plan: one or more of prompt, rag, task_head,"
                " lora, full, joined by +"
            ),
        ),
        (
            ["--to", "lora", "--set", "nonsense=1"],
            '--set: error[unknown-fact]: there is no fact "nonsense"',
        ),
    ],
)
def test_what_cannot_be_understood_is_one_line_and_code_2(capsys, words, line):
    assert _said(capsys, *words) == (2, "", line + "\n")


def test_a_plain_page_has_no_colour_and_the_same_words(capsys, monkeypatch):
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    _, plain, _ = _said(capsys, "--to", "lora", "--plain", *CODE)
    _, coloured, _ = _said(capsys, "--to", "lora", *CODE)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d*m", "", coloured) == plain != coloured


def test_an_answer_can_be_written_to_a_file(capsys, tmp_path):
    path = tmp_path / "way.txt"
    said = _said(capsys, "--to", "lora", *CODE, "-o", str(path))
    assert said == (0, "", f"Written: {path}\n")
    assert (tmp_path / "way.txt").read_text().startswith("Plan now: prompt")


def test_what_takes_too_long_is_said_not_to_have_been_searched_and_nothing_wrong_is_claimed(
    capsys, monkeypatch
):
    monkeypatch.setattr(changes, "BUDGET", 60)
    code, out, _ = _said(capsys, "--to", "prompt+full")
    said = " ".join(out.split())
    assert code == 0
    assert (
        "No way to prompt + full fine-tuning was found. Not searched, because it would take too long:"
        in said
    )
    assert "No answers make" not in out
    found = what_if(TABLE, {}, ["prompt", "full"])
    assert found.not_searched.startswith("some sets of ")
    assert (found.ways, found.because) == ((), "")


@settings(max_examples=fewer(60))
@given(tables(), st.data(), st.integers(1, 60))
def test_with_any_bound_the_ways_found_are_smallest_ones_and_none_is_claimed_to_be_missing(
    table, data, budget
):
    engine = Engine(table)
    facts = data.draw(situations(table, engine))
    goals = 1 << data.draw(st.integers(1, 31))
    whole = smallest_changes(engine, facts, goals)
    part = smallest_changes(engine, facts, goals, budget=budget)
    if not part.not_searched:
        assert part == whole
    elif part.ways:
        assert len(part.ways[0].changes) == len(whole.ways[0].changes)
    else:
        size = int(part.not_searched.split()[3])
        assert not whole.ways or len(whole.ways[0].changes) >= size


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"tried": ("rag", "prompt")}, "rag+prompt"),
        ({}, "prompt+full"),
        ({"tried": ("task_head+lora",)}, "prompt+task_head+full"),
    ],
)
def test_a_what_if_looks_at_thousands_of_partial_situations_never_at_millions(
    facts, wanted, monkeypatch
):
    looked_at = []
    view = search.View
    monkeypatch.setattr(search, "View", lambda *parts: looked_at.append(1) or view(*parts))
    what_if(TABLE, facts, wanted.split("+"))
    assert len(looked_at) < 25_100


LABELS = ["--task", "label", "--examples", "3000", "--classes", "5"]
ASSISTANT = ["--task", "answer", "--private-knowledge", "--knowledge-updates", "days"]


def test_nobody_is_told_to_throw_examples_away(capsys):
    _, out, _ = _said(capsys, "--to", "full", *LABELS, "--requests-per-day", "100k")
    assert re.search(r"labelled examples: 50,000", out) or "labelled examples" not in out
    assert "labelled examples: 0" not in out


@settings(max_examples=fewer(15))
@given(situations(TABLE, ENGINE, most=8), st.sampled_from([*APPROACHES, "rag+lora"]))
def test_no_way_changes_the_task_or_takes_away_what_is_at_hand(facts, wanted):
    found = what_if(TABLE, facts, wanted.split("+"))
    for way in filter(None, (*found.ways, found.part)):
        for change in way.changes:
            assert _allowed(ENGINE, facts, change.fact, change.value), change
            assert change.fact != "task" or "task" not in facts


def test_where_only_another_situation_leads_there_the_nearest_plan_comes_first(capsys):
    _, out, _ = _said(capsys, "--to", "lora", *ASSISTANT, "--citations")
    said = " ".join(out.split())
    assert "No realistic way leads to LoRA alone; the nearest is RAG + LoRA:" in said
    nearest, alone = said.split("LoRA alone, if your situation were another")
    assert "private knowledge needed: no (now yes)" in alone
    assert "(now" not in nearest
    assert "kind of task" not in said


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("task head", "task head"),
        ("head", "task head"),
        ("Full fine-tuning", "full fine-tuning"),
        ("RAG + task head", "RAG + task head"),
        ("retrieval+LoRA", "RAG + LoRA"),
    ],
)
def test_a_plan_may_be_called_as_the_advice_calls_it(capsys, words, plan):
    code, out, err = _said(capsys, "--to", words, *LABELS)
    assert (code, err) == (0, "")
    assert plan in out
    code = run(["precedents", "--plan", words])
    assert (code, capsys.readouterr().err) == (0, "")


def test_what_was_tried_may_be_called_as_the_advice_calls_it(capsys):
    names = ["recommend", *ASSISTANT, "--tried", "RAG + task head, full fine-tuning"]
    ids = ["recommend", *ASSISTANT, "--tried", "rag+task_head,full"]
    assert run(names) == 0
    by_names = capsys.readouterr().out
    assert run(ids) == 0
    assert capsys.readouterr().out == by_names


@pytest.mark.parametrize(
    ("word", "task"),
    [
        ("labelling", "label"),
        ("labeling", "label"),
        ("extracting", "extract"),
        ("matching", "match"),
        ("answering", "answer"),
        ("rewriting", "rewrite"),
        ("writing", "write"),
        ("coding", "code"),
    ],
)
def test_a_task_may_be_called_by_what_one_does(capsys, word, task):
    assert run(["recommend", "--task", word]) == 0
    said = capsys.readouterr().out
    assert run(["recommend", "--task", task]) == 0
    assert capsys.readouterr().out == said
