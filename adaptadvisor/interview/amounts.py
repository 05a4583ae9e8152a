"""Amounts as people write them: `about 20 pages`, `5 MB`, `10-20 a minute`, `2x 4090`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache

from adaptadvisor.table.choices import Unit
from adaptadvisor.table.facts import Fact, Value, from_object, show
from adaptadvisor.table.ranges import WORDS, grouped_in
from adaptadvisor.table.spoken import stem

_ABOUT = re.compile(
    r"(?:(?:about|around|roughly|approximately|approx\.?|ca\.?|circa|c\.|some|maybe|perhaps|probably"
    r"|nearly|almost|an estimated|only|just)(?=[\s\d])\s*|[~≈]\s*)+"
)
_LEAST = re.compile(
    r"(?:(?:at least|more than|over|above|upwards of|minimum|min\.?)\s|>=?|≥)\s*(?=\S)"
)
_MOST = re.compile(
    r"(?:(?:at most|no more than|not more than|less than|fewer than|under|below|up to|within"
    r"|maximum|max\.?)\s|<=?|≤)\s*(?=\S)"
)
_OR_MORE = re.compile(r"\s*(?:\+|or more\b|and more\b|plus\b|at least\b|minimum\b)")
_OR_LESS = re.compile(r"\s*(?:or (?:less|fewer)\b|at most\b|max(?:imum)?\b)")
_OR_SO = re.compile(r"\s*(?:or so\b|-?ish\b)")
_TO = re.compile(r"\s*(?:-|\.\.|to\b|and\b|or\b)\s*")
_TIMES = re.compile(r"\s*(?:x|\u00d7|\*)\s*(?=[a-z\d])")
_CARDS = re.compile(r"\s*(?:gpus?|cards?)\s+(?:of|with|at)\s+")
_CARD_EACH = re.compile(r"\s+(?=\d+ ?g(?:i?b|ig)\b)")
_DIGITS = re.compile(
    r"\d{1,3}(?: \d{3})+(?![\d.,])|\d{1,3}(?:,\d{3})+(?:\.\d{1,12})?"
    r"|\d[\d_]{0,30}(?:\.\d{1,12})?(?:e\d{1,2})?|\.\d{1,12}"
)
_GROUPS = str.maketrans("", "", " ,_")
_SCALES = {
    **dict.fromkeys(("hundred",), 10**2),
    **dict.fromkeys(("k", "thousand"), 10**3),
    **dict.fromkeys(("m", "mn", "mio", "million"), 10**6),
    **dict.fromkeys(("b", "bn", "g", "billion"), 10**9),
    **dict.fromkeys(("t", "tn", "trillion"), 10**12),
}
_SCALE = re.compile(rf"\s?({'|'.join(sorted(_SCALES, key=len, reverse=True))})s?(?![^\W_])")
_COUNTED = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_NUMBERS: dict[str, Fraction | int] = {
    **{word: number for number, word in enumerate(_COUNTED)},
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "eighty": 80,
    "half a": Fraction(1, 2),
    "half an": Fraction(1, 2),
    "a dozen": 12,
    "a couple of": 2,
    "a couple": 2,
    "no": 0,
    "a": 1,
    "an": 1,
}
_NUMBER_WORD = re.compile(rf"({'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?![^\W_])")
_LARGE_WORD = re.compile(
    rf"({'|'.join(sorted(set(WORDS) - {'none'}, key=len, reverse=True))})\b(?: of\b)?"
)
_FEW = re.compile(r"(?:a few|several)(?= (?:hundred|thousand|million))")
_UNIT_WORD = re.compile(r"[\s-]*(/|[^\W_]+(?:\.[^\W\d_]+)?(?:'[^\W_]+)?)")
_PER = frozenset({"a", "an", "each", "every", "per", "/"})
_CARD = Unit(words=("card",), each=1, exact=True, tells=True)
_OF = re.compile(r"\s+of(?=\s)")
_LONGEST = 5  # words in the name of a unit
_FEW_ENDS = 2, 9
_HANDFUL = 10
_ONE = ("a", "an", "one", "half a", "half an")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in a line: its ends in the unit of the fact, the units in its words, its place."""

    low: Fraction | None
    high: Fraction | None
    units: tuple[Unit, ...]
    start: int
    end: int
    about: bool = False
    named: bool = False
    article: bool = False
    times: bool = False

    @property
    def more(self) -> bool:
        """Whether a unit in it means "or more"."""
        return any(unit.more for unit in self.units)

    def value(self, fact: Fact) -> Value | None:
        """The number or the range, as the fact may have it; else `NotAValue`."""
        low, high = (None if end is None else _number(fact, end) for end in (self.low, self.high))
        if low is not None and low == high and not self.more:
            return from_object(fact, low)
        top = "" if high is None else f"{high!r}"
        bottom = f"{fact.minimum!r}" if low is None else f"{low!r}"
        return from_object(fact, f"{bottom}+" if high is None or self.more else f"{bottom}..{top}")

    def meaning(self, fact: Fact, said: str, value: Value) -> str:
        """One short sentence on how it was understood; empty where there is nothing to say."""
        counted = [unit for unit in self.units if unit.alone or unit.each != 1]
        rounded = fact.type == "integer" and isinstance(value, int) and value != self.low
        exact = not rounded and all(unit.exact or unit.alone for unit in counted)
        ranged = self.low != self.high
        worded = not any(sign.isdigit() for sign in said)
        if not (counted or self.about or ranged or self.more or self.times or worded):
            return ""
        shown = with_unit(fact, value)
        if not counted and not self.times:
            return f"{said}: {'the range' if ranged or self.more else 'taken as'} {shown}"
        one = not ranged and (self.named or self.article or said.startswith("1 "))
        verb = "means" if self.more else "is" if one else "are"
        return f"{said} {verb} {'' if exact and not self.about else 'about '}{shown}"


def with_unit(fact: Fact, value: Value) -> str:
    """A value and its unit: `1 day`, `500 to 5,000 tokens`, `365 days or more`."""
    one = value == 1 and fact.unit.endswith("s")
    shown, more, _ = show(value).partition(" or more")
    return f"{shown} {fact.unit.removesuffix('s') if one else fact.unit}".rstrip() + more


def _number(fact: Fact, exact: Fraction) -> int | float:
    if exact.denominator == 1:
        return int(exact)
    return round(exact) if fact.type == "integer" and abs(exact) >= 1 else float(exact)


@lru_cache(maxsize=100)
def amounts_of(fact: Fact) -> Amounts:
    """The reader of a fact's amounts; its words are looked up once."""
    return Amounts(fact)


class Amounts:
    """Reads the amounts of one fact."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact

    @cached_property
    def units(self) -> Mapping[tuple[str, ...], Unit]:
        """Each unit by the words of its names; the fact's own unit counts as one."""
        own = Unit(words=(self.fact.unit,), each=1, exact=True)
        return _by_words(own, *self.fact.units)

    @property
    def counts_cards(self) -> bool:
        """Whether it is a sum over cards."""
        return ("gb", "card") in self.units

    @cached_property
    def names(self) -> Mapping[tuple[str, ...], Unit]:
        """The fact's names, which may follow a unit: `24 GB of VRAM`; `2 GPUs` are no memory."""
        names = (self.fact.name, *self.fact.called)
        return _by_words(Unit(words=names, each=1, exact=True, tells=True))

    def at(self, text: str, start: int) -> Amount | None:
        """The amount that begins at this place of a text that went through `plain`."""
        if alone := self._alone(text, start):
            return alone
        at, about, side = start, False, ""
        for _ in range(2):
            if match := _ABOUT.match(text, at):
                at, about = match.end(), True
            for name, form in (("least", _LEAST), ("most", _MOST)):
                if match := form.match(text, at):
                    at, side = match.end(), name
        between = text.startswith(("between ", "from "), at)
        begin = text.index(" ", at) + 1 if between else at
        joined = start > 1 and text[start - 1] in "-." and text[start - 2].isalnum()
        # llama-3-8b and qwen2.5-7b hold no ranges
        found = self._one(text, begin) if joined else self._range(text, begin)
        if not found or (between and found.low == found.high):
            return None
        if match := _OR_SO.match(text, found.end):
            found, about = replace(found, end=match.end()), True
        for name, form in (("least", _OR_MORE), ("most", _OR_LESS)):
            if match := form.match(text, found.end):
                found, side = replace(found, end=match.end()), name
        if not found.units and side:  # 500+ examples
            units, end = self._tail(text, found.end)
            found = _times(replace(found, units=units, end=end), units)
        if side == "least" and not self.fact.within:
            found = replace(found, high=None)
        elif side == "most" and not self.fact.within:
            found = replace(found, low=None)
        return replace(found, start=start, about=about)

    def _range(self, text: str, start: int) -> Amount | None:
        first = self._one(text, start)
        if not first or first.low != first.high:
            return first
        match = _TO.match(text, first.end)
        if not match or (match[0].strip() == "and" and "between" not in text[:start]):
            return first
        second = self._one(text, match.end())
        if not second or second.named or second.low != second.high:
            return first
        if not first.units:
            first = _times(first, second.units)
        if first.low is None or second.low is None or first.low > second.low:
            return None
        return replace(second, low=first.low, start=start)

    def _one(self, text: str, start: int) -> Amount | None:
        """A number with its units, or a unit that stands alone."""
        alone = self._alone(text, start)
        if alone:
            return alone
        number = _number_at(text, start)
        if not number:
            return None
        low, high, end = number
        dotted = self.fact.type == "integer" and grouped_in(text[start : end + 1])
        if dotted and not _SCALE.match(text, end):
            return None  # 10.000 may be ten or ten thousand
        cards = _CARDS.match(text, end) if self.counts_cards else None
        if match := cards or _TIMES.match(text, end):
            inner = self._one(text, match.end())
            if inner and inner.units and inner.low and inner.high:
                low, high = inner.low * low, inner.high * high
                units = (*inner.units, _CARD) if cards else inner.units
                return replace(
                    inner, low=low, high=high, units=units, start=start, named=False, times=True
                )
        match = _CARD_EACH.match(text, end) if self.counts_cards else None
        inner = self._one(text, match.end()) if match else None
        if inner and inner.low and inner.high and any(unit.tells for unit in inner.units):
            low, high = low * inner.low, high * inner.high  # two 24 GB cards
            return replace(inner, low=low, high=high, start=start, times=inner.low != low)
        units, last = self._tail(text, end)
        if not units and (match := _SCALE.match(text, end)):
            scale = _SCALES[match[1]]
            low, high = low * scale, high * scale
            units, last = self._tail(text, match.end())
        if last == end and text[start:end] in ("a", "an", "no", "half a", "half an"):
            return None
        article = text[start:end] in _ONE
        return _times(Amount(low, high, units, start, last, article=article), units)

    def _alone(self, text: str, start: int) -> Amount | None:
        units, end = self._tail(text, start, alone=True)
        if not units:
            return None
        each = Fraction(str(units[0].each))
        return Amount(each, each, units, start, end, named=True)

    def _tail(self, text: str, at: int, *, alone: bool = False) -> tuple[tuple[Unit, ...], int]:
        """The units that follow at a place, and where they end; only one of them counts."""
        found: list[Unit] = []
        while len(found) < _LONGEST:
            parts, best, here = [], None, at
            if found and (of := _OF.match(text, here)):
                here = of.end()
            for _ in range(_LONGEST):
                match = _UNIT_WORD.match(text, here)
                if not match or (here == at and "\n" in match[0]):
                    break
                parts.append(_normal(match[1]))
                here = match.end()
                unit = self.units.get(tuple(parts)) or (
                    self.names.get(tuple(parts)) if found else None
                )
                if unit and (unit.alone if alone else not unit.more):
                    best = unit, here
            if not best:
                break
            counts = [unit for unit in found if unit.each != 1]
            if best[0].each != 1 and counts and not is_rate(best[0]):
                break
            found.append(best[0])
            at = best[1]
            if alone:
                break
        return tuple(found), at


def _by_words(*units: Unit) -> dict[tuple[str, ...], Unit]:
    return {
        key: unit
        for unit in units
        for word in unit.words
        if (key := tuple(_normal(part) for part in _split(word)))
    }


def is_rate(unit: Unit) -> bool:
    """Whether a unit says per what: `a day`."""
    return not unit.alone and any(_normal(_split(word)[0]) == "per" for word in unit.words)


def tells(amount: Amount, fact: Fact) -> bool:
    """Whether the words of an amount say which fact it is of: `two 4090s` do, 4090 does not.

    Of a fact that has rates, an amount must say per what. "A labelled set" counts nothing, and a
    handful of examples are more often those in a prompt.
    """
    handful = fact.obtainable and fact.type == "integer" and 0 < (amount.low or 0) < _HANDFUL
    if (amount.article and not any(unit.alone for unit in amount.units)) or handful:
        return False
    cards = (
        any(unit.alone and not unit.exact and not unit.more for unit in amount.units)
        and not amount.named
    )
    telling = cards or any(unit.tells for unit in amount.units)
    rates = any(is_rate(unit) for unit in fact.units)
    return telling and (not rates or any(_rates(unit) for unit in amount.units))


def _rates(unit: Unit) -> bool:
    return any("per" in map(_normal, _split(word)) for word in unit.words)


def _times(amount: Amount, units: tuple[Unit, ...]) -> Amount:
    low, high = amount.low, amount.high
    for unit in units:
        each = Fraction(str(unit.each))
        low, high = low and low * each, high and high * each
    return replace(amount, low=low, high=high, units=units)


def _number_at(text: str, at: int) -> tuple[Fraction, Fraction, int] | None:
    if match := _LARGE_WORD.match(text, at):
        low, high = WORDS[match[1]]
        return Fraction(low), Fraction(high), match.end()
    if match := _FEW.match(text, at):
        return Fraction(_FEW_ENDS[0]), Fraction(_FEW_ENDS[1]), match.end()
    if match := _DIGITS.match(text, at):
        digits = match[0].translate(_GROUPS)
        if len(digits) > 1 and digits[0] == "0" and digits[1] not in ".e":
            return None  # YAML 1.1 takes it for octal
        number = Fraction(digits)
        return number, number, match.end()
    if match := _NUMBER_WORD.match(text, at):
        number = Fraction(_NUMBERS[match[1]])
        return number, number, match.end()
    return None


@lru_cache(maxsize=5_000)
def _split(word: str) -> tuple[str, ...]:
    return tuple(match[1] for match in _UNIT_WORD.finditer(word.lower()))


def _normal(word: str) -> str:
    return "per" if word in _PER else stem(word)
