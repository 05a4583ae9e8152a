"""The tests of a table: examples and cases are run, what they leave untested is measured, and
whatever is wrong in them is found.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import RULES, copied

from adaptadvisor.authoring import coverage
from adaptadvisor.authoring.coverage import KINDS, Gap, Point, measure
from adaptadvisor.authoring.test import RuleTest, Verification, run_case, verify
from adaptadvisor.engine.decide import Engine
from adaptadvisor.errors import BadInput, Location
from adaptadvisor.reading.cases import EXPECTATIONS, read_cases
from adaptadvisor.reading.tables import read_table
from adaptadvisor.render.authoring import junit, verification
from adaptadvisor.table.derived import with_derived

LOADED = read_table(RULES)
SHIPPED = read_cases(RULES, LOADED.table)
DRAWN = tuple(coverage._conditions(LOADED))


@pytest.fixture(scope="module")
def shipped() -> Verification:
    """What comes of the examples and cases of the shipped table."""
    return verify(LOADED, SHIPPED)


def _cases(folder: Path, text: str):
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "tests" / "some.yaml").write_text(text)
    return read_cases(folder, LOADED.table)


def _run(folder: Path, case: str) -> RuleTest:
    (read,) = _cases(folder, f"- {{id: it, {case}}}\n")
    return run_case(LOADED.table, read)


def _edited(folder: Path, file: str, *edits: tuple[str, str]):
    """A copy of the shipped table, without its cases, in which texts of one file are others."""
    copy = copied(folder)
    text = (copy / file).read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (copy / file).write_text(text)
    return read_table(copy)


def _codes(found: Verification, row: str) -> list[str]:
    return [gap.code for point, gap in found.gaps if row in point.id]


# ---- the shipped table ----


def test_the_shipped_table_passes_every_test_and_leaves_nothing_untested(shipped):
    assert shipped.clean, verification.render(shipped, 100)
    assert len(shipped.known_misses) == 4
    assert all(done == there > 0 for done, there in map(shipped.covered, KINDS))


def test_every_shipped_case_that_is_not_published_says_why_it_is_there():
    for case in SHIPPED:
        assert case.why or Path(case.place.file).name == "published.yaml", case.id


def test_what_each_limit_rules_out_is_said_by_a_shipped_case():
    for limit in LOADED.table.limits.values():
        said = [case.ruled_out for case in SHIPPED if limit.id in case.fires and case.ruled_out]
        assert any(set(limit.rules_out) <= set(out) for out in said), limit.id


def test_every_symptom_that_advice_tells_is_looked_for_in_a_shipped_case():
    told = {id for id, row in LOADED.table.symptoms.items() if not row.only_if_seen}
    assert {row for case in SHIPPED for row in case.symptoms} == told


def test_shipped_cases_say_of_every_question_whether_its_answer_can_be_brought_about():
    said = {fact for case in SHIPPED for fact in (*case.obtainable, *case.unobtainable)}
    assert said == {fact.id for fact in LOADED.table.questions}


def _without() -> dict[str, Engine]:
    """The shipped engine without one option, need or limit, by what is missing."""
    engine, found = Engine(LOADED.table), {}
    for number, need in enumerate(engine.needs):
        rest = engine.needs[:number], engine.needs[number + 1 :]
        found[f"need {need.id}"] = engine.with_rules(needs=(*rest[0], *rest[1]))
        for place, option in enumerate(LOADED.table.needs[need.id].met_by):
            ways = need.ways[:place] + need.ways[place + 1 :]
            found[f"option {need.id}/{place} ({option.approach})"] = engine.with_rules(
                needs=(*rest[0], need._replace(ways=ways), *rest[1])
            )
    for number, limit in enumerate(LOADED.table.limits):
        found[f"limit {limit}"] = engine.with_rules(
            limits=engine.limits[:number] + engine.limits[number + 1 :]
        )
    return found


def test_some_case_shows_it_when_any_need_option_or_limit_of_the_shipped_table_is_left_out():
    cases = [
        (dict(case.facts), case.plan, case.open_needs)
        for case in SHIPPED
        if case.plan is not None and case.open_needs is not None
    ]
    engine = Engine(LOADED.table)
    expected = [engine.decide(facts) for facts, _, _ in cases]
    unseen = {
        missing
        for missing, other in _without().items()
        if all(
            other.decide(facts) == outcome
            for (facts, _, _), outcome in zip(cases, expected, strict=True)
        )
    }
    # These choose words only: another option always holds, and what the approaches are provided
    # with says the same as the limits.
    assert unseen == {
        "option do-the-task/0 (prompt)",
        "option fewer-refusals/0 (prompt)",
        "option fewer-refusals/2 (rag)",
        "option outside-knowledge/4 (rag)",
        "option steady-labels-at-hand/12 (lora)",
        "limit api-only",
        "limit provider-tuning-only",
    }


# ---- tests that fail ----


def test_an_example_that_its_row_contradicts_fails_at_its_place(tmp_path):
    loaded = _edited(
        tmp_path,
        "limits.yaml",
        ("- {keep_general: true}", "- {keep_general: false}"),
        ("- {ml_skill: some}", "- {ml_skill: none}"),
    )
    failed = {result.id: result for result in verify(loaded, ()).failed}
    assert set(failed) == {"limits/keep-general fires 1", "limits/no-experience quiet 1"}
    fires = failed["limits/keep-general fires 1"]
    assert (
        'expected "keep-general" to fire, but it stays quiet in {keep_general: false}'
        in fires.message
    )
    line = (tmp_path / "rules" / "limits.yaml").read_text().splitlines()[fires.place.line - 1]
    assert line[fires.place.column - 1 :] == "{keep_general: false}"
    assert (
        'expected "no-experience" to stay quiet, but it fires'
        in failed["limits/no-experience quiet 1"].message
    )


KINDS_OF_EXPECTATION = {
    "plan": ("plan: [rag]", "plan: [lora, rag]", "expected the plan rag+lora, it came out as rag"),
    "accept": (
        "accept: [[lora], [rag]]",
        "accept: [[prompt], [lora]]",
        "expected the plan prompt or lora, it came out as rag",
    ),
    "wrong": (
        "wrong: [prompt, lora]",
        "wrong: [rag]",
        "expected anything but rag as the dearest part, but the plan is rag",
    ),
    "open_needs": (
        "open_needs: []",
        "open_needs: [deep-skill]",
        "expected deep-skill to stay open, it came out as nothing",
    ),
    "fires": (
        "fires: [outside-knowledge, stale-knowledge]",
        "fires: [high-volume]",
        'expected "high-volume" to fire, but it stays quiet',
    ),
    "quiet": (
        "quiet: [api-only]",
        "quiet: [outside-knowledge]",
        'expected "outside-knowledge" to stay quiet, but it fires',
    ),
    "reasons": (
        "reasons: [outside-knowledge, do-the-task]",
        "reasons: [no-gpu]",
        'expected "no-gpu" to fire, but it stays quiet',
    ),
    "met": (
        "met: {outside-knowledge: [rag], do-the-task: [prompt, rag, lora, full]}",
        "met: {outside-knowledge: [rag], do-the-task: [prompt, rag]}",
        'expected "do-the-task" to be met by prompt, rag, it is by prompt, rag, lora, full',
    ),
    "ruled_out": (
        "ruled_out: []",
        "ruled_out: [lora, full]",
        "expected lora, full to be ruled out, it came out as nothing",
    ),
    "settled": (
        "settled: false",
        "settled: true",
        "expected the plan to be settled, but it is not",
    ),
    "variants": (
        "variants: [hybrid-reranker]",
        "variants: [keyword, dpo]",
        "expected dpo, keyword among the variants",
    ),
    "checks": (
        "checks: [retrieval-failure]",
        "checks: [too-slow]",
        "expected too-slow among the checks",
    ),
    "first": (
        "first: questions-from-documents",
        "first: rag",
        "expected the route to start with rag, it starts with questions-from-documents",
    ),
    "family": (
        "family: decoder-only",
        "family: encoder-only",
        "expected the model family encoder-only, it is decoder-only",
    ),
    "steps": (
        "steps: [prompt-untested, rag]",
        "steps: [prompt-was-tested]",
        "expected prompt-was-tested among the steps, there are questions-from",
    ),
    "asked": ("asked: [examples]", "asked: [classes]", 'expected the question "classes" to apply'),
    "unasked": (
        "unasked: [classes]",
        "unasked: [examples]",
        'expected the question "examples" to not apply',
    ),
    "obtainable": (
        "obtainable: [examples]",
        "obtainable: [task]",
        'another answer to "task" can be brought about',
    ),
    "unobtainable": (
        "unobtainable: [task]",
        "unobtainable: [examples]",
        'another answer to "examples" can not be brought about',
    ),
    "blocking": (
        "blocking: []",
        "blocking: [prompt-untested]",
        "expected prompt-untested to come before all else, it came out as nothing",
    ),
    "symptoms": (
        "symptoms: []",
        "symptoms: [trained-too-long]",
        "expected trained-too-long among the symptoms, there are nothing",
    ),
    "only": (
        "only: [symptoms]",
        "only: [variants]",
        "expected nothing else among the variants, there are retrieval-augmented, hybrid-reranker",
    ),
    "absent": (
        "absent: [seed-variance, keyword]",
        "absent: [hybrid-reranker, too-slow]",
        "expected hybrid-reranker not to be shown",
    ),
}


@pytest.mark.parametrize("kind", sorted({*EXPECTATIONS} - {"precedent"}))
def test_each_kind_of_expectation_passes_where_it_is_met_and_fails_where_it_is_not(tmp_path, kind):
    met, missed, message = KINDS_OF_EXPECTATION[kind]
    facts = "facts: {task: answer, private_knowledge: true}"
    good, bad = _run(tmp_path, f"{facts}, {met}"), _run(tmp_path, f"{facts}, {missed}")
    assert good.passed, good.message
    assert not good.message
    assert not bad.passed
    assert message in bad.message
    assert (bad.place.line, bad.place.column) == (1, 3)


def test_a_case_can_say_which_symptoms_are_looked_for_after_a_run_that_fell_short(tmp_path):
    facts = "facts: {task: write, tried: [full]}"
    good = _run(tmp_path, f"{facts}, symptoms: [forgot-the-rest, trained-too-long]")
    assert good.passed, good.message
    more = _run(tmp_path, f"{facts}, symptoms: [forgot-the-rest], only: [symptoms]").message
    assert "expected nothing else among the symptoms, there are" in more
    assert "forgot-the-rest" not in more


def test_what_a_case_lists_in_full_may_leave_out_the_parts_of_the_plan(tmp_path):
    steps = "steps: [prompt-untested, questions-from-documents, read-the-files]"
    found = _run(
        tmp_path, f"facts: {{task: answer, private_knowledge: true}}, {steps}, only: [steps]"
    )
    assert found.passed, found.message


def test_who_meets_a_need_does_not_depend_on_limits_which_are_told_apart(tmp_path):
    facts = "facts: {behaviour_shift: strong, model_access: api_tuning, deadline_days: 2}"
    met = "met: {behaviour-on-every-call: [lora]}, ruled_out: [lora, full]"
    found = _run(tmp_path, f"{facts}, {met}")
    assert found.passed, found.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- {id: a, facts: {}, met: [lora]}", "wrong-type"),
        ("- {id: a, facts: {}, met: {nothing-such: [lora]}}", "unknown-id"),
        ("- {id: a, facts: {}, met: {right-form: [lorra]}}", "unknown-approach"),
        ("- {id: a, facts: {}, only: [variant]}", "unknown-choice"),
    ],
)
def test_an_expectation_in_another_form_is_refused(tmp_path, text, code):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "cases.yaml").write_text(text)
    with pytest.raises(BadInput) as error:
        read_cases(tmp_path, LOADED.table)
    assert [problem.code for problem in error.value.problems] == [code]


def test_everything_that_a_case_misses_is_said_at_once(tmp_path):
    message = _run(
        tmp_path, "facts: {}, plan: [], wrong: [prompt], open_needs: [deep-skill], settled: true"
    ).message
    assert message.count("expected") == 4
    assert "expected the plan none, it came out as prompt" in message


def test_a_known_miss_passes_as_long_as_the_plan_is_another_one(tmp_path):
    missed = _run(tmp_path, "facts: {}, plan: [rag], known_miss: nobody tried")
    assert missed.passed
    assert missed.message == "known miss: nobody tried"
    met = _run(tmp_path, "facts: {}, plan: [prompt], known_miss: nobody tried")
    assert not met.passed
    assert "no longer a miss" in met.message


def test_a_known_miss_is_about_the_plan_alone(tmp_path):
    miss = "accept: [[rag]], wrong: [prompt], known_miss: nobody tried"
    assert _run(tmp_path, f"facts: {{}}, {miss}").passed
    result = _run(tmp_path, f"facts: {{}}, {miss}, settled: true")
    assert not result.passed
    assert "expected the plan to be settled" in result.message


# ---- mistakes in cases ----

GOOD = "- {id: a, facts: {}, plan: [prompt]}\n"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: b\n", "not-a-list", (1, 1)),
        ("- b\n", "not-a-row", (1, 3)),
        (GOOD + GOOD, "duplicate-id", (2, 8)),
        ("- {id: Not Kebab, facts: {}, plan: []}\n", "bad-id", (1, 8)),
        ("- {facts: {}, plan: []}\n", "missing-field", (1, 3)),
        ("- {id: a, plan: []}\n", "missing-field", (1, 3)),
        ("- {id: a, facts: [], plan: []}\n", "not-a-mapping", (1, 18)),
        ("- {id: a, facts: {}}\n", "nothing-expected", (1, 3)),
        ("- {id: a, facts: {}, accept: []}\n", "nothing-expected", (1, 3)),
        ("- {id: a, facts: {}, wrong: [full], known_miss: x}\n", "nothing-missed", (1, 3)),
        ("- {id: a, facts: {taks: label}, plan: []}\n", "unknown-fact", (1, 19)),
        ("- {id: a, facts: {rag_tried: true}, plan: []}\n", "derived-fact", (1, 19)),
        ("- {id: a, facts: {task: lable}, plan: []}\n", "unknown-choice", (1, 25)),
        ("- {id: a, facts: {examples: 010}, plan: []}\n", "leading-zero", (1, 29)),
        ("- {id: a, facts: {}, plan: [rga]}\n", "unknown-approach", (1, 29)),
        ("- {id: a, facts: {}, accept: [[rag], [lroa]]}\n", "unknown-approach", (1, 39)),
        ("- {id: a, facts: {}, plan: [], plans: [rag]}\n", "unknown-field", (1, 32)),
        ("- {id: a, facts: {}, fires: [outside-knowlege]}\n", "unknown-id", (1, 30)),
        ("- {id: a, facts: {}, reasons: [stale-knowledge]}\n", "unknown-id", (1, 32)),
        ("- {id: a, facts: {}, first: prompt-untestet}\n", "unknown-id", (1, 29)),
        ("- {id: a, facts: {}, settled: perhaps}\n", "wrong-type", (1, 31)),
        ("- {id: a, id: b, facts: {}, plan: []}\n", "duplicate-key", (1, 11)),
        ("- {id: a, facts: {}, plan: [}\n", "syntax", (1, 29)),
        ("", "empty", (0, 0)),
    ],
)
def test_a_mistake_in_a_case_is_found_at_its_place(tmp_path, text, code, place):
    with pytest.raises(BadInput) as caught:
        _cases(tmp_path, text)
    (problem,) = caught.value.problems
    assert (problem.code, problem.location.line, problem.location.column) == (code, *place), problem
    assert problem.location.file.endswith("some.yaml")


def test_a_row_that_was_renamed_is_named_with_the_one_that_was_probably_meant(tmp_path):
    with pytest.raises(
        BadInput,
        match=re.escape('there is no need "outside-knowlege"; did you mean "outside-knowledge"?'),
    ):
        _cases(tmp_path, "- {id: a, facts: {}, open_needs: [outside-knowlege]}\n")


def test_the_mistakes_of_all_files_are_reported_at_once(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "one.yaml").write_text(
        GOOD + "- {id: b, facts: {taks: label}, plan: [rga]}\n"
    )
    (tmp_path / "tests" / "two.yml").write_text(GOOD)
    with pytest.raises(BadInput) as caught:
        read_cases(tmp_path, LOADED.table)
    assert [problem.code for problem in caught.value.problems] == [
        "unknown-fact",
        "unknown-approach",
        "duplicate-id",
    ]


def test_a_table_without_the_folder_has_no_cases(tmp_path):
    assert read_cases(tmp_path, LOADED.table) == ()


def test_what_published_cases_say_of_themselves_may_have_any_form(tmp_path):
    text = (
        "- {id: a, facts: {}, plan: [prompt], title: T, source: {who: x}, results: [{plan: [rga]}],"
        " authority: x, difficulty: [1], checked: x}\n"
    )
    assert len(_cases(tmp_path, text)) == 1


# ---- coverage ----


def test_a_row_that_no_test_fires_or_leaves_quiet_is_a_gap(tmp_path):
    never = (
        "{requests_per_day: 3, latency_ms: 7, deadline_days: 9, stakes: low, per_user_access: true,"
        " output_schema: true, sensitive_data: true}"
    )
    loaded = _edited(tmp_path, "limits.yaml", ("when: {keep_general: true}", f"when: {never}"))
    assert _codes(verify(loaded, ()), "keep-general")[0] == "never-fires-in-a-test"
    quiet = [
        point for point in measure(LOADED, [{"keep_general": True}]) if point.id == "keep-general"
    ]
    assert [[gap.code for gap in point.gaps] for point in quiet] == [["never-quiet-in-a-test"]]
    assert quiet[0].gaps[0].situation == "{}"


def test_a_row_that_fires_where_nothing_is_known_is_offered_a_situation_that_leaves_it_quiet(
    tmp_path,
):
    loaded = _edited(
        tmp_path, "limits.yaml", ("when: {keep_general: true}", "when: {rag_tried: false}")
    )
    (point,) = (point for point in measure(loaded, [{}]) if point.id == "keep-general")
    assert [(gap.code, gap.situation) for gap in point.gaps] == [
        ("never-quiet-in-a-test", "{tried: [rag]}")
    ]


def test_every_example_and_every_case_counts_for_every_row(tmp_path):
    loaded = _edited(
        tmp_path,
        "limits.yaml",
        ("fires:\n      - {keep_general: true}\n", "fires: []\n"),
        ("fires:\n      - {ml_skill: none}\n", "fires: []\n"),
    )
    assert _codes(verify(loaded, ()), "no-experience") == [
        "never-fires-in-a-test",
        "branch-not-tested",
    ]
    assert (
        _codes(
            verify(
                loaded,
                _cases(tmp_path, "- {id: a, facts: {ml_skill: none}, fires: [no-experience]}"),
            ),
            "no-experience",
        )
        == []
    )
    assert _codes(verify(loaded, ()), "keep-general") == []  # an example of a variant has it


def test_an_alternative_that_holds_in_no_test_is_a_gap(tmp_path):
    loaded = _edited(
        tmp_path,
        "limits.yaml",
        (
            "when: {ml_skill: none}",
            "when: {any: [{ml_skill: none}, {stakes: low, deadline_days: 7}]}",
        ),
    )
    ((point, gap),) = (
        (point, gap) for point, gap in verify(loaded, ()).gaps if "no-experience" in point.id
    )
    assert gap == Gap(
        "branch-not-tested",
        "limits/no-experience: in no test stakes is low, and deadline_days is 7",
        "{deadline_days: 7, stakes: low}",
    )
    assert point.place.file.endswith("limits.yaml")


def test_an_alternative_of_an_option_counts_only_where_its_need_does():
    def gaps(*situations):
        return [
            point.gaps
            for point in measure(LOADED, situations)
            if point.id == "needs/preferences-decide (task_head, when): task is match"
        ]

    assert gaps({"task": "match", "preference_pairs": 500}) == [()]
    ((gap,),) = gaps({"task": "match"}, {"preference_pairs": 500})
    assert gap.situation == "{task: match, preference_pairs: 500}"


def test_a_line_with_no_test_on_one_of_its_sides_is_a_gap(tmp_path):
    loaded = _edited(
        tmp_path,
        "limits.yaml",
        ('when: {deadline_days: "< tuning-time"}', "when: {deadline_days: 5..8}"),
    )
    gaps = [
        (gap.code, gap.message, gap.situation)
        for point, gap in verify(loaded, ()).gaps
        if point.kind == "lines" and "deadline" in point.id
    ]
    assert gaps == [
        (
            "threshold-not-tested",
            "no test lies at the line of deadline_days at 5",
            "{deadline_days: 5}",
        ),
        (
            "threshold-not-tested",
            "no test lies just below the line of deadline_days at 5",
            "{deadline_days: 4}",
        ),
        (
            "threshold-not-tested",
            "no test lies at the line of deadline_days at 9",
            "{deadline_days: 9}",
        ),
        (
            "threshold-not-tested",
            "no test lies just below the line of deadline_days at 9",
            "{deadline_days: 8}",
        ),
    ]


@pytest.mark.parametrize(
    ("fact", "facts", "sides"),
    [
        ("model_params_b at 10", {"model_params_b": 10.1}, ["just below"]),
        ("model_params_b at 10", {"model_params_b": 10.2}, ["at", "just below"]),
        ("model_params_b at 10", {"model_params_b": 9.9}, ["at"]),
        ("model_params_b at more than 3", {"model_params_b": 3}, ["at"]),
        ("model_params_b at 3", {"model_params_b": 3}, ["just below"]),
        ("gpu_memory_gb at more than 0", {"gpu_memory_gb": 640}, ["just below"]),
        ("gpu_memory_gb at more than 0", {"gpu_memory_gb": 0}, ["at"]),
        (
            "examples_per_class at 8 (setfit-floor)",
            {"examples": 480, "classes": 60},
            ["just below"],
        ),
        ("examples_per_class at 8 (setfit-floor)", {"examples": 479, "classes": 60}, ["at"]),
        (
            "examples_per_class at 8 (setfit-floor)",
            {"examples": 70, "classes": 10},
            ["at", "just below"],
        ),
    ],
)
def test_a_number_that_is_not_whole_lies_at_a_line_within_one_per_cent(fact, facts, sides):
    points = coverage._lines(LOADED, DRAWN, [with_derived(facts)])
    (point,) = (point for point in points if point.id == f"the line of {fact}")
    assert [
        re.search("at|just below", gap.message[len("no test lies ") :])[0] for gap in point.gaps
    ] == sides


def test_the_situations_offered_close_every_gap_when_they_are_pasted(tmp_path):
    gaps = [gap for point in measure(LOADED, []) for gap in point.gaps]
    assert len(gaps) > 400
    assert {gap.code for gap in gaps} == {
        "never-fires-in-a-test",
        "never-quiet-in-a-test",
        "branch-not-tested",
        "threshold-not-tested",
    }
    cases = _cases(
        tmp_path,
        "".join(
            f"- {{id: g{number}, facts: {gap.situation}, quiet: []}}\n"
            for number, gap in enumerate(gaps)
        ),
    )
    assert [
        gap for point in measure(LOADED, [case.facts for case in cases]) for gap in point.gaps
    ] == []


def test_an_alternative_that_contradicts_itself_is_a_gap_without_a_situation(tmp_path):
    loaded = _edited(
        tmp_path,
        "limits.yaml",
        (
            "when: {ml_skill: none}",
            "when: {any: [{ml_skill: none}, {all: [{stakes: low}, {stakes: high}]}]}",
        ),
    )
    ((_, gap),) = (
        (point, gap) for point, gap in verify(loaded, ()).gaps if "no-experience" in point.id
    )
    assert gap.situation == ""


def test_a_table_that_extends_another_answers_for_its_own_rows_lines_and_cases(tmp_path):
    (tmp_path / "table.yaml").write_text("version: 1.0.0\nextends: shipped\n")
    (tmp_path / "thresholds.yaml").write_text("- {id: tuning-time, override: true, value: 5}\n")
    (tmp_path / "limits.yaml").write_text(
        "- {id: no-experience, override: true, when: {ml_skill: [none, some]}}\n"
    )
    loaded = read_table(tmp_path)
    found = verify(loaded, read_cases(tmp_path, loaded.table))
    assert [result.id for result in found.failed] == ["limits/no-experience quiet 1"], (
        "the base's own examples speak of the base's thresholds"
    )
    assert [point.id for point in found.points] == [
        "no-experience",
        "limits/no-experience: ml_skill is none or some",
        "the line of deadline_days at 5 (tuning-time)",
    ]
    assert not [result for result in found.results if result.suite == "cases"]


# ---- how it is shown ----

PLACE = Location("rules/tests/some\x1b[31m.yaml", 3, 5)
HOSTILE = Verification(
    (
        RuleTest("cases", "fine", PLACE, passed=True, message=""),
        RuleTest("cases", "known", PLACE, passed=True, message="known miss: so it is"),
        RuleTest(
            "examples",
            "limits/x fires 1",
            PLACE,
            passed=False,
            message="<b> & \x00 ]]> \x1b[2J \ud800 " + "word " * 40,
        ),
    ),
    (
        Point(
            "rows",
            "x",
            PLACE,
            (
                Gap("never-fires-in-a-test", "never \x07", "{task: label}"),
                Gap("never-quiet-in-a-test", "nor", ""),
            ),
        ),
        Point("lines", "y", PLACE, ()),
    ),
)


@pytest.mark.parametrize("hostile", [False, True], ids=["shipped", "hostile"])
def test_junit_is_xml_whose_counts_are_right(shipped, hostile):
    found = HOSTILE if hostile else shipped
    root = ET.fromstring(junit.render(found).encode())
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == ["examples", "cases", "coverage"]
    for suite in (root, *suites):
        assert int(suite.get("tests")) == len(list(suite.iter("testcase")))
        assert int(suite.get("failures")) == len(list(suite.iter("failure")))
    assert len(list(root.iter("testcase"))) == len(found.results) + len(found.points)
    assert len(list(root.iter("failure"))) == len(found.failed) + sum(
        bool(point.gaps) for point in found.points
    )


def test_junit_carries_the_place_the_kind_and_the_situation_that_closes_a_gap():
    root = ET.fromstring(junit.render(HOSTILE).encode())
    failed, gap = root.iter("failure")
    assert failed.get("type") == "test-failed"
    assert failed.get("message").startswith("<b> & \\x00 ]]> \\x1b[2J \\ud800 ")
    assert gap.get("type") == "never-fires-in-a-test"
    assert "add for example {task: label}" in gap.text
    assert {case.get("line") for case in root.iter("testcase")} == {"3"}
    assert [node.text for node in root.iter("system-out")] == ["known miss: so it is"]


def test_a_clean_table_is_one_line(shipped):
    text = verification.render(shipped, 100)
    assert re.fullmatch(
        r"\d+ tests, 0 failed, 4 known misses; rows (\d+)/\1, branches (\d+)/\2, lines (\d+)/\3\n",
        text,
    )
    assert int(text.split()[0]) == len(shipped.results)


@pytest.mark.parametrize("plain", [False, True])
def test_each_failure_and_each_gap_is_one_line_with_its_place(plain):
    text = verification.render(HOSTILE, 60, colour=not plain, plain=plain)
    bare = re.sub("\x1b\\[[012]?m", "", text)
    assert bare.isascii()
    assert all(line.isprintable() for line in bare.split("\n"))
    assert (text != bare) is not plain
    place = str(PLACE)
    failed, never, example, nor = (line for line in bare.split("\n") if line[:1] in ("r", " "))
    assert failed.startswith(f"{place}: error[test-failed]: limits/x fires 1: <b> & ")
    assert failed.endswith(" word")
    assert never.startswith(f"{place}: error[never-fires-in-a-test]: never")
    assert example == "  add for example {task: label}"
    assert nor == f"{place}: error[never-quiet-in-a-test]: nor"
    assert " ".join(bare.split()).endswith(
        "3 tests, 1 failed, 1 known miss; rows 0/1, branches 0/0, lines 1/1"
    )
