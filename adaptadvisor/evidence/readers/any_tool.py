"""Results of any tool: whose they are is told by keys and columns, never by a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from adaptadvisor.errors import BadInput, bad_input, nearest, one_of, shown
from adaptadvisor.evidence.outcomes import Results
from adaptadvisor.evidence.readers import (
    deepeval,
    inspect_logs,
    lm_eval,
    nemo,
    own,
    promptfoo,
    ragas,
)
from adaptadvisor.evidence.readers.collect import results
from adaptadvisor.evidence.readers.draft import Run
from adaptadvisor.evidence.readers.source import Source, source
from adaptadvisor.evidence.readers.values import row

TOOLS = (
    promptfoo.NAME, lm_eval.NAME, inspect_logs.NAME, deepeval.NAME, ragas.NAME, nemo.NAME, own.NAME,
)  # fmt: skip
"""The tools whose results are read; the last is our own format."""

MOST_FILES = 2_000
"""Files of a folder that are looked into."""

_ENDINGS = (".json", ".jsonl", ".eval", ".csv", ".tsv")
"""Of files with one stem the first counts: they are one run in several formats."""

_DOCUMENTS = (
    (promptfoo.NAME, promptfoo.is_document),
    (inspect_logs.NAME, inspect_logs.is_document),
    (deepeval.NAME, deepeval.is_document),
    (lm_eval.NAME, lm_eval.is_document),
    (nemo.NAME, nemo.is_document),
)
_ROWS = (
    (promptfoo.NAME, promptfoo.is_row),
    (lm_eval.NAME, lm_eval.is_row),
    (nemo.NAME, nemo.is_row),
)

_NO_MAPPING: Mapping[str, str] = MappingProxyType({})


def read(
    path: Path,
    tool: str | None = None,
    mapping: Mapping[str, str] = _NO_MAPPING,
    metric: str | None = None,
) -> Results:
    """The outcomes in a file, or in the files of a folder that are of one tool.

    `tool` is one of `TOOLS` in any case; without it the keys tell. `mapping` gives our columns the
    names they have in this file (correct=passed) and is for our own format only. `metric` is the
    score that counts; each reader says which does otherwise. `BadInput` is one line.
    """
    tool = _known(tool)
    own.check_mapping(mapping)
    if mapping and tool not in (None, own.NAME):
        raise bad_input("mapping", f"a mapping is for a format of one's own, not for {tool}")
    if mapping:
        tool = own.NAME
    if path.is_dir():
        return _folder(path, tool, mapping, metric)
    found = source(path)
    return results(path, _runs(found, _told(found, tool), mapping, metric))


def _known(tool: str | None) -> str | None:
    if tool is None:
        return None
    plain = {_plain(name): name for name in TOOLS} | {"nemo": nemo.NAME, "lmeval": lm_eval.NAME}
    if _plain(tool) not in plain:
        what = f'no reader for "{shown(tool)}"; there is {one_of(TOOLS)}{nearest(tool, TOOLS)}'
        raise bad_input("unknown-tool", what)
    return plain[_plain(tool)]


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def tool_of(found: Source) -> str:
    """Whose results these are; empty for nobody's that we know."""
    if found.kind == "zip":
        return inspect_logs.NAME if inspect_logs.is_log(found) else ""
    if found.kind == "table" and promptfoo.is_header(found.head):
        return promptfoo.NAME
    document, sample = row(found.document), found.head or found.sample
    for name, is_document in _DOCUMENTS:
        if is_document(document):
            return name
    if not isinstance(sample, tuple):
        for name, is_row in _ROWS:
            if is_row(sample):
                return name
    if ragas.is_row(sample):
        return ragas.NAME
    return own.NAME if own.is_row(sample) else ""


def _told(found: Source, tool: str | None) -> str:
    """The tool that was asked for, if the file can be its; else the one that the keys tell."""
    told = tool_of(found)
    if tool == own.NAME or (tool and told == tool):
        if found.kind == "zip":
            raise bad_input("unknown-format", "a ZIP file is no table of results", found.name)
        return tool
    if tool:
        what = f"this is no result of {tool}" + (f", but of {told}" if told else "")
        raise bad_input("unknown-format", what, found.name)
    if not told:
        names = list(found.head or found.sample)[:8]
        has = f" (it has {', '.join(shown(name, 30) for name in names)})" if names else ""
        what = (
            f"no results of a tool we know{has}; we read {one_of(TOOLS[:-1])}, and JSON lines or "
            "CSV with id or input and correct or score; others need a mapping such as "
            "correct=passed"
        )
        raise bad_input("unknown-format", what, found.name)
    return told


def _runs(
    found: Source, tool: str, mapping: Mapping[str, str], metric: str | None
) -> Sequence[Run]:
    if tool == own.NAME:
        return [own.read(found, metric, mapping)]
    if tool == lm_eval.NAME:
        if lm_eval.is_document(row(found.document)):
            beside = [source(each) for each in lm_eval.samples_beside(found.path)]
            return _of_any_task(beside, metric)
        return [lm_eval.read(found, metric)]
    if tool == nemo.NAME:
        if nemo.is_document(row(found.document)):
            found = source(nemo.results_beside(found.path))
        return [nemo.read(found, metric)]
    readers = {
        promptfoo.NAME: promptfoo.read,
        inspect_logs.NAME: inspect_logs.read,
        deepeval.NAME: deepeval.read,
        ragas.NAME: ragas.read,
    }
    return [readers[tool](found, metric)]


def _of_any_task(samples: Sequence[Source], metric: str | None) -> list[Run]:
    """The samples of several tasks; those that have not the metric asked for are left out."""
    runs, missing = [], []
    for each in samples:
        try:
            runs.append(lm_eval.read(each, metric))
        except BadInput as error:
            if error.problems[0].code != "unknown-metric":
                raise
            missing.append((each, error))
    if not runs and missing:
        raise missing[0][1]
    if missing:
        names = ", ".join(each.path.name for each, _ in missing)
        runs[0].notes.append(f"Without the metric {metric}, so left out: {names}.")
    return runs


def _folder(
    folder: Path, tool: str | None, mapping: Mapping[str, str], metric: str | None
) -> Results:
    by_tool: dict[str, list[Source]] = {}
    unread = []
    for path in _files(folder):
        try:
            found = source(path)
            told = own.NAME if mapping else tool_of(found)
        except BadInput as error:
            unread.append(error)
            continue
        if told:
            by_tool.setdefault(told, []).append(found)
    if tool:
        by_tool = {name: some for name, some in by_tool.items() if name == tool}
    elif len(by_tool) > 1:
        by_tool.pop(own.NAME, None)
    if len(by_tool) > 1:
        what = f"the folder holds results of {', '.join(by_tool)}; name one file, or the tool"
        raise bad_input("several-tools", what, str(folder))
    if not by_tool:
        if unread:
            raise unread[0]
        what = f"the folder holds no results of {tool or one_of(TOOLS[:-1])}"
        raise bad_input("no-results", what, str(folder))
    [(name, found_files)] = by_tool.items()
    kept, notes = _one_of_each(found_files, name)
    runs = _all_runs(kept, name, mapping, metric)
    if unread:
        notes.append(f"{len(unread)} files could not be read, the first: {unread[0]}")
    return results(folder, runs, notes)


def _files(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in _ENDINGS and path.is_file():
            found.append(path)
        if len(found) > MOST_FILES:
            what = f"more than {MOST_FILES:,} files that may hold results; name one of them"
            raise bad_input("too-large", what, str(folder))
    return found


def _one_of_each(found: Sequence[Source], tool: str) -> tuple[list[Source], list[str]]:
    """Without totals, which hold no answer, and without a run's other formats."""
    if tool == lm_eval.NAME:
        samples = [each for each in found if not lm_eval.is_document(row(each.document))]
        kept, notes = lm_eval.newest([each.path for each in samples])
        return [each for each in samples if each.path in kept], notes
    if tool == nemo.NAME:
        return [each for each in found if not nemo.is_document(row(each.document))], []
    best: dict[Path, Source] = {}
    for each in sorted(found, key=lambda one: _ENDINGS.index(one.path.suffix)):
        best.setdefault(each.path.with_suffix(""), each)
    left = [each.path.name for each in found if each not in best.values()]
    kept = [each.path for each in best.values()]
    note = f"The same run in another format is left out: {', '.join(left)}."
    return [each for each in found if each.path in kept], [note] if left else []


def _all_runs(
    found: Sequence[Source], tool: str, mapping: Mapping[str, str], metric: str | None
) -> list[Run]:
    if tool == lm_eval.NAME and found:
        return _of_any_task(found, metric)
    runs = [run for each in found for run in _runs(each, tool, mapping, metric)]
    if not runs:
        what = f"only totals of {tool} are here, and no single results"
        raise bad_input("no-samples", what, str(found[0].path.parent) if found else None)
    return runs
