"""What comes after a plan that fell short, in words, the same in every format."""

from __future__ import annotations

from adaptadvisor.advice.after import AfterRun, Fallback
from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.table.speech import plan_words

_LARGER = "another base model or a simpler task"
_NOTHING_LEFT = "look at a larger base model or a simpler task; no other plan is left."


def if_it_fails(advice: Recommendation) -> str:
    """What comes next; where what the run shows decides that, each case of it."""
    after = advice.fallback
    if after is None:
        return nothing_left(advice)
    if after.by_result:
        return f"{'; '.join(map(_case, after.by_result))}.{needs(after)}"
    return f"{plan_words(after.plan)}. {after.headline}{needs(after)}"


def needs(after: Fallback) -> str:
    """What the plan that comes next needs and nobody has said is there; empty for nothing."""
    if not after.needs:
        return ""
    return f" {plan_words(after.plan)} needs what nobody has confirmed: {'; '.join(after.needs)}."


def else_next(advice: Recommendation) -> str:
    """The same in a few words, to follow a gate: `else LoRA is next`; empty for a prompt alone."""
    after = advice.fallback
    if after:
        first = f"else {plan_words(after.plan)} is next"
        shown = (f" where {row.shown}" for row in after.by_result if row.plan == after.plan)
        others = (row for row in after.by_result if row.plan != after.plan)
        rest = (f"; where {row.shown}, {_shortly(row)}" for row in others)
        return "".join((first, next(shown, ""), *rest))
    if "prompt" in advice.plan or not advice.plan:
        return ""
    return f"else {'try ' + _LARGER if _out(advice) else 'keep the best that you measured'}"


def nothing_left(advice: Recommendation) -> str:
    """What to do where no other plan meets the needs: a prompt that was measured stays possible,
    unless it is ruled out.
    """
    measured = advice.plan and "prompt" not in advice.plan and not _out(advice)
    kept = "keep the best prompt that you measured, or " if measured else ""
    return f"{kept}{_NOTHING_LEFT}"


def _shortly(row: AfterRun) -> str:
    return row.first or (f"{plan_words(row.plan)} is next" if row.plan else "no plan is left")


def _case(row: AfterRun) -> str:
    first = f"{row.first}, then " if row.first else ""
    return f"if {row.shown}, {first}{plan_words(row.plan) if row.plan else 'no plan is left'}"


def _out(advice: Recommendation) -> bool:
    """Whether a prompt is ruled out."""
    return any(row.approach == "prompt" and row.verdict == "ruled out" for row in advice.verdicts)
