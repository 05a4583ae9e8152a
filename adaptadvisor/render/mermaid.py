"""The decision path as a Mermaid flowchart."""

from __future__ import annotations

import re

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.render.path import path
from adaptadvisor.render.words import answers_words
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.speech import plan_words

_LABEL = 90


def mermaid(advice: Recommendation) -> str:
    """A flowchart of the decision path, under 20 nodes; every label is quoted and escaped."""
    shown = path(advice)
    lines = ["flowchart LR", '  start(["your answers"])']
    leads_to = {
        approach
        for row in shown.rows
        for approach in (*(meeting.approach for meeting in row.met_by), *row.rules_out)
    }
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
        met = [meeting.approach for meeting in row.met_by]
        lines += [f"  row{number} --> {approach}" for approach in met]
        lines += [f"  row{number} -. rules out .-> {approach}" for approach in row.rules_out]
    if shown.left_out:
        lines.append(f"  start --> more[{_label(f'{shown.left_out} more rows, listed below')}]")
    lines.append(f"  plan([{_label(f'Plan: {plan_words(advice.plan)}')}])")
    lines += [f"  {approach} --> plan" for approach in advice.plan]
    return "".join(f"{line}\n" for line in lines)


def _label(text: str) -> str:
    """A quoted label; ASCII punctuation is written as numbers, which Mermaid turns back."""
    short = text if len(text) <= _LABEL else text[: _LABEL - 1].rstrip() + "\u2026"
    line = " ".join(short.split()) or " "
    return '"' + re.sub(r"[!-/:-@\[-`{-~]", lambda match: f"#{ord(match[0])};", line) + '"'
