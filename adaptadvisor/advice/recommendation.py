"""What `advise` returns: one value that nobody can change and that every renderer shows.

Stored documents are checked against these types, and their JSON Schema is made from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

from adaptadvisor.advice.after import Fallback
from adaptadvisor.advice.bills import Bills
from adaptadvisor.advice.values import LEFT_OUT, Approach, Count, Day, Plan, Share, Text
from adaptadvisor.precedents.likeness import Difference
from adaptadvisor.table.evidence import STRENGTHS
from adaptadvisor.table.facts import Value
from adaptadvisor.table.given import LONGEST
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import Setting

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SCHEMA = "adaptadvisor/recommendation/2"
Data: TypeAlias = dict[str, Any]
"""A JSON object."""

_Part = TypeVar("_Part", bound="DataclassInstance")
VERDICTS = ("recommended", "fallback", "not needed", "does not meet", "ruled out")


@dataclass(frozen=True, slots=True)
class TableId:
    """Which table advised: its version, and a fingerprint of its content."""

    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the facts and the rows that are spoken of, and the units of facts, by id."""

    facts: Mapping[str, str]
    units: Mapping[str, str]
    rows: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Meeting:
    """How an approach of the plan meets a need."""

    approach: Approach
    because: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A row that fired (kind "need" or "limit"), with the answers that fired it.

    `could_meet`: all approaches that would meet a need here; `rules_out`: those a limit takes away.
    """

    row: str
    kind: str
    says: str
    because: str
    answers: Mapping[str, Value]
    met_by: tuple[Meeting, ...]
    could_meet: Plan
    rules_out: Plan
    disagreement: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Something that speaks for or against an approach, and the row that says so."""

    says: str
    row: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict on one approach (`action`: in words), what speaks for and against it here."""

    approach: Approach
    action: str
    verdict: Annotated[str, Text(VERDICTS)]
    because: str
    rows: tuple[str, ...]
    lifted_by: str
    good: tuple[Point, ...]
    bad: tuple[Point, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenVariant:
    """The method inside an approach of the plan, for one role, and what to start it with."""

    id: str
    approach: Approach
    role: str
    name: str
    what: str
    because: str
    watch_out: str
    settings: tuple[Setting, ...] = ()
    if_it_fails: str = ""
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFamily:
    """The model family to look at first for the dearest part of the plan; `also`: for others."""

    id: str
    name: str
    approach: Approach
    because: str
    objective: str
    examples: tuple[str, ...]
    as_of: str = ""
    misleads_when: str
    also: tuple[Mapping[str, str], ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misleading:
    """When a row behind the plan (a "need", "limit", "variant" or "family") is bad advice."""

    row: str
    kind: str
    when: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """A prerequisite of the plan that is not known yet."""

    approach: Approach
    condition: str
    facts: tuple[str, ...]
    find_out: str


@dataclass(frozen=True, slots=True)
class Closer:
    """What would let an approach meet an open need: lift a limit, get something, know a fact."""

    approach: Approach
    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need that no plan meets here."""

    id: str
    need: str
    closed_by: str
    closers: tuple[Closer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the route, with the gate after it; where it `blocks`, build nothing before it."""

    id: str
    stage: str
    do: str
    because: str
    gate: str
    blocks: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCheck:
    """A failure mode to test for, and how."""

    id: str
    failure: str
    goes_wrong: str
    run: str
    run_on: str
    passes: str
    because: str
    sources: tuple[str, ...]
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSymptom:
    """What to look for in a run that fell short, its likely cause, and the first repair."""

    id: str
    name: str
    sign: str
    likely_cause: str
    repair: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Untried:
    """A way to carry out an approach that was tried, which nobody says was tried itself."""

    approach: Approach
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Repair:
    """What to look at before climbing: runs that went wrong, other ways of what was tried and, if
    no plan is left that closes every need, the larger changes.

    `fitting`: ways that the answers ask for and that nobody says were tried, to run first; `again`:
    what was run, or most likely was, with the settings to run it with again.
    """

    symptoms: tuple[ChosenSymptom, ...]
    untried: tuple[Untried, ...]
    larger: tuple[str, ...]
    fitting: tuple[ChosenVariant, ...] = ()
    again: tuple[ChosenVariant, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanOdds:
    """How likely a plan is to prove right here, from 0 to 1, by the precedents."""

    plan: Plan
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class NearPrecedent:
    """A published situation like this one: how like (0 to 1), in what, and what proved right.

    `compared`: results were compared there; else the source only recommends the plan.
    """

    id: str
    title: str
    year: int | None
    source: str
    address: str
    plans: tuple[Plan, ...]
    similarity: Share
    shares: tuple[str, ...]
    differs: tuple[Difference, ...]
    compared: bool = True


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """If the answer is this, then the plan is that, and these needs stay open."""

    answer: str
    plan: Plan
    open_needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hinge:
    """An unknown fact whose answer would change the plan, alone or with the answers given here.

    `worth`: how likely its answer changes the plan, by how often published cases have each answer.
    """

    fact: str
    question: str
    find_out: str
    answers: tuple[AnswerPlan, ...]
    together_with: Mapping[str, Value]
    worth: Share = 0.0

    @property
    def facts(self) -> tuple[str, ...]:
        """The fact, and those that have to be answered together with it."""
        return (self.fact, *self.together_with)


@dataclass(frozen=True, slots=True)
class Flip:
    """A single answer that would change the plan; `now` is None where the fact is unknown."""

    fact: str
    now: Value | None
    answer: str
    plan: Plan
    open_needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NearThreshold:
    """A number within ten per cent of a threshold beyond which the plan changes."""

    fact: str
    value: Value
    threshold: int | float
    means: str
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """A published finding that is cited; `dissents` are the parts of the plan it speaks against."""

    id: str
    title: str
    year: str
    venue: str
    address: str
    finding: str
    strength: Annotated[str, Text(STRENGTHS)]
    checked: str
    dissents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """The cheapest reliable plan for a situation, with why and what would change it.

    `title`, `notes` and `date` are the reader's own (empty unless given); from the day `review_by`
    (YYYY-MM-DD, or empty) the rows behind the plan count as old evidence. `outlook` says in words
    what `likely` (the plan with the highest odds), its `confidence` and the `precedents` come to;
    `odds_rest_on` counts the precedents behind the odds, `odds_near` those much like this one.
    """

    schema: Annotated[str, Text((SCHEMA,))]
    table: TableId
    title: Annotated[str, Text(longest=LONGEST["title"])]
    notes: Annotated[str, Text(longest=LONGEST["notes"])]
    date: Day
    review_by: Day
    facts: Mapping[str, Value]
    plan: Plan
    headline: str
    outlook: tuple[str, ...]
    likely: Plan
    confidence: Share
    odds: tuple[PlanOdds, ...]
    odds_rest_on: Count
    odds_near: Count
    precedents: tuple[NearPrecedent, ...]
    settled: bool
    hinges: tuple[Hinge, ...]
    reasons: tuple[Reason, ...]
    verdicts: tuple[Verdict, ...]
    variants: tuple[ChosenVariant, ...]
    family: ChosenFamily | None
    confirm_first: tuple[Confirm, ...]
    open_needs: tuple[OpenNeed, ...]
    route: tuple[Step, ...]
    checks: tuple[ChosenCheck, ...]
    misleads: tuple[Misleading, ...]
    fallback: Fallback | None
    flips: tuple[Flip, ...]
    near_thresholds: tuple[NearThreshold, ...]
    sources: tuple[CitedSource, ...]
    repair: Repair | None
    names: Names
    costs: Bills | None = field(default=None, metadata={LEFT_OUT: True})

    def as_data(self) -> Data:
        """The recommendation as dictionaries, lists and plain values, ready for JSON."""
        return as_data(self)


def picked(kind: type[_Part], row: object, /, **more: object) -> _Part:
    """A part of a recommendation: what is given, else the fields of a row by their names."""
    names = (one.name for one in fields(kind) if one.name not in more)
    return kind(**{name: getattr(row, name) for name in names}, **more)


def as_data(part: DataclassInstance) -> Data:
    """The value as dictionaries, lists and plain values, ready for JSON."""
    found = {one: getattr(part, one.name) for one in fields(part)}
    kept = (one for one in found if found[one] is not None or LEFT_OUT not in one.metadata)
    return {one.name: _plain(found[one]) for one in kept}


def _plain(value: object) -> object:
    if isinstance(value, Range):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return as_data(value)
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value
