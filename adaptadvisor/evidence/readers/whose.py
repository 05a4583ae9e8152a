"""Whether a file surely holds results of an evaluation, and whose; such a file is no data."""

from __future__ import annotations

from pathlib import Path

from adaptadvisor.errors import BadInput
from adaptadvisor.evidence.readers import own, ragas
from adaptadvisor.evidence.readers.any_tool import tool_of
from adaptadvisor.evidence.readers.source import source

MOST_OF_A_DOCUMENT = 50_000_000
"""Bytes of one JSON document that is still looked into, as it has to be read as a whole."""


def results_of(file: str) -> str:
    """The tool whose results a file holds, `own` for those of one's own; empty for anything else,
    also for what could be either: rows with a `score` may be data that people rated.
    """
    path = Path(file)
    try:
        if path.is_dir() or (path.suffix == ".json" and path.stat().st_size > MOST_OF_A_DOCUMENT):
            return ""
        found = source(path)
        tool = tool_of(found)
    except (BadInput, OSError):
        return ""  # whoever reads it as data says what is wrong with it
    names = {*(found.head or found.sample)}
    if tool == own.NAME:
        sure = "correct" in names or {"output", "expected"} <= names
    elif tool == ragas.NAME:
        told = {"reference", "retrieved_contexts"} & names
        sure = bool("response" in names and told) or {"answer", "ground_truth"} <= names
    else:
        sure = bool(tool)
    return tool if sure else ""
