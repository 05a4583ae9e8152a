"""Markdown in which no text from outside becomes markup, and what decision records share of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from adaptadvisor.advice.recommendation import (
    ChosenCheck,
    ChosenVariant,
    CitedSource,
    Recommendation,
    Step,
    Verdict,
)
from adaptadvisor.render import bills, odds, tried, words
from adaptadvisor.render.after import if_it_fails
from adaptadvisor.render.markup import (
    address_of,
    code,
    explain,
    folded,
    grid,
    inline,
    joined,
    listed,
    name,
    quoted,
)
from adaptadvisor.render.mermaid import mermaid
from adaptadvisor.render.numbering import InOrder
from adaptadvisor.render.summary import always, changes
from adaptadvisor.render.words import Numbers, answers_words
from adaptadvisor.table.speech import capital, plan_words, value_words

MOST = 65_000
"""Characters that a comment on GitHub may have, with some room."""


def report(advice: Recommendation) -> str:
    """The recommendation for a pull request, an issue or a wiki: details are folded.

    One that is too long for a comment leaves out why each check is made, which `explain` says.
    """
    text = _report(advice)
    if len(text) < MOST:
        return text
    checks = tuple(replace(check, because="") for check in advice.checks)
    return _report(replace(advice, checks=checks))


def _report(advice: Recommendation) -> str:
    numbers = InOrder(advice.sources)
    return joined(
        _front(advice),
        _headed(words.REPAIR_TITLE, repair(advice, numbers)),
        _verdict_table(advice, numbers),
        _headed(bills.COSTS, _costs(advice)),
        _how_decided(advice),
        _to_do(advice, numbers),
        _folded(advice, numbers),
        foot(advice),
    )


def _front(advice: Recommendation) -> Iterator[str]:
    yield f"# {inline(advice.title or words.plan_title(advice))}"
    yield f"**{inline(words.plan_title(advice))}.** {inline(advice.headline)}"
    yield " ".join(inline(line) for line in advice.outlook)
    blocking = any(step.blocks for step in advice.route)
    kind = "NOTE" if advice.settled else "IMPORTANT"
    kind = "WARNING" if blocking or advice.open_needs else kind
    said = [f"> [!{kind}]\n> {inline(words.settledness(advice).rstrip('.'))}."]
    said += [f"> - {inline(asked)} {inline(plans)}" for asked, plans in changes(advice)]
    yield "\n".join(said)
    yield quoted(advice.notes)


def _verdict_table(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    rows = (
        (
            f"**{name(row.approach)}**" if row.approach in advice.plan else name(row.approach),
            inline(words.verdict_words(advice, row)),
            f"{inline(words.lifting(advice, row))}{cited(row.sources, numbers)}",
        )
        for row in advice.verdicts
    )
    yield grid(("Approach", "Verdict", "Why"), rows)


def _costs(advice: Recommendation) -> Iterator[str]:
    """What the plans cost; nothing without prices."""
    if advice.costs:
        yield inline(advice.costs.line)
        rows = bills.bills(advice.costs)
        yield grid(bills.BILL_HEAD, (map(inline, row) for row in rows))
        yield " ".join(map(inline, (*advice.costs.says, advice.costs.about)))


def _how_decided(advice: Recommendation) -> Iterator[str]:
    yield "## How it was decided"
    yield f"```mermaid\n{mermaid(advice)}```"


def _to_do(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    if advice.open_needs:
        yield "## Still open"
        yield listed(still_open(advice))
    yield "## What to do, in this order"
    yield listed((step_line(step, numbers) for step in advice.route), "1.")
    yield f"If the plan fails its gate: {inline(if_it_fails(advice))}"


def still_open(advice: Recommendation) -> Iterator[str]:
    for need in advice.open_needs:
        closers = "".join(
            f"\n  - {name(row.approach)}: {inline(words.closing(row))}" for row in need.closers
        )
        closing = f"What would close it: {inline(tried.would_close(need))}{closers}"
        yield f"{inline(need.need)}. {closing}"


def step_line(step: Step, numbers: Numbers) -> str:
    gate = f"\n   - **Gate:** {inline(step.gate)}" if step.gate else ""
    stop = f"\n   - **Before anything else:** {inline(step.because)}." if step.blocks else ""
    return f"{inline(step.do)}{cited(step.sources, numbers)}{gate}{stop}"


def _folded(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    sections = (
        ("Why", why(advice, numbers)),
        ("For and against each approach", _points(advice, numbers)),
        ("Published situations most like this", elsewhere(advice)),
        ("Confirm first", confirm(advice)),
        ("How", how(advice, numbers)),
        ("Check that it worked", checks(advice)),
        ("This goes wrong when", misleads(advice)),
        ("What would change it", change(advice)),
        ("The answers behind this", answers(advice)),
        ("Sources", sources(numbers)),
    )
    for heading, section in sections:
        body = list(filter(None, section))
        if body:
            yield from folded(heading, body)


def elsewhere(advice: Recommendation) -> Iterator[str]:
    """The nearest precedents, what proved right there, and the odds."""
    yield listed(
        f"{inline(words.case_words(case))} {inline(words.likeness_words(advice, case))}"
        f" {inline(case.source)}{_at(case.address)}"
        for case in advice.precedents[: words.CASES_SHOWN]
    )
    if advice.odds:
        yield inline(odds.odds_words(advice))


def _at(address: str) -> str:
    return f", {address_of(address)}" if address else ""


def _headed(title: str, section: Iterator[str]) -> Iterator[str]:
    """A section under its heading; nothing where it is empty."""
    body = list(section)
    if body:
        yield f"## {title}"
        yield from body


def repair(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    """What to repair before anything dearer; nothing where nothing was trained."""
    found = advice.repair
    if found is None:
        return
    yield inline(words.REPAIR)
    rows = [
        f"{inline(case)}: {inline(which)} Start with: {inline(words.starting(way, numbers))}."
        for case, which, way in words.ways(found)
    ]
    rows += [
        f"**{inline(row.name)}**. {inline(words.symptom(row))}{cited(row.sources, numbers)}"
        for row in found.symptoms
    ]
    rows += [
        f"Other ways of {name(approach)}, if your run used none: {inline(ways)}."
        for approach, ways in words.untried(found).items()
    ]
    rows += [f"Larger change: {inline(change)}" for change in found.larger]
    yield listed(rows)


def why(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    if ran := tried.tried_words(advice):
        yield inline(ran)
    items = []
    for reason in advice.reasons:
        said = (
            f" You said: {inline(answers_words(advice, reason.answers))}." if reason.answers else ""
        )
        says = "In every situation" if always(reason) else inline(reason.says.rstrip("."))
        lines = [f"{capital(says)} ({explain(reason.row)}).{said}"]
        if reason.kind == "limit":
            because = f"{inline(reason.because)}{cited(reason.sources, numbers)}"
            lines.append(f"rules out {', '.join(map(name, reason.rules_out))}: {because}")
        lines += [
            f"{name(meeting.approach)}: {inline(meeting.because)}{cited(meeting.sources, numbers)}"
            for meeting in reason.met_by
        ]
        if reason.kind == "need" and not reason.met_by:
            lines.append("open: no approach meets this here")
        if reason.disagreement:
            lines.append(f"disagreement: {inline(reason.disagreement)}")
        items.append("\n  - ".join(lines))
    yield listed(items)


def cited(sources: Iterable[str], numbers: Numbers) -> str:
    found = words.cited(sources, numbers)
    return f" \\[{found}\\]" if found else ""


def confirm(advice: Recommendation) -> Iterator[str]:
    yield listed(
        f"for {name(row.approach)}: {inline(row.condition)}. {inline(row.find_out)}"
        for row in advice.confirm_first
    )


def how(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    items = [
        f"{name(row.approach)}: {inline(row.name)} ({explain(row.id)}). {inline(row.because)} Watch"
        f" out: {inline(row.watch_out)}{cited(row.sources, numbers)}{_start(row, numbers)}"
        for row in advice.variants
    ]
    if advice.family:
        items.append(f"model family to look at first: {inline(words.family_words(advice))}")
    yield listed(items)


def _start(row: ChosenVariant, numbers: Numbers) -> str:
    start, change = inline(words.starting(row, numbers)), inline(row.if_it_fails)
    said = f"\n  - **Start with:** {start}" if start else ""
    return f"{said}\n  - **If it fails:** {change}" if change else said


def checks(advice: Recommendation) -> Iterator[str]:
    yield listed(map(_check, advice.checks))


def _check(check: ChosenCheck) -> str:
    parts = (
        ("run", check.run),
        ("on", check.run_on),
        ("passes", check.passes),
        ("on your files", check.command),
        ("because", check.because),
    )
    front = f"**{inline(check.failure)}** ({explain(check.id)}). {inline(check.goes_wrong)}"
    return front + "".join(f"\n  - {word}: {inline(text)}" for word, text in parts if text)


def misleads(advice: Recommendation) -> Iterator[str]:
    yield listed(inline(words.goes_wrong(row)) for row in advice.misleads)


def change(advice: Recommendation) -> Iterator[str]:
    yield listed(inline(words.near_words(advice, near)) for near in advice.near_thresholds)
    rows = [
        (
            inline(words.fact_name(advice, hinge.fact)),
            inline(
                words.answer(advice, row, hinge.fact) + words.together(advice, hinge.together_with)
            ),
            inline(f"{plan_words(row.plan)}{words.leaving(row, advice)}"),
        )
        for hinge in advice.hinges
        for row in hinge.answers
    ]
    if rows:
        yield "Unknown answers that could change the plan:"
        yield grid(("Fact", "If the answer is", "the plan is"), rows)
        yield "How to find out:"
        yield listed(
            f"{inline(hinge.question)} {inline(hinge.find_out)}" for hinge in advice.hinges
        )
    flips = [
        (
            inline(words.fact_name(advice, fact)),
            inline(words.now(advice, flip)),
            inline(words.answer(advice, flip, fact)),
            inline(f"{plan_words(flip.plan)}{words.leaving(flip, advice)}"),
        )
        for fact, row in words.known_flips(advice).items()
        for flip in row
    ]
    if flips:
        yield "Known answers that decide:"
        yield grid(("Fact", "Now", "If it were", "the plan would be"), flips)
    if not (advice.near_thresholds or rows or flips):
        yield "No single answer would change it."
    yield inline(words.look_again(advice))


def answers(advice: Recommendation) -> Iterator[str]:
    if advice.facts:
        yield grid(
            ("Fact", "Answer"),
            (
                (
                    inline(words.fact_name(advice, fact)),
                    inline(value_words(value, words.unit(advice, fact))),
                )
                for fact, value in advice.facts.items()
            ),
        )


def sources(numbers: Numbers) -> Iterator[str]:
    yield listed((_source(source) for _, source in numbers.values()), "1.")


def _source(source: CitedSource) -> str:
    return (
        f"{inline(source.title)}, {inline(source.year)}. {address_of(source.address)}"
        f" ({inline(words.strength(source))})"
    )


def foot(advice: Recommendation) -> Iterator[str]:
    dated = f"{inline(advice.date)}, " if advice.date else ""
    version = inline(f"adaptadvisor, table {advice.table.version}")
    yield f"{dated}{version}, digest {code(advice.table.digest)}"


def _points(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    for row in advice.verdicts:
        yield option_line(row.approach, row.action)
        yield listed(good_and_bad(row, numbers))


def option_line(approach: str, action: str) -> str:
    return f"{name(approach)}: {inline(action)}"


def good_and_bad(row: Verdict, numbers: Numbers) -> list[str]:
    return [
        f"{word}, because {inline(one.says)}{cited(one.sources, numbers)}"
        for word, points in (("Good", row.good), ("Bad", row.bad))
        for one in points
        if one.says != row.because  # which the verdict has said
    ]
