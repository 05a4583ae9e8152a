"""Facts files (YAML or JSON): what a person knows, a title and notes. Reads what it writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from textwrap import wrap

from adaptadvisor.errors import BadInput, Problem, Problems
from adaptadvisor.reading import nodes as documents
from adaptadvisor.reading.nodes import Mapping as MappingNode
from adaptadvisor.reading.nodes import Node, Scalar, Sequence
from adaptadvisor.reading.slips import glued
from adaptadvisor.table import facts
from adaptadvisor.table.facts import Fact, NotAValue, Value, show
from adaptadvisor.table.given import OWN_KEYS, Given, too_long
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import Table

_WIDTH = 110
_SCHEMA = "facts.schema.json"
SCHEMA_LINE = f"# yaml-language-server: $schema={_SCHEMA}"
"""The first line of a facts file, which tells editors where its schema is."""


def read(text: str, file: str, table: Table) -> Given:
    """The content of a facts file; `BadInput` with every problem in it."""
    problems = Problems()
    node = documents.parse(text, file, problems)
    own: dict[str, Node] = {}
    if isinstance(node, MappingNode):
        own = {key.text: value for key, value in node.entries if key.text in OWN_KEYS}
        others = tuple(entry for entry in node.entries if entry[0].text not in OWN_KEYS)
        node = node._replace(entries=others)
    found = answers_in(node, table.facts, problems.append)
    words = {}
    for key, value in own.items():
        if not isinstance(value, Scalar):
            problems.append(Problem("wrong-type", f'"{key}" must be text', value.location))
        elif not (value.plain and value.text in ("", "null", "~")):
            words[key] = value.text
            problems.extend(too_long(key, value.text, value.location))
    if problems:
        raise BadInput(problems)
    return Given(found, **words)


def answers_in(
    node: Node, known: Mapping[str, Fact], report: Callable[[Problem], None]
) -> dict[str, Value | None]:
    """The answers in a mapping of fact to value; what is no answer is reported."""
    found: dict[str, Value | None] = {}
    if not isinstance(node, MappingNode):
        hint = glued(node.text) if isinstance(node, Scalar) and node.plain else ""
        said = hint or "expected facts as `fact: value`"
        report(Problem("not-a-mapping", said, node.location))
        return found
    for key, node_value in node.entries:
        fact = known.get(key.text)
        if fact is None or fact.derived:
            report(unknown_fact(key, known))
            continue
        try:
            found[fact.id] = value_of(fact, node_value)
        except NotAValue as error:
            report(error.at(node_value.location))
    return found


def unknown_fact(key: Scalar, known: Mapping[str, Fact]) -> Problem:
    """Why this word is no fact that one can give."""
    return facts.no_such_fact(key.text, known).at(key.location)


def value_of(fact: Fact, node: Node) -> Value | None:
    """What a node means for this fact; quoted text stays text. Raises `NotAValue`."""
    if isinstance(node, Scalar):
        if node.plain and not node.text:
            return None
        as_text = node.plain or fact.type in ("choice", "plans")
        return (facts.from_text if as_text else facts.from_object)(fact, node.text)
    if isinstance(node, Sequence):
        words = [item.text if isinstance(item, Scalar) else None for item in node.items]
        return facts.from_object(fact, words)
    return facts.from_object(fact, {})


def written(
    table: Table, given: Given, head: str = "Facts for adaptadvisor. null: asked, and not known."
) -> str:
    """A facts file (YAML) with a comment above each fact that says what it means."""
    lines = [f"{key}: {_as_text(text)}" for key in OWN_KEYS if (text := getattr(given, key))]
    for fact in table.questions:
        if fact.id in given.answers:
            value = given.answers[fact.id]
            lines += ["", *_comment(fact, value), f"{fact.id}: {as_yaml(value)}"]
    how = f"# To have it checked in an editor: adaptadvisor schema facts -o {_SCHEMA}"
    return "".join(f"{line}\n" for line in (SCHEMA_LINE, f"# {head}", how, *(lines or ["{}"])))


def as_yaml(value: Value | None) -> str:
    """A value as it is written in a facts file."""
    if value is None:
        return "null"
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if isinstance(value, Range):
        return str(value)
    return show(value) if isinstance(value, (str, bool)) else repr(value)


def in_braces(facts: Mapping[str, Value]) -> str:
    """A situation as it can be pasted into a row, a case or a facts file.

    >>> in_braces({"task": "label", "tried": ("prompt",)})
    '{task: label, tried: [prompt]}'
    """
    return f"{{{', '.join(f'{fact}: {as_yaml(value)}' for fact, value in facts.items())}}}"


def _comment(fact: Fact, value: Value | None) -> list[str]:
    meanings = {choice.value: f"{choice.value}: {choice.means}" for choice in fact.choices}
    meaning = "" if value is None else meanings.get(show(value), "")
    unit = f"Unit: {fact.unit}." if fact.unit else ""
    about = " ".join(filter(None, (fact.question, unit, meaning)))
    return wrap(about, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _as_text(text: str) -> str:
    """A block of lines where that is safe and readable, else a quoted text with escapes."""
    first, *more = lines = text.split("\n")
    printable = all(line.isprintable() for line in lines)
    if more and printable and first.strip() and first[0] != " " and more[-1].strip():
        return "\n".join(["|-", *(f"  {line}" if line else "" for line in lines)])
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
