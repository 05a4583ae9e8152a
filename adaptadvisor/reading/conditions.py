"""Conditions as YAML writes them: a mapping of fact to test, with `any`, `all` and `not`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass, field

from adaptadvisor.errors import Location, Problem, nearest, shown
from adaptadvisor.reading.facts_file import unknown_fact, value_of
from adaptadvisor.reading.nodes import Mapping, Node, Scalar, Sequence
from adaptadvisor.table import facts
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
from adaptadvisor.table.facts import Fact, NotAValue, Value
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import Threshold

KNOWN = "known"
"""A test that lets every answer through: the fact only has to be known."""

NESTING = ("any", "all", "not")

MAX_TERMS = 64
"""How many alternatives a condition may expand into; more is a row that nobody can read either."""

COMPARISON = r"\s*(>=|<=|>|<)?\s*([^\s.<>=][^\s<>=]*?)\s*(?:\.\.\s*([^\s.<>=]\S*))?\s*"
_COMPARISON = re.compile(COMPARISON)


@dataclass(slots=True)
class Conditions:
    """Reads conditions; `off`: where a threshold was left out, `read_thresholds`: those in use."""

    report: Callable[[Problem], None]
    facts: dict[str, Fact]
    thresholds: Mapping_[str, Threshold] = field(default_factory=dict)
    off: Mapping_[str, Location] = field(default_factory=dict)
    read_thresholds: set[str] = field(default_factory=set)

    def read(self, name: str, node: Node) -> Condition:
        """The condition in the field `name`."""
        condition = self._condition(node)
        try:
            terms(condition, MAX_TERMS)
        except OverflowError:
            what = f'"{name}" expands into more than {MAX_TERMS} alternatives; split the row'
            self._wrong("too-many-alternatives", what, node)
            return ALWAYS
        return condition

    def value(self, fact: Fact, node: Node) -> Value | None:
        """What a node means for a fact that must have a value here."""
        try:
            value = value_of(fact, node)
        except NotAValue as error:
            self._wrong(error.code, str(error), node)
            return None
        if value is None:
            what = f'"{fact.id}" needs a value here; expected {fact.expects}'
            self._wrong("missing-value", what, node)
        return value

    def _condition(self, node: Node, *, inner: bool = False) -> Condition:
        if not isinstance(node, Mapping):
            what = "a condition is a mapping such as `task: label`, or any / all / not"
            self._wrong("bad-condition", what, node)
            return ALWAYS
        if inner and not node.entries:
            self._wrong("bad-condition", "an empty condition inside another says nothing", node)
        parts: list[Condition] = []
        for key, value in node.entries:
            if key.text == "not":
                parts.append(negated(self._condition(value, inner=True), self.facts))
            elif key.text in NESTING:
                parts.append(self._nested(key.text, value))
            elif key.text not in self.facts:
                self.report(unknown_fact(key, self.facts))
            else:
                parts.append(self._test(self.facts[key.text], value))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _nested(self, word: str, node: Node) -> Condition:
        if not isinstance(node, Sequence) or not node.items:
            self._wrong("bad-condition", f'"{word}" holds a list of conditions', node)
            return ALWAYS
        parts = tuple(self._condition(item, inner=True) for item in node.items)
        return AnyOf(parts) if word == "any" else All(parts)

    def _test(self, fact: Fact, node: Node) -> Test:
        if fact.type == "plans":
            use = "use the derived facts prompt_tried, rag_tried and so on"
            self._wrong("bad-test", f'"{fact.id}" cannot be tested; {use}', node)
            return Test(fact.id)
        if isinstance(node, Mapping):
            return self._not(fact, node)
        if isinstance(node, Scalar) and node.text == KNOWN and KNOWN not in fact.values:
            everywhere = ((-math.inf, math.inf),) if fact.numeric else ()
            return Test(fact.id, fact.values, everywhere, KNOWN)
        if isinstance(node, Sequence):
            found = [self._test(fact, item) for item in node.items]
            values = tuple(dict.fromkeys(value for test in found for value in test.values))
            intervals = tuple(interval for test in found for interval in test.intervals)
            return Test(fact.id, values, intervals, " or ".join(test.text for test in found))
        if fact.numeric:
            return Test(fact.id, (), *self._comparison(fact, node))
        value = self.value(fact, node)
        return Test(fact.id) if value is None else Test(fact.id, (value,), (), facts.show(value))

    def _not(self, fact: Fact, node: Mapping) -> Test:
        if [key.text for key, _ in node.entries] != ["not"]:
            what = f'a test of "{fact.id}" is a value, a list, a comparison or {{not: ...}}'
            self._wrong("bad-test", what, node)
            return Test(fact.id)
        inner = negated(self._test(fact, node.entries[0][1]), self.facts)
        return inner if isinstance(inner, Test) else Test(fact.id)

    def _comparison(self, fact: Fact, node: Scalar) -> tuple[tuple[Interval, ...], str]:
        match = _COMPARISON.fullmatch(node.text)
        if not match or (match[1] and match[3]):
            self._no_test(node)
            return (), ""
        operator, first = match[1], self._bound(fact, match[2], node)
        text = facts.show_number(first)
        if not match[3]:
            interval = compare(fact, operator or "=", first)
            return (interval,), f"{operator} {text}" if operator else text
        last = self._bound(fact, match[3], node)
        if last < first:
            what = f'"{shown(node.text)}" is empty: the first number is larger than the second'
            self._wrong("bad-test", what, node)
        low = compare(fact, ">=", first)[0]
        high = compare(fact, "<=", last)[1]
        return ((low, high),), f"from {text} to {facts.show_number(last)}"

    def _bound(self, fact: Fact, word: str, node: Scalar) -> float:
        threshold = self.thresholds.get(word)
        if threshold:
            self.read_thresholds.add(word)
            if threshold.fact != fact.id:
                what = f'the threshold "{word}" is about {threshold.fact}, not {fact.id}'
                self._wrong("wrong-threshold", what, node)
            return threshold.value
        if re.match(r"[a-z]", word):
            off = self.off.get(word)
            hint = f"; it is off since {off}" if off else nearest(word, self.thresholds)
            self._wrong("unknown-threshold", f'there is no threshold "{shown(word)}"{hint}', node)
            return 0
        value = self.value(fact, node._replace(text=word, plain=True))
        if isinstance(value, Range):
            self._no_test(node)
        return value if isinstance(value, (int, float)) else 0

    def _no_test(self, node: Scalar) -> None:
        right = 'expected ">= 200", "< 50", "50..199" or a number'
        self._wrong("bad-test", f'"{shown(node.text)}" is no test of a number; {right}', node)

    def _wrong(self, code: str, message: str, node: Node) -> None:
        self.report(Problem(code, message, node.location))
