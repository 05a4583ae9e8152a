"""Findings as JUnit XML: a suite for each check, a test for the whole and for each part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from adaptadvisor.errors import Location
from adaptadvisor.evidence.finding import Finding, Level, Measure
from adaptadvisor.render import xunit
from adaptadvisor.render.evidence import view
from adaptadvisor.render.xunit import Test

_ABOUT = "check"


def render(findings: Sequence[Finding], title: str) -> str:
    """What failed is a failure, what cannot be told is skipped, what is doubtful passes and says
    so in its output.
    """
    suites = dict.fromkeys(one.check for one in findings)
    tests = [test for finding in findings for test in _tests(finding)]
    return xunit.render(title or view.HEADING, suites, tests)


def _tests(finding: Finding) -> Iterator[Test]:
    lines = [*finding.says, *finding.do, view.needed(finding)]
    places = [f"{view.place_words(one)}: {one.says}" for one in finding.places]
    first = finding.places[0] if finding.places else None
    place = Location(first.file, first.line) if first else None
    more = (*lines, *places)
    yield _test(
        finding.check, finding.title, finding.level, finding.verdict, finding.measures, more, place
    )
    for part in finding.parts:
        yield _test(
            finding.check, part.name or "(no name)", part.level, part.says, part.measures, ()
        )


def _test(
    suite: str,
    name: str,
    level: Level,
    says: str,
    measures: Iterable[Measure],
    more: Iterable[str],
    place: Location | None = None,
) -> Test:
    lines = (*more, *map(view.named, measures))
    return Test(
        suite=suite,
        name=name,
        about=_ABOUT,
        code="check-failed" if level == "failed" else "",
        skipped=level == "unknown",
        message=f"{view.WORDS[level]}: {says}" if says else view.WORDS[level],
        details="\n".join(filter(None, lines)),
        place=place,
    )
