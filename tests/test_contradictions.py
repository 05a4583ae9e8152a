"""Facts that contradict each other are told, in one line, wherever facts come from."""

from __future__ import annotations

import json

import pytest
from conftest import in_process
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor import load_table
from adaptadvisor.table.contradictions import contradictions
from adaptadvisor.table.facts import from_text

TABLE = load_table()
BOTH = ('"rarest_class" is 10', '"examples" is 5')


@pytest.mark.parametrize(
    "command", [["recommend"], ["ask", "--no-input"], ["what-if", "--to=lora"]]
)
def test_flags_that_contradict_each_other_are_one_line_and_no_advice(command):
    done = in_process(*command, "--task", "label", "--examples", "5", "--rarest-class", "10")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("--rarest-class: error[contradiction]: ")
    assert all(word in line for word in BOTH)


def test_what_counts_is_what_remains_after_flags_win_over_a_file(tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("task: label\nexamples: 5\nrarest_class: 10\n")
    done = in_process("recommend", "--facts", str(facts))
    assert (done.returncode, done.stderr.partition(":")[0]) == (2, str(facts))
    assert in_process("recommend", "--facts", str(facts), "--examples", "50").returncode == 0


def test_a_row_of_many_that_contradicts_itself_is_a_bad_row_among_good_ones(tmp_path):
    cases = tmp_path / "cases.csv"
    cases.write_text("id,task,examples,rarest_class\na,label,5,10\nb,label,500,10\n")
    done = in_process("batch", str(cases))
    bad, good = map(json.loads, done.stdout.splitlines())
    assert (bad["error"]["code"], bad["line"], done.returncode) == ("contradiction", 2, 2)
    assert all(word in bad["error"]["message"] for word in BOTH)
    assert good["plan"]


NUMBERS = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted)


@given(NUMBERS, NUMBERS)
def test_ranges_contradict_each_other_where_no_two_of_their_numbers_fit(part, whole):
    facts = {
        fact: from_text(TABLE.facts[fact], f"{low}..{high}")
        for fact, (low, high) in (("rarest_class", part), ("examples", whole))
    }
    fits = any(
        one <= other
        for one in range(part[0], part[1] + 1)
        for other in range(whole[0], whole[1] + 1)
    )
    assert bool(list(contradictions(TABLE, facts))) != fits


@pytest.mark.parametrize("missing", ["examples", "rarest_class"])
def test_what_is_not_known_contradicts_nothing(missing):
    facts = {"examples": 5, "rarest_class": 10, missing: None}
    assert not list(contradictions(TABLE, facts))
    del facts[missing]
    assert not list(contradictions(TABLE, facts))
