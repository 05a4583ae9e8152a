"""A folder of rules at a git revision is the folder as it was, with the tables that it extends."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import RULES

from adaptadvisor.errors import BadInput
from adaptadvisor.reading.revisions import table_at
from adaptadvisor.reading.shipped import shipped_rules
from adaptadvisor.reading.tables import load_table


def _git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Two revisions of a table of one's own, and of one that extends it: a threshold is 300 first
    and 400 now.
    """
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    top = tmp_path / "work"
    for folder, base in (("rules/house", "shipped"), ("rules/team", "../house")):
        (top / folder).mkdir(parents=True)
        (top / folder / "table.yaml").write_text(f"version: 0.1.0\nextends: {base}\n")
    line = top / "rules/house/thresholds.yaml"
    (top / "rules/house/tests").mkdir()
    (top / "rules/house/tests/house.yaml").write_text("[]\n")
    _git(tmp_path, "init", "-q", "work")
    for value in (300, 400):
        line.write_text(f"- id: labels-enough\n  override: true\n  value: {value}\n")
        _git(top, "add", "-A")
        _git(top, "commit", "-q", "-m", str(value))
    return top


def _value(folder: Path) -> float:
    return load_table(folder).thresholds["labels-enough"].value


def _code(argument: str, beside: Path) -> str:
    with pytest.raises(BadInput) as caught, table_at(argument, beside):
        pass
    (problem,) = caught.value.problems
    return problem.code


def test_a_folder_is_that_folder_and_shipped_the_shipped_one(tmp_path):
    with table_at(str(RULES), tmp_path / "nowhere") as folder:
        assert folder == RULES
    with table_at("shipped", tmp_path / "nowhere") as folder:
        assert folder == shipped_rules()


def test_a_revision_is_the_folder_as_it_was_and_is_gone_afterwards(repository):
    with table_at("HEAD~1", repository / "rules/house") as folder:
        assert _value(folder) == 300
        assert sorted(path.name for path in folder.iterdir()) == [
            "table.yaml",
            "tests",
            "thresholds.yaml",
        ]
        assert (folder / "tests/house.yaml").read_text() == "[]\n"
    assert not folder.exists()
    with table_at("HEAD", repository / "rules/house") as folder:
        assert _value(folder) == 400


def test_what_is_not_committed_does_not_count(repository):
    (repository / "rules/house/thresholds.yaml").write_text("- nonsense\n")
    with table_at("HEAD", repository / "rules/house") as folder:
        assert _value(folder) == 400


def test_a_table_that_extends_another_one_of_the_repository_gets_that_one_of_the_same_revision(
    repository,
):
    with table_at("HEAD~1", repository / "rules/team") as folder:
        assert _value(folder) == 300
    (repository / "rules/team/table.yaml").write_text("version: 0.1.0\nextends: ../team\n")
    _git(repository, "commit", "-qam", "round")
    with (
        table_at("HEAD", repository / "rules/team") as folder,
        pytest.raises(BadInput, match="endless-extends"),
    ):
        load_table(folder)


def test_rules_at_the_top_of_a_repository_work_too(tmp_path, repository):
    top = Path(shutil.copytree(repository / "rules/house", tmp_path / "alone"))
    _git(tmp_path, "init", "-q", "alone")
    _git(top, "add", "-A")
    _git(top, "commit", "-qm", "all")
    with table_at("HEAD", top) as folder:
        assert _value(folder) == 400


def test_a_relative_folder_is_looked_for_from_where_one_is(repository, monkeypatch):
    monkeypatch.chdir(repository / "rules")
    with table_at("HEAD~1", Path("house")) as folder:
        assert _value(folder) == 300


def test_the_variables_of_a_running_hook_do_not_lead_elsewhere(repository, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    with table_at("HEAD~1", repository / "rules/house") as folder:
        assert _value(folder) == 300


def test_what_is_no_table_is_said_to_be_none(repository, tmp_path, monkeypatch):
    house = repository / "rules/house"
    assert _code("v9", house) == "unknown-revision"
    assert _code("--all", house) == "unknown-revision"
    assert _code("", house) == "unknown-revision"
    assert _code("HEAD:rules", house) == "unknown-revision"
    assert _code("HEAD", tmp_path / "nowhere") == "missing-table"
    assert _code("HEAD", tmp_path) == "no-repository"
    late = repository / "rules/late"
    late.mkdir()
    assert _code("HEAD", late) == "missing-table"
    (repository / "rules/team/table.yaml").write_text(
        "version: 0.1.0\nextends: ../../../elsewhere\n"
    )
    _git(repository, "commit", "-qam", "outside")
    assert _code("HEAD", repository / "rules/team") == "outside-folder"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _code("HEAD", house) == "no-git"
