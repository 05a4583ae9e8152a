"""What people and tools wrote beside failures, as the kinds of error that the rule table knows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from adaptadvisor.evidence.checks.items import value
from adaptadvisor.evidence.checks.shares import HALF
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.evidence.statistics import ALPHA, mcnemar
from adaptadvisor.table.rows import Table

FACT = "main_error"
FEWEST = 10
"""Failures with a kind from which on the commonest kind may be called the main one."""

_PARTS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of error, and how many failures are of it."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Kinds:
    """How many failures there are, how many say of what kind they are, and how many of each kind,
    the commonest first; `main` is empty where none is clearly the commonest.
    """

    failures: int
    counts: tuple[Kind, ...]
    main: str

    @property
    def told(self) -> int:
        """Failures that say of what kind they are."""
        return sum(one.number for one in self.counts)


def kinds(table: Table, outcomes: Iterable[Outcome]) -> Kinds:
    """The kinds of the failures of one system, by the words that the table knows for them."""
    words = _words(table)
    wrong = [one for one in outcomes if (score := value(one)) is not None and score < HALF]
    found = Counter(
        kind for one in wrong if (kind := next(filter(None, map(words.get, _plain(one))), ""))
    )
    order = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    counts = tuple(Kind(kind, number) for kind, number in order)
    return Kinds(len(wrong), counts, _main(counts))


def _main(counts: tuple[Kind, ...]) -> str:
    """The commonest kind, where it is more than half, or more than the next for sure."""
    told = sum(one.number for one in counts)
    if told < FEWEST:
        return ""
    first, second = counts[0], counts[1].number if len(counts) > 1 else 0
    sure = first.number > told * HALF or mcnemar(first.number, second) < ALPHA
    return first.kind if sure else ""


def _plain(one: Outcome) -> list[str]:
    return [" ".join(_PARTS.findall(tag.lower())) for tag in one.tags]


def _words(table: Table) -> dict[str, str]:
    """Every word for a kind of error, with the kind; none where the table does not ask for it."""
    fact = table.facts.get(FACT)
    if fact is None:
        return {}
    return {
        " ".join(_PARTS.findall(word.lower())): str(choice.value)
        for choice in fact.choices
        for word in (str(choice.value), *choice.also, *choice.heard)
    }
