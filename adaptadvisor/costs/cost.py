"""`cost`: what the plans that a situation allows come to, and where their order turns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from adaptadvisor.advice.advise import advise
from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.costs import money
from adaptadvisor.costs.breakeven import Bill, Turn, difference, turn, worth
from adaptadvisor.costs.inputs import Amount, amounts
from adaptadvisor.costs.machine import NOTHING_ASKED, Asked, amounts_of, hardware, with_speed
from adaptadvisor.costs.money import Host, Way, range_of
from adaptadvisor.costs.prices import Prices
from adaptadvisor.costs.report import (
    SCHEMA,
    AtVolume,
    BreakEven,
    Cost,
    PartCost,
    ToFindOut,
    WayCost,
)
from adaptadvisor.costs.spans import Span
from adaptadvisor.table.facts import Value, show_number
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import capital, plan_words

TIMES = (0.5, 1.0, 2.0)
"""Volumes, in present ones, at which a month is shown."""

_VOLUME = "requests_per_day"
_LEAST_WORTH = 0.01
_MOST_WORTH = 9
_SHOWN_DIGITS = 2
_CENTS = 2
_HOSTS: Mapping[Host, str] = MappingProxyType(
    {"api": "at a host", "hosted": "tuned and run by a host", "own": "on GPUs of your own"}
)
_PROMPT = ("prompt",)
_LONGEST_PROMPT_TOKENS = 1_000_000
_LEFT_OUT = ("ruled out", "does not meet")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bill:
    """A way with all its parts that can be priced."""

    way: Way
    parts: list[money.Part]
    missing: tuple[str, ...]

    @property
    def year(self) -> Bill:
        return money.total(self.parts)


def cost(
    table: Table,
    facts: Mapping[str, Value],
    prices: Prices,
    *,
    plan: Iterable[str] = (),
    stated: Mapping[str, Span] | None = None,
    budget: float | None = None,
    title: str = "",
    asked: Asked = NOTHING_ASKED,
) -> Cost:
    """The bills of the advised plan, of what comes after it, of every approach that can do the
    task, and of `plan`. `stated`: amounts known better than `costs.assumed` does. `budget`: money a
    month that the product can bear. `asked`: a model and cards, for memory.
    """
    advice = advise(table, facts)
    methods = [variant.id for variant in advice.variants]
    here = asked.on(advice.facts)
    said = {**amounts_of(asked), **(stated or {})}
    known = with_speed(here, amounts(table, advice.facts, prices, said, methods))
    bills = [_bill(way, known) for way in _ways(advice, tuple(plan), known)]
    priced = [bill for bill in bills if not bill.missing]
    base = _base(priced, tuple(plan) or advice.plan)
    turns = tuple(_turns(base, priced, known)) if base else ()
    ways = tuple(_way_cost(bill, known, advice) for bill in bills)
    return Cost(
        schema=SCHEMA,
        title=" ".join(title.split()),
        currency=prices.currency,
        as_of=prices.as_of,
        plan=advice.plan,
        requests_per_day=known[_VOLUME].span,
        volume_known=known[_VOLUME].origin != "assumed",
        headline=_headline(advice, base, known, prices),
        ways=ways,
        break_even=turns,
        of=base.way.id if base else "",
        to_find_out=tuple(_to_find_out(base, known)) if base else (),
        says=(*no_prices(ways), *_says(bills, base, known, turns, budget)),
        hardware=hardware(here, known),
    )


# ---- which ways ----


def _ways(
    advice: Recommendation, plan: tuple[str, ...], known: Mapping[str, Amount]
) -> Iterator[Way]:
    fallback = advice.fallback.plan if advice.fallback else ()
    alone = [(approach,) for approach, verdict in _verdicts(advice) if _shown(approach, verdict)]
    access = advice.facts.get("model_access")
    pastes = any(variant.id == "paste-corpus" for variant in advice.variants)
    for one in dict.fromkeys(filter(None, (plan, advice.plan, fallback, *alone))):
        for host in _hosts(one, access, known):
            yield Way(plan=one, host=host, pastes=pastes and one == _PROMPT)
        if one == ("rag",) and not pastes and _fits(known["corpus_tokens"]):
            yield Way(plan=_PROMPT, host="api", pastes=True)


def _fits(corpus: Amount) -> bool:
    """Whether a corpus is known, and may fit into the longest prompt there is."""
    return corpus.origin != "assumed" and corpus.span.low <= _LONGEST_PROMPT_TOKENS


def _verdicts(advice: Recommendation) -> list[tuple[str, str]]:
    return [(one.approach, one.verdict) for one in advice.verdicts]


def _shown(approach: str, verdict: str) -> bool:
    """The prompt is what everything is compared with, also where it does not do."""
    return verdict not in _LEFT_OUT or (approach == "prompt" and verdict != "ruled out")


def _verdict(way: Way, advice: Recommendation) -> str:
    plan = way.plan
    if way.pastes and not any(one.id == "paste-corpus" for one in advice.variants):
        return ""
    if plan == advice.plan:
        return "advised"
    if advice.fallback and plan == advice.fallback.plan:
        return "fallback"
    alone = dict(_verdicts(advice)).get(plan[0], "") if len(plan) == 1 else ""
    return "" if alone in ("recommended", "fallback") else alone  # a part of a plan is not the plan


def _hosts(
    plan: tuple[str, ...], access: Value | None, known: Mapping[str, Amount]
) -> Iterator[Host]:
    """Who may run a plan. A head and the weights of a whole model are one's own."""
    trained = Way(plan=plan, host="own").trained
    if not trained:
        yield "api"
        if access == "weights" and "gpu_hour" in known:
            yield "own"
    elif trained != "lora":
        yield "own"
    else:
        priced = "tuned_input_per_million_tokens" in known
        if access == "api_tuning" or (access != "api" and priced):
            yield "hosted"
        if access not in ("api", "api_tuning"):
            yield "own"


def _bill(way: Way, known: Mapping[str, Amount]) -> _Bill:
    priced = frozenset(known)
    found = money.parts(way, priced)
    missing = [price for part in found if part.vital for price in part.prices]
    return _Bill(
        way=way,
        parts=[part for part in found if priced.issuperset(part.prices)],
        missing=tuple(one for one in dict.fromkeys(missing) if one not in priced),
    )


def _base(priced: list[_Bill], plan: tuple[str, ...]) -> _Bill | None:
    """The bill that the others are compared with: that of the plan, else the first there is."""
    of_plan = [bill for bill in priced if bill.way.plan == plan]
    return next(iter(of_plan or priced), None)


# ---- the bills ----


def _way_cost(bill: _Bill, known: Mapping[str, Amount], advice: Recommendation) -> WayCost:
    every = money.parts(bill.way, frozenset(known))
    there = {part.name for part in bill.parts}
    told = not bill.missing

    def span(when: money.When | None) -> Span | None:
        return range_of(money.total(bill.parts, when), known) if told else None

    return WayCost(
        id=bill.way.id,
        plan=bill.way.plan,
        name=name(bill.way),
        host=bill.way.host,
        verdict=_verdict(bill.way, advice),
        setup=span("once"),
        month=span("month"),
        year=span(None),
        parts=tuple(
            PartCost(
                name=part.name,
                when=part.when,
                money=range_of(part.money, known) if part.name in there else None,
                missing=tuple(one for one in part.prices if one not in known),
            )
            for part in every
        ),
        volumes=tuple(_at(bill, known, times) for times in TIMES) if told else (),
        missing=bill.missing,
        without=tuple(part.name for part in every if part.name not in there and not part.vital),
    )


def _at(bill: _Bill, known: Mapping[str, Amount], times: float) -> AtVolume:
    volume = known[_VOLUME]
    ends = (volume.span.low, volume.span.likely, volume.span.high)
    low, likely, high = (end * times for end in ends)
    there = {**known, _VOLUME: replace(volume, span=Span(low=low, likely=likely, high=high))}
    month = range_of(money.total(bill.parts, "month"), there)
    return AtVolume(times=times, requests_per_day=likely, month=month)


def name(way: Way) -> str:
    """`prompt at a host`, `LoRA on GPUs of your own`."""
    plan = "prompt with the corpus pasted in" if way.pastes else plan_words(way.plan)
    return f"{plan} {_HOSTS[way.host]}"


# ---- where the order turns ----


def _turns(base: _Bill, priced: list[_Bill], known: Mapping[str, Amount]) -> Iterator[BreakEven]:
    """The base beside each other bill: first the one that is cheaper at a single request a day."""
    at_one = {**{key: one.span.likely for key, one in known.items()}, _VOLUME: 1.0}
    for other in priced:
        if other is base:
            continue
        one, two = sorted((base, other), key=lambda bill: bill.year(at_one))
        # what only one of them has is left in; what neither has a price for is left out of both
        found = turn(one.year, two.year, known)
        dearer = difference(one.year, two.year, known)
        now = one.way.id if dearer.low > 0 else two.way.id if dearer.high < 0 else "open"
        yield BreakEven(
            first=one.way.id,
            second=two.way.id,
            low=found.low,
            likely=found.likely,
            high=found.high,
            now=now,
            dearer=dearer,
            says=_turn_words(one.way, two.way, found, now),
        )


def _turn_words(first: Way, second: Way, found: Turn, now: str) -> str:
    one, two = name(first), name(second)
    if found.low is None:
        said = f"{capital(two)} never costs less than {one}, whatever the volume"
    elif found.likely is None:
        said = f"{capital(two)} is not likely ever to cost less than {one}; at the kindest amounts"
        said += f" it does from about {requests(found.low)} a day on"
    else:
        most = requests(found.high) if found.high is not None else "never"
        said = f"{capital(two)} costs less than {one} from about {requests(found.likely)} requests"
        said += f" a day on (at the earliest {requests(found.low)}, at the latest {most})"
    if now == "open":
        return f"{said}. At your volume the ranges of the two cross: this number decides nothing."
    cheaper, dearer = (one, two) if now == first.id else (two, one)
    return f"{said}. At your volume {cheaper} costs less than {dearer} throughout the range."


def requests(volume: float | None) -> str:
    """A volume with two digits that count, one at least.

    >>> requests(4123.0), requests(0.0), requests(None)
    ('4,100', '1', 'never')
    """
    return "never" if volume is None else show_number(max(1, rounded(volume)))


def rounded(number: float, digits: int = _SHOWN_DIGITS) -> float:
    """The number with so many digits that count."""
    if not number or not math.isfinite(number):
        return number
    found = round(number, digits - 1 - math.floor(math.log10(abs(number))))
    return int(found) if found == int(found) else found


def _to_find_out(base: _Bill, known: Mapping[str, Amount]) -> Iterator[ToFindOut]:
    for one in worth(base.year, known)[:_MOST_WORTH]:
        if one.share < _LEAST_WORTH:
            return
        amount = known[one.amount]
        yield ToFindOut(
            amount=one.amount,
            name=amount.name,
            unit=amount.unit,
            span=amount.span,
            origin=amount.origin,
            because=amount.because,
            find_out=amount.find_out,
            state=amount.state,
            share=one.share,
            low=one.low,
            high=one.high,
        )


# ---- in words ----


def amount_words(span: Span, currency: str = "") -> str:
    """`1,200 EUR (800 to 2,400)`; one number where it is known."""
    low, likely, high = (
        show_number(round(rounded(end), _CENTS) if currency else rounded(end))
        for end in (span.low, span.likely, span.high)
    )
    said = f"{likely} {currency}".strip()
    return said if low == high else f"{said} ({low} to {high})"


def _headline(
    advice: Recommendation, base: _Bill | None, known: Mapping[str, Amount], prices: Prices
) -> str:
    if base is None:
        return "No bill can be told yet: the prices that it takes are not known."
    month = range_of(money.total(base.parts, "month"), known)
    once = range_of(money.total(base.parts, "once"), known)
    volume = known[_VOLUME]
    at = amount_words(volume.span)
    about = f"{at} requests a day" + ("" if volume.origin != "assumed" else ", which is assumed")
    said = f"{capital(name(base.way))}: about {amount_words(month, prices.currency)} a month"
    said += f" at {about}, and {amount_words(once, prices.currency)} once."
    if base.way.plan != advice.plan and advice.plan:
        said += f" The advised plan is {plan_words(advice.plan)}."
    return said


def no_prices(ways: Iterable[WayCost]) -> Iterator[str]:
    """Which bills cannot be told for want of a price, and what all are without."""
    lost: dict[str, None] = {}
    for way in ways:
        if way.missing:
            lacks = ", ".join(way.missing)
            yield f"{capital(way.name)} has no bill: no price is given for {lacks}."
        for part in way.parts:
            lost |= dict.fromkeys(part.missing if part.name in way.without else ())
    if lost:
        yield f"Every bill is without what these prices would add: {', '.join(lost)}."


def _says(
    bills: list[_Bill],
    base: _Bill | None,
    known: Mapping[str, Amount],
    turns: tuple[BreakEven, ...],
    budget: float | None,
) -> Iterator[str]:
    heads = [money.machine_words(bill.way, frozenset(known)) for bill in bills if not bill.missing]
    yield from dict.fromkeys(filter(None, heads))
    if any(one.now not in ("open", base.way.id) for one in turns if base):
        yield (
            "The advice stays as it is: it rests on what is reliable, and costs less to try first."
        )
    if base and budget is not None:
        yield _within(budget, range_of(money.total(base.parts, "month"), known), base.way)


def _within(budget: float, month: Span, way: Way) -> str:
    """What a budget says of the fact `prompt_affordable`."""
    of_prompt = way.plan == _PROMPT
    if month.high <= budget:
        more = ": state --prompt-affordable" if of_prompt else ""
        return f"{capital(name(way))} stays within {show_number(budget)} a month{more}."
    if month.low > budget:
        more = ": state --no-prompt-affordable" if of_prompt else ""
        return f"{capital(name(way))} goes beyond {show_number(budget)} a month{more}."
    return f"Whether {name(way)} stays within {show_number(budget)} a month cannot be told yet."
