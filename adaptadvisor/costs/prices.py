"""Prices, which come from the user: a YAML or JSON file, flags, or a dated price list.

A file holds `currency`, `as_of` (the day on which the prices held) and prices by name, each a
number or a range such as `2..4`:

    currency: EUR
    as_of: 2026-11-01
    input_per_million_tokens: 2.5
    output_per_million_tokens: 10
    gpu_hour: 1.5..3

It may also say `budget_month`, the money a month that the product can bear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from types import MappingProxyType

from adaptadvisor.costs.spans import Span, span_of
from adaptadvisor.errors import BadInput, Location, Problem, Problems, nearest, shown
from adaptadvisor.reading import nodes
from adaptadvisor.reading.facts_file import value_of
from adaptadvisor.reading.nodes import Node, Scalar
from adaptadvisor.table.facts import Fact, NotAValue, Value, from_text

_LARGEST = 1e9
_MOST_LETTERS = 12
_NONE: Mapping[str, Span] = MappingProxyType({})

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "input_per_million_tokens": "a million tokens that a model reads",
        "output_per_million_tokens": "a million tokens that a model writes",
        "cache_write_per_million_tokens": "a million tokens put into the cache of prompts",
        "cache_read_per_million_tokens": "a million tokens read from the cache of prompts",
        "tuned_input_per_million_tokens": "a million tokens that a model tuned by a host reads",
        "tuned_output_per_million_tokens": "a million tokens that a model tuned by a host writes",
        "training_per_million_tokens": "a million tokens trained on at a host",
        "embedding_per_million_tokens": "a million tokens embedded",
        "index_month": "a month of the search index",
        "gpu_hour": "an hour of one GPU, rented or owned",
        "server_hour": "an hour of a server without a GPU",
        "server_month": "a month of a server without a GPU",
        "label": "a labelled example",
        "engineering_day": "a day of an engineer",
    }
)
"""What each price is for."""


def _fact(key: str) -> Fact:
    """A price as a number that the readers of facts know how to read."""
    return Fact(
        id=key, name=key, order=0, type="number", question="", why="", find_out="", maximum=_LARGEST
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices in one currency. `as_of`: the day they held, or the price list they are from."""

    currency: str = ""
    as_of: str = ""
    of: Mapping[str, Span] = field(default_factory=lambda: _NONE)
    budget_month: float | None = None

    def over(self, other: Prices) -> Prices:
        """These prices, on top of the other ones. `BadInput` for two currencies."""
        if self.of and other.of and self.currency and other.currency != self.currency:
            one, two = shown(self.currency), shown(other.currency or "no currency")
            wrong = f"prices in {one} and in {two} cannot be added; give all in one currency"
            raise BadInput([Problem("two-currencies", wrong)])
        return replace(
            self,
            currency=self.currency or other.currency,
            as_of=" and ".join(dict.fromkeys(filter(None, (self.as_of, other.as_of)))),
            of=MappingProxyType({**other.of, **self.of}),
            budget_month=other.budget_month if self.budget_month is None else self.budget_month,
        )


def read(text: str, file: str) -> Prices:
    """The prices in a file; `BadInput` with every problem in it, each with its place."""
    problems = Problems()
    node = nodes.parse(text, file, problems)
    own: dict[str, str] = {}
    found: dict[str, Span] = {}
    budget: float | None = None
    if not isinstance(node, nodes.Mapping):
        wrong = "expected prices as `gpu_hour: 2.5`, with `currency` and `as_of`"
        raise BadInput([*problems, Problem("not-a-mapping", wrong, node.location)])
    for key, value in node.entries:
        if key.text in _OWN:
            own[key.text] = _own(key.text, value, problems)
            continue
        try:
            if key.text == BUDGET:
                budget = _budget(value)
                continue
            found[key.text] = _price(key.text, partial(_of_node, node=value))
        except NotAValue as error:
            place = key if error.code == "unknown-price" else value
            problems.append(error.at(place.location))
    for name in _OWN.keys() - own.keys() if not problems else ():
        wrong = f"no {name}; add a line such as `{name}: {_OWN[name]}`"
        problems.append(Problem("missing-value", wrong, Location(file)))
    if problems:
        raise BadInput(problems)
    return Prices(of=MappingProxyType(found), budget_month=budget, **own)


BUDGET = "budget_month"
"""The key of a budget in a file of prices."""


def _budget(node: Node) -> float:
    found = value_of(_fact(BUDGET), node)
    if isinstance(found, (int, float)):
        return found
    raise NotAValue("bad-budget", f'"{BUDGET}" takes one amount, such as {BUDGET}: 500')


_OWN = {"currency": "EUR", "as_of": "2026-11-01"}
"""What a file says beside prices, with an example of each."""


def _own(name: str, node: Node, problems: list[Problem]) -> str:
    text = node.text.strip() if isinstance(node, Scalar) else ""
    good = _is_day(text) if name == "as_of" else _is_currency(text)
    if not good:
        right = "a day such as 2026-11-01" if name == "as_of" else "letters such as EUR"
        wrong = f'"{name}" is "{shown(text)}"; expected {right}'
        problems.append(Problem("bad-date" if name == "as_of" else "bad-currency", wrong, node[-1]))
        return ""
    return text


def _of_node(fact: Fact, node: Node) -> Value | None:
    return value_of(fact, node)


def _is_currency(text: str) -> bool:
    return text.isalpha() and len(text) <= _MOST_LETTERS


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def of_flags(words: Iterable[str], currency: str = "", flag: str = "--price") -> Prices:
    """The prices in texts such as `gpu_hour=2.5`; `BadInput` for what is none."""
    problems: list[Problem] = []
    found: dict[str, Span] = {}
    if currency and not _is_currency(currency):
        wrong = f'"{shown(currency)}" is no currency; expected letters such as EUR'
        problems.append(Problem("bad-currency", wrong, Location("--currency")))
    for word in words:
        key, equals, value = word.partition("=")
        key = key.strip().replace("-", "_")
        try:
            if not equals:
                wrong = f'"{shown(word)}" is not NAME=AMOUNT, such as gpu_hour=2.5'
                problems.append(Problem("bad-setting", wrong, Location(flag)))
                continue
            found[key] = _price(key, partial(from_text, text=value))
        except NotAValue as error:
            problems.append(error.at(Location(flag)))
    if problems:
        raise BadInput(problems)
    return Prices(currency=currency, of=MappingProxyType(found))


def _price(key: str, value: Callable[[Fact], Value | None]) -> Span:
    if key not in UNITS:
        known = ", ".join(UNITS)
        hint = nearest(key, UNITS) or f"; there are {known}"
        raise NotAValue("unknown-price", f'there is no price "{shown(key)}"{hint}')
    found = value(_fact(key))
    if found is None:
        wrong = f'"{key}" has no amount; leave out a price that you do not know'
        raise NotAValue("missing-value", wrong)
    return span_of(found)
