"""Many situations: one JSON object a line in, one a line out, in the same order, in flat memory.

Lines with nothing unusual in them take a short way; whatever does not pass there is read again
slowly, with good error messages.
"""

from __future__ import annotations

import errno
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from adaptadvisor.advice import hinges as whatif
from adaptadvisor.advice.advise import check_facts
from adaptadvisor.engine.decide import Outcome
from adaptadvisor.engine.situation import engine_for
from adaptadvisor.errors import BadInput, Location, bad_input, shown
from adaptadvisor.files import written_whole
from adaptadvisor.reading.nodes import MAX_BYTES
from adaptadvisor.table.plans import members
from adaptadvisor.table.rows import Table

_CHUNK = 1 << 20
_MEMO = 50_000
_LONG = 400  # digits of a number; Python refuses to read more than 4300
_LINE_ENDS = ("\n", "", "\r\n")
_PLAIN_TYPES = {"choice": (str,), "bool": (bool,), "integer": (int,), "number": (int, float)}


def run(
    table: Table, cases: str, output: Path | None, *, settled: bool = False, force: bool = False
) -> int:
    """Reads `cases` (a path, or `-`), writes the answers to `output` or stdout, and returns the
    number of bad lines.
    """
    answers = Answers(table, settled=settled)
    with (
        _opened(cases) as source,
        _watched(source, cases, output) as watched,
        _target(output, force=force) as target,
    ):
        lines = answers.lines(_readable(watched, cases))
        if cases != "-" and Path(cases).is_file():
            lines = _blocks(lines)
        for text in lines:  # from a pipe each answer leaves at once: somebody may be waiting for it
            target.write(text.encode())
            if cases == "-":
                target.flush()
        target.flush()
    return answers.bad


def _opened(cases: str) -> AbstractContextManager[BinaryIO]:
    if cases == "-":
        if sys.stdin is None:
            raise bad_input("missing-file", "stdin is closed", Location("-"))
        return nullcontext(sys.stdin.buffer)
    try:
        return open(cases, "rb")  # noqa: PTH123 - the caller closes it
    except FileNotFoundError:
        raise bad_input("missing-file", "no such file", Location(cases)) from None
    except IsADirectoryError:
        raise bad_input("not-a-file", "this is a folder, not a file", Location(cases)) from None
    except (OSError, ValueError) as error:
        raise bad_input(
            "unreadable",
            f"cannot be read: {getattr(error, 'strerror', None) or error}",
            Location(cases),
        ) from None


def _target(output: Path | None, *, force: bool) -> AbstractContextManager[BinaryIO]:
    if output is not None:
        return written_whole(output, over=force)
    if sys.stdout is None:
        raise OSError(errno.EBADF, "stdout is closed")
    return nullcontext(sys.stdout.buffer)


def _watched(source: BinaryIO, cases: str, output: Path | None) -> AbstractContextManager[BinaryIO]:
    """The input, with a progress bar on stderr where a person is watching a file go by and the
    answers go elsewhere.
    """
    on_screen = output is None and sys.stdout is not None and sys.stdout.isatty()
    if (
        on_screen
        or cases == "-"
        or not Path(cases).is_file()
        or not (sys.stderr and sys.stderr.isatty())
    ):
        return nullcontext(source)
    from rich.console import Console
    from rich.progress import wrap_file

    return wrap_file(
        source,
        Path(cases).stat().st_size,
        description="batch",
        console=Console(stderr=True),
        transient=True,
    )


def _readable(source: BinaryIO, cases: str) -> Iterator[bytes]:
    """The lines; what fails in reading is not blamed on the output. A line without an end, as a
    device gives it, ends the run: nobody can say where the next one starts.
    """
    try:
        while line := source.readline(MAX_BYTES + 1):
            if len(line) > MAX_BYTES:
                message = f"a line is longer than {MAX_BYTES // 1_000_000} MB"
                raise bad_input("too-large", message, Location(cases))
            yield line
    except OSError as error:
        raise bad_input(
            "unreadable", f"cannot be read: {error.strerror or error}", Location(cases)
        ) from None


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """Lines joined into blocks of about a megabyte."""
    block: list[str] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size > _CHUNK:
            yield "".join(block)
            block, size = [], 0
    yield "".join(block)


class _Form(NamedTuple):
    """What a value of a fact must be: of these types, and among these values or in this range."""

    types: tuple[type, ...]
    values: frozenset[Any]
    minimum: Any
    maximum: Any


class Answers:
    """Turns input lines into answer lines, and counts the bad ones."""

    def __init__(self, table: Table, *, settled: bool = False) -> None:
        self.table = table
        self.engine = engine_for(table)
        self.settled = settled
        self.bad = 0
        self.forms = {
            fact.id: _Form(
                _PLAIN_TYPES[fact.type], frozenset(fact.values), fact.minimum, fact.maximum
            )
            for fact in table.questions
            if fact.type in _PLAIN_TYPES
        }
        self.written: dict[Outcome, str] = {}
        self.scan = json.JSONDecoder(
            object_pairs_hook=_object, parse_constant=_no_constant
        ).raw_decode
        self.quote: Callable[[str], str] = json.encoder.encode_basestring_ascii

    def lines(self, source: Iterable[bytes]) -> Iterator[str]:
        """An answer line for each line that is not blank."""
        scan, quote, decide, written = self.scan, self.quote, self.engine.decide, self.written
        for number, raw in enumerate(source, 1):
            try:
                text = raw.decode()
                case, end = scan(text)
                facts = case["facts"]
                id_ = case["id"]
                if (
                    len(case) == 2
                    and type(id_) is str
                    and self._plain(facts)
                    and text[end:] in _LINE_ENDS
                    and not self.settled
                ):
                    outcome = decide(facts)
                    yield f'{{"id": {quote(id_)}, {written.get(outcome) or self._written(outcome)}'
                    continue
            except Exception:  # noqa: BLE001, S110 - the slow way names what is wrong
                pass
            if raw.strip():
                yield self._slow(raw, number)

    def _plain(self, facts: Mapping[str, Any]) -> bool:
        """Whether every fact is known, of the plain type of its kind, and a legal value."""
        forms = self.forms
        for fact, value in facts.items():
            types, values, minimum, maximum = forms[fact]
            if value.__class__ not in types or not (
                value in values if values else minimum <= value <= maximum
            ):
                return False
        return True

    def _written(self, outcome: Outcome) -> str:
        """The rest of an answer line; remembered, because few outcomes recur over and over."""
        text = (
            f'"plan": {json.dumps(members(outcome.plan))}, "open_needs":'
            f" {json.dumps(outcome.open_needs)}}}\n"
        )
        if len(self.written) < _MEMO:
            self.written[outcome] = text
        return text

    def _slow(self, raw: bytes, number: int) -> str:
        """The answer to a line that needs a closer look, or its error."""
        id_ = "null"
        try:
            case = _parsed(raw)
            if not isinstance(case, dict):
                raise bad_input("not-an-object", 'expected {"id": ..., "facts": {...}}')
            id_ = _id(raw)
            unknown = [name for name in case if name not in ("id", "facts")]
            if unknown:
                raise bad_input(
                    "unknown-key", f'there is no key "{shown(unknown[0])}" beside id and facts'
                )
            if not isinstance(case.get("facts"), dict):
                raise bad_input("missing-facts", 'expected "facts": {...}')
            facts = check_facts(self.table, case["facts"])
        except RecursionError:
            self.bad += 1
            return (
                f'{{"id": null, "line": {number}, "error": {{"code": "syntax", "message": "nested'
                ' too deeply"}}\n'
            )
        except BadInput as error:
            self.bad += 1
            problem = error.problems[0]
            more = "".join(f"; {other.message}" for other in error.problems[1:])
            return (
                f'{{"id": {id_}, "line": {number}, "error":'
                f" {json.dumps({'code': problem.code, 'message': problem.message + more})}}}\n"
            )
        text = f'{{"id": {id_}, {self._written(self.engine.decide(facts))}'
        return self._with_settled(text, facts) if self.settled else text

    def _with_settled(self, text: str, facts: Mapping[str, Any]) -> str:
        is_settled = whatif.settled(self.engine, facts)
        hinges = [
            fact
            for hinge in whatif.hinges(self.engine, facts, is_settled=is_settled)
            for fact in hinge.facts
        ]
        return (
            f'{text[:-2]}, "settled": {json.dumps(is_settled)}, "hinges": {json.dumps(hinges)}}}\n'
        )


class _Written(str):
    """A number as it was written."""

    __slots__ = ()


class _DuplicateKeyError(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        raise _DuplicateKeyError(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def _whole_number(text: str) -> float:
    """An integer; one of more digits than Python likes to read is infinite for our purposes."""
    return int(text) if len(text) < _LONG else math.copysign(math.inf, -1 if text[0] == "-" else 1)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_int=_whole_number,
        )
    except UnicodeDecodeError:
        raise bad_input("not-utf-8", "the line is not UTF-8") from None
    except _DuplicateKeyError as error:
        raise bad_input("duplicate-key", f'"{shown(error)}" stands twice') from None
    except json.JSONDecodeError as error:
        raise bad_input("syntax", f"not valid JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise bad_input(
            "syntax",
            "not valid JSON:"
            f" {shown(error) if isinstance(error, ValueError) else 'nested too deeply'}",
        ) from None


def _id(raw: bytes) -> str:
    """The id of a line that parses, as JSON text with its numbers as they were written."""
    case = json.loads(raw.decode("utf-8-sig"), parse_float=_Written, parse_int=_Written)
    return _as_written(case.get("id"))


def _as_written(value: Any) -> str:
    if isinstance(value, _Written):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_as_written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)}: {_as_written(part)}' for key, part in value.items())}}}"
    return json.dumps(value)
