"""What a report of checks shows: the JSON that `check ... --format json` writes.

A sign is read from what a check concluded, never from its numbers: the thresholds are those of the
checks alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from adaptadvisor.errors import BadInput, Location, bad_input, shown
from adaptadvisor.evidence.checks.retrieval import PASSAGE_THERE
from adaptadvisor.evidence.report import SCHEMA
from adaptadvisor.table.facts import NotAValue, Value, from_object
from adaptadvisor.table.rows import Table

MOST_FINDINGS = 1_000
_RIGHT = "expected what `check ... --format json` writes"
_FAMILY = SCHEMA.partition("/")[0]


@dataclass(frozen=True, slots=True)
class CheckSign:
    """Something that a check found (one of `CHECK_SIGNS`), in a sentence."""

    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class _Said:
    """What a finding concludes, and the facts that it sets."""

    check: str
    level: str
    verdict: str
    says: str
    parts: tuple[_Part, ...]
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings of a report."""

    findings: tuple[_Said, ...]

    @property
    def signs(self) -> tuple[CheckSign, ...]:
        """What it shows, in the order of its findings; what passed shows nothing."""
        return tuple(
            CheckSign(kind, f"Check {one.check}: {one.says}")
            for one in self.findings
            for kind in _kinds(one)
        )

    def facts(self, table: Table) -> dict[str, Value]:
        """The facts that the checks set, of those that this table asks for; the first finding
        counts.
        """
        found: dict[str, Value] = {}
        for one in self.findings:
            for id, value in one.facts.items():
                fact = table.facts.get(id)
                if fact is None or fact.derived:
                    continue
                with suppress(NotAValue):
                    taken = from_object(fact, value)
                    if taken is not None:
                        found.setdefault(id, taken)
        return found


def _kinds(one: _Said) -> Iterator[str]:
    """What a finding is a sign of."""
    if one.check == "compare":
        yield from _compared(one)
    elif one.check == "retrieval":
        if one.level == "failed":
            yield "search-misses"
        if any(part.name == PASSAGE_THERE and part.level != "passed" for part in one.parts):
            yield "passage-unused"
    elif one.check == "coverage":
        if one.level in ("failed", "unknown"):
            yield "lacks-a-part" if one.level == "failed" else "too-few-items"
    elif one.check == "domain":
        if one.level in ("failed", "doubtful"):  # it knows no worse than doubtful
            yield "sets-differ"
    elif one.level == "failed" and one.check in _WHEN_FAILED:
        yield _WHEN_FAILED[one.check]


_WHEN_FAILED = {
    "leakage": "leaks",
    "repeats": "unsteady",
    "prompts": "wording-matters",
    "dates": "worse-on-recent-things",
    "labels": "labels-disagree",
}


def _compared(one: _Said) -> Iterator[str]:
    if one.verdict == "worse":
        yield "worse"
    elif one.verdict.startswith("no difference that matters"):
        yield "no-gain"
    elif one.verdict.startswith("not enough evidence"):
        yield "undecided"
    if any(part.level == "failed" for part in one.parts):
        yield "worse-in-a-part"


# ---- reading ----


def read(text: str, file: str) -> CheckReport:
    """The report in a text; `BadInput` with one line where it is none."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise bad_input("bad-report", f"is nested too deep for a report; {_RIGHT}", file) from None
    except json.JSONDecodeError as error:
        raise _broken(error, text, file) from None
    except ValueError:
        message = f"holds a number that is too long to read; {_RIGHT}"
        raise bad_input("bad-report", message, file) from None
    _refuse_foreign(data, file)
    findings = data.get("findings")
    if not isinstance(findings, list) or len(findings) > MOST_FINDINGS:
        message = f'needs a list "findings" of at most {MOST_FINDINGS:,}; {_RIGHT}'
        raise bad_input("bad-report", message, file)
    return CheckReport(
        tuple(_said(each, f"finding {number}", file) for number, each in enumerate(findings, 1))
    )


def _broken(error: json.JSONDecodeError, text: str, file: str) -> BadInput:
    if not text.strip():
        return bad_input("bad-report", f"is empty; {_RIGHT}", file)
    ends = " (it seems to be cut off)" if error.pos >= len(text.rstrip()) - 1 else ""
    place = Location(file, error.lineno, error.colno)
    return bad_input("bad-report", f"is no JSON{ends}; {_RIGHT}", place)


def _refuse_foreign(data: object, file: str) -> None:
    """`BadInput` for JSON of another kind or version."""
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema == SCHEMA:
        return
    if not isinstance(schema, str) or not schema.startswith(f"{_FAMILY}/"):
        message = f"is no report of checks; {_RIGHT}"
    else:
        message = f'is the document "{shown(schema)}" and no {SCHEMA}; {_RIGHT}'
    raise bad_input("foreign-document", message, file)


def _said(data: object, where: str, file: str) -> _Said:
    finding = _mapping(data, where, file)
    parts = _items(finding.get("parts", []), f"parts of {where}", file)
    says = _items(finding.get("says", []), f"says of {where}", file)
    check = _text(finding, "check", where, file)
    title = _text(finding, "title", where, file)
    return _Said(
        check=check,
        level=_text(finding, "level", where, file),
        verdict=_text(finding, "verdict", where, file),
        says=str(says[0]) if says else f"{title}.",
        parts=tuple(
            _Part(_text(part, "name", name, file), _text(part, "level", name, file))
            for number, each in enumerate(parts, 1)
            for name in [f"part {number} of {where}"]
            for part in [_mapping(each, name, file)]
        ),
        facts=_mapping(finding.get("facts", {}), f"facts of {where}", file),
    )


def _mapping(data: object, where: str, file: str) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise bad_input("bad-report", f"{where} is {shown(data)}; expected a mapping", file)
    return data


def _items(data: object, where: str, file: str) -> list[object]:
    if not isinstance(data, list):
        raise bad_input("bad-report", f"{where} is {shown(data)}; expected a list", file)
    return data


def _text(data: Mapping[str, object], key: str, where: str, file: str) -> str:
    text = data.get(key)
    if not isinstance(text, str):
        wrong = f'"{key}" of {where} is {"missing" if text is None else shown(text)}'
        raise bad_input("bad-report", f"{wrong}; expected a text", file)
    return text
