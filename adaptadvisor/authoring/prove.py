"""What can be proven of a rule table, over every situation with nothing tried, if not said otherwise.

Shares of plans and open needs are counted over every situation where the table is small enough,
else over a sample, and say which.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, TypeVar

from adaptadvisor.advice.recommendation import TableId
from adaptadvisor.advice.what_if import smallest_changes
from adaptadvisor.authoring.effects import effects
from adaptadvisor.authoring.gaps import left_open, no_need_counts, without_a_way
from adaptadvisor.authoring.proof import (
    SCHEMA,
    FactShare,
    Finding,
    NeedShare,
    Note,
    PlanShare,
    Proof,
)
from adaptadvisor.authoring.visible import Wide
from adaptadvisor.engine.decide import NeedCode, engine_for
from adaptadvisor.engine.search import BudgetSpentError, bits, minimal
from adaptadvisor.engine.situations import Drawn, Situations
from adaptadvisor.table.conditions import ALWAYS, Condition, cells, cuts, tests
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import APPROACHES, BIT, CONTAINING, members
from adaptadvisor.table.rows import Table
from adaptadvisor.table.walk import conditions

T = TypeVar("T")
SAMPLE = 4_000
"""Situations drawn where there are too many to count."""

_UNKNOWNS = 100  # sampled situations in which each fact is made unknown
_COUNTED = 20_000  # situations up to which everything is counted


def prove(table: Table) -> Proof:
    """Proves what can be proven."""
    return _Prover(table).proof()


class _Prover:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.engine = engine_for(table)
        self.all = Situations(self.engine)
        rnd = random.Random(0)  # noqa: S311 - the same table always gives the same proof
        self.drawn = [self.all.draw(rnd) for _ in range(SAMPLE)]
        self.situations: list[Mapping[str, Any]] = []
        self.findings: list[Finding] = []
        self.untold: list[str] = []
        self.proven: list[str] = []

    def proof(self) -> Proof:
        self._conditions()
        self._gaps()
        notes = self._effects()
        counted, plans, opens, open_situations = self._shares()
        self._approaches(plans)
        self._shown()
        unknowns = self._unknowns()
        found = tuple(
            sorted(
                self.findings, key=lambda finding: (finding.place, finding.code, finding.message)
            )
        )
        return Proof(
            schema=SCHEMA,
            table=TableId(self.table.version, self.table.digest),
            situations=self.all.size,
            counted=counted,
            proven=tuple(self.proven),
            not_told=tuple(self.untold),
            findings=found,
            notes=notes,
            plans=plans,
            open_needs=opens,
            open_situations=open_situations,
            unknowns=unknowns,
            unknowns_counted=len(self.drawn[:_UNKNOWNS]),
        )

    def _find(
        self, code: str, place: str, message: str, witness: Mapping[str, Value] | None = None
    ) -> None:
        self.findings.append(Finding(code, place, message, witness))

    # ---- conditions ----

    def _conditions(self) -> None:
        """Rows that can never fire, rows and tests that always hold."""
        self.wide = Wide(self.table)
        self.condition_at = dict(conditions(self.table))
        number = 0
        for place, condition in conditions(self.table):
            number += condition != ALWAYS
            self._tests(place, condition)
        said = {finding.place for finding in self.findings if finding.code == "always-true"}
        for place, when in self.wide.whens.items():
            if not self.wide.can_hold(when):
                self._find(
                    "never-fires", place, "this condition can never hold: no answers make it true"
                )
            elif (
                place not in said
                and not self._means_known(place)
                and self._tell(f"whether {place} always holds", self.wide.can_fail, when) is False
            ):
                self._find(
                    "always-true",
                    place,
                    "this condition holds whatever the answers are, once they are known; sharpen it"
                    " or leave it out",
                )
        if not self.findings and not self.untold:
            self.proven.append(f"each of {number} conditions can hold, and none always does")

    def _tell(self, what: str, tell: Callable[..., T], *given: Any, **named: Any) -> T | None:
        """An answer that a search gives; None, and a note of it, where that takes too long."""
        try:
            return tell(*given, **named)
        except BudgetSpentError:
            self.untold.append(what)
            return None

    def _tests(self, place: str, condition: Condition) -> None:
        for test in dict.fromkeys(tests(condition)):
            fact = self.table.facts[test.fact]
            held = [
                test.accepts(cell.value) for cell in cells(fact, cuts((test,)).get(fact.id, ()))
            ]
            if held and all(held) and test.text != "known":
                self._find(
                    "always-true",
                    place,
                    f"{fact.id} {test.text} lets every answer through; if that is meant, write"
                    f" `{fact.id}: known`",
                )
            elif held and not any(held):
                self._find(
                    "never-fires",
                    place,
                    f"{fact.id} {test.text or 'tested so'} lets no answer through",
                )

    def _means_known(self, place: str) -> bool:
        return any(test.text == "known" for test in tests(self.condition_at[place]))

    # ---- gaps ----

    def _gaps(self) -> None:
        """Some need counts everywhere, and has a way where it counts, limits and prerequisites aside."""
        before = len(self.untold)
        witness = self._tell(
            "whether some need counts in every situation",
            self.all.smallest,
            no_need_counts(self.engine),
        )
        if witness is not None:
            self._find(
                "no-need-counts",
                "needs",
                "no need counts in this situation, so that there is neither a plan nor an open"
                " need",
                witness,
            )
        elif len(self.untold) == before:
            self.proven.append("every situation has a plan, or names the needs that are open")
        before = len(self.untold)
        if (
            not [need for need in self.engine.needs if self._hole(need)]
            and len(self.untold) == before
        ):
            self.proven.append(
                "every need has, in every completely known situation in which it counts, a way for"
                " this situation, limits and prerequisites aside"
            )

    def _hole(self, need: NeedCode) -> bool:
        if any(option.when == ALWAYS for option in self.table.needs[need.id].met_by):
            return False

        after = (
            [(approach,) for approach in APPROACHES] if need.when & ~self.engine.untried else []
        )  # it may count only once something was tried
        witness = None
        for tried in [(), *after]:
            witness = witness or self._tell(
                f"whether {need.id} always has a way", self.all.complete, without_a_way(need), tried
            )
        if witness is not None:
            self._find(
                "need-without-a-way",
                f"needs/{need.id}",
                "it counts here, and none of its ways is for this situation",
                witness,
            )
        return witness is not None

    # ---- what rows do ----

    def _effects(self) -> tuple[Note, ...]:
        """Needs, ways and limits that do nothing are findings; those that only explain are noted."""
        rows = list(effects(self.table, self.all))
        self.situations = [effect.shown for effect in rows if effect.shown is not None]
        silent = [effect for effect in rows if effect.shown is None and effect.proven]
        broken = {
            finding.place.rpartition("/")[0]
            for finding in self.findings
            if finding.code == "never-fires"
        }
        for effect in silent:
            if not any(
                effect.place == place or effect.place.startswith(f"{place}/") for place in broken
            ):
                self._find(
                    "no-effect",
                    effect.place,
                    f"{effect.words}: in no situation does it change the plan, and in none that was"
                    " looked at is it a reason",
                )
        if not silent and all(effect.shown is not None for effect in rows):
            self.proven.append(
                f"each of the {len(rows)} needs, ways to meet one, and limits is given as a"
                " reason in some situation"
            )
        explaining = (
            effect
            for effect in rows
            if effect.changes is None and (effect.shown is not None or not effect.proven)
        )
        return tuple(
            Note(
                effect.place,
                effect.words,
                effect.proven,
                None if effect.shown is None else self.all.ordered(effect.shown),
            )
            for effect in explaining
        )

    # ---- what is advised ----

    def _shares(self) -> tuple[int, tuple[PlanShare, ...], tuple[NeedShare, ...], int]:
        """How many situations were counted, plans, open needs, and in how many some need is open."""
        plans: Counter[int] = Counter()
        opens: Counter[str] = Counter()
        open_situations = 0
        every = self.all.size <= _COUNTED
        ways = (range(len(rows)) for rows in self.all.moves)
        first: dict[int, Drawn] = {}
        for one in map(self.all.drawn, product(*ways)) if every else self.drawn:
            outcome = self.engine.outcome(one.certain, one.possible)
            plans[outcome.plan] += 1
            first.setdefault(outcome.plan, one)
            opens.update(outcome.open_needs)
            open_situations += bool(outcome.open_needs)
        shares = tuple(
            PlanShare(members(plan), n, self._less(first[plan], plan))
            for plan, n in sorted(plans.items(), key=lambda item: (-item[1], item[0]))
        )
        found = tuple(
            NeedShare(id, n, self._smallest_open(id))
            for id, n in sorted(opens.items(), key=lambda item: (-item[1], item[0]))
            if n
        )
        return plans.total(), shares, found, open_situations

    def _less(self, one: Drawn, plan: int) -> dict[str, Any]:
        """A situation with this plan, from which no fact can be left out."""
        return minimal(self.all.facts(one), lambda fewer: self.engine.decide(fewer).plan == plan)

    def _smallest_open(self, id: str) -> dict[str, Any]:
        need = next(need for need in self.engine.needs if need.id == id)
        return (
            self._tell(
                f"the smallest situation that leaves {id} open",
                self.all.smallest,
                left_open(self.engine, need),
            )
            or {}
        )

    def _approaches(self, plans: Sequence[PlanShare]) -> None:
        """Approaches that are in no plan whatever the situation."""
        seen = {approach for share in plans for approach in share.plan}
        missing = [
            approach
            for approach in APPROACHES
            if approach not in seen
            and not smallest_changes(self.engine, {}, CONTAINING[BIT[approach]]).ways
        ]
        for approach in missing:
            self._find(
                "never-recommended",
                f"approaches/{approach}",
                "it is part of no plan, whatever the situation",
            )
        self.findings = [found for found in self.findings if not self._follows(found, missing)]
        if not missing:
            self.proven.append("each of the five approaches is part of the plan in some situation")
        for one in self.drawn:  # holds by the way a plan is chosen; looked at all the same
            plan = self.engine.outcome(one.certain, one.possible).plan
            if plan & ~self.engine.allowed(one.certain):
                raise AssertionError(
                    f"the plan {members(plan)} holds what a limit rules out in"
                    f" {self.all.facts(one)}"
                )
        self.proven.append(
            "no plan holds an approach that a limit rules out, by the way a plan is chosen"
        )

    def _follows(self, found: Finding, missing: Sequence[str]) -> bool:
        """Whether a way has no effect only because its approach is never recommended."""
        section, _, rest = found.place.partition("/")
        id, _, way = rest.partition("/met_by/")
        if found.code != "no-effect" or section != "needs" or not way:
            return False
        return self.table.needs[id].met_by[int(way)].approach in missing

    def _shown(self) -> None:
        """Methods, first steps, checks and picks of a family that are never shown."""
        pools: dict[int, list[Mapping[str, Any]]] = {bit: [] for bit in BIT.values()}
        for facts in self.situations:
            plan = self.engine.decide(facts).plan
            for bit in bits(plan):
                pools[bit].append(facts)
        shown: dict[str, bool | None] = {}
        for rival in self.wide.rivals():
            pool = [facts for bit in bits(rival.approaches) for facts in pools[bit]]
            if not shown.get(rival.place):
                shown[rival.place] = self.wide.situation(rival, pool)
        broken = {
            finding.place.rpartition("/")[0]
            for finding in self.findings
            if finding.code == "never-fires"
        }
        self.untold += [
            f"whether {place} is ever shown"
            for place, is_shown in shown.items()
            if is_shown is None
        ]
        never = [
            place for place, is_shown in shown.items() if is_shown is False and place not in broken
        ]
        for place in never:
            self._find(
                "never-shown",
                place,
                "in no situation is it shown: it never holds for such a plan, or another row of its"
                " kind always goes first",
            )
        if all(shown.values()):
            self.proven.append(
                f"each of {len(shown)} methods, first steps, checks and picks of a model family is"
                " shown in some situation"
            )

    def _unknowns(self) -> tuple[FactShare, ...]:
        found: Counter[str] = Counter()
        for one in self.drawn[:_UNKNOWNS]:
            plan = self.engine.outcome(one.certain, one.possible).plan
            for number, move in enumerate(one.chosen):
                if move:
                    less = self.all.drawn((*one.chosen[:number], 0, *one.chosen[number + 1 :]))
                    if self.engine.outcome(less.certain, less.possible).plan != plan:
                        found.update(name for name, _ in self.all.moves[number][move].values)
        names = [
            fact.id
            for fact in self.engine.askable
            if fact.id in {name for group in self.all.groups for name in group.facts}
        ]
        return tuple(
            FactShare(name, found[name]) for name in sorted(names, key=lambda name: -found[name])
        )
