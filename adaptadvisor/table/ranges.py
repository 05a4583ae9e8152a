"""Numbers and ranges: what people say of numbers, known exactly or not, and how they write them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core.core_schema import CoreSchema

WRITTEN = "written like 1200, 5k, 2M or 1e6, or as a range: 500..5k, 1k+, hundreds"
"""How numbers may be written, in a message; the README says the same."""

LARGEST = 1e15
"""The largest number that is looked at where a fact has no upper bound."""

_UNITS = {"thousands": 10**3, "millions": 10**6, "billions": 10**9, "trillions": 10**12}
WORDS: dict[str, tuple[int, int]] = {
    "none": (0, 0),
    "dozens": (24, 99),
    "hundreds": (100, 999),
    **{
        before + word: (unit * times, unit * times * 10 - 1)
        for word, unit in _UNITS.items()
        for before, times in (("", 1), ("tens of ", 10), ("hundreds of ", 100))
    },
}
"""Words for numbers, and the least and the most that they mean: one power of ten, as whoever has
tens of thousands says so. `dozens` are two dozen at least.
"""

_BETWEEN = re.compile(r"([^.\s]\S*?|\.\d\S*?)?\s*(?:\.\.(?!\.)|\sto\s)\s*(\S+)?")
_DASHED = re.compile(r"(\d[\d,._]*[kmbgt]?) ?[-\u2013] ?(\d[\d,._]*[kmbgt]?)", re.IGNORECASE)
_AT_LEAST = re.compile(r"(\S+?)\s*(?:\+|\sor\smore)")
_NUMBER = r"-?\d{1,40}(\.\d{1,40})?(e[+-]?\d{1,3})?"
_STORED = f"^{_NUMBER}(\\+|\\.\\.{_NUMBER})$"
_SHORT = r"[\d_]*\.?\d+[kKmMbBgGtT]"
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,'\u2019\u00a0\u202f ])\d{3})(?:\1\d{3})*")
_DOTTED = re.compile(r"(?<![\d.,_])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.,_]*\d)")
_COMMA = re.compile(r"\d+,\d+[kmbgt]?", re.IGNORECASE)
PATTERN = rf"^(\S* ?(\.\.| to ) ?\S*|\S+(\+| or more)|{_SHORT}|{'|'.join(WORDS)})$"
"""The texts that may mean a range, or a number that JSON cannot hold (`5k`), for schemas."""


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """Every number from `low` to `high`, both included; `more`: `high` is the most there can be.

    Two are the same where they are written the same: `1000+` does not say what the most is.
    """

    low: int | float
    high: int | float
    more: bool = False

    def __str__(self) -> str:
        """As files and JSON hold it; read again it is the same range."""
        return f"{self.low!r}+" if self.more else f"{self.low!r}..{self.high!r}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> CoreSchema:
        """A range in a stored document: text, which needs no table to be read."""
        from pydantic_core.core_schema import no_info_after_validator_function, str_schema

        return no_info_after_validator_function(_stored, str_schema(pattern=_STORED))


def _stored(text: str) -> Range:
    """The range in a stored document."""
    low, _, high = text.removesuffix("+").partition("..")
    found = Range(_plain(low), _plain(high) if high else math.inf, not high)
    if found.low >= found.high:  # also where it is too large for a number
        raise ValueError("the larger number comes second")
    return found


def _plain(digits: str) -> int | float:
    return int(digits) if digits.isdecimal() else float(digits)


def spanning(low: float, high: float, *, more: bool = False) -> float | Range:
    """The range between two numbers; where they are the same, that number."""
    return low if low == high else Range(low, high, more)


def named(text: str) -> tuple[int, int] | None:
    """The least and the most that a word for a number means; None where it is no such word."""
    return WORDS.get(" ".join(text.lower().split()))


def ends(text: str) -> tuple[str | None, str | None] | None:
    """The two ends of a text of the form of a range, as they are written (None: left open).

    >>> ends("500..5k"), ends("1k+"), ends("..500"), ends("500")
    (('500', '5k'), ('1k', None), (None, '500'), None)
    """
    word = " ".join(text.split())
    if match := _AT_LEAST.fullmatch(word):
        return match[1], None
    match = _DASHED.fullmatch(word) or _BETWEEN.fullmatch(word)
    return (match[1], match[2]) if match and any(match.groups()) else None


def show_number(number: float) -> str:
    """A number with thousands separators and no needless decimals.

    >>> show_number(48100000000.0), show_number(2.5)
    ('48,100,000,000', '2.5')
    """
    if number == math.inf:
        return "any size"
    return f"{int(number):,}" if number == int(number) else f"{number:,.12g}"


def brief(number: float) -> str:
    """A number for a message, however large."""
    if isinstance(number, int) and abs(number) >= 10**15:
        return f"about {'-' if number < 0 else ''}1e{int(number.bit_length() * math.log10(2))}"
    return f"{number:.6g}" if abs(number) >= 1e15 or number != number // 1 else show_number(number)


def grouped(word: str, *, whole: bool) -> str:
    """What to write instead of a number that is written as in other countries, with a dot, a blank
    or an apostrophe between thousands or a comma before the decimals; else the empty string.

    >>> grouped("10.000", whole=True), grouped("1.200", whole=True)
    ('10.000 may mean 10 or 10,000: write 10 or 10000', '1.200 may mean 1,200: write 1200')
    >>> grouped("0,35", whole=False), grouped("1.200", whole=False), grouped("1.2k", whole=True)
    ('write 0.35', '', '')
    """
    match = _GROUPED.fullmatch(word)
    if not match:
        return f"write {word.replace(',', '.')}" if _COMMA.fullmatch(word) else ""
    sign = match[1]
    large = int(re.sub(r"\D", "", word))
    if word.count(sign) > 1 or sign not in ".,":
        return f"write {large}"
    if sign == "." and not whole:
        return ""  # 1.200 billion parameters are 1.2
    small = large / 1000
    if whole and small != int(small):
        return f"{word} may mean {large:,}: write {large}"
    return f"{word} may mean {small:g} or {large:,}: write {small:g} or {large}"


def grouped_in(text: str) -> str:
    """The first number in a text whose dot may stand between thousands; else empty."""
    match = _DOTTED.search(text)
    return match[0] if match else ""


def computed(compute: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """What a function that is monotone in each number makes of numbers and ranges.

    Numbers become a range; of answers that are not all the same, None.
    """
    try:
        return compute(*inputs)  # a range is no number, and ranges are rare
    except TypeError:
        found = [compute(*corner) for corner in corners(inputs)]
    if len(set(found)) == 1:
        return found[0]
    if isinstance(found[0], bool):
        return None
    return Range(min(found), max(found))


def corners(inputs: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The inputs with each range at either end."""
    return product(*((x.low, x.high) if isinstance(x, Range) else (x,) for x in inputs))
