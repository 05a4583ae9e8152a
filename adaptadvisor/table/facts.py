"""Facts: their types, how a value is read from text or from JSON, and how it is shown."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from adaptadvisor.errors import Location, Problem, nearest, one_of, shown
from adaptadvisor.table import plans, ranges
from adaptadvisor.table.choices import Choice, Unit, Wording, in_own_unit, lines_of
from adaptadvisor.table.kinds import KEPT, Kind
from adaptadvisor.table.ranges import LARGEST, WRITTEN, Range, ends, grouped, named, spanning

brief, show_number = ranges.brief, ranges.show_number

Value = Range | str | bool | int | float | tuple[str, ...]
"""A choice, a yes/no, a number or a range of numbers, or (only `tried`) plans in their canonical
spelling.
"""

TYPES = ("choice", "integer", "number", "bool", "plans")
UNKNOWN_WORDS = ("unknown", "don't know", "dont-know", "u", "?", "null", "~")
"""How "I do not know" is written in text; in JSON it is null."""

YES = ("true", "yes", "y", "on")
NO = ("false", "no", "n", "off")
YES_OR_NO = "yes, no, true, false, y or n, or ? for unknown"
NO_PLANS = ("nothing", "none")
_SCALE = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "g": 10**9, "t": 10**12}
_LONGEST, _SMALLEST = 40, -400  # digits, and exponent: beyond any value, and cheap to compute with
_NUMBER = re.compile(
    r"([+-]?)(\d[\d_]*(?:\.\d+)?|\.\d+)(?:e([+-]?\d{1,4}))?([kmbgt]?)", re.IGNORECASE
)


Id = Annotated[str, Kind("own_id"), "unique in the whole table, and never given to another row"]
Name = Annotated[str, "what people call it, in two to five plain words"]
Order = Annotated[
    int,
    "where the row comes in lists, smaller first; in `ask`, among questions worth about the same",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing about a situation, and how it is asked. Derived facts are computed, never asked."""

    id: Id
    name: Name
    order: Order
    type: Annotated[str, Kind("word", TYPES)]
    obtainable: Annotated[
        bool, "whether one can bring another answer about: collect examples, rent a GPU"
    ] = False
    changes: Annotated[
        str,
        Kind("word", ("any", "up", "never")),
        "what `what-if` may make of a known answer: any other; up: only more; or never another",
    ] = "any"
    question: str
    worded: Annotated[tuple[Wording, ...], "the question in the words of some tasks"] = ()
    why: Annotated[str, "why it is asked"]
    find_out: Annotated[str, "how to find out"]
    unit: str = ""
    minimum: float = 0
    maximum: float = math.inf
    choices: tuple[Choice, ...] = ()
    called: Annotated[tuple[str, ...], "what else people call it, as in `deadline: 3 weeks`"] = ()
    needs: Annotated[tuple[str, ...], "whoever has none of these cannot know the answer"] = ()
    units: Annotated[tuple[Unit, ...], "other units in which people give it"] = ()
    single: Annotated[bool, "it is the size of one thing, of however many"] = False
    within: Annotated[bool, "it is a limit: within 2 weeks means two weeks"] = False
    several: Annotated[
        bool, "of several choices that hold the last one counts: they go from least to most"
    ] = False
    likely: Annotated[
        tuple[tuple[str, float], ...],
        Kind("amounts"),
        "how many cases each answer (of a number, each range) stands for, by judgement: `ask`"
        " weighs by it which question is worth most",
    ] = ()
    rare_in: Annotated[
        tuple[str, ...], "tasks in which all but the likeliest answer are rare: each counts a tenth"
    ] = ()
    unless: Annotated[
        str, "a statement of all but the likeliest answer: where that is usual, `ask` lists several"
    ] = ""
    beside: Annotated[
        tuple[str, ...], "facts that people tell in the same breath: `ask` asks for all of them"
    ] = ()
    hard: Annotated[bool, "whether the answer takes measuring or asking around"] = False
    inputs: Annotated[tuple[str, ...], KEPT] = ()
    variants: Annotated[tuple[tuple[str, str], ...], KEPT] = ()
    """Of plans: the variants that they may name, each after its approach."""

    def asked_of(self, task: object) -> str:
        """The question, in the words of a task where it has some of its own."""
        return next((word.question for word in self.worded if task in word.tasks), self.question)

    def found_out_in(self, task: object) -> str:
        """How to find out, in the words of a task where it has some of its own."""
        own = (word.find_out for word in self.worded if task in word.tasks)
        return next(own, "") or self.find_out

    @property
    def derived(self) -> bool:
        """Whether the fact is computed from others."""
        return bool(self.inputs)

    @property
    def numeric(self) -> bool:
        """Whether its values are ordered numbers."""
        return self.type in ("integer", "number")

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value of a choice or a yes/no fact; empty for the others."""
        if self.type == "bool":
            return (False, True)
        return tuple(choice.value for choice in self.choices) if self.type == "choice" else ()

    @property
    def expects(self) -> str:
        """What would be right, for messages and help: `one of api, api_tuning or weights`."""
        if self.type == "choice":
            return f"one of {one_of([choice.value for choice in self.choices])}"
        if self.type == "bool":
            return "true or false"
        if self.type == "plans":
            return "plans such as prompt, rag+lora or prompt:few-shot"
        kind = "whole number" if self.type == "integer" else "number"
        return f"a {kind} from {show_number(self.minimum)} to {show_number(self.maximum)}"


class NotAValue(ValueError):
    """A text or object that is no value of the fact; the message says what would be right, and
    `more` what each of the right ones means.
    """

    def __init__(self, code: str, message: str, more: tuple[str, ...] = ()) -> None:
        self.code = code
        self.more = more
        super().__init__(message)

    def at(self, place: Location) -> Problem:
        """The problem, with its place."""
        return Problem(self.code, str(self), place, self.more)


def exact(value: Value | None) -> bool:
    """Whether a fact has one value: it is neither unknown nor a range."""
    return value is not None and not isinstance(value, Range)


def no_such_fact(word: str, known: Mapping[str, Fact]) -> NotAValue:
    """Why a word is no fact that one can give, with the nearest one that is."""
    if word in known:
        inputs = " and ".join(known[word].inputs)
        return NotAValue("derived-fact", f'"{word}" is computed from {inputs}; give those instead')
    askable = [fact.id for fact in known.values() if not fact.derived]
    return NotAValue("unknown-fact", f'there is no fact "{shown(word)}"{nearest(word, askable)}')


def from_text(fact: Fact, text: str) -> Value | None:
    """The value that a flag or an unquoted YAML scalar means; None for "I don't know".

    Numbers may be written `1200`, `1_200`, `5k`, `2M`, `3B` or `1e6`; a leading zero is refused
    because YAML 1.1 reads `010` as 8, and of a whole number `10.000`, which may be ten thousand.
    Ranges: `500..5k`, `1k+`, `..500` or one of `WORDS`. A unit may follow: `400 pdf`.
    """
    word = text.strip()
    if word.lower() in UNKNOWN_WORDS:
        return None
    if fact.type == "bool":
        return _yes_or_no(fact, word)
    if fact.numeric:
        whole = fact.type == "integer"
        return _number_or_range(fact, in_own_unit(fact.units, word, whole=whole) or word)
    if fact.type == "plans":
        if word.lower() in NO_PLANS:
            return ()
        return _plans(fact, re.split(r"[,\s]+", plans.by_id(word)))
    return _choice(fact, word)


def from_object(fact: Fact, value: object) -> Value | None:
    """The value that a JSON or Python object means; None for null.

    The text "12" is no number, but "500..5k" is a range and "5k", which JSON cannot hold, is one.
    """
    if value is None:
        return None
    if fact.type == "choice":
        if isinstance(value, str):
            return _choice(fact, value)
    elif fact.type == "bool":
        if isinstance(value, bool):
            return value
    elif fact.type == "plans":
        if isinstance(value, (list, tuple)) and all(isinstance(plan, str) for plan in value):
            return _plans(fact, list(map(plans.by_id, value)))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        return _in_range(fact, value)
    elif isinstance(value, Range):
        return _between(fact, value.low, value.high, str(value))
    elif isinstance(value, str) and (ends(value) or named(value) or _shortened(value)):
        return _number_or_range(fact, value)
    more = {"plans": ", as a list"}.get(fact.type, "")
    more = ", or as text 5k or a range: 500..5000" if fact.numeric else more
    message = f'"{fact.id}" is {_kind(value)}; expected {fact.expects}{more}'
    raise NotAValue("wrong-type", message)


def _shortened(text: str) -> bool:
    """Whether a text is a number with a letter for its size: `5k`, `1.5M`."""
    match = _NUMBER.fullmatch(text)
    return bool(match and match[4])


def fact_flag(fact: str) -> str:
    """`--task-changes` for task_changes."""
    return "--" + fact.replace("_", "-")


def fact_flags(fact: Fact) -> tuple[str, ...]:
    """The flags of a fact; a yes/no fact has one for yes and one for no."""
    flag = fact_flag(fact.id)
    return (flag, f"--no-{flag[2:]}") if fact.type == "bool" else (flag,)


def show(value: Value) -> str:
    """A value as a person would write it: `true`, `1,200`, `500 to 5,000`, `rag+lora`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return show_number(value)
    if isinstance(value, Range):
        low, high = show_number(value.low), show_number(value.high)
        return f"{low} or more" if value.more else f"{low} to {high}"
    return ", ".join(value) if isinstance(value, tuple) else value


def _yes_or_no(fact: Fact, word: str) -> bool:
    if word.lower() in YES:
        return True
    if word.lower() in NO:
        return False
    raise NotAValue("wrong-type", f'"{fact.id}" is "{shown(word)}"; expected {YES_OR_NO}')


def _choice(fact: Fact, word: str) -> str:
    if any(word == choice.value for choice in fact.choices):
        return word  # nearly always, as tables hold thousands of them
    known = {spelling(choice.value): choice.value for choice in fact.choices}
    also = {spelling(other): choice.value for choice in fact.choices for other in choice.also}
    found = {**also, **known}.get(spelling(word))
    if found is not None:
        return found
    message = f'"{fact.id}" has no choice "{shown(word)}"; expected {fact.expects}'
    hint = nearest(word, [*known, *(other for choice in fact.choices for other in choice.also)])
    raise NotAValue("unknown-choice", message + hint, () if hint else tuple(lines_of(fact.choices)))


def spelling(word: str) -> str:
    """A word without what people spell differently: case, and how its parts are joined."""
    return re.sub(r"[\s_-]+", "_", word.strip().lower())


def _number_or_range(fact: Fact, word: str) -> float | Range:
    if meant := named(word):  # which only says how large about: as far as the fact goes
        least, most = meant
        if least <= fact.maximum and most >= fact.minimum:
            return _between(fact, max(least, fact.minimum), min(most, fact.maximum), word)
        return _between(fact, least, most, word)
    found = ends(word)
    if not found:
        return _in_range(fact, _number(fact, word, word), shown(word))
    low, high = found
    return _between(
        fact,
        _number(fact, low, word) if low else fact.minimum,
        _number(fact, high, word) if high else min(fact.maximum, LARGEST),
        word,
    )


def _between(fact: Fact, low: float, high: float, word: str) -> float | Range:
    """The range between two numbers, both of which the fact may have."""
    low, high = _in_range(fact, low), _in_range(fact, high)
    if low > high:
        right = f"the smaller number comes first, as in {Range(high, low)}"
        raise NotAValue("reversed-range", f'"{fact.id}" is "{shown(word)}"; {right}')
    most = min(fact.maximum, LARGEST)
    return spanning(low, high, more=high >= most)


def _number(fact: Fact, word: str, said: str) -> float:
    """The number that a word means; `said` is all that was said, for messages."""
    if fact.type == "integer" and re.fullmatch(r"\d{1,3}(,\d{3})+", word):
        # as numbers are shown; of other numbers a comma may start the decimals
        word = word.replace(",", "")
    right = grouped(word, whole=fact.type == "integer")
    if " may mean " in right:
        raise NotAValue("two-meanings", f'"{fact.id}" is "{shown(said)}"; {right}')
    match = _NUMBER.fullmatch(word)
    if not match:
        right = f"{right}; " if right else ""
        message = f'"{fact.id}" is "{shown(said)}"; {right}expected {fact.expects}'
        raise NotAValue("not-a-number", f"{message}, {WRITTEN}")
    sign, digits, exponent, suffix = match.groups()
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        message = f'"{fact.id}" is "{shown(said)}", which some readers take for octal'
        raise NotAValue("leading-zero", f"{message}; write it without the leading zero")
    digits, power = digits.replace("_", ""), int(exponent or 0)
    scale = _SCALE[suffix.lower()] * (-1 if sign == "-" else 1)
    if max(power, 0) + len(digits) > _LONGEST or power < _SMALLEST:
        message = f'"{fact.id}" is {shown(said, 30)}; expected {fact.expects}'
        raise NotAValue("out-of-range", message)
    if digits.isdigit() and not power:
        return int(digits) * scale
    from fractions import Fraction  # exact: 0.29M is 290000, not 289999.99999999994

    number = Fraction(digits) * Fraction(10) ** power * scale
    return int(number) if number.denominator == 1 else float(number)


def _in_range(fact: Fact, number: float, said: str = "") -> int | float:
    if isinstance(number, float) and math.isnan(number):
        raise NotAValue("not-a-number", f'"{fact.id}" is NaN; expected {fact.expects}')
    if not fact.minimum <= number <= fact.maximum:
        raise NotAValue("out-of-range", f'"{fact.id}" is {brief(number)}; expected {fact.expects}')
    if isinstance(number, int):
        return number
    if fact.type == "integer" and number != int(number):
        what = f'"{fact.id}" is {said or brief(number)}'
        raise NotAValue("not-whole", f"{what}; expected {fact.expects}")
    return int(number) if number == int(number) else number


def _plans(fact: Fact, words: Sequence[str]) -> tuple[str, ...]:
    """Plans in canonical spelling, without doubles, cheapest first."""
    found = set()
    for word in filter(None, map(str.lower, words)):
        for part in word.split("+"):
            _check_part(fact, word, part)
        found.add(plans.attempt(word))
    return tuple(plans.spelled(tried) for tried in sorted(found))


def _check_part(fact: Fact, plan: str, part: str) -> None:
    """That a part of a plan is an approach, or one with a variant of it: `prompt:few-shot`."""
    approach, colon, variant = part.partition(":")
    of: tuple[str, ...] = plans.APPROACHES
    if approach not in of:
        what = f'"{shown(approach)}" is no approach'
    else:
        of = tuple(id for owner, id in fact.variants if owner == approach)
        if not colon or variant in of:
            return
        what = f'"{shown(variant)}" is no variant of {approach}'
    known = f" ({', '.join(of)}){nearest(variant or approach, of)}" if of else ""
    raise NotAValue("unknown-choice", f'"{fact.id}" names the plan "{shown(plan)}"; {what}{known}')


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f'the text "{shown(value)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {brief(value)}"
    kind = type(value).__name__
    return {"list": "a list", "tuple": "a list", "dict": "a mapping"}.get(kind, f"a {kind}")
