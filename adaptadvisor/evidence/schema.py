"""The JSON Schemas of every document, with those of the checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from adaptadvisor.advice import schema
from adaptadvisor.advice.rules_schema import Schema, head
from adaptadvisor.evidence.data.document import SCHEMA as PROFILE
from adaptadvisor.evidence.data.document import Around
from adaptadvisor.evidence.data.profile import Profile
from adaptadvisor.evidence.next_step import SCHEMA as NEXT
from adaptadvisor.evidence.next_step import NextStep
from adaptadvisor.evidence.report import SCHEMA, Checks
from adaptadvisor.table.rows import Table

if TYPE_CHECKING:
    from pydantic_core.core_schema import WithDefaultSchema


def checks(table: Table) -> Schema:
    """What `check --format json` writes; a later version may add keys here, too."""
    found = TypeAdapter(Checks).json_schema(schema_generator=_Written)
    return found | head(SCHEMA.partition("/")[2], "What the checks of adaptadvisor found")


def next_step(table: Table) -> Schema:
    """What `next --format json` writes; a later version may add keys here, too."""
    found = TypeAdapter(NextStep).json_schema(schema_generator=_Written)
    return found | head(NEXT.partition("/")[2], "What results say of the next step")


def profile(table: Table) -> Schema:
    """What `profile --format json` writes; a later version may add keys here, too."""
    own, around = (
        TypeAdapter(each).json_schema(schema_generator=_Written) for each in (Profile, Around)
    )
    whole = {
        "properties": own["properties"] | around["properties"],
        "required": list(dict.fromkeys((*own["required"], *around["required"]))),
        "$defs": own["$defs"] | around["$defs"],
    }
    return own | whole | head(PROFILE.partition("/")[2], "What a set of examples holds")


class _Written(schema.Plain):
    """Every key is always written, also where its value is the usual one."""

    def default_schema(self, schema: WithDefaultSchema) -> Schema:
        return self.generate_inner(schema["schema"])

    def field_is_required(self, field: object, total: bool) -> bool:  # noqa: ARG002
        return True


DOCUMENTS: Mapping[str, Callable[[Table], Schema]] = {
    **schema.DOCUMENTS,
    "checks": checks,
    "next": next_step,
    "profile": profile,
}


def render(table: Table, document: str) -> str:
    """The schema of a document (one of `DOCUMENTS`) as JSON."""
    return schema.as_text(DOCUMENTS[document](table))
