"""Stored recommendations (JSON) read back: what was advised then, without the table."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from adaptadvisor.advice.recommendation import SCHEMA, Data, Recommendation
from adaptadvisor.errors import AdvisorError, Location, bad_input, one_of, shown
from adaptadvisor.reading.nodes import MAX_DEPTH, MAX_TEXT
from adaptadvisor.table.plans import APPROACHES

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

MOST_CHARACTERS = 1_000_000
"""Characters of a document; a real one has some 100,000."""

MOST_PARTS = 20_000
"""Keys, texts, numbers and lists in a document; a real one has some 3,000."""

_LONG = 400  # digits of a number; Python refuses to read more than 4300
_ITS_WORDS = re.compile("^(Input should be|String should have) ")
_FAMILY, _, _VERSION = SCHEMA.rpartition("/")
_FIRST = f"{_FAMILY}/1"
_SINCE_THE_FIRST: Data = {
    "outlook": [],
    "likely": [],
    "confidence": 0.0,
    "odds": [],
    "odds_rest_on": 0,
    "odds_near": 0,
    "precedents": [],
    "misleads": [],
    "repair": None,
    "names": {"facts": {}, "units": {}, "rows": {}},
}
"""What documents of the first version do not hold."""


def is_document(text: str) -> bool:
    """Whether the text is a JSON object that says of itself what it is; a facts file does not."""
    if not text.lstrip().startswith("{"):
        return False
    try:
        data = _parsed(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and "schema" in data


def _parsed(text: str) -> Any:
    def whole(digits: str) -> float:
        return int(digits) if len(digits) < _LONG else math.inf

    return json.loads(text, parse_int=whole)


def read(text: str, file: str) -> Recommendation:
    """The recommendation in a document; `BadInput` where it is foreign, newer, too large or broken.

    Keys that this version does not know are left out.
    """
    if len(text) > MOST_CHARACTERS:
        message = f"has {len(text):,} characters; expected at most {MOST_CHARACTERS:,}"
        raise bad_input("too-large", message, Location(file))
    data = _parsed(text)
    name = shown(data["schema"])
    family, _, version = str(data["schema"]).rpartition("/")
    if family == _FAMILY and version.isdecimal() and int(version[:9]) > int(_VERSION):
        message = f'"{name}" was written by a newer adaptadvisor; this one reads {SCHEMA}'
        raise bad_input("newer-document", message, Location(file))
    if data["schema"] == _FIRST:
        data = {**_SINCE_THE_FIRST, **data, "schema": SCHEMA}
    if data["schema"] != SCHEMA:
        message = f'"{name}" is no recommendation; expected {SCHEMA}'
        raise bad_input("foreign-document", message, Location(file))
    try:
        _within_limits(data)
        return _typed(data)
    except _MisfitError as misfit:
        raise bad_input("bad-document", str(misfit), Location(file)) from None


_HALF = re.compile("[\ud800-\udfff]")


class _MisfitError(AdvisorError):
    """A part of a document that is not what it should be."""


def _within_limits(data: object) -> None:
    """Raises for the first part that no recommendation has and no renderer should meet."""
    for number, (path, depth, value) in enumerate(_parts(data)):
        problem = ""
        if isinstance(value, str):
            if len(value) > MAX_TEXT:
                problem = f"has {len(value):,} characters; expected at most {MAX_TEXT:,}"
            elif _HALF.search(value):
                problem = "holds half a character (a lone surrogate)"
        elif isinstance(value, float) and not math.isfinite(value):
            problem = "is no finite number"
        elif depth > MAX_DEPTH:
            problem = f"is nested deeper than {MAX_DEPTH} levels"
        if problem:
            raise _MisfitError(f"{shown(path, 100)} {problem}")
        if number == MOST_PARTS:
            raise _MisfitError(f"it has more than {MOST_PARTS:,} texts, numbers and lists")


def _parts(value: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, int, object]]:
    """Every part of a document, keys among them, with its place and how deep it is."""
    yield path, depth, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield f"a key of {path or 'the document'}", depth, key
            yield from _parts(part, _inside(path, key), depth + 1)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _parts(part, _inside(path, number), depth + 1)


def _inside(path: str, key: object) -> str:
    return f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}".lstrip(".")


def _typed(data: Data) -> Recommendation:
    from pydantic import ValidationError

    try:
        advice = _types().validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        raise _misfit(error.errors(include_url=False, include_input=False), data) from None
    if [verdict.approach for verdict in advice.verdicts] != list(APPROACHES):
        raise _MisfitError(f"verdicts must speak of {', '.join(APPROACHES)}, in this order")
    return advice


@cache
def _types() -> TypeAdapter[Recommendation]:
    from pydantic import TypeAdapter

    return TypeAdapter(Recommendation)  # made once: it costs twice as much as reading a document


def _misfit(errors: list[ErrorDetails], data: Data) -> _MisfitError:
    """The first error in one line, with all types that would do where there are several."""
    first = errors[0]
    path, found = _followed(first["loc"], data)
    if first["type"] == "missing":
        return _MisfitError(f'{path or "the document"} has no "{first["loc"][-1]}"')
    wanted = [error["msg"] for error in errors if _followed(error["loc"], data)[0] == path]
    expected = one_of(list(dict.fromkeys(_ITS_WORDS.sub("", words) for words in wanted)))
    if first["type"] == "string_pattern_mismatch":  # which only days have
        expected = "a day such as 2026-11-21, or no text"
    return _MisfitError(f"{shown(path, 100)} is {shown(json.dumps(found))}; expected {expected}")


def _followed(loc: tuple[int | str, ...], data: Any) -> tuple[str, object]:
    """The place that a location leads to, and what is there; the rest of a location names types."""
    path = ""
    for key in loc:
        try:
            path, data = _inside(path, key), data[key]
        except (KeyError, TypeError):
            break
    return path, data
