"""The command `precedents`: look through published cases, or find those like a situation."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import facts_in, on_defaults, plan_given
from adaptadvisor.cli.options import OUTPUT, argument, one_of, option
from adaptadvisor.cli.output import PRECEDENT_FORMATS, Look
from adaptadvisor.cli.team import Team, counting
from adaptadvisor.errors import BadInput, Location, bad_input, shown
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table.facts import NotAValue, Value, from_text
from adaptadvisor.table.rows import Table

SHORT = 20
"""Precedents that a text shows where nobody says how many; it names how many there are."""

_YEARS = re.compile(r"(\d{4})(?:(?:-|\.\.)(\d{4})|(\+))?")
_MOST = 5_000

_WORDS_HELP = "Words that occur in a precedent: hate speech, Uber, arXiv 2310."
Words = Annotated[list[str] | None, argument("WORDS", _WORDS_HELP)]
Task = Annotated[str | None, option("--task", "Only of this kind of task: label, answer.", "TASK")]
_PLAN_HELP = "Only those in which this plan proved right, such as lora or rag+lora."
Plan = Annotated[str | None, option("--plan", _PLAN_HELP, "PLAN")]
_YEAR_HELP = "Only those published then: 2024, 2023-2025 or 2024+."
Year = Annotated[str | None, option("--year", _YEAR_HELP, "YEAR")]
_LIKE_HELP = "Those most like this situation first: a facts file, YAML or JSON; - is stdin."
Like = Annotated[str | None, option("--like", _LIKE_HELP, "FILE")]
_LIMIT_HELP = f"At most so many (all; in text {SHORT})."
Limit = Annotated[str | None, option("--limit", _LIMIT_HELP, "N", OUTPUT)]
_FORMAT_HELP = "How to show them (by the suffix of -o, else text)."
Format = Annotated[str | None, one_of("--format", PRECEDENT_FORMATS, _FORMAT_HELP, OUTPUT)]


def precedents(
    context: typer.Context,
    words: Words = None,
    *,
    task: Task = None,
    plan: Plan = None,
    year: Year = None,
    like: Like = None,
    limit: Limit = None,
    rules: options.Rules = None,
    format: Format = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """Published cases, and which plan proved right in each; or those most like a situation."""
    from adaptadvisor.advice.browse import Wanted, browse
    from adaptadvisor.render import precedents as shows

    target = output.target(format, out, formats=PRECEDENT_FORMATS, force=force)
    output.not_what_is_read(target, like, rules)
    first, last = _years(year)
    most = _most(limit)
    table = load_table(rules)
    wanted = Wanted(
        words=tuple(words or ()),
        task=_task(table, task),
        plan=plan_given(plan, "--plan") if plan is not None else (),
        first=first,
        last=last,
        like=_situation(table, like, counting(context)),
    )
    found = browse(table, wanted, SHORT if most is None and target.format == "text" else most)
    face = Look(no_color, plain).on(target)
    output.write(shows.render(found, table, target.format, **face), target)
    return Ending()


def _years(word: str | None) -> tuple[int | None, int | None]:
    """The first and the last year that are wanted."""
    if word is None:
        return None, None
    match = _YEARS.fullmatch(word.strip())
    if not match:
        expected = "expected a year such as 2024, or years such as 2023-2025 or 2024+"
        raise bad_input("bad-year", f'"{shown(word)}" is no year; {expected}', "--year")
    first, last, open_end = match.groups()
    if last and last < first:
        message = f"{first} comes after {last}, so no year is wanted; expected {last}-{first}?"
        raise bad_input("bad-year", message, "--year")
    return int(first), None if open_end else int(last or first)


def _most(word: str | None) -> int | None:
    if word is None:
        return None
    if not word.strip().isdecimal() or not 1 <= int(word[:9]) <= _MOST:
        expected = f"expected a whole number from 1 to {_MOST:,}"
        raise bad_input("out-of-range", f'"{shown(word)}" does not fit; {expected}', "--limit")
    return int(word)


def _task(table: Table, word: str | None) -> str:
    """The task that a word means, under any name that the fact knows; empty where none is given."""
    if word is None:
        return ""
    if "task" not in table.facts:
        raise bad_input("unknown-fact", "this table does not ask for a task", "--task")
    try:
        return str(from_text(table.facts["task"], word) or "")
    except NotAValue as error:
        raise BadInput([error.at(Location("--task"))]) from None


def _situation(table: Table, like: str | None, team: Team) -> dict[str, Value]:
    if like is None:
        return {}
    known = facts_in(table, like, "--like")
    file = "stdin" if like == "-" else like
    facts = on_defaults(team, table, known, dict.fromkeys(known.answers, file)).facts
    if not facts:
        message = "no fact is known there, so nothing can be like it"
        raise bad_input("missing-facts", message, "--like")
    return facts
