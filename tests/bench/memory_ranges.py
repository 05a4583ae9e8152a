"""How wide the ranges of memory estimates must be, and whether they hold on sources never seen.

python tests/bench/memory_ranges.py [FIGURES.csv]

Prints the factors of `adaptadvisor.memory.fit.RANGES`, then what share of published figures lies
in ranges that were set without their source. A source is everybody's who publishes: all tables of
one framework are one source, since they share its habits.

A factor is a quantile of how far figures lie from the point, times `WIDER`. Each source counts
with up to `ROWS_OF_A_SOURCE` rows, rows of other kinds of training with `POOLED` of their own
weight, and no range is narrower than `FLOOR`. The numbers were chosen among 160 sets so that of
each kind with 30 figures nine in ten of left-out sources lie inside, with the least median width;
the nine next sets that hold as much are 3 to 16 % wider. Serving hides fewer choices of a
framework than training, so it is widened less. Of 6 runs with weights on the CPU 4 lie inside.
"""

from __future__ import annotations

import math
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import memory

from adaptadvisor.memory import Estimate, estimate
from adaptadvisor.memory.fit import MARGIN, kind_of, least_and_most

QUANTILE, POOLED, ROWS_OF_A_SOURCE, FLOOR = 0.92, 0.1, 8, 1.1
WIDER = {"serving": 1.4, "training": 1.7}
SOURCES = (
    "LitGPT",
    "ms-swift",
    "torchtune",
    "PEFT",
    "LLaMA-Factory",
    "QLoRA",
    "Qwen",
    "Transformers",
    "GLM",
)
"""What names a source that has several tables; any other is one by itself."""

_SURER = {
    "training on several cards": "training on",
    "training with guesses": "training on",
    "training with offloading": "training",
}
"""What is surer than a kind of run, so that the range of the kind is no narrower."""

Ranges = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure beside its estimate; `below` and `above` are its parts of the least and of
    the most that the run holds, in logarithms; without what a framework may keep beyond that.
    """

    row: Mapping[str, str]
    found: Estimate
    source: str
    kind: str
    gb: float
    below: float
    above: float


def figures(rows: Iterable[Mapping[str, str]]) -> list[Figure]:
    """All rows that say what a run held (not those that ran out of memory)."""
    made = []
    for row in rows:
        if row["kind"] == "oom":
            continue
        found = estimate(memory.setup_of_row(row))
        gb = float(row["peak_gb"]) / memory.times_of(row)
        least, most, kept = least_and_most(found.setup, found.parts)
        below, above = math.log(gb / least), math.log(max(gb - kept, least / 100) / most)
        source = source_of(row)
        made.append(Figure(row, found, source, kind_of(found.setup), gb, below, above))
    return made


def source_of(row: Mapping[str, str]) -> str:
    return next((name for name in SOURCES if name in row["source"]), row["source"])


def ranges_of(known: Sequence[Figure]) -> dict[str, tuple[float, float]]:
    """The factor below and above the point for each kind of run. Training on several cards is no
    surer than on one, guesses are no surer than what is stated. A cache that its authors worked out
    with the same formula is no measurement.
    """
    known = [one for one in known if one.row["method"] != "kv_cache"]
    rows = Counter((one.kind, one.source) for one in known)
    ranges = {}
    for kind in sorted({one.kind for one in known}):
        near = [one for one in known if (one.kind == "serving") == (kind == "serving")]
        weights = [
            (1.0 if one.kind == kind else POOLED)
            * min(1.0, ROWS_OF_A_SOURCE / rows[one.kind, one.source])
            for one in near
        ]
        wider = WIDER[kind.partition(" ")[0]]
        least = wider * _quantile([-one.below for one in near], weights)
        most = wider * _quantile([one.above for one in near], weights)
        floor = math.log(FLOOR)
        ranges[kind] = (math.exp(-max(least, floor)), math.exp(max(most, floor)))
    for kind, start in _SURER.items():
        surer = [ends for name, ends in ranges.items() if name.startswith(start)]
        both = [*surer, ranges[kind]] if kind in ranges else surer
        ranges[kind] = min(low for low, _ in both), max(high for _, high in both)
    return ranges


def _quantile(values: Sequence[float], weights: Sequence[float]) -> float:
    ordered = sorted(zip(values, weights, strict=True))
    wanted, seen = QUANTILE * sum(weights), 0.0
    for value, weight in ordered:
        seen += weight
        if seen >= wanted - 1e-12:
            return value
    return ordered[-1][0]


def within(one: Figure, ranges: Ranges) -> bool:
    low, high = ranges[one.kind]
    return math.log(low) <= one.below and one.above <= math.log(high)


def held_out(known: Sequence[Figure]) -> list[tuple[Figure, bool]]:
    """Each figure, and whether it lies in a range that was set without its source."""
    told = []
    for source in sorted({one.source for one in known}):
        ranges = ranges_of([one for one in known if one.source != source])
        told += [(one, within(one, ranges)) for one in known if one.source == source]
    return told


def groups_of(one: Figure) -> tuple[str, ...]:
    """What a figure is counted under: how it trains, and on how many cards."""
    setup = one.found.setup
    if not setup.trains:
        return "serving", "all"
    way = {"full": "all weights", "lora": "LoRA", "qlora": "QLoRA"}[setup.method]
    way = "encoder" if setup.shape.kind == "encoder" else way
    return way, one.kind.removesuffix(": all weights").removesuffix(": adapters"), "all"


def oom_held_out(rows: Sequence[Mapping[str, str]]) -> tuple[int, int]:
    """Of runs that ran out of memory, how many are told so by the smallest margin (in steps of
    0.05) that tells 85 % of those of all other sources; and how many there are.
    """
    ran_out = [
        (source_of(row), estimate(memory.setup_of_row(row)).point_gb, _card_gb(row))
        for row in rows
        if row["kind"] == "oom"
    ]
    told = 0
    for source in {name for name, _, _ in ran_out}:
        others = [(gb, card) for name, gb, card in ran_out if name != source]
        margin = next(
            step / 20
            for step in range(20, 60)
            if sum(step / 20 * gb > card for gb, card in others) >= 0.85 * len(others)
        )
        told += sum(margin * gb > card for name, gb, card in ran_out if name == source)
    return told, len(ran_out)


def _card_gb(row: Mapping[str, str]) -> float:
    return float(row["peak_gb"]) / memory.times_of(row)


def main(path: str) -> None:
    rows = memory._published(Path(path))
    known = figures(rows)
    for kind, (low, high) in ranges_of(known).items():
        print(f'    "{kind}": ({low:.2f}, {high:.2f}),')
    found: dict[str, list[tuple[Figure, bool]]] = defaultdict(list)
    for one, inside in held_out(known):
        for group in groups_of(one):
            found[group].append((one, inside))
    print("| runs | n | left-out figures inside | median width | median error |")
    print("| --- | --- | --- | --- | --- |")
    for group, told in sorted(found.items()):
        width = statistics.median(one.found.high_gb / one.found.low_gb for one, _ in told)
        errors = [
            abs(one.found.point_gb / one.gb - 1) for one, _ in told if one.row["kind"] == "measured"
        ]
        error = f"{statistics.median(errors):.1%}" if errors else "-"
        share = sum(inside for _, inside in told) / len(told)
        print(f"| {group} | {len(told)} | {share:.1%} | {width:.2f} | {error} |")
    told_oom, ran_out = oom_held_out(rows)
    print(f"out of memory, told so by a margin of other sources: {told_oom} of {ran_out}")
    print(f"(the margin in use is {MARGIN})")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(memory.FIGURES))
