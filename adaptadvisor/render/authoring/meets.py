"""How an approach reads: what it is, which needs it is taken for, and what rules it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adaptadvisor.render.authoring.blocks import (
    Block,
    Item,
    Items,
    Ref,
    Say,
    Text,
    condition_words,
    joined,
    notes,
    refs,
)
from adaptadvisor.table.conditions import ALWAYS, tests
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Approach, Need, Option, Table

_SHOWN = 8
"""Needs that are told with their reasons; of the others the ids."""


def approach(table: Table, row: Approach) -> Iterator[Block]:
    """Everything that an approach says, and for which needs it is taken."""
    yield Say((row.what,))
    variants = (variant.id for variant in table.variants.values() if row.id in variant.approaches)
    facts = notes(
        ("Cost", f"number {APPROACHES.index(row.id) + 1} of 5, cheapest first"),
        ("Changes", row.changes),
        ("Strong at", row.strong_at),
        ("Weak at", row.weak_at),
        ("First step", row.step),
        ("Where it is in place", row.kept_step),
        ("It is in place", condition_words(row.in_place) if row.in_place != ALWAYS else ""),
        ("Gate", row.gate),
        ("In a combination", row.drop_if),
        ("Needs", condition_words(row.provided) if row.provided != ALWAYS else ""),
        ("Variants", refs(variants)),
        ("Sources", refs(row.sources)),
    )
    yield Items((*facts, *_meets(table, row), *_ruled_out_by(table, row)))


def _meets(table: Table, row: Approach) -> Iterator[Item]:
    """The needs that it is taken for with the reason and the conditions, and the ids of the rest.

    It is taken for a need if it meets that by options of its own, whatever else is known but the
    task, and no cheaper approach does.
    """
    meeting = [need for need in table.needs.values() if _options(need, row.id)]
    taken = {need.id: options for need in meeting if (options := _own(need, row.id))}
    yield Item(("Taken for",), ())
    for id in [*taken][:_SHOWN]:
        yield Item((Ref(id),), _reasons(taken[id]), 1)
    rest = [need for need in meeting if need.id not in taken]
    lower = [need.id for need in rest if _cheaper_does(need, row.id)]
    other = [need.id for need in rest if need.id not in lower]
    yield from notes(
        ("Taken also for", refs([*taken][_SHOWN:])),
        ("Meets under conditions, which the page of each says", refs(other)),
        ("Meets what a cheaper approach meets too, some under conditions", refs(lower)),
    )


def _options(need: Need, approach: str) -> list[Option]:
    return [option for option in need.met_by if option.approach == approach]


def _own(need: Need, approach: str) -> list[Option]:
    """The options to show where an approach is taken for a need; else none."""
    cheaper = _cheaper(need, approach)
    said = {option.because for option in cheaper}
    own = [option for option in _options(need, approach) if option.because not in said]
    return own if any(map(_whatever, own)) and not _cheaper_does(need, approach) else []


def _cheaper(need: Need, approach: str) -> list[Option]:
    before = APPROACHES[: APPROACHES.index(approach)]
    return [option for option in need.met_by if option.approach in before]


def _cheaper_does(need: Need, approach: str) -> bool:
    return any(option.when == ALWAYS for option in _cheaper(need, approach))


def _whatever(option: Option) -> bool:
    """Whether it meets the need whatever else is known, but for the task."""
    return {test.fact for test in tests(option.when)} <= {"task"}


def _reasons(options: Iterable[Option]) -> Text:
    """Each reason once, with the conditions under which it counts."""
    found: dict[str, list[Text]] = {}
    for option in options:
        found.setdefault(option.because, []).append(_conditions(option))
    said: list[Text] = []
    for because, conditions in found.items():
        under = () if () in conditions else joined(conditions, ", or ")
        said.append((because, *((" (", *under, ")") if under else ())))
    return joined(said, "; or ")


def option_words(option: Option) -> Text:
    """The approach, and under which conditions it meets the need."""
    words = _conditions(option)
    return (Ref(option.approach), " " if words else "", *words)


def _conditions(option: Option) -> Text:
    parts: list[Text] = []
    if option.when != ALWAYS:
        parts.append(("when ", *condition_words(option.when)))
    if option.provided != ALWAYS:
        parts.append(("provided ", *condition_words(option.provided)))
    if option.variant:
        parts.append(("as ", Ref(option.variant)))
    return joined(parts, "; ")


def _ruled_out_by(table: Table, row: Approach) -> Iterator[Item]:
    yield Item(("Ruled out by",), ())
    for limit in table.limits.values():
        if row.id in limit.rules_out:
            yield Item((Ref(limit.id),), (limit.limit,), 1)
