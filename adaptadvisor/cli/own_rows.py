"""Whether the rows of somebody's files are such that the scripts of a folder can use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from adaptadvisor.cli import data, output
from adaptadvisor.cli.output import Look
from adaptadvisor.cli.own_files import Named
from adaptadvisor.cli.progress import working
from adaptadvisor.errors import BadInput, Location, bad_input, shown

if TYPE_CHECKING:
    from adaptadvisor.evidence.data.shapes import Record, Row
    from adaptadvisor.starter.kit import Kit

_CHAT = (
    "no chat with an answer of the assistant",
    'expected a list of turns like {"role": "user", "content": "..."}, the last of an assistant',
)
_PAIR = (
    "no input with a better and a worse answer that differ",
    "write both, or leave the row out",
)


def check(named: Named, kit: Kit, look: Look) -> None:
    """`BadInput` for files that nothing can be learnt from: no row with a text and an answer, one
    class, a chat without an answer, a pair of which nothing is better. Few rows are refused where a
    head is trained on them, and told where they are not.
    """
    from adaptadvisor.evidence.data.shapes import mapping_of

    if named.train and named.evaluation and Path(named.train).samefile(named.evaluation):
        wrong = f"{shown(named.evaluation)} holds the training data too"
        raise bad_input("bad-setting", f"{wrong}; hold other rows out to judge by", "--eval")
    columns = mapping_of(named.mapped)
    for file in filter(None, (named.train, named.evaluation)):
        with working("Reading", look) as told:
            if chat := kit.own.columns.chat:
                rows = data.records_of(file, columns, told)
                _refuse(file, ((row, _is_chat(row, record, chat)) for row, record in rows), _CHAT)
                continue
            some = data.rows_of([file], columns, told)
            if kit.own.columns.rejected and file == named.train:
                _refuse(file, ((row, row.pair and bool(row.text.strip())) for row in some), _PAIR)
            elif kit.own.labels_only:
                _labelled(file, some, kit)
            else:
                _refuse_empty(file, some)


def _labelled(file: str, rows: Iterable[Row], kit: Kit) -> None:
    from adaptadvisor.lab.examples import labelled

    try:
        labelled(file, [rows], seed=1)
    except BadInput as error:
        problem = error.problems[0]
        if problem.code != "too-few" or kit.text_head:
            raise
        output.say(f"note: {shown(file, 60)}: {problem.message}")


def _refuse_empty(file: str, rows: Iterable[Row]) -> None:
    if not any(row.text.strip() and (row.output.strip() or row.labels) for row in rows):
        wrong = "no row has a text and an answer; name the columns: --text COL and --label COL"
        raise bad_input("no-labels", wrong, file)


def _is_chat(row: Row, record: Record, column: str) -> bool:
    turns = record.get(column)
    whole = isinstance(turns, list) and all(isinstance(turn, Mapping) for turn in turns)
    return whole and bool(row.text.strip() and row.output.strip())


def _refuse(file: str, rows: Iterable[tuple[Row, bool]], said: tuple[str, str]) -> None:
    """`BadInput` at the first row that is not as it should be, with how many there are."""
    number, lines = 0, list[int]()
    for row, fits in rows:
        number += 1
        if not fits:
            lines.append(row.line)
    if lines:
        what, right = said
        many = "this row has" if len(lines) == 1 else f"{len(lines):,} of {number:,} rows have"
        first = "" if len(lines) == 1 else " (the first is here)"
        raise bad_input("bad-rows", f"{many} {what}{first}; {right}", Location(file, lines[0], 1))
