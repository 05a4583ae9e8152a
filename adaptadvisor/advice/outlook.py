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
from adaptadvisor.precedents.odds import Odds, Share, odds_for
from adaptadvisor.table.plans import APPROACHES, plan_of

COUNTED = 15
"""Precedents that are counted in words: enough for shares, few enough to be like the situation."""

_CLEARLY = 0.05  # of a share: nearer than that nobody could tell
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

    @property
    def likely(self) -> str:
        """The kind of plan that most likely proves right, with its odds and those of the plan here:
        `A tuned LLM, 44 %; this plan, 12 %`, or `This plan, 80 %`; empty without odds.
        """
        found = self.odds
        if not found.likely:
            return ""
        if same_kind(found.likely, self.here.plan):
            return f"This plan, {percent(found.confidence)}"
        words = plan_in_words(found.likely)
        said = f"{words[0].upper()}{words[1:]}, {percent(found.confidence)}"
        own = f"; this plan, {percent(self._share(self.here.plan))}" if self.here.plan else ""
        return f"{said}{own}"

    @property
    def favoured(self) -> tuple[str, ...]:
        """The plan of another kind that published situations alone clearly favour; mostly none."""
        if self.odds.thin or not self.here.plan or self._other is None:
            return ()
        return self._other.plan

    def sentences(self) -> Iterator[str]:
        """What stands at the top: what happened elsewhere, and whether it agrees."""
        if not self.near:
            return
        yield self._counted()
        if self.odds.thin:
            yield "Too little is known, or too few of them are really like this, to name odds."
        elif not self.here.plan:
            return
        elif other := self._other:
            disagree = "" if self._untested else "The rules and published situations disagree: "
            said = (
                f"weighed over all published situations, {plan_in_words(other.plan)} proves right"
                f" ({percent(other.share)}) more often than {plan_in_words(self.here.plan)}"
                f" ({percent(self._alone(self.here.plan))})."
            )
            yield f"{disagree}{said}" if disagree else f"{said[0].upper()}{said[1:]}"
        else:
            yield self._agreed()

    def _agreed(self) -> str:
        """The odds of the plan; where another kind proved best as often, why they are no lower."""
        plan = plan_in_words(self.here.plan)
        odds = percent(self._share(self.here.plan))
        counts = dict(_kinds(self.near))
        mine = counts.pop(plan, 0)
        if mine > max(counts.values(), default=0):
            return f"The odds that {plan} proves right here: {odds}, what the rules say weighed in."
        return (
            f"{plan[0].upper()}{plan[1:]} did in {mine or 'none'} of them; all published situations"
            f" together give it {percent(self._alone(self.here.plan))}, and with what the rules say"
            f" the odds that it proves right here are {odds}."
        )

    def ending(self) -> str:
        """What the headline adds where the plan is a prompt that nobody has tested."""
        if not self._untested:
            return ""
        if self.odds.thin or not self.near:
            return " and test it before anything else"
        if self._other:
            return (
                f" and test it first; most such projects end with {plan_in_words(self._other.plan)}"
            )
        most = 2 * _kinds(self.near)[0][1] > len(self.near)
        stay = "; most such projects stay with it" if most and self._first == "a prompt" else ""
        return f" and test it first{stay}"

    @property
    def _untested(self) -> bool:
        """Whether the plan is a prompt that nobody has tested."""
        return self.here.plan == ("prompt",) and "prompt_result" not in self.here.facts

    @property
    def _first(self) -> str:
        """What proved best most often in the nearest, in words."""
        return _kinds(self.near)[0][0]

    @property
    def _other(self) -> Share | None:
        """A plan of another kind that the published situations alone clearly favour, if any."""
        first = self.odds.alone[0] if self.odds.alone else None
        if first is None or same_kind(first.plan, self.here.plan):
            return None
        ruled_out = self.here.ruled_out & {*first.plan}
        ahead = first.share - self._alone(self.here.plan)
        return first if ahead >= _CLEARLY and not ruled_out else None

    def _alone(self, plan: tuple[str, ...]) -> float:
        return _share_of(plan, self.odds.alone)

    def _share(self, plan: tuple[str, ...]) -> float:
        return _share_of(plan, self.odds.shares)

    def _counted(self) -> str:
        """`In 9 of the 15 published situations most like yours a task head proved best; ...`."""
        (first, times), *rest = _kinds(self.near)
        others = ", ".join(f"in {count} {kind}" for kind, count in rest)
        more = f"; {others}" if others else ""
        best = [row.plans[0] for row in self.near if plan_in_words(row.plans[0]) == first]
        out = " (ruled out here)" if all(self.here.ruled_out & {*plan} for plan in best) else ""
        used = self.here.used_up
        if used and all(any(plan_of(plan) & ~one == 0 for one in used) for plan in best):
            out = " (tried here)"
        return (
            f"In {times} of the {len(self.near)} published situations most like yours {first}"
            f" proved best{out}{more}."
        )


def _near(near: Near) -> NearPrecedent:
    found = near.likeness
    return picked(
        NearPrecedent,
        near.precedent,
        plans=tuple(sorted(map(_in_order, near.precedent.accept), key=plan_of)),
        similarity=found.similarity,
        shares=found.shares,
        differs=found.differs,
        compared=bool(near.precedent.results),
    )


def _in_order(plan: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(plan, key=APPROACHES.index))


def _share_of(plan: tuple[str, ...], shares: Iterable[Share]) -> float:
    return max((row.share for row in shares if same_kind(row.plan, plan)), default=0.0)


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
