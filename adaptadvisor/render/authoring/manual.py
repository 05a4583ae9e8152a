"""The whole table as documentation: Markdown with links between ids, or text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

from adaptadvisor.authoring.places import Row
from adaptadvisor.page import Page
from adaptadvisor.render.authoring import writers
from adaptadvisor.render.authoring.blocks import (
    Block,
    Entry,
    Heading,
    Item,
    Items,
    Say,
    Section,
    as_markdown,
    notes,
    write,
)
from adaptadvisor.render.markup import code, inline
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Readiness, Table, Threshold, Variant

MADE_BY = "adaptadvisor rules show --format md -o rules/README.md --force"
"""The command that writes the shipped page anew."""


def markdown(table: Table, made_by: str = MADE_BY) -> str:
    """The table as GitHub Markdown, which says that the command `made_by` makes it.

    It names the version and no digest, so that it changes only when something that it shows does.
    """
    command = inline(made_by) if "`" in made_by or not made_by.isprintable() else f"`{made_by}`"
    parts = [
        f"# The rule table, version {code(table.version)}",
        f"This page is generated; edit the YAML files, then run {command}.",
    ]
    return "\n\n".join([*parts, *map(as_markdown, blocks(table))]) + "\n"


def text(table: Table, width: int = 80, *, colour: bool = False, plain: bool = False) -> str:
    """The same for a terminal of this width; a plain page is fit for a screen reader."""
    page = Page(width, colour=colour, plain=plain)
    page.title(f"The rule table, version {table.version}")
    write(page, blocks(table))
    return page.text()


def blocks(table: Table) -> Iterator[Block]:
    """Everything that both formats show, in order."""
    sections = {title: found(table) for title, _, found in _SECTIONS}
    yield Say((_INTRODUCTION,))
    contents = [Item((), (Section(title), f" ({len(row)})")) for title, row in sections.items()]
    yield Items((Item((), (Section(_HOW),)), *contents))
    yield Heading(_HOW)
    yield Items(tuple(_how_to_read(table)))
    for title, says, _ in _SECTIONS:
        yield Heading(title)
        if says:
            yield Say((says,))
        if title == "Thresholds":
            yield writers.thresholds(sections[title])
            continue
        if title == "Precedents":
            yield writers.precedents(sections[title], table.facts)
            continue
        for row in sections[title]:
            yield Entry(row.id, writers.name_of(row))
            yield from writers.blocks(table, row)


_HOW = "How to read this"
_INTRODUCTION = (
    "The advice comes from these rows: which needs a situation has, which approaches meet them,"
    " and what rules an approach out."
)


def _how_to_read(table: Table) -> Iterator[Item]:
    days = table.review_after_days
    return notes(
        ("What is known", 'A fact that nobody gave is unknown, and unknown never counts as "no".'),
        ("What counts", "A need or a limit counts when its condition is known to hold."),
        ("What meets a need", _MEETS),
        ("The plan", _PLAN),
        ("What stays open", "A need that no approach meets here; the advice says what would help."),
        ("The rest", "All other rows say how to carry out the plan; they never change it."),
        ("Ids", 'No id is used for a second row, ever; "adaptadvisor explain ID" shows one row.'),
        ("Age", f"Each row is due for review {days} days after the last one." if days else ""),
    )


_MEETS = (
    'An option whose "when" is known to hold and whose "provided" is not known to fail: such an'
    " option is open."
)
_PLAN = (
    "The cheapest set of approaches that meets every need that counts and that no limit rules out."
    f" Cheapest first: {', '.join(APPROACHES)}."
)
_BY_ORDER = attrgetter("order", "id")
_VARIANTS = (
    "Of each approach and role, the advice picks the first one whose condition is known to hold."
)
_STEPS = (
    'Of each stage the row with the highest priority is shown; "not yet" means: build nothing'
    " before this is done."
)
_SYMPTOMS = "What goes wrong in a run that was tried and fell short, and what to repair first."
_SOURCES = (
    "Published findings, in our own words. Strength: strong is replicated or large-scale; weak is"
    " a single setting, a vendor's floor or an opinion."
)
_PRECEDENTS = (
    "Situations in which somebody found which plan was right. They never decide a plan; they say"
    ' how often such plans held. "adaptadvisor precedents" shows them.'
)


def _thresholds(table: Table) -> list[Threshold]:
    order = list(table.facts)
    return sorted(
        table.thresholds.values(), key=lambda row: (order.index(row.fact), row.value, row.id)
    )


def _variants(table: Table) -> list[Variant]:
    return sorted(
        table.variants.values(),
        key=lambda row: (APPROACHES.index(row.approaches[0]), row.role, -row.priority, row.id),
    )


def _steps(table: Table) -> list[Readiness]:
    return sorted(table.readiness.values(), key=lambda row: (row.stage, -row.priority, row.id))


_SECTIONS: tuple[tuple[str, str, Callable[[Table], Sequence[Row]]], ...] = (
    ("Facts", "", lambda table: list(table.facts.values())),
    ("Needs", "", lambda table: sorted(table.needs.values(), key=_BY_ORDER)),
    ("Limits", "", lambda table: sorted(table.limits.values(), key=_BY_ORDER)),
    ("Thresholds", "", _thresholds),
    ("First steps", _STEPS, _steps),
    ("Approaches", "", lambda table: [table.approaches[approach] for approach in APPROACHES]),
    ("Variants", _VARIANTS, _variants),
    (
        "Model families",
        "A family is a first filter, never a final rule.",
        lambda table: list(table.families.values()),
    ),
    ("Checks", "", lambda table: sorted(table.checks.values(), key=_BY_ORDER)),
    ("Symptoms", _SYMPTOMS, lambda table: sorted(table.symptoms.values(), key=_BY_ORDER)),
    ("Topics", "What newcomers ask.", lambda table: list(table.topics.values())),
    ("Sources", _SOURCES, lambda table: list(table.sources.values())),
    ("Precedents", _PRECEDENTS, lambda table: list(table.precedents.values())),
)
"""The sections: title, what is said first, and the rows in order."""
