"""The JSON Schema of the costs."""

from __future__ import annotations

from pydantic import TypeAdapter

from adaptadvisor.advice import schema
from adaptadvisor.advice.rules_schema import Schema, head
from adaptadvisor.costs.report import SCHEMA, Cost
from adaptadvisor.table.rows import Table


def cost(table: Table) -> Schema:
    """What `cost --format json` writes; a later version may add keys here, too."""
    found = TypeAdapter(Cost).json_schema(schema_generator=schema.Plain)
    return found | head(SCHEMA.partition("/")[2], "What plans cost, by adaptadvisor")
