"""The check of the domain: how far texts are from ordinary ones, and the sets from each other."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log2

from adaptadvisor.evidence.checks.shares import items, not_enough
from adaptadvisor.evidence.data.shapes import Row
from adaptadvisor.evidence.data.tokens import Count
from adaptadvisor.evidence.data.words import words_of
from adaptadvisor.evidence.finding import Finding, Level, Measure, Part

_TITLE = "The language of your field, and whether the sets look alike"
_MISMATCH, _SHIFT = "pretraining-data-mismatch", "distribution-shift"
TOKENS_PER_WORD = 1.5
"""Times those of ordinary text: the bar of the failure mode, an engineering default."""
STRANGE = 0.2
"""A share of strange words, above that of ordinary text against itself, that is much: a default."""
LIKE_CHANCE = 2.0
"""How many times the distance of two random halves counts as another kind of text: a default."""
LEAST_WORDS = 2_000
_OFTEN = 5
_MOST_WORDS = 5_000_000
_SEED = 20260101


class Bag:
    """The words of a set of texts, in two random halves: the halves tell how far apart texts of
    the same kind are by chance.
    """

    def __init__(self, rows: Iterable[Row], count: Count | None = None) -> None:
        self.halves: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self.rows = self.words = self.tokens = 0
        shuffle = random.Random(_SEED)  # noqa: S311 - no secret
        for row in rows:
            self.rows += 1
            if self.words >= _MOST_WORDS:
                continue
            said = words_of(row.text)
            self.halves[shuffle.getrandbits(1)].update(said)
            self.words += len(said)
            self.tokens += count(row.text) if count else 0

    @property
    def counts(self) -> Counter[str]:
        """How often each word occurs."""
        return self.halves[0] + self.halves[1]

    @property
    def spread(self) -> float:
        """The distance of the halves."""
        return divergence(*self.halves)


def divergence(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """The Jensen-Shannon divergence of two counts of words, in bits: 0 is the same, 1 has no word
    in common (Lin 1991).
    """
    first, second = sum(one.values()), sum(other.values())
    if not first or not second:
        return 0.0 if first == second else 1.0
    total = 0.0
    for word in sorted({*one, *other}):
        p, q = one.get(word, 0) / first, other.get(word, 0) / second
        middle = (p + q) / 2
        total += (p * log2(p / middle) if p else 0.0) + (q * log2(q / middle) if q else 0.0)
    return total / 2


def check(sets: Mapping[str, Bag], general: Bag | None = None, *, counted: bool = False) -> Finding:
    """How far each set is from the first (train against eval and production), and from a sample
    of ordinary text. `counted`: the bags hold tokens of a tokenizer.
    """
    if not sets or any(bag.words < LEAST_WORDS for bag in sets.values()):
        why = f"A set has fewer than {LEAST_WORDS:,} words, too few to compare."
        return not_enough("domain", _TITLE, _SHIFT, why, "Give more text of each set.")
    if len(sets) == 1 and general is None:
        why = "There is one set and nothing to compare it with."
        do = "Give a second set (evaluation, production), or ordinary text of the language."
        return not_enough("domain", _TITLE, _SHIFT, why, do)
    parts = tuple(_parts(sets, general, counted=counted))
    far = [part for part in parts if part.level == "doubtful"]
    level: Level = "doubtful" if far else "passed"
    says = "".join(f"{part.says}. " for part in far).strip() or "No set stands out from the others."
    return Finding(
        check="domain",
        title=_TITLE,
        modes=(_MISMATCH, _SHIFT) if general else (_SHIFT,),
        level=level,
        verdict="another kind of text" if far else "nothing stands out",
        says=(says, *_limits(general, counted=counted)),
        measures=tuple(items(bag.words, f"words of {name}") for name, bag in sets.items()),
        parts=parts,
        do=tuple(_do(far)),
    )


def _parts(sets: Mapping[str, Bag], general: Bag | None, *, counted: bool) -> Iterator[Part]:
    (name, first), *others = sets.items()
    for other, bag in others:
        yield _distance(name, first, other, bag)
    if general is not None:
        for own, bag in sets.items():
            yield from _against_general(own, bag, general, counted=counted)


def _distance(name: str, first: Bag, other: str, bag: Bag) -> Part:
    """The distance of two sets, against that of two random halves of the same size."""
    apart, chance = _fair(first, bag)
    far = apart > LIKE_CHANCE * chance
    word = "differ" if far else "are alike"
    times = apart / chance if chance else 1.0
    says = (
        f"{name} and {other} {word}: their words are {apart:.2f} bits apart, {times:.1f} times as "
        f"far as chance"
    )
    measures = (Measure(name="bits apart", value=apart), Measure(name="by chance", value=chance))
    return Part(
        name=f"{name} and {other}",
        level="doubtful" if far else "passed",
        says=says,
        measures=measures,
    )


def _fair(first: Bag, other: Bag) -> tuple[float, float]:
    """The distance of a half of each, and the larger one of the halves of either: small samples
    lie apart by chance, and of the same size they do so alike.
    """
    size = min(sum(half.values()) for half in (*first.halves, *other.halves))
    halves = [_cut(half, size) for half in (*first.halves, *other.halves)]
    times = sum(halves, Counter[str]())
    one, two, three, four = (_pooled(half, times) for half in halves)
    apart = (divergence(one, three) + divergence(two, four)) / 2
    return apart, max(divergence(one, two), divergence(three, four))


def _pooled(counts: Counter[str], times: Mapping[str, int]) -> Counter[str]:
    """The counts with all rare words as one: each of them alone only tells of chance."""
    found: Counter[str] = Counter()
    for word, number in counts.items():
        found[word if times[word] >= _OFTEN else ""] += number
    return found


def _cut(counts: Counter[str], size: int) -> Counter[str]:
    """So many words drawn from the counts without putting back."""
    if sum(counts.values()) <= size:
        return counts
    words = sorted(counts)
    draw = random.Random(_SEED)  # noqa: S311 - no secret
    return Counter(draw.sample(words, size, counts=[counts[word] for word in words]))


def _against_general(name: str, bag: Bag, general: Bag, *, counted: bool) -> Iterator[Part]:
    one, other = general.halves
    usual = strange(one, other)
    found = strange(bag.counts, general.counts)
    far = found > usual + STRANGE
    says = (
        f"{found:.0%} of the words of {name} do not occur in the ordinary text; of one half of "
        f"that {usual:.0%} do not occur in the other"
    )
    measures = (
        Measure(name="strange words", value=found * 100, unit="percent"),
        Measure(name="usual", value=usual * 100, unit="percent"),
    )
    level: Level = "doubtful" if far else "passed"
    yield Part(name=f"words of {name}", level=level, says=says, measures=measures)
    if counted:
        mine, theirs = bag.tokens / bag.words, general.tokens / max(general.words, 1)
        far = mine > TOKENS_PER_WORD * theirs
        says = f"{name} takes {mine:.2f} tokens a word, ordinary text {theirs:.2f}"
        rates = (Measure(name="tokens a word", value=mine), Measure(name="usual", value=theirs))
        level = "doubtful" if far else "passed"
        yield Part(name=f"tokens of {name}", level=level, says=says, measures=rates)


def strange(counts: Mapping[str, int], known: Mapping[str, int]) -> float:
    """The share of running words that do not occur among the known ones."""
    total = sum(counts.values())
    return (
        sum(number for word, number in counts.items() if word not in known) / total
        if total
        else 0.0
    )


def _limits(general: Bag | None, *, counted: bool) -> Iterator[str]:
    if general is None:
        yield "Without ordinary text (--general) nobody can say whether a model knows such text."
    elif not counted:
        yield "With a tokenizer.json the tokens a word are compared as well."


def _do(far: Sequence[Part]) -> Iterator[str]:
    if any(" and " in part.name for part in far):
        yield "Draw the evaluation set from what comes in production, and score each source apart."
    if any(part.name.startswith(("words of", "tokens of")) for part in far):
        yield "Ask two or three base models to explain 50 terms of the field before training on it."
