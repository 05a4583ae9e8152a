"""A verification as JUnit XML: the suites "examples", "cases" and "coverage"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from adaptadvisor.authoring.test import Verification
from adaptadvisor.errors import Location, printable


@dataclass(frozen=True, slots=True)
class _Test:
    suite: str
    id: str
    place: Location
    codes: tuple[str, ...]
    """What kinds of failure; empty where there is none."""
    message: str


def render(found: Verification) -> str:
    """The document as text."""
    tests = [*_run(found), *_covered(found)]
    root = ET.Element("testsuites", {"name": "rules", **_counts(tests)})
    for suite in ("examples", "cases", "coverage"):
        _suite(root, suite, [test for test in tests if test.suite == suite])
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _run(found: Verification) -> Iterable[_Test]:
    for result in found.results:
        codes = () if result.passed else ("test-failed",)
        yield _Test(result.suite, result.id, result.place, codes, result.message)


def _covered(found: Verification) -> Iterable[_Test]:
    for point in found.points:
        codes = tuple(gap.code for gap in point.gaps)
        words = "\n".join(
            f"{gap.message}{f'; add for example {gap.situation}' if gap.situation else ''}"
            for gap in point.gaps
        )
        yield _Test("coverage", f"{point.kind}: {point.id}", point.place, codes, words)


def _suite(root: ET.Element, name: str, tests: list[_Test]) -> None:
    counts = {"name": name, **_counts(tests), "errors": "0", "skipped": "0"}
    suite = ET.SubElement(root, "testsuite", counts)
    for test in tests:
        node = ET.SubElement(
            suite,
            "testcase",
            name=printable(test.id),
            classname=f"rules.{name}",
            file=printable(test.place.file),
            line=str(test.place.line),
        )
        if test.codes:
            message = printable(test.message)
            failure = ET.SubElement(node, "failure", type=test.codes[0], message=message)
            failure.text = printable(f"{test.place}: {test.message}")
        elif test.message:
            ET.SubElement(node, "system-out").text = printable(test.message)


def _counts(tests: list[_Test]) -> dict[str, str]:
    failures = sum(bool(test.codes) for test in tests)
    return {"tests": str(len(tests)), "failures": str(failures)}
