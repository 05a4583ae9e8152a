"""`explain` answers what people type, and never with another thing that only looks alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import EVERYTHING
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.authoring import glossary
from adaptadvisor.errors import BadInput
from adaptadvisor.render.authoring import explain
from adaptadvisor.table import conditions

WIDTH = 90
FEWEST, MOST = 3, 12
WORDS = [
    line.partition("\t")
    for line in (Path(__file__).parent / "data" / "words.txt").read_text().splitlines()
    if not line.startswith("#")
]
"""What people typed; of those collected from public questions also where."""

OWN = {
    "adr": "decision-record",
    "decision record": "decision-record",
    "confidence": "odds",
    "odds": "odds",
    "rules": "rule-table",
    "rule table": "rule-table",
    "precedent": "precedent",
    "settled": "settled",
    "plan": "plan",
    "hinge": "settled",
    "open question": "open-needs",
    "verdict": "verdict",
    "verdicts": "verdict",
}
"""The words of the program itself, which a reader meets in its answers."""

MEANT = {
    "overfitting": "overfitting",
    "catastrophic forgetting": "forgetting",
    "rlhf": "rlhf",
    "reinforcement learning": "reinforcement-learning",
    "preference tuning": "preferences",
    "bigger model": "bigger-model-or-better-fit",
    "rag": "rag",
    "lora": "lora",
    "rank": "lora-rank",
    "alpha": "lora-alpha",
    "learning rate": "learning-rate",
    "epochs": "epochs",
    "chat template": "chat-template",
    "eos": "eos-token",
    "stop token": "eos-token",
    "vocabulary": "vocabulary",
    "long context": "context-window",
    "merge adapter": "merging",
    "chunk size": "chunking",
    "reranker": "reranker",
    "bm25": "bm25",
    "function calling": "tools",
    "sql": "text-to-sql",
    "json": "structured-output",
    "zero-shot": "zero-shot",
    "dspy": "prompt-optimizers",
    "how many examples": "how-many-examples",
    "decoder": "decoder",
    "translation": "translation",
    "continual pretraining": "domain-pretraining",
    "base or instruct": "base-or-instruct",
    "license": "licence",
    "gpu memory": "gpu-memory",
    "vllm": "vllm",
    "ollama": "ollama",
    "gdpr": "gdpr",
    "prompt injection": "prompt-injection",
    "over-refusal": "over-refusal",
    "llm as a judge": "llm-as-a-judge",
    "contamination": "contamination",
    "peft": "peft",
    "full fine-tuning": "lora-vs-full",
    "multi-lora": "multi-lora",
    "images": "vision",
    "summarization": "summarisation",
    "new knowledge": "new-knowledge",
    "raft": "raft",
    "class weights": "class-weights",
    "downsampling": "oversampling",
    "aspect-based sentiment analysis": "sentiment",
    "loss suddenly increases": "loss-trouble",
    "CUDA out of memory": "out-of-memory",
    "BIO labelling scheme": "ner",
    "similarity threshold": "similarity",
    "how many results should I pass to the LLM": "top-k",
    "KTO": "kto",
    "VRAM": "gpu-memory",
    "AWQ": "gptq",
    "triplet loss": "contrastive-loss",
    "repeats itself": "repetition",
    "train on completions only": "completion-only-loss",
    "MCP": "mcp",
    "sliding window": "long-documents",
    "softmax probability": "calibration",
    "QDoRA": "dora",
}
"""What the words mean, written by hand: a wrong match would not do."""

ASKED = {
    "gate": "gate",
    "plan": "plan",
    "variant": "variant",
    "sft": "sft",
    "head": "head",
    "label": "label",
    "What is RAG?": "rag",
    "RLHF": "rlhf",
    "How does LoRA work?": "lora",
    "do I need a GPU?": "gpu",
    "should I use RAG or fine-tuning": "rag-or-tuning",
    "What's the difference between LoRA and full fine-tuning?": "lora-vs-full",
    "how much data do I need to fine-tune a model": "how-many-examples",
    "queryRewriting": "query-rewriting",
    "hard_negatives": "hard-negatives",
    "Quantized models": "quantisation",
    "tokenisation": "tokens",
    "adapter merging": "merging",
    "K-means": "clustering",
    "what does rank mean": "lora-rank",
    "LoRA+": "lora-plus",
    "recall@k": "retrieval-metrics",
    "A/B tests": "ab-test",
    "McNemar's test": "significance",
    "fine tuned": "fine-tuning",
    "catastrophic forgetting in LoRA": "forgetting",
    "tuned LLM": "tuned-llm",
    "a tuned LLM": "tuned-llm",
    "logits": "softmax",
    "softmax": "softmax",
    "supervized": "sft",
}
"""Questions and spellings as newcomers type them."""


def title(table, words: str) -> str:
    """The first line of the answer."""
    return explain.find(table, words).title


def test_every_word_that_people_typed_is_answered(table):
    for words, _, _ in WORDS if EVERYTHING else WORDS[::4]:
        assert re.search(r"\[[\w-]+\] \(", title(table, words)), words


def test_sixty_of_the_words_come_from_public_questions():
    assert len({words for words, _, asked in WORDS if asked}) == 60


@pytest.mark.parametrize(("words", "id"), [*OWN.items(), *MEANT.items(), *ASKED.items()])
def test_a_word_is_answered_by_the_entry_that_it_means(table, words, id):
    assert f"[{id}] (" in title(table, words)


@pytest.mark.parametrize("words", MEANT)
def test_the_words_with_a_meaning_written_by_hand_are_words_that_people_typed(words):
    assert words in [typed for typed, _, _ in WORDS]


def test_every_topic_is_found_by_its_id_and_its_aliases(table):
    known = dict(explain.names(table))
    for topic in table.topics.values():
        for words in (topic.id, topic.id.upper(), *topic.aliases):
            assert known[glossary.key(words)].label == topic.id


def test_a_text_has_three_to_twelve_lines_and_says_how_it_bears_on_the_choice(table):
    for topic in table.topics.values():
        page = explain.render(table, topic.id, WIDTH)  # an exact id is found at once
        before, see_also, _ = page.partition("\n- See also: ")
        lines = [line for line in before.splitlines()[1:] if line]
        assert FEWEST <= len(lines) <= MOST, topic.id
        assert "- For the choice: " in before, topic.id
        assert see_also, topic.id


def test_what_a_topic_points_to_is_another_thing_that_exists(table):
    every = {id for section in explain.SECTIONS for id in getattr(table, section)}
    for topic in table.topics.values():
        assert set(topic.see_also) <= every - {topic.id}
        assert len(set(topic.see_also)) == len(topic.see_also)


# ---- words that nothing here has ----


def refused(table, words: str) -> str:
    with pytest.raises(BadInput) as error:
        explain.find(table, words)
    return str(error.value)


SLIPS = {
    "quantisaton": "quantisation",
    "embbedings": "embeddings",
    "tokneizer": "tokenizer",
    "halucination": "hallucination",
    "fintuning": "fine-tuning",
    "embeding": "embeddings",
    "retreival": "semantic-search",
    "catastrofic forgetting": "forgetting",
    "what is catastrofic forgetting?": "forgetting",
    "rag or fintuning": "rag-or-tuning",
}


@pytest.mark.parametrize(("words", "right"), SLIPS.items())
def test_a_slip_of_the_fingers_in_a_long_word_is_answered_with_a_note(table, words, right):
    page = " ".join(explain.render(table, words, WIDTH).split())
    assert f"[{right}] (" in page
    assert f'There is no entry for "{words}"; this one is for ' in page


ABROAD = {
    "Halluzination": "hallucination",
    "Überanpassung": "overfitting",
    "Einbettung": "embeddings",
    "Datenschutz": "privacy",
    "Sprachmodell": "llm",
}


@pytest.mark.parametrize(("words", "right"), ABROAD.items())
def test_a_german_word_of_the_field_leads_to_the_english_one(table, words, right):
    page = " ".join(explain.render(table, words, WIDTH).split())
    assert f'English only: for "{words}" read "{right}".' in page
    assert f"[{right}] (" in page


def test_no_word_of_another_language_stands_for_two_topics_or_is_a_word_here(table):
    words = [glossary.key(word) for topic in table.topics.values() for word in topic.abroad]
    assert len(words) == len(set(words)) >= FEWEST
    assert not set(words) & set(dict(explain.names(table)))


# ---- one of two ----

OF_TWO = {
    "rag or lora": "rag-or-tuning",
    "rag vs lora": "rag-or-tuning",
    "LoRA vs. RAG": "rag-or-tuning",
    "should i use rag or lora": "rag-or-tuning",
    "is rag better than lora": "rag-or-tuning",
    "when should I use rag instead of fine-tuning": "rag-or-tuning",
    "head vs lora": "head-or-lora",
    "LoRA or a task head?": "head-or-lora",
    "why is lora cheaper than full fine-tuning": "lora-vs-full",
    "what is the difference between lora and full fine-tuning": "lora-vs-full",
    "base-or-instruct": "base-or-instruct",
}


@pytest.mark.parametrize(("words", "id"), OF_TWO.items())
def test_a_choice_between_two_is_answered_by_what_compares_them(table, words, id):
    assert f"[{id}] (" in title(table, words)
    assert "no entry" not in explain.render(table, words, WIDTH)


@pytest.mark.parametrize("words", ["prompt or rag", "dpo vs rlhf", "bm25 rather than embeddings"])
def test_two_things_that_nothing_compares_are_both_told_in_short(table, words):
    page = explain.render(table, words, WIDTH)
    assert "here is each by itself" in " ".join(page.split())
    assert page.count("More: adaptadvisor explain ") == len(("one", "other"))


def test_one_of_two_that_is_not_known_is_not_passed_over(table):
    assert "nothing here is called" in refused(table, "rag or banana")


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("when is rag worth it", "rag"),
        ("does rag need training", "rag"),
        ("why does lora work", "lora"),
    ],
)
def test_a_question_about_a_word_is_answered_by_the_word_with_a_note(table, words, id):
    assert f"[{id}] (" in title(table, words)
    assert "no entry for" in explain.render(table, words, WIDTH)


@pytest.mark.parametrize("words", ["transliteration", "banana", "raq", "lorry"])
def test_a_word_that_only_looks_like_another_leads_to_nothing(table, words):
    message = refused(table, words)
    assert "did you mean" not in message
    assert "nearest" not in message


def test_an_unknown_question_leads_to_what_is_nearest_in_meaning(table):
    assert "nearest in meaning: drift" in refused(table, "embedding drift")
    near = refused(table, "translation of quotations and proverbs into rhymes")
    assert "translation" in near.partition("nearest in meaning: ")[2]
    assert "quantisation" not in near


def test_an_answer_to_a_part_of_the_question_says_so(table):
    page = explain.render(table, "catastrophic forgetting in LoRA", WIDTH)
    assert "no entry for" in page
    assert "no entry for" not in explain.render(table, "what is catastrophic forgetting?", WIDTH)


@pytest.mark.parametrize("words", ["", "?", "!!!", "the", "what is", "\u202e", "a" * 100_000])
def test_a_question_without_a_word_to_look_for_is_refused_in_one_line(table, words):
    assert "\n" not in refused(table, words)


# ---- spellings ----


@given(st.text())
def test_a_key_is_its_own_key(words):
    assert glossary.key(glossary.key(words)) == glossary.key(words)


@given(st.lists(st.sampled_from(["hard", "negative", "loss", "Query", "gpu", "chunk"]), min_size=1))
def test_blanks_dashes_case_and_a_plural_make_no_difference(words):
    one = glossary.key(" ".join(words))
    for between in ("-", "_", "", "  "):
        assert glossary.key(between.join(words)) == one
    assert glossary.key(" ".join(words).upper()) == one
    assert glossary.key(f"What are {' '.join(words)}?") == one


def test_no_two_topics_have_one_spelling(table):
    keys = [key for topic in table.topics.values() for key in glossary.spellings(topic)]
    assert len(keys) == len(set(keys))


# ---- what an approach is taken for ----


def taken_for(table, approach: str) -> dict[str, str]:
    """The needs that the page of an approach gives reasons for, each with the rest of its line."""
    page = " ".join(explain.render(table, approach, WIDTH).split())
    listed = re.split(r" - (?=[A-Z])", page.partition("- Taken for: ")[2])[0]
    lines = re.split(r"(?:^| )- (?=[a-z-]+: )", listed)
    return dict(line.split(": ", 1) for line in lines if line)


@pytest.mark.parametrize("approach", ["prompt", "rag", "task_head", "lora", "full"])
def test_an_approach_is_taken_for_few_needs_each_with_its_reason_and_every_condition(
    table, approach
):
    lines = taken_for(table, approach)
    assert 1 <= len(lines) <= FEWEST + 5
    for id, line in lines.items():
        need = table.needs[id]
        assert need.need not in line, "the need in other words is no reason"
        for option in (option for option in need.met_by if option.approach == approach):
            if option.because in line:
                tested = (*conditions.tests(option.when), *conditions.tests(option.provided))
                assert (
                    option.variant
                    or all(test.fact in line for test in tested)
                    or is_open(need, approach, option.because)
                ), (id, option.because)


def is_open(need, approach: str, because: str) -> bool:
    """Whether one way for this reason asks for nothing, so that no condition is left to name."""
    return any(
        not [*conditions.tests(option.when), *conditions.tests(option.provided)]
        for option in need.met_by
        if (option.approach, option.because) == (approach, because)
    )


def test_a_need_that_an_approach_meets_only_sometimes_is_not_told_as_met(table):
    page = " ".join(explain.render(table, "rag", WIDTH).split())
    assert "behaviour-on-every-call" not in taken_for(table, "rag")
    assert "Meets under conditions, which the page of each says: " in page
    assert "provided examples >= 50" in taken_for(table, "lora")["behaviour-on-every-call"]
