"""Dates as people write deadlines: `24 Dec`, `2026-12-24`, `end of March`, `friday`."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:,? +(?P<year>\d{4}))?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_PART = r"(?P<part>(?:the )?(?:end|middle|mid|start|beginning|early|late))"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?: ?(?P<year>\d{4}))?",
        rf"(?:the )?{_DAY} (?:of )?{_MONTH}{_YEAR}",
        rf"{_MONTH} (?:the )?{_DAY}{_YEAR}",
        rf"{_PART}(?: of|-)? ?{_MONTH}{_YEAR}",
        rf"{_MONTH}{_YEAR}",
        r"(?P<part>(?:the )?end) of (?:the |this )?(?P<of>year|month|week)",
        r"q(?P<quarter>[1-4])(?: (?P<year>\d{4}))?",
        rf"(?:this |next |on )?(?P<weekday>{_WEEKDAY})",
    )
)
_BEFORE = re.compile(r"(?:by|before|until|till|on|due|deadline|in|at|from|the)\s+")
_FEW = 3  # letters that tell a month or a day of the week
_YEARS = 9  # in which there is a 29 February


class NoDateError(ValueError):
    """A text of the form of a date that is none; the message says why."""


def is_date(text: str) -> bool:
    """Whether a text that went through `plain` has the form of a date."""
    return bool(_form(text))


def date_of(text: str, today: date) -> date:
    """The day that a text means; without a year the next such day. `NoDateError` if there is none.

    >>> date_of("24 dec", date(2026, 11, 28)), date_of("end of march", date(2026, 11, 28))
    (datetime.date(2026, 12, 24), datetime.date(2027, 3, 31))
    """
    match = _form(text)
    if not match:
        raise NoDateError("it has not the form of a date")
    said = match.groupdict()
    try:
        found = _day(said, today)
    except ValueError:
        raise NoDateError("there is no such day") from None
    if found < today:
        raise NoDateError(f"{shown(found)} is past")
    return found


def shown(day: date) -> str:
    """A date for people: `24 Dec 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1].title()} {day.year}"


def _form(text: str) -> re.Match[str] | None:
    word = " ".join(text.split()).rstrip("!")
    while match := _BEFORE.match(word):
        word = word[match.end() :]
    return next((match for form in _FORMS if (match := form.fullmatch(word))), None)


def _day(said: dict[str, str | None], today: date) -> date:
    if weekday := said.get("weekday"):
        ahead = (_DAYS.index(weekday[:_FEW]) - today.weekday()) % 7 or 7
        return today + timedelta(days=ahead)
    if of := said.get("of"):
        if of == "week":
            return today + timedelta(days=6 - today.weekday())
        month = 12 if of == "year" else today.month
        return date(today.year, month, monthrange(today.year, month)[1])
    quarter, month_said = said.get("quarter"), said.get("month") or ""
    if quarter:
        month = int(quarter) * 3
    else:
        month = int(month_said) if month_said.isdecimal() else 1 + _MONTHS.index(month_said[:_FEW])
    part = "end" if quarter else (said.get("part") or "").removeprefix("the ")
    given = said.get("year")
    for year in [int(given)] if given else range(today.year, today.year + _YEARS):
        found = _within(said.get("day"), part, year, month)
        if found and (found >= today or given):
            return found
    raise ValueError


def _within(day: str | None, part: str, year: int, month: int) -> date | None:
    last = monthrange(year, month)[1]
    if day:
        return date(year, month, int(day)) if 1 <= int(day) <= last else None
    which = {"end": last, "late": last, "middle": 15, "mid": 15}.get(part, 1)
    return date(year, month, which)
