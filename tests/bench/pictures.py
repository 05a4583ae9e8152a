"""Draws docs/screenshot.svg from a real run in a terminal of 80 columns, and writes the sample
report, docs/sample-report.md, for the same situation. Run it after a change of what either shows:

    python tests/bench/pictures.py
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

import pexpect
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
SITUATION = "--task label --examples 1200 --classes 12"
WIDTH = 80
PICTURE, SAMPLE = ROOT / "docs" / "screenshot.svg", ROOT / "docs" / "sample-report.md"
SAMPLE_WORDS = [*shlex.split(SITUATION), "--title", "Route support tickets"]
"""What the sample report is made of, after `recommend`."""


def picture(command: str) -> str:
    """What a terminal shows for a command, with the line that was typed, as SVG."""
    shown = _run(command)
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"))  # noqa: PTH123, SIM115
    console.print(Text.assemble(("$ ", "bold green"), command))
    console.print(Text.from_ansi(shown.rstrip()))
    # without the fonts that a browser would fetch from elsewhere: it has one of its own
    form = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    svg = console.export_svg(title="adaptadvisor", code_format=form, unique_id="screen")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def _run(command: str) -> str:
    """The output of a command in a terminal; nothing waits for a key."""
    program, *words = shlex.split(command)
    if program != "adaptadvisor":
        raise ValueError(command)
    unwanted = ("NO_COLOR", "COLUMNS", "LINES", "ADAPTADVISOR_PLAIN", "ADAPTADVISOR_RULES")
    env = {name: value for name, value in os.environ.items() if name not in unwanted}
    output, code = pexpect.run(
        shlex.join([sys.executable, "-m", "adaptadvisor", *words]),
        cwd=str(ROOT),
        env=env | {"TERM": "xterm-256color", "PAGER": "cat", "ADAPTADVISOR_CONFIG": ""},
        dimensions=(50, WIDTH),
        timeout=60,
        withexitstatus=True,
    )
    if code:
        raise SystemExit(output.decode())
    return str(output.decode()).replace("\r\n", "\n")


def main() -> None:
    PICTURE.write_text(picture(f"adaptadvisor recommend {SITUATION}"), encoding="utf-8")
    from adaptadvisor.cli.main import run

    words = ["recommend", *SAMPLE_WORDS, "--no-config", "-o", str(SAMPLE), "--force"]
    if code := run(words):
        raise SystemExit(code)


if __name__ == "__main__":
    main()
