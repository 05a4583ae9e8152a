"""A comparison of two situations as text, Markdown, HTML or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adaptadvisor.advice.compare import Comparison, Difference, Judged, Side
from adaptadvisor.advice.outlook import percent, plan_in_words
from adaptadvisor.page import Page
from adaptadvisor.render.formats import inert
from adaptadvisor.render.markup import grid, inline, joined, listed
from adaptadvisor.render.words import VERDICTS, sentence
from adaptadvisor.table.facts import Value
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import beside, capital, plan_words

HEADING = "Two situations compared"
_BY_COST = ("fallback", "not needed")  # they only say that something else comes first
_UNKNOWN = "not known"
_LONG = 20  # characters of a title, with which it still serves as the head of a column


@dataclass(frozen=True, slots=True)
class Pair:
    """A name, and what stands on either side of it."""

    name: str
    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page in words, the same for every format."""

    titles: tuple[str, str]
    labels: tuple[str, str]
    sides: tuple[Pair, ...]
    made_it: str
    sets: tuple[tuple[Pair, ...], ...]
    note: str
    others: tuple[Pair, ...]
    verdicts: tuple[Pair, ...]
    foot: str


def render(
    found: Comparison,
    table: Table,
    format_: str,
    *,
    width: int = 80,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The comparison in one of the formats; width, colour and plain concern text alone."""
    if format_ == "json":
        from adaptadvisor.render import as_json

        return as_json.render(found)
    view = inert(view_of(found, table))
    if format_ == "html":
        from adaptadvisor.render.html import template

        return template("compare.html").render(view=view, plans=[*_plans(view)], HEADING=HEADING)
    return _markdown(view) if format_ == "md" else _text(view, width, colour=colour, plain=plain)


def view_of(found: Comparison, table: Table) -> View:
    """Everything that the page says."""
    differs = {row.fact: _pair(row, table) for row in found.differs}
    titles = (capital(found.first.title), capital(found.second.title))
    labels = ("A", "B") if max(map(len, titles)) > _LONG else titles
    return View(
        titles=titles,
        labels=labels,
        sides=tuple(_sides(found, table)),
        made_it=_made_it(found, labels),
        sets=tuple(tuple(differs[fact] for fact in facts) for facts in found.made_it),
        note=_note(found),
        others=tuple(differs[row.fact] for row in found.differs if not row.decides),
        verdicts=tuple(
            Pair(
                capital(plan_words([row.approach])),
                _judged(row.first),
                _judged(row.second),
            )
            for row in found.verdicts
        ),
        foot=f"adaptadvisor, table {found.table.version}, digest {found.table.digest}",
    )


def _pair(row: Difference, table: Table) -> Pair:
    fact = table.facts[row.fact]

    def said(value: Value | None) -> str:
        return _UNKNOWN if value is None else beside(fact, value)

    return Pair(capital(fact.name), said(row.first), said(row.second))


def _sides(found: Comparison, table: Table) -> Iterator[Pair]:
    def pair(name: str, words: Iterable[str]) -> Pair:
        return Pair(name, *words)

    both = (found.first, found.second)
    yield pair("Plan", (capital(plan_words(side.plan)) for side in both))
    yield pair("In short", (side.headline for side in both))
    yield pair("Waits for", (_waits(side, table) for side in both))
    yield pair("Likely", (_likely(side, table) for side in both))
    yield pair("If it falls short", (capital(plan_words(side.fallback)) for side in both))
    if any(side.open_needs for side in both):
        needs = ([table.needs[need].name for need in side.open_needs] for side in both)
        yield pair("Still open", (capital(", ".join(names)) or "Nothing" for names in needs))


def _waits(side: Side, table: Table) -> str:
    if side.settled:
        return "Settled"
    names = ", ".join(table.facts[fact].name for fact in side.waits_for)
    return capital(names) or "Not known: too many answers are missing"


def _likely(side: Side, table: Table) -> str:
    plan = capital(plan_in_words(side.likely))
    return f"{plan}, {percent(side.confidence)}" if side.likely else "Not known"


def _judged(judged: Judged) -> str:
    """What is said, and why where the situation is the reason."""
    verdict = capital(VERDICTS[judged.verdict])
    because = "" if judged.verdict in _BY_COST else judged.because.rstrip(".")
    return f"{verdict}: {because}" if because else verdict


def _made_it(found: Comparison, labels: tuple[str, str]) -> str:
    """Which differences made it, as a sentence."""
    number = len(found.differs)
    if not number:
        return "Nothing differs."
    if found.same_plan:
        if number == 1:
            return "One fact differs, and it does not change the plan."
        return f"{number} facts differ, and together they do not change the plan."
    size = len(found.made_it[0])
    what = "this difference alone" if size == 1 else f"these {size} differences together"
    alone = f"switching {what} from {labels[0]} to {labels[1]} gives the other plan"
    if len(found.made_it) > 1:
        each = "each alone is" if size == 1 else f"each {size} of them together are"
        return f"Of {number} facts that differ, {each} enough to give the other plan:"
    of = f"Of {number} facts that differ, " if number > 1 else ""
    return f"{capital(f'{of}{alone}')}:"


def _note(found: Comparison) -> str:
    if found.not_searched and len(found.made_it) == 1:
        return (
            f"Not tried, because it would take too long: {found.not_searched}. This set needs each"
            " of its facts, but a smaller one may do as well."
        )
    if found.not_searched:
        return f"Not tried, because it would take too long: {found.not_searched}."
    return "Other sets of differences are as small." if found.more else ""


def _text(view: View, width: int, *, colour: bool, plain: bool) -> str:
    page = Page(width, colour=colour, plain=plain)
    page.title(HEADING)
    for label, title, plan in _plans(view):
        page.say(plan, mark=f"{label}: " if label == title else f"{label}, {title}: ")
    page.heading("What made it")
    page.say(view.made_it)
    for number, pairs in enumerate(view.sets):
        if number:
            page.say("or")
        for pair in pairs:
            _both(page, pair, view)
    if view.note:
        page.say(view.note)
    if view.others:
        page.heading("What else differs" if view.sets else "What differs")
        for pair in view.others:
            _both(page, pair, view)
    page.heading("The advice")
    for label, words in zip(view.labels, _columns(view), strict=True):
        page.say(label)
        for pair, word in zip(view.sides, words, strict=True):
            page.say(word, 2, mark=f"{pair.name}: ")
    if view.verdicts:
        page.heading("Approaches of which something else is said")
        for pair in view.verdicts:
            page.say(pair.name)
            for label, word in zip(view.labels, (pair.first, pair.second), strict=True):
                page.say(sentence(word), 2, mark=f"{label}: ")
    return page.text()


def _plans(view: View) -> Iterator[tuple[str, str, str]]:
    """What either is called, its title, and its plan."""
    plan = view.sides[0]
    return zip(view.labels, view.titles, (plan.first, plan.second), strict=True)


def _both(page: Page, pair: Pair, view: View) -> None:
    page.say(f"{pair.first} {page.gives} {pair.second}", mark=f"- {pair.name}: ")


def _columns(view: View) -> tuple[list[str], list[str]]:
    return [pair.first for pair in view.sides], [pair.second for pair in view.sides]


def _markdown(view: View) -> str:
    return joined(_parts(view))


def _parts(view: View) -> Iterator[str]:
    head = ("", *map(inline, view.labels))
    yield f"# {HEADING}"
    yield listed(
        f"{inline(label)}{'' if label == title else f', {inline(title)}'}: **{inline(plan)}**"
        for label, title, plan in _plans(view)
    )
    yield "## What made it"
    yield inline(view.made_it)
    for number, pairs in enumerate(view.sets):
        yield "or" if number else ""
        yield grid(("Fact", *head[1:]), map(_cells, pairs))
    yield inline(view.note)
    if view.others:
        yield "## What else differs" if view.sets else "## What differs"
        yield grid(("Fact", *head[1:]), map(_cells, view.others))
    yield "## The advice"
    yield grid(head, map(_cells, view.sides))
    if view.verdicts:
        yield "## Approaches of which something else is said"
        yield grid(("Approach", *head[1:]), map(_cells, view.verdicts))
    yield inline(view.foot)


def _cells(pair: Pair) -> tuple[str, ...]:
    return inline(pair.name), inline(pair.first), inline(pair.second)
