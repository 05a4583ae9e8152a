"""`precedents`: what is found, in which order, in every format; and what is refused, in one line."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import pytest
from conftest import RULES, in_process
from markdown_it import MarkdownIt

from adaptadvisor.advice import schema
from adaptadvisor.advice.browse import Wanted, browse
from adaptadvisor.cli.precedents import SHORT
from adaptadvisor.precedents.likeness import nearest
from adaptadvisor.reading.tables import load_table

TABLE = load_table(RULES)
MINE = "task: label\nexamples: 1200\nclasses: 12\n"
HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "<script>alert(1)</script> [x](javascript:y) | `c` #12",
)


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(MINE)


def said(*words: str) -> str:
    done = in_process("precedents", *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def found(*words: str) -> list[dict]:
    return json.loads(said(*words, "--format", "json"))["precedents"]


def titles(*words: str) -> list[str]:
    return [row["title"] for row in found(*words)]


# ---- what is found ----


def test_without_a_word_there_are_all_of_them_the_newest_first():
    rows = found()
    assert {row["id"] for row in rows} == TABLE.precedents.keys()
    years = [row["year"] or 0 for row in rows]
    assert years == sorted(years, reverse=True)


def test_every_word_has_to_occur_in_whatever_case_with_or_without_dashes():
    assert "Hate speech in eight non-English languages" in titles("HATE", "non english")
    assert titles("hate-speech") == titles("hate", "speech") == titles("speech", "hate")
    assert titles("hate", "invoices") == []


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        (("--task", "code"), lambda row: row["facts"].get("task") == "code"),
        (("--plan", "rag+lora"), lambda row: ["rag", "lora"] in row["plans"]),
        (("--plan", "lora+rag"), lambda row: ["rag", "lora"] in row["plans"]),
        (("--plan", "task-head"), lambda row: ["task_head"] in row["plans"]),
        (("--year", "2024"), lambda row: row["year"] == 2024),
        (("--year", "2023-2024"), lambda row: row["year"] in (2023, 2024)),
        (("--year", "2023..2024"), lambda row: row["year"] in (2023, 2024)),
        (("--year", "2025+"), lambda row: (row["year"] or 0) >= 2025),
    ],
)
def test_a_filter_lets_through_what_fits_and_nothing_else(words, holds):
    rows = found(*words)
    assert rows
    assert {row["id"] for row in rows} == {row["id"] for row in found() if holds(row)}


def test_like_puts_the_nearest_first_as_the_odds_see_them():
    near = nearest(TABLE, {"task": "label", "examples": 1200, "classes": 12})
    rows = found("--like", "mine.yaml")
    assert [(row["id"], row["similarity"]) for row in rows] == [
        (one.precedent.id, one.likeness.similarity) for one in near
    ]


def test_like_goes_with_filters_and_reads_stdin():
    done = in_process(
        "precedents", "--like", "-", "--plan", "prompt", "--format", "json", stdin=MINE.encode()
    )
    rows = json.loads(done.stdout)["precedents"]
    assert rows == [row for row in found("--like", "mine.yaml") if ["prompt"] in row["plans"]]


def test_a_limit_takes_the_first_and_the_rest_is_counted():
    document = json.loads(said("--limit", "3", "--format", "json"))
    assert document["precedents"] == found()[:3]
    assert document["found"] == document["known"] == len(TABLE.precedents)


# ---- formats ----


def test_text_shows_a_few_with_names_and_says_how_to_see_the_rest():
    text = said()
    assert len(re.findall(r"(?m)^\d+\. ", text)) == SHORT
    assert f"{len(TABLE.precedents) - SHORT} more: --limit {len(TABLE.precedents)}" in text
    assert "task_head" not in text
    assert "Proved right: task head" in text
    assert len(re.findall(r"(?m)^\d+\. ", said("--limit", "219"))) == 219


def test_text_says_what_is_alike_and_what_is_not_with_both_values():
    text = " ".join(said("--like", "mine.yaml", "antibiotic").split())
    assert "86 % alike. Alike in: kind of task, classes." in text
    assert "Different in: labelled examples (here 1,200, there 4,000)." in text


def test_each_precedent_is_named_with_the_command_that_shows_all_of_it():
    ids = re.findall(r"(?m)^ *adaptadvisor explain (\S+)$", said("speech"))
    assert ids
    for id in ids:
        assert TABLE.precedents[id].title in in_process("explain", id).stdout.replace("\n", " ")


def test_nothing_found_is_said_and_is_no_failure():
    assert "No precedent fits." in said("xyzzy")
    assert found("xyzzy") == []
    assert said("xyzzy", "--format", "csv").count("\n") == 1


def test_the_document_is_valid_and_names_its_schema_and_table():
    validator = jsonschema.Draft202012Validator(schema.precedents(TABLE))
    for words in ((), ("--like", "mine.yaml"), ("xyzzy",)):
        document = json.loads(said(*words, "--format", "json"))
        validator.validate(document)
        assert document["schema"] == "adaptadvisor/precedents/1"
        assert document["table"]["digest"] == TABLE.digest
    assert not validator.is_valid({**document, "found": "many"})


def test_csv_has_a_row_for_each_and_reads_back():
    rows = list(csv.DictReader(io.StringIO(said("--format", "csv"))))
    assert [row["id"] for row in rows] == [row["id"] for row in found()]
    for row in rows:
        precedent = TABLE.precedents[row["id"]]
        assert row["title"] == precedent.title
        assert row["plans"].split(", ") == ["+".join(plan) for plan in precedent.accept]
        assert row["year"] == ("" if precedent.year is None else str(precedent.year))


def test_markdown_is_a_table_with_links_to_the_sources():
    html = MarkdownIt("gfm-like").render(said("--format", "md", "--like", "mine.yaml"))
    assert html.count("<tr>") == 1 + len(found("--like", "mine.yaml"))
    assert 'href="https://arxiv.org/abs/' in html


@pytest.mark.parametrize(("name", "start"), [("a.csv", "id,"), ("a.md", "# "), ("a.json", "{")])
def test_the_suffix_of_a_file_says_the_format(name, start):
    done = in_process("precedents", "hate", "-o", name)
    assert (done.returncode, done.stdout) == (0, "")
    assert Path(name).read_text().startswith(start)


def test_the_same_question_gives_the_same_bytes():
    for format_ in ("text", "json", "csv", "md"):
        words = ("--like", "mine.yaml", "--format", format_)
        assert said(*words) == said(*words)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_precedent_acts_in_a_spreadsheet_or_a_browser(tmp_path, text):
    Path("house").mkdir()
    Path("house/table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    row = {"id": "ours", "title": text, "source": text, "address": text, "situation": text}
    row |= {"facts": {"task": "label"}, "authority": text, "accept": [["prompt"]]}
    Path("house/precedents.yaml").write_text(
        json.dumps([{**row, "checked": "recall", "year": 2026}])
    )
    words = ("--rules", "house", "--task", "label", "--year", "2026+")
    for line in csv.reader(io.StringIO(said(*words, "--format", "csv"))):
        assert not [cell for cell in line if re.match(r"\s*[=+@-]", cell)]
    html = MarkdownIt("gfm-like").render(said(*words, "--format", "md"))
    assert "<script" not in html
    assert 'href="javascript' not in html


# ---- what is refused ----


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--task", "labels"], 'error[unknown-choice]: "task" has no choice "labels"'),
        (["--plan", "loro"], 'error[unknown-choice]: "loro" is none of prompt, rag,'),
        (["--plan", "rag+"], 'error[unknown-choice]: "" is none of prompt, rag,'),
        (["--year", "last"], 'error[bad-year]: "last" is no year; expected a year such as 2024'),
        (["--year", "2025-2023"], "error[bad-year]: 2025 comes after 2023"),
        (["--limit", "0"], 'error[out-of-range]: "0" does not fit; expected a whole number from'),
        (["--limit", "many"], 'error[out-of-range]: "many" does not fit'),
        (["--like", "none.yaml"], "none.yaml: error[missing-file]"),
        (["--like", ""], "--like: error[missing-value]: needs a file name"),
        (["--like", "empty.yaml"], "error[missing-facts]: no fact is known there"),
        (["--format", "html"], 'error[unknown-choice]: "html" is none of text, json, csv or md'),
        (["-o", "x.html"], 'error[unknown-suffix]: no format here goes with ".html"'),
        (["--like", "mine.yaml", "-o", "mine.yaml", "--format", "md", "--force"], "is read for"),
        (["--yaer", "2024"], 'there is no option "--yaer"; did you mean "--year"?'),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_that_says_what_would_be_right(words, line):
    Path("empty.yaml").write_text("{task: unknown}\n")
    done = in_process("precedents", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert Path("mine.yaml").read_text() == MINE


def test_a_table_that_asks_for_no_task_has_none_to_filter_by(tmp_path):
    from adaptadvisor.cli.precedents import _task
    from adaptadvisor.errors import BadInput

    with pytest.raises(BadInput, match="does not ask for a task"):
        _task(browse_table_without_task(), "label")


def browse_table_without_task():
    from dataclasses import replace

    return replace(TABLE, facts={id: fact for id, fact in TABLE.facts.items() if id != "task"})


def test_the_filters_of_the_library_are_those_of_the_command():
    some = browse(TABLE, Wanted(task="match", plan=("task_head",), first=2024, last=2026), 5)
    assert [row.id for row in some.precedents] == [
        row["id"]
        for row in found(
            "--task", "match", "--plan", "task_head", "--year", "2024-2026", "--limit", "5"
        )
    ]
