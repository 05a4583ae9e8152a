"""One command from its words to its exit code: streams, and every failure as one line on stderr."""

from __future__ import annotations

import codecs
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO

import typer

from adaptadvisor.cli import output
from adaptadvisor.cli.app import call, usage_problem
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.told import told
from adaptadvisor.errors import AdvisorError, BadInput, ExitCode, Problem, shown
from adaptadvisor.files import clean_up


def run(argv: Sequence[str]) -> int:
    """Runs one command and returns its exit code; nothing half written stays behind."""
    with _told_to_stop():
        code = _run(argv)
        _let_go(sys.stderr)
        return code


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """A closed terminal or a polite kill counts as Ctrl-C; no signal interrupts the cleaning up."""

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
    replaced = _write_any_character()
    try:
        ending = call(argv)
        if sys.stdout:
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit):
        # the reader has seen enough; SystemExit is how Rich says so, and how completion ends
        _let_go(sys.stdout)
        return ExitCode.DONE
    except KeyboardInterrupt:
        ending = Ending(ExitCode.INTERRUPTED, "interrupted")
    except BadInput as error:
        ending = Ending(error.exit_code, _told(error.problems, argv))
    except AdvisorError as error:
        ending = Ending(error.exit_code, f"error: {error}")
    except typer.TyperException as error:
        ending = Ending(ExitCode.BAD_INPUT, _told([usage_problem(error)], argv))
    except OSError as error:
        _let_go(sys.stdout)
        where = f" {shown(error.filename, 300)}" if error.filename else ""
        why = error.strerror or error
        ending = Ending(ExitCode.FAILURE, f"error: cannot write{where}: {why}")
    except Exception as error:
        if os.environ.get("ADAPTADVISOR_DEBUG"):
            raise
        bug = f"error: a bug in adaptadvisor ({type(error).__name__}: {shown(error, 200)})"
        ending = Ending(ExitCode.FAILURE, f"{bug}; ADAPTADVISOR_DEBUG=1 shows where")
    if replaced:
        note = (
            f"note: stdout is {replaced[0]} and cannot show every character; those that it cannot"
        )
        output.say(f"{note} are written as \\u codes. A file (-o) is always UTF-8.")
    if ending.line:
        output.say(ending.line)
    return ending.code


def _told(problems: Sequence[Problem], argv: Sequence[str]) -> str:
    """Problems for stderr. The line could not be read, so the words are looked at as they are."""
    words = argv[: argv.index("--")] if "--" in argv else argv
    return told(problems, output.Look("--no-color" in words, "--plain" in words), sys.stderr)


def _write_any_character() -> list[str]:
    """Lets the streams write what they lack as codes; the list gets the encoding of stdout then."""
    replaced: list[str] = []

    def note(error: UnicodeError) -> tuple[str | bytes, int]:
        if isinstance(error, UnicodeEncodeError) and not replaced:
            replaced.append(error.encoding)
        return codecs.backslashreplace_errors(error)

    codecs.register_error("adaptadvisor", note)
    for stream, errors in ((sys.stdout, "adaptadvisor"), (sys.stderr, "backslashreplace")):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)
    return replaced


def _let_go(stream: TextIO | None) -> None:
    """Writes what a stream still holds; where it cannot be written, points it at nothing, so that
    the interpreter's last flush cannot fail again and change the exit code.
    """
    if stream:
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
