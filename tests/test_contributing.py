"""Whoever follows CONTRIBUTING.md gets what it promises."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, RULES, forked

from adaptadvisor.advice.advise import check_facts
from adaptadvisor.authoring.diff import NO_ADVICE_CAN_CHANGE, diff
from adaptadvisor.authoring.prove import prove
from adaptadvisor.authoring.starter import create
from adaptadvisor.authoring.test import verify
from adaptadvisor.engine.decide import Engine
from adaptadvisor.reading.cases import read_cases
from adaptadvisor.reading.tables import load_table, read_table
from adaptadvisor.table.conditions import holds
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.plans import members

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"`([\w/.-]+\.yaml)`[^`]*?\n\n```yaml\n(.*?)```", PAGE, re.DOTALL)
"""The YAML of the page, each with the file that it belongs to."""

COMMANDS = re.findall(r"```console\n\$ (.+?)\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder in which everything was done that the page says."""
    folder = tmp_path_factory.mktemp("place")
    create(folder / "house")
    (folder / "rules").mkdir()
    (folder / "rules/precedents").mkdir()
    for path in (*RULES.glob("*.yaml"), *RULES.glob("precedents/*.yaml")):
        (folder / "rules" / path.relative_to(RULES)).write_text(
            path.read_text(encoding="utf-8"), encoding="utf-8"
        )
    for name, block in BLOCKS:
        with (folder / name).open("a", encoding="utf-8") as handle:
            handle.write(f"\n{block}")
    return folder


def test_every_block_of_yaml_says_where_it_belongs():
    assert len(BLOCKS) == PAGE.count("```yaml")
    assert [name for name, _ in BLOCKS] == [
        "house/limits.yaml",
        "house/sources.yaml",
        "house/tests/house.yaml",
        "house/thresholds.yaml",
        "house/tests/house.yaml",
        "rules/checks.yaml",
        "house/precedents.yaml",
    ]


def test_the_house_rule_works_and_its_examples_are_true(place):
    table = load_table(place / "house")
    row = table.limits["no-hosted-tuning-of-sensitive-data"]
    assert all(holds(row.when, with_derived(facts)) is True for facts in row.examples.fires)
    assert all(holds(row.when, with_derived(facts)) is not True for facts in row.examples.quiet)
    assert table.thresholds["labels-enough"].value == 300


def test_the_cases_of_the_house_hold_and_the_new_one_did_not_before(place, table, engine):
    new = Engine(load_table(place / "house"))
    cases = yaml.safe_load((place / "house/tests/house.yaml").read_text(encoding="utf-8"))
    decided = {
        case["id"]: [
            list(members(which.decide(check_facts(table, case["facts"])).plan))
            for which in (engine, new)
        ]
        for case in cases
    }
    assert all(decided[case["id"]][1] == case["plan"] for case in cases)
    assert decided["sensitive-style-without-the-provider"] == [["lora"], ["prompt"]]


def test_the_table_of_the_page_passes_its_own_checks(place):
    loaded = read_table(place / "house")
    found = verify(loaded, read_cases(place / "house", loaded.table))
    assert found.clean, (found.failed, found.gaps)
    assert not prove(loaded.table).findings


def test_the_difference_to_the_shipped_table_names_the_rule_and_whom_it_changes(place, table):
    found = diff(table, load_table(place / "house"), {}, sample=2_000)
    assert found.sample.differing
    added = {section.section: section.added for section in found.sections if section.added}
    assert added == {
        "limits": ("no-hosted-tuning-of-sensitive-data",),
        "sources": ("our-data-policy",),
        "precedents": ("our-invoice-fields",),
    }


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=["shipped", "house", "found"])
def test_a_command_prints_what_stands_there(place, command, shown):
    line = re.sub(r"^adaptadvisor ", lambda _: f"{shlex.join(forked())} ", command)
    result = subprocess.run(
        ["bash", "-c", line], cwd=place, capture_output=True, text=True, check=False
    )
    assert result.stdout == shown


def test_the_row_for_the_shipped_table_is_valid_and_changes_no_plan(place, table):
    new = load_table(place / "rules")
    row = new.checks["stale-cache"]
    assert all(holds(row.when, with_derived(facts)) is True for facts in row.examples.fires)
    assert all(holds(row.when, with_derived(facts)) is not True for facts in row.examples.quiet)
    found = diff(table, new, {})
    assert found.verdict == NO_ADVICE_CAN_CHANGE
    assert [(section.section, section.added) for section in found.sections if section.added] == [
        ("checks", ("stale-cache",))
    ]


def test_the_links_of_the_page_lead_somewhere():
    headings = {
        re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-")
        for heading in re.findall(r"(?m)^#+ (.+)$", PAGE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert target[1:] in headings if target.startswith("#") else (ROOT / target).exists(), (
            target
        )


def test_the_commands_of_the_code_are_those_that_are_run_elsewhere():
    assert "pip install --quiet --editable '.[dev]'" in (ROOT / "README.md").read_text(
        encoding="utf-8"
    )
    runner = (ROOT / ".ci/run").read_text(encoding="utf-8") if (ROOT / ".ci/run").exists() else ""
    for tool in ("ruff check .", "ruff format --check .", "mypy", "lint-imports"):
        assert tool in PAGE
        assert tool in runner or not runner
