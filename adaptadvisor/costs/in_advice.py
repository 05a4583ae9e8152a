"""The bills of plans in the advice, and whether a budget bears the prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from adaptadvisor.advice.bills import Bills, Money, PlanBill
from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.costs.cost import amount_words, cost, no_prices
from adaptadvisor.costs.prices import Prices
from adaptadvisor.costs.report import Cost, WayCost
from adaptadvisor.costs.spans import Span
from adaptadvisor.table.facts import Value, show_number
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import capital

AFFORDABLE = "prompt_affordable"
_OTHERS = ("advised", "fallback", "not needed")
"""Verdicts of plans that a cheaper bill speaks for; parts of a plan alone do not do the task."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices, and the amounts that are known better than `costs.assumed` does."""

    table: Table
    prices: Prices
    stated: Mapping[str, Span]
    said: tuple[str, ...] = ()

    def on(self, advice: Recommendation) -> Recommendation:
        """The advice with the bills of the plans that it allows."""
        found = cost(self.table, advice.facts, self.prices, stated=self.stated)
        bills = Bills(
            currency=found.currency,
            as_of=found.as_of,
            line=line(found),
            plans=tuple(_bill(way, found.currency) for way in found.ways),
            about=_about(found),
            says=(*no_prices(found.ways), *self.said),
        )
        return replace(advice, costs=bills)

    def with_budget(
        self, answers: Mapping[str, Value | None]
    ) -> tuple[dict[str, Value | None], str]:
        """The answers, with `prompt_affordable` where nobody states it and the whole range of a
        month lies on one side of the budget; and a line that says so. What people state wins.
        """
        found = dict(answers)
        budget = self.prices.budget_month
        if budget is None or AFFORDABLE not in self.table.facts:
            return found, ""
        known = {fact: value for fact, value in answers.items() if value is not None}
        stated = known.pop(AFFORDABLE, None)
        bills = cost(self.table, known, self.prices, plan=("prompt",), stated=self.stated)
        months = [way for way in bills.ways if way.plan == ("prompt",) and way.month]
        name = self.table.facts[AFFORDABLE].name
        limit = f"{show_number(budget)} {bills.currency}".strip()
        if not bills.volume_known or not months:
            lacks = "the volume is" if months else "the prices of the prompt are"
            return found, f"{name}: left open; {lacks} not known, so no budget can tell it."
        way = min(months, key=lambda one: one.month.high if one.month else 0)
        rest = (
            f"{way.name} takes {_money(way.month, bills.currency)} a month, the budget is {limit}"
        )
        value = affordable(way.month, budget)
        if value is None:
            return found, f"{name}: left open; {rest}: the figures do not decide."
        if stated is not None and stated != value:
            return found, f"{name}: {'yes' if stated else 'no'} counts, as you state it; {rest}."
        if stated is not None:
            return found, ""
        found[AFFORDABLE] = value
        return found, f"From your prices and budget: {name}: {'yes' if value else 'no'} ({rest})."


def affordable(month: Span | None, budget: float) -> bool | None:
    """Whether the whole range lies within the budget; None where it crosses."""
    if month is None:
        return None
    return True if month.high <= budget else False if month.low > budget else None


def line(found: Cost) -> str:
    """The cost of the plan in a sentence, and whether another plan surely runs cheaper."""
    of_plan = [way for way in found.ways if way.plan == found.plan]
    base = next((way for way in of_plan if way.month), None)
    if base is None or base.month is None:
        lacks = ", ".join(dict.fromkeys(one for way in of_plan for one in way.missing))
        return (
            f"No bill can be told for the plan: {f'no price for {lacks}' if lacks else 'no plan'}."
        )
    assumed = "" if found.volume_known else ", at a volume that is assumed"
    said = f"{base.name} takes about {_money(base.month, found.currency)} a month and "
    said += f"{_money(base.year, found.currency)} in the first year{assumed}; "
    return f"{capital(said)}{_beside(found, base)}."


def _beside(found: Cost, base: WayCost) -> str:
    """Whether another plan costs less, by the very comparison that `cost` draws: what moves both
    bills moves them together.
    """
    others = {way.id: way for way in found.ways if way is not base and way.verdict in _OTHERS}
    beside = [
        (others[id], turn.now)
        for turn in found.break_even
        for id in (turn.first, turn.second)
        if id in others
    ]
    if not beside:
        return "no other plan has a bill to compare"
    cheaper = [
        (way.year.high, way.name, way.year) for way, now in beside if way.year and now == way.id
    ]
    if cheaper:
        _, name, year = min(cheaper, key=lambda one: one[:2])
        sums = _money(year, found.currency)
        return f"{name} surely costs less, {sums}, and the plan stays as it is"
    crossing = [way.name for way, now in beside if now == "open"]
    if crossing:
        names = crossing[0] if len(crossing) == 1 else f"{crossing[0]} and others"
        return f"against {names} the figures do not decide, as the ranges cross"
    return "no other plan costs less"


def _money(span: Span | None, currency: str) -> str:
    return amount_words(span, currency) if span else "no price"


def _sum(span: Span | None) -> Money | None:
    return Money(low=span.low, likely=span.likely, high=span.high) if span else None


def _bill(way: WayCost, currency: str) -> PlanBill:
    once, month, year = (_money(one, currency) for one in (way.setup, way.month, way.year))
    return PlanBill(
        plan=way.plan,
        name=way.name,
        verdict=way.verdict,
        once=_sum(way.setup),
        month=_sum(way.month),
        year=_sum(way.year),
        words=(once, month, year),
        missing=way.missing,
    )


def _about(found: Cost) -> str:
    money = f"Amounts in {found.currency}" if found.currency else "Amounts as the prices are"
    dated = f"prices as of {found.as_of}" if found.as_of else "prices undated"
    more = "The parts, and where the order turns: adaptadvisor cost"
    return f"{money}, {dated}; likely first, in brackets the range. {more}."
