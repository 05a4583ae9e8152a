"""The table's own checks: every row proves itself, order means nothing, and every mistake is found
with its place.
"""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import RULES, copied

from adaptadvisor import advise
from adaptadvisor.engine.decide import Engine
from adaptadvisor.engine.search import relevant
from adaptadvisor.engine.space import Space
from adaptadvisor.errors import BadInput
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import as_json
from adaptadvisor.table import conditions
from adaptadvisor.table.conditions import ALWAYS, holds
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.facts import TYPES
from adaptadvisor.table.plans import APPROACHES

TABLE = load_table(RULES)
CONDITIONAL = [
    (section, row)
    for section in ("needs", "limits", "readiness", "variants", "checks")
    for row in getattr(TABLE, section).values()
    if row.when != ALWAYS
]


@pytest.mark.parametrize(
    "row", [row for _, row in CONDITIONAL], ids=[row.id for _, row in CONDITIONAL]
)
def test_a_row_fires_on_its_firing_examples_and_stays_quiet_on_the_others(row):
    assert row.examples.fires, "a row shows at least one situation that fires it"
    assert row.examples.quiet, "a row shows at least one situation that leaves it quiet"
    for situation in row.examples.fires:
        assert holds(row.when, with_derived(situation)) is True, situation
    for situation in row.examples.quiet:
        assert holds(row.when, with_derived(situation)) is not True, situation


def test_the_facts_are_those_of_the_design():
    asked = {fact.id: fact for fact in TABLE.questions}
    assert len(asked) == 42
    assert {fact.type for fact in asked.values()} <= set(TYPES)
    assert asked["task"].values == (
        "label",
        "extract",
        "match",
        "answer",
        "rewrite",
        "write",
        "code",
    )
    assert asked["model_access"].values == ("api", "api_tuning", "weights")
    for fact in asked.values():
        assert fact.question.endswith("?")
        assert fact.why
        assert fact.find_out
        if fact.type in ("choice", "bool"):
            assert {choice.value for choice in fact.choices} == {
                str(value).lower() if fact.type == "bool" else value for value in fact.values
            }
            assert all(choice.means for choice in fact.choices)


def test_a_question_that_does_not_apply_could_not_have_changed_the_plan():
    engine = Engine(TABLE)
    assert TABLE.applies
    for fact, condition in TABLE.applies.items():
        for test in conditions.tests(condition):
            for cell in engine.cells[test.fact]:
                if conditions.holds(condition, {test.fact: cell.value}) is False:
                    space = Space(engine, {test.fact: cell.value})
                    assert relevant(space, TABLE.facts[fact]) is False, (fact, cell)


def test_every_failure_mode_of_the_design_has_a_check():
    named = {
        "pretraining-data-mismatch",
        "stale-knowledge",
        "contamination",
        "over-adaptation",
        "evaluation-gaps",
        "prompt-sensitivity",
        "non-determinism",
        "memorisation-and-leakage",
        "annotator-bias-and-label-noise",
        "distribution-shift",
        "reward-hacking",
        "safety-regression",
        "retrieval-failure",
        "catastrophic-cost",
    }
    assert named <= set(TABLE.checks)


def test_every_variant_and_family_that_people_ask_for_is_there():
    assert {
        "zero-shot",
        "few-shot",
        "many-shot",
        "paste-corpus",
        "prompt-optimisation",
        "constrained-decoding",
        "keyword",
        "dense",
        "hybrid-reranker",
        "frozen-encoder-linear-head",
        "setfit",
        "tuned-encoder",
        "distilled-head",
        "lora-adapters",
        "qlora",
        "adapters",
        "prefix-tuning",
        "prompt-tuning",
        "supervised-tuning",
        "instruction-tuning",
        "dpo",
        "rlhf",
        "full-tuning",
        "continued-pretraining",
        "smaller-base-model",
        "larger-base-model",
    } <= set(TABLE.variants)
    assert set(TABLE.families) == {"encoder-only", "decoder-only", "encoder-decoder"}
    for approach in APPROACHES:
        always = [
            pick
            for family in TABLE.families.values()
            for pick in family.picks
            if approach in pick.approaches and pick.when == ALWAYS
        ]
        assert len(always) == 1, (
            f"{approach} has one family to look at first whatever else is known"
        )


def test_a_threshold_without_strong_evidence_says_that_it_is_an_engineering_default():
    for threshold in TABLE.thresholds.values():
        assert threshold.sources, threshold.id
        if threshold.kind == "default":
            assert re.search(r"default|advice|break-even|safe choice", threshold.means), (
                threshold.id
            )


def test_every_need_says_who_meets_it_what_closes_it_and_when_it_misleads():
    for need in TABLE.needs.values():
        assert need.met_by
        assert need.closed_by
        assert need.misleads_when
        assert need.reviewed
        named = {option.approach for option in need.met_by} | {
            refusal.approach for refusal in need.not_met_by
        }
        assert named == set(APPROACHES), f"{need.id} speaks of {sorted(named)}"


def test_the_order_of_rows_and_of_options_changes_no_byte_of_the_json(tmp_path):
    folder = Path(shutil.copytree(RULES, tmp_path / "rules"))
    rnd = random.Random(2)
    files = {*folder.glob("*.yaml"), *folder.glob("precedents/*.yaml")} - {folder / "table.yaml"}
    for path in sorted(files):
        rows = re.split(r"(?m)^(?=- id: )", path.read_text())
        head, rows = rows[0], [row.rstrip() + "\n" for row in rows[1:]]
        rnd.shuffle(rows)
        path.write_text(head + "\n".join(rows))
    shuffled = load_table(folder)
    assert shuffled.digest == TABLE.digest
    for facts in (
        {},
        {"task": "label", "examples": 1200, "classes": 12},
        {"private_knowledge": True, "behaviour_shift": "strong", "examples": 300},
    ):
        assert as_json.render(advise(shuffled, facts)) == as_json.render(advise(TABLE, facts))


def test_another_table_has_another_digest(tmp_path):
    folder = copied(tmp_path)
    path = folder / "thresholds.yaml"
    path.write_text(path.read_text().replace("value: 200\n", "value: 300\n", 1))
    assert load_table(folder).digest != TABLE.digest


MISTAKES = [
    ("needs.yaml", "private_knowledge: true", "private_knowlege: true", "unknown-fact"),
    ("needs.yaml", "private_knowledge: true", "private_knowledge: perhaps", "wrong-type"),
    ("needs.yaml", "behaviour_shift: strong}", "behaviour_shift: stronk}", "unknown-choice"),
    ("needs.yaml", '">= labels-enough"', '">= labels-enoug"', "unknown-threshold"),
    ("needs.yaml", '">= labels-enough"', '">= large-label-set"', "wrong-threshold"),
    ("needs.yaml", '">= labels-enough"', '"=> 200"', "bad-test"),
    ("needs.yaml", "    rag:\n", "    rags:\n", "unknown-approach"),
    ("needs.yaml", "variant: paste-corpus", "variant: paste-corpse", "unknown-id"),
    ("needs.yaml", "sources: [ovadia2023-rag-vs-ft]", "sources: [ovadia2023]", "unknown-id"),
    ("needs.yaml", "  closed_by:", "  closedby:", "unknown-field"),
    ("needs.yaml", "  order: 10\n", "", "missing-field"),
    ("needs.yaml", "- id: outside-knowledge", "- id: Outside Knowledge", "bad-id"),
    ("variants.yaml", "- id: zero-shot", "- id: outside-knowledge", "duplicate-id"),
    ("needs.yaml", "reviewed: 2026-11-21", "reviewed: today", "bad-date"),
    ("needs.yaml", "when: {behaviour_shift: strong}", "when: {any: []}", "bad-condition"),
    ("limits.yaml", "when: {model_access: api}", "when: {tried: prompt}", "bad-test"),
    (
        "limits.yaml",
        "when: {model_access: api}",
        "when: {model_access: api, model_access: weights}",
        "duplicate-key",
    ),
    (
        "limits.yaml",
        "when: {model_access: api}",
        "when: &x {model_access: api}\n  misleads_when: *x",
        "alias",
    ),
    ("limits.yaml", "{model_access: api}", "[model_access]", "bad-condition"),
    ("limits.yaml", "order: 10\n", "order: 1e400\n", "out-of-range"),
    ("variants.yaml", "role: method", "role: [method]", "wrong-type"),
    ("questions.yaml", "type: choice", "type: choices", "unknown-choice"),
    ("approaches.yaml", "- id: prompt", "- id: prompting", "missing-approach"),
    (
        "checks.yaml",
        "- id: evaluation-gaps",
        "- id: evaluation-gaps\n  goes_wrong: ''",
        "missing-text",
    ),
    ("topics.yaml", "see_also: [", "see_also: [nowhere, ", "unknown-id"),
    ("sources.yaml", "strength: strong", "strength: very strong", "unknown-choice"),
    ("families.yaml", "- id: ", "-id: ", "syntax"),
    ("thresholds.yaml", "value: 50\n", "value: fifty\n", "not-a-number"),
    ("thresholds.yaml", "fact: examples\n", "fact: [examples]\n", "wrong-type"),
    ("needs.yaml", '">= labels-enough"', '">= 199.5"', "not-whole"),
    ("needs.yaml", "variant: paste-corpus", "variant: [paste-corpus, dpo]", "wrong-type"),
    ("limits.yaml", "when: {model_access: api}", "when: {not: {}}", "bad-condition"),
    ("questions.yaml", "- id: citations", "- id: format", "duplicate-id"),
    ("questions.yaml", "minimum: 2\n", "minimum: 0\n", "bad-derived-input"),
    ("questions.yaml", "at_most: examples\n", "at_most: task\n", "wrong-type"),
    ("questions.yaml", "at_most: examples\n", "at_most: exampels\n", "unknown-fact"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "code"), MISTAKES, ids=[f"{m[3]}-{i}" for i, m in enumerate(MISTAKES)]
)
def test_a_mistake_in_a_table_is_found_at_its_place(tmp_path, file, old, new, code):
    folder = copied(tmp_path)
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(BadInput) as caught:
        load_table(folder)
    problems = [problem for problem in caught.value.problems if problem.code == code]
    assert problems, caught.value
    assert problems[0].location.file.endswith(file)
    if code not in ("missing-approach", "missing-text", "bad-derived-input"):
        line = text[: text.index(old)].count("\n") + 1
        assert any(
            abs(problem.location.line - line) <= max(2, old.count("\n") + 6) for problem in problems
        ), caught.value
    assert all(
        re.fullmatch(r".+: error\[[a-z-]+\]: .+", str(problem)) for problem in caught.value.problems
    )


def test_all_mistakes_of_all_files_are_reported_at_once_and_sorted(tmp_path):
    folder = copied(tmp_path)
    for file, old, new, _ in MISTAKES[:1] + MISTAKES[15:16]:
        path = folder / file
        path.write_text(path.read_text().replace(old, new, 1))
    (folder / "families.yaml").unlink()
    (folder / "limitz.yaml").write_text("- id: x\n")
    with pytest.raises(BadInput) as caught:
        load_table(folder)
    codes = {problem.code for problem in caught.value.problems}
    assert {"unknown-fact", "bad-test", "missing-file", "unknown-file"} <= codes
    places = [problem.location for problem in caught.value.problems]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "[" * 100_000,
        "- " * 5_000,
        "a: &a [*a]\n",
        "\x00",
        "--- 1\n--- 2\n",
        "just words",
        "- {id: [1]}",
        "? [a]\n: b",
    ],
)
def test_no_file_however_hostile_gives_a_traceback(tmp_path, text):
    folder = copied(tmp_path)
    (folder / "needs.yaml").write_text(text)
    with pytest.raises(BadInput) as caught:
        load_table(folder)
    assert any(problem.location.file.endswith("needs.yaml") for problem in caught.value.problems)


def test_a_condition_that_expands_beyond_reading_is_refused(tmp_path):
    folder = copied(tmp_path)
    path = folder / "limits.yaml"
    part = "{any: [{task: label}, {citations: true}, {stakes: high}]}"
    path.write_text(
        path.read_text().replace(
            "when: {model_access: api}", f"when: {{all: [{', '.join([part] * 8)}]}}", 1
        )
    )
    with pytest.raises(BadInput) as caught:
        load_table(folder)
    assert "too-many-alternatives" in {problem.code for problem in caught.value.problems}


def test_the_shipped_files_are_plain_ascii_with_readable_lines():
    for path in RULES.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert text.isascii(), path.name
        if path.name not in ("sources.yaml", "published.yaml") and path.parent.name != "precedents":
            assert max(map(len, text.splitlines())) <= 130, path.name
        yaml.load(text, Loader=yaml.CSafeLoader)
