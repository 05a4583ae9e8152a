"""The whole table as documentation: one content, as Markdown with links between ids and as text for
a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sized
from itertools import groupby
from typing import NamedTuple, TypeAlias

from adaptadvisor.page import Page
from adaptadvisor.render.markdown import address_of, code, inline
from adaptadvisor.render.words import sentence
from adaptadvisor.table.conditions import ALWAYS, All, Condition, Test, describe
from adaptadvisor.table.derived import DERIVED
from adaptadvisor.table.facts import Fact, fact_flag, show_number
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import (
    Approach,
    Check,
    Family,
    Limit,
    Need,
    Option,
    Readiness,
    Source,
    Table,
    Variant,
)

_FLAG = re.compile(r"--[a-z0-9-]+")

MADE_BY = "adaptadvisor rules show --format md -o rules/README.md --force"
"""The command that writes the shipped page anew."""

KINDS = {
    "accepted": "what an interface accepts",
    "probe": "worth a first attempt",
    "enough": "usually enough",
    "default": "an engineering default",
}
SEEN = {"source": "seen in a public text", "recall": "from memory, not re-read"}


class Word(NamedTuple):
    """A word to be typed as it stands."""

    word: str


class Ref(NamedTuple):
    """A mention of a row, a fact or an approach."""

    id: str


class Anchor(NamedTuple):
    """The place that mentions of this id lead to, where no heading is one."""

    id: str


class Section(NamedTuple):
    """A mention of a section of this page."""

    title: str


class Address(NamedTuple):
    """Where a source can be found."""

    address: str


Text: TypeAlias = "tuple[str | Word | Ref | Anchor | Section | Address, ...]"


class Heading(NamedTuple):
    """A section of the page."""

    title: str


class Entry(NamedTuple):
    """A row with a heading of its own, which mentions of its id lead to."""

    id: str


class Say(NamedTuple):
    """A paragraph."""

    text: Text


class Item(NamedTuple):
    """A line of a list; `label` stands before it, `level` counts from 0."""

    label: Text
    text: Text
    level: int = 0


class Items(NamedTuple):
    """A list, one or two levels deep."""

    items: tuple[Item, ...]


class Grid(NamedTuple):
    """A small table."""

    head: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]


Block: TypeAlias = Heading | Entry | Say | Items | Grid


def markdown(table: Table, made_by: str = MADE_BY) -> str:
    """The table as a page of GitHub Markdown; `made_by` is the command that the page names as its
    origin.

    It names the version and no digest, so that it changes only when something that it shows does.
    """
    parts = [
        f"# The rule table, version {code(table.version)}",
        f"This page is generated; edit the YAML files, then run {_command(made_by)}.",
    ]
    return "\n\n".join([*parts, *map(_as_markdown, blocks(table))]) + "\n"


def text(table: Table, width: int = 80, *, colour: bool = False, plain: bool = False) -> str:
    """The same for a terminal of this width; a plain page is fit for a screen reader."""
    page = Page(width, colour=colour, plain=plain)
    page.title(f"The rule table, version {table.version}")
    for block in blocks(table):
        _on_page(page, block)
    return page.text()


def blocks(table: Table) -> Iterator[Block]:
    """Everything that both faces show, in order."""
    yield from _introduction(table)
    for title, section, _ in _SECTIONS:
        yield Heading(title)
        yield from section(table)


def anchor(title: str) -> str:
    """What GitHub calls the place of a heading.

    >>> anchor("First steps")
    'first-steps'
    """
    return title.lower().replace(" ", "-")


# ---- the two faces ----


def _command(line: str) -> str:
    return inline(line) if "`" in line or not line.isprintable() else f"`{line}`"


def _as_markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"## {inline(block.title)}"
    if isinstance(block, Entry):
        return f"### {code(block.id)}"
    if isinstance(block, Say):
        return _marked_up(block.text)
    if isinstance(block, Items):
        return "\n".join(f"{'  ' * item.level}- {_labelled(item)}" for item in block.items)
    lines = [
        " | ".join(map(inline, block.head)),
        " | ".join("---" for _ in block.head),
        *(" | ".join(map(_marked_up, row)) for row in block.rows),
    ]
    return "\n".join(f"| {line} |" for line in lines)


def _labelled(item: Item) -> str:
    label, text = _marked_up(item.label), _marked_up(item.text)
    if all(isinstance(part, str) for part in item.label):
        return f"**{label}:** {text}".rstrip() if label else text
    return f"{label}: {text}"


def _marked_up(text: Text) -> str:
    return "".join(map(_span, text))


def _span(part: str | Word | Ref | Anchor | Section | Address) -> str:
    if isinstance(part, str):  # `inline` takes the blanks at both ends away
        words = inline(part)
        return (
            f"{' ' * part[:1].isspace()}{words}{' ' * part[-1:].isspace()}"
            if words
            else " " * bool(part)
        )
    if isinstance(part, Word):
        return f"`{part.word}`" if _FLAG.fullmatch(part.word) else code(part.word)
    if isinstance(part, Section):
        return f"[{inline(part.title)}](#{anchor(part.title)})"
    if isinstance(part, Address):
        return address_of(part.address)
    return (
        f"[{code(part.id)}](#{part.id})"
        if isinstance(part, Ref)
        else f'<a name="{part.id}"></a>{code(part.id)}'
    )


def _on_page(page: Page, block: Block) -> None:
    if isinstance(block, Heading):
        page.heading(block.title.upper())
    elif isinstance(block, Entry):
        page.heading(block.id)
    elif isinstance(block, Say):
        page.say(_spoken(block.text))
    elif isinstance(block, Items):
        for item in block.items:
            words = " ".join(
                filter(None, (f"{_spoken(item.label)}:" if item.label else "", _spoken(item.text)))
            )
            page.say(words, 2 * item.level, mark="- ")
    else:
        for row in block.rows:
            first, *others = map(_spoken, row)
            words = "; ".join(
                f"{head}: {cell}" for head, cell in zip(block.head[1:], others, strict=True) if cell
            )
            page.say(f"{first}. {words}", mark="- ")


def _spoken(text: Text) -> str:
    return "".join(part if isinstance(part, str) else part[0] for part in text)


# ---- what it says ----


def _introduction(table: Table) -> Iterator[Block]:
    yield Say(
        (
            (
                "Everything that the advice says stands here: which needs a situation has, which"
                " approaches meet them, and what rules an approach out."
            ),
        )
    )
    yield Items(
        tuple(
            Item((), (Section(title), f" ({len(rows(table))})" if rows(table) else ""))
            for title, _, rows in _SECTIONS
        )
    )


def _how_to_read(table: Table) -> Iterator[Block]:
    order = ", ".join(APPROACHES)
    due = (
        f"A row is due for another look {table.review_after_days} days after it was reviewed."
        if table.review_after_days
        else ""
    )
    lines = (
        (
            "What is known",
            (
                "A situation is a set of facts. A fact that nobody gave is unknown, and unknown"
                ' never counts as "no".'
            ),
        ),
        ("What counts", "A need or a limit counts when its condition is known to hold."),
        (
            "What meets a need",
            (
                'An option of a need is open when its "when" is known to hold and its "provided" is'
                " not known to fail."
            ),
        ),
        (
            "The plan",
            (
                "The cheapest set of approaches that meets every need that counts and that no"
                f" limit rules out. Cheapest first: {order}."
            ),
        ),
        (
            "What stays open",
            "A need that no approach meets here; it is named, with what would close it.",
        ),
        (
            "The rest",
            (
                "First steps, variants, model families and checks say how the plan is carried out;"
                " they never change it."
            ),
        ),
        (
            "Ids",
            (
                'Each row has an id that is never given to another one; "adaptadvisor explain ID"'
                " shows a row alone."
            ),
        ),
        ("Age", due),
    )
    yield Items(tuple(_notes(*lines)))


def _facts(table: Table) -> Iterator[Block]:
    for fact in table.questions:
        yield Entry(fact.id)
        yield Say((fact.question,))
        yield Items(tuple(_fact(table, fact)))
    derived = [row for row in DERIVED if row.fact.id in table.facts]
    if derived:
        yield Say(("Computed from other facts, never asked:",))
        yield Grid(
            ("Fact", "From", "What it says"),
            tuple(
                (
                    (Anchor(row.fact.id),),
                    _refs(row.fact.inputs),
                    (row.fact.question,),
                )
                for row in derived
            ),
        )


def _fact(table: Table, fact: Fact) -> Iterator[Item]:
    yield Item(("Why we ask",), (fact.why,))
    yield Item(("How to find out",), (fact.find_out,))
    if fact.id in table.applies:
        yield Item(("Asked when",), condition_words(table.applies[fact.id]))
    unit = f"; unit: {fact.unit}" if fact.unit else ""
    yield Item(("How to give it",), (Word(fact_flag(fact.id)), f", {fact.expects}{unit}"))
    for choice in fact.choices:
        yield Item((Word(choice.value),), (choice.means,), 1)
    lines = sorted((row.value, row.id) for row in table.thresholds.values() if row.fact == fact.id)
    if lines:
        yield Item(
            ("Lines drawn",),
            _joined([(f"{show_number(value)} (", Ref(id), ")") for value, id in lines]),
        )


def _needs(table: Table) -> Iterator[Block]:
    for row in sorted(table.needs.values(), key=lambda need: (need.order, need.id)):
        yield Entry(row.id)
        yield Say((sentence(row.need),))
        yield Items(tuple(_need(row)))


def _need(row: Need) -> Iterator[Item]:
    yield Item(("Counts when",), condition_words(row.when))
    yield Item(("Met by",), ())
    for option in row.met_by:
        yield Item(_option(option), (option.because, *_cited(option.sources)), 1)
    if row.not_met_by:
        yield Item(("Not met by",), ())
        for refusal in row.not_met_by:
            yield Item((Ref(refusal.approach),), (refusal.because, *_cited(refusal.sources)), 1)
    yield from _notes(
        ("If it stays open", row.closed_by),
        ("Misleads when", row.misleads_when),
        ("Disagreement", row.disagreement),
        ("Reviewed", row.reviewed),
    )
    yield from _sources_of(row.sources)


def _option(option: Option) -> Text:
    parts: list[Text] = []
    if option.when != ALWAYS:
        parts.append(("when ", *condition_words(option.when)))
    if option.provided != ALWAYS:
        parts.append(("provided ", *condition_words(option.provided)))
    if option.variant:
        parts.append(("as ", Ref(option.variant)))
    return (Ref(option.approach), " " if parts else "", *_joined(parts, "; "))


def _limits(table: Table) -> Iterator[Block]:
    for row in sorted(table.limits.values(), key=lambda limit: (limit.order, limit.id)):
        yield Entry(row.id)
        yield Say((sentence(row.limit),))
        yield Items(tuple(_limit(row)))


def _limit(row: Limit) -> Iterator[Item]:
    yield Item(("Counts when",), condition_words(row.when))
    yield Item(("Rules out",), _refs(row.rules_out))
    yield from _notes(
        ("Because", row.because),
        ("Lifted by", row.lifted_by),
        ("Misleads when", row.misleads_when),
        ("Disagreement", row.disagreement),
        ("Reviewed", row.reviewed),
    )
    yield from _sources_of(row.sources)


def _thresholds(table: Table) -> Iterator[Block]:
    order = list(table.facts)
    rows = sorted(
        table.thresholds.values(), key=lambda row: (order.index(row.fact), row.value, row.id)
    )
    yield Grid(
        ("Name", "Fact", "Value", "Kind", "What it means", "Sources"),
        tuple(
            (
                (Anchor(row.id),),
                (Ref(row.fact),),
                (show_number(row.value),),
                (KINDS[row.kind],),
                (row.means,),
                _refs(row.sources),
            )
            for row in rows
        ),
    )


def _first_steps(table: Table) -> Iterator[Block]:
    yield Say(
        (
            (
                'Of each stage the row with the highest priority is shown; "not yet" means that'
                " nothing should be built before it is done."
            ),
        )
    )
    rows = sorted(table.readiness.values(), key=lambda row: (row.stage, -row.priority, row.id))
    for stage, found in groupby(rows, key=lambda row: row.stage):
        for row in found:
            yield Entry(row.id)
            yield Say((row.do,))
            yield Items(tuple(_first_step(row, stage)))


def _first_step(row: Readiness, stage: str) -> Iterator[Item]:
    yield Item(
        ("Stage",), (f"{stage}, priority {row.priority}{', not yet' if row.blocks else ''}",)
    )
    yield from _shown_when(row.when, row.approaches)
    yield from _notes(("Because", row.because), ("Disagreement", row.disagreement))
    yield from _sources_of(row.sources)


def _shown_when(when: Condition, approaches: tuple[str, ...]) -> Iterator[Item]:
    yield Item(("When",), condition_words(when))
    if approaches:
        yield Item(("For plans with",), _refs(approaches))


def _approaches(table: Table) -> Iterator[Block]:
    for approach in APPROACHES:
        row = table.approaches[approach]
        yield Entry(row.id)
        yield Say((row.what,))
        yield Items(tuple(_approach(row)))
        variants = sorted(
            (row for row in table.variants.values() if approach in row.approaches),
            key=lambda row: (row.role, -row.priority, row.id),
        )
        if variants:
            yield Say(
                (
                    "Variants of ",
                    Ref(approach),
                    "; of each role the first one whose condition is known to hold is picked:",
                )
            )
            yield Items(tuple(item for variant in variants for item in _variant(variant, approach)))


def _approach(row: Approach) -> Iterator[Item]:
    yield from _notes(
        ("Changes", row.changes),
        ("Strong at", row.strong_at),
        ("Weak at", row.weak_at),
        ("First step", row.step),
        ("Gate", row.gate),
        ("In a combination", row.drop_if),
    )
    if row.provided != ALWAYS:
        yield Item(("Needs",), condition_words(row.provided))
    yield from _sources_of(row.sources)


def _variant(row: Variant, approach: str) -> Iterator[Item]:
    """In full under the cheapest approach that has it, and only mentioned under the others."""
    first = row.approaches[0]
    name: Text = (f" ({row.role}, priority {row.priority})",)
    if approach != first:
        yield Item((Ref(row.id), *name), ("see ", Ref(first)))
        return
    yield Item((Anchor(row.id), *name), (f"{sentence(row.name)} {row.what}",))
    yield Item(("Picked when",), condition_words(row.when), 1)
    yield from _notes(
        ("Because", row.because),
        ("Watch out", row.watch_out),
        ("Disagreement", row.disagreement),
        level=1,
    )
    yield from _sources_of(row.sources, 1)


def _families(table: Table) -> Iterator[Block]:
    yield Say(("A family is a first filter, never a final rule.",))
    for row in table.families.values():
        yield Entry(row.id)
        yield Say((f"{sentence(row.name)} {row.what}",))
        yield Items(tuple(_family(row)))


def _family(row: Family) -> Iterator[Item]:
    yield from _notes(("Pretrained by", row.objective), ("Examples", ", ".join(row.examples_of)))
    for label, lines in (("Strengths", row.strengths), ("Weaknesses", row.weaknesses)):
        yield Item((label,), ())
        for line in lines:
            yield Item((), (line,), 1)
    yield Item(("First look",), ())
    for pick in row.picks:
        when: Text = (" when ", *condition_words(pick.when)) if pick.when != ALWAYS else ()
        yield Item(("for ", *_refs(pick.approaches), *when), (pick.because,), 1)
    yield from _notes(("Misleads when", row.misleads_when))
    yield from _sources_of(row.sources)


def _checks(table: Table) -> Iterator[Block]:
    for row in sorted(table.checks.values(), key=lambda check: (check.order, check.id)):
        yield Entry(row.id)
        yield Say((f"{sentence(row.failure)} {row.goes_wrong}",))
        yield Items(tuple(_check(row)))


def _check(row: Check) -> Iterator[Item]:
    yield from _shown_when(row.when, row.approaches)
    yield from _notes(
        ("Run", row.run),
        ("On", row.run_on),
        ("Passes", row.passes),
        ("Because", row.because),
        ("Disagreement", row.disagreement),
    )
    yield from _sources_of(row.sources)


def _topics(table: Table) -> Iterator[Block]:
    yield Say(('What newcomers ask; "adaptadvisor explain TOPIC" answers.',))
    yield Items(tuple(Item((Anchor(row.id),), (row.title,)) for row in table.topics.values()))


def _sources(table: Table) -> Iterator[Block]:
    yield Say(
        (
            (
                "Published findings, in our own words. Strength: strong is replicated or"
                " large-scale; weak is a single setting, a vendor's floor or an opinion."
            ),
        )
    )
    yield Items(tuple(item for row in table.sources.values() for item in _source(row)))


def _source(row: Source) -> Iterator[Item]:
    yield Item((Anchor(row.id),), (f"{row.title}. {row.venue}, {row.year}. ", Address(row.address)))
    sides = "".join(
        f"; speaks {side} {', '.join(found)}"
        for side, found in (("for", row.supports), ("against", row.against))
        if found
    )
    yield Item((), (f"{row.finding} ({row.strength}, {SEEN[row.checked]}{sides})",), 1)


# ---- phrases ----


def condition_words(condition: Condition) -> Text:
    """The words of `conditions.describe`, in which every fact is a mention."""
    if isinstance(condition, Test):
        return (Ref(condition.fact), describe(condition).removeprefix(condition.fact))
    parts = [_bracketed(part) for part in condition.parts]
    return _joined(parts, ", and " if isinstance(condition, All) else ", or ") or ("always",)


def _bracketed(part: Condition) -> Text:
    words = condition_words(part)
    return ("(", *words, ")") if not isinstance(part, Test) and len(part.parts) > 1 else words


def _joined(parts: Iterable[Text], between: str = ", ") -> Text:
    found: Text = ()
    for part in parts:
        found = (*found, between, *part) if found else part
    return found


def _refs(ids: Iterable[str]) -> Text:
    return _joined((Ref(id),) for id in ids)


def _notes(*pairs: tuple[str, str], level: int = 0) -> Iterator[Item]:
    return (Item((label,), (words,), level) for label, words in pairs if words)


def _cited(ids: tuple[str, ...]) -> Text:
    return (" (", *_refs(ids), ")") if ids else ()


def _sources_of(ids: tuple[str, ...], level: int = 0) -> Iterator[Item]:
    if ids:
        yield Item(("Sources",), _refs(ids), level)


_SECTIONS: tuple[tuple[str, Callable[[Table], Iterator[Block]], Callable[[Table], Sized]], ...] = (
    ("How to read this", _how_to_read, lambda _: ()),
    ("Facts", _facts, lambda table: table.questions),
    ("Needs", _needs, lambda table: table.needs),
    ("Limits", _limits, lambda table: table.limits),
    ("Thresholds", _thresholds, lambda table: table.thresholds),
    ("First steps", _first_steps, lambda table: table.readiness),
    ("Approaches and their variants", _approaches, lambda table: table.variants),
    ("Model families", _families, lambda table: table.families),
    ("Checks", _checks, lambda table: table.checks),
    ("Topics", _topics, lambda table: table.topics),
    ("Sources", _sources, lambda table: table.sources),
)
"""The sections of the page, and the rows of each, which are counted in its contents."""
