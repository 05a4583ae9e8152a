"""JUnit XML, as test runners write it and CI shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from adaptadvisor.errors import Location, printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test case. `code` is the kind of failure, empty where there is none; `skipped` that it
    could not be judged. `details` stand in the body of a failure, else the message does.
    """

    __test__ = False  # this is no test of pytest

    suite: str
    name: str
    about: str
    code: str = ""
    skipped: bool = False
    message: str = ""
    details: str = ""
    place: Location | None = None


def render(name: str, suites: Iterable[str], tests: Sequence[Test]) -> str:
    """The document, with a suite of each of these names, and `about.suite` as its class."""
    root = ET.Element("testsuites", {"name": printable(name), **_counts(tests)})
    for suite in suites:
        _suite(root, suite, [test for test in tests if test.suite == suite])
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(root: ET.Element, name: str, tests: Sequence[Test]) -> None:
    skipped = str(sum(test.skipped for test in tests))
    counts = {"name": printable(name), **_counts(tests), "errors": "0", "skipped": skipped}
    suite = ET.SubElement(root, "testsuite", counts)
    for test in tests:
        about = {"name": printable(test.name), "classname": printable(f"{test.about}.{name}")}
        node = ET.SubElement(suite, "testcase", about)
        if test.place:
            node.set("file", printable(test.place.file))
            node.set("line", str(test.place.line))
        message = printable(test.message)
        if test.code:
            failure = ET.SubElement(node, "failure", type=test.code, message=message)
            failure.text = printable(test.details or test.message)
            continue
        if test.skipped:
            ET.SubElement(node, "skipped", message=message)
        said = [printable(test.details)] if test.skipped else [message, printable(test.details)]
        if any(said):
            ET.SubElement(node, "system-out").text = "\n".join(filter(None, said))


def _counts(tests: Sequence[Test]) -> dict[str, str]:
    failures = sum(bool(test.code) for test in tests)
    return {"tests": str(len(tests)), "failures": str(failures)}
