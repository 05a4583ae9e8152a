"""Decision records in the form of MADR 4."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.render import markdown as md
from adaptadvisor.render import words
from adaptadvisor.render.markdown import code, inline
from adaptadvisor.render.words import plan_words
from adaptadvisor.table.facts import show
from adaptadvisor.table.plans import APPROACHES


def render(advice: Recommendation) -> str:
    """A decision record in the form of MADR 4."""
    head = [
        "---",
        "status: proposed",
        *([f"date: {advice.date}"] if re.fullmatch(r"[\d-]+", advice.date) else []),
        "---",
    ]
    return md.joined(
        ["\n".join(head)],
        _problem(advice),
        _options(advice),
        _outcome(advice),
        _pros_and_cons(advice),
        _more(advice),
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
    drivers = {
        fact: show(value) for reason in advice.reasons for fact, value in reason.answers.items()
    }
    rows = {
        fact: [reason.row for reason in advice.reasons if fact in reason.answers]
        for fact in drivers
    }
    yield (
        md.listed(
            f"{code(fact)} is {inline(value)} ({', '.join(map(code, rows[fact]))})"
            for fact, value in drivers.items()
        )
        or md.listed(
            f"{code(fact)} is {inline(show(value))}" for fact, value in advice.facts.items()
        )
        or "- nothing is known yet"
    )


def _options(advice: Recommendation) -> Iterator[str]:
    yield "## Considered Options"
    parts = [row.action for row in advice.verdicts if row.approach in advice.plan]
    together = (
        [f"{inline(plan_words(advice.plan))}: {inline(' and '.join(parts))}"]
        if len(parts) > 1
        else []
    )
    yield md.listed(
        [*(md.option_line(row.approach, row.action) for row in advice.verdicts), *together]
    )


def _outcome(advice: Recommendation) -> Iterator[str]:
    yield "## Decision Outcome"
    yield f'Chosen option: "{inline(plan_words(advice.plan))}", because {inline(_because(advice))}'
    yield inline(advice.headline)
    yield md.listed((md.step_line(step, advice) for step in advice.route), "1.")
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
        f"Bad, because {code(row.approach)} is {inline(point.says)}"
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
    several = len(advice.plan) > 1
    chosen = [
        f"{f'{row.approach}: ' if several else ''}{row.because}"
        for row in advice.verdicts
        if row.approach in advice.plan
    ]
    return ("; ".join(chosen) or "every approach was tried or ruled out here") + "."


def _pros_and_cons(advice: Recommendation) -> Iterator[str]:
    yield "## Pros and Cons of the Options"
    for row in advice.verdicts:
        yield f"### {md.option_line(row.approach, row.action)}"
        yield f"{inline(words.verdict_words(row))}: {inline(words.lifting(row))}"
        yield md.listed(md.good_and_bad(row, advice))


def _more(advice: Recommendation) -> Iterator[str]:
    yield "## More Information"
    yield f"{inline(words.settledness(advice).rstrip('.'))}."
    for heading, section in (
        ("How it was decided", md.decision_path),
        ("Why", md.why),
        ("Confirm first", md.confirm),
        ("How", md.how),
        ("When to look again", md.change),
        ("Sources", md.sources),
    ):
        body = [part for part in section(advice) if part]
        if body:
            yield f"### {heading}"
            yield from body
    yield from md.foot(advice)
