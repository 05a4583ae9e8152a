"""From files to a `Table`: every mistake is reported, all at once, with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Mapping_
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from adaptadvisor import documents, facts, plans
from adaptadvisor.conditions import ALWAYS, All, AnyOf, Condition, Interval, Test, compare, negated, terms
from adaptadvisor.derived import DERIVED
from adaptadvisor.documents import Mapping, Node, Scalar, Sequence
from adaptadvisor.errors import BadInput, Location, Problem, nearest, shown
from adaptadvisor.facts import OWN_KEYS, Choice, Fact, NotAValue, Value
from adaptadvisor.factsfile import answers_in, unknown_fact, value_of
from adaptadvisor.table import (
    Approach,
    Check,
    Examples,
    Family,
    Limit,
    Need,
    Option,
    Pick,
    Readiness,
    Refusal,
    Situation,
    Source,
    Table,
    Threshold,
    Topic,
    Variant,
)

SECTIONS = ("questions", "thresholds", "approaches", "needs", "limits", "readiness", "variants", "families", "checks", "topics", "sources")
"""The files of a table, `SECTION.yaml` each, in the order in which they are read; `table.yaml` names the version."""

MAX_TERMS = 64
"""How many alternatives a condition may expand into; more is a row that nobody can read either."""

_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_COMPARISON = re.compile(r"\s*(>=|<=|>|<)?\s*([^\s.<>=][^\s<>=]*?)\s*(?:\.\.\s*([^\s.<>=]\S*))?\s*")
_NESTING = ("any", "all", "not")
_RESERVED = (
    *_NESTING, *OWN_KEYS, "facts", "set", "format", "output", "force", "adr_dir", "date", "save", "strict", "fail_on", "rules", "color", "no_color",
    "plain", "stdin", "no_input", "to", "help", "version", "id", "schema",
)  # fmt: skip
"""Words that no fact may be called, because conditions or the command line use them."""
T = TypeVar("T")


def load_table(folder: Path) -> Table:
    """The table in a folder of YAML files; `BadInput` with every problem in it. The order of rows and files does not matter."""
    return _Loader(folder).table()


def _situation(node: Node, known: Mapping_[str, Fact], report: Callable[[Problem], None]) -> dict[str, Value]:
    return {fact: value for fact, value in answers_in(node, known, report).items() if value is not None}


class _Id(NamedTuple):
    section: str
    location: Location


class _Reference(NamedTuple):
    """A mention of another row, checked once everything is read."""

    scalar: Scalar
    sections: tuple[str, ...]


class _Loader:
    """Reads one folder; collects problems instead of stopping at the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.ids: dict[str, _Id] = {}
        self.references: list[_Reference] = []
        self.facts: dict[str, Fact] = {derived.fact.id: derived.fact for derived in DERIVED}
        self.thresholds: dict[str, Threshold] = {}
        self.conditional: dict[str, _Row] = {}

    def table(self) -> Table:
        if not self.folder.is_dir():
            raise BadInput([Problem("missing-table", "no such folder of rules", Location(str(self.folder)))])
        version, review_after_days = self._about()
        read: dict[str, dict[str, Any]] = {}
        self.facts.update(self._section("questions", self._fact))
        self._check_derived()
        self.thresholds = self._section("thresholds", self._threshold)
        applies = {fact: row.condition("applies") for fact, row in sorted(self.conditional.items())}  # reads facts and thresholds
        readers: dict[str, Callable[[_Row], Any]] = {
            "approaches": self._approach, "needs": self._need, "limits": self._limit, "readiness": self._readiness, "variants": self._variant,
            "families": self._family, "checks": self._check, "topics": self._topic, "sources": self._source,
        }  # fmt: skip
        for section, reader in readers.items():
            read[section] = self._section(section, reader)
        self._look_for_strangers()
        self._resolve(read)
        if self.problems:
            raise BadInput(self.problems)
        ordered = dict(sorted(self.facts.items(), key=lambda item: (item[1].derived, item[1].order, item[0])))
        table = Table(version=version, digest="", facts=ordered, thresholds=self.thresholds, applies=applies,
                      review_after_days=review_after_days, **read)  # fmt: skip
        return table._replace(digest=_digest(table))

    def report(self, code: str, message: str, location: Location) -> None:
        self.problems.append(Problem(code, message, location))

    def _document(self, file: str) -> Node | None:
        path = self.folder / file
        return documents.read(path, str(path), collect=self.problems.append)

    def _about(self) -> tuple[str, int]:
        """The version of the table, and for how many days a review stands."""
        node = self._document("table.yaml")
        if not isinstance(node, Mapping):
            if node:
                self.report("not-a-mapping", "expected `version: ...`", node.location)
            return "", 0
        row = _Row(self, node, "table.yaml")
        about = row.text("version"), int(row.number("review_after_days", 0))
        row.done()
        return about

    def _section(self, section: str, reader: Callable[[_Row], T]) -> dict[str, T]:
        """The rows of a file by id, sorted by id."""
        node = self._document(f"{section}.yaml")
        rows: dict[str, T] = {}
        if node is not None and not isinstance(node, Sequence):
            self.report("not-a-list", "expected a list of rows, each starting with `- id: ...`", node.location)
        for item in node.items if isinstance(node, Sequence) else ():
            if not isinstance(item, Mapping):
                self.report("not-a-row", "expected a row: a mapping that starts with `id: ...`", item.location)
                continue
            row = _Row(self, item, section)
            row.claim_id(section)
            value = reader(row)
            row.done()
            if row.id:
                rows.setdefault(row.id, value)
        return dict(sorted(rows.items()))

    def _check_derived(self) -> None:
        """Derived facts are there when their inputs are; the inputs must be what the functions expect."""
        place = Location(str(self.folder / "questions.yaml"))
        for derived in DERIVED:
            inputs = [self.facts.get(name) for name in derived.fact.inputs]
            if not all(inputs):
                del self.facts[derived.fact.id]
                continue
            for fact in inputs:
                if fact and not (fact.type == "plans" if fact.id == "tried" else fact.numeric):
                    self.report("bad-derived-input", f'"{fact.id}" is a {fact.type}, but "{derived.fact.id}" is computed from it', place)
                elif fact and fact.id == "classes" and fact.minimum < 1:
                    self.report("bad-derived-input", '"classes" needs a minimum of at least 1: examples are divided by it', place)

    def _look_for_strangers(self) -> None:
        known = {f"{section}.yaml" for section in (*SECTIONS, "table")}
        for path in sorted(self.folder.iterdir()):
            if path.suffix in (".yaml", ".yml") and path.name not in known:
                self.report("unknown-file", f"no part of a table is called {shown(path.name)}{nearest(path.name, known)}", Location(str(path)))

    def _resolve(self, read: dict[str, dict[str, Any]]) -> None:
        for scalar, sections in self.references:
            found = self.ids.get(scalar.text)
            if found is None or found.section not in sections:
                known = [id for id, entry in self.ids.items() if entry.section in sections]
                what = sections[0].removesuffix("s") if len(sections) == 1 else "row, fact or topic"
                self.report("unknown-id", f'there is no {what} "{shown(scalar.text)}"{nearest(scalar.text, known)}', scalar.location)
        for approach in plans.APPROACHES:
            if approach not in read["approaches"]:
                self.report("missing-approach", f'the approach "{approach}" has no row', Location(str(self.folder / "approaches.yaml")))

    # One method a kind of row: the fields in the order in which people write them.

    def _fact(self, row: _Row) -> Fact:
        if "applies" in row.fields:
            row.asked.add("applies")
            self.conditional[row.id] = row
        type_ = row.one_of("type", facts.TYPES)
        return Fact(
            id=row.id, type=type_, order=row.integer("order"), question=row.text("question"), why=row.text("why"), find_out=row.text("find_out"),
            choices=tuple(Choice(choice.text("value"), choice.text("means")) for choice in row.rows("choices", required=type_ in ("choice", "bool"))),
            unit=row.text("unit", required=False), minimum=row.number("minimum", 0), maximum=row.number("maximum", 10**15),
            obtainable=row.flag("obtainable"),
        )  # fmt: skip

    def _threshold(self, row: _Row) -> Threshold:
        fact = row.fact("fact")
        return Threshold(
            id=row.id, fact=fact, value=row.number("value"), kind=row.one_of("kind", ("accepted", "probe", "enough", "default")),
            means=row.text("means"), sources=row.references("sources", "sources", required=False),
        )  # fmt: skip

    def _approach(self, row: _Row) -> Approach:
        if row.id not in plans.BIT:
            self.report("unknown-approach", f'"{shown(row.id)}" is none of {", ".join(plans.APPROACHES)}', row.node.location)
        return Approach(
            id=row.id, name=row.text("name"), action=row.text("action"), what=row.text("what"), changes=row.text("changes"),
            strong_at=row.text("strong_at"), weak_at=row.text("weak_at"), step=row.text("step"), gate=row.text("gate"), drop_if=row.text("drop_if"),
            provided=row.condition("provided"), sources=row.references("sources", "sources"),
        )  # fmt: skip

    def _need(self, row: _Row) -> Need:
        options = [option for inner in row.rows("met_by") for option in self._options(inner)]
        options.sort(key=lambda option: (plans.BIT.get(option.approach, 0), option.when == ALWAYS, repr(option)))
        refusals = [
            Refusal(approach, inner.text("because"), inner.references("sources", "sources", required=False))
            for inner in row.rows("not_met_by", required=False)
            for approach in inner.approaches("approach")
        ]
        return Need(
            id=row.id, order=row.integer("order"), need=row.text("need"), when=row.condition("when", required=True), met_by=tuple(options),
            not_met_by=tuple(sorted(refusals)), closed_by=row.text("closed_by"), misleads_when=row.text("misleads_when"),
            disagreement=row.text("disagreement", required=False), reviewed=row.date("reviewed"), sources=row.references("sources", "sources"),
            examples=row.examples(),
        )  # fmt: skip

    def _options(self, row: _Row) -> list[Option]:
        """One option for each approach that the row names."""
        named = row.approaches("approach")
        option = Option(
            approach="", because=row.text("because"), variant=row.reference("variant", "variants"),
            when=row.condition("when"), provided=row.condition("provided"), sources=row.references("sources", "sources", required=False),
        )  # fmt: skip
        return [option._replace(approach=approach) for approach in named]

    def _limit(self, row: _Row) -> Limit:
        return Limit(
            id=row.id, order=row.integer("order"), limit=row.text("limit"), rules_out=row.approaches("rules_out"),
            when=row.condition("when", required=True), because=row.text("because"), lifted_by=row.text("lifted_by"),
            misleads_when=row.text("misleads_when"), disagreement=row.text("disagreement", required=False), reviewed=row.date("reviewed"),
            sources=row.references("sources", "sources"), examples=row.examples(),
        )  # fmt: skip

    def _readiness(self, row: _Row) -> Readiness:
        return Readiness(
            id=row.id, stage=row.text("stage"), priority=row.integer("priority"), do=row.text("do"), because=row.text("because"),
            approaches=row.approaches("approaches", required=False), when=row.condition("when"), blocks=row.flag("blocks"),
            disagreement=row.text("disagreement", required=False), sources=row.references("sources", "sources"), examples=row.examples(),
        )  # fmt: skip

    def _variant(self, row: _Row) -> Variant:
        return Variant(
            id=row.id, name=row.text("name"), approaches=row.approaches("approaches"), role=row.text("role"), priority=row.integer("priority"),
            what=row.text("what"), because=row.text("because"), watch_out=row.text("watch_out"), when=row.condition("when"),
            disagreement=row.text("disagreement", required=False), sources=row.references("sources", "sources"), examples=row.examples(),
        )  # fmt: skip

    def _family(self, row: _Row) -> Family:
        picks = [
            Pick(pick.approaches("approaches"), pick.integer("priority"), pick.text("because"), pick.condition("when")) for pick in row.rows("picks")
        ]
        return Family(
            id=row.id, name=row.text("name"), objective=row.text("objective"), what=row.text("what"), strengths=row.texts("strengths"),
            weaknesses=row.texts("weaknesses"), examples_of=row.texts("examples_of"), misleads_when=row.text("misleads_when"),
            picks=tuple(sorted(picks, key=lambda pick: (-pick.priority, repr(pick)))), sources=row.references("sources", "sources"),
        )  # fmt: skip

    def _check(self, row: _Row) -> Check:
        return Check(
            id=row.id, failure=row.text("failure"), order=row.integer("order"), goes_wrong=row.text("goes_wrong"), run=row.text("run"),
            run_on=row.text("run_on"), passes=row.text("passes"), because=row.text("because"),
            approaches=row.approaches("approaches", required=False), when=row.condition("when"),
            disagreement=row.text("disagreement", required=False), sources=row.references("sources", "sources"), examples=row.examples(),
        )  # fmt: skip

    def _topic(self, row: _Row) -> Topic:
        return Topic(
            id=row.id, title=row.text("title"), text=row.text("text"), aliases=row.texts("aliases", required=False),
            see_also=row.references("see_also", *SECTIONS, required=False), sources=row.references("sources", "sources", required=False),
        )  # fmt: skip

    def _source(self, row: _Row) -> Source:
        return Source(
            id=row.id, title=row.text("title"), year=row.text("year"), venue=row.text("venue"), address=row.text("address"),
            finding=row.text("finding"), strength=row.one_of("strength", ("strong", "moderate", "weak")),
            checked=row.one_of("checked", ("source", "recall")), supports=row.texts("supports", required=False),
            against=row.texts("against", required=False),
        )  # fmt: skip


class _Row:
    """One row, read field by field; whatever is not read in the end is an unknown field."""

    def __init__(self, loader: _Loader, node: Mapping, section: str) -> None:
        self.loader = loader
        self.node = node
        self.section = section
        self.fields = {key.text: (key, value) for key, value in node.entries}
        self.asked: set[str] = set()
        self.inner: list[_Row] = []
        self.id = ""

    def claim_id(self, section: str) -> None:
        """Reads the id and enters it in the register of all ids; an id belongs to one row of the whole table."""
        node = self._take("id", required=True)
        if not isinstance(node, Scalar):
            return
        pattern, form = (_SNAKE, "snake_case") if section in ("questions", "approaches") else (_KEBAB, "kebab-case")
        if not pattern.fullmatch(node.text):
            self._wrong("bad-id", f'the id "{shown(node.text)}" is not {form}', node)
        elif node.text in self.loader.ids or (section == "questions" and (node.text in self.loader.facts or node.text in _RESERVED)):
            first = self.loader.ids.get(node.text)
            self._wrong("duplicate-id", f'the id "{node.text}" is taken' + (f" by {first.location}" if first else ""), node)
        else:
            self.loader.ids[node.text] = _Id(section, node.location)
            self.id = node.text

    def done(self) -> None:
        """Reports fields that nobody asked for, here and in the rows inside this one."""
        for row in self.inner:
            row.done()
        for name, (key, _) in self.fields.items():
            if name not in self.asked:
                self.loader.report("unknown-field", f'a row of {self.section} has no field "{shown(name)}"{nearest(name, self.asked)}', key.location)

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
            self._wrong("unknown-choice", f'"{name}" is "{shown(word)}"; expected {", ".join(known)}{nearest(word, known)}', self.fields[name][1])
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
        if word and not re.fullmatch(r"\d{4}-\d\d-\d\d", word):
            self._wrong("bad-date", f'"{name}" is "{shown(word)}"; expected a date like 2026-11-21', self.fields[name][1])
        return word

    def fact(self, name: str) -> str:
        node = self._take(name, required=True)
        if isinstance(node, Scalar) and node.text in self.loader.facts:
            return node.text
        if isinstance(node, Scalar):
            self.loader.problems.append(unknown_fact(node, self.loader.facts))
        elif node is not None:
            self._wrong("wrong-type", f'"{name}" must be one fact', node)
        return ""

    def approaches(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        """Approaches in order of cost."""
        found = self._scalars(name, required)
        for item in found:
            if item.text not in plans.BIT:
                hint = nearest(item.text, plans.APPROACHES)
                self._wrong("unknown-approach", f'"{shown(item.text)}" is none of {", ".join(plans.APPROACHES)}{hint}', item)
        return tuple(sorted((item.text for item in found if item.text in plans.BIT), key=plans.APPROACHES.index))

    def references(self, name: str, *sections: str, required: bool = True) -> tuple[str, ...]:
        """Ids of rows in these sections, sorted."""
        found = self._scalars(name, required)
        self.loader.references.extend(_Reference(item, sections) for item in found)
        return tuple(sorted({item.text for item in found}))

    def reference(self, name: str, *sections: str) -> str:
        """The id of one row, or nothing."""
        node = self._take(name, required=False)
        if isinstance(node, Scalar) and node.text:
            self.loader.references.append(_Reference(node, sections))
            return node.text
        if node is not None:
            self._wrong("wrong-type", f'"{name}" must be one word', node)
        return ""

    def rows(self, name: str, *, required: bool = True) -> list[_Row]:
        """The rows inside this one."""
        found = []
        for item in self._items(name, required):
            if isinstance(item, Mapping):
                found.append(_Row(self.loader, item, f"{self.section} ({name})"))
            else:
                self._wrong("not-a-row", f'"{name}" must hold rows such as `{{approach: ..., because: ...}}`', item)
        self.inner += found
        return found

    def examples(self) -> Examples:
        node = self._take("examples", required=False)
        if node is None:
            return Examples()
        if not isinstance(node, Mapping):
            self._wrong("wrong-type", '"examples" must hold `fires` and `quiet`', node)
            return Examples()
        inner = _Row(self.loader, node, f"{self.section} (examples)")
        self.inner.append(inner)
        return Examples(inner.situations("fires"), inner.situations("quiet"))

    def situations(self, name: str) -> tuple[Situation, ...]:
        return tuple(_situation(item, self.loader.facts, self.loader.problems.append) for item in self._items(name, required=True))

    def condition(self, name: str, *, required: bool = False) -> Condition:
        node = self._take(name, required)
        if node is None:
            return ALWAYS
        condition = self._condition(node)
        try:
            terms(condition, MAX_TERMS)
        except OverflowError:
            self._wrong("too-many-alternatives", f'"{name}" expands into more than {MAX_TERMS} alternatives; split the row', node)
            return ALWAYS
        return condition

    def _condition(self, node: Node, *, inner: bool = False) -> Condition:
        if not isinstance(node, Mapping):
            self._wrong("bad-condition", "a condition is a mapping such as `task: label`, or any / all / not", node)
            return ALWAYS
        if inner and not node.entries:
            self._wrong("bad-condition", "an empty condition inside another says nothing", node)
        parts: list[Condition] = []
        for key, value in node.entries:
            if key.text == "not":
                parts.append(negated(self._condition(value, inner=True), self.loader.facts))
            elif key.text in _NESTING:
                parts.append(self._nested(key.text, value))
            elif key.text not in self.loader.facts:
                self.loader.problems.append(unknown_fact(key, self.loader.facts))
            else:
                parts.append(self._test(self.loader.facts[key.text], value))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _nested(self, word: str, node: Node) -> Condition:
        if not isinstance(node, Sequence) or not node.items:
            self._wrong("bad-condition", f'"{word}" holds a list of conditions', node)
            return ALWAYS
        parts = tuple(self._condition(item, inner=True) for item in node.items)
        return AnyOf(parts) if word == "any" else All(parts)

    def _test(self, fact: Fact, node: Node) -> Test:
        if fact.type == "plans":
            self._wrong("bad-test", f'"{fact.id}" cannot be tested; use the derived facts prompt_tried, rag_tried and so on', node)
            return Test(fact.id)
        if isinstance(node, Mapping):
            if [key.text for key, _ in node.entries] != ["not"]:
                self._wrong("bad-test", f'a test of "{fact.id}" is a value, a list, a comparison or {{not: ...}}', node)
                return Test(fact.id)
            inner = negated(self._test(fact, node.entries[0][1]), self.loader.facts)
            return inner if isinstance(inner, Test) else Test(fact.id)
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
            self._wrong("bad-test", f'"{shown(node.text)}" is no test of a number; expected ">= 200", "< 50", "50..199" or a number', node)
            return (), ""
        first, last = self._bound(fact, match[2], node), self._bound(fact, match[3], node) if match[3] else None
        if last is None:
            return compare(fact, match[1] or "=", first, f"{match[1]} {facts.show_number(first)}" if match[1] else facts.show_number(first))
        if last < first:
            self._wrong("bad-test", f'"{shown(node.text)}" is empty: the first number is larger than the second', node)
        low, high = compare(fact, ">=", first, "").intervals[0][0], compare(fact, "<=", last, "").intervals[0][1]
        return ((low, high),), f"from {facts.show_number(first)} to {facts.show_number(last)}"

    def _bound(self, fact: Fact, word: str, node: Scalar) -> float:
        threshold = self.loader.thresholds.get(word)
        if threshold:
            if threshold.fact != fact.id:
                self._wrong("wrong-threshold", f'the threshold "{word}" is about {threshold.fact}, not {fact.id}', node)
            return threshold.value
        if re.match(r"[a-z]", word):
            hint = nearest(word, self.loader.thresholds)
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
            self._wrong("missing-value", f'"{fact.id}" needs a value here; expected {fact.expects}', node)
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
            return self.fields[name][1]
        if required:
            self.loader.report("missing-field", f'a row of {self.section} needs "{name}"', self.node.location)
        return None

    def _wrong(self, code: str, message: str, node: Node) -> None:
        self.loader.report(code, message, node.location)


_ANY_NUMBER = Fact("number", "number", 0, "", "", "", minimum=-(10**15), maximum=10**15)


def _digest(table: Table) -> str:
    """A fingerprint of everything in the table, independent of the order in which rows and files stood."""
    from hashlib import sha256

    return sha256(repr(table).encode()).hexdigest()[:16]
