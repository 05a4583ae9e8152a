"""What is said while something takes long: at a terminal only, and never a wrong count."""

from __future__ import annotations

from conftest import at_terminal, in_process
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.authoring.effects import effects, rules_of
from adaptadvisor.authoring.progress import counted
from adaptadvisor.engine.situations import Situations


@given(st.integers(0, 2000))
def test_everything_is_yielded_and_the_counts_grow(number):
    told = []
    items = list(counted(range(number), number, "work", lambda *said: told.append(said)))
    assert items == list(range(number))
    assert len(told) <= 400
    assert [done for _, done, _ in told] == sorted({done for _, done, _ in told})
    assert all(what == "work" and done < total == number for what, done, total in told)


def test_the_count_of_a_proof_is_that_of_its_rules(table, engine):
    assert rules_of(table) == len(list(effects(table, Situations(engine), budget=0)))


def test_a_terminal_is_told_and_a_pipe_and_a_plain_terminal_are_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    for args in (["lint", "house"], ["diff", "shipped", "house", "--sample", "50"]):
        assert "Reading the rules" in at_terminal("rules", *args)[2]
        assert at_terminal("rules", *args, "--plain")[2] == ""
        assert at_terminal("rules", *args, TERM="dumb")[2] == ""
        assert in_process("rules", *args).stderr == ""
