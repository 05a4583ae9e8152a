"""What results say of a plan, as text, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adaptadvisor.evidence.finding import Finding
from adaptadvisor.evidence.next_step import Learnt, NextStep
from adaptadvisor.page import Page
from adaptadvisor.render.formats import inert
from adaptadvisor.render.markup import grid, inline, joined, listed
from adaptadvisor.render.words import sentence
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import plan_of
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import beside, capital, plan_words

HEADING = "The next step"
_UNKNOWN = "not known"
_MOST_STEPS = 5
_WORST = ("failed", "doubtful", "unknown", "passed")
_IF_NOT = {
    "keep": "If that is not enough one day",
    "step down": "If that is not enough",
    "repair": "If the repair is not enough",
    "measure": "Until then",
    "mend the run": "Until then",
}
"""What stands above the advice where it is not the next thing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The answer in words, the same for every format: `facts` are name, before, now, from what."""

    headline: str
    says: tuple[str, ...]
    checks: tuple[tuple[str, str, str], ...]
    facts: tuple[tuple[str, str, str, str], ...]
    heading: str
    advice: str
    changed: str
    steps: tuple[str, ...]
    repairs: tuple[str, ...]


def render(
    found: NextStep,
    table: Table,
    format_: str,
    *,
    width: int = 80,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The answer in one of the formats; width, colour and plain concern text alone."""
    if format_ == "json":
        from adaptadvisor.render import as_json

        return as_json.render(found)
    view = view_of(inert(found), table)
    if format_ == "md":
        return joined(_markdown(view))
    return _text(view, width, colour=colour, plain=plain)


def view_of(found: NextStep, table: Table) -> View:
    """The answer in words."""
    return View(
        headline=found.headline,
        says=found.says,
        checks=tuple(_check(finding) for finding in found.findings),
        facts=tuple(_learnt(one, table) for one in found.learnt),
        advice="" if _cheaper(found) else found.advice.headline,
        heading=_IF_NOT.get(found.move, "The advice with that"),
        changed=_changed(found),
        steps=tuple(_steps(found)),
        repairs=tuple(_repairs(found)),
    )


def _check(finding: Finding) -> tuple[str, str, str]:
    return finding.title, finding.verdict, finding.says[0]


def _learnt(one: Learnt, table: Table) -> tuple[str, str, str, str]:
    return (
        capital(table.facts[one.fact].name),
        _value(one.before, one.fact, table),
        _value(one.value, one.fact, table),
        one.because,
    )


def _value(value: Value | None, fact: str, table: Table) -> str:
    return _UNKNOWN if value is None else beside(table.facts[fact], value)


def _changed(found: NextStep) -> str:
    if _cheaper(found):
        plan = plan_words(found.advice.plan)
        kept = "what passes its gate stays, unless its cost matters more than another run"
        return (
            f"By the answers alone a cheaper plan could do, {plan}; nobody measured it, and {kept}."
        )
    before, after = plan_words(found.changed.first.plan), plan_words(found.changed.second.plan)
    if found.changed.same_plan:
        return f"The advice stays: {after}."
    return f"The advice was {before}, and is now {after}."


def _cheaper(found: NextStep) -> bool:
    """Whether a plan is kept to which the answers alone know a cheaper one."""
    return found.move == "keep" and 0 < plan_of(found.advice.plan) < plan_of(found.reached)


def _steps(found: NextStep) -> Iterator[str]:
    """What to do: what the checks ask for, worst first, then the route to a new plan."""
    if found.move == "mend the run":
        yield "Run the requests again that got no answer, and look why they did not."
        return
    worst = sorted(found.findings, key=lambda one: _WORST.index(one.level))
    for finding in worst:
        if finding.level != "passed":
            yield from finding.do
    if found.move == "climb":
        yield from (sentence(step.do) for step in found.advice.route[:_MOST_STEPS])


def _repairs(found: NextStep) -> Iterator[str]:
    """What to look at before anything dearer, where runs are to be repaired."""
    repair = found.advice.repair
    if found.move not in ("repair", "stop") or repair is None:
        return
    for row in repair.symptoms[:_MOST_STEPS]:
        yield f"{row.sign} Likely: {row.likely_cause} First: {row.repair}"
    for way in repair.untried[:_MOST_STEPS]:
        yield f"Not tried yet: {way.name}."
    yield from repair.larger


def _text(view: View, width: int, *, colour: bool, plain: bool) -> str:
    page = Page(width, colour=colour, plain=plain)
    page.title(view.headline)
    for line in view.says:
        page.say(line)
    page.heading("What was checked")
    for title, verdict, says in view.checks:
        page.say(says, mark=f"- {title}: {verdict}. ")
    if view.facts:
        page.heading("What this tells")
        for name, before, now, because in view.facts:
            page.say(f"{before} {page.gives} {now}. {because}", mark=f"- {name}: ")
    page.heading(view.heading)
    for line in filter(None, (view.changed, view.advice)):
        page.say(line)
    for heading, lines in _lists(view):
        page.heading(heading)
        for number, line in enumerate(lines, 1):
            page.say(line, mark=f"{number}. ")
    return page.text()


def _lists(view: View) -> Iterator[tuple[str, tuple[str, ...]]]:
    if view.repairs:
        yield "Look at this before anything dearer", view.repairs
    if view.steps:
        yield "Do this, in order", view.steps


def _markdown(view: View) -> Iterator[str]:
    yield f"# {HEADING}: {inline(view.headline)}"
    yield from map(inline, view.says)
    yield "## What was checked"
    yield grid(("Check", "Verdict", "What it says"), [map(inline, row) for row in view.checks])
    if view.facts:
        yield "## What this tells"
        head = ("Fact", "Before", "Now", "From what")
        yield grid(head, [map(inline, row) for row in view.facts])
    yield f"## {inline(view.heading)}"
    yield inline(view.changed)
    yield inline(view.advice) if view.advice else ""
    for heading, lines in _lists(view):
        yield f"## {heading}"
        yield listed(map(inline, lines), "1.")
