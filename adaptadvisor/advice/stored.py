"""Recommendations that were stored as JSON, read back: what is shown from a file is what was
advised then, without the table.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from types import MappingProxyType, NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from adaptadvisor.advice.recommendation import SCHEMA, VERDICTS, Recommendation
from adaptadvisor.errors import AdvisorError, Location, bad_input, one_of, shown
from adaptadvisor.table.plans import APPROACHES

WORDS: Mapping[str, tuple[str, ...]] = {
    "schema": (SCHEMA,),
    "approach": APPROACHES,
    "plan": APPROACHES,
    "could_meet": APPROACHES,
    "rules_out": APPROACHES,
    "verdict": VERDICTS,
    "strength": ("strong", "moderate", "weak"),
}
"""Fields that hold one of these words, wherever they stand."""

DATE = r"(\d{4}-\d\d-\d\d)?"
_LONG = 400  # digits of a number; Python refuses to read more than 4300
_FAMILY, _, _VERSION = SCHEMA.rpartition("/")


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
    return json.loads(
        text, parse_int=lambda digits: int(digits) if len(digits) < _LONG else math.inf
    )


def read(text: str, file: str) -> Recommendation:
    """The recommendation in a JSON document; `BadInput` where it is another kind of document, a
    newer one, or not whole.

    Keys that this version does not know are left out.
    """
    data = _parsed(text)
    family, _, version = str(data["schema"]).rpartition("/")
    if family == _FAMILY and version.isdecimal() and int(version[:9]) > int(_VERSION):
        message = (
            f'"{shown(data["schema"])}" was written by a newer adaptadvisor; this one reads'
            f" {SCHEMA}"
        )
        raise bad_input("newer-document", message, Location(file))
    if data["schema"] != SCHEMA:
        raise bad_input(
            "foreign-document",
            f'"{shown(data["schema"])}" is no recommendation; expected {SCHEMA}',
            Location(file),
        )
    try:
        advice: Recommendation = _built(Recommendation, data, "")
    except _MisfitError as misfit:
        raise bad_input("bad-document", str(misfit), Location(file)) from None
    if not re.fullmatch(DATE, advice.date) or not re.fullmatch(DATE, advice.review_by):
        raise bad_input(
            "bad-document", "date and review_by must be like 2026-11-21, or empty", Location(file)
        )
    if [verdict.approach for verdict in advice.verdicts] != list(APPROACHES):
        raise bad_input(
            "bad-document",
            f"verdicts must speak of {', '.join(APPROACHES)}, in this order",
            Location(file),
        )
    return advice


class _MisfitError(AdvisorError):
    """A part of a document that is not what it should be."""


def _built(hint: Any, data: Any, path: str) -> Any:
    """The value of this type that the data stand for; `path` says where they stand, such as
    `reasons[0].says`.
    """
    origin, parts = get_origin(hint), get_args(hint)
    if origin is UnionType:
        some = [part for part in parts if part is not NoneType]
        if data is None and len(some) < len(parts):
            return None
        return (
            _value(data, path) if len(some) > 1 else _built(some[0], data, path)
        )  # the only union of several types is a fact's value
    if origin is tuple:
        return tuple(
            _built(parts[0], item, f"{path}[{number}]")
            for number, item in enumerate(_of(list, data, path))
        )
    if origin is not None and issubclass(origin, Mapping):
        return MappingProxyType(
            {
                key: _built(parts[1], value, f"{path}.{key}")
                for key, value in _of(dict, data, path).items()
            }
        )
    if hasattr(hint, "_fields"):
        return _row(hint, _of(dict, data, path), path)
    return _word(_of(hint, data, path), path)


def _row(hint: Any, data: dict[str, Any], path: str) -> Any:
    missing = [name for name in hint._fields if name not in data]
    if missing:
        raise _MisfitError(f'{path or "the document"} has no "{missing[0]}"')
    types = get_type_hints(hint)
    return hint(
        **{
            name: _built(types[name], data[name], f"{path}.{name}".lstrip("."))
            for name in hint._fields
        }
    )


def _value(data: Any, path: str) -> Any:
    """A fact's value."""
    if isinstance(data, list):
        return tuple(_of(str, item, path) for item in data)
    if isinstance(data, (str, bool, int, float)) and (isinstance(data, str) or math.isfinite(data)):
        return data
    raise _MisfitError(f"{path} is no value of a fact")


def _of(kind: Any, data: Any, path: str) -> Any:
    kinds = (int, float) if kind is float else (kind,)
    if type(data) not in kinds or (kind is float and not math.isfinite(data)):
        names = {
            str: "text",
            bool: "true or false",
            float: "a number",
            list: "a list",
            dict: "an object",
        }
        raise _MisfitError(f"{path or 'the document'} must be {names[kind]}")
    return data


def _word(data: Any, path: str) -> Any:
    name = path.rpartition(".")[2].partition("[")[0]
    if name in WORDS and data not in WORDS[name]:
        raise _MisfitError(f'{path} is "{shown(data)}"; expected {one_of(WORDS[name])}')
    return data
