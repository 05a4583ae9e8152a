"""Markdown in which no text from outside becomes markup, and what decision records share of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from adaptadvisor.advice.recommendation import (
    ChosenCheck,
    CitedSource,
    Point,
    Recommendation,
    Step,
    Verdict,
)
from adaptadvisor.errors import printable
from adaptadvisor.render import words
from adaptadvisor.render.mermaid import mermaid
from adaptadvisor.render.path import in_words
from adaptadvisor.render.words import answers_words, plan_words, sentence
from adaptadvisor.table.facts import show

_JOINER = "\u2060"
"""Invisible; it splits what would otherwise become a mention or a link to an issue."""

_MARKUP = re.compile(r"[\\`*\[\]<>|~&$]|:(?=//)|(?<=:)/(?=/)|(?<![^\W_])_|_(?![^\W_])")
_REFERENCE = re.compile(
    r"(@(?=\w)|#(?=\d)|\bGH-(?=\d)|:(?=[\w+-]+:)|\b[0-9a-f](?=[0-9a-f]{39}\b)|\bwww(?=\.))",
    re.IGNORECASE,
)
_AT_THE_START = re.compile(r"([#+\-=]|\d+(?=[.)]))")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")


def inline(text: str) -> str:
    r"""Text for any place in a line: no markup, mention, reference or link, not even a web address.

    >>> inline("a|b *c* <d> https://e.example")
    'a\|b \*c\* \<d\> https\:\//e.example'
    """
    plain = _MARKUP.sub(r"\\\g<0>", " ".join(printable(text).split()))
    plain = f"{plain[:-1]}\\#" if plain.endswith("#") else plain
    start = _AT_THE_START.match(plain)
    if start:
        plain = (
            f"{plain[: start.end()]}\\{plain[start.end() :]}"
            if start[1].isdigit()
            else f"\\{plain}"
        )
    return _REFERENCE.sub(rf"\g<1>{_JOINER}", plain)


def code(word: str) -> str:
    """An id as code; a word that cannot be an id as text."""
    return f"`{word}`" if _ID.fullmatch(word) else inline(word)


def report(advice: Recommendation) -> str:
    """The recommendation for a pull request, an issue or a wiki: the verdict first, details folded."""
    return joined(
        _front(advice),
        _verdict_table(advice),
        _how_decided(advice),
        _to_do(advice),
        _folded(advice),
        foot(advice),
    )


def joined(*parts: Iterable[str]) -> str:
    return "\n\n".join(line for part in parts for line in part if line) + "\n"


def _front(advice: Recommendation) -> Iterator[str]:
    yield f"# {inline(advice.title or f'Plan: {plan_words(advice.plan)}')}"
    yield f"**Plan: {inline(plan_words(advice.plan))}.** {inline(advice.headline)}"
    blocking = any(step.blocks for step in advice.route)
    yield (
        f"> [!{'WARNING' if blocking or advice.open_needs else 'NOTE'}]\n>"
        f" {inline(words.settledness(advice).rstrip('.'))}."
    )
    yield quoted(advice.notes)


def quoted(text: str) -> str:
    return "\n>\n".join(f"> {inline(line)}" for line in text.split("\n") if line.strip())


def grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; the cells are Markdown already."""
    head = tuple(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def listed(items: Iterable[str], mark: str = "-") -> str:
    return "\n".join(
        f"{f'{number}.' if mark == '1.' else mark} {item}" for number, item in enumerate(items, 1)
    )


def _verdict_table(advice: Recommendation) -> Iterator[str]:
    rows = (
        (
            _strong(code(row.approach), row.approach in advice.plan),
            inline(words.verdict_words(row)),
            f"{inline(words.lifting(row))}{cited(row.sources, advice)}",
        )
        for row in advice.verdicts
    )
    yield grid(("Approach", "Verdict", "Why"), rows)


def _strong(text: str, on: bool) -> str:
    return f"**{text}**" if on else text


def _how_decided(advice: Recommendation) -> Iterator[str]:
    yield "## How it was decided"
    yield f"```mermaid\n{mermaid(advice)}```"
    yield listed(map(inline, in_words(advice)), "1.")


def _to_do(advice: Recommendation) -> Iterator[str]:
    if advice.open_needs:
        yield "## Still open"
        yield listed(still_open(advice))
    yield "## What to do, in this order"
    yield listed((step_line(step, advice) for step in advice.route), "1.")
    yield f"If the plan fails its gate: {inline(fallback(advice))}"


def fallback(advice: Recommendation) -> str:
    return (
        f"{plan_words(advice.fallback.plan)}. {advice.fallback.headline}"
        if advice.fallback
        else words.NOTHING_LEFT
    )


def still_open(advice: Recommendation) -> Iterator[str]:
    for need in advice.open_needs:
        closers = "".join(
            f"\n  - {code(row.approach)}: {inline(words.closing(row))}" for row in need.closers
        )
        yield (
            f"{inline(need.need)} ({code(need.id)}). What would close it:"
            f" {inline(need.closed_by)}{closers}"
        )


def step_line(step: Step, advice: Recommendation) -> str:
    gate = f"\n   - **Gate:** {inline(step.gate)}" if step.gate else ""
    stop = f"\n   - **Before anything else:** {inline(step.because)}." if step.blocks else ""
    return f"{inline(step.do)}{cited(step.sources, advice)}{gate}{stop}"


def _folded(advice: Recommendation) -> Iterator[str]:
    sections: tuple[tuple[str, Callable[[Recommendation], Iterator[str]]], ...] = (
        ("Why", why),
        ("For and against each approach", _points),
        ("Confirm first", confirm),
        ("How", how),
        ("Check that it worked", checks),
        ("What would change it", change),
        ("The answers behind this", answers),
        ("Sources", sources),
    )
    for heading, section in sections:
        body = [part for part in section(advice) if part]
        if body:
            yield f"<details>\n<summary>{heading}</summary>"
            yield from body
            yield "</details>"


def why(advice: Recommendation) -> Iterator[str]:
    if advice.facts.get("tried"):
        yield (
            f"You tried {inline(show(advice.facts['tried']))} and it fell short, so neither that"
            " plan nor a part of it is offered again."
        )
    items = []
    for reason in advice.reasons:
        said = f" You said: {inline(answers_words(reason.answers))}." if reason.answers else ""
        lines = [f"{inline(sentence(reason.says))} ({code(reason.row)}){said}"]
        if reason.kind == "limit":
            lines.append(
                f"rules out {', '.join(map(code, reason.rules_out))}:"
                f" {inline(reason.because)}{cited(reason.sources, advice)}"
            )
        lines += [
            f"{code(meeting.approach)}: {inline(meeting.because)}{cited(meeting.sources, advice)}"
            for meeting in reason.met_by
        ]
        if reason.kind == "need" and not reason.met_by:
            lines.append("open: no approach meets this here")
        if reason.disagreement:
            lines.append(f"disagreement: {inline(reason.disagreement)}")
        items.append("\n  - ".join(lines))
    yield listed(items)


def cited(sources: Iterable[str], advice: Recommendation) -> str:
    numbers = ", ".join(map(str, words.citations(sources, advice)))
    return f" \\[{numbers}\\]" if numbers else ""


def confirm(advice: Recommendation) -> Iterator[str]:
    yield listed(
        f"for {code(row.approach)}: {inline(row.condition)}. {inline(row.find_out)}"
        for row in advice.confirm_first
    )


def how(advice: Recommendation) -> Iterator[str]:
    items = [
        f"{code(row.approach)}: {inline(row.name)} ({code(row.id)}). {inline(row.because)} Watch"
        f" out: {inline(row.watch_out)}{cited(row.sources, advice)}"
        for row in advice.variants
    ]
    if advice.family:
        items.append(f"model family to look at first: {inline(words.family_words(advice))}")
    yield listed(items)


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


def change(advice: Recommendation) -> Iterator[str]:
    yield listed(map(inline, map(words.near_words, advice.near_thresholds)))
    rows = [
        (
            code(hinge.fact),
            inline(f"{row.answer}{words.together(hinge.together_with)}"),
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
            f"{code(hinge.fact)}: {inline(hinge.question)} {inline(hinge.find_out)}"
            for hinge in advice.hinges
        )
    flips = [
        (
            code(fact),
            inline(words.now(flip)),
            inline(flip.answer),
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
    yield _look_again(advice)


def _look_again(advice: Recommendation) -> str:
    return (
        f"Look again by {inline(advice.review_by)}, when the rows behind this plan are due for"
        " review."
        if advice.review_by
        else ""
    )


def answers(advice: Recommendation) -> Iterator[str]:
    if advice.facts:
        yield grid(
            ("Fact", "Answer"),
            ((code(fact), inline(show(value))) for fact, value in advice.facts.items()),
        )


def sources(advice: Recommendation) -> Iterator[str]:
    yield listed((_source(source) for _, source in words.numbered(advice).values()), "1.")


def _source(source: CitedSource) -> str:
    return (
        f"{inline(source.title)}, {inline(source.year)}. {address_of(source.address)}"
        f" ({inline(words.strength(source))}; {code(source.id)})"
    )


def link(address: str) -> str:
    """Where a source can be opened; empty for what is no plain web address or arXiv number."""
    if re.fullmatch(r"arXiv:\d{4}\.\d{4,5}", address):
        return f"https://arxiv.org/abs/{address[6:]}"
    return (
        address
        if re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?([/?#][^\s<>\"'`\\^{}|]*)?", address)
        else ""
    )


def address_of(address: str) -> str:
    """The address of a source: the only text that is a link."""
    found = link(address)
    return (
        f"<{found}>"
        if found and found == address
        else f"[{inline(address)}](<{found}>)"
        if found
        else inline(address)
    )


def foot(advice: Recommendation) -> Iterator[str]:
    dated = f"{inline(advice.date)}, " if advice.date else ""
    yield (
        f"{dated}adaptadvisor, table {inline(advice.table.version)}, digest"
        f" {code(advice.table.digest)}"
    )


def _points(advice: Recommendation) -> Iterator[str]:
    for row in advice.verdicts:
        yield option_line(row.approach, row.action)
        yield listed(good_and_bad(row, advice))


def option_line(approach: str, action: str) -> str:
    return f"{code(approach)}: {inline(action)}"


def good_and_bad(row: Verdict, advice: Recommendation) -> list[str]:
    return [
        *(_point("Good", point, advice) for point in row.good),
        *(_point("Bad", point, advice) for point in row.bad),
    ]


def _point(word: str, point: Point, advice: Recommendation) -> str:
    return f"{word}, because {inline(point.says)} ({code(point.row)}){cited(point.sources, advice)}"


def decision_path(advice: Recommendation) -> Iterator[str]:
    yield listed(map(inline, in_words(advice)), "1.")
