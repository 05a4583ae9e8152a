"""Findings: each is found on a small change of the shipped table, which itself has none."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from conftest import RULES

from adaptadvisor.authoring.lint import lint
from adaptadvisor.authoring.meaning import boxes, meaning, together
from adaptadvisor.reading.tables import load_table, read_table
from adaptadvisor.table import conditions
from adaptadvisor.table.conditions import All, AnyOf

TODAY = date(2026, 11, 24)


def overlay(folder: Path, **files: str) -> Path:
    """A table that extends the shipped one, with these files."""
    folder.mkdir(exist_ok=True)
    for name, text in {"table": "version: 0.1.0\nextends: shipped\n", **files}.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def found(folder: Path, today: date = TODAY) -> list[tuple[str, str]]:
    """File names with lines, and codes."""
    return [
        (f"{Path(problem.location.file).name}:{problem.location.line}", problem.code)
        for problem in lint(read_table(folder), today)
    ]


def said(folder: Path, today: date = TODAY) -> str:
    return "\n".join(map(str, lint(read_table(folder), today)))


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the shipped table with one change."""
    copy = Path(shutil.copytree(RULES, folder / "rules"))
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1))
    return copy


def test_the_shipped_table_has_no_findings():
    assert lint(read_table(RULES), TODAY) == ()


def test_an_overlay_that_changes_nothing_has_no_findings(tmp_path):
    assert found(overlay(tmp_path / "house")) == []


def test_findings_are_sorted_by_place_and_say_which_row_and_what_would_be_right(tmp_path):
    thresholds = (
        "- {id: a, name: n, fact: examples, value: -5, kind: default, means: a default}\n- {id: b, name: n, fact:"
        " task, value: 1, kind: default, means: b (}\n"
    )
    problems = lint(read_table(overlay(tmp_path / "house", thresholds=thresholds)), TODAY)
    assert list(problems) == sorted(problems, key=lambda problem: problem.location)
    message = next(
        problem.message for problem in problems if problem.code == "threshold-out-of-range"
    )
    assert '"a"' in message
    assert "-5" in message
    assert "a whole number from 0 to 1,000,000,000,000" in message


THRESHOLD = (
    "- {{id: x, name: n, fact: {fact}, value: {value}, kind: default, means: an engineering default,"
    " sources: [zhou2023-lima]}}\n"
)


@pytest.mark.parametrize(
    ("fact", "value", "codes"),
    [
        ("examples", "-1", ["threshold-out-of-range", "unused-threshold"]),
        ("examples", "2e12", ["threshold-out-of-range", "unused-threshold"]),
        ("examples", "10.5", ["threshold-out-of-range", "unused-threshold"]),
        ("examples_per_class", "10.5", ["unused-threshold"]),
        ("task", "1", ["threshold-of-no-number", "unused-threshold"]),
        ("examples", "1e12", ["unused-threshold"]),
    ],
)
def test_a_threshold_lies_where_its_fact_can_be(tmp_path, fact, value, codes):
    folder = overlay(tmp_path / "house", thresholds=THRESHOLD.format(fact=fact, value=value))
    assert sorted(code for _, code in found(folder)) == codes


def test_a_threshold_that_some_condition_names_is_used(tmp_path):
    limits = '- {id: no-experience, override: true, when: {ml_skill: none, examples: "< x"}}\n'
    folder = overlay(
        tmp_path / "house", thresholds=THRESHOLD.format(fact="examples", value=77), limits=limits
    )
    assert found(folder) == []


def test_a_source_that_nobody_cites_is_unused(tmp_path):
    source = (
        "- {id: mine, title: t, year: 2026, venue: v, address: a, finding: f, strength: weak,"
        " checked: source}\n"
    )
    assert found(overlay(tmp_path / "house", sources=source)) == [
        ("sources.yaml:1", "unused-source")
    ]
    topics = "- {id: mlm, override: true, see_also: [mine]}\n"
    assert found(overlay(tmp_path / "house", sources=source, topics=topics)) == []


def test_a_question_that_no_row_reads_is_unused_also_where_another_question_applies_by_it(tmp_path):
    questions = (
        "- {id: mood, name: n, order: 500, type: bool, question: Good mood?, why: w, find_out: f,"
        " choices: [{value: true, means: y}, {value: false, means: n}]}\n"
        "- {id: stakes, override: true, applies: {mood: true}}\n"
    )
    assert found(overlay(tmp_path / "house", questions=questions)) == [
        ("questions.yaml:1", "unused-fact")
    ]


def test_a_fact_that_is_read_only_through_a_derived_one_is_used(tmp_path):
    folder = tmp_path / "house"
    shutil.copytree(RULES, folder)
    for path in folder.glob("**/*.yaml"):
        text = path.read_text(encoding="utf-8")
        direct = re.sub(r"(?<=[ {])gpu_memory_gb: (?!\{)", "preference_pairs: ", text)
        path.write_text(direct if path.name != "questions.yaml" else text, encoding="utf-8")
    limits = load_table(folder).limits.values()
    readers = {test.fact for row in limits for test in conditions.tests(row.when)}
    assert "gpu_memory_gb" not in readers
    assert "full_fits" in readers
    assert "gpu_memory_gb" not in " ".join(
        problem.message for problem in lint(read_table(folder), TODAY)
    )


def test_choices_that_no_condition_tells_apart_are_named(tmp_path):
    folder = changed(tmp_path, "questions.yaml", "  alike: [low, medium]", "  #")
    assert [code for _, code in found(folder)] == ["same-choices"]
    assert "low, medium" in said(folder)


@pytest.mark.parametrize("alike", ["medium, high", "low, middling", "low, medium, high"])
def test_a_question_cannot_call_alike_what_is_told_apart(tmp_path, alike):
    folder = changed(tmp_path, "questions.yaml", "  alike: [low, medium]", f"  alike: [{alike}]")
    assert "not-alike" in {code for _, code in found(folder)}


QUESTION = (
    "- {{id: mood, name: n, order: 500, type: {type}, question: Which?, why: w, find_out: f, choices:"
    " [{choices}]}}\n"
)


@pytest.mark.parametrize(
    ("type", "values", "columns"),
    [
        ("choice", "good bad good", 1),
        ("bool", "true false perhaps", 1),
        ("choice", "good unknown", 1),
        ("integer", "1", 1),
        ("choice", "good bad", 0),
    ],
)
def test_a_choice_that_no_answer_can_mean_is_found(tmp_path, type, values, columns):
    choices = ", ".join(f"{{value: {value}, means: m}}" for value in values.split())
    codes = [
        code
        for _, code in found(
            overlay(tmp_path / "house", questions=QUESTION.format(type=type, choices=choices))
        )
    ]
    assert codes.count("unreachable-choice") == columns


def test_a_range_without_numbers_is_found(tmp_path):
    question = (
        "- {id: mood, name: n, order: 500, type: integer, question: Which?, why: w, find_out: f, minimum: 5,"
        " maximum: 2}\n"
    )
    assert "empty-range" in {
        code for _, code in found(overlay(tmp_path / "house", questions=question))
    }


@pytest.mark.parametrize(
    "examples",
    [
        "",
        ", examples: {fires: [{whole_document: true}], quiet: []}",
        ", examples: {fires: [], quiet: []}",
    ],
)
def test_a_row_with_a_condition_needs_an_example_on_either_side(tmp_path, examples):
    row = LIMIT.format(rest=examples or ", sources: [warner2024-modernbert]").replace(
        "WHEN", "{whole_document: true, stakes: low}"
    )
    row = row if "sources" in row else row.replace("}\n", ", sources: [warner2024-modernbert]}\n")
    assert [code for _, code in found(overlay(tmp_path / "house", limits=row))] == ["no-examples"]


LIMIT = (
    "- {{id: mine, name: n, order: 999, limit: l, rules_out: full, when: WHEN, because: b, lifted_by: l,"
    " misleads_when: m, reviewed: 2026-11-24{rest}}}\n"
)
SOURCE = ", sources: [warner2024-modernbert]"
EXAMPLES = (
    ", examples: {fires: [{whole_document: true, stakes: low}], quiet: [{whole_document: false}]}"
)


def limit(when: str, rest: str = SOURCE + EXAMPLES) -> str:
    return LIMIT.format(rest=rest).replace("WHEN", when)


def test_what_cites_nothing_is_unsourced(tmp_path):
    row = limit("{whole_document: true, stakes: low}", ", sources: []" + EXAMPLES)
    assert found(overlay(tmp_path / "house", limits=row)) == [("limits.yaml:1", "unsourced")]
    needs = "- {id: traceable-answers, override: true, sources: []}\n"
    assert found(overlay(tmp_path / "needs", needs=needs)) == [], (
        "every option and refusal cites something itself"
    )
    needs = (
        "- {id: traceable-answers, override: true, sources: [], not_met_by: {'prompt,"
        " task_head, lora, full': {because: b}}}\n"
    )
    assert found(overlay(tmp_path / "more", needs=needs)) == [("needs.yaml:1", "unsourced")] * 4


def test_a_review_stands_for_so_many_days_and_no_longer(tmp_path):
    folder = changed(tmp_path, "limits.yaml", "reviewed: 2026-11-21", "reviewed: 2025-11-24")
    assert found(folder) == [], "365 days ago"
    assert [code for _, code in found(folder, date(2026, 11, 25))] == ["due-for-review"]
    assert "366 days ago" in said(folder, date(2026, 11, 25))
    (folder / "table.yaml").write_text("version: 0.1.0\n")
    assert found(folder, date(2090, 1, 1)) == [], "a table may let reviews stand for ever"


def test_symptoms_come_up_for_review_too(tmp_path):
    folder = changed(tmp_path, "symptoms.yaml", "reviewed: 2026-11-28", "reviewed: 2025-11-21")
    assert [code for _, code in found(folder)] == ["due-for-review"]


def test_what_a_table_extends_is_reviewed_by_its_own_people(tmp_path):
    limits = "- {id: no-experience, override: true, lifted_by: a colleague}\n"
    assert found(overlay(tmp_path / "house", limits=limits), date(2090, 1, 1)) == [
        ("limits.yaml:1", "due-for-review")
    ]


def test_conditions_that_never_hold_are_left_to_proofs(tmp_path):
    never = limit("{all: [{stakes: low}, {stakes: high}]}") + limit(
        "{all: [{ml_skill: none}, {ml_skill: some}]}"
    ).replace("mine", "too")
    assert found(overlay(tmp_path / "house", limits=never)) == []


@pytest.mark.parametrize(
    "when",
    [
        "{latency_ms: '< 101', task: [match, extract, label]}",
        (
            "{any: [{task: label, latency_ms: '<= 100'}, {latency_ms: 1..100, task: [extract,"
            " match]}]}"
        ),
    ],
)
def test_two_limits_with_one_condition_that_rule_the_same_out_are_found(tmp_path, when):
    row = limit(when)
    assert found(overlay(tmp_path / "house", limits=row)) == [], (
        "the other one rules other approaches out"
    )
    folder = overlay(
        tmp_path / "house", limits=row.replace("rules_out: full", "rules_out: [rag, full]")
    )
    assert found(folder) == [("limits.yaml:1", "same-condition")]
    assert "no-time-to-answer" in said(folder)


def test_two_needs_with_one_condition_are_found_once_at_the_row_that_can_be_mended(tmp_path):
    needs = (
        "- {id: traceable-answers, override: true, when: {any: [{behaviour_shift: strong},"
        " {behaviour_shift: strong}]}}\n"
    )
    folder = overlay(tmp_path / "house", needs=needs)
    found_here = found(folder)
    twin = [code for _, code in found_here]
    assert twin == ["same-condition"], said(folder)


def test_equal_ways_of_one_need_are_found(tmp_path):
    way = "{because: %s, when: {task: [label, code]}, provided: {examples: '> 3'}}"
    ways = (
        f"{{rag: {{either: [{way % 'a'}, {way % 'b'}, {way.replace('> 3', '> 4') % 'c'}]}},"
        " 'prompt, task_head, lora, full': {because: d}}"
    )
    needs = (
        f"- {{id: traceable-answers, override: true, met_by: {ways}, not_met_by: {{rag:"
        " {because: e}}}\n"
    )
    assert found(overlay(tmp_path / "house", needs=needs)) == [("needs.yaml:1", "same-condition")]


def test_a_first_step_that_another_always_hides_is_found(tmp_path):
    row = (
        "- {id: mine, name: n, stage: labels, priority: %s, approaches: %s, when: {task_changes: days}, do:"
        " d, because: b, sources: [geva2019-annotator-bias], %s}\n"
    )
    examples = "examples: {fires: [{task_changes: days}], quiet: [{task_changes: never}]}"
    assert found(overlay(tmp_path / "house", readiness=row % (3, "[lora]", examples))) == [
        ("readiness.yaml:1", "same-condition")
    ]
    assert found(overlay(tmp_path / "house", readiness=row % (33, "[lora]", examples))) == [], (
        "for other plans the row of the base is shown"
    )
    assert found(overlay(tmp_path / "house", readiness=row % (30, "[lora]", examples))) == [
        ("readiness.yaml:1", "same-condition"),
        ("readiness.yaml:1", "same-priority"),
    ]


VARIANT = (
    "- {{id: mine, name: n, approaches: {approaches}, role: method, priority: {priority}, what: w,"
    " because: b, watch_out: o, when: {when}, sources: [zhou2023-lima], examples: {{fires:"
    " [{{stakes: low}}], quiet: [{{stakes: high}}]}}, settings: [{{name: n, value: 1, {basis}}}],"
    " if_it_fails: f}}\n"
)


def variant(basis="default: true", **more):
    return VARIANT.format(basis=basis, **more)


def test_a_setting_is_sourced_or_marked_as_a_default_and_no_variant_is_without_one(tmp_path):
    row = {"approaches": "[lora]", "priority": 99, "when": "{stakes: low}"}
    for basis in ("default: true", "sources: [unsloth-lora-guide]"):
        assert found(overlay(tmp_path / "house", variants=variant(basis, **row))) == []
    bare = variant("default: false", **row)
    assert found(overlay(tmp_path / "house", variants=bare)) == [("variants.yaml:1", "unsourced")]
    none = variant(**row).replace(", settings: [{name: n, value: 1, default: true}]", "")
    assert found(overlay(tmp_path / "house", variants=none)) == [("variants.yaml:1", "no-settings")]


def test_a_variant_that_another_always_hides_is_found(tmp_path):
    always = variant(approaches="[prompt]", priority=-5, when="{}")
    assert found(overlay(tmp_path / "house", variants=always)) == [
        ("variants.yaml:1", "same-condition")
    ]


def test_variants_that_compete_with_one_priority_are_found_unless_they_exclude_each_other(tmp_path):
    rival = variant(approaches="[task_head]", priority=10, when="{stakes: low}")
    assert found(overlay(tmp_path / "house", variants=rival)) == [
        ("variants.yaml:1", "same-priority")
    ]
    rival = variant(
        approaches="[task_head]", priority=10, when='{examples_per_class: "< setfit-floor"}'
    )
    assert [code for _, code in found(overlay(tmp_path / "house", variants=rival))] == []


def test_model_families_that_compete_with_one_priority_are_found(tmp_path):
    table = load_table(RULES)
    pick = next(
        pick
        for family in table.families.values()
        for pick in family.picks
        if family.id == "decoder-only"
    )
    own = f"{{approaches: [{pick.approaches[0]}], priority: {pick.priority}, because: b}}"
    family = f"- {{id: encoder-only, override: true, picks: [{own}]}}\n"
    codes = {code for _, code in found(overlay(tmp_path / "house", families=family))}
    assert "same-priority" in codes


def test_two_picks_of_one_model_family_are_no_rivals(tmp_path):
    own = (
        "{approaches: [rag], priority: 77, because: b}, {approaches: [rag], priority: 77,"
        " because: c}"
    )
    assert (
        found(
            overlay(
                tmp_path / "house",
                families=f"- {{id: encoder-only, override: true, picks: [{own}]}}\n",
            )
        )
        == []
    )


def test_a_need_speaks_of_every_approach(tmp_path):
    needs = (
        "- {id: documents-per-user, override: true, not_met_by: {'prompt, full': {because: b}}}\n"
    )
    folder = overlay(tmp_path / "house", needs=needs)
    assert found(folder) == [("needs.yaml:1", "silent-on-approach")]
    assert "says nothing of lora;" in said(folder), "a head has a reason that always holds"


def test_an_option_names_a_variant_of_its_own_approach(tmp_path):
    folder = changed(tmp_path, "needs.yaml", "variant: paste-corpus", "variant: dpo")
    assert [code for _, code in found(folder)] == ["variant-of-another-approach"]


def test_a_refusal_that_is_never_shown_is_found(tmp_path):
    refusals = "{'prompt, task_head, lora, full': {because: b}, rag: {because: never}}"
    needs = f"- {{id: traceable-answers, override: true, not_met_by: {refusals}}}\n"
    folder = overlay(tmp_path / "house", needs=needs)
    assert found(folder) == [("needs.yaml:1", "refusal-never-shown")]
    assert "it always meets the need" in said(folder)


def test_a_refusal_where_what_the_approach_lacks_is_said_instead_is_never_shown(tmp_path):
    refusals = "{prompt: {because: b}, rag: {because: b}, full: {because: never}}"
    needs = f"- {{id: steady-labels-at-hand, override: true, not_met_by: {refusals}}}\n"
    folder = overlay(tmp_path / "house", needs=needs)
    assert found(folder) == [("needs.yaml:1", "refusal-never-shown")]
    assert "what it lacks is said instead" in said(folder)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TODO say why", "placeholder-text"),
        ("...", "placeholder-text"),
        ("Lorem ipsum dolor", "placeholder-text"),
        ("it fails (often", "unclosed-bracket"),
        ("use `nvidia-smi to see", "unclosed-bracket"),
        ("it fails (often); 1) a, 2) b", ""),
        ("a todo list is written", ""),
    ],
)
def test_texts_that_nobody_finished_are_found(tmp_path, text, code):
    limits = f'- {{id: no-experience, override: true, because: "{text}"}}\n'
    assert [code for _, code in found(overlay(tmp_path / "house", limits=limits))] == (
        [code] if code else []
    )


def test_texts_inside_options_choices_and_topics_are_looked_at_too(tmp_path):
    folder = changed(
        tmp_path, "needs.yaml", "a pasted corpus with numbered passages can be quoted", "TODO"
    )
    (folder / "questions.yaml").write_text(
        (folder / "questions.yaml")
        .read_text()
        .replace("means: It costs money, time or trust.", "means: FIXME")
    )
    (folder / "topics.yaml").write_text(
        (folder / "topics.yaml").read_text().replace("aliases: [", "aliases: [XXX, ", 1)
    )
    assert [code for _, code in found(folder)] == ["placeholder-text"] * 3


def test_a_question_ends_in_a_question_mark(tmp_path):
    questions = "- {id: stakes, override: true, question: Say what a wrong answer costs.}\n"
    assert found(overlay(tmp_path / "house", questions=questions)) == [
        ("questions.yaml:1", "no-question-mark")
    ]


def test_what_is_unused_due_or_said_twice_in_a_base_is_left_to_its_owner(tmp_path):
    base = changed(
        tmp_path,
        "thresholds.yaml",
        "- id: few-shot-enough",
        THRESHOLD.format(fact="examples", value=5) + "- id: few-shot-enough",
    )
    (base / "limits.yaml").write_text(
        (base / "limits.yaml").read_text()
        + limit("{deadline_days: '< tuning-time'}")
        + limit("{deadline_days: '< 3'}").replace("mine", "too")
    )
    assert {code for _, code in found(base, date(2090, 1, 1))} == {
        "unused-threshold",
        "due-for-review",
        "same-condition",
    }
    house = tmp_path / "house"
    house.mkdir()
    (house / "table.yaml").write_text("version: 0.1.0\nextends: ../rules\n")
    assert found(house, date(2090, 1, 1)) == []


def test_conditions_are_compared_by_what_they_mean():
    facts = load_table(RULES).facts
    label, code = conditions.Test("task", ("label",)), conditions.Test("task", ("code",))
    few, many, all_of_them = (
        conditions.Test("examples", (), (interval,))
        for interval in ((0, 50), (50, 10**13), (-5, 10**14))
    )

    def means(condition):
        return meaning(boxes(condition, facts, 64))

    assert means(All((label, few))) == means(All((few, label, few)))
    assert (
        means(AnyOf((label, code)))
        == means(AnyOf((code, label, code)))
        == means(conditions.Test("task", ("code", "label")))
    )
    assert means(AnyOf((few, many))) == means(all_of_them)
    assert means(AnyOf((label, All((label, few))))) == means(label)
    assert means(AnyOf((All((label, few)), All((code, few))))) == means(
        All((few, conditions.Test("task", ("label", "code"))))
    )
    assert means(AnyOf((label, few))) != means(All((label, few)))
    assert boxes(All((label, code)), facts, 64) == boxes(All((few, many)), facts, 64) == ()
    assert together({"task": frozenset({"label"})}, {"examples": ((0, 5),)})
    assert not together({"examples": ((5, 9),)}, {"examples": ((0, 5),)})
