"""The command `next`: from results to the next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.cli import options, output
from adaptadvisor.cli.checking import BestScore, Checking, From, Map, Metric, made
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import gather
from adaptadvisor.cli.options import OUTPUT, Flags, one_of, option
from adaptadvisor.cli.output import NEXT_FORMATS, Look
from adaptadvisor.errors import bad_input, shown
from adaptadvisor.table.given import Given
from adaptadvisor.table.plans import APPROACHES, attempt, by_id, members
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import plan_words

if TYPE_CHECKING:
    from adaptadvisor.evidence.next_step import NextStep
    from adaptadvisor.evidence.outcomes import Outcome

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
    best_score: BestScore = None,
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
    from adaptadvisor.evidence.checks.compare import usual_margin
    from adaptadvisor.evidence.next_step import Run, next_step

    target = output.target(format, out, formats=NEXT_FORMATS, force=force)
    do = made(target, Look(no_color, plain), tool, mapping, metric, best_score)
    keep = _Keep(save, record, output.dated(date), force, plan is not None)
    given = gather(flags, facts_file, settings, title=title)
    outcomes, other = _Measured(results, baseline, system, baseline_system).outcomes(do, bar)
    run = Run(
        outcomes=outcomes,
        plan=_plan(flags.table, given, plan),
        baseline=other,
        baseline_plan=_members(baseline_plan, "--baseline-plan"),
        bar=bar,
        margin=margin or usual_margin(given.answers),
    )
    found = next_step(flags.table, given.facts, run)
    _tell(found, flags.table, do, named=plan is not None)
    keep.keep(found, given, flags.table)
    return Ending()


def in_percent(bar: float | None) -> None:
    """`BadInput` for a bar that was meant as a share."""
    if bar is not None and bar <= 1:
        wrong = f"it is in percent, so {bar:g} lets nearly everything pass; write {bar * 100:g}"
        raise bad_input("bad-setting", wrong, "--bar")


@dataclass(frozen=True, slots=True)
class _Measured:
    """The results that are named, and the systems in them."""

    results: str | None
    baseline: str | None
    system: str | None
    baseline_system: str | None

    def outcomes(
        self, do: Checking, bar: float | None
    ) -> tuple[tuple[Outcome, ...], tuple[Outcome, ...]]:
        """The outcomes of the plan, and of what it has to beat; none where nothing is named."""
        from adaptadvisor.evidence.statistics import needs_scipy

        in_percent(bar)
        if not self.results:
            raise bad_input("missing-value", "needs the results of the plan", "--results")
        if bar is None and not (self.baseline or self.baseline_system):
            right = "give --bar PERCENT, or --baseline with what it has to beat"
            raise bad_input("missing-value", f"nothing says what is good enough; {right}", "next")
        needs_scipy()
        if not (self.baseline or self.baseline_system):
            return do.one(self.results, self.system), ()
        other = self.baseline or self.results
        second, first = do.two(self.results, other, self.system, self.baseline_system)
        return second, first


@dataclass(frozen=True, slots=True)
class _Keep:
    """Where the facts and the case go; that they can is looked at before anything is read."""

    save: str | None
    record: str | None
    day: str
    force: bool
    named: bool

    def __post_init__(self) -> None:
        if self.save is not None:
            output.new_file(self.save, "--save", force=self.force)

    def keep(self, found: NextStep, given: Given, table: Table) -> None:
        """Writes what was asked for."""
        if self.save is not None:
            from adaptadvisor.reading.facts_file import written

            learnt = replace(given, answers={**given.answers, **found.facts})
            path = Path(self.save)
            output.write_file(written(table, learnt), path, force=self.force, flag="--save")
        if self.record is not None and not self.named:
            right = "name the plan that was measured"
            raise bad_input("missing-value", f"a record needs --plan; {right}", "--record")
        if self.record is not None:
            from adaptadvisor.cli.recording import record

            record(Path(self.record), found, given, self.day)


def _tell(found: NextStep, table: Table, do: Checking, *, named: bool) -> None:
    from adaptadvisor.render import next_step as shows

    if not named:
        do.notes.append(f"no --plan: the results are taken for {plan_words(found.measured)}")
    output.write(shows.render(found, table, do.target.format, **do.look.on(do.target)), do.target)
    do.say_notes()


def _plan(table: Table, given: Given, plan: str | None) -> str:
    """The plan that was measured, in the words of `tried`: the one named, else the one advised."""
    if plan is not None:
        _members(plan, "--plan")
        return by_id(plan)
    from adaptadvisor.advice.advise import advise

    advised = advise(table, given.facts).plan
    if not advised:
        raise bad_input("missing-value", "no plan is advised here; name the measured one", "--plan")
    return "+".join(advised)


def _members(words: str, flag: str) -> tuple[str, ...]:
    try:
        return members(attempt(by_id(words)).plan)
    except KeyError:
        right = f"one or more of {', '.join(APPROACHES)}, joined by +"
        raise bad_input("unknown-choice", f'"{shown(words)}" is no plan; {right}', flag) from None
