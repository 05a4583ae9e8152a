"""The rule table as values: a type for each kind of row, with each field declared once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from adaptadvisor.table.common import NO_EXAMPLES as NO_EXAMPLES  # noqa: PLC0414 - a part of rows
from adaptadvisor.table.common import (
    Approaches,
    Because,
    Disagreement,
    Misleads,
    Priority,
    Provided,
    Reviewed,
    Sources,
    When,
)
from adaptadvisor.table.common import Examples as Examples  # noqa: PLC0414 - a part of rows
from adaptadvisor.table.common import Situation as Situation  # noqa: PLC0414 - what conditions of rows are held against
from adaptadvisor.table.conditions import ALWAYS, All, Condition
from adaptadvisor.table.evidence import Precedent, Source
from adaptadvisor.table.facts import Fact, Id, Name, Order
from adaptadvisor.table.kinds import KEPT, Kind
from adaptadvisor.table.symptoms import Symptom

SECTIONS = (
    "questions",
    "thresholds",
    "approaches",
    "needs",
    "limits",
    "readiness",
    "variants",
    "families",
    "checks",
    "symptoms",
    "topics",
    "sources",
    "precedents",
)
"""The parts of a table, in the order in which they are read: `SECTION.yaml` or `SECTION/*.yaml`."""

OPTIONAL = ("symptoms", "precedents")
"""The parts that a table need not have."""

LINKED = tuple(section for section in SECTIONS if section != "precedents")
"""The sections whose rows have a place of their own on the page about a table."""

CONDITIONAL = ("needs", "limits", "readiness", "variants", "checks", "symptoms")
"""The sections whose rows have a `when` and examples of it."""

METHOD = "method"
"""The role of variants that are each a way of their own to carry an approach out."""

CASES = "tests"
"""The folder inside a table that holds its cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a question says about being asked, next to its fact."""

    applies: Annotated[Condition, "the question is asked only when this is known to hold"] = ALWAYS
    at_most: Annotated[str, Kind("fact"), "a count of which this one is a part"] = ""
    alike: Annotated[tuple[str, ...], "choices that are treated the same, on purpose"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number with a name, so that rows say what it means."""

    id: Id
    name: Name
    fact: Annotated[str, Kind("fact"), "what it is a number of"]
    value: float
    kind: Annotated[
        str,
        Kind("word", ("accepted", "probe", "enough", "default")),
        "accepted (an interface takes this many), probe (worth a first attempt), enough (usually"
        " enough) or default (an engineering default)",
    ]
    means: Annotated[str, "what the number says, in words"]
    sources: Sources = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A way to meet a need: `when` is known to hold, and `provided` is not known to fail."""

    approach: Annotated[str, KEPT]
    because: Because
    variant: Annotated[str, Kind("id", ("variants",)), "the variant that meets the need"] = ""
    when: When = ALWAYS
    provided: Provided = ALWAYS
    sources: Sources = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an approach does not meet a need."""

    approach: Annotated[str, KEPT]
    because: Because
    stays: Annotated[
        bool,
        "whether it stays a danger of this approach where another part of the plan meets the need",
    ] = False
    sources: Sources = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """One of the five ways of adapting a model."""

    id: Id
    name: Name
    action: Annotated[str, "what one does, as an order: train a small task head"]
    kept: Annotated[
        str, "the same where the best prompt passes, so that it is done: keep the prompt"
    ] = ""
    what: str
    changes: Annotated[str, "what it changes, and what it leaves alone"]
    strong_at: str
    weak_at: str
    step: Annotated[str, "what to do, as a step of the route"]
    kept_step: Annotated[
        str, "the step where it is in place: the best prompt passes, or `in_place` holds"
    ] = ""
    in_place: Annotated[
        Condition, "when it is known to be in place, and not at fault: nothing is to be built"
    ] = ALWAYS
    gate: Annotated[str, "when to keep it"]
    drop_if: Annotated[str, "when to drop it again"]
    provided: Provided = ALWAYS
    cannot: Annotated[
        Refusal | None,
        Kind("refusal"),
        "the reason that always holds; a need that gives none of its own takes this one",
    ] = None
    sources: Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that the situation demands, met by some approaches and not by others."""

    id: Id
    name: Name
    order: Order
    need: Annotated[str, "what has to be so, in words; reports show it"]
    when: When
    met_by: Annotated[
        tuple[Option, ...],
        Kind("ways"),
        "who meets the need, keyed by approach; several ways in go under `either`",
    ]
    not_met_by: Annotated[
        tuple[Refusal, ...], Kind("refusals"), "why the others do not, keyed by approach"
    ] = ()
    closed_by: Annotated[str, "what to do while nothing meets the need"]
    misleads_when: Misleads
    disagreement: Disagreement = ""
    reviewed: Reviewed
    sources: Sources
    examples: Examples = NO_EXAMPLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Something that rules approaches out."""

    id: Id
    name: Name
    order: Order
    limit: Annotated[str, "the rule in words; reports show it"]
    rules_out: Approaches
    when: When
    because: Because
    lifted_by: Annotated[str, "what would have to change"]
    misleads_when: Misleads
    disagreement: Disagreement = ""
    reviewed: Reviewed
    sources: Sources
    examples: Examples = NO_EXAMPLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What to do before anything else; of each stage the row with the highest priority is shown."""

    id: Id
    name: Name
    stage: str
    priority: Priority
    approaches: Approaches = ()
    runs: Annotated[
        tuple[str, ...],
        Kind("approaches"),
        "approaches that it runs; left out where one is ruled out",
    ] = ()
    when: When = ALWAYS
    do: Annotated[str, "what to do first"]
    because: Because
    blocks: Annotated[bool, 'whether the advice says "not yet" until this is done'] = False
    disagreement: Disagreement = ""
    sources: Sources
    examples: Examples = NO_EXAMPLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value to start with: from a source, or marked as an engineering default."""

    name: Annotated[str, "what is set: learning rate, chunk size, shots"]
    value: Annotated[str, "what to start with, with its unit or range"]
    because: Annotated[str, "why this value, where that is not plain"] = ""
    default: Annotated[bool, "an engineering default, which no source gives"] = False
    sources: Sources = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The method inside an approach; of each role, the one with the highest priority is taken."""

    id: Id
    name: Name
    approaches: Approaches
    role: str
    priority: Annotated[
        int,
        "of the rows that hold, the one with the highest number is taken; one below 0 only where a"
        " need asks for it",
    ]
    when: When = ALWAYS
    provided: Annotated[Condition, "without this it cannot work; counts unless known to fail"] = (
        ALWAYS
    )
    what: str
    because: Because
    watch_out: str
    settings: Annotated[tuple[Setting, ...], "what to start with"] = ()
    if_it_fails: Annotated[str, "what to change first, as an order"] = ""
    misleads_when: Misleads = ""
    disagreement: Disagreement = ""
    sources: Sources
    examples: Examples = NO_EXAMPLES

    @property
    def applies(self) -> Condition:
        """Holds where the variant fits and can work; fails where one of the two is known not to."""
        return self.when if self.provided == ALWAYS else All((self.when, self.provided))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """When a model family is the first one to look at for an approach."""

    approaches: Approaches
    when: When = ALWAYS
    priority: Priority
    because: Because


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Models of a family that one can look at where `provided` is not known to fail."""

    models: Annotated[tuple[str, ...], "names, without a version where one can do without"]
    use: Annotated[str, "what they are for, or how one gets at them"] = ""
    approaches: Annotated[Approaches, "for which approaches; all where this is left out"] = ()
    provided: Provided = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A model family; a first filter, never a final rule."""

    id: Id
    name: Name
    objective: Annotated[str, "what the family is trained on"]
    what: str
    strengths: tuple[str, ...]
    weaknesses: tuple[str, ...]
    examples_of: Annotated[tuple[Models, ...], "models of this family, by access and use"]
    as_of: Annotated[str, "the month in which the examples were current, such as 2026-11"]
    misleads_when: Misleads
    picks: tuple[Pick, ...]
    sources: Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A failure mode with a test of it; the name says what goes wrong."""

    id: Id
    name: Name
    goes_wrong: str
    order: Order
    approaches: Approaches = ()
    when: When = ALWAYS
    run: Annotated[str, "the test"]
    run_on: Annotated[str, "the items that it runs on, and how many"]
    passes: Annotated[str, "when the test is passed"]
    command: Annotated[str, "the command that runs it on files of one's own, if there is one"] = ""
    because: Because
    disagreement: Disagreement = ""
    sources: Sources
    examples: Examples = NO_EXAMPLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a newcomer asks, answered."""

    id: Id
    title: Annotated[str, "the question, as a newcomer asks it"]
    aliases: Annotated[tuple[str, ...], "other words under which it is found"] = ()
    abroad: Annotated[tuple[str, ...], "words of other languages that stand for it"] = ()
    text: str
    bears_on: Annotated[str, "how it bears on the choice of an approach"] = ""
    see_also: Annotated[tuple[str, ...], Kind("ids", LINKED)] = ()
    sources: Sources = ()


ROWS: Mapping[str, type] = {
    "questions": Fact,
    "thresholds": Threshold,
    "approaches": Approach,
    "needs": Need,
    "limits": Limit,
    "readiness": Readiness,
    "variants": Variant,
    "families": Family,
    "checks": Check,
    "symptoms": Symptom,
    "topics": Topic,
    "sources": Source,
    "precedents": Precedent,
}
"""The row type of each section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All of `rules/`. Mappings are ordered by id, facts as they are asked, never as in the files.

    `applies` says when a fact is asked; facts that are not in it always apply. `at_most` names the
    count that a count is part of. After `review_after_days` a row is due for review; 0: never.
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
    symptoms: Mapping[str, Symptom] = field(default_factory=dict)
    precedents: Mapping[str, Precedent] = field(default_factory=dict)
    applies: Mapping[str, Condition] = field(default_factory=dict)
    at_most: Mapping[str, str] = field(default_factory=dict)
    review_after_days: int = 0

    @property
    def questions(self) -> tuple[Fact, ...]:
        """The facts that can be asked, in table order."""
        return tuple(fact for fact in self.facts.values() if not fact.derived)


def methods_of(table: Table, approach: str) -> tuple[Variant, ...]:
    """The ways to carry an approach out, without those that only a need can ask for.

    Once all of them that can apply were tried and fell short, the approach is used up.
    """
    return tuple(
        row
        for row in table.variants.values()
        if row.role == METHOD and row.priority >= 0 and approach in row.approaches
    )
