"""What readers see, byte for byte: tests/goldens/ holds one file for each format and situation.

`pytest --renew-goldens tests/test_goldens.py` writes them anew; the diff then shows a reviewer what
changed. The table's own version and digest are replaced, so that a row that none of them shows can
change without touching these files.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import jsonschema
import pytest
from conftest import FULL
from test_reports import Page

from adaptadvisor import advise
from adaptadvisor.advice import schema
from adaptadvisor.render import formats
from adaptadvisor.render.authoring import explain, manual

FOLDER = Path(__file__).parent / "goldens"
ENDINGS = {"text": "txt", "json": "json", "md": "md", "adr": "adr.md", "html": "html"}
WIDTH = 80

SITUATIONS = {
    "plain": {
        "task": "label",
        "classes": 12,
        "examples": 1200,
        "data_quality": "strong",
        "eval_examples": 400,
        "prompt_result": "close",
        "main_error": "consistency",
        "private_knowledge": False,
        "knowledge_updates": "never",
        "task_changes": "never",
        "whole_document": False,
        "citations": False,
        "per_user_access": False,
        "preference_pairs": 0,
        "requests_per_day": 5000,
        "judgement": "surface",
        "language_coverage": "high",
        "input_tokens": 300,
    },
    "combination": {
        "task": "answer",
        "private_knowledge": True,
        "behaviour_shift": "strong",
        "examples": 190,
        "tried": ("prompt", "rag"),
    },
}

SHOWN = {
    "facts": ("task", "examples", "examples_per_class"),
    "thresholds": ("labels-enough", "lora-floor"),
    "needs": ("behaviour-on-every-call", "outside-knowledge"),
    "limits": ("no-gpu",),
    "readiness": ("no-evaluation-set",),
    "variants": ("few-shot", "qlora"),
    "families": ("encoder-only",),
    "checks": ("contamination",),
    "topics": ("mlm",),
    "sources": ("hu2021-lora", "llamafactory-memory"),
}
"""One row or two of each kind for the manual; all of it is in rules/README.md."""


@pytest.fixture(scope="module")
def pinned(table):
    return replace(table, version="VERSION", digest="DIGEST")


def same(request, name, text):
    """Whether the text is the one that is kept; with `--renew-goldens` it is kept from now on."""
    path = FOLDER / name
    if request.config.getoption("renew_goldens"):
        path.write_text(text, encoding="utf-8", newline="")
    kept = path.read_bytes()
    if kept != text.encode():
        lines = kept.decode().splitlines(), text.splitlines()
        changes = "\n".join(islice(difflib.unified_diff(*lines, name, "now", lineterm=""), 60))
        pytest.fail(f"{changes}\nsee the docstring of tests/test_goldens.py", pytrace=False)


def shown(table, situation, format_, parts=()):
    return formats.render(
        advise(table, SITUATIONS[situation], title="Support bot", notes="For the pilot."),
        format_,
        parts=parts,
        width=WIDTH,
    )


def headings(markdown):
    return [len(marks) for marks in re.findall(r"(?m)^(#+) ", markdown)]


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("format_", ENDINGS)
def test_a_recommendation_reads_as_it_did(request, pinned, situation, format_):
    same(request, f"{situation}.{ENDINGS[format_]}", shown(pinned, situation, format_))


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_whole_text_reads_as_it_did(request, pinned, situation):
    same(request, f"{situation}.full.txt", shown(pinned, situation, "text", FULL))


def test_the_situations_show_what_they_are_there_for(pinned):
    plain, combination = (advise(pinned, facts) for facts in SITUATIONS.values())
    assert len(plain.plan) == 1
    assert plain.settled
    assert len(combination.plan) > 1
    assert not combination.settled


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_formats_are_well_formed(pinned, situation):
    jsonschema.validate(json.loads(shown(pinned, situation, "json")), schema.recommendation(pinned))
    for line in shown(pinned, situation, "text").split("\n"):
        assert len(line) <= WIDTH or " " not in line.strip()  # an address has no place to break
    page = Page(shown(pinned, situation, "html"))
    assert not page.wrong
    assert not page.stack
    for format_ in ("md", "adr"):
        levels = headings(shown(pinned, situation, format_))
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("ending", ["txt", "md"])
def test_the_manual_reads_as_it_did(request, pinned, ending):
    cut = replace(
        pinned,
        **{
            section: {id: getattr(pinned, section)[id] for id in ids}
            for section, ids in SHOWN.items()
        },
    )
    text = manual.text(cut, WIDTH) if ending == "txt" else manual.markdown(cut)
    same(request, f"manual.{ending}", text)
    if ending == "md":
        assert set(headings(text)) == {1, 2, 3}


@pytest.mark.parametrize("what", ["behaviour-on-every-call", "lora", "unused-source"])
def test_an_explanation_reads_as_it_did(request, pinned, what):
    same(request, f"explain-{what}.txt", explain.render(pinned, what, WIDTH))
