"""The JSON Schema of the costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import TypeAdapter

from adaptadvisor.advice import schema
from adaptadvisor.advice.rules_schema import Schema, head
from adaptadvisor.costs.report import SCHEMA, Cost
from adaptadvisor.table.rows import Table


def cost(table: Table) -> Schema:
    """What `cost --format json` writes; a later version may add keys here, too."""
    found = TypeAdapter(Cost).json_schema(schema_generator=schema.Plain)
    return found | head(SCHEMA.partition("/")[2], "What plans cost, by adaptadvisor")


DOCUMENTS: Mapping[str, Callable[[Table], Schema]] = {"cost": cost}


def render(table: Table, document: str) -> str:
    """The schema of a document (one of `DOCUMENTS`) as JSON."""
    return schema.as_text(DOCUMENTS[document](table))
