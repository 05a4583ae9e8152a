"""What published situations say of this one: in the first lines, in every format, and in a batch."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import FULL, RULES
from hypothesis import given, settings
from strategies import situations

from adaptadvisor.advice.advise import advise
from adaptadvisor.advice.outlook import COUNTED
from adaptadvisor.cli.main import run
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import formats

TABLE = load_table(RULES)
ENGINE = engine_for(TABLE)
LABELS = {"task": "label", "examples": 1200, "classes": 12}
UNTESTED = {"task": "code", "model_access": "weights", "specialisation": "domain"}
FORMATS = ("text", "md", "adr", "html")


def flat(text):
    return " ".join(text.split())


def test_the_nearest_are_counted_in_words_that_add_up():
    advice = advise(TABLE, LABELS)
    counted = advice.outlook[0]
    numbers = [int(word) for word in counted.replace(",", " ").split() if word.isdigit()]
    assert numbers[1] == len(advice.precedents) == COUNTED
    assert sum(numbers) == 2 * COUNTED
    assert "a task head proved best" in counted


def test_the_headline_of_an_untested_prompt_says_what_to_do_first_and_where_such_projects_end():
    advice = advise(TABLE, UNTESTED)
    assert advice.plan == ("prompt",)
    assert advice.headline.startswith("Improve the prompt and test it first;")
    assert "most such projects end with a tuned LLM" in advice.headline


def test_a_tested_prompt_is_not_told_to_be_tested():
    assert "test it" not in advise(TABLE, {**UNTESTED, "prompt_result": "passes"}).headline


def test_where_rules_and_published_situations_disagree_the_first_lines_say_so_in_every_format():
    facts = next(
        case.facts
        for case in TABLE.precedents.values()
        if "disagree" in " ".join(advise(TABLE, case.facts).outlook)
    )
    advice = advise(TABLE, facts)
    for face in FORMATS:
        text = flat(formats.render(advice, face, parts=FULL))
        place = text.find("The rules and published situations disagree")
        assert place >= 0
        if face == "html":  # beside the plan, on the first screen
            assert place < text.find("The five approaches")
        elif face != "adr":
            assert place < max(text.find("Settled"), text.find("Not settled")), face


def test_thin_evidence_is_called_thin():
    for facts in ({"task": "code"}, {"keep_general": True, "tenants": 3, "deadline_days": 40}):
        advice = advise(TABLE, facts)
        assert "Too little is known" in " ".join(advice.outlook) or not advice.precedents
        assert "%" not in " ".join(advice.outlook)
        for face in FORMATS:
            said = flat(formats.render(advice, face, parts=FULL))
            assert not re.search(r"Odds of proving right: [^.]*%", said), face


@pytest.mark.parametrize("face", FORMATS)
def test_the_nearest_three_are_named_with_year_outcome_and_source(face):
    advice = advise(TABLE, LABELS)
    text = flat(formats.render(advice, face, parts=FULL).replace("\\", "").replace("\u2060", ""))
    for case in advice.precedents[:3]:
        assert case.title.split(",")[0] in text
        assert case.source.split(",")[0] in text
        assert face != "text" or case.id in text


def test_a_batch_with_odds_says_what_recommend_says(capsys):
    Path("cases.jsonl").write_text(json.dumps({"id": 1, "facts": LABELS}) + "\n")
    assert run(["batch", "cases.jsonl", "--odds"]) == 0
    line, advice = json.loads(capsys.readouterr().out), advise(TABLE, LABELS)
    assert tuple(line["likely"]) == advice.likely
    assert line["confidence"] == advice.confidence
    assert [row["share"] for row in line["odds"]] == [row.share for row in advice.odds]
    assert tuple(line["fallback"]) == advice.fallback.plan


def test_a_table_without_precedents_of_its_own_says_nothing_of_published_situations():
    bare = replace(TABLE, digest="", precedents={})
    advice = advise(bare, LABELS)
    assert advice.outlook == ()
    assert advice.precedents == ()


@settings(max_examples=25)
@given(situations(TABLE, ENGINE))
def test_what_is_likely_is_the_first_of_the_odds_and_no_plan_that_was_tried(facts):
    advice = advise(TABLE, facts)
    shares = [row.share for row in advice.odds]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    if advice.odds:
        assert advice.likely == advice.odds[0].plan
        assert advice.confidence == shares[0]
    assert "+".join(advice.likely) not in facts.get("tried", ())
