"""Symptoms that words are near to, where they say none outright: a guess that people confirm.

Each word counts by how few symptoms have it (inverse document frequency, Spärck Jones 1972): in
full where people say it of the symptom, less where it stands in its causes and tests. The order of
words and denials do not count, so this names symptoms, and never takes one for said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import log
from typing import NamedTuple

from adaptadvisor.evidence.diagnose import symptoms_of
from adaptadvisor.table.hearing import line_of, words_of
from adaptadvisor.table.rows import Table
from adaptadvisor.table.spoken import plain, stem
from adaptadvisor.table.symptoms import Symptom

MOST_NEAR = 3
_LEAST = 2.5  # one word that hardly another symptom has, or two that are less rare
_IN_CAUSES = 0.4


class _Vocabulary(NamedTuple):
    """Words of a symptom; those that end in * are beginnings."""

    said: frozenset[str]
    causes: frozenset[str]


def nearest(table: Table, said: str) -> tuple[Symptom, ...]:
    """Up to three symptoms by the words of a description, the nearest first; none where hardly a
    word is known.
    """
    rows = symptoms_of(table)
    of = [_vocabulary(row) for row in rows]
    points = [0.0] * len(rows)
    for word in {each.text for each in words_of(line_of(said))}:
        shares = [_share(word, one) for one in of]
        if number := sum(share > 0 for share in shares):
            weight = log((len(rows) + 1) / (number + 0.5))
            points = [have + share * weight for have, share in zip(points, shares, strict=True)]
    order = sorted(range(len(rows)), key=lambda at: (-points[at], at))
    return tuple(rows[at] for at in order[:MOST_NEAR] if points[at] >= _LEAST)


def _share(word: str, of: _Vocabulary) -> float:
    return 1.0 if _has(of.said, word) else _IN_CAUSES if _has(of.causes, word) else 0.0


def _has(words: Collection[str], word: str) -> bool:
    return word in words or any(
        word.startswith(each[:-1]) for each in words if each.endswith("*") and len(each) > 1
    )


def _vocabulary(row: Symptom) -> _Vocabulary:
    causes = [text for cause in row.causes for text in (cause.cause, cause.test, *cause.clues)]
    heard = (part for phrase in row.heard for part in plain(phrase).replace("_", " ").split())
    alternatives = (each for part in heard for each in part.split("/"))
    listened = (each if each.endswith("*") else stem(each) for each in alternatives)
    return _Vocabulary(
        frozenset((*filter(str.strip, listened), *_words((row.name, row.sign)))),
        frozenset(_words(causes)),
    )


def _words(texts: Iterable[str]) -> Iterable[str]:
    return (each.text for text in texts for each in words_of(line_of(text)))
