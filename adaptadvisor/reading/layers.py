"""The rows in the files of a table, which may extend another: change some rows, leave some out."""

from __future__ import annotations

from dataclasses import dataclass
from os.path import lexists, realpath
from pathlib import Path
from stat import S_IFDIR
from typing import Annotated

from adaptadvisor.errors import BadInput, Location, nearest, shown
from adaptadvisor.reading.book import Book, kind_of
from adaptadvisor.reading.fields import Row
from adaptadvisor.reading.inside import MOST_LAYERS, SHIPPED, base_folder, leads_out
from adaptadvisor.reading.nodes import Mapping, Scalar, Sequence
from adaptadvisor.reading.shipped import shipped_rules
from adaptadvisor.table.facts import Fact
from adaptadvisor.table.rows import CASES, OPTIONAL, SECTIONS

MAX_FILES = 1_000
"""Files in the folder of a section."""


@dataclass(frozen=True, slots=True)
class About:
    """What table.yaml says of a table."""

    version: Annotated[str, "corrected row = patch, added row = minor"]
    extends: Annotated[str, '"shipped", or the folder of another table'] = ""
    review_after_days: int = 0


class Layers(Book):
    """The folders of a table, its base first, and the rows of each section as they count at last.

    `changed`, `off`: rows of a base that were overridden or left out; `unread`: sections of which
    some file could not be read.
    """

    def __init__(self, folder: Path, facts: dict[str, Fact]) -> None:
        super().__init__(facts, folder)
        self.folders: list[Path] = []
        self.changed: dict[str, Location] = {}
        self._rows: dict[str, list[Mapping]] = {}
        self.version, self.review_after_days = self._about(folder, ())

    def _about(self, folder: Path, above: tuple[Path, ...]) -> tuple[str, int]:
        """The version, and for how many days a review counts; finds the folders of all bases."""
        if kind_of(folder) != S_IFDIR or _has_no_yaml(folder):
            what = (
                "it has no YAML files" if kind_of(folder) == S_IFDIR else "no such folder of rules"
            )
            right = "`adaptadvisor rules init DIR` makes one"
            self.report(
                "missing-table", f"no rule table here: {what}; {right}", Location(str(folder))
            )
            raise BadInput(self.problems)
        node = self.read(folder / "table.yaml")
        if not isinstance(node, Mapping):
            if node:
                self.report("not-a-mapping", "expected `version: ...`", node.location)
            self.folders.append(folder)
            return "", 0
        row = Row(self, node, "table.yaml", "table")
        about = row.fill(About)
        row.done()
        days = about.review_after_days
        if about.extends:
            if len(above) == MOST_LAYERS or Path(realpath(folder)) in above:
                most = f"more than {MOST_LAYERS} folders"
                what = f"tables extend each other without end, or through {most}"
                self.report("endless-extends", what, node.location)
                raise BadInput(self.problems)
            self.how_to_change = (
                "; to change that row write `override: true` in this one,"
                " to leave it out `off: true`"
            )
            if about.extends == SHIPPED:
                below = shipped_rules()
            else:
                below = base_folder(folder, about.extends, self.top, node.location)
            theirs = self._about(below, (*above, Path(realpath(folder))))[1]
            days = days or theirs
        self.folders.append(folder)
        return about.version, days

    def rows(self, section: str) -> list[Mapping]:
        """The rows of a section, those of a base changed or left out as the tables above it say."""
        if section not in self._rows:
            self._rows[section] = self._read_rows(section)
        return self._rows[section]

    def _read_rows(self, section: str) -> list[Mapping]:
        found: dict[object, Mapping] = {}
        for number, folder in enumerate(self.folders):
            optional = bool(number) or section in OPTIONAL
            for path in self._files(folder, section, needed=not optional):
                node = self.read(path, may_be_empty=optional)
                if not isinstance(node, Sequence):
                    self.unread.add(section)
                for item in self.items(node, "row"):
                    self._lay(found, item, above=bool(number))
        return list(found.values())

    def _files(self, folder: Path, section: str, *, needed: bool) -> list[Path]:
        """`needs.yaml` and `needs/*.yaml`, the first also where one is needed and none is there."""
        one, more = folder / f"{section}.yaml", folder / section
        if problem := leads_out(more, self.top):
            self.problems.append(problem)
            return []
        found = [path for path in self._listed(more) if path.suffix == ".yaml"]
        if len(found) > MAX_FILES:
            what = f"{len(found):,} files; a folder of rows holds at most {MAX_FILES:,}"
            self.report("too-many-rows", what, Location(str(more)))
            found = found[:MAX_FILES]
        # A link that leads nowhere is there, and a mistake.
        return [one, *found] if lexists(one) or (needed and not found) else found

    def _lay(self, found: dict[object, Mapping], item: Mapping, *, above: bool) -> None:
        """Puts a row where it belongs: a new one, over one of the base, or away with that one."""
        fields = {key.text: value for key, value in item.entries}
        given = fields.get("id")
        id = given.text if isinstance(given, Scalar) else None
        marks = [mark for mark in ("override", "off") if mark in fields] if above else []
        for mark in marks:
            value = fields[mark]
            if not (isinstance(value, Scalar) and value.text == "true"):
                self.report("wrong-type", f'"{mark}" must be true', value.location)
        if not marks:
            found[id if id and id not in found else (len(found), id)] = item
        elif id not in found:
            self._not_there(str(id), found, item)
        elif "off" in marks:
            for key, _ in item.entries:
                if key.text not in ("id", "off"):
                    what = f'a row that is off has no "{shown(key.text)}"'
                    self.report("unknown-field", what, key.location)
            del found[id]
            self.off[str(id)] = item.location
        else:
            self.changed[str(id)] = item.location
            own = tuple(entry for entry in item.entries if entry[0].text != "override")
            kept = tuple(entry for entry in found[id].entries if entry[0].text not in fields)
            found[id] = Mapping((*own, *kept), item.location)

    def _not_there(self, id: str, found: dict[object, Mapping], item: Mapping) -> None:
        hint = nearest(id, (key for key in found if isinstance(key, str)))
        if id in self.ids:
            hint = f"; it is one of the {self.ids[id].section}"
        what = f'the base has no row "{shown(id)}" here{hint}'
        self.report("nothing-to-override", what, item.location)

    def look_for_strangers(self) -> None:
        """Reports files that look like parts of a table and are none."""
        known = {f"{section}.yaml" for section in (*SECTIONS, "table")}
        for folder in self.folders:
            for path in self._listed(folder):
                if path.is_dir() and leads_out(path, self.top):
                    continue  # nothing outside is looked at
                if path.name in SECTIONS and path.is_dir():
                    self._look_inside(path)
                elif path.is_dir():
                    likely = nearest(path.name, SECTIONS)
                    if likely and path.name != CASES and any(path.glob("*.yaml")):
                        self._stranger(path, likely)
                elif path.suffix in (".yaml", ".yml") and path.name not in known:
                    self._stranger(path, nearest(path.name, known))

    def _look_inside(self, folder: Path) -> None:
        for path in self._listed(folder):
            if path.suffix == ".yml" or (path.is_dir() and any(path.glob("*.y*ml"))):
                self._stranger(path, f"; rows go into {folder.name}/*.yaml")

    def _stranger(self, path: Path, hint: str) -> None:
        what = f"no part of a table is called {shown(path.name)}{hint}"
        self.report("unknown-file", what, Location(str(path)))

    def _listed(self, folder: Path) -> list[Path]:
        """What is in a folder, by name; nothing where there is no folder."""
        try:
            return sorted(folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            what = f"the folder cannot be listed: {error.strerror}"
            self.report("unreadable", what, Location(str(folder)))
            return []


def _has_no_yaml(folder: Path) -> bool:
    """Whether nothing in a folder can be meant as a part of a table."""
    try:
        return not any(
            path.name in SECTIONS or path.suffix in (".yaml", ".yml") for path in folder.iterdir()
        )
    except OSError:  # which is reported where its files are read
        return False
