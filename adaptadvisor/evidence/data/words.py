"""Texts as words, and words as numbers: what duplicates and leakage are found by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

_NO_BLANKS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that put no blanks between words; each stands for a word."""
_MOST_KEPT = 400_000


def words_of(text: str) -> list[str]:
    """The words as they are written, in lower case; without punctuation by `plain`."""
    if not text.isascii():
        text = _NO_BLANKS.sub(r" \g<0> ", text)
    return text.lower().split()


def plain(word: str) -> str:
    """A word without what is neither letter nor digit; nothing where that is all of it."""
    return word if word.isalnum() else "".join(filter(str.isalnum, word))


class Plain(dict[str, str]):
    """Words without punctuation, each worked out once; it forgets all when it grows large."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[word] = found = plain(word)
        return found

    def of(self, text: str) -> list[str]:
        """The words of a text: lower case, without punctuation."""
        return [word for word in map(self.__getitem__, words_of(text)) if word]


def fingerprint(words: Iterable[str]) -> int:
    """Eight bytes for a text by its words: of a million texts two that differ have the same with
    odds of 1 in 37 million.
    """
    data = " ".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")


def runs(ids: Sequence[int], length: int) -> Iterator[int]:
    """A number for each run of so many ids; the same in every process, as ids are numbers."""
    return map(hash, zip(*(ids[start:] for start in range(length)), strict=False))
