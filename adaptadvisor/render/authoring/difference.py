"""Two tables compared, in words: what the rows say differently, and for whom the advice changes."""

from __future__ import annotations

import re

from adaptadvisor.authoring.diff import NO_ADVICE_CAN_CHANGE, Difference
from adaptadvisor.authoring.row_changes import FieldChange, SectionChange
from adaptadvisor.authoring.sample import Decision, PlanChange, Sample
from adaptadvisor.errors import printable
from adaptadvisor.page import Page
from adaptadvisor.reading.facts_file import as_yaml
from adaptadvisor.render.words import plan_words

MOST_GROUPS = 12
"""Changes of plan that are shown, the most frequent ones first."""


def render(found: Difference, width: int = 80, *, colour: bool = False, plain: bool = False) -> str:
    """The difference as text; witnesses are whole lines, ready to paste."""
    page = Page(width, colour=colour, plain=plain)
    page.title(
        f"Version {found.old.version} (digest {found.old.digest}) {page.gives} version"
        f" {found.new.version} (digest {found.new.digest})"
    )
    _verdict(page, found)
    if found.cases:
        _cases(page, found)
    if found.sample:
        _sample(page, found.sample)
    if found.table:
        page.heading("The table")
        for change in found.table:
            _field(page, change, 0)
    for section in found.sections:
        _section(page, section)
    if not (found.table or found.sections):
        page.heading("Rows")
        page.say("Every row is the same.")
    return page.text()


def _verdict(page: Page, found: Difference) -> None:
    if found.sample is not None:
        page.say(f"{found.verdict[0].upper()}{found.verdict[1:]}.")
        return
    page.say(
        f"{NO_ADVICE_CAN_CHANGE}: everything that decides plans and open needs is the same in both"
        " tables."
    )
    others = [
        change.section
        for change in found.sections
        if change.section in ("readiness", "variants", "families", "checks")
    ]
    if others:
        page.say(f"How a plan is carried out may read differently: {', '.join(others)} changed.")


def _cases(page: Page, found: Difference) -> None:
    page.heading(f"Cases: {len(found.changed_cases)} of {found.cases} decided differently")
    for case in found.changed_cases:
        page.say(_change_words(page, case.old, case.new), mark=f"- {case.id}: ")
        if case.left_out:
            page.say(f"left out, because one table cannot read it: {', '.join(case.left_out)}", 2)


def _sample(page: Page, sample: Sample) -> None:
    page.heading(
        f"Sample: {sample.differing:,} of {sample.size:,} random situations decided differently"
        f" ({_percent(sample)})"
    )
    page.say(
        "A sample, not a proof: half of the facts unknown on average, the others with one of the"
        f" answers that a table tells apart, all equally often (seed {sample.seed}). The share says"
        " nothing of real users. Each group shows a situation from which no fact can be left out.",
        dim=True,
    )
    for group in sample.groups[:MOST_GROUPS]:
        page.lines.append("")
        page.say(f"{group.situations:,} of {sample.size:,}: {_plans_words(page, group)}")
        if group.old.open_needs != group.new.open_needs:
            page.say(
                f"{_open_words(group.old)} {page.gives} {_open_words(group.new)}", 2, mark="here: "
            )
        page.lines += map(printable, case_lines(group))  # at the margin, as in a file of cases
    rarer = sample.groups[MOST_GROUPS:]
    if rarer:
        page.lines.append("")
        page.say(
            f"{len(rarer)} rarer changes of plan, {sum(group.situations for group in rarer):,}"
            " situations in all; JSON shows every one."
        )


def _plans_words(page: Page, group: PlanChange) -> str:
    if group.old.plan == group.new.plan:
        return f"{plan_words(group.old.plan)} stays, and other needs are open"
    return f"{plan_words(group.old.plan)} {page.gives} {plan_words(group.new.plan)}"


def _percent(sample: Sample) -> str:
    return f"{100 * sample.share:.2g} %" if sample.differing else "0 %"


def _change_words(page: Page, old: Decision, new: Decision) -> str:
    """`rag -> prompt`, and which needs are open on each side where that differs."""
    if old.open_needs == new.open_needs:
        return f"{plan_words(old.plan)} {page.gives} {plan_words(new.plan)}"
    return (
        f"{plan_words(old.plan)}, {_open_words(old)} {page.gives} {plan_words(new.plan)},"
        f" {_open_words(new)}"
    )


def _open_words(result: Decision) -> str:
    return f"open: {', '.join(result.open_needs)}" if result.open_needs else "nothing open"


def case_lines(group: PlanChange) -> list[str]:
    """The witness as a case for a table's tests, with what the new table says."""
    id = re.sub(
        r"[^a-z0-9]+", "-", f"{plan_words(group.old.plan)} to {plan_words(group.new.plan)}"
    ).strip("-")
    return [
        f"- id: {id}",
        f"  why: it was {plan_words(group.old.plan)} before; say why it changed",
        "  facts:" if group.witness else "  facts: {}",
        *(f"    {fact}: {as_yaml(value)}" for fact, value in group.witness.items()),
        f"  plan: [{', '.join(group.new.plan)}]",
        f"  open_needs: [{', '.join(group.new.open_needs)}]",
    ]


def _section(page: Page, section: SectionChange) -> None:
    counts = [
        f"{len(rows)} {word}"
        for word in ("added", "removed", "changed")
        if (rows := getattr(section, word))
    ]
    page.heading(f"{section.section.capitalize()}: {', '.join(counts)}")
    for word, ids in (("added", section.added), ("removed", section.removed)):
        if ids:
            page.say(", ".join(ids), mark=f"- {word}: ")
    for row in section.changed:
        page.say("", mark=f"- {row.id}:")
        for change in row.fields:
            _field(page, change, 2)


def _field(page: Page, change: FieldChange, indent: int) -> None:
    """Short values in one line, parts of lists one a line."""
    if (
        len(change.old) == len(change.new) == 1
        and len(change.old[0]) + len(change.new[0]) < page.width
    ):
        page.say(f"{change.old[0]} {page.gives} {change.new[0]}", indent, mark=f"{change.field}: ")
        return
    page.say(
        "" if change.old or change.new else "in another order", indent, mark=f"{change.field}: "
    )
    for word, parts in (("was: ", change.old), ("is: ", change.new)):
        for part in parts:
            page.say(part, indent + 2, mark=word)
