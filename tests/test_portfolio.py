"""Portfolios: CSV and folders in; tables, pages and a report a case out; what changed since then."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import chain, count, islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from conftest import examples, in_process, loaded
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from strategies import situations

from adaptadvisor import files
from adaptadvisor.advice.findings import FINDINGS
from adaptadvisor.advice.outlook import plan_in_words
from adaptadvisor.advice.portfolio import Asked, Tally, answers
from adaptadvisor.advice.schema import DOCUMENTS
from adaptadvisor.cli.batch_reports import file_name
from adaptadvisor.cli.options import FAIL_ON, PORTFOLIO_FAIL_ON
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.errors import BadInput
from adaptadvisor.reading import csv_rows, folders
from adaptadvisor.reading.facts_file import as_yaml, written
from adaptadvisor.reading.many import Case
from adaptadvisor.table.contradictions import contradictions
from adaptadvisor.table.given import Given
from adaptadvisor.table.plans import members
from adaptadvisor.table.speech import plan_words

TABLE = loaded().table
ENGINE = engine_for(TABLE)
FACTS = [fact.id for fact in TABLE.questions]
SHEET = (
    "id,title,task,examples,private_knowledge,model_access,tried\n"
    "t1,Ticket routing,label,5k,no,weights,\n"
    "t2,Policy answers,answer,,yes,api,prompt\n"
    "t3,Broken,lable,12,,,\n"
    "t4,Letters,rewrite,hundreds,,weights,prompt rag\n"
)
PLANS = {"t1": "task_head", "t2": "rag", "t4": "lora"}
PAGES = ("table", "md", "html")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def batch(*words: str, stdin: bytes = b"") -> Any:
    return in_process("batch", *words, stdin=stdin)


def answered(text: str | bytes, *words: str) -> list[dict[str, Any]]:
    """The JSON answers to a CSV file."""
    data = text if isinstance(text, bytes) else text.encode()
    Path("cases.csv").write_bytes(data)
    return [json.loads(line) for line in batch("cases.csv", *words).stdout.splitlines()]


def read(text: str) -> list[Case]:
    return list(csv_rows.cases(text.encode().splitlines(keepends=True), "c.csv", TABLE))


def facts_of(text: str) -> dict[str, object]:
    """The facts of a file with a single good row."""
    (case,) = read(text)
    assert case.wrong is None
    return dict(case.facts)


# ---- CSV in ----


def test_a_sheet_gives_an_answer_a_row_and_a_bad_row_stops_nothing() -> None:
    Path("cases.csv").write_text(SHEET)
    done = batch("cases.csv")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["t1", "t2", "t3", "t4"]
    assert {row["id"]: row["plan"][-1] for row in rows if "plan" in row} == PLANS
    assert (rows[2]["line"], rows[2]["error"]["code"]) == (4, "unknown-choice")
    assert 'did you mean "label"?' in rows[2]["error"]["message"]
    assert done.returncode == 2
    place, last = done.stderr.splitlines()
    assert place.startswith('cases.csv:4:1: error[unknown-choice]: "task" has no choice "lable"')
    assert last == "error: 1 bad line; each has its own error in the output"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_the_delimiter_the_mark_and_the_line_end_of_a_sheet_make_no_difference(
    delimiter: str, start: str, end: str
) -> None:
    other = start + SHEET.replace(",", delimiter).replace("\n", end)
    assert read(other) == read(SHEET)


def test_the_first_line_of_excel_that_names_the_delimiter_is_obeyed() -> None:
    assert facts_of("sep=;\ntask;examples\nlabel;5k\n") == {"task": "label", "examples": 5000}


def test_a_column_may_be_called_by_the_name_that_people_see() -> None:
    text = "ID,Kind of task,Model access,Labelled examples,#owner,\nx,label,api,12,Ann,\n"
    (case,) = read(text)
    assert dict(case.facts) == {"task": "label", "model_access": "api", "examples": 12}
    assert case.id == '"x"'


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1200", "1200"),
        ('"1,200"', "1200"),
        ("5k", "5000"),
        ("2M", "2000000"),
        ("1e3", "1000"),
        ("hundreds", "100..999"),
        ("500..5k", "500..5000"),
        ("1k+", "1000+"),
        ("500-5000", "500..5000"),
    ],
)
def test_numbers_take_every_form_that_facts_files_take(cell: str, value: str) -> None:
    assert str(facts_of(f"examples,task\n{cell},label\n")["examples"]) == value


@pytest.mark.parametrize("cell", ["", "  ", "?", "unknown"])
def test_an_empty_cell_is_unknown_and_never_no(cell: str) -> None:
    found = facts_of(f"task,citations\nlabel,{cell}\n")
    assert {fact: value for fact, value in found.items() if value is not None} == {"task": "label"}
    assert ("citations" in found) == bool(cell.strip()), "asked and not known is an answer"


@pytest.mark.parametrize("cell", ["prompt rag+lora", "prompt;rag+lora", '"prompt, rag+lora"'])
def test_plans_that_were_tried_stand_apart_by_blanks_semicolons_or_commas(cell: str) -> None:
    assert facts_of(f"task,tried\nlabel,{cell}\n")["tried"] == ("prompt", "rag+lora")


def test_a_row_may_be_shorter_than_the_header_and_blank_rows_are_no_cases() -> None:
    text = "task,examples,citations\nlabel\n,,\n\nanswer,,yes\n"
    assert [(case.line, dict(case.facts)) for case in read(text)] == [
        (2, {"task": "label"}),
        (5, {"task": "answer", "citations": True}),
    ]


def test_a_line_break_in_a_cell_does_not_shift_the_lines_that_errors_name() -> None:
    text = 'id,task,notes\na,label,"two\nlines"\nb,lable,\nc,answer,\n'
    assert [(case.id, case.line, bool(case.wrong)) for case in read(text)] == [
        ('"a"', 2, False),
        ('"b"', 4, True),
        ('"c"', 5, False),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b"b,label,7,more\n", "too-many-cells"),
        (b'b,"la"bel,7\n', "syntax"),
        (b"b,label,\xff\n", "not-utf-8"),
        (b"b,label,-1\n", "out-of-range"),
        (b"b,label,010\n", "leading-zero"),
        (b"b\xff,label,7\n", "not-utf-8"),
        (b"b,label," + b"9" * 900_000 + b"\n", "syntax"),
    ],
)
def test_a_row_that_cannot_be_read_is_one_error_with_its_line(row: bytes, code: str) -> None:
    rows = answered(b"id,task,examples\na,label,7\n" + row + b"c,label,7\n")
    assert [row.get("id") for row in rows if "plan" in row] == ["a", "c"]
    (bad,) = (row for row in rows if "error" in row)
    assert (bad["line"], bad["error"]["code"]) == (3, code)


def test_every_wrong_cell_of_a_row_is_named() -> None:
    (case,) = read("task,examples,citations\nlable,many,perhaps\n")
    assert case.wrong
    assert all(f'"{fact}"' in case.wrong.message for fact in ("task", "examples", "citations"))


@pytest.mark.parametrize(
    ("header", "code", "says"),
    [
        ("task,exampels", "unknown-fact", 'did you mean "examples"?'),
        ("task,owner", "unknown-fact", "begins with # is left alone"),
        ("task,task", "duplicate-key", "twice"),
        ("task,examples_per_class", "derived-fact", "give those instead"),
        ("", "missing-header", "names of facts"),
        ("t\0ask", "not-utf-8", "CSV UTF-8"),
    ],
)
def test_a_header_that_is_none_is_one_error_before_any_answer(
    header: str, code: str, says: str
) -> None:
    Path("cases.csv").write_text(f"{header}\nlabel,1\n" if header else "\n\n")
    done = batch("cases.csv", "-o", "out.jsonl")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error[{code}]" in done.stderr
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not Path("out.jsonl").exists()


@pytest.mark.parametrize("name", ["-", "cases.txt", "cases"])
def test_a_sheet_without_the_suffix_is_known_by_its_header(name: str) -> None:
    if name != "-":
        Path(name).write_text(SHEET)
    done = batch(name, stdin=SHEET.encode())
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [
        *("t1", "t2", "t3", "t4")
    ]


@settings(max_examples=examples(40))
@given(st.lists(situations(TABLE, ENGINE), min_size=1, max_size=3), st.sampled_from(",;\t"))
def test_a_sheet_and_facts_files_mean_the_same(found: list[dict[str, Any]], delimiter: str) -> None:
    found = [facts for facts in found if not [*contradictions(TABLE, facts)]]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["id", *FACTS])
    for number, facts in enumerate(found):
        cells = (facts.get(fact) for fact in FACTS)
        writer.writerow(
            [
                number,
                *(
                    ""
                    if cell is None
                    else " ".join(cell)
                    if isinstance(cell, tuple)
                    else as_yaml(cell)
                    for cell in cells
                ),
            ]
        )
    cases = list(read(out.getvalue()))
    assert [case.wrong for case in cases] == [None] * len(found)
    plans = [answer.plan for answer in answers(TABLE, cases, Asked(), Tally())]
    assert plans == [members(ENGINE.decide(facts).plan) for facts in found]


def test_rows_are_read_one_at_a_time() -> None:
    endless = chain([b"id,task\n"], (f"{number},label\n".encode() for number in count()))
    found = answers(TABLE, csv_rows.cases(endless, "c", TABLE), Asked(), Tally())
    assert [answer.case.id for answer in islice(found, 3)] == ['"0"', '"1"', '"2"']


# ---- a folder in ----


def folder(**texts: str) -> Path:
    Path("uc").mkdir()
    for name, text in texts.items():
        (Path("uc") / name.replace("_", ".")).write_text(text)
    return Path("uc")


def test_each_facts_file_of_a_folder_is_a_case_in_the_order_of_names() -> None:
    given_ = Given({"task": "answer", "private_knowledge": True}, "Policies")
    folder(
        b_yaml=written(TABLE, given_),
        a_json='{"task": "label", "examples": 1200}',
        c_yml="task: rewrite\nexamples: 5k\n",
        d_yaml="task: label\nexmaples: 7\n",
        e_yaml="",
        facts_schema_json="{}",
        README_md="not a case",
        _hidden_yaml="task: lable",
    )
    done = batch("uc")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", "b", "c", "d", "e"]
    assert rows[1]["title"] == "Policies"
    assert (rows[3]["file"], rows[3]["line"]) == ("d.yaml", 2)
    assert 'did you mean "examples"?' in rows[3]["error"]["message"]
    assert (rows[4]["file"], rows[4]["error"]["code"]) == ("e.yaml", "empty")
    assert done.returncode == 2
    *places, last = done.stderr.splitlines()
    assert [place.partition(": error[")[0] for place in places] == ["d.yaml:2:1", "e.yaml"]
    assert last == "error: 2 bad files; each has its own error in the output"


def test_no_page_goes_over_a_facts_file_of_the_folder() -> None:
    folder(a_json='{"task": "label"}')
    done = batch("uc", "-o", "uc/a.json", "--format", "md", "--force")
    assert done.returncode == 2
    assert "is read for this document" in done.stderr
    assert Path("uc/a.json").read_text() == '{"task": "label"}'


def test_a_folder_without_facts_files_is_an_error() -> None:
    folder(README_md="x")
    done = batch("uc", "-o", "out.html")
    assert (done.returncode, done.stdout) == (2, "")
    assert "error[no-cases]" in done.stderr
    assert not Path("out.html").exists()
    with pytest.raises(BadInput):
        folders.files(Path("nowhere"))


# ---- formats out ----


def test_the_suffix_says_the_format_and_an_unknown_one_is_one_clear_error() -> None:
    Path("cases.csv").write_text(SHEET)
    starts = {
        "a.jsonl": '{"id": ',
        "a.ndjson": '{"id": ',
        "a": '{"id": ',
        "a.csv": "id,title,",
        "a.md": "# Portfolio",
        "a.html": "<!doctype html>",
        "a.txt": "Portfolio",
    }
    for name, start in starts.items():
        assert batch("cases.csv", "-o", name).returncode == 2
        assert Path(name).read_text().startswith(start), name
    for name in ("a.docx", "a.json"):
        done = batch("cases.csv", "-o", name)
        assert done.returncode == 2
        assert "error[unknown-suffix]" in done.stderr
        assert not Path(name).exists()


def test_a_table_of_cells_says_the_same_as_the_lines_and_acts_as_no_formula() -> None:
    sheet = SHEET.replace("Ticket routing", '"=HYPERLINK(""http://x"")"')
    lines = answered(sheet, "--settled", "--odds")
    rows = list(csv.DictReader(io.StringIO(batch("cases.csv", "--format", "csv").stdout)))
    assert [row["id"] for row in rows] == [line["id"] for line in lines]
    for row, line in zip(rows, lines, strict=True):
        assert row["plan"] == "+".join(line.get("plan", []))
        assert row["error"] == line.get("error", {}).get("message", "")
        if "plan" in line:
            names = [TABLE.facts[fact].name for fact in line["hinges"]]
            assert row["waits_for"] == "; ".join(names)
            assert (row["settled"] == "yes") is line["settled"]
            assert float(row["confidence"]) == line["confidence"]
            assert row["likely"] == plan_in_words(line["likely"])
            assert row["fallback"]
    assert rows[0]["title"].startswith("'=HYPERLINK")


@pytest.mark.parametrize("format_", PAGES)
def test_a_page_counts_the_plans_says_what_cases_wait_for_and_names_bad_rows(format_: str) -> None:
    Path("cases.csv").write_text(SHEET)
    text = words_of(batch("cases.csv", "--format", format_).stdout, format_)
    assert "3 cases advised on; 1 more could not be read." in text
    lines = answered(SHEET, "--settled")
    plans = Counter(tuple(line["plan"]) for line in lines if "plan" in line)
    for plan, times in plans.items():
        name = plan_words(plan)
        assert re.search(rf"{re.escape(name)}\W+{times}\b", text, re.IGNORECASE), name
    asked = Counter(fact for line in lines for fact in line.get("hinges", ()))
    ranked = sorted(asked, key=lambda fact: (-asked[fact], FACTS.index(fact)))
    for fact, times in ((fact, asked[fact]) for fact in ranked[:10]):
        name = re.escape(TABLE.facts[fact].name)
        assert re.search(rf"{name}\W+{times}\b", text, re.IGNORECASE), fact
    for title in ("Ticket routing", "Policy answers", "Letters", "Broken"):
        assert title in text
    assert 'has no choice "lable"' in text
    assert "line 4" in text


@pytest.mark.parametrize("format_", PAGES)
def test_no_page_shows_an_id_of_the_table(format_: str) -> None:
    rows = [(case.id, case.facts) for case in list(TABLE.precedents.values())[:40]]
    Path("uc").mkdir()
    for number, (_, facts) in enumerate(rows):
        (Path("uc") / f"{number}.yaml").write_text(written(TABLE, Given(facts)))
    done = batch("uc", "--format", format_)
    text = words_of(done.stdout, format_)
    shown = {word.casefold() for word in re.findall(r"[\w-]+", text)}
    ids = {*FACTS, *TABLE.approaches, *TABLE.needs, *TABLE.limits}
    assert not {id_ for id_ in ids & shown if "_" in id_ or "-" in id_}
    assert done.returncode == 0


def words_of(text: str, format_: str) -> str:
    """What a reader sees of a page, without markup and wrapping."""
    if format_ == "md":
        text = MarkdownIt("commonmark").enable("table").render(text)
    if format_ == "table":
        return " ".join(text.split())
    parts: list[str] = []
    parser = HTMLParser()
    parser.handle_data = parts.append
    parser.feed(re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
    return " ".join(" ".join(parts).split())


@pytest.mark.parametrize("format_", ["md", "html"])
def test_nothing_from_outside_becomes_markup(format_: str) -> None:
    evil = '"<img src=x onerror=alert(1)> [a](http://x) | b & c\u202e"'
    Path("cases.csv").write_text(f"id,title,task\n{evil},{evil},label\n{evil},{evil},lable\n")
    out = batch("cases.csv", "--format", format_, "--title", "<b>x</b>").stdout
    rendered = MarkdownIt("commonmark").enable("table").render(out) if format_ == "md" else out
    assert "<img" not in rendered
    assert "<b>x" not in rendered
    assert 'href="http://x"' not in rendered
    assert "\u202e" not in rendered
    assert "[a](http://x) | b & c" in words_of(out, format_)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_table_fits_the_width_and_cuts_no_word(width: int) -> None:
    cases = list(TABLE.precedents.values())[:30]
    lines = [
        json.dumps({"id": case.title, "facts": {"task": case.facts.get("task")}}) for case in cases
    ]
    Path("cases.jsonl").write_text("\n".join(lines))
    done = in_process("batch", "cases.jsonl", "--format", "table", COLUMNS=str(width))
    assert max(map(len, done.stdout.splitlines())) <= width
    seen = set(re.findall(r"\w+", done.stdout))
    assert {word for case in cases for word in re.findall(r"\w+", case.title)} <= seen


def test_a_plain_table_is_sentences() -> None:
    Path("cases.csv").write_text(SHEET)
    out = batch("cases.csv", "--format", "table", "--plain").stdout
    assert "- Ticket routing (t1): Task head. Waits for: " in " ".join(out.split())
    assert "->" not in out


# ---- reports ----


@pytest.mark.parametrize("suffix", ["html", "md", "jsonl", "csv"])
def test_there_is_a_report_for_each_good_case_and_a_link_to_it(suffix: str) -> None:
    Path("cases.csv").write_text(SHEET)
    Path("out").mkdir()
    done = batch("cases.csv", "-o", f"out/page.{suffix}", "--reports", "cases/all")
    assert done.returncode == 2
    kind = "md" if suffix == "md" else "html"
    assert {path.name for path in Path("cases/all").iterdir()} == {
        f"{name}.{kind}" for name in ("t1", "t2", "t4")
    }
    page = Path(f"out/page.{suffix}").read_text()
    links = set(re.findall(rf"\.\./cases/all/[\w-]+\.{kind}", page))
    assert len(links) == 3
    assert all((Path("out") / unquote(link)).is_file() for link in links)
    assert "Ticket routing" in Path(f"cases/all/t1.{kind}").read_text()
    assert "Written: cases/all" in done.stderr


def test_reports_go_over_others_only_with_force_and_then_all_or_none() -> None:
    Path("cases.csv").write_text(SHEET)
    words = ("cases.csv", "-o", "page.html", "--reports", "all")
    Path("all").mkdir()
    Path("all/t4.html").write_text("mine")
    done = batch(*words)
    assert done.returncode == 2
    assert "all/t4.html exists" in done.stderr
    assert [path.name for path in Path("all").iterdir()] == ["t4.html"]
    assert not Path("page.html").exists()
    batch(*words, "--force")
    assert Path("all/t4.html").read_text() != "mine"
    assert Path("page.html").exists()


def test_no_report_takes_the_name_of_the_page_beside_it() -> None:
    Path("cases.csv").write_text(SHEET)
    Path("all").mkdir()
    batch("cases.csv", "-o", "all/t1.html", "--reports", "all")
    assert {path.name for path in Path("all").iterdir()} == {
        *("t1.html", "t1-2.html", "t2.html", "t4.html")
    }
    page = Path("all/t1.html").read_text()
    assert "Portfolio: cases" in page
    assert 'href="./t1-2.html"' in page


def test_a_failure_while_reports_are_moved_leaves_the_old_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("cases.csv").write_text(SHEET)
    Path("all").mkdir()
    for name in ("t1", "t2", "t4"):
        Path(f"all/{name}.html").write_text(name)
    appear = files._appear

    def failing(part: Path, target: Path) -> None:
        if target.name == "t4.html":
            raise OSError(28, "No space left on device")
        appear(part, target)

    monkeypatch.setattr(files, "_appear", failing)
    assert batch("cases.csv", "--reports", "all", "--force", "-o", "page.html").returncode == 1
    for name in ("t1", "t2", "t4"):
        assert Path(f"all/{name}.html").read_text() == name
    assert not Path("page.html").exists()


@settings(max_examples=examples(200))
@given(st.lists(st.text(max_size=120), min_size=1, max_size=5))
def test_names_of_reports_are_safe_and_differ_also_where_case_is_ignored(names: list[str]) -> None:
    taken: set[str] = set()
    found = [file_name(name, taken) for name in names]
    assert len({name.casefold() for name in found}) == len(names)
    for name in found:
        assert re.fullmatch(r"[^\W_][\w-]*", name)
        assert len(name.encode()) <= 120
        assert name.casefold() not in {"con", "nul", "aux", "prn", "com1"}


# ---- when a pipeline stops ----


def test_help_and_the_rules_of_findings_name_the_same() -> None:
    assert tuple(FINDINGS) == FAIL_ON
    assert (*FAIL_ON, "changed", "added", "gone") == PORTFOLIO_FAIL_ON


GOOD = {
    "open-needs": {"model_access": "api", "behaviour_shift": "strong", "prompt_result": "far"},
    "not-yet": {"eval_examples": 0},
    "near-threshold": {"task": "label", "examples": 195, "classes": 12},
    "not-settled": {"task": "label"},
    "doubtful": {"task": "label"},
    "disagreement": {
        "task": "write",
        "private_knowledge": True,
        "model_access": "weights",
        "specialisation": "domain",
        "examples": 5000,
        "behaviour_shift": "some",
    },
}
ENOUGH = {
    "task": "answer",
    "knowledge_updates": "days",
    "specialisation": "general",
    "model_access": "api",
    "corpus_tokens": 0,
    "whole_document": False,
}


@pytest.mark.parametrize("finding", FAIL_ON)
def test_a_run_fails_on_its_finding_says_in_how_many_cases_and_answers_all_the_same(
    finding: str,
) -> None:
    rows = [{"facts": GOOD[finding]}, {"facts": ENOUGH}]
    Path("cases.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = batch("cases.jsonl", "--fail-on", finding)
    assert done.returncode == 3
    assert re.fullmatch(rf"findings: {finding} in 1 of 2 cases\n", done.stderr)
    assert done.stdout.count("\n") == 2
    Path("cases.jsonl").write_text(json.dumps({"facts": ENOUGH}))
    assert (
        batch("cases.jsonl", "--fail-on", "not-settled", "--fail-on", "open-needs").returncode == 0
    )


def test_strict_ends_with_four_where_a_plan_is_open_or_hardly_anything_is_alike() -> None:
    Path("cases.jsonl").write_text(json.dumps({"facts": ENOUGH}))
    assert batch("cases.jsonl", "--strict").returncode == 0
    rows = [{"facts": ENOUGH}, {"facts": {"task": "label"}}]
    Path("cases.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = batch("cases.jsonl", "--strict")
    assert (done.returncode, done.stderr) == (
        4,
        "not enough evidence: in 1 of 2 cases (1 not settled)\n",
    )


def test_strict_tells_what_is_not_settled_from_what_rests_on_thin_evidence() -> None:
    thin = {
        "task": "write",
        "prompt_result": "passes",
        "prompt_affordable": True,
        "main_error": "format",
        "private_knowledge": False,
        "knowledge_updates": "never",
        "behaviour_shift": "none",
        "citations": False,
        "per_user_access": False,
        "requests_per_day": 10,
        "preference_pairs": 0,
    }
    rows = [{"facts": thin}, {"facts": {"task": "label"}}, {"facts": {}}, {"facts": ENOUGH}]
    Path("cases.jsonl").write_text("\n".join(map(json.dumps, rows)))
    kinds = "(2 not settled, 1 settled on thin evidence)"
    said = batch("cases.jsonl", "--strict").stderr
    assert said == f"not enough evidence: in 3 of 4 cases {kinds}\n"


def test_a_bad_line_counts_more_than_a_finding_and_that_more_than_little_evidence() -> None:
    Path("cases.csv").write_text(SHEET)
    done = batch("cases.csv", "--strict", "--fail-on", "not-settled")
    assert done.returncode == 2
    (wrong,) = (row["error"]["message"] for row in answered(SHEET) if "error" in row)
    assert done.stderr.splitlines() == [
        "not enough evidence: in 3 of 4 cases (3 not settled)",
        "findings: not-settled in 3 of 4 cases",
        f"cases.csv:4:1: error[unknown-choice]: {wrong}",
        "error: 1 bad line; each has its own error in the output",
    ]


# ---- against a former run ----


def former() -> None:
    """A former run in which t2 had another plan, t4 was not there, t3 was read and t9 was there."""
    rows = [
        {"id": "t1", "plan": ["task_head"], "open_needs": []},
        {"id": "t2", "plan": ["prompt"], "open_needs": []},
        {"id": "t3", "plan": ["prompt"], "open_needs": []},
        {"id": "t9", "plan": ["rag", "lora"], "open_needs": []},
    ]
    Path("last.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    Path("cases.csv").write_text(SHEET)


def test_against_a_former_run_each_answer_says_what_changed() -> None:
    former()
    done = batch("cases.csv", "--against", "last.jsonl", "--fail-on", "changed")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["id"], row["change"], row.get("before")) for row in rows] == [
        ("t1", "same", ["task_head"]),
        ("t2", "changed", ["prompt"]),
        ("t3", "unreadable", ["prompt"]),
        ("t4", "added", None),
        ("t9", "gone", ["rag", "lora"]),
    ]
    assert "findings: changed in 1 of 4 cases\n" in done.stderr


def test_every_line_validates_also_those_of_a_former_run_and_of_bad_files() -> None:
    validator = jsonschema.Draft202012Validator(DOCUMENTS["batch"](TABLE))
    former()
    folder(t1_yaml="task: label\ntitle: T\n", t2_yaml="task: lable\n", t3_yaml="")
    words = ("--against", "last.jsonl", "--settled", "--odds", "--reports", "all")
    lines = batch("uc", *words).stdout.splitlines()
    assert len(lines) == 4
    for line in lines:
        validator.validate(json.loads(line))
    assert not validator.is_valid({"id": 1, "error": {"code": "x"}})


@pytest.mark.parametrize("format_", [*PAGES, "csv"])
def test_every_format_tells_what_changed(format_: str) -> None:
    former()
    out = batch("cases.csv", "--against", "last.jsonl", "--format", format_).stdout
    if format_ == "csv":
        rows = {row["id"]: row for row in csv.DictReader(io.StringIO(out))}
        assert rows["t2"]["plan_before"] == "prompt"
        assert (rows["t9"]["change"], rows["t9"]["plan_before"]) == (
            "gone",
            "RAG + LoRA",
        )
        return
    text = words_of(out, format_)
    assert "Since the last run: 1 changed, 1 added, 1 gone, 1 not readable any more." in text
    assert re.search(r"t9\W+gone\W+RAG \+ LoRA", text)
    assert re.search(r"Policy answers\W+t2\W+changed\W+Prompt\W+RAG", text)


def test_a_run_against_itself_has_not_changed() -> None:
    Path("cases.csv").write_text(SHEET)
    batch("cases.csv", "-o", "last.jsonl")
    done = batch("cases.csv", "--against", "last.jsonl", "--fail-on", "changed", "--format", "md")
    assert "findings" not in done.stderr
    assert "Nothing." in done.stdout
    batch("cases.csv", "-o", "again.jsonl", "--against", "last.jsonl")
    done = batch("cases.csv", "--against", "again.jsonl", "--fail-on", "changed")
    assert "findings" not in done.stderr


def test_a_case_that_can_be_read_only_then_or_only_now_is_no_changed_advice() -> None:
    good, bad = (json.dumps({"id": 1, "facts": {"task": word}}) for word in ("label", "lable"))
    runs = {}
    for before, now in ((good, bad), (bad, good), (bad, bad)):
        Path("before.jsonl").write_text(before)
        batch("before.jsonl", "-o", "last.jsonl", "--force")
        Path("now.jsonl").write_text(now)
        done = batch("now.jsonl", "--against", "last.jsonl", "--fail-on", "changed")
        assert "findings" not in done.stderr
        runs[before, now] = json.loads(done.stdout)["change"]
        page = batch("now.jsonl", "--against", "last.jsonl", "--format", "md").stdout
        if now != before:
            word = "not readable any more" if now == bad else "readable again"
            assert re.search(rf"Since the last run: 0 changed, 0 added, 0 gone, 1 {word}", page)
    assert [*runs.values()] == ["unreadable", "readable", "same"]


def test_ids_that_come_twice_are_matched_in_their_order() -> None:
    rows = [{"id": 1, "plan": [plan], "open_needs": []} for plan in ("task_head", "rag")]
    Path("last.jsonl").write_text("\n".join(map(json.dumps, rows)))
    facts = [{"task": "label", "examples": 5000}, {"task": "answer", "private_knowledge": True}]
    cases = [json.dumps({"id": 1, "facts": one}) for one in facts]
    Path("cases.jsonl").write_text("\n".join(cases))
    out = batch("cases.jsonl", "--against", "last.jsonl").stdout
    assert [json.loads(line)["change"] for line in out.splitlines()] == ["same", "same"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("nonsense\n", "syntax"), ('{"id": 1}\n', "no-answer"), ('{"plan": ["x"]}\n', "no-answer")],
)
def test_a_former_run_that_is_none_is_named_with_its_line(text: str, code: str) -> None:
    Path("cases.csv").write_text(SHEET)
    Path("last.jsonl").write_text(text)
    done = batch("cases.csv", "--against", "last.jsonl")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"last.jsonl:1: error[{code}]")


@pytest.mark.parametrize(
    "words",
    [
        ("--fail-on", "changed"),
        ("--fail-on", "not-setled"),
        ("--against", "nowhere.jsonl"),
        ("--against", ""),
        ("--reports", ""),
        ("--reports", "cases.csv"),
        ("--format", "pdf"),
        ("-o", "last.jsonl", "--against", "last.jsonl", "--force"),
    ],
)
def test_what_cannot_be_asked_for_is_one_line_and_writes_nothing(words: tuple[str, ...]) -> None:
    former()
    before = {path: path.read_bytes() for path in Path().iterdir()}
    done = batch("cases.csv", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in Path().iterdir()} == before
