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
    MAIL_ = {"task": "label", "examples": 5000, "judgement": "surface", "prompt_result": "far"}
    advice = advise(TABLE, MAIL_)
    assert same_kind(advice.likely, advice.plan)
    Path("d.jsonl").write_text(json.dumps({"id": 1, "facts": MAIL_}) + "\n")
    text = in_process("batch", "d.jsonl", "--format", format_).stdout.replace("\u00a0", " ")
    assert f"This plan, {percent(advice.confidence)}" in text
