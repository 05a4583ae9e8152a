"""A diagnosis as text, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Iterator

from adaptadvisor.evidence.diagnose import Diagnosis, Seen, Suspect
from adaptadvisor.page import Page
from adaptadvisor.render.formats import inert
from adaptadvisor.render.markup import inline, joined, listed
from adaptadvisor.render.words import facts_words, sentence
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import authors, capital
from adaptadvisor.table.symptoms import EFFORT_WORDS

HEADING = "What may be wrong"
_LOG, _CHECKS = "What the log shows", "What the checks found"
_ORDER = "Which test first"
_NO_SYMPTOM = "There is nothing in the files that a symptom of the table goes with."


def render(
    found: Diagnosis,
    table: Table,
    format_: str,
    *,
    width: int = 80,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The diagnosis in one of the formats; width, colour and plain concern text alone."""
    if format_ == "json":
        from adaptadvisor.render import as_json

        return as_json.render(found)
    found = inert(found)
    if format_ == "md":
        return joined(_markdown(found, table))
    return _text(found, table, Page(width, colour=colour, plain=plain))


def _text(found: Diagnosis, table: Table, page: Page) -> str:
    page.title(HEADING)
    for line in _opening(found, table):
        page.say(line)
    for heading, lines in _files(found):
        page.heading(heading)
        for line in lines:
            page.say(line, mark="- ")
    for seen in found.symptoms:
        page.heading(seen.name)
        for line in _recognised(seen, table):
            page.say(line)
        for one in seen.suspects:
            page.say(sentence(one.cause), mark=f"{one.number}. ")
            for name, words in _about(one):
                page.say(words, 3, mark=f"{name}: ")
    if found.order:
        page.heading(_ORDER)
        for line in _steps(found):
            page.say(line, mark="- ")
        for line in _ending(found):
            page.say(line)
    return page.text()


def _markdown(found: Diagnosis, table: Table) -> Iterator[str]:
    yield f"# {HEADING}"
    yield from map(inline, _opening(found, table))
    for heading, lines in _files(found):
        yield f"## {heading}"
        yield listed(map(inline, lines))
    for seen in found.symptoms:
        yield f"## {inline(seen.name)}"
        yield from map(inline, _recognised(seen, table))
        for one in seen.suspects:
            yield f"**{one.number}. {inline(sentence(one.cause))}**"
            yield listed(f"{name}: {inline(words)}" for name, words in _about(one))
    if found.order:
        yield f"## {_ORDER}"
        yield listed(map(inline, _steps(found)))
        yield from map(inline, _ending(found))
    yield inline(f"adaptadvisor, table {found.table.version}, digest {found.table.digest}")


def _opening(found: Diagnosis, table: Table) -> Iterator[str]:
    number = len(found.suspects)
    if not number:
        yield _NO_SYMPTOM
    elif number == 1:
        yield "One cause fits. Nothing is proven before its test."
    else:
        yield f"{number} causes fit. Nothing is proven: the tests tell which of them it is."
    given = {fact: value for fact, value in found.facts.items() if fact not in found.heard}
    heard = {fact: value for fact, value in found.facts.items() if fact in found.heard}
    if given:
        yield f"Known: {facts_words(table, given)}."
    if heard:
        said = facts_words(table, heard)
        yield f"Heard in your words: {said}. State it with --set if that is wrong."


def _files(found: Diagnosis) -> Iterator[tuple[str, list[str]]]:
    """What each kind of file shows, under its heading."""
    for heading, signs in ((_LOG, found.log), (_CHECKS, found.checks)):
        if lines := list(dict.fromkeys(sign.says for sign in signs)):
            yield heading, lines


def _recognised(seen: Seen, table: Table) -> Iterator[str]:
    yield seen.sign
    if seen.in_words:
        quoted = ", ".join(f'"{words}"' for words in seen.in_words)
        yield f"You say: {quoted}."
    if seen.in_log:
        yield f"In the log: {' '.join(seen.in_log)}"
    if seen.in_checks:
        yield f"In the checks: {' '.join(seen.in_checks)}"
    if seen.disagreement:
        yield f"Sources disagree: {sentence(authors(seen.disagreement, table.sources))}"


def _about(one: Suspect) -> Iterator[tuple[str, str]]:
    """What is said of a cause, each under its name."""
    if one.points_to_it:
        yield "Points to it", " ".join(one.points_to_it)
    if one.speaks_against:
        yield "Speaks against it", " ".join(one.speaks_against)
    yield f"Test ({EFFORT_WORDS[one.effort]})", one.test
    yield "First change", sentence(one.repair)
    yield "The plan", one.changes_plan or "Stays as it is."


def _steps(found: Diagnosis) -> Iterator[str]:
    for step in found.order:
        numbers = ", ".join(map(str, step.numbers))
        yield f"{capital(step.says)}. Test{'s' if len(step.numbers) > 1 else ''} {numbers}."


def _ending(found: Diagnosis) -> Iterator[str]:
    changing = [str(one.number) for one in found.suspects if one.changes_plan]
    if changing:
        yield f"If it is {_or(changing)}, the plan changes; else repair and run again."
    else:
        yield "None of these changes the plan: repair and run again."
    if found.also:
        yield f"Fits less well: {'; '.join(found.also)}."


def _or(numbers: list[str]) -> str:
    *before, last = numbers
    return f"{', '.join(before)} or {last}" if before else last
