"""Mistakes as located values, the exceptions that carry them, and the exit codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells the shell; the last line on stderr says why it is not 0."""

    DONE = 0
    FAILURE = 1  # a bug or an I/O failure
    BAD_INPUT = 2  # bad use or bad input
    FINDINGS = 3  # findings that the caller asked to fail on
    NOT_ENOUGH_EVIDENCE = 4  # --strict, and an open question can still change the plan
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a text; lines and columns count from 1, 0 means "no place inside the file"."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        file = shown(self.file, 300)
        return f"{file}:{self.line}:{self.column}" if self.line else file


_CLAUSE = re.compile(r'(?:"[^"]*"|[^";]|;(?! )|")+')
_NEAREST = "did you mean "


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: a stable code, what is wrong and what would be right, where; always one line.

    A message says what is wrong, and after a semicolon what would be right: the tips of the long
    form. `more` are lines that only the long form has room for.
    """

    code: str
    message: str
    location: Location | None = None
    more: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, tuple[str, ...]]:
        """What is wrong, and the tips: the nearest right word first.

        >>> Problem("unknown-fact", 'no fact "a; b"; see c; did you mean "d"?').parts
        ('no fact "a; b"', ('did you mean "d"?', 'see c'))
        """
        what, *tips = (part.strip() for part in _CLAUSE.findall(self.message))
        return what, tuple(sorted(tips, key=lambda tip: not tip.startswith(_NEAREST)))

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        return printable(f"{place}error[{self.code}]: {self.message}").replace("\n", " ")


class AdvisorError(Exception):
    """Cannot go on. Caught in one place, in `cli`."""

    exit_code = ExitCode.FAILURE


MOST_SHOWN = 200
"""Problems that a message shows; nobody reads more before mending some."""

MOST_PROBLEMS = 1_000
"""Problems after which reading stops, so that no input, however broken, costs more than seconds."""


class BadInput(AdvisorError):
    """Bad use or bad input: every problem found, sorted by place; the first `MOST_SHOWN` show."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=by_place))
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if more := self.problems[MOST_SHOWN:]:
            lines.append(f"and {len(more):,} more")
        super().__init__("\n".join(lines))


class Problems(list[Problem]):
    """Problems as they are found; one more than `MOST_PROBLEMS` raises a `BadInput` with them."""

    def append(self, problem: Problem) -> None:
        if len(self) >= MOST_PROBLEMS:
            what = f"more than {MOST_PROBLEMS:,} problems; reading stopped here"
            raise BadInput([*self, Problem("too-many-problems", what, problem.location)])
        super().append(problem)


def bad_input(code: str, message: str, place: Location | str | None = None) -> BadInput:
    """A `BadInput` with a single problem; a place may be the mere name of a file or a flag."""
    return BadInput([Problem(code, message, Location(place) if isinstance(place, str) else place)])


def by_place(problem: Problem) -> tuple[Location, str, str]:
    """What problems are sorted by."""
    return problem.location or Location(""), problem.code, problem.message


_LONGEST_WORD, _MOST_WORDS = 60, 1_000
_SHORT, _BEGINNING = 4, 3


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "citations"?` for a known spelling that is really near: an edit or two away,
    or the beginning of the word or the word its beginning. Else the empty string.

    >>> nearest("citation", ["citations"]), nearest("rag", ["rarity"])
    ('; did you mean "citations"?', '')
    """
    from difflib import get_close_matches  # loaded only when something is wrong

    if len(word) > _LONGEST_WORD:
        return ""  # comparing costs the product of two lengths
    known = [other for other in known if len(other) <= _LONGEST_WORD][:_MOST_WORDS]
    most = 2 if len(word) > _SHORT else 1
    near = [other for other in get_close_matches(word, known) if edits(word, other) <= most]
    start = word.strip("-")
    begun = [other for other in known if _begins(start, other.strip("-"))]
    found = [*near[:1], *sorted(begun, key=lambda other: (abs(len(other) - len(word)), other))]
    return f'; did you mean "{found[0]}"?' if found else ""


def _begins(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _BEGINNING and longer.startswith(shorter)


def edits(one: str, other: str) -> int:
    """How many letters to change, add, leave out or swap with the next, from one to the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(row[-1] + 1, before[j] + 1, before[j - 1] + (a != b)))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                row[-1] = min(row[-1], older[j - 2] + 1)
    return row[-1]


def one_of(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`; nothing for no words.

    >>> one_of(["api", "api_tuning", "weights"])
    'api, api_tuning or weights'
    """
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def shown(text: object, limit: int = 60) -> str:
    """A value for a message: one line, printable, at most `limit` characters."""
    plain = "".join(c if c.isprintable() else _escape(c) for c in str(text)[: limit + 1])
    return plain if len(plain) <= limit else plain[: limit - 3] + "..."


def printable(text: str) -> str:
    r"""A text as a terminal or a document gets it: what acts unseen is spelled out, lines stay.

    >>> printable("\x1b[31mred\u202e")
    '\\x1b[31mred\\u202e'
    """
    plain = text.isprintable() or text.replace("\n", "").isprintable()  # as nearly all texts are
    return text if plain else "".join(map(_printable, text))


def control_character(text: str) -> str:
    """The first character that a terminal or a browser acts on unseen, spelled out, if any."""
    found = _CONTROL.search(text)
    return _escape(found[0]) if found else ""


# controls, directions of writing, line separators, halves of surrogate pairs
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_JOINERS = "\u200c\u200d"  # letters of some scripts, and parts of one emoji


def _printable(character: str) -> str:
    if character.isprintable() or character in "\n" + _JOINERS:
        return character
    blank = character.isspace() and not _CONTROL.match(character)
    return " " if blank else _escape(character)


def _escape(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
