"""The package as it is installed: the rules are inside, found from a foreign folder, and start-up
stays light. Building the wheel is slow.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, RULES

from adaptadvisor.authoring.starter import starter
from adaptadvisor.reading import shipped


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the sdist, as a release would be."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def _run(folder: Path, code: str, cwd: Path) -> str:
    """Runs code in an isolated child in a foreign folder, with the unpacked wheel first on the
    path.
    """
    script = f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"
    result = subprocess.run(
        [sys.executable, "-I", "-c", script], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_the_wheel_advises_in_a_foreign_folder_from_the_rules_inside_it(unpacked, tmp_path):
    code = (
        "import adaptadvisor, json\nfrom adaptadvisor import advise, load_table\nfrom adaptadvisor.reading import shipped\nadvice ="
        " advise(load_table(), {'task': 'label', 'examples': 1200, 'classes':"
        " 12})\nprint(json.dumps([adaptadvisor.__file__, str(shipped.shipped_rules()),"
        " list(advice.plan), advice.table.digest]))\n"
    )
    file, rules, plan, digest = json.loads(_run(unpacked, code, tmp_path))
    assert Path(file).is_relative_to(unpacked)
    assert Path(rules).is_relative_to(unpacked)
    assert plan == ["task_head"]
    assert digest == shipped._parsed(RULES).digest


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_rules_and_nothing_else(unpacked):
    inside = _files(unpacked / "adaptadvisor" / "rules")
    assert inside == _files(RULES)
    assert "tests/published.yaml" in inside
    assert not (unpacked / "rules").exists()


@pytest.mark.slow
def test_a_table_of_ones_own_can_be_begun_from_the_wheel(unpacked, tmp_path):
    code = "from adaptadvisor.cli.main import run\nassert run(['rules', 'init', 'house']) == 0\n"
    _run(unpacked, code, tmp_path)
    assert _files(tmp_path / "house") == {name: text.encode() for name, text in starter().items()}


@pytest.mark.slow
def test_a_folder_to_start_from_can_be_written_from_the_wheel(unpacked, tmp_path):
    code = (
        "from adaptadvisor.cli.main import run\n"
        "assert run(['start', 'mine', '--task', 'label', '--plan', 'rag+lora']) == 0\n"
    )
    _run(unpacked, code, tmp_path)
    assert {"README.md", "rag/answer.py", "lora/train.py"} <= _files(tmp_path / "mine").keys()


@pytest.mark.slow
def test_a_wheel_carries_the_table_ready_to_use_and_reads_the_yaml_where_that_does_not_fit(
    unpacked, tmp_path
):
    code = """
from adaptadvisor.reading import shipped
folder, file = shipped.shipped_rules(), shipped.PICKLED
fast, slow = shipped._unpickled(folder), shipped._parsed(folder)
assert fast == slow and fast is not slow
whole = file.read_bytes()
for data in (whole[:-1], whole[:20], whole[:5], b"", whole[:500] + b"!" + whole[501:]):
    file.write_bytes(data)
    assert shipped._unpickled(folder) is None
    assert shipped.load_table() == slow
file.unlink()
assert shipped.load_table() == slow
file.write_bytes(whole)
shipped._PACKAGE.joinpath("new.py").write_text("# a line of source more")
assert shipped._unpickled(folder) == slow, "what was read does not depend on the code"
(folder / "table.yaml").write_text("version: 9.9.9\\n")
assert shipped._unpickled(folder) is None, "edited rules count"
assert shipped.load_table().version == "9.9.9"
"""
    copy = Path(shutil.copytree(unpacked, tmp_path / "copy"))
    _run(copy, code, tmp_path)


@pytest.mark.slow
def test_only_a_wheel_carries_the_table_ready_to_use(unpacked, wheel):
    assert (unpacked / "adaptadvisor/table.pickle").is_file()
    with tarfile.open(next(wheel.parent.glob("*.tar.gz"))) as sdist:
        assert not [name for name in sdist.getnames() if name.endswith(".pickle")]


@pytest.mark.slow
def test_recommend_loads_only_what_it_needs(unpacked, tmp_path):
    """Not the reader of YAML, the drawing of help, or what other commands do."""
    code = (
        "import sys\nfrom adaptadvisor.cli.main import run\nfor format in ('json', 'text'):\n   "
        " assert run(['recommend', '--task', 'label', '--examples', '1200', '--format', format])"
        " == 0\nheavy = {'rich', 'yaml', 'jinja2', 'adaptadvisor.interview.state',"
        " 'adaptadvisor.authoring.lint', 'adaptadvisor.reading.tables'} & set(sys.modules)\nassert"
        " not heavy, heavy\n"
    )
    _run(unpacked, code, tmp_path)


def test_the_python_interface_is_two_functions():
    code = (
        "import adaptadvisor; print(sorted(adaptadvisor.__all__)); print('typer' in"
        " __import__('sys').modules)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert out.splitlines() == ["['__version__', 'advise', 'load_table']", "False"]
