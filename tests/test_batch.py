"""Batch: one JSON object a line in, one a line out."""

from __future__ import annotations

import gc
import json
import os
import random
import shlex
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from conftest import PATIENCE, examples, forked, in_process

from adaptadvisor import advise, load_table
from adaptadvisor.advice.portfolio import Tally, answers
from adaptadvisor.cli import batch
from adaptadvisor.cli.main import run
from adaptadvisor.reading import json_lines
from adaptadvisor.table.contradictions import contradictions
from adaptadvisor.table.facts import Fact

TABLE = load_table()


@pytest.fixture(autouse=True)
def _undisturbed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("ADAPTADVISOR_RULES", "ADAPTADVISOR_DEBUG", "_ADAPTADVISOR_COMPLETE"):
        monkeypatch.delenv(name, raising=False)
    yield
    gc.enable()  # a run of the command line turns it off


def answered(*lines: str | bytes, settled: bool = False) -> list[dict[str, Any]]:
    """The parsed answer lines."""
    return [json.loads(line) for line in written(*lines, settled=settled)]


def written(*lines: str | bytes, settled: bool = False) -> list[str]:
    source = [line if isinstance(line, bytes) else f"{line}\n".encode() for line in lines]
    settings = batch.Settings(settled=settled)
    found = answers(TABLE, json_lines.cases(source), settings.asked, Tally())
    return list(batch.lines(found, TABLE, settings))


def case(id_: object = 1, **facts: object) -> str:
    return json.dumps({"id": id_, "facts": facts})


def error_of(line: str | bytes) -> dict[str, str]:
    (answer,) = answered(line)
    assert list(answer) == ["id", "line", "error"]
    assert sorted(answer["error"]) == ["code", "message"]
    return answer["error"]


# ---- order and ids ----


def test_answers_come_in_the_order_of_the_cases() -> None:
    ids = [str(number) if number % 3 else number for number in range(500)]
    assert [answer["id"] for answer in answered(*(case(id_) for id_ in ids))] == ids


def test_a_good_line_has_id_plan_and_open_needs() -> None:
    assert answered(case("a", task="answer", private_knowledge=True)) == [
        {"id": "a", "plan": ["rag"], "open_needs": []}
    ]


@pytest.mark.parametrize(
    "id_",
    [
        '""',
        '"a"',
        '"caf\u00e9 \u65e5\u672c \U0001f600"',
        r'"\ud800"',
        r'"\u0000\n\"\\\u001b"',
        "0",
        "7",
        "-3",
        "1" + "0" * 60,
        "null",
        "true",
        "false",
        "[]",
        '{"a": [1, {"b": null}]}',
        '["x", 2, false]',
    ],
)
def test_an_id_comes_back_as_the_same_value(id_: str) -> None:
    (answer,) = answered(f'{{"id": {id_}, "facts": {{}}}}')
    assert json.dumps(answer["id"]) == json.dumps(json.loads(id_))
    assert "plan" in answer


@pytest.mark.parametrize(
    "id_",
    [
        "1.10",
        "1e5",
        "1E+05",
        "0.1000",
        "0.0",
        "-0.0",
        "1e400",
        "12345678901234567890.123456789",
        "-0",
        "9" * 5000,
    ],
)
def test_a_number_as_id_comes_back_in_its_own_spelling(id_: str) -> None:
    (line,) = written(f'{{"id": {id_}, "facts": {{}}}}')
    assert line.startswith(f'{{"id": {id_}, "plan": ')


@pytest.mark.parametrize("id_", ["[1.10]", '{"a": 1e5}', '[{"a": [1.50, 1e400, -0]}]'])
def test_numbers_inside_an_id_come_back_in_their_own_spelling(id_: str) -> None:
    (line,) = written(f'{{"id": {id_}, "facts": {{}}}}')
    assert line.startswith(f'{{"id": {id_}, "plan": ')


def test_a_missing_id_is_null() -> None:
    assert answered('{"facts": {}}')[0]["id"] is None


def test_the_keys_may_come_in_either_order() -> None:
    (answer,) = answered('{"facts": {"task": "answer", "private_knowledge": true}, "id": 3}')
    assert (answer["id"], answer["plan"]) == (3, ["rag"])


def test_every_line_is_one_line_of_ascii() -> None:
    for line in written(
        case("a\nb\u2028\u00e9"), case(["a\nb\u2028"]), case(1, **{"a\nb\u2028": 1}), "{"
    ):
        assert line.isascii()
        assert line.index("\n") == len(line) - 1


# ---- lines that are not as they should be ----


def test_a_bad_line_does_not_stop_the_run_and_the_exit_code_is_two(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(f"{case(1)}\nnonsense\n\n{case(2, examples=-1)}\n{case(3)}\n")
    assert run(["batch", str(cases)]) == 2
    captured = capsys.readouterr()
    answers = [json.loads(line) for line in captured.out.splitlines()]
    assert [(answer["id"], answer.get("line"), "plan" in answer) for answer in answers] == [
        (1, None, True),
        (None, 2, False),
        (2, 4, False),
        (3, None, True),
    ]
    first, second, last = captured.err.splitlines()
    assert first.startswith(f"{cases}:2:1: error[syntax]: not valid JSON")
    assert second.startswith(f'{cases}:4:1: error[out-of-range]: "examples" is -1')
    assert last == "error: 2 bad lines; each has its own error in the output"


def test_of_many_bad_lines_the_first_are_named_and_the_others_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(f"{case(1)}\n" + "{\n" * 40)
    assert run(["batch", str(cases)]) == 2
    *named, more, last = capsys.readouterr().err.splitlines()
    assert [line.split(":")[1] for line in named] == ["2", "3", "4", "5", "6"]
    assert (more, last[:20]) == ("and 35 more", "error: 40 bad lines;")


def test_ids_that_come_again_are_named_with_their_lines_and_the_run_goes_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cases = tmp_path / "cases.jsonl"
    ids = ["a", 7, "b", "a", "7", None, None, 7, "a"]
    cases.write_text("".join(f"{case(id_)}\n" for id_ in ids))
    assert run(["batch", str(cases)]) == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == len(ids)
    said = 'warning: 2 ids come more than once: "a" (lines 1, 4, 9), 7 (lines 2, 8)\n'
    assert captured.err == said


def test_one_bad_line_is_called_one_bad_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text("{\n")
    assert run(["batch", str(cases)]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: 1 bad line; ")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "syntax"),
        ("nonsense", "syntax"),
        ('{"id": 1, "facts": {}} {}', "syntax"),
        ('{"id": 1, "facts": {},}', "syntax"),
        ("{'id': 1, 'facts': {}}", "syntax"),
        ('{"id": 1, "facts": {"examples": NaN}}', "syntax"),
        ('{"id": NaN, "facts": {}}', "syntax"),
        ('{"id": 1, "facts": {"examples": -Infinity}}', "syntax"),
        ('{"id": 1, "facts": {"examples": 010}}', "syntax"),
        ("[" * 100_000, "syntax"),
        ('{"id": 1, "facts": ' + '{"a":' * 100_000 + "1" + "}" * 100_001, "syntax"),
        ("[1]", "not-an-object"),
        ("5", "not-an-object"),
        ('"x"', "not-an-object"),
        ("null", "not-an-object"),
        ('{"id": 1}', "missing-facts"),
        ("{}", "missing-facts"),
        ('{"id": 1, "facts": null}', "missing-facts"),
        ('{"id": 1, "facts": []}', "missing-facts"),
        ('{"id": 1, "facts": {}, "note": 2}', "unknown-key"),
        ('{"id": 1, "id": 2, "facts": {}}', "duplicate-key"),
        ('{"id": 1, "facts": {"task": "label", "task": "label"}}', "duplicate-key"),
        (b'{"id": "\xff", "facts": {}}\n', "not-utf-8"),
        ('{"id": 1, "facts": {}}\n'.encode("utf-16"), "not-utf-8"),
    ],
)
def test_a_line_of_another_form_is_an_error_with_its_own_code(line: str | bytes, code: str) -> None:
    assert error_of(line)["code"] == code


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("examples", "true", "wrong-type"),
        ("examples", '"5"', "wrong-type"),
        ("examples", "[5]", "wrong-type"),
        ("examples", "{}", "wrong-type"),
        ("examples", "5.5", "not-whole"),
        ("examples", "-1", "out-of-range"),
        ("examples", "1e30", "out-of-range"),
        ("examples", "1e400", "out-of-range"),
        ("examples", "1" + "0" * 300, "out-of-range"),
        ("examples", "1" + "0" * 400, "out-of-range"),
        ("citations", "1", "wrong-type"),
        ("citations", "0", "wrong-type"),
        ("citations", '"yes"', "wrong-type"),
        ("citations", "1" + "0" * 400, "wrong-type"),
        ("task", "3", "wrong-type"),
        ("task", "true", "wrong-type"),
        ("task", '"lable"', "unknown-choice"),
        ("tried", '"prompt"', "wrong-type"),
        ("tried", "[3]", "wrong-type"),
        ("tried", '["promt"]', "unknown-choice"),
        ("model_params_b", "false", "wrong-type"),
        ("model_params_b", "0", "out-of-range"),
        ("clases", "3", "unknown-fact"),
        ("", "3", "unknown-fact"),
        ("examples_per_class", "3", "derived-fact"),
    ],
)
def test_a_value_that_is_none_is_an_error_that_keeps_the_id(
    fact: str, value: str, code: str
) -> None:
    (answer,) = answered(f'{{"id": "x", "facts": {{"{fact}": {value}}}}}')
    assert (answer["id"], answer["line"], answer["error"]["code"]) == ("x", 1, code)


def test_an_unknown_fact_names_the_nearest_one() -> None:
    assert 'did you mean "classes"?' in error_of(case(clases=3))["message"]


def test_every_wrong_fact_of_a_line_is_named() -> None:
    message = error_of(case(clases=3, examples="many", task="lable"))["message"]
    assert all(f'"{word}"' in message for word in ("clases", "examples", "lable"))


def test_a_line_of_over_a_megabyte_is_one_bad_line_and_reading_goes_on_after_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = tmp_path / "cases.jsonl"
    long, fits = case("x" * 1_000_000), case("y" * 900_000)
    cases.write_text(f"{case('a')}\n{long}\n{fits}\n{case('b')}\n{long * 3}\n{long}")
    assert run(["batch", str(cases)]) == 2
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(answer["id"] or "")[:1] for answer in answers] == ["a", "", "y", "b", "", ""]
    assert [answer["line"] for answer in answers if "error" in answer] == [2, 5, 6]
    assert {answer["error"]["code"] for answer in answers if "error" in answer} == {"too-large"}


def test_an_absurdly_long_name_is_not_repeated_in_full() -> None:
    assert len(error_of(case(**{"x" * 100_000: 1}))["message"]) < 1000


# ---- lines that are fine after all ----


@pytest.mark.parametrize("value", [5.0, 5])
def test_a_whole_float_is_fine_for_a_whole_number(value: float) -> None:
    assert (
        answered(case(task="label", examples=value))[0]
        == answered(case(task="label", examples=5))[0]
    )


def test_null_means_unknown() -> None:
    assert answered(case(private_knowledge=None, examples=None, tried=None)) == answered(case())


@pytest.mark.parametrize("blank", ["", "   ", "\t", "\r"])
def test_a_blank_line_is_skipped_but_counted(blank: str) -> None:
    answers = answered(case("a"), blank, blank, "nonsense", blank)
    assert [answer["id"] for answer in answers] == ["a", None]
    assert answers[1]["line"] == 4


@pytest.mark.parametrize("id_", ["a", 1])
def test_line_ends_a_byte_order_mark_and_blanks_around_do_not_matter(id_: object) -> None:
    plain = case(id_, task="label").encode()
    expected = answered(plain)
    assert "plan" in expected[0]
    for line in (
        plain + b"\n",
        plain + b"\r\n",
        b"\xef\xbb\xbf" + plain + b"\r\n",
        b"  " + plain + b" \t\r\n",
    ):
        assert answered(line) == expected


def test_the_last_line_needs_no_line_end(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_bytes(f"{case('a')}\r\n{case('b')}".encode())
    assert run(["batch", str(cases)]) == 0
    captured = capsys.readouterr()
    assert [json.loads(line)["id"] for line in captured.out.splitlines()] == ["a", "b"]
    assert captured.err == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [("c.jsonl", ""), ("c.jsonl", "\n \n"), ("c.csv", "id,task\n"), ("c.csv", "id,task\n,\n")],
)
@pytest.mark.parametrize("format_", ["jsonl", "csv", "html"])
def test_a_file_without_a_case_is_bad_input_and_leaves_no_answers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, text: str, format_: str
) -> None:
    cases, out = tmp_path / name, tmp_path / "out"
    cases.write_text(text)
    assert run(["batch", str(cases), "--format", format_, "-o", str(out)]) == 2
    assert capsys.readouterr().err.startswith(f"{cases}: error[no-cases]: there is no case in it")
    assert not out.exists()


def test_a_plan_that_was_tried_is_not_advised_again() -> None:
    first = answered(case(task="answer", private_knowledge=True))[0]["plan"]
    second = answered(case(task="answer", private_knowledge=True, tried=["+".join(first)]))[0][
        "plan"
    ]
    assert first == ["rag"]
    assert not set(second) <= set(first)


def test_the_spelling_and_order_of_tried_plans_do_not_matter() -> None:
    one, other = (
        case(task="answer", tried=tried)
        for tried in (["lora+rag", "prompt"], ["prompt", "rag+lora", "prompt"])
    )
    assert answered(one) == answered(other)


# ---- the same advice as everywhere ----


def some_value(fact: Fact, chance: random.Random) -> Any:
    if fact.values:
        return chance.choice(fact.values)
    if fact.type == "plans":
        return chance.choice([["prompt"], ["rag"], ["prompt", "task_head"], ["lora", "prompt+rag"]])
    high = min(fact.maximum, 10 ** chance.randint(1, 6))
    number = max(fact.minimum, chance.random() * high)
    return (
        min(max(round(number), int(fact.minimum)), int(fact.maximum))
        if fact.type == "integer"
        else number
    )


def situations(count: int, seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        share = chance.random()
        facts = {
            fact.id: some_value(fact, chance) for fact in TABLE.questions if chance.random() < share
        }
        for part, _ in [*contradictions(TABLE, facts)]:
            del facts[part]
        found.append(facts)
    return found


def test_a_batch_gives_the_plan_and_the_open_needs_that_advise_gives() -> None:
    cases = situations(examples(300), seed=1)
    answers = answered(*(case("x", **facts) for facts in cases))
    advice = [advise(TABLE, facts) for facts in cases]
    expected = [(list(one.plan), [need.id for need in one.open_needs]) for one in advice]
    assert [(answer["plan"], answer["open_needs"]) for answer in answers] == expected
    assert len({tuple(plan) for plan, _ in expected}) > 5


def test_settled_adds_whether_the_plan_is_settled_and_its_hinges() -> None:
    cases = situations(60, seed=2)
    answers = answered(*(case("x", **facts) for facts in cases), settled=True)
    for facts, answer in zip(cases, answers, strict=True):
        one = advise(TABLE, facts)
        assert answer == {
            "id": "x",
            "plan": list(one.plan),
            "open_needs": [need.id for need in one.open_needs],
            "settled": one.settled,
            "hinges": answer["hinges"],
        }
        # a batch keeps the order of the table, the advice puts what is worth most first
        assert sorted(answer["hinges"]) == sorted(fact for row in one.hinges for fact in row.facts)
    assert {answer["settled"] for answer in answers} == {True, False}


def test_a_bad_line_with_settled_is_the_same_error() -> None:
    assert answered("{", case(examples="5"), settled=True) == answered("{", case(examples="5"))


# ---- streams and files ----


def test_a_dash_reads_stdin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(f"{case('a')}\n".encode())))
    assert run(["batch", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "a"


def test_the_flag_settled_reaches_the_output(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(case("a"))
    assert run(["batch", str(cases), "--settled"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == [
        "id",
        "plan",
        "open_needs",
        "settled",
        "hinges",
    ]


@pytest.mark.parametrize(
    ("name", "code"), [("missing.jsonl", "missing-file"), (".", "no-cases"), ("", "missing-file")]
)
def test_cases_that_cannot_be_read_are_bad_input_and_leave_no_output(
    name: str,
    code: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["batch", name, "-o", "out.jsonl"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"error[{code}]" in captured.err
    assert len(captured.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_output_file_holds_what_stdout_would_and_bad_lines_do_not_spoil_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cases, out = tmp_path / "cases.jsonl", tmp_path / "out.jsonl"
    cases.write_text(f"{case('a')}\n{{\n{case('b')}\n")
    assert run(["batch", str(cases), "-o", str(out)]) == 2
    assert capsys.readouterr().out == ""
    assert run(["batch", str(cases)]) == 2
    assert out.read_text() == capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.jsonl", "out.jsonl"]


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["plain", "force"])
@pytest.mark.parametrize("name", ["cases.jsonl", "link.jsonl", "hard.jsonl", "sub/../cases.jsonl"])
def test_the_answers_never_go_over_the_cases_under_whatever_name(
    name: str, force: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(f"{case('a')}\n{case('b')}\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.jsonl").symlink_to(cases)
    (tmp_path / "hard.jsonl").hardlink_to(cases)
    before = cases.read_bytes()
    assert run(["batch", str(cases), "-o", str(tmp_path / name), *force]) == 2
    assert "--output: error[" in capsys.readouterr().err
    assert cases.read_bytes() == before
    assert cases.stat().st_nlink == 2


@pytest.mark.skipif(os.name != "posix", reason="redirects by a shell")
@pytest.mark.parametrize("words", ["- --force -o c.jsonl < c.jsonl", "c.jsonl >> c.jsonl"])
def test_nor_where_a_shell_redirects(words: str, tmp_path: Path) -> None:
    cases = tmp_path / "c.jsonl"
    cases.write_text(f"{case('a')}\n")
    done = subprocess.run(
        ["/bin/sh", "-c", f"{shlex.join(forked())} batch {words}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    assert "the file that the cases are read from" in done.stderr
    assert cases.read_text() == f"{case('a')}\n"


def test_a_file_that_exists_is_written_over_only_with_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases, out = tmp_path / "cases.jsonl", tmp_path / "out.jsonl"
    cases.write_text(case("a"))
    out.write_text("precious\n")
    assert run(["batch", str(cases), "-o", str(out)]) == 2
    assert "error[file-exists]" in capsys.readouterr().err
    assert out.read_text() == "precious\n"
    assert run(["batch", str(cases), "-o", str(out), "--force"]) == 0
    assert json.loads(out.read_text())["id"] == "a"


def test_an_output_through_a_link_keeps_the_link_and_the_mode(tmp_path: Path) -> None:
    cases, real, link = tmp_path / "cases.jsonl", tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    cases.write_text(case("a"))
    real.write_text("old")
    real.chmod(0o600)
    link.symlink_to(real)
    assert run(["batch", str(cases), "-o", str(link), "--force"]) == 0
    assert link.is_symlink()
    assert json.loads(real.read_text())["id"] == "a"
    assert real.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "before", [None, "what was there before\n"], ids=["new file", "existing file"]
)
@pytest.mark.parametrize(
    "failure",
    [RuntimeError("broken"), KeyboardInterrupt(), OSError(5, "Input/output error")],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_on_the_way_leaves_the_output_as_it_was(
    failure: BaseException,
    before: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def failing(*_: object) -> Iterator[str]:
        yield "x" * 3_000_000
        raise failure

    cases, out = tmp_path / "cases.jsonl", tmp_path / "out.jsonl"
    cases.write_text(case("a"))
    if before is not None:
        out.write_text(before)
    monkeypatch.setattr(batch, "lines", failing)
    assert run(["batch", str(cases), "-o", str(out), "--force"]) == (
        130 if isinstance(failure, KeyboardInterrupt) else 1
    )
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert (out.read_text() if out.exists() else None) == before
    assert {path.name for path in tmp_path.iterdir()} <= {"cases.jsonl", "out.jsonl"}


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files")
def test_a_disk_that_fills_up_leaves_the_old_output_and_exits_with_one(tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.jsonl", tmp_path / "out.jsonl"
    cases.write_text(f"{case('a')}\n" * 1000)
    out.write_text("old\n")
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); from"
        " adaptadvisor.__main__ import main; main()"
    )
    command = [sys.executable, "-B", "-c", program, "batch", str(cases), "-o", str(out), "--force"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert str(out) in done.stderr
    assert out.read_text() == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.jsonl", "out.jsonl"]


def test_a_reader_that_has_seen_enough_ends_a_batch_in_silence(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(f"{case('a')}\n" * 30_000)
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = [*forked(), "batch", str(cases)]
        done = subprocess.run(
            command, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=PATIENCE
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("line", "id"),
    [
        ('{"id": 9, "facts": {"task": "label", "task": "code"}}', 9),
        ('{"id": "x", "facts": {"examples": NaN}}', "x"),
        ('{"id": 1, "id": 2, "facts": {}}', None),
        ('{"id": 1', None),
    ],
)
def test_a_bad_line_keeps_its_id_where_just_one_can_be_read(line: str, id: object) -> None:
    done = in_process("batch", "-", stdin=line.encode())
    assert done.returncode == 2
    assert json.loads(done.stdout)["id"] == id
