"""A recommendation, or any other answer, as JSON: sorted keys, ASCII, no time stamp, so that the same answers give the same bytes everywhere."""

from __future__ import annotations

import json
from typing import Any, Protocol


class Document(Protocol):
    """What can be given as plain data: a recommendation, what would lead to another one, how two tables differ."""

    def as_data(self) -> dict[str, Any]:
        """Dictionaries, lists and plain values."""


def render(document: Document) -> str:
    """One JSON document, ending with a newline."""
    return json.dumps(document.as_data(), indent=2, sort_keys=True) + "\n"
