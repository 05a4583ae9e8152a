"""What was proven of a rule table, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adaptadvisor.advice.recommendation import TableId
from adaptadvisor.table.facts import Value

SCHEMA = "adaptadvisor/proof/1"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: a code, where (`needs/ID`), and a situation that shows it, if one does."""

    code: str
    place: str
    message: str
    witness: Mapping[str, Value] | None


@dataclass(frozen=True, slots=True)
class Note:
    """A row that changes no plan (`proven`: surely), and where it is a reason, if that was seen."""

    place: str
    words: str
    proven: bool
    witness: Mapping[str, Value] | None


@dataclass(frozen=True, slots=True)
class PlanShare:
    """A plan, how many counted situations lead to it, and one that has no fact too many."""

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
    """A fact, and in how many sampled situations the plan changes when it is no longer known."""

    fact: str
    situations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was proven: `proven` holds in every situation; `not_told` would have taken too long.

    Plans and open needs are counted in `counted` situations (all, where it equals `situations`), of
    which `open_situations` leave a need open; the shares of `unknowns` in `unknowns_counted`.
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
