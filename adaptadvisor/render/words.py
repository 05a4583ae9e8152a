"""How parts of a recommendation are put into words, the same in every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from adaptadvisor.advice.outlook import percent, plan_in_words
from adaptadvisor.advice.recommendation import (
    AnswerPlan,
    ChosenSymptom,
    ChosenVariant,
    CitedSource,
    Closer,
    Flip,
    Misleading,
    NearPrecedent,
    NearThreshold,
    OpenNeed,
    Recommendation,
    Repair,
    Verdict,
)
from adaptadvisor.table.facts import Fact, Value, show
from adaptadvisor.table.rows import Table

_FACTS_NAMED = 5
CASES_SHOWN = 3
"""Precedents that are named."""
ODDS_SHOWN = 4
"""Plans whose odds are told in words; documents hold them all."""
CLOSING = {
    "limit": "lift the limit",
    "prerequisite": "get",
    "fact": "find out whether",
    "tried": "",
}
NOTHING_LEFT = "look at a larger base model or a simpler task; no other plan is left."


def plan_words(plan: Iterable[str]) -> str:
    """`rag + lora`."""
    return " + ".join(plan) or "none"


def capital(text: str) -> str:
    """With a capital."""
    return f"{text[:1].upper()}{text[1:]}"


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{capital(text).rstrip('.')}."


def answers_words(answers: Mapping[str, Value]) -> str:
    """`task is label, examples is 1,200`."""
    return ", ".join(f"{fact} is {show(value)}" for fact, value in answers.items())


def named_plan(table: Table, plan: Iterable[str]) -> str:
    """`retrieval + LoRA tuning`: a plan by the names of its approaches."""
    return " + ".join(table.approaches[approach].name for approach in plan) or "none"


def facts_words(table: Table, facts: Mapping[str, Value]) -> str:
    """`kind of task: label; labelled examples: 1,200`, in the order in which facts are asked."""
    known = (table.facts[fact] for fact in table.facts if fact in facts)
    return "; ".join(f"{fact.name}: {value_words(table, fact, facts[fact.id])}" for fact in known)


def value_words(table: Table, fact: Fact, value: Value) -> str:
    """A value as people read it: `yes`, `24 GB`, `api tuning`, `retrieval + LoRA tuning`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_named_attempt(table, plan) for plan in value)
    if fact.numeric:
        unit = "" if fact.name.endswith(fact.unit) else f" {fact.unit}"  # no unit: any name does
        return f"{show(value)}{unit}"
    return show(value).replace("_", " ")


def _named_attempt(table: Table, plan: str) -> str:
    """`retrieval + LoRA tuning (QLoRA)`: what was tried, with the variants that were named."""
    words = []
    for part in plan.split("+"):
        approach, _, variant = part.partition(":")
        row = table.variants.get(variant)
        which = f" ({row.name if row else variant})" if variant else ""
        words.append(f"{named_plan(table, [approach])}{which}")
    return " + ".join(words)


def settledness(advice: Recommendation) -> str:
    """Whether the plan may still change, in a sentence."""
    if advice.settled:
        return "Settled: no answer that is still missing can change the plan."
    if not advice.hinges:
        return "Not known whether it is settled: not every combination of answers was looked at."
    facts = [fact for hinge in advice.hinges for fact in hinge.facts]
    more = f" and {len(facts) - _FACTS_NAMED + 1} more open questions"
    if len(facts) > _FACTS_NAMED:
        return f"Not settled: the plan depends on {', '.join(facts[: _FACTS_NAMED - 1])}{more}"
    return f"Not settled: the plan depends on {', '.join(facts)}"


def verdict_words(verdict: Verdict) -> str:
    """`ruled out by api-only`, `does not meet outside-knowledge`, or the verdict alone."""
    linked = {"ruled out": "ruled out by", "does not meet": "does not meet"}.get(verdict.verdict)
    return f"{linked} {', '.join(verdict.rows)}" if linked else verdict.verdict


def lifting(verdict: Verdict) -> str:
    """Why, and what would lift it."""
    return f"{verdict.because}{f'; lifted by: {verdict.lifted_by}' if verdict.lifted_by else ''}"


def closing(closer: Closer) -> str:
    """What would let an approach meet an open need."""
    return f"{CLOSING.get(closer.kind, closer.kind)} {closer.what}".strip()


def near_words(near: NearThreshold) -> str:
    """`examples is 190, close to the threshold 200 (...); on the other side the plan is x`."""
    means = f" ({near.means})" if near.means else ""
    return (
        f"{near.fact} is {show(near.value)}, close to the threshold {show(near.threshold)}{means};"
        f" on the other side the plan is {plan_words(near.plan)}"
    )


def case_words(case: NearPrecedent) -> str:
    """`Which weakness category does a snippet have? (2025): a task head proved best.`"""
    year = f" ({case.year})" if case.year else ""
    best = " or ".join(dict.fromkeys(plan_in_words(plan) for plan in case.plans))
    return f"{case.title}{year}: {best} proved best."


def likeness_words(case: NearPrecedent) -> str:
    """In what a precedent is like the situation, and where it differs."""
    shares = f"Shares {', '.join(case.shares)}" if case.shares else "Shares no fact"
    differs = (f"{row.fact} is {show(row.there)} there" for row in case.differs)
    return "; ".join([shares, *differs]) + "."


def odds_words(advice: Recommendation) -> str:
    """`Odds of proving right: a tuned LLM 61 %, a task head 24 %.`, and what they rest on."""
    shares: dict[str, float] = {}
    for row in advice.odds:
        kind = plan_in_words(row.plan)
        shares[kind] = max(row.share, shares.get(kind, 0))
    named = list(shares.items())[:ODDS_SHOWN]
    said = ", ".join(f"{kind} {percent(share)}" for kind, share in named)
    return (
        f"Odds of proving right: {said}. They rest on {advice.odds_rest_on} published situations,"
        f" {advice.odds_near} of them much like this one; several plans may prove right at once."
    )


def origin(case: NearPrecedent) -> str:
    """Who found it, and where to read it."""
    return f"{case.source}. {case.address}" if case.address else case.source


def leaving(row: AnswerPlan | Flip, advice: Recommendation) -> str:
    """What that plan would leave open and this one does not."""
    here = {need.id for need in advice.open_needs}
    more = [need for need in row.open_needs if need not in here]
    return f" (leaving {', '.join(more)} open)" if more else ""


def known_flips(advice: Recommendation) -> dict[str, list[Flip]]:
    """The answers to known facts that would change the plan, by fact."""
    found: dict[str, list[Flip]] = {}
    for flip in advice.flips:
        if flip.now is not None:
            found.setdefault(flip.fact, []).append(flip)
    return found


def now(flip: Flip) -> str:
    """The present answer."""
    return "not known" if flip.now is None else show(flip.now)


def together(facts: Mapping[str, Value]) -> str:
    """` (together with examples 200)`."""
    words = " and ".join(f"{fact} {show(value)}" for fact, value in facts.items())
    return f" (together with {words})" if words else ""


def in_front(advice: Recommendation) -> set[str]:
    """The sources that the reasons cite."""
    cited = {id for reason in advice.reasons for id in reason.sources}
    met = (meeting for reason in advice.reasons for meeting in reason.met_by)
    return cited | {id for meeting in met for id in meeting.sources}


Numbers: TypeAlias = Mapping[str, tuple[int, CitedSource]]


def numbered(advice: Recommendation) -> Numbers:
    """Every source with its number: those of the reasons first."""
    front = in_front(advice)
    ordered = sorted(advice.sources, key=lambda source: (source.id not in front, source.id))
    return {source.id: (number, source) for number, source in enumerate(ordered, 1)}


def family_words(advice: Recommendation) -> str:
    """The model family to look at first, for which part of the plan, and why."""
    family = advice.family
    if family is None:
        return ""
    others = (other for other in family.also if {"approach", "name"} <= other.keys())
    also = "".join(f"; for {other['approach']}: {other['name']}" for other in others)
    dated = f"; as of {family.as_of}" if family.as_of else ""
    examples = f", such as {'; '.join(family.examples)}{dated}" if family.examples else ""
    first = f"{family.name} for {family.approach}{examples}"
    return f"{first}{also}. {family.because}"


DEFAULT = "engineering default"


def starting(variant: ChosenVariant, numbers: Numbers) -> str:
    """`learning rate 2e-4 [7]; targets: all layers [7]. Engineering defaults: seeds 3 to 5`."""
    sourced: list[str] = []
    plain: list[str] = []
    for setting in variant.settings:
        found = cited(setting.sources, numbers)
        colon = "" if setting.value[0].isdigit() else ":"
        said = f"{setting.name}{colon} {setting.value}"
        (plain if setting.default else sourced).append(f"{said} [{found}]" if found else said)
    defaults = f"{DEFAULT}s: {'; '.join(plain)}" if plain else ""
    return ". ".join(filter(None, ("; ".join(sourced), capital(defaults) if sourced else defaults)))


def citations(sources: Iterable[str], numbers: Numbers) -> list[tuple[int, str]]:
    """Numbers and ids of these sources, as the list at the end has them."""
    return [(numbers[id][0], id) for id in sources if id in numbers]


def cited(sources: Iterable[str], numbers: Numbers) -> str:
    """`4, 7`."""
    return ", ".join(str(number) for number, _ in citations(sources, numbers))


def tried_words(advice: Recommendation) -> str:
    """What was tried, and what is therefore not offered again; empty where nothing was."""
    tried = advice.facts.get("tried")
    texts = tried if isinstance(tried, tuple) else ()
    variants = [text for text in texts if ":" in text]
    plans = [text for text in texts if text not in variants]
    words = []
    if plans:
        again = "so neither that plan nor a part of it is offered again"
        words.append(f"You tried {', '.join(plans)} and it fell short, {again}.")
    if variants:
        again = "so another variant is offered, or another plan where none is left"
        words.append(f"You tried {', '.join(variants)} and it fell short, {again}.")
    return " ".join(words)


REPAIR_TITLE = "Repair before you climb"
REPAIR = "A run that fell short often failed for one of these reasons. Look for the sign first."


def symptom(row: ChosenSymptom) -> str:
    """The sign, the likely cause and the first repair."""
    return f"{row.sign} Likely cause: {row.likely_cause} First repair: {row.repair}"


SYMPTOMS_SHOWN = 4
"""Symptoms that are told in full in a text; documents hold them all."""


def more_symptoms(repair: Repair) -> str:
    """The names of the symptoms that are not told in full."""
    return "; ".join(row.name for row in repair.symptoms[SYMPTOMS_SHOWN:])


def ways(repair: Repair) -> Iterator[tuple[str, str, ChosenVariant]]:
    """What to run first, and what to run again: in which case, which way and why, and the way."""
    for way in repair.fitting:
        case = "If your run was of another kind, run this one first"
        yield case, f"{way.name}. {way.because}", way
    for way in repair.again:
        yield "Run it again if your settings were far from these", f"{way.name}.", way


def untried(repair: Repair) -> dict[str, str]:
    """The ways of each approach that nobody said were tried, in words."""
    found: dict[str, list[str]] = {}
    for way in repair.untried:
        found.setdefault(way.approach, []).append(f"{way.name} [{way.id}]")
    return {approach: "; ".join(ways) for approach, ways in found.items()}


def look_again(advice: Recommendation) -> str:
    """When the advice should be looked at again, where the table says so."""
    when = f"Look again by {advice.review_by}, when the rows behind this plan are due for review."
    return when if advice.review_by else ""


def strength(source: CitedSource) -> str:
    """`strong, from memory; speaks against lora`."""
    recalled = ", from memory" if source.checked == "recall" else ""
    dissents = f"; speaks against {', '.join(source.dissents)}" if source.dissents else ""
    return f"{source.strength}{recalled}{dissents}"


def goes_wrong(misleading: Misleading) -> str:
    """`nobody has written the style guide into the prompt yet [behaviour-on-every-call]`."""
    return f"{misleading.when.rstrip('.')} [{misleading.row}]"


def still_open(need: OpenNeed) -> str:
    """`the need [id]`."""
    return f"{need.need} [{need.id}]"


def first_sentence(text: str) -> str:
    """Up to the first full stop."""
    return text.partition(". ")[0].rstrip(".") + "."
