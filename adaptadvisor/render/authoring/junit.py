"""A verification as JUnit XML: the suites "examples", "cases" and "coverage"."""

from __future__ import annotations

from collections.abc import Iterable

from adaptadvisor.authoring.test import Verification
from adaptadvisor.errors import Location
from adaptadvisor.render import xunit
from adaptadvisor.render.xunit import Test

_ABOUT = "rules"


def render(found: Verification) -> str:
    """The document as text."""
    suites = ("examples", "cases", "coverage")
    return xunit.render(_ABOUT, suites, [*_run(found), *_covered(found)])


def _run(found: Verification) -> Iterable[Test]:
    for result in found.results:
        code = "" if result.passed else "test-failed"
        yield _test(result.suite, result.id, code, result.message, result.place)


def _covered(found: Verification) -> Iterable[Test]:
    for point in found.points:
        words = "\n".join(
            f"{gap.message}{f'; add for example {gap.situation}' if gap.situation else ''}"
            for gap in point.gaps
        )
        code = point.gaps[0].code if point.gaps else ""
        yield _test("coverage", f"{point.kind}: {point.id}", code, words, point.place)


def _test(suite: str, name: str, code: str, message: str, place: Location) -> Test:
    details = f"{place}: {message}" if code else ""
    return Test(
        suite=suite,
        name=name,
        about=_ABOUT,
        code=code,
        message=message,
        details=details,
        place=place,
    )
