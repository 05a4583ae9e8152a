"""Answers as JSON: sorted keys, ASCII, no time stamp, so the same answers give the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from adaptadvisor.advice.recommendation import as_data

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def render(value: DataclassInstance) -> str:
    """One JSON document, ending with a newline, of a recommendation, a what-if, a proof, a diff."""
    return document(as_data(value))


def document(data: object) -> str:
    """The same for plain data."""
    text = json.dumps(data, indent=2, sort_keys=True) + "\n"
    return text.replace("\x7f", "\\u007f")  # the one control that `dumps` lets through
