"""Published cases as rows: what a table holds, what a team may add, and how like a situation is to one."""

from __future__ import annotations

from pathlib import Path

import pytest
import strategies
from conftest import RULES, examples
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptadvisor.engine.decide import engine_for
from adaptadvisor.errors import BadInput
from adaptadvisor.precedents.likeness import ALIKE, agreement, likeness, nearest, weight
from adaptadvisor.reading.cases import read_cases
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render.authoring import explain

TABLE = load_table(RULES)
OURS = """- id: our-letters
  title: Sorting our letters
  source: our own project
  situation: Letters are sorted into five classes.
  facts: {task: label, classes: 5, examples: 4k}
  authority: A small classifier was enough.
  accept: [[task_head]]
  checked: source
"""


def house(folder: Path, rows: str = OURS) -> Path:
    (folder / "precedents").mkdir()
    (folder / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    (folder / "precedents/ours.yaml").write_text(rows)
    return folder


# ---- the rows ----


def test_the_shipped_table_holds_the_published_cases_with_what_proved_right_in_each(table):
    assert len(table.precedents) == 219
    for row in table.precedents.values():
        assert row.title
        assert row.source
        assert row.accept
        assert row.results or row.authority
        assert row.year is None or 2020 <= row.year <= 2026


def test_a_team_adds_its_own_outcomes_and_leaves_out_one_that_is_not_like_it(tmp_path, table):
    new = load_table(house(tmp_path, f"{OURS}- {{id: b01, off: true}}\n"))
    assert new.precedents.keys() == table.precedents.keys() - {"b01"} | {"our-letters"}
    assert new.precedents["our-letters"].facts["examples"] == 4000
    assert new.digest != table.digest
    assert (
        nearest(new, {"task": "label", "classes": 5, "examples": 4000}, 1)[0].precedent
        == (new.precedents["our-letters"])
    )


def test_a_table_without_precedents_is_one(tmp_path):
    for path in RULES.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_table(tmp_path).precedents == {}
    (tmp_path / "precedents.yaml").write_text("# none yet\n")
    assert load_table(tmp_path).precedents == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("accept: [[task_head]]", "accept: []", ':7:11: error[missing-value]: "accept" needs'),
        ("accept: [[task_head]]", "accept: [[]]", ':7:11: error[missing-value]: "accept" needs'),
        ("accept: [[task_head]]", "accept: [[head]]", ':7:13: error[unknown-approach]: "head" is'),
        ("classes: 5", "classes: many", ':5:33: error[not-a-number]: "classes" is "many"'),
        ("task: label", "task: labels", ':5:17: error[unknown-choice]: "task" has no choice'),
        ("classes: 5", "clases: 5", ':5:24: error[unknown-fact]: there is no fact "clases"'),
        (
            "  source: our own project\n",
            "",
            ":1:3: error[missing-field]: a row of precedents needs",
        ),
        ("checked: source", "checked: yes", ':8:12: error[unknown-choice]: "checked" is "yes"'),
        ("id: our-letters", "id: b01", ':1:7: error[duplicate-id]: the id "b01" is taken'),
        ("facts:", "fact:", "error[unknown-field]: a row of precedents has no field"),
    ],
)
def test_a_row_with_a_mistake_is_refused_in_a_line_that_says_where(tmp_path, old, new, said):
    with pytest.raises(BadInput) as caught:
        load_table(house(tmp_path, OURS.replace(old, new)))
    lines = str(caught.value).splitlines()
    assert any(
        f"ours.yaml{said}" in line or (said[:1] != ":" and said in line) for line in lines
    ), lines
    assert len(lines) == (2 if old == "facts:" else 1)  # one that is missing, one that is unknown


def test_explain_shows_one_precedent_with_names_for_facts(table):
    text = " ".join(explain.render(table, "icd-cpt-coding-70b", 100).split())
    for words in (
        "Exact billing codes from clinical notes",
        "best prompt's result: far",
        "sensitive data: yes",
        "74,000 classes",
        "Proved right: LoRA or full fine-tuning",
        "Proved wrong, taken alone: prompt",
        "0.70 exact-match F1",
        "https://arxiv.org/abs/2603.23515",
    ):
        assert words in text
    assert "prompt_result" not in text


def test_the_list_of_everything_does_not_drown_in_precedents(table):
    assert "icd-cpt-coding-70b" not in explain.render(table, "all", 100)


# ---- likeness ----

SITUATIONS = strategies.situations(TABLE, engine_for(TABLE))


@given(SITUATIONS.filter(bool))
def test_a_situation_is_wholly_like_itself(facts):
    found = likeness(TABLE.facts, facts, facts)
    assert found.similarity == 1
    assert {*found.shares} == {*facts}
    assert not found.differs


@given(SITUATIONS, SITUATIONS)
def test_likeness_is_a_share_and_the_same_from_either_side(here, there):
    found, back = likeness(TABLE.facts, here, there), likeness(TABLE.facts, there, here)
    assert 0 <= found.similarity <= 1
    assert found.similarity == back.similarity
    assert found.shares == back.shares
    assert [(one.fact, one.there, one.here) for one in found.differs] == [
        (one.fact, one.here, one.there) for one in back.differs
    ]
    assert {*found.shares, *(one.fact for one in found.differs)} == here.keys() & there.keys()


@given(SITUATIONS, SITUATIONS, st.data())
def test_more_agreement_never_makes_them_less_alike(here, there, data):
    """Taking over an answer from the other one: one that is not known here, or another one."""
    if there:
        fact = data.draw(st.sampled_from(sorted(there)))
        nearer = likeness(TABLE.facts, here | {fact: there[fact]}, there)
        assert nearer.similarity >= likeness(TABLE.facts, here, there).similarity


@given(SITUATIONS, SITUATIONS, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(here, there, rnd):
    shuffled = list(here.items())
    rnd.shuffle(shuffled)
    assert likeness(TABLE.facts, dict(shuffled), there) == likeness(TABLE.facts, here, there)


@pytest.mark.parametrize(
    ("fact", "here", "nearer", "farther"),
    [
        ("examples", 100, 200, 2000),
        ("examples", 0, 1, 50),
        ("model_params_b", 7, 8, 70),
        ("specialisation", "general", "domain", "deep"),
        ("prompt_result", "passes", "close", "far"),
        ("tried", ("prompt", "rag"), ("prompt",), ("full",)),
    ],
)
def test_a_value_that_is_nearer_agrees_more(table, fact, here, nearer, farther):
    known = table.facts[fact]
    assert 1 > agreement(known, here, nearer) > agreement(known, here, farther) >= 0


def test_kinds_that_have_no_order_agree_or_do_not(table):
    for fact in ("task", "main_error"):
        one, *others = table.facts[fact].values
        assert {agreement(table.facts[fact], one, other) for other in others} == {0}


def test_a_shared_task_outweighs_any_other_fact(table):
    assert all(weight("task") > weight(fact) for fact in table.facts if fact != "task")


# ---- the nearest ----


@settings(max_examples=examples(30))
@given(SITUATIONS)
def test_the_nearest_come_first_and_are_all_there_is(facts):
    found = nearest(TABLE, facts)
    keys = [(-near.likeness.similarity, near.precedent.id) for near in found]
    assert keys == sorted(keys)
    assert nearest(TABLE, facts, 3) == found[:3]
    left = TABLE.precedents.keys() - {near.precedent.id for near in found}
    for id in left:
        row = TABLE.precedents[id]
        assert row.sparse or likeness(TABLE.facts, facts, row.facts).similarity == 0


def test_of_all_precedents_the_nearest_to_a_precedent_is_itself(table):
    for row in table.precedents.values():
        first = nearest(table, row.facts, 1, sparse=True)[0]
        assert first.likeness.similarity == 1
        assert first.precedent == row or first.precedent.facts == row.facts


def test_a_precedent_of_which_too_little_is_known_speaks_for_nobody_unless_asked(table):
    row = next(row for row in table.precedents.values() if row.sparse)
    assert row not in [near.precedent for near in nearest(table, row.facts)]
    assert row in [near.precedent for near in nearest(table, row.facts, sparse=True)]


def test_each_precedent_says_what_it_shares_and_where_it_differs(table):
    facts = {"task": "label", "examples": 400, "classes": 14, "model_access": "api"}
    for near in nearest(table, facts, 20):
        for fact in near.likeness.shares:
            there = near.precedent.facts[fact]
            assert agreement(table.facts[fact], facts[fact], there) >= ALIKE
        for one in near.likeness.differs:
            assert (one.here, one.there) == (facts[one.fact], near.precedent.facts[one.fact])
            assert one.here != one.there


def test_nothing_known_is_like_nothing(table):
    assert nearest(table, {}) == ()


# ---- a precedent as a case ----


def cases(folder: Path, text: str):
    (folder / "tests").mkdir()
    (folder / "tests/ours.yaml").write_text(text)
    return read_cases(folder, load_table(house(folder)))


def test_a_case_may_take_its_facts_and_what_is_accepted_from_a_precedent(tmp_path, table):
    ours, theirs = cases(
        tmp_path,
        "- {id: one, precedent: our-letters}\n- {id: two, precedent: b29, known_miss: a reason}\n",
    )
    assert (ours.title, ours.accept) == ("Sorting our letters", (("task_head",),))
    assert ours.facts == {"task": "label", "classes": 5, "examples": 4000}
    assert (theirs.facts, theirs.wrong) == (
        table.precedents["b29"].facts,
        table.precedents["b29"].wrong,
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{id: one, precedent: our-leters}", 'no precedent "our-leters"; did you mean "our-let'),
        ("{id: one, precedent: no-gpu}", 'there is no precedent "no-gpu"'),
        ("{id: one, precedent: [b29]}", '"precedent" must be one word'),
        ("{id: one, precedent: b29, facts: {task: label}}", 'has no field "facts"'),
        ("{id: one, precedent: b29, accept: [[full]]}", 'has no field "accept"'),
        ("{id: one, plan: [prompt]}", 'a row of cases needs "facts"'),
    ],
)
def test_a_case_of_a_precedent_with_a_mistake_is_refused_in_one_line(tmp_path, row, said):
    with pytest.raises(BadInput) as caught:
        cases(tmp_path, f"- {row}\n")
    assert said in str(caught.value)
    assert "ours.yaml:1:" in str(caught.value)
    assert "\n" not in str(caught.value)
