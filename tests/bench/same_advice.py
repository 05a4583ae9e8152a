"""Whose advice a change of the code or of the rules' form would alter: none, it is hoped.

python tests/bench/same_advice.py PATH/TO/OLD/adaptadvisor [--situations 20000]

Draws random situations, and takes those of the cases, with values on both sides of every line that
the table draws; asks the old program and this one with `batch --settled`; and prints how many
plans, open needs, settled answers and hinges differ, with the first few. Exit code 1 if any does.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conftest import RULES, sample_values

from adaptadvisor import load_table
from adaptadvisor.engine.decide import engine_for

SHOWN = 5


def drawn(count: int, seed: int) -> list[dict[str, Any]]:
    """Random situations: few, some or most facts known, `tried` in about a quarter of them."""
    table = load_table(RULES)
    engine = engine_for(table)
    values = {fact.id: sample_values(table, engine, fact.id) for fact in table.questions}
    names = sorted(values)
    rnd = random.Random(seed)
    found = []
    for _ in range(count):
        size = rnd.choice([rnd.randint(0, 6), rnd.randint(4, 14), rnd.randint(10, len(names))])
        chosen = rnd.sample(names, size)
        if "tried" in chosen and rnd.random() < 0.5:
            chosen.remove("tried")
        found.append({name: rnd.choice(values[name]) for name in chosen})
    return found


def cases() -> list[dict[str, Any]]:
    """The situations of all cases beside the rules."""
    files = sorted((RULES / "tests").glob("*.yaml"))
    return [case["facts"] for file in files for case in yaml.safe_load(file.read_text())]


def answers(program: list[str], lines: Path) -> list[dict[str, Any]]:
    """What a program says to each line."""
    run = subprocess.run(
        [*program, "batch", str(lines), "--settled"], capture_output=True, check=False
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def main() -> int:
    """Prints what differs; 1 if anything does."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", help="the other program, as it is called")
    parser.add_argument("--situations", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    situations = [*cases(), *drawn(given.situations, given.seed)]
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "situations.jsonl"
        with lines.open("w", encoding="utf-8") as handle:
            for number, facts in enumerate(situations):
                handle.write(json.dumps({"id": number, "facts": facts}) + "\n")
        old = answers([given.old], lines)
        new = answers([sys.executable, "-m", "adaptadvisor"], lines)
    if not len(old) == len(new) == len(situations):
        print(f"{len(situations)} asked, {len(old)} and {len(new)} answered")
        return 1
    differing = 0
    for field in ("error", "plan", "open_needs", "settled", "hinges"):
        found = [i for i in range(len(old)) if old[i].get(field) != new[i].get(field)]
        differing += len(found)
        print(f"{field}: {len(found)} of {len(situations)} differ")
        for i in found[:SHOWN]:
            print(f"  {json.dumps(situations[i])}: {old[i].get(field)} -> {new[i].get(field)}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
