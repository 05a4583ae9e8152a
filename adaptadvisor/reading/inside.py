"""A table reads only inside the folder that holds its own; no name, link or git tree leads out."""

from __future__ import annotations

import posixpath
from pathlib import Path

from adaptadvisor.errors import BadInput, Location, Problem, bad_input, shown
from adaptadvisor.reading.shipped import shipped_rules

SHIPPED = "shipped"
"""What `extends` says of a table that changes the shipped one."""

MOST_LAYERS = 8
"""Folders that one table may extend, one through another."""


def base_in_tree(folder: str, base: str, top: str, where: Location) -> str:
    """As `base_folder`, for the paths of a git repository, where no links are followed."""
    path = posixpath.normpath(posixpath.join(folder, base))
    inside = path.split("/")[0] != ".." and (not top or f"{path}/".startswith(f"{top}/"))
    if not inside or not _is_relative(base):
        raise _out(base, where)
    return path


def base_folder(folder: Path, base: str, top: Path, where: Location) -> Path:
    """The folder that a table extends; `BadInput` where it is not relative or outside `top`."""
    path = folder / base
    if not _is_relative(base) or leads_out(path, top):
        raise _out(base, where)
    return path


def leads_out(path: Path, top: Path) -> Problem | None:
    """What is wrong where a file, its links followed, is outside the folder `top`."""
    try:
        if path.resolve().is_relative_to(top):
            return None
        if shipped_rules() in path.parents[:2]:  # which may be installed as links
            return None
    except (OSError, RuntimeError):  # a link to itself; reading it says so
        return None
    message = "this is a link to a place outside the folder that holds the table's own one"
    return Problem("outside-folder", message, Location(str(path)))


def _is_relative(base: str) -> bool:
    return base.isprintable() and not base.startswith("/") and not set("\\:") & set(base)


def _out(base: str, where: Location) -> BadInput:
    message = (
        f'a table extends "{SHIPPED}" or, by a relative path, a folder no further away than a'
        f' sibling (../base); "{shown(base)}" is none'
    )
    return bad_input("outside-folder", message, where)
