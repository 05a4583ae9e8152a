"""Facts that cannot all be true, whatever the situation: a part that is larger than its whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adaptadvisor.table.facts import NotAValue, Value, show
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import Table


def contradictions(
    table: Table, facts: Mapping[str, Value | None]
) -> Iterator[tuple[str, NotAValue]]:
    """Each fact that another one contradicts for certain, with what contradicts what.

    The relations are `at_most` of the questions. Of ranges every number has to contradict.
    """
    for part, whole in table.at_most.items():
        least, most = _ends(facts.get(part))[0], _ends(facts.get(whole))[1]
        if least is not None and most is not None and least > most:
            parts = (f'"{fact}" is {_shown(facts[fact])}' for fact in (part, whole))
            said = " and ".join(parts) + ", which contradict each other"
            right = f'"{part}" counts a part of "{whole}" and is never more'
            yield part, NotAValue("contradiction", f"{said}; {right}")


def _ends(value: Value | None) -> tuple[float | None, float | None]:
    """The least and the most that a number can be; None for what is unknown or no number."""
    if isinstance(value, Range):
        return value.low, value.high
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value, value
    return None, None


def _shown(value: Value | None) -> str:
    return "unknown" if value is None else show(value)
