"""What a question asks for: one thing, one of two, or a word that is spelled a little otherwise."""

from __future__ import annotations

import re
from collections.abc import Collection

from adaptadvisor.authoring.glossary import tokens
from adaptadvisor.errors import edits

_BETWEEN = re.compile(
    r"\b(?:or|vs|versus|instead of|rather than|compared (?:to|with)|(?:\w+ )?than)\b\.?"
)
_PAIR = re.compile(r"\bbetween (.+?) and (.+)")
_ASKS_MORE = frozenset(
    ["are", "can", "do", "does", "is", "should", "when", "where", "which", "who", "why", "will"]
)


def sides(question: str) -> tuple[str, str] | None:
    """The two things that a question puts side by side; None where it does not.

    >>> sides("should I use RAG instead of LoRA?")
    ('should i use rag', 'lora?')
    """
    text = " ".join(re.split(r"[\s_-]+", question.lower())).strip()
    pair = _PAIR.search(text)
    parts = list(pair.groups()) if pair else _BETWEEN.split(text)
    found = [part.strip() for part in parts]
    return (found[0], found[1]) if len(found) == 2 and all(found) else None


def asks_more(question: str) -> bool:
    """Whether it asks something about a word, and not only what the word means."""
    first, _, rest = question.strip().lower().partition(" ")
    return first in _ASKS_MORE and bool(rest)


_LONG, _LONGER = 6, 8
"""Letters of a word in which one slip, or two, still leave no doubt."""


def corrected(question: str, vocabulary: Collection[str]) -> str:
    """The question with each long word that nothing here knows replaced by the one known word that
    is nearest; empty where none is near, or two are.

    >>> corrected("catastrofic embeding", {"catastrophic", "embedding"})
    'catastrophic embedding'
    """
    words = tokens(question)
    better = [word if word in vocabulary else _nearest(word, vocabulary) for word in words]
    return " ".join(better) if all(better) and better != words else ""


def _nearest(word: str, vocabulary: Collection[str]) -> str:
    most = (len(word) >= _LONG) + (len(word) >= _LONGER)
    near = sorted(
        (distance, other)
        for other in vocabulary
        if other[:1] == word[:1]
        and abs(len(other) - len(word)) <= most
        and (distance := edits(word, other)) <= most
    )
    alone = len(near) == 1 or (len(near) > 1 and near[0][0] < near[1][0])
    return near[0][1] if alone else ""
