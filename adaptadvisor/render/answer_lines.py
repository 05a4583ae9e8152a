"""Answers for other programs, a line each, streamed: JSON lines and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from adaptadvisor.advice.findings import Glance
from adaptadvisor.advice.outlook import plan_in_words
from adaptadvisor.advice.portfolio import Answer
from adaptadvisor.engine.decide import Outcome
from adaptadvisor.reading.csv_rows import BOM, Sheet
from adaptadvisor.render.precedents import cell
from adaptadvisor.table.plans import members
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import plan_words

COLUMNS = (
    *("id", "title", "line", "plan", "plan_in_words", "settled", "waits_for"),
    *("likely", "confidence", "fallback", "error"),
)
_CHANGES = ("change", "plan_before")
_REPORT = ("report",)


def as_json(answer: Answer, *, settled: bool = False, odds: bool = False) -> str:
    """The answer as one line of JSON, without its end."""
    case = answer.case
    if answer.seen and not (settled or odds or case.title or answer.change or answer.report):
        return f'{{"id": {case.id}, {_outcome_as_json(answer.seen.outcome)}}}'  # nearly always
    parts = []
    if case.title:
        parts.append(entries({"title": case.title}))
    if answer.wrong:
        place = {"file": case.file} if case.file else {}
        line = {"line": case.line} if case.line else {}
        error = {"code": answer.wrong.code, "message": answer.wrong.message}
        parts.append(entries({**place, **line, "error": error}))
    if answer.seen:
        parts.append(_said(answer.seen, settled=settled, odds=odds))
    if answer.change:
        before = {} if answer.before is None else {"before": answer.before}
        parts.append(entries({"change": answer.change, **before}))
    if answer.report:
        parts.append(entries({"report": answer.report}))
    return f'{{"id": {case.id}, {", ".join(parts)}}}'


def _said(seen: Glance, *, settled: bool, odds: bool) -> str:
    said = [_outcome_as_json(seen.outcome)]
    if settled:
        said.append(entries({"settled": seen.settled, "hinges": seen.waits_for}))
    if odds:
        rows = seen.outlook.odds
        found = {
            "fallback": members(seen.fallback.plan),
            "likely": rows.likely,
            "confidence": rows.confidence,
            "odds": [{"plan": row.plan, "share": row.share} for row in rows.shares],
        }
        said.append(entries(found))
    return ", ".join(said)


@lru_cache(maxsize=4096)  # the same few outcomes come over and over: a tenth of the whole time
def _outcome_as_json(outcome: Outcome) -> str:
    return entries({"plan": members(outcome.plan), "open_needs": outcome.open_needs})


def entries(answer: Mapping[str, object]) -> str:
    """A JSON object without its braces."""
    return json.dumps(answer)[1:-1]


def csv_lines(
    answers: Iterable[Answer],
    table: Table,
    sheet: Sheet,
    *,
    changes: bool = False,
    reports: bool = False,
) -> Iterator[str]:
    """The header and a row for each answer: plans by id and in words, facts by name.

    It is written as the sheet of the cases is, which is known with the first answer: with its
    delimiter, and with its mark where it has one, so that the same program opens both. A cell that
    a spreadsheet would take for a formula begins with an apostrophe.
    """
    columns = [*COLUMNS, *(_CHANGES if changes else ()), *(_REPORT if reports else ())]
    for number, answer in enumerate(answers):
        if number == 0:
            yield BOM.decode() * sheet.marked + _row(columns, sheet)
        cells = dict.fromkeys(columns, "") | dict(_cells(answer, table))
        yield _row((cell(cells[column]) for column in columns), sheet)


def _row(cells: Iterable[str], sheet: Sheet) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=sheet.delimiter, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _cells(answer: Answer, table: Table) -> Iterator[tuple[str, str]]:
    case, seen = answer.case, answer.seen
    yield "id", "" if case.id == "null" else case.name
    yield "title", case.title
    yield "line", str(case.line or "")
    if seen:
        odds = seen.outlook.odds
        yield "plan", "+".join(answer.plan)
        yield "plan_in_words", plan_words(answer.plan)
        yield "settled", "yes" if seen.settled else "no"
        yield "waits_for", "; ".join(table.facts[fact].name for fact in seen.waits_for)
        yield "likely", plan_in_words(odds.likely)
        yield "confidence", f"{odds.confidence:g}"
        yield "fallback", plan_words(members(seen.fallback.plan))
    if answer.wrong:
        yield "error", answer.wrong.message
    if answer.change:
        yield "change", answer.change
        yield "plan_before", "" if answer.before is None else plan_words(answer.before)
    if answer.report:
        yield "report", answer.report
