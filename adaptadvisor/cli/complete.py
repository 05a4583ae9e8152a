"""What a shell completes: plans, facts with their values, ids and topics. Loaded in options only by
name; what is needed for it is imported when somebody presses Tab.
"""

from __future__ import annotations

import io
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout, suppress

from adaptadvisor.errors import AdvisorError
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Table

Found = list[str | tuple[str, str]]
"""Words, or words with what they mean."""

Complete = Callable[[str], Found]


def plans(incomplete: str) -> Found:
    """`rag+lora`: every approach that is not named yet, after each +."""
    before, plus, _ = incomplete.rpartition("+")
    named = before.split("+")
    return [f"{before}{plus}{approach}" for approach in APPROACHES if approach not in named]


def tried(incomplete: str) -> Found:
    """Plans, and after an approach the ways of it: `lora:qlora`."""
    start, comma, last = incomplete.rpartition(",")
    before, plus, part = last.rpartition("+")
    head, (approach, colon, _) = f"{start}{comma}{before}{plus}", part.partition(":")
    table = _table()
    if colon and table:
        rows = [row for row in table.variants.values() if approach in row.approaches]
        return [(f"{head}{approach}:{row.id}", row.name) for row in rows]
    return [f"{start}{comma}{plan}" for plan in plans(last) if isinstance(plan, str)]


def settings(incomplete: str) -> Found:
    """`citations=yes`: every fact, and after = its values."""
    table, (word, equals, _) = _table(), incomplete.partition("=")
    if not table:
        return []
    if not equals:
        return [(f"{fact.id}=", fact.question) for fact in table.questions]
    fact = table.facts.get(word.replace("-", "_"))
    if fact is None or fact.derived:
        return []
    means = {choice.value: choice.means for choice in fact.choices}
    values = [
        value if isinstance(value, str) else ("no", "yes")[bool(value)] for value in fact.values
    ]
    found: Found = [(f"{word}={value}", means.get(value, "")) for value in values]
    if fact.type == "plans":
        prefix = incomplete.partition("=")[2]
        found += [f"{word}={plan}" for plan in tried(prefix) if isinstance(plan, str)]
    return [*found, f"{word}=unknown"]


def entries(incomplete: str) -> Found:
    """Everything that `explain` knows by an id; precedents only once one has begun to type."""
    from adaptadvisor.authoring.problem_codes import PROBLEMS
    from adaptadvisor.render.authoring.explain import INDEXES, SECTIONS
    from adaptadvisor.render.authoring.writers import name_of

    table = _table()
    if not table:
        return []
    found: dict[str, str] = dict.fromkeys(INDEXES, "")
    for section in SECTIONS:
        if section != "precedents" or incomplete:
            found |= {id: name_of(row) for id, row in getattr(table, section).items()}
    return [*found.items(), *PROBLEMS]


def precedents(incomplete: str) -> Found:
    """The ids of published cases, with what they are about."""
    table = _table()
    return [(row.id, row.title) for row in table.precedents.values()] if table else []


BY_NAME: Mapping[str, Complete] = {
    "--to": plans,
    "--plan": plans,
    "--tried": tried,
    "--set": settings,
    "WHAT": entries,
    "WORDS": precedents,
}
"""How the options and arguments of these names are completed."""


def _table() -> Table | None:
    """The table in use; nothing is said of one that cannot be read."""
    from adaptadvisor.cli.team import team_of
    from adaptadvisor.reading.shipped import load_table

    with suppress(AdvisorError, OSError):
        return load_table(os.environ.get("ADAPTADVISOR_RULES") or team_of([]).found.rules)
    return None


def answer(ask: Callable[[], object]) -> None:
    """Lets Typer print what completes a line. Bash takes a word apart at = and :, so there the
    parts are put together for it, and what bash has already is cut off again.
    """
    bash = os.environ.get("_ADAPTADVISOR_COMPLETE") == "complete_bash"
    before, width = _joined() if bash else "", os.environ.get("COLUMNS")
    answers = io.StringIO()
    os.environ["COLUMNS"] = "1000"  # a shell takes each line for a word of its own
    try:
        with redirect_stdout(answers):
            ask()
    finally:
        del os.environ["COLUMNS"]
        if width is not None:
            os.environ["COLUMNS"] = width
        for line in answers.getvalue().splitlines():
            print(line.removeprefix(before))


def _joined() -> str:
    """Joins the words of the line again; what of the last one bash takes for other words."""
    with suppress(KeyError, ValueError):
        words, at = os.environ["COMP_WORDS"].split(), int(os.environ["COMP_CWORD"])
        joined = list(_together(words[: at + 1]))
        if at >= len(words):
            joined.append("")
        os.environ["COMP_WORDS"] = shlex.join(joined) if joined[-1] else " ".join(joined)
        os.environ["COMP_CWORD"] = str(len(joined) - 1)
        found = re.match(r".*[=:]", joined[-1])
        return found[0] if found else ""
    return ""


def _together(words: list[str]) -> Iterator[str]:
    whole = ""
    for word in words:
        if whole and (word in ("=", ":") or whole[-1] in "=:"):
            whole += word
        else:
            if whole:
                yield whole
            whole = word
    if whole:
        yield whole
