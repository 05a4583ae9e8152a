"""`next`: from the results of a plan to what they say of it, the facts they set, and new advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from adaptadvisor.advice.advise import advise, check_facts
from adaptadvisor.advice.compare import Comparison, compare
from adaptadvisor.advice.recommendation import Data, Recommendation, as_data
from adaptadvisor.advice.repair import TRAINING
from adaptadvisor.evidence.causes import Kinds, kinds
from adaptadvisor.evidence.checks.compare import MARGIN
from adaptadvisor.evidence.checks.compare import compare as compared
from adaptadvisor.evidence.checks.coverage import coverage
from adaptadvisor.evidence.checks.repeats import repeats
from adaptadvisor.evidence.checks.retrieval import judged, retrieval
from adaptadvisor.evidence.finding import Finding
from adaptadvisor.evidence.gate import MOST_ERRORS, Gate, gate
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.table.facts import Value, show_number
from adaptadvisor.table.plans import attempt, members, plan_of, spelled
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import plan_words

SCHEMA = "adaptadvisor/next/1"

Move = Literal["keep", "step down", "measure", "mend the run", "repair", "climb", "stop"]
"""What the evidence says of the plan: keep it; take what is cheaper and as good; measure more;
mend the run, which lost too many answers; repair this approach before a dearer one; climb to the
new plan; stop, because no plan is left.
"""

CLOSE = 10.0
"""Points below the bar up to which a prompt is close to it, as the question about it says."""

_PROMPT = ("prompt",)
_ENOUGH_READ = 50
_TOO_MANY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """A fact that the results set, what it was before (None: not known), and from what."""

    fact: str
    value: Value
    before: Value | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The whole answer. `measured` is the plan the results are of, `reached` the plan to go on
    with: itself, the cheaper one, or that of the new advice; `against` the plan it was measured
    against, if any.
    """

    schema: str
    measured: tuple[str, ...]
    move: Move
    reached: tuple[str, ...]
    headline: str
    says: tuple[str, ...]
    gate: Gate
    findings: tuple[Finding, ...]
    against: tuple[str, ...]
    kinds: Kinds
    learnt: tuple[Learnt, ...]
    facts: Mapping[str, Value]
    advice: Recommendation
    changed: Comparison

    def as_data(self) -> Data:
        """The answer as dictionaries, lists and plain values, ready for JSON."""
        return as_data(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Results of a plan as they were given: its outcomes, the plan in the words of `tried`, the
    outcomes of what it is measured against and the plan behind those, and the bar in percent.
    """

    outcomes: Sequence[Outcome]
    plan: str
    names: tuple[str, str] = ("the baseline", "the plan")
    baseline: Sequence[Outcome] = ()
    baseline_plan: tuple[str, ...] = _PROMPT
    bar: float | None = None
    margin: float = MARGIN


def next_step(table: Table, given: Mapping[str, object], run: Run) -> NextStep:
    """What the results of a run say in a situation; `BadInput` for facts that are none."""
    facts = check_facts(table, given)
    measured = members(attempt(run.plan).plan)
    against = _against(facts, run) if run.baseline else None
    passed = gate(run.outcomes, run.bar, against)
    findings = _findings(run, measured, against)
    seen = kinds(table, run.outcomes)
    move = _first_move(passed, against, dearer=plan_of(measured) > plan_of(run.baseline_plan))
    learnt = _learnt(table, facts, run, passed, findings, seen, move)
    after = {**facts, **{one.fact: one.value for one in learnt}}
    after = {fact: after[fact] for fact in table.facts if fact in after}
    advice = advise(table, after)
    again = spelled(attempt(run.plan)) in _tried(facts)
    move = _second_move(move, measured, advice, findings, again=again)
    reached = _reached(move, measured, run, advice)
    return NextStep(
        schema=SCHEMA,
        measured=measured,
        move=move,
        reached=reached,
        headline=_headline(move, measured, reached, passed),
        says=tuple(_says(passed, run, seen)),
        gate=passed,
        findings=findings,
        against=run.baseline_plan if run.baseline else (),
        kinds=seen,
        learnt=learnt,
        facts=after,
        advice=advice,
        changed=compare(table, facts, after, ("Before", "After")),
    )


def _against(facts: Mapping[str, Value], run: Run) -> Finding:
    keep = facts.get("keep_general") is True
    return compared(run.baseline, run.outcomes, run.names, margin=run.margin, keep_general=keep)


def _findings(run: Run, measured: Sequence[str], against: Finding | None) -> tuple[Finding, ...]:
    found = [against] if against else []
    found.append(coverage(run.outcomes))
    if any(one.repeat > 1 for one in run.outcomes):
        found.append(repeats(run.outcomes))
    if "rag" in measured and judged(run.outcomes):
        found.append(retrieval(run.outcomes))
    return tuple(found)


def _first_move(passed: Gate, against: Finding | None, *, dearer: bool) -> Move:
    """What the numbers alone say; `climb` stands for everything that falls short."""
    if passed.items == 0 or passed.errors > MOST_ERRORS:
        return "mend the run"
    if passed.state == "falls short":
        return "climb"
    if passed.state == "cannot tell":
        return "measure"
    if against is None:
        return "keep"
    if against.verdict == "better":
        return "keep"
    if against.verdict == "not enough evidence":
        return "measure"
    return "step down" if dearer else "keep"


def _learnt(
    table: Table,
    facts: Mapping[str, Value],
    run: Run,
    passed: Gate,
    findings: Sequence[Finding],
    seen: Kinds,
    move: Move,
) -> tuple[Learnt, ...]:
    """The facts that the results set, in the order of the table; none from a run that is broken."""
    if move == "mend the run":
        return ()
    found: dict[str, tuple[Value, str]] = {}
    for finding in findings:
        for fact, value in finding.facts.items():
            found[fact] = (value, finding.because[0])
    measured = members(attempt(run.plan).plan)
    if measured == _PROMPT and passed.bar is not None and move != "measure":
        found["prompt_result"] = _prompt_result(passed, passed.bar)
        if seen.main and move == "climb":
            most = seen.counts[0].number
            found["main_error"] = (
                seen.main,
                f"{most} of the {seen.told} failures with a kind are of this one.",
            )
    elif run.baseline and run.baseline_plan == _PROMPT and passed.bar is not None:
        other = gate(run.baseline, passed.bar)
        if other.state in ("passes", "falls short"):
            found["prompt_result"] = _prompt_result(other, passed.bar)
    if measured != _PROMPT and _fell(move, passed):
        tried = (*_tried(facts), spelled(attempt(run.plan)))
        found["tried"] = (tuple(dict.fromkeys(tried)), _fell_short(passed, run))
    return tuple(
        Learnt(fact=fact, value=found[fact][0], before=facts.get(fact), because=found[fact][1])
        for fact in table.facts
        if fact in found and facts.get(fact) != found[fact][0]
    )


def _tried(facts: Mapping[str, Value]) -> tuple[str, ...]:
    tried = facts.get("tried", ())
    return tried if isinstance(tried, tuple) else ()


def _fell(move: Move, passed: Gate) -> bool:
    """Whether the plan fell short: of the bar, or, where there is none, of what it had to beat."""
    return move == "climb" or (move == "step down" and passed.state == "no bar")


def _prompt_result(passed: Gate, bar: float) -> tuple[Value, str]:
    score = f"{passed.score.value:.1f} % against a bar of {bar:g} %"
    if passed.state == "passes":
        return "passes", f"The prompt reaches the bar: {score}."
    apart = bar - passed.score.value
    near: Value = "close" if apart < CLOSE else "far"
    return near, f"The prompt falls {apart:.1f} points short: {score}."


def _fell_short(passed: Gate, run: Run) -> str:
    if passed.bar is not None and passed.state == "falls short":
        return f"It scored {passed.score.value:.1f} %, below the bar of {passed.bar:g} %."
    return f"It brought nothing that matters over {run.names[0]}."


def _second_move(
    move: Move,
    measured: Sequence[str],
    advice: Recommendation,
    findings: Sequence[Finding],
    *,
    again: bool,
) -> Move:
    """What falls short is repaired where that comes first, and only once; else one climbs."""
    if move != "climb":
        return move
    missed = any(one.check == "retrieval" and one.level == "failed" for one in findings)
    trained = any(approach in TRAINING for approach in measured)
    same = tuple(advice.plan) == tuple(measured)
    if not again and (missed or same or (trained and advice.repair is not None)):
        return "repair"
    return "climb" if advice.plan and not same else "stop"


def _reached(
    move: Move, measured: tuple[str, ...], run: Run, advice: Recommendation
) -> tuple[str, ...]:
    if move == "step down":
        return run.baseline_plan
    return tuple(advice.plan) if move in ("climb", "stop") else measured


def _headline(move: Move, measured: Sequence[str], reached: Sequence[str], passed: Gate) -> str:
    plan, other = plan_words(measured), plan_words(reached)
    heads: dict[Move, str] = {
        "keep": f"Keep it: {plan}.",
        "step down": f"Go back to {other}: {plan} is not better enough to pay for.",
        "measure": f"Measure more before deciding: {_doubt(plan, passed)}.",
        "mend the run": "Mend the run first: too many requests got no answer.",
        "repair": f"Repair {plan} before trying anything dearer.",
        "climb": f"{plan[0].upper()}{plan[1:]} falls short; go on with {other}.",
        "stop": f"{plan[0].upper()}{plan[1:]} falls short, and no plan is left that was not tried.",
    }
    return heads[move]


def _doubt(plan: str, passed: Gate) -> str:
    """What more items would tell."""
    if passed.state == "passes":
        return f"{plan} is good enough, and whether it beats what is cheaper is not known"
    if passed.state == "no bar":
        return f"whether {plan} beats what is cheaper is not known"
    return f"{plan} may or may not be good enough"


def _says(passed: Gate, run: Run, seen: Kinds) -> list[str]:
    """The numbers behind the move, and what would tell where they cannot."""
    score = passed.score
    said = [
        f"{score.value:.1f} % right on {show_number(passed.items)} items (95 % interval"
        f" {score.low:.1f} to {score.high:.1f})"
        + (f"; the bar is {passed.bar:g} %." if passed.bar is not None else "; no bar was given.")
    ]
    if passed.needed and passed.needed > _TOO_MANY * max(passed.items, 100):
        said.append(
            "It is at the bar: no set of a likely size tells more; decide by cost and risk."
        )
    elif passed.needed:
        items = show_number(passed.needed)
        said.append(f"About {items} items would tell which side of the bar it is on.")
    if passed.errors:
        said.append(f"{passed.errors:.0f} % of requests got no answer, which is not counted wrong.")
    if seen.told:
        listed = ", ".join(f"{one.kind} {one.number}" for one in seen.counts)
        clear = "" if seen.main else "; none is clearly the commonest"
        said.append(f"Of {seen.failures} failures {seen.told} say why: {listed}{clear}.")
    elif seen.failures:
        some = f"{min(seen.failures, _ENOUGH_READ)} of them" if seen.failures > 1 else "it"
        told = f"read {some} and give each a kind in the column tags"
        said.append(f"No failure says of what kind it is: {told}.")
    return said
