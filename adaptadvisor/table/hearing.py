"""Phrases that a table listens for in what people say, with room for other words in between."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from adaptadvisor.table.spoken import NOT, Word, denied, plain, stem, words

_BETWEEN = 4
"""Other words that may stand between two words of a phrase."""

_POWER = re.compile(r"\b(\d+(?:\.\d+)?)[eE]-(\d{1,2})\b")
_AMOUNT = re.compile(r"(>=|<=|>|<)(\d+(?:\.\d+)?)")
_NUMBER = re.compile(r"\d+(?:[.,_]\d{3})*(?:\.\d+)?")
_Fits = Callable[[str], bool]


def line_of(text: str) -> str:
    r"""A text in one line with rates such as 3e-4 as the number that they are.

    >>> line_of("Rate 3e-4,\n2 passes")
    'Rate 0.0003, 2 passes'
    """
    return " ".join(_POWER.sub(_written_out, text).split())


def words_of(line: str) -> tuple[Word, ...]:
    """The words of such a line, for `hears`."""
    return words(plain(line))


def _written_out(found: re.Match[str]) -> str:
    return f"{float(found[1]) * 10 ** -int(found[2]):.12f}".rstrip("0")


def hears(phrase: str, of: Sequence[Word]) -> tuple[int, int] | None:
    """The first and the last word of the first place where a phrase is said and not denied.

    A phrase is words in their order, up to four others in between, all in one part of a sentence.
    `a/b` is either word, `forget*` any ending, `>=10` a number, `not` any word that denies,
    `over_and_over` words without others in between.

    >>> hears("forget* old", words_of("It has forgotten all the old things"))
    >>> hears("forg* old", words_of("It has forgotten all the old things"))
    (2, 5)
    >>> hears("overfit*", words_of("It does not overfit"))
    """
    (first, _), *rest = _compiled(phrase)
    for start, word in enumerate(of):
        if not first(word.text):
            continue
        last = _rest(rest, of, start)
        if last is not None and denied(of, start, last) is not True:
            return start, last
    return None


def _rest(tokens: Sequence[tuple[_Fits, int]], of: Sequence[Word], at: int) -> int | None:
    """Where the last of the tokens is, each soon after the one before it."""
    if not tokens:
        return at
    fits, between = tokens[0]
    for place in range(at + 1, min(at + 2 + between, len(of))):
        word = of[place]
        if word.part != of[at].part:
            return None
        if fits(word.text) and (found := _rest(tokens[1:], of, place)) is not None:
            return found
        if word.text in NOT:
            return None
    return None


@lru_cache(maxsize=5_000)
def _compiled(phrase: str) -> tuple[tuple[_Fits, int], ...]:
    """What each word has to be, and how many others may stand before it."""
    return tuple(
        (_token(part), 0 if number else _BETWEEN)
        for joined in plain(phrase).split()
        for number, part in enumerate(joined.split("_"))
    )


def _token(text: str) -> _Fits:
    if amount := _AMOUNT.fullmatch(text):
        return _amount(amount[1], float(amount[2]))
    parts = text.split("/")
    whole = {stem(part) for part in parts if not part.endswith("*")}
    whole |= NOT if "not" in parts else set()
    begins = tuple(part[:-1] for part in parts if part.endswith("*"))
    return lambda word: word in whole or word.startswith(begins)


def _amount(sign: str, than: float) -> _Fits:
    def fits(word: str) -> bool:
        if not _NUMBER.fullmatch(word):
            return False
        number = float(re.sub(r"[,_]", "", word))
        return {
            ">=": number >= than,
            "<=": number <= than,
            ">": number > than,
            "<": number < than,
        }[sign]

    return fits
