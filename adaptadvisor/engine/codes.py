"""Conditions as sets of terms (integers with one bit a term), and the tuples of searches: tuples,
not dataclasses, because a search makes and unpacks millions of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from adaptadvisor.table.facts import Value

Values: TypeAlias = tuple[tuple[str, Value], ...]


class WayCode(NamedTuple):
    """One option of a need: its approach bit, and the terms of its `when` and its `provided`."""

    approach: int
    when: int
    provided: int


class NeedCode(NamedTuple):
    """A need: the terms of its `when`, which are its own, its options, and all these terms."""

    id: str
    when: int
    ways: tuple[WayCode, ...]
    reads: int


class LimitCode(NamedTuple):
    """A limit: the terms of its `when`, and the approaches that it rules out."""

    when: int
    out: int


class Tried(NamedTuple):
    """The plans that were tried, and with them those inside: they are used up.

    `unless` holds further plans, of each of which a variant was tried; such a plan is used up
    unless one of its terms is possible: those of the methods in it that are left.
    """

    used: tuple[int, ...] = ()
    unless: tuple[tuple[int, int], ...] = ()


NOTHING_TRIED = Tried()


class UsedUp(NamedTuple):
    """The plans used up, those that further answers may use up, and the terms it depends on."""

    used: tuple[int, ...]
    perhaps: tuple[int, ...] = ()
    open_terms: int = 0


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
    """Values for facts of a group, the terms that these do not contradict, and (`never`) the terms
    that read a fact of the group that stays unknown.
    """

    values: Values
    mask: int
    never: int = 0


class Group(NamedTuple):
    """Facts that are answered together, unknown or known only as ranges; their answers; and the
    terms that they leave open.
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
