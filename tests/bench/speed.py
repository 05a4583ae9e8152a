"""Speed as ratios against yardsticks measured in the same run. Prints figures; judges nothing.

    python -m pip install '.[dev,bench]' && python tests/bench/speed.py

Run it with the Python of an environment in which adaptadvisor is installed as users install it (not
editable).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from strategies import a_fact, approaches, choices, need

from adaptadvisor import load_table
from adaptadvisor.engine.decide import Engine, engine_for
from adaptadvisor.table.conditions import ALWAYS, All, Test
from adaptadvisor.table.facts import Fact
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Option, Table

FLAGS = [
    "--task",
    "label",
    "--examples",
    "1200",
    "--classes",
    "12",
    "--model-access",
    "api",
    "--stakes",
    "high",
]
ONE_COMMAND = """import typer
app = typer.Typer()
@app.command()
def recommend(task: str = "", examples: int = 0, classes: int = 0, model_access: str = "", stakes: str = ""):
    print(task, examples, classes, model_access, stakes)
app()
"""
RICH = "import rich.console, rich.panel, rich.table, rich.text"
ON_A_TERMINAL = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"
RULES_40, FACTS_12 = 40, 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=300_000, help="situations in the batch file")
    parser.add_argument("--runs", type=int, default=15, help="starts of each program")
    parser.add_argument(
        "--bare",
        metavar="PYTHON",
        help="of an environment with an adaptadvisor that was built without rules/precedents",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start_up(Path(folder), options.runs, options.bare)
        batch(Path(folder), options.lines)
    rows()
    decision()


def start_up(folder: Path, runs: int, bare: str | None) -> None:
    """`recommend` with five flags against a one-command Typer program, in CPU seconds: whole
    processes, in turn, medians. On a terminal against a pipe and Rich's own import; with
    precedents against without.
    """
    yardstick = folder / "one_command.py"
    yardstick.write_text(ONE_COMMAND)
    asked = ["-m", "adaptadvisor", "recommend", *FLAGS]
    ours = [sys.executable, *asked]
    commands = {
        "python": [sys.executable, "-c", ""],
        "typer": [sys.executable, str(yardstick), *FLAGS],
        "rich": [sys.executable, "-c", RICH],
        "text": ours,
        "json": [*ours, "--format", "json"],
        "terminal": [sys.executable, "-c", ON_A_TERMINAL, *ours],
        "nothing on a terminal": [sys.executable, "-c", ON_A_TERMINAL, sys.executable, "-c", ""],
    }
    if bare:
        commands["bare"] = [bare, *asked]
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(_cpu(command, folder))
    median = {name: statistics.median(row) for name, row in times.items()}
    print(f"start-up: one-command typer program {median['typer'] * 1000:.0f} ms")
    for name in ("text", "json"):
        print(
            f"start-up: recommend as {name} {median[name] * 1000:.0f} ms,"
            f" {median[name] / median['typer']:.2f}x"
        )
    terminal = median["terminal"] - median["nothing on a terminal"] + median["python"]
    pipe = median["text"] + median["rich"] - median["python"]
    print(
        f"start-up: recommend on a terminal {terminal * 1000:.0f} ms,"
        f" {terminal / pipe:.2f}x of a pipe and Rich's import"
    )
    if bare:
        print(f"start-up: with precedents {median['text'] / median['bare']:.2f}x of without")


IDS: dict[str, Callable[[int], str]] = {
    "string": lambda i: f'"case-{i}"',
    "integer": str,
    "float": lambda i: f"{i}.50",
    "null": lambda _: "null",
}
"""Ids of every kind, as they are written in a line."""


def batch(folder: Path, lines: int) -> None:
    """`batch` against reading and writing the same lines with the standard json module, for each
    kind of id, in CPU seconds; peak memory of both.
    """
    table = load_table()
    rnd = random.Random(1)
    facts, cases, out = folder / "facts.jsonl", folder / "cases.jsonl", folder / "out.jsonl"
    with facts.open("w") as handle:  # not kept: the peak of a child counts that of its parent
        handle.writelines(f"{json.dumps(_situation(table, rnd))}\n" for _ in range(lines))
    copy = (
        f"import json\nwith open({str(cases)!r}) as i, open({str(folder / 'copy.jsonl')!r}, 'w') as"
        " o:\n    for l in i: o.write(json.dumps(json.loads(l)) + '\\n')"
    )
    ours = [sys.executable, "-m", "adaptadvisor", "batch", str(cases), "-o", str(out), "--force"]
    times = {}
    for kind, id_ in IDS.items():
        with facts.open() as rows, cases.open("w") as handle:
            handle.writelines(
                f'{{"id": {id_(i)}, "facts": {row.strip()}}}\n' for i, row in enumerate(rows)
            )
        base, base_memory = _process([sys.executable, "-c", copy], folder)
        times[kind], memory = _process(ours, folder)
        print(
            f"batch: {lines} lines with {kind} ids, json alone {base:.2f} s ({base_memory} MB),"
            f" batch {times[kind]:.2f} s ({memory} MB), {times[kind] / base:.2f}x"
        )
    print(f"batch: slowest kind of id {max(times.values()) / min(times.values()):.2f}x the fastest")
    with facts.open() as rows, cases.open("w") as handle:
        handle.writelines(
            f'{{"id": null, "facts": {row.strip()}}}\n' for row in islice(rows, lines // 10)
        )
    _, little = _process(ours, folder)
    print(f"batch: peak memory with a tenth of the lines {little} MB, with all {memory} MB")


def rows() -> None:
    """Four times the rows in the table: the time of a decision."""
    table = load_table()
    rnd = random.Random(2)
    situations = [_situation(table, rnd) for _ in range(20_000)]
    needs = {
        f"{id}-{i}": replace(need, id=f"{id}-{i}")
        for i in range(4)
        for id, need in table.needs.items()
    }
    limits = {
        f"{id}-{i}": replace(limit, id=f"{id}-{i}")
        for i in range(4)
        for id, limit in table.limits.items()
    }
    one, four = (
        min(_fresh(used, situations) for _ in range(3))
        for used in (table, replace(table, needs=needs, limits=limits))
    )
    print(
        f"rows: a decision with 1x the rows {one / 20_000 * 1e6:.1f} us, with 4x"
        f" {four / 20_000 * 1e6:.1f} us, {four / one:.2f}x"
    )


def _fresh(table: Table, situations: list[dict[str, Any]]) -> float:
    """Seconds for deciding all situations with nothing remembered."""
    engine = Engine(table)
    return _seconds(lambda: [engine.decide(facts) for facts in situations])


def decision() -> None:
    """The decision alone on a table of 12 facts and 40 rows against zen-engine's loop mode on the
    same 40 conditions.
    """
    try:
        import zen
    except ImportError:
        print("decision: skipped, zen-engine is not installed (pip install 'adaptadvisor[bench]')")
        return
    rnd = random.Random(3)
    facts = _plain_facts()
    conditions = [_cells(facts, rnd) for _ in range(RULES_40 - 1)] + [{}]
    engine = Engine(_table(facts, conditions))
    situations = [{name: _draw(fact, rnd) for name, fact in facts.items()} for _ in range(100_000)]
    model = zen.ZenEngine().create_decision(zen.ZenDecisionContent(_zen(facts, conditions)))

    def zen_loop() -> list[Any]:
        found = []
        for i in range(0, len(situations), 1000):
            found += [
                row["row"]
                for row in model.evaluate({"xs": situations[i : i + 1000]})["result"]["ys"]
            ]
        return found

    def ours() -> list[Any]:
        decide = engine.decide
        return [decide(facts) for facts in situations]

    _agree(engine, situations[:2000], zen_loop()[:2000], conditions)
    theirs = min(_seconds(zen_loop) for _ in range(3))
    mine = min(_seconds(ours) for _ in range(3))
    n = len(situations)
    print(
        f"decision: zen-engine loop mode {n / theirs:,.0f} a second, adaptadvisor {n / mine:,.0f} a"
        f" second, {theirs / mine:.1f}x"
    )


def _agree(
    engine: Engine,
    situations: list[dict[str, Any]],
    first_rows: list[str],
    conditions: list[dict[str, Any]],
) -> None:
    """Both must see the same rows: zen names the first that holds, the engine's certain terms name
    all.
    """
    for facts, first in zip(situations, first_rows, strict=True):
        expected = next(
            i
            for i, cell in enumerate(conditions)
            if all(_holds(cell[name], facts[name]) for name in cell)
        )
        if first != f"n{expected:02d}" or not engine.needs[expected].when & engine.state(facts)[0]:
            raise SystemExit(f"the two engines disagree on {facts}")


def _holds(cell: Any, value: Any) -> bool:
    return cell[0] <= value < cell[1] if isinstance(cell, tuple) else value in cell


def _plain_facts() -> dict[str, Fact]:
    """Eight choices and four numbers."""
    words = ["a", "b", "c", "d", "e", "f", "g"]
    kinds = {
        f"c{i}": a_fact(f"c{i}", "choice", i, choices=choices(*words[: 2 + i % 6]))
        for i in range(8)
    }
    return kinds | {
        f"n{i}": a_fact(f"n{i}", "integer", 8 + i, minimum=0, maximum=10**6)
        for i in range(FACTS_12 - 8)
    }


def _cells(facts: dict[str, Fact], rnd: random.Random) -> dict[str, Any]:
    """The tests of one row: two to five facts."""
    found: dict[str, Any] = {}
    for name in sorted(rnd.sample(sorted(facts), rnd.randint(2, 5))):
        if facts[name].numeric:
            low = int(10 ** rnd.uniform(1, 5))
            found[name] = rnd.choice([(low, 10**7), (0, low), (low, low * 10)])
        else:
            values = [str(value) for value in facts[name].values]
            found[name] = sorted(rnd.sample(values, rnd.randint(1, max(1, len(values) // 2))))
    return found


def _draw(fact: Fact, rnd: random.Random) -> Any:
    return int(10 ** rnd.uniform(0, 6)) if fact.numeric else rnd.choice(fact.values)


def _table(facts: dict[str, Fact], conditions: list[dict[str, Any]]) -> Table:
    rows = {}
    for i, cells in enumerate(conditions):
        tests = [
            Test(name, (), (cell,)) if isinstance(cell, tuple) else Test(name, tuple(cell))
            for name, cell in cells.items()
        ]
        options = [Option(approach=APPROACHES[place % 5], because="") for place in (i, i + 2)]
        when = All(tuple(tests)) if tests else ALWAYS
        rows[f"n{i:02d}"] = need(f"n{i:02d}", i, when, *options)
    others: dict[str, Any] = {
        name: {}
        for name in (
            "thresholds",
            "limits",
            "readiness",
            "variants",
            "families",
            "checks",
            "topics",
            "sources",
        )
    }
    return Table(version="", digest="", facts=facts, approaches=approaches(), needs=rows, **others)


def _zen(facts: dict[str, Fact], conditions: list[dict[str, Any]]) -> str:
    def cell(tests: dict[str, Any], name: str) -> str:
        if name not in tests:
            return ""
        test = tests[name]
        return (
            f"[{test[0]}..{test[1]})"
            if isinstance(test, tuple)
            else ", ".join(f'"{word}"' for word in test)
        )

    rules = [
        {"_id": f"r{i}", **{name: cell(tests, name) for name in facts}, "o": f'"n{i:02d}"'}
        for i, tests in enumerate(conditions)
    ]
    inputs = [{"id": name, "name": name, "field": name} for name in facts]
    content = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "o", "name": "row", "field": "row"}],
        "rules": rules,
        "passThrough": False,
        "executionMode": "loop",
        "inputField": "xs",
        "outputPath": "ys",
    }
    place = {"x": 0, "y": 0}
    nodes = [
        {"id": "i", "type": "inputNode", "name": "in", "position": place},
        {
            "id": "t",
            "type": "decisionTableNode",
            "name": "t",
            "position": place,
            "content": content,
        },
        {"id": "e", "type": "outputNode", "name": "out", "position": place},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "i", "targetId": "t"},
        {"id": "2", "type": "edge", "sourceId": "t", "targetId": "e"},
    ]
    return json.dumps(
        {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    )


def _situation(table: Table, rnd: random.Random) -> dict[str, Any]:
    """About twelve random answers; every set of facts is as likely as any other, which is the
    hardest case for what is remembered.
    """
    found: dict[str, Any] = {}
    for fact in table.questions:
        if fact.type == "plans" or rnd.random() < 0.6:
            continue
        if fact.values:
            found[fact.id] = rnd.choice(fact.values)
        else:
            low, high = max(fact.minimum, 1), min(fact.maximum, 1e9)
            value = math.exp(rnd.uniform(math.log(low), math.log(high)))
            found[fact.id] = int(value) if fact.type == "integer" else round(value, 1)
    return found


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _cpu(command: list[str], folder: Path) -> float:
    """CPU seconds of a command and of what it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, cwd=folder
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _process(command: list[str], folder: Path) -> tuple[float, int]:
    """CPU seconds and peak memory in MB of a whole process, the better of two runs."""
    best, peak = math.inf, 0
    for _ in range(2):
        pid = os.spawnve(os.P_NOWAIT, command[0], command, {**os.environ, "PWD": str(folder)})
        _, status, usage = os.wait4(pid, 0)
        if status:
            raise SystemExit(f"failed: {command}")
        best, peak = min(best, usage.ru_utime + usage.ru_stime), usage.ru_maxrss // 1024
    return best, peak


if __name__ == "__main__":
    engine_for(load_table())
    main()
