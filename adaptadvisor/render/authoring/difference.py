"""Two tables compared, in words: what the rows say differently, and for whom the advice changes."""

from __future__ import annotations

import re

from adaptadvisor.authoring.diff import NO_ADVICE_CAN_CHANGE, Difference
from adaptadvisor.authoring.row_changes import FieldChange, SectionChange
from adaptadvisor.authoring.sample import Decision, PlanChange, Sample
from adaptadvisor.errors import printable
from adaptadvisor.page import Page
from adaptadvisor.reading.facts_file import as_yaml
from adaptadvisor.render.words import sentence
from adaptadvisor.table.speech import capital, plan_words

MOST_GROUPS = 12
"""Changes of plan that are shown, the most frequent ones first."""


def render(found: Difference, width: int = 80, *, colour: bool = False, plain: bool = False) -> str:
    """The difference as text; witnesses are whole lines, ready to paste."""
    page = Page(width, colour=colour, plain=plain)
    old, new = (f"version {one.version} (digest {one.digest})" for one in (found.old, found.new))
    page.title(f"{capital(old)} {page.gives} {new}")
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
        page.say(sentence(found.verdict))
        return
    why = "everything that decides plans and open needs is the same in both tables"
    page.say(f"{NO_ADVICE_CAN_CHANGE}: {why}.")
    carrying_out = ("readiness", "variants", "families", "checks", "symptoms")
    others = [one.section for one in found.sections if one.section in carrying_out]
    if others:
        page.say(f"How a plan is carried out may read differently: {', '.join(others)} changed.")


def _cases(page: Page, found: Difference) -> None:
    page.heading(f"Cases: {len(found.changed_cases)} of {found.cases} decided differently")
    for case in found.changed_cases:
        page.say(_change_words(page, case.old, case.new), mark=f"- {case.id}: ")
        if case.left_out:
            page.say(f"left out, because one table cannot read it: {', '.join(case.left_out)}", 2)


def _sample(page: Page, sample: Sample) -> None:
    part = f"{100 * sample.differing / sample.size:.2g} %" if sample.differing else "0 %"
    found = f"{sample.differing:,} of {sample.size:,} random situations"
    page.heading(f"Sample: {found} decided differently ({part})")
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
            said = f"{_open_words(group.old)} {page.gives} {_open_words(group.new)}"
            page.say(said, 2, mark="here: ")
        page.lines += map(printable, case_lines(group))  # at the margin, as in a file of cases
    rarer = sample.groups[MOST_GROUPS:]
    if rarer:
        page.lines.append("")
        count = sum(group.situations for group in rarer)
        said = f"{len(rarer)} rarer changes of plan, {count:,} situations in all"
        page.say(f"{said}; JSON shows every one.")


def _plans_words(page: Page, group: PlanChange) -> str:
    if group.old.plan == group.new.plan:
        return f"{plan_words(group.old.plan)} stays, and other needs are open"
    return f"{plan_words(group.old.plan)} {page.gives} {plan_words(group.new.plan)}"


def _change_words(page: Page, old: Decision, new: Decision) -> str:
    """`rag -> prompt`, and which needs are open on each side where that differs."""
    before, after = plan_words(old.plan), plan_words(new.plan)
    if old.open_needs == new.open_needs:
        return f"{before} {page.gives} {after}"
    return f"{before}, {_open_words(old)} {page.gives} {after}, {_open_words(new)}"


def _open_words(result: Decision) -> str:
    return f"open: {', '.join(result.open_needs)}" if result.open_needs else "nothing open"


def case_lines(group: PlanChange) -> list[str]:
    """The witness as a case for a table's tests, with what the new table says."""
    old, new = plan_words(group.old.plan), plan_words(group.new.plan)
    return [
        f"- id: {re.sub(r'[^a-z0-9]+', '-', f'{old} to {new}'.lower()).strip('-')}",
        f"  why: it was {old} before; say why it changed",
        "  facts:" if group.witness else "  facts: {}",
        *(f"    {fact}: {as_yaml(value)}" for fact, value in group.witness.items()),
        f"  plan: [{', '.join(group.new.plan)}]",
        f"  open_needs: [{', '.join(group.new.open_needs)}]",
    ]


def _section(page: Page, section: SectionChange) -> None:
    kinds = {word: getattr(section, word) for word in ("added", "removed", "changed")}
    counts = [f"{len(rows)} {word}" for word, rows in kinds.items() if rows]
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
    mark = f"{change.field}: "
    if len(change.old) == len(change.new) == 1 and len(change.old[0] + change.new[0]) < page.width:
        page.say(f"{change.old[0]} {page.gives} {change.new[0]}", indent, mark=mark)
        return
    page.say("" if change.old or change.new else "in another order", indent, mark=mark)
    for word, parts in (("was: ", change.old), ("is: ", change.new)):
        for part in parts:
            page.say(part, indent + 2, mark=word)
