"""The short answer: one screen that says the plan, why, what to do, and what to answer next.

What is in it, and how long each part is, is decided here; `text` writes it as plain lines and
`terminal` with Rich.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from textwrap import wrap

from adaptadvisor.advice.recommendation import (
    Hinge,
    Meeting,
    Reason,
    Recommendation,
    Step,
    Verdict,
)
from adaptadvisor.render import tried, words
from adaptadvisor.render.after import else_next
from adaptadvisor.render.words import CLAUSE, lower, parts_up_to
from adaptadvisor.table.facts import fact_flag
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.speech import APPROACH_NAMES, capital, plan_words

MOST_LINES = 40
"""Lines of the answer at 80 columns: a screen of a laptop holds them."""

WAYS = "The five ways, cheapest first"
STEPS = "Do this, in order"
COST = "Cost"
ASKS = "Answer next, worth most first"
NAMES = max(map(len, APPROACH_NAMES.values()))
VERDICTS = max(map(len, (*words.VERDICTS.values(), words.PART)))
OPEN = 2
"""Needs that stay open of which what would close them is told."""

CHECKS = 3
"""Failure modes that are named."""

_FEW_FACTS = 3
_PART = re.compile(r"[,;.:]\s")
_SOFT = re.compile(r",(?=\s)|\s(?=\()")
_ORDER = re.compile(r"[,:](?=\s)|\s(?=\()")  # a step is an order, and after a colon its details


@dataclass(frozen=True, slots=True)
class Way:
    """One of the five approaches: whether it is in the plan, the verdict in words, and why."""

    name: str
    chosen: bool
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class Brief:
    """The parts of the answer, in their order; what is empty is left out. `asks` are questions,
    each with the flag that answers it and what comes after the flag.
    """

    title: str
    top: tuple[str, ...]
    paragraphs: tuple[tuple[str, str], ...]
    ways: tuple[Way, ...]
    steps: tuple[str, ...]
    more_steps: str
    gate: str
    asks: tuple[tuple[str, str, str], ...]
    more_asks: str
    checks: str
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Room:
    """How many lines the parts may have: each line at the top, paragraph, way and step; and how
    many steps and questions there are.
    """

    top: int = 2
    paragraph: int = 5
    way: int = 2
    step: int = 2
    steps: int = 5
    asks: int = 3


_ROOMS = (
    _Room(),
    _Room(way=1),
    _Room(way=1, asks=2),
    _Room(way=1, asks=2, steps=4),
    _Room(way=1, asks=2, steps=4, step=1),
    _Room(way=1, paragraph=2, steps=4, step=1, asks=2),
    _Room(way=1, paragraph=2, steps=3, step=1, asks=1),
    _Room(way=1, paragraph=2, steps=3, step=1, asks=2, top=1),
    _Room(way=1, paragraph=1, steps=3, step=1, asks=1, top=1),
    _Room(way=1, paragraph=1, steps=2, step=1, asks=1, top=1),
    _Room(way=1, paragraph=1, steps=1, step=1, asks=1, top=1),
)


def brief(
    advice: Recommendation, width: int, lines: Callable[[Brief], int], gives: str = "->"
) -> Brief:
    """The answer with as much in it as fits; `lines` counts those of a draft at this width, and
    `gives` stands between an answer and its plan.
    """
    for room in _ROOMS[:-1]:
        draft = _draft(advice, room, width, gives)
        if lines(draft) <= MOST_LINES:
            return draft
    return _draft(advice, _ROOMS[-1], width, gives)


def fitted(text: str, width: int, lines: int, soft: re.Pattern[str] = _SOFT) -> str:
    """The text, or as much of it as fits: whole parts of a sentence, else whole words and dots.

    >>> fitted("retrieved examples help a prompt; trained heads are ahead", 40, 1)
    'retrieved examples help a prompt'
    >>> fitted("retrieved examples help a prompt, but were behind trained heads", 40, 1)
    'retrieved examples help a prompt ...'
    """
    if len(wrap(text, width)) <= lines:
        return text
    room = " ".join(wrap(text, width)[:lines])
    part = _up_to(CLAUSE, room)
    if 2 * len(part) > len(room):
        return part
    room = " ".join(wrap(text, width - 4)[:lines])
    return f"{_up_to(soft, room) or room.rstrip(',;:')} ..."


def _up_to(end: re.Pattern[str], text: str) -> str:
    """The longest part of the text that ends so; empty where none can stand alone."""
    return next(reversed(parts_up_to(end, f"{text} ")), "")


def _draft(advice: Recommendation, room: _Room, width: int, gives: str) -> Brief:
    inner = max(20, width - 3)
    asks = [_ask(advice, hinge, gives) for hinge in advice.hinges[: room.asks]]
    names = (lower(check.failure) for check in advice.checks[:CHECKS])
    count = len(advice.checks)
    tests = f"{count} test{'s' if count > 1 else ''}; first: {'; '.join(names)}."
    why_width = max(20, width - NAMES - VERDICTS - 6)
    paragraphs = (
        (label, fitted(text, max(20, width - 3 - len(label) // room.paragraph), room.paragraph))
        if label != COST  # a sum without its range would mislead
        else (label, text)
        for label, text in _paragraphs(advice)
    )
    return Brief(
        title=words.plan_title(advice),
        top=tuple(
            fitted(line, width, room.top + (line == advice.headline)) for line in _top(advice)
        ),
        paragraphs=tuple(paragraphs),
        ways=tuple(
            Way(
                plan_words([row.approach]),
                row.verdict == "recommended",
                words.verdict_words(advice, row),
                fitted(_reason(advice, row), why_width, room.way),
            )
            for row in advice.verdicts
        ),
        steps=tuple(_step(step, inner, room.step) for step in advice.route[: room.steps]),
        more_steps=_more(len(advice.route) - room.steps, "--show steps"),
        gate=_gate(advice, inner, room.step),
        asks=tuple(
            (fitted(ask, inner, 2), flag, fitted(f"{flag}{then}", inner, 1).removeprefix(flag))
            for ask, flag, then in asks
        ),
        more_asks=_more(len(advice.hinges) - len(asks), "--show changes, or adaptadvisor ask"),
        checks=tests if count else "",
        rest=tuple(_rest(advice)),
    )


def _top(advice: Recommendation) -> Iterable[str]:
    """The plan as a sentence, whether it may change, and what happened elsewhere."""
    if advice.title:
        yield f"For: {advice.title}"
    if advice.date:
        yield f"Date: {advice.date}"
    yield advice.headline
    yield words.settledness(advice)
    counted, *others = advice.outlook or ("",)
    if counted:
        first, _, _ = counted.partition("; in ")
        yield f"{first.rstrip('.')}."
    yield from others


def _paragraphs(advice: Recommendation) -> Iterable[tuple[str, str]]:
    """Each with its label."""
    if advice.costs:
        yield COST, advice.costs.line
    for name, reason, met in _whys(advice):
        yield f"Why{name}{_evidence(advice, reason, met.sources)}", capital(met.because)
    told = 1 if advice.repair and not advice.plan else OPEN  # the steps say what to do about them
    for need in advice.open_needs[:told]:
        yield "Still open", need.need
        yield "What would close it", tried.would_close(need)
    if rest := [words.row_name(advice, need.id) for need in advice.open_needs[told:]]:
        yield "Also open (more: --show why)", "; ".join(rest)
    if advice.repair and advice.repair.symptoms:
        signs = "; ".join(lower(row.name) for row in advice.repair.symptoms[:CHECKS])
        yield "Look first for (how: --show steps)", signs
    elif advice.repair and advice.repair.larger:
        yield "Larger changes", "; ".join(advice.repair.larger)
    if advice.confirm_first:
        yield "Confirm first", "; ".join(row.condition for row in advice.confirm_first)
    for near in advice.near_thresholds[:1]:
        yield "Close to a line", words.near_words(advice, near)


def _whys(advice: Recommendation) -> Iterable[tuple[str, Reason, Meeting]]:
    """Why each part of the plan is in it, the dearest last; with its name where it is not alone."""
    for approach in advice.plan:
        reason = _first_reason(advice, approach)
        if reason:
            met = next(row for row in reason.met_by if row.approach == approach)
            name = f" {plan_words([approach])}" if len(advice.plan) > 1 else ""
            yield name, reason, met


def _first_reason(advice: Recommendation, approach: str) -> Reason | None:
    """The first need met by this part of the plan, by no other if possible, that is about this
    situation and tells the approaches apart.
    """
    needs = [row for row in advice.reasons if any(met.approach == approach for met in row.met_by)]
    every = len(APPROACHES)
    own = [reason for reason in needs if reason.answers and len(reason.could_meet) < every]
    alone = [reason for reason in own if len(reason.met_by) == 1]
    return next(iter(alone or own or needs), None)


def _evidence(advice: Recommendation, reason: Reason, cited: Iterable[str]) -> str:
    """` (4 sources, 2 strong; others disagree)`: those that do not speak against the plan."""
    named = [source for source in advice.sources if source.id in {*cited, *reason.sources}]
    known = [source for source in named if not source.dissents]
    if not known:
        return ""
    strong = sum(source.strength == "strong" for source in known)
    count = f"{len(known)} source{'s' if len(known) > 1 else ''}"
    dissent = "; others disagree" if reason.disagreement or len(known) < len(named) else ""
    return f" ({count}{f', {strong} strong' if strong else ''}{dissent})"


def _ask(advice: Recommendation, hinge: Hinge, gives: str) -> tuple[str, str, str]:
    """The question, its flag, and after it the answers that change the plan."""
    rows = [row for row in hinge.answers if row.plan != advice.plan]
    together = words.together(advice, hinge.together_with)  # in front: the end may be cut
    if [row.answer for row in rows] in (["true"], ["false"]):  # such a flag takes no answer
        flag = fact_flag(hinge.fact if rows[0].answer == "true" else f"no_{hinge.fact}")
        return hinge.question, flag, f"{together} {gives} {plan_words(rows[0].plan)}"
    changing = "; ".join(
        f"{words.answer(advice, row, hinge.fact)} {gives} {plan_words(row.plan)}" for row in rows
    )
    return hinge.question, fact_flag(hinge.fact), f"{together}: {changing}"


def _more(count: int, where: str) -> str:
    return f"and {count} more: {where}" if count > 0 else ""


def _reason(advice: Recommendation, row: Verdict) -> str:
    """How, of an approach in the plan; else why not, without what qualifies it."""
    chosen = [variant for variant in advice.variants if variant.approach == row.approach]
    if row.verdict == "recommended" and chosen:
        alone = "fell short alone: " if tried.fell_short_alone(advice, row) else ""
        return f"{alone}{chosen[0].name}"
    return row.because.partition("; ")[0].rstrip(".")


def _step(step: Step, width: int, lines: int) -> str:
    """What to do; before the plan with its gate, so that nobody goes on who may stop."""
    if step.stage == "plan" or not step.gate:
        return fitted(step.do, width, lines, _ORDER)
    stop, _, _ = step.gate.partition(": ")
    return fitted(f"{_PART.split(step.do, maxsplit=1)[0]}. {stop}", width, lines)


def _gate(advice: Recommendation, width: int, lines: int) -> str:
    """When the plan is good enough, and what is next where it is not."""
    gates = [step.gate for step in advice.route if step.gate]
    if not gates:
        return ""
    after = else_next(advice)
    lines = max(lines, 2)  # in one there is no room for what the gate is about
    room = max(20, width - min(len(after), width) // lines - 1)
    kept = fitted(gates[-1].partition(". ")[0].rstrip("."), room, lines)
    return f"{kept}; {after}" if after else kept


def _rest(advice: Recommendation) -> Iterable[str]:
    if len(advice.facts) < _FEW_FACTS:
        yield "Little is known so far. To be asked what matters: adaptadvisor ask"
    yield "Everything: --full. One part: --show why, steps, checks, changes, settings,"
    yield "precedents or sources. A report to pass on: -o advice.html or -o advice.md."
