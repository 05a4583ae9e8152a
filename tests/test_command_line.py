"""The program as a user meets it: exit codes, one clear line on stderr, files, streams, colour and
width.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from conftest import BARE, PATIENCE, RULES, copied, forked, in_process, program

from adaptadvisor import load_table
from adaptadvisor.cli.main import run
from adaptadvisor.cli.options import PANELS
from adaptadvisor.errors import nearest
from adaptadvisor.render.authoring.explain import SECTIONS

TABLE = load_table()
SETTLED = [
    "--task",
    "write",
    "--prompt-result",
    "passes",
    "--prompt-affordable",
    "--main-error",
    "format",
    "--no-private-knowledge",
    *[
        "--knowledge-updates",
        "never",
        "--behaviour-shift",
        "none",
        "--no-citations",
        "--no-per-user-access",
        "--requests-per-day",
        "10",
    ],
    *["--preference-pairs", "0"],
]
posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")
full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NO_COLOR")  # here it is what some tests set
    monkeypatch.chdir(tmp_path)


def shell(script: str, *args: str) -> subprocess.CompletedProcess[str]:
    """The program as `"$@"` in a shell script."""
    command = ["/bin/sh", "-c", script, "sh", *forked(), *args]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=BARE,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=PATIENCE,
    )


def refusal(capsys: Capture, *args: str, code: int = 2) -> str:
    """The one line on stderr with which these arguments are refused."""
    assert run(args) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert "bug" not in err
    lines = err.splitlines()
    assert len(lines) == 1
    assert lines[0].isprintable()
    return lines[0]


def refusals(capsys: Capture, *args: str) -> list[str]:
    """The lines on stderr with which these arguments are refused."""
    assert run(args) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert err.isascii()
    return err.splitlines()


def facts_of(capsys: Capture, *args: str) -> dict[str, Any]:
    """The facts as the program understood them."""
    assert run(["recommend", "--format", "json", *args]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    found: dict[str, Any] = json.loads(out)["facts"]
    return found


# ---- commands and flags ----


@pytest.mark.parametrize(
    ("group", "names"),
    [
        (
            [],
            (
                "ask",
                "recommend",
                "what-if",
                "report",
                "batch",
                "precedents",
                "explain",
                "schema",
                "rules",
            ),
        ),
        (["rules"], ("lint", "prove", "test", "show", "diff", "init")),
    ],
    ids=["adaptadvisor", "adaptadvisor rules"],
)
def test_no_command_shows_the_help_and_exits_with_two(
    group: list[str], names: tuple[str, ...]
) -> None:
    done = in_process(*group)
    assert done.returncode == 2
    assert set(names) <= set(done.stdout.split())
    assert done.stderr == "error[usage]: no command given\n"


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_one_line(flag: str, capsys: Capture) -> None:
    assert run([flag]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("adaptadvisor ")
    assert (out.count("\n"), err) == (1, "")


COMMANDS = [
    *(
        ["ask"],
        ["recommend"],
        ["what-if"],
        ["report"],
        ["batch"],
        ["precedents"],
        ["explain"],
        ["schema"],
    ),
    *(["rules", name] for name in ("lint", "prove", "test", "show", "diff", "init")),
]


@pytest.mark.parametrize("command", [[], ["rules"], *COMMANDS], ids=" ".join)
def test_every_help_has_an_example_and_is_asked_for_in_three_ways(
    command: list[str], capsys: Capture
) -> None:
    assert run([*command, "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert f"Example: adaptadvisor {' '.join(command)}".rstrip() in out
    assert "\x1b" not in out
    for words in ([*command, "-h"], ["help", *command]):
        assert run(words) == 0
        assert tuple(capsys.readouterr()) == (out, "")


@pytest.mark.parametrize("width", [50, 60, 80, 140])
def test_a_help_fits_and_cuts_nothing(
    width: int, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(columns: int, command: list[str]) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(columns))
        assert run([*command, "--help"]) == 0
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= columns
        assert "\u2026" not in out
        return sorted(re.findall(r"[^\s\u2500-\u257f]+", out))

    for command in ([], ["recommend"], ["ask"], ["rules"], ["rules", "diff"]):
        assert told(width, command) == told(100, command)


def test_the_example_in_a_help_is_a_command_line_that_can_be_used(capsys: Capture) -> None:
    for command in (["recommend"], ["what-if"], ["explain"], ["schema"], ["rules", "show"]):
        assert run([*command, "--help"]) == 0
        examples = re.findall(r"(?:Example:|   ) adaptadvisor (.*)", capsys.readouterr().out)
        assert examples
        for example in examples:
            assert run(example.split()) == 0
            capsys.readouterr()


def test_no_command_says_where_to_begin_and_explain_without_a_word_what_there_is() -> None:
    assert '"adaptadvisor ask"' in in_process().stdout
    done = in_process("explain")
    assert (done.returncode, done.stderr) == (0, "")
    for section in SECTIONS:
        rows = list(getattr(TABLE, section))
        assert rows[0] in done.stdout
        assert len(rows) <= 5 or f"and {len(rows) - 5:,} more" in " ".join(done.stdout.split())
    assert len(done.stdout.splitlines()) <= 50


def test_help_without_utf_8_is_drawn_in_ascii() -> None:
    done = program("recommend", "--help", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()


def test_the_help_shows_facts_in_panels_and_one_that_has_none_under_more(
    rules: Path, capsys: Capture
) -> None:
    append(rules / "questions.yaml", COLOUR.replace("Which colour?", "Which [red] or [/] colour?"))
    assert run(["recommend", "--rules", "rules", "--help"]) == 0
    out = capsys.readouterr().out
    titles = re.findall(r"\u256d\u2500 (.*?) \u2500", out)
    assert titles == [*PANELS, "More", "General", "Data files", "Output", "Prices"]
    assert "--colour" in out.split(" More ")[1].split(" General ")[0]
    assert "Which [red] or [/] colour?" in " ".join(out.split())
    shown = {fact for facts in PANELS.values() for fact in facts.split()}
    assert shown == {fact.id for fact in TABLE.questions}


def test_the_help_of_recommend_lists_a_flag_for_every_fact(capsys: Capture) -> None:
    assert run(["recommend", "--help"]) == 0
    words = capsys.readouterr().out.split()
    assert TABLE.questions
    assert {f"--{fact.id.replace('_', '-')}" for fact in TABLE.questions} <= set(words)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["recommend", "--clases", "3"], 'did you mean "--classes"?'),
        (["recommend", "--examples-per-class", "3"], 'there is no option "--examples-per-class"'),
        (["batch", "--setled", "x"], 'did you mean "--settled"?'),
        (["explain", "mlm", "--rule", "x"], 'did you mean "--rules"?'),
        (["recomend"], 'did you mean "recommend"?'),
        (["bach", "x"], 'did you mean "batch"?'),
        (["rules", "lnt"], 'did you mean "lint"?'),
        (["recommend", "stray"], "stray"),
        (["batch"], "CASES"),
        (["explain", "xyzzy"], 'nothing here is called "xyzzy"'),
        (["recommend", "--strict=3"], "'--strict' does not take a value"),
        (["recommend", "--citations=yes"], "'--citations' does not take a value"),
        (["recommend", "--citations", "true"], "true"),
        (["recommend", "--examples"], "'--examples' requires an argument"),
        (["recommend", "--task", "--examples", "3"], "--task: error[missing-value]: needs a value"),
        (["recommend", "--main_error", "--task", "code"], "--main-error: error[missing-value]"),
        (["recommend", "-o", "--task", "code"], "-o: error[missing-value]: needs a value: FILE"),
        (["rules", "diff", "shipped", "x" * 5000], "rules diff: error["),
        (["rules", "diff", "x" * 5000, "shipped"], "rules diff: error["),
        (["recommend", "--title", "x" * 500], "--title: error[too-long]"),
        (["ask", "--stdin", "--title", "x" * 500], "--title: error[too-long]"),
        (["schema"], "recommendation"),
    ],
)
def test_bad_use_is_one_line_that_names_what_is_meant(
    args: list[str], expected: str, capsys: Capture
) -> None:
    line = refusal(capsys, *args)
    assert "error[" in line
    assert expected in line


def test_a_title_too_long_for_a_report_is_refused_where_it_is_given(
    tmp_path: Path, capsys: Capture
) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("task: label\n")
    line = refusal(capsys, "report", str(facts), "--title", "x" * 500)
    assert line.startswith("--title: error[too-long]")


def test_an_unknown_flag_names_the_nearest_one() -> None:
    done = in_process("recommend", "--clases", "3")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == 'error[unknown-option]: there is no option "--clases"; did you mean "--classes"?\n'
    )


@pytest.mark.parametrize(
    "args",
    [
        ["recommend", "a\x1b[31mb\nc"],
        ["recommend", "--a\x1b[31m\nb"],
        ["a\x1b[31m\nb"],
        ["ab\u202ecd"],
        ["rules", "ab\u202ecd"],
        ["recommend", "--ab\u202ecd"],
        ["recommend", "ab\u202ecd"],
        ["help", "ab\u202ecd"],
        ["recommend", "--task", "a\x1b[31m\nb"],
        ["recommend", "--set", "a\x1b\nb=1"],
        ["recommend", "--format", "\x1b\n"],
        ["explain", "a\x1b[31m\nb"],
        ["recommend", "--facts", "a\x1b[31m\nb"],
        ["recommend", "--rules", "a\x1b[31m\nb"],
        ["batch", "a\x1b[31m\nb"],
    ],
    ids=[
        "argument",
        "flag",
        "command",
        "command and direction mark",
        "command of rules and direction mark",
        "flag and direction mark",
        "argument and direction mark",
        "help and direction mark",
        "value",
        "set",
        "format",
        "explain",
        "facts",
        "rules",
        "batch",
    ],
)
def test_control_characters_never_reach_the_terminal(args: list[str], capsys: Capture) -> None:
    assert "\x1b" not in refusal(capsys, *args)


@pytest.mark.parametrize(
    ("args", "code", "expected"),
    [
        (["--task", "lable"], "unknown-choice", 'did you mean "label"?'),
        (["--model-access", "wights"], "unknown-choice", 'did you mean "weights"?'),
        (["--format", "jsn"], "unknown-choice", 'did you mean "json"?'),
        (["--fail-on", "not_yet"], "unknown-choice", 'did you mean "not-yet"?'),
        (["--tried", "rag+loar"], "unknown-choice", 'did you mean "lora"?'),
        (["--examples", "many"], "not-a-number", "a whole number from 0 to 1,000,000,000,000"),
        (["--examples", "nan"], "not-a-number", "a whole number from 0 to 1,000,000,000,000"),
        (["--examples=NaN"], "not-a-number", "a whole number from 0 to 1,000,000,000,000"),
        (["--examples", "inf"], "not-a-number", "a whole number"),
        (["--examples="], "missing-value", "a whole number"),
        (["--examples", "-5"], "out-of-range", "a whole number from 0 to 1,000,000,000,000"),
        (["--examples=-5"], "out-of-range", "is -5"),
        (["--examples", "1e30"], "out-of-range", "is about 1e30"),
        (["--examples", "9" * 500], "out-of-range", "999"),
        (["--classes", "1"], "out-of-range", "from 2 to"),
        (["--examples", "2.5"], "not-whole", "is 2.5"),
        (["--examples", "010"], "leading-zero", "010"),
        (["--set", "citations=maybe"], "wrong-type", "yes, no, true, false"),
        (["--set", "examples="], "missing-value", "a whole number"),
        (["--set", "examples"], "bad-setting", "FACT=VALUE"),
        (["--set", "clases=3"], "unknown-fact", 'did you mean "classes"?'),
        (["--set", "examples_per_class=3"], "derived-fact", "examples_per_class"),
    ],
)
def test_a_bad_value_is_one_line_with_what_would_be_right(
    args: list[str], code: str, expected: str, capsys: Capture
) -> None:
    line = refusal(capsys, "recommend", *args)
    assert line.startswith(f"{args[0].partition('=')[0]}: error[{code}]: ")
    assert expected in line


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("citation", ["citations"], "citations"),
        ("ctiation", ["citations"], "citations"),
        ("ctiatoin", ["citations"], None),
        ("citatinos", ["citations"], "citations"),
        ("cls", ["classes"], None),
        ("class", ["task", "classes"], "classes"),
        ("labelling", ["task", "label"], "label"),
        ("rag", ["rarity"], None),
        ("lora", ["full"], None),
        ("code", ["rote", "cope"], "cope"),
        ("x" * 100, ["x" * 99], None),
    ],
)
def test_only_what_is_really_near_is_suggested(
    word: str, known: list[str], expected: str | None
) -> None:
    assert nearest(word, known) == (f'; did you mean "{expected}"?' if expected else "")


def test_all_bad_values_are_reported_at_once(capsys: Capture) -> None:
    lines = refusals(
        capsys,
        "recommend",
        "--task",
        "lable",
        "--examples",
        "many",
        "--set",
        "clases=3",
        "--gpu-memory-gb",
        "-1",
    )
    assert [line.split(":")[0] for line in lines] == [
        "--examples",
        "--gpu-memory-gb",
        "--set",
        "--task",
    ]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--examples", "5k"], {"examples": 5000}),
        (["--examples", "2M"], {"examples": 2_000_000}),
        (["--examples", "1e6"], {"examples": 1_000_000}),
        (["--examples=1_200"], {"examples": 1200}),
        (["--gpu-memory-gb", "2.5"], {"gpu_memory_gb": 2.5}),
        (["--citations"], {"citations": True}),
        (["--no-citations"], {"citations": False}),
        (["--set", "citations=no"], {"citations": False}),
        (["--set", "citations=YES"], {"citations": True}),
        (["--set", "citations=unknown"], {}),
        (["--examples", "u"], {}),
        (["--citations", "--task", "label"], {"citations": True, "task": "label"}),
        (["--private_knowledge"], {"private_knowledge": True}),
        (["--no_private_knowledge"], {"private_knowledge": False}),
        (["--corpus_tokens=5"], {"corpus_tokens": 5}),
        (["--model-access", "API-Tuning"], {"model_access": "api_tuning"}),
        (["--examples", "unknown"], {}),
        (
            ["--set", "examples=7", "--set", "private-knowledge=yes"],
            {"examples": 7, "private_knowledge": True},
        ),
        (["--tried", "lora+rag", "--tried", "prompt"], {"tried": ["prompt", "rag+lora"]}),
        (["--tried", "rag,prompt"], {"tried": ["prompt", "rag"]}),
    ],
)
def test_a_fact_may_be_written_in_many_ways(
    args: list[str], expected: dict[str, Any], capsys: Capture
) -> None:
    assert facts_of(capsys, *args) == expected


@pytest.mark.parametrize(
    "args",
    [
        ["--examples", "5", "--examples", "6"],
        ["--examples", "5", "--set", "examples=6"],
        ["--set", "examples=5", "--set", "examples=6"],
        ["--citations", "--no-citations"],
        ["--citations", "--set", "citations=false"],
        ["--examples", "5", "--examples", "unknown"],
    ],
)
def test_a_fact_given_twice_with_different_values_is_refused(
    args: list[str], capsys: Capture
) -> None:
    line = refusal(capsys, "recommend", *args)
    assert "error[given-twice]" in line
    assert "give it once" in line


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--examples", "5", "--examples", "5"], {"examples": 5}),
        (["--examples", "5k", "--set", "examples=5000"], {"examples": 5000}),
        (["--examples", "5k", "--examples", "5000"], {"examples": 5000}),
        (["--citations", "--citations"], {"citations": True}),
        (["--citations", "--set", "citations=yes"], {"citations": True}),
        (["--task", "label", "--task", "LABEL"], {"task": "label"}),
    ],
)
def test_a_fact_given_twice_with_the_same_value_is_fine(
    args: list[str], expected: dict[str, Any], capsys: Capture
) -> None:
    assert facts_of(capsys, *args) == expected


@pytest.mark.parametrize("word", ["false", "true"])
def test_a_value_after_no_is_refused_because_it_could_mean_both(word: str, capsys: Capture) -> None:
    assert "no-citations" in refusal(capsys, "recommend", f"--no-citations={word}")


@pytest.mark.parametrize(
    "args", [["--rules"], ["--rules="], ["--rules", ""]], ids=["nothing", "empty after =", "empty"]
)
def test_rules_without_a_folder_are_refused_in_one_line(args: list[str], capsys: Capture) -> None:
    assert "rules" in refusal(capsys, "recommend", *args)


def test_a_shell_is_offered_the_flags_of_facts() -> None:
    done = program(
        _ADAPTADVISOR_COMPLETE="complete_bash",
        COMP_WORDS="adaptadvisor recommend --cit",
        COMP_CWORD="2",
    )
    assert done.stderr == ""
    assert "--citations" in done.stdout.split()


def completed(words: str) -> list[str]:
    """What bash is offered at the end of a line of these words, which are taken apart as bash does."""
    every = ["adaptadvisor", *re.findall(r"[=:]|[^\s=:]+", words)]
    at = len(every) if words.endswith(" ") else len(every) - 1
    done = in_process(
        _ADAPTADVISOR_COMPLETE="complete_bash", COMP_WORDS=" ".join(every), COMP_CWORD=str(at)
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split("\n")[:-1]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("recommend --task la", ["label"]),
        ("what-if --to ", ["prompt", "rag", "task_head", "lora", "full"]),
        ("what-if --to rag+l", ["rag+lora"]),
        ("recommend --tried prompt:few", ["few-shot"]),
        ("recommend --tried rag+prompt:few", ["few-shot"]),
        ("recommend --set citat", ["citations="]),
        ("recommend --set citations=", ["no", "yes", "unknown"]),
        ("recommend --set task=la", ["label"]),
        ("explain keep-gen", ["keep-general"]),
        ("precedents uber-inv", ["uber-invoice-extraction"]),
        ("schema fa", ["facts"]),
    ],
)
def test_a_shell_is_offered_plans_facts_ids_and_their_values(
    words: str, offered: list[str]
) -> None:
    assert completed(words) == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_offered_the_same_with_what_it_means(shell: str) -> None:
    done = in_process(
        _ADAPTADVISOR_COMPLETE=f"complete_{shell}",
        _TYPER_COMPLETE_ARGS="adaptadvisor recommend --tried lora:ql",
        _TYPER_COMPLETE_FISH_ACTION="get-args",
    )
    assert done.returncode == 0
    assert "qlora" in done.stdout
    assert TABLE.variants["qlora"].name in done.stdout
    assert done.stdout.count("\n") == 1


# ---- facts files ----


def test_a_facts_file_and_flags_come_together_and_flags_win(capsys: Capture) -> None:
    Path("facts.yaml").write_text(
        "task: label\nexamples: 5k\ncitations: yes\nclasses:\ntried: [lora+rag, prompt]\n"
    )
    assert facts_of(
        capsys, "--facts", "facts.yaml", "--examples", "7", "--set", "citations=unknown"
    ) == {
        "task": "label",
        "examples": 7,
        "tried": ["prompt", "rag+lora"],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("citations: yes\nsensitive_data: Off\n", {"citations": True, "sensitive_data": False}),
        ("examples: 2M\ngpu_memory_gb: 2.5\n", {"examples": 2_000_000, "gpu_memory_gb": 2.5}),
        ("examples: 0\n", {"examples": 0}),
        ('task: "label"\nbehaviour_shift: none\n', {"task": "label", "behaviour_shift": "none"}),
        ("examples: ~\ncitations: unknown\ntask: null\n", {}),
        ("tried: rag+lora\n", {"tried": ["rag+lora"]}),
        ("# all\n---\n{task: label, examples: 3}\n", {"task": "label", "examples": 3}),
        ("\ufefftask: label\r\nexamples: 3\r\n", {"task": "label", "examples": 3}),
        (
            '{"task":"label","examples":1e3,"citations":true,"classes":null}',
            {"task": "label", "examples": 1000, "citations": True},
        ),
        (
            '{\n\t"task":\t"label",\n\t"tried":\t[\n\t\t"rag"\n\t]\n}\n',
            {"task": "label", "tried": ["rag"]},
        ),
    ],
)
@pytest.mark.parametrize("name", ["facts.yaml", "facts"])
def test_a_facts_file_is_read_by_the_types_of_facts(
    name: str, text: str, expected: dict[str, Any], capsys: Capture
) -> None:
    Path(name).write_bytes(text.encode())
    assert facts_of(capsys, "--facts", name) == expected


def test_every_problem_of_a_facts_file_is_reported_at_once_with_its_place() -> None:
    Path("facts.yaml").write_text(
        "clases: 3\n"
        "examples: [1]\n"
        'classes: "5"\n'
        "citations: 1\n"
        "task: lable\n"
        "examples: 6\n"
        "tried: {a: 1}\n"
        "examples_per_class: 3\n"
        "corpus_tokens: 010\n"
        "requests_per_day: 2026-11-21\n"
        "gpu_memory_gb:   -1\n"
        'per_user_access: "yes"\n'
        "ml_skill: !!python/name:os.system none\n"
    )
    done = in_process("recommend", "--facts", "facts.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert [line.split("]")[0] for line in done.stderr.splitlines()] == [
        "facts.yaml:1:1: error[unknown-fact",
        "facts.yaml:2:11: error[wrong-type",
        "facts.yaml:3:10: error[wrong-type",
        "facts.yaml:4:12: error[wrong-type",
        "facts.yaml:5:7: error[unknown-choice",
        "facts.yaml:6:1: error[duplicate-key",
        "facts.yaml:7:8: error[wrong-type",
        "facts.yaml:8:1: error[derived-fact",
        "facts.yaml:9:16: error[leading-zero",
        "facts.yaml:10:19: error[not-a-number",
        "facts.yaml:11:18: error[out-of-range",
        "facts.yaml:12:18: error[wrong-type",
        "facts.yaml:13:11: error[tag",
    ]


def test_an_alias_is_one_problem_not_two(capsys: Capture) -> None:
    Path("facts.yaml").write_text("task: label\nstakes: *high\n")
    assert refusal(capsys, "recommend", "--facts", "facts.yaml").startswith(
        "facts.yaml:2:9: error[alias]"
    )


def test_every_problem_of_a_json_file_has_its_place_even_with_tabs(capsys: Capture) -> None:
    Path("facts.json").write_text(
        '{\n\t"clases": 3,\n\t"examples":\t"5",\n\t"task": "label", "task": "code",\n\t"citations":'
        " 1\n}\n"
    )
    lines = refusals(capsys, "recommend", "--facts", "facts.json")
    assert [line.split("]")[0] for line in lines] == [
        "facts.json:2:2: error[unknown-fact",
        "facts.json:3:14: error[wrong-type",
        "facts.json:4:19: error[duplicate-key",
        "facts.json:5:15: error[wrong-type",
    ]


@pytest.mark.parametrize(
    ("name", "content", "start"),
    [
        ("f.yaml", b"task: [label\nexamples: 2", "f.yaml:1:7: error[syntax]: not valid YAML"),
        ("f.yaml", b"task: label\n\texamples: 2", "f.yaml:2:1: error[syntax]: not valid YAML"),
        ("f.yaml", b'task: "label', "f.yaml:1:7: error[syntax]: not valid YAML"),
        ("f.yaml", b"task: \x01", "f.yaml:1:7: error[syntax]: not valid YAML"),
        (
            "f.yaml",
            b"task: label\n---\ntask: code\n",
            "f.yaml:3:1: error[syntax]: a second document",
        ),
        (
            "f.json",
            b'{"task": "label",\n "examples": }',
            "f.json:2:14: error[syntax]: not valid JSON",
        ),
        ("f.json", b'{"task": }', "f.json:1:10: error[syntax]: not valid JSON"),
        ("f.json", b'{"task": "label"', "f.json:1:17: error[syntax]: not valid JSON"),
        ("f.json", b'{"examples": NaN}', "f.json:1:14: error[not-a-number]"),
        ("f.yaml", b"- task\n- label\n", "f.yaml:1:1: error[not-a-mapping]"),
        ("f.yaml", b"label", "f.yaml:1:1: error[not-a-mapping]"),
        ("f.json", b"[]", "f.json:1:1: error[not-a-mapping]"),
        ("f.yaml", b"? [task]\n: label\n", "f.yaml:1:3: error[bad-key]"),
        ("f.yaml", b"", "f.yaml: error[empty]"),
        ("f.yaml", b" \n\n", "f.yaml: error[empty]"),
        ("f.yaml", b"# nothing\n", "f.yaml: error[empty]"),
        ("f.yaml", b"examples: 3\ntask: caf\xe9\n", "f.yaml:2:10: error[not-utf-8]"),
        ("f.yaml", "task: label".encode("utf-16"), "f.yaml:1:1: error[not-utf-8]"),
        (
            "f.yaml",
            b"task: label #" + b"x" * 5_000_000,
            "f.yaml: error[too-large]: larger than 5 MB",
        ),
    ],
    ids=lambda value: value.decode("latin-1")[:20] if isinstance(value, bytes) else "",
)
def test_a_facts_file_that_cannot_be_understood_is_one_line_with_its_place(
    name: str, content: bytes, start: str, capsys: Capture
) -> None:
    Path(name).write_bytes(content)
    assert refusal(capsys, "recommend", "--facts", name).startswith(start)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("f.json", b"[" * 100_000),
        ("f.json", b'{"task":' * 100_000),
        ("f.json", b'{"task":' * 100_000 + b"1" + b"}" * 100_000),
        ("f.yaml", b"- " * 100_000),
        ("f.yaml", b"task: " + b"[" * 100_000),
    ],
    ids=["lists", "mappings", "closed mappings", "dashes", "lists in a fact"],
)
def test_a_facts_file_that_is_nested_too_deeply_is_one_line_with_a_place_in_it(
    name: str, content: bytes, capsys: Capture
) -> None:
    Path(name).write_bytes(content)
    assert re.match(
        rf"{name}:1:\d+: error\[too-deep\]: nested deeper than 60 levels$",
        refusal(capsys, "recommend", "--facts", name),
    )


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b"task: [" + b"- " * 100_000, b'{"a":' * 100_000],
    ids=["list", "mixed", "objects"],
)
def test_absurd_nesting_does_not_crash_the_program(content: bytes) -> None:
    done = program("recommend", "--facts", "-", stdin=content)
    assert done.returncode == 2
    assert done.stderr.startswith("stdin:1:")
    assert len(done.stderr.splitlines()) == 1


def test_an_alias_bomb_is_refused_alias_by_alias(capsys: Capture) -> None:
    bomb = [
        "a0: &a0 [x, x]",
        *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)),
    ]
    Path("bomb.yaml").write_text("\n".join(bomb))
    lines = refusals(capsys, "recommend", "--facts", "bomb.yaml")
    assert sum("error[alias]" in line for line in lines) == 72
    assert all(line.startswith("bomb.yaml:") for line in lines)


@pytest.mark.parametrize(
    ("name", "code"), [("missing.yaml", "missing-file"), (".", "not-a-file"), ("", "missing-value")]
)
def test_a_facts_file_that_is_not_there_is_bad_input(name: str, code: str, capsys: Capture) -> None:
    assert f"error[{code}]" in refusal(capsys, "recommend", "--facts", name)


def test_a_dash_reads_the_facts_from_stdin() -> None:
    done = in_process(
        "recommend",
        "--facts",
        "-",
        "--examples",
        "7",
        "--format",
        "json",
        stdin=b"task: label\nexamples: 5\n",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["facts"] == {"task": "label", "examples": 7}


def test_problems_of_stdin_are_placed_in_stdin(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"task: label\nclases: 3\n")))
    assert refusal(capsys, "recommend", "--facts", "-").startswith("stdin:2:1: error[unknown-fact]")


# ---- exit codes ----


def test_strict_exits_with_four_while_the_plan_is_not_settled(capsys: Capture) -> None:
    assert run(["recommend", "--strict", "--task", "label"]) == 4
    out, err = capsys.readouterr()
    assert out.startswith("Plan: ")
    assert err.startswith("not enough evidence: the plan depends on ")
    assert err.count("\n") == 1


def test_strict_exits_with_four_where_hardly_any_published_case_is_alike(capsys: Capture) -> None:
    assert run(["recommend", "--strict", *SETTLED]) == 4
    out, err = capsys.readouterr()
    assert "Settled: " in out
    assert err == "not enough evidence: too few published situations are like this one\n"


def test_strict_exits_with_nought_when_the_plan_is_settled_on_enough_evidence(
    capsys: Capture,
) -> None:
    known = "task=answer knowledge_updates=days specialisation=general model_access=api"
    known += " corpus_tokens=0 whole_document=no"
    settings = [word for fact in known.split() for word in ("--set", fact)]
    assert run(["recommend", "--strict", *settings]) == 0
    out, err = capsys.readouterr()
    assert "Settled: " in out
    assert err == ""


FINDINGS = {
    "open-needs": [
        "--model-access",
        "api",
        "--behaviour-shift",
        "strong",
        "--prompt-result",
        "far",
    ],
    "not-yet": ["--eval-examples", "0"],
    "near-threshold": ["--task", "label", "--examples", "195", "--classes", "12"],
    "not-settled": ["--task", "label"],
    "disagreement": [
        *("--task", "write", "--private-knowledge", "--model-access", "weights"),
        *("--specialisation", "domain", "--examples", "5000", "--behaviour-shift", "some"),
    ],
}


@pytest.mark.parametrize("finding", FINDINGS)
def test_fail_on_exits_with_three_on_its_finding_and_only_then(
    finding: str, capsys: Capture
) -> None:
    assert run(["recommend", "--fail-on", finding, *FINDINGS[finding]]) == 3
    out, err = capsys.readouterr()
    assert out.startswith("Plan: ")
    assert err == f"findings: {finding}\n"
    assert run(["recommend", *FINDINGS[finding]]) == 0
    assert run(["recommend", "--fail-on", finding, *SETTLED]) == 0


def test_findings_are_named_together_and_come_before_missing_evidence(capsys: Capture) -> None:
    args = [
        *FINDINGS["open-needs"],
        *FINDINGS["not-yet"],
        "--fail-on",
        "not-yet",
        "--fail-on",
        "open-needs",
        "--strict",
    ]
    assert run(["recommend", *args]) == 3
    assert capsys.readouterr().err == "findings: not-yet, open-needs\n"


@pytest.mark.parametrize(
    "place",
    ["adaptadvisor.cli.app.load_table", "adaptadvisor.advice.advise.advise"],
    ids=["early", "late"],
)
def test_an_interruption_exits_with_130(
    place: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, interrupted)
    assert run(["recommend"]) == 130
    assert tuple(capsys.readouterr()) == ("", "interrupted\n")


def test_a_command_that_cannot_be_read_is_read_once_and_its_table_loaded_once(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = []
    monkeypatch.setattr(
        "adaptadvisor.cli.app.load_table", lambda folder: loads.append(folder) or TABLE
    )
    assert "--clases" in refusal(capsys, "recommend", "--clases", "3")
    assert loads == [None]
    assert "no choice" in refusal(capsys, "recommend", "--task", "lable")
    assert loads == [None, None]


def test_an_interruption_while_the_program_is_loading_is_no_traceback() -> None:
    code = (
        "import sys\nclass Interrupting:\n    def find_spec(self, name, *_):\n        if name =="
        " 'adaptadvisor.cli.main': raise KeyboardInterrupt\nsys.meta_path.insert(0,"
        " Interrupting())\nfrom adaptadvisor.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@pytest.mark.parametrize(
    "place",
    ["adaptadvisor.cli.app.load_table", "adaptadvisor.advice.advise.advise"],
    ids=["early", "late"],
)
def test_a_bug_is_one_line_and_exit_code_one(
    place: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("first line\nsecond\x1b")

    monkeypatch.setattr(place, broken)
    assert run(["recommend"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: a bug in adaptadvisor (RuntimeError: first line")
    assert err.removesuffix("\n").isprintable()
    monkeypatch.setenv("ADAPTADVISOR_DEBUG", "1")
    with pytest.raises(RuntimeError, match="first line"):
        run(["recommend"])


def test_every_plan_may_have_been_tried_and_advice_still_comes() -> None:
    done = in_process("recommend", "--tried", "prompt+rag+task_head+lora+full", "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["plan"] == []


# ---- streams and files ----


def test_json_on_stdout_is_one_document() -> None:
    done = program("recommend", "--format", "json", "--task", "label", "--examples", "1200")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["schema"] == "adaptadvisor/recommendation/2"
    assert document["facts"] == {"task": "label", "examples": 1200}
    assert done.stdout.endswith("}\n")


@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_file_holds_what_stdout_would(format_: str, capsys: Capture) -> None:
    args = ["recommend", "--task", "label", "--format", format_]
    assert run(args) == 0
    out = capsys.readouterr().out
    assert run([*args, "-o", "advice"]) == 0
    assert tuple(capsys.readouterr()) == ("", "Written: advice\n")
    assert Path("advice").read_text(encoding="utf-8") == out
    assert [path.name for path in Path().iterdir()] == ["advice"]


def test_a_file_is_never_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run(["recommend", "-o", "advice"]) == 0
    assert b"\x1b" not in Path("advice").read_bytes()


@pytest.mark.parametrize("target", ["missing/advice.txt", "."])
def test_a_place_that_cannot_be_written_is_exit_code_one_and_named(
    target: str, capsys: Capture
) -> None:
    assert f"cannot write {target}" in refusal(capsys, "recommend", "-o", target, code=1)
    assert [path.name for path in Path().iterdir()] == []


@full_disk
@pytest.mark.parametrize(
    "args",
    [
        ["recommend"],
        pytest.param(["recommend", "--format", "json"], marks=pytest.mark.slow),
        pytest.param(["explain", "mlm"], marks=pytest.mark.slow),
        ["--help"],
        pytest.param(["--version"], marks=pytest.mark.slow),
        ["recommend", "-o", "/dev/full"],
    ],
    ids=" ".join,
)
def test_a_full_disk_is_one_line_and_exit_code_one(args: list[str]) -> None:
    done = shell('exec "$@" > /dev/full', *args)
    assert done.returncode == 1
    assert (
        done.stderr == "error: cannot write: No space left on device\n"
        or done.stderr == "error: cannot write /dev/full: No space left on device\n"
    )


@pytest.mark.parametrize(
    ("args", "known"),
    [
        (["recommend", "-o", "x.pdf"], ".html"),
        (["recommend", "-o", "x.yaml"], ".html"),
        (["report", "facts.yaml", "-o", "x.pdf"], ".html"),
        (["what-if", "--to", "lora", "-o", "x.md"], ".txt or .json"),
        (["rules", "lint", "-o", "x.html"], ".txt, .json or .sarif"),
        (["rules", "show", "-o", "x.json"], ".txt, .md or .markdown"),
    ],
    ids=" ".join,
)
def test_a_suffix_that_no_format_goes_with_is_refused_and_the_others_are_named(
    args: list[str], known: str, capsys: Capture
) -> None:
    Path("facts.yaml").write_text("task: label\n")
    line = refusal(capsys, *args)
    assert line.startswith("--output: error[unknown-suffix]")
    assert known in line
    assert [path.name for path in Path().iterdir()] == ["facts.yaml"]


def test_a_suffix_means_nothing_where_the_format_is_given(capsys: Capture) -> None:
    assert run(["recommend", "-o", "x.pdf", "--format", "json"]) == 0
    assert json.loads(Path("x.pdf").read_text())["plan"]


@pytest.mark.parametrize(
    ("args", "written"),
    [
        (["recommend", "-o", "a.md", "--save", "f.yaml"], ["f.yaml", "a.md"]),
        (["recommend", "--adr-dir", "records", "--title", "One"], ["records/0001-one.md"]),
        (["report", "facts.yaml", "-o", "a.html"], ["a.html"]),
        (["what-if", "--to", "lora", "-o", "a.json"], ["a.json"]),
        (["precedents", "hate", "-o", "a.csv"], ["a.csv"]),
        (["batch", "cases.jsonl", "-o", "plans.jsonl"], ["plans.jsonl"]),
        (["schema", "facts", "-o", "schema.json"], ["schema.json"]),
        (["rules", "lint", "-o", "a.txt"], ["a.txt"]),
        (["rules", "show", "-o", "a.md"], ["a.md"]),
    ],
    ids=lambda value: " ".join(value[:2]),
)
def test_what_was_written_is_named_on_stderr_and_written_over_only_when_told_to(
    args: list[str], written: list[str], capsys: Capture
) -> None:
    Path("facts.yaml").write_text("task: label\n")
    Path("cases.jsonl").write_text('{"id": 1, "facts": {}}\n')
    assert run(args) == 0
    assert tuple(capsys.readouterr()) == ("", "".join(f"Written: {name}\n" for name in written))
    if "--adr-dir" in args:
        return
    before = Path(written[-1]).read_text()
    Path(written[-1]).write_text("precious")
    assert "error[file-exists]" in refusal(capsys, *args)
    assert Path(written[-1]).read_text() == "precious"
    assert run([*args, "--force"]) == 0
    assert Path(written[-1]).read_text() == before


@posix
@pytest.mark.parametrize("before", [None, "old\n"], ids=["new file", "existing file"])
def test_a_disk_that_fills_up_leaves_no_half_written_file(before: str | None) -> None:
    if before:
        Path("advice.json").write_text(before)
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)); from"
        " adaptadvisor.__main__ import main; main()"
    )
    command = [
        sys.executable,
        "-B",
        "-c",
        code,
        "recommend",
        "--format",
        "json",
        "-o",
        "advice.json",
        "--force",
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, env=BARE, check=False, timeout=PATIENCE
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: cannot write advice.json: ")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in Path().iterdir()] == (["advice.json"] if before else [])
    assert not before or Path("advice.json").read_text() == before


@posix
@pytest.mark.parametrize(
    "args",
    [
        ["recommend"],
        pytest.param(["recommend", "--format", "json"], marks=pytest.mark.slow),
        pytest.param(["explain", "mlm"], marks=pytest.mark.slow),
        ["--help"],
    ],
    ids=" ".join,
)
def test_a_reader_that_has_seen_enough_is_no_error(args: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [*forked(), *args],
            stdout=writer,
            stderr=subprocess.PIPE,
            env=BARE,
            check=False,
            timeout=PATIENCE,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@posix
@pytest.mark.parametrize(
    ("redirection", "args"),
    [(">&-", ["recommend"]), ("<&-", ["recommend", "--facts", "-"]), ("<&-", ["batch", "-"])],
)
def test_a_closed_stream_is_not_called_a_bug(redirection: str, args: list[str]) -> None:
    done = shell(f'exec "$@" {redirection}', *args)
    assert done.returncode in (1, 2)
    assert "bug" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@posix
def test_an_error_never_goes_to_stdout_even_when_stderr_is_closed() -> None:
    done = shell('exec "$@" 2>&-', "recommend", "--task", "lable")
    assert (done.returncode, done.stdout) == (2, "")


@full_disk
def test_the_exit_code_survives_a_stderr_that_cannot_be_written() -> None:
    assert shell('exec "$@" 2> /dev/full', "recommend", "--task", "lable").returncode == 2


# ---- colour, width, locale ----


def test_there_is_no_colour_in_a_pipe() -> None:
    assert "\x1b" not in program("recommend").stdout


@pytest.mark.parametrize(
    ("env", "args", "coloured"),
    [
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, [], True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, [], False),
        ({"FORCE_COLOR": "1"}, ["--no-color"], False),
        ({"FORCE_COLOR": "1"}, ["--format", "json"], False),
        ({"FORCE_COLOR": ""}, [], False),
        ({}, [], False),
    ],
)
def test_force_color_colours_and_no_color_wins(
    env: dict[str, str],
    args: list[str],
    coloured: bool,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert run(["recommend", *args]) == 0
    assert ("\x1b[" in capsys.readouterr().out) == coloured


def test_colour_changes_nothing_but_colour(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["recommend", "--task", "answer"]) == 0
    plain = capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run(["recommend", "--task", "answer"]) == 0
    coloured = capsys.readouterr().out
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain


@pytest.mark.parametrize("columns", [None, 40, 80, 100])
@pytest.mark.parametrize(
    "args",
    [
        ["recommend"],
        ["recommend", *FINDINGS["open-needs"]],
        ["recommend", *FINDINGS["near-threshold"]],
        ["explain", "mlm"],
        ["explain", "examples"],
    ],
    ids=["nothing known", "open needs", "near a threshold", "topic", "fact"],
)
def test_no_line_is_wider_than_the_width_unless_one_word_is(
    args: list[str], columns: int | None, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    if columns:
        monkeypatch.setenv("COLUMNS", str(columns))
    assert run(args) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 5
    for line in lines:
        assert len(line) <= (columns or 80) or len(line.split()) == 1


@pytest.mark.parametrize("columns", ["0", "1", "-5", "wide", "100000"])
def test_an_odd_width_still_gives_the_plan(
    columns: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert run(["recommend"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Plan: prompt"
    assert max(map(len, lines)) < 200


@pytest.mark.parametrize(
    "encoding", ["ascii", pytest.param("latin-1:strict", marks=pytest.mark.slow)]
)
def test_a_locale_without_utf_8_works(encoding: str) -> None:
    env = {
        "LC_ALL": "C",
        "PYTHONIOENCODING": encoding,
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    done = program("recommend", "--task", "label", "--rules", str(RULES), **env)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Plan: ")
    bad = program("recommend", "--task", "caf\u00e9", **env)
    assert bad.returncode == 2
    assert bad.stderr.startswith('--task: error[unknown-choice]: "task" has no choice "caf')
    assert len(bad.stderr.splitlines()) == 1


def test_stdout_that_cannot_show_a_character_says_so_once_and_a_file_is_utf_8() -> None:
    env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    args = ["recommend", "--task", "label", "--title", "caf\u00e9 \u0416\u0416", "--format", "md"]
    done = program(*args, **env)
    assert done.returncode == 0
    assert "caf\\xe9 \\u0416\\u0416" in done.stdout
    assert done.stderr.startswith("note: stdout is ascii and cannot show every character")
    assert done.stderr.count("\n") == 1
    written = program(*args, "-o", "a.md", **env)
    assert (written.returncode, written.stderr) == (0, "Written: a.md\n")
    assert "caf\u00e9 \u0416\u0416" in Path("a.md").read_text(encoding="utf-8")


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="file names are bytes only on Linux"
)
def test_a_file_name_that_is_not_utf_8_can_be_missing_without_a_crash() -> None:
    done = shell('exec "$@" --facts "$(printf "caf\\351.yaml")"', "recommend")
    assert done.returncode == 2
    assert "error[missing-file]" in done.stderr
    assert len(done.stderr.splitlines()) == 1


# ---- a table of one's own ----


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped rules, to be changed."""
    return copied(tmp_path)


def append(path: Path, text: str) -> int:
    """Appends to a file and returns the number of the first new line."""
    before = path.read_text(encoding="utf-8").rstrip("\n") + "\n"
    path.write_text(before + text, encoding="utf-8")
    return before.count("\n") + 1


COLOUR = """- id: colour
  name: colour
  order: 900
  type: choice
  question: Which colour?
  why: It is asked for.
  find_out: Look.
  choices:
    - {value: red, means: Red.}
    - {value: blue, means: Blue.}
"""


def test_a_new_question_is_a_new_flag(rules: Path, capsys: Capture) -> None:
    append(rules / "questions.yaml", COLOUR)
    assert facts_of(capsys, "--rules", "rules", "--colour", "red") == {"colour": "red"}
    assert 'did you mean "blue"?' in refusal(
        capsys, "recommend", "--rules=rules", "--colour", "blu"
    )
    assert "colour" in refusal(capsys, "recommend", "--colour", "red")


@pytest.mark.parametrize("by", ["flag", "variable"])
@pytest.mark.parametrize(
    "args", [["recommend"], ["batch", "-"], ["explain", "mlm"]], ids=lambda args: args[0]
)
def test_a_broken_table_reports_every_problem_with_its_place(
    args: list[str], by: str, rules: Path
) -> None:
    question = append(
        rules / "questions.yaml",
        COLOUR.replace("order: 900", "order: soon").replace("type: choice", "type: chioce"),
    )
    odd = (
        "- {id: odd, name: n, fact: exampels, value: 3, kind: probe, means: nothing, colour: red}\n"
    )
    threshold = append(rules / "thresholds.yaml", odd)
    (rules / "needs.yaml").write_text("- id: [broken\n")
    (rules / "limts.yaml").write_text("[]\n")
    (rules / "sources.yaml").unlink()
    done = (
        in_process(*args, "--rules", "rules")
        if by == "flag"
        else in_process(*args, ADAPTADVISOR_RULES="rules")
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    for expected in (
        f"rules/questions.yaml:{question + 2}:10: error[",
        f"rules/questions.yaml:{question + 3}:9: error[unknown-choice]",
        f"rules/thresholds.yaml:{threshold}:{odd.index('exampels') + 1}: error[unknown-fact]",
        f"rules/thresholds.yaml:{threshold}:{odd.index('colour') + 1}: error[unknown-field]",
        "rules/needs.yaml:1:7: error[syntax]",
        "rules/limts.yaml: error[unknown-file]",
        "rules/sources.yaml: error[missing-file]",
    ):
        assert sum(line.startswith(expected) for line in lines) == 1, (expected, lines[:10])


@pytest.mark.parametrize(
    "args", [["recommend"], ["batch", "-"], ["explain", "mlm"]], ids=lambda args: args[0]
)
def test_a_folder_of_rules_that_is_not_there_is_one_line(args: list[str], capsys: Capture) -> None:
    assert (
        refusal(capsys, *args, "--rules", "nowhere")
        == "nowhere: error[missing-table]: no rule table here: no such folder of rules; "
        "`adaptadvisor rules init DIR` makes one"
    )


@pytest.mark.parametrize(
    "args",
    [
        ["--rules", "rules", "recommend", "--colour", "red"],
        ["--rules=rules", "recommend", "--colour", "red"],
        ["recommend", "--colour", "red", "--rules", "rules"],
        ["--rules", "nowhere", "recommend", "--colour", "red", "--rules", "rules"],
    ],
    ids=["before", "before with =", "after", "after wins over before"],
)
def test_rules_may_come_before_the_command_or_after_it(
    args: list[str], rules: Path, capsys: Capture
) -> None:
    append(rules / "questions.yaml", COLOUR)
    assert run([*args, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["facts"] == {"colour": "red"}


def test_rules_before_the_command_win_over_the_variable(
    rules: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(rules / "questions.yaml", COLOUR)
    monkeypatch.setenv("ADAPTADVISOR_RULES", "nowhere")
    assert run(["--rules", "rules", "explain", "colour"]) == 0
    assert "Which colour?" in capsys.readouterr().out
    assert "nowhere" in refusal(capsys, "explain", "colour")


def test_the_flag_wins_over_the_variable(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADAPTADVISOR_RULES", "nowhere")
    assert facts_of(capsys, "--rules", str(RULES), "--task", "label") == {"task": "label"}
    assert "nowhere" in refusal(capsys, "recommend", "--task", "label")


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["nope"], ["ask", "recommend", "precedents", "explain", "rules"]),
        (["help", "nope"], ["ask", "recommend", "explain WORD", "rules"]),
        (["rules", "nope"], ["lint", "prove", "init"]),
        (["explain", ""], ["adaptadvisor explain rag"]),
        (["explain", " "], ["adaptadvisor explain rag"]),
    ],
)
def test_where_nothing_is_near_what_there_is_to_type_is_named(
    args: list[str], named: list[str], capsys: Capture
) -> None:
    line = refusal(capsys, *args)
    assert all(word in line for word in named)
