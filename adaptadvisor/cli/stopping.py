"""When a command that has advised stops a pipeline: --fail-on ends with 3, --strict with 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adaptadvisor.advice.findings import Glance, doubt, found
from adaptadvisor.advice.portfolio import Tally
from adaptadvisor.cli.ending import Ending
from adaptadvisor.errors import ExitCode
from adaptadvisor.table.facts import Value
from adaptadvisor.table.rows import Table

_TOO_LITTLE = "not enough evidence"


def of_one(
    table: Table, facts: Mapping[str, Value], fail_on: Sequence[str], *, strict: bool
) -> Ending:
    """How the advice on one situation ends."""
    seen = Glance(table, dict(facts))
    if failing := found(seen, fail_on):
        return Ending(ExitCode.FINDINGS, f"findings: {', '.join(failing)}")
    if strict and (why := doubt(seen)):
        return Ending(ExitCode.NOT_ENOUGH_EVIDENCE, f"{_TOO_LITTLE}: {why}")
    return Ending()


def of_many(tally: Tally, fail_on: Sequence[str], unit: str) -> Ending:
    """How a portfolio ends: bad cases count most, then findings, then too little evidence. All of
    them are told, what decides last. `unit` is what a bad case is: a line, a row, a file.
    """
    cases = "case" if tally.cases == 1 else "cases"
    lines, code = [], ExitCode.DONE
    if tally.doubtful:
        count = f"{tally.doubtful:,} of {tally.cases:,} {cases}"
        code, lines = ExitCode.NOT_ENOUGH_EVIDENCE, [f"{_TOO_LITTLE}: in {count}"]
    if failing := [f"{word} in {tally.found[word]:,}" for word in fail_on if tally.found[word]]:
        code = ExitCode.FINDINGS
        lines.append(f"findings: {', '.join(failing)} of {tally.cases:,} {cases}")
    if tally.bad:
        code = ExitCode.BAD_INPUT
        bad = f"{tally.bad} bad {unit}{'s' if tally.bad > 1 else ''}"
        lines.append(f"error: {bad}; each has its own error in the output")
    return Ending(code, "\n".join(lines))
