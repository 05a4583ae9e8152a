"""How people say what a table calls by ids: plans, facts with their values, conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from adaptadvisor.table.conditions import All, Condition, Test
from adaptadvisor.table.evidence import Source
from adaptadvisor.table.facts import Fact, Value, show
from adaptadvisor.table.plans import attempt, members
from adaptadvisor.table.ranges import Range

APPROACH_NAMES: Mapping[str, str] = {
    "prompt": "prompt",
    "rag": "RAG",
    "task_head": "task head",
    "lora": "LoRA",
    "full": "full fine-tuning",
}
"""The approaches in short; each row of the table says at length what it is."""

_AMOUNTS = {">=": "{} or more", ">": "more than {}", "<=": "at most {}", "<": "under {}"}
_SOURCE = re.compile(r"\b([a-z][a-z-]*)((?:19|20)\d\d)[a-z]?(?:-[a-z0-9]+)*\b")
_ID = re.compile(r"\b[a-z][a-z0-9]*(?:-[a-z0-9]+)+\b")
_YES_OR_NO = {"true": "yes", "false": "no"}


def plan_words(plan: Iterable[str]) -> str:
    """`RAG + LoRA`; `none` without an approach."""
    return " + ".join(APPROACH_NAMES[approach] for approach in plan) or "none"


def attempt_words(text: str) -> str:
    """What was tried, as people say it: `RAG + LoRA (dpo)` for `rag+lora:dpo`."""
    try:
        tried = attempt(text)
    except KeyError:  # a stored document may say anything
        return text
    variants = ", ".join(variant for _, variant in tried.variants)
    return plan_words(members(tried.plan)) + (f" ({variants})" if variants else "")


def value_words(value: Value, unit: str = "") -> str:
    """`1,200 examples`, `24 GB`, `500 to 5,000 tokens`, `yes`, `api tuning`, `RAG + LoRA`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(attempt_words, value)) or "nothing"
    if isinstance(value, str):
        return value.replace("_", " ")
    amount = show(value)
    return f"{amount} {_of(amount, unit)}".rstrip()


def _of(amount: str, unit: str) -> str:
    """A unit after an amount: of one thing, in the singular.

    >>> _of("1", "requests a day"), _of("1", "classes"), _of("1", "GB"), _of("2", "classes")
    ('request a day', 'class', 'GB', 'classes')
    """
    what, blank, rest = unit.partition(" ")
    one = what.removesuffix("es" if what.endswith("sses") else "s") if amount == "1" else what
    return f"{one}{blank}{rest}"


def unit_beside(name: str, unit: str) -> str:
    """The unit next to the name of a fact; empty where the name says it: `labelled examples`."""
    return "" if unit and name.endswith(unit) else unit


def capital(text: str) -> str:
    """With a capital."""
    return f"{text[:1].upper()}{text[1:]}"


def beside(fact: Fact, value: Value) -> str:
    """A value next to the name of its fact, which need not say the unit twice: `1,200`, `24 GB`."""
    return value_words(value, unit_beside(fact.name, fact.unit))


def said(name: str, unit: str, value: Value) -> str:
    """A fact by its name, unit (or empty) and value: `1,200 labelled examples`, `kind of task:
    label`, `GPU memory: 24 GB`.
    """
    if isinstance(value, (int, float, Range)) and not isinstance(value, bool):
        return _amount(name, unit, show(value))
    return f"{name}: {value_words(value)}"


def _amount(name: str, unit: str, amount: str) -> str:
    if unit and name.endswith(unit):
        return f"{amount} {name.removesuffix(unit)}{_of(amount, unit)}"
    return f"{name}: {amount} {_of(amount, unit)}".rstrip()


def authors(text: str, sources: Mapping[str, Source] | None = None) -> str:
    """A text in which sources are called as people call them: who said it, and the year. Where the
    id has no year, the row of the source tells.

    >>> authors("agarwal2024-many-shot and ma2023 see it differently")
    'Agarwal 2024 and Ma 2023 see it differently'
    """
    text = _SOURCE.sub(lambda found: f"{found[1].capitalize()} {found[2]}", text)
    known = sources or {}
    return _ID.sub(lambda found: _who(known[found[0]]) if found[0] in known else found[0], text)


def _who(source: Source) -> str:
    """`Unsloth 2025` for `unsloth-faq`, in the spelling that its title or its place has."""
    name = source.id.partition("-")[0]
    spelled = re.search(rf"\b{re.escape(name)}\b", f"{source.title} {source.venue}", re.IGNORECASE)
    return f"{spelled[0] if spelled else name.capitalize()} {source.year}"


def condition_words(condition: Condition, facts: Mapping[str, Fact]) -> str:
    """`kind of task: label, and 200 or more labelled examples`; `always` where nothing is asked."""
    if isinstance(condition, Test):
        fact = facts[condition.fact]
        return _tested(fact.name, fact.unit, condition.text)
    joint = ", and " if isinstance(condition, All) else ", or "
    words = []
    for part in condition.parts:
        spoken = condition_words(part, facts)
        alone = isinstance(part, Test) or len(part.parts) < 2
        words.append(spoken if alone else f"({spoken})")
    return joint.join(words) or "always"


def _tested(name: str, unit: str, text: str) -> str:
    compared, _, number = text.partition(" ")
    if compared in _AMOUNTS:
        return _amount(name, unit, _AMOUNTS[compared].format(number))
    if text.startswith("from "):
        return _amount(name, unit, text.removeprefix("from "))
    words = [_YES_OR_NO.get(word, word.replace("_", " ")) for word in text.split(" or ")]
    return f"{name}: {' or '.join(words)}"


def answer_words(answer: str, unit: str = "") -> str:
    """An answer, or several with one outcome, as people say it: `at most 199 examples`, `yes`."""
    words = [_YES_OR_NO.get(word, word.replace("_", " ")) for word in answer.split(" or ")]
    words = ["0" if word == "at most 0" else word for word in words]  # nothing is counted below it
    return f"{' or '.join(words)} {unit}".rstrip()
