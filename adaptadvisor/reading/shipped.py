"""Where the shipped rules are after an install, and the table in them ready to use.

Reading YAML takes longer than all the rest of `recommend`, so a wheel also carries the table as a
pickle, with checksums of the YAML and of itself. Where these do not fit, the YAML is read.
"""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

from adaptadvisor.errors import AdvisorError
from adaptadvisor.table.rows import Table

_PACKAGE = Path(__file__).resolve().parent.parent
PICKLED = _PACKAGE / "table.pickle"


def load_table(folder: str | Path | None = None) -> Table:
    """The table in a folder, or the shipped one; `BadInput` with every problem in it."""
    if folder is None:
        shipped = shipped_rules()
        return _unpickled(shipped) or _parsed(shipped)
    return _parsed(Path(folder))


def shipped_rules() -> Path:
    """The shipped rules: inside the package after an install, next to it in a checkout."""
    inside, beside = _PACKAGE / "rules", _PACKAGE.parent / "rules"
    if inside.is_dir():
        return inside
    project = _PACKAGE.parent / "pyproject.toml"  # site-packages may have `rules` of another
    ours = project.is_file() and 'name = "adaptadvisor"' in project.read_text(encoding="utf-8")
    if ours and beside.is_dir():
        return beside
    raise AdvisorError(f"the shipped rules are missing; looked in {inside} and {beside}")


def pickled() -> bytes:
    """The shipped table as a wheel carries it."""
    import pickle

    folder = shipped_rules()
    table = pickle.dumps(_parsed(folder), protocol=5)
    return _checksum(folder) + b"%08x\n" % crc32(table) + table


def _parsed(folder: Path) -> Table:
    from adaptadvisor.reading import tables  # imports yaml

    return tables.load_table(folder)


def _unpickled(folder: Path) -> Table | None:
    try:
        data = PICKLED.read_bytes()
    except OSError:
        return None
    rules, own, table = data[:9], data[9:18], data[18:]
    if rules != _checksum(folder) or own != b"%08x\n" % crc32(table):
        return None
    import pickle

    return pickle.loads(table)  # type: ignore[no-any-return]  # noqa: S301 - our own file, next to our own code


def _checksum(folder: Path) -> bytes:
    """Of the rules alone; cheap, because every start pays for it."""
    seed = 0
    for path in sorted(folder.glob("**/*.yaml")):
        if path.parent.name != "tests":
            seed = crc32(path.read_bytes(), crc32(path.name.encode(), seed))
    return b"%08x\n" % seed
