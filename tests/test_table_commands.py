"""The `rules` commands as somebody types them: what they print, where they write, and how they end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import ROOT, RULES

from adaptadvisor.authoring import prove
from adaptadvisor.cli.main import run

SOURCE = """- id: our-policy
  title: Our policy
  year: 2026
  venue: internal
  address: https://intranet.example/policy
  finding: Personal data stay in our own network.
  strength: strong
  checked: source
"""
LIMIT = """- id: no-hosted-tuning
  name: no hosted tuning
  order: 5
  limit: personal data may not go to a provider that tunes
  rules_out: [lora, full]
  when: {sensitive_data: true, model_access: api_tuning}
  because: our policy keeps personal data in our own network
  lifted_by: an exception
  misleads_when: the provider tunes in our own network
  reviewed: 2026-11-24
  sources: [our-policy]
  examples:
    fires: [{sensitive_data: true, model_access: api_tuning}]
    quiet: [{sensitive_data: true, model_access: weights}]
"""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module", autouse=True)
def _each_content_is_proven_once():
    """What a proof says depends on the content of a table alone; most of these tests have one."""
    really, known = prove.prove, {}

    def once(table, told):
        if table.digest not in known:
            known[table.digest] = really(table, told)
        return known[table.digest]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prove, "prove", once)
        yield


@pytest.fixture
def house():
    """A table of one's own with a rule in it."""
    assert run(["rules", "init", "house"]) == 0
    for file, text in (("sources", SOURCE), ("limits", LIMIT)):
        with (Path("house") / f"{file}.yaml").open("a") as handle:
            handle.write(text)
    return "house"


def printed(capsys, *words, code=0):
    assert run(["rules", *words]) == code
    return capsys.readouterr()


def test_a_table_of_ones_own_is_begun_looked_at_proven_tested_and_compared(house, capsys):
    capsys.readouterr()
    assert printed(capsys, "lint", house).out == "No problems.\n"
    assert "Findings: none" in printed(capsys, "prove", house).out
    assert "3 tests, 0 failed; rows 1/1, branches 1/1" in printed(capsys, "test", house).out
    shown = printed(capsys, "diff", "shipped", house, "--sample", "3000").out
    assert "no-hosted-tuning" in shown
    assert "sample" in shown
    assert "no-hosted-tuning" in printed(capsys, "show", house).out
    assert (
        run(
            [
                "recommend",
                "--rules",
                house,
                "--task",
                "write",
                "--behaviour-shift",
                "strong",
                "--sensitive-data",
                "--model-access",
                "api_tuning",
                "--show",
                "why",
            ]
        )
        == 0
    )
    assert "our policy keeps personal data in our own network" in " ".join(
        capsys.readouterr().out.split()
    )


@pytest.mark.parametrize(
    "before", [[], ["--rules", "house"], ["--rules=house"]], ids=["after", "before", "before="]
)
def test_the_table_is_named_by_a_folder_a_flag_or_the_environment(
    house, before, capsys, monkeypatch
):
    capsys.readouterr()
    after = [] if before else ["--rules", house]
    assert run([*before, "rules", "show", *after, "--format", "md"]) == 0
    assert "no-hosted-tuning" in capsys.readouterr().out
    monkeypatch.setenv("ADAPTADVISOR_RULES", house)
    assert "no-hosted-tuning" in printed(capsys, "show").out
    assert "no-hosted-tuning" not in printed(capsys, "show", str(RULES)).out


def test_the_shipped_table_passes_its_own_checks(capsys):
    assert printed(capsys, "lint").out == "No problems.\n"
    assert "0 failed" in printed(capsys, "test").out
    assert "Findings: none" in printed(capsys, "prove").out
    assert "no advice can change" in printed(capsys, "diff", "shipped", str(RULES)).out.lower()


def test_lint_lists_what_is_wrong_with_its_place_and_ends_with_three(house, capsys):
    with Path("house/limits.yaml").open("a") as handle:
        handle.write(
            LIMIT.replace("no-hosted-tuning", "another").replace(
                "model_access: api_tuning}\n  because", "model_acces: api}\n  because"
            )
        )
    seen = printed(capsys, "lint", house, code=3)
    assert "house/limits.yaml:" in seen.out
    assert (
        'error[unknown-fact]: there is no fact "model_acces"; did you mean "model_access"?'
        in seen.out
    )
    assert seen.err == "findings: 1 problem\n"
    data = json.loads(printed(capsys, "lint", house, "--format", "json", code=3).out)
    assert [(problem["code"], problem["file"]) for problem in data["problems"]] == [
        ("unknown-fact", "house/limits.yaml")
    ]
    for command in ("prove", "test", "show"):
        assert "unknown-fact" in printed(capsys, command, house, code=2).err, (
            "a table that cannot be read is bad input to the others"
        )


def test_rows_are_due_for_review_as_of_a_day(house, capsys):
    assert "due-for-review" in printed(capsys, "lint", house, "--date", "2028-01-01", code=3).out
    assert "no-hosted-tuning" in printed(capsys, "lint", house, "--date", "2028-01-01", code=3).out


def test_prove_ends_with_three_and_a_situation_to_paste(house, capsys):
    with Path("house/needs.yaml").open("a") as handle:
        handle.write("- {id: do-the-task, off: true}\n")
    seen = printed(capsys, "prove", house, code=3)
    assert "error[no-need-counts]" in seen.out
    assert "for one: {}" in seen.out
    data = json.loads(printed(capsys, "prove", house, "--format", "json", code=3).out)
    assert data["schema"] == "adaptadvisor/proof/1"
    assert ["no-need-counts", {}] in [
        [finding["code"], finding["witness"]] for finding in data["findings"]
    ]


def test_test_ends_with_three_names_what_failed_and_writes_junit(house, capsys):
    with Path("house/tests/house.yaml").open("a") as handle:
        handle.write("- {id: wrong, why: it is wrong, facts: {task: label}, plan: [full]}\n")
    seen = printed(capsys, "test", house, "--junit", "out.xml", code=3)
    assert "house/tests/house.yaml" in seen.out
    assert "1 failed" in seen.out
    assert seen.err.startswith("Written: out.xml\nfindings: 1 failed")
    assert ET.parse("out.xml").getroot().attrib["failures"] == "1"
    assert "error[file-exists]" in printed(capsys, "test", house, "--junit", "out.xml", code=2).err
    assert (
        json.loads(printed(capsys, "test", house, "--format", "json", code=3).out)["failed"][0][
            "id"
        ]
        == "wrong"
    )


def test_show_writes_the_page_that_lies_beside_the_shipped_rules(capsys):
    assert printed(capsys, "show", "--format", "md", "-o", "page.md").out == ""
    assert Path("page.md").read_text() == (RULES / "README.md").read_text()
    assert (
        "error[file-exists]"
        in printed(capsys, "show", "--format", "md", "-o", "page.md", code=2).err
    )


def test_diff_takes_a_git_revision_and_says_what_is_none(capsys):
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("needs the repository and git")
    assert (
        "no advice can change"
        in printed(capsys, "diff", "shipped", str(RULES), "--sample", "10").out.lower()
    )
    assert "error[" in printed(capsys, "diff", "no-such-revision", str(RULES), code=2).err
    assert (
        "error[not-a-number]"
        in printed(capsys, "diff", "shipped", "shipped", "--sample", "many", code=2).err
    )


def test_a_table_is_never_begun_over_another(house, capsys):
    assert "error[file-exists]" in printed(capsys, "init", house, code=2).err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["lnt"],
        ["lint", "nowhere"],
        ["prove", "nowhere"],
        ["test", "nowhere"],
        ["diff", "shipped"],
        ["init"],
    ],
)
def test_bad_use_ends_with_two_and_one_line_that_says_why(words, capsys):
    assert run(["rules", *words]) == 2
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    assert err.strip()


@pytest.mark.parametrize("command", ["lint", "prove", "test", "show"])
def test_it_makes_no_difference_where_the_folder_stands(house, command, capsys, monkeypatch):
    capsys.readouterr()
    first = printed(capsys, command, house, "--plain").out
    assert printed(capsys, command, "--plain", house).out == first
    monkeypatch.setenv("ADAPTADVISOR_RULES", house)
    assert printed(capsys, command, "--plain").out == first


def test_every_command_explains_itself(capsys):
    for command in ("lint", "prove", "test", "show", "diff", "init"):
        assert "--help" in printed(capsys, command, "--help").out
