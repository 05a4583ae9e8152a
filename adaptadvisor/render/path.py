"""The decision path: which answers fired which rows, and the plan they lead to."""

from __future__ import annotations

from dataclasses import dataclass

from adaptadvisor.advice.recommendation import Reason, Recommendation
from adaptadvisor.render.summary import telling

ROWS_SHOWN = 9
"""Rows in a drawing; with the start, five approaches and the plan it stays under 20 nodes."""


@dataclass(frozen=True, slots=True)
class Path:
    """The rows to draw, and how many were left out."""

    rows: tuple[Reason, ...]
    left_out: int


def path(advice: Recommendation) -> Path:
    """The rows that decided, needs first; what counts in every situation decides nothing."""
    rows = tuple(row for row in telling(advice) if row.met_by or row.rules_out)
    return Path(rows[:ROWS_SHOWN], max(0, len(rows) - ROWS_SHOWN))
