"""Amounts as answers: alone, in a sentence, of things nobody has a unit for, and products."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from adaptadvisor.errors import one_of, shown
from adaptadvisor.interview.amounts import Amount, Amounts, amounts_of, is_rate, with_unit
from adaptadvisor.interview.dates import NoDateError, date_of, is_date
from adaptadvisor.interview.dates import shown as day_shown
from adaptadvisor.interview.meant import Answer
from adaptadvisor.table.facts import Fact, NotAValue, from_object, from_text, show
from adaptadvisor.table.ranges import Range, grouped_in
from adaptadvisor.table.spoken import (
    Word,
    denied,
    inside_a_name,
    is_question,
    without_questions,
    words,
)

_FILLER = re.compile(
    r"(?:(?:we|i|you|they|it|there|that|this)(?:'ve|'s)?|have|has|got|is|are|am|its|of|in|by"
    r"|say|well"
    r"|ok|hm+|it'?s|=|:)(?:\s+|(?<=[=:]))(?=\S)"
)
_AROUND = re.compile(
    r"\s*(?:away|from now|in total|altogether|or thereabouts|i think|i guess|so far|now)$"
)
_NONE_YET = re.compile(
    r"(?:no,? |nope,? )?(?:we have |i have |there are |there is )?(?:none|nothing|not any|zero"
    r"|not one"
    r"|not yet(?=\s*(?:$|[,.;!])))(?![\w-])(?! of\b| but\b)"
)
_NO = (
    r"(?:we have |i have |there are |there is |we've )?no (?:{0})s?"
    r"(?=\s*(?:$|[,.;!]|yet|at all|so far))"
)
_PART_OF = re.compile(r"(?:%|percent|per cent) of (?:the |our |all |these |those |about )?$")
_FEW_THEN = re.compile(
    r"(?:a few|several|some|a couple of|a number of) ([^\W\d_]+),? "
    r"((?:maybe|perhaps|about|around|say|up to|at most|probably|or) )?(\d[\d.,]*)"
)
_OF_A_SHARE = re.compile(r"\s?(?:%|percent\b|per cent\b)")
_NO_COUNT = frozenset(
    (
        *("second", "minute", "hour", "day", "week", "month", "year", "quarter", "time", "euro"),
        *("dollar", "people", "person", "annotator", "expert", "reviewer", "labeller", "labeler"),
        *("colleague", "student", "gb", "mb", "kb", "tb", "card", "gpu", "point", "step", "epoch"),
        *("word", "token", "page", "character", "am", "pm", "or", "and", "to", "degree", "pass"),
    )
)
"""After a number, what says that it counts something else."""

_NO_COUNT_AFTER = frozenset(
    (
        *("by", "with", "in", "per", "from", "since", "version", "step", "gpt", "last", "every"),
        *("each", "than", "page", "chapter", "top", "type", "level", "grade", "year", "q", "until"),
        *("before", "after", "of", "llama", "qwen", "claude", "gemma", "phi", "mistral", "first"),
    )
)
_TOTAL = re.compile(r"\s*(?:in all|in total|altogether|all together|overall|as a whole)\b")
_EACH = re.compile(
    r"(?:[^,;.!?\d]{0,20}\s|\s*)(?:each|apiece|on average|long|(?:per|every|a) [^\W\d_]+)\b"
)
_LISTED = re.compile(r"[^;.!?\d]{0,40}")
_MADE_OF = re.compile(r"[^,;.!?\d]{0,40}?\b(?:of|with|at|having|that have|which have|who|that)\s")
_NOUNS = 3
_ABOUT = re.compile(r"(?:about|around|roughly|approximately|some|maybe|perhaps|nearly|almost|~) ?$")


def amount(fact: Fact, said: str, text: str, today: date | None) -> Answer:
    """The amount that a line means; `NotAValue` where it means none, or more than one."""
    if fact.unit == "days" and is_date(said):
        return _deadline(fact, said, today)
    amounts = amounts_of(fact)
    bare = _AROUND.sub("", said.rstrip("!").removesuffix("."))
    typed = text.strip()[: len(bare)]
    while True:
        found = _whole(amounts, bare)
        if found and (found.units or not is_number(fact, bare)):
            return understood(found, fact, typed)
        match = _FILLER.match(bare)
        if not match:
            break
        bare, typed = bare[match.end() :], typed[match.end() :]
    try:
        value = from_text(fact, bare)
    except NotAValue:
        inside = _in_sentence(amounts, without_questions(said), text.strip())
        if inside is None:
            raise _mended(fact, text) from None
        return inside
    if not isinstance(value, Range) or ".." in bare or bare == show(value):
        return Answer(value)
    return Answer(value, f"the range {with_unit(fact, value)}")


def is_number(fact: Fact, text: str) -> bool:
    """Whether a text is a value of the fact as files have it."""
    try:
        from_text(fact, text)
    except NotAValue:
        return False
    return True


def is_amount(fact: Fact, line: str) -> bool:
    """Whether a line is nothing but an amount of the fact."""
    return bool(_whole(amounts_of(fact), line)) or is_number(fact, line)


def _whole(amounts: Amounts, text: str) -> Amount | None:
    found = amounts.at(text, 0)
    return found if found and not text[found.end :].strip(" .") else None


def understood(found: Amount, fact: Fact, text: str) -> Answer:
    """What an amount in a text means."""
    value = found.value(fact)
    said = text[found.start : found.end].strip()
    return Answer(value, found.meaning(fact, said, value) if value is not None else "", words=said)


def _in_sentence(amounts: Amounts, said: str, typed: str) -> Answer | None:
    """The only amount with a unit of the fact in a sentence that neither asks nor denies it.

    Where a line has other numbers too, or none with a unit, what is found is not sure.
    """
    of = words(said)
    if is_question(said, of):
        return None
    if found := _few_then(amounts, said, typed):
        return found
    told = list(_told(amounts, said, of))
    numbers = _numbers(said, of, told)
    several = len(numbers) + len(told) > 1
    if several and (made := _product(amounts, said, of, typed)):
        return made
    if several and re.search(r"\b(?:each|apiece)\b", said) and not amounts.fact.single:
        return None
    if totals := [each for each in told if _TOTAL.match(said, each.end)]:
        told = totals
    if any(_PART_OF.search(said[: each.start]) for each in (*told, *(n for _, n in numbers))):
        return None
    names = "|".join(map(re.escape, (amounts.fact.name, *amounts.fact.called)))
    none = _NONE_YET.match(said) or re.match(_NO.format(names), said)
    if none and _things(amounts.fact):
        return _none(amounts.fact, typed[: none.end()], sure=not numbers and not told)
    if not told:
        return _of_things(amounts, said, typed, numbers)
    found = _one_of(amounts.fact, told, typed)
    return replace(found, sure=found.sure and not several) if found else None


def _told(amounts: Amounts, said: str, of: tuple[Word, ...]) -> Iterator[Amount]:
    """The amounts with a unit of the fact."""
    at = 0
    for place, word in enumerate(of):
        found = amounts.at(said, word.start) if word.start >= at else None
        if found and found.units and denied(of, place, last_word(of, found)) is False:
            yield found
            at = found.end


def _one_of(fact: Fact, told: list[Amount], typed: str) -> Answer | None:
    """What these amounts mean, where they mean the same."""
    found: dict[str, Answer] = {}
    for each in told:
        try:
            heard = understood(each, fact, typed)
        except NotAValue:
            return None
        found.setdefault(str(heard.value), heard)
        worded = each.named or each.article
        if worded and not any(unit.tells for unit in each.units):
            found[str(heard.value)] = replace(heard, sure=False)  # "one", "a day"
    # a 4090 and a 3090 are two cards, however alike
    cards = sum(any(unit.alone for unit in each.units) for each in told)
    if len(found) != 1 or cards > 1:
        return None
    return replace(next(iter(found.values())), whole=False)


def _numbers(said: str, of: tuple[Word, ...], told: list[Amount]) -> list[tuple[int, Amount]]:
    """The words, by their place, that are other numbers, without shares and parts of names."""
    bare = amounts_of(_PLAIN)
    found, at = [], 0
    for place, word in enumerate(of):
        inside = any(each.start <= word.start < each.end for each in told)
        if inside or word.start < at or inside_a_name(said, word.start, word.end):
            continue
        number = bare.at(said, word.start)
        joined = said[max(word.start - 1, 0) : word.start].strip(" ([\"'~<>=\n")
        if not number or number.article or joined or said[word.start : number.end] == "no":
            continue
        after = said[number.end : number.end + 1]
        if _OF_A_SHARE.match(said, number.end) or after.isalnum() or after in ("-", "_"):
            continue
        found.append((place, number))
        at = number.end
    return found


_PLAIN = Fact(
    id="number", name="number", order=0, type="number", question="", why="", find_out="", unit=""
)


def _things(fact: Fact) -> bool:
    """Whether it counts things that people have, by whatever name."""
    rates = any(map(is_rate, fact.units))
    sized = any(not unit.alone and unit.each != 1 for unit in fact.units)
    return fact.type == "integer" and bool(fact.units) and not (rates or sized or fact.within)


def _none(fact: Fact, said: str, *, sure: bool) -> Answer | None:
    if fact.minimum > 0:
        return None
    words = said.strip()
    meaning = f"{words}: taken as {with_unit(fact, from_object(fact, 0) or 0)}"
    return Answer(from_object(fact, 0), meaning, whole=False, sure=sure, words=words)


def _of_things(
    amounts: Amounts, said: str, typed: str, numbers: list[tuple[int, Amount]]
) -> Answer | None:
    """The only number in a line, of things by another name: `600 duplicates marked by staff`."""
    fact = amounts.fact
    rates = any(map(is_rate, fact.units))
    if len(numbers) != 1 or not (_things(fact) or rates) or grouped_in(said):
        return None
    (place, number), of = numbers[0], words(said)
    after = [word.text for word in of if word.start >= number.end]
    before = [word.text for word in of[:place]]
    last = last_word(of, number)
    if denied(of, place, last) is not False or not after or of[last].part != of[last + 1].part:
        return None
    if after[0] in _NO_COUNT or (before and before[-1] in _NO_COUNT_AFTER):
        return None
    end = number.end
    if rates:
        # the words of the number, then those of the rate: `5,000 sentences a day`
        for word in of[last + 2 : last + 2 + _NOUNS]:
            counted = f"{said[number.start : number.end]} {said[word.start :]}"
            rate = amounts.at(counted, 0)
            if rate and rate.units and word.part == of[last].part:
                end = word.start + rate.end - (number.end - number.start) - 1
                number = rate
                break
        else:
            return None
    try:
        value = number.value(fact)
    except NotAValue:
        return None
    if value is None:
        return None
    begin = of[place].start
    begin -= len(match[0]) if (match := _ABOUT.search(said[:begin])) else 0
    words_said = typed[begin : end if rates else of[last + 1].end].strip()
    meaning = f"{words_said}: taken as {with_unit(fact, value)}"
    return Answer(value, meaning, whole=False, sure=False, words=words_said)


def _product(amounts: Amounts, said: str, of: tuple[Word, ...], typed: str) -> Answer | None:
    """So many things of such a size each: `8000 questions of about 15 words each`."""
    fact = amounts.fact
    if fact.single or amounts.counts_cards or fact.within or fact.type != "integer":
        return None
    numbers = _numbers(said, of, [])
    for (before, first), (place, _) in pairwise(numbers):
        begin = of[place].start
        link = said[first.end : begin]
        begin -= len(match[0]) if (match := _ABOUT.search(link)) else 0
        size = amounts.at(said, begin)
        counted = amounts.at(said, of[before].start)
        if not size or not size.units or (counted and {*counted.units} & {*size.units}):
            continue  # a dictionary of 400 pages and a grammar of 250 pages
        each = _EACH.match(said, size.end)
        if not (_LISTED if each else _MADE_OF).fullmatch(said[first.end : begin]):
            continue
        if not each and (_things(fact) or any(map(is_rate, fact.units))):
            continue  # "40 rows of 3 examples" may be either
        if any(n.start >= (each.end() if each else size.end) for _, n in numbers):
            continue
        whole = _times(size, first)
        try:
            value = whole.value(fact)
        except NotAValue:
            return None
        if value is None:
            return None
        words_said = typed[first.start : each.end() if each else size.end].strip()
        meaning = f"{words_said} are about {with_unit(fact, value)}"
        return Answer(value, meaning, whole=False, sure=False, words=words_said)
    return None


def _times(size: Amount, count: Amount) -> Amount:
    def product(one: Fraction | None, other: Fraction | None) -> Fraction | None:
        return None if one is None or other is None else one * other

    low, high = product(size.low, count.low), product(size.high, count.high)
    return replace(size, low=low, high=high, start=count.start)


def _few_then(amounts: Amounts, said: str, typed: str) -> Answer | None:
    """`a few seconds, maybe 10`: the number has the unit before it."""
    match = _FEW_THEN.fullmatch(said.strip().rstrip(".!"))
    counted = match and amounts.at(f"{match[3]} {match[1]}", 0)
    if not match or not counted or not counted.units:
        return None
    try:
        value = counted.value(amounts.fact)
    except NotAValue:
        return None
    if value is None:
        return None
    meaning = f"{match[3]} {match[1]} are {with_unit(amounts.fact, value)}"
    return Answer(value, meaning, whole=False, words=typed.strip())


def last_word(of: tuple[Word, ...], amount: Amount) -> int:
    """The place of the last word of an amount."""
    return max(place for place, word in enumerate(of) if word.start < amount.end)


def _mended(fact: Fact, text: str) -> NotAValue:
    """What would be right, with the units that the fact is given in."""
    try:
        from_text(fact, (fact.type == "integer" and grouped_in(text)) or text)
    except NotAValue as error:
        counted = [unit for unit in fact.units if not unit.alone and unit.each != 1]
        names = [max(unit.words, key=len) for unit in counted[:3]]
        more = f"; units are understood, such as {one_of(names)}" if names else ""
        return NotAValue(error.code, f"{error}{more}", error.more)
    return NotAValue("not-a-number", f'"{shown(text)}" is no answer; expected {fact.expects}')


def _deadline(fact: Fact, said: str, today: date | None) -> Answer:
    if today is None:
        right = "write how many days it is from now"
        raise NotAValue("not-a-number", f'"{shown(said)}" is a date; {right}')
    try:
        day = date_of(said, today)
    except NoDateError as error:
        right = f"expected {fact.expects}, or a date such as 2026-12-24"
        raise NotAValue("bad-date", f'"{shown(said)}" is no deadline: {error}; {right}') from None
    days = (day - today).days
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {days:,} days")
    return Answer(from_object(fact, days), f"{day_shown(day)} is {when}")
