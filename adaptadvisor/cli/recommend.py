"""What the commands do, without the library that parses the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.cli import output
from adaptadvisor.cli.flags import FAIL_ON, PLAIN_FORMATS, chosen, gather, own_text, text_of
from adaptadvisor.cli.output import Target
from adaptadvisor.errors import ExitCode, Location, bad_input, shown
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table.facts import Given, fact_flag
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Table

if TYPE_CHECKING:
    from adaptadvisor.interview.saved import Saved
    from adaptadvisor.interview.state import Interview

SCHEMAS = ("recommendation", "facts", "batch")
"""The documents of which there is a schema."""


class Ending(NamedTuple):
    """How a command ended: an exit code, and the line that says why it is not 0."""

    code: ExitCode = ExitCode.DONE
    line: str = ""


def recommend(table: Table, flags: Sequence[tuple[str, str]], options: Mapping[str, Any]) -> Ending:
    """Advises and writes the advice; `flags` holds the fact flags as text, `options` those of
    `RECOMMEND_FLAGS` that were used.
    """
    target = output.target(options)
    fail_on = [chosen("--fail-on", word, FAIL_ON) for word in options.get("fail_on") or ()]
    given = gather(table, options, flags)
    save = output.new_file(options.get("save"), "--save", force=bool(options.get("force")))
    advice = _advised(table, given, options)
    if save:
        from adaptadvisor.reading import facts_file as factsfile

        output.write_file(
            factsfile.written(table, given), save, force=bool(options.get("force")), flag="--save"
        )
    _show(advice, target, options)
    found = {
        "open-needs": bool(advice.open_needs),
        "not-yet": any(step.blocks for step in advice.route),
        "near-threshold": bool(advice.near_thresholds),
    }
    failing = [word for word in fail_on if found[word]]
    if failing:
        return Ending(ExitCode.FINDINGS, f"findings: {', '.join(failing)}")
    if options.get("strict") and not advice.settled:
        return Ending(
            ExitCode.NOT_ENOUGH_EVIDENCE,
            "not enough evidence: the plan hangs on"
            f" {', '.join(fact for hinge in advice.hinges for fact in hinge.facts)}",
        )
    return Ending()


def _advised(table: Table, given: Given, options: Mapping[str, Any]) -> Recommendation:
    from adaptadvisor.advice.advise import advise

    return advise(
        table, given.facts, title=given.title, notes=given.notes, date=output.dated(options)
    )


def _show(advice: Recommendation, target: Target, options: Mapping[str, Any]) -> None:
    """Writes the advice in the form that was asked for."""
    from adaptadvisor.render import formats as faces

    to_screen = target.path is None and target.records is None
    colour = to_screen and output.colour(options)
    width = output.width() if to_screen else output.FILE_WIDTH
    text = faces.render(
        advice, target.format, width=width, colour=colour, plain=output.plain(options)
    )
    if target.records is None:
        output.write(text, target)
    else:
        print(shown(output.write_record(text, target.records, faces.title(advice)), 1000))


def report(what: str, options: Mapping[str, Any]) -> Ending:
    """Renders a stored recommendation as it is, or advises on a facts file and renders that."""
    from adaptadvisor.advice import stored

    target = output.target(options)
    name = "stdin" if what == "-" else what
    text = text_of(what, Location("report"))
    if stored.is_document(text):
        advice = stored.read(text, name)
        own = own_text(options, Given({}, advice.title, advice.notes))
        date = advice.date if options.get("date") is None else output.dated(options)
        advice = replace(advice, title=own.title, notes=own.notes, date=date)
    else:
        from adaptadvisor.reading import facts_file as factsfile

        table = load_table(options.get("rules"))
        advice = _advised(table, own_text(options, factsfile.read(text, name, table)), options)
    _show(advice, target, options)
    return Ending()


def ask(table: Table, flags: Sequence[tuple[str, str]], options: Mapping[str, Any]) -> Ending:
    """Holds the interview, then advises. What is given is never asked."""
    from adaptadvisor.interview.saved import Saved, command_line, is_saved, save_file
    from adaptadvisor.interview.state import Interview

    target = output.target(options)
    facts_file = options.get("facts_file")
    if facts_file == "-" and options.get("stdin"):
        raise bad_input(
            "bad-setting", "stdin cannot give both the facts and the answers", Location("--facts")
        )
    given = gather(table, options, flags)
    resumed = (
        facts_file is not None
        and is_saved(facts_file)
        and not flags
        and not options.get("settings")
    )
    interview = Interview(table, given.answers, resumed=resumed)
    saved = None
    if (
        sys.stdin is not None
        and not options.get("no_input")
        and facts_file != "-"
        and (options.get("stdin") or sys.stdin.isatty())
    ):
        place = save_file(options.get("save"), facts_file, force=bool(options.get("force")))
        saved = Saved(interview, given, place, options)
        if left := _converse(interview, saved, options):
            return left
    elif missing := interview.able_to_change():
        why = (
            ""
            if options.get("no_input")
            else " and stdin is no terminal (--stdin reads answers from it line by line)"
        )
        flag_list = ", ".join(fact_flag(fact.id) for fact in missing)
        raise bad_input(
            "missing-answers",
            f"the plan is not settled{why}; give {flag_list} (unknown where you do not know)",
            Location("ask"),
        )
    given = given._replace(answers=interview.facts)
    _show(_advised(table, given, options), target, options)
    if saved and sys.stderr:
        print(
            f"\nThe same without questions: {command_line('recommend', given, options)}",
            file=sys.stderr,
        )
        if saved.done:
            print(f"Your answers are in {saved.path}.", file=sys.stderr)
    return Ending()


def _converse(interview: Interview, saved: Saved, options: Mapping[str, Any]) -> Ending | None:
    """Talks until everything is answered; None then, and else how the conversation was left."""
    from adaptadvisor.interview.console import Console, StoppedError
    from adaptadvisor.interview.conversation import Conversation

    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    plain = output.plain(options)
    talk = sys.stderr or open(os.devnull, "w")  # noqa: SIM115, PTH123 - a closed stderr hears nothing, but stdout still gets the advice
    console = Console(
        sys.stdin,
        talk,
        width=output.width(sys.stderr),
        colour=not plain and output.colour(options, sys.stderr),
        plain=plain,
    )
    for line in saved.introduction():
        console.say(line)
    try:
        Conversation(interview, console, saved.save).hold()
    except (StoppedError, KeyboardInterrupt) as stopped:
        saved.save()
        why = str(stopped) or "interrupted"
        code = (
            ExitCode.BAD_INPUT
            if isinstance(stopped, StoppedError) and stopped.misfit
            else ExitCode.INTERRUPTED
        )
        return Ending(code, f"{why}; {saved.where()}go on with: {saved.resume()}")
    return None


def what_if(table: Table, flags: Sequence[tuple[str, str]], options: Mapping[str, Any]) -> Ending:
    """Writes which answers would have to be different for the plan to be the one that is wanted."""
    from adaptadvisor.advice import what_if as changes
    from adaptadvisor.render import as_json
    from adaptadvisor.render import what_if as as_text

    target = output.target(options, PLAIN_FORMATS)
    if not options.get("to"):
        raise bad_input(
            "missing-value",
            f"needs a plan: one or more of {', '.join(APPROACHES)}, joined by +",
            Location("--to"),
        )
    wanted = [
        chosen("--to", word.strip().lower().replace("task-head", "task_head"), APPROACHES)
        for word in options["to"].split("+")
    ]
    found = changes.what_if(table, gather(table, options, flags).facts, wanted)
    if target.format == "json":
        text = as_json.render(found)
    else:
        colour = target.path is None and output.colour(options)
        text = as_text.render(found, output.width(), colour=colour, plain=output.plain(options))
    output.write(text, target)
    return Ending()


def batch(rules: str | None, cases: str, to: str | None, *, settled: bool, force: bool) -> Ending:
    """Answers every line of `cases`."""
    from adaptadvisor.cli import batch

    path = None if to in (None, "-") else output.new_file(to, "--output", force=force)
    bad = batch.run(load_table(rules), cases, path, settled=settled, force=force)
    if bad:
        return Ending(
            ExitCode.BAD_INPUT,
            f"error: {bad} bad line{'s' if bad > 1 else ''}; each has its own error in the output",
        )
    return Ending()


def explain(rules: str | None, what: str, options: Mapping[str, Any]) -> Ending:
    """Writes what a name means."""
    from adaptadvisor.render.authoring import explain

    output.write(
        explain.render(load_table(rules), what, output.width(), colour=output.colour(options)),
        Target("text"),
    )
    return Ending()


def schema(what: str, options: Mapping[str, Any]) -> Ending:
    """Writes the JSON Schema of a document."""
    chosen("schema", what, SCHEMAS)
    target = output.target({**options, "format": "json"})
    from adaptadvisor.advice import schema as schemas

    output.write(schemas.render(load_table(options.get("rules")), what), target)
    return Ending()
