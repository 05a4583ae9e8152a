"""Where the shipped rules are after an install, and their compiled form.

Parsing YAML would take longer than everything else that `recommend` does, so a wheel carries the shipped table compiled beside its
YAML. The compiled form names the bytes it was made from; when they differ, it is ignored and the YAML is read.
"""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

from adaptadvisor.circumstances import engine_for, remember_engine
from adaptadvisor.files import shipped_rules
from adaptadvisor.table import Table

_PACKAGE = Path(__file__).resolve().parent
COMPILED = _PACKAGE / "compiled.pickle"


def load_table(folder: str | Path | None = None) -> Table:
    """The table in a folder, or the shipped one; `BadInput` with every problem in it."""
    if folder is None:
        shipped = shipped_rules()
        return _compiled(shipped) or _parsed(shipped)
    return _parsed(Path(folder))


def compile_shipped() -> None:
    """Writes the compiled form of the shipped table; part of building a wheel."""
    import pickle

    from adaptadvisor.space import Space

    folder = shipped_rules()
    table = _parsed(folder)
    engine = engine_for(table)
    Space(engine, {})  # works out what depends on the table alone
    COMPILED.write_bytes(_fingerprint(folder) + pickle.dumps((table, engine), protocol=5))


def _parsed(folder: Path) -> Table:
    from adaptadvisor import load  # imports yaml

    return load.load_table(folder)


def _compiled(folder: Path) -> Table | None:
    try:
        data = COMPILED.read_bytes()
    except OSError:
        return None
    key = _fingerprint(folder)
    if not data.startswith(key):
        return None
    import pickle

    table, engine = pickle.loads(data[len(key) :])  # noqa: S301 - our own file, beside our own code
    remember_engine(table, engine)
    return table  # type: ignore[no-any-return]


def _fingerprint(folder: Path) -> bytes:
    """Names the rules and the code that compiles them; cheap, because every start pays for it."""
    seed = 0
    for path in (*sorted(folder.glob("*.yaml")), *sorted(_PACKAGE.glob("*.py"))):
        seed = crc32(path.read_bytes(), crc32(path.name.encode(), seed))
    return b"%08x\n" % seed
