"""What is known while a table is read, and which ids its rows may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from os.path import realpath
from pathlib import Path
from stat import S_IFDIR, S_IFMT, S_IFREG

from adaptadvisor.errors import Location, Problem, Problems, nearest, shown
from adaptadvisor.reading import nodes as documents
from adaptadvisor.reading.conditions import NESTING, Conditions
from adaptadvisor.reading.inside import leads_out
from adaptadvisor.reading.nodes import Node, Scalar, Sequence
from adaptadvisor.table.facts import Fact
from adaptadvisor.table.given import OWN_KEYS

KEBAB = r"[a-z0-9]+(-[a-z0-9]+)*"
SNAKE = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"
SNAKE_SECTIONS = ("questions", "approaches")
_OPTIONS = (
    "facts set format output force adr_dir date save strict fail_on rules color no_color plain"
    " full show open no_config thorough stdin no_input to help version id schema log"
    " data eval corpus tokenizer map show_content results plan baseline baseline_plan bar margin"
    " system baseline_system from metric record best_score prices price"
    " price_of currency assume budget model cards train text label"
)
RESERVED = (*NESTING, *OWN_KEYS, *_OPTIONS.split())
"""Words that no fact may be called, because conditions or the command line use them."""

MAX_ROWS = 5_000
"""Rows in one file; more than that is no table that people review."""


def id_form(section: str) -> str:
    """The pattern of the ids of a section."""
    return SNAKE if section in SNAKE_SECTIONS else KEBAB


@dataclass(frozen=True, slots=True)
class Id:
    """Which section a row is in, and where."""

    section: str
    location: Location


class Book:
    """Ids, facts, mentions and problems so far; `places`: where `needs/ID/when` and such are."""

    how_to_change = ""
    """What to do to change a row that exists already, where that is possible."""

    def __init__(self, facts: dict[str, Fact], folder: Path) -> None:
        self.top = Path(realpath(folder)).parent
        self.problems = Problems()
        self.ids: dict[str, Id] = {}
        self.references: list[tuple[Scalar, tuple[str, ...]]] = []
        self.facts = facts
        self.places: dict[str, Location] = {}
        self.off: dict[str, Location] = {}
        self.unread: set[str] = set()
        self.conditions = Conditions(self.problems.append, facts, off=self.off)

    def report(self, code: str, message: str, location: Location) -> None:
        self.problems.append(Problem(code, message, location))

    def read(self, path: Path, *, may_be_empty: bool = False) -> Node | None:
        """The document in a file, a list without rows where only comments are there and may be."""
        if kind_of(path) not in (S_IFREG, S_IFDIR, 0):  # a pipe or a device might never end
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

    def items(self, node: Node | None, what: str) -> Iterator[documents.Mapping]:
        """The mappings in a document that is a list of rows, or of what else it may be."""
        if node is not None and not isinstance(node, Sequence):
            message = f"expected a list of {what}s, each starting with `- id: ...`"
            self.report("not-a-list", message, node.location)
        items = node.items if isinstance(node, Sequence) else ()
        if len(items) > MAX_ROWS:
            message = f"{len(items):,} {what}s; a file holds at most {MAX_ROWS:,}"
            self.report("too-many-rows", message, items[MAX_ROWS].location)
        for item in items[:MAX_ROWS]:
            if isinstance(item, documents.Mapping):
                yield item
            else:
                message = f"expected a {what}: a mapping that starts with `id: ...`"
                self.report("not-a-row", message, item.location)

    def resolve(self, ids: Mapping[str, Iterable[str]], several: str) -> None:
        """Reports each mention of a row that its sections, called `several`, do not have."""
        every: dict[tuple[str, ...], dict[str, None]] = {}
        for scalar, sections in self.references:
            if self.unread.intersection(sections):
                continue  # the row may be in the file that could not be read
            if sections not in every:
                every[sections] = dict.fromkeys(id for section in sections for id in ids[section])
            known = every[sections]
            if scalar.text not in known:
                what = sections[0].removesuffix("s") if len(sections) == 1 else several
                off = self.off.get(scalar.text)
                hint = f"; it is off since {off}" if off else nearest(scalar.text, known)
                message = f'there is no {what} "{shown(scalar.text)}"{hint}'
                self.report("unknown-id", message, scalar.location)


def kind_of(path: Path) -> int:
    """What a path leads to, as in `stat`; 0 where that is nothing, or cannot be seen."""
    try:
        return S_IFMT(path.stat().st_mode)
    except (OSError, ValueError):
        return 0
