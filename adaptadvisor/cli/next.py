"""The command `next`: from results to the next step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from adaptadvisor.cli import options, output
from adaptadvisor.cli.checking import From, Map, Metric, made
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import gather
from adaptadvisor.cli.options import OUTPUT, Flags, one_of, option
from adaptadvisor.cli.output import NEXT_FORMATS, Look
from adaptadvisor.errors import bad_input, shown
from adaptadvisor.evidence.next_step import NextStep, Run, next_step
from adaptadvisor.table.facts import Given
from adaptadvisor.table.plans import attempt
from adaptadvisor.table.rows import Table

_PANEL = "Results"
_RESULTS_HELP = "The results of the plan: a file or folder of an evaluation tool, or your own."
Results = Annotated[str | None, option("--results", _RESULTS_HELP, "FILE", _PANEL)]
_PLAN_HELP = "The plan that was measured, such as lora, or lora:qlora (the one advised)."
Plan = Annotated[str | None, option("--plan", _PLAN_HELP, "PLAN", _PANEL)]
_BASELINE_HELP = "Results of what it has to beat, on the same items."
Baseline = Annotated[str | None, option("--baseline", _BASELINE_HELP, "FILE", _PANEL)]
_BASELINE_PLAN_HELP = "The plan behind the baseline (prompt)."
BaselinePlan = Annotated[str, option("--baseline-plan", _BASELINE_PLAN_HELP, "PLAN", _PANEL)]
_BAR_HELP = "Percent of right answers that is good enough, such as 90."
Bar = Annotated[float | None, option("--bar", _BAR_HELP, "PERCENT", _PANEL, min=0.1, max=100)]
_MARGIN_HELP = "Points that matter (2; 1 where a wrong answer costs much)."
Margin = Annotated[
    float | None, option("--margin", _MARGIN_HELP, "POINTS", _PANEL, min=0.01, max=100)
]
_SYSTEM_HELP = "The system in the results, where there are several."
System = Annotated[str | None, option("--system", _SYSTEM_HELP, "NAME", _PANEL)]
_OTHER_HELP = "The system in the baseline; alone, one of the same results."
BaselineSystem = Annotated[str | None, option("--baseline-system", _OTHER_HELP, "NAME", _PANEL)]
_RECORD_HELP = "Add what came out to this table of yours, as a case others are advised by."
Record = Annotated[str | None, option("--record", _RECORD_HELP, "DIR", OUTPUT)]
_FORMAT_HELP = "How to show it (by the suffix of -o, else text)."
Format = Annotated[str | None, one_of("--format", NEXT_FORMATS, _FORMAT_HELP, OUTPUT)]


def next_(
    flags: Flags,
    *,
    results: Results = None,
    plan: Plan = None,
    baseline: Baseline = None,
    baseline_plan: BaselinePlan = "prompt",
    bar: Bar = None,
    margin: Margin = None,
    system: System = None,
    baseline_system: BaselineSystem = None,
    facts_file: options.Facts = None,
    settings: options.Settings = None,
    tool: From = None,
    mapping: Map = None,
    metric: Metric = None,
    rules: options.Rules = None,
    save: options.SaveFacts = None,
    record: Record = None,
    title: options.Title = None,
    date: options.Date = None,
    format: Format = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """What results say of a plan: keep it, climb, repair or stop; and the new advice."""
    from adaptadvisor.evidence.checks.compare import MARGIN, MARGIN_OF_HIGH_STAKES
    from adaptadvisor.evidence.statistics import needs_scipy
    from adaptadvisor.render import next_step as shows

    target = output.target(format, out, formats=NEXT_FORMATS, force=force)
    day = output.dated(date)
    if not results:
        raise bad_input("missing-value", "needs the results of the plan", "--results")
    if bar is None and baseline is None and baseline_system is None:
        right = "give --bar PERCENT, or --baseline with what it has to beat"
        raise bad_input("missing-value", f"nothing says what is good enough; {right}", "next")
    needs_scipy()
    do = made(target, Look(no_color, plain), tool, mapping, metric)
    given = gather(flags, facts_file, settings, title=title)
    save_to = None if save is None else output.new_file(save, "--save", force=force)
    usual = MARGIN_OF_HIGH_STAKES if given.answers.get("stakes") == "high" else MARGIN
    other = baseline or (results if baseline_system else None)
    run = Run(
        outcomes=do.one(results, system),
        plan=_measured(flags.table, given, plan),
        names=("the baseline", "the plan"),
        baseline=do.one(other, baseline_system) if other else (),
        baseline_plan=_plan_in(baseline_plan, "--baseline-plan"),
        bar=bar,
        margin=margin or usual,
    )
    found = next_step(flags.table, given.facts, run)
    text = shows.render(found, flags.table, target.format, **do.look.on(target))
    output.write(text, target)
    do.say_notes()
    if save_to:
        from adaptadvisor.reading.facts_file import written

        learnt = replace(given, answers={**given.answers, **found.facts})
        output.write_file(written(flags.table, learnt), save_to, force=force, flag="--save")
    if record:
        _record(Path(record), found, given, day)
    return Ending()


def _measured(table: Table, given: Given, plan: str | None) -> str:
    """The plan that was measured, in the words of `tried`: the one named, else the one advised."""
    if plan is not None:
        _plan_in(plan, "--plan")
        return plan.strip().lower().replace("task-head", "task_head")
    from adaptadvisor.advice.advise import advise

    advised = advise(table, given.facts).plan
    if not advised:
        raise bad_input("missing-value", "no plan is advised here; name the measured one", "--plan")
    return "+".join(advised)


def _plan_in(words: str, flag: str) -> tuple[str, ...]:
    from adaptadvisor.table.plans import APPROACHES, members

    try:
        return members(attempt(words.strip().lower().replace("task-head", "task_head")).plan)
    except KeyError:
        right = f"one or more of {', '.join(APPROACHES)}, joined by +"
        raise bad_input("unknown-choice", f'"{shown(words)}" is no plan; {right}', flag) from None


def _record(folder: Path, found: NextStep, given: Given, day: str) -> None:
    from adaptadvisor.cli.recording import record

    record(folder, found, given, day)
