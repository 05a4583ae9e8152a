"""Answers as JSON: sorted keys, ASCII, no time stamp, so the same answers give the same bytes."""

from __future__ import annotations

import json
from typing import Any, Protocol


class Document(Protocol):
    """What can be given as plain data: a recommendation, a what-if, a proof, a difference."""

    def as_data(self) -> dict[str, Any]:
        """Dictionaries, lists and plain values."""


def render(value: Document) -> str:
    """One JSON document, ending with a newline."""
    return document(value.as_data())


def document(data: dict[str, Any]) -> str:
    """The same for plain data."""
    return json.dumps(data, indent=2, sort_keys=True) + "\n"
