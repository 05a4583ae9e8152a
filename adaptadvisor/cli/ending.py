"""How a command ends."""

from __future__ import annotations

from dataclasses import dataclass

from adaptadvisor.errors import ExitCode
from adaptadvisor.table.facts import show_number


@dataclass(frozen=True, slots=True)
class Ending:
    """An exit code, and the line that says why it is not 0."""

    code: ExitCode = ExitCode.DONE
    line: str = ""


def findings(number: int, word: str, what: str = "") -> Ending:
    """Exit code 3 where something was found; `what` says of several what they do."""
    if not number:
        return Ending()
    plural = "s" if number > 1 else ""
    return Ending(ExitCode.FINDINGS, f"findings: {show_number(number)} {word}{plural}{what}")
