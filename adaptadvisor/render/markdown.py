"""Markdown for pull requests, issues and wikis, and decision records (MADR 4). No text of anybody's
can become markup.
"""

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
from adaptadvisor.render.path import in_words, path
from adaptadvisor.render.words import answers_words, plan_words, sentence
from adaptadvisor.table.facts import show
from adaptadvisor.table.plans import APPROACHES

_JOINER = "\u2060"
"""Stands invisibly between what would otherwise become a mention or a link to an issue."""

_MARKUP = re.compile(r"[\\`*\[\]<>|~&$]|:(?=//)|(?<=:)/(?=/)|(?<![^\W_])_|_(?![^\W_])")
_REFERENCE = re.compile(
    r"(@(?=\w)|#(?=\d)|\bGH-(?=\d)|:(?=[\w+-]+:)|\b[0-9a-f](?=[0-9a-f]{39}\b)|\bwww(?=\.))",
    re.IGNORECASE,
)
_AT_THE_START = re.compile(r"([#+\-=]|\d+(?=[.)]))")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")
_LABEL = 90


def inline(text: str) -> str:
    r"""Text as it may stand anywhere in a line: nothing in it is markup, a mention, a reference or
    a link, not even a web address; only the address of a source is one.

    >>> inline("a|b *c* <d> https://e.example")
    'a\\|b \\*c\\* \\<d\\> https\\:\\//e.example'
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
    """An id as code; a word that could be none stands as text."""
    return f"`{word}`" if _ID.fullmatch(word) else inline(word)


def report(advice: Recommendation) -> str:
    """The recommendation for a pull request, an issue or a wiki: the verdict first, details folded."""
    return _joined(
        _front(advice),
        _verdict_table(advice),
        _drawn(advice),
        _to_do(advice),
        _folded(advice),
        _foot(advice),
    )


def _joined(*parts: Iterable[str]) -> str:
    return "\n\n".join(line for part in parts for line in part if line) + "\n"


def _front(advice: Recommendation) -> Iterator[str]:
    yield f"# {inline(advice.title or f'Plan: {plan_words(advice.plan)}')}"
    yield f"**Plan: {inline(plan_words(advice.plan))}.** {inline(advice.headline)}"
    blocking = any(step.blocks for step in advice.route)
    yield (
        f"> [!{'WARNING' if blocking or advice.open_needs else 'NOTE'}]\n>"
        f" {inline(words.settledness(advice).rstrip('.'))}."
    )
    yield _quoted(advice.notes)


def _quoted(text: str) -> str:
    return "\n>\n".join(f"> {inline(line)}" for line in text.split("\n") if line.strip())


def grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; the cells are Markdown already."""
    head = tuple(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _list(items: Iterable[str], mark: str = "-") -> str:
    return "\n".join(
        f"{f'{number}.' if mark == '1.' else mark} {item}" for number, item in enumerate(items, 1)
    )


def _verdict_table(advice: Recommendation) -> Iterator[str]:
    rows = (
        (
            _strong(code(row.approach), row.approach in advice.plan),
            inline(words.verdict_words(row)),
            f"{inline(words.lifting(row))}{_cited(row.sources, advice)}",
        )
        for row in advice.verdicts
    )
    yield grid(("Approach", "Verdict", "Why"), rows)


def _strong(text: str, on: bool) -> str:
    return f"**{text}**" if on else text


def _drawn(advice: Recommendation) -> Iterator[str]:
    yield "## How it was decided"
    yield f"```mermaid\n{mermaid(advice)}```"
    yield _list(map(inline, in_words(advice)), "1.")


def _to_do(advice: Recommendation) -> Iterator[str]:
    if advice.open_needs:
        yield "## Still open"
        yield _list(_open(advice))
    yield "## What to do, in this order"
    yield _list((_step(step, advice) for step in advice.route), "1.")
    yield f"If the plan fails its gate: {inline(_fallback(advice))}"


def _fallback(advice: Recommendation) -> str:
    return (
        f"{plan_words(advice.fallback.plan)}. {advice.fallback.headline}"
        if advice.fallback
        else words.NOTHING_LEFT
    )


def _open(advice: Recommendation) -> Iterator[str]:
    for need in advice.open_needs:
        closers = "".join(
            f"\n  - {code(row.approach)}: {inline(words.closing(row))}" for row in need.closers
        )
        yield (
            f"{inline(need.need)} ({code(need.id)}). What would close it:"
            f" {inline(need.closed_by)}{closers}"
        )


def _step(step: Step, advice: Recommendation) -> str:
    gate = f"\n   - **Gate:** {inline(step.gate)}" if step.gate else ""
    stop = f"\n   - **Nothing before this:** {inline(step.because)}." if step.blocks else ""
    return f"{inline(step.do)}{_cited(step.sources, advice)}{gate}{stop}"


def _folded(advice: Recommendation) -> Iterator[str]:
    sections: tuple[tuple[str, Callable[[Recommendation], Iterator[str]]], ...] = (
        ("Why", _why),
        ("For and against each approach", _points),
        ("Confirm first", _confirm),
        ("How", _how),
        ("Check that it worked", _checks),
        ("What would change it", _change),
        ("The answers behind this", _facts),
        ("Sources", _sources),
    )
    for heading, section in sections:
        body = [part for part in section(advice) if part]
        if body:
            yield f"<details>\n<summary>{heading}</summary>"
            yield from body
            yield "</details>"


def _why(advice: Recommendation) -> Iterator[str]:
    if advice.facts.get("tried"):
        yield (
            f"You tried {inline(show(advice.facts['tried']))} and it fell short, so no plan inside"
            " that is offered again."
        )
    items = []
    for reason in advice.reasons:
        said = f" You said: {inline(answers_words(reason.answers))}." if reason.answers else ""
        lines = [f"{inline(sentence(reason.says))} ({code(reason.row)}){said}"]
        if reason.kind == "limit":
            lines.append(
                f"rules out {', '.join(map(code, reason.rules_out))}:"
                f" {inline(reason.because)}{_cited(reason.sources, advice)}"
            )
        lines += [
            f"{code(meeting.approach)}: {inline(meeting.because)}{_cited(meeting.sources, advice)}"
            for meeting in reason.met_by
        ]
        if reason.kind == "need" and not reason.met_by:
            lines.append("open: no approach meets this here")
        if reason.disagreement:
            lines.append(f"disagreement: {inline(reason.disagreement)}")
        items.append("\n  - ".join(lines))
    yield _list(items)


def _cited(sources: Iterable[str], advice: Recommendation) -> str:
    cited = ", ".join(map(str, words.citations(sources, advice)))
    return f" \\[{cited}\\]" if cited else ""


def _confirm(advice: Recommendation) -> Iterator[str]:
    yield _list(
        f"for {code(row.approach)}: {inline(row.condition)}. {inline(row.find_out)}"
        for row in advice.confirm_first
    )


def _how(advice: Recommendation) -> Iterator[str]:
    items = [
        f"{code(row.approach)}: {inline(row.name)} ({code(row.id)}). {inline(row.because)} Watch"
        f" out: {inline(row.watch_out)}{_cited(row.sources, advice)}"
        for row in advice.variants
    ]
    if advice.family:
        items.append(f"model family to look at first: {inline(words.family_words(advice))}")
    yield _list(items)


def _checks(advice: Recommendation) -> Iterator[str]:
    yield _list(map(_check, advice.checks))


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


def _change(advice: Recommendation) -> Iterator[str]:
    yield _list(map(inline, map(words.near_words, advice.near_thresholds)))
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
        yield "Not known yet, and able to change the plan:"
        yield grid(("Fact", "If the answer is", "the plan is"), rows)
        yield "How to find out:"
        yield _list(
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
        yield "Known, and deciding:"
        yield grid(("Fact", "Now", "If it were", "the plan would be"), flips)
    if not (advice.near_thresholds or rows or flips):
        yield "No single answer would."
    yield _look_again(advice)


def _look_again(advice: Recommendation) -> str:
    return (
        f"Look again by {inline(advice.review_by)}: then the rows behind this plan are due for"
        " review."
        if advice.review_by
        else ""
    )


def _facts(advice: Recommendation) -> Iterator[str]:
    if advice.facts:
        yield grid(
            ("Fact", "Answer"),
            ((code(fact), inline(show(value))) for fact, value in advice.facts.items()),
        )


def _sources(advice: Recommendation) -> Iterator[str]:
    yield _list((_source(source) for _, source in words.numbered(advice).values()), "1.")


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


def _foot(advice: Recommendation) -> Iterator[str]:
    dated = f"{inline(advice.date)}, " if advice.date else ""
    yield (
        f"{dated}adaptadvisor, table {inline(advice.table.version)}, digest"
        f" {code(advice.table.digest)}"
    )


# ---- the decision path as a diagram ----


def mermaid(advice: Recommendation) -> str:
    """A flowchart of the decision path, under 20 nodes; every label is quoted and escaped."""
    shown = path(advice)
    lines = ["flowchart LR", '  start(["your answers"])']
    leads_to = {
        approach
        for row in shown.rows
        for approach in (*(meeting.approach for meeting in row.met_by), *row.rules_out)
    }
    lines += [
        f"  {approach}[{_label(approach)}]"
        for approach in APPROACHES
        if approach in leads_to | set(advice.plan)
    ]
    for number, row in enumerate(shown.rows, 1):
        shape = "{{%s}}" if row.kind == "limit" else "[%s]"
        lines.append(f"  row{number}{shape % _label(row.says)}")
        lines.append(f"  start -->|{_label(answers_words(row.answers) or 'always')}| row{number}")
        met = [meeting.approach for meeting in row.met_by]
        lines += [f"  row{number} --> {approach}" for approach in met]
        lines += [f"  row{number} -. rules out .-> {approach}" for approach in row.rules_out]
    if shown.left_out:
        lines.append(f"  start --> more[{_label(f'{shown.left_out} more rows, listed below')}]")
    lines.append(f"  plan([{_label(f'Plan: {plan_words(advice.plan)}')}])")
    lines += [f"  {approach} --> plan" for approach in advice.plan]
    return "".join(f"{line}\n" for line in lines)


def _label(text: str) -> str:
    """A quoted label; all ASCII punctuation is written as numbers, which Mermaid turns back into
    characters whatever stands around them.
    """
    short = text if len(text) <= _LABEL else text[: _LABEL - 1].rstrip() + "\u2026"
    return (
        '"'
        + (
            re.sub(r"[!-/:-@\[-`{-~]", lambda match: f"#{ord(match[0])};", " ".join(short.split()))
            or " "
        )
        + '"'
    )


# ---- decision records ----


def record(advice: Recommendation) -> str:
    """A decision record in the form of MADR 4."""
    head = [
        "---",
        "status: proposed",
        *([f"date: {advice.date}"] if re.fullmatch(r"[\d-]+", advice.date) else []),
        "---",
    ]
    return _joined(
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
    yield _quoted(advice.notes)
    yield from _facts(advice)
    yield "## Decision Drivers"
    drivers = {
        fact: show(value) for reason in advice.reasons for fact, value in reason.answers.items()
    }
    rows = {
        fact: [reason.row for reason in advice.reasons if fact in reason.answers]
        for fact in drivers
    }
    yield (
        _list(
            f"{code(fact)} is {inline(value)} ({', '.join(map(code, rows[fact]))})"
            for fact, value in drivers.items()
        )
        or _list(f"{code(fact)} is {inline(show(value))}" for fact, value in advice.facts.items())
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
    yield _list([*(_option(row.approach, row.action) for row in advice.verdicts), *together])


def _option(approach: str, action: str) -> str:
    return f"{code(approach)}: {inline(action)}"


def _outcome(advice: Recommendation) -> Iterator[str]:
    yield "## Decision Outcome"
    yield f'Chosen option: "{inline(plan_words(advice.plan))}", because {inline(_because(advice))}'
    yield inline(advice.headline)
    yield _list((_step(step, advice) for step in advice.route), "1.")
    yield f"If the plan fails its gate: {inline(_fallback(advice))}"
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
    open_ = [f"Bad, because this stays open: {text}" for text in _open(advice)]
    yield _list([*good, *bad, *open_])
    yield "### Confirmation"
    yield "The decision is confirmed by these checks; each says on how many examples."
    yield from _checks(advice)


def _because(advice: Recommendation) -> str:
    several = len(advice.plan) > 1
    chosen = [
        f"{f'{row.approach}: ' if several else ''}{row.because}"
        for row in advice.verdicts
        if row.approach in advice.plan
    ]
    return ("; ".join(chosen) or "no approach is left here that was not tried or ruled out") + "."


def _pros_and_cons(advice: Recommendation) -> Iterator[str]:
    yield "## Pros and Cons of the Options"
    for row in advice.verdicts:
        yield f"### {_option(row.approach, row.action)}"
        yield f"{inline(words.verdict_words(row))}: {inline(words.lifting(row))}"
        yield _list(_good_and_bad(row, advice))


def _points(advice: Recommendation) -> Iterator[str]:
    for row in advice.verdicts:
        yield _option(row.approach, row.action)
        yield _list(_good_and_bad(row, advice))


def _good_and_bad(row: Verdict, advice: Recommendation) -> list[str]:
    return [
        *(_point("Good", point, advice) for point in row.good),
        *(_point("Bad", point, advice) for point in row.bad),
    ]


def _point(word: str, point: Point, advice: Recommendation) -> str:
    return (
        f"{word}, because {inline(point.says)} ({code(point.row)}){_cited(point.sources, advice)}"
    )


def _more(advice: Recommendation) -> Iterator[str]:
    yield "## More Information"
    yield f"{inline(words.settledness(advice).rstrip('.'))}."
    for heading, section in (
        ("How it was decided", _path),
        ("Why", _why),
        ("Confirm first", _confirm),
        ("How", _how),
        ("When to look again", _change),
        ("Sources", _sources),
    ):
        body = [part for part in section(advice) if part]
        if body:
            yield f"### {heading}"
            yield from body
    yield from _foot(advice)


def _path(advice: Recommendation) -> Iterator[str]:
    yield _list(map(inline, in_words(advice)), "1.")
