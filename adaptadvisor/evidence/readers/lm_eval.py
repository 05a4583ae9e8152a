"""lm-eval: the samples of a task, with the results of the run beside them.

A task with several filters writes each document once a filter. A filter is another way to read the
answer out of the same response and no other prompt, so each filter is a system of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from adaptadvisor.errors import BadInput, bad_input
from adaptadvisor.evidence.readers.collect import limited
from adaptadvisor.evidence.readers.draft import (
    Draft,
    Run,
    other_metrics,
    unknown_metric,
    use_metric,
)
from adaptadvisor.evidence.readers.source import Source, place_of, source
from adaptadvisor.evidence.readers.values import Row, first, listed, number, row, text, texts

NAME = "lm-eval"

_KNOWN = frozenset(
    {
        "doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics",
        "doc_hash", "prompt_hash", "target_hash", "sample_len", "task_name",
    }
)  # fmt: skip
_FILE = re.compile(r"samples_(?P<task>.+)_(?P<time>\d{4}-\d\d-\d\dT[\d.:-]+)\.jsonl")
_MODEL = ("pretrained", "model", "engine", "path", "model_name")
_QUESTION = ("question", "input", "query", "text", "prompt", "problem")
_PASSAGES = ("context", "passage", "passages")


def is_row(found: Row) -> bool:
    return "doc_id" in found and "doc" in found and ("resps" in found or "filtered_resps" in found)


def is_document(found: Row) -> bool:
    """The results of a run, which hold no single answer: the samples are beside them."""
    return "configs" in found and "results" in found and ("n-shot" in found or "versions" in found)


def task_and_time(path: Path) -> tuple[str, str]:
    """What the name of a file of samples says, if it is the tool's own."""
    found = _FILE.fullmatch(path.name)
    return (found["task"], found["time"]) if found else ("", "")


def samples_beside(path: Path) -> list[Path]:
    """The samples of the run whose results these are."""
    found = [
        each for each in path.parent.glob("samples_*.jsonl") if task_and_time(each)[1] in path.name
    ]
    if not found:
        what = (
            "these are the totals of a run, and its samples are not beside them; "
            "run lm_eval with --log_samples"
        )
        raise bad_input("no-samples", what, str(path))
    return sorted(found)


def newest(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """The newest samples of each task and folder, and a note on the rest."""
    latest: dict[tuple[Path, str], Path] = {}
    for path in sorted(paths, key=lambda one: task_and_time(one)[1]):
        latest[path.parent, task_and_time(path)[0] or path.name] = path
    left = sorted(path.name for path in {*paths} - {*latest.values()})
    kept = [path for path in paths if path in latest.values()]
    return kept, [f"Older samples of the same task are left out: {', '.join(left)}."] * bool(left)


def read(samples: Source, metric: str | None) -> Run:
    """The first metric of a task counts where none is asked for."""
    task, _ = task_and_time(samples.path)
    run = Run(file=samples.name, tool=NAME, drafts=[], task=task, label=samples.path.parent.name)
    filters = []
    for line, found in samples.rows():
        if not is_row(found):
            what = "no sample of lm-eval: doc_id, doc and resps are missing"
            raise bad_input("missing-key", what, place_of(samples.name, line))
        run.drafts.append(_draft(found, line))
        filters.append(text(found.get("filter")))
        limited(run)
    there = dict.fromkeys(name for draft in run.drafts for name in draft.metrics)
    if not there or (metric is not None and metric not in there):
        raise unknown_metric(metric or "of a single sample", there, samples.name)
    run.metric = metric or next(iter(there))
    use_metric(run.drafts, run.metric)
    run.notes += other_metrics(run.metric, there)
    _name_systems(run, filters, _totals(samples.path, run))
    return run


def _draft(found: Row, line: int) -> Draft:
    doc = row(found.get("doc"))
    draft = Draft(
        key=text(found.get("doc_hash")) or text(doc) or text(found.get("doc_id")),
        input=_asked(found, doc),
        output=_answer(found),
        expected=_target(found, doc),
        passages=texts(first(doc, _PASSAGES)),
        metrics=_metrics(found),
        line=line,
    )
    draft.describe(doc)
    return draft


def _metrics(found: Row) -> dict[str, float]:
    """A key for each metric; before there was a list of their names, every key that is no other."""
    names = [text(name) for name in listed(found.get("metrics"))]
    scores = {
        name: number(found.get(name))
        for name in names or [key for key in found if key not in _KNOWN]
    }
    return {name: score for name, score in scores.items() if score is not None}


def _asked(found: Row, doc: Row) -> str:
    """The prompt; in older files the arguments are a list of lists."""
    arguments = found.get("arguments")
    if isinstance(arguments, dict):
        return text(row(next(iter(arguments.values()), None)).get("arg_0"))
    if listed(arguments):
        asked = listed(arguments)[0]
        return text(listed(asked)[0]) if listed(asked) else text(asked)
    return text(first(doc, _QUESTION))


def _answer(found: Row) -> str:
    """The answer that a filter left; of choices with their likelihoods the likeliest."""
    left = listed(found.get("filtered_resps"))
    scored = [number(listed(one)[0]) if listed(one) else None for one in left]
    likely = [score for score in scored if score is not None]
    if left and len(likely) == len(left):
        best = likely.index(max(likely))
        asked = found.get("arguments")
        choices = list(asked.values()) if isinstance(asked, dict) else listed(asked)
        if best < len(choices):
            one = choices[best]
            said = row(one).get("arg_1") if isinstance(one, dict) else (listed(one) or [""])[-1]
            return text(said).strip()
    return text(left[0]) if left else ""


def _target(found: Row, doc: Row) -> str:
    """The right answer; of choices its text, where the document names the choices."""
    target, choices = found.get("target"), listed(doc.get("choices"))
    at = number(target)
    if choices and at is not None and at == int(at) and 0 <= at < len(choices):
        return text(choices[int(at)])
    return text(target)


def _totals(path: Path, run: Run) -> Row:
    """The results of the same run, or of the only run in the folder."""
    _, time = task_and_time(path)
    beside = sorted(path.parent.glob("results*.json"))
    same = [each for each in beside if time and time in each.name] or beside[-1:]
    for each in same:
        try:
            found = row(source(each).document)
        except BadInput as error:
            run.notes.append(f"The results beside the samples are not used: {error}")
            continue
        if is_document(found):
            return found
    run.notes.append(f"No results of lm-eval beside {path.name}, so its model is not known.")
    return {}


def _name_systems(run: Run, filters: Sequence[str], totals: Row) -> None:
    model = _model(totals)
    several = sorted({*filters})
    for draft, filter_ in zip(run.drafts, filters, strict=True):
        draft.system = (
            ", ".join(filter(None, (model, f"filter {filter_}"))) if (len(several) > 1) else model
        )
    if len(several) > 1:
        run.notes.append(
            f"{len(several)} filters ({', '.join(several)}): each is a system of its own; "
            "they read the same responses."
        )
    counted = row(row(totals.get("n-samples")).get(run.task))
    effective = number(counted.get("effective"))
    documents = len({draft.key for draft in run.drafts})
    if effective is not None and documents < effective:
        run.complete = False
        run.notes.append(f"lm-eval counted {effective:,.0f} documents, here are {documents:,}.")


def _model(totals: Row) -> str:
    """The model that the run names, with the adapter on it."""
    config = row(totals.get("config"))
    arguments = config.get("model_args")
    if isinstance(arguments, str):
        pairs = (part.partition("=") for part in arguments.split(","))
        arguments = {name.strip(): value for name, _, value in pairs}
    name = text(first(row(arguments), _MODEL) or first(config, ("model",)))
    adapter = text(first(row(arguments), ("peft", "delta")))
    return " + ".join(filter(None, (name or text(totals.get("model_name")), adapter)))
