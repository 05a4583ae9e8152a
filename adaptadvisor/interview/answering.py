"""What a line means as the answer to a question; it says so where it read more than the words."""

from __future__ import annotations

import re
from datetime import date

from adaptadvisor.errors import shown
from adaptadvisor.interview import planned
from adaptadvisor.interview.chosen import Chosen, chosen, respelt
from adaptadvisor.interview.counted import amount, is_amount
from adaptadvisor.interview.dates import is_date
from adaptadvisor.interview.meant import Answer
from adaptadvisor.interview.sayings import (
    against_the_bar,
    by_share,
    is_unmeasured,
    missing,
)
from adaptadvisor.table.choices import lines_of
from adaptadvisor.table.facts import (
    NO,
    UNKNOWN_WORDS,
    YES,
    Fact,
    NotAValue,
    Value,
    from_text,
)
from adaptadvisor.table.spoken import plain, words

_COMMA = ","
UNKNOWN = frozenset(
    "idk,dunno,dont know,don't know yet,do not know,i don't know,i dont know,i do not know"
    ",we don't know,we dont know,no idea,no clue,not sure,not sure yet,i'm not sure,im not sure"
    ",unsure,unclear,hard to say,not known,not decided,undecided,tbd,n/a,untested"
    ",not tested,not tested yet,not tried,not tried yet,haven't tried,not measured,not measured yet"
    ",haven't measured,no measurement".split(_COMMA)
)
"""How people say that they do not know, besides `table.facts.UNKNOWN_WORDS`."""

_YES = frozenset(
    (
        *YES,
        "yep",
        "yeah",
        "yup",
        "sure",
        "yes please",
        "of course",
        "definitely",
        "required",
        "needed",
        "always",
    )
)
_NO = frozenset(
    (
        *NO,
        "nope",
        "nah",
        "not really",
        "not at all",
        "of course not",
        "not needed",
        "not required",
        "never",
    )
)
_FIRST = re.compile(r"(y|yes|yep|yeah|n|no|nope)\s*[,.;:!-]")
_LAST = re.compile(
    r"(?:[,;.:!]|\s-|\bso|\bhence|\btherefore)\s+"
    r"(?:(?:so|and so|thus|hence|therefore|then|i'd say|i would say|i guess|it's a|that's a)\s+)?"
    r"(?:a\s+)?(yes|yep|yeah|no|nope)[.!]?$"
)
"""An answer after its reason: "some contracts, so yes"."""

_SHORT = 2


def answer(fact: Fact, text: str, today: date | None = None) -> Answer:
    """What a line means as the answer to a question.

    Everything that `from_text` reads, the number of a choice, the units of the fact and, for days,
    a date after `today`. Raises `NotAValue` with one line that says what would be right.
    """
    said = plain(text).strip()
    if said.rstrip(".!") in UNKNOWN or said.rstrip(".!") in UNKNOWN_WORDS:
        return Answer(None)
    if fact.choices and re.fullmatch(r"#?\d+[.)]?", said):
        return Answer(_numbered(fact, said.strip("#.)")))
    if fact.type == "bool":
        return _yes_or_no(fact, said, text)
    if fact.numeric:
        return _number(fact, said, text, today)
    if fact.type == "plans":
        return planned.plans(fact, said, text)
    return _choice(fact, said, text)


def _number(fact: Fact, said: str, text: str, today: date | None) -> Answer:
    try:
        return amount(fact, said, text, today)
    except NotAValue:
        if not is_unmeasured(said):
            raise
        return Answer(None, "understood as not known", whole=False)


def _numbered(fact: Fact, digits: str) -> Value | None:
    if not 1 <= int(digits[:4]) <= len(fact.choices):
        right = f"the choices are numbered 1 to {len(fact.choices)}"
        raise NotAValue("unknown-choice", right)
    return from_text(fact, fact.choices[int(digits[:4]) - 1].value)


def _yes_or_no(fact: Fact, said: str, text: str) -> Answer:
    word = said.rstrip(".!")
    if word in _YES or word in _NO:
        return Answer(word in _YES)
    try:
        return Answer(from_text(fact, word))
    except NotAValue:
        pass
    found = chosen(fact, text)
    heard = found.only
    explicit = _FIRST.match(said) or _LAST.search(said)
    if explicit:
        value = explicit[1] in _YES
        if not found.words or heard is value:
            meaning = f"understood as {'yes' if value else 'no'}"
            return Answer(value, meaning, whole=explicit.re is _FIRST)
    elif isinstance(heard, bool):
        meaning = f"understood as {'yes' if heard else 'no'}"
        return Answer(heard, meaning, whole=False, sure=found.sure)
    told = [f'{"yes" if value else "no"} ("{said}")' for value, said in found.words.items()]
    if explicit:
        told.append(f'{"yes" if explicit[1] in _YES else "no"} ("{explicit[1]}")')
    if len(told) > 1:
        both = " and ".join(told)
        raise NotAValue("unclear", f"heard {both}; this is a yes/no question: y or n")
    raise NotAValue(
        "wrong-type", f'"{shown(text)}" is no answer; this is a yes/no question: y or n'
    )


def _choice(fact: Fact, said: str, text: str) -> Answer:
    try:
        return Answer(from_text(fact, text))
    except NotAValue as error:
        if found := _by_numbers(fact, said, chosen(fact, text).only):
            return found
        found = _by_words(fact, chosen(fact, text))
        if found:
            return found
        if meant := respelt(fact, text):
            return meant
        why = missing(fact, said)
        if why or is_unmeasured(said):
            return Answer(None, why or "understood as not known", whole=False)
        raise _plainer(fact, text, error) from None


def _by_numbers(fact: Fact, said: str, named: Value | None) -> Answer | None:
    """A choice that shares stand for; where another one is `named`, that one, to be confirmed."""
    if share := by_share(fact, said):
        return Answer(share, f"understood as {share}", whole=False)
    if bar := against_the_bar(fact, said):
        if isinstance(named, str) and named != bar[0]:
            return Answer(named, f"though the numbers say {bar[1]}", whole=False, sure=False)
        return Answer(bar[0], bar[1], whole=False)
    return None


def _by_words(fact: Fact, found: Chosen) -> Answer | None:
    heard = found.only
    if isinstance(heard, str):
        several = len(found.words) > 1
        meaning = f"of these, {heard} counts" if several else f"understood as {heard}"
        return Answer(heard, meaning, whole=False, sure=found.sure, words=found.words[heard])
    if len(found.words) > 1:
        both = " and ".join(f'{value} ("{said}")' for value, said in found.words.items())
        raise NotAValue("unclear", f"heard {both}; write the one that counts most", _means(fact))
    return None


def _means(fact: Fact) -> tuple[str, ...]:
    return tuple(lines_of(fact.choices))


def _plainer(fact: Fact, text: str, error: NotAValue) -> NotAValue:
    """The error without a guess at what was meant, where that would be one word of many."""
    if len(words(plain(text))) <= _SHORT:
        return error
    message = f'"{fact.id}" has no choice "{shown(text)}"; expected {fact.expects}'
    return NotAValue(error.code, message, _means(fact))


def nothing_but(fact: Fact, text: str, today: date | None) -> Answer:
    """The answer where the text is nothing but a value."""
    if fact.numeric:
        line = plain(text).strip()
        if not (fact.unit == "days" and is_date(line)) and not is_amount(fact, line):
            raise NotAValue("not-a-number", "")
        return amount(fact, line, text, today)
    if fact.type == "bool":
        word = plain(text).strip()
        if word not in _YES | _NO:
            raise NotAValue("wrong-type", "")
        return Answer(word in _YES)
    return Answer(from_text(fact, text))
