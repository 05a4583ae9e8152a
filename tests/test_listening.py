"""What a person types in an interview is understood as a colleague would, or as nothing at all."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from conftest import RULES, examples, sample_values
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adaptadvisor.engine.decide import Engine
from adaptadvisor.interview.listening import Answer, answer, volunteered
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.facts import NotAValue, from_object, from_text, show
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.spoken import phrase, without_questions

TABLE = load_table(RULES)
ENGINE = Engine(TABLE)
TODAY = date(2026, 11, 28)
YEAR_OR_MORE = Range(365, 3650, more=True)


def heard(line, asked=None):
    found = volunteered(TABLE, line, TABLE.facts[asked] if asked else None, TODAY)
    return {each.fact: each.value for each in found}


def read(fact, text):
    return answer(TABLE.facts[fact], text, TODAY)


# ---- the question that was asked ----

ANSWERS = [
    ("corpus_tokens", "20 pages", 10_000, "20 pages are about 10,000 tokens"),
    ("corpus_tokens", "5 MB of text", 1_250_000, "5 MB of text are about 1,250,000 tokens"),
    ("corpus_tokens", "10 to 20 pages", Range(5_000, 10_000), "10 to 20 pages are about 5,000 to 10,000 tokens"),
    ("corpus_tokens", "we have about 300 documents", 1_500_000, "about 300 documents are about 1,500,000 tokens"),
    ("corpus_tokens", "hundreds of PDFs", Range(500_000, 4_995_000), "hundreds of PDFs are about 500,000 to 4,995,000 tokens"),
    ("corpus_tokens", "2m", 2_000_000, ""),
    ("input_tokens", "300 words", 420, "300 words are about 420 tokens"),
    ("input_tokens", "half", NotAValue, ""),
    ("domain_tokens", "2 GB", 500_000_000, "2 GB are about 500,000,000 tokens"),
    ("requests_per_day", "10 a minute", 14_400, "10 a minute are 14,400 requests a day"),
    ("requests_per_day", "3000 per week", 429, "3000 per week are about 429 requests a day"),
    ("requests_per_day", "600/hour", 14_400, "600/hour are 14,400 requests a day"),
    ("requests_per_day", "500-1000 a day", Range(500, 1_000), "500-1000 a day: the range 500 to 1,000 requests a day"),
    ("requests_per_day", "200 users", 1_000, "200 users are about 1,000 requests a day"),
    ("requests_per_day", "1-5", Range(1, 5), "the range 1 to 5 requests a day"),
    ("requests_per_day", "a few hundred", Range(200, 900), "a few hundred: the range 200 to 900 requests a day"),
    ("latency_ms", "2s", 2_000, "2s are 2,000 milliseconds"),
    ("latency_ms", "under 2 seconds", 2_000, "under 2 seconds are 2,000 milliseconds"),
    ("latency_ms", "200ms", 200, ""),
    ("latency_ms", "no limit", Range(3_600_000, 86_400_000, more=True), "no limit means 3,600,000 milliseconds or more"),
    ("deadline_days", "3 weeks", 21, "3 weeks are 21 days"),
    ("deadline_days", "in two months", 60, "two months are about 60 days"),
    ("deadline_days", "tomorrow", 1, "tomorrow is 1 day"),
    ("deadline_days", "24 Dec", 26, "24 Dec 2026 is in 26 days"),
    ("deadline_days", "December 24th", 26, "24 Dec 2026 is in 26 days"),
    ("deadline_days", "by 2026-12-24", 26, "24 Dec 2026 is in 26 days"),
    ("deadline_days", "24.12.", 26, "24 Dec 2026 is in 26 days"),
    ("deadline_days", "end of March", 123, "31 Mar 2027 is in 123 days"),
    ("deadline_days", "Friday", 6, "4 Dec 2026 is in 6 days"),
    ("deadline_days", "today", 0, "today is 0 days"),
    ("deadline_days", "no deadline", YEAR_OR_MORE, "no deadline means 365 days or more"),
    ("deadline_days", "none", YEAR_OR_MORE, "none means 365 days or more"),
    ("deadline_days", "31 Feb", NotAValue, ""),
    ("deadline_days", "1 Jan 2026", NotAValue, ""),
    ("gpu_memory_gb", "4090", 24, "4090 is 24 GB"),
    ("gpu_memory_gb", "2x 4090", 48, "2x 4090 are 48 GB"),
    ("gpu_memory_gb", "two RTX 4090s", 48, "two RTX 4090s are 48 GB"),
    ("gpu_memory_gb", "8xH100", 640, "8xH100 are 640 GB"),
    ("gpu_memory_gb", "4 cards of 24 GB", 96, "4 cards of 24 GB are 96 GB"),
    ("gpu_memory_gb", "A100 40GB", 40, "A100 40GB is 40 GB"),
    ("gpu_memory_gb", "an RTX 4090 with 24 GB", 24, "an RTX 4090 is 24 GB"),
    ("gpu_memory_gb", "one RTX 4090", 24, "one RTX 4090 is 24 GB"),
    ("gpu_memory_gb", "a 4090 and a 3090", NotAValue, ""),
    ("gpu_memory_gb", "2 GPUs", NotAValue, ""),
    ("latency_ms", "half a second", 500, "half a second is 500 milliseconds"),
    ("examples", "a thousand", 1_000, "a thousand: taken as 1,000 examples"),
    ("examples", "a", NotAValue, ""),
    ("examples", "half a million", 500_000, "half a million: taken as 500,000 examples"),
    ("examples", "200 or 300", Range(200, 300), "200 or 300: the range 200 to 300 examples"),
    ("gpu_memory_gb", "no GPU", 0, "no GPU is 0 GB"),
    ("gpu_memory_gb", "4,090", 4_090, ""),
    ("model_params_b", "7b", 7, ""),
    ("model_params_b", "llama 8b", 8, ""),
    ("model_params_b", "Llama-3-8B-Instruct", 8, ""),
    ("model_params_b", "qwen2.5-7b", 7, ""),
    ("model_params_b", "350 million", 0.35, "350 million are 0.35 billion parameters"),
    ("model_params_b", "bert-base", 0.11, "bert-base is 0.11 billion parameters"),
    ("examples", "1.2k rows", 1_200, ""),
    ("examples", "1 200", 1_200, ""),
    ("examples", "about 500", 500, "about 500: taken as 500 examples"),
    ("examples", "~500", 500, "~500: taken as 500 examples"),
    ("examples", "500 or so", 500, "500 or so: taken as 500 examples"),
    ("examples", "at least 500", Range(500, 10**12, more=True), "at least 500: the range 500 examples or more"),
    ("examples", "between 5 and 10", Range(5, 10), "between 5 and 10: the range 5 to 10 examples"),
    ("examples", "we have 40 labelled invoices and some unlabelled", 40, ""),
    ("examples", "a dozen", 12, "a dozen: taken as 12 examples"),
    ("examples", "lots", NotAValue, ""),
    ("examples", "not 500 examples", NotAValue, ""),
    ("examples", "012", NotAValue, ""),
    ("citations", "yep", True, ""),
    ("citations", "N", False, ""),
    ("citations", "not needed", False, ""),
    ("citations", "yes, every answer must cite", True, "understood as yes"),
    ("citations", "no, but must cite", NotAValue, ""),
    ("citations", "1", True, ""),
    ("per_user_access", "3", NotAValue, ""),
    ("private_knowledge", "our internal wiki", True, "understood as yes"),
    ("private_knowledge", "not private", False, "understood as no"),
    ("model_access", "we only have the OpenAI API", "api", "understood as api"),
    ("model_access", "the openai api and a local llama", "weights", "of these, weights counts"),
    ("model_access", "Ollama", "weights", "understood as weights"),
    ("model_access", "2", "api_tuning", ""),
    ("data_quality", "clean", "strong", ""),
    ("data_quality", "noisy but checked by experts", NotAValue, ""),
    ("task", "classify my tickets", "label", "understood as label"),
    ("task", "is it a chatbot?", NotAValue, ""),
    ("main_error", "it hallucinates", "knowledge", "understood as knowledge"),
    ("knowledge_updates", "monthly, some of it daily", "days", "of these, days counts"),
    ("tried", "prompting and rag", ("prompt", "rag"), "the plans prompt, rag"),
    ("tried", "nothing yet", (), ""),
    ("tried", "magic", NotAValue, ""),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "text", "value", "meaning"), ANSWERS)
def test_an_answer_is_understood_and_says_how(fact, text, value, meaning):
    if value is NotAValue:
        with pytest.raises(NotAValue):
            read(fact, text)
    else:
        found = read(fact, text)
        assert (found.value, found.meaning) == (value, meaning)
        assert type(found.value) is type(value)


@pytest.mark.parametrize(
    "text", ["idk", "u", "Don\u2019t know.", "no idea!", "not sure", "unknown"]
)
@pytest.mark.parametrize("fact", ["task", "examples", "citations", "deadline_days", "tried"])
def test_whoever_does_not_know_can_say_so_in_any_words(fact, text):
    assert read(fact, text).value is None


def test_a_wrong_word_is_told_what_kind_of_question_it_is():
    with pytest.raises(NotAValue, match="this is a yes/no question: y or n"):
        read("citations", "perhaps")
    with pytest.raises(NotAValue, match="the choices are numbered 1 to 3"):
        read("model_access", "4")
    with pytest.raises(NotAValue, match="units are understood, such as word, page or character"):
        read("corpus_tokens", "rather much")


def test_a_date_is_no_answer_where_nobody_says_what_day_it_is():
    with pytest.raises(NotAValue, match="is a date; write how many days"):
        answer(TABLE.facts["deadline_days"], "24 Dec")


def test_a_date_without_a_year_is_the_next_one_and_a_leap_day_waits():
    assert read("deadline_days", "28 nov").value == 0
    assert read("deadline_days", "27 nov").value == 364
    assert read("deadline_days", "29 feb").meaning == "29 Feb 2028 is in 458 days"


# ---- what is offered besides ----

OFFERED = [
    ("examples 1200", {"examples": 1200}),
    ("examples: 1200", {"examples": 1200}),
    ("1200 examples", {"examples": 1200}),
    ("1,200 labelled examples", {"examples": 1200}),
    ("labelled examples 1200", {"examples": 1200}),
    ("--examples 1200", {"examples": 1200}),
    ("--examples 1200 --task label --citations --no-per-user-access",
     {"examples": 1200, "task": "label", "citations": True, "per_user_access": False}),
    ("no labelled examples yet", {"examples": 0}),
    ("gpu memory 24 GB", {"gpu_memory_gb": 24}),
    ("24 GB of VRAM", {"gpu_memory_gb": 24}),
    ("task label", {"task": "label"}),
    ("task: classification", {"task": "label"}),
    ("latency 200ms", {"latency_ms": 200}),
    ("it must answer in 300 ms", {"latency_ms": 300}),
    ("no gpu", {"gpu_memory_gb": 0}),
    ("without a GPU", {"gpu_memory_gb": 0}),
    ("chatbot", {"task": "write"}),
    ("a Chatbot.", {"task": "write"}),
    ("100 pdf", {"corpus_tokens": 500_000}),
    ("local llama", {"model_access": "weights"}),
    ("we only have the openai api", {"model_access": "api"}),
    ("invoices, about 300 labelled, and a 4090", {"examples": 300, "gpu_memory_gb": 24}),
    ("must cite sources", {"citations": True}),
    ("no citations", {"citations": False}),
    ("we don't need any citations", {"citations": False}),
    ("citations are not needed", {"citations": False}),
    ("sql database", {"knowledge_form": "tables"}),
    ("text-to-SQL", {"task": "code"}),
    ("text to sql on our Postgres", {"task": "code", "knowledge_form": "tables"}),
    ("SQL assistant", {"task": "code"}),
    ("clinical notes", {"specialisation": "deep"}),
    ("german", {"language_coverage": "high"}),
    ("Swiss German", {"language_coverage": "medium"}),
    ("a small indigenous language", {"language_coverage": "low"}),
    ("per-customer style", {"tenants": Range(2, 10**9, more=True)}),
    ("12 classes, 300 examples and a T4 GPU", {"classes": 12, "examples": 300, "gpu_memory_gb": 16}),
    ("classes 12 examples 300", {"classes": 12, "examples": 300}),
    ("we launch in 3 weeks", {"deadline_days": 21}),
    ("due tomorrow", {"deadline_days": 1}),
    ("deadline end of March", {"deadline_days": 123}),
    ("test set of 200", {"eval_examples": 200}),
    ("1300 training examples and 150 test examples", {"examples": 1300, "eval_examples": 150}),
    ("500 requests a day", {"requests_per_day": 500}),
    ("10 queries per minute", {"requests_per_day": 14_400}),
    ("Llama-3-8B-Instruct on a single A100", {"model_params_b": 8, "gpu_memory_gb": 80}),
    ("a 7B chat model", {"model_params_b": 7, "model_kind": "instruct"}),
    ("QLoRA of a GPTQ 70B model on 4 cards of 24 GB", {"model_params_b": 70, "gpu_memory_gb": 96}),
    ("two 4090s", {"gpu_memory_gb": 48}),
    ("stakes are high", {"stakes": "high"}),
    ("patient data, so it is high stakes", {"sensitive_data": True, "stakes": "high"}),
    ("ticket routing", {"task": "label"}),
    ("invoice extraction into strict JSON", {"task": "extract", "output_schema": True}),
    ("embeddings for semantic search", {"task": "match"}),
    ("support bot with private policies", {"private_knowledge": True}),
    ("hundreds of private PDF files", {"private_knowledge": True}),
    ("Questions over scanned pages", {"knowledge_form": "scans"}),
    ("summarise reports", {"task": "rewrite"}),
    ("translate the whole document", {"task": "rewrite", "whole_document": True}),
    ("the prompt fails, it hallucinates", {"prompt_result": "far", "main_error": "knowledge"}),
    ("the documents are updated daily", {"knowledge_updates": "days"}),
    ("confluence, with access rights", {"private_knowledge": True, "per_user_access": True}),
    ("we have an ML team and unit tests decide", {"ml_skill": "strong", "grader": True}),
    ("no ML experience", {"ml_skill": "none"}),
    ("500 preference pairs", {"preference_pairs": 500}),
    ("GPT-4 is too expensive", {"prompt_affordable": False}),
    ("it must say that it does not know", {"must_abstain": True}),
    ("chatbot, not classification", {"task": "write"}),
    ("no citations but strict JSON", {"citations": False, "output_schema": True}),
    ("tried prompt", {"tried": ("prompt",)}),
]  # fmt: skip

NOTHING = [
    "",
    "hello",
    "?",
    "what is a chatbot?",
    "should we use a local llama?",
    "why do you ask",
    "can it cite sources",
    "maybe a chatbot",
    "perhaps later a chatbot",
    "if we had 4 GPUs it would be a chatbot",
    "not a chatbot",
    "a form rather than a chatbot",
    "unlike a chatbot",
    "it is not only a chatbot",
    "chatbotics",
    "chatbot.com",
    "see https://example.com/chatbot",
    "mail me at chatbot@example.com",
    "must not hallucinate",
    "not all of it is confidential",
    "24 GB",
    "20 pages",
    "500",
    "500 requests",
    "500 a day",
    "3 weeks",
    "we have 4090 tickets",
    "12 labels",
    "label",
    "code",
    "private",
    "the deadline",
    "examples are hard to find",
    "no more than that",
    "translate the chatbot logs",
    "classification and machine translation",
    "step 3",
    "a labelled set exists",
    "three examples in the prompt",
    "six annotated public sets",
    "one GPU",
    "a 4090 and a 3090",
    "8 GPUs",
    "an open model",
    "a batch of them",
    "an English-centred tokenizer",
    "translation quality",
    "version 1.2.3",
    "no",
    "the weather is good",
    "x" * 501 + " chatbot",
]


@pytest.mark.parametrize(("line", "facts"), OFFERED, ids=[line for line, _ in OFFERED])
def test_facts_that_a_line_offers_are_heard(line, facts):
    assert heard(line) == facts


@pytest.mark.parametrize("line", NOTHING, ids=[line[:40] for line in NOTHING])
def test_nothing_is_heard_where_nothing_was_said_for_certain(line):
    assert heard(line) == {}


def test_there_is_enough_of_both():
    assert len(OFFERED) >= 60
    assert len(NOTHING) >= 25


def test_words_of_two_facts_and_units_of_many_count_for_the_fact_that_was_asked():
    assert heard("private", "sensitive_data") == {"sensitive_data": True}
    assert heard("private", "private_knowledge") == {"private_knowledge": True}
    assert heard("20 pages", "input_tokens") == {"input_tokens": 10_000}
    assert heard("12 labels", "classes") == {"classes": 12}


def test_the_person_sees_the_words_in_which_a_fact_was_heard_and_how():
    found = volunteered(TABLE, "Hm, about 300 Labelled ones; two 4090s, NO citations!", today=TODAY)
    assert [(each.words, each.meaning) for each in found] == [
        ("about 300 Labelled", "about 300 Labelled: taken as 300 examples"),
        ("two 4090s", "two 4090s are 48 GB"),
        ("NO citations", ""),
    ]


def test_two_different_things_heard_of_one_fact_are_none():
    assert heard("300 examples, no, 500 examples") == {}
    assert heard("300 examples, as I said: 300 examples") == {"examples": 300}


# ---- the words of the table ----


def test_no_word_stands_for_two_choices_of_one_fact():
    for fact in TABLE.questions:
        meant = {}
        for choice in fact.choices:
            for word in (choice.value, *choice.also, *choice.heard):
                assert meant.setdefault(phrase(word), choice.value) == choice.value, (fact.id, word)


@pytest.mark.parametrize(
    "fact", [fact for fact in TABLE.questions if fact.choices], ids=lambda fact: fact.id
)
def test_every_word_of_a_choice_answers_its_question(fact):
    for choice in fact.choices:
        value = choice.value if fact.type == "choice" else choice.value == "true"
        for word in (*choice.also, *choice.heard):
            assert answer(fact, word, TODAY).value == value, word


def test_every_word_that_tells_a_fact_by_itself_is_heard_as_that_fact():
    words = [
        (fact.id, word, value)
        for fact in TABLE.questions
        for choice, value in zip(sorted(fact.choices, key=lambda each: each.value), sorted(fact.values), strict=False)
        for word in choice.heard
    ]  # fmt: skip
    others = [(fact, word) for fact, word, value in words if heard(word) != {fact: value}]
    assert {word for _, word in others} == {"private"}


UNITS = [
    (fact, unit, word) for fact in TABLE.questions for unit in fact.units for word in unit.words
]


@pytest.mark.parametrize(("fact", "unit", "word"), UNITS, ids=[f"{f.id}-{w}" for f, _, w in UNITS])
def test_every_unit_of_the_table_is_understood(fact, unit, word):
    count = int(min(1000, fact.maximum / (unit.each or 1)))
    text = word if unit.alone else f"{count} {word}"
    value = answer(fact, text, TODAY).value
    expected = from_object(fact, f"{unit.each!r}+") if unit.more else unit.each
    if unit.alone:
        assert value == expected
    else:
        assert value == pytest.approx(count * unit.each, abs=0.5)


# ---- laws ----

LINES = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [each for line, _ in OFFERED for each in line.split()]
            + [word for _, text, *_ in ANSWERS for word in text.split()]
            + [*"0123456789.,;:!?-+~<>=()/", "1e9", "1e99", "not", "no", "--", "0", "x", "10**"]
        ),
        max_size=10,
    ).map(" ".join),
)
MANY = settings(max_examples=examples(300), deadline=None)


@MANY
@given(st.sampled_from(TABLE.questions), LINES)
def test_any_text_is_a_legal_answer_or_is_refused(fact, text):
    found = Answer(None)
    with contextlib.suppress(NotAValue):
        found = answer(fact, text, TODAY)
    assert found.value is None or from_object(fact, found.value) == found.value
    assert "\n" not in found.meaning


@MANY
@given(LINES, st.sampled_from([None, *TABLE.questions]))
def test_whatever_is_heard_is_legal_was_said_and_is_heard_again(line, asked):
    found = volunteered(TABLE, line, asked, TODAY)
    assert found == volunteered(TABLE, line, asked, TODAY)
    assert len({each.fact for each in found}) == len(found)
    for each in found:
        assert from_object(TABLE.facts[each.fact], each.value) == each.value
        assert each.words
        assert each.words in line


@MANY
@given(st.data())
def test_what_the_program_prints_is_read_back(data):
    fact = data.draw(st.sampled_from(TABLE.questions))
    values = st.sampled_from(sample_values(TABLE, ENGINE, fact.id))
    value = data.draw(values)
    if fact.numeric and data.draw(st.booleans()):
        low, high = sorted((value, data.draw(values)))
        value = from_object(fact, f"{low!r}..{high!r}")
    ends = (value.low, value.high) if isinstance(value, Range) else (value,)
    assume(not fact.numeric or all(end == 0 or end > 1e-6 for end in ends))
    again = answer(fact, show(value), TODAY).value
    assert show(again) == show(value)
    assert isinstance(again, type(value)) or fact.numeric


# ---- words that are about something else ----


@pytest.mark.parametrize("line", ["3000 tickets a day", "3000 requests a day, api model"])
def test_a_volume_is_a_sure_answer_to_no_other_question(line):
    for fact in TABLE.questions:
        with contextlib.suppress(NotAValue):
            found = answer(fact, line, TODAY)
            others = set(heard(line, fact.id)) - {fact.id}
            asked_back = not found.sure or (others and not found.whole)
            assert fact.id == "requests_per_day" or asked_back, fact.id


SAID = [
    ("prompt_result", "we have a prompt but never tested it", None),
    ("prompt_result", "nobody has measured it yet", None),
    ("data_quality", "our agents labelled them, about 5% look wrong", "fair"),
    ("data_quality", "1 in 20 is wrong", "fair"),
    ("data_quality", "98% are right", "strong"),
    ("data_quality", "20 percent errors", "noisy"),
    ("data_quality", "5%", "fair"),
    ("task_changes", "every quarter", "months"),
    ("task_changes", "last year one category was added", "never"),
    ("task", "sort support tickets into 14 categories", "label"),
    ("model_access", "an api model", "api"),
]


@pytest.mark.parametrize(("fact", "line", "value"), SAID)
def test_what_people_say_at_a_question_answers_it(fact, line, value):
    found = read(fact, line)
    assert (found.value, found.sure) == (value, True)


@pytest.mark.parametrize("line", ["5% are checked", "is it 5% wrong?", "95% right, 5% wrong, 3% ?"])
def test_a_share_that_is_not_one_of_wrong_examples_says_nothing_of_them(line):
    with pytest.raises(NotAValue):
        read("data_quality", line)


def test_a_task_and_its_number_of_classes_are_both_heard():
    line = "sort support tickets into 14 categories"
    assert heard(line, "task") == {"task": "label", "classes": 14}


# ---- a first remark that says much, and plans in a sentence ----


def test_what_a_first_answer_says_besides_the_task_is_heard_and_offered():
    line = "questions over 400 policy pdfs, changing monthly, some only for HR"
    task = TABLE.facts["task"]
    assert answer(task, line).value == "answer"
    heard = {each.fact: each.value for each in volunteered(TABLE, line, task)}
    assert heard["knowledge_updates"] == "months"
    assert heard["per_user_access"] is True
    assert heard["corpus_tokens"].low == 2_000_000


@pytest.mark.parametrize(
    ("line", "plans"),
    [
        ("rag prototype, answers often wrong", ("rag",)),
        ("a RAG prototype and some LoRA runs", ("rag", "lora")),
        ("not rag, only a prompt", ("prompt",)),
        ("we tried prompting first", ("prompt",)),
    ],
)
def test_plans_that_a_sentence_names_are_offered_for_a_yes_and_other_words_are_no_plans(
    line, plans
):
    tried = TABLE.facts["tried"]
    with pytest.raises(NotAValue):
        answer(tried, line)
    (heard,) = [each for each in volunteered(TABLE, line, tried) if each.fact == "tried"]
    assert heard.value == plans
    assert "the other words name no plan" in heard.meaning


def test_a_sentence_without_a_plan_is_said_to_name_none_and_not_one_of_its_words():
    with pytest.raises(NotAValue, match='"on premises" names no plan; expected prompt, rag'):
        answer(TABLE.facts["tried"], "on premises")
    assert volunteered(TABLE, "on premises", TABLE.facts["tried"]) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [("400 pdf", 2_000_000), ("20 pages", 10_000), ("5 MB", 1_250_000), ("2k words", 2_800)],
)
def test_flags_and_files_take_the_units_that_the_interview_takes(text, value):
    fact = TABLE.facts["corpus_tokens"]
    assert from_text(fact, text) == value == answer(fact, text).value
    assert str(from_text(fact, "10..20 pages")) == str(Range(5000, 10000))
    with pytest.raises(NotAValue):
        from_text(fact, "3 parsecs")


# ---- sentences, as people say them ----

TAKEN = [
    ("data_quality", "more than 1 in 10 looks wrong or disputed", "noisy"),
    ("data_quality", "over 10 %", "noisy"),
    ("data_quality", "less than 3% wrong", "strong"),
    ("task_changes", "only a label is added now and then", "never"),
    ("main_error", "i havent looked", None),
    ("prompt_result", "far off, most of them are wrong", "far"),
    ("retrieval_result", "never all rows", "misses"),
    ("tried", "nothing so far, but we are thinking of RAG", ()),
    ("retrieval_result", "we don't have any retrieval", None),
    ("main_error", "nobody checked the failures so far", None),
    ("prompt_result", "there is no prompt yet", None),
    ("prompt_result", "we get 62% and need 90%", "far"),
    ("prompt_result", "accuracy is 88 %, the target is 92 %", "close"),
    ("eval_examples", "20 cases that our lawyer checked", 20),
    ("citations", "the auditors read them, so yes", True),
    ("sensitive_data", "it is all published anyway, so no", False),
    ("task", "find similar past tickets for a new one", "match"),
    ("task", "a chatbot that answers staff questions about our travel policy", "answer"),
    ("task", "fine-tune RoBERTa to classify reviews, how many epochs do I need?", "label"),
    ("model_access", "we host the model ourselves", "weights"),
    ("judgement", "single words are not enough, you must read between the lines", "nuanced"),
    ("task", "write product texts in the tone of our brand", "write"),
    ("tried", "not started, the idea is to do retrieval first and LoRA afterwards", ()),
    ("tried", "no, we intend to train a classifier", ()),
    ("main_error", "we never went through the mistakes", None),
    ("knowledge_form", "it needs no knowledge at all", None),
    ("retrieval_result", "retrieval does not exist yet", None),
    ("prompt_result", "95 percent are correct and 90 percent would be enough", "passes"),
    ("prompt_result", "7 of 10 replies are usable, we want 9 of 10", "far"),
    ("prompt_result", "55% of the mails were fine, the boss wants 95%", "far"),
    ("examples", "around 2500 annotated product reviews, 30 % negative", 2500),
    ("eval_examples", "not yet, we will collect some", 0),
    ("sensitive_data", "customer names appear in the mails, so yes", True),
    ("must_abstain", "better a guess than nothing, so no", False),
    ("task", "sort incoming letters by department, should I use BERT or a prompt?", "label"),
    ("task", "a bot on our intranet which answers HR questions", "answer"),
    ("task", "pick the best matching job for a CV", "match"),
    ("task", "draft replies to customer complaints in our style", "write"),
    ("model_access", "we can train it on our machine, it is from Hugging Face", "weights"),
    ("data_quality", "not good at first, we do not know now", None),
    ("prompt_result", "we never ran a prompt", None),
    ("prompt_result", "it gets 3 of 4 right, we need 19 of 20", "far"),
    ("prompt_result", "the goal is 85 % and we are at 80 %", "close"),
    ("prompt_result", "92% precision, required are 90%", "passes"),
    ("main_error", "we did not look at single errors", None),
    ("retrieval_result", "we do not use retrieval", None),
    ("retrieval_result", "no search at all so far", None),
    ("knowledge_form", "everything is in a Postgres database", "tables"),
    ("data_quality", "the labels were never reviewed", None),
    ("examples", "some 700 tickets with the answer our agents gave", 700),
    ("requests_per_day", "2000 invoices a week", 286),
    ("latency_ms", "a couple of seconds, say 4", 4000),
    ("citations", "yes - the lawyers insist", True),
    ("sensitive_data", "only product texts, so no", False),
    ("private_knowledge", "everything is on our public website, so no", False),
    ("per_user_access", "no. everybody may read all of it", False),
    ("output_schema", "our ERP imports the result, therefore yes", True),
    ("task", "we want to recognise spam in comments", "label"),
    ("task", "assistant for mechanics that looks up answers in repair manuals", "answer"),
    ("task", "recommend related articles to readers", "match"),
    ("task", "generate newsletter texts from bullet points", "write"),
    ("task", "pull the invoice number and date out of scanned invoices", "extract"),
    ("task", "shorten long reports to one page, is a prompt enough?", "rewrite"),
    ("task", "decide which team gets a ticket", "label"),
    ("model_access", "open weights, we serve it on our own GPUs", "weights"),
    ("main_error", "it invents part numbers", "knowledge"),
    ("main_error", "the JSON is often broken", "format"),
    ("main_error", "replies are too long", "style"),
    ("prompt_result", "85 percent, needs 95", "far"),
    ("prompt_result", "88 % right, we need 95 %, the tone is wrong", "close"),
    ("retrieval_result", "yes, it is usually found", "finds"),
    ("retrieval_result", "it is often missing", "misses"),
    ("language_coverage", "a language that almost no model knows", "low"),
    ("knowledge_form", "printed books, we would have to scan them", "scans"),
    ("deadline_days", "no idea, no fixed date", None),
    ("sensitive_data", "the texts must not leave our cloud contract", True),
]  # fmt: skip

CONFIRMED = [
    ("tried", "we want to try LoRA next month", ()),
    ("tried", "we tried RAG and plan to fine-tune later", ("rag",)),
    ("tried", "fine-tuned Llama on 2000 chats, no better", ("lora",)),
    ("tried", "off-the-shelf embeddings with cosine similarity", ("task_head:untouched-embedding",)),
    ("examples", "roughly 900 question-answer couples from the help desk", 900),
    ("corpus_tokens", "1200 articles with 800 words each", 1344000),
    ("tried", "few-shot prompting fell short, next we would like to do QLoRA", ("prompt:few-shot",)),
    ("tried", "finetuning of gpt-4o-mini, results were disappointing", ("lora",)),
    ("tried", "prompt:few-shot and a RAG prototype", ("prompt:few-shot", "rag")),
    ("examples", "we collected 350 corrected drafts", 350),
    ("corpus_tokens", "40 handbooks of 100 pages each", 2000000),
    ("ml_skill", "some of us read papers, none trained anything real", "none"),
    ("requests_per_day", "3 agents who ask 40 questions a day each", 120),
    ("tried", "we only plan to do RAG", ()),
    ("tried", "nope; management wants to fine-tune something", ()),
    ("tried", "a finetuned Mistral, it still made up dates", ("lora",)),
    ("tried", "RAG with LangChain, and after that a fine-tuning run at OpenAI", ("rag", "lora")),
    ("tried", "pre-trained MiniLM embeddings, not trained further", ("task_head:untouched-embedding",)),
    ("tried", "we built a classifier with SetFit but it was too weak", ("task_head",)),
    ("examples", "none so far, but 10,000 raw mails", 0),
    ("eval_examples", "around 45 contracts that a paralegal went through", 45),
    ("corpus_tokens", "250 PDFs of about 12 pages each", 1500000),
    ("corpus_tokens", "a few thousand wiki pages, 2 million words altogether", 2800000),
    ("requests_per_day", "around 300 mails per day, in December 900", 300),
    ("model_access", "we can only call GPT-4", "api"),
    ("judgement", "a rule list is enough", "reasoning"),
    ("prompt_result", "it is 10 points short, so close", "close"),
    ("knowledge_form", "120 manuals of about 40 pages, mostly text with some tables", "text"),
    ("main_error", "the facts are fine but the tone is off", "style"),
]  # fmt: skip

UNCLEAR = [
    ("tried", "just regular expressions so far"),
    ("examples", "400 emails with 3 drafts each"),
    ("latency_ms", "a second or two, at most 3"),
    ("behaviour_shift", "none of the documents is in English"),
    ("knowledge_form", "manuals and a database with prices"),
    ("stakes", "high volume, but mistakes do little damage"),
    ("private_knowledge", "partly public, partly internal"),
    ("tried", "a TF-IDF baseline"),
    ("per_user_access", "everyone sees everything, but managers also see salaries"),
    ("knowledge_form", "contracts, half of them scanned"),
    ("tried", "grep and some regexes"),
    ("tried", "fine-tuning is not allowed here"),
    ("prompt_result", "the boss is not happy with it"),
    ("main_error", "facts are right, but replies are too long and often broken JSON"),
    ("corpus_tokens", "a dictionary of 400 pages and a grammar of 250 pages"),
    ("language_coverage", "translation from Spanish into our own language"),
    ("knowledge_form", "Excel sheets and Word documents"),
    ("data_quality", "about 1 in 8 is mislabelled"),
    ("examples", "2000 chats, of which 150 are rated"),
    ("examples", "80 % of our 4000 mails have a label"),
    ("task", "should I fine-tune or prompt?"),
    ("task", "help customers choose a bike"),
    ("behaviour_shift", "strong accents are no issue"),
    ("stakes", "low quality would cost us customers"),
    ("language_coverage", "high German and some dialect"),
    ("knowledge_updates", "days of work go into it"),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "line", "value"), TAKEN)
def test_a_sentence_that_says_the_answer_is_taken_with_an_echo(fact, line, value):
    found = read(fact, line)
    assert (found.value, type(found.value), found.sure) == (value, type(value), True)
    assert found.meaning or found.whole or TABLE.facts[fact].numeric


@pytest.mark.parametrize("line", ["95 %", "1 in 0"])
def test_a_share_alone_that_may_be_of_right_ones_or_is_none_is_asked_back(line):
    with pytest.raises(NotAValue):
        read("data_quality", line)


def test_a_provider_that_tunes_is_no_service_for_prompts_only():
    for line in ("the agency did the fine-tuning at openai", "openai fine-tunes it for us"):
        assert heard(line, "model_access")["model_access"] == "api_tuning", line


def test_of_a_result_on_few_items_it_is_said_how_little_they_tell():
    found = read("prompt_result", "on 50 tickets about 70 % right, we want 85 %")
    assert "15 points short (give or take 12): far" in found.meaning
    assert "give or take" not in read("prompt_result", "70 % right, we want 85 %").meaning


@pytest.mark.parametrize(("fact", "line", "value"), CONFIRMED)
def test_a_sentence_that_may_say_the_answer_is_offered_and_never_taken(fact, line, value):
    with contextlib.suppress(NotAValue):
        assert not read(fact, line).sure
    assert heard(line, fact)[fact] == value


@pytest.mark.parametrize(
    ("fact", "line"),
    [
        *UNCLEAR,
        ("task", "grade answers to exam questions"),
        ("task", "our users write emails and we classify them"),
        ("prompt_result", "at 60% and need 10% more"),
        ("prompt_result", "95% on easy ones, 60% on hard ones, we need 90%"),
        ("tried", "fine-tuned BERT, 80 %"),
        ("tried", "I would say RAG"),
        ("main_error", "it does not look at the context"),
        ("examples", "labelled by 3 annotators in 2023"),
        ("examples", "$500 budget for labels"),
        ("examples", "150 GB of logs"),
        ("eval_examples", "we hold out 20 %"),
        ("gpu_memory_gb", "one card"),
        ("citations", "nobody has measured it"),
        ("private_knowledge", "private documents, so no"),
        ("data_quality", "a good colleague labelled them"),
    ],
)
def test_a_sentence_about_something_else_or_two_things_is_refused_with_a_clear_line(fact, line):
    with pytest.raises(NotAValue) as refused:
        read(fact, line)
    assert "did you mean" not in str(refused.value)
    assert fact not in heard(line, fact)


@pytest.mark.parametrize(("line", "facts"), [
    ("we have two 24 GB cards", {"gpu_memory_gb": 48}),
    ("we keep 200 examples for validation", {"eval_examples": 200}),
    ("a server with one 48 GB GPU", {"gpu_memory_gb": 48}),
    ("another 120 test questions are set aside", {"eval_examples": 120}),
    ("three 80 GB cards in a rack", {"gpu_memory_gb": 240}),
    ("one GPU with 12 GB", {"gpu_memory_gb": 12}),
    ("I kept 300 pairs for testing", {"eval_examples": 300}),
    ("32 GB RAM and a 16 GB memory card", {}),
    ("$500 for training", {}),
    ("we may not run it on our server", {}),
    ("1300 for training and 150 for validation", {"examples": 1300, "eval_examples": 150}),
    ("the data may not leave the company", {"sensitive_data": True}),
])  # fmt: skip
def test_hardware_held_out_pairs_and_where_data_may_go_are_heard_unasked(line, facts):
    assert heard(line) == facts


def test_what_is_only_planned_is_named_as_not_tried():
    found = read("tried", "nothing yet, but we plan LoRA on the raw text, then LoRA on pairs")
    assert (found.value, found.sure) == ((), True)
    assert "lora: planned, not tried" in found.meaning
    (own,) = volunteered(TABLE, "we tried RAG and plan to fine-tune later", TABLE.facts["tried"])
    assert own.value == ("rag",)
    assert "lora: planned, not tried" in own.meaning


def test_fine_tuning_is_lora_to_be_confirmed_and_a_search_by_words_is_no_plan():
    (own,) = volunteered(TABLE, "only fine-tuning, too weak", TABLE.facts["tried"])
    assert own.value == ("lora",)
    assert "taken as LoRA" in own.meaning
    with pytest.raises(NotAValue, match=r'"keyword search" is none of the plans.*is nothing'):
        read("tried", "only a keyword search, it was too weak")


def test_two_shares_are_said_again_and_several_forms_are_asked_back():
    found = read("prompt_result", "a plain prompt got 41% right, I want 80%")
    assert found.meaning == "41 % where 80 % are wanted, 39 points short: far"
    with pytest.raises(NotAValue, match=r'heard text \("PDFs"\) and tables \("tables"\)'):
        read("knowledge_form", "PDFs, mostly prose with some dosage tables")
    with pytest.raises(NotAValue, match=r'heard yes \("private documents"\) and no'):
        read("private_knowledge", "private documents, so no")


WORDS_HEARD = [
    (fact, choice, word)
    for fact in TABLE.questions
    if not fact.several
    for choice in fact.choices
    for word in choice.heard
    if word not in {each for other in fact.choices for each in other.yields}
]


@MANY
@given(st.data())
def test_a_line_with_two_choices_answers_no_question_where_one_must_be_chosen(data):
    fact, choice, word = data.draw(st.sampled_from(WORDS_HEARD))
    others = [each for each in WORDS_HEARD if each[0] is fact and each[1] is not choice]
    assume(others)
    _, _, other = data.draw(st.sampled_from(others))
    line = f"{word}; {other}"
    with pytest.raises(NotAValue):
        answer(fact, line, TODAY)
    assert fact.id not in heard(line, fact.id)
    assert fact.id not in heard(line)


THINGS = ("mails", "labelled pairs", "cards", "reviews marked by staff", "words", "pages", "users")


@MANY
@given(
    st.sampled_from([fact for fact in TABLE.questions if fact.numeric]),
    st.lists(st.tuples(st.integers(2, 9_999), st.sampled_from(THINGS)), min_size=2, max_size=3),
    st.sampled_from([" and ", ", ", " of ", " with "]),
)
def test_of_several_numbers_none_is_taken_unconfirmed(fact, counted, between):
    assume(len({number for number, _ in counted}) == len(counted))
    line = "we have " + between.join(f"{number} {thing}" for number, thing in counted)
    with contextlib.suppress(NotAValue):
        assert not answer(fact, line, TODAY).sure


@MANY
@given(st.sampled_from(["RAG", "LoRA", "a classifier", "fine-tuning"]), st.sampled_from(
    ["we plan {}", "nothing yet, {} next", "we are thinking of {}", "they want to do {}"]))  # fmt: skip
def test_no_plan_is_ever_heard_as_tried_where_it_is_planned(plan, said):
    found = heard(said.format(plan), "tried")
    assert found["tried"] == ()


@MANY
@given(LINES)
def test_what_a_line_asks_is_left_out_and_nothing_else_moves(line):
    told = without_questions(line)
    assert len(told) == len(line)
    assert all(now in (was, " ") for was, now in zip(line, told, strict=True))
    assert told == line or "?" in line
