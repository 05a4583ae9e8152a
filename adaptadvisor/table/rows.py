"""The rule table as values: one immutable type for each kind of row, and the `Table` that holds
them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from adaptadvisor.table.conditions import ALWAYS, Condition
from adaptadvisor.table.facts import Fact, Value

Situation = Mapping[str, Value]

CONDITIONAL = ("needs", "limits", "readiness", "variants", "checks")
"""The sections whose rows have a `when` and examples of it."""


class Examples(NamedTuple):
    """Situations in which a row's `when` is known to hold, and situations in which it is not."""

    fires: tuple[Situation, ...] = ()
    quiet: tuple[Situation, ...] = ()


class Threshold(NamedTuple):
    """A number with a name, so that rows say what it means; `kind` is accepted, probe, enough or
    default (an engineering default).
    """

    id: str
    fact: str
    value: float
    kind: str
    means: str
    sources: tuple[str, ...] = ()


class Approach(NamedTuple):
    """One of the five ways of adapting a model."""

    id: str
    name: str
    action: str
    what: str
    changes: str
    strong_at: str
    weak_at: str
    step: str
    gate: str
    drop_if: str
    provided: Condition = ALWAYS
    sources: tuple[str, ...] = ()


class Option(NamedTuple):
    """A way in which an approach meets a need: `when` must be known to hold, `provided` must not be
    known to fail.
    """

    approach: str
    because: str
    variant: str = ""
    when: Condition = ALWAYS
    provided: Condition = ALWAYS
    sources: tuple[str, ...] = ()


class Refusal(NamedTuple):
    """Why an approach does not meet a need."""

    approach: str
    because: str
    sources: tuple[str, ...] = ()


class Need(NamedTuple):
    """Something that the situation demands, met by some approaches and not by others."""

    id: str
    order: int
    need: str
    when: Condition
    met_by: tuple[Option, ...]
    not_met_by: tuple[Refusal, ...] = ()
    closed_by: str = ""
    misleads_when: str = ""
    disagreement: str = ""
    reviewed: str = ""
    sources: tuple[str, ...] = ()
    examples: Examples = Examples()


class Limit(NamedTuple):
    """Something that rules approaches out."""

    id: str
    order: int
    limit: str
    rules_out: tuple[str, ...]
    when: Condition
    because: str
    lifted_by: str
    misleads_when: str = ""
    disagreement: str = ""
    reviewed: str = ""
    sources: tuple[str, ...] = ()
    examples: Examples = Examples()


class Readiness(NamedTuple):
    """What to do before anything else; of each stage the row with the highest priority is shown.
    `blocks` means "not yet".
    """

    id: str
    stage: str
    priority: int
    do: str
    because: str
    approaches: tuple[str, ...] = ()
    when: Condition = ALWAYS
    blocks: bool = False
    disagreement: str = ""
    sources: tuple[str, ...] = ()
    examples: Examples = Examples()


class Variant(NamedTuple):
    """The method inside an approach; of each role the variant with the highest priority is picked."""

    id: str
    name: str
    approaches: tuple[str, ...]
    role: str
    priority: int
    what: str
    because: str
    watch_out: str
    when: Condition = ALWAYS
    disagreement: str = ""
    sources: tuple[str, ...] = ()
    examples: Examples = Examples()


class Pick(NamedTuple):
    """When a model family is the first one to look at for an approach."""

    approaches: tuple[str, ...]
    priority: int
    because: str
    when: Condition = ALWAYS


class Family(NamedTuple):
    """A model family; a first filter, never a final rule."""

    id: str
    name: str
    objective: str
    what: str
    strengths: tuple[str, ...]
    weaknesses: tuple[str, ...]
    examples_of: tuple[str, ...]
    misleads_when: str
    picks: tuple[Pick, ...]
    sources: tuple[str, ...] = ()


class Check(NamedTuple):
    """A failure mode with a test of it."""

    id: str
    failure: str
    order: int
    goes_wrong: str
    run: str
    run_on: str
    passes: str
    because: str
    approaches: tuple[str, ...] = ()
    when: Condition = ALWAYS
    disagreement: str = ""
    sources: tuple[str, ...] = ()
    examples: Examples = Examples()


class Topic(NamedTuple):
    """What a newcomer asks, answered."""

    id: str
    title: str
    text: str
    aliases: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Source(NamedTuple):
    """A published finding, in our own words; `checked` says whether the figure was seen in a public
    text or recalled.
    """

    id: str
    title: str
    year: str
    venue: str
    address: str
    finding: str
    strength: str
    checked: str
    supports: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


class Table(NamedTuple):
    """All of `rules/`. Every mapping is ordered by id (facts by their asking order), so the order
    of rows and files never shows.
    """

    version: str
    digest: str
    facts: Mapping[str, Fact]
    thresholds: Mapping[str, Threshold]
    approaches: Mapping[str, Approach]
    needs: Mapping[str, Need]
    limits: Mapping[str, Limit]
    readiness: Mapping[str, Readiness]
    variants: Mapping[str, Variant]
    families: Mapping[str, Family]
    checks: Mapping[str, Check]
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    applies: Mapping[
        str, Condition
    ] = {}  # fact to when it is asked; facts that are not in it always apply
    review_after_days: int = 0  # how long a row's `reviewed` date stands for; 0: for ever

    @property
    def questions(self) -> tuple[Fact, ...]:
        """The facts that can be asked, in asking order."""
        return tuple(fact for fact in self.facts.values() if not fact.derived)
