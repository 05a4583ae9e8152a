"""The command `batch`: the advice on many situations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.options import (
    AGAINST_FAIL_ON,
    OUTPUT,
    PORTFOLIO_FAIL_ON,
    argument,
    one_of,
    option,
)
from adaptadvisor.cli.output import PORTFOLIO_FORMATS, Look, each_chosen
from adaptadvisor.cli.team import counting
from adaptadvisor.errors import bad_input
from adaptadvisor.reading.shipped import load_table

_CASES_HELP = "JSON lines or CSV, one situation each, or a folder of facts files; - is stdin."
Cases = Annotated[str, argument("CASES", _CASES_HELP)]
Settled = Annotated[bool, option("--settled", "Add whether the plan is settled, and its hinges.")]
WithOdds = Annotated[
    bool, option("--odds", "Add the fallback, and how likely each plan is by published cases.")
]
_AGAINST_HELP = "Compare with the answers of a former run (JSON lines), matched by id."
Against = Annotated[str | None, option("--against", _AGAINST_HELP, "LAST.JSONL")]
_FAIL_ON_HELP = (
    "Exit with 3 where a case has this finding; may be repeated. changed, added and gone need"
    " --against."
)
FailOn = Annotated[list[str] | None, one_of("--fail-on", PORTFOLIO_FAIL_ON, _FAIL_ON_HELP)]
_STRICT_HELP = "Exit with 4 where a plan is not settled, or its evidence is thin."
Strict = Annotated[bool, option("--strict", _STRICT_HELP)]
_FORMAT_HELP = "How to show the answers (by the suffix of -o, else jsonl)."
Format = Annotated[str | None, one_of("--format", PORTFOLIO_FORMATS, _FORMAT_HELP, OUTPUT)]
_REPORTS_HELP = "Write one report a case into this folder, and link to it."
Reports = Annotated[str | None, option("--reports", _REPORTS_HELP, "DIR", OUTPUT)]


def batch(
    context: typer.Context,
    cases: Cases,
    *,
    rules: options.Rules = None,
    settled: Settled = False,
    odds: WithOdds = False,
    against: Against = None,
    fail_on: FailOn = None,
    strict: Strict = False,
    format: Format = None,
    out: options.Output = None,
    force: options.Force = False,
    reports: Reports = None,
    title: options.Title = None,
    date: options.Date = None,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """The plan and the open needs of many situations: answers, a table or a page.

    JSON lines hold {"id": ..., "facts": {...}}; a CSV file has facts as its header, id and title.
    """
    from adaptadvisor.advice.portfolio import Asked
    from adaptadvisor.cli import batch, batch_reports, stopping

    target = output.target(format, out, formats=PORTFOLIO_FORMATS, force=force)
    output.not_what_is_read(target, cases, rules, against)
    words = each_chosen("--fail-on", fail_on, PORTFOLIO_FAIL_ON)
    _comparable(words, against)
    settings = batch.Settings(
        target=target,
        team=counting(context),
        settled=settled,
        odds=odds,
        asked=Asked(words, strict, None if against is None else batch.former(against)),
        reports=batch_reports.folder(reports),
        look=Look(no_color, plain),
        title=title or ("" if cases == "-" else Path(cases).stem),
        date=output.dated(date),
    )
    try:
        tally = batch.run(load_table(rules), cases, settings)
    except FileExistsError:  # it appeared in the meantime
        raise output.exists(target.path, "--output") from None
    if target.path:
        output.wrote(target.path)
    return stopping.of_many(tally, words, cases)


def _comparable(words: list[str], against: str | None) -> None:
    """`BadInput` where a finding needs a former run and there is none."""
    for word in words if against is None else ():
        if word in AGAINST_FAIL_ON:
            message = "needs a former run to compare with: --against LAST.jsonl"
            raise bad_input("missing-value", message, f"--fail-on {word}")
