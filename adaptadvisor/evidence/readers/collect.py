"""Outcomes out of what the readers found: items named, repeats numbered, slices told, in one way
for all tools.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from adaptadvisor.errors import bad_input, shown
from adaptadvisor.evidence.outcomes import Outcome, Results
from adaptadvisor.evidence.readers.draft import Draft, Run

MOST_OUTCOMES = 2_000_000
"""Outcomes that are held at once; a file of more is split by its owner."""

MOST_CHARACTERS = 500_000_000
"""Characters of texts that are held at once: one to four bytes each."""

MOST_VALUES = 20
"""A column of more values tells items apart and not groups of them."""

ITEMS_A_VALUE = 3
"""Items that a value of a slice has at least, on average."""

_LONGEST_VALUE = 60
_LONGEST_ITEM = 80


def results(path: Path, runs: Sequence[Run], said: Sequence[str] = ()) -> Results:
    """All runs as one, with what was `said` of all of them; `BadInput` without an outcome."""
    if not any(run.drafts for run in runs):
        raise bad_input("no-results", "there is not a single result in it", str(path))
    for run in runs:
        run.notes += [*_name_items(run), *_judge(run)]
    notes = [*said, *_notes(runs)]
    slices = _slices([draft for run in runs for draft in run.drafts])
    notes += _by_task(runs)
    notes += _tell_apart(runs)
    drafts = [draft for run in runs for draft in run.drafts]
    numbers, more = _repeats(drafts)
    notes += more
    if failed := sum(bool(draft.error) for draft in drafts):
        notes.append(
            f"{failed:,} of {len(drafts):,} have an error in place of a scored answer; they count "
            "neither as right nor as wrong."
        )
    return Results(
        file=str(path),
        tool=runs[0].tool,
        outcomes=_outcomes(drafts, numbers, slices),
        metric=", ".join(dict.fromkeys(run.metric for run in runs if run.metric)),
        complete=all(run.complete for run in runs),
        notes=tuple(dict.fromkeys(notes)),
    )


def _notes(runs: Sequence[Run]) -> list[str]:
    """The notes on the runs; one that is not on all of them names its file."""
    times = Counter(note for run in runs for note in {*run.notes})
    return [
        note if times[note] == len(runs) else f"{Path(run.file).name}: {note}"
        for run in runs
        for note in run.notes
    ]


def limited(run: Run) -> None:
    """Counts the last outcome; `BadInput` where a file holds more than is held at once."""
    last = run.drafts[-1]
    run.characters += len(last.input) + len(last.output) + len(last.expected)
    run.characters += sum(map(len, last.passages))
    if len(run.drafts) > MOST_OUTCOMES:
        what = f"more than {MOST_OUTCOMES:,} results; split the file"
        raise bad_input("too-large", what, run.file)
    if run.characters > MOST_CHARACTERS:
        what = (
            f"more than {MOST_CHARACTERS:,} characters of texts in the first {len(run.drafts):,}"
            " results; leave out the columns input, output and passages, or split the file"
        )
        raise bad_input("too-large", what, run.file)


def item_name(key: str) -> str:
    """A text that may be long as the name of an item: its beginning, and what tells it apart."""
    if len(key) <= _LONGEST_ITEM and key.isprintable():
        return key
    mark = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{shown(' '.join(key[:1000].split()), 60)} #{mark}"


def _name_items(run: Run) -> list[str]:
    """Puts the name of the item into `id`: the id that people gave it, where each has one and none
    stands for two; else what the item says.
    """
    keys: dict[str, set[str]] = defaultdict(set)
    for draft in run.drafts:
        keys[draft.id].add(draft.key)
    given = [id_ for id_ in keys if id_]
    twice = [id_ for id_ in given if len(keys[id_]) > 1]
    if given and not twice and "" not in keys:
        return []
    for draft in run.drafts:
        draft.id = item_name(draft.key)
    if twice:
        some = shown(twice[0])
        return [f'Ids are not used: "{some}" stands for {len(keys[twice[0]])} different items.']
    return ["Ids are not used: some items have none."] if given else []


def _judge(run: Run) -> list[str]:
    """Where the tool says no right or wrong, a score of 1 is right and 0 wrong, if there are no
    others.
    """
    scored = [draft for draft in run.drafts if draft.score is not None]
    notes = []
    if scored and all(draft.correct is None for draft in scored):
        if all(draft.score in (0, 1) for draft in scored):
            for draft in scored:
                draft.correct = draft.score == 1
        else:
            notes.append("Scores are graded, so that no answer counts as right or wrong.")
    low = min((draft.score for draft in scored if draft.score is not None), default=0.0)
    high = max((draft.score for draft in scored if draft.score is not None), default=0.0)
    if low < 0 or high > 1:
        notes.append(f"Scores run from {low:g} to {high:g}, not from 0 to 1.")
    return notes


def _by_task(runs: Sequence[Run]) -> list[str]:
    """Items of different tests are different items, and the test is a slice."""
    tasks = dict.fromkeys(run.task for run in runs if run.task)
    if len(tasks) < 2:
        return []
    for run in runs:
        for draft in run.drafts:
            draft.id = f"{run.task}: {draft.id}"
            draft.slices["task"] = run.task
    return [f"{len(tasks)} tests are kept apart, as slices: {', '.join(map(shown, tasks))}."]


def _tell_apart(runs: Sequence[Run]) -> list[str]:
    """Two runs of one system on one test are two systems, each called after its run too."""
    had = Counter((run.task, name) for run in runs for name in {one.system for one in run.drafts})
    twice = {name for (_, name), times in had.items() if times > 1}
    for run in runs:
        for draft in run.drafts:
            if draft.system in twice and run.label:
                draft.system = f"{draft.system} ({run.label})" if draft.system else run.label
    if not twice:
        return []
    return ["Several runs have one system; each counts as a system of its own, named by its run."]


def _repeats(drafts: Sequence[Draft]) -> tuple[list[int], list[str]]:
    """The number of the repeat, from 1 for each item, system and variant: the tool's own where
    none comes twice, else in order.
    """
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for at, draft in enumerate(drafts):
        groups[draft.id, draft.system, draft.variant].append(at)
    numbers, clashes = [1] * len(drafts), 0
    for members in groups.values():
        given = {drafts[at].repeat for at in members}
        own = None not in given and 0 not in given
        if own and len(given) == len(members):
            for at in members:
                numbers[at] = drafts[at].repeat or 1
            continue
        clashes += own
        for count, at in enumerate(members, 1):
            numbers[at] = count
    what = "item has" if clashes == 1 else "items have"
    note = f"{clashes:,} {what} one number for two repeats; they are numbered anew, in order."
    return numbers, [note] if clashes else []


def _outcomes(
    drafts: Sequence[Draft], numbers: Sequence[int], slices: Sequence[str]
) -> tuple[Outcome, ...]:
    same: dict[str, str] = {}  # a text that many rows repeat is held once
    return tuple(
        Outcome(
            item=same.setdefault(draft.id, draft.id),
            system=same.setdefault(draft.system, draft.system),
            repeat=number,
            score=draft.score,
            correct=draft.correct,
            error=draft.error,
            input=same.setdefault(draft.input, draft.input),
            output=same.setdefault(draft.output, draft.output),
            expected=same.setdefault(draft.expected, draft.expected),
            passages=draft.passages,
            slices=MappingProxyType({**_picked(draft, slices), **draft.slices}),
            metrics=MappingProxyType(draft.metrics),
            variant=draft.variant,
            date=draft.date,
            tags=draft.tags,
            line=draft.line,
        )
        for draft, number in zip(drafts, numbers, strict=True)
    )


def _picked(draft: Draft, names: Iterable[str]) -> Mapping[str, str]:
    return {name: draft.about[name] for name in names if draft.about.get(name)}


def _slices(drafts: Sequence[Draft]) -> list[str]:
    """Which columns are slices. Such a column has from 2 to 20 values, none longer than 60 letters
    and each for three items on average; it says the same of an item each time, so that it tells of
    items and not of answers; and it does not split the items as the expected answer or an earlier
    column does.
    """
    columns: dict[str, dict[str, str] | None] = {}
    expected: dict[str, str] = {}
    values: dict[str, set[str]] = defaultdict(set)
    for draft in drafts:
        expected.setdefault(draft.id, draft.expected)
        for name, value in draft.about.items():
            column = columns.setdefault(name, {})
            if column is None or not value:
                continue
            values[name].add(value)
            steady = column.setdefault(draft.id, value) == value
            if not steady or len(value) > _LONGEST_VALUE or len(values[name]) > MOST_VALUES:
                columns[name] = None
    seen, found = [_split(expected)], []
    for name, column in columns.items():
        few = column is not None and 2 <= len(values[name]) <= len(column) / ITEMS_A_VALUE
        if column is None or not few:
            continue
        split = _split(column)
        if split not in seen:
            seen.append(split)
            found.append(name)
    return found


def _split(column: Mapping[str, str]) -> frozenset[frozenset[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for item, value in column.items():
        groups[value].add(item)
    return frozenset(map(frozenset, groups.values()))
