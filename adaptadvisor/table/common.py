"""What rows of several kinds have: reasons, sources, reviews, and examples of their conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from adaptadvisor.table.conditions import Condition
from adaptadvisor.table.facts import Value
from adaptadvisor.table.kinds import Kind

Situation: TypeAlias = Mapping[str, Value]

Priority = Annotated[int, "of the rows that hold, the one with the highest number is taken"]
Because = Annotated[str, "the reason, as people read it"]
Misleads = Annotated[str, "goes on from: this goes wrong when ...; shown to the user"]
Disagreement = Annotated[str, "which sources say otherwise, and how the row sees it"]
Reviewed = Annotated[str, Kind("date"), "the day somebody last looked at the evidence"]
Sources = Annotated[tuple[str, ...], Kind("ids", ("sources",)), "ids of rows in sources.yaml"]
Approaches = Annotated[tuple[str, ...], Kind("approaches")]
When = Annotated[Condition, "the row counts when all of this is known to hold"]
Provided = Annotated[Condition, "what one can go and get; counts unless it is known to fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Situations in which a row's `when` is known to hold, and situations in which it is not."""

    fires: tuple[Situation, ...] = ()
    quiet: tuple[Situation, ...] = ()


NO_EXAMPLES = Examples()
