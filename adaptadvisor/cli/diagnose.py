"""The command `diagnose`: what may be wrong in a run that fell short, and how to tell."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import facts_in, on_defaults, set_facts, text_of
from adaptadvisor.cli.options import OUTPUT, argument, one_of, option
from adaptadvisor.cli.output import DIAGNOSIS_FORMATS, Look
from adaptadvisor.cli.team import Team, counting
from adaptadvisor.errors import ExitCode, bad_input, shown
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table.facts import Fact, NotAValue, Value
from adaptadvisor.table.given import Given
from adaptadvisor.table.rows import Table

if TYPE_CHECKING:
    from adaptadvisor.interview.console import Console

MOST_LOGGED = 50_000_000
"""Bytes of a training log; a record has about 150."""
MOST_REPORTED = 20_000_000
"""Bytes of a report of checks; a place has about 150, a part 500."""

_NAMED = 60  # characters of a name that a line of choices shows

_WORDS_HELP = "What you see, in your own words: it repeats itself and never stops."
Words = Annotated[list[str] | None, argument("WORDS", _WORDS_HELP)]
_LOG_HELP = "The log of a training run: trainer_state.json; - is stdin."
Log = Annotated[str | None, option("--log", _LOG_HELP, "FILE")]
_CHECK_HELP = "What `check ... --format json` wrote; may be repeated; - is stdin."
Check = Annotated[list[str] | None, option("--check", _CHECK_HELP, "FILE")]
_FORMAT_HELP = "How to show the diagnosis (by the suffix of -o, else text)."
Format = Annotated[str | None, one_of("--format", DIAGNOSIS_FORMATS, _FORMAT_HELP, OUTPUT)]


def diagnose(
    context: typer.Context,
    words: Words = None,
    *,
    log: Log = None,
    reports: Check = None,
    facts_file: options.Facts = None,
    settings: options.Settings = None,
    rules: options.Rules = None,
    format: Format = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """What may be wrong in a run that fell short: causes, the test of each, the first change."""
    from adaptadvisor.evidence import check_report, training_log
    from adaptadvisor.evidence import diagnose as evidence
    from adaptadvisor.render import diagnosis

    target = output.target(format, out, formats=DIAGNOSIS_FORMATS, force=force)
    output.not_what_is_read(target, log, *(reports or ()), facts_file, rules)
    if [log, *(reports or ()), facts_file].count("-") > 1:
        message = "only one of --log, --check and --facts can be stdin"
        raise bad_input("bad-setting", message, "diagnose")
    table, look = load_table(rules), Look(no_color, plain)
    known = _known(table, counting(context), facts_file, settings)
    said = " ".join(words or ())
    seen = None if log is None else training_log.read(_text(log, "--log", MOST_LOGGED), _named(log))
    checked = [check_report.read(_text(one, "--check"), _named(one)) for one in reports or ()]
    for one in checked:
        known = one.facts(table) | known
    if not said.strip() and seen is None and not checked:
        if not (sys.stdin and sys.stdin.isatty()):
            raise _nothing_said(table)
        return _asked(table, known, look, target)
    heard = _heard(table, said, known)
    signs = [sign for one in checked for sign in one.signs]
    found = evidence.diagnose(table, {**heard, **known}, said, seen, heard, signs)
    if not found.symptoms and seen is None and not checked:
        raise _not_recognised(table, said)
    text = diagnosis.render(found, table, target.format, **look.on(target))
    output.write(text, target)
    return Ending()


def _known(
    table: Table, team: Team, facts_file: str | None, settings: list[str] | None
) -> dict[str, Value]:
    """The facts of the team, of the file and of --set; the later wins."""
    given = facts_in(table, facts_file, "--facts") if facts_file is not None else Given({})
    over = set_facts(table, settings or ())
    file = "stdin" if facts_file == "-" else facts_file or ""
    places = dict.fromkeys(given.answers, file) | dict.fromkeys(over, "--set")
    return on_defaults(team, table, Given({**given.answers, **over}), places).facts


def _text(name: str, flag: str, most: int = MOST_REPORTED) -> str:
    from adaptadvisor.reading import nodes

    if not name:
        raise bad_input("missing-value", "needs a file name, or - for stdin", flag)
    return text_of(name, flag) if name == "-" else nodes.read_text(Path(name), name, most)


def _named(name: str) -> str:
    return "stdin" if name == "-" else name


def _heard(table: Table, said: str, known: Mapping[str, Value]) -> dict[str, Value]:
    """Facts that the words tell beside what is wrong, as in the interview; those that contradict
    each other or what is known are left out.
    """
    from adaptadvisor.interview.listening import volunteered
    from adaptadvisor.table.contradictions import contradictions

    found: dict[str, Value] = {}
    for sentence in re.split(r"(?<=[.;!?])\s+|\n", said):
        for each in volunteered(table, sentence):
            if each.fact not in known:
                found.setdefault(each.fact, each.value)
    wrong = {fact for fact, _ in contradictions(table, {**found, **known})}
    return {fact: value for fact, value in found.items() if fact not in wrong}


def _choices(table: Table) -> str:
    from adaptadvisor.evidence.diagnose import symptoms_of

    return "; ".join(shown(row.name, _NAMED) for row in symptoms_of(table))


def _nothing_said(table: Table) -> Exception:
    message = "say what you see, or give --log trainer_state.json or --check report.json"
    return bad_input("missing-value", f"{message}; known are: {_choices(table)}", "diagnose")


def _not_recognised(table: Table, said: str) -> Exception:
    from adaptadvisor.evidence.nearest import nearest

    wrong, words = f'nothing known for sure in "{shown(said)}"', "say it otherwise, or as one of"
    if near := nearest(table, said):
        names = "; ".join(f'"{shown(row.name, _NAMED)}"' for row in near)
        message = f"{wrong}; {words} the nearest: {names} (`adaptadvisor diagnose` lists all)"
    else:
        message = f"{wrong}; {words}: {_choices(table)}"
    return bad_input("unknown-symptom", message, "diagnose")


def _asked(table: Table, known: dict[str, Value], look: Look, target: output.Target) -> Ending:
    """Asks what is seen, then the few facts that tell its causes apart."""
    from adaptadvisor.evidence import diagnose as evidence
    from adaptadvisor.interview.console import Console, StoppedError
    from adaptadvisor.render import diagnosis

    talk = sys.stderr or open(os.devnull, "w")  # noqa: SIM115, PTH123 - nobody hears, stdout still gets the answer
    colour = not look.plain and look.colour(sys.stderr)
    width = output.width(sys.stderr)
    console = Console(sys.stdin, talk, width=width, colour=colour, plain=look.plain)
    try:
        said = _what_is_seen(table, console)
        heard = _heard(table, said, known)
        found = evidence.diagnose(table, {**heard, **known}, said, None, heard)
        for fact in evidence.worth_asking(table, found):
            _ask(console, fact, known)
    except (StoppedError, KeyboardInterrupt) as stopped:
        return Ending(ExitCode.INTERRUPTED, f"{str(stopped) or 'interrupted'}; nothing was written")
    heard = {fact: value for fact, value in heard.items() if fact not in known}
    found = evidence.diagnose(table, {**heard, **known}, said, None, heard)
    output.write(diagnosis.render(found, table, target.format, **look.on(target)), target)
    return Ending()


def _what_is_seen(table: Table, console: Console) -> str:
    """Words in which a symptom is recognised: numbers of the list, or the person's own."""
    from adaptadvisor.evidence import diagnose as evidence
    from adaptadvisor.evidence.nearest import nearest

    rows = evidence.symptoms_of(table)
    console.say("What do you see?", bold=True)
    for number, row in enumerate(rows, 1):
        console.say(row.name, mark=f"{number}. ", indent=2)  # a line each: they must fit a screen
    while True:
        line = console.read("Numbers, or say it in your own words:")
        numbers = re.findall(r"\d+", line) if re.fullmatch(r"[\d\s,;.and]+", line) else []
        chosen = [rows[int(one) - 1].name for one in numbers if 1 <= int(one[:4]) <= len(rows)]
        said = ". ".join(chosen) or line
        if said and evidence.diagnose(table, {}, said).symptoms:
            return said
        near = [str(rows.index(row) + 1) for row in nearest(table, said)]
        hint = f"; nearest: {', '.join(near)}" if near else ""
        console.say(f"Nothing known in that for sure{hint}. The numbers go from 1 to {len(rows)}.")


def _ask(console: Console, fact: Fact, known: dict[str, Value]) -> None:
    """Asks a fact until its answer can be read; Enter leaves it open."""
    from adaptadvisor.interview.answering import answer
    from adaptadvisor.table.speech import beside

    console.say(fact.question, before=True)
    for number, choice in enumerate(fact.choices, 1):
        console.item(number, choice.value.replace("_", " "), choice.means)
    while line := console.read("Your answer (Enter: not known):"):
        try:
            found = answer(fact, line)
        except NotAValue as error:
            console.say(f"{error}.")
            continue
        if not found.sure and found.value is not None:
            console.say(f"That says more than an answer; did you mean {beside(fact, found.value)}?")
            continue
        if found.value is not None:
            known[fact.id] = found.value
        return
