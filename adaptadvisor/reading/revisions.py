"""Tables of earlier days: a folder of rules as it was at a git revision, unpacked to be read."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import IO

from adaptadvisor.errors import BadInput, Location, bad_input, shown
from adaptadvisor.files import temporary_folder
from adaptadvisor.reading import nodes as documents
from adaptadvisor.reading.inside import MOST_LAYERS, SHIPPED, base_in_tree
from adaptadvisor.reading.nodes import Mapping, Scalar
from adaptadvisor.reading.shipped import shipped_rules
from adaptadvisor.table.rows import CASES, SECTIONS

_WHERE = Location("rules diff")
_MOST_FILES = 5_000
_MOST_BYTES = 50_000_000
"""Of all files of a revision together; one file has the limit of every file."""

_SUFFIXES = (b".yaml", b".yml")
_FOLDERS = [name.encode() for name in (CASES, *SECTIONS)]
"""The folders that may be in that of a table."""

_KEPT_VARIABLES = [
    *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"),
    *("GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH"),
]
"""What a user sets for every git; a hook or a command under way sets others, for its own folder."""


@contextmanager
def table_at(argument: str, beside: Path) -> Iterator[Path]:
    """The rules that an argument names: a folder, `shipped`, or a git revision of `beside`.

    A revision and what it extends in its repository are unpacked into a temporary folder, which is
    gone afterwards; `extends: shipped` is the shipped table of today. `BadInput` where none is.
    """
    if argument == SHIPPED:
        yield shipped_rules()
    elif os.path.isdir(argument):  # noqa: PTH112 - that of a path raises for a long name
        yield Path(argument)
    else:
        commit, inside = _find(argument, beside)
        with (
            temporary_folder() as folder,
            _asked(beside, "--batch-check") as sizes,
            _asked(beside, "--batch") as contents,
        ):
            revision = _Revision(argument, commit, _Objects(sizes, contents))
            yield revision.unpacked(inside, folder.resolve())


def _find(revision: str, beside: Path) -> tuple[str, str]:
    """The commit, and the path of the folder in its repository."""
    what = f'"{shown(revision)}" is no folder'
    if not beside.is_dir():
        what += f", and there is no folder {shown(beside)} whose revision it could be"
        raise bad_input("missing-table", what, _WHERE)
    top = _git(beside, "rev-parse", "--show-toplevel")
    if top.returncode:  # no repository, or one of another owner, which git does not trust
        why = shown(os.fsdecode(top.stderr).strip().partition("\n")[0], 200)
        what += f", and no revision either: {shown(beside)} is in no git repository that can be"
        raise bad_input("no-repository", f"{what} read ({why})", _WHERE)
    commit = None
    if not revision.startswith("-") and "\0" not in revision:  # not to be taken for an option
        commit = _git(beside, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if commit is None or commit.returncode:
        what += f", not the word {SHIPPED}, and no git revision of {shown(beside)}"
        raise bad_input("unknown-revision", what, _WHERE)
    inside = os.fsdecode(_git(beside, "rev-parse", "--show-prefix").stdout).removesuffix("\n")
    return commit.stdout.decode().strip(), posixpath.normpath(inside or ".")


@dataclass(slots=True)
class _Objects:
    """Reads what git stores, all of it through one process; a second one tells the size before."""

    sizes: subprocess.Popen[bytes]
    contents: subprocess.Popen[bytes]

    def read(self, name: str, kind: bytes, what: str) -> bytes | None:
        """An object of this kind; None where there is none. `BadInput` where it is too large."""
        head = self._ask(self.sizes, name)
        if len(head) != 3 or head[1] != kind:
            return None
        size = int(head[2])
        if size > documents.MAX_BYTES:
            most = f"{documents.MAX_BYTES // 1_000_000} MB"
            raise bad_input("too-large", f"{what} is larger than {most}", _WHERE)
        self._ask(self.contents, head[0].decode())
        data = _stream(self.contents.stdout).read(size + 1)
        if len(data) != size + 1:
            raise bad_input("unreadable", f"git cannot read {what}", _WHERE)
        return data[:-1]

    def _ask(self, process: subprocess.Popen[bytes], name: str) -> list[bytes]:
        with suppress(OSError):  # git has given up, and there is no answer to read either
            _stream(process.stdin).write(os.fsencode(f"{name}\n"))
            _stream(process.stdin).flush()
        answer = _stream(process.stdout).readline()
        if not answer:
            raise bad_input("unreadable", "git has stopped before everything was read", _WHERE)
        return answer.split()


@contextmanager
def _asked(folder: Path, how: str) -> Iterator[subprocess.Popen[bytes]]:
    """A `git cat-file` that answers a line at a time."""
    process = subprocess.Popen(  # noqa: S603 - no shell, and no word of anybody's is an option
        ["git", "-C", str(folder), "cat-file", how],  # noqa: S607 - the git that the user has
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    with process:
        try:
            yield process
        finally:
            process.kill()
            with suppress(OSError):
                _stream(process.stdin).close()


def _stream(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - both ends were asked for
    return pipe


@dataclass(slots=True)
class _Revision:
    """Writes the tables of one commit; counts what it writes."""

    name: str
    commit: str
    objects: _Objects
    files: int = 0
    size: int = 0

    def unpacked(self, inside: str, into: Path) -> Path:
        """Writes a table and those it extends where they are in the repository; its folder."""
        wanted, top = inside, posixpath.dirname(inside)
        for _ in range(MOST_LAYERS):
            folder = into / wanted
            if folder.is_dir() and any(folder.glob("*.yaml")):
                break  # extends itself; the loader says so
            if not self._write(wanted, folder, deep=True):
                raise self._bad("missing-table", f"there is no folder of rules {shown(wanted)}")
            base = _extends(folder)
            if not base or base == SHIPPED:
                break
            wanted = base_in_tree(wanted, base, top, Location(f"{self.name}:{wanted}/table.yaml"))
        return into / inside

    def _write(self, inside: str, folder: Path, *, deep: bool = False) -> bool:
        """Writes the YAML files of a folder (`deep`: of those in it, too); whether it has any."""
        if not inside.isprintable():
            raise self._bad("bad-name", f"{shown(inside)} is no name that can be looked for")
        path = "" if inside == "." else inside
        tree = self.objects.read(f"{self.commit}:{path}", b"tree", shown(inside))
        found = False
        for mode, name, id in _entries(tree or b"", len(self.commit) // 2):
            if name.endswith(_SUFFIXES):
                self._write_file(mode, name, id, folder)
                found = True
            elif deep and S_ISDIR(mode) and name in _FOLDERS:
                below = name.decode()
                self._write(posixpath.normpath(posixpath.join(inside, below)), folder / below)
        return found

    def _write_file(self, mode: int, name: bytes, id: str, folder: Path) -> None:
        word = shown(os.fsdecode(name))
        if not _is_plain(name):
            raise self._bad("bad-name", f'"{word}" is no plain file name')
        if not S_ISREG(mode):
            raise self._bad("not-a-file", f"{word} is no regular file (a link, a folder, a module)")
        content = self.objects.read(id, b"blob", word)
        if content is None:
            raise self._bad("unreadable", f"git cannot read {word}")
        self.files += 1
        self.size += len(content)
        if self.files > _MOST_FILES or self.size > _MOST_BYTES:
            most = f"{_MOST_FILES:,} files, or {_MOST_BYTES // 1_000_000} MB"
            raise self._bad("too-large", f"there are more than {most}")
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with (folder / os.fsdecode(name)).open("xb") as handle:
                handle.write(content)
        except FileExistsError:  # twice in one tree, or where capitals make no difference
            raise self._bad("bad-name", f"{word} is there twice") from None

    def _bad(self, code: str, what: str) -> BadInput:
        return bad_input(code, f'at "{shown(self.name)}" {what}', _WHERE)


def _entries(tree: bytes, length: int) -> Iterator[tuple[int, bytes, str]]:
    """Mode, name and id of each entry of a tree, as git stores it; a name may be anything."""
    start = 0
    while start < len(tree):
        blank = tree.find(b" ", start)
        end = tree.find(b"\0", blank)
        mode, name, id = tree[start:blank], tree[blank + 1 : end], tree[end + 1 : end + 1 + length]
        if blank < 0 or end < 0 or len(id) != length or not re.fullmatch(rb"[0-7]{1,6}", mode):
            raise bad_input("unreadable", "git stores a folder that cannot be read", _WHERE)
        yield int(mode, 8), name, id.hex()
        start = end + 1 + length


def _is_plain(name: bytes) -> bool:
    """Whether a name is one of a file in this very folder, on every system."""
    word = os.fsdecode(name)
    return word.isprintable() and word not in (".", "..", "") and not set("/\\:") & set(word)


def _extends(folder: Path) -> str:
    """What the table extends, if anything; what is wrong with the file, the loader will say."""
    node = documents.read(folder / "table.yaml", collect=lambda _: None)
    entries = node.entries if isinstance(node, Mapping) else ()
    value = {key.text: value for key, value in entries}.get("extends")
    return value.text.strip() if isinstance(value, Scalar) else ""


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - no shell, and no word of anybody's is an option
            ["git", "-C", str(folder), *words],  # noqa: S607 - the git that the user has
            capture_output=True,
            check=False,
            env=_environment(),
        )
    except OSError:
        what = "git cannot be run, so only folders can be compared"
        raise bad_input("no-git", what, _WHERE) from None


def _environment() -> dict[str, str]:
    """Without what a hook has set; a revision is what was committed, and nothing is fetched."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT_VARIABLES
    }
    offline = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}  # the latter for old gits
    return {**kept, **offline, "GIT_NO_REPLACE_OBJECTS": "1"}
