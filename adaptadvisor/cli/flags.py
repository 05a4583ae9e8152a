"""The flags of the commands, read without the library that parses the command line: `recommend` and
`rules` start much sooner that way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from adaptadvisor.errors import (
    BadInput,
    Location,
    Problem,
    bad_input,
    control_character,
    nearest,
    one_of,
    shown,
)
from adaptadvisor.table import facts
from adaptadvisor.table.facts import OWN_KEYS, Fact, Given, NotAValue, Value, fact_flag
from adaptadvisor.table.rows import Table

FORMATS = ("text", "json", "md", "adr", "html")
PLAIN_FORMATS = ("text", "json")
FAIL_ON = ("open-needs", "not-yet", "near-threshold")


class Flag(NamedTuple):
    """An option that is no fact; `kind` is text, many (may be repeated) or switch."""

    name: str
    spellings: tuple[str, ...]
    kind: str
    help: str
    metavar: str = ""


_FACTS = (
    Flag("facts_file", ("--facts",), "text", "A facts file, YAML or JSON; - is stdin.", "FILE"),
    Flag("settings", ("--set",), "many", "A fact by name; may be repeated.", "FACT=VALUE"),
)
_SHOWN = (
    Flag(
        "rules",
        ("--rules",),
        "text",
        "A rule table of your own; ADAPTADVISOR_RULES does the same.",
        "DIR",
    ),
    Flag("no_color", ("--no-color",), "switch", "No colour; NO_COLOR does the same."),
    Flag(
        "plain",
        ("--plain",),
        "switch",
        "Plain sentences for a screen reader; ADAPTADVISOR_PLAIN=1 does the same.",
    ),
)
_WRITTEN = (
    Flag("output", ("--output", "-o"), "text", "Write here, whole or not at all.", "FILE"),
    Flag("force", ("--force",), "switch", "Write over a file that exists."),
)
_REPORT = (
    Flag(
        "format",
        ("--format",),
        "text",
        "How to show the advice (by the suffix of -o, else text).",
        "|".join(FORMATS),
    ),
    *_WRITTEN,
    Flag(
        "adr_dir",
        ("--adr-dir",),
        "text",
        "Write a decision record into this folder, under the next free number.",
        "DIR",
    ),
    Flag("title", ("--title",), "text", "A title for the report.", "TEXT"),
    Flag("notes", ("--notes",), "text", "Notes for the report.", "TEXT"),
    Flag(
        "date",
        ("--date",),
        "text",
        "Date the report, YYYY-MM-DD or today; SOURCE_DATE_EPOCH does the same. Undated otherwise.",
        "DATE",
    ),
)

RECOMMEND_FLAGS = (
    *_FACTS,
    *_REPORT,
    Flag(
        "save",
        ("--save",),
        "text",
        "Save the facts here, with comments that say what they mean.",
        "FILE",
    ),
    Flag("strict", ("--strict",), "switch", "Exit with 4 while the plan is not settled."),
    Flag(
        "fail_on",
        ("--fail-on",),
        "many",
        "Exit with 3 on this finding; may be repeated.",
        "|".join(FAIL_ON),
    ),
    *_SHOWN,
)
"""The one list from which both the quick reader below and the full command line are made."""

ASK_FLAGS = (
    *_FACTS,
    *_REPORT,
    Flag(
        "save",
        ("--save",),
        "text",
        "Save the answers here, after each one (adaptadvisor-answers.yaml).",
        "FILE",
    ),
    Flag(
        "stdin",
        ("--stdin",),
        "switch",
        "Read the answers from stdin, line by line, though it is no terminal.",
    ),
    Flag("no_input", ("--no-input",), "switch", "Never ask; exit with 2 and name what is missing."),
    *_SHOWN,
)
WHAT_IF_FLAGS = (
    Flag("to", ("--to",), "text", "The plan that you want, such as lora or rag+lora.", "PLAN"),
    *_FACTS,
    Flag(
        "format", ("--format",), "text", "How to show the answer (text).", "|".join(PLAIN_FORMATS)
    ),
    *_WRITTEN,
    *_SHOWN,
)
REPORT_FLAGS = (*_REPORT, *_SHOWN)
_DATE = next(flag for flag in _REPORT if flag.name == "date")
_PLAIN_FORMAT = next(flag for flag in WHAT_IF_FLAGS if flag.name == "format")
RULES_FLAGS: dict[str, tuple[Flag, ...]] = {
    "lint": (
        _PLAIN_FORMAT,
        *_WRITTEN,
        _DATE._replace(help="Rows are due for review as of this day, YYYY-MM-DD (today)."),
        *_SHOWN,
    ),
    "prove": (
        Flag(
            "exact",
            ("--exact",),
            "switch",
            "Count plans and open needs, and search proofs to the end (a minute for the shipped"
            " table).",
        ),
        _PLAIN_FORMAT,
        *_WRITTEN,
        *_SHOWN,
    ),
    "test": (
        Flag("junit", ("--junit",), "text", "Write the results as JUnit XML, too.", "FILE"),
        _PLAIN_FORMAT,
        *_WRITTEN,
        *_SHOWN,
    ),
    "show": (
        _PLAIN_FORMAT._replace(help="How to show the table (text).", metavar="text|md"),
        *_WRITTEN,
        *_SHOWN,
    ),
    "diff": (
        Flag(
            "sample", ("--sample",), "text", "How many random situations to compare (20000).", "N"
        ),
        _PLAIN_FORMAT,
        *_WRITTEN,
        *_SHOWN,
    ),
    "init": (),
}
"""The flags of the `rules` commands."""

SCHEMA_FLAGS = (*_WRITTEN, *(flag for flag in _SHOWN if flag.name == "rules"))


def rules_given(argv: Sequence[str]) -> str | None:
    """The --rules of a command line that is not parsed yet (the last one wins): the table decides
    which flags there are.
    """
    given = os.environ.get("ADAPTADVISOR_RULES") or None
    for i, word in enumerate(argv):
        if word == "--rules" or word.startswith("--rules="):
            given = word.partition("=")[2] if "=" in word else "".join(argv[i + 1 : i + 2])
            if not given:
                raise bad_input("missing-value", "needs a folder", Location("--rules"))
    return given


def take_facts(
    argv: Sequence[str], questions: Iterable[Fact]
) -> tuple[list[tuple[str, str]], list[str]]:
    """The fact flags of a command line, each as a fact and a text, and what is left of it.

    `--citations` means true, `--no-citations` false; underscores are dashes.
    """
    by_flag = {fact_flag(fact.id): fact for fact in questions}
    no = {"--no-" + flag[2:]: fact for flag, fact in by_flag.items() if fact.type == "bool"}
    given: list[tuple[str, str]] = []
    left: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        flag, equals, value = word.partition("=")
        flag = flag.replace("_", "-") if flag.startswith("--") else flag
        if word == "--":
            return given, [*left, word, *rest]
        if flag in by_flag:
            fact = by_flag[flag]
            if not equals:
                value = (
                    rest.pop(0)
                    if rest and _is_value(fact, rest[0])
                    else ("true" if fact.type == "bool" else "")
                )
            if not value:
                raise bad_input("missing-value", f"needs a value: {fact.expects}", Location(flag))
            given.append((fact.id, value))
        elif flag in no:
            if equals:
                raise bad_input(
                    "bad-setting",
                    f"takes no value; write {flag} or {fact_flag(no[flag].id)}=true",
                    Location(flag),
                )
            given.append((no[flag].id, "false"))
        else:
            left.append(word)
    return given, left


def _is_value(fact: Fact, word: str) -> bool:
    """Whether the next word belongs to the flag: for yes/no facts only what says yes, no or
    unknown.
    """
    if fact.type == "bool":
        return word.lower() in facts.YES + facts.NO + facts.UNKNOWN_WORDS
    return not word.startswith("--")


def quick_options(
    words: Sequence[str], flags: Sequence[Flag] = RECOMMEND_FLAGS
) -> dict[str, Any] | None:
    """The options among these words, those of `recommend` or others; None where anything else
    stands, which the full command line explains.
    """
    spelled = {spelling: flag for flag in flags for spelling in flag.spellings}
    found: dict[str, Any] = {}
    rest = list(words)
    while rest:
        word, equals, value = rest.pop(0).partition("=")
        flag = spelled.get(word)
        if (
            flag is None
            or (equals and (flag.kind == "switch" or not word.startswith("--")))
            or not (equals or flag.kind == "switch" or rest)
        ):
            return None
        if flag.kind == "switch":
            found[flag.name] = True
            continue
        value = value if equals else rest.pop(0)
        found[flag.name] = [*found.get(flag.name, ()), value] if flag.kind == "many" else value
    return found


def gather(table: Table, options: Mapping[str, Any], given: Iterable[tuple[str, str]]) -> Given:
    """What the facts file says, then flags and --set, which win over it."""
    known = (
        _facts_file(table, options["facts_file"])
        if options.get("facts_file") is not None
        else Given({})
    )
    over = _over(
        table,
        [
            *((fact_flag(fact), fact, word) for fact, word in given),
            *map(_setting, options.get("settings") or ()),
        ],
    )
    return own_text(options, known._replace(answers={**known.answers, **over}))


def own_text(options: Mapping[str, Any], known: Given) -> Given:
    """With the title and the notes among the options, without bytes that are no text: an argument
    may hold any byte.
    """
    texts = {key: options[key] for key in OWN_KEYS if options.get(key) is not None}
    for key, text in texts.items():
        texts[key] = text.encode("utf-8", "replace").decode()
        if found := control_character(texts[key]):
            message = f"the text holds the control character {found}"
            raise bad_input("control-character", message, Location(f"--{key}"))
    return known._replace(**texts)


def _over(table: Table, named: Iterable[tuple[str, str, str]]) -> dict[str, Value | None]:
    """The answers that stand on the command line: each with the flag, the fact and the text."""
    problems: list[Problem] = []
    over: dict[str, tuple[str, Value | None]] = {}
    for place, fact_id, word in named:
        fact = table.facts.get(fact_id)
        if fact is None or fact.derived:
            wrong = facts.no_such_fact(fact_id, table.facts)
            problems.append(Problem(wrong.code, str(wrong), Location(place)))
            continue
        before = over.get(fact_id)
        try:  # plans that were tried add up
            adds_up = before and fact.type == "plans" and word.lower() not in facts.UNKNOWN_WORDS
            value = facts.from_text(fact, f"{before[0]},{word}" if before and adds_up else word)
        except NotAValue as error:
            problems.append(Problem(error.code, str(error), Location(place)))
            continue
        if before and before[1] != value and fact.type != "plans":
            message = (
                f'"{fact_id}" is given as "{shown(before[0])}" and as "{shown(word)}"; give it once'
            )
            problems.append(Problem("given-twice", message, Location(place)))
        over[fact_id] = (f"{before[0]},{word}" if before else word, value)
    if problems:
        raise BadInput(problems)
    return {fact: value for fact, (_, value) in over.items()}


def _setting(word: str) -> tuple[str, str, str]:
    fact, equals, value = word.partition("=")
    if not equals:
        raise bad_input("bad-setting", f'"{shown(word)}" is not FACT=VALUE', Location("--set"))
    return "--set", fact.strip().replace("-", "_"), value


def _facts_file(table: Table, name: str) -> Given:
    from adaptadvisor.reading import facts_file as factsfile

    if not name:
        raise bad_input("missing-value", "needs a file name, or - for stdin", Location("--facts"))
    return factsfile.read(
        text_of(name, Location("--facts")), "stdin" if name == "-" else name, table
    )


def text_of(name: str, where: Location) -> str:
    """The text of a file, or of stdin for `-`."""
    from adaptadvisor.reading import nodes as documents

    if name != "-":
        return documents.read_text(Path(name), name)
    if sys.stdin is None:
        raise bad_input("missing-file", "stdin is closed", where)
    return documents.decode(sys.stdin.buffer.read(documents.MAX_BYTES + 1), Location("stdin"))


def chosen(flag: str, word: str, known: Sequence[str]) -> str:
    """The word, if it is one of those that are known."""
    if word not in known:
        raise bad_input(
            "unknown-choice",
            f'"{shown(word)}" is none of {one_of(list(known))}{nearest(word, known)}',
            Location(flag),
        )
    return word
