"""Many answers as one page that a team lead would send on: a table, Markdown or HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from adaptadvisor.advice.findings import ADDED, CHANGED, GONE
from adaptadvisor.advice.outlook import Outlook, plan_in_words
from adaptadvisor.advice.portfolio import (
    READABLE,
    UNREADABLE,
    Answer,
    Summary,
    summary,
)
from adaptadvisor.render.formats import inert
from adaptadvisor.table.plans import members
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import capital, plan_words

HEADING = "Portfolio"
MISSING = "A case is settled where no answer that is still missing can change its plan."
ODDS = (
    "The kind of plan that most likely proves right, by published cases with the rules weighed in;"
    " a tuned LLM may be LoRA or full fine-tuning."
)
THIN = "too few published cases are like it"


_CHANGES = {UNREADABLE: "not readable any more", READABLE: "readable again"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A case in words. `wrong` says why there is no advice; all else is empty then."""

    name: str
    title: str
    place: str
    plan: str = ""
    settled: bool = False
    waits: str = ""
    open: str = ""
    likely: str = ""
    doubt: str = ""
    fallback: str = ""
    wrong: str = ""
    change: str = ""
    before: str = ""
    report: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """An open question: its name, in full, how to find out, and how many cases wait for it."""

    name: str
    question: str
    find_out: str
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page in words, the same for every format; `plans` are counted, with their share."""

    title: str
    date: str
    lead: tuple[str, ...]
    plans: tuple[tuple[str, int, int], ...]
    questions: tuple[Question, ...]
    rows: tuple[Row, ...]
    bad: tuple[Row, ...]
    compared: bool
    changed: tuple[Row, ...]
    foot: str


def render(
    answers: Sequence[Answer],
    table: Table,
    format_: str,
    *,
    title: str = "",
    date: str = "",
    width: int = 80,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The page in one of the formats; width, colour and plain concern the table alone."""
    view = inert(view_of(answers, table, title, date))
    if format_ == "html":
        from adaptadvisor.render.html import template

        return template("portfolio.html").render(view=view, MISSING=MISSING, ODDS=ODDS)
    if format_ == "md":
        from adaptadvisor.render import portfolio_markdown

        return portfolio_markdown.render(view)
    from adaptadvisor.render import portfolio_text

    return portfolio_text.render(view, width, colour=colour, plain=plain)


def view_of(answers: Sequence[Answer], table: Table, title: str, date: str) -> View:
    """Everything that the page says."""
    found = summary(table, answers)
    rows = tuple(_row(answer, table) for answer in answers)
    here = tuple(row for row in rows if row.change != GONE)
    advised = found.cases - found.bad
    return View(
        title=_title(title),
        date=date,
        lead=tuple(_lead(found, advised)),
        plans=tuple(
            (capital(plan_words(plan)), count, round(100 * count / advised))
            for plan, count in found.plans.items()
        ),
        questions=tuple(
            Question(capital(fact.name), fact.question, fact.find_out, count)
            for fact, count in ((table.facts[id_], times) for id_, times in found.waits.items())
        ),
        rows=tuple(row for row in here if not row.wrong),
        bad=tuple(row for row in here if row.wrong),
        compared=bool(found.changes),
        changed=tuple(
            replace(row, change=_CHANGES.get(row.change, row.change))
            for row in rows
            if row.change not in ("", "same")
        ),
        foot=f"adaptadvisor, table {table.version}, digest {table.digest}",
    )


def _title(given: str) -> str:
    """`Portfolio: cases`, but for a title that says already that it is one."""
    title = " ".join(given.split())
    if title.lower().startswith(HEADING.lower()):
        return title
    return f"{HEADING}: {title}" if title else HEADING


def _lead(found: Summary, advised: int) -> Iterable[str]:
    """What stands at the top, in sentences."""
    errors = f"; {_count(found.bad, 'more')} could not be read" if found.bad else ""
    yield f"{_count(advised, 'case')} advised on{errors}."
    if advised:
        yield _settled(found.settled, advised)
        if found.disagree:
            yield f"In {_count(found.disagree, 'case')} published situations favour another plan."
        if found.open_needs:
            yield f"In {_count(found.open_needs, 'case')} a need stays open that no plan meets."
    if found.changes:
        yield f"Since the last run: {changes_in_words(found.changes)}."


def changes_in_words(changes: Mapping[str, int]) -> str:
    """`1 changed, 0 added, 2 gone, 1 not readable any more`."""
    words = (CHANGED, ADDED, GONE, *(word for word in _CHANGES if changes.get(word)))
    return ", ".join(f"{changes.get(word, 0):,} {_CHANGES.get(word, word)}" for word in words)


def _settled(settled: int, of: int) -> str:
    if settled == of:
        return "Every plan is settled."
    if not settled:
        return "No plan is settled yet: each waits for answers."
    return f"{settled:,} of {of:,} plans are settled; the others wait for answers."


def _count(number: int, word: str) -> str:
    plural = "" if number == 1 or word == "more" else "s"
    return f"{number:,} {word}{plural}"


def _row(answer: Answer, table: Table) -> Row:
    case, seen = answer.case, answer.seen
    before = "" if answer.before is None else capital(plan_words(answer.before))
    place = _place(answer)
    if seen is None:
        wrong = answer.wrong.message if answer.wrong else ""
        return Row(
            name=case.name,
            title=case.title,
            place=place,
            wrong=wrong,
            change=answer.change,
            before=before,
        )
    waits = capital(", ".join(table.facts[fact].name for fact in dict.fromkeys(seen.waits_for)))
    needs = (table.needs[need].name for need in seen.outcome.open_needs)
    return Row(
        name=case.name,
        title=case.title,
        place=place,
        plan=capital(plan_words(answer.plan)),
        settled=seen.settled,
        waits=waits or ("" if seen.settled else "Not known: too many answers are missing"),
        open=", ".join(needs),
        likely=seen.outlook.likely,
        doubt=_doubt(seen.outlook),
        fallback=capital(plan_words(members(seen.fallback.plan))),
        change=answer.change,
        before=before,
        report=answer.report,
    )


def _doubt(outlook: Outlook) -> str:
    if outlook.odds.thin:
        return THIN
    other = outlook.favoured
    return f"published cases alone favour {plan_in_words(other)}" if other else ""


def _place(answer: Answer) -> str:
    case = answer.case
    if case.file:
        return f"{case.file}, line {case.line}" if case.line else case.file
    return f"line {case.line}" if case.line else ""
