"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest
from conftest import BARE, ROOT, forked

from adaptadvisor.errors import ExitCode

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ (.+?)\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(
    ("command", "shown"), EXAMPLES, ids=[command[:40] for command, _ in EXAMPLES]
)
def test_a_command_in_the_readme_prints_what_stands_there(command, shown):
    ours = f"{shlex.join(forked())} "
    line = re.sub(
        r"\badaptadvisor (?=recommend|report|what-if|batch|compare|diagnose|precedents|explain|rules|schema)",
        lambda _: ours,
        command,
    )
    result = subprocess.run(
        ["bash", "-c", line],
        cwd=ROOT,
        env=BARE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == shown


def test_the_readme_has_its_examples_and_names_every_exit_code():
    assert len(EXAMPLES) >= 3
    paragraph = README[README.index("Exit codes:") :]
    for code in ExitCode:
        assert re.search(rf"\b{int(code)}\b", paragraph), code


def test_the_two_commands_set_everything_up_by_themselves():
    first, second = re.findall(r"```sh\n(.+?)\n```", README)
    for command in (first, second):
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install")
    assert "adaptadvisor recommend" in first
    assert "-m pytest" in second
