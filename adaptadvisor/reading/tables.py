"""From files to a `Table`: every mistake is reported, all at once, with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Mapping_
from os.path import lexists
from pathlib import Path
from stat import S_IFDIR, S_IFMT, S_IFREG
from typing import Any, NamedTuple, NoReturn, TypeVar

from adaptadvisor.errors import BadInput, Location, Problem, nearest, shown
from adaptadvisor.reading import nodes as documents
from adaptadvisor.reading.fields import Book, Row
from adaptadvisor.reading.inside import MOST_LAYERS, SHIPPED, base_folder, leads_out
from adaptadvisor.reading.nodes import Mapping, Node, Scalar, Sequence
from adaptadvisor.reading.shipped import shipped_rules
from adaptadvisor.table import facts, plans
from adaptadvisor.table.conditions import ALWAYS
from adaptadvisor.table.derived import DERIVED
from adaptadvisor.table.facts import Choice, Fact
from adaptadvisor.table.rows import (
    Approach,
    Check,
    Family,
    Limit,
    Need,
    Option,
    Pick,
    Readiness,
    Refusal,
    Source,
    Table,
    Threshold,
    Topic,
    Variant,
)

SECTIONS = (
    "questions",
    "thresholds",
    "approaches",
    "needs",
    "limits",
    "readiness",
    "variants",
    "families",
    "checks",
    "topics",
    "sources",
)
"""The files of a table, `SECTION.yaml` each, in the order in which they are read; `table.yaml`
names the version.
"""

MAX_ROWS = 5_000
"""Rows in one file; more than that is no table that people review."""

T = TypeVar("T")


class Loaded(NamedTuple):
    """A table with where everything stands: see `rows.Book.places`.

    An option of a need has the place `needs/ID/met_by/NUMBER`, numbered as in the table; so have
    refusals (`not_met_by`) and picks of families. `folders` are those that it was read from, its
    base first; `changed` and `off` name the rows of a base that were overridden or left out,
    `read_thresholds` the thresholds that some condition names, `alike` the choices of a fact that
    its question says are treated the same.
    """

    table: Table
    places: Mapping_[str, Location]
    folders: tuple[Path, ...]
    changed: tuple[str, ...]
    off: tuple[str, ...]
    read_thresholds: frozenset[str] = frozenset()
    alike: Mapping_[str, tuple[str, ...]] = {}

    def own(self, place: Location) -> bool:
        """Whether a place is in the table's own files, not in those of a table that it extends."""
        return Path(place.file).parent == self.folders[-1]


def load_table(folder: Path) -> Table:
    """The table in a folder of YAML files; `BadInput` with every problem in it. The order of rows
    and files does not matter.
    """
    return read_table(folder).table


def read_table(folder: Path) -> Loaded:
    """The same, with places."""
    return _Loader(folder).loaded()


class _Loader(Book):
    """Reads one table; collects problems instead of stopping at the first."""

    def __init__(self, folder: Path) -> None:
        super().__init__({derived.fact.id: derived.fact for derived in DERIVED})
        self.folder = folder
        self.top = folder.resolve().parent
        self.folders: list[Path] = []
        self.conditional: dict[str, Row] = {}
        self.alike: dict[str, tuple[str, ...]] = {}
        self.unread: set[str] = set()
        self.changed: dict[str, Location] = {}

    def loaded(self) -> Loaded:
        version, review_after_days = self._about(self.folder)
        read: dict[str, dict[str, Any]] = {}
        self.facts.update(self._section("questions", self._fact))
        self._check_derived()
        if self.unread:
            self._give_up(SECTIONS[1:])
        self.thresholds = self._section("thresholds", self._threshold)
        if self.unread:
            self._give_up(SECTIONS[2:])
        applies = {
            fact: row.condition("applies") for fact, row in sorted(self.conditional.items())
        }  # reads facts and thresholds
        readers: dict[str, Callable[[Row], Any]] = {
            "approaches": self._approach,
            "needs": self._need,
            "limits": self._limit,
            "readiness": self._readiness,
            "variants": self._variant,
            "families": self._family,
            "checks": self._check,
            "topics": self._topic,
            "sources": self._source,
        }
        for section, reader in readers.items():
            read[section] = self._section(section, reader)
        self._look_for_strangers()
        self._resolve(read)
        if self.problems:
            raise BadInput(self.problems)
        ordered = dict(
            sorted(self.facts.items(), key=lambda item: (item[1].derived, item[1].order, item[0]))
        )
        table = Table(
            version=version,
            digest="",
            facts=ordered,
            thresholds=self.thresholds,
            applies=applies,
            review_after_days=review_after_days,
            **read,
        )
        return Loaded(
            table._replace(digest=_digest(table)),
            self.places,
            tuple(self.folders),
            tuple(sorted(self.changed)),
            tuple(sorted(self.off)),
            frozenset(self.read_thresholds),
            self.alike,
        )

    def _give_up(self, sections: Iterable[str]) -> NoReturn:
        """Without all questions and thresholds no condition can be judged: only what is wrong with
        whole files is added.
        """
        for section in sections:
            self._nodes(section)
        self._look_for_strangers()
        raise BadInput(self.problems)

    # ---- layers: a table may extend another one ----

    def _about(self, folder: Path, above: tuple[Path, ...] = ()) -> tuple[str, int]:
        """The version of the table, and for how many days a review stands; finds the folders of the
        tables that it extends.
        """
        if _kind(folder) != S_IFDIR:
            raise BadInput(
                [
                    *self.problems,
                    Problem("missing-table", "no such folder of rules", Location(str(folder))),
                ]
            )
        node = self._read(folder / "table.yaml")
        if not isinstance(node, Mapping):
            if node:
                self.report("not-a-mapping", "expected `version: ...`", node.location)
            self.folders.append(folder)
            return "", 0
        row = Row(self, node, "table.yaml", "table")
        version, base = row.text("version"), row.text("extends", required=False)
        days = int(row.number("review_after_days", 0))
        row.done()
        if base and (len(above) == MOST_LAYERS or folder.resolve() in above):
            what = (
                f"tables extend each other without end, or through more than {MOST_LAYERS} folders"
            )
            raise BadInput([*self.problems, Problem("endless-extends", what, row.node.location)])
        if base:
            self.how_to_change = (
                "; to change that row write `override: true` in this one, to leave it out `off:"
                " true`"
            )
            below = self._about(
                shipped_rules()
                if base == SHIPPED
                else base_folder(folder, base, self.top, row.node.location),
                (*above, folder.resolve()),
            )
            days = days or below[1]
        self.folders.append(folder)
        return version, days

    def _read(self, path: Path, *, may_be_empty: bool = False) -> Node | None:
        """The document in a file; a pipe or a device is none, and might never end.

        A table that extends another one may hold files in which every row is still a comment.
        """
        if _kind(path) not in (S_IFREG, S_IFDIR, 0):
            self.report("not-a-file", "this is no regular file", Location(str(path)))
            return None
        if problem := leads_out(path, self.top):
            self.problems.append(problem)
            return None
        found: list[Problem] = []
        node = documents.read(path, collect=found.append)
        if may_be_empty and [problem.code for problem in found] == ["empty"]:
            return Sequence((), Location(str(path)))
        self.problems += found
        return node

    def _nodes(self, section: str) -> list[Mapping]:
        """The rows of a section, those of a base changed or left out as the tables above it say."""
        found: dict[Any, Mapping] = {}
        for number, folder in enumerate(self.folders):
            path = folder / f"{section}.yaml"
            if number and not lexists(path):  # a link that leads nowhere is there, and a mistake
                continue
            node = self._read(path, may_be_empty=bool(number))
            if not isinstance(node, Sequence):
                self.unread.add(section)
            for item in self._items(node):
                self._lay(found, item, above=bool(number))
        return list(found.values())

    def _items(self, node: Node | None) -> list[Mapping]:
        if node is not None and not isinstance(node, Sequence):
            self.report(
                "not-a-list",
                "expected a list of rows, each starting with `- id: ...`",
                node.location,
            )
        items = node.items if isinstance(node, Sequence) else ()
        if len(items) > MAX_ROWS:
            self.report(
                "too-many-rows",
                f"{len(items):,} rows; a file holds at most {MAX_ROWS:,}",
                items[MAX_ROWS].location,
            )
            items = items[:MAX_ROWS]
        for item in items:
            if not isinstance(item, Mapping):
                self.report(
                    "not-a-row",
                    "expected a row: a mapping that starts with `id: ...`",
                    item.location,
                )
        return [item for item in items if isinstance(item, Mapping)]

    def _lay(self, found: dict[Any, Mapping], item: Mapping, *, above: bool) -> None:
        """Puts a row where it belongs: as a new one, over one of the base, or away with that one."""
        fields = {key.text: value for key, value in item.entries}
        id = fields["id"].text if isinstance(fields.get("id"), Scalar) else None  # type: ignore[union-attr]
        marks = [mark for mark in ("override", "off") if mark in fields] if above else []
        if not marks:
            found[id if id and id not in found else (len(found), id)] = item
            return
        for mark in marks:
            value = fields[mark]
            if not (isinstance(value, Scalar) and value.text == "true"):
                self.report("wrong-type", f'"{mark}" must be true', value.location)
        if id not in found:
            elsewhere = self.ids.get(str(id))
            hint = (
                f"; it stands in {elsewhere.section}.yaml"
                if elsewhere
                else nearest(str(id), filter(None, map(_word, found)))
            )
            self.report(
                "nothing-to-override",
                f'the base has no row "{shown(id)}" here{hint}',
                item.location,
            )
            return
        if "off" in marks:
            for key, _ in item.entries:
                if key.text not in ("id", "off"):
                    self.report(
                        "unknown-field",
                        f'a row that is off has no "{shown(key.text)}"',
                        key.location,
                    )
            del found[id]
            self.off[str(id)] = item.location
            return
        self.changed[str(id)] = item.location
        own = tuple(entry for entry in item.entries if entry[0].text != "override")
        kept = tuple(entry for entry in found[id].entries if entry[0].text not in fields)
        found[id] = Mapping((*own, *kept), item.location)

    def _section(self, section: str, reader: Callable[[Row], T]) -> dict[str, T]:
        """The rows of a section by id, sorted by id."""
        self.places[section] = Location(str(self.folders[-1] / f"{section}.yaml"))
        rows: dict[str, T] = {}
        for item in self._nodes(section):
            row = Row(self, item, section)
            row.claim_id(section)
            value = reader(row)
            row.done()
            if row.id:
                rows.setdefault(row.id, value)
        return dict(sorted(rows.items()))

    def _check_derived(self) -> None:
        """Derived facts are there when their inputs are; the inputs must be what the functions
        expect.
        """
        for derived in DERIVED:
            inputs = [self.facts.get(name) for name in derived.fact.inputs]
            if not all(inputs):
                del self.facts[derived.fact.id]
                continue
            for fact in inputs:
                place = self.places[f"questions/{fact.id}"] if fact else Location("")
                if fact and not (fact.type == "plans" if fact.id == "tried" else fact.numeric):
                    self.report(
                        "bad-derived-input",
                        f'"{fact.id}" is a {fact.type}, but "{derived.fact.id}" is computed'
                        " from it",
                        place,
                    )
                elif fact and fact.id == "classes" and fact.minimum < 1:
                    self.report(
                        "bad-derived-input",
                        '"classes" needs a minimum of at least 1: examples are divided by it',
                        place,
                    )

    def _look_for_strangers(self) -> None:
        known = {f"{section}.yaml" for section in (*SECTIONS, "table")}
        for folder in self.folders:
            for path in sorted(self._listed(folder)):
                if path.suffix in (".yaml", ".yml") and path.name not in known:
                    self.report(
                        "unknown-file",
                        "no part of a table is called"
                        f" {shown(path.name)}{nearest(path.name, known)}",
                        Location(str(path)),
                    )

    def _listed(self, folder: Path) -> list[Path]:
        try:
            return list(folder.iterdir())
        except OSError as error:
            self.report(
                "unreadable",
                f"the folder cannot be listed: {error.strerror}",
                Location(str(folder)),
            )
            return []

    def _resolve(self, read: dict[str, dict[str, Any]]) -> None:
        for scalar, sections in self.references:
            found = self.ids.get(scalar.text)
            if self.unread.intersection(sections):
                continue  # the row may stand in the file that could not be read
            if found is None or found.section not in sections:
                known = [id for id, entry in self.ids.items() if entry.section in sections]
                what = sections[0].removesuffix("s") if len(sections) == 1 else "row, fact or topic"
                off = self.off.get(scalar.text)
                hint = f"; it is off since {off}" if off else nearest(scalar.text, known)
                self.report(
                    "unknown-id",
                    f'there is no {what} "{shown(scalar.text)}"{hint}',
                    scalar.location,
                )
        for approach in plans.APPROACHES:
            if approach not in read["approaches"] and "approaches" not in self.unread:
                place = self.off.get(approach, Location(str(self.folders[0] / "approaches.yaml")))
                self.report("missing-approach", f'the approach "{approach}" has no row', place)

    # One method a kind of row: the fields in the order in which people write them.

    def _fact(self, row: Row) -> Fact:
        if "applies" in row.fields:
            row.asked.add("applies")
            self.conditional[row.id] = row
        type_ = row.one_of("type", facts.TYPES)
        if "alike" in row.fields:
            self.alike[row.id] = row.texts("alike")
        return Fact(
            id=row.id,
            type=type_,
            order=row.integer("order"),
            question=row.text("question"),
            why=row.text("why"),
            find_out=row.text("find_out"),
            choices=tuple(
                Choice(choice.text("value"), choice.text("means"))
                for choice in row.rows("choices", required=type_ in ("choice", "bool"))
            ),
            unit=row.text("unit", required=False),
            minimum=row.number("minimum", 0),
            maximum=row.number("maximum", 10**15),
            obtainable=row.flag("obtainable"),
        )

    def _threshold(self, row: Row) -> Threshold:
        fact = row.fact("fact")
        return Threshold(
            id=row.id,
            fact=fact,
            value=row.number("value"),
            kind=row.one_of("kind", ("accepted", "probe", "enough", "default")),
            means=row.text("means"),
            sources=row.references("sources", "sources", required=False),
        )

    def _approach(self, row: Row) -> Approach:
        if row.id not in plans.BIT:
            self.report(
                "unknown-approach",
                f'"{shown(row.id)}" is none of {", ".join(plans.APPROACHES)}',
                row.node.location,
            )
        return Approach(
            id=row.id,
            name=row.text("name"),
            action=row.text("action"),
            what=row.text("what"),
            changes=row.text("changes"),
            strong_at=row.text("strong_at"),
            weak_at=row.text("weak_at"),
            step=row.text("step"),
            gate=row.text("gate"),
            drop_if=row.text("drop_if"),
            provided=row.condition("provided"),
            sources=row.references("sources", "sources"),
        )

    def _need(self, row: Row) -> Need:
        placed = [
            (option, inner.node.location)
            for inner in row.rows("met_by")
            for option in self._options(inner)
        ]
        placed.sort(
            key=lambda pair: (
                plans.BIT.get(pair[0].approach, 0),
                pair[0].when == ALWAYS,
                repr(pair[0]),
            )
        )
        self.places |= {
            f"needs/{row.id}/met_by/{number}": place for number, (_, place) in enumerate(placed)
        }
        refusals = [
            (
                Refusal(
                    approach,
                    inner.text("because"),
                    inner.references("sources", "sources", required=False),
                ),
                inner.node.location,
            )
            for inner in row.rows("not_met_by", required=False)
            for approach in inner.approaches("approach")
        ]
        refusals.sort()
        self.places |= {
            f"needs/{row.id}/not_met_by/{number}": place
            for number, (_, place) in enumerate(refusals)
        }
        return Need(
            id=row.id,
            order=row.integer("order"),
            need=row.text("need"),
            when=row.condition("when", required=True),
            met_by=tuple(option for option, _ in placed),
            not_met_by=tuple(refusal for refusal, _ in refusals),
            closed_by=row.text("closed_by"),
            misleads_when=row.text("misleads_when"),
            disagreement=row.text("disagreement", required=False),
            reviewed=row.date("reviewed"),
            sources=row.references("sources", "sources"),
            examples=row.examples(),
        )

    def _options(self, row: Row) -> list[Option]:
        """One option for each approach that the row names."""
        named = row.approaches("approach")
        option = Option(
            approach="",
            because=row.text("because"),
            variant=row.reference("variant", "variants"),
            when=row.condition("when"),
            provided=row.condition("provided"),
            sources=row.references("sources", "sources", required=False),
        )
        return [option._replace(approach=approach) for approach in named]

    def _limit(self, row: Row) -> Limit:
        return Limit(
            id=row.id,
            order=row.integer("order"),
            limit=row.text("limit"),
            rules_out=row.approaches("rules_out"),
            when=row.condition("when", required=True),
            because=row.text("because"),
            lifted_by=row.text("lifted_by"),
            misleads_when=row.text("misleads_when"),
            disagreement=row.text("disagreement", required=False),
            reviewed=row.date("reviewed"),
            sources=row.references("sources", "sources"),
            examples=row.examples(),
        )

    def _readiness(self, row: Row) -> Readiness:
        return Readiness(
            id=row.id,
            stage=row.text("stage"),
            priority=row.integer("priority"),
            do=row.text("do"),
            because=row.text("because"),
            approaches=row.approaches("approaches", required=False),
            when=row.condition("when"),
            blocks=row.flag("blocks"),
            disagreement=row.text("disagreement", required=False),
            sources=row.references("sources", "sources"),
            examples=row.examples(),
        )

    def _variant(self, row: Row) -> Variant:
        return Variant(
            id=row.id,
            name=row.text("name"),
            approaches=row.approaches("approaches"),
            role=row.text("role"),
            priority=row.integer("priority"),
            what=row.text("what"),
            because=row.text("because"),
            watch_out=row.text("watch_out"),
            when=row.condition("when"),
            disagreement=row.text("disagreement", required=False),
            sources=row.references("sources", "sources"),
            examples=row.examples(),
        )

    def _family(self, row: Row) -> Family:
        picks = [
            (
                Pick(
                    pick.approaches("approaches"),
                    pick.integer("priority"),
                    pick.text("because"),
                    pick.condition("when"),
                ),
                pick.node.location,
            )
            for pick in row.rows("picks")
        ]
        picks.sort(key=lambda pair: (-pair[0].priority, repr(pair[0])))
        self.places |= {
            f"families/{row.id}/picks/{number}": place for number, (_, place) in enumerate(picks)
        }
        return Family(
            id=row.id,
            name=row.text("name"),
            objective=row.text("objective"),
            what=row.text("what"),
            strengths=row.texts("strengths"),
            weaknesses=row.texts("weaknesses"),
            examples_of=row.texts("examples_of"),
            misleads_when=row.text("misleads_when"),
            picks=tuple(pick for pick, _ in picks),
            sources=row.references("sources", "sources"),
        )

    def _check(self, row: Row) -> Check:
        return Check(
            id=row.id,
            failure=row.text("failure"),
            order=row.integer("order"),
            goes_wrong=row.text("goes_wrong"),
            run=row.text("run"),
            run_on=row.text("run_on"),
            passes=row.text("passes"),
            because=row.text("because"),
            approaches=row.approaches("approaches", required=False),
            when=row.condition("when"),
            disagreement=row.text("disagreement", required=False),
            sources=row.references("sources", "sources"),
            examples=row.examples(),
        )

    def _topic(self, row: Row) -> Topic:
        return Topic(
            id=row.id,
            title=row.text("title"),
            text=row.text("text"),
            aliases=row.texts("aliases", required=False),
            see_also=row.references("see_also", *SECTIONS, required=False),
            sources=row.references("sources", "sources", required=False),
        )

    def _source(self, row: Row) -> Source:
        return Source(
            id=row.id,
            title=row.text("title"),
            year=row.text("year"),
            venue=row.text("venue"),
            address=row.text("address"),
            finding=row.text("finding"),
            strength=row.one_of("strength", ("strong", "moderate", "weak")),
            checked=row.one_of("checked", ("source", "recall")),
            supports=row.texts("supports", required=False),
            against=row.texts("against", required=False),
        )


def _kind(path: Path) -> int:
    """What a path leads to, as in `stat`; 0 where that is nothing, or cannot be seen."""
    try:
        return S_IFMT(path.stat().st_mode)
    except (OSError, ValueError):
        return 0


def _word(key: Any) -> str:
    return key if isinstance(key, str) else ""


def _digest(table: Table) -> str:
    """A fingerprint of everything in the table, independent of the order in which rows and files
    stood.
    """
    from hashlib import sha256

    return sha256(repr(table).encode()).hexdigest()[:16]
