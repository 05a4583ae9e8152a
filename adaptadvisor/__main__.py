"""The entry point `adaptadvisor`, and `python -m adaptadvisor`. The only module that exits."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs one command and exits; Ctrl-C while the program is loading is no traceback either."""
    try:
        from adaptadvisor.cli.main import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
