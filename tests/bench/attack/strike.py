"""The program, with a signal to itself at a chosen step; run instead of `python -m adaptadvisor`.

A step is an audit event. Counting steps instead of seconds strikes at the same place on a busy
machine. With the signal 0 nothing strikes, and the steps that change a file are written to the
file ATTACK_STEPS.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

_CHANGES = {f"os.{name}" for name in ("rename", "link", "remove", "mkdir", "rmdir", "symlink")}


class Steps:
    """An audit hook that counts, and strikes once."""

    def __init__(self, number: int, step: int) -> None:
        self.number = number
        self.step = step
        self.seen = 0
        self.changes: list[int] = []

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        self.seen += 1
        change = event in _CHANGES
        if event == "open" and isinstance(args[2], int):
            change = bool(args[2] & (os.O_WRONLY | os.O_RDWR)) and args[0] != os.devnull
        if change:
            self.changes.append(self.seen)
        if self.number and self.seen == self.step:
            os.kill(os.getpid(), signal.Signals(self.number))


if __name__ == "__main__":
    steps = Steps(*map(int, os.environ["ATTACK_STRIKE"].split()))
    sys.path.pop(0)
    from adaptadvisor.__main__ import main

    sys.addaudithook(steps)
    try:
        main()
    finally:
        if not steps.number:
            found = [*steps.changes, steps.seen]
            Path(os.environ["ATTACK_STEPS"]).write_text(json.dumps(found), encoding="utf-8")
