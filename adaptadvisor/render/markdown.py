"""Markdown in which no text from outside becomes markup, and what decision records share of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count

from adaptadvisor.advice.recommendation import (
    ChosenCheck,
    ChosenVariant,
    CitedSource,
    Recommendation,
    Step,
    Verdict,
)
from adaptadvisor.errors import printable
from adaptadvisor.render import words
from adaptadvisor.render.mermaid import mermaid
from adaptadvisor.render.path import in_words
from adaptadvisor.render.words import Numbers, answers_words, sentence
from adaptadvisor.table.speech import plan_words, value_words

_JOINER = "\u2060"
"""Invisible; it splits what would otherwise become a mention or a link to an issue."""

_MARKUP = re.compile(r"[\\`*\[\]<>|~&$]|:(?=//)|(?<=:)/(?=/)|(?<![^\W_])_|_(?![^\W_])")
_REFERENCE = re.compile(
    r"(@(?=\w)|#(?=\d)|\bGH-(?=\d)|:(?=[\w+-]+:)|\b[0-9a-f](?=[0-9a-f]{39}\b)|\bwww(?=\.))",
    re.IGNORECASE,
)
_AT_THE_START = re.compile(r"([#+\-=]|\d+(?=[.)]))")
_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?([/?#][^\s<>\"'`\\^{}|]*)?")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")


def inline(text: str) -> str:
    r"""Text for any place in a line: no markup, mention, reference or link, not even a web address.

    >>> print(inline("a|b *c* <d> https://e.example"))
    a\|b \*c\* \<d\> https\:\//e.example
    """
    plain = _MARKUP.sub(r"\\\g<0>", " ".join(printable(text).split()))
    plain = f"{plain[:-1]}\\#" if plain.endswith("#") else plain
    if start := _AT_THE_START.match(plain):
        before = start.end() if start[1].isdigit() else 0
        plain = f"{plain[:before]}\\{plain[before:]}"
    return _REFERENCE.sub(rf"\g<1>{_JOINER}", plain)


def code(word: str) -> str:
    """An id as code; a word that cannot be an id as text."""
    return f"`{word}`" if _ID.fullmatch(word) else inline(word)


def report(advice: Recommendation) -> str:
    """The recommendation for a pull request, an issue or a wiki: details are folded."""
    numbers = words.numbered(advice)
    return joined(
        _front(advice),
        _headed(words.REPAIR_TITLE, repair(advice, numbers)),
        _verdict_table(advice, numbers),
        _how_decided(advice),
        _to_do(advice, numbers),
        _folded(advice, numbers),
        foot(advice),
    )


def joined(*parts: Iterable[str]) -> str:
    return "\n\n".join(line for part in parts for line in part if line) + "\n"


def _front(advice: Recommendation) -> Iterator[str]:
    yield f"# {inline(advice.title or f'Plan: {plan_words(advice.plan)}')}"
    yield f"**Plan: {inline(plan_words(advice.plan))}.** {inline(advice.headline)}"
    yield " ".join(inline(line) for line in advice.outlook)
    blocking = any(step.blocks for step in advice.route)
    kind = "WARNING" if blocking or advice.open_needs else "NOTE"
    yield f"> [!{kind}]\n> {inline(words.settledness(advice).rstrip('.'))}."
    yield quoted(advice.notes)


def quoted(text: str) -> str:
    return "\n>\n".join(f"> {inline(line)}" for line in text.split("\n") if line.strip())


def grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; the cells are Markdown already."""
    head = tuple(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def listed(items: Iterable[str], mark: str = "-") -> str:
    marks = (f"{number}." if mark == "1." else mark for number in count(1))
    return "\n".join(f"{mark} {item}" for mark, item in zip(marks, items, strict=False))


def _verdict_table(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    rows = (
        (
            f"**{called(row.approach)}**" if row.approach in advice.plan else called(row.approach),
            inline(words.verdict_words(row)),
            f"{inline(words.lifting(row))}{cited(row.sources, numbers)}",
        )
        for row in advice.verdicts
    )
    yield grid(("Approach", "Verdict", "Why"), rows)


def _how_decided(advice: Recommendation) -> Iterator[str]:
    yield "## How it was decided"
    yield f"```mermaid\n{mermaid(advice)}```"
    yield from decision_path(advice)


def _to_do(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    if advice.open_needs:
        yield "## Still open"
        yield listed(still_open(advice))
    yield "## What to do, in this order"
    yield listed((step_line(step, numbers) for step in advice.route), "1.")
    yield f"If the plan fails its gate: {inline(fallback(advice))}"


def fallback(advice: Recommendation) -> str:
    found = advice.fallback
    return f"{plan_words(found.plan)}. {found.headline}" if found else words.NOTHING_LEFT


def called(approach: str) -> str:
    """The name of an approach."""
    return inline(plan_words([approach]))


def still_open(advice: Recommendation) -> Iterator[str]:
    for need in advice.open_needs:
        closers = "".join(
            f"\n  - {called(row.approach)}: {inline(words.closing(row))}" for row in need.closers
        )
        closing = f"What would close it: {inline(need.closed_by)}{closers}"
        yield f"{inline(need.need)} ({code(need.id)}). {closing}"


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
            yield f"<details>\n<summary>{heading}</summary>"
            yield from body
            yield "</details>"


def elsewhere(advice: Recommendation) -> Iterator[str]:
    """The nearest precedents, what proved right there, and the odds."""
    yield listed(
        f"{inline(words.case_words(case))} {inline(words.likeness_words(advice, case))}"
        f" {inline(case.source)}{_at(case.address)} ({code(case.id)})"
        for case in advice.precedents[: words.CASES_SHOWN]
    )
    if advice.odds:
        yield inline(words.odds_words(advice))


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
        f"**{inline(row.name)}** ({code(row.id)}). {inline(words.symptom(row))}"
        f"{cited(row.sources, numbers)}"
        for row in found.symptoms
    ]
    rows += [
        f"Other ways of {called(approach)}, if your run used none: {inline(ways)}."
        for approach, ways in words.untried(found).items()
    ]
    rows += [f"Larger change: {inline(change)}" for change in found.larger]
    yield listed(rows)


def why(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    if tried := words.tried_words(advice):
        yield inline(tried)
    items = []
    for reason in advice.reasons:
        said = (
            f" You said: {inline(answers_words(advice, reason.answers))}." if reason.answers else ""
        )
        lines = [f"{inline(sentence(reason.says))} ({code(reason.row)}){said}"]
        if reason.kind == "limit":
            because = f"{inline(reason.because)}{cited(reason.sources, numbers)}"
            lines.append(f"rules out {', '.join(map(called, reason.rules_out))}: {because}")
        lines += [
            f"{called(met.approach)}: {inline(met.because)}{cited(met.sources, numbers)}"
            for met in reason.met_by
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
        f"for {called(row.approach)}: {inline(row.condition)}. {inline(row.find_out)}"
        for row in advice.confirm_first
    )


def how(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    items = [
        f"{called(row.approach)}: {inline(row.name)} ({code(row.id)}). {inline(row.because)} Watch"
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
        ("because", check.because),
    )
    return f"**{inline(check.failure)}** ({code(check.id)}). {inline(check.goes_wrong)}" + "".join(
        f"\n  - {word}: {inline(text)}" for word, text in parts
    )


def misleads(advice: Recommendation) -> Iterator[str]:
    yield listed(f"{inline(row.when.rstrip('.'))} ({code(row.row)})" for row in advice.misleads)


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
        f" ({inline(words.strength(source))}; {code(source.id)})"
    )


def link(address: str) -> str:
    """Where a source can be opened; empty for what is no plain web address or arXiv number."""
    if re.fullmatch(r"arXiv:\d{4}\.\d{4,5}", address):
        return f"https://arxiv.org/abs/{address[6:]}"
    return address if _WEB.fullmatch(address) else ""


def address_of(address: str) -> str:
    """The address of a source: the only text that is a link."""
    found = link(address)
    if not found:
        return inline(address)
    return f"<{found}>" if found == address else f"[{inline(address)}](<{found}>)"


def foot(advice: Recommendation) -> Iterator[str]:
    dated = f"{inline(advice.date)}, " if advice.date else ""
    version, digest = inline(advice.table.version), code(advice.table.digest)
    yield f"{dated}adaptadvisor, table {version}, digest {digest}"


def _points(advice: Recommendation, numbers: Numbers) -> Iterator[str]:
    for row in advice.verdicts:
        yield option_line(row.approach, row.action)
        yield listed(good_and_bad(row, numbers))


def option_line(approach: str, action: str) -> str:
    return f"{called(approach)}: {inline(action)}"


def good_and_bad(row: Verdict, numbers: Numbers) -> list[str]:
    return [
        f"{word}, because {inline(one.says)} ({code(one.row)}){cited(one.sources, numbers)}"
        for word, points in (("Good", row.good), ("Bad", row.bad))
        for one in points
    ]


def decision_path(advice: Recommendation) -> Iterator[str]:
    yield listed(map(inline, in_words(advice)), "1.")
