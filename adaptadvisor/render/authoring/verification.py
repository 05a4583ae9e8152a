"""A verification in words: what failed, what is untested, and a summary."""

from __future__ import annotations

from typing import Any

from adaptadvisor.authoring.coverage import KINDS
from adaptadvisor.authoring.test import Verification
from adaptadvisor.errors import Location, Problem, printable
from adaptadvisor.page import Page


def render(
    found: Verification, width: int = 80, *, colour: bool = False, plain: bool = False
) -> str:
    """The answer as text, each finding on one line that an editor understands; the summary last."""
    page = Page(width, colour=colour, plain=plain)
    if found.failed:
        page.title("Failed")
    for test in found.failed:
        page.finding(_finding(test.place, "test-failed", f"{test.id}: {test.message}"))
    if found.gaps:
        (page.heading if page.lines else page.title)("Not tested")
    for point, gap in found.gaps:
        page.finding(_finding(point.place, gap.code, gap.message))
        if gap.situation:
            page.lines.append(printable(f"  add for example {gap.situation}"))
    if page.lines:
        page.say("")
    page.say(summary(found))
    return page.text()


def _finding(place: Location, code: str, message: str) -> str:
    return str(Problem(code, message, place))


def as_data(found: Verification) -> dict[str, Any]:
    """The answer as plain data."""
    failed = [
        {"id": result.id, "place": str(result.place), "message": result.message}
        for result in found.failed
    ]
    gaps = [
        {
            "code": gap.code,
            "place": str(point.place),
            "message": gap.message,
            "situation": gap.situation,
        }
        for point, gap in found.gaps
    ]
    covered = {
        kind: dict(zip(("covered", "of"), found.covered(kind), strict=True)) for kind in KINDS
    }
    return {
        "tests": len(found.results),
        "failed": failed,
        "known_misses": [result.id for result in found.known_misses],
        "gaps": gaps,
        "coverage": covered,
    }


def summary(found: Verification) -> str:
    """`561 tests, 0 failed, 4 known misses; rows 82/82, branches 251/251, lines 40/40`."""
    count = len(found.known_misses)
    misses = f", {count} known miss{'' if count == 1 else 'es'}" if count else ""
    covered = ", ".join("{} {}/{}".format(kind, *found.covered(kind)) for kind in KINDS)
    return (
        f"{len(found.results)} test{'' if len(found.results) == 1 else 's'}, {len(found.failed)}"
        f" failed{misses}; {covered}"
    )
