"""The methods inside the approaches of a plan, and the model family to look at first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from adaptadvisor.advice.recommendation import ChosenFamily, ChosenVariant, picked
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.rows import Family, Readiness, Variant

_Row = TypeVar("_Row", Variant, Readiness)


def first(here: Circumstances, rows: Iterable[_Row]) -> _Row | None:
    """Of the rows whose `when` is known to hold, the one with the highest priority."""
    holding = [row for row in rows if here.holds(row.when)]
    return min(holding, key=lambda row: (-row.priority, row.id), default=None)


def variants(here: Circumstances) -> tuple[ChosenVariant, ...]:
    """For each approach and role: the variant that a met need names, else the first by priority."""
    return tuple(variant for approach in here.plan for variant in _variants(here, approach))


def _variants(here: Circumstances, approach: str) -> Iterator[ChosenVariant]:
    known = here.table.variants
    named = {
        known[option.variant].role: option
        for need in reversed(here.needs)
        if (option := here.meeting(need, approach)) and option.variant
    }
    roles: dict[str, list[Variant]] = {}
    for variant in known.values():
        if approach in variant.approaches:
            roles.setdefault(variant.role, []).append(variant)
    for role in sorted({*roles, *named}, key=lambda role: (role != "method", role)):
        asked_for = named.get(role)
        chosen = known[asked_for.variant] if asked_for else first(here, roles[role])
        if not chosen:
            continue
        # A variant that a need asks for has the need's reason where its own does not hold.
        row = asked_for if asked_for and not here.holds(chosen.when) else chosen
        yield picked(ChosenVariant, chosen, approach=approach, because=row.because)


def family(here: Circumstances) -> ChosenFamily | None:
    """The first family to look at, for the dearest part of the plan; a filter, not a rule."""
    picks = [(approach, *pick) for approach in here.plan if (pick := _family(here, approach))]
    if not picks:
        return None
    approach, chosen, because = picks[-1]
    also = tuple(
        {"approach": other, "id": row.id, "name": row.name}
        for other, row, _ in picks[:-1]
        if row.id != chosen.id
    )
    return picked(
        ChosenFamily,
        chosen,
        approach=approach,
        because=because,
        examples=chosen.examples_of,
        also=also,
    )


def _family(here: Circumstances, approach: str) -> tuple[Family, str] | None:
    """The family with the highest priority for an approach, and why."""
    fitting = [
        (-pick.priority, row.id, row, pick.because)
        for row in here.table.families.values()
        for pick in row.picks
        if approach in pick.approaches and here.holds(pick.when)
    ]
    return min(fitting, key=lambda item: item[:2])[2:] if fitting else None
