"""A table of one's own: it is valid from the first minute, and every example in it is valid once it
is uncommented.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import yaml
from conftest import RULES

from adaptadvisor.advice.advise import check_facts
from adaptadvisor.advice.rules_schema import FILE, schema_line
from adaptadvisor.authoring.starter import create, starter
from adaptadvisor.engine.decide import Engine
from adaptadvisor.errors import BadInput
from adaptadvisor.reading.tables import load_table, read_table
from adaptadvisor.table.conditions import holds
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.plans import members
from adaptadvisor.table.rows import Table

FILES = {
    "schema.json",
    "table.yaml",
    "questions.yaml",
    "limits.yaml",
    "needs.yaml",
    "checks.yaml",
    "thresholds.yaml",
    "sources.yaml",
    "precedents.yaml",
    "tests/house.yaml",
}


@pytest.fixture
def house(tmp_path):
    create(tmp_path / "house")
    return tmp_path / "house"


def _uncomment(folder, *names):
    """As the files say: one hash and one blank are taken away from lines with one hash, but for the
    first.
    """
    for name in {*names} - {FILE}:
        path = folder / name
        first, rest = path.read_text().split("\n", 1)
        path.write_text(first + "\n" + re.sub(r"(?m)^# ", "", rest))


def _cases_hold(folder, table: Table) -> int:
    cases = yaml.safe_load((folder / "tests/house.yaml").read_text())
    for case in cases:
        assert case.keys() == {"id", "why", "facts", "plan"}
        assert (
            list(members(Engine(table).decide(check_facts(table, case["facts"])).plan))
            == case["plan"]
        ), case["id"]
    return len(cases)


def test_a_new_table_is_the_shipped_one_with_a_version_of_its_own(house, table):
    new = load_table(house)
    assert new.version == "0.1.0"
    assert replace(new, digest="", version="") == replace(table, digest="", version="")
    assert _cases_hold(house, new) == 1


def test_the_files_are_made_with_the_folders_above_them_and_named(tmp_path):
    made = create(tmp_path / "a/b/house")
    assert (
        {str(path.relative_to(tmp_path / "a/b/house")) for path in made} == FILES == set(starter())
    )
    assert all(
        path.read_text() == starter()[str(path.relative_to(tmp_path / "a/b/house"))]
        for path in made
    )
    assert create(tmp_path / "a")  # a folder with other folders in it is empty enough


def test_every_file_is_yaml_and_names_its_schema_to_editors_in_its_first_line():
    files = dict(starter())
    assert files.pop(FILE) == (RULES / FILE).read_text()
    for name, text in files.items():
        yaml.safe_load(text)
        folder, _, file = name.rpartition("/")
        line = schema_line(folder or file.removesuffix(".yaml"), folder="../" if folder else "")
        assert text.startswith(f"{line}\n## ")
        assert text.endswith("\n")
        assert all(len(line) <= 100 and line == line.rstrip() for line in text.splitlines())
        assert len(set(re.findall(r"(?m)^- id: (.*)$", text))) == text.count("\n- id: ")


def test_all_examples_uncommented_are_a_valid_table(house):
    _uncomment(house, *FILES)
    loaded = read_table(house)
    assert {"house-no-hosted-tuning"} <= set(loaded.table.limits)
    assert "provider-tuning-only" not in loaded.table.limits
    assert loaded.table.thresholds["labels-enough"].value == 300
    assert loaded.table.review_after_days == 180
    assert set(loaded.changed) == {"no-gpu", "outside-knowledge", "labels-enough"}
    assert set(loaded.off) == {"provider-tuning-only"}
    assert _cases_hold(house, loaded.table) == 2


@pytest.mark.parametrize(
    "name",
    [
        "table.yaml",
        "questions.yaml",
        "limits.yaml",
        "needs.yaml",
        "thresholds.yaml",
        "sources.yaml",
        "precedents.yaml",
    ],
)
def test_the_examples_of_one_file_are_valid_with_the_source_that_they_name(house, table, name):
    _uncomment(house, *{name, "sources.yaml"})
    assert load_table(house).digest != table.digest


def test_every_row_of_the_examples_fires_and_stays_quiet_as_it_says(house):
    _uncomment(house, *FILES)
    table = load_table(house)
    for row in (table.limits["house-no-hosted-tuning"], table.needs["house-sources-for-decisions"]):
        assert row.examples.fires
        assert row.examples.quiet
        assert all(holds(row.when, with_derived(facts)) is True for facts in row.examples.fires)
        assert all(holds(row.when, with_derived(facts)) is not True for facts in row.examples.quiet)


def test_every_field_of_the_examples_is_explained():
    lines = "".join(starter().values()).splitlines()
    prose = " ".join(line for line in lines if line.lstrip().startswith("##"))
    fields = {
        match[1] for line in lines if (match := re.match(r"(?:# )? *(?:- )?([a-z_]+):", line))
    }
    assert {
        "id",
        "when",
        "met_by",
        "provided",
        "override",
        "off",
        "value",
        "finding",
        "plan",
    } <= fields
    assert {field for field in fields if not re.search(rf"\b{field}\b", prose)} == set()


def test_nothing_is_written_over_and_nothing_into_a_folder_with_yaml(house, tmp_path):
    before = {path: path.read_text() for path in house.rglob("*.yaml")}
    for folder in (house, house / "tests", tmp_path / "house/table.yaml"):
        with pytest.raises(BadInput) as caught:
            create(folder)
        assert [problem.code for problem in caught.value.problems] == ["file-exists"]
    assert {path: path.read_text() for path in house.rglob("*.yaml")} == before
    cases_only = tmp_path / "cases-only"
    (cases_only / "tests").mkdir(parents=True)
    (cases_only / "tests/mine.yml").write_text("[]\n")
    with pytest.raises(BadInput, match="file-exists"):
        create(cases_only)


def test_a_file_of_comments_holds_no_rows_in_a_table_that_extends_another_and_is_a_mistake_in_a_base(
    house, tmp_path
):
    (house / "topics.yaml").write_text("# later\n")
    (house / "checks.yaml").write_text("")
    assert load_table(house)
    (house / "needs.yaml").write_text("- [\n")
    with pytest.raises(BadInput, match="syntax"):
        load_table(house)
    base = tmp_path / "base"
    base.mkdir()
    for path in RULES.glob("*.yaml"):
        (base / path.name).write_text(path.read_text())
    (base / "limits.yaml").write_text("# nothing yet\n")
    with pytest.raises(BadInput) as caught:
        load_table(base)
    assert "empty" in {problem.code for problem in caught.value.problems}
