"""How parts of a recommendation are put into words, the same in every format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeAlias

from adaptadvisor.advice.outlook import plan_in_words
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
from adaptadvisor.engine.situation import FELL_SHORT
from adaptadvisor.render import tried
from adaptadvisor.table.facts import Value, show
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import answer_words, capital, plan_words, said, value_words

NOT_COMPARED = "the source's choice or advice, no figures compared"
"""What is said of a published case that lists no results."""
CASES_SHOWN = 3
"""Precedents that are named."""
CLOSING = {
    "limit": "lift the limit",
    "prerequisite": "get",
    "fact": "find out whether",
    "tried": "",
}
VERDICTS = {
    "recommended": "the plan",
    "fallback": "next",
    "not needed": "not needed",
    "does not meet": "not enough",
    "ruled out": "ruled out",
}
_NEARLY = 0.9


def lower(text: str) -> str:
    """Without a capital."""
    return f"{text[:1].lower()}{text[1:]}"


CLAUSE = re.compile(r"[.;](?=\s)")
"""Where a clause ends inside a text; never at a colon, after which stands what is meant."""
SENTENCE = re.compile(r"[.](?=\s)")
"""Where a sentence ends inside a text."""
_SHORTEST = 24  # characters of a part that can stand alone; what is shorter says too little


def parts_up_to(end: re.Pattern[str], text: str) -> list[str]:
    """The text up to each such end that leaves no bracket open and says enough, shortest first."""
    found = (text[: match.start()] for match in end.finditer(text))
    return [part for part in found if len(part) >= _SHORTEST and part.count("(") == part.count(")")]


def listed(approaches: Iterable[str]) -> str:
    """`RAG, LoRA`."""
    return ", ".join(plan_words([approach]) for approach in approaches)


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{capital(text).rstrip('.')}."


def facts_words(table: Table, facts: Mapping[str, Value]) -> str:
    """`kind of task: label; 1,200 labelled examples`, in the order in which facts are asked."""
    known = (table.facts[fact] for fact in table.facts if fact in facts)
    return "; ".join(said(fact.name, fact.unit, facts[fact.id]) for fact in known)


def fact_name(advice: Recommendation, fact: str) -> str:
    """`labelled examples`; of a document without names the id, with blanks."""
    return advice.names.facts.get(fact, fact.replace("_", " "))


def row_name(advice: Recommendation, row: str) -> str:
    """`traceable answers`; of a document without names the id, with blanks."""
    return advice.names.rows.get(row, row.replace("-", " "))


def fact_words(advice: Recommendation, fact: str, value: Value) -> str:
    """`1,200 labelled examples`, `kind of task: label`."""
    return said(fact_name(advice, fact), unit(advice, fact), value)


def unit(advice: Recommendation, fact: str) -> str:
    """The unit of a number; empty for every other fact."""
    return advice.names.units.get(fact, "")


def answers_words(advice: Recommendation, answers: Mapping[str, Value]) -> str:
    """`kind of task: label; 1,200 labelled examples`."""
    return "; ".join(fact_words(advice, fact, value) for fact, value in answers.items())


def answer(advice: Recommendation, row: AnswerPlan | Flip, fact: str) -> str:
    """`at most 199 examples`, `yes`: an answer in a list of answers to one fact."""
    return answer_words(row.answer, unit(advice, fact))


def settledness(advice: Recommendation) -> str:
    """Whether the plan may still change, in a sentence."""
    if advice.settled:
        return "Settled: no answer that is still missing can change the plan."
    if not advice.hinges:
        return "Not known whether it is settled: not every combination of answers was looked at."
    count = len({fact for hinge in advice.hinges for fact in hinge.facts})
    alone = not advice.hinges[0].together_with
    if count == 1:
        rarely = _rarely(advice)
        nearly = "Nearly settled" if rarely else "Not settled"
        return f"{nearly}: one answer that you have not given could still change this{rarely}."
    each = "" if alone else " only together"
    rarely = _rarely(advice)
    nearly = "Nearly settled" if rarely else "Not settled"
    return (
        f"{nearly}: {count} answers that you have not given could{each} still change this{rarely}."
    )


def _rarely(advice: Recommendation) -> str:
    """How seldom, where the open answers change the plan in fewer than one of ten situations: what
    each is worth alone, as if they were independent; empty where it is more, or not known.
    """
    kept = 1.0
    for hinge in advice.hinges:
        if hinge.together_with:
            return ""
        kept *= 1 - hinge.worth
    return "" if kept < _NEARLY else ", in fewer than 1 of 10 situations like yours"


PART = "in the plan"
"""What is said of an approach that is the plan together with others, and not by itself."""


def verdict_words(advice: Recommendation, verdict: Verdict) -> str:
    """`the plan`, `in the plan`, `next`, `not needed`, `not enough`, `ruled out`, `fell short`."""
    if verdict.verdict == "recommended" and len(advice.plan) > 1:
        return PART
    if verdict.verdict == "not needed" and FELL_SHORT in verdict.because:
        return "fell short"
    return VERDICTS[verdict.verdict]


def lifting(advice: Recommendation, verdict: Verdict) -> str:
    """Why, and what would lift it."""
    because = verdict.because
    if tried.fell_short_alone(advice, verdict):
        because = f"alone it was tried and fell short; as a part of the plan: {because}"
    return f"{because}{f'; lifted by: {verdict.lifted_by}' if verdict.lifted_by else ''}"


def closing(closer: Closer) -> str:
    """What would let an approach meet an open need."""
    return f"{CLOSING.get(closer.kind, closer.kind)} {closer.what}".strip()


def near_words(advice: Recommendation, near: NearThreshold) -> str:
    """`190 labelled examples, close to the line at 200 (...); beyond it the plan is prompt`."""
    means = f" ({near.means.partition(': ')[2] or near.means})" if near.means else ""
    return (
        f"{fact_words(advice, near.fact, near.value)}, close to the line at {show(near.threshold)}"
        f"{means}; beyond it the plan is {plan_words(near.plan)}"
    )


def case_words(case: NearPrecedent) -> str:
    """`Which weakness category does a snippet have? (2025): a task head proved best.`"""
    year = f" ({case.year})" if case.year else ""
    best = " or ".join(dict.fromkeys(plan_in_words(plan) for plan in case.plans))
    found = "proved best" if case.compared else f"({NOT_COMPARED})"
    return f"{case.title}{year}: {best} {found}."


def likeness_words(advice: Recommendation, case: NearPrecedent) -> str:
    """In what a precedent is like the situation, and where it differs."""
    names = ", ".join(fact_name(advice, fact) for fact in case.shares)
    differs = (f"{fact_words(advice, row.fact, row.there)} there" for row in case.differs)
    return "; ".join([f"Same: {names}" if names else "Nothing is the same", *differs]) + "."


def origin(case: NearPrecedent) -> str:
    """Who found it, and where to read it."""
    return f"{case.source}. {case.address}" if case.address else case.source


def leaving(row: AnswerPlan | Flip, advice: Recommendation) -> str:
    """What that plan would leave open and this one does not."""
    here = {need.id for need in advice.open_needs}
    more = [row_name(advice, need) for need in row.open_needs if need not in here]
    return f" (leaving {', '.join(more)} open)" if more else ""


def known_flips(advice: Recommendation) -> dict[str, list[Flip]]:
    """The answers to known facts that would change the plan, by fact."""
    found: dict[str, list[Flip]] = {}
    for flip in advice.flips:
        if flip.now is not None:
            found.setdefault(flip.fact, []).append(flip)
    return found


def now(advice: Recommendation, flip: Flip) -> str:
    """The present answer."""
    return "not known" if flip.now is None else value_words(flip.now, unit(advice, flip.fact))


def together(advice: Recommendation, facts: Mapping[str, Value]) -> str:
    """` (together with 200 labelled examples)`."""
    words = " and ".join(fact_words(advice, fact, value) for fact, value in facts.items())
    return f" (together with {words})" if words else ""


def in_front(advice: Recommendation) -> tuple[str, ...]:
    """The sources that the reasons cite, in the order in which they appear."""
    met = (
        (*(id for meeting in reason.met_by for id in meeting.sources), *reason.sources)
        for reason in advice.reasons
    )
    return tuple(dict.fromkeys(id for sources in met for id in sources))


class _Citing(Protocol):
    @property
    def sources(self) -> tuple[str, ...]: ...


Numbers: TypeAlias = Mapping[str, tuple[int, CitedSource]]


def numbered(advice: Recommendation) -> Numbers:
    """Every source with its number, in order of appearance: those of the reasons first."""
    later: tuple[_Citing, ...] = (
        *advice.verdicts,
        *(point for verdict in advice.verdicts for point in (*verdict.good, *verdict.bad)),
        *advice.route,
        *advice.variants,
        *(setting for variant in advice.variants for setting in variant.settings),
        *filter(None, [advice.family]),
        *advice.checks,
    )
    known = {source.id: source for source in advice.sources}
    order = (*in_front(advice), *(id for part in later for id in part.sources), *known)
    cited = [id for id in dict.fromkeys(order) if id in known]
    return {id: (number, known[id]) for number, id in enumerate(cited, 1)}


def family_words(advice: Recommendation) -> str:
    """The model family to look at first, for which part of the plan, and why."""
    family = advice.family
    if family is None:
        return ""
    others = (other for other in family.also if {"approach", "name"} <= other.keys())
    also = "".join(f"; for {plan_words([other['approach']])}: {other['name']}" for other in others)
    dated = f"; as of {family.as_of}" if family.as_of else ""
    examples = f", such as {'; '.join(family.examples)}{dated}" if family.examples else ""
    first = f"{family.name} for {plan_words([family.approach])}{examples}"
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
    return sorted((numbers[id][0], id) for id in sources if id in numbers)


def cited(sources: Iterable[str], numbers: Numbers) -> str:
    """`4, 7`."""
    return ", ".join(str(number) for number, _ in citations(sources, numbers))


REPAIR_TITLE = "Repair before you climb"


def plan_title(advice: Recommendation) -> str:
    """The plan as a title; where all that fits was tried, what to do instead of another plan."""
    stuck = advice.repair and not advice.plan
    return f"Plan: {plan_words(advice.plan)}{' (mend what was tried)' if stuck else ''}"


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
        found.setdefault(way.approach, []).append(way.name)
    return {approach: "; ".join(ways) for approach, ways in found.items()}


def look_again(advice: Recommendation) -> str:
    """When the advice should be looked at again, where the table says so."""
    when = f"Look again by {advice.review_by}, when the rows behind this plan are due for review."
    return when if advice.review_by else ""


def strength(source: CitedSource) -> str:
    """`strong; the figure is from memory, not looked up; speaks against LoRA`."""
    recalled = "; the figure is from memory, not looked up" if source.checked == "recall" else ""
    dissents = f"; {against(source)}" if source.dissents else ""
    return f"{source.strength}{recalled}{dissents}"


def against(source: CitedSource) -> str:
    """`speaks against LoRA`."""
    plans = " and ".join(plan_words(plan.split("+")) for plan in source.dissents)
    return f"speaks against {plans}"


def goes_wrong(misleading: Misleading) -> str:
    """`nobody has written the style guide into the prompt yet`."""
    return misleading.when.rstrip(".")


def still_open(need: OpenNeed) -> str:
    """The need in words."""
    return need.need


def first_sentence(text: str) -> str:
    """Up to the first full stop after which a sentence may end.

    >>> first_sentence("Do it (once. Or twice) and look at what came back. Then stop.")
    'Do it (once. Or twice) and look at what came back.'
    """
    return f"{next(iter(parts_up_to(SENTENCE, text)), text).rstrip('.')}."
