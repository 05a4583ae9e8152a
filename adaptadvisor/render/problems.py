"""Problems as people and programs read them: with the line and a caret; GitHub's; SARIF."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import TypeAlias

from adaptadvisor import __version__
from adaptadvisor.errors import MOST_SHOWN, Location, Problem, printable

Lines = Callable[[str], Sequence[str]]
"""The lines of a file by its name; none where it cannot be read, or is no file."""

Object: TypeAlias = Mapping[str, object]
"""An object of JSON."""

_RED, _BLUE, _CYAN, _BOLD, _RESET = "\x1b[1;31m", "\x1b[1;34m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
_NARROWEST, _WIDEST = 40, 100
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|[\w.+%-]+|.')
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


# ---- for people ----


def long(problems: Sequence[Problem], lines: Lines, width: int = 80, *, colour: bool) -> str:
    """Each problem as a block: what is wrong, the place with its line and a caret, tips."""
    paint = _painter(colour)
    width = max(_NARROWEST, min(width, _WIDEST))
    blocks = ["\n".join(_block(one, lines, width, paint)) for one in problems[:MOST_SHOWN]]
    if more := problems[MOST_SHOWN:]:
        blocks.append(f"and {len(more):,} more")
    return "\n\n".join(blocks)


_Paint = Callable[[str, str], str]


def _painter(colour: bool) -> _Paint:
    return lambda style, text: f"{style}{text}{_RESET}" if colour and text else text


def _block(problem: Problem, lines: Lines, width: int, paint: _Paint) -> Iterator[str]:
    what, tips = problem.parts
    head = f"error[{problem.code}]"
    first, *rest = _wrapped(f"{head}: {what}", width, "  ")
    yield paint(_RED, head) + paint(_BOLD, first.removeprefix(head))
    yield from (paint(_BOLD, line) for line in rest)
    place = problem.location
    if place and place.file:
        yield f"  {paint(_BLUE, '-->')} {place}"
        found = lines(place.file) if place.line else ()
        if 0 < place.line <= len(found):
            yield from _source(found[place.line - 1], place, width, paint)
    for number, tip in enumerate((*tips, *problem.more)):
        label = "tip: " if number < len(tips) or not tips else "     "
        tip_lines = _wrapped(f"{label}{tip}", width - 2, "       ")
        yield "  " + paint(_CYAN, tip_lines[0][:5]) + tip_lines[0][5:]
        yield from (f"  {line}" for line in tip_lines[1:])


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    plain = printable(text).replace("\n", " ")
    lines = wrap(
        plain,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    return lines or [""]


def _source(line: str, place: Location, width: int, paint: _Paint) -> Iterator[str]:
    """The line, as much of it as fits, and a caret under each letter of the word at the place."""
    line = "".join(one if one.isprintable() else " " for one in line.rstrip("\r\n"))
    number = str(place.line)
    gap = " " * len(number)
    column = max(place.column - 1, 0)
    room = width - len(number) - 6
    start = 0 if column < room - 12 else column - room // 3
    cut = line[start : start + room]
    before, after = "..." if start else "", "..." if start + room < len(line) else ""
    match = _WORD.match(line, column)
    carets = min(len(match[0].rstrip()) or 1, room - (column - start)) if match else 1
    yield f" {gap} {paint(_BLUE, '|')}"
    yield f" {paint(_BLUE, f'{number} |')} {before}{cut}{after}".rstrip()
    under = " " * (len(before) + column - start)
    yield f" {gap} {paint(_BLUE, '|')} {under}{paint(_RED, '^' * max(carets, 1))}"


# ---- for programs ----


def github(problems: Sequence[Problem]) -> str:
    """Workflow commands, one a line: GitHub shows each beside the line of a pull request."""
    return "".join(f"{_command(problem)}\n" for problem in problems)


def _command(problem: Problem) -> str:
    return command("error", f"adaptadvisor {problem.code}", problem.message, problem.location)


def command(kind: str, title: str, message: str, place: Location | None = None) -> str:
    """A workflow command: an `error`, a `warning` or a `notice` at a place, or at none."""
    place = place or Location("")
    numbers = {"line": place.line, "col": place.column}
    said = {
        "file": place.file,
        **{key: str(number) for key, number in numbers.items() if number},
        "title": title,
    }
    words = ",".join(f"{key}={_escaped(value, ',:')}" for key, value in said.items() if value)
    return f"::{kind} {words}::{_escaped(message)}"


def _escaped(text: str, more: str = "") -> str:
    """A text in which the runner reads no end of a line, of a property or of a command."""
    text = printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for character in more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def sarif(problems: Sequence[Problem], explained: Mapping[str, tuple[str, str]]) -> str:
    """A SARIF 2.1.0 log. `explained` says of a code what it means and what to do."""
    codes = sorted({problem.code for problem in problems})
    rules = [_rule(code, *explained.get(code, ("", ""))) for code in codes]
    return log(rules, [_result(problem, codes.index(problem.code)) for problem in problems])


def log(rules: Sequence[Object], results: Sequence[Object]) -> str:
    """A SARIF 2.1.0 log of one run of this program."""
    driver = {"name": "adaptadvisor", "semanticVersion": __version__, "rules": [*rules]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [*results]}
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str, says: str, mend: str) -> Object:
    found: dict[str, object] = {"id": code}
    if says:
        found["shortDescription"] = {"text": says}
    if mend:
        found["help"] = {"text": mend}
    return found


def _result(problem: Problem, number: int) -> Object:
    result: dict[str, object] = {
        "ruleId": problem.code,
        "ruleIndex": number,
        "level": "error",
        "message": {"text": printable(problem.message)},
    }
    place = problem.location
    if place and place.file:
        result["locations"] = [located(place)]
    return result


def located(place: Location) -> Object:
    """A place as a location of SARIF."""
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(place.file)}}
    if place.line:
        column = {"startColumn": place.column} if place.column else {}
        physical["region"] = {"startLine": place.line, **column}
    return {"physicalLocation": physical}


def _uri(file: str) -> str:
    from urllib.parse import quote

    path = file.replace("\\", "/")
    head = "file://" if path.startswith("/") else ""
    return head + quote(path.encode("utf-8", "replace"))
