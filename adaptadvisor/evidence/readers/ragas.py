"""Ragas: what `to_pandas()` and its experiments write, as CSV or JSON lines; in the layout of
today (`user_input`, `response`, `reference`) and of 0.1 (`question`, `answer`, `ground_truth`).

Every other column of numbers is a metric. There is no id as a rule, so items go by what was asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from adaptadvisor.errors import bad_input
from adaptadvisor.evidence.readers.collect import limited
from adaptadvisor.evidence.readers.draft import (
    IDS,
    Draft,
    Run,
    other_metrics,
    unknown_metric,
    use_metric,
)
from adaptadvisor.evidence.readers.source import Source, place_of
from adaptadvisor.evidence.readers.values import Row, cell_texts, first, number, text

NAME = "Ragas"

_ASKED = ("user_input", "question")
_ANSWER = ("response", "answer")
_RIGHT = ("reference", "ground_truth", "ground_truths", "reference_answer")
_PASSAGES = ("retrieved_contexts", "contexts")
_KNOWN = frozenset(
    {
        *_ASKED, *_ANSWER, *_RIGHT, *_PASSAGES, *IDS, "reference_contexts", "rubrics", "rubric",
        "multi_responses", "reference_tool_calls", "reference_topics", "retrieved_context_ids",
        "reference_context_ids", "query_length", "index", "Unnamed: 0", "",
    }
)  # fmt: skip


def is_row(names: Collection[str]) -> bool:
    """Whether these are the names of its columns."""
    today = "user_input" in names and any(name in names for name in ("response", "reference"))
    old = {"question", "answer"} <= {*names} and any(
        name in names for name in ("contexts", "ground_truth", "ground_truths")
    )
    return today or old


def read(source: Source, metric: str | None) -> Run:
    """The first metric in the order of the columns counts where none is asked for."""
    run = Run(file=source.name, tool=NAME, drafts=[], label=source.path.stem)
    numeric: dict[str, bool] = {}
    for line, found in source.rows():
        if not is_row({*found}):
            what = "no row of Ragas: user_input with response or reference is missing"
            raise bad_input("missing-key", what, place_of(source.name, line))
        draft = _draft(found, line, source.path.stem)
        _metrics(draft, found, numeric)
        run.drafts.append(draft)
        limited(run)
    there = [name for name, is_numeric in numeric.items() if is_numeric]
    if not there or (metric is not None and metric not in there):
        raise unknown_metric(metric or "in a column of numbers", there, source.name)
    for draft in run.drafts:
        draft.metrics = {name: draft.metrics[name] for name in there if name in draft.metrics}
    run.metric = metric or there[0]
    use_metric(run.drafts, run.metric)
    run.notes += other_metrics(run.metric, there)
    _no_doubles(run.drafts)
    return run


def _draft(found: Row, line: int, system: str) -> Draft:
    asked, right = text(first(found, _ASKED)), first(found, _RIGHT)
    expected = " | ".join(cell_texts(right)) if isinstance(right, list) else text(right)
    draft = Draft(
        key=f"{asked}\n-> {expected}" if expected else asked,
        system=system,
        input=asked,
        output=text(first(found, _ANSWER)),
        expected=expected,
        passages=cell_texts(first(found, _PASSAGES)),
        line=line,
    )
    draft.id = text(first(found, IDS))
    return draft


def _metrics(draft: Draft, found: Row, numeric: dict[str, bool]) -> None:
    """A column is a metric as long as it holds numbers only, and one at least."""
    for name, value in found.items():
        if name in _KNOWN or value is None or value == "":
            continue
        score = number(value)
        numeric[name] = numeric.get(name, True) and score is not None
        if score is not None:
            draft.metrics[name] = score
        elif isinstance(value, str):
            draft.about[name] = value


def _no_doubles(drafts: Sequence[Draft]) -> None:
    """Items go by what was asked alone, unless one question has several right answers."""
    answers = {(draft.input, draft.expected) for draft in drafts}
    if len({asked for asked, _ in answers}) == len(answers):
        for draft in drafts:
            draft.key = draft.input
