"""What somebody gave: facts out of flags, out of --set and out of files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from adaptadvisor.cli.options import Flags
from adaptadvisor.cli.output import chosen
from adaptadvisor.cli.team import Team
from adaptadvisor.errors import BadInput, Location, Problem, bad_input, control_character, shown
from adaptadvisor.files import readable
from adaptadvisor.table import facts
from adaptadvisor.table.contradictions import contradictions
from adaptadvisor.table.facts import NotAValue, Value, fact_flag
from adaptadvisor.table.given import Given, too_long
from adaptadvisor.table.plans import APPROACHES, by_id, members, plan_of
from adaptadvisor.table.rows import Table


def gather(
    flags: Flags,
    facts_file: str | None,
    settings: Sequence[str] | None,
    *,
    title: str | None = None,
    notes: str | None = None,
) -> Given:
    """The default facts of the team, then the facts file, then flags and --set; the later wins."""
    known = Given({}) if facts_file is None else facts_in(flags.table, facts_file, "--facts")
    named = [(fact_flag(fact), fact, word) for fact, word in flags.words]
    over = _over(flags.table, [*named, *map(_setting, settings or ())])
    places = dict.fromkeys(known.answers, "stdin" if facts_file == "-" else facts_file or "")
    places |= dict.fromkeys(over, "--set") | {fact: flag for flag, fact, _ in named}
    known = replace(known, answers={**known.answers, **over})
    found = with_text(on_defaults(flags.team, flags.table, known, places), title, notes)
    flags.team.tell()
    return found


def on_defaults(team: Team, table: Table, known: Given, places: Mapping[str, str]) -> Given:
    """What is known on top of the default facts of the team; `BadInput` where facts contradict each
    other. `places` are the flag or the file that gave each fact.
    """
    answers = team.answers(table, known.answers)
    problems = []
    for fact, error in contradictions(table, answers):
        place = places.get(fact) or places.get(table.at_most[fact]) or team.found.file
        problems.append(error.at(Location(place)))
    if problems:
        raise BadInput(problems)
    return replace(known, answers=answers)


def with_text(known: Given, title: str | None, notes: str | None) -> Given:
    """With this title and these notes, where they are given."""
    return replace(
        known,
        title=known.title if title is None else _own_text("title", title),
        notes=known.notes if notes is None else _own_text("notes", notes),
    )


def _own_text(key: str, text: str) -> str:
    """The text without bytes that are no text: an argument may hold any byte."""
    text = text.encode("utf-8", "replace").decode()
    if wrong := too_long(key, text, Location(f"--{key}")):
        raise BadInput(wrong)
    if found := control_character(text):
        message = f"the text holds the control character {found}"
        raise bad_input("control-character", message, f"--{key}")
    return text


def _over(table: Table, named: Iterable[tuple[str, str, str]]) -> dict[str, Value | None]:
    """The answers on the command line: each with the flag, the fact and the text."""
    problems: list[Problem] = []
    over: dict[str, tuple[str, Value | None]] = {}
    for flag, fact_id, word in named:
        try:
            over[fact_id] = _added(table, fact_id, word, over.get(fact_id))
        except NotAValue as error:
            problems.append(error.at(Location(flag)))
    if problems:
        raise BadInput(problems)
    return {fact: value for fact, (_, value) in over.items()}


def _added(
    table: Table, fact_id: str, word: str, before: tuple[str, Value | None] | None
) -> tuple[str, Value | None]:
    """The text and the value of a fact, which may have been given before; plans add up."""
    fact = table.facts.get(fact_id)
    if fact is None or fact.derived:
        raise facts.no_such_fact(fact_id, table.facts)
    if not word.strip():
        raise NotAValue("missing-value", f"needs a value: {fact.expects}")
    if before and fact.type == "plans":
        word = word if word.lower() in facts.UNKNOWN_WORDS else f"{before[0]},{word}"
        return word, facts.from_text(fact, word)
    value = facts.from_text(fact, word)
    if before and before[1] != value:
        twice = f'"{fact_id}" is given as "{shown(before[0])}" and as "{shown(word)}"; give it once'
        raise NotAValue("given-twice", twice)
    return word, value


def set_facts(table: Table, settings: Sequence[str]) -> dict[str, Value | None]:
    """The answers that --set gives."""
    return _over(table, map(_setting, settings))


def _setting(word: str) -> tuple[str, str, str]:
    fact, equals, value = word.partition("=")
    if not equals:
        raise bad_input("bad-setting", f'"{shown(word)}" is not FACT=VALUE', "--set")
    return "--set", fact.strip().replace("-", "_"), value


def plan_given(words: str, flag: str) -> tuple[str, ...]:
    """The approaches of a plan such as rag+lora or `RAG + task head`, cheapest first."""
    return members(plan_of(chosen(flag, word, APPROACHES) for word in by_id(words).split("+")))


def facts_in(table: Table, name: str, flag: str) -> Given:
    """What a facts file says; - is stdin."""
    from adaptadvisor.reading import facts_file

    if not name:
        raise bad_input("missing-value", "needs a file name, or - for stdin", flag)
    return facts_file.read(text_of(name, flag), "stdin" if name == "-" else name, table)


def text_of(name: str, where: str) -> str:
    """The text of a file, or of stdin for `-`."""
    from adaptadvisor.reading import nodes

    if name != "-":
        return nodes.read_text(Path(name), name)
    if sys.stdin is None:
        raise bad_input("missing-file", "stdin is closed", where)
    with readable("stdin"):
        return nodes.decode(sys.stdin.buffer.read(nodes.MAX_BYTES + 1), Location("stdin"))
