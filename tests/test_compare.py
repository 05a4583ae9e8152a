"""Comparing two situations: what differs, both plans, and which differences made them differ."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import examples, in_process, loaded
from hypothesis import given, settings
from strategies import situations
from test_portfolio import words_of

from adaptadvisor import advise
from adaptadvisor.advice import compare
from adaptadvisor.advice.schema import DOCUMENTS
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.render import compare as shows

TABLE = loaded().table
ENGINE = engine_for(TABLE)
ONE = {"task": "label", "examples": 50, "classes": 4, "stakes": "low", "model_access": "api"}
OTHER = {"task": "label", "examples": 5000, "classes": 4, "stakes": "high", "ml_skill": "some"}
PAGES = ("text", "md", "html")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.json").write_text(json.dumps(ONE))
    Path("other.json").write_text(json.dumps({**OTHER, "title": "Next year"}))


def plan(facts: dict[str, Any]) -> int:
    return ENGINE.decide(facts).plan


def with_those(
    one: dict[str, Any], other: dict[str, Any], facts: tuple[str, ...]
) -> dict[str, Any]:
    """The first situation with these facts as they are in the other, written out anew."""
    mixed = dict(one)
    for fact in facts:
        mixed.pop(fact, None)
        if fact in other:
            mixed[fact] = other[fact]
    return mixed


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [fact for fact in TABLE.facts if one.get(fact) != other.get(fact)]


# ---- which differences made it ----


@settings(max_examples=examples(120))
@given(situations(TABLE, ENGINE), situations(TABLE, ENGINE))
def test_the_sets_named_are_the_smallest_that_give_the_other_plan(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    kept = differing(one, other)[:8]
    other = with_those(one, other, tuple(kept))
    found = compare.switches(ENGINE, one, other, differing(one, other))
    if plan(one) == plan(other):
        assert found == compare.Switches()
        return
    facts = differing(one, other)
    for size in range(1, len(facts) + 1):
        right = [
            chosen
            for chosen in combinations(facts, size)
            if plan(with_those(one, other, chosen)) == plan(other)
        ]
        if right:
            break
    assert set(found.sets) <= set(right)
    assert len(found.sets) == min(len(right), compare.MOST)
    assert found.more is (len(right) > compare.MOST)
    assert found.not_searched == ""


@settings(max_examples=examples(60))
@given(situations(TABLE, ENGINE), situations(TABLE, ENGINE))
def test_where_trying_all_takes_too_long_the_set_still_works_and_needs_each_of_its_facts(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    facts = differing(one, other)
    found = compare.switches(ENGINE, one, other, facts, budget=5)
    for chosen in found.sets:
        assert plan(with_those(one, other, chosen)) == plan(other)
        for fact in chosen:
            fewer = tuple(name for name in chosen if name != fact)
            assert plan(with_those(one, other, fewer)) != plan(other)
    assert bool(found.sets) is (plan(one) != plan(other))


def test_a_comparison_says_when_not_all_sets_were_tried() -> None:
    one = {"task": "label", "examples": 20}
    other = {"task": "rewrite", "examples": 5000, "model_access": "weights", "prompt_result": "far"}
    found = compare.compare(TABLE, one, other, budget=0)
    assert found.not_searched
    (chosen,) = found.made_it
    assert plan(with_those(one, other, chosen)) == plan(other)


# ---- the document ----


def test_both_sides_are_what_advise_says_of_them() -> None:
    found = compare.compare(TABLE, ONE, OTHER, ("a", "b"))
    for side, facts in ((found.first, ONE), (found.second, OTHER)):
        advice = advise(TABLE, facts)
        assert (side.plan, side.headline, side.settled) == (
            *(advice.plan, advice.headline, advice.settled),
        )
        assert (side.likely, side.confidence) == (advice.likely, advice.confidence)
    assert [row.fact for row in found.differs] == differing(ONE, OTHER)
    verdicts = [advise(TABLE, facts).verdicts for facts in (ONE, OTHER)]
    differ = [a.approach for a, b in zip(*verdicts, strict=True) if a.verdict != b.verdict]
    assert [row.approach for row in found.verdicts] == differ


@settings(max_examples=examples(10))
@given(situations(TABLE, ENGINE), situations(TABLE, ENGINE))
def test_every_comparison_validates(one: dict[str, Any], other: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(DOCUMENTS["comparison"](TABLE))
    found = compare.compare(TABLE, one, other, ("a", "b"), budget=500)
    validator.validate(json.loads(json.dumps(found.as_data())))


# ---- the command ----


@pytest.mark.parametrize("format_", PAGES)
def test_every_format_names_both_plans_and_the_facts_that_differ_with_their_units(
    format_: str,
) -> None:
    done = in_process("compare", "one.json", "other.json", "--format", format_)
    assert (done.returncode, done.stderr) == (0, "")
    text = words_of(done.stdout, "table" if format_ == "text" else format_)
    assert re.search(r"One\W+Prompt", text)
    assert re.search(r"Next year\W+Task head", text)
    assert re.search(r"Labelled examples\W+50( examples)?\W+(->\W+|→ )?5,000", text)
    assert re.search(r"Experience with training\W+not known\W+(->\W+)?some", text)
    words = {word for word in re.findall(r"\w+", text) if "_" in word}
    assert not words


def test_the_difference_that_made_it_comes_before_those_that_did_not() -> None:
    out = in_process("compare", "one.json", "other.json").stdout
    made, rest = out.index("What made it"), out.index("What else differs")
    assert made < out.index("Labelled examples: 50") < rest
    assert rest < out.index("Cost of a wrong answer: low")


def test_json_holds_the_sets_of_facts_by_id() -> None:
    done = in_process("compare", "one.json", "other.json", "--format", "json")
    data = json.loads(done.stdout)
    assert data["schema"] == "adaptadvisor/comparison/1"
    assert data["made_it"] == [["examples"]]
    assert [row["fact"] for row in data["differs"] if row["decides"]] == ["examples"]


def test_a_situation_before_and_after_a_change() -> None:
    done = in_process("compare", "one.json", "--set", "examples=5k", "--set", "stakes=unknown")
    assert done.stdout.startswith("Two situations compared\nBefore: Prompt\nAfter: Task head\n")
    assert "- Cost of a wrong answer: low -> not known" in done.stdout


def test_where_the_plan_stays_the_same_the_comparison_says_so() -> None:
    done = in_process("compare", "one.json", "--set", "stakes=high")
    assert "One fact differs, and it does not change the plan." in done.stdout
    done = in_process("compare", "one.json", "one.json", "--format", "md")
    assert "Nothing differs." in done.stdout


def test_stored_recommendations_and_stdin_can_be_compared() -> None:
    stored = in_process("recommend", "--facts", "one.json", "--format", "json").stdout
    Path("stored.json").write_text(stored)
    data = Path("other.json").read_bytes()
    done = in_process("compare", "stored.json", "-", "--format", "json", stdin=data)
    direct = in_process("compare", "one.json", "other.json", "--format", "json")
    one, other = json.loads(done.stdout), json.loads(direct.stdout)
    assert (one["first"].pop("title"), other["first"].pop("title")) == ("stored", "one")
    assert one == other


@settings(max_examples=examples(40))
@given(situations(TABLE, ENGINE), situations(TABLE, ENGINE))
def test_no_comparison_shows_an_id_of_the_table(one: dict[str, Any], other: dict[str, Any]) -> None:
    found = compare.compare(TABLE, one, other, ("a", "b"), budget=100)
    shown = {*re.findall(r"[\w-]+", shows.render(found, TABLE, "text"))}
    ids = {*TABLE.facts, *TABLE.approaches, *TABLE.needs, *TABLE.limits}
    assert not {word for word in ids & shown if "_" in word or "-" in word}


@pytest.mark.parametrize("format_", ["md", "html"])
def test_a_title_never_becomes_markup(format_: str) -> None:
    for name in ("a", "b"):
        Path(f"{name}.json").write_text(
            json.dumps({**ONE, "title": f"<b>{name}</b> [x](http://y)"})
        )
    out = in_process("compare", "a.json", "b.json", "--format", format_).stdout
    assert "<b>a" not in out
    assert 'href="http://y"' not in out
    assert "<b>a</b> [x](http://y)" in words_of(out, format_).replace("<b>A", "<b>a")


@pytest.mark.parametrize(
    "words",
    [
        ("one.json",),
        ("one.json", "other.json", "--set", "examples=7"),
        ("-", "-"),
        ("one.json", "nowhere.json"),
        ("one.json", "--set", "exmaples=7"),
        ("one.json", "other.json", "--format", "csv"),
        ("one.json", "other.json", "-o", "x.csv"),
        ("one.json", "other.json", "-o", "other.json", "--force"),
    ],
)
def test_what_cannot_be_compared_is_one_line_and_writes_nothing(words: tuple[str, ...]) -> None:
    before = {path: path.read_bytes() for path in Path().iterdir()}
    done = in_process("compare", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in Path().iterdir()} == before
