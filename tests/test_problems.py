"""Problems as they are told: in blocks at a terminal, in one line elsewhere; GitHub's way; SARIF."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from conftest import at_terminal, in_process
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.authoring.problem_codes import PROBLEMS
from adaptadvisor.errors import Location, Problem
from adaptadvisor.render.problems import github, long, sarif

COLON = "title: ours\nnotes: private data: stays here\n"


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def test_a_terminal_gets_the_error_the_place_the_line_with_a_caret_and_a_tip(tmp_path):
    (tmp_path / "f.yaml").write_text(COLON)
    code, out, err = at_terminal("recommend", "--facts", "f.yaml")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        'error[syntax]: not valid YAML: the text after "notes:" holds ": ", so it needs',
        "  quotes",
        "  --> f.yaml:2:20",
        "   |",
        " 2 | notes: private data: stays here",
        "   |                    ^",
        '  tip: write notes: "private data: stays here"',
    ]


@pytest.mark.parametrize("plain", [["--plain"], []], ids=["--plain", "ADAPTADVISOR_PLAIN"])
def test_a_pipe_and_a_screen_reader_get_one_line_a_problem(tmp_path, plain):
    (tmp_path / "f.yaml").write_text("clases: 3\nexamples: many\n")
    args = ["recommend", "--facts", "f.yaml"]
    piped = in_process(*args).stderr
    assert re.fullmatch(r"(f\.yaml:\d+:\d+: error\[[a-z-]+\]: .*\n){2}", piped)
    env = {} if plain else {"ADAPTADVISOR_PLAIN": "1"}
    assert at_terminal(*args, *plain, **env)[2] == piped


def test_both_forms_say_the_same(tmp_path):
    (tmp_path / "f.yaml").write_text("clases: 3\nexamples: many\ntask: clasification\n")
    args = ["recommend", "--facts", "f.yaml"]
    blocks = at_terminal(*args)[2].split("\n\n")
    lines = in_process(*args).stderr.splitlines()
    for block, line in zip(blocks, lines, strict=True):
        place, code, message = re.fullmatch(r"(\S+): (error\[.*?\]): (.*)", line).groups()
        assert f"--> {place}\n" in block
        for words in re.split("; ", message):
            assert words in " ".join(block.replace("tip: ", "").split())
        assert block.startswith(code)


def test_an_unknown_task_is_told_what_the_seven_words_mean(table):
    _, _, err = at_terminal("recommend", "--task", "xyzzy")
    said = " ".join(err.split())
    for choice in table.facts["task"].choices:
        assert f"{choice.value}: {choice.means}" in said


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("classification", "label"),
        ("ner", "extract"),
        ("search", "match"),
        ("qa", "answer"),
        ("summarisation", "rewrite"),
        ("summarization", "rewrite"),
        ("chat", "write"),
        ("sql", "code"),
    ],
)
def test_a_task_goes_by_its_usual_names_in_every_way_of_giving_it(tmp_path, said, meant):
    (tmp_path / "f.yaml").write_text(f"task: {said}\n")
    for args in (["--task", said], ["--set", f"task={said}"], ["--facts", "f.yaml"]):
        done = in_process("recommend", *args, "--format", "json")
        assert json.loads(done.stdout)["facts"]["task"] == meant
    as_said, as_meant = (
        json.loads(in_process("batch", "-", stdin=line.encode()).stdout)
        for line in (f'{{"facts": {{"task": "{word}"}}}}' for word in (said, meant))
    )
    assert as_said == as_meant
    assert "plan" in as_said


def test_a_slip_in_a_usual_name_is_told_that_name():
    done = in_process("recommend", "--task", "clasification")
    assert 'did you mean "classification"?' in done.stderr


def test_colour_is_for_terminals_that_want_it(tmp_path, monkeypatch):
    monkeypatch.delenv("NO_COLOR")
    (tmp_path / "f.yaml").write_text(COLON)
    args = ["recommend", "--facts", "f.yaml"]
    coloured = at_terminal(*args)[2]
    assert "\x1b[" in coloured
    bare = re.sub(r"\x1b\[[\d;]*m", "", coloured)
    for said in (at_terminal(*args, "--no-color"), at_terminal(*args, NO_COLOR="1")):
        assert said[2] == bare


@given(
    line=st.text(
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\n"), max_size=300
    ),
    column=st.integers(0, 320),
    width=st.integers(20, 140),
)
def test_the_caret_stands_under_the_place_and_the_line_fits(line, column, width):
    problem = Problem("x", "wrong", Location("f", 1, column))
    block = long([problem], lambda _: [line], width, colour=False).splitlines()
    (number,) = (at for at, text in enumerate(block) if text.startswith(" 1 |"))
    shown, under = block[number], block[number + 1]
    assert len(under) <= max(width, 40)
    assert len(shown) <= max(width, 40)
    assert all(character.isprintable() for character in shown)
    if 0 < column <= len(line) and line[column - 1].isalnum():
        assert shown[under.index("^")] == line[column - 1]


TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=30)
PROBLEMS_FOUND = st.lists(
    st.builds(
        Problem,
        st.sampled_from(sorted(PROBLEMS)),
        TEXTS,
        st.none() | st.builds(Location, TEXTS, st.integers(0, 9), st.integers(0, 9)),
    ),
    max_size=5,
)


@given(PROBLEMS_FOUND)
def test_githubs_runner_reads_back_what_was_found(problems):
    lines = github(problems).splitlines()
    assert len(lines) == len(problems)
    for line, problem in zip(lines, problems, strict=True):
        # as the runner parses a command: properties end at "::", each at ",", its name at "="
        head, said = line.removeprefix("::error ").split("::", 1)
        found = dict(pair.split("=", 1) for pair in head.split(","))
        assert unquote(said) == _as_printed(problem.message)
        assert found["title"] == f"adaptadvisor {problem.code}"
        place = problem.location or Location("")
        assert unquote(found.get("file", "")) == _as_printed(place.file)
        assert int(found.get("line", 0)) == place.line


def _as_printed(text):
    from adaptadvisor.errors import printable

    return printable(text)


@given(PROBLEMS_FOUND)
def test_sarif_says_of_every_problem_its_rule_its_place_and_its_words(problems):
    explained = {code: (one.says, one.mend) for code, one in PROBLEMS.items()}
    log = json.loads(sarif(problems, explained))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result, problem in zip(log["runs"][0]["results"], problems, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == problem.code
        assert rules[result["ruleIndex"]]["help"]["text"] == PROBLEMS[problem.code].mend
        assert result["message"]["text"] == _as_printed(problem.message)
        if problem.location:
            (place,) = result["locations"]
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[\w.~/%:-]+", uri, re.ASCII)
            region = place["physicalLocation"].get("region", {})
            assert all(number >= 1 for number in region.values())
            assert region.get("startLine", 0) == problem.location.line


def test_lint_and_test_write_for_github_and_as_sarif(tmp_path):
    house = tmp_path / "house"
    house.mkdir()
    (house / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    (house / "thresholds.yaml").write_text("- {id: labels-enough, override: true, value: 300}\n")
    for command, code in (("lint", 0), ("test", 3)):
        done = in_process("rules", command, "house", "--format", "github")
        assert done.returncode == code
        assert done.stdout.count("::error file=house/thresholds.yaml,line=1,") == done.stdout.count(
            "\n"
        )
        assert bool(done.stdout) == bool(code)
        again = in_process("rules", command, "house", "-o", f"{command}.sarif")
        assert again.returncode == code
        log = json.loads((tmp_path / f"{command}.sarif").read_text())
        assert len(log["runs"][0]["results"]) == done.stdout.count("\n")


def test_a_table_that_cannot_be_read_is_annotated_by_lint_and_by_test(tmp_path):
    house = tmp_path / "house"
    house.mkdir()
    (house / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    (house / "limits.yaml").write_text("- {id: no-gpu, of: true}\n")
    for command, code in (("lint", 3), ("test", 2)):
        done = in_process("rules", command, "house", "--format", "github")
        assert done.returncode == code
        assert "::error file=house/limits.yaml,line=1,col=16,title=adaptadvisor" in done.stdout
        assert in_process("rules", command, "house", "-o", f"{command}.sarif").returncode == code
        (run,) = json.loads((tmp_path / f"{command}.sarif").read_text())["runs"]
        assert "limits.yaml" in json.dumps(run["results"])


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("command", ["lint", "test", "prove", "show"])
def test_where_no_table_is_one_line_says_so_and_how_to_make_one(tmp_path, there, command):
    if there:
        (tmp_path / "house" / "tests").mkdir(parents=True)
        (tmp_path / "house" / "notes.txt").write_text("nothing")
    done = in_process("rules", command, "house")
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert line.startswith("house: error[missing-table]: no rule table here: ")
    assert "`adaptadvisor rules init DIR` makes one" in line
    if command in ("lint", "test"):
        done = in_process("rules", command, "house", "--format", "github")
        assert done.stdout.startswith("::error file=house,title=adaptadvisor missing-table::")
        assert done.returncode == 2
        in_process("rules", command, "house", "-o", "found.sarif")
        (run,) = json.loads((tmp_path / "found.sarif").read_text())["runs"]
        assert [result["ruleId"] for result in run["results"]] == ["missing-table"]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (
            '- id: a\n  limit: "of patients\n  order: 1\n',
            (2, 10),
            'the " opened here is not closed',
        ),
        ("- id: a\n  limit: 'patients' notes\n", (2, 21), "write \"'patients' notes\""),
        ("-id: a\n  limit: x\n", (1, 1), 'no blank after "-"; write - id: a'),
        ("- id: a\n  because an open model\n  order: 1\n", (2, 3), 'no ":" after "because"'),
        ("- id: a\n  when: {task: label\n  order: 1\n", (2, 9), "the { opened here is not closed"),
        ("- id: a\n  rules_out: [lora full\n  order: 1\n", (2, 14), "the [ opened here"),
    ],
)
def test_what_was_opened_or_forgotten_is_named_where_it_stands(tmp_path, text, place, said):
    in_process("rules", "init", str(tmp_path / "house"))
    (tmp_path / "house/limits.yaml").write_text(text)
    found = in_process("rules", "lint", str(tmp_path / "house")).stdout
    assert f"limits.yaml:{place[0]}:{place[1]}: error[syntax]" in found
    assert said in found


def test_lint_reads_the_cases_beside_a_table_too(tmp_path):
    in_process("rules", "init", str(tmp_path / "house"))
    (tmp_path / "house/tests/house.yaml").write_text("- id: a\n\twhy: b\n")
    found = in_process("rules", "lint", str(tmp_path / "house"))
    assert (found.returncode, "tests/house.yaml:2:1: error[syntax]" in found.stdout) == (3, True)


def test_none_as_a_plan_is_told_how_to_write_it(tmp_path):
    in_process("rules", "init", str(tmp_path / "house"))
    (tmp_path / "house/tests/house.yaml").write_text("- {id: a, why: b, facts: {}, plan: [none]}\n")
    found = in_process("rules", "test", str(tmp_path / "house"))
    assert "write [] for no approach" in found.stderr
