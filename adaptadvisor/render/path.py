"""The decision path: which answers fired which rows, and the plan they lead to."""

from __future__ import annotations

from dataclasses import dataclass

from adaptadvisor.advice.recommendation import Reason, Recommendation
from adaptadvisor.render.words import answers_words, listed, sentence
from adaptadvisor.table.speech import plan_words

ROWS_SHOWN = 9
"""Rows in a drawing; with the start, five approaches and the plan it stays under 20 nodes."""


@dataclass(frozen=True, slots=True)
class Path:
    """The rows to draw, and how many were left out."""

    rows: tuple[Reason, ...]
    left_out: int


def path(advice: Recommendation) -> Path:
    """The rows that decided, needs first."""
    return Path(advice.reasons[:ROWS_SHOWN], max(0, len(advice.reasons) - ROWS_SHOWN))


def in_words(advice: Recommendation) -> list[str]:
    """The path, a sentence a row, and the plan that it leads to."""
    rows = [row_in_words(advice, row) for row in advice.reasons]
    return [*rows, f"So the plan is {plan_words(advice.plan)}."]


def row_in_words(advice: Recommendation, reason: Reason) -> str:
    """`The need in words (kind of task: label): met by task head.`"""
    given = f" ({answers_words(advice, reason.answers)})" if reason.answers else ""
    if reason.kind == "limit":
        leads = f"rules out {listed(reason.rules_out)}"
    else:
        met = listed(meeting.approach for meeting in reason.met_by)
        leads = f"met by {met}" if met else "met by no approach here"
    return f"{sentence(reason.says).rstrip('.')}{given}: {leads}."
