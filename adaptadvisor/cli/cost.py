"""The command `cost`: what the plans cost at one's own prices, and where their order turns."""

from __future__ import annotations

from typing import Annotated

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import gather
from adaptadvisor.cli.machine import Said, asked_of, with_machine
from adaptadvisor.cli.options import OUTPUT, Flags, one_of, option
from adaptadvisor.cli.output import COST_FORMATS, Look
from adaptadvisor.cli.prices import (
    PANEL,
    Assume,
    Budget,
    Currency,
    Listed,
    Price,
    PriceFile,
    prices_of,
)
from adaptadvisor.errors import bad_input, shown
from adaptadvisor.table.plans import APPROACHES, by_id, members, plan_of

_PLAN_HELP = "A plan to show as well, such as rag+lora; it is compared with the others."
Plan = Annotated[str | None, option("--plan", _PLAN_HELP, "PLAN", PANEL)]
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
    told = prices_of(prices, price or (), currency, price_of)
    asked = asked_of(machine)
    if asked.model and not (given.facts or told.of or plan or assume):
        found = alone(flags.table, asked, title=given.title)
    else:
        wanted = _plan(plan) if plan is not None else ()
        limit = told.budget_month if budget is None else budget
        found = costs.cost(
            flags.table, given.facts, told, plan=wanted, stated=stated(assume or ()),
            budget=limit, title=given.title, asked=asked,
        )  # fmt: skip
    if machine.given and not found.hardware:
        wrong = "say nothing without a model; add --model, such as --model 7b"
        raise bad_input("bad-setting", wrong, machine.given)
    face = Look(no_color, plain).on(target)
    output.write(shows.render(found, target.format, **face), target)
    return Ending()


def _plan(words: str) -> tuple[str, ...]:
    try:
        return members(plan_of(by_id(words).split("+")))
    except KeyError:
        right = f"one or more of {', '.join(APPROACHES)}, joined by +"
        wrong = f'"{shown(words)}" is no plan; {right}'
        raise bad_input("unknown-choice", wrong, "--plan") from None
