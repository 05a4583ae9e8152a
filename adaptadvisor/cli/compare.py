"""The command `compare`: two situations side by side, or one before and after a change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import on_defaults, set_facts, text_of
from adaptadvisor.cli.options import OUTPUT, argument, one_of
from adaptadvisor.cli.output import COMPARE_FORMATS, Look
from adaptadvisor.cli.team import Team, counting
from adaptadvisor.errors import bad_input
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table.given import Given
from adaptadvisor.table.rows import Table

_FIRST_HELP = "A facts file, or a recommendation as JSON; - is stdin."
First = Annotated[str, argument("A", _FIRST_HELP)]
_SECOND_HELP = "The other one; without it, A is compared with itself after --set."
Second = Annotated[str | None, argument("B", _SECOND_HELP)]
_FORMAT_HELP = "How to show the comparison (by the suffix of -o, else text)."
Format = Annotated[str | None, one_of("--format", COMPARE_FORMATS, _FORMAT_HELP, OUTPUT)]


def compare(
    context: typer.Context,
    first: First,
    second: Second = None,
    *,
    settings: options.Settings = None,
    rules: options.Rules = None,
    format: Format = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """Two situations: the facts and verdicts that differ, and what made the plans differ."""
    from adaptadvisor.advice import compare
    from adaptadvisor.render import compare as shows

    target = output.target(format, out, formats=COMPARE_FORMATS, force=force)
    output.not_what_is_read(target, first, second, rules)
    if (second is None) == (not settings):
        message = "needs one of the two: a second situation, or --set fact=value for A"
        raise bad_input("missing-value", message, "compare")
    if first == second == "-":
        raise bad_input("bad-setting", "only one of the two can be stdin", "compare")
    table, team = load_table(rules), counting(context)
    one = _situation(table, team, first)
    if second is None:
        over = set_facts(table, settings or ())
        places = dict.fromkeys(one.answers, first) | dict.fromkeys(over, "--set")
        other = on_defaults(Team(), table, Given({**one.answers, **over}), places)
        titles = ("Before", "After")
    else:
        other = _situation(table, team, second)
        titles = _titles((one, first), (other, second))
    found = compare.compare(table, one.facts, other.facts, titles)
    face = Look(no_color, plain).on(target)
    output.write(shows.render(found, table, target.format, **face), target)
    return Ending()


def _situation(table: Table, team: Team, name: str) -> Given:
    """The facts in a facts file, on top of the default facts of the team, or those that a stored
    recommendation was made for.
    """
    from adaptadvisor.advice import stored
    from adaptadvisor.advice.advise import check_facts
    from adaptadvisor.reading import facts_file

    file = "stdin" if name == "-" else name
    text = text_of(name, "compare")
    if not stored.is_document(text):
        known = facts_file.read(text, file, table)
        return on_defaults(team, table, known, dict.fromkeys(known.answers, file))
    advice = stored.read(text, file)
    return Given(check_facts(table, advice.facts), advice.title)


def _titles(one: tuple[Given, str], other: tuple[Given, str]) -> tuple[str, str]:
    """What to call the two: by title, else by file; by both where the titles are the same."""
    names = [Path(file).stem if file != "-" else "stdin" for _, file in (one, other)]
    titles = [" ".join(given.title.split()) for given, _ in (one, other)]
    if titles[0] == titles[1]:
        titles = ["", ""]
    first, second = (title or name for title, name in zip(titles, names, strict=True))
    return (first, second) if first != second else (f"{first} (A)", f"{second} (B)")
