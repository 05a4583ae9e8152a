"""The defaults of a team: where they are looked for, what they set, what wins over them."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import at_terminal, in_process
from hypothesis import example, given
from hypothesis import strategies as st

from adaptadvisor import advise, load_table
from adaptadvisor.errors import BadInput
from adaptadvisor.reading.defaults import find, read

FACTS = 'facts = {model_access = "api", examples = 1200}\n'
HOUSE = "version: 7.7.7\nextends: shipped\n"


@pytest.fixture(autouse=True)
def top(monkeypatch, tmp_path):
    """A repository with a table of its own, in the midst of which one works."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "table.yaml").write_text(HOUSE)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    return tmp_path


def facts_of(*args, **env):
    done = in_process("recommend", "--format", "json", *args, **env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["facts"], done.stderr


def refusal(*args):
    done = in_process(*args)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def test_flags_win_over_a_facts_file_and_that_over_the_defaults(top):
    (top / "adaptadvisor.toml").write_text(FACTS)
    Path("f.yaml").write_text("examples: 7\ntask: label\n")
    assert facts_of()[0] == {"model_access": "api", "examples": 1200}
    found, said = facts_of("--facts", "f.yaml", "--task", "answer")
    assert found == {"model_access": "api", "examples": 7, "task": "answer"}
    assert said == "Defaults from ../../adaptadvisor.toml: model_access (not with --no-config)\n"
    assert facts_of("--set", "examples=unknown", "--set", "model_access=unknown") == ({}, "")


def test_what_no_answer_used_is_not_spoken_of(top):
    (top / "adaptadvisor.toml").write_text(FACTS)
    for args in (["explain", "rag"], ["schema", "facts"], ["recommend", "--help"]):
        assert in_process(*args).stderr == ""


@pytest.mark.parametrize(
    ("args", "env"),
    [(["--no-config"], {}), ([], {"ADAPTADVISOR_CONFIG": ""})],
    ids=["flag", "variable"],
)
def test_the_defaults_can_be_left_out(top, args, env):
    (top / "adaptadvisor.toml").write_text(f'rules = "house"\n{FACTS}')
    assert facts_of(*args, **env) == ({}, "")
    assert facts_of()[0]


def test_a_variable_names_another_file(top):
    (top / "adaptadvisor.toml").write_text(FACTS)
    (top / "other.toml").write_text('facts.task = "code"\n')
    assert facts_of(ADAPTADVISOR_CONFIG=str(top / "other.toml"))[0] == {"task": "code"}


def test_the_nearest_file_counts_its_own_before_a_pyproject_and_none_above_the_repository(top):
    shared = "[project]\nname = 'x'\n[tool.adaptadvisor.facts]\ntask = 'label'\n"
    (top / "pyproject.toml").write_text(shared)
    assert facts_of()[0] == {"task": "label"}
    (top / "adaptadvisor.toml").write_text("facts.task = 'code'\n")
    assert facts_of()[0] == {"task": "code"}
    (top / "deep" / "pyproject.toml").write_text("[tool.other]\nx = 1\n# adaptadvisor\n")
    assert facts_of()[0] == {"task": "code"}
    (top / "deep" / "pyproject.toml").write_text(shared)
    assert facts_of()[0] == {"task": "label"}
    (Path.cwd() / ".git").write_text("gitdir: elsewhere\n")
    assert facts_of()[0] == {}


def test_a_pyproject_of_others_is_not_judged(top):
    for text in ("", "adaptadvisor = = broken", "[tool]\nx = 'adaptadvisor'\n", "\xff"):
        (top / "pyproject.toml").write_text(text, encoding="latin-1")
        assert facts_of() == ({}, "")


def test_the_rules_of_a_team_count_everywhere_and_rules_win_over_them(top):
    (top / "adaptadvisor.toml").write_text('rules = "house"\n')
    (top / "mine").mkdir()
    (top / "mine" / "table.yaml").write_text(HOUSE.replace("7.7.7", "8.8.8"))
    for args, env, version in (
        ([], {}, "7.7.7"),
        (["--rules", str(top / "mine")], {}, "8.8.8"),
        ([], {"ADAPTADVISOR_RULES": str(top / "mine")}, "8.8.8"),
    ):
        done = in_process("recommend", "--format", "json", *args, **env)
        assert json.loads(done.stdout)["table"]["version"] == version
        assert ("rules ../../house" in done.stderr) is (version == "7.7.7")
    done = in_process("rules", "show")
    assert "7.7.7" in done.stdout
    assert "rules ../../house" in done.stderr


def test_a_decision_record_goes_where_the_team_keeps_them_unless_somebody_says_where(top):
    (top / "adaptadvisor.toml").write_text('adr-dir = "docs/decisions"\n')
    records = top / "docs" / "decisions"
    assert in_process("recommend", "--task", "label", "--format", "adr").stdout == ""
    assert len(list(records.iterdir())) == 1
    for args in (["--format", "adr", "-o", "-"], ["--format", "adr", "-o", "x.md"], []):
        assert in_process("recommend", "--task", "label", *args).returncode == 0
    assert in_process("recommend", "--format", "adr", "--adr-dir", "here").returncode == 0
    assert len(list(Path("here").iterdir())) == 1
    assert len(list(records.iterdir())) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("facts.exampels = 3\n", ':1:1: error[unknown-fact]: there is no fact "exampels"; did you'),
        ("[facts]\ntask = 'lable'\n", ":2:1: error[unknown-choice]"),
        ("facts = {examples = 1, task = 'lable'}\n", ":1:24: error[unknown-choice]"),
        ("[facts]\nexamples = inf\n", ":2:1: error[not-a-number]"),
        ("[facts]\nexamples = 2026-01-01\n", ":2:1: error[wrong-type]"),
        ("\nrule = 3\n", ':2:1: error[unknown-field]: there is no setting "rule"; did you mean'),
        ("rules = 3\n", ':1:1: error[wrong-type]: "rules" must be the name of a folder'),
        ("rules = ''\n", ":1:1: error[wrong-type]"),
        ("rules = 'nowhere'\n", ':1:1: error[missing-table]: no such folder of rules: "nowhere"'),
        ("rules = '..'\n", ':1:1: error[outside-folder]: "rules" leads out of the folder'),
        ("rules = '/'\n", ":1:1: error[outside-folder]"),
        ("rules = 'out'\n", ":1:1: error[outside-folder]"),
        ("adr-dir = '../elsewhere'\n", ':1:1: error[outside-folder]: "adr-dir"'),
        ("facts = 3\n", ":1:1: error[not-a-mapping]"),
        ("a = = 3\n", ":1:5: error[syntax]: not valid TOML"),
        (f"a = {'[' * 5000}\n", "error[too-deep]"),
        (f"a = {'9' * 5000}\n", "error[syntax]"),
    ],
)
def test_a_bad_setting_is_one_line_with_its_file_and_place(top, tmp_path_factory, text, expected):
    (top / "out").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    (top / "adaptadvisor.toml").write_text(text)
    line = refusal("recommend")
    assert line.startswith("../../adaptadvisor.toml")
    assert expected in line
    assert line.count("\n") == 1


def test_at_a_terminal_a_bad_setting_comes_with_its_line(top):
    (top / "adaptadvisor.toml").write_text("[facts]\ntask = 'lable'\n")
    err = at_terminal("recommend")[2]
    assert " 2 | task = 'lable'\n   | ^^^^\n" in err


def test_help_comes_whatever_is_in_the_file(top):
    (top / "adaptadvisor.toml").write_text("a = = 3\n")
    for args in (["recommend", "--help"], ["help", "ask"], ["--version"]):
        assert in_process(*args).returncode == 0
    assert "--no-config" in in_process("recommend", "--help").stdout


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("latin-1")))
@example("facts.'a.b' = 1\n[facts.x]\ny = 2")
@example('[[facts]]\n"" = 1')
def test_no_text_is_more_than_a_bad_setting(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "adaptadvisor.toml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with suppress(BadInput):
        assert read(path).file


def test_a_folder_that_is_gone_has_no_defaults():
    assert find(Path("/nowhere/at/all")) is None


USUAL = 'facts = {task = "answer", private_knowledge = true, model_access = "api"}\n'
NEEDED = ("task: answer\nprivate_knowledge: true\nmodel_access: api\n", "knowledge_updates: days\n")


def test_a_report_a_likeness_and_a_comparison_rest_on_the_defaults_as_recommend_does(top):
    whole, own = Path("whole.yaml"), Path("own.yaml")
    whole.write_text("".join(NEEDED))
    own.write_text(NEEDED[1])
    commands = (
        ["report", "{}", "--format", "json"],
        ["precedents", "--like", "{}", "--format", "json"],
        ["compare", "{}", "--set", "citations=yes", "--format", "json"],
    )
    for command in commands:
        words = [[word.format(file) for word in command] for file in (whole, own)]
        (top / "adaptadvisor.toml").unlink(missing_ok=True)
        wanted, less = (in_process(*each).stdout for each in words)
        (top / "adaptadvisor.toml").write_text(USUAL)
        done = in_process(*words[1])
        assert (done.returncode, done.stdout) == (0, wanted)
        assert wanted != less == in_process(*words[1], "--no-config").stdout
        used = "task, private_knowledge, model_access"
        assert (
            done.stderr == f"Defaults from ../../adaptadvisor.toml: {used} (not with --no-config)\n"
        )


@pytest.mark.parametrize("form", ["jsonl", "csv", "folder"])
def test_a_case_of_many_rests_on_the_defaults_for_what_it_does_not_answer_itself(top, form):
    """Asked and not known is an answer, too: the second case says so of one fact."""
    if form == "jsonl":
        rows = [{}, {"private_knowledge": None}, {"task": "label"}]
        lines = (json.dumps({"id": n, "facts": facts}) for n, facts in enumerate(rows))
        Path("cases").write_text("\n".join(lines))
    elif form == "csv":
        Path("cases").write_text("id,task,private_knowledge\n0,,\n1,,?\n2,label,\n")
    else:
        Path("cases").mkdir()
        for n, text in enumerate(["citations: null", "private_knowledge: null", "task: label"]):
            Path("cases", f"{n}.yaml").write_text(f"{text}\n")
    (top / "adaptadvisor.toml").write_text(USUAL)
    done = in_process("batch", "cases")
    plans = [json.loads(line)["plan"] for line in done.stdout.splitlines()]
    expected = [
        {"task": "answer", "private_knowledge": True, "model_access": "api"},
        {"task": "answer", "model_access": "api"},
        {"task": "label", "private_knowledge": True, "model_access": "api"},
    ]
    assert plans == [list(advise(load_table(), facts).plan) for facts in expected]
    used = done.stderr.partition(": ")[2].partition(" (")[0].split(", ")
    assert sorted(used) == ["model_access", "private_knowledge", "task"]
    without = in_process("batch", "cases", "--no-config")
    assert "adaptadvisor.toml" not in without.stderr
    assert [json.loads(line)["plan"] for line in without.stdout.splitlines()] != plans


@pytest.mark.parametrize("text", ["facts = ", "rulez = 1\n", "facts = {exampels = 3, a = 4}\n"])
def test_who_meets_a_broken_file_is_told_how_to_go_on_without_it(top, text):
    (top / "adaptadvisor.toml").write_text(text)
    said = refusal("recommend", "--task", "label")
    assert said.splitlines()[-1].endswith("; --no-config leaves this file out")
    assert said.count("--no-config") == 1
    assert in_process("recommend", "--task", "label", "--no-config").returncode == 0


def test_a_table_that_the_file_of_a_team_names_already_can_still_be_begun(top):
    (top / "adaptadvisor.toml").write_text('rules = "my house"\n')
    for command in ("lint", "test"):
        assert "`adaptadvisor rules init '../../my house'` makes it" in refusal("rules", command)
    (top / "cases.jsonl").write_text('{"id": 1, "facts": {"task": "label"}}\n')
    assert "rules init '../../my house'` makes it" in refusal("batch", "../../cases.jsonl")
    assert in_process("rules", "init", "../../my house").returncode == 0
    assert in_process("rules", "lint").returncode == 0
    assert in_process("batch", "../../cases.jsonl").returncode == 0


def test_only_a_missing_table_is_forgiven_to_whoever_begins_one(top):
    (top / "adaptadvisor.toml").write_text('rules = "house"\nrule = 3\n')
    assert "unknown-field" in refusal("rules", "init", "../../house")
