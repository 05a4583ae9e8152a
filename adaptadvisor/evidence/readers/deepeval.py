"""DeepEval: a test run as its results folder and `.latest_test_run.json` hold it, and the layout
from before `metricsData`, with `metricsMetadata`.

DeepEval has no repeats: they are cases with the same input and expected output. A name counts as
an id where it is no default; of repeats it is what their names have in common ("t01" of "t01-r0").
"""

from __future__ import annotations

import re
from collections import defaultdict

from adaptadvisor.errors import bad_input
from adaptadvisor.evidence.readers.collect import limited
from adaptadvisor.evidence.readers.draft import (
    NO_SCORE,
    Draft,
    Run,
    other_metrics,
    unknown_metric,
)
from adaptadvisor.evidence.readers.source import Source
from adaptadvisor.evidence.readers.values import (
    Row,
    first,
    number,
    row,
    rows,
    text,
    texts,
    truth,
)

NAME = "DeepEval"
ALL = "all metrics"

_CASES = ("testCases", "test_cases", "conversationalTestCases")
_DEFAULT_NAME = re.compile(r"(?:conversational_)?test_case_\d+")
_REPEAT = re.compile(r"(.+?)[-_ .#:]+(?:r|rep|repeat|run|trial|epoch|try)?[-_ ]?\d+")


def is_document(found: Row) -> bool:
    inner = row(found.get("testRunData")) or found
    return any(isinstance(inner.get(key), list) for key in _CASES)


def read(source: Source, metric: str | None) -> Run:
    """With several metrics DeepEval's own verdict counts: all of them passed."""
    document = row(source.document)
    inner = row(document.get("testRunData")) or document
    system = text(first(inner, ("identifier",)))
    stem = source.path.stem.lstrip(".")
    run = Run(file=source.name, tool=NAME, drafts=[], label=stem)
    cases = [case for key in _CASES for case in rows(inner.get(key))]
    there = dict.fromkeys(_name(data) for case in cases for data in _data(case))
    if metric is not None and metric not in (ALL, *there):
        raise unknown_metric(metric, [*there, ALL], source.name)
    run.metric = metric or (next(iter(there)) if len(there) == 1 else ALL)
    run.notes += other_metrics(run.metric, there)
    for case in cases:
        run.drafts.append(_draft(case, system or stem, run.metric, source.name))
        limited(run)
    _name_items(run.drafts)
    _tags(run, [texts(case.get("tags")) for case in cases])
    return run


def _data(case: Row) -> list[Row]:
    return rows(first(case, ("metricsData", "metricsMetadata", "metrics_data")))


def _name(data: Row) -> str:
    return text(first(data, ("name", "metric")))


def _draft(case: Row, system: str, metric: str, file: str) -> Draft:
    asked = text(first(case, ("input",)) or [*rows(case.get("turns")), *rows(case.get("messages"))])
    expected = text(first(case, ("expectedOutput", "expected_output", "expectedOutcome")))
    if not asked and "input" not in case and "turns" not in case:
        raise bad_input("missing-key", 'a test case has no "input"', file)
    data = {_name(one): one for one in _data(case)}
    scores = {name: number(one.get("score")) for name, one in data.items()}
    draft = Draft(
        key=f"{asked}\n-> {expected}" if expected else asked,
        id=text(case.get("name")),
        system=system,
        input=asked,
        output=text(first(case, ("actualOutput", "actual_output"))),
        expected=expected,
        passages=texts(first(case, ("retrievalContext", "retrieval_context"))),
        metrics={name: score for name, score in scores.items() if score is not None},
    )
    draft.describe(row(first(case, ("additionalMetadata", "metadata"))))
    broken = [one for name, one in data.items() if one.get("error") and metric in (name, ALL)]
    if broken:
        draft.fail(f"{_name(broken[0])}: {text(broken[0]['error'])}")
        return draft
    if metric == ALL:
        draft.correct = truth(case.get("success"))
        draft.score = None if draft.correct is None else float(draft.correct)
    else:
        draft.score = draft.metrics.get(metric)
        draft.correct = truth(data.get(metric, {}).get("success"))
    if draft.score is None:
        draft.fail(NO_SCORE)
    draft.tags = tuple(name for name, one in data.items() if truth(one.get("success")) is False)
    return draft


def _name_items(drafts: list[Draft]) -> None:
    """Ids out of names, for all cases or for none."""
    groups: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        groups[draft.key].append(draft)
    ids = {key: _common_name([draft.id for draft in group]) for key, group in groups.items()}
    good = all(ids.values()) and len({*ids.values()}) == len(ids)
    inputs = {draft.key: draft.input for draft in drafts}
    alone = len({*inputs.values()}) == len(inputs)  # no input has two right answers
    for draft in drafts:
        key = draft.key
        draft.key = inputs[key] if alone else key
        draft.id = ids[key] if good else ""


def _common_name(names: list[str]) -> str:
    """The name of an item whose cases are called so; nothing where they do not agree."""
    different = {*names}
    if not names[0] or any(_DEFAULT_NAME.fullmatch(name) for name in different):
        return ""
    if len(different) == 1:
        return names[0]
    found = [_REPEAT.fullmatch(name) for name in different]
    stems = {match[1] if match else "" for match in found}
    return stems.pop() if len(stems) == 1 else ""


def _tags(run: Run, tags: list[tuple[str, ...]]) -> None:
    """DeepEval's tags are of cases, not of failures: one each is a column, several are yes and no.

    The tags of an outcome are the metrics that failed.
    """
    known = dict.fromkeys(tag for some in tags for tag in some)
    single = all(len(some) <= 1 for some in tags)
    for draft, some in zip(run.drafts, tags, strict=True):
        if single:
            draft.about |= {"tag": some[0]} if some else {}
        else:
            draft.about |= {f"tag {tag}": "yes" if tag in some else "no" for tag in known}
