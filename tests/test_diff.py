"""Two tables compared: every difference that is shown is real, and what is said to be the same is
the same.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import fields, replace
from itertools import product

import oracle
import pytest
import strategies
import yaml
from conftest import examples, fewer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adaptadvisor.authoring import row_changes, sample
from adaptadvisor.authoring.diff import NO_ADVICE_CAN_CHANGE, diff
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.situations import drawing
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import as_json
from adaptadvisor.render.authoring import difference
from adaptadvisor.table.conditions import ALWAYS, All, AnyOf
from adaptadvisor.table.conditions import Test as Condition
from adaptadvisor.table.facts import from_object
from adaptadvisor.table.rows import SECTIONS
from adaptadvisor.table.speech import plan_words

CASES = {
    "between": {"task": "extract", "examples": 250},
    "above": {"task": "extract", "examples": 300},
    "tried": {
        "task": "answer",
        "private_knowledge": True,
        "tried": ["lora+prompt"],
        "citations": None,
    },
}
ANSWERS = {
    "shade": [None, "light", "dark", "none"],
    "wet": [None, False, True],
    "size": [None, 0, 3, 8, 9, 20, 21, 60, 61],
    "examples": [None, 0, 10, 40, 100, 200],
    "classes": [None, 2, 5, 12],
    "tried": [None, ("rag",), ("prompt", "rag+lora")],
}


@pytest.fixture(scope="module")
def raised(tmp_path_factory):
    """The shipped table with one threshold at another place."""
    folder = tmp_path_factory.mktemp("raised")
    (folder / "table.yaml").write_text("version: 0.1.1\nextends: shipped\n")
    (folder / "thresholds.yaml").write_text("- id: labels-enough\n  override: true\n  value: 300\n")
    return load_table(folder)


@pytest.fixture(scope="module")
def found(table, raised):
    return diff(table, raised, CASES, sample=4_000)


def _every_situation():
    for values in product(*ANSWERS.values()):
        yield {
            fact: value for fact, value in zip(ANSWERS, values, strict=True) if value is not None
        }


def test_one_threshold_raised_shows_a_situation_between_the_two_lines_that_flips(
    table, raised, found
):
    assert found.verdict == "advice changes"
    assert found.sample.differing
    for group in found.sample.groups:
        old, new = Engine(table).decide(group.witness), Engine(raised).decide(group.witness)
        assert old != new
    for group in found.sample.groups:
        assert 200 <= group.witness["examples"] < 300


def test_the_rows_that_differ_are_named_with_their_old_and_new_words(found):
    changed = {
        (section.section, row.id): row.fields
        for section in found.sections
        for row in section.changed
    }
    assert changed["thresholds", "labels-enough"] == (
        row_changes.FieldChange("value", ("200",), ("300",)),
    )
    (when,) = changed["needs", "steady-labels-at-hand"]
    assert when.field == "when"
    assert "examples >= 200" in when.old[0]
    assert "examples >= 300" in when.new[0]
    assert found.table == (row_changes.FieldChange("version", ("0.1.0",), ("0.1.1",)),)


def test_a_witness_holds_no_fact_that_can_be_left_out(table, raised, found):
    old, new = Engine(table), Engine(raised)
    for group in found.sample.groups:
        assert (
            sample.result(old.decide(group.witness)),
            sample.result(new.decide(group.witness)),
        ) == (group.old, group.new)
        for fact in group.witness:
            fewer = {name: value for name, value in group.witness.items() if name != fact}
            before, after = old.decide(fewer), new.decide(fewer)
            assert (sample.result(before), sample.result(after)) != (group.old, group.new)


def test_the_same_sample_is_drawn_again_and_another_seed_draws_another_one(table, raised, found):
    assert diff(table, raised, CASES, sample=4_000) == found
    assert diff(table, raised, CASES, sample=4_000, seed=1).sample != found.sample
    assert found.sample.size == 4_000
    assert sum(group.situations for group in found.sample.groups) == found.sample.differing
    assert found.sample.share == found.sample.differing / 4_000


def test_words_alone_change_no_advice_and_nothing_is_sampled(table):
    row, need = table.thresholds["labels-enough"], table.needs["outside-knowledge"]
    reworded = replace(
        table,
        thresholds={**table.thresholds, row.id: replace(row, means="enough")},
        needs={
            **table.needs,
            need.id: replace(need, need="it must know more", met_by=tuple(reversed(need.met_by))),
        },
    )
    found = diff(table, reworded, CASES)
    assert found.verdict == NO_ADVICE_CAN_CHANGE == "no advice can change"
    assert found.sample is None
    assert not found.changed_cases
    assert {section.section for section in found.sections} == {"thresholds", "needs"}
    assert difference.render(found).split("\n")[2].startswith("no advice can change: ")


def _with_provided(table, provided):
    """The table with this `provided` in every option of every need."""
    return replace(
        table,
        needs={
            id: replace(
                need, met_by=tuple(replace(option, provided=provided) for option in need.met_by)
            )
            for id, need in table.needs.items()
        },
    )


def test_conditions_that_mean_the_same_change_no_advice(table):
    label, code = Condition("task", ("label",)), Condition("task", ("code",))
    either = Condition("task", ("code", "label"))
    for one, other in ((AnyOf((label, code)), either), (All((either, label)), label)):
        found = diff(_with_provided(table, one), _with_provided(table, other), {}, sample=1)
        assert found.verdict == NO_ADVICE_CAN_CHANGE


def test_two_contradictions_fail_in_different_situations_and_are_not_the_same(table):
    tables = [
        _with_provided(table, All((Condition(fact, values[:1]), Condition(fact, values[1:]))))
        for fact, values in (("task", ("label", "code")), ("stakes", ("low", "high")))
    ]
    found = diff(*tables, {"a label": {"task": "label"}}, sample=1)
    assert [case.id for case in found.changed_cases] == ["a label"]
    assert found.verdict == "advice changes"


def test_a_table_differs_in_nothing_from_itself(table):
    found = diff(table, table, CASES)
    assert not found.sections
    assert not found.table
    assert "Every row is the same." in difference.render(found)


def test_other_methods_and_checks_are_said_to_read_differently_though_no_plan_changes(table):
    variant = table.variants["few-shot"]
    found = diff(
        table,
        replace(table, variants={**table.variants, variant.id: replace(variant, when=ALWAYS)}),
        {},
    )
    assert found.verdict == NO_ADVICE_CAN_CHANGE
    assert "may read differently: variants changed" in difference.render(found)


def test_rows_that_only_one_table_has_are_added_or_removed(table):
    without = replace(table, limits={id: row for id, row in table.limits.items() if id != "no-gpu"})
    (section,) = diff(table, without, {}, sample=100).sections
    assert (section.section, section.added, section.removed) == ("limits", (), ("no-gpu",))
    (section,) = diff(without, table, {}, sample=100).sections
    assert (section.section, section.added, section.removed) == ("limits", ("no-gpu",), ())


def test_a_case_that_is_decided_differently_is_named_with_both_plans(table, raised):
    cases = {
        "between": {"task": "extract", "examples": 250},
        "above": {"task": "extract", "examples": 300},
        "odd": {"task": "extract", "colour": "red"},
    }
    found = diff(table, raised, cases, sample=10)
    assert found.cases == 3
    (case,) = found.changed_cases
    assert (case.id, case.old.plan, case.new.plan, case.left_out) == (
        "between",
        ("task_head",),
        ("prompt",),
        (),
    )
    assert "- between: task head -> prompt" in difference.render(found)


def test_a_fact_that_only_one_table_has_is_left_out_for_the_other(table):
    facts = {id: fact for id, fact in table.facts.items() if id != "citations"}
    fewer = replace(
        table,
        facts=facts,
        needs={
            id: row
            for id, row in table.needs.items()
            if "citations" not in repr((row.when, row.met_by))
        },
    )
    found = diff(table, fewer, {"cited": {"task": "answer", "citations": True}}, sample=200)
    (case,) = found.changed_cases
    assert case.left_out == ("citations",)
    assert found.sample.differing


@settings(max_examples=fewer(40), suppress_health_check=list(HealthCheck))
@given(strategies.tables(), strategies.tables(), st.integers(0, 5))
def test_every_difference_that_is_found_is_real_by_brute_force(old, new, seed):
    found = diff(old, new, {}, sample=150, seed=seed)
    if found.sample is None:
        for facts in random.Random(seed).sample(list(_every_situation()), 60):
            assert oracle.decide(old, facts) == oracle.decide(new, facts)
        return
    draw = drawing((Engine(old), Engine(new)), random.Random(seed))
    decided = [
        (oracle.decide(old, facts), oracle.decide(new, facts))
        for facts in (draw() for _ in range(150))
    ]
    counted = Counter((before[0], after[0]) for before, after in decided if before != after)
    assert {
        (group.old.plan, group.new.plan): group.situations for group in found.sample.groups
    } == counted
    assert found.sample.differing == counted.total()
    assert len({(group.old.plan, group.new.plan) for group in found.sample.groups}) == len(
        found.sample.groups
    )
    for group in found.sample.groups:
        before, after = oracle.decide(old, group.witness), oracle.decide(new, group.witness)
        assert before != after
        assert (before, after) == (
            (group.old.plan, group.old.open_needs),
            (group.new.plan, group.new.open_needs),
        )
        for fact, value in group.witness.items():
            assert from_object(strategies.FACTS[fact], value) == value


@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
@given(strategies.tables())
def test_the_order_of_options_and_of_alternatives_changes_no_advice(table):
    turned = replace(
        table,
        needs={
            id: replace(need, met_by=tuple(reversed(need.met_by)))
            for id, need in table.needs.items()
        },
        limits={f"x-{id}": limit for id, limit in reversed(table.limits.items())},
    )
    assert diff(table, turned, {}).verdict == NO_ADVICE_CAN_CHANGE


def test_a_random_sample_reaches_the_answers_that_only_joined_facts_tell_apart(table):
    engine = Engine(table)
    draw = drawing((engine, engine), random.Random(0))
    drawn = [draw() for _ in range(3_000)]
    known = sum(len(facts) for facts in drawn) / len(drawn) / len(engine.askable)
    assert 0.3 < known < 0.6
    per_class = engine.codes["examples_per_class"]
    masks = {
        per_class.mask(facts["examples"] / facts["classes"])
        for facts in drawn
        if "examples" in facts and "classes" in facts
    }
    assert masks == set(per_class.masks)
    tried = [facts["tried"] for facts in drawn if "tried" in facts]
    assert all(from_object(table.facts["tried"], value) == value for value in tried)
    assert {len(value) for value in tried} == {1, 2}


def test_the_text_labels_the_sample_and_shows_cases_ready_to_paste(table, raised, found):
    page = difference.render(found, 70)
    assert re.search(r"Sample: [\d,]+ of 4,000 random situations decided differently", page)
    assert "A sample, not a proof" in page
    blocks = re.findall(r"(?m)^- id: .+\n  why: .+\n(?:  .+\n)+", page)
    assert len(blocks) == min(len(found.sample.groups), difference.MOST_GROUPS)
    for block, group in zip(blocks, found.sample.groups, strict=False):
        (case,) = yaml.safe_load(block)
        words = f"{plan_words(group.old.plan)} to {plan_words(group.new.plan)}"
        assert re.findall(r"\w+", words.lower()) == re.findall(r"\w+", case["id"])
        assert case.keys() == {"id", "why", "facts", "plan", "open_needs"}
        assert tuple(case["plan"]) == group.new.plan
        facts = {
            fact: from_object(table.facts[fact], value) for fact, value in case["facts"].items()
        }
        assert (
            sample.result(Engine(raised).decide(facts))
            == group.new
            == sample.Decision(tuple(case["plan"]), tuple(case["open_needs"]))
        )
    assert "->" not in difference.render(found, plain=True)
    assert re.sub(r"\x1b\[\d+m", "", difference.render(found, 70, colour=True)) == page


def test_the_json_holds_everything(found):
    data = json.loads(as_json.render(found))
    assert data["schema"] == "adaptadvisor/difference/1"
    assert data["sample"]["share"] == pytest.approx(found.sample.share, abs=1e-6)
    assert len(data["sample"]["groups"]) == len(found.sample.groups)
    assert data["sample"]["groups"][0]["witness"] == json.loads(
        json.dumps(found.sample.groups[0].witness)
    )
    assert {section["section"] for section in data["sections"]} == {
        "thresholds",
        "needs",
        "variants",
    }


def test_every_kind_of_row_can_be_put_into_words(table):
    for section in SECTIONS:
        for row in row_changes.said(table, section).values():
            for value in row.values():
                assert all(
                    isinstance(word, str) and "NamedTuple" not in word and "Test(" not in word
                    for word in row_changes.words_of(value)
                ), value


def test_a_change_of_any_field_of_the_shipped_table_is_seen(table):
    for section in SECTIONS:
        attribute = "facts" if section == "questions" else section
        rows = getattr(table, attribute)
        id, row = next((id, row) for id, row in rows.items())
        for field in (each.name for each in fields(row)):
            if isinstance(getattr(row, field), str) and field not in ("id", "type"):
                changed = replace(
                    table, **{attribute: {**rows, id: replace(row, **{field: "other"})}}
                )
                (seen,) = [
                    section_
                    for section_ in diff(table, changed, {}, sample=1).sections
                    if section_.section == section
                ]
                assert [change.field for change in seen.changed[0].fields] == [field]
