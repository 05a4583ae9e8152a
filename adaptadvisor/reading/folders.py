"""Cases as a folder of facts files: each file is a case, with the name of the file as its id."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from adaptadvisor.errors import BadInput, bad_input
from adaptadvisor.files import readable
from adaptadvisor.reading import facts_file, nodes
from adaptadvisor.reading.many import Case, in_one
from adaptadvisor.table.rows import Table

SUFFIXES = (".yaml", ".yml", ".json")
_SCHEMAS = ".schema.json"


def files(folder: Path) -> tuple[Path, ...]:
    """The facts files in a folder, by name, without schemas; `BadInput` where there is none."""
    with readable(str(folder)):
        found = sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in SUFFIXES
            and not path.name.startswith(".")
            and not path.name.endswith(_SCHEMAS)
            and (path.is_file() or (path.is_symlink() and not path.exists()))
        )
    if not found:
        right = "expected facts files: *.yaml, *.yml or *.json"
        raise bad_input("no-cases", f"there is no case in this folder; {right}", str(folder))
    return tuple(found)


def cases(paths: Sequence[Path], table: Table) -> Iterator[Case]:
    """A case for each file; a file that cannot be read is a case that says why."""
    for path in paths:
        id_ = json.dumps(path.stem.encode("utf-8", "replace").decode())
        file = path.name.encode("utf-8", "replace").decode()
        try:
            given = facts_file.read(nodes.read_text(path, file), file, table)
        except BadInput as error:
            wrong = in_one(error)
            line = wrong.location.line if wrong.location else 0
            yield Case(id_, {}, line, file, wrong=wrong)
            continue
        yield Case(id_, given.answers, 0, file, given.title, given.notes)
