"""A walk over a table: every condition with its place, and where a place is in the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adaptadvisor.errors import Location
from adaptadvisor.table.conditions import Condition
from adaptadvisor.table.rows import CONDITIONAL, Table


def conditions(table: Table) -> Iterator[tuple[str, Condition]]:
    """Every condition of the table with its place, such as `needs/ID/met_by/0/provided`."""
    for section in CONDITIONAL:
        yield from (
            (f"{section}/{id}/when", row.when) for id, row in getattr(table, section).items()
        )
    yield from ((f"variants/{id}/provided", row.provided) for id, row in table.variants.items())
    yield from (
        (f"symptoms/{id}/likelier_when", row.likelier_when) for id, row in table.symptoms.items()
    )
    yield from (
        (f"symptoms/{id}/neighbours:{number}/likelier_when", cause.likelier_when)
        for id, row in table.symptoms.items()
        for number, cause in enumerate(row.neighbours)
    )
    for need in table.needs.values():
        for number, option in enumerate(need.met_by):
            yield from (
                (f"needs/{need.id}/met_by/{number}/{field}", getattr(option, field))
                for field in ("when", "provided")
            )
    for family in table.families.values():
        yield from (
            (f"families/{family.id}/picks/{number}/when", pick.when)
            for number, pick in enumerate(family.picks)
        )
        yield from (
            (f"families/{family.id}/examples_of:{number}/provided", group.provided)
            for number, group in enumerate(family.examples_of)
        )
    yield from ((f"questions/{fact}/applies", when) for fact, when in table.applies.items())
    yield from (
        (f"approaches/{id}/{field}", getattr(row, field))
        for id, row in table.approaches.items()
        for field in ("provided", "in_place")
    )


def nearest(place: str, places: Mapping[str, Location]) -> Location:
    """Where a row or a part of it is, or else what encloses it."""
    while place not in places and "/" in place:
        place = place.rpartition("/")[0]
    return places.get(place, Location(place))
