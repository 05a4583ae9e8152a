"""Cases as a spreadsheet saves them: CSV, the facts as header, a case a row, a blank unknown."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from adaptadvisor.errors import BadInput, Location, Problem, bad_input, nearest, shown
from adaptadvisor.reading.many import Case, bad_case
from adaptadvisor.table import facts
from adaptadvisor.table.facts import Fact, NotAValue, spelling
from adaptadvisor.table.given import OWN_KEYS, too_long
from adaptadvisor.table.rows import Table

DELIMITERS = (",", ";", "\t")
BOM = "\ufeff".encode()
_LEFT_ALONE = "#"
_UNKNOWN = ("n/a", "#n/a", "-", "\u2013", "\u2014")
"""What people write into a cell for "I do not know", besides `facts.UNKNOWN_WORDS`."""

_OWN = ("id", *OWN_KEYS)


@dataclass(slots=True)
class Sheet:
    """How a file is written, known once its header was `read`: answers are written alike."""

    read: bool = False
    delimiter: str = DELIMITERS[0]
    marked: bool = False
    """Whether it begins with a byte order mark, by which Excel knows UTF-8."""


class _Head(NamedTuple):
    """What the header says: the delimiter, and what each column is; an empty name is left alone."""

    delimiter: str
    columns: tuple[str, ...]


def is_header(line: bytes, table: Table) -> bool:
    """Whether a first line can be the header of such a file: one of its columns is a fact."""
    if line.lstrip().startswith((b"{", b"[")):
        return False
    known = _known(table)
    return any(_score(cells, known) for cells in _readings(_text(line)).values())


def cases(
    lines: Iterable[bytes], name: str, table: Table, sheet: Sheet | None = None
) -> Iterator[Case]:
    """A case for each row; `BadInput` where the header is not one. In memory is one row at a time.
    `sheet` is told how the file is written.

    The delimiter is the one that makes most of the header's columns facts; a first line `sep=;` as
    Excel writes it decides. `tried` lists plans with blanks, commas or semicolons between them.
    """
    count = _Counted(lines)
    head = _head(count, name, table)
    if sheet:
        sheet.read, sheet.delimiter, sheet.marked = True, head.delimiter, count.marked
    reader = csv.reader(count, delimiter=head.delimiter, strict=True)
    while True:
        before = count.number
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            wrong = f"the row cannot be read as CSV: {error}"
            yield bad_case(bad_input("syntax", wrong), "null", line=before + 1)
            continue
        if any(cell and not cell.isspace() for cell in row):
            yield _case(row, head, before + 1, table)


class _Counted:
    """Lines as text, with the number of the last."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.lines = iter(lines)
        self.number = 0
        self.marked = False

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.number += 1
        self.marked = self.marked or (self.number == 1 and line.startswith(BOM))
        return _text(line)


def _text(line: bytes) -> str:
    """The line; bytes that are no UTF-8 become halves of characters, to be found in their cell."""
    return line.decode("utf-8", "surrogateescape").removeprefix("\ufeff")


def _head(lines: _Counted, name: str, table: Table) -> _Head:
    """The header: the first line that is not blank, or the one after `sep=`."""
    said = ""
    for line in lines:
        if line.startswith("sep=") and line.strip()[4:] in DELIMITERS:
            said = line.strip()[4:]
        elif line.startswith("sep=\t"):
            said = "\t"
        elif line.strip():
            break
    else:
        raise bad_input("missing-header", "no header; expected the names of facts", name)
    place = Location(name, lines.number, 1)
    if any("\ud800" <= character <= "\udfff" for character in line) or "\0" in line:
        right = "save it as CSV UTF-8"
        raise bad_input("not-utf-8", f"the header is not UTF-8; {right}", place)
    known = _known(table)
    readings = _readings(line)
    delimiter = said or max(readings, key=lambda each: _score(readings[each], known))
    cells = readings.get(delimiter)
    if not cells:
        raise bad_input("syntax", "the header cannot be read as CSV", place)
    return _Head(delimiter, _columns(cells, line, known, table, place))


def _readings(line: str) -> dict[str, list[str]]:
    """The cells of the header by each delimiter that it can be read with."""
    found = {}
    for delimiter in DELIMITERS:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        found[delimiter] = cells
    return found


def _known(table: Table) -> Mapping[str, str]:
    """What a column may be called, and what it is then: by id, or by the name that people see."""
    names = {spelling(fact.name): fact.id for fact in table.questions}
    return names | {fact.id: fact.id for fact in table.questions} | {own: own for own in _OWN}


def _score(cells: Sequence[str], known: Mapping[str, str]) -> int:
    return sum(spelling(cell) in known for cell in cells)


def _columns(
    cells: Sequence[str], line: str, known: Mapping[str, str], table: Table, place: Location
) -> tuple[str, ...]:
    """What each column is; `BadInput` names those that are nothing, in the order of the header."""
    problems, columns, starts, start = [], [], [], 0
    for number, cell in enumerate(cells, 1):
        start = max(start, line.find(cell, start))  # a cell with quotes in it stays where it was
        starts.append(replace(place, column=start + 1))
        word = spelling(cell)
        if not word or word.startswith(_LEFT_ALONE):
            columns.append("")
        elif word in known:
            columns.append(known[word])
        else:
            code, wrong = _no_column(cell, word, table, known)
            problems.append(Problem(code, f"column {number}: {wrong}", starts[-1]))
            columns.append(f"{_LEFT_ALONE}{number}")
    for column, times in Counter(filter(None, columns)).items():
        if times > 1:
            at = [number for number, name in enumerate(columns, 1) if name == column]
            said = f'"{column}" is there twice: columns {", ".join(map(str, at))}'
            problems.append(Problem("duplicate-key", said, starts[at[-1] - 1]))
    if problems:
        raise BadInput(problems)
    return tuple(columns)


def _no_column(cell: str, word: str, table: Table, known: Mapping[str, str]) -> tuple[str, str]:
    if word in table.facts:  # derived
        wrong = facts.no_such_fact(word, table.facts)
        return wrong.code, str(wrong)
    said = f'"{shown(cell)}" is no fact{nearest(word, known)}'
    return "unknown-fact", f"{said} (a column whose name begins with # is left alone)"


def _case(row: Sequence[str], head: _Head, line: int, table: Table) -> Case:
    problems: list[Problem] = []
    found: dict[str, object] = {}
    own = dict.fromkeys(_OWN, "")
    for number, cell in enumerate(row):
        text = cell.strip()
        column = head.columns[number] if number < len(head.columns) else None
        if not text or column == "":
            continue
        if column is None:
            cells = f"{len(row)} cells, and the header has {len(head.columns)}"
            more = "; a text with the delimiter in it needs quotes" if len(row) > number else ""
            problems.append(Problem("too-many-cells", f"the row has {cells}{more}"))
            break
        if wrong := _no_text(text, column):
            problems.append(wrong)
        elif column in own:
            own[column] = text
            problems += too_long(column, text) if column in OWN_KEYS else ()
        else:
            _add(found, table.facts[column], text, problems)
    id_ = json.dumps(own["id"]) if own["id"] else "null"
    if problems:
        return bad_case(BadInput(problems), id_, line=line)._replace(title=own["title"])
    return Case(id_, found, line, title=own["title"], notes=own["notes"])


def _no_text(text: str, column: str) -> Problem | None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        return Problem("not-utf-8", f'"{column}" is not UTF-8; save the file as CSV UTF-8')
    return None


def _add(found: dict[str, object], fact: Fact, text: str, problems: list[Problem]) -> None:
    """The value of a cell, by the rules of unquoted text in a facts file."""
    text = text.replace(";", ",") if fact.type == "plans" else text
    if text.lower() in _UNKNOWN:
        text = facts.UNKNOWN_WORDS[0]
    try:
        value = facts.from_text(fact, text)
        # the word itself, which is read again: a run says which words it read as others
        found[fact.id] = text if fact.type == "choice" and value is not None else value
    except NotAValue as error:
        problems.append(Problem(error.code, str(error)))
