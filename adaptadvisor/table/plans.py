"""The five approaches, and plans as sets of them.

A plan is an integer with one bit an approach, the cheapest approach in bit 0. Comparing two plans
by their dearest member, then the next dearest, then by size is then comparing the two integers. A
set of plans is a 32-bit integer with bit P for plan P.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

APPROACHES = ("prompt", "rag", "task_head", "lora", "full")
"""Cheapest first; the order is part of the meaning of "cheapest plan"."""

BIT = {approach: 1 << i for i, approach in enumerate(APPROACHES)}
EVERY_APPROACH = (1 << len(APPROACHES)) - 1
_PLANS = range(1 << len(APPROACHES))
EVERY_PLAN = (1 << len(_PLANS)) - 1
ALONE = sum(1 << approach for approach in BIT.values())
"""The set of plans with one member."""

HITTING = tuple(sum(1 << plan for plan in _PLANS if plan & met) for met in _PLANS)
"""HITTING[A]: the set of plans that have a member in A."""

INSIDE = tuple(sum(1 << plan for plan in _PLANS if plan & ~outer == 0) for outer in _PLANS)
"""INSIDE[A]: the set of plans whose members all lie in A."""

CONTAINING = tuple(sum(1 << plan for plan in _PLANS if plan & inner == inner) for inner in _PLANS)
"""CONTAINING[A]: the set of plans with every approach of A."""


def members(plan: int) -> tuple[str, ...]:
    """The approaches of a plan, cheapest first.

    >>> members(0b01010)
    ('rag', 'lora')
    """
    return tuple(approach for approach in APPROACHES if plan & BIT[approach])


def plan_of(approaches: Iterable[str]) -> int:
    """The plan with these approaches; `KeyError` for a word that is not an approach."""
    plan = 0
    for approach in approaches:
        plan |= BIT[approach]
    return plan


def name(plan: int) -> str:
    """How a plan is written: `rag+lora`, or `none`."""
    return "+".join(members(plan)) or "none"


_CALLED = {
    "task head": "task_head",
    "task-head": "task_head",
    "head": "task_head",
    "retrieval": "rag",
    "full fine-tuning": "full",
    "full fine tuning": "full",
    "full finetuning": "full",
    "full-fine-tuning": "full",
    "full tuning": "full",
    "full-tuning": "full",
}
_NAMED = re.compile(rf"(?<![\w:-])(?:{'|'.join(sorted(_CALLED, key=len, reverse=True))})(?![\w-])")
_JOINED = re.compile(r"\s*\+\s*")


def by_id(text: str) -> str:
    """A text in which approaches are called by their ids, as by people's names for them.

    >>> by_id("RAG + task head"), by_id("full fine-tuning")
    ('rag+task_head', 'full')
    """
    text = _JOINED.sub("+", text.strip().lower())
    return _NAMED.sub(lambda found: _CALLED[found[0]], text)


class Attempt(NamedTuple):
    """Something that was tried: the approaches in it, those of them that were tried as a whole, and
    the variants of the others that were in it, each after its approach.
    """

    plan: int
    whole: int
    variants: tuple[tuple[str, str], ...]


def attempt(text: str) -> Attempt:
    """What `rag+lora` or `rag+lora:dpo` says was tried; `KeyError` for what is no approach.

    >>> attempt("rag+lora:dpo")
    Attempt(plan=10, whole=2, variants=(('lora', 'dpo'),))
    """
    parts = [part.partition(":")[::2] for part in text.split("+")]
    whole = plan_of(approach for approach, variant in parts if not variant)
    named = {part for part in parts if part[1] and not BIT[part[0]] & whole}
    variants = sorted(named, key=lambda part: (BIT[part[0]], part[1]))
    return Attempt(plan_of(approach for approach, _ in parts), whole, tuple(variants))


def spelled(tried: Attempt) -> str:
    """How an attempt is written: `rag+lora:dpo`."""
    parts = [(BIT[approach], approach) for approach in members(tried.whole)]
    parts += [(BIT[approach], f"{approach}:{variant}") for approach, variant in tried.variants]
    return "+".join(part for _, part in sorted(parts))


def cheapest(needs: Collection[int], allowed: int, tried: Collection[int] = ()) -> int:
    """The cheapest plan inside `allowed` that meets every need (given as the set of approaches
    that meet it), has no superfluous member and lies in no tried plan; 0 where there is none.

    >>> name(cheapest([0b01011, 0b01010], allowed=0b11111))
    'rag'
    """
    good = INSIDE[allowed]
    for met in needs:
        good &= HITTING[met]
    for plan in tried:
        good &= ~INSIDE[plan]
    while good:  # the first of all has no superfluous member: without it, the plan would be smaller
        plan = (good & -good).bit_length() - 1
        if not tried or not _superfluous(plan, needs):
            return plan
        good &= good - 1
    return 0


def _superfluous(plan: int, needs: Iterable[int]) -> bool:
    """Whether some member meets no need that the others leave unmet."""
    alone = 0
    for met in needs:
        here = plan & met
        if here & (here - 1) == 0:
            alone |= here
    return alone != plan
