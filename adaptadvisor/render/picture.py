"""What the map of the HTML page shows (templates/map.html): a row for each thing that a situation
asks for, a column for each approach.
"""

from __future__ import annotations

from adaptadvisor.advice.recommendation import Reason, Recommendation
from adaptadvisor.render.path import path
from adaptadvisor.table.plans import APPROACHES

MARKS = {
    "met": "meets it, in the plan",
    "could": "could meet it too",
    "no": "does not meet it",
    "out": "is ruled out",
    "": "",
}
"""What each mark says."""


def shown(advice: Recommendation) -> dict[str, object]:
    """What the template needs."""
    return {"approaches": APPROACHES, "shown": path(advice), "met": met, "marks": MARKS}


def met(row: Reason, approach: str) -> str:
    """Which mark a row has in the column of an approach."""
    if row.kind == "limit":
        return "out" if approach in row.rules_out else ""
    if approach in {meeting.approach for meeting in row.met_by}:
        return "met"
    return "could" if approach in row.could_meet else "no"
