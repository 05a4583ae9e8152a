"""What the published cases make of a situation: the nearest of them, the odds, and both in words.

The rules decide the plan; the precedents say how often such plans held. Where they disagree, or
where the plan is a prompt that nobody has tested, the words say so and nothing is switched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adaptadvisor.advice.recommendation import NearPrecedent, PlanOdds, picked
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.precedents.likeness import Near, nearest
from adaptadvisor.precedents.odds import Odds, odds_for
from adaptadvisor.table.plans import APPROACHES

COUNTED = 15
"""Precedents that are counted in words: enough for shares, few enough to be like the situation."""

_MOSTLY = 0.5
_WEIGHED = "Weighing all that is known, and not only what is near"
_NAMES = {
    "prompt": "a prompt",
    "rag": "retrieval",
    "task_head": "a task head",
    "lora": "a tuned LLM",
    "full": "a tuned LLM",  # most sources do not say which weights they trained
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """A situation, the nearest published cases (the most like first), and the odds."""

    here: Circumstances
    near: tuple[NearPrecedent, ...]
    odds: Odds

    @classmethod
    def of(cls, here: Circumstances) -> Outlook:
        """The outlook of a situation, by the precedents of its table."""
        everything = nearest(here.table, here.facts)
        odds = odds_for(here.table, here.facts, here.plan, everything)
        return cls(here, tuple(map(_near, everything[:COUNTED])), odds)

    @property
    def plan_odds(self) -> tuple[PlanOdds, ...]:
        """The odds as parts of a recommendation."""
        return tuple(PlanOdds(row.plan, row.share) for row in self.odds.shares)

    def sentences(self) -> Iterator[str]:
        """What stands at the top: what happened elsewhere, and whether it agrees."""
        if not self.near:
            return
        yield self._counted()
        odds, plan = self.odds, self.here.plan
        likely, share = plan_in_words(odds.likely), percent(odds.confidence)
        if odds.thin:
            yield (
                "Few of them are really like this one, so take the odds lightly"
                f" ({likely}: {share})."
            )
        elif not plan:
            yield f"By the odds {likely} is the likeliest to prove right ({share})."
        elif same_kind(plan, odds.likely):
            said = f"the odds that {plan_in_words(plan)} proves right here are {share}."
            agrees = _kinds(self.near)[0][0] == likely
            yield f"{said[0].upper()}{said[1:]}" if agrees else f"{_WEIGHED}, {said}"
        elif not self._untested_prompt:
            yield (
                f"The rules and the published situations disagree: by the odds {likely} proves"
                f" right ({share}), and {plan_in_words(plan)} in {percent(self._share_of(plan))}."
            )

    def ending(self) -> str:
        """What the headline adds where the plan is a prompt that nobody has tested."""
        if not self._untested_prompt:
            return ""
        if self.odds.thin or not self.odds.likely:
            return " and test it before anything else"
        often = "mostly" if self.odds.confidence >= _MOSTLY else "most often"
        stays = same_kind(self.here.plan, self.odds.likely)
        end = "stay with it" if stays else f"end with {plan_in_words(self.odds.likely)}"
        return f" and test it first; such projects {often} {end} ({percent(self.odds.confidence)})"

    @property
    def _untested_prompt(self) -> bool:
        return self.here.plan == ("prompt",) and "prompt_result" not in self.here.facts

    def _share_of(self, plan: tuple[str, ...]) -> float:
        shares = (row.share for row in self.odds.shares if same_kind(row.plan, plan))
        return max(shares, default=0.0)

    def _counted(self) -> str:
        """`In 9 of the 15 published situations most like yours a task head proved best; ...`."""
        (first, times), *rest = _kinds(self.near)
        others = ", ".join(f"in {count} {kind}" for kind, count in rest)
        more = f"; {others}" if others else ""
        best = [row.plans[0] for row in self.near if plan_in_words(row.plans[0]) == first]
        out = " (ruled out here)" if all(self.here.ruled_out & {*plan} for plan in best) else ""
        return (
            f"In {times} of the {len(self.near)} published situations most like yours {first}"
            f" proved best{out}{more}."
        )


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


def _kinds(near: Iterable[NearPrecedent]) -> list[tuple[str, int]]:
    """What proved best in these, in words, with how often; the most frequent first."""
    kinds = Counter(plan_in_words(row.plans[0]) for row in near)
    return sorted(kinds.items(), key=lambda item: (-item[1], item[0]))


def plan_in_words(plan: Iterable[str]) -> str:
    """`retrieval with a tuned LLM`."""
    return " with ".join(dict.fromkeys(_NAMES[approach] for approach in plan)) or "no plan"


def same_kind(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two plans are the same but for which weights of a language model are tuned."""
    return plan_in_words(one) == plan_in_words(other)


def percent(share: float) -> str:
    """`61 %`."""
    return f"{share * 100:.0f} %"
