"""The amounts that a bill is made of: facts where they are known, else what is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from adaptadvisor.costs.assumed import ASSUMED, CHANGES, OUTPUTS, READS, SHOTS, Assumed
from adaptadvisor.costs.prices import UNITS, Prices
from adaptadvisor.costs.spans import Span, at_least, span_of
from adaptadvisor.errors import BadInput, Location, Problem, nearest, shown
from adaptadvisor.table.facts import Fact, NotAValue, Value, fact_flag, from_text
from adaptadvisor.table.rows import Table

_MOST = 1e15
_TRAINED_ON = ("head_examples", "lora_examples", "full_examples")
_OF_CHOICES = {
    "changes_per_month": ("task_changes", CHANGES),
    "corpus_reads_per_month": ("knowledge_updates", READS),
    "output_tokens": ("task", OUTPUTS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One amount: its range, what it does to a bill, and where it is from.

    `origin`: `fact`, `stated` (by --assume), `price`, or `assumed`.
    """

    name: str
    unit: str
    span: Span
    origin: str
    because: str
    find_out: str = ""
    more: int = 1
    state: str = ""
    """How to state it: a flag, or where there is none `--assume NAME=`."""

    def at(self, end: int) -> float:
        """The amount at which bills are least (-1), likely (0) or most (1)."""
        if not end:
            return self.span.likely
        return self.span.high if end == self.more else self.span.low


Amounts = Mapping[str, Amount]
Values = Mapping[str, float]


def values(amounts: Amounts, end: int = 0) -> dict[str, float]:
    """Every amount at one end, see `Amount.at`."""
    return {key: amount.at(end) for key, amount in amounts.items()}


def amounts(
    table: Table,
    facts: Mapping[str, Value],
    prices: Prices,
    stated: Mapping[str, Span] | None = None,
    methods: Iterable[str] = (),
) -> dict[str, Amount]:
    """Every amount, by name; prices by theirs. `methods`: ids of variants that the plan takes."""
    said = stated or {}
    found = {key: _amount(table, key, row, facts, said) for key, row in ASSUMED.items()}
    shots = [SHOTS[one] for one in methods if one in SHOTS]
    if shots and "shots" not in said:
        found["shots"] = replace(
            found["shots"], span=shots[0], because="what the advised prompt takes"
        )
    for key in _TRAINED_ON:  # nobody leaves examples out that are there
        if key not in said and found["examples"].origin != "assumed":
            span = at_least(found[key].span, found["examples"].span)
            found[key] = replace(found[key], span=span)
    for key, span in prices.of.items():
        unit = f"{prices.currency} for {UNITS[key]}".strip()
        found[key] = Amount(
            name=f"the price of {UNITS[key]}",
            unit=unit,
            span=span,
            origin="price",
            because="",
            state=f"--price {key}=",
        )
    return found


def _amount(
    table: Table, key: str, row: Assumed, facts: Mapping[str, Value], stated: Mapping[str, Span]
) -> Amount:
    start = Amount(
        name=row.name,
        unit=row.unit,
        span=row.span,
        origin="assumed",
        because=row.because,
        find_out=row.find_out,
        more=row.more,
        state=f"--assume {key}=",
    )
    fact = table.facts.get(key)
    if fact is not None:
        start = replace(start, find_out=fact.find_out, state=fact_flag(key))
    if key in stated:
        return replace(start, span=stated[key], origin="stated", because="as you stated it")
    if key in facts:
        return replace(start, span=span_of(facts[key]), origin="fact", because="as you answered")
    if key in _OF_CHOICES:
        other, spans = _OF_CHOICES[key]
        answer = facts.get(other)
        if other in table.facts and key != "output_tokens":
            start = replace(start, find_out=table.facts[other].find_out, state=fact_flag(other))
        if isinstance(answer, str) and answer in spans:
            name = table.facts[other].name
            why = f"what fits your answer {answer} to: {name}"
            return replace(start, span=spans[answer], because=why)
    return start


def stated(words: Iterable[str], flag: str = "--assume") -> dict[str, Span]:
    """The amounts in texts such as `output_tokens=120`; `BadInput` for what is none."""
    problems: list[Problem] = []
    found: dict[str, Span] = {}
    for word in words:
        key, equals, text = word.partition("=")
        key = key.strip().replace("-", "_")
        if not equals or key not in ASSUMED:
            hint = nearest(key, ASSUMED) or f"; there are {', '.join(ASSUMED)}"
            wrong = f'"{shown(word)}" is no NAME=AMOUNT of what is assumed{hint}'
            problems.append(Problem("unknown-amount", wrong, Location(flag)))
            continue
        try:
            value = from_text(_fact(key), text)
        except NotAValue as error:
            problems.append(error.at(Location(flag)))
            continue
        if value is not None:
            found[key] = span_of(value)
    if problems:
        raise BadInput(problems)
    return found


_ABOVE_0 = ("_tokens_per_second", "_flops_per_second", "cache_life_minutes", "card_gb")


def _fact(key: str) -> Fact:
    """An amount as a number that the readers of facts know how to read."""
    least = 1e-6 if key.endswith(_ABOVE_0) else 0
    return Fact(
        id=key,
        name=key,
        order=0,
        type="number",
        question="",
        why="",
        find_out="",
        minimum=least,
        maximum=_MOST,
    )
