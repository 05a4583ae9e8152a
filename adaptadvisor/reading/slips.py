"""The commonest slips in YAML, named where the parser only says that it cannot go on."""

from __future__ import annotations

import re
from typing import NamedTuple

from adaptadvisor.errors import shown


class Slip(NamedTuple):
    """What is most often meant: in words (and what to write), and where (both from 0)."""

    words: str
    line: int
    column: int


_ENTRY = re.compile(r"(\s*(?:- +)*)([\w-]+):(?= ) *(?![\"'|>{\[#])(\S.*?)\s*(?: #.*)?$")
"""A key and its text, which has no quotes and is no list or mapping."""
_GLUED = re.compile(r"(\s*(?:- +)*)([A-Za-z_][\w-]*):(?!//)([^\s:/].*?)\s*$")
_DASH = re.compile(r"\s*-([A-Za-z_][\w-]*:.*?)\s*$")
_NO_COLON = re.compile(r"(\s*(?:- +)*)([A-Za-z_]\w*) +(\S.*?)\s*$")
_NO_BEGINNING = "@`%"
_LONGEST = 160


def slip(text: str, line: int, column: int, what: str) -> Slip | None:
    """The slip behind an error of the parser, which it found here; None where it may be anything.

    >>> slip("limit: private data: none", 0, 19, "mapping values are not allowed").words
    'the text after "limit:" holds ": ", so it needs quotes; write limit: "private data: none"'
    """
    lines = text.split("\n")
    here = lines[line] if line < len(lines) else ""
    mapping = "mapping values" in what
    for number in (line, line - 1) if mapping or "could not find expected ':'" in what else ():
        if 0 <= number < len(lines) and (found := _glued(lines[number])):
            return Slip(found[0], number, found[1])
    for number in range(line, max(line - 3, -1), -1):  # it is noticed a line or two later
        if number < len(lines) and (dash := _DASH.match(lines[number])):
            wrong = f'there is no blank after "-"; write - {shown(dash[1], _LONGEST)}'
            return Slip(wrong, number, lines[number].index("-"))
    words = (
        _tab(here, column)
        or _comparison(here)
        or _beginning(here, column)
        or _apostrophe(here)
        or (_colon(here, column) if mapping else _after_the_quote(here))
        or _indentation(lines[:line], here, what)
    )
    return Slip(words, line, column) if words else None


_OPENED = {'"': '"', "'": "'", "{": "}", "[": "]"}


def unclosed(text: str, line: int, column: int, what: str) -> Slip | None:
    """What was opened here and is not closed before the text ends, or has a part that cannot be
    read; a key without its colon. None where the error of the parser is another.

    >>> unclosed('- limit: "notes of patients', 0, 9, "found unexpected end of stream").words
    'the " opened here is not closed; end the text with "'
    """
    lines = text.split("\n")
    here = lines[line] if line < len(lines) else ""
    opened = here[column : column + 1]
    if "quoted scalar" in what or "end of stream" in what:
        if opened in ('"', "'"):
            wrong = f"the {opened} opened here is not closed; end the text with {opened}"
            return Slip(wrong, line, column)
    elif "flow" in what and opened in ("{", "["):
        close = _OPENED[opened]
        wrong = f"the {opened} opened here is not closed with {close}, or a comma is missing in it"
        return Slip(wrong, line, column)
    elif "simple key" in what and (match := _NO_COLON.match(here)) and ":" not in here:
        right = shown(f"{match[2]}: {match[3]}", _LONGEST)
        return Slip(
            f'there is no ":" after "{shown(match[2])}"; write {right}', line, len(match[1])
        )
    return None


def glued(text: str) -> str:
    """What is wrong with a whole document such as `task:label`; else the empty string."""
    found = _glued(text.strip())
    return found[0] if found else ""


def quoted(text: str) -> str:
    """The text in the quotes of YAML that need nothing in it changed, if there are such."""
    if '"' in text or "\\" in text:
        return "'{}'".format(text.replace("'", "''"))
    return f'"{text}"'


def _glued(line: str) -> tuple[str, int] | None:
    match = _GLUED.fullmatch(line)
    if not match:
        return None
    start, key, value = match.groups()
    right = f"write {key}: {shown(value, _LONGEST)}"
    return f'there is no blank after "{shown(key)}:"; {right}', len(start) + len(key) + 1


def _tab(line: str, column: int) -> str:
    return "there is a tab here; use blanks" if "\t" in line[: column + 1] else ""


def _comparison(line: str) -> str:
    match = re.search(r":\s*([<>]=?)\s*([\w.-]+)", line)
    return f'a comparison needs quotes; write "{match[1]} {match[2]}"' if match else ""


def _beginning(line: str, column: int) -> str:
    if line[column : column + 1] not in tuple(_NO_BEGINNING):
        return ""
    match = _ENTRY.match(line)
    whole = f"{match[2]}: {quoted(match[3])}" if match else quoted(line[column:].rstrip())
    wrong = f"a text that begins with {line[column]} needs quotes"
    return f"{wrong}; write {shown(whole, _LONGEST)}"


def _apostrophe(line: str) -> str:
    """`'it's here'`: the second quote ends the text."""
    match = re.search(r"(?:: |- )'([^']*\w'\w.*)'\s*$", line)
    if not match:
        return ""
    wrong = "the text is in single quotes and holds one"
    return f"{wrong}; write {shown(quoted(match[1]), _LONGEST)}"


def _after_the_quote(line: str) -> str:
    """`'patients' notes`: the text goes on after the quote that ends it."""
    match = re.match(r"\s*(?:- +)*(?:[\w-]+: +)?((['\"])(?:(?!\2).)+\2 *[^\s,#}\]:].*?)\s*$", line)
    if not match:
        return ""
    wrong = "the text goes on after the quote that ends it"
    return f"{wrong}; write {shown(quoted(match[1]), _LONGEST)}"


def _colon(line: str, column: int) -> str:
    match = _ENTRY.match(line)
    if not match or column < match.start(3):
        return ""
    held = '": "' if line[column + 1 : column + 2] == " " else '":"'
    wrong = f'the text after "{match[2]}:" holds {held}, so it needs quotes'
    return f"{wrong}; write {shown(f'{match[2]}: {quoted(match[3])}', _LONGEST)}"


def _indentation(above: list[str], here: str, what: str) -> str:
    """A line that is further in than the one above it, which is complete, or not in line."""
    if "mapping values" in what:
        before = next((line for line in reversed(above) if line.strip()), "")
        match = _ENTRY.match(before)
        if match and len(here) - len(here.lstrip()) > len(match[1]):
            wrong = f'this line goes on with the text after "{match[2]}:" in the line above'
            return f"{wrong}; begin both at the same column, or put the whole text into quotes"
    if "did not find expected" in what:
        return (
            "something here does not fit what is above it; compare how far this line and those"
            " above it are indented, and look at the quotes"
        )
    return ""
