"""The command `cost`: what the plans cost at one's own prices, and where their order turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import gather, text_of
from adaptadvisor.cli.machine import Said, asked_of, with_machine
from adaptadvisor.cli.options import OUTPUT, Flags, one_of, option
from adaptadvisor.cli.output import COST_FORMATS, Look
from adaptadvisor.errors import bad_input, shown
from adaptadvisor.table.plans import APPROACHES, by_id, members, plan_of

if TYPE_CHECKING:  # so that no other command loads them
    from adaptadvisor.costs.prices import Prices

_PANEL = "Prices"
_PRICES_HELP = "Prices, YAML or JSON: currency, as_of, and such as gpu_hour: 2.5."
PriceFile = Annotated[str | None, option("--prices", _PRICES_HELP, "FILE", _PANEL)]
_PRICE_HELP = "A price, such as input_per_million_tokens=2.5; may be repeated."
Price = Annotated[list[str] | None, option("--price", _PRICE_HELP, "NAME=AMOUNT", _PANEL)]
_CURRENCY_HELP = "The currency of --price, where no file says it."
Currency = Annotated[str, option("--currency", _CURRENCY_HELP, "CODE", _PANEL)]
_LISTED_HELP = "Token prices of a model from the package genai-prices, in USD."
Listed = Annotated[str | None, option("--price-of", _LISTED_HELP, "MODEL", _PANEL)]
_ASSUME_HELP = "An amount you know better, such as output_tokens=120; may be repeated."
Assume = Annotated[list[str] | None, option("--assume", _ASSUME_HELP, "NAME=AMOUNT", _PANEL)]
_BUDGET_HELP = "Money a month that the product can bear."
Budget = Annotated[float | None, option("--budget", _BUDGET_HELP, "MONEY", _PANEL, min=0)]
_PLAN_HELP = "A plan to show as well, such as rag+lora; it is compared with the others."
Plan = Annotated[str | None, option("--plan", _PLAN_HELP, "PLAN", _PANEL)]
_FORMAT_HELP = "How to show it (by the suffix of -o, else text)."
Format = Annotated[str | None, one_of("--format", COST_FORMATS, _FORMAT_HELP, OUTPUT)]


@with_machine
def cost(
    flags: Flags,
    *,
    machine: Said,
    plan: Plan = None,
    prices: PriceFile = None,
    price: Price = None,
    currency: Currency = "",
    price_of: Listed = None,
    assume: Assume = None,
    budget: Budget = None,
    facts_file: options.Facts = None,
    settings: options.Settings = None,
    rules: options.Rules = None,
    title: options.Title = None,
    format: Format = None,
    out: options.Output = None,
    opens: options.Open = False,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """What each plan costs at your prices, as a range, and from which volume the order turns."""
    from adaptadvisor.costs import cost as costs
    from adaptadvisor.costs.inputs import stated
    from adaptadvisor.costs.machine import alone
    from adaptadvisor.render import cost as shows

    target = output.target(format, out, formats=COST_FORMATS, force=force, opens=opens)
    output.not_what_is_read(target, facts_file, prices, machine.model)
    if [facts_file, prices, machine.model].count("-") > 1:
        raise bad_input("bad-setting", "only one file can be stdin", "--prices")
    given = gather(flags, facts_file, settings, title=title)
    told = _prices(prices, price or (), currency, price_of)
    asked = asked_of(machine)
    if asked.model and not (given.facts or told.of or plan or assume):
        found = alone(flags.table, asked, title=given.title)
    else:
        wanted = _plan(plan) if plan is not None else ()
        known = stated(assume or ())
        found = costs.cost(
            flags.table, given.facts, told, plan=wanted, stated=known, budget=budget,
            title=given.title, asked=asked,
        )  # fmt: skip
    if machine.given and not found.hardware:
        wrong = "say nothing without a model; add --model, such as --model 7b"
        raise bad_input("bad-setting", wrong, machine.given)
    face = Look(no_color, plain).on(target)
    output.write(shows.render(found, target.format, **face), target)
    return Ending()


def _prices(file: str | None, words: Sequence[str], currency: str, model: str | None) -> Prices:
    """Flags over the file over the price list."""
    from adaptadvisor.costs import price_list, prices

    known = prices.Prices()
    if model is not None:
        known = price_list.prices_of(model)
    if file is not None:
        known = prices.read(text_of(file, "--prices"), "stdin" if file == "-" else file).over(known)
    of_flags = prices.of_flags(words, currency or known.currency)
    return of_flags.over(known)


def _plan(words: str) -> tuple[str, ...]:
    try:
        return members(plan_of(by_id(words).split("+")))
    except KeyError:
        right = f"one or more of {', '.join(APPROACHES)}, joined by +"
        wrong = f'"{shown(words)}" is no plan; {right}'
        raise bad_input("unknown-choice", wrong, "--plan") from None
