"""What the rows of two tables say differently, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from adaptadvisor.authoring.places import fields, section
from adaptadvisor.reading.facts_file import in_braces
from adaptadvisor.table.choices import Choice, Unit, Wording
from adaptadvisor.table.conditions import ALWAYS, All, AnyOf, Test, describe
from adaptadvisor.table.evidence import Result
from adaptadvisor.table.facts import Value, show, show_number
from adaptadvisor.table.rows import (
    SECTIONS,
    Examples,
    Models,
    Option,
    Pick,
    Refusal,
    Setting,
    Table,
)
from adaptadvisor.table.symptoms import Cause


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that changed, in words; of a list only the parts that the other table lacks."""

    field: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that is in both tables and not the same."""

    id: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class SectionChange:
    """The rows of one section that only one table has, and those that differ."""

    section: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[RowChange, ...]


def table_changes(old: Table, new: Table) -> tuple[FieldChange, ...]:
    """What the tables say of themselves."""
    about = [
        {name: getattr(table, name) for name in ("version", "review_after_days")}
        for table in (old, new)
    ]
    return tuple(_fields(*about))


def section_changes(old: Table, new: Table) -> tuple[SectionChange, ...]:
    """The sections that differ, in the order of the files."""
    return tuple(filter(None, (_section(name, old, new) for name in SECTIONS)))


def _section(name: str, old: Table, new: Table) -> SectionChange | None:
    before, after = said(old, name), said(new, name)
    changed = [
        RowChange(id, tuple(_fields(before[id], after[id])))
        for id in sorted(before.keys() & after.keys())
        if before[id] != after[id]
    ]
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    if not (added or removed or changed):
        return None
    return SectionChange(name, tuple(added), tuple(removed), tuple(changed))


def said(table: Table, name: str) -> dict[str, dict[str, object]]:
    """What each row of a section says, by field."""
    found = {id: fields(row) for id, row in section(table, name).items()}
    if name == "questions":
        for id, row in found.items():
            row["applies"] = table.applies.get(id, ALWAYS)
            row["at_most"] = table.at_most.get(id, "")
    return found


def _fields(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[FieldChange]:
    for field in old:
        if old[field] != new[field]:
            before, after = words_of(old[field]), words_of(new[field])
            yield FieldChange(
                field,
                tuple(word for word in before if word not in after),
                tuple(word for word in after if word not in before),
            )


def words_of(value: object) -> tuple[str, ...]:
    """The content of a field in words: one for each part of a list.

    >>> words_of(True), words_of(("lora", "full")), words_of("")
    (('true',), ('lora', 'full'), ())
    """
    if isinstance(value, (Test, All, AnyOf)):
        return (describe(value),)
    if isinstance(value, (Option, Refusal, Pick)):
        return (_option_words(value),)
    if isinstance(value, Setting):
        return (_setting_words(value),)
    if isinstance(value, Cause):
        return (f"{value.cause}; test: {value.test}; first: {value.repair}",)
    if isinstance(value, Models):
        return (_models_words(value),)
    if isinstance(value, Choice):
        return (_choice_words(value),)
    if isinstance(value, Wording):
        return (" ".join([f"{', '.join(value.tasks)}: {value.question}", value.find_out]).strip(),)
    if isinstance(value, Unit):
        return (_unit_words(value),)
    if isinstance(value, Examples):
        lists = fields(value).items()
        return tuple(f"{kind}: {word}" for kind, part in lists for word in words_of(part))
    if isinstance(value, Result):
        return (f"{'+'.join(value.plan)}: {value.what}: {value.score}",)
    if isinstance(value, tuple) and value and all(isinstance(part, tuple) for part in value):
        return tuple("+".join(map(str, part)) for part in value)  # plans, or answers with cases
    if isinstance(value, tuple):
        return tuple(word for part in value for word in words_of(part))
    if isinstance(value, Mapping):
        return (in_braces(value),)
    return (show(cast("Value", value)),) if value not in ("", None) else ()


def _setting_words(row: Setting) -> str:
    basis = ", ".join(row.sources) or ("a default" if row.default else "no source")
    because = f": {row.because}" if row.because else ""
    return f"{row.name} {row.value} ({basis}){because}"


def _choice_words(row: Choice) -> str:
    names = ", ".join(row.also + row.heard)
    return f"{row.value} - {row.means}{f' ({names})' if names else ''}"


def _unit_words(row: Unit) -> str:
    marks = [name for name in ("alone", "more", "tells") if getattr(row, name)]
    about = ", ".join(filter(None, (row.because, *marks)))
    return f"{', '.join(row.words)}: {show_number(row.each)}{f' ({about})' if about else ''}"


def _models_words(row: Models) -> str:
    parts = (
        ", ".join(row.models),
        f"({row.use})" if row.use else "",
        f"for {', '.join(row.approaches)}" if row.approaches else "",
        f"provided {describe(row.provided)}" if row.provided != ALWAYS else "",
    )
    return " ".join(filter(None, parts))


def _option_words(row: Option | Refusal | Pick) -> str:
    when, provided = (getattr(row, field, ALWAYS) for field in ("when", "provided"))
    parts = (
        ", ".join(row.approaches) if isinstance(row, Pick) else row.approach,
        f"when {describe(when)}" if when != ALWAYS else "",
        f"provided {describe(provided)}" if provided != ALWAYS else "",
        f"as {row.variant}" if isinstance(row, Option) and row.variant else "",
        f"(priority {row.priority})" if isinstance(row, Pick) else "",
    )
    sources = "" if isinstance(row, Pick) or not row.sources else f" ({', '.join(row.sources)})"
    return f"{' '.join(filter(None, parts))}: {row.because}{sources}"
