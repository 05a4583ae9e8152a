"""What was proven of a rule table, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adaptadvisor.advice.recommendation import TableId, as_data
from adaptadvisor.table.facts import Value

SCHEMA = "adaptadvisor/proof/1"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with the table: a code, where (`needs/ID`, see `rows.Book.places`),
    and a situation that shows it, if one does.
    """

    code: str
    place: str
    message: str
    witness: Mapping[str, Value] | None


@dataclass(frozen=True, slots=True)
class Note:
    """A row that changes no plan (`proven`, or only not found to), with a situation in which it is
    shown as a reason, if one was found.
    """

    place: str
    words: str
    proven: bool
    witness: Mapping[str, Value] | None


@dataclass(frozen=True, slots=True)
class PlanShare:
    """A plan, in how many of the counted situations it is the advice, and a situation in which it
    is, from which no fact can be left out.
    """

    plan: tuple[str, ...]
    situations: int
    witness: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class NeedShare:
    """A need, in how many of the counted situations it stays open, and the smallest one."""

    need: str
    situations: int
    witness: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class FactShare:
    """A fact, and in how many of a few sampled situations the plan is another one when it is not
    known any more.
    """

    fact: str
    situations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was proven: `proven` are the claims that hold in every situation, in words; `not_told`
    is what would have taken too long to tell.

    Plans and open needs are counted in `counted` situations, which are all `situations` where both
    are equal; `open_situations` of them leave some need open. The shares of `unknowns` are counted
    in `unknowns_counted`.
    """

    schema: str
    table: TableId
    situations: int
    counted: int
    proven: tuple[str, ...]
    not_told: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    plans: tuple[PlanShare, ...]
    open_needs: tuple[NeedShare, ...]
    open_situations: int
    unknowns: tuple[FactShare, ...]
    unknowns_counted: int

    def as_data(self) -> dict[str, Any]:
        """The proof as dictionaries, lists and plain values, ready for JSON."""
        return as_data(self)
