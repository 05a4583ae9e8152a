"""Proofs of a rule table: against brute force on small tables, against a SAT solver on all, and on
tables that are broken on purpose.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter
from dataclasses import replace

import oracle
import pytest
from conftest import RULES, examples, fewer
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from second_opinion import Opinion
from strategies import situations, tables

from adaptadvisor.advice import hinges
from adaptadvisor.authoring.effects import effects
from adaptadvisor.authoring.gaps import left_open
from adaptadvisor.authoring.prove import prove
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.situations import Situations
from adaptadvisor.reading.tables import read_table
from adaptadvisor.render.authoring import proof as as_text
from adaptadvisor.table.plans import members
from adaptadvisor.table.ranges import Range

LOADED = read_table(RULES)
TABLE = LOADED.table
ENGINE = Engine(TABLE)
CAREFUL = settings(max_examples=fewer(40))


@pytest.fixture(scope="module")
def proof():
    """What is proven of the shipped table."""
    return prove(TABLE)


def _every(table):
    """Every situation of a small table with its plan and open needs, as the oracle sees them."""
    every = Situations(Engine(table))
    assume(every.size <= 1_500)
    for chosen in itertools.product(*(range(len(rows)) for rows in every.moves)):
        facts = every.facts(every.drawn(chosen))
        yield facts, oracle.decide(table, facts)


@CAREFUL
@given(tables())
def test_counts_and_smallest_situations_agree_with_looking_at_every_situation(table):
    rows = list(_every(table))
    proof = prove(table)
    assert proof.counted == proof.situations == len(rows)
    assert {share.plan: share.situations for share in proof.plans} == Counter(
        plan for _, (plan, _) in rows
    )
    assert proof.open_situations == sum(bool(open_needs) for _, (_, open_needs) in rows)
    opens = Counter(need for _, (_, open_needs) in rows for need in open_needs)
    assert {row.need: row.situations for row in proof.open_needs} == opens
    for row in proof.open_needs:
        assert row.need in oracle.decide(table, row.witness)[1]
        assert len(row.witness) == min(
            len(facts) for facts, (_, open_needs) in rows if row.need in open_needs
        )
    for share in proof.plans:
        assert oracle.decide(table, share.witness)[0] == share.plan


def _without(table, place):
    section, id, *rest = place.split("/")
    rows = dict(getattr(table, section))
    if rest:
        met_by = rows[id].met_by
        rows[id] = replace(rows[id], met_by=met_by[: int(rest[1])] + met_by[int(rest[1]) + 1 :])
    else:
        del rows[id]
    return replace(table, **{section: rows})


@CAREFUL
@given(tables())
def test_a_rule_that_is_said_to_change_no_plan_changes_none_and_a_witness_is_real(table):
    rows = list(_every(table))
    for effect in effects(table, Situations(Engine(table)), 100_000):
        other = _without(table, effect.place)
        if effect.changes is not None:
            assert oracle.decide(table, effect.changes) != oracle.decide(other, effect.changes)
        else:
            assert effect.proven
            for facts, (plan, _) in rows:
                assert oracle.decide(other, facts)[0] == plan, (effect.place, facts)


@CAREFUL
@given(tables())
def test_gaps_and_dead_rows_are_those_of_brute_force(table):
    rows = list(_every(table))
    findings = {(finding.code, finding.place): finding for finding in prove(table).findings}
    silent = [facts for facts, (plan, open_needs) in rows if not plan and not open_needs]
    assert (("no-need-counts", "needs") in findings) == bool(silent)
    if silent:
        assert len(findings["no-need-counts", "needs"].witness) == min(map(len, silent))
    for section in ("needs", "limits"):
        for id, row in getattr(table, section).items():
            fires = any(oracle.holds(row.when, oracle.with_derived(facts)) for facts, _ in rows)
            tried = "rag_tried" in str(row.when)
            assert (
                tried
                or (
                    ("never-fires", f"{section}/{id}/when")
                    in {key for key, found in findings.items() if "never hold" in found.message}
                )
                != fires
            )


# ---- a second opinion ----


@CAREFUL
@given(tables(), st.data())
def test_a_sat_solver_agrees_on_random_tables(table, data):
    engine = Engine(table)
    numbers = {
        "size": [0, 2, 3, 7, 8, 9, 19, 20, 21, 60, 61, 100],
        "examples": [0, 3, 7, 8, 9, 16, 19, 20, 21, 40, 59, 60, 61, 100, 160, 200],
        "classes": [2, 3, 5, 7, 8, 11, 12],
    }
    opinion = Opinion(table, numbers)
    findings = {
        (finding.code, finding.place)
        for finding in prove(table).findings
        if "never hold" in finding.message or finding.code == "no-need-counts"
    }
    assert (opinion.some(*(-counts for counts in opinion.counts.values())) is not None) == (
        ("no-need-counts", "needs") in findings
    )
    for id, fires in opinion.counts.items():
        assert "tried" in str(table.needs[id].when) or (opinion.some(fires) is None) == (
            ("never-fires", f"needs/{id}/when") in findings
        )
    facts = {
        fact: value
        for fact, value in data.draw(situations(table, engine)).items()
        if fact != "tried"
    }
    facts = {
        fact: value
        for fact, value in facts.items()
        if fact not in numbers or any(_may_be(value, number) for number in numbers[fact])
    }
    plan = members(engine.decide(facts).plan)
    other = opinion.some(-opinion.plans[plan], facts=facts, complete=True)
    assert not (hinges.settled(engine, facts) and other is not None), (
        "what is settled has no completion with another plan"
    )
    if other is not None:
        assert oracle.decide(table, other)[0] != plan


def _may_be(value, number):
    return value.low <= number <= value.high if isinstance(value, Range) else value == number


@pytest.fixture(scope="module")
def opinion():
    return Opinion(TABLE)


def test_a_sat_solver_agrees_that_every_row_of_the_shipped_table_can_fire_and_that_nothing_falls_through(
    opinion,
):
    assert opinion.some(*(-counts for counts in opinion.counts.values())) is None
    for id, fires in {**opinion.counts, **opinion.limits}.items():
        tried = "tried" in str((TABLE.needs.get(id) or TABLE.limits.get(id)).when)
        assert tried or opinion.some(fires) is not None, id
    for id in TABLE.needs:
        open_somewhere = opinion.some(opinion.open[id])
        ours = Situations(ENGINE).smallest(
            left_open(ENGINE, next(need for need in ENGINE.needs if need.id == id))
        )
        if "tried" not in str(TABLE.needs[id].when):
            assert (open_somewhere is None) == (ours is None), id


@pytest.mark.parametrize("seed", range(examples(60)))
def test_a_sat_solver_agrees_on_what_is_settled_in_the_shipped_table(opinion, seed):
    rnd = random.Random(seed)
    values = {fact: [value for value, _ in rows] for fact, rows in opinion.answers.items()}
    facts = {
        fact: rnd.choice(rows) for fact, rows in values.items() if rnd.random() < 0.3 + seed / 100
    }
    plan = members(ENGINE.decide(facts).plan)
    other = opinion.some(-opinion.plans[plan], facts=facts, complete=True)
    assert hinges.settled(ENGINE, facts) == (other is None)
    if other is not None:
        assert members(ENGINE.decide(other).plan) != plan


# ---- the shipped table, and broken ones ----


def test_the_shipped_table_is_proven_without_findings_over_more_than_ten_to_the_twelve_situations(
    proof,
):
    assert proof.findings == ()
    assert proof.situations >= 10**12
    assert all(note.proven for note in proof.notes)
    assert {approach for share in proof.plans for approach in share.plan} == {
        "prompt",
        "rag",
        "task_head",
        "lora",
        "full",
    }
    assert proof.counted == sum(share.situations for share in proof.plans) == 4_000
    for row in proof.open_needs:
        assert row.need in ENGINE.decide(row.witness).open_needs
    assert prove(TABLE) == proof


def test_what_is_sampled_is_called_a_sample(proof):
    shown = as_text.render(proof, LOADED.places)
    assert re.search(r"digest [0-9a-f]+: \d\.\de\+\d\d situations\n", shown)
    assert "Plans, in a sample of 4,000 situations" in shown


TEXTS = (
    "order: 5\n  because: b\n  reviewed: 2026-11-21\n  misleads_when: m\n  sources:"
    " [openai-sft-guide]\n"
)
LIMIT = "- id: house-{}\n  name: n\n  limit: l\n  lifted_by: x\n  rules_out: [full]\n  " + TEXTS
NEED = (
    "- id: house-{}\n  name: n\n  need: n\n  order: 5\n  closed_by: c\n  reviewed: 2026-11-21\n  misleads_when:"
    " m\n  sources: [openai-sft-guide]\n"
)
VARIANT = (
    "- id: house-{}\n  name: n\n  approaches: [rag]\n  role: method\n  priority: 5\n  what: w\n "
    " because: b\n  watch_out: o\n  sources: [openai-sft-guide]\n"
)
BROKEN = [
    (
        "limits",
        LIMIT.format(0) + "  when: {task: label, all: [{task: code}]}\n",
        "never-fires",
        "limits/house-0/when",
        None,
    ),
    (
        "limits",
        LIMIT.format(1) + "  when: {examples_per_class: '>= 100', examples: '< 150'}\n",
        "never-fires",
        "limits/house-1/when",
        None,
    ),
    (
        "limits",
        LIMIT.format(2) + "  when: {citations: [true, false]}\n",
        "always-true",
        "limits/house-2/when",
        None,
    ),
    (
        "limits",
        LIMIT.format(3) + "  when: {any: [{stakes: high}, {stakes: [low, medium]}]}\n",
        "always-true",
        "limits/house-3/when",
        None,
    ),
    ("needs", "- id: do-the-task\n  off: true\n", "no-need-counts", "needs", {}),
    (
        "needs",
        NEED.format(4) + "  when: {citations: true}\n  met_by:\n    rag: {when: {stakes: high},"
        " because: b}\n",
        "need-without-a-way",
        "needs/house-4",
        {"citations": True, "stakes": "low"},
    ),
    (
        "needs",
        NEED.format(5) + "  when: {citations: true}\n  met_by:\n    rag: {either: [{because: b},"
        " {provided: {stakes: high}, because: c}]}\n    prompt: {when: {citations: false},"
        " because: d}\n",
        "no-effect",
        "needs/house-5/met_by/0",
        None,
    ),
    (
        "variants",
        VARIANT.format(6)
        + "  when: {prompt_result: known, all: [{main_error: safety}, {main_error: style}]}\n",
        "never-fires",
        "variants/house-6/when",
        None,
    ),
    (
        "variants",
        VARIANT.format(7).replace("priority: 5", "priority: -1").replace("[rag]", "[prompt]"),
        "never-shown",
        "variants/house-7",
        None,
    ),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """For each of BROKEN a table with it and its proof; those that can be are in one table."""
    apart = [row for row in BROKEN if "off: true" in row[1]]
    together = [row for row in BROKEN if row not in apart]
    found = {}
    for group in (together, *([row] for row in apart)):
        folder = tmp_path_factory.mktemp("house")
        (folder / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
        for section, rows, *_ in group:
            with (folder / f"{section}.yaml").open("a") as handle:
                handle.write(rows)
        loaded = read_table(folder)
        found |= dict.fromkeys((row[1] for row in group), (loaded, prove(loaded.table)))
    return found


@pytest.mark.parametrize(
    ("rows", "code", "place", "witness"),
    [row[1:] for row in BROKEN],
    ids=[f"{row[2]} {number}" for number, row in enumerate(BROKEN)],
)
def test_a_broken_table_is_found_out_with_a_smallest_witness(broken, rows, code, place, witness):
    loaded, proof = broken[rows]
    found = [
        finding for finding in proof.findings if finding.code == code and finding.place == place
    ]
    assert found, proof.findings
    if witness is not None:
        assert dict(found[0].witness) == witness
    shown = as_text.render(proof, loaded.places, 10_000)
    assert f"error[{code}]: {place}" in shown
    if "house" in place:
        file = f"{loaded.folders[-1]}/{place.partition('/')[0]}.yaml:"
        assert file in shown, "the place is in the file where the row stands"


def test_a_test_that_means_known_says_so(tmp_path):
    (tmp_path / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    (tmp_path / "limits.yaml").write_text(LIMIT.format(0) + "  when: {stakes: known}\n")
    assert not prove(read_table(tmp_path).table).findings


def test_a_need_that_counts_only_once_something_was_tried_needs_a_way_there_too(tmp_path):
    (tmp_path / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    (tmp_path / "needs.yaml").write_text(
        "- {id: retrieval-falls-short, override: true, met_by: {lora: {when: {task: code},"
        " because: a}}}\n"
    )
    (found,) = [
        finding
        for finding in prove(read_table(tmp_path).table).findings
        if finding.code == "need-without-a-way"
    ]
    assert found.place == "needs/retrieval-falls-short"
    assert found.witness["tried"] == ("rag",)
    assert "retrieval-falls-short" in oracle.decide(read_table(tmp_path).table, found.witness)[1]


def test_from_the_situation_of_a_plan_no_fact_can_be_left_out(proof):
    for share in proof.plans:
        for fact in share.witness:
            assert (
                members(
                    ENGINE.decide(
                        {name: value for name, value in share.witness.items() if name != fact}
                    ).plan
                )
                != share.plan
            )


def test_renaming_or_adding_a_row_changes_nothing_that_is_told_about_another_one():
    def told(table):
        rows = effects(table, Situations(Engine(table)))
        return {row.place: (row.changes is None, row.proven) for row in rows}

    before = told(TABLE)
    needs = dict(TABLE.needs)
    last = needs.pop("behaviour-on-every-call")
    needs["aaa"] = replace(last, id="aaa")
    renamed = told(replace(TABLE, needs=dict(sorted(needs.items()))))
    limit = next(iter(TABLE.limits.values()))
    more = told(replace(TABLE, limits={"aaa": replace(limit, id="aaa"), **TABLE.limits}))
    for place, row in before.items():
        assert renamed[place.replace("behaviour-on-every-call", "aaa")] == row
        if place != f"limits/{limit.id}":  # its twin says the same now
            assert more[place] == row
