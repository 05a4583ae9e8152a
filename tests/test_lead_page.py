"""The page that a lead sends on: it says what the page of each case says, in every format."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from conftest import in_process, loaded

from adaptadvisor.advice.advise import advise
from adaptadvisor.advice.outlook import percent, plan_in_words, same_kind

TABLE = loaded().table
MAIL = {"task": "write", "private_knowledge": True, "behaviour_shift": "strong"}
PAGES = ("table", "md", "html")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def page(format_: str, *words: str) -> str:
    """The page on one case, its text on one line."""
    Path("c.jsonl").write_text(json.dumps({"id": "mail", "facts": MAIL}) + "\n")
    text = in_process("batch", "c.jsonl", "--format", format_, *words, COLUMNS="140").stdout
    text = html.unescape(re.sub(r"<[^>]+>", " ", text)) if format_ == "html" else text
    return " ".join(text.replace("\u00a0", " ").split())


@pytest.mark.parametrize("format_", PAGES)
def test_where_other_plans_are_likelier_the_page_names_them_as_the_report_does_beside_the_plans_odds(
    format_: str,
) -> None:
    advice = advise(TABLE, MAIL)
    assert advice.plan == ("rag", "lora")
    assert not same_kind(advice.likely, advice.plan)
    own = max(row.share for row in advice.odds if same_kind(row.plan, advice.plan))
    words = plan_in_words(advice.likely)
    said = f"{words[0].upper()}{words[1:]}, {percent(advice.confidence)}; this plan, {percent(own)}"
    found = page(format_) if format_ != "table" else page(format_, "--plain")
    assert said in found
    assert "Full fine-tuning" not in found


@pytest.mark.parametrize("format_", ["md", "html"])
def test_where_the_plan_is_the_likeliest_the_page_says_this_plan(format_: str) -> None:
    facts = {"task": "label", "examples": 5000, "judgement": "surface", "prompt_result": "far"}
    advice = advise(TABLE, facts)
    assert same_kind(advice.likely, advice.plan)
    Path("d.jsonl").write_text(json.dumps({"id": 1, "facts": facts}) + "\n")
    text = in_process("batch", "d.jsonl", "--format", format_).stdout.replace("\u00a0", " ")
    assert f"This plan, {percent(advice.confidence)}" in text


@pytest.mark.parametrize("format_", ["md", "html"])
def test_each_open_question_says_beside_it_how_to_find_out(format_: str) -> None:
    found = page(format_)
    row = TABLE.facts["corpus_tokens"]
    assert "How to find out" in found
    text = found.replace("\\`", "`")
    assert re.search(rf"{re.escape(row.question)}[ |]*{re.escape(row.find_out)}", text)


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Portfolio Q4", "Portfolio Q4"),
        ("Q4", "Portfolio: Q4"),
        ("portfolio", "portfolio"),
    ],
)
def test_the_word_portfolio_stands_once_in_the_heading(title: str, heading: str) -> None:
    assert page("md", "--title", title).startswith(f"# {heading} ")
    assert page("table", "--title", title).lower().startswith(f"{heading} ".lower())
    assert page("html", "--title", title).count(heading) == 2  # the tab and the heading


def test_the_folder_of_reports_is_named_with_how_many_are_in_it() -> None:
    lines = [json.dumps({"id": n, "facts": MAIL}) for n in range(3)] + ['{"id": 4}']
    Path("c.jsonl").write_text("\n".join(lines))
    said = in_process("batch", "c.jsonl", "-o", "p.html", "--reports", "pages").stderr
    assert "Written: pages (3 reports)" in said
    assert len([*Path("pages").iterdir()]) == 3
    Path("c.jsonl").write_text(lines[0])
    said = in_process("batch", "c.jsonl", "--reports", "one").stderr
    assert "Written: one (1 report)" in said
