"""How a symptom reads: its likely cause, and the others that look the same."""

from __future__ import annotations

from collections.abc import Iterator

from adaptadvisor.render.authoring.blocks import (
    Block,
    Item,
    Items,
    Say,
    Text,
    condition_words,
    notes,
    refs,
)
from adaptadvisor.render.words import sentence
from adaptadvisor.table.conditions import ALWAYS
from adaptadvisor.table.symptoms import EFFORT_WORDS, Cause, Symptom


def symptom(row: Symptom) -> Iterator[Block]:
    """Everything that a row says of what people see, without a heading."""
    said_first = row.likelier_when != ALWAYS
    yield Say((row.sign,))
    yield Items(
        tuple(
            notes(
                ("When", condition_words(row.when)),
                ("Likelier when", condition_words(row.likelier_when) if said_first else ""),
                ("In runs with", refs(row.approaches)),
                ("Likely cause", row.likely_cause),
                ("Test", f"{row.test} ({EFFORT_WORDS[row.effort]})" if row.test else ""),
                ("First repair", row.repair),
                ("For the plan", row.changes_plan),
            )
        )
    )
    if row.neighbours:
        yield Items((Item(("Other causes that look the same",), ()), *map(_cause, row.neighbours)))
    yield Items(tuple(notes(("Disagreement", row.disagreement), ("Sources", refs(row.sources)))))


def _cause(row: Cause) -> Item:
    said = f"Test: {row.test} ({EFFORT_WORDS[row.effort]}) First repair: {row.repair}"
    plan = f" For the plan: {row.changes_plan}" if row.changes_plan else ""
    when: Text = (" Likelier when ", *condition_words(row.likelier_when), ".")
    known = when if row.likelier_when != ALWAYS else ()
    cited: Text = (" Sources: ", *refs(row.sources)) if row.sources else ()
    return Item((sentence(row.cause).rstrip("."),), (f"{said}{plan}", *known, *cited), 1)
