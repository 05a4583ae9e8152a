"""The decision path as a Mermaid flowchart."""

from __future__ import annotations

import re

from adaptadvisor.advice.recommendation import Reason, Recommendation
from adaptadvisor.render.path import path
from adaptadvisor.render.words import answers_words
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.speech import plan_words

_LABEL = 300
"""Characters of a label; Mermaid breaks it into lines. No text of the shipped table is longer."""


def mermaid(advice: Recommendation) -> str:
    """A flowchart of the decision path, under 20 nodes; every label is quoted and escaped."""
    shown = path(advice)
    lines = ["flowchart LR", '  start(["your answers"])']
    leads_to = {approach for row in shown.rows for approach in (*_met(row), *row.rules_out)}
    lines += [
        f"  {approach}[{_label(plan_words([approach]))}]"
        for approach in APPROACHES
        if approach in leads_to | set(advice.plan)
    ]
    for number, row in enumerate(shown.rows, 1):
        shape = "{{%s}}" if row.kind == "limit" else "[%s]"
        lines.append(f"  row{number}{shape % _label(row.says)}")
        given = answers_words(advice, row.answers) or "always"
        lines.append(f"  start -->|{_label(given)}| row{number}")
        lines += [f"  row{number} --> {approach}" for approach in _met(row)]
        lines += [f"  row{number} -. rules out .-> {approach}" for approach in row.rules_out]
    if shown.left_out:
        lines.append(f"  start --> more[{_label(f'{shown.left_out} more rows, listed below')}]")
    led_to = {approach for row in shown.rows for approach in _met(row)}
    lines += [f"  start --> {approach}" for approach in advice.plan if approach not in led_to]
    lines.append(f"  plan([{_label(f'Plan: {plan_words(advice.plan)}')}])")
    lines += [f"  {approach} --> plan" for approach in advice.plan]
    return "".join(f"{line}\n" for line in lines)


def _met(row: Reason) -> list[str]:
    return [meeting.approach for meeting in row.met_by]


def _label(text: str) -> str:
    """A quoted label, cut between words where it is too long; ASCII punctuation is written as
    numbers, which Mermaid turns back.
    """
    line = " ".join(text.split()) or " "
    if len(line) > _LABEL:
        line = f"{line[:_LABEL].rpartition(' ')[0] or line[:_LABEL]}\u2026"
    return '"' + re.sub(r"[!-/:-@\[-`{-~]", lambda match: f"#{ord(match[0])};", line) + '"'
