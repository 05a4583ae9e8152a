"""What would have to be different for another plan, in words."""

from __future__ import annotations

from adaptadvisor.advice.what_if import Way, WhatIf
from adaptadvisor.page import Page
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import answer_words, beside, plan_words, unit_beside

_NOT_SEARCHED = "Not searched, because it would take too long:"


def render(
    found: WhatIf, table: Table, width: int = 80, *, colour: bool = False, plain: bool = False
) -> str:
    """The whole answer as text of this width; a plain one is fit for a screen reader."""
    page = Page(width, colour=colour, plain=plain)
    wanted = plan_words(found.wanted)
    page.title(f"Plan now: {plan_words(found.plan)}")
    unreal = _unreal(found)
    if not found.ways and found.not_searched:
        page.say(f"No way to {wanted} was found. {_NOT_SEARCHED} {found.not_searched}.")
    elif not found.ways:
        page.say(f"No answers make {wanted} the plan: {found.because}.")
    elif not found.ways[0].changes:
        page.say(f"{wanted} is the plan already.")
    else:
        _ways(page, table, found, unreal)
    if found.part and not unreal:
        start = "With fewer changes, as" if found.ways else "As"
        page.heading(f"{start} part of {plan_words(found.part.plan)}")
        _way(page, table, found.part)
    if found.ways and found.ways[0].changes:
        page.heading("How to read this")
        page.say(
            "Fewer changes do not lead there. A change that is not true of your situation is no"
            " reason for that plan."
        )
        if any(change.now is None for way in found.ways for change in way.changes):
            page.say("How to find out what is not known: adaptadvisor explain, with the name.")
    return page.text()


def _ways(page: Page, table: Table, found: WhatIf, unreal: bool) -> None:
    """The ways; where each would make another situation of it, after the nearest that does not."""
    wanted = plan_words(found.wanted)
    count = _count(len(found.ways[0].changes))
    more = "" if len(found.ways) == 1 else ". Any one of these ways will do"
    if unreal and found.part:
        nearest = plan_words(found.part.plan)
        page.say(f"No realistic way leads to {wanted} alone; the nearest is {nearest}:")
        _way(page, table, found.part)
        page.heading(f"{wanted} alone, if your situation were another")
    elif unreal:
        page.say("No realistic way: each asks for another answer that nobody can bring about.")
    page.say(f"For {wanted}, {count} would have to be different{more}:")
    for number, way in enumerate(found.ways):
        if number:
            page.say("or")
        _way(page, table, way)
    if found.more:
        page.say("There are other ways with as few changes.", dim=True)
    if found.not_searched:
        page.say(f"{_NOT_SEARCHED} {found.not_searched}.")


def _unreal(found: WhatIf) -> bool:
    """Whether every way changes a known answer that nobody can bring about."""
    return bool(found.ways) and all(
        any(change.now is not None and not change.obtainable for change in way.changes)
        for way in found.ways
    )


def _count(size: int) -> str:
    return "one answer" if size == 1 else f"{size} answers"


def _way(page: Page, table: Table, way: Way) -> None:
    for change in way.changes:
        fact = table.facts[change.fact]
        unit = unit_beside(fact.name, fact.unit)
        now = "not known now" if change.now is None else f"now {beside(fact, change.now)}"
        page.say(f"{answer_words(change.answer, unit)} ({now})", mark=f"- {fact.name}: ")
    if way.open_needs:
        names = ", ".join(table.needs[need].name for need in way.open_needs)
        page.say(f"It leaves {names} open.", 2)
