"""Hints of personal data in a text: patterns with a check digit where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[a-z]{2,24}\b", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.,/-])(?:\+|00|\()?\d[\d ()/.-]{6,24}\d(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_NUMBER = re.compile(r"\d[\d ()/.-]{5}")
"""What every long number begins with; most texts hold none, and this is quick."""
_DATE = re.compile(r"(?:19|20)\d\d[-./ ]\d\d?[-./ ]\d\d?|\d\d?[-./ ]\d\d?[-./ ](?:19|20)\d\d")
_CARD = range(13, 20)
_PHONE = range(8, 16)
KINDS = ("email addresses", "phone numbers", "bank accounts", "card numbers")


def kinds_in(text: str) -> Iterator[str]:
    """The kinds of personal data that a text seems to hold, each once. A hint, and no more: names,
    addresses and health are not looked for.
    """
    if "@" in text and _EMAIL.search(text):
        yield KINDS[0]
    if not _NUMBER.search(text):
        return
    found = set()
    for match in _DIGITS.finditer(text):
        found.add(_of_digits(match[0]))
    if any(valid_iban(match[0]) for match in _IBAN.finditer(text)):
        found.add(KINDS[2])
    yield from (kind for kind in KINDS[1:] if kind in found)


def _of_digits(word: str) -> str:
    """What a group of digits is likely to be: a card, a phone number, or nothing."""
    digits = re.sub(r"\D", "", word)
    if len(digits) in _CARD and luhn(digits) and "." not in word and len(set(digits)) > 1:
        return KINDS[3]
    if _DATE.match(word) or len(digits) not in _PHONE:
        return ""
    abroad = word.startswith(("+", "00"))
    at_home = word.startswith(("0", "(")) and re.search(r"[ ()/-]", word)
    american = re.fullmatch(r"\d{3}[-. ]\d{3}[-. ]\d{4}", word)
    return KINDS[1] if abroad or at_home or american else ""


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of Luhn (ISO/IEC 7812-1), as on payment cards."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + at % 2)
        total += number - 9 * (number > 9)
    return total % 10 == 0


def valid_iban(word: str) -> bool:
    """Whether the check digits of an account number are right (ISO 13616: remainder 1 of 97)."""
    account = word.replace(" ", "")
    if not 15 <= len(account) <= 34:
        return False
    moved = account[4:] + account[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1
