"""Inspect: logs as JSON (version 1 and 2) and as .eval, a ZIP file with a member for each sample.

A run that ended with an error has no scores here, whatever its file holds: what was scored before
an error is no fair sample of the items.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zipfile import BadZipFile, ZipFile

from adaptadvisor.errors import Location, bad_input, shown
from adaptadvisor.evidence.readers.collect import limited
from adaptadvisor.evidence.readers.draft import (
    NO_SCORE,
    Draft,
    Run,
    other_metrics,
    some_number,
    unknown_metric,
    use_metric,
)
from adaptadvisor.evidence.readers.packed import member
from adaptadvisor.evidence.readers.source import Source, parsed
from adaptadvisor.evidence.readers.values import (
    Row,
    first,
    listed,
    number,
    row,
    rows,
    text,
    texts,
    truth,
)
from adaptadvisor.files import readable

NAME = "Inspect"

_LETTERS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
_PARTLY = {0.5}
_ATTACHED = "attachment://"
_PASSAGES = ("context", "contexts", "passages", "documents")


def is_document(found: Row) -> bool:
    return "status" in found and "task" in row(found.get("eval"))


def is_log(source: Source) -> bool:
    """Whether a ZIP file is a log: it has a header, or the journal of a run that goes on."""
    if source.kind != "zip":
        return False
    with readable(source.name):
        try:
            with ZipFile(source.path) as archive:
                return bool({"header.json", "_journal/start.json"} & set(archive.namelist()))
        except (BadZipFile, NotImplementedError, RuntimeError) as error:
            what = f"the ZIP file is damaged or cut: {shown(error)}"
            raise bad_input("damaged-zip", what, source.name) from None


def read(source: Source, metric: str | None) -> Run:
    """A scorer is a metric; one that gives several values is one for each, `scorer.value`."""
    if source.kind != "zip":
        log = row(source.document)
        return _run(log, rows(log.get("samples")), source.name, metric)
    with readable(source.name), ZipFile(source.path) as archive:
        names = archive.namelist()
        header = "header.json" if "header.json" in names else "_journal/start.json"
        log = row(parsed(member(archive, header, source.name), Location(source.name)))
        return _run(log, _samples(archive, names, source.name), source.name, metric)


def _samples(archive: ZipFile, names: Iterable[str], file: str) -> Iterator[Row]:
    for name in names:
        if name.startswith("samples/") and name.endswith(".json"):
            yield row(parsed(member(archive, name, file), Location(file)))


def _run(log: Row, samples: Iterable[Row], file: str, metric: str | None) -> Run:
    about = row(log.get("eval"))
    model, task = text(about.get("model")), text(about.get("task"))
    run = Run(file=file, tool=NAME, drafts=[], task=task, label=text(about.get("created")))
    for sample in samples:
        run.drafts.append(_draft(sample, model, file))
        limited(run)
    if not run.drafts:
        what = "the log holds no samples; run inspect eval without --no-log-samples"
        raise bad_input("no-samples", what, file)
    _score(run, _headline(log), metric)
    _judge_run(run, text(log.get("status")) or "started", row(log.get("error")))
    if log.get("invalidated") is True:
        run.notes.append("Inspect marks the log as invalidated.")
    return run


def _draft(sample: Row, model: str, file: str) -> Draft:
    id_ = text(sample.get("id"))
    if not id_:
        raise bad_input("missing-key", 'a sample has no "id"', file)
    attached, metadata = row(sample.get("attachments")), row(sample.get("metadata"))
    draft = Draft(
        key=id_,
        id=id_,
        system=model,
        repeat=some_number(sample, "epoch"),
        input=_full(text(sample.get("input")), attached),
        output=_full(_completion(row(sample.get("output"))), attached),
        expected=_target(sample),
        passages=texts(first(metadata, _PASSAGES)),
        metrics=_metrics(sample),
    )
    draft.describe(metadata)
    if sample.get("error"):
        draft.fail(row(sample["error"]).get("message") or sample["error"])
    if limit := text(row(sample.get("limit")).get("type")):
        draft.tags = (f"{limit} limit",)
    return draft


def _completion(output: Row) -> str:
    """The answer; older logs have it in the first choice only."""
    if said := text(output.get("completion")):
        return said
    choice = row(next(iter(listed(output.get("choices"))), None))
    message = row(choice.get("message"))
    return text([message]) if "content" in message else ""


def _full(said: str, attached: Row) -> str:
    """A long text that the log keeps aside."""
    return text(attached.get(said.removeprefix(_ATTACHED), said)) if said else ""


def _target(sample: Row) -> str:
    """The right answer; of several choices its text stands for its letter."""
    target = sample.get("target")
    found = " | ".join(texts(target)) if isinstance(target, list) else text(target)
    choices = listed(sample.get("choices"))
    at = ord(found) - ord("A") if len(found) == 1 else -1
    return text(choices[at]) if 0 <= at < len(choices) else found


def _metrics(sample: Row) -> dict[str, float]:
    """What each scorer gave; logs of version 1 could have a single score without a name."""
    scores = dict(row(sample.get("scores")))
    if not scores and sample.get("score"):
        scores = {"score": sample["score"]}
    found = {}
    for scorer, score in scores.items():
        value = row(score).get("value")
        parts = row(value) if isinstance(value, dict) else {"": value}
        for name, part in parts.items():
            worth = _worth(part)
            if worth is not None:
                found[f"{scorer}.{name}" if name else scorer] = worth
    return found


def _worth(value: object) -> float | None:
    """C, P, I and N are 1, 0.5, 0 and 0; numbers and truth values are themselves."""
    if isinstance(value, str) and value in _LETTERS:
        return _LETTERS[value]
    found = number(value)
    if found is not None:
        return found
    said = truth(value) if isinstance(value, str) else None
    return None if said is None else float(said)


def _headline(log: Row) -> str:
    """The scorer that the log puts first."""
    results = row(log.get("results"))
    named = row(results.get("headline")).get("scorer")
    scores = rows(results.get("scores")) or [row(results.get("scorer"))]
    return text(named or first(scores[0], ("name", "scorer")))


def _score(run: Run, headline: str, metric: str | None) -> None:
    there = dict.fromkeys(name for draft in run.drafts for name in draft.metrics)
    if metric is not None and metric not in there:
        raise unknown_metric(metric, there, run.file)
    likely = [name for name in there if headline in (name, name.partition(".")[0])]
    run.metric = metric or next(iter([*likely, *there]), "")
    run.notes += other_metrics(run.metric, there)
    for draft in run.drafts:
        if draft.error:
            draft.metrics.clear()
        elif run.metric not in draft.metrics:
            draft.fail(f"{NO_SCORE}, {draft.tags[0]}" if draft.tags else NO_SCORE)
    use_metric([draft for draft in run.drafts if not draft.error], run.metric)
    scores = {draft.score for draft in run.drafts} - {None}
    if scores <= {0.0, 0.5, 1.0} and scores & _PARTLY:
        for draft in run.drafts:
            draft.correct = None if draft.score is None else draft.score == 1
        run.notes.append("An answer that is partly right (P, or 0.5) does not count as right.")


def _judge_run(run: Run, status: str, error: Row) -> None:
    if status == "success":
        return
    run.complete = False
    if status != "error":
        run.notes.append(f'Inspect says "{shown(status)}": the run did not come to its end.')
        return
    why = shown(" ".join(text(error.get("message")).split()), 120) or "no reason given"
    run.notes.append(f"The run ended with an error, so nothing in it counts as scored: {why}.")
    for draft in run.drafts:
        draft.metrics.clear()
        if not draft.error:
            draft.fail("the run ended with an error")
