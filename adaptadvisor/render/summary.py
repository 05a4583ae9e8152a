"""What a page or a record says first: whole clauses of long texts, the facts that decide, what
could change the plan, and what proved right elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from adaptadvisor.advice.outlook import percent, plan_in_words, same_kind
from adaptadvisor.advice.recommendation import Hinge, Reason, Recommendation
from adaptadvisor.render import odds, words
from adaptadvisor.table.facts import Value
from adaptadvisor.table.speech import capital, plan_words, unit_beside, value_words

QUESTIONS = 3
"""Open questions that a summary names; the report below it has them all."""


def clause(text: str) -> str:
    """The first clause that can stand alone, whole: nothing is cut inside it.

    >>> clause("Set aside an evaluation set: 100 real cases or more; write down the bar.")
    'Set aside an evaluation set: 100 real cases or more'
    >>> clause("Train on the data (for search: on pairs) with three seeds; measure it too.")
    'Train on the data (for search: on pairs) with three seeds'
    """
    return next(iter(words.parts_up_to(words.CLAUSE, text)), text.rstrip("."))


def always(reason: Reason) -> bool:
    """Whether a need counts in every situation, so that it explains nothing about this one."""
    return reason.kind == "need" and not reason.answers


def telling(advice: Recommendation) -> tuple[Reason, ...]:
    """The reasons that are about this situation."""
    return tuple(reason for reason in advice.reasons if not always(reason))


def deciding_first(advice: Recommendation) -> dict[str, Value]:
    """The known facts, those that decide first."""
    asked = (fact for reason in telling(advice) for fact in reason.answers)
    flips = (flip.fact for flip in advice.flips if flip.now is not None)
    order = dict.fromkeys((*asked, *flips, *advice.facts))
    return {fact: advice.facts[fact] for fact in order if fact in advice.facts}


def known(advice: Recommendation) -> list[tuple[str, str]]:
    """The facts with their values and units in words, those that decide first."""
    return [(_name(advice, fact), _value(advice, fact)) for fact in deciding_first(advice)]


def _name(advice: Recommendation, fact: str) -> str:
    return capital(words.fact_name(advice, fact))


def _value(advice: Recommendation, fact: str) -> str:
    unit = unit_beside(words.fact_name(advice, fact), words.unit(advice, fact))
    return value_words(advice.facts[fact], unit)


def asked(advice: Recommendation) -> tuple[Hinge, ...]:
    """The open questions that are worth most."""
    return advice.hinges[: QUESTIONS - bool(advice.open_needs)]  # which take the room of one


def changes(advice: Recommendation) -> Iterator[tuple[str, str]]:
    """The open questions that are worth most, and what the answers would make of the plan."""
    for hinge in asked(advice):
        leading: dict[str, list[str]] = {}
        for row in hinge.answers:
            if row.plan != advice.plan:
                then = f"the plan would be {plan_words(row.plan)}"
                then = then if row.plan else "no plan is left"
                leading.setdefault(then, []).append(words.answer(advice, row, hinge.fact))
        plans = [f"if {_either(answers)}, {then}" for then, answers in leading.items()]
        given = words.together(advice, hinge.together_with)
        yield f"{hinge.question}{given}", f"{capital('; '.join(plans))}."


def _either(answers: list[str]) -> str:
    """`format, style or skill`, of answers that may be several each."""
    *others, last = " or ".join(answers).split(" or ")
    return f"{', '.join(others)} or {last}" if others else last


@dataclass(frozen=True, slots=True)
class Bar:
    """A kind of plan: in how many of the nearest precedents it proved right first, and its odds.

    `share`: the number as a part of all of them, from 0 to 1; `odds`: in words, or empty; `here`:
    the plan itself; `out`: ruled out in this situation.
    """

    kind: str
    times: int
    share: float
    odds: str
    here: bool
    out: bool


def bars(advice: Recommendation) -> list[Bar]:
    """What proved right in the nearest precedents, most often first; the plan is always there."""
    first = [case.plans[0] for case in advice.precedents if case.plans]
    counted = Counter(map(plan_in_words, first))
    total = len(advice.precedents)
    kinds = {plan_in_words(plan): plan for plan in first}
    if total and advice.plan:
        kinds.setdefault(plan_in_words(advice.plan), advice.plan)
    ruled_out = {row.approach for row in advice.verdicts if row.verdict == "ruled out"}
    likely = odds.odds_by_kind(advice) if odds.has_odds(advice) else {}
    return [
        Bar(
            capital(kind),
            counted[kind],
            counted[kind] / total,
            percent(likely[kind]) if kind in likely else "",
            same_kind(plan, advice.plan),
            bool(ruled_out & {*plan}),
        )
        for kind, plan in sorted(kinds.items(), key=lambda item: (-counted[item[0]], item[0]))
    ]


def options(advice: Recommendation) -> Iterator[tuple[str, str]]:
    """Each approach with what it comes to, cheapest first, and each plan of several that a record
    names: the plan, the next, and those that missing answers lead to.
    """
    for row in advice.verdicts:
        yield plan_words([row.approach]), row.action
    actions = {row.approach: row.action for row in advice.verdicts}
    named = {advice.plan: "the plan"}
    if advice.fallback:
        named.setdefault(advice.fallback.plan, "next, if the plan fails its gate")
    for plan, why in named.items():
        if len(plan) > 1:
            yield plan_words(plan), f"{' and '.join(actions[part] for part in plan)} ({why})"
    leading = (row.plan for hinge in asked(advice) for row in hinge.answers)
    others = [plan for plan in dict.fromkeys(leading) if len(plan) > 1 and plan not in named]
    if others:
        yield "; ".join(map(plan_words, others)), "where an answer that is still missing leads to"


def disagreements(advice: Recommendation) -> list[str]:
    """Where published findings disagree about the reasons behind the plan; first those of reasons
    that cite a source against it, then those of reasons that cite one against the part they chose.
    """
    against = {source.id: {*source.dissents} for source in advice.sources}
    whole = "+".join(advice.plan)

    def place(reason: Reason) -> int:
        said = {word for id in reason.sources for word in against.get(id, ())}
        chosen = {meeting.approach for meeting in reason.met_by}
        return 0 if whole in said else 1 if chosen & said else 2

    found = (reason.disagreement for reason in sorted(advice.reasons, key=place))
    return list(dict.fromkeys(filter(None, found)))
