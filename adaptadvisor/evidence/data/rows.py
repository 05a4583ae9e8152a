"""Rows out of data files, one at a time: JSONL, JSON, CSV, TSV, Parquet, and folders of text."""

from __future__ import annotations

import csv
import gzip
import json
import os
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from adaptadvisor.errors import BadInput, Location, bad_input, one_of, shown
from adaptadvisor.evidence.data.json_list import items_of
from adaptadvisor.evidence.data.shapes import Names, Record, Row, Shape, parsed_object, shape_of
from adaptadvisor.files import bounded_line, readable

MAX_BYTES = 16_000_000
"""Bytes of one row that is still read."""
TEXTS = (".txt", ".md", ".markdown", ".rst", ".text", ".html", ".htm", ".xml")
TABLES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".pq")
_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 4096
_MARKS = {
    b"PK\x03\x04": "a ZIP archive (an Excel file is one); save the sheet as CSV, or unpack it",
    b"%PDF": "a PDF; extract its text into .txt files first",
    b"SQLite format 3": "an SQLite database; export the table as CSV",
    b"ARROW1": "an Arrow file; save it as Parquet",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
}
EXTRA = "pip install 'adaptadvisor[data]'"


def read_rows(path: str | Path, names: Names | None = None) -> Iterator[Row]:
    """The rows of a file or a folder. `names` says what a column is that is called otherwise.

    In memory is one row (of Parquet a batch of a thousand). `BadInput`, with the place, for what
    cannot be read; a folder has its classes as subfolders.
    """
    path = Path(path)
    if path.is_dir():
        yield from _folder(path, names or {})
    else:
        yield from (row for row, _ in with_records(path, names))


def with_records(path: str | Path, names: Names | None = None) -> Iterator[tuple[Row, Record]]:
    """The rows of one file, each with the record that it was made of."""
    path = Path(path)
    file, shapes = str(path), _Shapes(names or {})
    number = 0
    for number, record in _records(path, file):
        yield shapes.row(record, file, number), record
    if not number:
        raise bad_input("empty", "the file holds no rows", file)


def shape_in(path: str | Path, names: Names | None = None) -> Shape:
    """What is what in the first record of a file; `BadInput` as for `read_rows`."""
    file = str(path)
    for line, record in _records(Path(path), file):
        return shape_of(record, names or {}, Location(file, line, 1))
    raise bad_input("empty", "the file holds no rows", file)


class _Shapes:
    """The shape of each kind of record in a file; most files have one."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.keys: list[str] = []
        self.shape = Shape()

    def row(self, record: Record, file: str, line: int) -> Row:
        keys = list(record)
        if keys != self.keys:
            self.shape = shape_of(record, self.names, Location(file, line, 1))
            self.keys = keys
        return self.shape.row(record, file, line)


def _records(path: Path, file: str) -> Iterator[tuple[int, Record]]:
    """The records of a file with their lines, by what it holds rather than what it is called."""
    with readable(file):
        size = path.stat().st_size
        with _opened(path, file) as stream:
            head = _whole(stream, file)
    if not size or not head.strip():
        raise bad_input("empty", "the file is empty", file)
    if head.startswith(b"PAR1"):
        yield from _parquet(path, file)
        return
    _refuse_foreign(head, path, file)
    start = head.removeprefix(BOM_UTF8).lstrip()[:1]
    with readable(file), _opened(path, file) as stream:
        if start == b"[":
            yield from items_of(stream, file, MAX_BYTES)
        elif start == b"{" and not (path.suffix == ".json" and not _one_a_line(head)):
            yield from _json_lines(stream, file)
        elif start == b"{":
            yield from items_of(stream, file, MAX_BYTES, inside=True)
        elif path.suffix.lower() in TEXTS:
            yield 1, {"text": decoded(stream.read(MAX_BYTES + 1), file)}
        else:
            yield from _csv(stream, file)


def _whole(stream: IO[bytes], file: str) -> bytes:
    with _unpacking(file):
        return stream.read(_HEAD)


@contextmanager
def _opened(path: Path, file: str) -> Iterator[IO[bytes]]:
    """A file for reading, unpacked where it is packed with gzip."""
    with _unpacking(file), path.open("rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        if packed:
            with gzip.open(plain) as unpacked:
                yield cast("IO[bytes]", unpacked)
        else:
            yield plain


@contextmanager
def _unpacking(file: str) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        message = f"the packed file is damaged or cut off: {shown(error)}; pack it again"
        raise bad_input("unreadable", message, file) from None


def _refuse_foreign(head: bytes, path: Path, file: str) -> None:
    """`BadInput` for what is no text, with what it is where its first bytes tell."""
    for mark, what in _MARKS.items():
        if head.startswith(mark):
            raise bad_input("unknown-format", f"this is {what}", file)
    if b"\0" in head:
        if path.suffix.lower() in (".parquet", ".pq"):
            what = "this is no Parquet file, whatever its name says; it may be cut off or damaged"
        else:
            what = f"this is no text; expected JSONL, JSON, CSV, TSV, Parquet or {one_of(TEXTS)}"
        raise bad_input("unknown-format", what, file)


def _one_a_line(head: bytes) -> bool:
    """Whether the first line is an object by itself, so that the next one is another."""
    line, _, rest = head.lstrip().partition(b"\n")
    if not rest.lstrip().startswith(b"{"):
        return False
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _json_lines(stream: IO[bytes], file: str) -> Iterator[tuple[int, Record]]:
    number = 0
    while line := bounded_line(stream, file, MAX_BYTES):
        number += 1
        place = Location(file, number, 1)
        _refuse_long(line, place)
        if line.isspace():
            continue
        yield number, parsed_object(_parsed(line, place, last=not line.endswith(b"\n")), place)


def _refuse_long(line: bytes, place: Location) -> None:
    if len(line) > MAX_BYTES:
        message = f"the row is longer than {MAX_BYTES // 1_000_000} MB; split the text"
        raise bad_input("too-large", message, place)


def _parsed(line: bytes, place: Location, *, last: bool) -> object:
    try:
        return json.loads(decoded(line, place))
    except json.JSONDecodeError as error:
        if last:
            message = "the last line breaks off; the file was not written to its end"
            raise bad_input("syntax", message, place) from None
        what = f"{error.msg.removesuffix(' at')} at column {error.colno}"
        raise bad_input("syntax", f"not valid JSON: {what}", place) from None
    except RecursionError:
        raise bad_input("syntax", "nested too deeply", place) from None
    except ValueError as error:  # a number with thousands of digits
        raise bad_input("syntax", f"not valid JSON: {shown(error)}", place) from None


def decoded(data: bytes, place: Location | str) -> str:
    """The text of bytes in UTF-8."""
    try:
        return data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError:
        raise bad_input("not-utf-8", "this is not UTF-8; save the file as UTF-8", place) from None


def _csv(stream: IO[bytes], file: str) -> Iterator[tuple[int, Record]]:
    lines = _Lines(stream, file)
    delimiter, header = _header(lines, file)
    before = csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        while True:
            start = lines.number + 1
            row = next(reader, None)
            if row is None:
                return
            if any(map(str.strip, row)):
                yield start, _cells(header, row, Location(file, start, 1))
    except csv.Error as error:
        wrong = f"the row cannot be read as CSV: {error}"
        if "unexpected end" in str(error) or "field larger" in str(error):
            wrong = "a quote is opened here and never closed; the file may be cut off"
        raise bad_input("syntax", wrong, Location(file, start, 1)) from None
    finally:
        csv.field_size_limit(before)


class _Lines:
    """Lines as text, with the number of the last."""

    def __init__(self, stream: IO[bytes], file: str) -> None:
        self.stream, self.file, self.number = stream, file, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = bounded_line(self.stream, self.file, MAX_BYTES)
        if not line:
            raise StopIteration
        self.number += 1
        place = Location(self.file, self.number, 1)
        _refuse_long(line, place)
        if b"\0" in line:
            raise bad_input("unknown-format", "this line is no text: it holds a zero byte", place)
        return decoded(line, place)


def _header(lines: _Lines, file: str) -> tuple[str, list[str]]:
    """The delimiter and the columns: the first line that is not blank, or the one after `sep=`."""
    said, line = "", ""
    for line in lines:
        if line.startswith("sep="):
            said = line.rstrip("\r\n")[4:]
        elif line.strip():
            break
    delimiter = said if said in _DELIMITERS else max(_DELIMITERS, key=line.count)
    place = Location(file, lines.number, 1)
    try:
        header = [
            cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, strict=True))
        ]
    except (csv.Error, StopIteration):
        raise bad_input("syntax", "the header cannot be read as CSV", place) from None
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise bad_input("duplicate-key", f'the column "{shown(twice)}" is there twice', place)
    return delimiter, header


def _cells(header: list[str], row: list[str], place: Location) -> Record:
    if len(row) > len(header):
        cells = f"the row has {len(row)} cells, and the header has {len(header)}"
        right = "a text with the delimiter in it needs quotes"
        raise bad_input("too-many-cells", f"{cells}; {right}", place)
    return dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=True))


def _parquet(path: Path, file: str) -> Iterator[tuple[int, Record]]:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        message = f"reading Parquet needs pyarrow; install it with: {EXTRA}"
        raise bad_input("missing-extra", message, file) from None
    number = 0
    try:
        with ParquetFile(path) as parquet:
            for batch in parquet.iter_batches(batch_size=1000):
                for record in batch.to_pylist():
                    number += 1
                    yield number, record
    except (ArrowException, OSError) as error:
        first = str(error).partition(".")[0].partition("\n")[0]
        what = f"this Parquet file is cut off or damaged: {shown(first, 100)}"
        raise bad_input("unreadable", what, file) from None


def _folder(folder: Path, names: Names) -> Iterator[Row]:
    """The texts of a folder, its classes the subfolders; data files in it are read as such."""
    found = False
    for path in files_in(folder):
        if path.suffix.lower() in TEXTS:
            inside = path.relative_to(folder).parts
            labels = (inside[0],) if len(inside) > 1 else ()
            yield Row(text_of(path), labels=labels, file=str(path), line=1)
            found = True
        elif path.suffix.lower() in TABLES:
            yield from read_rows(path, names)
            found = True
    if not found:
        right = f"expected {one_of(TABLES)}, or texts in a subfolder per class"
        raise bad_input(
            "empty", f"this folder holds nothing that can be read; {right}", str(folder)
        )


def files_in(folder: Path) -> Iterable[Path]:
    """The files of a folder and its subfolders in a fixed order, without hidden ones."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))


def text_of(path: Path) -> str:
    """The text of a file; what is not UTF-8 is taken for Windows-1252, as old texts often are."""
    file = str(path)
    with readable(file), path.open("rb") as handle:
        data = handle.read(MAX_BYTES + 1)
    _refuse_long(data, Location(file))
    if b"\0" in data:
        raise bad_input("unknown-format", "this is no text: it holds a zero byte", file)
    try:
        return decoded(data, file)
    except BadInput:
        return data.decode("cp1252", "replace")
