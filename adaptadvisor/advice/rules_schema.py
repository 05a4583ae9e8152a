"""The JSON Schema of the rules, for completion and red squiggles in an editor: made from the row
types and from a table, so that it cannot fall behind.

YAML files are checked as editors see them: `year: 2026` is a number there, though it is a text to
us. Each file has its own part of the schema, `#/$defs/needs` for needs.yaml; see `schema_line`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adaptadvisor.reading.book import id_form
from adaptadvisor.reading.cases import CARRIED, Case
from adaptadvisor.reading.conditions import COMPARISON, KNOWN
from adaptadvisor.table.facts import Fact, show
from adaptadvisor.table.kinds import Field, fields_of
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import CASES, ROWS, SECTIONS, Asking, Option, Refusal, Table

Schema = dict[str, Any]

FILE = "schema.json"
"""What the schema is called in a folder of rules."""

_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_APPROACH: Schema = {"enum": list(APPROACHES)}
_SEVERAL = "^({0})( *, *({0}))+$".format("|".join(APPROACHES))
_TRUE: Schema = {"const": True}


def schema_line(part: str, *, folder: str = "") -> str:
    """The first line of a file of rules, which tells editors where its schema is: `part` is a
    section, `table` or `tests`, and `folder` the way to `schema.json`, such as `../`.

    >>> schema_line("needs")
    '# yaml-language-server: $schema=schema.json#/$defs/needs'
    """
    return f"# yaml-language-server: $schema={folder}{FILE}#/$defs/{part}"


def rules(table: Table) -> Schema:
    """The parts of a folder of rules, with the facts, thresholds and ids of a table as words to
    choose from.
    """
    parts: Schema = {
        "table": _object(
            {
                "version": {**_TEXT, "description": "corrected row = patch, added row = minor"},
                "extends": {**_TEXT, "description": '"shipped", or the folder of another table'},
                "review_after_days": {"type": "integer", "minimum": 0},
            },
            required=["version"],
        ),
        **{section: _list(_section(section)) for section in SECTIONS},
        CASES: _list(_row(Case, "cases", dict.fromkeys(CARRIED, True))),
        "condition": _condition(table),
        "situation": _object({fact.id: _value(fact) for fact in table.questions}),
        "way": {**_row(Option, "needs"), "required": []},
        "entry": _entry(),
        "refusal": _row(Refusal, "needs"),
        **{f"test-{fact.id}": _test(table, fact) for fact in table.facts.values()},
        **{f"id-of-{name}": _known(getattr(table, name)) for name in ("sources", "variants")},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rules for adaptadvisor",
        "description": "Each file has a part of its own: #/$defs/needs for needs.yaml.",
        "$defs": parts,
    }


# ---- rows ----


def _section(section: str) -> Schema:
    """A row that is new, or that changes or leaves out one of the table below."""
    marks = {
        "override": {**_TRUE, "description": "change this row of the table that is extended"},
        "off": {**_TRUE, "description": "leave out this row of the table that is extended"},
    }
    if section == "questions":
        marks |= {field.name: _field(field, section) for field in fields_of(Asking)}
    row = _row(ROWS[section], section, marks)
    own = {"not": {"anyOf": [{"required": ["override"]}, {"required": ["off"]}]}}
    return {**row, "required": ["id"], "if": own, "then": {"required": row["required"]}}


def _row(kind: type, section: str, more: Mapping[str, Any] | None = None) -> Schema:
    declared = fields_of(kind)
    return {
        "description": " ".join((kind.__doc__ or "").split()),
        **_object(
            {field.name: _field(field, section) for field in declared} | dict(more or {}),
            required=[field.name for field in declared if field.required],
        ),
    }


def _entry() -> Schema:
    """What a need says of an approach: one way in, or several with one reason."""
    way = _row(Option, "needs")
    either = {"description": "several ways in; each may have a reason of its own"}
    of_a_way = [{"required": [name]} for name in ("when", "provided", "variant")]
    reason = {"required": ["because"]}
    return {
        **way,
        "properties": {
            **way["properties"],
            "either": {**_list(_ref("way")), "minItems": 1, **either},
        },
        "required": [],
        "if": {"required": ["either"]},
        "then": {
            "not": {"anyOf": of_a_way},
            "anyOf": [reason, {"properties": {"either": {"items": reason}}}],
        },
        "else": reason,
    }


def _field(field: Field, section: str) -> Schema:
    if field.inner:
        found = _list(_row(field.inner, section))
    else:
        found = _KINDS[field.kind.form](field, section)
    return {**found, "description": field.about} if field.about else found


def _by_approach(entry: Schema) -> Schema:
    return {
        **_object(dict.fromkeys(APPROACHES, entry)),
        "patternProperties": {_SEVERAL: entry},
    }


def _some(one: Schema) -> Schema:
    """One of these, or a list of them."""
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _ids(field: Field) -> Schema:
    (first, *others) = field.kind.words
    return _ref(f"id-of-{first}") if not others and first in ("sources", "variants") else _TEXT


_NUMBER: Schema = {"type": ["number", "string"]}
_KINDS: Mapping[str, Callable[[Field, str], Schema]] = {
    "own_id": lambda _, section: {"type": "string", "pattern": f"^{id_form(section)}$"},
    "text": lambda *_: _TEXT,
    "texts": lambda *_: _some(_TEXT),
    "word": lambda field, _: {"enum": list(field.kind.words)},
    "flag": lambda *_: {"type": "boolean"},
    "integer": lambda *_: {"type": ["integer", "string"]},
    "number": lambda *_: _NUMBER,
    "date": lambda *_: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    "fact": lambda *_: {"type": "string"},
    "facts": lambda *_: _some({"type": "string"}),
    "approaches": lambda *_: _some(_APPROACH),
    "plans": lambda *_: {"type": "array", "items": _some(_APPROACH)},
    "id": lambda field, _: _ids(field),
    "ids": lambda field, _: _some(_ids(field)),
    "condition": lambda *_: _ref("condition"),
    "situation": lambda *_: _ref("situation"),
    "examples": lambda *_: _object(
        {name: _list(_ref("situation")) for name in ("fires", "quiet")}, required=["fires", "quiet"]
    ),
    "ways": lambda *_: _by_approach(_ref("entry")),
    "refusals": lambda *_: _by_approach(_ref("refusal")),
    "refusal": lambda *_: _ref("refusal"),
}
"""How each kind of field is written."""


# ---- conditions and values ----


def _condition(table: Table) -> Schema:
    several = {"type": "array", "minItems": 1, "items": _ref("condition")}
    tests = {
        fact.id: _ref(f"test-{fact.id}") for fact in table.facts.values() if fact.type != "plans"
    }
    return {
        "description": "all of these must hold; any, all and not nest",
        **_object({"any": several, "all": several, "not": _ref("condition"), **tests}),
    }


def _test(table: Table, fact: Fact) -> Schema:
    """A test of one fact: a value, several of which one will do, a comparison, or not one."""
    again = _ref(f"test-{fact.id}")
    if fact.numeric:
        named = [row.id for row in table.thresholds.values() if row.fact == fact.id]
        one: list[Schema] = [
            {"type": "number"},
            {"enum": [f"{sign} {id}" for id in named for sign in (">=", "<")] + [KNOWN]},
            {"type": "string", "pattern": f"^{COMPARISON}$"},
        ]
    else:
        one = [_choices(fact, KNOWN)]
    inverse = _object({"not": again}, required=["not"])
    return {
        "description": fact.question,
        "anyOf": [*one, {"type": "array", "items": again}, inverse],
    }


def _value(fact: Fact) -> Schema:
    about = {"description": " ".join(filter(None, (fact.question, fact.unit)))}
    if fact.type == "plans":
        return {**about, **_some({"type": "string"})}
    return {**about, **(_NUMBER if fact.numeric else _choices(fact))}


def _choices(fact: Fact, *more: str) -> Schema:
    """The answers to a question, with what they mean (a keyword that editors understand)."""
    means = {choice.value: choice.means for choice in fact.choices}
    words = [means.get(show(value), "") for value in fact.values]
    return {"enum": [*fact.values, *more], "enumDescriptions": [*words, *more]}


# ---- parts ----


def _known(rows: Mapping[str, Any]) -> Schema:
    """Ids to choose from; a table of one's own may have others."""
    return {"anyOf": [{"enum": list(rows)}, {"type": "string"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object(properties: Mapping[str, Any], required: list[str] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required or [],
        "additionalProperties": False,
    }
