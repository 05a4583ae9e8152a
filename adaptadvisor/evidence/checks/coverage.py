"""`check coverage`: does the evaluation set hold enough of everything that matters?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from adaptadvisor.evidence.checks.items import Item, by_item, slices_of
from adaptadvisor.evidence.checks.shares import items as count
from adaptadvisor.evidence.checks.shares import share
from adaptadvisor.evidence.finding import Finding, Level, Measure, Part
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.evidence.statistics import wilson
from adaptadvisor.table.facts import show_number

FEWEST_OF_A_SLICE = 30
"""Items from which on the score of a slice can be read at all (engineering default): with 30 and a
score of 80 % the interval is 14 points to either side.
"""
TO_CHOOSE_A_PROMPT, TO_DECIDE_ON_TRAINING = 100, 200
_TITLE, _MODES = "What the evaluation set covers", ("evaluation-gaps", "small-evaluation-set")
_MOST_PAIRS = 60
_EXPECTED = "expected answer"
_FAILURES_SEEN = 59


def coverage(
    outcomes: Sequence[Outcome], declared: Mapping[str, Sequence[str]] | None = None
) -> Finding:
    """The items of one system; `declared` are columns with the values that must be among them."""
    items = list(by_item(outcomes).values())
    cut = [_cut(item, one) for item, one in zip(items, _firsts(outcomes, items), strict=True)]
    parts = [*_slices(items, cut, declared or {}), *_pairs(items, cut)]
    right = round(sum(item.mean for item in items))
    whole = share("right", right, len(items))
    empty = [part for part in parts if part.level == "failed"]
    thin = [part for part in parts if part.level == "doubtful"]
    level = _level(len(items), empty, thin)
    return Finding(
        check="coverage",
        title=_TITLE,
        modes=_MODES,
        level=level,
        verdict=_verdict(level, len(items)),
        says=_says(items, parts, empty, thin, whole),
        measures=(count(len(items)), whole),
        parts=tuple(parts),
        do=_do(len(items), empty, thin),
        facts={"eval_examples": len(items)},
        because=(f"The results hold {show_number(len(items))} items with an answer.",),
    )


def of_labels(number: int, classes: Mapping[str, int]) -> Finding:
    """An evaluation set without results: so many different items, of which some have labels."""
    parts = [_counted(f"label: {name}", count_) for name, count_ in sorted(classes.items())]
    thin = [part for part in parts if part.level == "doubtful"]
    level = _level(number, (), thin)
    says = [f"{show_number(number)} different items."]
    if thin:
        says.append(f"Too few to read: {_names(thin)}.")
    return Finding(
        check="coverage",
        title=_TITLE,
        modes=_MODES,
        level=level,
        verdict=_verdict(level, number),
        says=tuple(says),
        measures=(count(number),),
        parts=tuple(parts),
        do=_do(number, (), thin),
        facts={"eval_examples": number},
        because=(f"The evaluation set holds {show_number(number)} different items.",),
    )


def _firsts(outcomes: Sequence[Outcome], items: Sequence[Item]) -> list[Outcome]:
    found: dict[str, Outcome] = {}
    for one in outcomes:
        found.setdefault(one.item, one)
    return [found[item.id] for item in items]


def _cut(item: Item, one: Outcome) -> dict[str, str]:
    """The slices of an item; its expected answer is one where answers are labels."""
    return {**item.slices, _EXPECTED: one.expected} if one.expected else dict(item.slices)


def _slices(
    items: Sequence[Item], cut: Sequence[Mapping[str, str]], declared: Mapping[str, Sequence[str]]
) -> list[Part]:
    columns = {column: list(words) for column, words in slices_of(cut).items()}
    for column, words in declared.items():
        known = columns.setdefault(column, [])
        known += [word for word in words if word not in known]
    return [
        _part(f"{column}: {word}", [item for item, own in zip(items, cut, strict=True)
                                   if own.get(column) == word])
        for column, words in columns.items()
        for word in words
    ]  # fmt: skip


def _pairs(items: Sequence[Item], cut: Sequence[Mapping[str, str]]) -> list[Part]:
    """Pairs of slices that are empty: together they never occur, though each does often."""
    found = []
    columns = slices_of(cut)
    for one, other in combinations(columns, 2):
        for word in columns[one]:
            for second in columns[other]:
                both = sum(own.get(one) == word and own.get(other) == second for own in cut)
                each = [sum(own.get(key) == value for own in cut)
                        for key, value in ((one, word), (other, second))]  # fmt: skip
                expected = each[0] * each[1] / len(items)
                if not both and expected >= 5:
                    says = f"none, where about {expected:.0f} would be expected"
                    name = f"{one}: {word}, {other}: {second}"
                    found.append(Part(name=name, level="doubtful", says=says))
    return found[:_MOST_PAIRS]


def _part(name: str, items: Sequence[Item]) -> Part:
    right = round(sum(item.mean for item in items))
    return _counted(name, len(items), share("right", right, len(items)))


def _counted(name: str, number: int, *more: Measure) -> Part:
    if not number:
        return Part(name=name, level="failed", says="no item at all")
    level: Level = "passed" if number >= FEWEST_OF_A_SLICE else "doubtful"
    enough = "enough to read" if level == "passed" else f"fewer than {FEWEST_OF_A_SLICE}"
    return Part(name=name, level=level, says=enough, measures=(count(number), *more))


def _level(number: int, empty: Sequence[Part], thin: Sequence[Part]) -> Level:
    if empty:
        return "failed"
    if number < TO_CHOOSE_A_PROMPT:
        return "unknown"
    return "doubtful" if thin or number < TO_DECIDE_ON_TRAINING else "passed"


def _verdict(level: Level, number: int) -> str:
    if level == "failed":
        return "something that matters is missing"
    if number < TO_CHOOSE_A_PROMPT:
        return "too few items to decide"
    if number < TO_DECIDE_ON_TRAINING:
        return "enough to choose a prompt only"
    return "thin in places" if level == "doubtful" else "enough of everything named"


def _says(
    items: Sequence[Item],
    parts: Sequence[Part],
    empty: Sequence[Part],
    thin: Sequence[Part],
    whole: Measure,
) -> tuple[str, ...]:
    number = len(items)
    half = ((whole.high or 0) - (whole.low or 0)) / 2
    known = f"the score of the whole is known to about {half:.0f} points to either side."
    said = [f"{show_number(number)} items: {known}"]
    if empty:
        said.append(f"Named and without an item: {_names(empty)}.")
    if thin:
        said.append(f"Too few to read: {_names(thin)}.")
    if not parts:
        said.append("The results name no slices, so nobody can see who is served worse.")
    if items and all(item.mean == 1 for item in items) and number < _FAILURES_SEEN:
        said.append(
            f"No failure in {number} still allows {wilson(0, number).high * 100:.0f} % of them."
        )
    return tuple(said)


def _names(parts: Sequence[Part], most: int = 4) -> str:
    more = f" and {len(parts) - most} more" if len(parts) > most else ""
    return "; ".join(part.name for part in parts[:most]) + more


def _do(number: int, empty: Sequence[Part], thin: Sequence[Part]) -> tuple[str, ...]:
    found = []
    if empty or thin:
        found.append(f"Add items there first: {FEWEST_OF_A_SLICE} or more in each.")
    if number < TO_DECIDE_ON_TRAINING:
        missing = TO_DECIDE_ON_TRAINING - number
        found.append(
            f"Add about {missing} items in all: {TO_CHOOSE_A_PROMPT} choose a prompt,"
            f" {TO_DECIDE_ON_TRAINING} decide on training."
        )
    return tuple(found)
