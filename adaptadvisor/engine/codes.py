"""Conditions as sets of terms: integers with one bit a term, and what searches pass about.

The types are tuples, not dataclasses: a search makes millions of them, and unpacks them in its
innermost loops.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from adaptadvisor.table.facts import Value

Values: TypeAlias = tuple[tuple[str, Value], ...]


class WayCode(NamedTuple):
    """One option of a need: its approach bit, the terms of its `when`, and those of its `provided`."""

    approach: int
    when: int
    provided: int


class NeedCode(NamedTuple):
    """A need: the terms of its `when`, shared with no other row, its options, and all these terms."""

    id: str
    when: int
    ways: tuple[WayCode, ...]
    reads: int


class LimitCode(NamedTuple):
    """A limit: the terms of its `when`, and the approaches that it rules out."""

    when: int
    out: int


class Bounds(NamedTuple):
    """What is known of a need that may count: the approaches that meet it always or sometimes."""

    number: int
    """The terms of the need's `when`, which tell it from every other need."""
    counts: bool
    """Whether it surely counts."""
    by_itself: int
    """The approaches that meet it always unless a limit still rules them out."""
    always: int
    sometimes: int
    half: int
    """For options that are still open, which of their two conditions is already certain."""
    open_terms: int
    """The terms that can still move the bounds."""


class Move(NamedTuple):
    """What can be known of the facts of a group: the values that are given, the terms that these do
    not contradict, and the terms that read a fact of the group that stays unknown.
    """

    values: Values
    mask: int
    never: int = 0


class Group(NamedTuple):
    """Unknown facts that are answered together, a move for each set of answers to all of them, and
    the terms that mention them.
    """

    facts: tuple[str, ...]
    moves: tuple[Move, ...]
    mentions: int


def joined(parts: Iterable[int]) -> int:
    """All terms of these sets of terms."""
    found = 0
    for part in parts:
        found |= part
    return found


def bits(terms: int) -> Iterator[int]:
    """Each term of a set, as a set of one."""
    while terms:
        low = terms & -terms
        yield low
        terms ^= low
