"""Rows as YAML has them: each field is read by its kind, each mistake reported with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TypeVar

from adaptadvisor.errors import Location, nearest, shown
from adaptadvisor.reading.book import RESERVED, SNAKE_SECTIONS, Book, Id, id_form
from adaptadvisor.reading.facts_file import answers_in, unknown_fact
from adaptadvisor.reading.nodes import Mapping, Node, Scalar, Sequence
from adaptadvisor.table import plans
from adaptadvisor.table.conditions import Condition
from adaptadvisor.table.facts import Fact, show
from adaptadvisor.table.kinds import Field, fields_of
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import NO_EXAMPLES, Examples, Option, Refusal, Situation

_EITHER = "either"
_OWN_OF_A_WAY = ("variant", "when", "provided")
T = TypeVar("T")
_Way = TypeVar("_Way", Option, Refusal)


def _is_date(word: str) -> bool:
    try:
        return date.fromisoformat(word).isoformat() == word
    except ValueError:
        return False


def _listed(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else (node,)


_ANY_NUMBER = Fact(
    id="",
    name="",
    order=0,
    type="number",
    question="",
    why="",
    find_out="",
    minimum=-(10**15),
    maximum=10**15,
)


class Row:
    """One row, read field by field; what is not read in the end is an unknown field."""

    def __init__(self, book: Book, node: Mapping, section: str, path: str = "") -> None:
        self.book = book
        self.node = node
        self.section = section
        self.path = path
        self.fields = {key.text: (key, value) for key, value in node.entries}
        self.asked: set[str] = set()
        self.inner: list[Row] = []
        self.id = ""

    def fill(self, kind: type[T], **known: object) -> T:
        """The row as a value of this type: what is known already, and its fields as declared."""
        for field in fields_of(kind):
            if field.name not in known:
                known[field.name] = self._read(field)
        return kind(**known)

    def _read(self, field: Field) -> object:
        """The value of a field; a kind that is not named here has a method of its own."""
        name, words = field.name, field.kind.words
        if name not in self.fields and not field.required:
            self.asked.add(name)
            return field.default
        match field.kind.form:
            case "own_id":
                return self.id
            case "flag":
                return bool(self.number(name, "bool"))
            case "integer":
                return self.number(name, "integer")
            case "word":
                return self.word(name, words)
            case "words":
                return tuple(
                    self._known(name, item.text, item, words) for item in self._scalars(name)
                )
            case "id":
                return self.reference(name, words)
            case "ids":
                return self.references(name, words)
            case "ways":
                return self.by_approach(name, Option)
            case "refusals":
                return self.by_approach(name, Refusal)
            case "rows" if field.inner:
                return tuple(row.fill(field.inner) for row in self.rows(name))
            case form:
                return getattr(self, form)(name)

    def claim_id(self, section: str) -> None:
        """Reads and registers the id, which only one row of the whole table may have."""
        node = self._take("id")
        if not isinstance(node, Scalar):
            return
        if not re.fullmatch(id_form(section), node.text):
            joint = "underscores" if section in SNAKE_SECTIONS else "dashes"
            what = f'the id "{shown(node.text)}" is not small letters and digits, joined by {joint}'
            self._wrong("bad-id", what, node)
        elif node.text in self.book.ids or (
            section == "questions" and (node.text in self.book.facts or node.text in RESERVED)
        ):
            first = self.book.ids.get(node.text)
            by = f" by {first.location}" if first else ""
            what = f'the id "{node.text}" is taken{by}{self.book.how_to_change}'
            self._wrong("duplicate-id", what, node)
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
                what = f'a row of {self.section} has no field "{shown(name)}"'
                self._wrong("unknown-field", f"{what}{nearest(name, self.asked)}", key)

    # ---- one method a kind of field ----

    def text(self, name: str) -> str:
        node = self._take(name)
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            self._wrong("wrong-type", f'"{name}" must be text', node)
        elif not node.text.strip():
            self._wrong("missing-text", f'"{name}" is empty', node)
        elif not node.text.replace("\n", "").isprintable():
            self._wrong("control-character", f'"{name}" holds a control character', node)
        else:
            return node.text.strip()
        return ""

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(item.text for item in self._scalars(name))

    def word(self, name: str, known: Iterable[str]) -> str:
        word = self.text(name)
        return self._known(name, word, self.fields[name][1], known) if word else ""

    def _known(self, name: str, word: str, node: Node, known: Iterable[str]) -> str:
        if word not in known:
            others = f"expected {', '.join(known)}{nearest(word, known)}"
            self._wrong("unknown-choice", f'"{name}" is "{shown(word)}"; {others}', node)
            return ""
        return word

    def number(self, name: str, kind: str = "number") -> float:
        """A number of this type of fact (of "bool", too); 0 where there is none."""
        node = self._take(name)
        fact = replace(_ANY_NUMBER, id=name, type=kind)
        value = self.book.conditions.value(fact, node) if node else None
        if isinstance(value, Range):
            self._wrong("not-a-number", f'"{name}" is {show(value)}; expected one number', node)
        return value if isinstance(value, (int, float)) else 0

    def amounts(self, name: str) -> tuple[tuple[str, float], ...]:
        """A positive number for each of several words; their places are noted by word."""
        node = self._take(name)
        if not isinstance(node, Mapping):
            what = f'"{name}" must be a mapping such as `{{yes: 3, no: 20}}`'
            self._wrong("wrong-type", what, node)
            return ()
        found = []
        for key, value in node.entries:
            self.book.places[f"{self.path}/{name}/{key.text}"] = key.location
            number = self.book.conditions.value(replace(_ANY_NUMBER, id=key.text), value)
            if not isinstance(number, (int, float)) or number <= 0:
                what = f'"{name}" gives "{shown(key.text)}" no number above 0'
                self._wrong("not-a-number", what, value)
            else:
                found.append((key.text, number))
        return tuple(found)

    def date(self, name: str) -> str:
        word = self.text(name)
        if word and not _is_date(word):
            what = f'"{name}" is "{shown(word)}"; expected a date like 2026-11-21'
            self._wrong("bad-date", what, self.fields[name][1])
        return word

    def fact(self, name: str) -> str:
        node = self._take(name)
        if isinstance(node, Scalar) and node.text in self.book.facts:
            return node.text
        if isinstance(node, Scalar):
            self.book.problems.append(unknown_fact(node, self.book.facts))
        elif node is not None:
            self._wrong("wrong-type", f'"{name}" must be one fact', node)
        return ""

    def facts(self, name: str) -> tuple[str, ...]:
        """Facts that can be asked."""
        found = self._scalars(name)
        for item in found:
            if item.text not in self.book.facts or self.book.facts[item.text].derived:
                self.book.problems.append(unknown_fact(item, self.book.facts))
        return tuple(item.text for item in found)

    def approaches(self, name: str) -> tuple[str, ...]:
        return self._in_order(name, self._items(name))

    def references(self, name: str, sections: tuple[str, ...]) -> tuple[str, ...]:
        """Ids of rows in these sections, sorted."""
        found = self._scalars(name)
        self.book.references.extend((item, sections) for item in found)
        return tuple(sorted({item.text for item in found}))

    def reference(self, name: str, sections: tuple[str, ...]) -> str:
        node = self._take(name)
        if isinstance(node, Scalar) and node.text:
            self.book.references.append((node, sections))
            return node.text
        if node is not None:
            self._wrong("wrong-type", f'"{name}" must be one word', node)
        return ""

    def condition(self, name: str) -> Condition:
        node = self._take(name) or Mapping((), self.node.location)
        return self.book.conditions.read(name, node)

    def rows(self, name: str) -> list[Row]:
        found: list[Row] = []
        for item in self._items(name):
            if isinstance(item, Mapping):
                found.append(self._inside(name, f"{name}:{len(found)}", item))
            else:
                what = f'"{name}" must hold rows such as `{{approach: ..., because: ...}}`'
                self._wrong("not-a-row", what, item)
        return found

    def examples(self, name: str) -> Examples:
        node = self._take(name)
        if isinstance(node, Mapping):
            inner = self._inside(name, name, node)
            return Examples(fires=inner.situations("fires"), quiet=inner.situations("quiet"))
        if node is not None:
            self._wrong("wrong-type", f'"{name}" must hold `fires` and `quiet`', node)
        return NO_EXAMPLES

    def situations(self, name: str) -> tuple[Situation, ...]:
        items = self._items(name)
        for number, item in enumerate(items):
            self.book.places[f"{self.path}/{name}:{number}"] = item.location
        return tuple(map(self._situation, items))

    def situation(self, name: str) -> Situation:
        node = self._take(name)
        return self._situation(node) if node else {}

    def plans(self, name: str) -> tuple[tuple[str, ...], ...]:
        """A list of plans, each a list of approaches."""
        return tuple(self._in_order(name, _listed(item)) for item in self._items(name))

    def by_need(self, name: str) -> dict[str, tuple[str, ...]]:
        """Lists of approaches, keyed by the ids of needs."""
        node = self._take(name)
        if not isinstance(node, Mapping):
            self._wrong("wrong-type", f'"{name}" is keyed by need: `{{right-form: [lora]}}`', node)
            return {}
        self.book.references.extend((key, ("needs",)) for key, _ in node.entries)
        return {key.text: self._in_order(name, _listed(value)) for key, value in node.entries}

    # ---- what is keyed by approach ----

    def by_approach(self, name: str, kind: type[_Way]) -> tuple[_Way, ...]:
        """The options or refusals of each approach; their places are numbered as they come."""
        found: list[_Way] = []
        for approaches, entry in self._entries(name, kind):
            for row in entry._either() if kind is Option else [entry]:  # noqa: SLF001 - a row too
                way = row.fill(kind, approach="")
                for approach in approaches:
                    self.book.places[f"{self.path}/{name}:{len(found)}"] = row.node.location
                    found.append(replace(way, approach=approach))
        return tuple(found)

    def refusal(self, name: str) -> Refusal | None:
        """What this approach, whose row this is, can never do."""
        node = self._take(name)
        if isinstance(node, Mapping):
            return self._inside(name, name, node).fill(Refusal, approach=self.id)
        self._wrong("not-a-row", f'"{name}" must be a row such as `{{because: ...}}`', node)
        return None

    def _entries(self, name: str, kind: type[_Way]) -> Iterator[tuple[tuple[str, ...], Row]]:
        """Rows by the approaches that their key names: one, or several joined by commas."""
        node = self._take(name)
        if not isinstance(node, Mapping):
            right = f"write `{name}: {{lora: {{because: ...}}}}` instead of a list"
            if kind is Option:
                right += f", with several ways of one approach under `{_EITHER}: [...]`"
            self._wrong("wrong-type", f'"{name}" is keyed by approach: {right}', node)
            return
        seen: dict[str, Location] = {}
        for key, value in node.entries:
            words = tuple(key._replace(text=word.strip()) for word in key.text.split(","))
            for word in words:
                if word.text in seen:
                    what = f'"{word.text}" is named twice; first at {seen[word.text]}'
                    self._wrong("duplicate-key", what, key)
            approaches = self._in_order(name, words)
            seen |= dict.fromkeys(approaches, key.location)
            if isinstance(value, Mapping):
                entry = self._inside(name, f"{name}/{key.text}", value)
                entry.node = entry.node._replace(location=key.location)
                yield approaches, entry
            else:
                what = f'"{name}" must hold rows such as `{{because: ...}}`'
                self._wrong("not-a-row", what, value)

    def _either(self) -> list[Row]:
        """The ways under `either`, which take over reason and sources; else the entry itself."""
        if _EITHER not in self.fields:
            return [self]
        for name in _OWN_OF_A_WAY:
            if name in self.fields:
                what = f'with `{_EITHER}`, "{name}" belongs to each way in it'
                self._wrong("unknown-field", what, self.fields[name][0])
        ways = self.rows(_EITHER)
        if not ways:
            what = f'"{_EITHER}" needs at least one way in'
            self._wrong("missing-value", what, self.fields[_EITHER][0])
        self.asked |= {*_OWN_OF_A_WAY, "because", "sources"}
        for way in ways:
            for name in ("because", "sources"):
                if name in self.fields:
                    way.fields.setdefault(name, self.fields[name])
        return ways

    # ---- parts ----

    def _situation(self, node: Node) -> Situation:
        answers = answers_in(node, self.book.facts, self.book.problems.append)
        return {fact: value for fact, value in answers.items() if value is not None}

    def _inside(self, name: str, path: str, node: Mapping) -> Row:
        row = Row(self.book, node, f"{self.section} ({name})", f"{self.path}/{path}")
        self.book.places[row.path] = node.location
        self.inner.append(row)
        return row

    def _in_order(self, name: str, items: Iterable[Node]) -> tuple[str, ...]:
        found = set()
        for item in self._words(name, items):
            if item.text in plans.BIT:
                found.add(item.text)
            else:
                hint = nearest(item.text, plans.APPROACHES)
                hint = "; write [] for no approach" if item.text in ("none", "nothing") else hint
                what = f'"{shown(item.text)}" is none of {", ".join(plans.APPROACHES)}{hint}'
                self._wrong("unknown-approach", what, item)
        return tuple(approach for approach in plans.APPROACHES if approach in found)

    def _scalars(self, name: str) -> list[Scalar]:
        return self._words(name, self._items(name))

    def _words(self, name: str, items: Iterable[Node]) -> list[Scalar]:
        found = []
        for item in items:
            if isinstance(item, Scalar) and item.text:
                found.append(item)
            else:
                self._wrong("wrong-type", f'"{name}" must hold words', item)
        return found

    def _items(self, name: str) -> tuple[Node, ...]:
        node = self._take(name)
        if node is None:
            return ()
        return _listed(node)

    def _take(self, name: str) -> Node | None:
        """The content of a field; where there is none, that is reported."""
        self.asked.add(name)
        if name in self.fields:
            self.book.places[f"{self.path}/{name}"] = self.fields[name][1].location
            return self.fields[name][1]
        self._wrong("missing-field", f'a row of {self.section} needs "{name}"', self.node)
        return None

    def _wrong(self, code: str, message: str, node: Node | None) -> None:
        if node is not None:  # a field that is missing is reported already
            self.book.report(code, message, node.location)
