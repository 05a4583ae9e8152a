"""Values out of other people's JSON: each key may be missing, or hold anything."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, cast

Row: TypeAlias = Mapping[str, object]
"""A JSON object, or a row of a table."""

YES = frozenset(
    {"true", "yes", "y", "1", "1.0", "pass", "passed", "correct", "right", "ok", "c"}
) | {"wahr", "vrai", "verdadero", "vero", "ja", "oui"}
NO = frozenset({"false", "no", "n", "0", "0.0", "fail", "failed", "incorrect", "wrong", "i"}) | {
    "falsch",
    "faux",
    "falso",
    "nein",
    "non",
}

_SCALARS = (str, int, float)
_NO_ROW: Row = {}
_LONGEST_NUMBER = 40
_LONGEST_LIST = 1_000_000
_COMMA = re.compile(r"-?\d+,\d{1,2}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?")
_WHO_FIRST = ("user", "human")


def text(value: object) -> str:
    """A text as it is, nothing for None, a conversation as its lines, the rest as JSON.

    >>> text("a"), text(None), text(3.0), text([{"role": "user", "content": "Hi"}]), text({"a": 1})
    ('a', '', '3.0', 'Hi', '{"a": 1}')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if type(value) is int:  # quicker, for ids
        return str(value)
    if isinstance(value, list) and value and all(_is_message(one) for one in value):
        return _conversation([row(one) for one in value])
    return json.dumps(value, ensure_ascii=False, default=str)


def _is_message(value: object) -> bool:
    return isinstance(value, dict) and "content" in value


def _conversation(messages: Sequence[Row]) -> str:
    """What the person said; everything said, where nobody is called so."""
    asked = [one for one in messages if one.get("role", one.get("type")) in _WHO_FIRST]
    return "\n".join(_said(one["content"]) for one in asked or messages)


def _said(content: object) -> str:
    if not isinstance(content, list):
        return text(content)
    return "\n".join(text(row(part).get("text")) for part in content if row(part).get("text"))


def row(value: object) -> Row:
    """An object, or an empty one."""
    return cast("Row", value) if isinstance(value, Mapping) else _NO_ROW


def rows(value: object) -> list[Row]:
    """The objects in a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def listed(value: object) -> Sequence[object]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else ()


def number(value: object) -> float | None:
    """A number or a truth value as a number, also one that is spelled out; None for the rest.

    >>> number(True), number("0.5"), number("five"), number(float("nan"))
    (1.0, 0.5, None, None)
    """
    if isinstance(value, str) and len(value) > _LONGEST_NUMBER:
        return None
    if not isinstance(value, _SCALARS):
        return None
    if isinstance(value, str) and _COMMA.fullmatch(value.strip()):
        value = value.replace(",", ".")  # as spreadsheets of half of Europe write it
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def truth(value: object) -> bool | None:
    """A truth value, also as 0, 1, yes, no, pass, fail and such; None for the rest."""
    if isinstance(value, bool) or value is None:
        return value
    word = str(value).strip().casefold() if isinstance(value, _SCALARS) else ""
    return True if word in YES else False if word in NO else None


def numbers(value: object) -> dict[str, float]:
    """The numbers of an object by name."""
    found = {str(name): number(each) for name, each in row(value).items()}
    return {name: each for name, each in found.items() if each is not None}


def scalars(value: object) -> dict[str, str]:
    """What an object holds in single values, as texts; names with a leading `_` are private."""
    return {
        str(name): _plain(each)
        for name, each in row(value).items()
        if isinstance(each, _SCALARS) and not str(name).startswith("_")
    }


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def texts(value: object) -> tuple[str, ...]:
    """A list as texts; a single text alone."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(map(text, listed(value)))


def first(found: Row, names: Iterable[str]) -> object:
    """What stands under the first of these names that is there and not None."""
    return next((found[name] for name in names if found.get(name) is not None), None)


def date(value: object) -> str:
    """A text that begins with a date, as year-month-day and maybe a time; else nothing."""
    return value.strip() if isinstance(value, str) and _DATE.fullmatch(value.strip()) else ""


def cell_texts(value: object) -> tuple[str, ...]:
    """A list as pandas writes it into a cell, `['a', 'b']`, or a real one."""
    if isinstance(value, str) and value.startswith("[") and len(value) <= _LONGEST_LIST:
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return (text(value),)
    return texts(value)
