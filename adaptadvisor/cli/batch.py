"""Many situations: one JSON object a line in, one a line out, in the same order, in flat memory."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, BinaryIO, Self

from adaptadvisor.advice import hinges
from adaptadvisor.advice.advise import check_facts
from adaptadvisor.engine.decide import Outcome, engine_for
from adaptadvisor.errors import BadInput, bad_input, shown
from adaptadvisor.files import MAX_LINE, bounded_line, readable, written_whole
from adaptadvisor.precedents.odds import odds_for
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import members
from adaptadvisor.table.rows import Situation, Table

_MOST_DIGITS = 400  # of a number that is read as an integer; Python refuses more than 4300


def run(
    table: Table,
    cases: str,
    output: Path | None,
    *,
    settled: bool = False,
    odds: bool = False,
    force: bool = False,
) -> int:
    """Writes the answers for `cases` (a path, or `-`) and returns the number of bad lines."""
    answers = Answers(table, settled=settled, odds=odds)
    with _opened(cases) as source:
        _not_its_own_input(source, output)
        with _watched(source, cases, output) as watched, _target(output, over=force) as target:
            for line in answers.lines(_lines(watched, cases)):
                target.write(line.encode())
                if cases == "-":  # somebody may be waiting for each answer
                    target.flush()
            target.flush()
    return answers.bad


def _opened(cases: str) -> AbstractContextManager[BinaryIO]:
    if cases == "-":
        if sys.stdin is None:
            raise bad_input("missing-file", "stdin is closed", "-")
        return nullcontext(sys.stdin.buffer)
    with readable(cases):
        return open(cases, "rb")  # noqa: PTH123 - the caller closes it


def _not_its_own_input(source: BinaryIO, output: Path | None) -> None:
    """`BadInput` where the answers would go to the file of the cases, under any of its names."""
    try:
        here = os.fstat(source.fileno())
        there = os.fstat(sys.stdout.fileno()) if output is None else output.stat()
    except (OSError, ValueError, AttributeError):
        return  # not there yet, or no file
    if stat.S_ISREG(here.st_mode) and os.path.samestat(here, there):
        wrong = "the answers would go to the file that the cases are read from; name another one"
        raise bad_input("bad-setting", wrong, "--output")


def _target(output: Path | None, *, over: bool) -> AbstractContextManager[BinaryIO]:
    if output is not None:
        return written_whole(output, over=over)
    if sys.stdout is None:
        raise OSError(errno.EBADF, "stdout is closed")
    return nullcontext(sys.stdout.buffer)


def _watched(
    source: BinaryIO, cases: str, output: Path | None
) -> AbstractContextManager[IO[bytes]]:
    """The input, with a progress bar where a person watches stderr and the answers go elsewhere."""
    on_screen = output is None and sys.stdout is not None and sys.stdout.isatty()
    watching = sys.stderr is not None and sys.stderr.isatty() and not on_screen
    if not watching or cases == "-" or not Path(cases).is_file():
        return nullcontext(source)
    from rich.console import Console
    from rich.progress import wrap_file

    screen = Console(stderr=True)
    size = Path(cases).stat().st_size
    return wrap_file(source, size, description="batch", console=screen, transient=True)


def _lines(source: IO[bytes], cases: str) -> Iterator[bytes]:
    """The lines; what fails in reading is not blamed on the output."""
    with readable(cases):
        while line := bounded_line(source, cases):
            yield line


class Answers:
    """Turns input lines into answer lines, and counts the bad ones."""

    def __init__(self, table: Table, *, settled: bool = False, odds: bool = False) -> None:
        self.table = table
        self.engine = engine_for(table)
        self.settled = settled
        self.odds = odds
        self.bad = 0

    def lines(self, source: Iterable[bytes]) -> Iterator[str]:
        """An answer line for each line that is not blank."""
        for number, raw in enumerate(source, 1):
            if raw and not raw.isspace():
                yield self._answer(raw, number)

    def _answer(self, raw: bytes, number: int) -> str:
        id_ = "null"
        try:
            case = _parsed(raw)
            id_ = _as_written(case.get("id"))
            said = self._said(check_facts(self.table, _facts(case)))
        except RecursionError:
            said = self._error(number, "syntax", "nested too deeply")
        except BadInput as error:
            id_ = _readable_id(raw) if id_ == "null" else id_
            messages = "; ".join(problem.message for problem in error.problems)
            said = self._error(number, error.problems[0].code, messages)
        return f'{{"id": {id_}, {said}}}\n'

    def _error(self, number: int, code: str, message: str) -> str:
        self.bad += 1
        return _entries({"line": number, "error": {"code": code, "message": message}})

    def _said(self, facts: Mapping[str, Value]) -> str:
        outcome = self.engine.decide(facts)
        said = [_outcome_as_json(outcome)]
        if self.settled:
            settled = hinges.settled(self.engine, facts)
            found = hinges.hinges(self.engine, facts, is_settled=settled)
            names = [fact for hinge in found for fact in hinge.facts]
            said.append(_entries({"settled": settled, "hinges": names}))
        if self.odds:
            said.append(_entries(self._likely(facts, outcome)))
        return ", ".join(said)

    def _likely(self, facts: Situation, outcome: Outcome) -> dict[str, object]:
        """What comes after the plan, and what the precedents say of every plan."""
        found = odds_for(self.table, facts)
        after = self.engine.fallback(facts, outcome) if outcome.plan else outcome
        return {
            "fallback": members(after.plan),
            "likely": found.likely,
            "confidence": found.confidence,
            "odds": [{"plan": row.plan, "share": row.share} for row in found.shares],
        }


def _entries(answer: Mapping[str, object]) -> str:
    """A JSON object without its braces."""
    return json.dumps(answer)[1:-1]


@lru_cache(maxsize=4096)  # the same few outcomes come over and over: a tenth of the whole time
def _outcome_as_json(outcome: Outcome) -> str:
    return _entries({"plan": members(outcome.plan), "open_needs": outcome.open_needs})


class _Spelled(float):
    """A number that still knows how it was written."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number


def _whole(text: str) -> float:
    """A whole number, of which no digit and no sign may be lost."""
    return int(text) if len(text) < _MOST_DIGITS and text != "-0" else _Spelled(text)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in found if keys.count(key) > 1)
        raise bad_input("duplicate-key", f'"{shown(twice)}" is there twice')
    return found


def _no_constant(word: str) -> None:
    raise bad_input("syntax", f"not valid JSON: {word} is no JSON number")


_decode = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_Spelled, parse_int=_whole
).decode


def _parsed(raw: bytes) -> dict[str, object]:
    """The JSON object in a line."""
    if len(raw) > MAX_LINE:
        raise bad_input("too-large", f"the line is longer than {MAX_LINE // 1_000_000} MB")
    try:
        case = _decode(raw.decode().removeprefix("\ufeff").rstrip())
    except UnicodeDecodeError:
        raise bad_input("not-utf-8", "the line is not UTF-8") from None
    except json.JSONDecodeError as error:
        what = f"{error.msg.removesuffix(' at')} at column {error.colno}"
        raise bad_input("syntax", f"not valid JSON: {what}") from None
    if not isinstance(case, dict):
        raise bad_input("not-an-object", 'expected {"id": ..., "facts": {...}}')
    return case


def _readable_id(raw: bytes) -> str:
    """The id of a bad line as JSON, where there is just one that can be read; else null."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        times = Counter(key for key, _ in pairs)
        return {key: value for key, value in pairs if times[key] == 1}

    with suppress(ValueError, RecursionError):
        if len(raw) <= MAX_LINE:
            case = json.loads(raw, object_pairs_hook=once, parse_constant=str, parse_float=_Spelled)
            return _as_written(case.get("id")) if isinstance(case, dict) else "null"
    return "null"


def _facts(case: Mapping[str, object]) -> dict[str, object]:
    """The facts of a case, which has an id and nothing else."""
    for key in case:
        if key not in ("id", "facts"):
            raise bad_input("unknown-key", f'expected id and facts, not the key "{shown(key)}"')
    facts = case.get("facts")
    if not isinstance(facts, dict):
        raise bad_input("missing-facts", 'expected "facts": {...}')
    return facts


def _as_written(value: object) -> str:
    """A value as JSON, its numbers as they were written."""
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, _Spelled):
        return value.text
    if isinstance(value, list):
        return f"[{', '.join(map(_as_written, value))}]"
    if isinstance(value, dict):
        entries = (f"{json.dumps(key)}: {_as_written(part)}" for key, part in value.items())
        return f"{{{', '.join(entries)}}}"
    return json.dumps(value)
