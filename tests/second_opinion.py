"""The meaning of a table written down once more, as clauses for a SAT solver: an encoding that
shares nothing with the engine but the rows.

Each fact has one variable for every representative answer and one for "unknown"; of facts that a
derived fact joins, the answers are pairs. Every condition has a variable for "known to hold" and
one for "known to fail".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

from pysat.solvers import Solver

from adaptadvisor.table.conditions import All, Condition, Test, cells, cuts, tests
from adaptadvisor.table.derived import DERIVED
from adaptadvisor.table.facts import Fact
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import Table

PLANS = [
    tuple(a for a, bit in zip(APPROACHES, bits, strict=True) if bit)
    for bits in itertools.product((0, 1), repeat=len(APPROACHES))
]
PLANS.sort(key=lambda plan: (sorted((APPROACHES.index(a) for a in plan), reverse=True), len(plan)))


class Opinion:
    """A table as clauses; `values` may name the representative answers of some facts."""

    def __init__(self, table: Table, values: Mapping[str, list[Any]] | None = None) -> None:
        self.table = table
        self.solver = Solver(name="cadical153")
        self.last = 0
        self.answers: dict[str, list[tuple[Any, int]]] = {}
        self.unknown: dict[str, int] = {}
        self.pairs: dict[frozenset[str], dict[tuple[Any, Any], int]] = {}
        self.known: dict[Condition, tuple[int, int]] = {}
        self.edges = cuts(test for condition in _conditions(table) for test in tests(condition))
        for fact in table.questions:
            if fact.type != "plans":
                self._fact(fact, (values or {}).get(fact.id) or self._representatives(fact))
        self._rules()

    def new(self) -> int:
        self.last += 1
        return self.last

    def add(self, *clause: int) -> None:
        self.solver.add_clause(list(clause))

    def same(self, literals: list[int], *, every: bool) -> int:
        """A variable that stands for all (or any) of these."""
        one = self.new()
        sign = 1 if every else -1
        for literal in literals:
            self.add(-sign * one, sign * literal)
        self.add(sign * one, *(-sign * literal for literal in literals))
        return one

    def exactly_one(self, literals: list[int]) -> None:
        """One after another, so that large sets need few clauses."""
        self.add(*literals)
        before = literals[0]
        for literal in literals[1:]:
            self.add(-before, -literal)
            before = self.same([before, literal], every=False)

    def _representatives(self, fact: Fact) -> list[Any]:
        """Answers on both sides of every line, also of the lines of derived facts."""
        if not fact.numeric:
            return list(fact.values)
        found = {fact.minimum, *(cell.value for cell in cells(fact, self.edges.get(fact.id, ())))}
        if fact.id == "examples":
            ratios = self.edges.get("examples_per_class", ())
            classes = [
                cell.value
                for cell in cells(self.table.facts["classes"], self.edges.get("classes", ()))
            ]
            found |= {
                value
                for ratio in ratios
                for number in (*classes, 2, 3, 7, 40, 150)
                for value in (math.ceil(ratio * number), math.ceil(ratio * number) - 1)
            }
        elif fact.id == "classes":
            found |= {2, 3, 7, 40, 150}
        elif fact.id == "model_params_b":
            found |= {0.1, 1, 3, 7, 20, 70}
        elif fact.id == "gpu_memory_gb":
            found |= {
                value
                for size in (0.1, 1, 3, 7, 20, 70)
                for value in (16 * size, 2.3 * size + 1, 0.7 * size + 2)
            }
        found |= {value - 1 for value in found if fact.type == "integer"}
        return sorted(value for value in found if fact.minimum <= value <= fact.maximum)

    def _fact(self, fact: Fact, values: list[Any]) -> None:
        self.unknown[fact.id] = self.new()
        self.answers[fact.id] = [(value, self.new()) for value in values]
        self.exactly_one(
            [self.unknown[fact.id], *(variable for _, variable in self.answers[fact.id])]
        )

    def _test(self, test: Test) -> tuple[int, int]:
        fact = self.table.facts[test.fact]
        if not fact.derived:
            rows = self.answers[test.fact]
        elif fact.inputs == ("tried",):
            value = next(derived for derived in DERIVED if derived.fact.id == fact.id).compute(())
            always = self.same([], every=True)
            return (always, -always) if test.accepts(value) else (-always, always)
        else:
            rows = self._joined(fact)
        holds = self.same(
            [variable for value, variable in rows if test.accepts(value)], every=False
        )
        fails = self.same(
            [variable for value, variable in rows if not test.accepts(value)], every=False
        )
        return holds, fails

    def _joined(self, fact: Fact) -> list[tuple[Any, int]]:
        one, other = fact.inputs
        key = frozenset(fact.inputs)
        if key not in self.pairs:
            self.pairs[key] = {
                (left, right): self.same([a, b], every=True)
                for (left, a), (right, b) in itertools.product(
                    self.answers[one], self.answers[other]
                )
            }
        compute = next(derived for derived in DERIVED if derived.fact.id == fact.id).compute
        return [
            (compute(left, right), variable) for (left, right), variable in self.pairs[key].items()
        ]

    def condition(self, condition: Condition) -> tuple[int, int]:
        """The variables "known to hold" and "known to fail"."""
        if condition not in self.known:
            if isinstance(condition, Test):
                self.known[condition] = self._test(condition)
            else:
                parts = [self.condition(part) for part in condition.parts]
                every = isinstance(condition, All)
                self.known[condition] = (
                    self.same([holds for holds, _ in parts], every=every),
                    self.same([fails for _, fails in parts], every=not every),
                )
        return self.known[condition]

    def _rules(self) -> None:
        table = self.table
        self.limits = {limit.id: self.condition(limit.when)[0] for limit in table.limits.values()}
        out = {
            approach: self.same(
                [
                    self.limits[limit.id]
                    for limit in table.limits.values()
                    if approach in limit.rules_out
                ],
                every=False,
            )
            for approach in APPROACHES
        }
        self.counts = {need.id: self.condition(need.when)[0] for need in table.needs.values()}
        self.open: dict[str, int] = {}
        met: dict[tuple[str, str], int] = {}
        for need in table.needs.values():
            for approach in APPROACHES:
                ways = [
                    self.same(
                        [
                            self.condition(option.when)[0],
                            -self.condition(option.provided)[1],
                            -self.condition(table.approaches[approach].provided)[1],
                        ],
                        every=True,
                    )
                    for option in need.met_by
                    if option.approach == approach
                ]
                met[need.id, approach] = self.same(
                    [self.same(ways, every=False), -out[approach]], every=True
                )
            self.open[need.id] = self.same(
                [self.counts[need.id], *(-met[need.id, approach] for approach in APPROACHES)],
                every=True,
            )
        fits = []
        for plan in PLANS[1:]:
            parts = [-out[approach] for approach in plan]
            parts += [
                self.same(
                    [-self.counts[id], self.open[id], *(met[id, approach] for approach in plan)],
                    every=False,
                )
                for id in table.needs
            ]
            fits.append(self.same(parts, every=True))
        required = self.same(
            [self.same([self.counts[id], -self.open[id]], every=True) for id in table.needs],
            every=False,
        )
        self.plans: dict[tuple[str, ...], int] = {}
        for number, plan in enumerate(PLANS[1:]):
            self.plans[plan] = self.same(
                [required, fits[number], *(-fit for fit in fits[:number])], every=True
            )
        self.plans[()] = self.same([-variable for variable in self.plans.values()], every=True)

    def some(
        self, *literals: int, facts: Mapping[str, Any] | None = None, complete: bool = False
    ) -> dict[str, Any] | None:
        """A situation in which these hold, with these facts, and with numbers out of their ranges;
        None where there is none.
        """
        given = [
            variable
            for fact, value in (facts or {}).items()
            if not isinstance(value, Range)
            for answer, variable in self.answers[fact]
            if answer == value
        ]
        given += [
            -variable
            for fact, value in (facts or {}).items()
            if isinstance(value, Range)
            for answer, variable in self.answers[fact]
            if not value.low <= answer <= value.high
        ]
        known = [-variable for variable in self.unknown.values()] if complete else []
        if not self.solver.solve(assumptions=[*literals, *given, *known]):
            return None
        true = set(self.solver.get_model())
        return {
            fact: value
            for fact, rows in self.answers.items()
            for value, variable in rows
            if variable in true
        }


def _conditions(table: Table) -> list[Condition]:
    rows = [row.when for row in (*table.needs.values(), *table.limits.values())]
    rows += [
        part
        for need in table.needs.values()
        for option in need.met_by
        for part in (option.when, option.provided)
    ]
    return [*rows, *(approach.provided for approach in table.approaches.values())]
