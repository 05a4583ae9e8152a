"""YAML and JSON files as trees of located nodes. The only module that imports yaml.

Scalars stay text: what `yes`, `010` or `1e6` means, the fact or field decides, never YAML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from adaptadvisor.errors import (
    BadInput,
    Location,
    Problem,
    Problems,
    bad_input,
    control_character,
    printable,
    shown,
)
from adaptadvisor.files import readable
from adaptadvisor.reading.slips import slip, unclosed

if TYPE_CHECKING:
    from yaml.events import CollectionStartEvent, Event, ScalarEvent

MAX_BYTES = 5_000_000
MAX_DEPTH = 60
MAX_NODES = 300_000
"""Words, lists and mappings in one file: 5,000 rows with 60 of them each."""

MAX_TEXT = 20_000
"""Characters of one text, about 3,000 words."""

_COMMENT = re.compile(r"[ \t]+(#[^\s#!][^\r\n]*)")
_ESCAPE = re.compile(r"\\(?:u(d[89ab]..)\\u(d[c-f]..)|.)", re.IGNORECASE | re.DOTALL)


class Scalar(NamedTuple):
    """A text; `plain` where it has no quotes."""

    text: str
    plain: bool
    location: Location


class Sequence(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    location: Location


class Mapping(NamedTuple):
    """A mapping; keys keep their order and place."""

    entries: tuple[tuple[Scalar, Node], ...]
    location: Location


Node: TypeAlias = Scalar | Sequence | Mapping


def read_text(path: Path, name: str = "", most: int = MAX_BYTES) -> str:
    """The text of a UTF-8 file, not empty and at most 5 MB, or so many bytes; else `BadInput`, with
    its name.
    """
    name = name or str(path)
    with readable(name), path.open("rb") as handle:
        data = handle.read(most + 1)
    return decode(data, Location(name), most)


def decode(data: bytes, file: Location, most: int = MAX_BYTES) -> str:
    """UTF-8 bytes as text, with the same limits as `read_text`."""
    if len(data) > most:
        raise bad_input("too-large", f"larger than {most // 1_000_000} MB", file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        what = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise bad_input("not-utf-8", what, Location(file.file, line, column)) from None
    if not text.strip():
        raise bad_input("empty", "the file is empty", file)
    return text


def parse(text: str, file: str, problems: list[Problem]) -> Node:
    """The document in `text`; raises `BadInput` for broken syntax, collects all other problems."""
    if text.lstrip()[:1] in ("{", "["):
        text = _json_as_yaml(text, file)
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(file, problems, text).document(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(filter(None, (error.context, error.problem)))
        place = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
        if "nesting depth" in what:  # newer parsers have a limit too, and read ahead of ours
            raise _too_deep(place) from None
        start = error.context_mark or mark
        if start and (found := unclosed(text, start.line, start.column, what)):
            place = Location(file, found.line + 1, found.column + 1)
            raise bad_input("syntax", f"not valid YAML: {found.words}", place) from None
        if mark and (found := slip(text, mark.line, mark.column, what)):
            place = Location(file, found.line + 1, found.column + 1)
            raise bad_input("syntax", f"not valid YAML: {found.words}", place) from None
        raise bad_input("syntax", f"not valid YAML: {shown(what, 200)}", place) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position] if isinstance(error.position, int) else ""
        place = Location(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise bad_input("syntax", f"not valid YAML: {shown(error.reason, 200)}", place) from None


def _too_deep(place: Location) -> BadInput:
    return bad_input("too-deep", f"nested deeper than {MAX_DEPTH} levels", place)


def _json_as_yaml(text: str, file: str) -> str:
    """JSON as YAML can read it, at the same columns: without tabs and surrogate pairs."""
    try:
        json.loads(text)
    except RecursionError:
        return text  # the YAML reader names the place
    except ValueError as error:
        if file.endswith((".json", ".jsonl")) and isinstance(error, json.JSONDecodeError):
            place = Location(file, error.lineno, error.colno)
            raise bad_input("syntax", f"not valid JSON: {error.msg}", place) from None
        return text  # YAML in flow style
    return _ESCAPE.sub(_one_escape, text.replace("\t", " "))


def _one_escape(match: re.Match[str]) -> str:
    if not match[1]:
        return match[0]
    return f"\\U{0x10000 + (int(match[1], 16) - 0xD800) * 0x400 + int(match[2], 16) - 0xDC00:08x}"


class _Builder:
    """Builds the tree from events with a stack of its own: no nesting can exhaust Python's."""

    def __init__(self, file: str, problems: list[Problem], text: str) -> None:
        self.file = file
        self.text = text
        self.problems = problems
        self.nodes = 0

    def document(self, events: Iterator[Event]) -> Node:
        """The one document in the stream."""
        from yaml import events as kind

        stack: list[tuple[CollectionStartEvent, list[Node]]] = []
        roots: list[Node] = []
        for event in events:
            if isinstance(event, (kind.SequenceStartEvent, kind.MappingStartEvent)):
                self._check_tag(event, event.implicit)
                stack.append((event, []))
                self._count(event)
                if len(stack) > MAX_DEPTH:
                    raise _too_deep(self._place(event))
                continue
            node: Node
            if isinstance(event, kind.ScalarEvent):
                self._check_tag(event, event.implicit[0] or event.implicit[1])
                node = self._scalar(event)
            elif isinstance(event, kind.AliasEvent):
                what = f'"*{shown(event.anchor)}" repeats another part of the file'
                self._add("alias", f"{what}; write the value out", event)
                node = Scalar("", True, self._place(event))
            elif isinstance(event, (kind.SequenceEndEvent, kind.MappingEndEvent)):
                start, parts = stack.pop()
                if isinstance(event, kind.SequenceEndEvent):
                    node = Sequence(tuple(parts), self._place(start))
                else:
                    node = Mapping(self._entries(parts), self._place(start))
            else:
                continue
            (stack[-1][1] if stack else roots).append(node)
            if len(roots) > 1:
                what = "a second document starts here; one file holds one"
                raise bad_input("syntax", what, node.location)
        if not roots:
            raise bad_input("empty", "the file holds only comments", Location(self.file))
        return roots[0]

    def _count(self, event: Event) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            message = f"more than {MAX_NODES:,} words, lists and mappings in one file"
            raise bad_input("too-large", message, self._place(event))

    def _scalar(self, event: ScalarEvent) -> Scalar:
        self._count(event)
        text = event.value.replace("\r\n", "\n")  # what some systems write into JSON
        if len(text) > MAX_TEXT:
            self._add("too-long", f"a text holds at most {MAX_TEXT:,} characters", event)
            text = text[:MAX_TEXT]
        elif found := control_character(text):
            self._add("control-character", f"the text holds the control character {found}", event)
            text = printable(text)
        elif not event.style and (cut := self._cut(text, event)):
            what = f'"{shown(cut, 60)}" is left out, as " #" begins a comment'
            self._add("cut-text", f"{what}; put the whole text in quotes", event)
        return Scalar(text, not event.style, self._place(event))

    def _cut(self, text: str, event: ScalarEvent) -> str:
        """What follows a text without quotes after ` #`, where it looks like more of the text: a
        number, or a word right after the # of a sentence. A comment has a blank there.
        """
        rest = _COMMENT.match(self.text, event.end_mark.index if event.end_mark else 0)
        return rest[1] if rest and (" " in text or rest[1][1].isdigit()) else ""

    def _entries(self, parts: list[Node]) -> tuple[tuple[Scalar, Node], ...]:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(parts[::2], parts[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.problems.append(Problem("bad-key", "a key must be a plain word", key.location))
            elif key.text in entries:
                first = entries[key.text][0].location
                message = f'"{shown(key.text)}" is there twice; first in line {first.line}'
                self.problems.append(Problem("duplicate-key", message, key.location))
            else:
                entries[key.text] = (key, value)
        return tuple(entries.values())

    def _check_tag(self, event: CollectionStartEvent | ScalarEvent, implicit: bool) -> None:
        if event.tag and not implicit:
            self._add("tag", f'the tag "{shown(event.tag)}" is not allowed here', event)

    def _add(self, code: str, message: str, event: Event) -> None:
        self.problems.append(Problem(code, message, self._place(event)))

    def _place(self, event: Event) -> Location:
        mark = event.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1) if mark else Location(self.file)


def read(path: Path, name: str = "", *, collect: Callable[[Problem], None]) -> Node | None:
    """The document in a file, its problems given to `collect`; None where it cannot be read."""
    problems = Problems()
    fatal: tuple[Problem, ...] = ()
    node: Node | None = None
    try:
        node = parse(read_text(path, name), name or str(path), problems)
    except BadInput as error:
        fatal = error.problems  # with those found before, where there were too many
    for problem in dict.fromkeys([*problems, *fatal]):
        collect(problem)
    return node
