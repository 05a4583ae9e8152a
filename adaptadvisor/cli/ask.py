"""The command `ask`: an interview, then the advice."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import gather
from adaptadvisor.cli.options import Flags, option
from adaptadvisor.cli.output import FORMATS, Look
from adaptadvisor.cli.recommend import advised, show
from adaptadvisor.errors import BadInput, ExitCode, bad_input, printable
from adaptadvisor.table.facts import Fact, fact_flag
from adaptadvisor.table.speech import plan_words

if TYPE_CHECKING:
    from adaptadvisor.interview.saved import Saved
    from adaptadvisor.table.rows import Table

_SAVE_HELP = "Save the answers here, after each one; else in adaptadvisor-answers.yaml."
Save = Annotated[str | None, option("--save", _SAVE_HELP, "FILE", panel=options.OUTPUT)]
Stdin = Annotated[bool, option("--stdin", "Read the answers from stdin, a line each.")]
Thorough = Annotated[bool, option("--thorough", "Ask until no answer can change the plan.")]
NoInput = Annotated[bool, option("--no-input", "Never ask; exit with 2 and name what is missing.")]


def ask(
    flags: Flags,
    *,
    facts_file: options.Facts = None,
    settings: options.Settings = None,
    rules: options.Rules = None,
    thorough: Thorough = False,
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
    from adaptadvisor.interview.saved import Saved, is_saved, save_file
    from adaptadvisor.interview.state import Interview

    target = output.target(format, out, formats=FORMATS, adr_dir=adr_dir, force=force)
    output.not_what_is_read(target, facts_file, rules)
    day, look = output.dated(date), Look(no_color, plain)
    talks = _can_ask(facts_file, stdin=stdin, no_input=no_input)
    # the file is kept before it is read, so that no other interview changes it in between
    save_to = save_file(save, facts_file, force=force) if talks else None
    output.not_the_same(target.path, save_to or save, "--save", "the answers and the report")
    given = gather(flags, facts_file, settings, title=title, notes=notes)
    alone = facts_file is not None and not flags.words and not settings
    interview = Interview(flags.table, given.answers, resumed=alone and is_saved(facts_file or ""))
    saved = None
    if save_to:
        told = {"rules": rules, "format": format, "output": out, "adr-dir": adr_dir, "date": date}
        here = {"save": save, "facts": facts_file, "plain": plain, "stdin": stdin, "force": force}
        saved = Saved(interview, given, save_to, {**told, **here, "thorough": thorough})
        if left := _converse(saved, look):
            return left
    elif missing := interview.able_to_change():
        raise _missing(missing, no_input=no_input)
    advice = advised(flags.table, replace(given, answers=interview.facts), day)
    if talks and (target.path or target.records):  # who answered wants to know, not only the file
        output.say(printable(f"Plan: {plan_words(advice.plan)}. {advice.headline}"))
    show(advice, target, look)
    for line in saved.ending() if saved else ():
        output.say(line)
    return Ending()


def _can_ask(facts_file: str | None, *, stdin: bool, no_input: bool) -> bool:
    if facts_file == "-" and stdin:
        message = "stdin cannot give both the facts and the answers"
        raise bad_input("bad-setting", message, "--facts")
    if sys.stdin is None or no_input or facts_file == "-":
        return False
    return stdin or sys.stdin.isatty()


def _missing(facts: tuple[Fact, ...], *, no_input: bool) -> BadInput:
    terminal = " and stdin is no terminal (--stdin reads answers from it line by line)"
    flags = ", ".join(fact_flag(fact.id) for fact in facts)
    return bad_input(
        "missing-answers",
        f"the plan is not settled{'' if no_input else terminal}; give {flags}"
        " (--set FACT=unknown where you do not know)",
        "ask",
    )


def _explained(table: Table, width: int, what: str) -> str:
    """The beginning of what `explain` says of a word, or that it knows none."""
    from adaptadvisor.render.authoring.explain import render

    try:
        text = render(table, what, width)
    except BadInput as error:
        return error.problems[0].message
    name = f"'{what}'" if " " in what else what
    return f"{text.partition(chr(10) + '- ')[0]}\nMore: adaptadvisor explain {name}"


def _converse(saved: Saved, look: Look) -> Ending | None:
    """Talks until everything is answered; None then, and else how the conversation was left."""
    from adaptadvisor.interview.console import Console, StoppedError
    from adaptadvisor.interview.conversation import Conversation

    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    talk = sys.stderr or open(os.devnull, "w")  # noqa: SIM115, PTH123 - nobody hears, but stdout still gets the advice
    colour = not look.plain and look.colour(sys.stderr)
    width = output.width(sys.stderr)
    console = Console(sys.stdin, talk, width=width, colour=colour, plain=look.plain)
    console.explain = partial(_explained, saved.interview.table, width)
    for line in saved.introduction():
        console.say(line)
    try:
        today = datetime.now().date()  # noqa: DTZ005 - dates are said in the person's own days
        talk_with = Conversation(
            saved.interview,
            console,
            saved.save,
            thorough=bool(saved.options["thorough"]),
            today=today,
        )
        talk_with.hold()
    except (StoppedError, KeyboardInterrupt) as stopped:
        saved.save()
        misfit = isinstance(stopped, StoppedError) and stopped.misfit
        code = ExitCode.BAD_INPUT if misfit else ExitCode.INTERRUPTED
        return Ending(code, f"{str(stopped) or 'interrupted'}; {saved.how_to_go_on()}")
    return None
