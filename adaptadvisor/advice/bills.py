"""The bills of plans as a recommendation holds them; `costs.in_advice` makes them."""

from __future__ import annotations

from dataclasses import dataclass

from adaptadvisor.advice.values import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount of money: the least, the likely and the most."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBill:
    """What a plan costs in one way to run it (`name`), in sums and in `words`: once, a month, the
    first year. `verdict`: what the advice says of it. Without prices in `missing`, sums are null.
    """

    plan: Plan
    name: str
    verdict: str
    once: Money | None
    month: Money | None
    year: Money | None
    words: tuple[str, str, str]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """`line`: the cost of the plan in a sentence, and whether another one surely runs cheaper.
    `about`: the currency and the day of the prices; `says`: what the bills are without, and what
    was derived from them.
    """

    currency: str
    as_of: str
    line: str
    plans: tuple[PlanBill, ...]
    about: str
    says: tuple[str, ...]
