"""How the fields of rows are written: said once; reading and the JSON Schema follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Kind:
    """How a field is written; `words` may be in it, or are the sections whose rows it may name."""

    form: str
    words: tuple[str, ...] = ()


KEPT = Kind("kept")
"""The kind of a field that no file holds: it is known from elsewhere."""

_PLAIN: Mapping[object, str] = {str: "text", bool: "flag", int: "integer", float: "number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field as it is written; `about` is for editors, `inner` the type of the rows inside it."""

    name: str
    kind: Kind
    about: str
    inner: type | None
    default: Any

    @property
    def required(self) -> bool:
        """Whether every row has it."""
        return self.default is MISSING


_FIELDS: dict[type, tuple[Field, ...]] = {}


def fields_of(row: type) -> tuple[Field, ...]:
    """The fields of a row type that a file may hold, in the order in which people write them.

    Strings in an annotation say what a field is; without a `Kind` the type says how it is written.
    """
    if row not in _FIELDS:
        _FIELDS[row] = _declared(row)
    return _FIELDS[row]


def _declared(row: type) -> tuple[Field, ...]:
    hints = get_type_hints(row, include_extras=True)
    found = []
    for field in fields(row):
        hint = hints[field.name]
        notes = getattr(hint, "__metadata__", ())
        kind, inner = _by_type(hint.__origin__ if notes else hint)
        kind = next((note for note in notes if isinstance(note, Kind)), kind)
        if kind != KEPT:
            about = " ".join(note for note in notes if isinstance(note, str))
            inner = inner if kind.form == "rows" else None
            found.append(
                Field(name=field.name, kind=kind, about=about, inner=inner, default=field.default)
            )
    return tuple(found)


def _by_type(hint: object) -> tuple[Kind, type | None]:
    if hint in _PLAIN:
        return Kind(_PLAIN[hint]), None
    if get_origin(hint) is tuple:
        part = get_args(hint)[0]
        return (Kind("texts"), None) if part is str else (Kind("rows"), part)
    return Kind(hint.__name__.lower() if isinstance(hint, type) else "condition"), None
