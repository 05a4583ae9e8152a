"""What people see in runs that fell short, its causes, and the tests that tell those apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from adaptadvisor.table.common import (
    NO_EXAMPLES,
    Disagreement,
    Examples,
    Reviewed,
    Sources,
    When,
)
from adaptadvisor.table.conditions import ALWAYS, Condition
from adaptadvisor.table.facts import Id, Name, Order
from adaptadvisor.table.kinds import Kind

LOG_SIGNS = (
    "overfits",
    "overfits-at-once",
    "still-falling",
    "diverges",
    "not-a-number",
    "flat",
    "near-zero",
    "no-evaluation",
    "gradient-spikes",
    "rate-ended-early",
    "cut-short",
    "many-passes",
)
"""What a log of a training run can show."""

CHECK_SIGNS = (
    "leaks",
    "worse",
    "worse-in-a-part",
    "no-gain",
    "undecided",
    "too-few-items",
    "lacks-a-part",
    "unsteady",
    "wording-matters",
    "worse-on-recent-things",
    "search-misses",
    "passage-unused",
    "labels-disagree",
    "sets-differ",
)
"""What a report of checks can show."""

EFFORT_WORDS: Mapping[str, str] = {
    "look": "look at what is there: minutes",
    "run": "run the model: an hour or so",
    "train": "train again: a day or so",
}
"""What a test costs, least first."""

EFFORTS = tuple(EFFORT_WORDS)

Heard = Annotated[
    tuple[str, ...],
    Kind("texts"),
    "words by which people say it: a/b is either, forget* any ending, >=10 a number, not any word"
    " that denies; up to four other words may stand in between, none where _ joins two",
]
InLog = Annotated[tuple[str, ...], Kind("words", LOG_SIGNS), "what in a training log shows it"]
InChecks = Annotated[
    tuple[str, ...], Kind("words", CHECK_SIGNS), "what in a report of checks shows it"
]
Trial = Annotated[str, "what to run, and what one sees if it is this cause and no other"]
Effort = Annotated[str, Kind("word", EFFORTS), "what the test costs"]
ChangesPlan = Annotated[str, "what becomes of the plan if it is this; empty: nothing"]
LikelierWhen = Annotated[Condition, "told first when this is known to hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Another cause of the same sign."""

    cause: str
    test: Trial
    effort: Effort
    repair: Annotated[str, "what to do first"]
    changes_plan: ChangesPlan = ""
    likelier_when: LikelierWhen = ALWAYS
    clues: Heard = ()
    log_clues: InLog = ()
    check_clues: InChecks = ()
    sources: Sources = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """What goes wrong in a run of an approach that was tried, and what to repair first.

    The row has its likely cause itself; `neighbours` are the others that look the same.
    """

    id: Id
    name: Name
    order: Order
    approaches: Annotated[tuple[str, ...], Kind("approaches"), "those of which runs show it"]
    only_if_seen: Annotated[bool, "told only to who says that they see it"] = False
    when: When = ALWAYS
    likelier_when: Annotated[
        Condition, "told first when this is known to hold; without it, when `when` says something"
    ] = ALWAYS
    heard: Heard = ()
    logged: InLog = ()
    checked: InChecks = ()
    sign: Annotated[str, "what one sees"]
    likely_cause: str
    clues: Annotated[Heard, "words that point to the likely cause"] = ()
    log_clues: Annotated[InLog, "what in a training log points to the likely cause"] = ()
    check_clues: Annotated[InChecks, "what in a report of checks points to the likely cause"] = ()
    test: Trial = ""
    effort: Effort = EFFORTS[0]
    repair: Annotated[str, "what to do first"]
    changes_plan: ChangesPlan = ""
    neighbours: Annotated[tuple[Cause, ...], "other causes of the same sign, likelier first"] = ()
    disagreement: Disagreement = ""
    reviewed: Reviewed
    sources: Sources
    examples: Examples = NO_EXAMPLES

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The likely cause and its neighbours."""
        own = Cause(
            cause=self.likely_cause,
            test=self.test,
            effort=self.effort,
            repair=self.repair,
            changes_plan=self.changes_plan,
            likelier_when=self.likelier_when,
            clues=self.clues,
            log_clues=self.log_clues,
            check_clues=self.check_clues,
            sources=self.sources,
        )
        return (own, *self.neighbours)
