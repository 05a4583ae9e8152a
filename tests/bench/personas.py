"""What `ask` asks nine people who know everything about their task, and (`--published 30`) people
of so many published cases, who know the rest too: it is drawn, as likely as `ask` takes it to be.
Prints a table; judges nothing.

python -m pip install . && python tests/bench/personas.py --published 30 --terminal

`--terminal` leads every interview through a terminal of its own.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

import pexpect
from questions import ENGINE, TABLE, Person, answered_together, situation

from adaptadvisor.advice.completions import SURE
from adaptadvisor.interview.ranking import not_applying
from adaptadvisor.interview.state import LONG, Interview
from adaptadvisor.table.plans import members
from adaptadvisor.table.speech import plan_words

EVERYBODY: Mapping[str, Any] = {
    "tried": (),
    "private_knowledge": False,
    "knowledge_updates": "never",
    "knowledge_form": "text",
    "behaviour_shift": "none",
    "examples": 0,
    "data_quality": "fair",
    "teacher": False,
    "grader": False,
    "task_changes": "never",
    "model_access": "api",
    "model_kind": "instruct",
    "prompt_affordable": True,
    "requests_per_day": 500,
    "specialisation": "general",
    "language_coverage": "high",
    "corpus_tokens": 0,
    "input_tokens": 500,
    "whole_document": False,
    "citations": False,
    "must_abstain": False,
    "keep_general": False,
    "model_params_b": 8,
    "gpu_memory_gb": 0,
    "domain_tokens": 0,
    "preference_pairs": 0,
    "ml_skill": "some",
    "deadline_days": 60,
    "latency_ms": 3000,
    "eval_examples": 200,
    "stakes": "medium",
    "sensitive_data": False,
    "per_user_access": False,
    "tenants": 1,
    "output_schema": False,
}
"""What holds where a person below says nothing else."""

PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "ticket routing": {
        "task": "label",
        "prompt_result": "close",
        "main_error": "skill",
        "examples": 6000,
        "classes": 12,
        "rarest_class": 80,
        "judgement": "surface",
        "requests_per_day": 3000,
        "model_access": "weights",
        "gpu_memory_gb": 16,
    },
    "invoice extraction": {
        "task": "extract",
        "prompt_result": "close",
        "main_error": "format",
        "examples": 300,
        "classes": 15,
        "judgement": "surface",
        "output_schema": True,
        "sensitive_data": True,
    },
    "brand voice": {
        "task": "write",
        "prompt_result": "close",
        "main_error": "style",
        "examples": 800,
        "data_quality": "strong",
        "behaviour_shift": "strong",
        "model_access": "api_tuning",
    },
    "SQL assistant": {
        "task": "code",
        "prompt_result": "far",
        "main_error": "knowledge",
        "private_knowledge": True,
        "knowledge_updates": "months",
        "knowledge_form": "tables",
        "corpus_tokens": 60_000,
        "grader": True,
    },
    "summaries": {"task": "rewrite", "prompt_result": "passes", "main_error": "style"},
    "questions on documents": {
        "task": "answer",
        "prompt_result": "far",
        "main_error": "knowledge",
        "private_knowledge": True,
        "knowledge_updates": "months",
        "corpus_tokens": 3_000_000,
        "citations": True,
    },
    "support bot with private policies": {
        "task": "answer",
        "prompt_result": "far",
        "main_error": "knowledge",
        "private_knowledge": True,
        "knowledge_updates": "months",
        "corpus_tokens": 400_000,
        "per_user_access": True,
        "must_abstain": True,
        "behaviour_shift": "some",
    },
    "a tuning run that failed": {
        "task": "write",
        "prompt_result": "close",
        "main_error": "style",
        "tried": ("lora",),
        "examples": 150,
        "data_quality": "noisy",
        "behaviour_shift": "strong",
        "model_access": "weights",
        "gpu_memory_gb": 24,
    },
    "embeddings for search": {
        "task": "match",
        "prompt_result": "far",
        "main_error": "skill",
        "examples": 5000,
        "requests_per_day": 50_000,
        "latency_ms": 200,
        "corpus_tokens": 5_000_000,
        "model_access": "weights",
        "model_params_b": 0.3,
        "gpu_memory_gb": 24,
        "specialisation": "domain",
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--published", type=int, default=0, help="published cases")
    parser.add_argument("--terminal", action="store_true", help="in a terminal of their own")
    options = parser.parse_args()
    cases = list(TABLE.precedents.values())
    step = max(len(cases) // options.published, 1) if options.published else len(cases)
    chosen = cases[::step][: options.published]
    people = {name: _applying({**EVERYBODY, **own}) for name, own in PEOPLE.items()}
    _table("people", people, terminal=options.terminal)
    rnd = random.Random(9)
    published = {case.id: situation(rnd, case.facts, likely=True) for case in chosen}
    _table("published", published, terminal=options.terminal)


def _applying(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of these facts that apply."""
    left_out = not_applying(TABLE, facts, ())
    return {fact: facts[fact] for fact in facts if fact not in left_out}


def _table(what: str, people: Mapping[str, Mapping[str, Any]], *, terminal: bool) -> None:
    counts = []
    for name, truth in people.items():
        asked, plan = in_a_terminal(truth) if terminal else questions_to(truth)
        right = plan == plan_words(members(ENGINE.decide(truth).plan))
        counts.append(len(asked))
        print(
            f"{name}: {len(asked)} questions, {plan}{'' if right else ' (not that of all facts)'}"
        )
        for number, one in enumerate(asked, 1):
            print(f"  {number}. {one}")
    if counts:
        print(f"{what}: mean {statistics.mean(counts):.1f}, most {max(counts)}")


def in_a_terminal(truth: Mapping[str, Any]) -> tuple[list[str], str]:
    """The same through a terminal, by what is seen there."""
    person = Person(truth)
    with tempfile.TemporaryDirectory() as folder:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "adaptadvisor", "ask", "--no-color"],
            cwd=folder,
            encoding="utf-8",
            timeout=60,
            dimensions=(60, 100),
        )
        child.delaybeforesend = None
        ends = r"\r\n> $|(?:none\s+is|first\s+alone|is\s+known|on\s+without|the\s+advice)[.:] $"
        while child.expect([ends, pexpect.EOF]) == 0:
            person.heard.write(f"{child.before}{child.after}".replace("\r\n", "\n"))
            child.sendline(person.readline().rstrip("\n"))
    advice = child.before.partition("Plan: ")[2].partition("\r\n")[0].rstrip(" \u2500\u256e")
    advice = advice.partition(" (")[0]  # "none (mend what was tried)"
    names = {fact.id: fact.name for fact in TABLE.questions}
    return [", ".join(names[id] for id in asked.split()) for asked in person.asked], advice


def questions_to(truth: Mapping[str, Any]) -> tuple[list[str], str]:
    """The questions to somebody who knows all this, and the plan at the end."""
    interview = Interview(TABLE, {})
    asked: list[str] = []
    while (question := interview.question()) and question.chance >= SURE:
        if interview.asked == LONG:
            break
        if not question.together:
            asked.append(question.fact.name)
            interview.answer(question.fact.id, truth.get(question.fact.id))
            continue
        how = "any of: " if question.fact.unless else "both: "
        asked.append(how + ", ".join(fact.name for fact in question.together))
        answered_together(interview, question.together, truth)
    return asked, plan_words(members(ENGINE.decide(interview.facts).plan))


if __name__ == "__main__":
    main()
