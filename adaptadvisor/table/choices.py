"""What people may answer: the choices of a question, and the units in which they count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an answer means to people with one of these tasks."""

    tasks: Annotated[tuple[str, ...], "the tasks, as the question about the task calls them"]
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer to a question, in plain words; `value` is true or false for a yes/no fact."""

    value: str
    means: str
    worded: Annotated[tuple[Meaning, ...], "what it means, in the words of some tasks"] = ()
    also: Annotated[tuple[str, ...], "other words for it that people may answer with"] = ()
    heard: Annotated[
        tuple[str, ...], "words that mean it nearly always, even where another question was asked"
    ] = ()
    phrased: Annotated[
        tuple[str, ...],
        "phrases with gaps, as of symptoms, that mean it where its own question was asked; with ^"
        " only as what is to be done",
    ] = ()
    yields: Annotated[
        tuple[str, ...],
        "words of `heard` that count only where a line names no other choice; of such a question,"
        " words in `also` do so too",
    ] = ()
    wrong: Annotated[str, "the share of wrong ones, in 100, that it stands for: 3..10"] = ""
    short: Annotated[
        str, "the points, of 100, by which a result that it stands for misses the bar: 0.1..9.9"
    ] = ""

    def means_in(self, task: object) -> str:
        """What it means, in the words of a task where it has some of its own."""
        own = (meaning.means for meaning in self.worded if task in meaning.tasks)
        return next(own, self.means)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How a question is asked of people with one of these tasks: a search has no prompt."""

    tasks: Annotated[tuple[str, ...], "the tasks, as the question about the task calls them"]
    question: str
    find_out: Annotated[str, "how to find out, where that is another way"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit in which people count a fact, and how many of the fact's own unit it is."""

    words: Annotated[tuple[str, ...], "its names; an s at the end makes no difference"]
    each: Annotated[float, "how many of the fact's own unit one of it is"]
    because: Annotated[str, "where the number is from, or why it is assumed"] = ""
    exact: Annotated[bool, "it is so by definition, and needs no reason"] = False
    alone: Annotated[bool, "it may stand without a number, and then means one"] = False
    more: Annotated[bool, "it means this many or more"] = False
    tells: Annotated[bool, "it says which fact is meant, even if another was asked"] = False


_COUNT = re.compile(r"(\d[\d_,]{0,20})(\.\d{1,2})?([km]?)")  # 10.000 may be ten thousand
_SIZES = {"": 1, "k": 1000, "m": 1_000_000}


def in_own_unit(units: Iterable[Unit], text: str, *, whole: bool) -> str | None:
    """`400 pdf` or `10..20 pages` as numbers of the fact's own unit, rounded where it is `whole`;
    None where that is no number, or range of two, with one of these units after it.

    >>> in_own_unit([Unit(words=("page",), each=500)], "10..20 pages", whole=True)
    '5000..10000'
    """
    if not text[-1:].isalpha():
        return None  # as nearly always
    line = " ".join(text.lower().split())
    for unit in units:
        for word in unit.words:
            count = re.fullmatch(rf"(.*?) ?{re.escape(word.lower())}s?", line)
            ends = [_COUNT.fullmatch(end) for end in count[1].split("..")] if count else []
            if 1 <= len(ends) <= 2 and all(ends) and not (unit.alone or unit.more):
                return "..".join(_times(end, unit, whole=whole) for end in ends if end)
    return None


def _times(count: re.Match[str], unit: Unit, *, whole: bool) -> str:
    number = Fraction(re.sub("[_,]", "", count[1]) + (count[2] or ""))
    number *= _SIZES[count[3]] * Fraction(str(unit.each))
    return str(round(number)) if whole or number.denominator == 1 else str(float(number))


_NAMES_SHOWN = 4


def lines_of(choices: Iterable[Choice]) -> Iterator[str]:
    """Each answer of a choice: what it means, and some other names by which people may call it."""
    for choice in choices:
        also = f" Also: {', '.join(choice.also[:_NAMES_SHOWN])}." if choice.also else ""
        yield f"{choice.value}: {choice.means}{also}"
