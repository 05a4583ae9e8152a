"""What a reader hands over: an outcome before its item, its repeat and its slices are settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from adaptadvisor.errors import BadInput, bad_input, nearest, one_of, shown
from adaptadvisor.evidence.readers.values import Row, date, number, scalars, text

IDS = (
    "id", "test_id", "testId", "case_id", "caseId", "question_id", "questionId", "qid", "item_id",
    "sample_id", "uid", "uuid",
)  # fmt: skip
"""Where people keep the id of an item, likeliest first."""

NO_SCORE = "no score"
"""The error of an outcome whose tool gave it no score and did not say why."""

_MOST_NAMED = 12


@dataclass(slots=True, kw_only=True)
class Draft:
    """`key` tells items apart inside the file, `id` is what people call the item. `about` may
    become slices, `slices` are some for sure. `repeat` is the tool's own number of it, if any.
    """

    key: str
    id: str = ""
    system: str = ""
    variant: str = ""
    repeat: int | None = None
    score: float | None = None
    correct: bool | None = None
    error: str = ""
    input: str = ""
    output: str = ""
    expected: str = ""
    passages: tuple[str, ...] = ()
    about: dict[str, str] = field(default_factory=dict)
    slices: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    date: str = ""
    tags: tuple[str, ...] = ()
    line: int = 0

    def describe(self, about: Row) -> None:
        """Takes the id, the date and what may become slices from an object about the item."""
        found = scalars(about)
        for name in IDS:
            if name in found:
                self.id = self.id or found.pop(name)
                break
        self.date = self.date or date(found.pop("date", ""))
        self.about |= found

    def fail(self, why: object) -> None:
        """No answer, or none that was scored."""
        self.error = " ".join(text(why).split()) or NO_SCORE
        self.score = self.correct = None


@dataclass(slots=True, kw_only=True)
class Run:
    """The outcomes of one file. `task` is the test, where a tool has several; `label` tells the
    run from others of the same system (a folder, a time).
    """

    file: str
    tool: str
    drafts: list[Draft]
    characters: int = 0
    """Of the texts of all drafts."""
    metric: str = ""
    task: str = ""
    label: str = ""
    complete: bool = True
    notes: list[str] = field(default_factory=list)


def unknown_metric(metric: str, there: Iterable[str], file: str) -> BadInput:
    """A metric that was asked for and is not in the file."""
    known = sorted(set(there))
    names = one_of([f'"{shown(name)}"' for name in known[:_MOST_NAMED]]) or "none"
    what = f'no metric "{shown(metric)}"; there is {names}{nearest(metric, known)}'
    return bad_input("unknown-metric", what, file)


def other_metrics(metric: str, there: Iterable[str]) -> list[str]:
    """A note on the metrics beside the one that counts."""
    others = [shown(name, 40) for name in there if name != metric]
    if not others:
        return []
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    return [f"Scored by {shown(metric, 40)}; also there: {', '.join(others[:_MOST_NAMED])}{more}."]


def use_metric(drafts: Iterable[Draft], metric: str) -> None:
    """Scores each draft by one of its metrics; one without it has no score."""
    for draft in drafts:
        draft.score, draft.correct = draft.metrics.get(metric), None
        if draft.score is None and not draft.error:
            draft.fail(f"{NO_SCORE} for {metric}")


def some_number(found: Row, *names: str) -> int | None:
    """The first of these that is a whole number and at least 0."""
    for name in names:
        value = number(found.get(name))
        if value is not None and value >= 0 and value == int(value):
            return int(value)
    return None
