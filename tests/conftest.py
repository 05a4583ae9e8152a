"""One environment for every test: no colour, no width, no rules of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adaptadvisor.engine.decide import Engine, engine_for
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.rows import Table

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"
PUBLISHED = pytest.StashKey[list[str]]()
"""What the published cases came to; printed after every run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew-goldens", action="store_true", help="keep what tests/test_goldens.py renders now"
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where tests run in several processes, the one that counted hands its lines on."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["published"] = session.config.stash.get(PUBLISHED, [])


def pytest_testnodedown(node: Any) -> None:
    if lines := getattr(node, "workeroutput", {}).get("published"):
        node.config.stash[PUBLISHED] = lines


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash.get(PUBLISHED, []):
        terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "NO_COLOR",
        "FORCE_COLOR",
        "COLUMNS",
        "TERM",
        "ADAPTADVISOR_RULES",
        "ADAPTADVISOR_DEBUG",
        "ADAPTADVISOR_PLAIN",
        "PYTHONPATH",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(scope="session")
def table() -> Table:
    return load_table(RULES)


@pytest.fixture(scope="session")
def engine(table: Table) -> Engine:
    return engine_for(table)


def sample_values(table: Table, engine: Engine, fact_id: str) -> list[Any]:
    """Values of a fact on both sides of every line that the table draws, also through derived
    facts.
    """
    fact = table.facts[fact_id]
    if fact.type == "plans":
        return [
            ("prompt",),
            ("rag",),
            ("prompt", "rag"),
            ("task_head",),
            ("rag+lora",),
            ("lora", "full"),
        ]
    if not fact.numeric:
        return list(fact.values)
    edges = [cell.low for cell in engine.cells.get(fact_id, ())[1:]]
    near = {value for edge in edges for value in (edge, edge - 1)} | {
        fact.minimum,
        fact.maximum,
        7,
        24,
        300,
        5000,
    }
    legal = sorted(value for value in near if fact.minimum <= value <= fact.maximum)
    return [int(value) for value in legal] if fact.type == "integer" else legal
