"""One command from its words to its exit code: streams, and every failure as one line on stderr."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from adaptadvisor.cli import flags
from adaptadvisor.cli import recommend as commands
from adaptadvisor.cli.recommend import Ending
from adaptadvisor.errors import AdvisorError, ExitCode, shown
from adaptadvisor.files import clean_up
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table.facts import fact_flag

_ON_FACTS = ("ask", "recommend", "what-if")
"""The commands that have one flag a fact."""
_QUICK_RULES = ("lint", "prove", "test", "show")


def run(argv: Sequence[str]) -> int:
    """Runs one command and returns its exit code; nothing that it has begun to write stays behind."""
    with _told_to_stop():
        return _run(argv)


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """A closed terminal, or a polite kill, counts as Ctrl-C; no signal interrupts the cleaning up."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = [
        number
        for name in ("SIGINT", "SIGTERM", "SIGHUP")
        if (number := getattr(signal, name, None)) and signal.getsignal(number) != signal.SIG_IGN
    ]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        clean_up()
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(argv: Sequence[str]) -> int:
    # short runs, and `batch` makes no cycles: collecting garbage would cost more than it frees
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="backslashreplace"
            )  # a locale that cannot show a character must not stop the answer
    finding = Ending()
    try:
        words = _command_first(list(argv))
        finding = _quick(words) or _full(words)
        if sys.stdout:
            sys.stdout.flush()
    except (
        BrokenPipeError,
        SystemExit,
    ):  # the reader has seen enough; SystemExit is how Typer says so of its help
        _discard_stdout()
    except KeyboardInterrupt:
        return _end(Ending(ExitCode.INTERRUPTED, "interrupted"))
    except AdvisorError as error:
        return _end(Ending(error.exit_code, str(error)))
    except OSError as error:
        _discard_stdout()
        where = f" {shown(error.filename, 300)}" if error.filename else ""
        return _end(
            Ending(ExitCode.FAILURE, f"error: cannot write{where}: {error.strerror or error}")
        )
    except Exception as error:  # noqa: BLE001 - a bug must not end in a traceback
        return _end(_failure(error))
    return _end(finding)


def _command_first(argv: list[str]) -> list[str]:
    """`--rules DIR` may stand before the command too."""
    if argv[:1] == ["--rules"] and len(argv) > 2:
        flag, rest = argv[:2], argv[2:]
    elif argv[:1] and argv[0].startswith("--rules=") and len(argv) > 1:
        flag, rest = argv[:1], argv[1:]
    else:
        return argv
    words = 2 if rest[0] == "rules" else 1
    return [*rest[:words], *flag, *rest[words:]]


def _quick(argv: list[str]) -> Ending | None:
    """`recommend` and the `rules` commands with nothing but known flags, without loading the full
    command line; None for everything else.
    """
    if "_ADAPTADVISOR_COMPLETE" in os.environ:
        return None
    if argv[:1] == ["rules"] and len(argv) > 1 and argv[1] in _QUICK_RULES:
        return _quick_rules(argv[1], argv[2:])
    if argv[:1] != ["recommend"]:
        return None
    table = load_table(flags.rules_given(argv))
    given, rest = flags.take_facts(argv[1:], table.questions)
    options = flags.quick_options(rest)
    return None if options is None else commands.recommend(table, given, options)


def _quick_rules(name: str, words: list[str]) -> Ending | None:
    """A `rules` command on a folder, named first, or on that of --rules or the environment."""
    folder = words.pop(0) if words and not words[0].startswith("-") else None
    options = flags.quick_options(words, flags.RULES_FLAGS[name])
    if options is None:
        return None
    from adaptadvisor.cli import rules as table_commands

    command = getattr(table_commands, name)
    return command(folder, {"rules": os.environ.get("ADAPTADVISOR_RULES"), **options})  # type: ignore[no-any-return]


def _full(argv: list[str]) -> Ending:
    from adaptadvisor.cli import app

    on_facts = bool(argv) and argv[0] in _ON_FACTS
    table = (
        load_table(flags.rules_given(argv))
        if on_facts or "_ADAPTADVISOR_COMPLETE" in os.environ
        else None
    )
    if on_facts and table:
        given, rest = flags.take_facts(argv[1:], table.questions)
        argv = [argv[0], *(f"{fact_flag(fact)}={value}" for fact, value in given), *rest]
    work = app.build(table)(
        args=argv or ["--help"], prog_name="adaptadvisor", standalone_mode=False
    )
    if not argv:
        return Ending(ExitCode.BAD_INPUT, "error: no command given")
    if work == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt  # some versions of Typer turn it into a number
    return work() if callable(work) else Ending()


def _failure(error: Exception) -> Ending:
    from adaptadvisor.cli import app

    usage = app.usage_line(error)
    if usage:
        return Ending(ExitCode.BAD_INPUT, usage)
    if os.environ.get("ADAPTADVISOR_DEBUG"):
        raise error
    line = (
        f"error: a bug in adaptadvisor ({type(error).__name__}: {shown(error, 200)});"
        " ADAPTADVISOR_DEBUG=1 shows where"
    )
    return Ending(ExitCode.FAILURE, line)


def _end(finding: Ending) -> int:
    if finding.line and sys.stderr:
        with suppress(OSError):
            print(finding.line, file=sys.stderr)
    return finding.code


def _discard_stdout() -> None:
    """Points stdout at nothing, so that the interpreter's last flush cannot fail again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno() if sys.stdout else 1)
