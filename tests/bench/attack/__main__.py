"""Attacks the program: hostile tables, scripts, documents, signals, full disks, odd git trees.

    python -m pip install -e '.[dev]' && python tests/bench/attack              # about 25 minutes
    python tests/bench/attack --share 0.01                                       # a small part
    python tests/bench/attack tables git --seed 7
    python tests/bench/attack tables --case 1234                                 # one case again

A case is made from the seed and its number alone, so that a failure can be run again. Each runs in
a temporary folder of its own; what lies around it is compared before and after. A failure is: a
traceback or "a bug in adaptadvisor", an exit code that is not documented, a command that hangs or
takes over 1 GB, a file that changed and should not have, a file left behind, content from outside
or a control character in output. Prints counts; exits with 1 if there is any failure.

Disk full and read-only need a mount (root on Linux); without it a limit on file sizes and folders
without permission take their place.
"""

from __future__ import annotations

import argparse
import json
import queue
import re
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
CASES = {
    "tables": 20_000,
    "interviews": 4_700,
    "documents": 2_000,
    "facts": 2_000,
    "flags": 2_000,
    "lines": 100,
    "terminal": 300,
    "signals": 500,
    "at-once": 6,
    "full": 120,
    "read-only": 40,
    "special": 240,
    "git": 160,
}
"""Cases of each kind. One of `lines` is a hundred lines, one of `at-once` fifty processes."""
PARTS = 200
"""Cases that one worker runs before it makes room for a fresh one."""
SILENCE = 180
"""Seconds without a word after which a worker hangs; a case limits itself to less."""
SHOWN = 8


@dataclass(slots=True)
class Tally:
    """What became of a kind."""

    cases: int = 0
    seconds: float = 0
    kb: int = 0
    faults: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, number: int, faults: list[str], what: str) -> None:
        self.cases += 1
        for fault in faults:
            self.faults[_kind_of(fault)].append((number, f"{fault} | {what}"))

    @property
    def failed(self) -> int:
        return len({number for found in self.faults.values() for number, _ in found})


def _kind_of(fault: str) -> str:
    """A fault without what differs from case to case."""
    return re.sub(r"['\"].*", "", re.sub(r"\d{2,}|0x\w+", "N", fault))[:70]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*", help=f"of {', '.join(CASES)}; all unless named")
    parser.add_argument("--share", type=float, default=1.0, help="the part of the cases to run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="only the case with this number, of one kind")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    kinds = options.kinds or list(CASES)
    if unknown := sorted(set(kinds) - set(CASES)):
        parser.error(f"no such kind: {', '.join(unknown)}")
    if options.case is not None and len(kinds) != 1:
        parser.error("--case needs one kind")
    start = time.monotonic()
    tallies = {}
    print(f"{'kind':<12}{'cases':>8}{'seconds':>9}{'peak MB':>9}{'failed':>8}", flush=True)
    for kind in kinds:
        count = max(1, round(CASES[kind] * options.share))
        first = options.case or 0
        numbers = range(first, first + 1) if options.case is not None else range(count)
        tally = tallies[kind] = run(kind, options.seed, numbers, options.jobs)
        figures = f"{tally.cases:>8,}{tally.seconds:>9.0f}{tally.kb / 1024:>9.0f}"
        print(f"{kind:<12}{figures}{tally.failed:>8,}", flush=True)
    for kind, tally in tallies.items():
        report(kind, options.seed, tally)
    failed = sum(tally.failed for tally in tallies.values())
    cases = sum(tally.cases for tally in tallies.values())
    print(f"\n{cases:,} cases, {failed:,} failed, {time.monotonic() - start:.0f} s")
    sys.exit(1 if failed else 0)


def report(kind: str, seed: int, tally: Tally) -> None:
    """The faults of a kind, commonest first, each with an instance and how to run it again."""
    for _, found in sorted(tally.faults.items(), key=lambda item: -len(item[1]))[:SHOWN]:
        number, words = found[0]
        print(f"\n{kind}: {len(found)} times, such as {words}")
        print(f"    python tests/bench/attack {kind} --seed {seed} --case {number}")
    if len(tally.faults) > SHOWN:
        print(f"\n{kind}: and {len(tally.faults) - SHOWN} more sorts of fault")


def run(kind: str, seed: int, numbers: range, jobs: int) -> Tally:
    """Runs the cases of a kind in a few workers at a time."""
    tally = Tally()
    start = time.monotonic()
    step = max(1, min(PARTS, -(-len(numbers) // jobs)))
    parts: queue.SimpleQueue[range] = queue.SimpleQueue()
    for first in range(numbers.start, numbers.stop, step):
        parts.put(range(first, min(first + step, numbers.stop)))
    threads = [threading.Thread(target=_work, args=(kind, seed, parts, tally)) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.seconds = time.monotonic() - start
    return tally


def _work(kind: str, seed: int, parts: queue.SimpleQueue[range], tally: Tally) -> None:
    while True:
        try:
            part = parts.get_nowait()
        except queue.Empty:
            return
        done = part.start
        while done < part.stop:
            done = _worker(kind, seed, range(done, part.stop), tally)


def _worker(kind: str, seed: int, part: range, tally: Tally) -> int:
    """Runs cases in one worker; returns the number after the last one that was run.

    A worker that dies or falls silent has failed in the case that it was at.
    """
    words = [kind, str(seed), str(part.start), str(part.stop)]
    worker = subprocess.Popen(
        [sys.executable, str(HERE / "worker.py"), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    done = part.start
    watch = threading.Timer(SILENCE, worker.kill)
    watch.start()
    errors: list[str] = []
    reader = threading.Thread(target=lambda: errors.append(worker.stderr.read()))
    reader.start()
    for line in worker.stdout:
        watch.cancel()
        watch = threading.Timer(SILENCE, worker.kill)
        watch.start()
        found = json.loads(line)
        tally.add(found["number"], found["faults"], found["what"])
        tally.kb = max(tally.kb, found["kb"])
        done = found["number"] + 1
    watch.cancel()
    reader.join()
    if worker.wait() or done < part.stop:
        last = (errors[0].strip().splitlines() or ["nothing said"])[-1]
        tally.add(done, [f"the worker ended with {worker.returncode}: {last[:200]}"], "")
        done += 1
    return done


if __name__ == "__main__":
    main()
