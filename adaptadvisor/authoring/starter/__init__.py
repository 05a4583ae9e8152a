"""A table of one's own to begin with: it extends the shipped one, and every file holds examples to
uncomment. The files are those of this folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from adaptadvisor.advice.rules_schema import FILE, schema_line
from adaptadvisor.errors import Location, bad_input, shown
from adaptadvisor.files import folder_written_whole
from adaptadvisor.reading.shipped import shipped_rules
from adaptadvisor.table.rows import CASES


def starter() -> Mapping[str, str]:
    """The files of a table to begin with, by name. As they are they change nothing; with every
    example uncommented they are a valid table.
    """
    folder = Path(__file__).parent
    return {FILE: (shipped_rules() / FILE).read_text(encoding="utf-8")} | {
        path.relative_to(folder).as_posix(): _for_editors(path.relative_to(folder))
        + path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.yaml"))
    }


def _for_editors(name: Path) -> str:
    """The line by which an editor knows the schema of a file."""
    if name.parent.name == CASES:
        return f"{schema_line(CASES, folder='../')}\n"
    return f"{schema_line(name.stem)}\n"


def create(folder: Path) -> list[Path]:
    """Writes a table to begin with, all of it or nothing, and returns its files; never over
    anything, and not into a folder that holds YAML already.
    """
    where = Location(str(folder))
    if folder.exists() and not folder.is_dir():
        raise bad_input("file-exists", f"{shown(folder)} is a file; name a folder", where)
    found = [
        name
        for name in (folder, folder / "tests")
        if name.is_dir() and any(path.suffix in (".yaml", ".yml") for path in name.iterdir())
    ]
    if found:
        raise bad_input(
            "file-exists",
            f"{shown(found[0])} holds YAML files already; name a new or an empty folder",
            where,
        )
    texts = starter()
    try:
        with folder_written_whole(folder) as draft:
            for name, text in texts.items():
                (draft / name).parent.mkdir(exist_ok=True)
                (draft / name).write_bytes(text.encode())
    except FileExistsError:
        raise bad_input(
            "file-exists", f"somebody else writes into {shown(folder)} at this moment", where
        ) from None
    return [folder / name for name in texts]
