"""The entry point `adaptadvisor`, and `python -m adaptadvisor`. The only module that exits."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

_INTERRUPTED = 130


def main() -> None:
    """Runs one command and exits; Ctrl-C while the program is loading is no traceback either."""
    try:
        from adaptadvisor.cli.main import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        # An interrupt that strikes while a module makes its classes (`exec`) marks the interpreter
        # for good: at its own end it would die of the signal, though the interrupt was handled.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
