"""What the leakage check says: which evaluation items the training data holds, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from adaptadvisor.evidence.checks.shares import items, not_enough, share
from adaptadvisor.evidence.data.leakage import (
    BOILERPLATE,
    COVERED,
    LONG_RUN,
    RUN,
    Index,
    Kind,
    Leak,
    by_kind,
    day,
    leaks_of,
)
from adaptadvisor.evidence.data.shapes import Row
from adaptadvisor.evidence.finding import Finding, Level, Measure, Part, Place

_TITLE = "Evaluation items in the training data"
_MODES = ("contamination", "train-test-leakage")
_MOST_PLACES = 50
_NAMES: Mapping[Kind, str] = {
    "copy": "copies",
    "long run": f"runs of {LONG_RUN} words or more",
    "covered": f"{COVERED:.0%} or more covered",
    "suspect": "suspects",
}


def check(train: Iterable[Row], evaluation: Iterable[Row]) -> Finding:
    """Whether evaluation items stand in the training data; the training side is read once."""
    return finding(leaks_of(train, evaluation))


def finding(index: Index) -> Finding:
    """What an index says, past which the training data has streamed."""
    number = len(index.items)
    if not number or not index.examined:
        empty = "training" if number else "evaluation"
        why = f"There is no text on the {empty} side."
        return not_enough("leakage", _TITLE, _MODES[0], why, "Name both files, each with texts.")
    leaks = list(index.leaks())
    flagged = [leak for leak in leaks if leak.flagged]
    parts = (*_of_kinds(leaks, number), *_others(index, leaks, number))
    level = _level(parts)
    word = {"failed": "leaks", "doubtful": "may leak", "passed": "no leak found"}[level]
    verdict = f"{len(flagged):,} of {number:,} items leaked" if flagged else f"the test set {word}"
    return Finding(
        check="leakage",
        title=_TITLE,
        modes=_MODES,
        level=level,
        verdict="no leak found" if level == "passed" else verdict,
        says=tuple(_says(index, flagged, leaks, level)),
        measures=(
            share("leaked", len(flagged), number),
            items(number, "evaluation items"),
            items(index.examined, "training items"),
        ),
        parts=parts,
        places=tuple(map(_place, [*flagged, *(each for each in leaks if not each.flagged)]))[
            :_MOST_PLACES
        ],
        do=tuple(_do(flagged, leaks, index)),
    )


def _level(parts: Iterable[Part]) -> Level:
    levels = {part.level for part in parts}
    return "failed" if "failed" in levels else "doubtful" if "doubtful" in levels else "passed"


def _of_kinds(leaks: Sequence[Leak], number: int) -> tuple[Part, ...]:
    """A part for each way in which items leak, and one for copies with another label."""
    found = []
    for kind, these in by_kind(leaks).items():
        longest = max(leak.run for leak in these)
        says = {
            "copy": "the whole input stands in training",
            "long run": f"the longest shared run has {longest} words",
            "covered": "much of the input stands in training, in pieces",
            "suspect": f"a rare run of {RUN} words or more is shared, the longest of {longest}",
        }[kind]
        level: Level = "doubtful" if kind == "suspect" else "failed"
        measures = (items(len(these)), Measure(name="longest run", value=longest, unit="words"))
        part = Part(name=_NAMES[kind], level=level, says=says, measures=measures)
        found.append(part)
    if other := sum(leak.other_label for leak in leaks):
        says = "the same input has one label in training and another in the evaluation"
        measure = (share("other label", other, number),)
        found.append(Part(name="other label", level="failed", says=says, measures=measure))
    return tuple(found)


def _others(index: Index, leaks: Sequence[Leak], number: int) -> tuple[Part, ...]:
    """Groups and dates on both sides of the split."""
    found = []
    if index.shared_groups:
        rows = sum(item.row.group in index.shared_groups for item in index.items)
        says = f"{len(index.shared_groups):,} customers, documents or threads are on both sides"
        measure = (share("items of shared groups", rows, number),)
        found.append(Part(name="shared groups", level="failed", says=says, measures=measure))
    early = sum("" < day(item.row.date) <= index.last_date for item in index.items)
    if early:
        says = f"they are no younger than the last training item ({index.last_date})"
        measure = (share("not after training", early, number),)
        found.append(Part(name="dates", level="doubtful", says=says, measures=measure))
    return tuple(found)


def _says(
    index: Index, flagged: Sequence[Leak], leaks: Sequence[Leak], level: Level
) -> Iterable[str]:
    number = len(index.items)
    if flagged:
        yield (
            f"{len(flagged):,} of {number:,} evaluation items stand in the training data, whole or "
            f"in good part; a score on them measures memory."
        )
    elif level == "passed":
        yield f"None of {number:,} evaluation items was found in {index.examined:,} training items."
    else:
        yield f"No copy was found, but the {number:,} evaluation items are not clearly apart."
    suspects = len(leaks) - len(flagged)
    if suspects:
        yield (
            f"{suspects:,} more share {RUN} words or more in a row with training; that can be a "
            f"quotation or a set phrase."
        )
    if index.short:
        yield f"{index.short:,} items have fewer than {RUN} words; of them only copies can be told."
    yield (
        f"Flagged: a copy but for case and punctuation, {LONG_RUN} words in a row, or "
        f"{COVERED:.0%} of the runs of {RUN} words (engineering defaults); runs in more "
        f"than {BOILERPLATE} training items do not count. Rewording and translation are not seen."
    )


def _do(flagged: Sequence[Leak], leaks: Sequence[Leak], index: Index) -> Iterable[str]:
    if flagged:
        yield "Take these items out of training, or out of the evaluation."
        yield "Score the clean items alone, and decide by that score."
    elif leaks:
        yield "Read the suspects; take out those that are the same request."
    if index.shared_groups:
        yield "Split by customer, document or thread, so that each is on one side only."


def _place(leak: Leak) -> Place:
    file, line = leak.there
    what = {
        "copy": "copy of",
        "long run": f"{leak.run} words in a row shared with",
        "covered": f"{leak.covered:.0%} covered, most by",
        "suspect": f"{leak.run} words in a row shared with",
    }[leak.kind]
    more = ", which has another label" if leak.other_label else ""
    return Place(file=leak.here.file, line=leak.here.line, says=f"{what} {file}:{line}{more}")
