"""Findings as one HTML file: no script, no network, with plots that every screen can show."""

from __future__ import annotations

from collections.abc import Sequence

from adaptadvisor.evidence.finding import Finding
from adaptadvisor.render.evidence import plots, view
from adaptadvisor.render.html import template

_FOLDED_FROM = 12
"""Parts from which their table is folded where a plot shows them already."""


def render(findings: Sequence[Finding], title: str) -> str:
    """The page. Every text goes through autoescaping."""
    only = findings[0].title if len(findings) == 1 else ""
    return template("checks.html").render(
        findings=findings,
        title=title or only or view.HEADING,
        view=view,
        plots=plots,
        folded_from=_FOLDED_FROM,
    )
