"""Findings as JSON, which everything else can be made from."""

from __future__ import annotations

from collections.abc import Sequence

from adaptadvisor.evidence.finding import Finding
from adaptadvisor.evidence.report import SCHEMA, Checks
from adaptadvisor.render import as_json


def render(findings: Sequence[Finding], title: str) -> str:
    """The document that `adaptadvisor schema checks` describes."""
    return as_json.render(Checks(schema=SCHEMA, title=title, findings=tuple(findings)))
