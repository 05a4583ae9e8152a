"""What the advice says: the situations everyone would try first, and the parts that every
recommendation has.
"""

from __future__ import annotations

import json
import re

import pytest
from conftest import FULL, RULES, fewer
from hypothesis import given, settings
from strategies import situations

from adaptadvisor import advise
from adaptadvisor.engine.decide import Engine
from adaptadvisor.errors import BadInput
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import as_json, text
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.speech import authors, plan_words

TABLE = load_table(RULES)
ENGINE = Engine(TABLE)

FIRST_TRIES = [
    (
        "the model nearly does the task, the rest is wording",
        {"prompt_result": "close", "main_error": "style"},
        ["prompt"],
        "do-the-task",
    ),
    (
        "the model nearly does the task, the rest is format",
        {"prompt_result": "close", "main_error": "format"},
        ["prompt"],
        "right-form",
    ),
    (
        "the form alone is wrong, however far",
        {"task": "extract", "prompt_result": "far", "main_error": "format"},
        ["prompt"],
        "right-form",
    ),
    (
        "private knowledge",
        {"task": "answer", "private_knowledge": True},
        ["rag"],
        "outside-knowledge",
    ),
    (
        "fresh knowledge",
        {"task": "answer", "knowledge_updates": "days"},
        ["rag"],
        "outside-knowledge",
    ),
    (
        "a corpus that fits the context",
        {"private_knowledge": True, "corpus_tokens": 50_000},
        ["prompt"],
        "outside-knowledge",
    ),
    (
        "it fits but moves daily",
        {"private_knowledge": True, "corpus_tokens": 50_000, "knowledge_updates": "days"},
        ["rag"],
        "outside-knowledge",
    ),
    (
        "a stable label with labelled data",
        {"task": "label", "examples": 1200, "classes": 12},
        ["task_head"],
        "steady-labels-at-hand",
    ),
    (
        "a stable score with labelled data",
        {"task": "match", "examples": 5000},
        ["task_head"],
        "steady-labels-at-hand",
    ),
    (
        "style must shift on every call",
        {"task": "write", "behaviour_shift": "strong"},
        ["lora"],
        "behaviour-on-every-call",
    ),
    (
        "deep, strong pairs in quantity, weights and GPU",
        {
            "task": "write",
            "specialisation": "deep",
            "examples": 60_000,
            "data_quality": "strong",
            "model_access": "weights",
            "gpu_memory_gb": 640,
        },
        ["full"],
        "deep-domain-at-scale",
    ),
    (
        "deep, billions of tokens, weights and GPU",
        {
            "specialisation": "deep",
            "domain_tokens": 2_000_000_000,
            "model_access": "weights",
            "gpu_memory_gb": 640,
            "model_params_b": 8,
        },
        ["full"],
        "deep-domain-at-scale",
    ),
    (
        "a rare one-off",
        {"task": "rewrite", "behaviour_shift": "strong", "requests_per_day": 1, "examples": 300},
        ["prompt"],
        "rare-work",
    ),
    (
        "the same labels over millions of requests",
        {"task": "label", "requests_per_day": 5_000_000},
        ["task_head"],
        "high-volume",
    ),
    (
        "the same rewriting over millions of requests",
        {"task": "rewrite", "requests_per_day": 5_000_000},
        ["lora"],
        "high-volume",
    ),
    (
        "little data with tuning needed",
        {"behaviour_shift": "strong", "examples": 300, "model_access": "weights"},
        ["lora"],
        "behaviour-on-every-call",
    ),
    (
        "private data with tuning needed",
        {"behaviour_shift": "strong", "sensitive_data": True},
        ["lora"],
        "behaviour-on-every-call",
    ),
    (
        "preferences decide",
        {"task": "write", "preference_pairs": 5000, "stakes": "high"},
        ["lora"],
        "preferences-decide",
    ),
    (
        "safety critical",
        {"task": "write", "main_error": "safety", "stakes": "high", "examples": 800},
        ["lora"],
        "safer-behaviour",
    ),
    (
        "a support bot with private policies",
        {
            "task": "answer",
            "private_knowledge": True,
            "knowledge_updates": "months",
            "behaviour_shift": "some",
        },
        ["rag"],
        "outside-knowledge",
    ),
    (
        "private knowledge and a house style",
        {"private_knowledge": True, "behaviour_shift": "strong"},
        ["rag", "lora"],
        "behaviour-on-every-call",
    ),
]


@pytest.mark.parametrize(
    ("facts", "plan", "row"),
    [case[1:] for case in FIRST_TRIES],
    ids=[case[0] for case in FIRST_TRIES],
)
def test_the_first_thing_people_try_gets_the_right_plan_with_its_reason(facts, plan, row):
    advice = advise(TABLE, facts)
    assert list(advice.plan) == plan
    assert row in {reason.row for reason in advice.reasons}
    says = next(reason.says for reason in advice.reasons if reason.row == row)
    assert says[1:].rstrip(".") in " ".join(text.render(advice, parts=FULL).split())


def test_nothing_known_means_measure_first_and_train_nothing():
    advice = advise(TABLE, {})
    assert advice.plan == ("prompt",)
    assert advice.route[0].stage == "evaluation"
    assert not advice.settled


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({"task": "label", "examples": 2000, "data_quality": "noisy"}, "labels-are-noisy"),
        ({"task": "label", "examples": 2000, "task_changes": "days"}, "labels-keep-moving"),
        ({"task": "label", "examples": 10}, "few-examples-are-for-showing"),
        (
            {"task": "label", "examples": 10, "prompt_affordable": False},
            "too-few-examples-to-train",
        ),
        ({"task": "label", "examples": 2000, "eval_examples": 0}, "no-evaluation-set"),
    ],
)
def test_what_makes_training_pointless_is_said_first(facts, first):
    advice = advise(TABLE, facts)
    assert advice.route[0].id == first
    if advice.route[0].blocks:
        assert advice.headline.startswith("Not yet: ")


def test_preferences_and_safety_bring_their_variant_guardrails_and_a_safety_retest():
    preferences = advise(TABLE, {"task": "write", "preference_pairs": 5000, "stakes": "high"})
    safety = advise(
        TABLE, {"task": "write", "main_error": "safety", "stakes": "high", "examples": 800}
    )
    assert "dpo" in {variant.id for variant in preferences.variants}
    assert "instruction-tuning" in {variant.id for variant in safety.variants}
    for advice in (preferences, safety):
        assert {"guardrails", "safety-regression", "evaluation-gaps"} <= {
            check.id for check in advice.checks[:6]
        }


def test_a_support_bot_is_told_why_not_the_rest():
    advice = advise(TABLE, {"task": "answer", "private_knowledge": True})
    verdicts = {verdict.approach: verdict for verdict in advice.verdicts}
    assert list(verdicts) == list(APPROACHES)
    assert verdicts["rag"].verdict == "recommended"
    for approach in ("prompt", "full"):
        assert (verdicts[approach].verdict, verdicts[approach].rows[0]) == (
            "does not meet",
            "outside-knowledge",
        )
    assert verdicts["lora"].verdict == "fallback", "a reader tuned on passages is what comes next"
    assert "if retrieval finds what is needed" in verdicts["lora"].because
    assert verdicts["task_head"].verdict == "fallback", (
        "and a tuned search where passages are missed"
    )
    assert "if retrieval misses what is needed" in verdicts["task_head"].because
    assert all(verdict.because for verdict in advice.verdicts)


def test_a_need_that_nothing_meets_stays_open_and_says_what_would_close_it():
    advice = advise(TABLE, {"behaviour_shift": "strong", "model_access": "api", "examples": 10})
    assert advice.plan == ("prompt",)
    (need,) = advice.open_needs
    assert need.id == "behaviour-on-every-call"
    assert ("lora", "limit") in {(closer.approach, closer.kind) for closer in need.closers}
    assert ("lora", "prerequisite") in {(closer.approach, closer.kind) for closer in need.closers}
    first, nearest = advice.headline.split(". ", 1)
    assert first == f"No plan here meets every need: {TABLE.needs[need.id].name} stays open"
    assert nearest.startswith("What comes nearest: improve the prompt")


@given(situations(TABLE, ENGINE))
@settings(max_examples=fewer(60))
def test_the_headline_begins_with_it_where_no_plan_meets_every_need_and_only_there(facts):
    advice = advise(TABLE, facts)
    said = advice.headline.startswith("No plan here meets every need: ")
    assert said == bool(advice.open_needs and advice.plan)
    if said:
        named = [TABLE.needs[need.id].name for need in advice.open_needs]
        assert sum(name in advice.headline for name in named) >= min(2, len(named))


def test_a_prerequisite_that_is_unknown_is_confirmed_first_and_one_that_fails_is_not_offered():
    asked = advise(TABLE, {"behaviour_shift": "strong"})
    assert {fact for confirm in asked.confirm_first for fact in confirm.facts} == {
        "model_access",
        "examples",
    }
    assert advise(
        TABLE, {"behaviour_shift": "strong", "examples": 49, "preference_pairs": 0}
    ).plan == ("prompt",)
    assert (
        advise(
            TABLE, {"behaviour_shift": "strong", "examples": 50, "model_access": "weights"}
        ).confirm_first
        == ()
    )


def test_the_fallback_is_the_advice_with_the_plan_added_to_tried():
    advice = advise(TABLE, {"task": "label", "examples": 1200, "classes": 12})
    assert advice.fallback is not None
    assert (
        advice.fallback.plan
        == advise(
            TABLE, {"task": "label", "examples": 1200, "classes": 12, "tried": ["task_head"]}
        ).plan
    )
    told = {"task": "answer", "private_knowledge": True, "tried": ["rag"]}
    assert advise(TABLE, {**told, "retrieval_result": "misses"}).plan == ("rag", "task_head")
    assert advise(TABLE, {**told, "retrieval_result": "finds"}).plan == ("rag", "lora")


def test_when_everything_was_tried_the_advice_says_so_instead_of_repeating_itself():
    advice = advise(
        TABLE, {"model_access": "api", "examples": 0, "tried": ["prompt"], "task": "write"}
    )
    assert advice.plan == ()
    assert advice.open_needs
    assert advice.fallback is None
    assert "no plan is left" in advice.headline.lower()
    assert "lower cost" not in text.render(advice, parts=FULL)


def test_what_was_tried_is_called_tried_and_named_in_the_reasons():
    advice = advise(TABLE, {"task": "write", "examples": 500, "tried": ["prompt"]})
    assert {verdict.approach: verdict.because for verdict in advice.verdicts}[
        "prompt"
    ] == "it was tried and fell short"
    assert "You tried prompt and it fell short" in text.render(advice, parts=FULL)
    assert "prompt-untested" not in {step.id for step in advice.route}


def test_raw_text_does_not_teach_a_style_and_full_tuning_does_not_teach_facts_after_retrieval():
    assert advise(
        TABLE,
        {
            "task": "write",
            "behaviour_shift": "strong",
            "domain_tokens": 2_000_000_000,
            "examples": 30,
        },
    ).plan == ("prompt",)
    found = {"main_error": "knowledge", "tried": ["rag"], "retrieval_result": "finds"}
    assert "full" not in advise(TABLE, {**found, "domain_tokens": 2_000_000_000}).plan


def test_another_answer_that_would_leave_a_need_open_says_so():
    flips = advise(TABLE, {"task": "write", "behaviour_shift": "strong"}).flips
    (api,) = [flip for flip in flips if flip.fact == "model_access"]
    assert (api.plan, api.open_needs) == (("prompt",), ("behaviour-on-every-call",))


@pytest.mark.parametrize(
    ("requests", "announced"), [(9, True), (10, True), (11, True), (12, False), (8, False)]
)
def test_nearness_is_measured_from_the_threshold_itself(requests, announced):
    near = advise(
        TABLE, {"task": "label", "examples": 1200, "requests_per_day": requests}
    ).near_thresholds
    assert ([line.threshold for line in near] == [10]) == announced


@pytest.mark.parametrize(
    ("examples", "announced"), [(185, True), (200, True), (215, True), (150, False), (1200, False)]
)
def test_a_number_within_ten_per_cent_of_a_deciding_threshold_is_announced(examples, announced):
    near = [
        near.fact
        for near in advise(
            TABLE, {"task": "label", "examples": examples, "classes": 4}
        ).near_thresholds
    ]
    assert ("examples" in near) == announced


def test_a_line_drawn_through_a_derived_fact_is_announced_too():
    near = advise(TABLE, {"task": "label", "examples": 400, "classes": 52}).near_thresholds
    assert {(line.fact, line.threshold, line.plan) for line in near} == {
        ("examples", 416, ("task_head",)),
        ("classes", 51, ("task_head",)),
    }


def test_flips_and_hinges_say_what_they_promise():
    facts = {"task": "label", "examples": 1200, "classes": 12}
    advice = advise(TABLE, facts)
    for hinge in advice.hinges:
        assert hinge.fact not in facts
        assert any(answer.plan != advice.plan for answer in hinge.answers)
        assert hinge.find_out
    assert {flip.fact for flip in advice.flips if flip.now is not None} <= set(facts)
    assert advise(TABLE, {**facts, "task": "write"}).plan in {
        flip.plan for flip in advice.flips if flip.fact == "task"
    }


KEYS = [
    "schema",
    "table",
    "title",
    "notes",
    "date",
    "review_by",
    "facts",
    "plan",
    "headline",
    "outlook",
    "likely",
    "confidence",
    "odds",
    "odds_rest_on",
    "odds_near",
    "precedents",
    "settled",
    "hinges",
    "reasons",
    "verdicts",
    "variants",
    "family",
    "confirm_first",
    "open_needs",
    "route",
    "checks",
    "misleads",
    "fallback",
    "flips",
    "near_thresholds",
    "sources",
    "repair",
    "names",
]


@settings(max_examples=fewer(150))
@given(situations(TABLE, ENGINE))
def test_a_legal_situation_never_raises_and_every_part_is_there(facts):
    advice = advise(TABLE, facts)
    data = json.loads(as_json.render(advice))
    assert set(data) == set(KEYS)
    assert data["schema"] == "adaptadvisor/recommendation/2"
    assert [verdict["approach"] for verdict in data["verdicts"]] == list(APPROACHES)
    assert {
        verdict["approach"] for verdict in data["verdicts"] if verdict["verdict"] == "recommended"
    } == set(advice.plan)
    for verdict in data["verdicts"]:
        assert verdict["verdict"] in {
            "recommended",
            "fallback",
            "not needed",
            "does not meet",
            "ruled out",
        }
        assert verdict["because"]
    if not advice.settled:
        assert advice.hinges
    cited = {
        id
        for part in (
            data["reasons"] + data["verdicts"] + data["variants"] + data["route"] + data["checks"]
        )
        for id in part["sources"]
    }
    assert cited <= {source["id"] for source in data["sources"]}
    for width in (40, 80, 140):
        shown = text.render(advice, width, parts=FULL)
        assert f"Plan: {plan_words(advice.plan)}" in shown
        assert all(
            len(line) <= max(width, 30) or " " not in line.strip()
            for line in shown.splitlines()
            if "http" not in line
        )


@settings(max_examples=fewer(50))
@given(situations(TABLE, ENGINE))
def test_the_order_of_answers_changes_no_byte(facts):
    assert as_json.render(advise(TABLE, facts)) == as_json.render(
        advise(TABLE, dict(reversed(facts.items())))
    )


def test_the_recommendation_cannot_be_changed():
    advice = advise(TABLE, {"task": "label"})
    with pytest.raises(AttributeError):
        advice.plan = ()
    with pytest.raises(TypeError):
        advice.facts["task"] = "answer"


def test_every_wrong_fact_is_named_at_once():
    with pytest.raises(BadInput) as caught:
        advise(TABLE, {"tsk": "label", "examples": "many", "citations": 1, "examples_per_class": 3})
    assert {problem.code for problem in caught.value.problems} == {
        "unknown-fact",
        "wrong-type",
        "derived-fact",
    }
    assert len(caught.value.problems) == 4


def test_who_disagrees_is_called_by_name_and_year_also_where_an_id_has_none(table):
    ids = [id for id in table.sources if not re.search(r"\d{4}", id)]
    every = [row.disagreement for row in (*table.needs.values(), *table.limits.values())]
    named = [one for one in every if any(id in one for id in ids)]
    assert named, "some row names a source without a year in its id"
    for one in every:
        said = authors(one, table.sources)
        assert not [id for id in table.sources if re.search(rf"(?<![\w-]){id}(?![\w-])", said)]
    assert authors("unsloth-faq and dspy-optimizers-guide", table.sources) == (
        "Unsloth 2025 and DSPy 2024"
    )


def test_a_line_that_no_source_gives_is_called_a_default_where_it_rules_something_out():
    advice = advise(TABLE, {"task": "label", "examples": 3000, "classes": 5})
    why = {row.approach: row.because for row in advice.verdicts}
    assert why["full"] == "it needs 50,000 or more labelled examples (as a default; here 3,000)"
    few = advise(TABLE, {"task": "write", "examples": 30, "prompt_result": "far"})
    because = next(row.because for row in few.verdicts if row.approach == "lora")
    assert because == "it needs 50 or more labelled examples (here 30)", "a guide says so"


def test_a_small_encoder_is_nowhere_said_to_be_at_least_level_with_any_prompt():
    rows = (*TABLE.thresholds.values(), *TABLE.variants.values(), *TABLE.needs.values())
    every = " ".join(map(str, (*rows, *TABLE.topics.values(), *TABLE.families.values())))
    assert "at least tie" not in every
    assert "about as often as not" not in every
    means = TABLE.thresholds["labels-enough"].means
    assert "of 23 comparisons with those of 2025 it was ahead of the best in 8" in means


def test_a_long_number_is_rounded_as_a_person_would_and_into_what_it_bounds():
    facts = {
        "task": "rewrite",
        "examples": 2000,
        "behaviour_shift": "strong",
        "prompt_result": "far",
        "model_access": "weights",
        "gpu_memory_gb": 24,
        "model_params_b": 8,
    }
    size = [flip for flip in advise(TABLE, facts).flips if flip.fact == "model_params_b"]
    assert [flip.answer for flip in size] == ["more than 33.1"]
    for params, fits in ((33.0, True), (33.1, False)):
        plan = advise(TABLE, {**facts, "model_params_b": params}).plan
        assert (plan == ("lora",)) is fits
