"""The document of what checks found, as programs read it."""

from __future__ import annotations

from dataclasses import dataclass

from adaptadvisor.evidence.finding import Finding

SCHEMA = "adaptadvisor/checks/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What `check --format json` writes: the findings in the order in which they were made."""

    schema: str
    title: str
    findings: tuple[Finding, ...]
