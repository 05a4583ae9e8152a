"""Outcomes by item: the score of each, two systems side by side, the slices of the items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from adaptadvisor.evidence.outcomes import Outcome

MOST_VALUES = 30
"""A column with more values than this is no slice: nobody reads so many rows."""


def value(outcome: Outcome) -> float | None:
    """1 or 0 for right or wrong, else the score; None where there is no answer."""
    if outcome.error:
        return None
    return outcome.score if outcome.correct is None else float(outcome.correct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A system on an item: the values of its repeats in order, those without answer left out."""

    id: str
    values: tuple[float, ...]
    slices: Mapping[str, str]

    @property
    def mean(self) -> float:
        """The mean over the repeats."""
        return fmean(self.values)


def by_item(outcomes: Iterable[Outcome]) -> dict[str, Item]:
    """The items that have an answer, in order of appearance."""
    values: dict[str, list[float]] = defaultdict(list)
    slices: dict[str, dict[str, str]] = defaultdict(dict)
    for one in outcomes:
        found = value(one)
        if found is not None:
            values[one.item].append(found)
            slices[one.item].update(one.slices)
    return {
        item: Item(id=item, values=tuple(found), slices=slices[item])
        for item, found in values.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two systems on the same item."""

    first: float
    second: float
    slices: Mapping[str, str]

    @property
    def difference(self) -> float:
        """The second less the first."""
        return self.second - self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """What two systems did on the items that both answered, and what stays aside.

    `flat`: right or wrong, once each, so that exact tests apply.
    """

    pairs: tuple[Pair, ...]
    flat: bool
    only_first: int
    only_second: int
    errors: tuple[int, int]
    repeats: tuple[int, int]


def paired(first: Sequence[Outcome], second: Sequence[Outcome]) -> Paired:
    """The two systems item by item, in the order of the first."""
    one, other = by_item(first), by_item(second)
    common = [id_ for id_ in one if id_ in other]
    pairs = tuple(
        Pair(
            first=one[id_].mean,
            second=other[id_].mean,
            slices={**one[id_].slices, **other[id_].slices},
        )
        for id_ in common
    )
    repeats = tuple(
        max((len(each[id_].values) for id_ in common), default=0) for each in (one, other)
    )
    sides = [{outcome.item for outcome in each} for each in (first, second)]
    return Paired(
        pairs=pairs,
        flat=max(repeats, default=0) <= 1
        and all({pair.first, pair.second} <= {0.0, 1.0} for pair in pairs),
        only_first=len(sides[0] - sides[1]),
        only_second=len(sides[1] - sides[0]),
        errors=(_errors(first), _errors(second)),
        repeats=(repeats[0], repeats[1]),
    )


def _errors(outcomes: Iterable[Outcome]) -> int:
    return sum(bool(one.error) for one in outcomes)


def slices_of(all_slices: Iterable[Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """The columns that cut the items into slices, each with its values: two to `MOST_VALUES`."""
    values: dict[str, dict[str, None]] = defaultdict(dict)
    for each in all_slices:
        for column, word in each.items():
            values[column][word] = None
    return {
        column: tuple(sorted(words))
        for column, words in sorted(values.items())
        if 1 < len(words) <= MOST_VALUES
    }
