"""A recommendation for a terminal or a mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.page import Page
from adaptadvisor.render import words
from adaptadvisor.render.words import first_sentence, plan_words, sentence
from adaptadvisor.table.facts import show

CHECKS_SHOWN = 6
HINGES_SHOWN = 8


def render(
    recommendation: Recommendation, width: int = 80, *, colour: bool = False, plain: bool = False
) -> str:
    """The whole recommendation as text of this width; a plain one is fit for a screen reader."""
    page = Page(width, colour=colour, plain=plain)
    for section in _SECTIONS:
        section(page, recommendation)
    return page.text()


def _verdict(page: Page, advice: Recommendation) -> None:
    page.title(f"Plan: {plan_words(advice.plan)}")
    if advice.title:
        page.say(f"For: {advice.title}")
    if advice.date:
        page.say(f"Date: {advice.date}")
    page.say(advice.headline)
    page.say(
        words.settledness(advice) + ("" if advice.settled else ' (see "What would change it").')
    )
    for line in filter(None, advice.notes.split("\n")):
        page.say(line, mark="Note: ")


def _why(page: Page, advice: Recommendation) -> None:
    page.heading("Why")
    tried = advice.facts.get("tried")
    if tried:
        page.say(
            f"You tried {show(tried)} and it fell short, so neither that plan nor a part of it is offered again.",
            mark="- ",
        )
    for reason in advice.reasons:
        said = f" You said: {words.answers_words(reason.answers)}." if reason.answers else ""
        page.say(f"{sentence(reason.says)} [{reason.row}]{said}", mark="- ")
        if reason.kind == "limit":
            page.say(
                f"{reason.because}{_cite(reason.sources, advice)}",
                2,
                mark=f"rules out {', '.join(reason.rules_out)}: ",
            )
        for meeting in reason.met_by:
            page.say(
                f"{meeting.because}{_cite(meeting.sources, advice)}",
                2,
                mark=f"{meeting.approach}: ",
            )
        if reason.kind == "need" and not reason.met_by:
            page.say("no approach meets this here", 2, mark="open: ")
        if reason.disagreement:
            page.say(reason.disagreement, 2, mark="disagreement: ", dim=True)


def _cite(sources: Iterable[str], advice: Recommendation) -> str:
    cited = ", ".join(map(str, words.citations(sources, advice)))
    return f" [{cited}]" if cited else ""


def _why_not(page: Page, advice: Recommendation) -> None:
    rest = [verdict for verdict in advice.verdicts if verdict.verdict != "recommended"]
    if not rest:
        return
    page.heading("Why not the others")
    for verdict in rest:
        page.say(
            f"{words.verdict_words(verdict)}: {words.lifting(verdict)}",
            mark=f"- {verdict.approach}: ",
        )


def _open(page: Page, advice: Recommendation) -> None:
    if not advice.open_needs:
        return
    page.heading("Still open")
    for need in advice.open_needs:
        page.say(words.still_open(need), mark="- ")
        page.say(need.closed_by, 2, mark="what would close it: ")
        for closer in need.closers:
            page.say(words.closing(closer), 4, mark=f"{closer.approach}: ")


def _confirm(page: Page, advice: Recommendation) -> None:
    if not advice.confirm_first:
        return
    page.heading("Confirm first")
    for confirm in advice.confirm_first:
        page.say(f"{confirm.condition}. {confirm.find_out}", mark=f"- for {confirm.approach}: ")


def _route(page: Page, advice: Recommendation) -> None:
    page.heading("What to do, in this order")
    for number, step in enumerate(advice.route, 1):
        page.say(step.do, mark=f"{number}. ")
        if step.gate:
            page.say(step.gate, 3, mark="Gate: ")
        elif step.blocks:
            page.say(f"{step.because}.", 3, mark="Before anything else: ")
    if advice.fallback:
        page.say(
            f"{plan_words(advice.fallback.plan)}. {advice.fallback.headline}",
            mark="If the plan fails its gate: ",
        )
    else:
        page.say(words.NOTHING_LEFT, mark="If that is not enough: ")


def _how(page: Page, advice: Recommendation) -> None:
    if not advice.plan:
        return
    page.heading("How")
    for variant in advice.variants:
        page.say(
            f"{variant.name} [{variant.id}]. {variant.because}", mark=f"- {variant.approach}: "
        )
    if advice.family:
        page.say(words.family_words(advice), mark="- Model family to look at first: ")


def _check(page: Page, advice: Recommendation) -> None:
    page.heading("Check that it worked")
    for check in advice.checks[:CHECKS_SHOWN]:
        page.say(
            f"{check.failure} [{check.id}]. {first_sentence(check.run)} Passes:"
            f" {first_sentence(check.passes)}",
            mark="- ",
        )
    rest = advice.checks[CHECKS_SHOWN:]
    if rest:
        page.say(", ".join(check.id for check in rest), mark=f"- And {len(rest)} more: ")
    if advice.checks:
        page.say("How to run one, on what, and what passes: adaptadvisor explain ID.", 2, dim=True)


def _change(page: Page, advice: Recommendation) -> None:
    page.heading("What would change it")
    for near in advice.near_thresholds:
        page.say(words.near_words(near), mark="- near a threshold: ")
    for hinge in advice.hinges[:HINGES_SHOWN]:
        answers = "; ".join(
            f"{row.answer} {page.gives} {plan_words(row.plan)}{words.leaving(row, advice)}"
            for row in hinge.answers
        )
        page.say(
            f"{answers}{words.together(hinge.together_with)}", mark=f"- {hinge.fact} (unknown): "
        )
    if len(advice.hinges) > HINGES_SHOWN:
        page.say(
            ", ".join(hinge.fact for hinge in advice.hinges[HINGES_SHOWN:]),
            mark="- also unknown, and could change it: ",
        )
    known = words.known_flips(advice)
    for fact, flips in known.items():
        answers = "; ".join(
            f"{flip.answer} {page.gives} {plan_words(flip.plan)}{words.leaving(flip, advice)}"
            for flip in flips
        )
        page.say(answers, mark=f"- if {fact} were not {words.now(flips[0])}: ")
    if not (advice.near_thresholds or advice.hinges or known):
        page.say("No single answer would change it.", mark="- ")
    if advice.review_by:
        page.say(
            f"Look again by {advice.review_by}, when the rows behind this plan are due for review.",
            mark="- ",
        )
    page.say("What it would take for another plan: adaptadvisor what-if --to PLAN.", 2, dim=True)


def _known(page: Page, advice: Recommendation) -> None:
    if advice.facts:
        page.heading("What was known")
        page.say(
            f"{words.answers_words(advice.facts)}. Everything else counted as unknown, never as no."
        )


def _sources(page: Page, advice: Recommendation) -> None:
    numbers = words.numbered(advice)
    front = words.in_front(advice)
    if numbers:
        page.heading("Sources")
    for number, source in numbers.values():
        if source.id in front:
            page.say(
                f"{source.title}, {source.year}. {source.address} ({words.strength(source)})",
                mark=f"[{number}] {source.id}: ",
            )
    rest = [
        f"[{number}] {source.id}" for number, source in numbers.values() if source.id not in front
    ]
    if rest:
        page.say(
            ", ".join(rest), mark="Cited for methods, steps, checks and the other approaches: "
        )
    about = f"Table {advice.table.version}, digest {advice.table.digest}."
    page.say(
        f"{about} A source in full: adaptadvisor explain ID. For the whole report: -o advice.html,"
        " -o advice.md.",
        dim=True,
    )


_SECTIONS: tuple[Callable[[Page, Recommendation], None], ...] = (
    _verdict,
    _why,
    _why_not,
    _open,
    _confirm,
    _route,
    _how,
    _check,
    _change,
    _known,
    _sources,
)
