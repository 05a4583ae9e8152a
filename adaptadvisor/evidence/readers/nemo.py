"""NeMo Evaluator: `results.jsonl` of a benchmark, with its `eval-*.json` beside it."""

from __future__ import annotations

from pathlib import Path

from adaptadvisor.errors import BadInput, bad_input
from adaptadvisor.evidence.readers.collect import limited
from adaptadvisor.evidence.readers.draft import (
    Draft,
    Run,
    other_metrics,
    some_number,
    unknown_metric,
    use_metric,
)
from adaptadvisor.evidence.readers.source import Source, place_of, source
from adaptadvisor.evidence.readers.values import Row, first, number, numbers, row, text

NAME = "NeMo Evaluator"
REWARD = "reward"

_ABOUT_THE_TOOL = ("source", "benchmark")


def is_row(found: Row) -> bool:
    return "problem_idx" in found and "reward" in found


def is_document(found: Row) -> bool:
    """The totals of a benchmark, which hold no single answer: the results are beside them."""
    return "scores" in row(found.get("benchmark")) and "config" in found


def results_beside(path: Path) -> Path:
    beside = path.parent / "results.jsonl"
    if not beside.is_file():
        what = "these are the totals of a benchmark, and its results.jsonl is not beside them"
        raise bad_input("no-samples", what, str(path))
    return beside


def read(results: Source, metric: str | None) -> Run:
    """The reward counts where no single scorer is asked for."""
    run = Run(file=results.name, tool=NAME, drafts=[], metric=metric or REWARD)
    run.label = results.path.parent.parent.name or results.path.parent.name
    totals = _totals(results.path, run)
    run.task = text(row(totals.get("benchmark")).get("name"))
    model = text(row(totals.get("config")).get("model")) or run.label
    for line, found in results.rows():
        if not is_row(found):
            what = "no result of NeMo Evaluator: problem_idx and reward are missing"
            raise bad_input("missing-key", what, place_of(results.name, line))
        run.drafts.append(_draft(found, line, model))
        limited(run)
    there = dict.fromkeys(name for draft in run.drafts for name in draft.metrics)
    if run.metric not in (REWARD, *there):
        raise unknown_metric(run.metric, [REWARD, *there], results.name)
    use_metric(run.drafts, run.metric)
    run.notes += other_metrics(run.metric, [REWARD, *there])
    said = number(totals.get("n_results"))
    if said is not None and said > len(run.drafts):
        run.complete = False
        run.notes.append(f"NeMo counted {said:,.0f} results, the file holds {len(run.drafts):,}.")
    return run


def _draft(found: Row, line: int, model: str) -> Draft:
    metadata, details = row(found.get("metadata")), row(found.get("scoring_details"))
    repeat = some_number(found, "repeat")
    draft = Draft(
        key=text(found.get("problem_idx")),
        system=model,
        repeat=None if repeat is None else repeat + 1,
        input=text(found.get("prompt")),
        output=text(first(found, ("model_response", "extracted_answer"))),
        expected=text(found.get("expected_answer")),
        metrics=numbers(found.get("scorer_rewards")),
        line=line,
    )
    reward = number(found.get(REWARD))
    if reward is not None:
        draft.metrics = {REWARD: reward, **draft.metrics}
    draft.describe({key: one for key, one in metadata.items() if key not in _ABOUT_THE_TOOL})
    if error := first(found, ("error", "model_error")) or details.get("error"):
        draft.fail(error)
        draft.metrics = {}
    return draft


def _totals(path: Path, run: Run) -> Row:
    for each in sorted(path.parent.glob("eval-*.json"), reverse=True):
        try:
            found = row(source(each).document)
        except BadInput as error:
            run.notes.append(f"The totals beside the results are not used: {error}")
            continue
        if is_document(found):
            return found
    run.notes.append(f"No totals (eval-*.json) beside {path}, so its model is not known.")
    return {}
