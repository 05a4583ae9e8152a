"""What a check found: the same shape for every check, so that each format shows all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from adaptadvisor.table.facts import Value

Level = Literal["passed", "doubtful", "failed", "unknown"]
"""`unknown` is not enough evidence: the data cannot say whether the check passes."""

Unit = Literal["points", "percent", "items", "words", "tokens", ""]
"""`points` are percentage points of a difference; `percent` is a share from 0 to 100."""

MATTERS = "difference that matters"
"""The name of the measure, in points, from which on a difference counts."""

ONLY = "right only in "
"""How the name of a measure begins that counts the items which one system alone has right."""

_NO_FACTS: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number with its 95 % interval, where it has one, in its unit."""

    name: str
    value: float
    unit: Unit = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a check says of a slice, a class, a prompt, a pair: a row of its table."""

    name: str
    level: Level
    says: str
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a file that the check is about; it tells nothing of the content."""

    file: str
    line: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check says.

    `check` is the word after `adaptadvisor check`; `modes` are the failure modes of the rule table
    (rows of checks.yaml) whose test this is. `verdict` are two to six words, `says` sentences, the
    first of them the answer. `do` is what to do next, `needed` how many items would decide it.
    `facts` are answers that this sets, each with a sentence in `because` that says from what.
    """

    check: str
    title: str
    modes: tuple[str, ...]
    level: Level
    verdict: str
    says: tuple[str, ...]
    measures: tuple[Measure, ...] = ()
    parts: tuple[Part, ...] = ()
    places: tuple[Place, ...] = ()
    do: tuple[str, ...] = ()
    needed: int | None = None
    facts: Mapping[str, Value] = field(default_factory=lambda: _NO_FACTS)
    because: tuple[str, ...] = ()
