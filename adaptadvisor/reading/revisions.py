"""Tables of earlier days: a folder of rules as it was at a git revision, unpacked where it can be
read.
"""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from adaptadvisor.errors import AdvisorError, Location, bad_input, shown
from adaptadvisor.reading.shipped import shipped_rules
from adaptadvisor.reading import nodes as documents
from adaptadvisor.reading.nodes import Mapping, Scalar
from adaptadvisor.reading.tables import SHIPPED

_WHERE = Location("rules diff")
_MOST_LAYERS = 8
_FILES = (b"100644", b"100755")
CASES = "tests"
"""The folder of cases inside that of a table; it is unpacked too."""

_OF_A_HOOK = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
)  # set while git runs a hook, and meant for another folder


class _Repository(NamedTuple):
    """A working tree, and the commit that is looked at."""

    top: Path
    commit: str
    revision: str


@contextmanager
def table_at(argument: str, beside: Path) -> Iterator[Path]:
    """The folder of rules that an argument names: a folder, the word `shipped`, or a git revision
    of the folder `beside`.

    A revision is unpacked into a temporary folder, which is gone afterwards, together with the
    tables of the same repository that it extends. `extends: shipped` means the shipped table of
    this installation. Raises `BadInput` where there is no such table.
    """
    if argument == SHIPPED:
        yield shipped_rules()
    elif argument and Path(argument).is_dir():
        yield Path(argument)
    else:
        repository, inside = _find(argument, beside)
        with TemporaryDirectory(prefix=f"adaptadvisor-{repository.commit[:10]}-") as folder:
            yield _unpack(repository, inside, Path(folder).resolve())


def _find(revision: str, beside: Path) -> tuple[_Repository, str]:
    """The repository that the folder lies in, and the path of the folder inside it."""
    what = f'"{shown(revision)}" is no folder'
    if not beside.is_dir():
        raise bad_input(
            "missing-table",
            f"{what}, and there is no folder {shown(beside)} whose revision it could be",
            _WHERE,
        )
    found = _run(beside, "rev-parse", "--show-toplevel", "--show-prefix")
    if found.returncode:
        why = shown(
            os.fsdecode(found.stderr).strip().partition("\n")[0], 200
        )  # no repository, or one that git does not trust
        raise bad_input(
            "no-repository",
            f"{what}, and no revision either: {shown(beside)} lies in no git repository that can be"
            f" read ({why})",
            _WHERE,
        )
    top, inside = (os.fsdecode(found.stdout) + "\n").split("\n")[:2]
    # An argument must not be taken for an option.
    commit = (
        None
        if revision.startswith("-")
        else _git(beside, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    )
    if commit is None:
        raise bad_input(
            "unknown-revision",
            f"{what}, not the word {SHIPPED}, and no git revision in {top}",
            _WHERE,
        )
    return _Repository(Path(top), commit.decode().strip(), revision), posixpath.normpath(
        inside or "."
    )


def _unpack(repository: _Repository, inside: str, into: Path) -> Path:
    """Writes a table and those that it extends, each where it lies in the repository; returns the
    folder of the first one.
    """
    wanted, first = inside, into / inside
    for _ in range(_MOST_LAYERS):
        folder = into / wanted
        if folder.is_dir() and any(folder.glob("*.yaml")):
            break  # extends itself; the loader says so
        if not _write(repository, wanted, folder):
            raise bad_input(
                "missing-table",
                f'at "{shown(repository.revision)}" there is no folder of rules {shown(wanted)}',
                _WHERE,
            )
        _write(repository, posixpath.normpath(posixpath.join(wanted, CASES)), folder / CASES)
        base = _extends(folder)
        if not base or base == SHIPPED or posixpath.isabs(base):
            break
        wanted = posixpath.normpath(posixpath.join(wanted, base))
        if wanted.split("/")[0] == "..":
            message = (
                f'at "{shown(repository.revision)}" the table extends {shown(base)}, which lies'
                " outside its repository"
            )
            raise bad_input("outside-repository", message, _WHERE)
    return first


def _write(repository: _Repository, inside: str, folder: Path) -> bool:
    """Writes the YAML files of one folder, without those of folders in it; whether there are any."""
    where = f"{repository.commit}:" + ("" if inside == "." else inside)
    listed = _git(repository.top, "ls-tree", "-z", where)
    names = [line.partition(b"\t") for line in (listed or b"").split(b"\0")]
    links = [
        os.fsdecode(name)
        for kind, _, name in names
        if kind[:6] == b"120000" and name.endswith((b".yaml", b".yml"))
    ]
    if links:
        message = (
            f"{shown(links[0])} is a link at {shown(repository.revision)}; a revision is read"
            " without following links"
        )
        raise bad_input("not-a-file", message, _WHERE)
    found = [
        os.fsdecode(name)
        for kind, _, name in names
        if kind[:6] in _FILES and name.endswith((b".yaml", b".yml"))
    ]
    for name in found:
        content = _git(
            repository.top, "cat-file", "blob", f"{where}{'' if inside == '.' else '/'}{name}"
        )
        if content is None:
            raise AdvisorError(
                f"git cannot read {shown(inside)}/{shown(name)} at {shown(repository.revision)}"
            )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return bool(found)


def _extends(folder: Path) -> str:
    """What the table extends, if anything; whatever is wrong with the file is the loader's to say."""
    node = documents.read(folder / "table.yaml", collect=lambda _: None)
    entries = node.entries if isinstance(node, Mapping) else ()
    return next(
        (
            value.text.strip()
            for key, value in entries
            if key.text == "extends" and isinstance(value, Scalar)
        ),
        "",
    )


def _git(folder: Path, *words: str) -> bytes | None:
    """What git prints; None where it fails."""
    done = _run(folder, *words)
    return done.stdout if done.returncode == 0 else None


def _run(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, check=False, env=environment
        )
    except OSError:
        raise bad_input(
            "no-git", "git cannot be run, so only folders can be compared", _WHERE
        ) from None
