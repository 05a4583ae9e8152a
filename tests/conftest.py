"""What every test shares: one environment (no colour, no width, no rules of one's own), two ways to
start the program, and how much is tried at a desk and in CI.
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import once
import pytest
import quick
from hypothesis import HealthCheck, settings
from once import loaded

from adaptadvisor.cli.main import run
from adaptadvisor.engine.decide import Engine, engine_for
from adaptadvisor.reading import shipped
from adaptadvisor.table.rows import Table

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"
PROGRAM = (sys.executable, "-m", "adaptadvisor")
SHAPING = (
    "NO_COLOR",
    "FORCE_COLOR",
    "COLUMNS",
    "LINES",
    "TERM",
    "ADAPTADVISOR_RULES",
    "ADAPTADVISOR_CONFIG",
    "ADAPTADVISOR_DEBUG",
    "ADAPTADVISOR_PLAIN",
    "_ADAPTADVISOR_COMPLETE",
    "PYTHONPATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
)
"""What shapes the output, or the program; the last makes every process compile it anew, and without
buffers nothing shows that they are emptied.
"""
BARE = {
    name: value
    for name, value in os.environ.items()
    if name not in SHAPING and not name.startswith(("LC_", "PYTHONIO", "PYTHONUTF8"))
}
FULL = ("everything",)
"""The parts of a text in which nothing is left out."""
PATIENCE = 60
"""Seconds after which a process hangs; only a safety net, so a busy machine fails no test."""
EVERYTHING = bool(os.environ.get("CI"))
"""Whether the slow tests run, and tests whose examples are cheap try all of them."""
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
"""Whether dear tests try as much as ever they did; CI tries a quarter, so that it takes minutes."""
PUBLISHED = pytest.StashKey[list[str]]()
"""What the published cases came to; printed after every run."""


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shipped.PICKLED.unlink(missing_ok=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew-goldens", action="store_true", help="keep what tests/test_goldens.py renders now"
    )
    parser.addoption(
        "--slow", action="store_true", help="run the slow tests too, with all examples, as CI does"
    )


def pytest_configure(config: pytest.Config) -> None:
    global EVERYTHING  # noqa: PLW0603 - the workers of xdist learn of --slow here
    EVERYTHING = EVERYTHING or THOROUGH or config.getoption("slow")
    # A worker holds many tables, and collecting garbage among all of them again and again took a third
    # of the time.
    gc.set_threshold(100_000, 50, 1000)
    # The shipped table as a wheel carries it, so that no program that a test starts reads all of the
    # YAML again; where the YAML was changed meanwhile, it is read.
    if not hasattr(config, "workerinput"):
        shipped.PICKLED.write_bytes(shipped.pickled())
    # no deadline, no "too slow", no "too few found": neither load nor luck fails a test
    luck = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    always = {"deadline": None, "suppress_health_check": luck, "max_examples": examples(100)}
    settings.register_profile("desk", **always)
    settings.register_profile("ci", **always, derandomize=True, print_blob=True)
    settings.register_profile("thorough", **always)  # without derandomize: other examples each time
    settings.load_profile("thorough" if THOROUGH else "ci" if EVERYTHING else "desk")
    once.install()
    # A shell, or nohup, may start pytest with signals ignored, and its children would ignore them too.
    for name, default in (
        ("SIGINT", signal.default_int_handler),
        ("SIGTERM", signal.SIG_DFL),
        ("SIGHUP", signal.SIG_DFL),
    ):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, default)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not EVERYTHING:
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow: in CI, or with --slow"))


def examples(number: int) -> int:
    """How many examples Hypothesis tries: all in CI, a quarter at a desk."""
    return number if EVERYTHING else max(number // 4, 1)


def fewer(number: int) -> int:
    """How many examples a test tries that takes seconds even so: a quarter in CI, and half of that
    at a desk; all with HYPOTHESIS_PROFILE=thorough.
    """
    return number if THOROUGH else max(number // (4 if EVERYTHING else 8), 1)


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
    for name in SHAPING:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")


@cache
def forked() -> tuple[str, ...]:
    """The program as a process that is loaded already, at a tenth of the price (tests/quick.py); a
    fresh interpreter, where the environment of the command needs one, or the system has no forks.
    """
    if not hasattr(os, "fork"):
        return PROGRAM
    folder = tempfile.mkdtemp(prefix="adaptadvisor-")
    path = str(Path(folder, "socket"))
    pipe = subprocess.PIPE
    server = subprocess.Popen(
        [sys.executable, quick.__file__, "serve", path], stdin=pipe, stdout=pipe, env=BARE
    )
    assert server.stdout.readline() == b"ready\n"
    atexit.register(_ended, server, folder)
    return sys.executable, "-I", "-S", quick.__file__, path, quick.shaping(BARE)


def _ended(server: subprocess.Popen[bytes], folder: str) -> None:
    server.communicate()
    shutil.rmtree(folder)


def program(*args: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own; text that is not UTF-8 fails the test."""
    command = [*forked(), *args]
    done = subprocess.run(
        command, input=stdin, capture_output=True, env=BARE | env, check=False, timeout=PATIENCE
    )
    out, err = (stream.decode().replace(os.linesep, "\n") for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(command, done.returncode, out, err)


def in_process(*args: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[str]:
    """A command in this process, with streams of its own that are no terminal: the same as
    `program`, at a tenth of the price.
    """
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        for name, stream in (("stdin", given), ("stdout", out), ("stderr", err)):
            patch.setattr(sys, name, stream)
        code = run(args)
    said = []
    for stream in (out, err):
        stream.flush()
        said.append(stream.buffer.getvalue().decode())
    return subprocess.CompletedProcess(args, code, *said)


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def at_terminal(*args: str, **env: str) -> tuple[int, str, str]:
    """The exit code of a command in this process, and what it says on stdout and stderr, both of
    which are terminals.
    """
    out, err = Terminal(), Terminal()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        code = run(args)
    return code, out.getvalue(), err.getvalue()


def copied(folder: Path) -> Path:
    """A copy of the shipped rules, without what no plan rests on: it is read in half the time."""
    apart = shutil.ignore_patterns("topics", "precedents", "tests", "README.md", "schema.json")
    return Path(shutil.copytree(RULES, folder / "rules", ignore=apart))


@pytest.fixture(scope="session")
def table() -> Table:
    return loaded().table


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
            ("prompt:zero-shot",),
            ("prompt:few-shot", "prompt:zero-shot"),
            ("rag:retrieval-augmented", "rag+lora:lora-adapters"),
            ("task_head:setfit", "lora:dpo"),
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
