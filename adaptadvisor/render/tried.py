"""What is said of plans that were tried, the same in every format."""

from __future__ import annotations

from collections.abc import Iterator

from adaptadvisor.advice.recommendation import OpenNeed, Recommendation, Verdict
from adaptadvisor.table.speech import plan_words, value_words


def fell_short_alone(advice: Recommendation, verdict: Verdict) -> bool:
    """Whether an approach that is a part of the plan was tried by itself and fell short."""
    tried = advice.facts.get("tried")
    return verdict.verdict == "recommended" and verdict.approach in (
        tried if isinstance(tried, tuple) else ()
    )


def tried_words(advice: Recommendation) -> str:
    """What was tried, and what is therefore not offered again; empty where nothing was."""
    tried = advice.facts.get("tried")
    texts = tried if isinstance(tried, tuple) else ()
    variants = [text for text in texts if ":" in text]
    plans = [text for text in texts if text not in variants]
    words = []
    if plans:
        again = "so it is not offered again by itself"
        if any("+" in plan for plan in plans):
            again = "so neither that plan nor a part of it is offered again by itself"
        words.append(f"You tried {value_words(tuple(plans))} and it fell short, {again}.")
        words += _what_is_added(advice, plans)
    if variants:
        again = "so another variant is offered, or another plan where none is left"
        words.append(f"You tried {value_words(tuple(variants))} and it fell short, {again}.")
    return " ".join(words)


def _what_is_added(advice: Recommendation, tried: list[str]) -> Iterator[str]:
    """What the plan adds to the largest plan that was tried and is a part of it."""
    within = (plan.split("+") for plan in tried)
    parts = max((plan for plan in within if {*plan} < {*advice.plan}), key=len, default=None)
    if parts:
        more = ", ".join(plan_words([part]) for part in advice.plan if part not in parts)
        yield f"The plan here adds {more} to {plan_words(parts)}."


def would_close(need: OpenNeed) -> str:
    """What would close an open need: first what was tried for it and fell short, mended."""
    ran = dict.fromkeys(closer.approach for closer in need.closers if closer.kind == "tried")
    mended = [f"the {plan_words([part])} that fell short, once it is mended" for part in ran]
    return "; or ".join([*mended, need.closed_by])
