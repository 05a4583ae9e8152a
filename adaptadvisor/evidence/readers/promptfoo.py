"""promptfoo: JSON of version 3 and 2, the older layouts of its manual, JSON lines, CSV.

A system is a provider, with its prompt where there are several. promptfoo gives each repeat a test
number of its own, so items go by their variables, or by an id in the metadata of the test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from adaptadvisor.errors import Location, bad_input, shown
from adaptadvisor.evidence.readers.collect import limited
from adaptadvisor.evidence.readers.draft import (
    Draft,
    Run,
    other_metrics,
    unknown_metric,
    use_metric,
)
from adaptadvisor.evidence.readers.source import Source, place_of
from adaptadvisor.evidence.readers.values import (
    Row,
    first,
    listed,
    number,
    numbers,
    row,
    rows,
    text,
    texts,
    truth,
)

NAME = "promptfoo"
PASS = "pass"  # noqa: S105  # no secret, the name of a metric

_FAILED_TO_ANSWER = 2  # failureReason: 0 none, 1 an assertion, 2 an error
_EXPECTED = ("expected", "expected_output", "reference", "__expected")
_PASSAGES = ("context", "contexts", "passages", "documents")
_TELL_THE_ANSWER = ("equals", "icontains", "contains", "similar", "starts-with", "iequals")
_COLUMN = re.compile(r"\[(?P<provider>[^\]]+)\] ?(?P<prompt>.*)", re.DOTALL)
_OLD_CELL = re.compile(r"\[(PASS|FAIL|ERROR)\]\s*(?:\((-?[\d.]+)\))?\s*(.*)", re.DOTALL)
_LONGEST_PROMPT = 40


def is_row(found: Row) -> bool:
    return ("testIdx" in found and "promptIdx" in found) or (
        "vars" in found and "provider" in found and "success" in found
    )


def is_document(found: Row) -> bool:
    inner = found.get("results")
    if isinstance(inner, dict):
        return any(isinstance(inner.get(key), list) for key in ("results", "outputs")) or (
            "table" in inner
        )
    return isinstance(inner, list) and any(key in found for key in ("stats", "table", "prompts"))


def is_header(head: Sequence[str]) -> bool:
    return any(_COLUMN.match(cell) for cell in head) and (
        "Status" in head or not {"id", "input", "output"} & set(head)
    )


def read(source: Source, metric: str | None) -> Run:
    """`pass` is promptfoo's own verdict over all assertions; the others are its named scores."""
    run = Run(file=source.name, tool=NAME, drafts=[], metric=metric or PASS)
    prompts: list[tuple[str, str]] = []
    for line, found in _rows(source, run):
        run.drafts.append(_draft(found, line, source.name))
        prompts.append(_prompt(found))
        limited(run)
    there = dict.fromkeys(name for draft in run.drafts for name in draft.metrics)
    if metric not in (None, PASS, *there):
        raise unknown_metric(metric or "", [PASS, *there], source.name)
    if run.metric != PASS:
        use_metric(run.drafts, run.metric)
    run.notes += other_metrics(run.metric, [PASS, *there])
    _name_prompts(run, prompts, _titles(source))
    return run


def _rows(source: Source, run: Run) -> Iterator[tuple[int, Row]]:
    if source.kind == "table":
        yield from _of_table(source)
    elif source.kind == "document" and is_document(row(source.document)):
        yield from ((0, found) for found in _of_document(row(source.document), run))
    else:
        yield from source.rows()


def _of_document(document: Row, run: Run) -> list[Row]:
    inner = row(document.get("results")) or document
    found = next(
        (some for key in ("results", "outputs") if (some := rows(inner.get(key)))),
        None,
    )
    if found is None:
        found = _of_old_table(row(inner.get("table")))
    stats = numbers(inner.get("stats"))
    said = sum(stats.get(key, 0) for key in ("successes", "failures", "errors"))
    if said > len(found):
        run.complete = False
        run.notes.append(f"promptfoo counted {said:,.0f} results, the file holds {len(found):,}.")
    return found


def _of_old_table(table: Row) -> list[Row]:
    """Rows out of `table.head` and `table.body`, from before each result stood on its own."""
    head = row(table.get("head"))
    names = [text(name) for name in listed(head.get("vars"))]
    prompts = listed(head.get("prompts"))
    found: list[Row] = []
    for body in rows(table.get("body")):
        variables = dict(zip(names, listed(body.get("vars")), strict=False))
        for prompt, output in zip(prompts, rows(body.get("outputs")), strict=False):
            provider = first(output, ("provider",)) or row(prompt).get("provider")
            known = {"vars": variables, "prompt": prompt, "provider": provider}
            found.append({**output, **known, "testCase": body.get("test")})
    return found


def _of_table(source: Source) -> Iterator[tuple[int, Row]]:
    """A row for each output in a line of CSV; the columns after an output tell of it."""
    cells = source.cells()
    _, head = next(cells)
    outputs = [at for at, cell in enumerate(head) if _is_output(head, at, cell)]
    ends = [*outputs[1:], len(head)]
    for line, found in cells:
        variables = {
            name: found[at] for at, name in enumerate(head[: outputs[0]]) if name != "Description"
        }
        for at, end in zip(outputs, ends, strict=True):
            beside = dict(zip(head[at + 1 : end], found[at + 1 : end], strict=True))
            known = _output(found[at], beside, place_of(source.name, line))
            column = _COLUMN.match(head[at])
            provider, prompt = column.groups() if column else ("", head[at])
            yield line, {"vars": variables, "provider": provider, "prompt": prompt, **known}


def _is_output(head: Sequence[str], at: int, cell: str) -> bool:
    if "Status" in head:
        return head[at + 1 : at + 2] == ["Status"]
    return bool(_COLUMN.match(cell))


def _output(cell: str, beside: Row, place: Location) -> Row:
    """What a CSV says of an answer; before there was a column for it, it stood in the cell."""
    status, score = text(beside.get("Status")), beside.get("Score")
    if not status and (old := _OLD_CELL.fullmatch(cell)):
        status, score, cell = old.groups()
        score = score or float(status == "PASS")
    if status not in ("PASS", "FAIL", "ERROR"):
        what = f'expected PASS, FAIL or ERROR as the status, not "{shown(status)}"'
        raise bad_input("not-a-status", what, place)
    reason = text(beside.get("Grader Reason"))
    try:
        named = json.loads(text(beside.get("Named Scores")) or "{}")
    except (ValueError, RecursionError):
        named = {}
    wrong = {"failureReason": _FAILED_TO_ANSWER, "error": cell or reason or "error"}
    return {
        "success": status == "PASS",
        "score": score,
        "namedScores": named,
        "response": {"output": cell},
        **(wrong if status == "ERROR" else {"failureReason": int(status == "FAIL")}),
    }


def _draft(found: Row, line: int, file: str) -> Draft:
    place = place_of(file, line)
    variables = {
        key: value for key, value in row(found.get("vars")).items() if not key.startswith("_")
    }
    case, response, grading = (row(found.get(k)) for k in ("testCase", "response", "gradingResult"))
    about = {**row(case.get("metadata")), **row(found.get("metadata"))}
    expected = first(about, _EXPECTED) or first(row(found.get("vars")), _EXPECTED)
    draft = Draft(
        key=json.dumps(variables, sort_keys=True, ensure_ascii=False, default=str),
        system=_provider(found.get("provider")),
        input=_shown(variables),
        output=text(first(response, ("output",)) or first(found, ("text", "output"))),
        expected=text(expected or _asserted(case)),
        passages=texts(first(about, _PASSAGES) or first(variables, _PASSAGES)),
        metrics=numbers(found.get("namedScores")) or numbers(grading.get("namedScores")),
        line=line,
    )
    draft.describe(about)
    draft.describe(variables)
    if len(variables) == 1:
        draft.key = draft.input
    if error := _error(found, grading):
        draft.fail(error)
        return draft
    passed = truth(first(found, ("success", "pass", "passed")))
    if passed is None:
        raise bad_input("missing-key", 'a result without "success" or "pass"', place)
    draft.correct, score = passed, number(found.get("score"))
    draft.score = float(passed) if score is None else score
    if not passed:
        draft.tags = _reasons(grading)
    return draft


def _provider(value: object) -> str:
    named = row(value)
    found = named.get("label") or named.get("id")  # an empty label stands beside most ids
    return text(found or ("" if isinstance(value, dict) else value))


def _shown(variables: Row) -> str:
    """The only variable by itself, several with their names."""
    if len(variables) == 1:
        return text(next(iter(variables.values())))
    return "\n".join(f"{name}: {text(value)}" for name, value in variables.items())


def _asserted(case: Row) -> object:
    """The answer that an assertion names, where one does."""
    for one in rows(case.get("assert")):
        if one.get("type") in _TELL_THE_ANSWER and isinstance(one.get("value"), str):
            return one["value"]
    return None


def _error(found: Row, grading: Row) -> object:
    """Why there is no answer. Before `failureReason` a failed assertion left its reason in `error`
    too, but beside a grading.
    """
    if "failureReason" in found:
        failed = found["failureReason"] == _FAILED_TO_ANSWER
        return (found.get("error") or "error") if failed else None
    return found.get("error") if not grading else None


def _reasons(grading: Row) -> tuple[str, ...]:
    """The assertions that failed, by their metric or type."""
    failed = [one for one in rows(grading.get("componentResults")) if one.get("pass") is False]
    names = (first(row(one.get("assertion")), ("metric", "type")) for one in failed)
    return tuple(dict.fromkeys(text(name) for name in names if name))


def _prompt(found: Row) -> tuple[str, str]:
    """What tells the prompt apart, and its text."""
    prompt = found.get("prompt")
    label = text(first(row(prompt), ("label", "display", "raw")) or found.get("promptLabel"))
    if not isinstance(prompt, dict):
        label = text(prompt)
    apart = first(found, ("promptIdx", "promptId"))
    return (label if apart is None else text(apart)), label


def _titles(source: Source) -> dict[str, str]:
    """The labels of prompts, without the text that promptfoo writes behind that of a config."""
    document = row(source.document) if source.kind == "document" else {}
    found = {}
    for prompt in rows((row(document.get("results")) or document).get("prompts")):
        label, whole = text(prompt.get("label")), text(prompt.get("raw"))
        found[label] = label.removesuffix(whole).rstrip(": ") or label
    return found


def _name_prompts(run: Run, prompts: Sequence[tuple[str, str]], titles: Mapping[str, str]) -> None:
    """With several prompts the prompt is the variant, and part of the system. Columns that differ
    by provider only have one prompt: its text decides, not its number.
    """
    labels = dict.fromkeys(label for _, label in prompts)
    numbered = {label: at for at, label in enumerate(labels, 1)}
    if len(labels) < 2 or len(labels) > len(run.drafts) / 2:
        return  # one prompt, or texts with the variables filled in
    for draft, (_, label) in zip(run.drafts, prompts, strict=True):
        short = shown(" ".join(titles.get(label, label).split()), _LONGEST_PROMPT)
        draft.variant = f"{numbered[label]}: {short}"
        draft.system = f"{draft.system}, prompt {draft.variant}"
    run.notes.append(
        f"{len(labels)} prompts: each with each provider is a system, and the prompt its variant."
    )
