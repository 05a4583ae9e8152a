"""What a page costs over the plain lines of the same cases, as ratios. Prints figures; judges nothing.

    python tests/bench/portfolio.py

Two portfolios of published cases, a sheet of 200 with five bad rows and a folder of 50 facts files,
each turned into lines, CSV, a table, Markdown and HTML by whole processes in turn; medians. The
yardstick is `batch --settled` on the same cases as JSON lines.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from adaptadvisor import load_table
from adaptadvisor.reading.facts_file import as_yaml, written
from adaptadvisor.table.facts import Value
from adaptadvisor.table.given import Given
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import Table

CASES, BAD, FILES = 200, 5, 50
SUFFIXES = ("jsonl", "csv", "txt", "md", "html")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each, in turn")
    runs = parser.parse_args().runs
    table = load_table()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for cases, lines in (a_sheet(folder, table), a_folder(folder, table)):
            plain = ["batch", str(lines), "--settled", "-o", str(folder / "plain.jsonl"), "--force"]
            ways = {"plain": plain} | {
                suffix: ["batch", str(cases), "-o", str(folder / f"page.{suffix}"), "--force"]
                for suffix in SUFFIXES
            }
            show(cases.name, timed(ways, runs))


def a_sheet(folder: Path, table: Table) -> tuple[Path, Path]:
    """A CSV file as a spreadsheet saves it, some rows of it bad; and the same as JSON lines."""
    sheet, lines = folder / "sheet.csv", folder / "sheet.jsonl"
    facts = [fact.id for fact in table.questions]
    with sheet.open("w", encoding="utf-8-sig", newline="") as csv_file, lines.open("w") as handle:
        writer = csv.writer(csv_file, delimiter=";")
        writer.writerow(["id", "title", *facts])
        for number, row in enumerate(list(table.precedents.values())[:CASES]):
            bad = {"task": "lable"} if number % (CASES // BAD) == 0 else {}
            known = {**row.facts, **bad}
            writer.writerow([row.id, row.title, *(a_cell(known.get(fact)) for fact in facts)])
            handle.write(a_line(row.id, known))
    return sheet, lines


def a_folder(folder: Path, table: Table) -> tuple[Path, Path]:
    """A folder of facts files; and the same as JSON lines."""
    files, lines = folder / "files", folder / "files.jsonl"
    files.mkdir()
    with lines.open("w") as handle:
        for row in list(table.precedents.values())[:FILES]:
            (files / f"{row.id}.yaml").write_text(written(table, Given(row.facts, row.title)))
            handle.write(a_line(row.id, row.facts))
    return files, lines


def a_cell(value: Value | None) -> str:
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, tuple) else as_yaml(value)


def a_line(id_: str, facts: Mapping[str, Value]) -> str:
    known = {
        fact: str(value) if isinstance(value, Range) else value for fact, value in facts.items()
    }
    return json.dumps({"id": id_, "facts": known}) + "\n"


def timed(ways: Mapping[str, list[str]], runs: int) -> dict[str, float]:
    """Seconds that each way takes: the median of runs in turn."""
    spent: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(runs):
        for way, words in ways.items():
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "adaptadvisor", *words],
                stderr=subprocess.DEVNULL,
                check=False,
            )
            spent[way].append(time.perf_counter() - start)
    return {way: statistics.median(seconds) for way, seconds in spent.items()}


def show(name: str, spent: Mapping[str, float]) -> None:
    print(f"{name}: plain lines with --settled {spent['plain']:.2f} s")
    for way in SUFFIXES:
        print(f"  {way}: {spent[way]:.2f} s, {spent[way] / spent['plain']:.2f} times")


if __name__ == "__main__":
    main()
