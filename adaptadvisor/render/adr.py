"""Decision records in the form of MADR 4."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.render import markdown as md
from adaptadvisor.render import words
from adaptadvisor.render.markdown import code, inline
from adaptadvisor.render.words import Numbers
from adaptadvisor.table.facts import show
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.speech import plan_words


def render(advice: Recommendation) -> str:
    """A decision record in the form of MADR 4."""
    date = f"date: {advice.date}\n" if re.fullmatch(r"[\d-]+", advice.date) else ""
    numbers = words.numbered(advice)
    return md.joined(
        [f"---\nstatus: proposed\n{date}---"],
        _problem(advice),
        _options(advice),
        _outcome(advice, numbers),
        _pros_and_cons(advice, numbers),
        _more(advice, numbers),
    )


def _problem(advice: Recommendation) -> Iterator[str]:
    yield f"# {inline(advice.title or f'Adapt the language model: {plan_words(advice.plan)}')}"
    yield "## Context and Problem Statement"
    task = advice.facts.get("task")
    kind = f" The task: {inline(show(task))}." if task else ""
    yield (
        "What is the cheapest reliable way to make a pretrained language model do this task, and"
        f" how will we know that it worked?{kind}"
    )
    yield md.quoted(advice.notes)
    yield from md.answers(advice)
    yield "## Decision Drivers"
    rows: dict[str, list[str]] = {}
    for reason in advice.reasons:
        for fact, value in reason.answers.items():
            words_of_fact = inline(words.fact_words(advice, fact, value))
            rows.setdefault(words_of_fact, []).append(code(reason.row))
    drivers = [f"{fact} ({', '.join(cited_in)})" for fact, cited_in in rows.items()]
    known = [inline(words.fact_words(advice, fact, value)) for fact, value in advice.facts.items()]
    yield md.listed(drivers or known or ["nothing is known yet"])


def _options(advice: Recommendation) -> Iterator[str]:
    yield "## Considered Options"
    parts = [row.action for row in advice.verdicts if row.approach in advice.plan]
    options = [md.option_line(row.approach, row.action) for row in advice.verdicts]
    if len(parts) > 1:
        options.append(f"{inline(plan_words(advice.plan))}: {inline(' and '.join(parts))}")
    yield md.listed(options)


def _outcome(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    yield "## Decision Outcome"
    yield f'Chosen option: "{inline(plan_words(advice.plan))}", because {inline(_because(advice))}'
    yield inline(advice.headline)
    yield " ".join(inline(line) for line in advice.outlook)
    yield md.listed((md.step_line(step, numbers) for step in advice.route), "1.")
    yield f"If the plan fails its gate: {inline(md.fallback(advice))}"
    yield "### Consequences"
    chosen = [row for row in advice.verdicts if row.approach in advice.plan]
    good = [
        f"Good, because {inline(point.says)} ({code(point.row)})"
        for row in chosen
        for point in row.good
        if point.row not in APPROACHES
    ]
    bad = [
        f"Bad, because {md.called(row.approach)} is {inline(point.says)}"
        for row in chosen
        for point in row.bad
        if point.row in APPROACHES
    ]
    open_ = [f"Bad, because this stays open: {text}" for text in md.still_open(advice)]
    yield md.listed([*good, *bad, *open_])
    yield "### Confirmation"
    yield "These checks confirm the decision; each says on how many examples."
    yield from md.checks(advice)


def _because(advice: Recommendation) -> str:
    chosen = [row for row in advice.verdicts if row.approach in advice.plan]
    several = len(advice.plan) > 1
    reasons = [
        f"{plan_words([row.approach])}: {row.because}" if several else row.because for row in chosen
    ]
    return ("; ".join(reasons) or "every approach was tried or ruled out here") + "."


def _pros_and_cons(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    yield "## Pros and Cons of the Options"
    for row in advice.verdicts:
        yield f"### {md.option_line(row.approach, row.action)}"
        yield f"{inline(words.verdict_words(row))}: {inline(words.lifting(row))}"
        yield md.listed(md.good_and_bad(row, numbers))


def _more(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    yield "## More Information"
    yield f"{inline(words.settledness(advice).rstrip('.'))}."
    for heading, section in (
        ("How it was decided", md.decision_path(advice)),
        (words.REPAIR_TITLE, md.repair(advice, numbers)),
        ("Why", md.why(advice, numbers)),
        ("Published situations most like this", md.elsewhere(advice)),
        ("Confirm first", md.confirm(advice)),
        ("How", md.how(advice, numbers)),
        ("This goes wrong when", md.misleads(advice)),
        ("When to look again", md.change(advice)),
        ("Sources", md.sources(numbers)),
    ):
        body = list(filter(None, section))
        if body:
            yield f"### {heading}"
            yield from body
    yield from md.foot(advice)
