"""JSON Schemas (draft 2020-12) of what goes in and comes out, made from the types and the table."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from adaptadvisor.advice import compare, rules_schema
from adaptadvisor.advice.browse import Precedents
from adaptadvisor.advice.compare import Comparison
from adaptadvisor.advice.portfolio import COMPARED
from adaptadvisor.advice.recommendation import SCHEMA, Recommendation
from adaptadvisor.advice.rules_schema import Schema, array, closed, head
from adaptadvisor.advice.values import LEFT_OUT
from adaptadvisor.table.facts import Fact
from adaptadvisor.table.given import LONGEST
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.ranges import PATTERN
from adaptadvisor.table.rows import Table

if TYPE_CHECKING:
    from pydantic_core.core_schema import DataclassSchema


def render(table: Table, document: str) -> str:
    """The schema of a document (one of `DOCUMENTS`) as JSON."""
    return as_text(DOCUMENTS[document](table))


def as_text(found: Schema) -> str:
    """A schema as JSON, always with the same bytes."""
    return json.dumps(found, indent=2, sort_keys=True) + "\n"


def recommendation(table: Table) -> Schema:
    """What `recommend --format json` writes. Later versions may add keys, so none is forbidden."""
    found = TypeAdapter(Recommendation).json_schema(schema_generator=Plain)
    return found | head(SCHEMA.partition("/")[2], "A recommendation of adaptadvisor")


def comparison(table: Table) -> Schema:
    """What `compare --format json` writes; a later version may add keys here, too."""
    found = TypeAdapter(Comparison).json_schema(schema_generator=Plain)
    return found | head(compare.SCHEMA.partition("/")[2], "Two situations compared")


def precedents(table: Table) -> Schema:
    """What `precedents --format json` writes; a later version may add keys here, too."""
    found = TypeAdapter(Precedents).json_schema(schema_generator=Plain)
    return found | head("precedents/1", "Precedents of adaptadvisor")


class Plain(GenerateJsonSchema):
    """A schema without a title for every field, which would only repeat its name."""

    def field_title_should_be_set(self, _schema: object) -> bool:
        return False

    def dataclass_schema(self, schema: DataclassSchema) -> Schema:
        found = super().dataclass_schema(schema)
        may_lack = {one.name for one in fields(schema["cls"]) if LEFT_OUT in one.metadata}
        needed = [name for name in found.get("required", ()) if name not in may_lack]
        described = {**found, "description": " ".join(found["description"].split())}
        return described | ({"required": needed} if needed else {})


def facts(table: Table) -> Schema:
    """A facts file; null means asked, and not known."""
    texts = {
        key: {
            "type": ["string", "null"],
            "maxLength": longest,
            "description": f"{'A title' if key == 'title' else 'Notes'} for reports.",
        }
        for key, longest in LONGEST.items()
    }
    return head("facts/1", "Facts for adaptadvisor") | closed(texts | _facts(table))


def batch(table: Table) -> Schema:
    """One line that `batch` reads (`case`) and one that it writes (`answer` or `failure`)."""
    text, names = {"type": "string"}, array({"type": "string"})
    plan, share = array({"enum": list(APPROACHES)}), {"type": "number", "minimum": 0, "maximum": 1}
    answer = {
        "id": {},
        "plan": plan,
        "open_needs": names,
        "settled": {"type": "boolean"},
        "hinges": names,
        "fallback": plan,
        "likely": plan,
        "confidence": share,
        "odds": array(_open({"plan": plan, "share": share})),
    }
    compared = {"change": {"enum": [*COMPARED]}, "before": plan}
    also = {"title": text, **compared}
    error = _open({"code": text, "message": text})
    place = {"line": {"type": "integer", "minimum": 1}, "file": text}
    failure = {"id": {}, **place, "error": error, **also}
    gone = {"id": {}, "change": {"const": "gone"}, "before": plan}
    lines = {
        "case": closed({"id": {}, "facts": closed(_facts(table))}, ["facts"]),
        "answer": _open({**answer, **also, "report": text}, ["id", "plan", "open_needs"]),
        "failure": _open(failure, ["id", "error"]),
        "gone": _open(gone),
    }
    return {
        **head("batch/1", "A line that adaptadvisor batch reads or writes"),
        "anyOf": [{"$ref": f"#/$defs/{line}"} for line in lines],
        "$defs": lines,
    }


DOCUMENTS: Mapping[str, Callable[[Table], Schema]] = {
    "recommendation": recommendation,
    "facts": facts,
    "batch": batch,
    "precedents": precedents,
    "comparison": comparison,
    "rules": rules_schema.rules,
}


def _open(properties: Schema, required: Sequence[str] = ()) -> Schema:
    """An object with the required of these keys (all), and others that a later version may add."""
    return {"type": "object", "properties": properties, "required": [*(required or properties)]}


def _facts(table: Table) -> Schema:
    return {fact.id: _fact(fact) for fact in table.questions}


def _fact(fact: Fact) -> Schema:
    """The values of a fact as JSON, where a text such as 500..5k is a range and 5k a number."""
    about = " ".join(filter(None, (fact.question, fact.unit and f"({fact.unit})")))
    found: Schema = {"description": about}
    if fact.type == "plans":
        return {**found, "type": ["array", "null"], "items": {"type": "string", **_plan(fact)}}
    if fact.numeric:
        most = {"maximum": fact.maximum} if fact.maximum < math.inf else {}
        number = {"type": [fact.type, "null"], "minimum": fact.minimum, **most}
        return {**found, "anyOf": [number, {"type": "string", "pattern": PATTERN}]}
    also = [other for choice in fact.choices for other in choice.also if fact.type == "choice"]
    return {**found, "enum": [*fact.values, *also, None]}


def _plan(fact: Fact) -> Schema:
    """A plan that was tried: approaches, each alone or with a variant of it."""
    parts = []
    for approach in APPROACHES:
        variants = "|".join(id for owner, id in fact.variants if owner == approach)
        parts.append(f"{approach}(:({variants}))?" if variants else approach)
    part = "|".join(parts)
    return {"pattern": f"^({part})(\\+({part}))*$"}
