"""The check of labels: the same input with other labels, rare classes, annotators, doubts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from adaptadvisor.evidence.checks.shares import items, not_enough, share
from adaptadvisor.evidence.data.agreement import alpha, by_item, doubted
from adaptadvisor.evidence.data.shapes import Row
from adaptadvisor.evidence.data.words import words_of
from adaptadvisor.evidence.finding import Finding, Level, Measure, Part, Place
from adaptadvisor.evidence.statistics import wilson

_TITLE = "Labels"
_MODES = ("annotator-bias-and-label-noise", "noisy-training-data", "rare-class-misses")
SUSPECT = 0.03
"""Popular test sets hold 3.3 % wrong labels on average (northcutt2021-label-errors)."""
AGREE = 0.67
"""The least alpha from which Krippendorff would draw tentative conclusions."""
RARE = 30
"""Examples of a class below which its recall cannot be told: the table's line."""
_MOST_PLACES = 50


def check(rows: Iterable[Row]) -> Finding:
    """Whether labels can be trusted. In memory is the label of each row, and what annotators or a
    model say of it.
    """
    seen = _Seen()
    for row in rows:
        seen.add(row)
    if not seen.number:
        why = "No row has a label."
        return not_enough("labels", _TITLE, _MODES[0], why, "Name the column: --map label=COLUMN.")
    parts = tuple(seen.parts())
    levels = {part.level for part in parts}
    level: Level = (
        "failed" if "failed" in levels else "doubtful" if "doubtful" in levels else "passed"
    )
    verdict = {
        "failed": "labels disagree",
        "doubtful": "labels to look at",
        "passed": "no fault seen",
    }
    first = "; ".join(part.says for part in parts if part.level != "passed")
    clean = "No input has two labels, and no class is rare."
    return Finding(
        check="labels",
        title=_TITLE,
        modes=_MODES,
        level=level,
        verdict=verdict[level],
        says=(f"{first[0].upper()}{first[1:]}." if first else clean, *seen.limits()),
        measures=(items(seen.number, "labelled rows"), items(len(seen.classes), "classes")),
        parts=parts,
        places=tuple(seen.places()),
        do=tuple(seen.do(level)),
    )


class _Seen:
    """What the rows say of their labels."""

    def __init__(self) -> None:
        self.number = 0
        self.classes: Counter[str] = Counter()
        self.of_text: dict[int, dict[tuple[str, ...], list[tuple[str, int]]]] = defaultdict(dict)
        self.annotated: list[Row] = []
        self.with_chances: list[Row] = []

    def add(self, row: Row) -> None:
        if row.annotators:
            self.annotated.append(row._replace(text="" if row.item else row.text, output=""))
            self.number += not row.labels
        if not row.labels:
            return
        self.number += 1
        self.classes.update(row.labels)
        if not row.annotators:  # several people label the same input on purpose
            key = hash(tuple(words_of(row.text)) or row.text)
            places = self.of_text[key].setdefault(tuple(sorted(row.labels)), [])
            places.append((row.file, row.line))
        if row.chances:
            self.with_chances.append(row._replace(text="", output=""))

    def conflicts(self) -> list[tuple[str, int]]:
        """The places of rows whose input has other labels elsewhere."""
        return [
            place
            for answers in self.of_text.values()
            if len(answers) > 1
            for places in answers.values()
            for place in places
        ]

    def parts(self) -> Iterator[Part]:
        conflicts = len(self.conflicts())
        if conflicts:
            level: Level = "failed" if wilson(conflicts, self.number).low > SUSPECT else "doubtful"
            says = f"{conflicts:,} of {self.number:,} rows have other labels for the same input"
            measure = (share("in conflict", conflicts, self.number),)
            yield Part(name="conflicts", level=level, says=says, measures=measure)
        if self.annotated:
            yield _agreement(by_item(self.annotated))
        if self.with_chances:
            yield self._doubts()
        if self.classes:
            yield self._balance()

    def _doubts(self) -> Part:
        number, found = len(self.with_chances), len(doubted(self.with_chances))
        level: Level = "doubtful" if wilson(found, number).low > SUSPECT else "passed"
        says = f"a model doubts {found:,} of {number:,} labels, which is a hint"
        measure = (share("doubted", found, number),)
        return Part(name="doubted by a model", level=level, says=says, measures=measure)

    def _balance(self) -> Part:
        rare = sorted(number for number in self.classes.values() if number < RARE)
        least, most = min(self.classes.values()), max(self.classes.values())
        says = (
            f"the rarest of {len(self.classes):,} classes has {least:,} rows, the largest {most:,}"
        )
        if rare:
            says = f"{len(rare):,} of {len(self.classes):,} classes have fewer than {RARE} rows"
        level: Level = "doubtful" if rare else "passed"
        measures = (items(least, "rarest class"), items(most, "largest class"))
        return Part(name="balance", level=level, says=says, measures=measures)

    def limits(self) -> Iterator[str]:
        if not self.annotated:
            yield "Nobody labelled twice here (a column annotator), so agreement cannot be told."
        if not self.with_chances:
            yield "With the chances of a model in columns p_CLASS doubtful labels are found too."

    def places(self) -> Iterator[Place]:
        says = "the same input has another label elsewhere"
        for file, line in sorted(self.conflicts())[:_MOST_PLACES]:
            yield Place(file=file, line=line, says=says)
        for row in doubted(self.with_chances)[:_MOST_PLACES]:
            yield Place(file=row.file, line=row.line, says="a model finds another class likelier")

    def do(self, level: Level) -> Iterator[str]:
        if level == "passed":
            return
        if self.conflicts():
            yield "Settle the rows that contradict each other, and write down the rule."
        if self.annotated:
            yield "Talk through the items on which annotators differ, then label anew."
        if self.with_chances:
            yield "Read the doubted rows; cleanlab does this thoroughly."
        if min(self.classes.values(), default=RARE) < RARE:
            yield f"Collect {RARE} examples of each class that matters, or merge it with another."


def _agreement(said: Mapping[str, Sequence[str]]) -> Part:
    several = {item: labels for item, labels in said.items() if len(labels) > 1}
    value = alpha(several.values())
    if value is None:
        says = "no item was labelled twice, or only one label was ever given"
        return Part(name="agreement", level="unknown", says=says, measures=(items(len(several)),))
    level: Level = "passed" if value >= AGREE else "failed"
    word = "at least" if value >= AGREE else "under"
    says = f"Krippendorff's alpha is {value:.2f}, {word} {AGREE}, on {len(several):,} items"
    measures = (Measure(name="alpha", value=value), items(len(several)))
    return Part(name="agreement", level=level, says=says, measures=measures)
