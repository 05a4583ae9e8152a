"""The methods inside the approaches of a plan, and the model family to look at first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from adaptadvisor.advice.recommendation import (
    ChosenFamily,
    ChosenVariant,
    Misleading,
    picked,
)
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.conditions import ALWAYS, holds
from adaptadvisor.table.rows import METHOD, Family, Limit, Need, Option, Readiness, Variant

_Row = TypeVar("_Row", Variant, Readiness)


def first(here: Circumstances, rows: Iterable[_Row]) -> _Row | None:
    """Of the rows whose `when` is known to hold, the one with the highest priority."""
    holding = [row for row in rows if here.holds(row.when)]
    return min(holding, key=lambda row: (-row.priority, row.id), default=None)


def variants(here: Circumstances) -> tuple[ChosenVariant, ...]:
    """For each approach and role: the variant that a met need names, else the first by priority.

    One that was tried in this plan gives way to the next, which then says why it comes up.
    """
    return tuple(variant for approach in here.plan for variant in ways_of(here, approach))


@dataclass(frozen=True, slots=True)
class _Way:
    """The variant of one role, the reason for it, and what fell short there."""

    row: Variant
    because: str
    done: tuple[Variant, ...]
    moved: bool
    """Whether another would be chosen if none had fallen short."""


def ways_of(here: Circumstances, approach: str) -> Iterator[ChosenVariant]:
    """The variant of each role of an approach, the method first."""
    known = here.table.variants
    named = {
        known[option.variant].role: option
        for need in reversed(here.needs)
        if (option := here.meeting(need, approach)) and option.variant
    }
    roles: dict[str, list[Variant]] = {}
    for variant in known.values():
        if approach in variant.approaches and can_work(here, variant):
            roles.setdefault(variant.role, []).append(variant)
    ordered = sorted({*roles, *named}, key=lambda role: (role != METHOD, role))
    ways = [
        way
        for role in ordered
        if (way := _way(here, approach, role, roles.get(role, ()), named.get(role)))
    ]
    fits = bool(ways) and ways[0].row.role == METHOD and ways[0].row.when != ALWAYS
    for number, way in enumerate(ways):
        done = way.done
        if fits and number == 0:  # what fell short inside it, and stays as it is, is no news there
            done = (*done, *(row for other in ways[1:] if not other.moved for row in other.done))
        elif fits and not way.moved:
            done = ()
        because = f"{_after([row.name for row in done])}{way.because}"
        yield picked(ChosenVariant, way.row, approach=approach, because=because)


def can_work(here: Circumstances, row: Variant) -> bool:
    """Whether nothing that a variant needs is known to fail."""
    return holds(row.provided, here.situation) is not False


def _way(
    here: Circumstances, approach: str, role: str, rows: Sequence[Variant], asked_for: Option | None
) -> _Way | None:
    """The variant of a role; a method that was tried can still serve in a larger plan, anything
    else gives way there too, to another that fits.
    """
    known = here.table.variants
    own = [known[asked_for.variant]] if asked_for else []
    untouched = own[0] if own else first(here, rows)
    inside = here.tried_in_plan(approach)
    anywhere = {id for one in here.tried for owner, id in one.variants if owner == approach}
    chosen = None
    for tried in (inside,) if role == METHOD else (anywhere, inside):
        left = [row for row in rows if row.id not in tried]
        done = tuple(known[id] for id in sorted(tried) if id in known and known[id].role == role)
        asked = next((row for row in own if row.id not in tried), None)
        chosen = asked or first(here, left)
        if role == METHOD and not asked and (done or not chosen):
            chosen = _next(here, chosen, left, done)
        if chosen:
            break
    if not chosen:
        return None
    # A variant that a need asks for has the need's reason where its own does not hold.
    its_own = not asked_for or chosen.id != asked_for.variant or here.holds(chosen.when)
    because = chosen.because if its_own or not asked_for else asked_for.because
    return _Way(chosen, because, done, moved=role == METHOD or chosen != untouched)


def _next(
    here: Circumstances, holding: Variant | None, left: Sequence[Variant], done: Sequence[Variant]
) -> Variant | None:
    """The method after those that fell short: one that ranks above them and may apply, though
    nothing says yet that it does, comes before a plainer one.
    """
    rank = max((row.priority for row in done), default=0)
    if holding and holding.priority > rank:
        return holding
    may = [row for row in left if row.priority >= 0 and holds(row.when, here.situation) is None]
    above = [row for row in may if row.priority > rank]
    plainest = min(above or may, key=lambda row: (row.priority, row.id), default=None)
    return plainest if above or not holding else holding


def _after(names: Sequence[str]) -> str:
    """What a variant comes after, in words; empty where none was tried."""
    if not names:
        return ""
    words = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"{words} fell short, so this comes next. "


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
        examples=tuple(_models(here, chosen, approach)),
        also=also,
    )


def _models(here: Circumstances, row: Family, approach: str) -> Iterator[str]:
    """The examples of a family that fit what is known of access and task, with their use."""
    for group in row.examples_of:
        for_it = approach in (group.approaches or here.plan)
        if for_it and holds(group.provided, here.situation) is not False:
            use = f" ({group.use})" if group.use else ""
            yield f"{', '.join(group.models)}{use}"


def misleads(
    here: Circumstances, methods: Iterable[ChosenVariant], first_look: ChosenFamily | None
) -> tuple[Misleading, ...]:
    """When the rows behind the plan are bad advice, each reason once: its needs, limits, methods
    and family.
    """
    variants = dict.fromkeys(method.id for method in methods)
    rows: tuple[tuple[str, Need | Limit | Variant | ChosenFamily], ...] = (
        *(("need", row) for row in here.needs),
        *(("limit", row) for row in here.limits),
        *(("variant", here.table.variants[id]) for id in variants),
        *(("family", row) for row in filter(None, [first_look])),
    )
    found: dict[str, Misleading] = {}
    for kind, row in rows:
        if row.misleads_when:
            when = row.misleads_when
            found.setdefault(when.rstrip("."), Misleading(row.id, kind, when))
    return tuple(found.values())


def _family(here: Circumstances, approach: str) -> tuple[Family, str] | None:
    """The family with the highest priority for an approach, and why."""
    fitting = [
        (-pick.priority, row.id, row, pick.because)
        for row in here.table.families.values()
        for pick in row.picks
        if approach in pick.approaches and here.holds(pick.when)
    ]
    return min(fitting, key=lambda item: item[:2])[2:] if fitting else None
