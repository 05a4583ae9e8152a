"""Data files on a command line: the options for them, and what is read from them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from shutil import copyfileobj
from typing import TYPE_CHECKING, Annotated, NamedTuple

from adaptadvisor.authoring.progress import Told
from adaptadvisor.cli import output
from adaptadvisor.cli.options import option
from adaptadvisor.cli.output import Look, Target
from adaptadvisor.cli.progress import working
from adaptadvisor.errors import BadInput, Problem, bad_input, shown
from adaptadvisor.files import temporary_folder
from adaptadvisor.table.facts import Value
from adaptadvisor.table.given import Given
from adaptadvisor.table.rows import Table

if TYPE_CHECKING:
    from adaptadvisor.evidence.data.profile import Profile
    from adaptadvisor.evidence.data.shapes import Names, Record, Row

PANEL = "Data files"
FILES_HELP = "JSONL, JSON, CSV, TSV, Parquet, or a folder of texts with a subfolder per class."
_DATA_HELP = "Your examples: facts that you do not state are read from them; may be repeated."
_EVAL_HELP = "The evaluation set: counted, and looked for in the examples; may be repeated."
_CORPUS_HELP = "A folder of the documents that answers draw on; may be repeated."
_TOKENIZER_HELP = "A tokenizer.json, to count tokens exactly."
_MAP_HELP = "A column by its role, such as text=body or label=tag; may be repeated."

Data = Annotated[list[str] | None, option("--data", _DATA_HELP, "FILE", PANEL)]
Eval = Annotated[list[str] | None, option("--eval", _EVAL_HELP, "FILE", PANEL)]
Corpus = Annotated[list[str] | None, option("--corpus", _CORPUS_HELP, "DIR", PANEL)]
Tokenizer = Annotated[str | None, option("--tokenizer", _TOKENIZER_HELP, "FILE", PANEL)]
Map = Annotated[list[str] | None, option("--map", _MAP_HELP, "ROLE=COLUMN", PANEL)]
_EVERY = 500


def profiled(
    files: Sequence[str],
    evaluation: Sequence[str],
    corpus: Sequence[str],
    tokenizer: str | None,
    names: Sequence[str],
    look: Look,
) -> Profile:
    """The profile of files, with a word on a terminal on how far it is."""
    from adaptadvisor.evidence.data.corpus import corpus_of
    from adaptadvisor.evidence.data.profile import profile
    from adaptadvisor.evidence.data.tokens import counter

    for file in (*files, *evaluation, *corpus):
        exists(file)
    if not names:
        for file in (*files, *evaluation):
            no_results(file)
    from adaptadvisor.evidence.data.shapes import mapping_of

    columns = mapping_of(names)
    count = None if tokenizer is None else counter(tokenizer)
    with working("Reading", look) as told:
        documents = corpus_of(corpus, count, columns) if corpus else None
        held_out = rows_of(evaluation, columns, told) if evaluation else None
        return profile(rows_of(files, columns, told), held_out, corpus=documents, count=count)


def exists(file: str) -> None:
    """`BadInput` unless there is such a file or folder."""
    if not file:
        raise bad_input("missing-value", "needs the name of a file or a folder", "profile")
    if not os.path.exists(file):  # noqa: PTH110 - names that are too long for a Path
        raise bad_input("missing-file", "no such file or folder", file)


def no_results(file: str, flag: str = "--map") -> None:
    """`BadInput` for a result file of an evaluation: what a model answered is no label."""
    from adaptadvisor.evidence.readers import own
    from adaptadvisor.evidence.readers.whose import results_of

    if tool := results_of(file):
        what = f"these are results of {'an evaluation' if tool == own.NAME else tool}"
        right = "look at them with `check all FILE` or `next --results FILE`"
        unless = f"if they are data, name the columns with {flag}"
        raise bad_input("result-file", f"{what}; {right}; {unless}", file)


def rows_of(files: Iterable[str], names: Names, told: Told) -> Iterator[Row]:
    """The rows of all files."""
    from adaptadvisor.evidence.data.rows import read_rows

    for number, row in enumerate(chain.from_iterable(read_rows(file, names) for file in files)):
        if number % _EVERY == 0:
            told(f"Reading {shown(row.file, 60)}, {number:,} rows", 0, 0)
        yield row


def records_of(file: str, names: Names, told: Told) -> Iterator[tuple[Row, Record]]:
    """The rows of a file with their records; a text of a folder has its label and itself."""
    from adaptadvisor.evidence.data.rows import with_records

    if os.path.isdir(file):  # noqa: PTH112 - names that are too long for a Path
        yield from (
            (row, {"text": row.text, "file": row.file}) for row in rows_of([file], names, told)
        )
        return
    for number, (row, record) in enumerate(with_records(file, names)):
        if number % _EVERY == 0:
            told(f"Reading {shown(row.file, 60)}, {number:,} rows", 0, 0)
        yield row, record


@contextmanager
def on_disk(file: str) -> Iterator[str]:
    """The name of a file; of stdin, of a copy that is gone afterwards, as what it holds is looked
    at before it is read. Problems in it are told to be in stdin.
    """
    if file != "-":
        yield file
        return
    if sys.stdin is None:
        raise bad_input("unreadable", "stdin is closed", "stdin")
    with temporary_folder() as folder:
        copy = folder / "stdin"
        with copy.open("wb") as handle:
            copyfileobj(sys.stdin.buffer, handle)
        try:
            yield str(copy)
        except BadInput as error:
            raise BadInput([_of_stdin(one, str(copy)) for one in error.problems]) from None


def _of_stdin(problem: Problem, copy: str) -> Problem:
    place = problem.location
    if place is not None and place.file == copy:
        return replace(problem, location=replace(place, file="stdin"))
    return problem


class Files(NamedTuple):
    """The files that a command line names, and what their columns are called."""

    data: Sequence[str] = ()
    evaluation: Sequence[str] = ()
    corpus: Sequence[str] = ()
    names: Sequence[str] = ()


def with_data(table: Table, given: Given, files: Files, target: Target, look: Look) -> Given:
    """What is given, and the facts that files set besides. What people state wins; where the files
    say otherwise, a line on stderr tells it.
    """
    if not (files.data or files.evaluation or files.corpus):
        return given
    output.not_what_is_read(target, *files.data, *files.evaluation, *files.corpus)
    from adaptadvisor.evidence.data.seen import facts, together

    found = profiled(files.data, files.evaluation, files.corpus, None, files.names, look)
    both = together(given.answers, facts(found, table), table)
    for line in both.differ:
        output.say(f"note: {line}")
    if both.taken:
        filled = ", ".join(
            f"{table.facts[fact].name} {_short(both.answers[fact])}" for fact in both.taken
        )
        output.say(f"From your files: {filled} (details: adaptadvisor profile)")
    return replace(given, answers=both.answers)


def _short(value: Value | None) -> str:
    from adaptadvisor.table.facts import show

    return "" if value is None else show(value)
