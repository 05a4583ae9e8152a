"""JSON Schemas (draft 2020-12) of what goes in and comes out: made from the types and from the
table, so that they cannot fall behind.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.advice.stored import DATE, WORDS
from adaptadvisor.table.facts import Fact, Value
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Table

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN: Mapping[Any, str] = {str: "string", bool: "boolean", float: "number", int: "integer"}
_PLAN = "^({0})(\\+({0}))*$".format("|".join(APPROACHES))


def render(table: Table, document: str) -> str:
    """The schema of a document (one of `DOCUMENTS`) as JSON."""
    return json.dumps(DOCUMENTS[document](table), indent=2, sort_keys=True) + "\n"


def recommendation(table: Table) -> dict[str, Any]:
    """What `recommend --format json` writes. Later versions may add keys, so none is forbidden."""
    rows: dict[str, Any] = {}
    root = _type(Recommendation, "", rows)
    return {
        "$schema": _DRAFT,
        "$id": "adaptadvisor/recommendation/1",
        "title": "A recommendation of adaptadvisor",
        **root,
        "$defs": rows,
    }


def facts(table: Table) -> dict[str, Any]:
    """A facts file; null means asked, and not known."""
    known: dict[str, Any] = {
        "title": {"type": ["string", "null"], "description": "A title for reports."},
        "notes": {"type": ["string", "null"], "description": "Notes for reports."},
    }
    known |= {fact.id: _fact(fact) for fact in table.questions}
    return {
        "$schema": _DRAFT,
        "$id": "adaptadvisor/facts/1",
        "title": "Facts for adaptadvisor",
        **_object(known, required=()),
    }


def batch(table: Table) -> dict[str, Any]:
    """One line that `batch` reads (`case`) and one that it writes (`answer` or `failure`)."""
    asked = {fact.id: _fact(fact) for fact in table.questions}
    names = {"type": "array", "items": {"type": "string"}}
    plan = {"type": "array", "items": {"enum": list(APPROACHES)}}
    error = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        "required": ["code", "message"],
    }
    answer = {
        "id": {},
        "plan": plan,
        "open_needs": names,
        "settled": {"type": "boolean"},
        "hinges": names,
    }
    failure = {"id": {}, "line": {"type": "integer", "minimum": 1}, "error": error}
    return {
        "$schema": _DRAFT,
        "$id": "adaptadvisor/batch/1",
        "title": "A line that adaptadvisor batch reads or writes",
        "anyOf": [
            {"$ref": "#/$defs/case"},
            {"$ref": "#/$defs/answer"},
            {"$ref": "#/$defs/failure"},
        ],
        "$defs": {
            "case": _object({"id": {}, "facts": _object(asked, required=())}, required=("facts",)),
            "answer": {
                "type": "object",
                "properties": answer,
                "required": ["id", "plan", "open_needs"],
            },
            "failure": {
                "type": "object",
                "properties": failure,
                "required": ["id", "line", "error"],
            },
        },
    }


DOCUMENTS: Mapping[str, Callable[[Table], dict[str, Any]]] = {
    "recommendation": recommendation,
    "facts": facts,
    "batch": batch,
}


def _object(properties: Mapping[str, Any], *, required: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    """The values of a fact as JSON; numbers only as numbers, because text such as 5k is for YAML
    and flags.
    """
    found: dict[str, Any] = {
        "description": " ".join(filter(None, (fact.question, fact.unit and f"({fact.unit})")))
    }
    if fact.type == "plans":
        return {**found, "type": ["array", "null"], "items": {"type": "string", "pattern": _PLAN}}
    if fact.numeric:
        bounds = {"minimum": fact.minimum} | (
            {"maximum": fact.maximum} if fact.maximum < math.inf else {}
        )
        return {**found, "type": [fact.type, "null"], **bounds}
    return {**found, "enum": [*fact.values, None]}


def _type(hint: Any, field: str, rows: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type; rows that are named tuples are collected in `rows`, under their names."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint == Value:
        return {"type": ["string", "boolean", "number", "array"], "items": {"type": "string"}}
    if origin is UnionType:
        return {
            "anyOf": [
                {"type": "null"} if part is NoneType else _type(part, field, rows)
                for part in _without_value(parts)
            ]
        }
    if origin is tuple:
        return {"type": "array", "items": _type(parts[0], field, rows)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _type(parts[1], "", rows)}
    if not hasattr(hint, "_fields"):
        if field in WORDS:
            return {"enum": list(WORDS[field])}
        return {"type": _PLAIN[hint]} | (
            {"pattern": f"^{DATE}$"} if field in ("date", "review_by") else {}
        )
    types = get_type_hints(hint)
    row = {
        "type": "object",
        "description": " ".join((hint.__doc__ or "").split()),
        "properties": {name: _type(types[name], name, rows) for name in hint._fields},
        "required": list(hint._fields),
    }
    if hint is Recommendation:
        return row
    rows[hint.__name__] = row
    return {"$ref": f"#/$defs/{hint.__name__}"}


def _without_value(parts: tuple[Any, ...]) -> list[Any]:
    """The members of a union, those of a fact's value taken together."""
    value = get_args(Value)
    return (
        [Value, *(part for part in parts if part not in value)]
        if set(value) <= set(parts)
        else list(parts)
    )
