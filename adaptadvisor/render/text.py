"""A recommendation for a terminal or a mail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeAlias

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.page import Page
from adaptadvisor.render import after, bills, odds, tried, words
from adaptadvisor.render.brief import ASKS, NAMES, STEPS, VERDICTS, WAYS, Brief, brief
from adaptadvisor.render.words import sentence
from adaptadvisor.table.speech import plan_words

HINGES_SHOWN = 8


def render(
    recommendation: Recommendation,
    width: int = 80,
    *,
    parts: Collection[str] = (),
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The recommendation as text of this width; a plain one is fit for a screen reader.

    `parts` are words of `PARTS`, or `EVERYTHING`; without any it is the short answer.
    """
    if not parts:
        return _short(recommendation, width, colour=colour, plain=plain)
    page = Page(width, colour=colour, plain=plain)
    wanted = {section for part in parts for section in PARTS.get(part, _SECTIONS)}
    for section in _SECTIONS:
        if section in wanted:
            section(page, recommendation)
    return page.text().lstrip("\n")


def _short(advice: Recommendation, width: int, *, colour: bool, plain: bool) -> str:
    def page(draft: Brief) -> Page:
        found = Page(width, colour=colour, plain=plain)
        _brief(found, draft)
        return found

    empty = Page(width, colour=colour, plain=plain)
    chosen = brief(advice, empty.width, lambda draft: len(page(draft).lines), empty.gives)
    return page(chosen).text()


def _brief(page: Page, found: Brief) -> None:
    page.title(found.title)
    for line in found.top:
        page.say(line)
    for label, text in found.paragraphs:
        page.say(text, mark=f"{label}: ")
    page.heading(WAYS)
    for way in found.ways:
        page.columns((way.name, way.verdict, way.why), (NAMES, VERDICTS), bold=way.chosen)
    page.heading(STEPS)
    for number, step in enumerate(found.steps, 1):
        page.say(step, mark=f"{number}. ")
    if found.more_steps:
        page.say(found.more_steps, 3, dim=True)
    if found.gate:
        page.say(found.gate, 3)
    if found.asks:
        page.heading(ASKS)
    for question, flag, then in found.asks:
        page.say(question, mark="- ")
        page.say(f"{flag}{then}", 2)
    if found.more_asks:
        page.say(found.more_asks, 2, dim=True)
    if found.checks:
        page.lines.append("")
        page.say(found.checks, mark="Check that it worked: ")
    for line in found.rest:
        page.say(line, dim=True)


def _verdict(page: Page, advice: Recommendation) -> None:
    page.title(words.plan_title(advice))
    if advice.title:
        page.say(f"For: {advice.title}")
    if advice.date:
        page.say(f"Date: {advice.date}")
    page.say(advice.headline)
    for line in advice.outlook:
        page.say(line)
    page.say(words.settledness(advice))
    for line in filter(None, advice.notes.split("\n")):
        page.say(line, mark="Note: ")


def _repair(page: Page, advice: Recommendation) -> None:
    repair = advice.repair
    if repair is None:
        return
    page.heading(words.REPAIR_TITLE)
    page.say(words.REPAIR)
    numbers = words.numbered(advice)
    for case, which, way in words.ways(repair):
        page.say(which, mark=f"- {case}: ")
        if way.settings:
            page.say(sentence(words.starting(way, numbers)), 2, mark="Start with: ")
    for row in repair.symptoms[: words.SYMPTOMS_SHOWN]:
        page.say(words.symptom(row), 2, mark=f"- {row.name}: ")
    if rest := words.more_symptoms(repair):
        page.say(f"{rest}.", mark="- Less likely here: ")
    for approach, ways in words.untried(repair).items():
        mark = f"- Other ways of {plan_words([approach])}, if your run used none: "
        page.say(f"{ways}.", mark=mark)
    for change in repair.larger:
        page.say(change, mark="- Larger change: ")


def _why(page: Page, advice: Recommendation) -> None:
    page.heading("Why")
    numbers = words.numbered(advice)
    if ran := tried.tried_words(advice):
        page.say(ran, mark="- ")
    for reason in advice.reasons:
        given = words.answers_words(advice, reason.answers)
        page.say(f"{sentence(reason.says)}{f' You said: {given}.' if given else ''}", mark="- ")
        if reason.kind == "limit":
            mark = f"rules out {words.listed(reason.rules_out)}: "
            page.say(f"{reason.because}{_cite(reason.sources, numbers)}", 2, mark=mark)
        for meeting in reason.met_by:
            because = f"{meeting.because}{_cite(meeting.sources, numbers)}"
            page.say(because, 2, mark=f"{plan_words([meeting.approach])}: ")
        if reason.kind == "need" and not reason.met_by:
            page.say("no approach meets this here", 2, mark="open: ")
        if reason.disagreement:
            page.say(reason.disagreement, 2, mark="disagreement: ", dim=True)


def _cite(sources: Iterable[str], numbers: words.Numbers) -> str:
    cited = words.cited(sources, numbers)
    return f" [{cited}]" if cited else ""


def _why_not(page: Page, advice: Recommendation) -> None:
    rest = [verdict for verdict in advice.verdicts if verdict.verdict != "recommended"]
    if not rest:
        return
    page.heading("Why not the others")
    for verdict in rest:
        said = f"{words.verdict_words(advice, verdict)}: {words.lifting(advice, verdict)}"
        page.say(said, mark=f"- {plan_words([verdict.approach])}: ")


def _costs(page: Page, advice: Recommendation) -> None:
    if advice.costs is None:
        return
    page.heading(bills.COSTS)
    page.say(advice.costs.line)
    for name, *sums in bills.bills(advice.costs):
        page.say(bills.sums(sums), mark=f"- {name}: ")
    for line in (*advice.costs.says, advice.costs.about):
        page.say(line, dim=True)


def _open(page: Page, advice: Recommendation) -> None:
    if not advice.open_needs:
        return
    page.heading("Still open")
    for need in advice.open_needs:
        page.say(words.still_open(need), mark="- ")
        page.say(tried.would_close(need), 2, mark="what would close it: ")
        for closer in need.closers:
            page.say(words.closing(closer), 4, mark=f"{plan_words([closer.approach])}: ")


def _confirm(page: Page, advice: Recommendation) -> None:
    if not advice.confirm_first:
        return
    page.heading("Confirm first")
    for confirm in advice.confirm_first:
        page.say(
            f"{confirm.condition}. {confirm.find_out}",
            mark=f"- for {plan_words([confirm.approach])}: ",
        )


def _route(page: Page, advice: Recommendation) -> None:
    page.heading("What to do, in this order")
    for number, step in enumerate(advice.route, 1):
        page.say(step.do, mark=f"{number}. ")
        if step.gate:
            page.say(step.gate, 3, mark="Gate: ")
        elif step.blocks:
            page.say(f"{step.because}.", 3, mark="Before anything else: ")
    if advice.fallback:
        page.say(after.if_it_fails(advice), mark="If the plan fails its gate: ")
    else:
        page.say(after.nothing_left(advice), mark="If that is not enough: ")


def _how(page: Page, advice: Recommendation) -> None:
    if not advice.plan:
        return
    page.heading("How")
    numbers = words.numbered(advice)
    for variant in advice.variants:
        said = f"{variant.name} [{variant.id}]. {variant.because}"
        page.say(said, mark=f"- {plan_words([variant.approach])}: ")
        if variant.settings:
            page.say(sentence(words.starting(variant, numbers)), 2, mark="Start with: ")
        if variant.if_it_fails:
            page.say(variant.if_it_fails, 2, mark="If it fails: ")
    if advice.family:
        page.say(words.family_words(advice), mark="- Model family to look at first: ")


def _check(page: Page, advice: Recommendation) -> None:
    page.heading("Check that it worked")
    for check in advice.checks:
        page.say(f"{check.failure} [{check.id}]. {check.goes_wrong}", mark="- ")
        page.say(check.run, 2, mark="Run: ")
        page.say(check.run_on, 2, mark="On: ")
        page.say(check.passes, 2, mark="Passes: ")
        if check.command:
            page.say(check.command, 2, mark="On your files: ")


def _misleads(page: Page, advice: Recommendation) -> None:
    if advice.misleads:
        page.heading("This goes wrong when")
        for misleading in advice.misleads:
            page.say(words.goes_wrong(misleading), mark="- ")


def _change(page: Page, advice: Recommendation) -> None:
    page.heading("What would change it")
    for near in advice.near_thresholds:
        page.say(words.near_words(advice, near), mark="- near a line: ")
    for hinge in advice.hinges[:HINGES_SHOWN]:
        answers = "; ".join(
            f"{words.answer(advice, row, hinge.fact)} {page.gives} {plan_words(row.plan)}"
            f"{words.leaving(row, advice)}"
            for row in hinge.answers
        )
        said = f"{answers}{words.together(advice, hinge.together_with)}"
        page.say(said, mark=f"- {words.fact_name(advice, hinge.fact)} (not known): ")
    if rest := [words.fact_name(advice, hinge.fact) for hinge in advice.hinges[HINGES_SHOWN:]]:
        page.say(", ".join(rest), mark="- also unknown, and could change it: ")
    known = words.known_flips(advice)
    for fact, flips in known.items():
        answers = "; ".join(
            f"{words.answer(advice, flip, fact)} {page.gives} {plan_words(flip.plan)}"
            f"{words.leaving(flip, advice)}"
            for flip in flips
        )
        mark = f"- if {words.fact_name(advice, fact)} were not {words.now(advice, flips[0])}: "
        page.say(answers, mark=mark)
    if not (advice.near_thresholds or advice.hinges or known):
        page.say("No single answer would change it.", mark="- ")
    if advice.review_by:
        page.say(words.look_again(advice), mark="- ")
    page.say("What it would take for another plan: adaptadvisor what-if --to PLAN.", 2, dim=True)


def _elsewhere(page: Page, advice: Recommendation) -> None:
    if not advice.precedents:
        return
    page.heading("Published situations most like this")
    for case in advice.precedents[: words.CASES_SHOWN]:
        page.say(f"{words.case_words(case)} [{case.id}]", mark="- ")
        page.say(words.likeness_words(advice, case), 2)
        page.say(words.origin(case), 2, dim=True)
    if advice.odds:
        page.say(odds.odds_words(advice), mark="- ")
    page.say("More, with what was measured: adaptadvisor precedents, or explain ID.", 2, dim=True)


def _known(page: Page, advice: Recommendation) -> None:
    if advice.facts:
        page.heading("What was known")
        known = words.answers_words(advice, advice.facts)
        page.say(f"{known}. Everything else counted as unknown, never as no.")


def _sources(page: Page, advice: Recommendation) -> None:
    numbers = words.numbered(advice)
    front = words.in_front(advice)
    if numbers:
        page.heading("Sources")
    rest = []
    for number, source in numbers.values():
        mark = f"[{number}] {source.id}"
        if source.id in front:
            said = f"{source.title}, {source.year}. {source.address} ({words.strength(source)})"
            page.say(said, mark=f"{mark}: ")
        else:
            rest.append(f"{mark} ({words.against(source)})" if source.dissents else mark)
    if rest:
        mark = "Cited for methods, steps, checks and the other approaches: "
        page.say(", ".join(rest), mark=mark)
    about = f"Table {advice.table.version}, digest {advice.table.digest}."
    more = "A source in full: adaptadvisor explain ID."
    page.say(f"{about} {more} For the whole report: -o advice.html, -o advice.md.", dim=True)


_Section: TypeAlias = Callable[[Page, Recommendation], None]
_SECTIONS: tuple[_Section, ...] = (
    _verdict,
    _repair,
    _why,
    _why_not,
    _costs,
    _open,
    _elsewhere,
    _confirm,
    _route,
    _how,
    _check,
    _misleads,
    _change,
    _known,
    _sources,
)
EVERYTHING = "everything"
PARTS: Mapping[str, tuple[_Section, ...]] = {
    "why": (_why, _why_not, _open, _misleads),
    "steps": (_repair, _confirm, _route),
    "checks": (_check,),
    "changes": (_change, _known),
    "settings": (_how,),
    "precedents": (_elsewhere,),
    "sources": (_sources,),
}
"""What --show can name."""
