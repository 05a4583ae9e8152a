"""What a job in CI stops at: graded doubt, and what is another, new or gone since a former run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import in_process, loaded
from hypothesis import HealthCheck, given, settings
from strategies import situations

from adaptadvisor.advice.completions import SURE, chance
from adaptadvisor.advice.findings import FINDINGS, Glance
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.interview.ranking import next_question

TABLE = loaded().table
ENGINE = engine_for(TABLE)
LABEL = {"task": "label", "examples": 5000}
NEARLY = {
    "task": "answer",
    "private_knowledge": True,
    "knowledge_updates": "days",
    "requests_per_day": 8000,
    "stakes": "low",
    "model_access": "api",
}
"""Open, but answers that change the plan are rare."""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, *rows: Any) -> None:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def since(*words: str) -> Any:
    """A run against a former one: b changed, c is new, d is gone, the others are the same."""
    write(
        "last.jsonl",
        {"id": "a", "plan": ["task_head"], "open_needs": []},
        {"id": "b", "plan": ["prompt"], "open_needs": []},
        {"id": "d", "plan": ["rag"], "open_needs": []},
    )
    write("now.jsonl", *({"id": id_, "facts": LABEL} for id_ in "abc"))
    return in_process("batch", "now.jsonl", "--against", "last.jsonl", *words)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 0, ""),
        (("changed",), 3, "findings: changed in 1 of 3 cases"),
        (("added",), 3, "findings: added in 1 of 3 cases"),
        (("gone",), 3, "findings: 1 gone"),
        (("changed", "added", "gone"), 3, "findings: changed in 1, added in 1 of 3 cases, 1 gone"),
    ],
)
def test_changed_added_and_gone_are_gates_of_their_own_and_count_cases(
    words: tuple[str, ...], code: int, said: str
) -> None:
    done = since(*(part for word in words for part in ("--fail-on", word)))
    assert done.returncode == code
    lines = ["since the last run: 1 changed, 1 added, 1 gone", *([said] if said else [])]
    assert done.stderr.splitlines() == lines


def test_a_new_use_case_does_not_break_a_gate_on_changed_advice() -> None:
    write("last.jsonl", {"id": "a", "plan": ["task_head"], "open_needs": []})
    write("now.jsonl", {"id": "a", "facts": LABEL}, {"id": "new", "facts": LABEL})
    done = in_process("batch", "now.jsonl", "--against", "last.jsonl", "--fail-on", "changed")
    assert done.returncode == 0


@pytest.mark.parametrize("word", ["changed", "added", "gone"])
def test_what_is_new_or_gone_needs_a_former_run(word: str) -> None:
    write("now.jsonl", {"id": 1, "facts": LABEL})
    done = in_process("batch", "now.jsonl", "--fail-on", word)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--against LAST.jsonl" in done.stderr


@pytest.mark.parametrize(
    ("words", "right"),
    [
        (
            ("batch", "now.jsonl", "--fail-on", "not-settled,doubtful"),
            "repeat the option: --fail-on not-settled --fail-on doubtful",
        ),
        (
            ("recommend", "--task", "label", "--fail-on", "not-yet, open-needs"),
            "repeat the option: --fail-on not-yet --fail-on open-needs",
        ),
        (
            ("recommend", "--task", "label", "--show", "why,checks"),
            "repeat the option: --show why --show checks",
        ),
    ],
)
def test_several_words_in_one_option_are_told_how_to_repeat_it(
    words: tuple[str, ...], right: str
) -> None:
    write("now.jsonl", {"id": 1, "facts": LABEL})
    done = in_process(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert right in done.stderr


# ---- graded doubt ----


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(situations(TABLE, ENGINE))
def test_a_case_is_doubtful_where_ask_would_go_on_and_only_there(facts: dict[str, Any]) -> None:
    question = next_question(ENGINE, facts)
    seen = Glance(TABLE, facts)
    assert FINDINGS["doubtful"](seen) == (question is not None and question.chance >= SURE)
    assert seen.chance == (question.chance if question else 0)


def test_a_case_that_is_open_but_hardly_in_doubt_passes_the_graded_gate_alone() -> None:
    write("open.jsonl", {"id": 1, "facts": NEARLY})
    assert 0 < chance(ENGINE, NEARLY) < SURE
    assert in_process("batch", "open.jsonl", "--fail-on", "not-settled").returncode == 3
    assert in_process("batch", "open.jsonl", "--fail-on", "doubtful").returncode == 0
    write("wide.jsonl", {"id": 1, "facts": {"task": "answer"}})
    done = in_process("batch", "wide.jsonl", "--fail-on", "doubtful")
    assert done.returncode == 3
    assert done.stderr == "findings: doubtful in 1 of 1 case\n"
    flags = ("recommend", "--task", "answer", "--fail-on", "doubtful")
    assert in_process(*flags).returncode == 3


# ---- ids ----


@pytest.mark.parametrize(("then", "now"), [(1, "1"), ("1", 1), (1.5, "1.5"), (-3, "-3")])
def test_a_number_and_its_text_are_the_same_id(then: Any, now: Any) -> None:
    write("last.jsonl", {"id": then, "plan": ["task_head"], "open_needs": []})
    write("now.jsonl", {"id": now, "facts": LABEL})
    done = in_process("batch", "now.jsonl", "--against", "last.jsonl")
    (row,) = map(json.loads, done.stdout.splitlines())
    assert (row["id"], row["change"]) == (now, "same")


def test_a_number_and_its_text_are_two_ids_where_the_former_run_has_both() -> None:
    plans = {1: "task_head", "1": "prompt"}
    write("last.jsonl", *({"id": id_, "plan": [plan]} for id_, plan in plans.items()))
    write("now.jsonl", {"id": "1", "facts": LABEL}, {"id": 1, "facts": LABEL})
    out = in_process("batch", "now.jsonl", "--against", "last.jsonl").stdout
    found = [json.loads(line)["change"] for line in out.splitlines()]
    assert found == ["changed", "same"]


def test_a_spreadsheet_is_compared_with_json_lines_by_the_text_of_its_ids() -> None:
    write("last.jsonl", {"id": 7, "plan": ["task_head"], "open_needs": []})
    Path("now.csv").write_text("id,task,examples\n7,label,5000\n")
    done = in_process("batch", "now.csv", "--against", "last.jsonl", "--fail-on", "added")
    assert done.returncode == 0
    assert done.stderr == "since the last run: 0 changed, 0 added, 0 gone\n"


def test_cases_without_an_id_are_warned_of_once_where_they_are_compared() -> None:
    write("now.jsonl", {"facts": LABEL}, {"facts": LABEL})
    plain = in_process("batch", "now.jsonl", "-o", "last.jsonl")
    assert "no id" not in plain.stderr
    done = in_process("batch", "now.jsonl", "--against", "last.jsonl")
    assert done.stderr.count("warning: 2 cases have no id") == 1


def test_an_empty_former_run_is_said_to_be_one() -> None:
    write("now.jsonl", {"id": 1, "facts": LABEL})
    Path("last.jsonl").write_text("\n")
    done = in_process("batch", "now.jsonl", "--against", "last.jsonl")
    assert done.returncode == 0
    assert "warning: last.jsonl holds no answers, so every case is new" in done.stderr
