"""Findings for pull requests: SARIF 2.1.0, and the workflow commands of GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from adaptadvisor.errors import Location
from adaptadvisor.evidence.finding import Finding, Level, Measure, Part, Place
from adaptadvisor.render import problems
from adaptadvisor.render.evidence import view
from adaptadvisor.render.problems import Object

_KINDS: dict[Level, tuple[str, str]] = {
    "failed": ("fail", "error"),
    "doubtful": ("fail", "warning"),
    "unknown": ("open", "none"),
    "passed": ("pass", "none"),
}
"""What SARIF calls the kind and the level of a result; only one that fails may have a level."""

_COMMANDS: dict[Level, str] = {
    "failed": "error",
    "doubtful": "warning",
    "unknown": "notice",
    "passed": "notice",
}
_MOST_PLACES = 100


# ---- SARIF ----


def sarif(findings: Sequence[Finding]) -> str:
    """A log with a rule for each check, a result for each finding, and one for each part."""
    checks = [*dict.fromkeys(one.check for one in findings)]
    rules = [_rule(check, [one for one in findings if one.check == check]) for check in checks]
    results = (_results(finding, checks.index(finding.check)) for finding in findings)
    return problems.log(rules, [result for each in results for result in each])


def _rule(check: str, findings: Sequence[Finding]) -> Object:
    modes = [*dict.fromkeys(mode for one in findings for mode in one.modes)]
    says = {"text": findings[0].title or check}
    return {"id": check, "shortDescription": says, "properties": {"tags": modes}}


def _results(finding: Finding, rule: int) -> Iterator[Object]:
    lines = [f"{view.heading(finding)}.", *finding.says, *finding.do, view.needed(finding)]
    result = _result(finding.check, rule, finding.level, _text(lines))
    more: dict[str, object] = {"verdict": finding.verdict, **_numbers(finding.measures)}
    if finding.needed is not None:
        more["needed"] = finding.needed
    places = [_located(place) for place in finding.places if place.file]
    yield {**result, **({"locations": places} if places else {}), "properties": more}
    for part in finding.parts:
        about = {"part": part.name, "says": part.says, **_numbers(part.measures)}
        part_result = _result(finding.check, rule, part.level, _part_words(part))
        yield {**part_result, "properties": about}


def _result(check: str, rule: int, level: Level, text: str) -> dict[str, object]:
    kind, weight = _KINDS[level]
    about = {"ruleId": check, "ruleIndex": rule, "kind": kind, "level": weight}
    return {**about, "message": {"text": text}}


def _located(place: Place) -> Object:
    found = problems.located(_location(place))
    return {**found, "message": {"text": place.says}} if place.says else found


def _numbers(measures: Iterable[Measure]) -> dict[str, object]:
    return {
        "measures": [
            {
                "name": one.name,
                "value": one.value,
                "unit": one.unit,
                "low": one.low,
                "high": one.high,
            }
            for one in measures
        ]
    }


# ---- GitHub ----


def github(findings: Sequence[Finding]) -> str:
    """A command for each finding, for each part that fails or is doubtful, and for each place."""
    return "".join(f"{line}\n" for finding in findings for line in _commands(finding))


def _commands(finding: Finding) -> Iterator[str]:
    kind = _COMMANDS[finding.level]
    title = f"adaptadvisor check {finding.check}: {finding.verdict}"
    about = f" ({finding.title})" if finding.title else ""
    lines = [f"{view.heading(finding)}{about}.", *finding.says, *finding.do]
    yield problems.command(kind, title, _text([*lines, view.needed(finding)]))
    for part in view.by_weight(finding.parts):
        if part.level in ("failed", "doubtful"):
            yield problems.command(_COMMANDS[part.level], title, _part_words(part))
    for place in finding.places[:_MOST_PLACES]:
        yield problems.command(kind, title, place.says, _location(place))


def _location(place: Place) -> Location:
    return Location(place.file, max(place.line, 0))


def _part_words(part: Part) -> str:
    head = f"{part.name or '(no name)'}: {view.WORDS[part.level]}"
    said = f"{head}, {part.says}" if part.says else head
    return _text([f"{said}. {'; '.join(map(view.named, part.measures))}"])


def _text(lines: Iterable[str]) -> str:
    return " ".join(filter(None, lines)).strip()
