"""The JSON Schema of the rules, for completion in editors: made from the row types and a table.

YAML files are checked as editors see them: `year: 2026` is a number there, though it is a text to
us. Each file has its own part of the schema, `#/$defs/needs` for needs.yaml; see `schema_line`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from adaptadvisor.reading.book import id_form
from adaptadvisor.reading.cases import CARRIED, Case
from adaptadvisor.reading.conditions import COMPARISON, KNOWN
from adaptadvisor.reading.layers import About
from adaptadvisor.table.facts import Fact, show
from adaptadvisor.table.kinds import Field, fields_of
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import CASES, ROWS, SECTIONS, Asking, Option, Refusal, Table

Schema: TypeAlias = dict[str, Any]
FILE = "schema.json"
"""What the schema is called in a folder of rules."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_line(part: str, *, folder: str = "") -> str:
    """The first line of a file of rules, which tells editors where its schema is.

    `part` is a section, `table` or `tests`, and `folder` the way to `schema.json`, such as `../`.

    >>> schema_line("needs")
    '# yaml-language-server: $schema=schema.json#/$defs/needs'
    """
    return f"# yaml-language-server: $schema={folder}{FILE}#/$defs/{part}"


# ---- parts of any schema ----


def head(name: str, title: str) -> Schema:
    """How a schema begins. Its id says the version: a later one may add keys, never take any."""
    return {"$schema": DIALECT, "$id": f"adaptadvisor/{name}", "title": title}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def closed(properties: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    """An object without other keys."""
    found = {"type": "object", "properties": dict(properties), "required": [*required]}
    return {**found, "additionalProperties": False}


def _some(one: Schema) -> Schema:
    """One of these, or a list of them."""
    return {"anyOf": [one, array(one)]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _required(*names: str) -> Schema:
    return {"required": [*names]}


def _by_approach(entry: Schema) -> Schema:
    several = "^({0})( *, *({0}))+$".format("|".join(APPROACHES))
    return {**closed(dict.fromkeys(APPROACHES, entry)), "patternProperties": {several: entry}}


_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_WORD: Schema = {"type": "string"}
_NUMBER: Schema = {"type": ["number", "string"]}
_APPROACHES = _some({"enum": list(APPROACHES)})
_SITUATIONS = array(_ref("situation"))
_KINDS: Mapping[str, Schema] = {
    "text": _TEXT,
    "texts": _some(_TEXT),
    "flag": {"type": "boolean"},
    "integer": {"type": ["integer", "string"]},
    "number": _NUMBER,
    "amounts": {"type": "object", "additionalProperties": _NUMBER, "minProperties": 1},
    "date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    "fact": _WORD,
    "facts": _some(_WORD),
    "approaches": _APPROACHES,
    "plans": array(_APPROACHES),
    "condition": _ref("condition"),
    "situation": _ref("situation"),
    "examples": closed({"fires": _SITUATIONS, "quiet": _SITUATIONS}, ("fires", "quiet")),
    "ways": _by_approach(_ref("entry")),
    "refusals": _by_approach(_ref("refusal")),
    "refusal": _ref("refusal"),
    "by_need": {"type": "object", "additionalProperties": _APPROACHES},
}
"""How each kind of field is written, where that is the same for all fields of the kind."""


def rules(table: Table) -> Schema:
    """The parts of a folder of rules, with the facts, thresholds and ids of a table as words."""
    days = {"review_after_days": {"type": "integer", "minimum": 0}}
    parts: Schema = {
        "table": _row(About, "table", days),
        **{section: array(_section(section)) for section in SECTIONS},
        CASES: array(_case()),
        "condition": _condition(table),
        "situation": closed({fact.id: _value(fact) for fact in table.questions}),
        "way": {**_row(Option, "needs"), **_required()},
        "entry": _entry(),
        "refusal": _row(Refusal, "needs"),
        **{f"test-{fact.id}": _test(table, fact) for fact in table.facts.values()},
        # Ids to choose from; a table of one's own may have others.
        "id-of-sources": {"anyOf": [{"enum": list(table.sources)}, _WORD]},
        "id-of-variants": {"anyOf": [{"enum": list(table.variants)}, _WORD]},
    }
    return {
        **head("rules/1", "Rules for adaptadvisor"),
        "description": "Each file has a part of its own: #/$defs/needs for needs.yaml.",
        "$defs": parts,
    }


# ---- rows ----


def _section(section: str) -> Schema:
    """A row that is new, or that changes or leaves out one of the table below."""
    marks: Schema = {
        mark: {"const": True, "description": f"{what} this row of the table that is extended"}
        for mark, what in (("override", "change"), ("off", "leave out"))
    }
    if section == "questions":
        marks |= {field.name: _field(field, section) for field in fields_of(Asking)}
    row = _row(ROWS[section], section, marks)
    own = {"not": {"anyOf": [_required("override"), _required("off")]}}
    return {**row, **_required("id"), "if": own, "then": _required(*row["required"])}


def _row(kind: type, section: str, more: Mapping[str, Any] | None = None) -> Schema:
    declared = fields_of(kind)
    known = {field.name: _field(field, section) for field in declared} | dict(more or {})
    found = closed(known, [field.name for field in declared if field.required])
    return {"description": " ".join((kind.__doc__ or "").split()), **found}


def _case() -> Schema:
    """A case with facts of its own, or with those of a precedent."""
    row, taken = _row(Case, "cases", dict.fromkeys(CARRIED, True)), ("facts", "accept", "wrong")
    own = {"not": {"anyOf": [_required(name) for name in taken]}}
    return {
        **row,
        **_required("id"),
        "if": _required("precedent"),
        "then": own,
        "else": _required("facts"),
    }


def _entry() -> Schema:
    """What a need says of an approach: one way in, or several with one reason."""
    way, reason = _row(Option, "needs"), _required("because")
    either = {
        "description": "several ways in; each may have a reason of its own",
        **array(_ref("way")),
        "minItems": 1,
    }
    several = {
        "not": {"anyOf": [_required(name) for name in ("when", "provided", "variant")]},
        "anyOf": [reason, {"properties": {"either": {"items": reason}}}],
    }
    return {
        **way,
        "properties": {**way["properties"], "either": either},
        **_required(),
        "if": _required("either"),
        "then": several,
        "else": reason,
    }


def _field(field: Field, section: str) -> Schema:
    words = field.kind.words
    named = _ref(f"id-of-{words[0]}") if words in (("sources",), ("variants",)) else _TEXT
    match field.kind.form:
        case "own_id":
            found = {**_WORD, "pattern": f"^{id_form(section)}$"}
        case "word":
            found = {"enum": [*words]}
        case "words":
            found = _some({"enum": [*words]})
        case "id":
            found = named
        case "ids":
            found = _some(named)
        case form:
            found = array(_row(field.inner, section)) if field.inner else _KINDS[form]
    return {**found, "description": field.about} if field.about else found


# ---- conditions and values ----


def _condition(table: Table) -> Schema:
    several = {**array(_ref("condition")), "minItems": 1}
    known = table.facts.values()
    tests = {fact.id: _ref(f"test-{fact.id}") for fact in known if fact.type != "plans"}
    found = closed({"any": several, "all": several, "not": _ref("condition"), **tests})
    return {"description": "all of these must hold; any, all and not nest", **found}


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
    inverse = closed({"not": again}, ["not"])
    return {"description": fact.question, "anyOf": [*one, array(again), inverse]}


def _value(fact: Fact) -> Schema:
    about = {"description": " ".join(filter(None, (fact.question, fact.unit)))}
    if fact.type == "plans":
        return {**about, **_some(_WORD)}
    return {**about, **(_NUMBER if fact.numeric else _choices(fact))}


def _choices(fact: Fact, *more: str) -> Schema:
    """The answers to a question, with what they mean (a keyword that editors understand)."""
    means = {choice.value: choice.means for choice in fact.choices}
    words = [means.get(show(value), "") for value in fact.values]
    return {"enum": [*fact.values, *more], "enumDescriptions": [*words, *more]}
