"""Reading values: from text, from JSON objects, how they are shown, and what is derived from them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import a_fact, choices

from adaptadvisor import load_table
from adaptadvisor.table import facts, plans
from adaptadvisor.table.derived import DERIVED, with_derived
from adaptadvisor.table.facts import (
    Fact,
    NotAValue,
    from_object,
    from_text,
    show,
    show_number,
)

WHOLE = a_fact("examples", "integer", minimum=0, maximum=10**15)
SIGNED = a_fact("signed", "integer", minimum=-(10**15), maximum=10**15)
REAL = a_fact("gpu_memory_gb", "number", minimum=-(10**15), maximum=10**15)
SWITCH = a_fact("citations", "bool")
CHOICE = a_fact("model_access", "choice", choices=choices("api", "api_tuning", "weights", "none"))
TRIED = a_fact("tried", "plans")
EVERY_KIND = (WHOLE, REAL, SWITCH, CHOICE, TRIED)

PLAN_NAMES = [plans.name(plan) for plan in range(1, plans.EVERY_APPROACH + 1)]


def refused(fact: Fact, word: str) -> NotAValue:
    with pytest.raises(NotAValue) as caught:
        from_text(fact, word)
    return caught.value


def refused_object(fact: Fact, value: object) -> NotAValue:
    with pytest.raises(NotAValue) as caught:
        from_object(fact, value)
    return caught.value


def read_or_refused(fact: Fact, word: str) -> facts.Value | NotAValue | None:
    try:
        return from_text(fact, word)
    except NotAValue as error:
        return error


# ---- numbers in text ----


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("0", 0),
        ("7", 7),
        ("1200", 1200),
        ("1_200", 1200),
        ("1_000_000", 1_000_000),
        ("+5", 5),
        (" 12 ", 12),
        ("5k", 5000),
        ("5K", 5000),
        ("2M", 2_000_000),
        ("2m", 2_000_000),
        ("3B", 3_000_000_000),
        ("3g", 3_000_000_000),
        ("4T", 4_000_000_000_000),
        ("1e6", 1_000_000),
        ("1E6", 1_000_000),
        ("1e+6", 1_000_000),
        ("1.5e3", 1500),
        ("50e-1", 5),
        ("1.5k", 1500),
        (".5k", 500),
        ("5.0", 5),
        ("5.000k", 5000),
        ("-0", 0),
        ("0e5", 0),
        ("1,200", 1200),
        ("12,345,678", 12_345_678),
    ],
)
def test_every_spelling_of_a_whole_number_is_read_as_an_int(word: str, number: int) -> None:
    found = from_text(WHOLE, word)
    assert found == number
    assert type(found) is int


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("2.5", 2.5),
        (".5", 0.5),
        ("-2.5", -2.5),
        ("0.1", 0.1),
        ("1e-3", 0.001),
        ("0.0005k", 0.5),
        ("7", 7),
        ("1234.5678", 1234.5678),
    ],
)
def test_a_number_fact_takes_fractions(word: str, number: float) -> None:
    assert from_text(REAL, word) == number


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("0.29M", 290_000),
        ("0.57M", 570_000),
        ("1.1k", 1100),
        ("2.3k", 2300),
        ("4.35k", 4350),
        ("1.005e3", 1005),
        ("0.000001M", 1),
        ("8.41B", 8_410_000_000),
        ("999.999999999999T", 999_999_999_999_999),
    ],
)
def test_scaled_numbers_are_exact_where_floats_would_be_off(word: str, number: int) -> None:
    assert from_text(WHOLE, word) == number


@pytest.mark.parametrize(
    "word", ["010", "00", "007", "-05", "+01", "0_1", "00.5", "01k", "08", "01e3"]
)
def test_a_leading_zero_is_refused_and_named(word: str) -> None:
    error = refused(SIGNED, word)
    assert error.code == "leading-zero"
    assert word in str(error)


def test_a_comma_in_a_number_that_may_have_decimals_is_refused_because_it_could_mean_either() -> (
    None
):
    assert refused(REAL, "1,200").code == "two-meanings"


@pytest.mark.parametrize("word", ["0", "0.5", "-0.5", "0k", "0e0"])
def test_a_single_zero_in_front_is_no_leading_zero(word: str) -> None:
    assert from_text(REAL, word) == float(word.rstrip("k"))


@pytest.mark.parametrize(
    "word",
    [
        "",
        "many",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "Infinity",
        "0x10",
        "0b1",
        "0o7",
        "1,20",
        "1,200.5",
        ",200",
        "1 200",
        "5 k",
        "5kk",
        "5x",
        "1e",
        "e5",
        "5.",
        "--5",
        "1.2.3",
        "1/2",
        "50%",
        "1e5.5",
        "_5",
        "true",
        "2026-11-21",
        "½",
        "²",
        "5k\n6k",
        "1:30",
    ],
)
@pytest.mark.parametrize("fact", [WHOLE, REAL], ids=["integer", "number"])
def test_what_is_no_number_is_refused_with_what_would_be_right(fact: Fact, word: str) -> None:
    error = refused(fact, word)
    assert error.code == "not-a-number"
    assert fact.expects in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("word", ["2.5", "1e-3", "0.5", "1.0005k", "0.1"])
def test_a_whole_number_fact_refuses_fractions(word: str) -> None:
    assert refused(WHOLE, word).code == "not-whole"


@pytest.mark.parametrize(
    "word",
    [
        "-1",
        "-0.5",
        "1e16",
        "2000T",
        "1e30",
        "1e999",
        "1e9999",
        "-1e9999",
        "9" * 30,
        "9" * 5000,
        "1e-9999",
    ],
)
def test_what_is_out_of_range_is_refused_however_absurd(word: str) -> None:
    error = refused(WHOLE, word)
    assert error.code == "out-of-range"
    assert len(str(error)) < 200


@pytest.mark.parametrize(
    ("word", "fits"), [("0", True), ("100", True), ("-1", False), ("101", False)]
)
def test_both_ends_of_a_range_belong_to_it(word: str, fits: bool) -> None:
    fact = replace(WHOLE, maximum=100)
    if fits:
        assert from_text(fact, word) == int(word)
    else:
        assert refused(fact, word).code == "out-of-range"


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_an_integer_shown_and_read_again_is_the_same(number: int) -> None:
    assert from_text(SIGNED, show_number(number).replace(",", "_")) == number


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_an_integer_written_plainly_is_read_as_itself(number: int) -> None:
    assert from_text(SIGNED, str(number)) == number
    assert from_object(SIGNED, number) == number


@given(st.integers(min_value=0, max_value=10**6), st.sampled_from([("k", 3), ("M", 6), ("B", 9)]))
def test_a_suffix_is_exactly_a_power_of_ten(thousandths: int, scale: tuple[str, int]) -> None:
    suffix, power = scale
    word = f"{thousandths // 1000}.{thousandths % 1000:03}"
    assert from_text(WHOLE, word + suffix) == thousandths * 10 ** (power - 3)
    assert from_text(WHOLE, f"{word}e{power}") == thousandths * 10 ** (power - 3)


@given(
    st.floats(min_value=-1e15, max_value=1e15, allow_nan=False).filter(
        lambda x: x == 0 or abs(x) > 1e-15
    )
)
def test_a_float_written_by_python_is_read_as_the_same_float(number: float) -> None:
    assert from_text(REAL, repr(number)) == number


@given(st.text(max_size=12))
def test_no_text_at_all_crashes_the_reader(word: str) -> None:
    for fact in EVERY_KIND:
        found = read_or_refused(fact, word)
        if isinstance(found, NotAValue):
            assert str(found).isprintable()
        else:
            assert found is None or from_object(fact, found) == found


# ---- unknown, yes and no, choices ----


@pytest.mark.parametrize(
    "word",
    ["unknown", "Unknown", "don't know", "dont-know", "u", "U", "?", "null", "~", " unknown "],
)
@pytest.mark.parametrize("fact", EVERY_KIND, ids=lambda fact: fact.type)
def test_the_words_for_unknown_mean_none_for_every_kind(fact: Fact, word: str) -> None:
    assert from_text(fact, word) is None


@pytest.mark.parametrize("fact", EVERY_KIND, ids=lambda fact: fact.type)
def test_null_means_unknown_for_every_kind(fact: Fact) -> None:
    assert from_object(fact, None) is None


def test_none_is_a_choice_and_never_unknown() -> None:
    assert from_text(CHOICE, "none") == "none"
    assert from_object(CHOICE, "none") == "none"


@pytest.mark.parametrize("word", ["true", "yes", "y", "on", "TRUE", "Yes", " on "])
def test_words_for_yes_are_true(word: str) -> None:
    assert from_text(SWITCH, word) is True


@pytest.mark.parametrize("word", ["false", "no", "n", "off", "FALSE", "No", " off "])
def test_words_for_no_are_false(word: str) -> None:
    assert from_text(SWITCH, word) is False


@pytest.mark.parametrize("word", ["", "1", "0", "ja", "truee", "yes no", "none"])
def test_other_words_are_no_yes_or_no(word: str) -> None:
    error = refused(SWITCH, word)
    assert error.code == "wrong-type"
    assert "expected yes, no, true, false, y or n, or ? for unknown" in str(error)


@pytest.mark.parametrize(
    "word", ["api_tuning", "api-tuning", "API_TUNING", "Api-Tuning", " api_tuning "]
)
def test_case_and_dashes_do_not_matter_in_a_choice(word: str) -> None:
    assert from_text(CHOICE, word) == "api_tuning"


@pytest.mark.parametrize(
    ("word", "near"), [("wieghts", "weights"), ("apituning", "api_tuning"), ("ap", "api")]
)
def test_an_unknown_choice_names_the_nearest_one(word: str, near: str) -> None:
    error = refused(CHOICE, word)
    assert error.code == "unknown-choice"
    assert f'did you mean "{near}"?' in str(error)


def test_an_unknown_choice_lists_them_all_and_guesses_nothing_far() -> None:
    message = str(refused(CHOICE, "xylophone"))
    assert "api, api_tuning, weights or none" in message
    assert "did you mean" not in message


# ---- objects ----


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        (WHOLE, True),
        (WHOLE, False),
        (WHOLE, "5"),
        (WHOLE, [5]),
        (WHOLE, {"a": 5}),
        (REAL, True),
        (REAL, "2.5"),
        (SWITCH, 1),
        (SWITCH, 0),
        (SWITCH, 1.0),
        (SWITCH, math.nan),
        (SWITCH, "true"),
        (SWITCH, []),
        (CHOICE, 5),
        (CHOICE, True),
        (CHOICE, ["api"]),
        (TRIED, "rag"),
        (TRIED, {"rag": True}),
        (TRIED, [1]),
        (TRIED, [["rag"]]),
        (TRIED, [None]),
        pytest.param(SWITCH, 10**400, id="huge for yes or no"),
        pytest.param(CHOICE, 10**400, id="huge for a choice"),
    ],
)
def test_an_object_of_another_type_is_refused_never_guessed(fact: Fact, value: object) -> None:
    error = refused_object(fact, value)
    assert error.code == "wrong-type"
    assert fact.expects in str(error)


@pytest.mark.parametrize("value", [5, 5.0])
def test_a_whole_float_is_a_whole_number(value: float) -> None:
    found = from_object(WHOLE, value)
    assert found == 5
    assert type(found) is int


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (5.5, "not-whole"),
        (-1, "out-of-range"),
        (10**16, "out-of-range"),
        (1e300, "out-of-range"),
        (math.inf, "out-of-range"),
        (-math.inf, "out-of-range"),
        (math.nan, "not-a-number"),
        (10**300, "out-of-range"),
        (10**400, "out-of-range"),
        (-(10**400), "out-of-range"),
    ],
    ids=[
        "fraction",
        "negative",
        "large",
        "huge float",
        "inf",
        "-inf",
        "nan",
        "300 digits",
        "400 digits",
        "-400 digits",
    ],
)
def test_a_number_outside_what_is_allowed_is_refused(value: float, code: str) -> None:
    assert refused_object(WHOLE, value).code == code


@pytest.mark.parametrize("text", [True, False])
def test_a_yes_or_no_object_is_itself(text: bool) -> None:
    assert from_object(SWITCH, text) is text


# ---- plans ----


@pytest.mark.parametrize(
    ("word", "canonical"),
    [
        ("rag", ("rag",)),
        ("lora+rag", ("rag+lora",)),
        ("rag+rag", ("rag",)),
        ("rag,prompt", ("prompt", "rag")),
        ("rag prompt", ("prompt", "rag")),
        ("full, prompt+lora  rag", ("rag", "prompt+lora", "full")),
        ("lora+rag,rag+lora", ("rag+lora",)),
        ("", ()),
    ],
)
def test_plans_in_text_come_out_in_canonical_spelling(
    word: str, canonical: tuple[str, ...]
) -> None:
    assert from_text(TRIED, word) == canonical


@pytest.mark.parametrize("order", list(permutations(["rag+lora", "prompt", "full"])))
def test_the_order_of_plans_never_matters(order: tuple[str, ...]) -> None:
    assert from_object(TRIED, order) == ("prompt", "rag+lora", "full")
    assert from_object(TRIED, list(order)) == from_text(TRIED, ",".join(order))


@given(st.lists(st.lists(st.sampled_from(plans.APPROACHES), min_size=1).map("+".join)))
def test_plans_are_canonical_without_doubles_and_reading_them_again_changes_nothing(
    words: list[str],
) -> None:
    found = from_object(TRIED, words)
    assert isinstance(found, tuple)
    assert set(found) <= set(PLAN_NAMES)
    assert list(found) == sorted(set(found), key=PLAN_NAMES.index)
    assert from_object(TRIED, found) == found == from_text(TRIED, show(found))
    assert {frozenset(plan.split("+")) for plan in found} == {
        frozenset(word.split("+")) for word in words
    }


@pytest.mark.parametrize(
    "word", ["rga", "rag+", "+rag", "rag++lora", "rag+loar", "rag+none", "RAG&lora"]
)
def test_an_approach_that_is_none_is_refused(word: str) -> None:
    error = refused(TRIED, word)
    assert error.code == "unknown-choice"
    assert "prompt, rag, task_head, lora, full" in str(error)


def test_a_misspelt_approach_names_the_nearest_one() -> None:
    assert 'did you mean "task_head"?' in str(refused(TRIED, "rag+task_haed"))


def test_an_approach_goes_by_its_name_and_nothing_is_an_answer_too() -> None:
    assert from_text(TRIED, "rag+task-head") == from_text(TRIED, "rag+task_head")
    assert from_text(TRIED, "nothing") == from_text(TRIED, "none") == ()


# ---- showing ----


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (1200, "1,200"),
        (2.5, "2.5"),
        (1200.0, "1,200"),
        (0, "0"),
        (-1500, "-1,500"),
        ("api_tuning", "api_tuning"),
        (("prompt", "rag+lora"), "prompt, rag+lora"),
        ((), ""),
        (math.inf, "any size"),
        (0.1 + 0.2, "0.3"),
        (48100000000, "48,100,000,000"),
    ],
)
def test_values_are_shown_as_a_person_writes_them(value: facts.Value, text: str) -> None:
    assert show(value) == text


def test_what_a_fact_expects_is_said_in_words() -> None:
    assert replace(WHOLE, maximum=2000).expects == "a whole number from 0 to 2,000"
    assert replace(REAL, minimum=0.001, maximum=10).expects == "a number from 0.001 to 10"
    assert CHOICE.expects == "one of api, api_tuning, weights or none"
    assert SWITCH.expects == "true or false"


# ---- derived facts ----


def test_examples_per_class_is_their_ratio() -> None:
    assert with_derived({"examples": 1200, "classes": 12})["examples_per_class"] == 100


@pytest.mark.parametrize(
    "known", [{}, {"examples": 1200}, {"classes": 12}, {"model_params_b": 7}, {"gpu_memory_gb": 24}]
)
def test_a_derived_fact_is_unknown_while_an_input_is(known: dict[str, facts.Value]) -> None:
    found = with_derived(known)
    assert not {"examples_per_class", "full_fits", "lora_fits", "qlora_fits"} & set(found)


@pytest.mark.parametrize(
    ("params", "memory", "full", "lora", "qlora"),
    [
        (7, 24, False, True, True),
        (7, 8, False, False, True),
        (7, 112, True, True, True),
        (65, 48, False, False, True),
        (70, 48, False, False, True),
        (70, 160, False, True, True),
        (72, 48, False, False, False),
        (33, 24, False, False, True),
        (1, 0, False, False, False),
        (0.001, 0, False, False, False),
        (1, 16, True, True, True),
        (1, 15.99, False, True, True),
        (0.05, 1, True, True, True),  # the overhead of adapters is an estimate for larger models
        (0.5, 3.2, False, True, True),
    ],
)
def test_what_fits_a_gpu_follows_the_memory_estimates(
    params: float, memory: float, full: bool, lora: bool, qlora: bool
) -> None:
    found = with_derived({"model_params_b": params, "gpu_memory_gb": memory})
    assert (found["full_fits"], found["lora_fits"], found["qlora_fits"]) == (full, lora, qlora)


def test_what_nobody_names_has_not_been_tried() -> None:
    found = with_derived({})
    assert found["tried"] == ()
    assert [found[f"{approach}_tried"] for approach in plans.APPROACHES] == [False] * 5


@given(st.sets(st.sampled_from(PLAN_NAMES)))
def test_an_approach_was_tried_when_some_tried_plan_holds_it(tried: set[str]) -> None:
    found = with_derived({"tried": tuple(tried)})
    for approach in plans.APPROACHES:
        assert found[f"{approach}_tried"] == any(approach in plan.split("+") for plan in tried)


def test_given_facts_are_kept_and_not_changed() -> None:
    known: dict[str, facts.Value] = {"task": "label", "examples": 10, "classes": 4}
    found = with_derived(known)
    assert known == {"task": "label", "examples": 10, "classes": 4}
    assert {name: found[name] for name in known} == known


def test_every_derived_fact_is_computed_from_facts_that_can_be_asked() -> None:
    askable = {fact.id for fact in load_table().questions}
    assert DERIVED
    for derived in DERIVED:
        assert derived.fact.derived
        assert set(derived.fact.inputs) <= askable
        assert derived.fact.id not in askable


@pytest.mark.parametrize(
    ("said", "task"),
    [
        ("NER", "extract"),
        ("Text-To-SQL", "code"),
        ("question  answering", "answer"),
        ("summarization", "rewrite"),
        ("chat", "write"),
        ("Classification", "label"),
        ("semantic_search", "match"),
    ],
)
def test_a_task_may_be_given_by_what_people_call_it(table, said, task):
    assert from_text(table.facts["task"], said) == task
    assert from_object(table.facts["task"], said) == task
