"""The command `ask`: an interview, then the advice."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import gather
from adaptadvisor.cli.options import Flags
from adaptadvisor.cli.output import FORMATS, Look
from adaptadvisor.cli.recommend import advised, show
from adaptadvisor.errors import ExitCode, Location, bad_input
from adaptadvisor.table.facts import Fact, fact_flag

if TYPE_CHECKING:
    from adaptadvisor.interview.saved import Saved
    from adaptadvisor.interview.state import Interview

Save = Annotated[
    str | None,
    options.option(
        "--save",
        "Save the answers here, after each one; else in adaptadvisor-answers.yaml.",
        "FILE",
        panel="Output",
    ),
]
Stdin = Annotated[
    bool,
    options.option(
        "--stdin", "Read the answers from stdin, line by line, though it is no terminal."
    ),
]
NoInput = Annotated[
    bool, options.option("--no-input", "Never ask; exit with 2 and name what is missing.")
]


def ask(
    flags: Flags,
    *,
    facts_file: options.Facts = None,
    settings: options.Settings = None,
    rules: options.Rules = None,
    stdin: Stdin = False,
    no_input: NoInput = False,
    format: options.Format = None,
    out: options.Output = None,
    force: options.Force = False,
    adr_dir: options.AdrDir = None,
    title: options.Title = None,
    notes: options.Notes = None,
    date: options.Date = None,
    save: Save = None,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """An interview: only what can still change the plan is asked."""
    from adaptadvisor.interview.saved import Saved, command_line, is_saved, save_file
    from adaptadvisor.interview.state import Interview

    target = output.target(format, out, formats=FORMATS, adr_dir=adr_dir, force=force)
    day = output.dated(date)
    save_to = None if save is None else Path(save)
    output.not_the_same(target.path, save_to, "--save", "the answers and the report")
    if facts_file == "-" and stdin:
        raise bad_input(
            "bad-setting", "stdin cannot give both the facts and the answers", Location("--facts")
        )
    given = gather(flags, facts_file, settings, title=title, notes=notes)
    alone = facts_file is not None and not flags.words and not settings
    interview = Interview(flags.table, given.answers, resumed=alone and is_saved(facts_file or ""))
    look = Look(no_color, plain)
    repeated = {
        "rules": rules,
        "format": format,
        "output": out,
        "adr_dir": adr_dir,
        "date": date,
        "save": save,
        "facts_file": facts_file,
        "plain": plain,
        "stdin": stdin,
        "force": force,
    }
    saved = None
    if _can_ask(facts_file, stdin=stdin, no_input=no_input):
        saved = Saved(interview, given, save_file(save, facts_file, force=force), repeated)
        if left := _converse(interview, saved, look):
            return left
    elif missing := interview.able_to_change():
        raise _missing(missing, no_input=no_input)
    given = replace(given, answers=interview.facts)
    show(advised(flags.table, given, day), target, look)
    if saved:
        without = command_line("recommend", given, repeated)
        output.say(f"\nThe same without questions: {without}")
        if saved.done:
            output.say(f"Your answers are in {saved.path}.")
    return Ending()


def _can_ask(facts_file: str | None, *, stdin: bool, no_input: bool) -> bool:
    if sys.stdin is None or no_input or facts_file == "-":
        return False
    return stdin or sys.stdin.isatty()


def _missing(facts: tuple[Fact, ...], *, no_input: bool) -> Exception:
    why = (
        "" if no_input else " and stdin is no terminal (--stdin reads answers from it line by line)"
    )
    flags = ", ".join(fact_flag(fact.id) for fact in facts)
    return bad_input(
        "missing-answers",
        f"the plan is not settled{why}; give {flags} (--set FACT=unknown where you do not know)",
        Location("ask"),
    )


def _converse(interview: Interview, saved: Saved, look: Look) -> Ending | None:
    """Talks until everything is answered; None then, and else how the conversation was left."""
    from adaptadvisor.interview.console import Console, StoppedError
    from adaptadvisor.interview.conversation import Conversation

    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    talk = sys.stderr or open(os.devnull, "w")  # noqa: SIM115, PTH123 - a closed stderr hears nothing, but stdout still gets the advice
    console = Console(
        sys.stdin,
        talk,
        width=output.width(sys.stderr),
        colour=not look.plain and look.colour(sys.stderr),
        plain=look.plain,
    )
    for line in saved.introduction():
        console.say(line)
    try:
        Conversation(interview, console, saved.save).hold()
    except (StoppedError, KeyboardInterrupt) as stopped:
        saved.save()
        why = str(stopped) or "interrupted"
        misfit = isinstance(stopped, StoppedError) and stopped.misfit
        code = ExitCode.BAD_INPUT if misfit else ExitCode.INTERRUPTED
        return Ending(code, f"{why}; {saved.where()}go on with: {saved.resume()}")
    return None
