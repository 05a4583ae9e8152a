"""Words as people type them: one key for all spellings of a word, and what is nearest in meaning.

Nothing here knows a list of words of the field: which words there are is said in the table.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from adaptadvisor.errors import edits
from adaptadvisor.table.rows import Topic

_LONGEST = 300
"""Characters that are looked at; nobody types a longer question on purpose."""

_ASKING = frozenset(
    [
        "a",
        "about",
        "an",
        "and",
        "are",
        "at",
        "can",
        "could",
        "define",
        "did",
        "do",
        "does",
        "explain",
        "for",
        "from",
        "how",
        "i",
        "in",
        "is",
        "it",
        "me",
        "my",
        "need",
        "of",
        "on",
        "or",
        "our",
        "please",
        "should",
        "tell",
        "than",
        "that",
        "the",
        "this",
        "to",
        "we",
        "what",
        "whats",
        "when",
        "which",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)
"""Words that only make a question of a word."""

_FILLING = frozenset(
    [
        "avoid",
        "best",
        "better",
        "between",
        "choose",
        "compare",
        "compared",
        "definition",
        "differ",
        "difference",
        "explained",
        "fix",
        "good",
        "guide",
        "happen",
        "help",
        "improve",
        "increase",
        "make",
        "meaning",
        "prevent",
        "reduce",
        "start",
        "stop",
        "tip",
        "tutorial",
        "understand",
        "use",
        "used",
        "using",
        "versus",
        "vs",
        "want",
        "way",
        "work",
        "worth",
        "worthwhile",
    ]
)
"""Words beside the word that is asked about."""

_GENERAL = frozenset(
    [
        "ai",
        "algorithm",
        "approach",
        "data",
        "dataset",
        "fine",
        "finetune",
        "finetuned",
        "finetuning",
        "language",
        "large",
        "learning",
        "llm",
        "machine",
        "method",
        "ml",
        "model",
        "nlp",
        "task",
        "technique",
        "text",
        "train",
        "trained",
        "training",
        "tune",
        "tuned",
        "tuning",
    ]
)
"""Words of the field that often stand beside another word and say little more than it does."""

_SPELLINGS = (
    (re.compile(r"iz(?=[aei])"), "is"),  # quantization
    (re.compile(r"our"), "or"),  # behaviour
    (re.compile(r"ll(?=ing|ed|er)"), "l"),  # labelling
    (re.compile(r"licenc"), "licens"),
    (re.compile(r"judgem"), "judgm"),
    (re.compile(r"artef"), "artif"),
)
"""British and American spellings of one word become the same, wherever they stand in it."""

_POSSESSIVE = re.compile(r"['\u2019]s?\b")
_PLUS = re.compile(r"(?<=\w)\+")
_WHAT_IT_MEANS = re.compile(r"^(what|how)\b(.+)\bmeans?\W*$")  # but not in k-means
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = re.compile(r"(?:ations?|ions?|ing|ed|er|or|e)$")
_SHORTEST_STEM = 4
_PLURAL = re.compile(r"(?:(?<=ss)|(?<=x)|(?<=ch)|(?<=sh)|(?<=z))es$|(?<![sui])s$")


@lru_cache(maxsize=20_000)
def key(words: str) -> str:
    """What all spellings of a word or a question have in common; empty for no letters or digits.

    Case, blanks, dashes, a plural, British or American spelling, and the words around a question
    make no difference.

    >>> key("What is fine-tuning?"), key("FineTuning"), key("Quantizations")
    ('finetuning', 'finetuning', 'quantisation')
    """
    before, found = None, "".join(tokens(words))
    while found != before:
        before, found = found, "".join(tokens(found))
    return found


def tokens(words: str) -> list[str]:
    """The words in it, each in one spelling, without those that only ask; all if there are none."""
    text = _POSSESSIVE.sub("", words[:_LONGEST].lower())
    text = _PLUS.sub(" plus", text)
    text = _WHAT_IT_MEANS.sub(r"\2", text)
    said = _WORD.findall(text)
    asked = [word for word in said if word not in _ASKING] or said
    return [_one_spelling(word) for word in asked]


@cache
def _one_spelling(word: str) -> str:
    for pattern, instead in _SPELLINGS:
        word = pattern.sub(instead, word)
    if len(word) <= _SHORTEST_STEM - 1:
        return word
    if word.endswith("ies") and len(word) > _SHORTEST_STEM:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("caches") else _PLURAL.sub("", word)


def keys(question: str) -> Iterator[str]:
    """Under which keys to look, the best first: as it stands, then without what says little."""
    yield key(question)
    words = tokens(question)
    for left_out in (_FILLING, _FILLING | _GENERAL):
        kept = [word for word in words if word not in left_out]
        if kept and kept != words:
            yield key(" ".join(kept))


def shuffled(question: str) -> frozenset[str]:
    """The stems of what is asked about, in no order: `merge adapters` is `merging an adapter`."""
    words = tokens(question)
    return frozenset(stem(word) for word in words if word not in _FILLING)


def within(question: str) -> Iterator[str]:
    """Keys of runs of words that say twice as much as what else is asked, the longest first."""
    words = [word for word in tokens(question) if word not in _FILLING]
    for length in range(len(words) - 1, 1, -1):
        for start in range(len(words) - length + 1):
            beside = (*words[:start], *words[start + length :])
            if 2 * sum(word not in _GENERAL for word in beside) <= length:
                yield key(" ".join(words[start : start + length]))


def stem(key: str) -> str:
    """A key without its ending, so that `merge`, `merged` and `merging` meet.

    >>> stem(key("merging")) == stem(key("merge"))
    True
    """
    cut = _ENDINGS.sub("", key)
    return cut if len(cut) >= _SHORTEST_STEM else key


def names(title: str) -> Iterator[str]:
    """A title or a name; where it ends in brackets also what stands before them, and in them.

    >>> list(names("Direct preference optimisation (DPO)"))[1:]
    ['Direct preference optimisation', 'DPO']
    """
    yield title
    if bracketed := re.fullmatch(r"(.+?) \(([^()]+)\)\??", title):
        yield bracketed[1]
        yield from re.split(r", | or ", bracketed[2])


def spellings(topic: Topic) -> tuple[str, ...]:
    """The keys under which a topic is found."""
    said = (topic.id, *topic.aliases, *names(topic.title))
    return tuple(dict.fromkeys(filter(None, map(key, said))))


def mistyped(question: str, known: Iterable[str]) -> str:
    """The known key that differs by a slip of the fingers, or the empty string.

    One edit in a word of five letters or more, two in one of nine, and the first letter is right:
    nearer than that is no other word, but for rare pairs.
    """
    typed = key(question)
    most = (len(typed) > 4) + (len(typed) > 8)
    near = [
        (edits(typed, other), other)
        for other in known
        if other[:1] == typed[:1] and abs(len(other) - len(typed)) <= most
    ]
    distance, found = min(near, default=(0, ""))
    return found if found and 0 < distance <= most else ""


_NAMED = 4
"""How much more a word counts in a name than in a text."""


def nearest(question: str, texts: Mapping[str, tuple[str, str]], most: int = 3) -> list[str]:
    """The ids of the texts that share most of what the question says, the best first.

    Each id comes with its names and its text. A shared word counts by how few texts have it
    (inverse document frequency), and more in a name; texts that share less than a third of what
    the best one shares are left out.
    """
    asked = {stem(word) for word in tokens(question)}
    named = {id: _stems(name) for id, (name, _) in texts.items()}
    told = {id: named[id] | _stems(text) for id, (_, text) in texts.items()}
    having = Counter(word for words in told.values() for word in words if word in asked)
    weight = {word: math.log(1 + len(texts) / count) for word, count in having.items()}
    scores = {
        id: sum(weight[word] * (_NAMED if word in named[id] else 1) for word in asked & told[id])
        for id in texts
    }
    best = max(scores.values(), default=0.0)
    ranked = sorted((-score, id) for id, score in scores.items() if score * 3 >= best > 0)
    return [id for _, id in ranked[:most]]


def _stems(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+", text.lower())
    return {stem(_one_spelling(word)) for word in words} - _ASKING
