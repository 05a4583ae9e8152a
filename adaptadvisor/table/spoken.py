"""Words as people type them: what they are compared by, and where a clause ends or denies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

_T = TypeVar("_T")
_PLAIN = str.maketrans(
    {chr(upper): chr(upper + 32) for upper in range(ord("A"), ord("Z") + 1)}
    | {"\u2019": "'", "\u00a0": " ", "\u2013": "-", "\u2014": "-", "\t": " ", "\u2212": "-"}
)
_WORD = re.compile(r"\d+(?:[.,_]\d+)*(?:s\b)?|[^\W\d_](?:'?[^\W_])*")
_HARD = re.compile(r"[,;!?()\[\]\n\"]|\.(?=\s|$)|:(?=\s)| - | / |(?:^|\s)--(?=[a-z])")
_PART = re.compile(r"(?<![^\s,;:(])[^\s,;:(](?:[^,;:]|[,:](?!\s))*")
_SENTENCE_ENDS = re.compile(r"[.!](?=\s|$)|[?\n]")
SOFT = frozenset({"and", "but", "plus", "then", "because", "so", "while"})
"""Words after which a new clause begins: what is denied before is not denied after."""


def word_set(words: str) -> frozenset[str]:
    """The words of a text, without their order.

    >>> sorted(word_set("no never"))
    ['never', 'no']
    """
    return frozenset(words.split())


NOT = word_set(
    "no not never without don't dont doesn't doesnt didn't isn't isnt aren't arent can't cannot"
    " cant won't wont non nor neither needn't haven't hasn't nothing nobody wasn't weren't"
)
_OTHERS = word_set("rather instead except unlike avoid against unsure")
_PERHAPS = word_set(
    "if whether maybe perhaps might could would later eventually someday unless like possibly"
    " wonder asks asked used previously formerly"
)
_BETWEEN = word_set("all only just every always sure yet much too enough")
_AFTER = word_set("is are was were do does be")
_NEEDED = word_set("needed required necessary important wanted")
_ASKING = word_set(
    "what why how which when where who should can could is are do does did would will shall"
)
_KEPT = NOT | _OTHERS | _PERHAPS | _BETWEEN | _AFTER | _ASKING
_NEAR = _SHORT = 3


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line: what it is compared by, where it stands, and in which clause.

    Punctuation ends a `part`; a word such as "but" a `clause`.
    """

    text: str
    start: int
    end: int
    part: int
    clause: int


def plain(line: str) -> str:
    """A line of the same length without capitals and typographic signs.

    >>> plain("It\u2019s 10\u201320 GB")
    "it's 10-20 gb"
    """
    return line.translate(_PLAIN)


def stem(word: str) -> str:
    """A word without the s of its plural.

    >>> stem("pages"), stem("ms"), stem("class")
    ('page', 'ms', 'class')
    """
    word = word.removesuffix("'s")
    kept = word in _KEPT or len(word) < _SHORT or word.endswith(("ss", "us", "is"))
    return word if kept else word.removesuffix("s")


def words(line: str) -> tuple[Word, ...]:
    """The words of a line that went through `plain`."""
    found: list[Word] = []
    part = clause = before = 0
    for match in _WORD.finditer(line):
        if _HARD.search(line, max(before - 1, 0), match.start() + 1) and found:
            part, clause = part + 1, clause + 1
        found.append(Word(stem(match[0]), match.start(), match.end(), part, clause))
        clause += match[0] in SOFT
        before = match.end() + 1
    return tuple(found)


@lru_cache(maxsize=5_000)
def phrase(text: str) -> tuple[str, ...]:
    """A phrase of a table as the words that it is compared by."""
    return tuple(word.text for word in words(plain(text)))


def inside_a_name(line: str, start: int, end: int) -> bool:
    """Whether a place is part of an address, a path or a file's name."""
    before, after = line[start - 1 : start], line[end : end + 2]
    return (
        before in ("@", "/", "\\", ".", "_", "#")
        or after[:1] in ("@", "\\", "_")
        or (after[:1] in (".", "/") and after[1:2].isalnum())
    ) and bool(before or after)


def in_a_compound(line: str, start: int, end: int) -> bool:
    """Whether a place is a part of a word with dashes: English in "English-centred"."""
    before, after = line[max(start - 2, 0) : start], line[end : end + 2]
    return (before.endswith("-") and before[:1].isalnum()) or (
        after.startswith("-") and after[1:].isalnum()
    )


def is_question(line: str, of: Sequence[Word]) -> bool:
    """Whether a line asks something instead of saying it."""
    return line.rstrip().endswith("?") or bool(of and of[0].text in _ASKING)


def without_questions(line: str) -> str:
    """A line of the same length without what it asks; a clause that only follows what is told goes
    alone, and a sentence that begins or ends as a question altogether.

    >>> without_questions("classify mails, which rate is best?").rstrip()
    'classify mails,'
    >>> without_questions("a chatbot, or a form?").strip()
    ''
    """
    told, begin = line, 0
    for end in _SENTENCE_ENDS.finditer(line):
        if end[0] == "?":
            start, stop = _asked_from(line, begin, end.start()), end.end()
            told = told[:start] + " " * (stop - start) + told[stop:]
        begin = end.end()
    return told


def _asked_from(line: str, begin: int, end: int) -> int:
    """Where a sentence begins to ask."""
    parts = list(_PART.finditer(line, begin, end))
    asking = next((part for part in parts if _asks(part[0])), None)
    return asking.start() if asking and not _asks(parts[0][0]) else begin


def _asks(part: str) -> bool:
    said = [word for word in plain(part).split() if word not in SOFT]
    return bool(said) and said[0].strip("'\"(?") in _ASKING


def denied(of: Sequence[Word], first: int, last: int) -> bool | None:
    """Whether the words from `first` to `last` are denied; None where it is not clear.

    "no citations", "citations are not needed" deny; "perhaps citations" and "not all of it private"
    are not clear.
    """
    clause = of[first].clause
    before = [word.text for word in of[:first] if word.clause == clause]
    after = [word.text for word in of[last + 1 :] if word.part == of[last].part][:_NEAR]
    if (_OTHERS | _PERHAPS) & set(before):
        return None
    signs = [place for place, word in enumerate(before) if word in NOT]
    if signs:
        since = before[signs[-1] + 1 :]
        near = len(signs) == 1 and len(since) <= _NEAR and not _BETWEEN & set(since)
        return True if near and not NOT & set(after) else None
    while after and after[0] in _AFTER:
        after = after[1:]
    if after and after[0] in NOT:
        return True if len(after) == 1 or after[1] in _NEEDED else None
    return None if after and after[0] in ("aren't", "isn't", "unnecessary") else False


def phrases(of: Sequence[Word], first: int, longest: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The runs of words that begin at a place and stay in its part, the longest first."""
    last = first
    while last + 1 < len(of) and last + 1 < first + longest and of[last + 1].part == of[first].part:
        last += 1
    for end in range(last, first - 1, -1):
        yield end, tuple(word.text for word in of[first : end + 1])


def runs(
    line: str, of: Sequence[Word], names: Mapping[tuple[str, ...], _T]
) -> Iterator[tuple[int, int, _T]]:
    """Where these phrases stand, the longest first, none within another."""
    longest, first = max(map(len, names), default=0), 0
    while first < len(of):
        for last, key in phrases(of, first, longest):
            if key in names and not inside_a_name(line, of[first].start, of[last].end):
                yield first, last, names[key]
                first = last
                break
        first += 1
