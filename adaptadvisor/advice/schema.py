"""JSON Schemas (draft 2020-12) of what goes in and comes out, made from the types and the table."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from adaptadvisor.advice import rules_schema
from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.table.facts import LONGEST, Fact
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Table

_PLAN = "^({0})(\\+({0}))*$".format("|".join(APPROACHES))


def render(table: Table, document: str) -> str:
    """The schema of a document (one of `DOCUMENTS`) as JSON."""
    return json.dumps(DOCUMENTS[document](table), indent=2, sort_keys=True) + "\n"


def recommendation(table: Table) -> dict[str, Any]:
    """What `recommend --format json` writes. Later versions may add keys, so none is forbidden."""
    return {
        **TypeAdapter(Recommendation).json_schema(schema_generator=_Plain),
        "$schema": _Plain.schema_dialect,
        "$id": "adaptadvisor/recommendation/1",
        "title": "A recommendation of adaptadvisor",
    }


class _Plain(GenerateJsonSchema):
    """Without a title for every field, which would only repeat its name."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False

    def dataclass_schema(self, schema: Any) -> dict[str, Any]:
        found = super().dataclass_schema(schema)
        return {**found, "description": " ".join(found["description"].split())}


def facts(table: Table) -> dict[str, Any]:
    """A facts file; null means asked, and not known."""
    known: dict[str, Any] = {
        key: {
            "type": ["string", "null"],
            "maxLength": longest,
            "description": f"{about} for reports.",
        }
        for (key, longest), about in zip(LONGEST.items(), ("A title", "Notes"), strict=True)
    }
    known |= {fact.id: _fact(fact) for fact in table.questions}
    return {
        "$schema": _Plain.schema_dialect,
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
        "$schema": _Plain.schema_dialect,
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
    "rules": rules_schema.rules,
}


def _object(properties: Mapping[str, Any], *, required: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    """The values of a fact as JSON; a text such as 5k is a number in YAML and flags only."""
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
