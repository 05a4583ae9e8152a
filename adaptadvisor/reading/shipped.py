"""Where the shipped rules are after an install, and their compiled form.

Parsing YAML would take longer than everything else that `recommend` does, so a wheel carries the
shipped table compiled beside its YAML. The compiled form names the bytes it was made from; when
they differ, it is ignored and the YAML is read.
"""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

from adaptadvisor.engine.situation import engine_for, remember_engine
from adaptadvisor.errors import AdvisorError
from adaptadvisor.table.rows import Table

_PACKAGE = Path(__file__).resolve().parent.parent
COMPILED = _PACKAGE / "compiled.pickle"


def load_table(folder: str | Path | None = None) -> Table:
    """The table in a folder, or the shipped one; `BadInput` with every problem in it."""
    if folder is None:
        shipped = shipped_rules()
        return _compiled(shipped) or _parsed(shipped)
    return _parsed(Path(folder))


def shipped_rules() -> Path:
    """The shipped rules: inside the package after an install, beside it in a checkout."""
    inside, beside = _PACKAGE / "rules", _PACKAGE.parent / "rules"
    if inside.is_dir():
        return inside
    # Only a checkout of this project: another package's `rules` may lie beside ours in site-
    # packages.
    project = _PACKAGE.parent / "pyproject.toml"
    if (
        beside.is_dir()
        and project.is_file()
        and 'name = "adaptadvisor"' in project.read_text(encoding="utf-8")
    ):
        return beside
    raise AdvisorError(f"the shipped rules are missing; looked in {inside} and {beside}")


def compile_shipped() -> None:
    """Writes the compiled form of the shipped table; part of building a wheel."""
    import pickle

    from adaptadvisor.engine.space import Space

    folder = shipped_rules()
    table = _parsed(folder)
    engine = engine_for(table)
    Space(engine, {})  # works out what depends on the table alone
    COMPILED.write_bytes(_fingerprint(folder) + pickle.dumps((table, engine), protocol=5))


def _parsed(folder: Path) -> Table:
    from adaptadvisor.reading import tables  # imports yaml

    return tables.load_table(folder)


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
    for path in (*sorted(folder.glob("*.yaml")), *sorted(_PACKAGE.rglob("*.py"))):
        seed = crc32(path.read_bytes(), crc32(path.name.encode(), seed))
    return b"%08x\n" % seed
