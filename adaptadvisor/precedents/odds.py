"""The odds: how likely each plan is to prove right, learned from the precedents.

For each plan that was right often enough, a regression with many small weights (`weights.py`,
fitted by `tests/bench/odds.py`) adds up what is said of the situation (`features.py`), and what the
rules advise counts on top with a fixed weight. A plan is right, or not, by itself: several may be.
But some plan is right; so where the shares add up to less than they do in the precedents, all odds
are raised by the same factor. Precedents of which the weights know nothing, such as those of a
table of one's own, then move the shares by their likeness. Everything here is arithmetic in a fixed
order; shares are rounded before they are compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adaptadvisor.engine.decide import engine_for
from adaptadvisor.precedents import weights
from adaptadvisor.precedents.features import statements
from adaptadvisor.precedents.likeness import Near, nearest
from adaptadvisor.table.plans import INSIDE, members, plan_of
from adaptadvisor.table.rows import Situation, Table

RULES = 1.5
"""What the advice of the rules adds to the log-odds of its plan: its odds rise 4.5-fold.

Held fixed and not fitted, because the rules were written by people who had read many of the
precedents: on those they are right more often than elsewhere, and a fit would trust them too much.
"""

RULES_LEARNING = 0.5
"""What the advice adds while the weights are learned: less, for the same reason, so that what is
known of a situation has to carry most of it alone. Of a few pairs of these two numbers this one did
best where the weights were learned with one version of the rules and asked with a weaker one.
"""

OWN = 4
"""Against how many outcomes of one's own, each in the very same situation, the shares stand."""

_STEEP = 4
"""The power of the likeness with which an outcome of one's own counts: half as like, a 16th."""

NEAR = 0.6
"""The likeness from which on a precedent is near: most of what is known in both agrees."""

FEW = 5
"""With fewer near precedents than this the odds are thin; few precedents have so few."""

LITTLE = 2
"""With fewer facts than this anything is like much, so that the odds are thin as well."""

_SAME_KIND = ((("lora",), ("full",)), (("rag", "lora"), ("rag", "full")))
"""Plans that are mostly right together: which weights are tuned seldom matters."""

_DIGITS = 3
_ROUNDS = 30  # of halving an interval of width 3: far below a rounded share
_MOST = 3.0


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned: the plans, and of each, in their order, its log-odds (`base`) and what each
    statement adds to them; the log-odds of any other plan; how many plans were right at once, on
    average; and the ids of the precedents that it was learned from.
    """

    plans: tuple[tuple[str, ...], ...]
    base: tuple[float, ...]
    statements: Mapping[str, tuple[float, ...]]
    other: float
    at_once: float
    learned: frozenset[str]


SHIPPED = Weights(
    weights.PLANS,
    weights.BASE,
    weights.STATEMENTS,
    weights.OTHER,
    weights.AT_ONCE,
    weights.LEARNED,
)


@dataclass(frozen=True, slots=True)
class Share:
    """A plan (its approaches, cheapest first) and how likely it is to prove right, from 0 to 1."""

    plan: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Odds:
    """The plans in view, likeliest first, and what that rests on.

    The shares need not add up to 1: in many situations several plans are right. `likely` is the
    first plan and `confidence` its share; empty and 0 where everything has been tried. `rests_on`
    counts the precedents that the estimate was made from, `near` those that are much like this
    situation, and `thin` says that they, or the facts that are known, are too few for odds.
    `alone` are the shares without what the advice of the rules adds.
    """

    shares: tuple[Share, ...]
    likely: tuple[str, ...]
    confidence: float
    rests_on: int
    near: int
    thin: bool
    alone: tuple[Share, ...]


def odds_for(
    table: Table,
    facts: Situation,
    plan: Sequence[str] | None = None,
    near: Sequence[Near] | None = None,
) -> Odds:
    """The odds in a situation (facts without derived ones).

    `plan`: what the rules advise, and `near`: every precedent that has something in common with
    the situation, as `nearest` gives them; both are worked out where they are not at hand.
    """
    engine = engine_for(table)
    advised = engine.decide(facts).plan if plan is None else plan_of(plan)
    everything = nearest(table, facts) if near is None else near
    fresh = [one for one in everything if one.precedent.id not in SHIPPED.learned]
    used_up = engine.used_up(facts)

    def shares(advised: tuple[str, ...]) -> tuple[Share, ...]:
        estimated = estimate(facts, advised)
        _move(estimated, fresh)
        left = (
            Share(plan, round(share, _DIGITS))
            for plan, share in estimated.items()
            if not any(INSIDE[tried] >> plan_of(plan) & 1 for tried in used_up)
        )
        return tuple(sorted(filter(lambda row: row.share, left), key=_by_share))

    found = shares(members(advised))
    close = sum(one.likeness.similarity >= NEAR for one in everything)
    return Odds(
        shares=found,
        likely=found[0].plan if found else (),
        confidence=found[0].share if found else 0.0,
        rests_on=len(SHIPPED.learned) + len(fresh),
        near=close,
        thin=close < FEW or len(facts) < LITTLE,
        alone=shares(()),
    )


def _by_share(row: Share) -> tuple[float, int]:
    return -row.share, plan_of(row.plan)


def estimate(
    facts: Mapping[str, object], advised: tuple[str, ...], learned: Weights = SHIPPED
) -> dict[tuple[str, ...], float]:
    """How likely each plan is to prove right, by what was learned and what the rules advise."""
    sums = list(learned.base)
    for statement, amount in statements(facts).items():
        adds = learned.statements.get(statement)
        if adds:
            sums = [so_far + amount * one for so_far, one in zip(sums, adds, strict=True)]
    logits = dict(zip(learned.plans, sums, strict=True))
    if advised:
        logits[advised] = logits.get(advised, learned.other) + RULES
    return _raised(logits, learned.at_once)


def _raised(
    logits: Mapping[tuple[str, ...], float], at_once: float
) -> dict[tuple[str, ...], float]:
    """The shares for these log-odds; all raised alike where they add up to less than `at_once`."""
    low, high = 0.0, _MOST
    shares = _shares(logits, 0)
    if together(shares) >= at_once:
        return shares
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        if together(_shares(logits, middle)) < at_once:
            low = middle
        else:
            high = middle
    return _shares(logits, high)


def together(shares: Mapping[tuple[str, ...], float]) -> float:
    """How many plans are right at once, plans of the same kind counted once."""
    twice = sum(min(shares.get(one, 0), shares.get(other, 0)) for one, other in _SAME_KIND)
    return sum(shares.values()) - twice


def _shares(logits: Mapping[tuple[str, ...], float], more: float) -> dict[tuple[str, ...], float]:
    return {plan: 1 / (1 + math.exp(-logit - more)) for plan, logit in logits.items()}


def _move(shares: dict[tuple[str, ...], float], fresh: Iterable[Near]) -> None:
    """Lets outcomes move the shares that the weights were not fitted to."""
    outcomes = [
        (one.likeness.similarity**_STEEP, {members(plan_of(plan)) for plan in one.precedent.accept})
        for one in fresh
    ]
    total = sum(counts for counts, _ in outcomes)
    for plan in sorted({*shares}.union(*(right for _, right in outcomes)), key=plan_of):
        for_it = sum(counts for counts, right in outcomes if plan in right)
        shares[plan] = (OWN * shares.get(plan, 0) + for_it) / (OWN + total)
