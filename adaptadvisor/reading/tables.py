"""From files to a `Table`: every mistake is reported, all at once, with its place."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from adaptadvisor.errors import BadInput, Location, nearest, shown
from adaptadvisor.reading.fields import Row
from adaptadvisor.reading.layers import Layers
from adaptadvisor.reading.nodes import Scalar, Sequence
from adaptadvisor.table import plans
from adaptadvisor.table.conditions import ALWAYS
from adaptadvisor.table.derived import DERIVED
from adaptadvisor.table.evidence import Precedent
from adaptadvisor.table.facts import Fact, NotAValue, from_text
from adaptadvisor.table.rows import (
    ROWS,
    SECTIONS,
    Approach,
    Asking,
    Family,
    Need,
    Refusal,
    Table,
)

T = TypeVar("T")
_FEWEST_CHOICES = 2


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table, and where everything in it is.

    `places` are those of `book.Book`; options, refusals and picks have `needs/ID/met_by/NUMBER` and
    the like, numbered as in the table. `folders` begins with the base, of which `changed` and `off`
    name rows that were overridden or left out; `read_thresholds` are those that some condition
    names, `alike` the choices that a question says are treated the same.
    """

    table: Table
    places: Mapping_[str, Location]
    folders: tuple[Path, ...]
    changed: tuple[str, ...]
    off: tuple[str, ...]
    read_thresholds: frozenset[str]
    alike: Mapping_[str, tuple[str, ...]]

    def own(self, place: Location) -> bool:
        """Whether a place is in the table's own files, not in those of a table that it extends."""
        return self.folders[-1] == _home(place.file)


@lru_cache(maxsize=1_000)
def _home(file: str) -> Path:
    """The folder of the table that a file is part of. Lint asks 1,500 times for some 30 files."""
    folder = Path(file).parent
    return folder.parent if folder.name in SECTIONS else folder


def load_table(folder: Path) -> Table:
    """The table in a folder; the order of rows does not matter. `BadInput` with every problem."""
    return read_table(folder).table


def read_table(folder: Path) -> Loaded:
    """The same, with places."""
    return _Loader(folder).loaded()


class _Loader(Layers):
    """Reads one table; collects problems instead of stopping at the first."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, {derived.fact.id: derived.fact for derived in DERIVED})
        self.questions: dict[str, Row] = {}
        self.standing: dict[str, tuple[Refusal, Location]] = {}

    def loaded(self) -> Loaded:
        self.facts.update(self._section("questions", self._fact))
        self._check_derived()
        self._check_beside()
        if self.unread:
            self._give_up(SECTIONS[1:])
        thresholds = self.conditions.thresholds = self._section("thresholds")
        if self.unread:
            self._give_up(SECTIONS[2:])
        self._name_variants()
        if self.unread:
            self._give_up(SECTIONS[2:])
        asking = {id: row.fill(Asking) for id, row in sorted(self.questions.items())}
        at_most = self._at_most(asking)
        own = {
            "approaches": self._approach,
            "needs": self._need,
            "families": self._family,
            "precedents": self._precedent,
        }
        read = {section: self._section(section, own.get(section)) for section in SECTIONS[2:]}
        self.look_for_strangers()
        self._resolve(read)
        if self.problems:
            raise BadInput(dict.fromkeys(self.problems))
        facts = sorted(self.facts.values(), key=lambda fact: (fact.derived, fact.order, fact.id))
        table = Table(
            version=self.version,
            digest="",
            facts={fact.id: fact for fact in facts},
            thresholds=thresholds,
            applies={id: about.applies for id, about in asking.items() if about.applies != ALWAYS},
            at_most=at_most,
            review_after_days=self.review_after_days,
            **read,
        )
        return Loaded(
            table=replace(table, digest=_digest(table)),
            places=self.places,
            folders=tuple(self.folders),
            changed=tuple(sorted(self.changed)),
            off=tuple(sorted(self.off)),
            read_thresholds=frozenset(self.conditions.read_thresholds),
            alike={id: about.alike for id, about in asking.items() if about.alike},
        )

    def _give_up(self, sections: tuple[str, ...]) -> NoReturn:
        """Without all of these sections no condition can be read; whole files still can."""
        for section in sections:
            self.rows(section)
        self.look_for_strangers()
        raise BadInput(self.problems)

    def _section(self, section: str, read: Callable[[Row], Any] | None = None) -> dict[str, Any]:
        """The rows of a section by id, sorted by id."""
        self.places[section] = Location(str(self.folders[-1] / f"{section}.yaml"))
        rows: dict[str, Any] = {}
        for item in self.rows(section):
            row = Row(self, item, section)
            row.claim_id(section)
            value = read(row) if read else row.fill(ROWS[section])
            row.done()
            if row.id:
                rows.setdefault(row.id, value)
        return dict(sorted(rows.items()))

    def _name_variants(self) -> None:
        """Tells the fact that holds plans which variants there are: any row may name one."""
        found = []
        for item in self.rows("variants"):
            fields = {key.text: value for key, value in item.entries}
            id, approaches = fields.get("id"), fields.get("approaches")
            if isinstance(id, Scalar) and isinstance(approaches, Sequence):
                found += [
                    (part.text, id.text) for part in approaches.items if isinstance(part, Scalar)
                ]
        for fact in self.facts.values():
            if fact.type == "plans":
                self.facts[fact.id] = replace(fact, variants=tuple(sorted(set(found))))

    def _check_derived(self) -> None:
        """Derived facts are there where their inputs are, which must be as the functions expect."""
        for derived in DERIVED:
            inputs = [self.facts.get(name) for name in derived.fact.inputs]
            if not all(inputs):
                del self.facts[derived.fact.id]
                continue
            for fact in filter(None, inputs):
                place = self.places[f"questions/{fact.id}"]
                if not (fact.type == "plans" if fact.id == "tried" else fact.numeric):
                    use = f'"{derived.fact.id}" is computed from it'
                    what = f'"{fact.id}" is a {fact.type}, but {use}'
                    self.report("bad-derived-input", what, place)
                elif fact.id == "classes" and fact.minimum < 1:
                    what = '"classes" needs a minimum of at least 1: examples are divided by it'
                    self.report("bad-derived-input", what, place)

    def _check_beside(self) -> None:
        """A fact that is told beside another one is there, and is another one."""
        for fact in self.facts.values():
            for name in fact.beside:
                if name == fact.id or name not in self.facts:
                    what = f'"{fact.id}" is told beside "{shown(name)}", which is no other fact'
                    place = self.places[f"questions/{fact.id}/beside"]
                    self.report("unknown-fact", what + nearest(name, self.facts), place)

    def _at_most(self, asking: Mapping_[str, Asking]) -> dict[str, str]:
        """The counts that are part of another one; both must be numbers."""
        found = {id: about.at_most for id, about in asking.items() if about.at_most}
        for part, whole in found.items():
            if not (self.facts[part].numeric and self.facts[whole].numeric):
                what = '"at_most" is for numbers, and names a fact that is one'
                self.report("wrong-type", what, self.places[f"questions/{part}/at_most"])
        return found

    def _resolve(self, read: dict[str, dict[str, Any]]) -> None:
        ids: dict[str, list[str]] = {section: [] for section in SECTIONS}
        for id, row in self.ids.items():
            ids[row.section].append(id)
        self.resolve(ids, "row, fact or topic")
        for approach in plans.APPROACHES:
            if approach not in read["approaches"] and "approaches" not in self.unread:
                place = self.off.get(approach, Location(str(self.folders[0] / "approaches.yaml")))
                self.report("missing-approach", f'the approach "{approach}" has no row', place)

    # ---- rows that are more than their fields ----

    def _fact(self, row: Row) -> Fact:
        self.questions[row.id] = row  # when it is asked is read once all facts are known
        row.asked |= {"applies", "at_most", "alike"}
        fact = row.fill(Fact)
        few = fact.type == "choice" and len(fact.choices) < _FEWEST_CHOICES
        if few:
            self.unread.add("questions")  # no row could name an answer
        if fact.type in ("choice", "bool") and "choices" not in row.fields:
            what = f'a row of {row.section} needs "choices"'
            self.report("missing-field", what, row.node.location)
        elif few:
            what = f'"{row.id}" needs at least {_FEWEST_CHOICES} choices'
            self.report("too-few-choices", what, self.places[f"{row.path}/choices"])
        fact = fact if "maximum" in row.fields else replace(fact, maximum=10**15)
        if fact.unless and not fact.likely:
            what = f'"{row.id}" has "unless" and so needs "likely": of what it is the exception'
            self.report("missing-field", what, self.places[f"{row.path}/unless"])
        for answer, _ in fact.likely:
            try:
                from_text(fact, answer)
            except NotAValue as error:
                self.report(error.code, str(error), self.places[f"{row.path}/likely/{answer}"])
        return fact

    def _approach(self, row: Row) -> Approach:
        if row.id not in plans.BIT:
            what = f'"{shown(row.id)}" is none of {", ".join(plans.APPROACHES)}'
            self.report("unknown-approach", what, row.node.location)
        found = row.fill(Approach)
        if found.cannot:
            self.standing[row.id] = found.cannot, self.places[f"{row.path}/cannot"]
        return found

    def _need(self, row: Row) -> Need:
        need = row.fill(Need)
        spoken = {refusal.approach for refusal in need.not_met_by}
        # where it always meets the need, or what it lacks is said, no reason would be shown
        spoken |= {option.approach for option in need.met_by if option.when == ALWAYS}
        refusals = need.not_met_by
        for approach, (refusal, place) in self.standing.items():
            if approach not in spoken:
                self.places[f"{row.path}/not_met_by:{len(refusals)}"] = place
                refusals = (*refusals, refusal)
        met_by = self._in_order(
            row,
            "met_by",
            need.met_by,
            lambda way: (plans.APPROACHES.index(way.approach), way.when == ALWAYS),
        )
        not_met_by = self._in_order(row, "not_met_by", refusals, lambda _: ())
        return replace(need, met_by=met_by, not_met_by=not_met_by)

    def _family(self, row: Row) -> Family:
        family = row.fill(Family)
        picks = self._in_order(row, "picks", family.picks, lambda pick: (-pick.priority,))
        return replace(family, picks=picks)

    def _precedent(self, row: Row) -> Precedent:
        before = len(self.problems)
        found = row.fill(Precedent)
        if len(self.problems) == before and not all(found.accept or [()]):
            what = '"accept" needs at least one plan, such as `accept: [[rag], [rag, lora]]`'
            self.report("missing-value", what, self.places[f"{row.path}/accept"])
        return found

    def _in_order(
        self, row: Row, name: str, parts: tuple[T, ...], key: Callable[[T], tuple[int, ...]]
    ) -> tuple[T, ...]:
        """Parts of a row, and their places, in an order that does not depend on its file."""
        read = [(part, self.places[f"{row.path}/{name}:{i}"]) for i, part in enumerate(parts)]
        read.sort(key=lambda pair: (key(pair[0]), repr(pair[0]), pair[1]))
        for number, (_, place) in enumerate(read):
            self.places[f"{row.path}/{name}/{number}"] = place
        return tuple(part for part, _ in read)


def _digest(table: Table) -> str:
    """A fingerprint of everything in the table; the order in its files does not matter."""
    from hashlib import sha256

    return sha256(repr(table).encode()).hexdigest()[:16]
