"""The defaults of a team: `adaptadvisor.toml`, or `[tool.adaptadvisor]` in a pyproject.toml.

What such a file may do is less than what flags may: its folders lie inside its own.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from adaptadvisor.errors import (
    BadInput,
    Location,
    Problem,
    Problems,
    bad_input,
    nearest,
    one_of,
    shown,
)
from adaptadvisor.files import readable
from adaptadvisor.reading.nodes import MAX_BYTES, decode
from adaptadvisor.table import facts
from adaptadvisor.table.facts import Fact, NotAValue, Value

OWN, SHARED = "adaptadvisor.toml", "pyproject.toml"
KEYS = ("rules", "adr-dir", "facts")
_IN_SHARED: tuple[str, ...] = ("tool", "adaptadvisor")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a file of a team sets; paths are as they are used from the current folder.

    `facts` holds each fact with its value as TOML has it, and its place.
    """

    file: str = ""
    rules: str | None = None
    adr_dir: str | None = None
    facts: tuple[tuple[str, object, Location], ...] = ()

    def answers(self, known: Mapping[str, Fact]) -> dict[str, Value | None]:
        """The default facts as answers; `BadInput` with everything that is none."""
        problems, found = Problems(), {}
        for name, value, place in self.facts:
            fact = known.get(name.replace("-", "_"))
            try:
                if fact is None or fact.derived:
                    raise facts.no_such_fact(name, known)
                found[fact.id] = _value(fact, value)
            except NotAValue as error:
                problems.append(error.at(place))
        if problems:
            raise BadInput(problems)
        return found


def _value(fact: Fact, value: object) -> Value | None:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return facts.from_text(fact, str(value))
    return facts.from_object(fact, value)


def find(start: Path) -> Path | None:
    """The file that counts in a folder: the nearest one, in it or above it, no further up than the
    folder of a git repository. In one folder `adaptadvisor.toml` goes first.
    """
    for folder in (start, *start.parents):
        own, shared = folder / OWN, folder / SHARED
        if os.path.isfile(own):  # noqa: PTH113 - unlike Path.is_file it never raises
            return own
        if os.path.isfile(shared) and _is_ours(shared):  # noqa: PTH113
            return shared
        if os.path.lexists(folder / ".git"):
            return None
    return None


def _is_ours(path: Path) -> bool:
    """Whether a pyproject.toml has our section. What else is wrong with it is not our business."""
    import tomllib

    try:
        with path.open("rb") as handle:
            data = handle.read(MAX_BYTES)
        if b"adaptadvisor" not in data:
            return False
        project = tomllib.loads(data.decode())
    except (OSError, ValueError, RecursionError):
        return False
    tools = project.get("tool")
    return isinstance(tools, dict) and "adaptadvisor" in tools


def read(path: Path) -> Defaults:
    """What a file sets; `BadInput` with every problem in it."""
    name = _from_here(path)
    with readable(name), path.open("rb") as handle:
        data = handle.read(MAX_BYTES + 1)
    text = decode(data, Location(name)) if data.strip() else ""
    settings: object = _parsed(text, name)
    above = _IN_SHARED if path.name == SHARED else ()
    for key in above:
        settings = settings.get(key, {}) if isinstance(settings, dict) else {}
    return _Reader(path, name, text, above).defaults(settings)


def _parsed(text: str, name: str) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise bad_input("too-deep", "nested too deeply", name) from None
    except ValueError as error:
        what, line, column = str(error), 0, 0
        if found := re.search(r" \(at line (\d+), column (\d+)\)$", what):
            what, line, column = what[: found.start()], int(found[1]), int(found[2])
        place = Location(name, line, column)
        raise bad_input("syntax", f"not valid TOML: {shown(what, 200)}", place) from None


class _Reader:
    def __init__(self, path: Path, name: str, text: str, above: tuple[str, ...]) -> None:
        self.path = path
        self.name = name
        self.lines = text.split("\n")
        self.above = above
        self.problems = Problems()

    def defaults(self, settings: object) -> Defaults:
        if not isinstance(settings, dict):
            self._wrong("not-a-mapping", f"expected a table with {one_of(KEYS)}")
            settings = {}
        for key in settings:
            if key not in KEYS:
                hint = nearest(key, KEYS) or f"; expected {one_of(KEYS)}"
                self._wrong("unknown-field", f'there is no setting "{shown(key)}"{hint}', key)
        found = settings.get("facts", {})
        if not isinstance(found, dict):
            self._wrong("not-a-mapping", '"facts" must be a table of facts', "facts")
            found = {}
        defaults = Defaults(
            file=self.name,
            rules=self._folder(settings, "rules", there=True),
            adr_dir=self._folder(settings, "adr-dir"),
            facts=tuple((key, value, self._place("facts", key)) for key, value in found.items()),
        )
        if self.problems:
            raise BadInput(self.problems)
        return defaults

    def _folder(
        self, settings: Mapping[str, object], key: str, *, there: bool = False
    ) -> str | None:
        """A folder inside the one of this file, as it is called from the current folder."""
        if key not in settings:
            return None
        value = settings[key]
        if not isinstance(value, str) or not value or "\0" in value:
            self._wrong("wrong-type", f'"{key}" must be the name of a folder, as text', key)
            return None
        folder = self.path.parent / value
        top, real = (os.path.realpath(each) for each in (self.path.parent, folder))
        if real != top and not real.startswith(top.rstrip(os.sep) + os.sep):
            what = f'"{key}" leads out of the folder of this file'
            right = f"name a folder inside it, or give --{key} yourself"
            self._wrong("outside-folder", f"{what}; {right}", key)
        elif there and not os.path.isdir(real):  # noqa: PTH112 - it never raises
            what = f'no such folder of rules: "{shown(value, 200)}"'
            right = f"`adaptadvisor rules init {shown(shlex.quote(_from_here(folder)), 200)}`"
            self._wrong("missing-table", f"{what}; {right} makes it", key)
        return _from_here(folder)

    def _wrong(self, code: str, message: str, *keys: str) -> None:
        self.problems.append(Problem(code, message, self._place(*keys)))

    def _place(self, *keys: str) -> Location:
        """Where a setting stands; the nearest one above it, or the file, if its line is unusual."""
        wanted = (*self.above, *keys)
        found: dict[tuple[str, ...], tuple[int, int]] = {}
        for path, line, column in _written(self.lines):
            found.setdefault(path, (line, column))
        for length in range(len(wanted), len(self.above), -1):
            if place := found.get(wanted[:length]):
                return Location(self.name, *place)
        return Location(self.name, *found.get(self.above, (0, 0)))


_HEAD = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")
_INNER = re.compile(r"[{,]\s*([\w\"'-]+)\s*=")


def _written(lines: list[str]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Each table and key of a TOML text with its line and column, as such files are written."""
    head: tuple[str, ...] = ()
    for number, line in enumerate(lines, 1):
        if found := _HEAD.match(line):
            head = _parts(found[1])
            yield head, number, found.start(1) + 1
        elif found := _KEY.match(line):
            path = (*head, *_parts(found[1]))
            yield path, number, found.start(1) + 1
            for inner in _INNER.finditer(line, found.end()):
                yield (*path, *_parts(inner[1])), number, inner.start(1) + 1


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _from_here(path: Path) -> str:
    try:
        near = os.path.relpath(path)
    except (OSError, ValueError):  # another drive, or no current folder
        return str(path)
    return near if len(near) < len(str(path)) else str(path)
