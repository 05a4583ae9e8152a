"""Rows of a table as they stand in YAML: each field is read by its kind, and whatever is wrong is
reported with its place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Mapping_
from datetime import date
from typing import NamedTuple

from adaptadvisor.errors import Location, Problem, Problems, nearest, shown
from adaptadvisor.reading.facts_file import answers_in, unknown_fact, value_of
from adaptadvisor.reading.nodes import Mapping, Node, Scalar, Sequence
from adaptadvisor.table import facts, plans
from adaptadvisor.table.conditions import (
    ALWAYS,
    All,
    AnyOf,
    Condition,
    Interval,
    Test,
    compare,
    negated,
    terms,
)
from adaptadvisor.table.facts import OWN_KEYS, Fact, NotAValue, Value
from adaptadvisor.table.rows import Examples, Situation, Threshold

KNOWN = "known"
"""A test that lets every answer through: the fact only has to be known."""

MAX_TERMS = 64
"""How many alternatives a condition may expand into; more is a row that nobody can read either."""

_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_COMPARISON = re.compile(r"\s*(>=|<=|>|<)?\s*([^\s.<>=][^\s<>=]*?)\s*(?:\.\.\s*([^\s.<>=]\S*))?\s*")
_NESTING = ("any", "all", "not")
RESERVED = (
    *_NESTING,
    *OWN_KEYS,
    "facts",
    "set",
    "format",
    "output",
    "force",
    "adr_dir",
    "date",
    "save",
    "strict",
    "fail_on",
    "rules",
    "color",
    "no_color",
    "plain",
    "stdin",
    "no_input",
    "to",
    "help",
    "version",
    "id",
    "schema",
)
"""Words that no fact may be called, because conditions or the command line use them."""


def _situation(
    node: Node, known: Mapping_[str, Fact], report: Callable[[Problem], None]
) -> dict[str, Value]:
    return {
        fact: value for fact, value in answers_in(node, known, report).items() if value is not None
    }


def _is_date(word: str) -> bool:
    try:
        date.fromisoformat(word)
    except ValueError:
        return False
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", word))


class Id(NamedTuple):
    """Which file a row stands in, and where."""

    section: str
    location: Location


class Reference(NamedTuple):
    """A mention of another row, checked once everything is read."""

    scalar: Scalar
    sections: tuple[str, ...]


class Book:
    """What is known while a table is read: ids, facts and thresholds so far, mentions of other
    rows, places, and every problem.

    `places` maps `needs/ID`, `needs/ID/when` and the like to where that stands.
    """

    how_to_change = ""
    """What to do to change a row that exists already, where that is possible."""

    def __init__(self, facts: dict[str, Fact]) -> None:
        self.problems = Problems()
        self.ids: dict[str, Id] = {}
        self.references: list[Reference] = []
        self.facts = facts
        self.thresholds: dict[str, Threshold] = {}
        self.read_thresholds: set[str] = set()
        self.places: dict[str, Location] = {}
        self.off: dict[str, Location] = {}

    def report(self, code: str, message: str, location: Location) -> None:
        """Collects a problem."""
        self.problems.append(Problem(code, message, location))


_ANY_NUMBER = Fact("number", "number", 0, "", "", "", minimum=-(10**15), maximum=10**15)


class Row:
    """One row, read field by field; whatever is not read in the end is an unknown field."""

    def __init__(self, book: Book, node: Mapping, section: str, path: str = "") -> None:
        self.book = book
        self.node = node
        self.section = section
        self.path = path
        self.fields = {key.text: (key, value) for key, value in node.entries}
        self.asked: set[str] = set()
        self.inner: list[Row] = []
        self.id = ""

    def claim_id(self, section: str) -> None:
        """Reads the id and enters it in the register of all ids; an id belongs to one row of the
        whole table.
        """
        node = self._take("id", required=True)
        if not isinstance(node, Scalar):
            return
        pattern, form = (
            (_SNAKE, "small letters and digits, joined by underscores")
            if section in ("questions", "approaches")
            else (_KEBAB, "small letters and digits, joined by dashes")
        )
        if not pattern.fullmatch(node.text):
            self._wrong("bad-id", f'the id "{shown(node.text)}" is not {form}', node)
        elif node.text in self.book.ids or (
            section == "questions" and (node.text in self.book.facts or node.text in RESERVED)
        ):
            first = self.book.ids.get(node.text)
            self._wrong(
                "duplicate-id",
                f'the id "{node.text}" is'
                f" taken{f' by {first.location}' if first else ''}{self.book.how_to_change}",
                node,
            )
        else:
            self.book.ids[node.text] = Id(section, node.location)
            self.id = node.text
            self.path = f"{section}/{node.text}"
            self.book.places[self.path] = node.location

    def done(self) -> None:
        """Reports fields that nobody asked for, here and in the rows inside this one."""
        for row in self.inner:
            row.done()
        for name, (key, _) in self.fields.items():
            if name not in self.asked:
                self.book.report(
                    "unknown-field",
                    f"a row of {self.section} has no field"
                    f' "{shown(name)}"{nearest(name, self.asked)}',
                    key.location,
                )

    def text(self, name: str, *, required: bool = True) -> str:
        node = self._take(name, required)
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            self._wrong("wrong-type", f'"{name}" must be text', node)
        elif not node.text.strip():
            self._wrong("missing-text", f'"{name}" is empty', node)
        elif not all(c.isprintable() or c == "\n" for c in node.text):
            self._wrong("control-character", f'"{name}" holds a control character', node)
        else:
            return node.text.strip()
        return ""

    def texts(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        return tuple(item.text for item in self._scalars(name, required))

    def one_of(self, name: str, known: Iterable[str]) -> str:
        word = self.text(name)
        if word and word not in known:
            self._wrong(
                "unknown-choice",
                f'"{name}" is "{shown(word)}"; expected {", ".join(known)}{nearest(word, known)}',
                self.fields[name][1],
            )
            return ""
        return word

    def number(self, name: str, default: float | None = None) -> float:
        node = self._take(name, required=default is None)
        if node is None:
            return default or 0
        value = self._parse(_ANY_NUMBER._replace(id=name), node)
        return value if isinstance(value, (int, float)) else 0

    def integer(self, name: str) -> int:
        node = self._take(name, required=True)
        value = self._parse(_ANY_NUMBER._replace(id=name, type="integer"), node) if node else 0
        return value if isinstance(value, int) else 0

    def flag(self, name: str) -> bool:
        node = self._take(name, required=False)
        return bool(node and self._parse(_ANY_NUMBER._replace(id=name, type="bool"), node))

    def date(self, name: str) -> str:
        word = self.text(name)
        if word and not _is_date(word):
            self._wrong(
                "bad-date",
                f'"{name}" is "{shown(word)}"; expected a date like 2026-11-21',
                self.fields[name][1],
            )
        return word

    def fact(self, name: str) -> str:
        node = self._take(name, required=True)
        if isinstance(node, Scalar) and node.text in self.book.facts:
            return node.text
        if isinstance(node, Scalar):
            self.book.problems.append(unknown_fact(node, self.book.facts))
        elif node is not None:
            self._wrong("wrong-type", f'"{name}" must be one fact', node)
        return ""

    def facts(self, name: str) -> tuple[str, ...]:
        """Facts that can be asked."""
        found = self._scalars(name, required=False)
        for item in found:
            if item.text not in self.book.facts or self.book.facts[item.text].derived:
                self.book.problems.append(unknown_fact(item, self.book.facts))
        return tuple(item.text for item in found)

    def approaches(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        """Approaches in order of cost."""
        found = self._scalars(name, required)
        for item in found:
            if item.text not in plans.BIT:
                hint = nearest(item.text, plans.APPROACHES)
                self._wrong(
                    "unknown-approach",
                    f'"{shown(item.text)}" is none of {", ".join(plans.APPROACHES)}{hint}',
                    item,
                )
        return tuple(
            sorted(
                (item.text for item in found if item.text in plans.BIT), key=plans.APPROACHES.index
            )
        )

    def references(self, name: str, *sections: str, required: bool = True) -> tuple[str, ...]:
        """Ids of rows in these sections, sorted."""
        found = self._scalars(name, required)
        self.book.references.extend(Reference(item, sections) for item in found)
        return tuple(sorted({item.text for item in found}))

    def reference(self, name: str, *sections: str) -> str:
        """The id of one row, or nothing."""
        node = self._take(name, required=False)
        if isinstance(node, Scalar) and node.text:
            self.book.references.append(Reference(node, sections))
            return node.text
        if node is not None:
            self._wrong("wrong-type", f'"{name}" must be one word', node)
        return ""

    def rows(self, name: str, *, required: bool = True) -> list[Row]:
        """The rows inside this one."""
        found: list[Row] = []
        for item in self._items(name, required):
            if isinstance(item, Mapping):
                found.append(
                    Row(
                        self.book,
                        item,
                        f"{self.section} ({name})",
                        f"{self.path}/{name}:{len(found)}",
                    )
                )
                self.book.places[found[-1].path] = item.location
            else:
                self._wrong(
                    "not-a-row",
                    f'"{name}" must hold rows such as `{{approach: ..., because: ...}}`',
                    item,
                )
        self.inner += found
        return found

    def examples(self) -> Examples:
        node = self._take("examples", required=False)
        if node is None:
            return Examples()
        if not isinstance(node, Mapping):
            self._wrong("wrong-type", '"examples" must hold `fires` and `quiet`', node)
            return Examples()
        inner = Row(self.book, node, f"{self.section} (examples)", f"{self.path}/examples")
        self.inner.append(inner)
        return Examples(inner.situations("fires"), inner.situations("quiet"))

    def situations(self, name: str) -> tuple[Situation, ...]:
        items = self._items(name, required=True)
        self.book.places |= {
            f"{self.path}/{name}:{number}": item.location for number, item in enumerate(items)
        }
        return tuple(_situation(item, self.book.facts, self.book.problems.append) for item in items)

    def situation(self, name: str) -> Situation:
        """One situation: a mapping of fact to value."""
        node = self._take(name, required=True)
        return _situation(node, self.book.facts, self.book.problems.append) if node else {}

    def plans(self, name: str) -> tuple[tuple[str, ...], ...]:
        """A list of plans, each a list of approaches."""
        found = []
        for number, item in enumerate(self._items(name, required=True)):
            word = Scalar(name, plain=True, location=item.location)
            inner = Row(
                self.book,
                Mapping(((word, item),), item.location),
                self.section,
                f"{self.path}/{name}:{number}",
            )
            found.append(inner.approaches(name))
        return tuple(found)

    def condition(self, name: str, *, required: bool = False) -> Condition:
        node = self._take(name, required)
        if node is None:
            return ALWAYS
        condition = self._condition(node)
        try:
            terms(condition, MAX_TERMS)
        except OverflowError:
            self._wrong(
                "too-many-alternatives",
                f'"{name}" expands into more than {MAX_TERMS} alternatives; split the row',
                node,
            )
            return ALWAYS
        return condition

    def _condition(self, node: Node, *, inner: bool = False) -> Condition:
        if not isinstance(node, Mapping):
            self._wrong(
                "bad-condition",
                "a condition is a mapping such as `task: label`, or any / all / not",
                node,
            )
            return ALWAYS
        if inner and not node.entries:
            self._wrong("bad-condition", "an empty condition inside another says nothing", node)
        parts: list[Condition] = []
        for key, value in node.entries:
            if key.text == "not":
                parts.append(negated(self._condition(value, inner=True), self.book.facts))
            elif key.text in _NESTING:
                parts.append(self._nested(key.text, value))
            elif key.text not in self.book.facts:
                self.book.problems.append(unknown_fact(key, self.book.facts))
            else:
                parts.append(self._test(self.book.facts[key.text], value))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _nested(self, word: str, node: Node) -> Condition:
        if not isinstance(node, Sequence) or not node.items:
            self._wrong("bad-condition", f'"{word}" holds a list of conditions', node)
            return ALWAYS
        parts = tuple(self._condition(item, inner=True) for item in node.items)
        return AnyOf(parts) if word == "any" else All(parts)

    def _test(self, fact: Fact, node: Node) -> Test:
        if fact.type == "plans":
            self._wrong(
                "bad-test",
                f'"{fact.id}" cannot be tested; use the derived facts prompt_tried, rag_tried and'
                " so on",
                node,
            )
            return Test(fact.id)
        if isinstance(node, Mapping):
            if [key.text for key, _ in node.entries] != ["not"]:
                self._wrong(
                    "bad-test",
                    f'a test of "{fact.id}" is a value, a list, a comparison or {{not: ...}}',
                    node,
                )
                return Test(fact.id)
            inner = negated(self._test(fact, node.entries[0][1]), self.book.facts)
            return inner if isinstance(inner, Test) else Test(fact.id)
        if isinstance(node, Scalar) and node.text == KNOWN and KNOWN not in fact.values:
            return Test(
                fact.id, fact.values, ((-math.inf, math.inf),) if fact.numeric else (), KNOWN
            )
        if isinstance(node, Sequence):
            found = [self._test(fact, item) for item in node.items]
            values = tuple(dict.fromkeys(value for test in found for value in test.values))
            intervals = tuple(interval for test in found for interval in test.intervals)
            return Test(fact.id, values, intervals, " or ".join(test.text for test in found))
        if fact.numeric:
            return Test(fact.id, (), *self._comparison(fact, node))
        value = self._parse(fact, node)
        return Test(fact.id) if value is None else Test(fact.id, (value,), (), facts.show(value))

    def _comparison(self, fact: Fact, node: Scalar) -> tuple[tuple[Interval, ...], str]:
        match = _COMPARISON.fullmatch(node.text)
        if not match or (match[1] and match[3]):
            self._wrong(
                "bad-test",
                f'"{shown(node.text)}" is no test of a number; expected ">= 200", "< 50", "50..199"'
                " or a number",
                node,
            )
            return (), ""
        first, last = (
            self._bound(fact, match[2], node),
            self._bound(fact, match[3], node) if match[3] else None,
        )
        if last is None:
            return compare(
                fact,
                match[1] or "=",
                first,
                f"{match[1]} {facts.show_number(first)}" if match[1] else facts.show_number(first),
            )
        if last < first:
            self._wrong(
                "bad-test",
                f'"{shown(node.text)}" is empty: the first number is larger than the second',
                node,
            )
        low, high = (
            compare(fact, ">=", first, "").intervals[0][0],
            compare(fact, "<=", last, "").intervals[0][1],
        )
        return ((low, high),), f"from {facts.show_number(first)} to {facts.show_number(last)}"

    def _bound(self, fact: Fact, word: str, node: Scalar) -> float:
        threshold = self.book.thresholds.get(word)
        if threshold:
            self.book.read_thresholds.add(word)
            if threshold.fact != fact.id:
                self._wrong(
                    "wrong-threshold",
                    f'the threshold "{word}" is about {threshold.fact}, not {fact.id}',
                    node,
                )
            return threshold.value
        if re.match(r"[a-z]", word):
            off = self.book.off.get(word)
            hint = f"; it is off since {off}" if off else nearest(word, self.book.thresholds)
            self._wrong("unknown-threshold", f'there is no threshold "{shown(word)}"{hint}', node)
            return 0
        value = self._parse(fact, node._replace(text=word, plain=True))
        return value if isinstance(value, (int, float)) else 0

    def _parse(self, fact: Fact, node: Node) -> Value | None:
        try:
            value = value_of(fact, node)
        except NotAValue as error:
            self._wrong(error.code, str(error), node)
            return None
        if value is None:
            self._wrong(
                "missing-value", f'"{fact.id}" needs a value here; expected {fact.expects}', node
            )
        return value

    def _scalars(self, name: str, required: bool) -> list[Scalar]:
        found = []
        for item in self._items(name, required):
            if isinstance(item, Scalar) and item.text:
                found.append(item)
            else:
                self._wrong("wrong-type", f'"{name}" must hold words', item)
        return found

    def _items(self, name: str, required: bool) -> tuple[Node, ...]:
        node = self._take(name, required)
        if node is None:
            return ()
        if isinstance(node, Sequence):
            return node.items
        return (node,)

    def _take(self, name: str, required: bool) -> Node | None:
        self.asked.add(name)
        if name in self.fields:
            self.book.places[f"{self.path}/{name}"] = self.fields[name][1].location
            return self.fields[name][1]
        if required:
            self.book.report(
                "missing-field", f'a row of {self.section} needs "{name}"', self.node.location
            )
        return None

    def _wrong(self, code: str, message: str, node: Node) -> None:
        self.book.report(code, message, node.location)
