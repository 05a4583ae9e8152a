"""Sheets as people keep them: other people's columns, words and blanks, and what a run says of them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import in_process

from adaptadvisor.table.given import LONGEST


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def batch(text: str | bytes, *words: str, name: str = "cases.csv") -> Any:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return in_process("batch", name, *words)


def rows(done: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


# ---- words that are read as others, rows that say nothing ----


def test_words_that_were_read_as_others_are_told_once_each_with_their_first_line() -> None:
    done = batch("id,task,stakes\n1,sentiment,critical\n2,Label,low\n3,sentiment,HIGH\n4,chat,\n")
    assert done.returncode == 0
    said = "read as: sentiment -> label (line 2), critical -> high (line 2), chat -> write (line 5)"
    assert done.stderr == f"{said}\n"


def test_words_in_json_lines_are_told_too_and_only_a_few_of_many() -> None:
    words = ["sentiment", "chat", "qa", "sql", "ner", "search", "summarisation"]
    lines = (json.dumps({"id": word, "facts": {"task": word}}) for word in words)
    done = batch("\n".join(lines), name="c.jsonl")
    assert done.stderr.startswith("read as: sentiment -> label (line 1), ")
    assert done.stderr.endswith(" and 2 more\n")
    assert done.stderr.count("->") == 5


@pytest.mark.parametrize("text", ["LABEL", " label ", "Label"])
def test_case_and_blanks_are_no_other_word(text: str) -> None:
    assert batch(f"task\n{text}\n").stderr == ""


def test_a_row_that_states_no_fact_is_warned_of() -> None:
    done = batch("id;title;task\nuc-1;Tickets;label\nTotal;56;\n")
    assert done.returncode == 0
    assert done.stderr == "warning: line 3 states no fact\n"


def test_many_rows_that_state_no_fact_are_one_line_also_where_the_team_has_defaults() -> None:
    Path("adaptadvisor.toml").write_text('[facts]\ntask = "label"\n')
    done = batch("id,task,examples\n" + "".join(f"{n},,?\n" for n in range(10)))
    assert "warning: line 2, line 3, line 4 and 7 more state no fact\n" in done.stderr


# ---- columns ----


def test_all_columns_that_are_no_facts_are_told_in_the_order_of_the_file() -> None:
    done = batch("Zone,task,Owner,examples,Budget,task\n,label,,,,\n")
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert [line.split(":")[2] for line in lines] == ["1", "11", "26", "33"]
    assert [line.partition("]: ")[2].partition(" is no fact")[0] for line in lines[:3]] == [
        'column 1: "Zone"',
        'column 3: "Owner"',
        'column 5: "Budget"',
    ]
    assert '"task" is there twice: columns 2, 6' in lines[3]
    assert all("begins with # is left alone" in line for line in lines[:3])


def test_a_column_that_begins_with_a_hash_is_left_alone() -> None:
    done = batch("id,#Owner,task\n1,Ann,label\n")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["cases.csv", "cases.tsv", "cases.tab", "cases.txt"])
def test_tabs_work_as_any_delimiter(name: str) -> None:
    done = batch("id\ttitle\ttask\texamples\n1\tA, b; c\tlabel\t5k\n", name=name)
    assert rows(done) == [{"id": "1", "title": "A, b; c", "plan": ["task_head"], "open_needs": []}]


# ---- cells ----


@pytest.mark.parametrize("cell", ["n/a", "N/A", "#N/A", "-", "\u2013", "?", "unknown"])
@pytest.mark.parametrize("fact", ["citations", "examples", "stakes", "tried"])
def test_the_ways_in_which_a_cell_says_unknown(cell: str, fact: str) -> None:
    assert rows(batch(f"task,{fact}\nlabel,{cell}\n")) == rows(batch(f"task,{fact}\nlabel,\n"))


@pytest.mark.parametrize("words", [("batch", "c.csv"), ("recommend", "--set", "citations=ja")])
def test_a_yes_no_word_that_is_none_is_told_with_all_that_are(words: tuple[str, ...]) -> None:
    Path("c.csv").write_text("id,citations\n1,ja\n")
    done = in_process(*words)
    assert done.returncode == 2
    assert 'is "ja"; expected yes, no, true, false, y or n, or ? for unknown' in done.stderr


@pytest.mark.parametrize("word", ["yes", "no", "true", "false", "y", "n", "?"])
def test_the_yes_no_words_that_the_message_names_are_read(word: str) -> None:
    assert batch(f"task,citations\nlabel,{word}\n").returncode == 0


# ---- JSON lines with a title, files of one situation ----


def test_json_lines_take_a_title_and_notes_as_sheets_do() -> None:
    case = {"id": 1, "title": "Tickets", "notes": "Ask *Ann*", "facts": {"task": "label"}}
    done = batch(json.dumps(case), "--reports", "r", name="c.jsonl")
    (row,) = rows(done)
    assert (row["id"], row["title"]) == (1, "Tickets")
    assert "Ask *Ann*" in Path("r/1.html").read_text()
    none = {**case, "title": None, "notes": None}
    assert rows(batch(json.dumps(none), name="d.jsonl")) == [
        {"id": 1, "plan": ["prompt"], "open_needs": []}
    ]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": 3}, "wrong-type"),
        ({"notes": ["a"]}, "wrong-type"),
        ({"title": "a" * (LONGEST["title"] + 1)}, "too-long"),
        ({"owner": "Ann"}, "unknown-key"),
    ],
)
def test_what_is_no_title_in_json_lines_is_an_error_of_its_line(
    more: dict[str, Any], code: str
) -> None:
    done = batch(json.dumps({"id": 1, "facts": {"task": "label"}, **more}), name="c.jsonl")
    assert done.returncode == 2
    assert rows(done)[0]["error"]["code"] == code


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.yaml", "task: label\n"), ("a.yml", "task: label\n"), ("a.json", '{\n"task": "label"\n}')],
)
def test_a_facts_file_given_to_batch_is_one_line_that_says_what_it_is(name: str, text: str) -> None:
    done = batch(text, name=name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "this is a facts file" in done.stderr
    assert f"use `recommend --facts {name}`, or batch with a folder" in done.stderr
    assert in_process("recommend", "--facts", name).returncode == 0


# ---- what is written ----


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_sheet_out_opens_where_the_sheet_in_did(delimiter: str, mark: str) -> None:
    text = "id,title,task\n1,Büro,label\n2,Amt,lable\n".replace(",", delimiter)
    done = batch(mark + text, "-o", "out.csv")
    out = Path("out.csv").read_bytes().decode()
    assert out.startswith(f"{mark}id{delimiter}title{delimiter}")
    assert out.count("\ufeff") == len(mark)
    (one, two) = csv.DictReader(io.StringIO(out.removeprefix(mark)), delimiter=delimiter)
    assert (one["id"], one["title"], one["plan"]) == ("1", "Büro", "prompt")
    assert "lable" in two["error"]
    assert batch(Path("out.csv").read_bytes(), name="again.csv").returncode == 2 == done.returncode


def test_json_lines_become_a_plain_sheet() -> None:
    done = batch('{"id": 1, "facts": {"task": "label"}}\n', "--format", "csv", name="c.jsonl")
    assert done.stdout.startswith("id,title,")


@pytest.mark.parametrize(
    "words",
    [
        ("recommend", "--task", "label", "--save", "-"),
        ("recommend", "--task", "label", "--adr-dir", "-"),
        ("rules", "test", "--junit", "-"),
        ("rules", "init", "-"),
        ("batch", "c.jsonl", "--reports", "-"),
    ],
)
def test_a_dash_is_stdout_for_output_alone_and_never_the_name_of_a_file(
    words: tuple[str, ...],
) -> None:
    Path("c.jsonl").write_text('{"id": 1, "facts": {"task": "label"}}\n')
    done = in_process(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "- is stdout, for --output alone" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not Path("-").exists()
