"""Files of results as JSON, lines and rows; whatever keeps a file from being read is one line.

JSON lines and tables stream: one line is in memory at a time. A single JSON document is read whole.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeAlias

from adaptadvisor.errors import BadInput, Location, bad_input, shown
from adaptadvisor.evidence.readers.values import Row
from adaptadvisor.files import bounded_line, readable

MOST_OF_A_LINE = 20_000_000
"""Bytes of a line, and letters of a cell; whole trajectories of agents stay under it."""

MOST_OF_A_DOCUMENT = 400_000_000
"""Bytes of a single JSON document, which takes about five times as much memory."""

Kind: TypeAlias = Literal["document", "lines", "table", "zip"]

_BEGINNING = 4096
_LONGEST_HEAD = 100_000  # letters, less than the limit of a cell that csv has by itself
_FOREIGN = (
    (b"\x1f\x8b", "it is packed with gzip; unpack it first"),
    (b"PAR1", "it is a Parquet file; write CSV or JSON lines instead"),
    (b"SQLite format 3", "it is a database; export the results as JSON, JSON lines or CSV"),
    (b"\x28\xb5\x2f\xfd", "it is packed with Zstandard; unpack it first"),
    (b"%PDF", "it is a PDF; the results are wanted as JSON, JSON lines or CSV"),
)
_decode = json.JSONDecoder(parse_constant=lambda _: None).decode
_OTHER_UNICODE = (b"\xff\xfe", b"\xfe\xff")
_CUT = "the run may still be writing, or the copy was cut; wait for its end or write it again"


@dataclass(frozen=True, slots=True)
class Source:
    """A file and what it is; `document` is what a JSON document holds, `head` the first row."""

    path: Path
    kind: Kind
    document: object = None
    head: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def sample(self) -> Row:
        """What tells the tool: the document itself, or its first row."""
        if isinstance(self.document, dict):
            return self.document
        return next((one for _, one in self.rows()), {}) if self.kind != "zip" else {}

    def rows(self) -> Iterator[tuple[int, Row]]:
        """The line and the object of each row, of any kind of file; lines count from 1."""
        if self.kind == "lines":
            return _json_rows(self.path)
        if self.kind == "table":
            return self._named()
        return self._listed()

    def cells(self) -> Iterator[tuple[int, list[str]]]:
        """The line and the cells of each row of a table, its header first."""
        return _cells(self.path)

    def _named(self) -> Iterator[tuple[int, Row]]:
        for twice in (name for name in self.head if name and self.head.count(name) > 1):
            what = f'the column "{shown(twice)}" is there twice'
            raise bad_input("duplicate-column", what, place_of(self.name, 1))
        cells = self.cells()
        next(cells, None)
        for line, found in cells:
            yield line, dict(zip(self.head, found, strict=True))

    def _listed(self) -> Iterator[tuple[int, Row]]:
        if not isinstance(self.document, list):
            yield 0, self.sample
            return
        for number, one in enumerate(self.document, 1):
            if not isinstance(one, dict):
                what = f"entry {number:,} of the list is no object"
                raise bad_input("not-an-object", what, self.name)
            yield 0, one


def source(path: Path) -> Source:
    """A file, looked into as far as it takes to tell JSON, JSON lines, a table and a ZIP apart."""
    name = str(path)
    with readable(name):
        if path.exists() and not path.is_file() and not path.is_dir():
            raise bad_input("not-a-file", "this is no regular file", name)
        with path.open("rb") as handle:
            start = handle.read(_BEGINNING)
    _refuse_foreign(start, name)
    if start.startswith(b"PK\x03\x04"):
        return Source(path, "zip")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return _json(path)
    head = next(_cells(path), None)
    if head is None:
        raise bad_input("empty", "the file is empty", name)
    return Source(path, "table", head=tuple(cell.strip() for cell in head[1]))


def _refuse_foreign(start: bytes, name: str) -> None:
    if not start:
        raise bad_input("empty", "the file is empty", name)
    if start.startswith(_OTHER_UNICODE):
        raise bad_input("not-utf-8", "the text is UTF-16; save the file as UTF-8", name)
    for magic, what in _FOREIGN:
        if start.startswith(magic):
            raise bad_input("unknown-format", what, name)
    if start.startswith(b"PK\x03\x04"):
        return
    if b"\0" in start:
        raise bad_input("unknown-format", "it is no text, so no result file we can read", name)
    if start.lstrip().startswith(b"<"):
        what = "it is HTML or XML; write the results as JSON, JSON lines or CSV"
        raise bad_input("unknown-format", what, name)


def _json(path: Path) -> Source:
    """JSON lines where the first line is an object of its own and not all there is."""
    with readable(str(path)), path.open("rb") as handle:
        line = handle.readline(MOST_OF_A_LINE + 1)
        more = bool(handle.read(_BEGINNING).strip())
    whole = line.strip()
    if more and whole.removeprefix(b"\xef\xbb\xbf").startswith(b"{") and whole.endswith(b"}"):
        return Source(path, "lines")
    return Source(path, "document", document=_document(path))


def _document(path: Path) -> object:
    name = str(path)
    with readable(name):
        if path.stat().st_size > MOST_OF_A_DOCUMENT:
            what = (
                f"one JSON document of more than {MOST_OF_A_DOCUMENT // 1_000_000} MB; "
                "write JSON lines or CSV, which are read line by line"
            )
            raise bad_input("too-large", what, name)
        data = path.read_bytes()
    return parsed(data, Location(name))


def parsed(data: bytes, place: Location) -> object:
    """JSON from bytes; NaN and infinite numbers are None, as if they were not there."""
    found = decoded(data, place)
    try:
        return _decode(found)
    except RecursionError:
        raise bad_input("syntax", "nested too deeply", place) from None
    except json.JSONDecodeError as error:
        raise _no_json(error, found, place) from None
    except ValueError as error:  # a number of thousands of digits
        raise bad_input("syntax", f"not valid JSON: {shown(error)}", place) from None


def _no_json(error: json.JSONDecodeError, found: str, place: Location) -> BadInput:
    cut = error.msg.startswith("Unterminated string") or not found[error.pos :].strip()
    if cut and not place.line:
        what = f"the JSON breaks off in the middle of it; {_CUT}"
        return bad_input("truncated", what, place)
    what = f"not valid JSON: {error.msg.removesuffix(' at')}"
    line = place.line or error.lineno
    return bad_input("syntax", what, Location(place.file, line, error.colno))


def place_of(file: str, line: int) -> Location:
    """The beginning of a line; the file as a whole where no line is known."""
    return Location(file, line, 1) if line else Location(file)


def decoded(data: bytes, place: Location) -> str:
    """UTF-8 bytes as text."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = (place.line or 1) + data.count(b"\n", 0, error.start)
        column = error.start - data.rfind(b"\n", 0, error.start)
        what = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise bad_input("not-utf-8", what, Location(place.file, line, column)) from None


def _lines(handle: IO[bytes], name: str) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := bounded_line(handle, name, MOST_OF_A_LINE):
        number += 1
        if len(line) > MOST_OF_A_LINE:
            what = f"the line is longer than {MOST_OF_A_LINE // 1_000_000} MB"
            raise bad_input("too-large", what, place_of(name, number))
        yield number, line


def _json_rows(path: Path) -> Iterator[tuple[int, Row]]:
    name = str(path)
    with readable(name), path.open("rb") as handle:
        for number, line in _lines(handle, name):
            if line.isspace():
                continue
            place = place_of(name, number)
            try:
                found = parsed(line.rstrip(), place)
            except BadInput:
                if line.endswith(b"\n"):
                    raise
                what = f"the last line breaks off; {_CUT}"
                raise bad_input("truncated", what, place) from None
            if not isinstance(found, dict):
                raise bad_input("not-an-object", "the line is no JSON object", place)
            yield number, found


def _cells(path: Path) -> Iterator[tuple[int, list[str]]]:
    name = str(path)
    with readable(name), path.open("rb") as handle:
        texts = (decoded(line, place_of(name, at)) for at, line in _lines(handle, name))
        first = next((line for line in texts if line.strip()), "")
        if not first:
            return
        reader = csv.reader(_after(first, texts), strict=True, delimiter=_delimiter(first))
        wide = line = 0
        while True:
            place = place_of(name, line + 1)
            found = _next(reader, place)
            if found is None:
                return
            at, line = line + 1, reader.line_num
            if not found:
                continue
            wide = wide or len(found)
            if len(found) != wide:
                why = _CUT if len(found) < wide else "a cell with such a sign in it needs quotes"
                what = f"the row has {len(found):,} cells, the header {wide:,}; {why}"
                raise bad_input("wrong-width", what, place)
            yield at, found


def _after(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _next(reader: Iterator[list[str]], place: Location) -> list[str] | None:
    """The next row, with room for a long cell; the limit is one for the whole process."""
    before = csv.field_size_limit(MOST_OF_A_LINE)
    try:
        return next(reader, None)
    except csv.Error as error:
        if "unexpected end" in str(error) or "field limit" in str(error):
            what = f"a quote that opens in this row does not close; {_CUT}"
            raise bad_input("truncated", what, place) from None
        what = f"no valid CSV: {shown(error)}"
        if "new-line character" in str(error):
            what = "a carriage return stands in a row; save the file with the usual ends of lines"
        raise bad_input("syntax", what, place) from None
    finally:
        csv.field_size_limit(before)


def _delimiter(line: str) -> str:
    """The sign between cells that makes the most of the first line; a comma where none does."""

    def cells(sign: str) -> int:
        try:
            return len(next(csv.reader([line[:_LONGEST_HEAD]], delimiter=sign), ()))
        except csv.Error:  # told when the row is read
            return 0

    return max((",", ";", "\t"), key=cells)
