"""A recommendation for a terminal or a mail: the plan first, then why, why not the rest, what to do, what to check, what would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from adaptadvisor.facts import show, show_number
from adaptadvisor.recommendation import Recommendation
from adaptadvisor.render.page import Page

CHECKS_SHOWN = 6
HINGES_SHOWN = 8


def render(recommendation: Recommendation, width: int = 80, *, colour: bool = False, plain: bool = False) -> str:
    """The whole recommendation as text of this width; a plain one is fit for a screen reader."""
    page = Page(width, colour=colour, plain=plain)
    for section in _SECTIONS:
        section(page, recommendation)
    return page.text()


def plan_words(plan: Iterable[str]) -> str:
    """`rag + lora`."""
    return " + ".join(plan) or "none"


def _verdict(page: Page, advice: Recommendation) -> None:
    page.title(f"Plan: {plan_words(advice.plan)}")
    page.say(advice.headline)
    if advice.settled:
        page.say("Settled: no answer that is still missing can change the plan.")
    else:
        page.say(f'Not settled: the plan hangs on {_asked([fact for hinge in advice.hinges for fact in hinge.facts])} (see "What would change it").')


def _asked(facts: list[str]) -> str:
    shown = ", ".join(facts[:4])
    return f"{shown} and {len(facts) - 4} more open questions" if len(facts) > 4 else shown


def _why(page: Page, advice: Recommendation) -> None:
    page.heading("Why")
    tried = advice.facts.get("tried")
    if tried:
        page.say(f"You tried {show(tried)} and it fell short, so no plan inside that is offered again.", mark="- ")
    numbers = _numbers(advice)
    needs = [reason for reason in advice.reasons if reason.kind == "need"]
    for reason in advice.reasons:
        if len(needs) > 1 and reason.kind == "need" and not reason.answers:
            continue  # what always counts says something only where nothing else does
        answers = ", ".join(f"{fact} is {show(value)}" for fact, value in reason.answers.items())
        page.say(f"{_sentence(reason.says)} [{reason.row}]{f' You said: {answers}.' if answers else ''}", mark="- ")
        if reason.kind == "limit":
            page.say(f"{reason.because}{_cite(reason.sources, numbers)}", 2, mark=f"rules out {', '.join(reason.rules_out)}: ")
        for meeting in reason.met_by:
            page.say(f"{meeting.because}{_cite(meeting.sources, numbers)}", 2, mark=f"{meeting.approach}: ")
        if reason.kind == "need" and not reason.met_by:
            page.say("no approach meets this here", 2, mark="open: ")
        if reason.disagreement:
            page.say(reason.disagreement, 2, mark="disagreement: ", dim=True)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _numbers(advice: Recommendation) -> dict[str, int]:
    """The sources that the reasons cite, numbered as the list at the end shows them."""
    cited = {id for reason in advice.reasons for id in reason.sources}
    cited |= {id for reason in advice.reasons for meeting in reason.met_by for id in meeting.sources}
    return {source.id: number for number, source in enumerate((source for source in advice.sources if source.id in cited), 1)}


def _cite(sources: Iterable[str], numbers: dict[str, int]) -> str:
    words = ", ".join(str(numbers[id]) for id in sources if id in numbers)
    return f" [{words}]" if words else ""


def _why_not(page: Page, advice: Recommendation) -> None:
    rest = [verdict for verdict in advice.verdicts if verdict.verdict != "recommended"]
    if not rest:
        return
    page.heading("Why not the others")
    for verdict in rest:
        rows = f" {', '.join(verdict.rows)}" if verdict.verdict in ("does not meet", "ruled out") else ""
        by = " by" if verdict.verdict == "ruled out" else ""
        lifted = f"; lifted by: {verdict.lifted_by}" if verdict.lifted_by else ""
        page.say(f"{verdict.verdict}{by}{rows}: {verdict.because}{lifted}", mark=f"- {verdict.approach}: ")


def _open(page: Page, advice: Recommendation) -> None:
    if not advice.open_needs:
        return
    page.heading("Still open")
    for need in advice.open_needs:
        page.say(f"{need.need} [{need.id}]", mark="- ")
        page.say(need.closed_by, 2, mark="what would close it: ")
        for closer in need.closers:
            words = {"limit": "lift the limit", "prerequisite": "get", "fact": "find out whether", "tried": ""}[closer.kind]
            page.say(f"{words} {closer.what}".strip(), 4, mark=f"{closer.approach}: ")


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
            page.say(f"{step.because}.", 3, mark="Nothing before this: ")
    if advice.fallback:
        page.say(f"{plan_words(advice.fallback.plan)}. {advice.fallback.headline}", mark="If the plan fails its gate: ")
    else:
        page.say("look at a larger base model or a simpler task; no other plan is left.", mark="If that is not enough: ")


def _how(page: Page, advice: Recommendation) -> None:
    if not advice.plan:
        return
    page.heading("How")
    for variant in advice.variants:
        page.say(f"{variant.name} [{variant.id}]. {variant.because}", mark=f"- {variant.approach}: ")
    family = advice.family
    if family:
        also = "".join(f"; for {other['approach']}: {other['name']}" for other in family.also)
        page.say(
            f"{family.name} for {family.approach}, such as {', '.join(family.examples)}{also}. {family.because}",
            mark="- Model family to look at first: ",
        )


def _check(page: Page, advice: Recommendation) -> None:
    page.heading("Check that it worked")
    for check in advice.checks[:CHECKS_SHOWN]:
        page.say(f"{check.failure} [{check.id}]. {_first_sentence(check.run)} Passes: {_first_sentence(check.passes)}", mark="- ")
    rest = advice.checks[CHECKS_SHOWN:]
    if rest:
        page.say(", ".join(check.id for check in rest), mark=f"- And {len(rest)} more: ")
    if advice.checks:
        page.say("How to run one, on what, and what passes: adaptadvisor explain ID.", 2, dim=True)


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."


def _change(page: Page, advice: Recommendation) -> None:
    page.heading("What would change it")
    for near in advice.near_thresholds:
        means = f" ({near.means})" if near.means else ""
        words = f"{near.fact} is {show(near.value)}, close to the line at {show_number(near.threshold)}{means}; on its other side: "
        page.say(f"{words}{plan_words(near.plan)}", mark="- near a line: ")
    for hinge in advice.hinges[:HINGES_SHOWN]:
        together = " and ".join(f"{fact} {show(value)}" for fact, value in hinge.together_with.items())
        answers = "; ".join(f"{row.answer} {page.gives} {plan_words(row.plan)}{_leaving(row.open_needs, advice)}" for row in hinge.answers)
        page.say(f"{answers}{f' (together with {together})' if together else ''}", mark=f"- {hinge.fact} (unknown): ")
    if len(advice.hinges) > HINGES_SHOWN:
        page.say(", ".join(hinge.fact for hinge in advice.hinges[HINGES_SHOWN:]), mark="- also unknown, and able to change it: ")
    known = [flip for flip in advice.flips if flip.now is not None]
    for fact in dict.fromkeys(flip.fact for flip in known):
        now = advice.facts[fact]
        flips = [flip for flip in known if flip.fact == fact]
        answers = "; ".join(f"{flip.answer} {page.gives} {plan_words(flip.plan)}{_leaving(flip.open_needs, advice)}" for flip in flips)
        page.say(answers, mark=f"- if {fact} were not {show(now)}: ")
    if not (advice.near_thresholds or advice.hinges or known):
        page.say("No single answer would.", mark="- ")
    page.say("What it would take for another plan: adaptadvisor what-if --to PLAN.", 2, dim=True)


def _leaving(open_needs: Iterable[str], advice: Recommendation) -> str:
    """What another plan would leave open that this one does not."""
    here = {need.id for need in advice.open_needs}
    more = [need for need in open_needs if need not in here]
    return f" (leaving {', '.join(more)} open)" if more else ""


def _sources(page: Page, advice: Recommendation) -> None:
    numbers = _numbers(advice)
    if numbers:
        page.heading("Sources")
    for source in advice.sources:
        if source.id in numbers:
            recalled = ", from memory" if source.checked == "recall" else ""
            dissents = f"; speaks against {', '.join(source.dissents)}" if source.dissents else ""
            page.say(f"{source.title}, {source.year}. {source.address} ({source.strength}{recalled}{dissents})", mark=f"[{numbers[source.id]}] ")
    page.say(f"Table {advice.table.version}, digest {advice.table.digest}. Everything there is to say: --format json.", dim=True)


_SECTIONS: tuple[Callable[[Page, Recommendation], None], ...] = (
    _verdict, _why, _why_not, _open, _confirm, _route, _how, _check, _change, _sources,
)  # fmt: skip
