"""What came out of a plan, written as a precedent into a table of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from adaptadvisor.cli import output
from adaptadvisor.errors import bad_input, shown
from adaptadvisor.evidence.next_step import NextStep
from adaptadvisor.files import written_whole
from adaptadvisor.table.facts import Value
from adaptadvisor.table.given import Given
from adaptadvisor.table.plans import attempt, members
from adaptadvisor.table.ranges import Range

_FILE = "own.yaml"
_HEAD = "# Outcomes of our own, as `adaptadvisor next --record` adds them.\n"
_LEARNT_LATER = ("prompt_result", "tried", "main_error", "retrieval_result")
"""Facts that the results themselves set: a case is what was known beforehand."""


def record(folder: Path, found: NextStep, given: Given, day: str) -> None:
    """Adds the case at the end of `precedents/own.yaml`; the table must still be one afterwards.

    `BadInput` where the results decide nothing, where the folder holds no table, and where a row of
    this id is there already.
    """
    from adaptadvisor.reading.shipped import load_table

    if found.move not in ("keep", "step down"):
        wrong = "no plan has proved right yet, and that is what a case tells others"
        raise bad_input("bad-setting", f"{wrong}; record the results that decide it", "--record")
    if not given.title:
        raise bad_input("missing-value", "a record needs a name: add --title", "--record")
    table = load_table(str(folder))
    row = _row(found, given, day)
    if row["id"] in table.precedents:
        wrong = f'"{row["id"]}" is recorded already; give another --title'
        raise bad_input("duplicate-id", wrong, "--record")
    path = folder / "precedents" / _FILE
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    with written_whole(path) as handle:
        handle.write((before or _HEAD.encode()) + b"\n" + _yaml(row).encode())
    try:
        load_table(str(folder))
    except BaseException:
        if before is None:
            path.unlink()
        else:
            with written_whole(path) as handle:
                handle.write(before)
        raise
    output.wrote(path)


def _row(found: NextStep, given: Given, day: str) -> dict[str, object]:
    score = found.gate.score
    measured = list(found.measured)
    row: dict[str, object] = {
        "id": _id(given.title, day),
        "title": " ".join(given.title.split()),
        "source": "own results",
        **({"year": int(day[:4])} if day else {}),
        "situation": " ".join((given.notes or given.title).split()),
        "facts": _before(given.answers),
        "results": [
            {
                "plan": measured,
                "what": _what(found),
                "score": f"{score.value:.1f} % right ({score.low:.1f} to {score.high:.1f})",
            },
            *_others(found),
        ],
        "accept": [list(found.reached)],
        "wrong": _wrong(found),
        "checked": "source",
    }
    return {key: value for key, value in row.items() if value != []}


def _what(found: NextStep) -> str:
    bar = f", bar {found.gate.bar:g} %" if found.gate.bar is not None else ""
    return f"our own run on {found.gate.items} items{bar}"


def _others(found: NextStep) -> Iterator[dict[str, object]]:
    """What it was measured against."""
    if found.gate.compared is not None:
        score = next((one.value for one in found.gate.compared.measures), None)
        if score is not None:
            shown = f"{score:.1f} % right on the same items"
            yield {"plan": list(found.against), "what": "what it had to beat", "score": shown}


def _wrong(found: NextStep) -> list[str]:
    """The approaches that fell short when taken alone."""
    tried = found.facts.get("tried", ())
    alone = [members(attempt(one).plan) for one in tried] if isinstance(tried, tuple) else []
    return [plan[0] for plan in alone if len(plan) == 1 and plan[0] not in found.reached]


def _before(answers: Mapping[str, Value | None]) -> dict[str, object]:
    """What was known beforehand, as YAML holds it."""
    return {
        fact: str(value) if isinstance(value, Range) else value
        for fact, value in answers.items()
        if value is not None and fact not in _LEARNT_LATER
    }


def _id(title: str, day: str) -> str:
    words = re.findall(r"[a-z0-9]+", title.lower())
    if not words:
        wrong = f'"{shown(title)}" has no letter that an id can be made of'
        raise bad_input("bad-setting", wrong, "--title")
    return "-".join(["own", *words[:8], *([day] if day else [])])


def _yaml(row: Mapping[str, object]) -> str:
    import yaml

    text = yaml.safe_dump([dict(row)], sort_keys=False, allow_unicode=True, width=100)
    return str(text)
