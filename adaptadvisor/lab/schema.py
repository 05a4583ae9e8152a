"""The JSON Schema of what the lab found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import TypeAdapter

from adaptadvisor.advice import schema
from adaptadvisor.advice.rules_schema import Schema, head
from adaptadvisor.lab.report import SCHEMA, Lab
from adaptadvisor.table.rows import Table


def lab(table: Table) -> Schema:
    """What `lab run --format json` writes; a later version may add keys here, too."""
    found = TypeAdapter(Lab).json_schema(schema_generator=schema.Plain)
    return found | head(SCHEMA.partition("/")[2], "What the lab of adaptadvisor found")


DOCUMENTS: Mapping[str, Callable[[Table], Schema]] = {"lab": lab}


def render(table: Table, document: str) -> str:
    """The schema of a document (one of `DOCUMENTS`) as JSON."""
    return schema.as_text(DOCUMENTS[document](table))
