"""What systems did on the items of an evaluation, whichever tool wrote it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_METRICS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one system did on one item, once.

    `item` pairs systems: equal for the same item whatever the system. `system` is a model, or a
    model with its prompt; empty where the file knows one only. `repeat` counts from 1 for each item
    and system. `score` is from 0 to 1 where the tool says so, and `correct` what it makes of it;
    both are None with an `error`, which is no wrong answer. `tags` are reasons of failure that a
    person or a tool gave ("format", "missing passage"). `metrics` are the other scores by name.
    Texts are empty where the file does not hold them.
    """

    item: str
    system: str = ""
    repeat: int = 1
    score: float | None = None
    correct: bool | None = None
    error: str = ""
    input: str = ""
    output: str = ""
    expected: str = ""
    passages: tuple[str, ...] = ()
    slices: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    metrics: Mapping[str, float] = field(default_factory=lambda: _NO_METRICS)
    variant: str = ""
    date: str = ""
    tags: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The outcomes in a file or folder, in its order; `notes` are sentences on what was left out
    or could be read in more than one way. `complete` is False where the tool says that the run
    ended early.
    """

    file: str
    tool: str
    outcomes: tuple[Outcome, ...]
    metric: str = ""
    complete: bool = True
    notes: tuple[str, ...] = ()

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems in order of appearance."""
        return tuple(dict.fromkeys(one.system for one in self.outcomes))

    @property
    def errors(self) -> int:
        """Outcomes without an answer."""
        return sum(bool(one.error) for one in self.outcomes)

    def of(self, system: str) -> tuple[Outcome, ...]:
        """The outcomes of one system."""
        return tuple(one for one in self.outcomes if one.system == system)


def merged(found: Results) -> Iterator[str]:
    """A sentence where one id stands for several inputs, which then count as repeats."""
    inputs: dict[tuple[str, str, str], set[str]] = {}
    for one in found.outcomes:
        if one.input:
            inputs.setdefault((one.system, one.variant, one.item), set()).add(one.input)
    several = sum(len(each) > 1 for each in inputs.values())
    if several:
        ids = "1 id stands" if several == 1 else f"{several:,} ids stand"
        yield f"{ids} for several inputs; rows of one id count as repeats of one item."
