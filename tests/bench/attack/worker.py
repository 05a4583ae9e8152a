"""A process that runs some cases of one kind, and says after each how it went."""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import signal
import sys
from typing import Any

import inputs
import places
import writing
from ground import MEMORY, Ground, in_this_process

IN_PROCESS = {
    "tables": inputs.tables,
    "interviews": inputs.interviews,
    "documents": inputs.documents,
    "facts": inputs.facts_files,
    "flags": inputs.flag_lists,
    "lines": inputs.lines,
}
PROCESSES = {
    "terminal": places.terminal,
    "signals": writing.signals,
    "at-once": writing.at_once,
    "full": writing.disk_full,
    "read-only": writing.read_only,
    "special": places.special,
    "git": places.git_trees,
}


def attacked(kind: str, seed: int, number: int) -> dict[str, Any]:
    """What one case came to."""
    rnd = random.Random(f"{kind} {seed} {number}")
    with Ground() as ground:
        if kind in IN_PROCESS:
            case = IN_PROCESS[kind](rnd, number)
            ground.lay(case.files)
            faults = ground.judged(case, in_this_process(ground, case))
            what = " ".join(case.argv)
        else:
            what, faults = PROCESSES[kind](rnd, number, ground)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    shown = ascii(what)[1:160]
    return {"number": number, "faults": faults, "what": shown, "kb": max(peak, children)}


def main() -> None:
    kind, seed, first, last = sys.argv[1], *map(int, sys.argv[2:5])
    # a shell, or nohup, may start this with signals ignored, and its children would ignore them too
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(stop) == signal.SIG_IGN:
            signal.signal(stop, signal.SIG_DFL)
    report = os.fdopen(os.dup(1), "w", buffering=1)
    if kind in IN_PROCESS:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        inputs.printed("recommend", "--task", "label")
        gc.collect()
        gc.freeze()
    for number in range(first, last):
        report.write(json.dumps(attacked(kind, seed, number)) + "\n")
        gc.collect()


if __name__ == "__main__":
    main()
