"""Prices on a command line: the options for them, and what they do to advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.cli import output
from adaptadvisor.cli.given import text_of
from adaptadvisor.cli.options import option, with_fields
from adaptadvisor.cli.output import Target
from adaptadvisor.errors import bad_input
from adaptadvisor.table.given import Given
from adaptadvisor.table.rows import Table

if TYPE_CHECKING:  # so that nobody loads them without prices
    from adaptadvisor.costs.in_advice import Priced
    from adaptadvisor.costs.prices import Prices

PANEL = "Prices"
_PRICES_HELP = "Prices, YAML or JSON: currency, as_of, and such as gpu_hour: 2.5."
PriceFile = Annotated[str | None, option("--prices", _PRICES_HELP, "FILE", PANEL)]
_PRICE_HELP = "A price, such as gpu_hour=2.5; may be repeated."
Price = Annotated[list[str] | None, option("--price", _PRICE_HELP, "NAME=AMOUNT", PANEL)]
_CURRENCY_HELP = "The currency of --price, where no file says it."
Currency = Annotated[str, option("--currency", _CURRENCY_HELP, "CODE", PANEL)]
_LISTED_HELP = "Token prices of a model from the package genai-prices, in USD."
Listed = Annotated[str | None, option("--price-of", _LISTED_HELP, "MODEL", PANEL)]
_ASSUME_HELP = "An amount you know better, such as output_tokens=120; may be repeated."
Assume = Annotated[list[str] | None, option("--assume", _ASSUME_HELP, "NAME=AMOUNT", PANEL)]
_BUDGET_HELP = "Money a month that the product can bear."
Budget = Annotated[float | None, option("--budget", _BUDGET_HELP, "MONEY", PANEL, min=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the options say, as they were written."""

    prices: PriceFile = None
    price: Price = None
    currency: Currency = ""
    price_of: Listed = None
    assume: Assume = None
    budget: Budget = None

    def priced(self, table: Table, target: Target, facts_file: str | None) -> Priced | None:
        """The prices; None where there are none. `BadInput` for what means nothing without any."""
        if self.prices is None and not self.price and self.price_of is None:
            for one in fields(self):
                if getattr(self, one.name) not in (None, ""):
                    wrong = "says nothing without prices; add --prices or --price"
                    raise bad_input("bad-setting", wrong, f"--{one.name}")
            return None
        from adaptadvisor.costs.in_advice import Priced
        from adaptadvisor.costs.inputs import stated

        output.not_what_is_read(target, self.prices)
        if self.prices == facts_file == "-":
            raise bad_input("bad-setting", "only one file can be stdin", "--prices")
        told = prices_of(self.prices, self.price or (), self.currency, self.price_of)
        if self.budget is not None:
            told = replace(told, budget_month=self.budget)
        return Priced(table, told, stated(self.assume or ()))


def with_budget(priced: Priced | None, given: Given) -> tuple[Given, Priced | None]:
    """What is given, and whether the prompt is affordable where prices and a budget say it."""
    if priced is None:
        return given, None
    answers, line = priced.with_budget(given.answers)
    if line:
        output.say(line)
        priced = replace(priced, said=(line,))
    return replace(given, answers=answers), priced


def with_bills(priced: Priced | None, advice: Recommendation) -> Recommendation:
    """The advice, with the bills of plans where there are prices."""
    return advice if priced is None else priced.on(advice)


with_prices = with_fields(Said, "told")
"""Gives a command these options, as its parameter `told`."""


def prices_of(file: str | None, words: Sequence[str], currency: str, model: str | None) -> Prices:
    """Flags over the file over the price list."""
    from adaptadvisor.costs import price_list, prices

    known = prices.Prices()
    if model is not None:
        known = price_list.prices_of(model)
    if file is not None:
        known = prices.read(text_of(file, "--prices"), "stdin" if file == "-" else file).over(known)
    of_flags = prices.of_flags(words, currency or known.currency)
    return of_flags.over(known)
