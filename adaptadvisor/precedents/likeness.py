"""How like a situation is to a precedent, and in what: a plain weighted agreement of their facts.

Of the facts that are known in both, each agrees somewhere from 0 to 1 and counts with its weight.
A fact that only one of them knows says little: it stands against the likeness with a quarter of its
weight. So the likeness is

    sum over both (weight x agreement) / (sum over both (weight) + sum over one (weight) / 4)

which is 1 for the same facts, 0 where nothing is shared, the same from either side, and never
lower for more agreement. Nothing here is learned, drawn or read from a clock.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adaptadvisor.table.evidence import Precedent
from adaptadvisor.table.facts import Fact, Value
from adaptadvisor.table.rows import Situation, Table

WEIGHTS: Mapping[str, int] = {
    "task": 8,
    "prompt_result": 4,
    "main_error": 4,
    "model_access": 3,
    "examples": 3,
    "private_knowledge": 3,
    "knowledge_updates": 3,
    "behaviour_shift": 3,
    "judgement": 3,
    "specialisation": 2,
    "task_changes": 2,
    "data_quality": 2,
    "prompt_affordable": 2,
    "retrieval_result": 2,
    "output_schema": 2,
    "language_coverage": 2,
    "whole_document": 2,
    "tried": 2,
}
"""How much a fact counts; one that is not here counts 1.

The task weighs most: about as much as all that is usually known beside it. What decides plans most
often in published comparisons comes next: how far the prompt got and why it fails, what one may do
with the model, how many examples there are, and where the knowledge is. These are judgements, not
fitted numbers: other weights of this kind find precedents that agree about as often.
"""

ORDINAL = (
    *("judgement", "language_coverage", "prompt_result", "knowledge_updates", "behaviour_shift"),
    *("specialisation", "task_changes", "data_quality", "model_access", "ml_skill", "stakes"),
)
"""Choices in an order: next to each other is nearer. Any other choice is the same or is not."""

DECADES = 2
"""Numbers that are this many powers of ten apart, or more, have nothing in common."""

ALIKE = 0.75
"""From this agreement on people would call a fact shared: for numbers, about a factor of three."""

_ONE_SIDED = 4
_DIGITS = 4  # of a likeness: far below what means anything, far above what floating point may move


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that is known in both, and not the same."""

    fact: str
    here: Value
    there: Value


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a situation is to another, from 0 to 1, and in which facts, weightiest first."""

    similarity: float
    shares: tuple[str, ...]
    differs: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A precedent, and its likeness to a situation."""

    precedent: Precedent
    likeness: Likeness


def likeness(facts: Mapping[str, Fact], here: Situation, there: Situation) -> Likeness:
    """How like two situations are; `facts` says what their values mean. Derived facts are left out:
    what they are computed from counts already.
    """
    return _likeness(_weightiest_first(facts.values()), here, there)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A fact that is asked, its weight, and its place among them, the weightiest first."""

    fact: Fact
    weight: int
    place: int


def _weightiest_first(facts: Iterable[Fact]) -> dict[str, _Asked]:
    """The facts that are asked, by id."""
    found = [(fact, weight(fact.id)) for fact in facts if not fact.derived]
    found.sort(key=lambda each: (-each[1], each[0].order, each[0].id))
    return {fact.id: _Asked(fact, counts, place) for place, (fact, counts) in enumerate(found)}


def _likeness(facts: Mapping[str, _Asked], here: Situation, there: Situation) -> Likeness:
    mine, theirs = ({fact for fact in one if one[fact] is not None} for one in (here, there))
    one_sided = [facts[fact].weight for fact in mine ^ theirs if fact in facts]
    both = [facts[fact] for fact in mine & theirs if fact in facts]
    agreed: float = 0
    most: float = sum(one_sided) / _ONE_SIDED
    shares, differs = [], []
    for one in sorted(both, key=lambda one: one.place):
        id = one.fact.id
        found = agreement(one.fact, here[id], there[id])
        agreed += one.weight * found
        most += one.weight
        if found >= ALIKE:
            shares.append(id)
        else:
            differs.append(Difference(id, here[id], there[id]))
    similarity = round(agreed / most, _DIGITS) if most else 0.0
    return Likeness(similarity, tuple(shares), tuple(differs))


def nearest(
    table: Table, facts: Situation, most: int | None = None, *, sparse: bool = False
) -> tuple[Near, ...]:
    """The precedents of a table that are most like a situation, the most like first.

    Those of which too little is known come only where `sparse` asks for them, and those that share
    no fact with the situation never. `most`: how many at most; all without it.
    """
    return among(table, table.precedents.values(), facts, most, sparse=sparse)


def among(
    table: Table,
    precedents: Iterable[Precedent],
    facts: Situation,
    most: int | None = None,
    *,
    sparse: bool = False,
) -> tuple[Near, ...]:
    """As `nearest`, out of these precedents."""
    asked = _weightiest_first(table.facts.values())
    found = [
        Near(precedent, _likeness(asked, facts, precedent.facts))
        for precedent in precedents
        if sparse or not precedent.sparse
    ]
    found = [near for near in found if near.likeness.similarity > 0]
    found.sort(key=lambda near: (-near.likeness.similarity, near.precedent.id))
    return tuple(found[:most])


def weight(fact: str) -> int:
    """How much a fact counts."""
    return WEIGHTS.get(fact, 1)


def agreement(fact: Fact, here: Value, there: Value) -> float:
    """How far two values of a fact agree, from 0 (nothing in common) to 1 (the same)."""
    if here == there:
        return 1
    if isinstance(here, tuple) and isinstance(there, tuple):
        return len({*here} & {*there}) / len({*here, *there})
    if fact.numeric:
        return max(0.0, 1 - _apart(here, there) / DECADES)
    if fact.id in ORDINAL:
        values = fact.values
        if here in values and there in values:
            return 1 - abs(values.index(here) - values.index(there)) / (len(values) - 1)
    return 0


def _apart(here: Value, there: Value) -> float:
    """How many powers of ten lie between two numbers; of a range its nearest number counts."""
    (low, high), (other_low, other_high) = map(_ends, (here, there))
    return max(0.0, other_low - high, low - other_high)


def _ends(value: Any) -> tuple[float, float]:
    """The powers of ten of a number, or of both ends of a range; of one more than each, so that
    none and one are close.
    """
    low: float = getattr(value, "low", value)
    high: float = getattr(value, "high", value)
    return math.log10(max(low, 0) + 1), math.log10(max(high, 0) + 1)
