"""Numbers as other countries write them: never read as a thousandth of what was meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import in_process, loaded
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.interview.listening import answer, volunteered
from adaptadvisor.table.facts import NotAValue, from_text

TABLE = loaded().table
EXAMPLES = TABLE.facts["examples"]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_ten_thousand_of_a_german_spreadsheet_is_asked_back_and_the_other_rows_go_on() -> None:
    Path("de.csv").write_text(
        "id;task;examples;requests_per_day\na;label;10.000;5.000\nb;label;2k;\n"
    )
    done = in_process("batch", "de.csv")
    bad, good = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 2
    assert bad["error"]["code"] == "two-meanings"
    assert "10.000 may mean 10 or 10,000: write 10 or 10000" in bad["error"]["message"]
    assert "5.000 may mean 5 or 5,000: write 5 or 5000" in bad["error"]["message"]
    assert good["plan"] == ["task_head"]


@pytest.mark.parametrize(
    "words",
    [
        ("recommend", "--examples", "10.000"),
        ("recommend", "--set", "examples=10.000"),
        ("recommend", "--facts", "f.yaml"),
        ("recommend", "--examples", "10.000..20.000"),
        ("ask", "--stdin"),
    ],
)
def test_ten_thousand_with_a_dot_is_refused_wherever_one_writes_it(words: tuple[str, ...]) -> None:
    Path("f.yaml").write_text("examples: 10.000\n")
    more = ("--task", "label", "--prompt-result", "far") if "--stdin" in words else ()
    done = in_process(*words, *more, stdin=b"examples: 10.000\n")
    assert done.returncode == 2
    assert done.stdout == ""
    if "--stdin" not in words:
        assert "10.000 may mean 10 or 10,000: write 10 or 10000" in done.stderr


@pytest.mark.parametrize("said", ["10.000", "about 10.000", "we have 10.000 labelled examples"])
def test_the_interview_asks_which_of_two_numbers_was_meant(said: str) -> None:
    with pytest.raises(NotAValue, match="10 or 10,000: write 10 or 10000"):
        answer(EXAMPLES, said)
    assert not volunteered(TABLE, said)


def test_what_no_whole_number_can_mean_is_not_offered() -> None:
    with pytest.raises(NotAValue) as error:
        from_text(EXAMPLES, "1.200")
    assert str(error.value) == '"examples" is "1.200"; 1.200 may mean 1,200: write 1200'


@pytest.mark.parametrize(
    ("fact", "said", "right"),
    [
        ("model_params_b", "0,35", "write 0.35"),
        ("model_params_b", "1,200", "write 1.2 or 1200"),
        ("examples", "1,5k", "write 1.5k"),
        ("examples", "1.000.000", "write 1000000"),
        ("examples", "10'000", "write 10000"),
        ("examples", "10\u00a0000", "write 10000"),
        ("examples", "12.50", "is 12.50;"),
    ],
)
def test_a_number_written_otherwise_is_told_as_it_was_typed_with_how_to_write_it(
    fact: str, said: str, right: str
) -> None:
    with pytest.raises(NotAValue) as error:
        from_text(TABLE.facts[fact], said)
    assert right in str(error.value)


@given(st.integers(1000, 999_999_999))
def test_a_whole_number_is_never_read_as_a_thousandth_of_itself(number: int) -> None:
    grouped = f"{number:,}"
    assert from_text(EXAMPLES, grouped) == from_text(EXAMPLES, str(number)) == number
    for sign in (".", " ", "'", "\u2019", "\u00a0", "\u202f"):
        with pytest.raises(NotAValue, match=str(number)):
            from_text(EXAMPLES, grouped.replace(",", sign))


@pytest.mark.parametrize(
    ("said", "number"), [("1.5k", 1500), ("1.250M", 1_250_000), ("10.0", 10), ("1,200", 1200)]
)
def test_numbers_that_can_mean_one_thing_are_read(said: str, number: int) -> None:
    assert from_text(EXAMPLES, said) == number
    assert from_text(TABLE.facts["model_params_b"], "1.200") == 1.2
