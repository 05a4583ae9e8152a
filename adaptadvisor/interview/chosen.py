"""Which choices of a question a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from adaptadvisor.errors import edits
from adaptadvisor.interview.meant import Answer
from adaptadvisor.interview.sayings import AROUND_A_CHOICE
from adaptadvisor.table.choices import Choice
from adaptadvisor.table.facts import Fact, Value
from adaptadvisor.table.hearing import hears
from adaptadvisor.table.spoken import (
    NOT,
    Word,
    denied,
    is_question,
    phrase,
    plain,
    runs,
    stem,
    without_questions,
    word_set,
    words,
)

_BY_NOW = re.compile(r"\bso far\b(?! (?:off|away|from|short|behind))")
_FAULT = "error"
"""What a question about faults needs; what is right is none."""
_SOUND = word_set("accurate correct fine good ok okay perfect right sound well")
_MOST = re.compile(
    r"\b(?:mostly|mainly|largely|primarily|chiefly|above all|nearly all|almost all) (?:in |of )?$"
)
"""Before what most of it is: "mostly text with some tables"."""
_LEAST = 4  # letters of a word that tells what a clause is about
_COMMON = word_set(
    "about after also always another because before could does each every from have here"
    " into itself just like made make many more most much must need never nothing often"
    " only other others over should some something still such than that their them"
    " themself then there these they this those under very well what when where which"
    " while will with would"
)
"""Words of questions that tell nothing about what they ask."""
_COMMON_STEMS = frozenset(map(stem, _COMMON))

_VERB = "^"
"""Begins a phrase that counts only as what is to be done."""

_LEADS = word_set("and automatically can it must please should that to which who will")
_OPENERS = word_set("a bot help i it let llm me model need our system the tool us want we you")
_EVERYDAY = frozenset(
    map(
        stem,
        word_set(
            "a all almost answer any at average bad badly base basic bit business change chat"
            " clean close code completely constantly critical days deep default easy every"
            " fact facts fair far few fine fixed found general good hardly harm high hits"
            " large little lot low medium mild minor missed missing money months much near"
            " nearly never no nobody none normal not nothing now obvious of often ok okay"
            " ordinary pass poor question rare rarely serious settled simple slightly some"
            " source strong text then time trust usable very weak well works year"
        ),
    )
)
"""Names of choices that stand in sentences about anything."""


_WORD = r"[a-z]+"
_SLIP, _TWO_SLIPS = 5, 9  # letters of a word in which one or two edits are a slip of the fingers


@dataclass(frozen=True, slots=True)
class Chosen:
    """Each choice that a sentence names, with its words in it; the only one that counts (None
    where there is none, or more than one), and whether its words are about the question for sure.
    """

    words: Mapping[Value, str]
    only: Value | None = None
    sure: bool = False


def chosen(fact: Fact, text: str) -> Chosen:
    """The choices that a sentence names, neither denied nor asked.

    A name of a choice that is an everyday word counts only in a clause that is about the question:
    "some of the files are scanned" is no answer to how much style must change.
    """
    told = _BY_NOW.sub("by now", without_questions(plain(text)))
    of = words(told)
    if is_question(told, of):
        return Chosen({})
    named = list(_named(fact, told, of))
    phrased = [(first, last, value, True) for first, last, value in _phrased(fact, of)]
    strong = _all([each for each in (*phrased, *named) if each[-1]], text, of)
    weak = _all([each for each in named if not each[-1]], text, of)
    if strong and any(choice.yields for choice in fact.choices):
        weak = {value: said for value, said in weak.items() if value in strong}
    found = {**weak, **strong}
    if len(found) > 1:
        found = _without_yielding(fact, found)
    only = None
    if len(found) == 1 or fact.several:
        only = next((value for value in reversed(fact.values) if value in found), None)
    elif found:
        most = {
            value
            for first, _, value, _ in (*phrased, *named)
            if value in found and _MOST.search(told[: of[first].start])
        }
        only = most.pop() if len(most) == 1 else None
    return Chosen(found, only, bool(strong) or _says_nothing_else(fact, told, of))


def _all(
    found: Iterable[tuple[int, int, Value, bool]], text: str, of: tuple[Word, ...]
) -> dict[Value, str]:
    """Each choice with its first words."""
    said: dict[Value, str] = {}
    for first, last, value, _ in found:
        said.setdefault(value, text[of[first].start : of[last].end])
    return said


def _phrased(fact: Fact, of: tuple[Word, ...]) -> Iterator[tuple[int, int, Value]]:
    for choice, value in zip(in_order(fact), fact.values, strict=False):
        for pattern in choice.phrased:
            for first, last in _places(pattern.removeprefix(_VERB), of):
                verb = not pattern.startswith(_VERB) or _begins(of, first)
                if verb and denied(of, first, last) is False:
                    yield first, last, value


def _places(pattern: str, of: tuple[Word, ...]) -> Iterator[tuple[int, int]]:
    start = 0
    while place := hears(pattern, of[start:]):
        yield start + place[0], start + place[1]
        start += place[0] + 1


def _begins(of: tuple[Word, ...], first: int) -> bool:
    """Whether a word is what somebody wants done: "answers" in "a bot that answers", and not in
    "grade the answers".
    """
    before = [word.text for word in of[:first] if word.part == of[first].part]
    return not before or before[-1] in _LEADS or all(word in _OPENERS for word in before)


def _named(fact: Fact, line: str, of: tuple[Word, ...]) -> Iterator[tuple[int, int, Value, bool]]:
    """By words of `heard` (True), and by the value and its other names; of these, everyday words
    only in clauses that are about the question.
    """
    heard, others = _by_phrase(fact, heard=True), _by_phrase(fact, heard=False)
    names = {key: (value, False) for key, value in others.items()}
    names |= {key: (value, True) for key, value in heard.items()}
    gives_way = any(choice.yields for choice in fact.choices)
    for first, last, (value, is_heard) in runs(line, of, names):
        no = denied(of, first, last)
        if no is not False and not (no and isinstance(value, bool)):
            continue
        sound = _FAULT in fact.needs and _is_sound(of, last)
        if sound or is_left_behind(of, first):
            continue
        here = [n for n, word in enumerate(of) if word.clause == of[first].clause]
        rest = [of[n].text for n in here if not first <= n <= last]
        after = [of[n].text for n in here if n > last]
        everyday = all(word.text in _EVERYDAY for word in of[first : last + 1])
        if is_heard or not everyday or _is_about(fact, rest, after, alone=gives_way):
            yield first, last, not value if no else value, is_heard


def is_left_behind(of: tuple[Word, ...], first: int) -> bool:
    """Whether a word is what something comes from: "from Spanish into our own language"."""
    return first > 0 and of[first - 1].text == "from"


def _is_sound(of: tuple[Word, ...], last: int) -> bool:
    """Whether the rest of a clause says that something is as it should be: "the facts are fine"."""
    return any(word.text in _SOUND for word in of[last + 1 :] if word.clause == of[last].clause)


def _by_phrase(fact: Fact, *, heard: bool) -> dict[tuple[str, ...], Value]:
    return {
        key: value
        for choice, value in zip(in_order(fact), fact.values, strict=False)
        for word in (choice.heard if heard else (choice.value, *choice.also))
        if (key := phrase(word))
    }


def _is_about(fact: Fact, rest: list[str], after: list[str], *, alone: bool) -> bool:
    """Whether the other words of a clause are about the question and the first one `after` a name
    too, as in "low costs", or (`alone`: and these only) say nothing of their own.
    """
    if not any(map(_tells, rest)):
        return True
    noun = next(filter(_tells, after), None)
    about = _subject(fact)
    return not alone and not about.isdisjoint(rest) and (noun is None or noun in about)


def _tells(word: str) -> bool:
    return word not in AROUND_A_CHOICE and word not in NOT and word not in _COMMON_STEMS


@lru_cache(maxsize=200)
def _subject(fact: Fact) -> frozenset[str]:
    """The words of a question and of its choices that tell what it is about."""
    texts = [fact.name, fact.question, *fact.called, *(wording.question for wording in fact.worded)]
    for choice in fact.choices:
        texts += [choice.means, choice.value, *choice.also, *choice.heard]
    found = {word for text in texts for word in phrase(text)}
    return frozenset(word for word in found if len(word) >= _LEAST and _tells(word))


def _without_yielding(fact: Fact, found: Mapping[Value, str]) -> dict[Value, str]:
    """Without those named only by a word that gives way: a chatbot that answers questions."""
    yielding = {phrase(word) for choice in fact.choices for word in choice.yields}
    kept = {value: said for value, said in found.items() if phrase(said) not in yielding}
    return kept or dict(found)


def _says_nothing_else(fact: Fact, line: str, of: tuple[Word, ...]) -> bool:
    """Whether a sentence says nothing but choices, as "3000 tickets a day" does not say "days"."""
    names = _by_phrase(fact, heard=False)
    said = {place for first, last, _ in runs(line, of, names) for place in range(first, last + 1)}
    rest = (word.text for place, word in enumerate(of) if place not in said)
    return all(word in AROUND_A_CHOICE for word in rest)


def in_order(fact: Fact) -> list[Choice]:
    """The choices in the order of the values."""
    return (
        sorted(fact.choices, key=lambda choice: choice.value)
        if fact.type == "bool"
        else [*fact.choices]
    )


def respelt(fact: Fact, text: str) -> Answer | None:
    """A choice that a line names once a slip of the fingers is mended, to be confirmed: one edit in
    a word of five letters or more, two in one of nine, behind the right first letter.
    """
    names = (n for choice in fact.choices for n in (choice.value, *choice.also, *choice.heard))
    known = {word for name in names for word in re.findall(_WORD, name.lower())}
    mended, line = [], plain(text)
    for word in sorted(set(re.findall(_WORD, line.lower())) - known):
        most = (len(word) >= _SLIP) + (len(word) >= _TWO_SLIPS)
        near = [(edits(word, other), other) for other in known if other[0] == word[0]]
        distance, found = min(near, default=(0, ""))
        if 0 < distance <= most:
            mended.append(f'"{word}" read as "{found}"')
            line = re.sub(rf"\b{word}\b", found, line, flags=re.IGNORECASE)
    value = chosen(fact, line).only if mended else None
    return None if value is None else Answer(value, ", ".join(mended), whole=False, sure=False)
