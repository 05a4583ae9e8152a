"""The document of a profile, as programs read it: what `profile --format json` writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adaptadvisor.table.facts import Value

SCHEMA = "adaptadvisor/profile/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The beginning of the text at a place that the profile names."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the document holds besides the profile; of `classes` it holds the sizes alone unless the
    content is asked for. `because` says of each fact from what it was seen.
    """

    schema: str
    classes: Mapping[str, int] | tuple[int, ...]
    facts: Mapping[str, Value]
    because: Mapping[str, str]
    content: tuple[Excerpt, ...]
