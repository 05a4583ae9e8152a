"""What proving, testing and comparing rule tables costs, as ratios against `recommend` measured in
the same run. Prints figures; judges nothing.

    python -m pip install . && python tests/bench/rules.py

Run it with the Python of an environment in which adaptadvisor is installed as users install it (not
editable).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import yaml

from adaptadvisor import load_table
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.engine.situations import Situations
from adaptadvisor.reading.shipped import shipped_rules

COPIED = ("needs", "limits", "readiness", "variants", "checks")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=9, help="runs of each command")
    options = parser.parse_args()
    every = Situations(engine_for(load_table()))
    print(f"situations of the shipped table: {every.size:.3e}")
    with tempfile.TemporaryDirectory() as folder:
        four = Path(folder) / "four"
        four_times(four)
        base = measured("recommend --task label --examples 1200 --classes 12", options.runs)
        print(f"recommend: {base[0] * 1e3:.0f} ms, {base[1]} MB")
        for words in (
            "rules prove",
            "rules test",
            "rules lint",
            "rules diff shipped shipped",
            f"rules prove {shipped_rules()}",
        ):
            show(
                words.replace(str(shipped_rules()), "shipped, parsed from YAML"),
                measured(words, options.runs),
                base[0],
                "recommend",
            )
        one = measured("rules prove", max(3, options.runs // 3))
        show(
            "rules prove, 4x the rows",
            measured(f"rules prove {four}", max(3, options.runs // 3), (0, 3)),
            one[0],
            "rules prove",
        )
        show(
            "rules test, 4x the rows",
            measured(f"rules test {four}", 3, (0, 3)),
            base[0],
            "recommend",
        )


def four_times(folder: Path) -> None:
    """The shipped table with every need, limit, first step, method and check four times, under ids
    of their own, in slightly other situations.
    """
    folder.mkdir()
    for path in shipped_rules().glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if path.stem in COPIED:
            rows = yaml.safe_load(text)
            more = [
                {**row, "id": f"{row['id']}-{number}", "when": when(row, number)}
                for number in (1, 2, 3)
                for row in rows
            ]
            text += "".join(f"- {json.dumps(row, default=str)}\n" for row in more)
        (folder / path.name).write_text(text, encoding="utf-8")


def when(row: dict, number: int) -> dict:
    """The condition of a copied row, with one more test."""
    return {
        "all": [
            row.get("when") or {"stakes": "known"},
            {"stakes": [["low"], ["medium"], ["high"]][number - 1]},
        ]
    }


def measured(words: str, runs: int, codes: tuple[int, ...] = (0,)) -> tuple[float, int]:
    """Median seconds and peak memory (MB) of whole processes."""
    taken, peak = [], 0
    for _ in range(runs):
        started = time.perf_counter()
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123
            actions = [
                (os.POSIX_SPAWN_DUP2, nothing.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, nothing.fileno(), 2),
            ]
            pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-m", "adaptadvisor", *words.split()],
                os.environ,
                file_actions=actions,
            )
            _, status, usage = os.wait4(pid, 0)
        taken.append(time.perf_counter() - started)
        peak = max(peak, usage.ru_maxrss // 1024)
        if os.waitstatus_to_exitcode(status) not in codes:
            raise SystemExit(f"failed: {words}")
    return statistics.median(taken), peak


def show(what: str, figures: tuple[float, int], base: float, yardstick: str) -> None:
    print(
        f"{what}: {figures[0] * 1e3:.0f} ms, {figures[0] / base:.1f}x {yardstick}, {figures[1]} MB"
    )


if __name__ == "__main__":
    main()
