"""A verification in words: what failed, what is untested, and a summary."""

from __future__ import annotations

from adaptadvisor.advice.recommendation import as_data as to_data
from adaptadvisor.authoring.coverage import KINDS
from adaptadvisor.authoring.test import RuleTest, Verification
from adaptadvisor.errors import Problem, printable
from adaptadvisor.page import Page


def render(
    found: Verification, width: int = 80, *, colour: bool = False, plain: bool = False
) -> str:
    """The answer as text, each finding on one line that an editor understands; the summary last."""
    page = Page(width, colour=colour, plain=plain)
    if found.failed:
        page.title("Failed")
    for test in found.failed:
        page.finding(str(_failure(test)))
    if found.gaps:
        (page.heading if page.lines else page.title)("Not tested")
    for point, gap in found.gaps:
        page.finding(str(Problem(gap.code, gap.message, point.place)))
        if gap.situation:
            page.lines.append(printable(f"  add for example {gap.situation}"))
    if page.lines:
        page.say("")
    page.say(summary(found))
    return page.text()


def problems(found: Verification) -> list[Problem]:
    """What failed and what is untested, as problems with a place."""
    gaps = []
    for point, gap in found.gaps:
        more = f"; add for example {gap.situation}" if gap.situation else ""
        gaps.append(Problem(gap.code, f"{gap.message}{more}", point.place))
    return [*map(_failure, found.failed), *gaps]


def _failure(test: RuleTest) -> Problem:
    return Problem("test-failed", f"{test.id}: {test.message}", test.place)


def as_data(found: Verification) -> dict[str, object]:
    """The answer as plain data."""
    failed = [
        {"id": result.id, "place": str(result.place), "message": result.message}
        for result in found.failed
    ]
    gaps = [{**to_data(gap), "place": str(point.place)} for point, gap in found.gaps]
    pairs = {kind: zip(("covered", "of"), found.covered(kind), strict=True) for kind in KINDS}
    covered = {kind: dict(pair) for kind, pair in pairs.items()}
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
    tests = f"{len(found.results)} test{'' if len(found.results) == 1 else 's'}"
    return f"{tests}, {len(found.failed)} failed{misses}; {covered}"
