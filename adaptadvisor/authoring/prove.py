"""What can be proven of a rule table, over every situation (with nothing tried, if not said).

Shares of plans and open needs are counted over every situation where the table is small enough,
else over a sample, and say which.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TypeVar

from adaptadvisor.advice.recommendation import TableId
from adaptadvisor.advice.what_if import smallest_changes
from adaptadvisor.authoring.effects import effects, rules_of
from adaptadvisor.authoring.gaps import left_open, no_need_counts, without_a_way
from adaptadvisor.authoring.progress import Told, counted, silent
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
from adaptadvisor.engine.codes import NeedCode, bits
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.engine.search import BudgetSpentError, minimal
from adaptadvisor.engine.situations import Drawn, Situations
from adaptadvisor.table.conditions import ALWAYS, Condition, cells, cuts, tests
from adaptadvisor.table.plans import APPROACHES, BIT, CONTAINING, members
from adaptadvisor.table.rows import Situation, Table
from adaptadvisor.table.walk import conditions

T = TypeVar("T")
SAMPLE = 4_000
"""Situations drawn where there are too many to count."""

_UNKNOWNS = 100  # sampled situations in which each fact is made unknown
_COUNTED = 20_000  # situations up to which everything is counted


def prove(table: Table, told: Told = silent) -> Proof:
    """Proves what can be proven."""
    return _Prover(table, told).proof()


class _Prover:
    def __init__(self, table: Table, told: Told) -> None:
        self.table = table
        self.told = told
        self.engine = engine_for(table)
        self.all = Situations(self.engine)
        self.wide = Wide(table)
        rnd = random.Random(0)  # noqa: S311 - the same table always gives the same proof
        self.drawn = [self.all.draw(rnd) for _ in range(SAMPLE)]
        self.situations: list[Situation] = []
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
        return Proof(
            schema=SCHEMA,
            table=TableId(self.table.version, self.table.digest),
            situations=self.all.size,
            counted=counted,
            proven=tuple(self.proven),
            not_told=tuple(self.untold),
            findings=tuple(
                sorted(self.findings, key=lambda one: (one.place, one.code, one.message))
            ),
            notes=notes,
            plans=plans,
            open_needs=opens,
            open_situations=open_situations,
            unknowns=self._unknowns(),
            unknowns_counted=len(self.drawn[:_UNKNOWNS]),
        )

    def _find(self, code: str, place: str, message: str, witness: Situation | None = None) -> None:
        self.findings.append(Finding(code, place, message, witness))

    def _tell(self, what: str, tell: Callable[[], T]) -> T | None:
        """An answer that a search gives; None, and a note of it, where that takes too long."""
        try:
            return tell()
        except BudgetSpentError:
            self.untold.append(what)
            return None

    def _broken(self) -> set[str]:
        """The rows, or parts of one, whose condition can never hold."""
        never = (finding.place for finding in self.findings if finding.code == "never-fires")
        return {place.rpartition("/")[0] for place in never}

    # ---- conditions ----

    def _conditions(self) -> None:
        """Rows that can never fire, rows and tests that always hold."""
        at = dict(conditions(self.table))
        for place, condition in at.items():
            self._tests(place, condition)
        said = {finding.place for finding in self.findings if finding.code == "always-true"}
        said |= {place for place in at if any(test.text == "known" for test in tests(at[place]))}
        for place, when in self.wide.whens.items():
            if not self.wide.can_hold(when):
                message = "this condition can never hold: no answers make it true"
                self._find("never-fires", place, message)
            elif place not in said and self._always(place, when):
                message = "this condition holds with every answer; sharpen it or leave it out"
                self._find("always-true", place, message)
        if not self.findings and not self.untold:
            number = sum(condition != ALWAYS for condition in at.values())
            self.proven.append(f"each of {number} conditions can hold, and none always does")

    def _always(self, place: str, when: int) -> bool:
        return (
            self._tell(f"whether {place} always holds", lambda: self.wide.can_fail(when)) is False
        )

    def _tests(self, place: str, condition: Condition) -> None:
        for test in dict.fromkeys(tests(condition)):
            fact = self.table.facts[test.fact]
            held = {
                test.accepts(cell.value) for cell in cells(fact, cuts((test,)).get(fact.id, ()))
            }
            if held == {True} and test.text != "known":
                message = (
                    f"{fact.id} {test.text} lets every answer through; if that is meant, write"
                    f" `{fact.id}: known`"
                )
                self._find("always-true", place, message)
            elif held == {False}:
                message = f"{fact.id} {test.text or 'tested so'} lets no answer through"
                self._find("never-fires", place, message)

    # ---- gaps ----

    def _gaps(self) -> None:
        """Some need counts everywhere; where it counts it has a way, limits and the like aside."""
        goal, before = no_need_counts(self.engine), len(self.untold)
        what = "whether some need counts in every situation"
        witness = self._tell(what, lambda: self.all.smallest(goal))
        if witness is not None:
            message = (
                "no need counts in this situation, so that there is neither a plan nor an open need"
            )
            self._find("no-need-counts", "needs", message, witness)
        elif len(self.untold) == before:
            self.proven.append("every situation has a plan, or names the needs that are open")
        before = len(self.untold)
        if not [need for need in self.engine.needs if self._hole(need)] and (
            len(self.untold) == before
        ):
            self.proven.append(
                "every need has, in every completely known situation in which it counts, a way for"
                " this situation, limits and prerequisites aside"
            )

    def _hole(self, need: NeedCode) -> bool:
        """Whether the need has no way somewhere. Some needs count only once something was tried."""
        if any(option.when == ALWAYS for option in self.table.needs[need.id].met_by):
            return False
        goal, what = without_a_way(need), f"whether {need.id} always has a way"
        after = [(one,) for one in APPROACHES] if need.when & ~self.engine.untried else []
        witness = None
        for tried in [(), *after]:
            witness = witness or self._tell(
                what,
                lambda tried=tried: self.all.complete(goal, tried),  # type: ignore[misc]
            )
        if witness is not None:
            message = "it counts here, and none of its ways is for this situation"
            self._find("need-without-a-way", f"needs/{need.id}", message, witness)
        return witness is not None

    # ---- what rows do ----

    def _effects(self) -> tuple[Note, ...]:
        """Needs, ways and limits that do nothing are findings; the others may still be notes."""
        every = effects(self.table, self.all)
        number = rules_of(self.table)
        rows = list(counted(every, number, "Looking for what each row does", self.told))
        self.situations = [effect.shown for effect in rows if effect.shown is not None]
        silent = [effect for effect in rows if effect.shown is None and effect.proven]
        broken = self._broken()
        for effect in silent:
            if not any(f"{effect.place}/".startswith(f"{place}/") for place in broken):
                message = (
                    f"{effect.words}: in no situation does it change the plan, and in none that was"
                    " looked at is it a reason"
                )
                self._find("no-effect", effect.place, message)
        if len(self.situations) == len(rows):
            self.proven.append(
                f"each of the {len(rows)} needs, ways to meet one, and limits is given as a"
                " reason in some situation"
            )
        return tuple(
            Note(effect.place, effect.words, effect.proven, effect.shown)
            for effect in rows
            if effect.changes is None and effect not in silent
        )

    # ---- what is advised ----

    def _shares(self) -> tuple[int, tuple[PlanShare, ...], tuple[NeedShare, ...], int]:
        """How many situations were counted, plans, open needs, in how many some need is open."""
        plans: Counter[int] = Counter()
        opens: Counter[str] = Counter()
        open_situations = 0
        every = self.all.size <= _COUNTED
        ways = (range(len(rows)) for rows in self.all.moves)
        first: dict[int, Drawn] = {}
        drawn = map(self.all.drawn, product(*ways)) if every else self.drawn
        number = self.all.size if every else SAMPLE
        for one in counted(drawn, number, "Deciding situations", self.told):
            outcome = self.engine.outcome(one.certain, one.possible)
            plans[outcome.plan] += 1
            first.setdefault(outcome.plan, one)
            opens.update(outcome.open_needs)
            open_situations += bool(outcome.open_needs)
        shares = tuple(
            PlanShare(members(plan), n, self._less(first[plan], plan))
            for plan, n in _most_first(plans)
        )
        found = tuple(NeedShare(id, n, self._smallest_open(id)) for id, n in _most_first(opens))
        return plans.total(), shares, found, open_situations

    def _less(self, one: Drawn, plan: int) -> Situation:
        """A situation with this plan, from which no fact can be left out."""
        return minimal(self.all.facts(one), lambda fewer: self.engine.decide(fewer).plan == plan)

    def _smallest_open(self, id: str) -> Situation:
        goal = left_open(self.engine, next(need for need in self.engine.needs if need.id == id))
        what = f"the smallest situation that leaves {id} open"
        return self._tell(what, lambda: self.all.smallest(goal)) or {}

    def _approaches(self, plans: Sequence[PlanShare]) -> None:
        """Approaches that are never part of the plan."""
        seen = {approach for share in plans for approach in share.plan}
        missing = [
            approach
            for approach in APPROACHES
            if approach not in seen
            and not smallest_changes(self.engine, {}, CONTAINING[BIT[approach]]).ways
        ]
        for approach in missing:
            message = "in no situation is it a part of the plan"
            self._find("never-recommended", f"approaches/{approach}", message)
        self.findings = [found for found in self.findings if not self._follows(found, missing)]
        if not missing:
            self.proven.append("each of the five approaches is part of the plan in some situation")
        for one in self.drawn:  # holds by the way a plan is chosen; looked at all the same
            plan = self.engine.outcome(one.certain, one.possible).plan
            if plan & ~self.engine.allowed(one.certain):
                where = self.all.facts(one)
                raise AssertionError(f"the plan {members(plan)} is ruled out by a limit in {where}")
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
        pools: dict[int, list[Situation]] = {bit: [] for bit in BIT.values()}
        for facts in self.situations:
            for bit in bits(self.engine.decide(facts).plan):
                pools[bit].append(facts)
        shown: dict[str, bool | None] = {}
        for rival in self.wide.rivals():
            pool = [facts for bit in bits(rival.approaches) for facts in pools[bit]]
            if not shown.get(rival.place):
                shown[rival.place] = self.wide.situation(rival, pool)
        broken = self._broken()
        for place, is_shown in shown.items():
            if is_shown is None:
                self.untold.append(f"whether {place} is ever shown")
            elif not is_shown and place not in broken:
                message = (
                    "in no situation is it shown: it never holds for such a plan, or another row of"
                    " its kind always goes first"
                )
                self._find("never-shown", place, message)
        if all(shown.values()):
            self.proven.append(
                f"each of {len(shown)} methods, first steps, checks and picks of a model family is"
                " shown in some situation"
            )

    def _unknowns(self) -> tuple[FactShare, ...]:
        """In how many situations each fact, left out, changes the plan; most first."""
        found: Counter[str] = Counter()
        for one in self.drawn[:_UNKNOWNS]:
            plan = self.engine.outcome(one.certain, one.possible).plan
            for number, move in enumerate(one.chosen):
                if move:
                    less = self.all.drawn((*one.chosen[:number], 0, *one.chosen[number + 1 :]))
                    if self.engine.outcome(less.certain, less.possible).plan != plan:
                        found.update(name for name, _ in self.all.moves[number][move].values)
        read = {name for group in self.all.groups for name in group.facts}
        names = [fact.id for fact in self.engine.askable if fact.id in read]
        return tuple(FactShare(one, found[one]) for one in sorted(names, key=lambda id: -found[id]))


def _most_first(counts: Mapping[T, int]) -> list[tuple[T, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
