"""What `advise` returns: one immutable value that every renderer shows, and its form as plain data
for JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from adaptadvisor.table.facts import Value

SCHEMA = "adaptadvisor/recommendation/1"
VERDICTS = ("recommended", "fallback", "not needed", "does not meet", "ruled out")


class TableId(NamedTuple):
    """Which table advised: its version, and a fingerprint of its content."""

    version: str
    digest: str


class Meeting(NamedTuple):
    """How an approach of the plan meets a need."""

    approach: str
    because: str
    sources: tuple[str, ...]


class Reason(NamedTuple):
    """A row that fired (kind "need" or "limit"), with the answers that fired it.

    `met_by` says how the plan meets a need, `could_meet` names all approaches that would here;
    `rules_out` those that a limit takes away.
    """

    row: str
    kind: str
    says: str
    because: str
    answers: Mapping[str, Value]
    met_by: tuple[Meeting, ...]
    could_meet: tuple[str, ...]
    rules_out: tuple[str, ...]
    disagreement: str
    sources: tuple[str, ...]


class Point(NamedTuple):
    """Something that speaks for or against an approach, and the row that says so."""

    says: str
    row: str
    sources: tuple[str, ...]


class Verdict(NamedTuple):
    """What is said of one approach: recommended, fallback, not needed, does not meet or ruled out,
    and by which rows.

    `action` is the approach in words; `good` and `bad` are what the rows say for it and against it
    here.
    """

    approach: str
    action: str
    verdict: str
    because: str
    rows: tuple[str, ...]
    lifted_by: str
    good: tuple[Point, ...]
    bad: tuple[Point, ...]
    sources: tuple[str, ...]


class ChosenVariant(NamedTuple):
    """The method inside an approach of the plan, for one role."""

    id: str
    approach: str
    role: str
    name: str
    what: str
    because: str
    watch_out: str
    sources: tuple[str, ...]


class ChosenFamily(NamedTuple):
    """The model family to look at first for the dearest part of the plan; `also` names those of the
    other parts.
    """

    id: str
    name: str
    approach: str
    because: str
    objective: str
    examples: tuple[str, ...]
    misleads_when: str
    also: tuple[Mapping[str, str], ...]
    sources: tuple[str, ...]


class Confirm(NamedTuple):
    """A prerequisite of the plan that is not known yet."""

    approach: str
    condition: str
    facts: tuple[str, ...]
    find_out: str


class Closer(NamedTuple):
    """What would let an approach meet an open need: a limit to lift, a prerequisite to get, or a
    fact to find out.
    """

    approach: str
    kind: str
    what: str


class OpenNeed(NamedTuple):
    """A need that no plan meets here."""

    id: str
    need: str
    closed_by: str
    closers: tuple[Closer, ...]


class Step(NamedTuple):
    """One step of the route, with the gate after it; `blocks` means that nothing should be built
    before it is done.
    """

    id: str
    stage: str
    do: str
    because: str
    gate: str
    blocks: bool
    sources: tuple[str, ...]


class ChosenCheck(NamedTuple):
    """A failure mode to test for, and how."""

    id: str
    failure: str
    goes_wrong: str
    run: str
    run_on: str
    passes: str
    because: str
    sources: tuple[str, ...]


class Fallback(NamedTuple):
    """The advice if the present plan is tried and falls short."""

    plan: tuple[str, ...]
    headline: str


class AnswerPlan(NamedTuple):
    """If the answer is this, then the plan is that, and these needs stay open."""

    answer: str
    plan: tuple[str, ...]
    open_needs: tuple[str, ...]


class Hinge(NamedTuple):
    """An unknown fact whose answer would change the plan (given `together_with`, where one answer
    alone does not).
    """

    fact: str
    question: str
    find_out: str
    answers: tuple[AnswerPlan, ...]
    together_with: Mapping[str, Value]

    @property
    def facts(self) -> tuple[str, ...]:
        """The fact, and those that have to be answered together with it."""
        return (self.fact, *self.together_with)


class Flip(NamedTuple):
    """A single answer that would change the plan; `now` is None where the fact is unknown."""

    fact: str
    now: Value | None
    answer: str
    plan: tuple[str, ...]
    open_needs: tuple[str, ...]


class NearThreshold(NamedTuple):
    """A number within ten per cent of a threshold on whose other side the plan is another one."""

    fact: str
    value: Value
    threshold: float
    means: str
    plan: tuple[str, ...]


class CitedSource(NamedTuple):
    """A published finding cited in the recommendation; `dissents` names the parts of the plan that
    it speaks against.
    """

    id: str
    title: str
    year: str
    venue: str
    address: str
    finding: str
    strength: str
    checked: str
    dissents: tuple[str, ...]


class Recommendation(NamedTuple):
    """The cheapest reliable plan for a situation, with everything that speaks for it and everything
    that would change it.

    `title`, `notes` and `date` are the reader's own (empty unless given); `review_by` is the day
    (YYYY-MM-DD) from which the rows behind the plan count as old evidence, empty where the table
    does not say.
    """

    schema: str
    table: TableId
    title: str
    notes: str
    date: str
    review_by: str
    facts: Mapping[str, Value]
    plan: tuple[str, ...]
    headline: str
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
    fallback: Fallback | None
    flips: tuple[Flip, ...]
    near_thresholds: tuple[NearThreshold, ...]
    sources: tuple[CitedSource, ...]

    def as_data(self) -> dict[str, Any]:
        """The recommendation as dictionaries, lists and plain values, ready for JSON."""
        return as_data(self)  # type: ignore[no-any-return]


def as_data(value: Any) -> Any:
    """Named tuples, mappings and sequences as dictionaries and lists."""
    if isinstance(value, tuple):
        if hasattr(value, "_fields"):
            return {name: as_data(part) for name, part in zip(value._fields, value, strict=True)}
        return [as_data(part) for part in value]
    if isinstance(value, Mapping):
        return {key: as_data(part) for key, part in value.items()}
    return value
