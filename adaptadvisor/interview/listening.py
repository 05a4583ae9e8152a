"""Facts that a line offers though another question was asked, and `answer` for the one that was.

Nothing is guessed silently: an `Answer` says how it was understood, and what was `volunteered` is
for the person to confirm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from adaptadvisor.interview.amounts import amounts_of, tells
from adaptadvisor.interview.answering import answer, nothing_but
from adaptadvisor.interview.chosen import chosen, in_order, is_left_behind
from adaptadvisor.interview.counted import last_word, understood
from adaptadvisor.interview.meant import Answer
from adaptadvisor.interview.planned import plans_in
from adaptadvisor.table.facts import Fact, NotAValue, Value
from adaptadvisor.table.rows import Table
from adaptadvisor.table.spoken import (
    NOT,
    denied,
    in_a_compound,
    inside_a_name,
    is_question,
    phrase,
    phrases,
    plain,
    without_questions,
    words,
)

__all__ = ["Answer", "Heard", "answer", "volunteered"]

_IS = re.compile(r"[\s:=]*(?:(?:is|are|of|in|at|will be)\s+)?")
_WITH = re.compile(r"[\s:=]*(?:(?:is|are|of|in|at|with|has|having|will be)\s+)?")
"""Between the name of a fact and its value; "examples with 3 labels" are not three."""

_SHARE = re.compile(r"\s?(?:%|percent\b|per cent\b)")
_MONEY = ("$", "\u20ac", "\u00a3")
_FEW = 4  # words after others that may deny them
_MOST_HEARD = 500
"""Characters of a line in which facts are looked for; what is longer is no remark."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact that a line offers, the words in which it was heard, and how they were understood."""

    fact: str
    value: Value
    words: str
    meaning: str = ""


def volunteered(
    table: Table, line: str, asked: Fact | None = None, today: date | None = None
) -> tuple[Heard, ...]:
    """The facts that a line offers though another question was asked, in the order of the line.

    Names with values (`examples: 1200`), amounts whose words say what they count (`24 GB GPU`) and
    the `heard` words of choices; of the fact that was asked, its other words too. What is denied,
    doubted or asked is left out, and so is a fact of which two things were heard.
    """
    if len(line) > _MOST_HEARD:
        return ()
    ear = _Ear(table, line, asked, today)
    if is_question(ear.line, ear.words):
        return ()
    heard = tuple(ear.hears())
    give_way = {each.fact for each in heard if not _stands(table.facts[each.fact], each, line)}
    heard = tuple(each for each in heard if each.fact not in give_way)
    if asked:
        heard = _with_the_asked(asked, line, heard, today)
    values: dict[str, set[str]] = {}
    for each in heard:
        added = amounts_of(table.facts[each.fact]).counts_cards  # a 4090 and a 3090 are two cards
        how = each.words.lower() if added else f"{type(each.value).__name__} {each.value}"
        values.setdefault(each.fact, set()).add(how)
    once = {each.fact: each for each in reversed(heard) if len(values[each.fact]) == 1}
    return tuple(each for each in heard if once.get(each.fact) is each)


def _stands(fact: Fact, heard: Heard, line: str) -> bool:
    """Whether what was heard is what a whole line says: "chatbot" gives way to another task, and
    "private, but public knowledge" says two things.
    """
    if not fact.choices or fact.several or _by_name(fact, heard):
        return True
    found = chosen(fact, line)
    return len(found.words) <= 1 and found.only in (heard.value, None)


def _with_the_asked(
    asked: Fact, line: str, heard: tuple[Heard, ...], today: date | None
) -> tuple[Heard, ...]:
    """With what the line means as an answer to the question, first and instead of its parts."""
    others = tuple(each for each in heard if each.fact != asked.id)
    if asked.type == "plans":
        found, said = plans_in(asked, line), line.strip()
        own = Heard(asked.id, *found) if found else None
        if not own and said and (told := _answered(asked, line, today)) and told.value == ():
            own = Heard(asked.id, (), said, told.meaning)
        return (own, *others) if own else heard
    named = [each for each in heard if each.fact == asked.id]
    told = _answered(asked, line, today)
    if told is None or told.value is None or told.whole:
        return heard if told else (*others, *(n for n in named if _by_name(asked, n)))
    words = told.words or line.strip()
    if told.words and any(told.words in each.words for each in others):
        return others  # 150 validation examples are no labelled ones
    return (Heard(asked.id, told.value, words, told.meaning), *others)


def _by_name(fact: Fact, heard: Heard) -> bool:
    """Whether a fact was heard by its own name: `task: label`."""
    said = phrase(heard.words)
    names = (phrase(name) for name in (fact.name, fact.id.replace("_", " "), *fact.called))
    if any(said == phrase(word) for choice in fact.choices for word in choice.heard):
        return False  # "keep general abilities" begins as keep_general does
    alone = heard.words.startswith("-")  # a flag has no value after it
    return any(said[: len(name)] == name and (alone or said != name) for name in names)


def _answered(fact: Fact, line: str, today: date | None) -> Answer | None:
    try:
        return answer(fact, line, today)
    except NotAValue:
        return None


class _Ear:
    """Listens to one line."""

    def __init__(self, table: Table, line: str, asked: Fact | None, today: date | None) -> None:
        self.said = line
        self.line = without_questions(plain(line))
        self.words = words(self.line)
        self.today = today
        self.asked = asked.id if asked else ""
        self.facts = {fact.id: fact for fact in table.questions}
        self.amounts = [amounts_of(fact) for fact in table.questions if fact.numeric]
        self.names = dict(self._names())
        self.meant = dict(self._meant())
        self.longest = max(map(len, [*self.names, *self.meant]), default=0)

    def _names(self) -> Iterator[tuple[tuple[str, ...], Fact]]:
        for fact in self.facts.values():
            for name in (*fact.called, fact.name, fact.id.replace("_", " ")):
                yield phrase(name), fact

    def _meant(self) -> Iterator[tuple[tuple[str, ...], tuple[Fact, Value]]]:
        """The words of choices; those of two facts only for the one that was asked, of which
        `answer` knows the others.
        """
        found: dict[tuple[str, ...], dict[str, tuple[Fact, Value]]] = {}
        for fact in self.facts.values():
            for choice, value in zip(in_order(fact), fact.values, strict=False):
                for word in choice.heard:
                    found.setdefault(phrase(word), {})[fact.id] = fact, value
        for key, of in found.items():
            if self.asked in of:
                yield key, of[self.asked]
            elif len(of) == 1:
                yield key, next(iter(of.values()))

    def hears(self) -> Iterator[Heard]:
        """Everything, from left to right; no word counts twice."""
        place = 0
        while place < len(self.words):
            found = self._named(place) or self._counted(place) or self._means(place)
            if found:
                heard, end = found
                if heard:
                    yield heard
                while place < len(self.words) and self.words[place].start < end:
                    place += 1
            else:
                place += 1

    def _named(self, place: int) -> tuple[Heard | None, int] | None:
        """A fact by its name, with its value after it."""
        for last, key in phrases(self.words, place, self.longest):
            fact = self.names.get(key)
            if not fact or inside_a_name(self.line, self.words[place].start, self.words[last].end):
                continue
            flag = re.search(r"(?:^|\s)(--(?:no-)?)$", self.line[: self.words[place].start])
            if found := self._value_after(fact, place, last, flag[1] if flag else ""):
                return found
        return None

    def _value_after(
        self, fact: Fact, place: int, last: int, flag: str
    ) -> tuple[Heard, int] | None:
        start = self.words[last].end
        gap = (_WITH if fact.type == "number" else _IS).match(self.line, start)
        begin = gap.end() if gap else start
        if not flag and denied(self.words, place, place) is not False:
            return None
        first = self.words[place].start - len(flag)
        for end in self._ends(last):
            rest = self.said[begin:end].strip()
            if not rest or (begin == start and not flag) or _SHARE.match(self.line, end):
                continue
            try:
                found = nothing_but(fact, rest, self.today)
            except NotAValue:
                continue
            if found.value is not None:
                said = self.said[first:end].strip()
                return Heard(fact.id, found.value, said, found.meaning), end
        if flag and fact.type == "bool":
            return Heard(fact.id, flag == "--", self.said[first:start]), start
        return None

    def _ends(self, last: int) -> Iterator[int]:
        """Where the value after a name may end: with the line, its part, its clause, or before the
        next name.
        """
        after = range(last + 1, len(self.words))
        yield len(self.line)
        of = self.words[last]
        for same in ("part", "clause"):
            inside = [n for n in after if getattr(self.words[n], same) == getattr(of, same)]
            if inside:
                yield self.words[inside[-1]].end
        for n in after:
            if any(key in self.names for _, key in phrases(self.words, n, self.longest)):
                before = n - 2 if self.words[n - 1].text == "and" else n - 1
                if before > last:
                    yield self.words[before].end
                break

    def _counted(self, place: int) -> tuple[Heard | None, int] | None:
        """An amount whose words say of which fact it is."""
        start = self.words[place].start
        if inside_a_name(self.line, start, self.words[place].end) or self.line[:start].endswith(
            _MONEY
        ):
            return None
        found, passed = [], 0
        for amounts in self.amounts:
            amount = amounts.at(self.line, start)
            if not amount or not amount.units or not _ends_well(self.line, amount.end):
                continue
            if amounts.fact.id == self.asked or tells(amount, amounts.fact):
                found.append((amount.end, amounts.fact, amount))
            elif any(unit.tells for unit in amount.units):
                passed = max(passed, amount.end)
        if not found:
            return (None, passed) if passed else None
        end = max(found, key=lambda each: each[0])[0]
        facts = [(fact, amount) for at, fact, amount in found if at == end]
        facts = [each for each in facts if each[0].id == self.asked] or facts
        fact, amount = facts[0]
        if len(facts) > 1 or denied(self.words, place, last_word(self.words, amount)) is not False:
            return None, end
        try:
            heard = understood(amount, fact, self.said)
        except NotAValue:
            return None, end
        if heard.value is None:
            return None, end
        said = self.said[amount.start : amount.end].strip()
        return Heard(fact.id, heard.value, said, heard.meaning), end

    def _means(self, place: int) -> tuple[Heard | None, int] | None:
        """Words that mean a choice; where they are denied, the other answer of a yes/no fact."""
        for last, key in phrases(self.words, place, self.longest):
            start, end = self.words[place].start, self.words[last].end
            if key not in self.meant or inside_a_name(self.line, start, end):
                continue
            if in_a_compound(self.line, start, end) or is_left_behind(self.words, place):
                return None, end
            fact, value = self.meant[key]
            no = denied(self.words, place, last)
            if no and isinstance(value, bool):
                value = not value
            elif no is not False:
                return None, end
            first, until = self._denial(place, last) if no else (start, end)
            return Heard(fact.id, value, self.said[first:until]), until
        return None

    def _denial(self, first: int, last: int) -> tuple[int, int]:
        """Where words and what denies them begin and end."""
        of = self.words
        here = (n for n in range(first) if of[n].clause == of[first].clause)
        signs = [n for n in here if of[n].text in NOT]
        if signs:
            return of[signs[-1]].start, of[last].end
        after = [n for n in range(last, min(last + _FEW, len(of))) if of[n].part == of[last].part]
        return of[first].start, of[after[-1]].end


def _ends_well(line: str, end: int) -> bool:
    return end >= len(line) or not (line[end].isalnum() or line[end] in "_@")
