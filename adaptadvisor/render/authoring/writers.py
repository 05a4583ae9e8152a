"""How a row reads: one writer for each kind, used by the manual and by `explain`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from adaptadvisor.authoring.places import Row
from adaptadvisor.render.authoring.blocks import (
    Address,
    Anchor,
    Block,
    Grid,
    Item,
    Items,
    Ref,
    Say,
    Text,
    Word,
    cited,
    condition_words,
    joined,
    notes,
    refs,
)
from adaptadvisor.render.authoring.meets import approach, option_words
from adaptadvisor.render.authoring.symptoms import symptom
from adaptadvisor.render.words import DEFAULT, NOT_COMPARED, facts_words, sentence
from adaptadvisor.table.conditions import ALWAYS, tests
from adaptadvisor.table.derived import DERIVED
from adaptadvisor.table.evidence import Precedent, Source
from adaptadvisor.table.facts import Fact, fact_flags, show_number
from adaptadvisor.table.rows import (
    SECTIONS,
    Approach,
    Check,
    Family,
    Limit,
    Need,
    Readiness,
    Table,
    Threshold,
    Topic,
    Variant,
)
from adaptadvisor.table.speech import plan_words
from adaptadvisor.table.symptoms import Symptom
from adaptadvisor.table.walk import conditions

_THRESHOLD_KINDS = {
    "accepted": "what an interface accepts",
    "probe": "worth a first attempt",
    "enough": "usually enough",
    "default": "an engineering default",
}
_CHECKED = {"source": "seen in a public text", "recall": "from memory, not re-read"}


def blocks(table: Table, row: Row) -> Iterator[Block]:
    """Everything that a row of any kind says, without a heading."""
    return _WRITERS[type(row)](table, row)


def name_of(row: Row) -> str:
    """What people call a row: its name, of a topic or a source its title."""
    return getattr(row, "name", "") or getattr(row, "title", "")


def _fact(table: Table, row: Fact) -> Iterator[Block]:
    yield Say((row.question,))
    yield Items((*_answering(table, row), *_reading(table, row)))


def _answering(table: Table, row: Fact) -> Iterator[Item]:
    if row.derived:
        derived = next(derived for derived in DERIVED if derived.fact.id == row.id)
        says = (derived.compute.__doc__ or "").strip().partition("\n\n")[0]
        yield Item(("Never asked",), ("computed from ", *refs(row.inputs), ". ", says))
        return
    yield from notes(
        ("Why we ask", row.why),
        ("How to find out", row.find_out),
        ("Asked when", condition_words(table.applies[row.id]) if row.id in table.applies else ""),
        ("Never more than", refs([table.at_most[row.id]]) if row.id in table.at_most else ""),
        ("Can be brought about", "so what-if looks here first" if row.obtainable else ""),
        ("How to give it", _given(row)),
    )
    yield from (Item((Word(choice.value),), (choice.means,), 1) for choice in row.choices)


def _given(row: Fact) -> Text:
    flags = joined(((Word(flag),) for flag in fact_flags(row)), " or ")
    unit = f"; unit: {row.unit}" if row.unit else ""
    return flags if row.type == "bool" else (*flags, f", {row.expects}{unit}")


def _reading(table: Table, row: Fact) -> Iterator[Item]:
    """The thresholds of a fact, and the needs and limits that read it."""
    found = [one for one in table.thresholds.values() if one.fact == row.id]
    if found:
        yield Item(("Thresholds",), ())
    for one in sorted(found, key=lambda one: (one.value, one.id)):
        yield Item((Ref(one.id),), (f"{show_number(one.value)}, {one.means}",), 1)
    read_in = {
        place.split("/")[1]
        for place, condition in conditions(table)
        if place.startswith(("needs/", "limits/"))
        and any(test.fact == row.id for test in tests(condition))
    }
    yield from notes(("Read by", refs(id for id in (*table.needs, *table.limits) if id in read_in)))


def _need(table: Table, row: Need) -> Iterator[Block]:
    yield Say((sentence(row.need),))
    yield Items(tuple(_need_items(row)))


def _need_items(row: Need) -> Iterator[Item]:
    yield Item(("Counts when",), condition_words(row.when))
    yield Item(("Met by",), ())
    for option in row.met_by:
        yield Item(option_words(option), (option.because, *cited(option.sources)), 1)
    if row.not_met_by:
        yield Item(("Not met by",), ())
    for refusal in row.not_met_by:
        yield Item((Ref(refusal.approach),), (refusal.because, *cited(refusal.sources)), 1)
    yield from notes(("If it stays open", row.closed_by), *_evidence(row))


def _evidence(row: Need | Limit) -> Iterable[tuple[str, str | Text]]:
    return (
        ("Misleads when", row.misleads_when),
        ("Disagreement", row.disagreement),
        ("Reviewed", row.reviewed),
        ("Sources", refs(row.sources)),
    )


def _limit(table: Table, row: Limit) -> Iterator[Block]:
    yield Say((sentence(row.limit),))
    yield _listed(
        ("Counts when", condition_words(row.when)),
        ("Rules out", refs(row.rules_out)),
        ("Because", row.because),
        ("Lifted by", row.lifted_by),
        *_evidence(row),
    )


def _listed(*pairs: tuple[str, str | Text]) -> Items:
    return Items(tuple(notes(*pairs)))


def thresholds(rows: Iterable[Threshold]) -> Grid:
    """Any number of thresholds as one table."""
    head = ("Id", "Name", "Fact", "Value", "Kind", "What it means", "Sources")
    return Grid(head, tuple(map(_threshold, rows)))


def _threshold(row: Threshold) -> tuple[Text, ...]:
    plain = (show_number(row.value), _THRESHOLD_KINDS[row.kind], row.means)
    words = ((word,) for word in plain)
    return (Anchor(row.id),), (row.name,), (Ref(row.fact),), *words, refs(row.sources)


def _threshold_read(table: Table, row: Threshold) -> Iterator[Block]:
    yield thresholds([row])
    lines = {row.value, row.value + 1}  # "<= 200" of a whole number is kept as "< 201"
    read_in = {
        place.split("/")[1]
        for place, condition in conditions(table)
        for test in tests(condition)
        if test.fact == row.fact and lines & {end for pair in test.intervals for end in pair}
    }
    every = (id for section in SECTIONS for id in _rows(table, section) if id in read_in)
    words = refs(dict.fromkeys(every)) or ("no row",)
    yield Items((Item(("Read by, or by the same number",), words),))


def _rows(table: Table, section: str) -> Iterable[str]:
    rows: Mapping[str, object] = getattr(table, "facts" if section == "questions" else section)
    return rows


def _readiness(table: Table, row: Readiness) -> Iterator[Block]:
    yield Say((row.do,))
    yield _listed(
        ("Stage", f"{row.stage}, priority {row.priority}{', not yet' if row.blocks else ''}"),
        *_shown_when(row),
        ("Because", row.because),
        ("Disagreement", row.disagreement),
        ("Sources", refs(row.sources)),
    )


def _shown_when(row: Readiness | Check) -> Iterable[tuple[str, Text]]:
    return (("When", condition_words(row.when)), ("For plans with", refs(row.approaches)))


def _variant(table: Table, row: Variant) -> Iterator[Block]:
    yield Say((row.what,))
    yield _listed(
        ("Variant of", (*refs(row.approaches), f"; {row.role}, priority {row.priority}")),
        ("Picked when", condition_words(row.when)),
        ("Needs", condition_words(row.provided) if row.provided != ALWAYS else ""),
        ("Because", row.because),
        ("Watch out", row.watch_out),
    )
    yield from _settings(row)
    yield _listed(
        ("Misleads when", row.misleads_when),
        ("Disagreement", row.disagreement),
        ("Sources", refs(row.sources)),
    )


def _settings(row: Variant) -> Iterator[Block]:
    """What to start with, each value with its source or the word that it is a default."""
    items = []
    for setting in row.settings:
        because = f"; {setting.because}" if setting.because else ""
        basis: Text = refs(setting.sources) if setting.sources else (DEFAULT,)
        said = (f"{setting.value} (", *basis, f"){because}")
        items.append(Item((setting.name,), said, 1))
    head = [Item(("Start with",), ())] if items else []
    yield Items((*head, *items, *notes(("If it fails", row.if_it_fails))))


def _family(table: Table, row: Family) -> Iterator[Block]:
    yield Say((row.what,))
    yield Items(tuple(_family_items(row)))


def _family_items(row: Family) -> Iterator[Item]:
    yield from notes(("Pretrained by", row.objective))
    yield Item((f"Examples (as of {row.as_of})",), ())
    for group in row.examples_of:
        use = f" ({group.use})" if group.use else ""
        fit: Text = (" for ", *refs(group.approaches)) if group.approaches else ()
        if group.provided != ALWAYS:
            fit = (*fit, " provided ", *condition_words(group.provided))
        yield Item((), (f"{', '.join(group.models)}{use}", *fit), 1)
    for label, lines in (("Strengths", row.strengths), ("Weaknesses", row.weaknesses)):
        yield Item((label,), ())
        yield from (Item((), (line,), 1) for line in lines)
    yield Item(("First look",), ())
    for pick in row.picks:
        when: Text = (" when ", *condition_words(pick.when)) if pick.when != ALWAYS else ()
        yield Item(("for ", *refs(pick.approaches), *when), (pick.because,), 1)
    yield from notes(("Misleads when", row.misleads_when), ("Sources", refs(row.sources)))


def _check(table: Table, row: Check) -> Iterator[Block]:
    yield Say((row.goes_wrong,))
    yield _listed(
        *_shown_when(row),
        ("Run", row.run),
        ("On", row.run_on),
        ("Passes", row.passes),
        ("On your files", row.command),
        ("Because", row.because),
        ("Disagreement", row.disagreement),
        ("Sources", refs(row.sources)),
    )


def _topic(table: Table, row: Topic) -> Iterator[Block]:
    yield from (Say((paragraph,)) for paragraph in row.text.split("\n\n"))
    yield _listed(
        ("For the choice", row.bears_on),
        ("See also", refs(row.see_also)),
        ("Sources", refs(row.sources)),
    )


def _source(table: Table, row: Source) -> Iterator[Block]:
    yield Say((f"{row.venue}, {row.year}. ", Address(row.address)))
    yield _listed(
        ("Finding", row.finding),
        ("Strength", f"{row.strength}, {_CHECKED[row.checked]}"),
        ("Speaks for", ", ".join(row.supports)),
        ("Speaks against", ", ".join(row.against)),
    )


def _precedent(table: Table, row: Precedent) -> Iterator[Block]:
    yield Say((row.situation,))
    yield Items(tuple(_precedent_items(table, row)))


def _precedent_items(table: Table, row: Precedent) -> Iterator[Item]:
    yield from notes(
        ("Known beforehand", facts_words(table, row.facts)),
        ("Proved right", _proved(row)),
        ("Proved wrong, taken alone", " or ".join(plan_words([one]) for one in row.wrong)),
        ("The source recommends", row.authority),
    )
    if row.results:
        yield Item(("What was compared",), ())
    for result in row.results:
        yield Item((plan_words(result.plan),), (f"{result.what}: {result.score}",), 1)
    yield Item(("Source",), (f"{row.source}{published_in(row)}. ", Address(row.address)))
    yield from notes(
        ("Checked", _CHECKED[row.checked]),
        ("About the figures", row.note),
        ("Too little is known", _SPARSE if row.sparse else ""),
    )


def _proved(row: Precedent) -> str:
    plans = " or ".join(map(plan_words, row.accept))
    return plans if row.results else f"{plans} ({NOT_COMPARED})"


def published_in(row: Precedent) -> str:
    """`, 2024` where the words of the source do not say so already."""
    return "" if row.year is None or str(row.year) in row.source else f", {row.year}"


def precedents(rows: Collection[Precedent], facts: Mapping[str, Fact]) -> Say:
    """How many precedents there are, by task; which ones, the command `precedents` shows."""
    tasks = [*facts["task"].values] if "task" in facts else []
    counts = Counter(row.facts.get("task") for row in rows)
    by_task = ", ".join(f"{task} {counts[task]}" for task in tasks if counts[task])
    listed = f" By task: {by_task}." if by_task else ""
    return Say((f"{len(rows)} published cases.{listed}",))


_SPARSE = "no other situation is judged by this one"
_WRITERS: Mapping[type, Callable[[Table, Row], Iterator[Block]]] = {
    Fact: _fact,
    Threshold: _threshold_read,
    Approach: approach,
    Need: _need,
    Limit: _limit,
    Readiness: _readiness,
    Variant: _variant,
    Family: _family,
    Check: _check,
    Symptom: lambda _, row: symptom(row),
    Topic: _topic,
    Source: _source,
    Precedent: _precedent,
}
