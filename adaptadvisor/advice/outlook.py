"""What the published cases make of a situation: the nearest of them, the odds, and both in words.

The rules decide the plan; the precedents say how often such plans held. Where they disagree, or
where the plan is a prompt that nobody has tested, the words say so and nothing is switched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from adaptadvisor.advice.recommendation import NearPrecedent, PlanOdds, picked
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.precedents.likeness import Near
from adaptadvisor.precedents.odds import Odds
from adaptadvisor.table.plans import APPROACHES

COUNTED = 15
"""Precedents that are counted in words: enough for shares, few enough to be like the situation."""

_NAMES = {
    "prompt": "a prompt",
    "rag": "retrieval",
    "task_head": "a task head",
    "lora": "a tuned LLM",
    "full": "a tuned LLM",  # most sources do not say which weights they trained
}


def precedents(near: Iterable[Near]) -> tuple[NearPrecedent, ...]:
    """The nearest published cases, the most like first."""
    return tuple(map(_near, islice(near, COUNTED)))


def _near(near: Near) -> NearPrecedent:
    found = near.likeness
    return picked(
        NearPrecedent,
        near.precedent,
        plans=tuple(map(_in_order, near.precedent.accept)),
        similarity=found.similarity,
        shares=found.shares,
        differs=found.differs,
    )


def _in_order(plan: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(plan, key=APPROACHES.index))


def plan_odds(found: Odds) -> tuple[PlanOdds, ...]:
    """The odds as parts of a recommendation."""
    return tuple(PlanOdds(row.plan, row.share) for row in found.shares)


def outlook(here: Circumstances, found: Odds, near: tuple[NearPrecedent, ...]) -> Iterator[str]:
    """The sentences that stand at the top: what happened elsewhere, and whether it agrees."""
    if not near:
        return
    yield _counted(here, near)
    likely, share = plan_in_words(found.likely), percent(found.confidence)
    if found.thin:
        yield f"Few of them are really like this one, so take the odds lightly ({likely}: {share})."
    elif not here.plan:
        yield f"By the odds {likely} is the likeliest to prove right ({share})."
    elif same_kind(here.plan, found.likely):
        said = f"the odds that {plan_in_words(here.plan)} proves right here are {share}."
        yield said.capitalize() if _kinds(near)[0][0] == likely else f"{WEIGHED}, {said}"
    elif not _untested_prompt(here):
        yield (
            f"The rules and the published situations disagree: by the odds {likely} proves right"
            f" ({share}), and {plan_in_words(here.plan)} in {percent(_share_of(here.plan, found))}."
        )


WEIGHED = "Weighing all that is known, and not only what is near"


def ending(here: Circumstances, found: Odds) -> str:
    """What the headline adds where the plan is a prompt that nobody has tested."""
    if not _untested_prompt(here):
        return ""
    if found.thin or not found.likely:
        return " and test it before anything else"
    if same_kind(here.plan, found.likely):
        end = "stay with it"
    else:
        end = f"end with {plan_in_words(found.likely)}"
    often = "mostly" if found.confidence >= _MOSTLY else "most often"
    return f" and test it first; such projects {often} {end} ({percent(found.confidence)})"


_MOSTLY = 0.5


def _untested_prompt(here: Circumstances) -> bool:
    return here.plan == ("prompt",) and "prompt_result" not in here.facts


def _share_of(plan: tuple[str, ...], found: Odds) -> float:
    return max((row.share for row in found.shares if same_kind(row.plan, plan)), default=0.0)


def _kinds(near: Iterable[NearPrecedent]) -> list[tuple[str, int]]:
    """What proved best in these, in words, with how often; the most frequent first."""
    kinds = Counter(plan_in_words(row.plans[0]) for row in near)
    return sorted(kinds.items(), key=lambda item: (-item[1], item[0]))


def _counted(here: Circumstances, near: tuple[NearPrecedent, ...]) -> str:
    """`In 9 of the 15 published situations most like yours a task head proved best; in 3 ...`."""
    (first, times), *rest = _kinds(near)
    others = ", ".join(f"in {count} {kind}" for kind, count in rest)
    more = f"; {others}" if others else ""
    best = [row.plans[0] for row in near if plan_in_words(row.plans[0]) == first]
    out = " (ruled out here)" if all(here.ruled_out & {*plan} for plan in best) else ""
    return (
        f"In {times} of the {len(near)} published situations most like yours {first} proved"
        f" best{out}{more}."
    )


def plan_in_words(plan: Iterable[str]) -> str:
    """`retrieval with a tuned LLM`."""
    return " with ".join(dict.fromkeys(_NAMES[approach] for approach in plan)) or "no plan"


def same_kind(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two plans are the same but for which weights of a language model are tuned."""
    return plan_in_words(one) == plan_in_words(other)


def percent(share: float) -> str:
    """`61 %`."""
    return f"{share * 100:.0f} %"
