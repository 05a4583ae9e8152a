"""How likely each answer to a question is: what an open question is worth rests on it.

Of a question the table says how many cases each answer stands for (`likely`), by judgement. Every
published case of the same task (of all tasks, where there are fewer than `ENOUGH`) counts one for
the answer that it states. Where some state the fact, one that is silent counts for the answer that
the table says more than half have: cases mention what is remarkable, so that of those that speak of
citations all want them. In a task in which the table calls other answers rare (`rare_in`), its
judgement counts a tenth for them. No answer is impossible: `FLOOR` cases are shared by all of them
evenly.
Given the task, answers are taken to be independent of each other, which is simple, and wrong where
they go together; so these shares order questions and say when to stop, and never decide a plan.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from adaptadvisor.table.conditions import Cell
from adaptadvisor.table.evidence import Precedent
from adaptadvisor.table.facts import Fact, Value, from_text
from adaptadvisor.table.ranges import LARGEST, Range
from adaptadvisor.table.rows import Situation, Table

GIVEN = "task"
"""The fact that all other answers are given by."""

ENOUGH = 10
"""Published cases of the same task, from which on the others are left out."""

RARE = 0.1
"""What a case counts that the table judges to be there, in a task in which it calls it rare."""

FLOOR = 1
"""Cases that all answers share evenly, so that none is impossible."""


class Answers:
    """The answers of a person of whom the task is known, or nothing."""

    def __init__(self, table: Table, facts: Situation) -> None:
        self.table = table
        self._rows: Sequence[Precedent] = tuple(table.precedents.values())
        alike = [row for row in self._rows if row.facts.get(GIVEN) == facts.get(GIVEN)]
        self._alike = alike if len(alike) >= ENOUGH else self._rows
        self._task = facts.get(GIVEN)
        self._known: dict[str, _Seen] = {}

    def shares(self, fact: Fact, cells: Sequence[Cell]) -> list[float]:
        """How likely the answer lies in each of these cells, given that it lies in one of them."""
        if fact.id not in self._known:
            self._known[fact.id] = _Seen(fact, self._stated(fact))
        counts = [FLOOR / len(cells) + self._known[fact.id].within(cell) for cell in cells]
        total = sum(counts)
        return [count / total for count in counts]

    def drawn(
        self, fact: Fact, cells: Sequence[Cell], number: int, *, each: bool = True
    ) -> list[Value]:
        """So many answers in these cells, each as often as it is likely, to the next whole number;
        of a cell only one where not `each` of them is wanted.
        """
        shares = self.shares(fact, cells)
        seen = self._known[fact.id]
        found: list[Value] = []
        total = 0.0
        for cell, share in zip(cells, shares, strict=True):
            total += share
            more = round(total * number) - len(found)
            found += seen.examples(cell, more) if each else [cell.value] * more
        return found

    def _stated(self, fact: Fact) -> list[tuple[Value, float]]:
        """Every answer that is stated, with how many cases it stands for."""
        said = [row.facts[fact.id] for row in self._alike if fact.id in row.facts]
        judged = list(likely(fact))
        stated = any(fact.id in row.facts for row in self._rows)
        silent = len(self._alike) - len(said) if stated else 0
        usual, most = max(judged, key=lambda pair: pair[1], default=("", 0))
        if 2 * most > sum(cases for _, cases in judged):
            judged.append((usual, silent))
        if self._task in fact.rare_in:
            judged = [(value, cases if value == usual else cases * RARE) for value, cases in judged]
        return [*judged, *((value, 1.0) for value in said)]


def likely(fact: Fact) -> Iterator[tuple[Value, float]]:
    """What the table says of a question: each answer, or range, with how many cases it counts."""
    for text, cases in fact.likely:
        value = from_text(fact, text)
        if value is not None:
            yield value, cases


def usual(fact: Fact) -> Value:
    """The answer that the table says most have."""
    return max(likely(fact), key=lambda pair: pair[1])[0]


def is_usual(fact: Fact, value: Value | None) -> bool:
    """Whether that answer holds."""
    return within(usual(fact), value)


def within(answer: Value, value: Value | None) -> bool:
    """Whether a value is an answer, or lies in the range that it is."""
    if isinstance(answer, Range) and isinstance(value, (int, float)):
        return answer.low <= value <= answer.high
    return value == answer


class _Seen:
    """Stated answers to one question, ready to be counted."""

    def __init__(self, fact: Fact, stated: Sequence[tuple[Value, float]]) -> None:
        self.counts: dict[Value, float] = {}
        self.ranges: list[tuple[Range, float]] = []
        for value, cases in stated:
            if isinstance(value, Range):
                self.ranges.append((value, cases))
            else:
                self.counts[value] = self.counts.get(value, 0) + cases
        self.numbers: list[float] = []
        if fact.numeric:
            self.numbers = sorted(v for v in self.counts if isinstance(v, (int, float)))
        self.sums = [0.0]
        for number in self.numbers:
            self.sums.append(self.sums[-1] + self.counts[number])

    def within(self, cell: Cell) -> float:
        """The cases whose answer lies in a cell; of a range, the part of it that does."""
        if math.isnan(cell.low):
            return self.counts.get(cell.value, 0)
        first, last = (bisect_left(self.numbers, edge) for edge in (cell.low, cell.high))
        inside = self.sums[last] - self.sums[first]
        return inside + sum(
            cases * _part(span.low, min(span.high, LARGEST), cell) for span, cases in self.ranges
        )

    def examples(self, cell: Cell, number: int) -> list[Value]:
        """So many answers in a cell: of numbers, evenly out of all that is stated in it."""
        if math.isnan(cell.low):
            return [cell.value] * number
        spans = [(span.low, min(span.high, LARGEST), cases) for span, cases in self.ranges]
        spans += [(point, point, self.counts[point]) for point in self.numbers]
        inside = [
            (max(low, cell.low), min(high, cell.high), cases * _part(low, high, cell))
            for low, high, cases in spans
        ]
        inside = [row for row in inside if row[2]] or [(cell.low, cell.low, 1.0)]
        total = sum(cases for *_, cases in inside)
        found: list[Value] = []
        for place in range(number):
            rank = (place + 0.5) / number * total
            for low, high, cases in inside:
                if rank < cases or (low, high, cases) == inside[-1]:
                    value = (1 + low) * ((1 + high) / (1 + low)) ** min(rank / cases, 1) - 1
                    within = min(max(value, cell.low), max(cell.low, math.nextafter(cell.high, 0)))
                    found.append(max(int(within), int(cell.low)) if cell.whole else within)
                    break
                rank -= cases
        return found


def _part(low: float, high: float, cell: Cell) -> float:
    """The part of the numbers from `low` to `high` that lies in a cell; each power of ten of them
    is as likely as any other.
    """
    if low == high:
        return float(cell.low <= low < cell.high)
    inside = min(high, cell.high), max(low, cell.low)
    if inside[0] <= inside[1]:
        return 0
    return math.log((1 + inside[0]) / (1 + inside[1])) / math.log((1 + high) / (1 + low))
