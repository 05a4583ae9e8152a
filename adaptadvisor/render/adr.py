"""Decision records in the form of MADR 4: a page that one can sign; what is longer is folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from adaptadvisor.advice.recommendation import CitedSource, Recommendation, Verdict
from adaptadvisor.render import markdown as md
from adaptadvisor.render import summary, tried, words
from adaptadvisor.render.after import if_it_fails
from adaptadvisor.render.markup import folded, inline, joined, listed, name, quoted
from adaptadvisor.render.numbering import InOrder
from adaptadvisor.render.summary import clause
from adaptadvisor.render.words import Numbers
from adaptadvisor.table.speech import capital, plan_words

DRIVERS, CHECKS, MISLEADING, CONFIRM, NOTES = 4, 5, 2, 2, 8
"""How many of each stand on the page; notes are counted in lines. The others are folded."""


def render(advice: Recommendation) -> str:
    """A decision record; the sources are those of the reasons, and those that speak against it."""
    date = f"date: {advice.date}\n" if re.fullmatch(r"[\d-]+", advice.date) else ""
    numbers = InOrder(_bearing(advice))
    return joined(
        [f"---\nstatus: proposed\n{date}decision-makers:\n---"],
        _problem(advice),
        _options(advice),
        _outcome(advice, numbers),
        _pros_and_cons(advice, numbers),
        _more(advice, numbers),
    )


def _bearing(advice: Recommendation) -> Iterator[CitedSource]:
    front = {*words.in_front(advice)}
    return (source for source in advice.sources if source.id in front or source.dissents)


def _problem(advice: Recommendation) -> Iterator[str]:
    yield f"# {inline(advice.title or f'Adapt the language model: {plan_words(advice.plan)}')}"
    yield "## Context and Problem Statement"
    yield (
        "What is the cheapest reliable way to make a pretrained language model do this task, and"
        " how will we know that it worked?"
    )
    if advice.facts:
        known = words.answers_words(advice, summary.deciding_first(advice))
        yield f"What we know: {inline(known)}. Everything else counted as unknown, never as no."
    else:
        yield "Nothing is known of the situation yet."
    notes = quoted(advice.notes)
    short = notes.count("\n") < 2 * NOTES
    yield from [notes] if short else folded("Notes", [notes])
    yield "## Decision Drivers"
    drivers = [
        f"{inline(capital(reason.says.rstrip('.')))}"
        f" ({inline(words.answers_words(advice, reason.answers))})."
        for reason in summary.telling(advice)
    ]
    if len(drivers) > DRIVERS:
        drivers[DRIVERS:] = [f"{len(drivers) - DRIVERS} more, under Why."]
    yield listed(drivers or ["The task has to be done to the bar, at the lowest cost."])


def _options(advice: Recommendation) -> Iterator[str]:
    yield "## Considered Options"
    options = [f"{inline(option)}: {inline(action)}" for option, action in summary.options(advice)]
    yield listed(options)


def _outcome(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    yield "## Decision Outcome"
    chosen = f'Chosen option: "{inline(plan_words(advice.plan))}"'
    said = f"**{inline(advice.headline)}**"
    if any(step.blocks for step in advice.route):
        yield f"{said} {chosen}, once that is done, because {_because(advice, numbers)}"
    else:
        yield f"{chosen}, because {_because(advice, numbers)} {said}"
    yield from _doubt(advice)
    steps = (inline(capital(words.first_sentence(step.do))) for step in advice.route)
    yield f"In this order:\n\n{listed(steps, '1.')}"
    gates = [step.gate for step in advice.route if step.gate]
    gate = f"{inline(words.first_sentence(gates[-1]))} " if gates else ""
    yield f"{gate}If the plan fails its gate: {inline(if_it_fails(advice))}"
    yield "### Consequences"
    yield listed(_consequences(advice))
    yield "### Confirmation"
    yield from _confirmation(advice)


def _because(advice: Recommendation, numbers: Numbers) -> str:
    chosen = [row for row in advice.verdicts if row.approach in advice.plan]
    several = len(advice.plan) > 1
    reasons = [
        f"{f'{name(row.approach)}: ' if several else ''}{inline(row.because)}"
        f"{md.cited(row.sources, numbers)}"
        for row in chosen
    ]
    return ("; ".join(reasons) or "every approach was tried or ruled out here") + "."


def _doubt(advice: Recommendation) -> Iterator[str]:
    """What speaks against taking the outcome as certain, and how often such plans held."""
    settled = inline(words.settledness(advice).rstrip("."))
    changes = [f"{inline(asked)} {inline(plans)}" for asked, plans in summary.changes(advice)]
    yield f"**{settled}.**{' Worth most to ask:' if changes else ''}"
    yield listed(changes)
    yield " ".join(map(inline, advice.outlook))
    if found := summary.disagreements(advice):
        more = f" {len(found) - 1} more under Why." if len(found) > 1 else ""
        yield f"Published findings disagree: {inline(words.first_sentence(found[0]))}{more}"


def _consequences(advice: Recommendation) -> Iterator[str]:
    chosen = [row for row in advice.verdicts if row.approach in advice.plan]
    for row in chosen:
        yield from (f"{word}, because {name(row.approach)}: {text}" for word, text in _first(row))
    yield from (
        f"Bad, because this stays open: {inline(need.need)}; what would close it:"
        f" {inline(tried.would_close(need))}"
        for need in advice.open_needs
    )
    for confirm in advice.confirm_first[:CONFIRM]:
        yield f"Confirm first, for {name(confirm.approach)}: {inline(confirm.condition)}"
    wrong = [inline(words.goes_wrong(row)) for row in advice.misleads]
    yield from (f"This goes wrong when {text}" for text in wrong[:MISLEADING])


def _confirmation(advice: Recommendation) -> Iterator[str]:
    shown = advice.checks[:CHECKS]
    lines = [
        f"**{inline(check.failure)}**; passes: {inline(words.first_sentence(check.passes))}"
        for check in shown
    ]
    more = len(advice.checks) - len(shown)
    yield listed([*lines, f"{more} more, and how to run each, are folded below"] if more else lines)


def _pros_and_cons(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    yield "## Pros and Cons of the Options"
    yield listed(_option(advice, row) for row in advice.verdicts)
    yield from folded("Every point for and against", _points(advice, numbers))


def _option(advice: Recommendation, row: Verdict) -> str:
    verdict = f"**{name(row.approach)}**, {inline(words.verdict_words(advice, row))}"
    points = [f"\n  - {word}, because {text}" for word, text in _first(row)]
    why = "" if row.verdict == "recommended" else f": {inline(words.first_sentence(row.because))}"
    if tried.fell_short_alone(advice, row):
        why = ": alone it was tried and fell short"
    return f"{verdict}{why}{''.join(points)}"


def _first(row: Verdict) -> Iterator[tuple[str, str]]:
    """The first point for and the first against that the verdict has not said already."""
    for word, points in (("Good", row.good), ("Bad", row.bad)):
        new = [point.says for point in points if point.says != row.because]
        yield from ((word, inline(clause(text))) for text in new[:1])


def _points(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    for row in advice.verdicts:
        yield (
            f"{md.option_line(row.approach, row.action)};"
            f" {inline(words.verdict_words(advice, row))}: {inline(words.lifting(advice, row))}"
        )
        yield listed(md.good_and_bad(row, numbers))


def _more(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    yield "## More Information"
    if advice.review_by:
        yield (
            f"Review this decision by {inline(advice.review_by)}: the rows behind it are then due"
            " for review themselves."
        )
    yield "Decision-makers: \\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_ Date: \\_\\_\\_\\_\\_\\_\\_\\_"
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        (words.REPAIR_TITLE, md.repair(advice, numbers)),
        ("Why", md.why(advice, numbers)),
        ("The steps in full", chain(_steps(advice, numbers), md.how(advice, numbers))),
        ("Every check, and how to run it", md.checks(advice)),
        ("This goes wrong when", md.misleads(advice)),
        ("What would change it", md.change(advice)),
        ("Published situations most like this", md.elsewhere(advice)),
        ("The sources that bear on this decision", md.sources(numbers)),
    )
    for heading, section in parts:
        body = list(filter(None, section))
        if body:
            yield from folded(heading, body)
    yield from md.foot(advice)


def _steps(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    yield listed((md.step_line(step, numbers) for step in advice.route), "1.")
    yield from md.confirm(advice)
    yield from (f"Still open: {text}" for text in md.still_open(advice))
