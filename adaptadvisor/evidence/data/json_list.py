"""The objects of a JSON list, one at a time, so that a list of gigabytes needs no more memory."""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Iterator
from itertools import chain
from typing import IO

from adaptadvisor.errors import Location, bad_input, shown
from adaptadvisor.evidence.data.shapes import ROLES, Record, parsed_object

_CHUNK = 1 << 20
_BLANK = " \t\r\n"
_NO_LISTS = {"messages", "conversations", "conversation", *chain(*ROLES.values())}
_scan = json.JSONDecoder().raw_decode


class _Window:
    """A piece of a text: what is in front of the reader, with the line it is in."""

    def __init__(self, stream: IO[bytes], file: str, limit: int) -> None:
        self.stream, self.file, self.limit = stream, file, limit
        self.decode = getincrementaldecoder("utf-8-sig")().decode
        self.text, self.at, self.line, self.ended = "", 0, 1, False

    @property
    def place(self) -> Location:
        return Location(self.file, self.line, 1)

    def more(self) -> bool:
        """Reads on; False at the end."""
        if self.ended:
            return False
        data = self.stream.read(_CHUNK)
        self.ended = not data
        try:
            more = self.decode(data, self.ended)
        except UnicodeDecodeError:
            what = "this is not UTF-8; save the file as UTF-8"
            raise bad_input("not-utf-8", what, self.place) from None
        self.text, self.at = self.text[self.at :] + more, 0
        if len(self.text) > self.limit + _CHUNK:
            size = f"{self.limit // 1_000_000} MB"
            raise bad_input(
                "too-large", f"the row is longer than {size}; split the text", self.place
            )
        return not self.ended

    def move(self, at: int) -> None:
        self.line += self.text.count("\n", self.at, at)
        self.at = at

    def peek(self) -> str:
        """The next character that is not blank; nothing at the end."""
        while True:
            at = self.at
            while at < len(self.text) and self.text[at] in _BLANK:
                at += 1
            self.move(at)
            if at < len(self.text):
                return self.text[at]
            if not self.more():
                return ""

    def value(self) -> object:
        """The JSON value that begins here."""
        while True:
            try:
                found, end = _scan(self.text, self.at)
            except RecursionError:
                raise bad_input("syntax", "nested too deeply", self.place) from None
            except json.JSONDecodeError as error:
                if self.more():
                    continue
                raise self.wrong(error.msg.removesuffix(" at"), error.pos) from None
            except ValueError as error:  # a number with thousands of digits
                raise bad_input("syntax", f"not valid JSON: {shown(error)}", self.place) from None
            if end == len(self.text) and self.more():
                continue  # a number may go on
            self.move(end)
            return found

    def wrong(self, what: str, at: int | None = None) -> Exception:
        """What is wrong here: the file ends too early, or it is no JSON."""
        at = self.at if at is None else at
        line = self.line + self.text.count("\n", self.at, at)
        if not self.text[at:].strip() or "Unterminated" in what:
            message = "the list breaks off here; the file was not written to its end"
        else:
            message = f"not valid JSON: {what}"
        return bad_input("syntax", message, Location(self.file, line, 1))


def items_of(
    stream: IO[bytes], file: str, limit: int, *, inside: bool = False
) -> Iterator[tuple[int, Record]]:
    """The objects of a list with the line where each begins. With `inside` the list is the first
    one of objects in an object: `{"data": [...]}`; objects without one are rows by themselves.
    """
    window = _Window(stream, file, limit)
    window.peek()
    if inside:
        while window.peek() == "{":
            yield from _inside(window)
    else:
        yield from _list(window)
    if window.peek():
        raise window.wrong("something follows the list")


def _list(window: _Window) -> Iterator[tuple[int, Record]]:
    window.move(window.at + 1)
    if window.peek() == "]":
        window.move(window.at + 1)
        return
    while True:
        window.peek()
        place = window.place
        yield place.line, parsed_object(window.value(), place)
        mark = window.peek()
        if mark not in (",", "]"):
            raise window.wrong("expected a comma or ]")
        window.move(window.at + 1)
        if mark == "]":
            return


def _inside(window: _Window) -> Iterator[tuple[int, Record]]:
    own: dict[str, object] = {}
    first, found = window.line, False
    window.move(window.at + 1)
    while window.peek() not in ("}", ""):
        key = window.value()
        if window.peek() != ":":
            raise window.wrong("expected a colon")
        window.move(window.at + 1)
        if window.peek() == "[" and key not in _NO_LISTS and _of_objects(window):
            found = True
            yield from _list(window)
        else:
            own[str(key)] = window.value()
        if window.peek() == ",":
            window.move(window.at + 1)
            window.peek()
    if window.peek() != "}":
        raise window.wrong("expected }")
    window.move(window.at + 1)
    if not found:
        yield first, own


def _of_objects(window: _Window) -> bool:
    if window.at + 64 > len(window.text):
        window.more()
    return window.text[window.at + 1 : window.at + 64].lstrip()[:1] == "{"
