"""What the odds look at in a situation: a few dozen statements, each of them true or left out.

A fact that is unknown makes no statement, so that unknown never acts as "no". Which statements
count, and how much, is in `weights.py`; a statement that is not there counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adaptadvisor.table.ranges import Range

WRITING = ("answer", "rewrite", "write", "code")
DECIDING = ("label", "extract", "match")
"""Tasks whose result is a text, and tasks whose result is one of a few things."""

SIZES = (5, 10, 30)
"""Billions of parameters: between the sizes that are mostly in use, about 3, 7, 14 and 70."""

WITH_KIND = (
    *("model_access", "specialisation", "prompt_result", "prompt_affordable", "output_schema"),
    *("behaviour_shift", "data_quality", "main_error"),
)
"""Facts that mean something else for writing than for deciding."""

SMALL_MODEL = 10
"""Billions of parameters: below, a model gains by tuning even where the passages are found."""

FEW, MANY = 100, 1_000
"""Labelled examples: below, hardly enough to train anything; from here on, worth a look."""

TUNABLE = ("weights", "api_tuning")


def statements(facts: Mapping[str, object]) -> dict[str, float]:
    """What is said of a situation, each statement with how much of it holds (1, or a count / 2).

    Takes the values of facts as they are given; lists and facts that nobody has heard of make no
    statement.
    """
    said: dict[str, float] = {}
    for fact, value in facts.items():
        if isinstance(value, (str, bool)):
            said[_equals(fact, value)] = 1
    said |= dict.fromkeys(_numbers(facts), 1)
    if "prompt_result" not in facts:
        said["prompt_result unknown"] = 1
    kind = kind_of(facts)
    said |= dict.fromkeys(_search(facts), 1)
    tuning, knowing = sum(_for_tuning(facts)) / 2, sum(_for_search(facts)) / 2
    said |= {"reasons to tune": tuning, "reasons to search": knowing}
    if kind:
        said[kind] = 1
        said |= {f"{kind}: {statement}": 1 for statement in _with_kind(facts)}
        said[f"{kind}: reasons to tune"] = tuning
    if search(facts):
        said["text to search: reasons to tune"] = tuning
    return {statement: amount for statement, amount in said.items() if amount}


def kind_of(facts: Mapping[str, object]) -> str:
    """`writing`, `deciding`, or nothing where the task is unknown."""
    task = facts.get("task")
    return "writing" if task in WRITING else "deciding" if task in DECIDING else ""


def search(facts: Mapping[str, object]) -> bool:
    """Whether there is a text to search, as far as is known."""
    return any(_for_search(facts)) or ends(facts.get("corpus_tokens")) is not None


def ends(value: object) -> tuple[float, float] | None:
    """The least and the most that a number, or a range of numbers, may be; None for anything else.

    >>> ends(1200), ends("api"), ends(True)
    ((1200, 1200), None, None)
    """
    if isinstance(value, Range):
        return value.low, value.high
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value, value
    return None


def at_least(facts: Mapping[str, object], fact: str, least: float) -> bool:
    """Whether a number is known to be this much or more: of a range, every number in it."""
    found = ends(facts.get(fact))
    return found is not None and found[0] >= least


def below(facts: Mapping[str, object], fact: str, line: float) -> bool:
    """Whether a number is known to be less than this: of a range, every number in it."""
    found = ends(facts.get(fact))
    return found is not None and found[1] < line


def _equals(fact: str, value: str | bool) -> str:
    return f"{fact} = {value if isinstance(value, str) else str(value).lower()}"


def _numbers(facts: Mapping[str, object]) -> Iterator[str]:
    if below(facts, "examples", FEW):
        yield "few examples"
    if ends(facts.get("model_params_b")):
        yield "model size known"
    for size in SIZES:
        if at_least(facts, "model_params_b", size):
            yield f"model size >= {size}"


def _search(facts: Mapping[str, object]) -> Iterator[str]:
    if not search(facts):
        return
    yield "text to search"
    if below(facts, "model_params_b", SMALL_MODEL):
        yield "text to search: small model"
    if facts.get("prompt_result") in ("far", "close"):
        yield "text to search: prompt falls short"


def _with_kind(facts: Mapping[str, object]) -> Iterator[str]:
    for fact in WITH_KIND:
        value = facts.get(fact)
        if isinstance(value, (str, bool)):
            yield _equals(fact, value)
    if kind_of(facts) == "deciding" and at_least(facts, "examples", MANY):
        yield "many examples"
    if below(facts, "model_params_b", SMALL_MODEL):
        yield "small model"
    if search(facts):
        yield "text to search"
    if "prompt_result" not in facts:
        yield "prompt_result unknown"
        special = facts.get("specialisation") in ("domain", "deep")
        if special and facts.get("model_access") in TUNABLE:
            yield "special, tunable, untested"


def _for_tuning(facts: Mapping[str, object]) -> Iterator[bool]:
    """Reasons that speak for changing the model, whatever it is asked to do."""
    error = facts.get("main_error")
    yield facts.get("behaviour_shift") == "strong"
    yield facts.get("prompt_affordable") is False
    yield facts.get("prompt_result") in ("far", "close") and error != "knowledge"
    yield error in ("format", "style", "consistency", "skill")
    yield at_least(facts, "examples", MANY)
    yield facts.get("output_schema") is True


def _for_search(facts: Mapping[str, object]) -> Iterator[bool]:
    """Reasons that speak for looking things up."""
    yield facts.get("private_knowledge") is True
    yield facts.get("knowledge_updates") in ("days", "months")
    yield facts.get("main_error") == "knowledge"
    yield facts.get("citations") is True
    yield facts.get("per_user_access") is True
