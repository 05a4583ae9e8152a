"""The program, with a signal to itself at a chosen step; run instead of `python -m adaptadvisor`.

A step is an audit event: of any kind, or only of those that change a file. Counting steps instead
of seconds strikes at the same place on a busy machine.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

_CHANGES = {
    f"os.{name}" for name in ("rename", "link", "remove", "mkdir", "rmdir", "chmod", "symlink")
}


def _strikes(number: signal.Signals, step: int, *, only_changes: bool) -> Any:
    left = step

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal left
        change = event in _CHANGES
        if event == "open" and isinstance(args[2], int):
            change = bool(args[2] & (os.O_WRONLY | os.O_RDWR)) and args[0] != os.devnull
        if left and (change or not only_changes):
            left -= 1
            if not left:
                os.kill(os.getpid(), number)

    return hook


if __name__ == "__main__":
    given, steps, sort = os.environ["ATTACK_STRIKE"].split()
    sys.path.pop(0)
    from adaptadvisor.__main__ import main

    sys.addaudithook(
        _strikes(signal.Signals(int(given)), int(steps), only_changes=sort == "change")
    )
    main()
