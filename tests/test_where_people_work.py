"""The GitHub Action, the pre-commit hooks, the pictures and promises of the README, schema ids."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from conftest import BARE, ROOT, forked, in_process

from adaptadvisor.advice.schema import DOCUMENTS
from adaptadvisor.cli.options import PORTFOLIO_FAIL_ON

sys.path.insert(0, str(ROOT / "tests" / "bench"))
import pictures

README = (ROOT / "README.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEP = ACTION["runs"]["steps"][-1]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


@pytest.fixture
def team(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    (tmp_path / "house" / "limits.yaml").write_text("- {id: no-gpu, of: true}\n")
    (tmp_path / "cases.jsonl").write_text('{"id": 1, "facts": {"task": "label"}}\n')
    return tmp_path


def acted(
    folder: Path, *, installed: bool = False, **inputs: str
) -> subprocess.CompletedProcess[str]:
    """What the action does with these inputs, once it is installed; with a script of ours in place of
    the installed one unless told otherwise.
    """
    given = {name: about["default"] for name, about in ACTION["inputs"].items()} | inputs
    wanted = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in STEP["env"].items()
    }
    script = folder / "bin" / "adaptadvisor"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f'#!/bin/sh\nexec {shlex.join(forked())} "$@"\n')
    script.chmod(0o755)
    place = Path(sys.executable).parent if installed else script.parent
    path = f"{place}{os.pathsep}{BARE['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
        cwd=folder,
        env=BARE | wanted | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not (Path(sys.executable).parent / "adaptadvisor").exists(), reason="no script")
def test_the_action_notes_mistakes_on_their_lines_and_still_advises(team):
    rest = {
        "test": "false",
        "sarif": "found.sarif",
        "cases": "cases.jsonl",
        "output": "plans.jsonl",
    }
    done = acted(team, installed=True, rules="house", **rest)
    assert done.returncode == 2
    assert "::error file=house/limits.yaml,line=1,col=16,title=adaptadvisor" in done.stdout
    assert json.loads((team / "found.sarif").read_text())["runs"][0]["results"]
    assert not (team / "plans.jsonl").exists()  # of a table that cannot be read there is no advice
    (team / "house" / "limits.yaml").unlink()
    (team / "house; touch hacked").mkdir()
    done = acted(team, rules="house", **rest)
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((team / "plans.jsonl").read_text())["plan"] == ["prompt"]
    assert acted(team, rules="house; touch hacked", test="false").returncode
    assert not (team / "hacked").exists()


def test_no_input_of_the_action_is_text_of_its_script():
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(ACTION["runs"])))
    assert used == set(ACTION["inputs"])


def test_the_hooks_run_commands_that_there_are(team):
    (team / "adaptadvisor.toml").write_text('rules = "house"\n')
    assert [hook["id"] for hook in HOOKS] == ["adaptadvisor-rules-lint", "adaptadvisor-rules-test"]
    for hook in HOOKS:
        _, *command = shlex.split(hook["entry"])
        done = in_process(*command)
        assert done.returncode in (2, 3)
        assert "house/limits.yaml:1:16" in done.stdout + done.stderr


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


@pytest.mark.skipif(os.name != "posix", reason="a script for a shell")
def test_the_workflow_of_the_readme_stops_at_changed_advice_and_not_at_a_new_case(team):
    workflow = yaml.safe_load(blocks("yaml")[0])
    assert workflow["permissions"] == {"contents": "read", "security-events": "write"}
    steps = workflow["jobs"]["advice"]["steps"]
    (ours,) = [step["with"] for step in steps if "adaptadvisor@" in step["uses"]]
    assert ours.keys() <= ACTION["inputs"].keys()
    sarif, plans = (step["with"] for step in steps[2:])
    assert (sarif["sarif_file"], plans["path"]) == (ours["sarif"], ours["output"])
    (team / "house" / "limits.yaml").unlink()
    known = "task,prompt_result,judgement,examples\n", "label,far,surface,5k\n"
    sheet = f"id,{known[0]}a,{known[1]}"
    (team / "cases.csv").write_text(sheet)
    words = ("batch", "cases.csv", "--rules", "house", "-o", ours["against"])
    assert in_process(*words).returncode == 0
    gate = ours | {"fail-on": "changed", "test": "false"}
    (team / "cases.csv").write_text(f"{sheet}new,{known[1]}")
    done = acted(team, **gate)
    assert (done.returncode, done.stderr.splitlines()[-2:]) == (
        0,
        ["Written: plans.new.jsonl", "since the last run: 0 changed, 1 added, 0 gone"],
    )
    (team / "cases.csv").write_text(sheet.replace("label", "answer"))
    done = acted(team, **gate)
    assert done.returncode == 3
    assert "findings: changed in 1 of 1 case\n" in done.stderr
    assert (team / ours["output"]).exists()
    assert (team / ours["sarif"]).exists()
    gate = ours | {"test": "false", "lint": "false", "sarif": ""}
    assert acted(team, **gate).returncode == 3
    assert acted(team, **gate | {"fail-on": "* changed"}).returncode == 2


def test_the_pre_commit_block_of_the_readme_names_hooks_that_there_are():
    (repository,) = yaml.safe_load(blocks("yaml")[1])["repos"]
    assert repository["repo"]
    assert repository["rev"]
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in HOOKS]


def test_the_readme_says_what_each_gate_means_and_names_no_other():
    part = README[README.index("| `--fail-on` |") : README.index("**Ask what another plan")]
    named = re.findall(r"^\| (`.*?`) \|", part, re.MULTILINE)[1:]
    assert {word for row in named for word in re.findall(r"[\w-]+", row)} == {*PORTFOLIO_FAIL_ON}


def test_the_sample_report_is_what_the_program_says():
    done = in_process("recommend", *pictures.SAMPLE_WORDS, "--format", "md")
    assert done.stdout == pictures.SAMPLE.read_text(encoding="utf-8"), "run tests/bench/pictures.py"


def test_the_screenshot_asks_for_nothing_from_elsewhere_and_shows_the_command():
    svg = pictures.PICTURE.read_text(encoding="utf-8")
    assert not re.findall(r"@import|url\(\s*['\"]?http|(?:href|src)=", svg)
    assert pictures.SITUATION in " ".join(ET.fromstring(svg).itertext()).replace("\xa0", " ")


def test_the_readme_shows_defaults_that_can_be_used(team):
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (team / "adaptadvisor.toml").write_text(example)
    (team / "house" / "limits.yaml").unlink()
    done = in_process("recommend", "--format", "json")
    found = tomllib.loads(example)["facts"]
    assert json.loads(done.stdout)["facts"] == found


def test_the_readme_tells_five_readers_a_command_that_there_is():
    table = README[README.index("## Where to begin") : README.index("## Ten uses")]
    rows = [row for row in table.splitlines() if row.startswith("| a")]
    assert len(rows) == 5
    for row in rows:
        (begin,) = re.findall(r"\| `adaptadvisor ([\w-]+(?: init)?)", row)
        assert in_process(*begin.split(), "--help").returncode == 0


def test_every_schema_has_an_id_of_its_own_with_a_version(table):
    ids = [make(table)["$id"] for make in DOCUMENTS.values()]
    assert len(set(ids)) == len(ids)
    for name, id in zip(DOCUMENTS, ids, strict=True):
        assert re.fullmatch(rf"adaptadvisor/{name}/\d+", id)
