"""What can be proven of a rule table, over every situation: nothing falls through, every row can
fire and says something, what it advises.

Pure. A situation is one with nothing tried, where nothing else is said. Shares of plans and open
needs are counted over every situation where the table is small enough (or where that is asked for),
else over a sample, and say which.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple, TypeVar

from adaptadvisor.advice.recommendation import TableId, as_data
from adaptadvisor.advice.what_if import smallest_changes
from adaptadvisor.authoring.effects import Effects
from adaptadvisor.authoring.visible import Wide, conditions
from adaptadvisor.engine.decide import Engine, NeedCode
from adaptadvisor.engine.search import (
    BUDGET,
    BudgetSpentError,
    Drawn,
    Look,
    Question,
    Situations,
    bits,
    joined,
)
from adaptadvisor.engine.situation import engine_for
from adaptadvisor.engine.space import Group, View, mentioned
from adaptadvisor.table.conditions import ALWAYS, Condition, cells, cuts, tests
from adaptadvisor.table.facts import Value
from adaptadvisor.table.plans import APPROACHES, BIT, CONTAINING, members
from adaptadvisor.table.rows import Table

T = TypeVar("T")
SCHEMA = "adaptadvisor/proof/1"
SAMPLE = 4_000
"""Situations drawn where there are too many to count."""

_UNKNOWNS = 100  # sampled situations in which each fact is made unknown
_COUNTED = 20_000  # situations up to which everything is counted
_QUICK, _PATIENT = 1_000, 100_000_000  # partial situations in the proofs that rows change no plan


class Finding(NamedTuple):
    """Something that is wrong with the table: a code, where (`needs/ID`, see `rows.Book.places`),
    and a situation that shows it, if one does.
    """

    code: str
    place: str
    message: str
    witness: Mapping[str, Value] | None


class Note(NamedTuple):
    """A row that changes no plan (`proven`, or only not found to), with a situation in which it is
    shown as a reason, if one was found.
    """

    place: str
    words: str
    proven: bool
    witness: Mapping[str, Value] | None


class PlanShare(NamedTuple):
    """A plan, in how many of the counted situations it is the advice, and a situation in which it
    is, from which no fact can be left out.
    """

    plan: tuple[str, ...]
    situations: int
    witness: Mapping[str, Value]


class NeedShare(NamedTuple):
    """A need, in how many of the counted situations it stays open, and the smallest one."""

    need: str
    situations: int
    witness: Mapping[str, Value]


class FactShare(NamedTuple):
    """A fact, and in how many of a few sampled situations the plan is another one when it is not
    known any more.
    """

    fact: str
    situations: int


class Proof(NamedTuple):
    """What was proven: `proven` are the claims that hold in every situation, in words; `not_told`
    is what would have taken too long to tell.

    Behind the shares of plans and open needs stand `counted` situations, all `situations` where
    both are equal. Of `open_counted` situations `open_situations` leave some need open. Behind the
    shares of `unknowns` stand `unknowns_counted`.
    """

    schema: str
    table: TableId
    situations: int
    counted: int
    proven: tuple[str, ...]
    not_told: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    plans: tuple[PlanShare, ...]
    open_needs: tuple[NeedShare, ...]
    open_situations: int
    open_counted: int
    unknowns: tuple[FactShare, ...]
    unknowns_counted: int

    def as_data(self) -> dict[str, Any]:
        """The proof as dictionaries, lists and plain values, ready for JSON."""
        return as_data(self)  # type: ignore[no-any-return]


def prove(table: Table, *, exact: bool = False) -> Proof:
    """Proves what can be proven. With `exact`, plans and open needs are counted and proofs searched
    to the end, which takes about a minute for the shipped table.
    """
    return _Prover(table, exact=exact).proof()


class _Prover:
    def __init__(self, table: Table, *, exact: bool) -> None:
        self.table = table
        self.engine = engine_for(table)
        self.exact = exact
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
        counted, plans, opens, open_situations, open_counted = self._shares()
        self._approaches(plans)
        self._shown()
        unknowns = self._unknowns()
        found = tuple(
            sorted(
                self.findings, key=lambda finding: (finding.place, finding.code, finding.message)
            )
        )
        about = TableId(self.table.version, self.table.digest)
        return Proof(
            SCHEMA,
            about,
            self.all.size,
            counted,
            tuple(self.proven),
            tuple(self.untold),
            found,
            notes,
            plans,
            opens,
            open_situations,
            open_counted,
            unknowns,
            len(self.drawn[:_UNKNOWNS]),
        )

    def _find(
        self, code: str, place: str, message: str, witness: Mapping[str, Value] | None = None
    ) -> None:
        self.findings.append(Finding(code, place, message, witness))

    # ---- conditions ----

    def _conditions(self) -> None:
        """Rows that can never fire, rows and tests that always hold."""
        self.wide = Wide(self.table, budget=_PATIENT if self.exact else None)
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
        """An answer that a search gives; None, and what could not be told, where that takes too
        long.
        """
        try:
            return tell(*given, **named)
        except BudgetSpentError:
            self.untold.append(what)
            return None

    def _smallest(
        self, what: str, question: Question, *, complete: bool = False, tried: tuple[str, ...] = ()
    ) -> dict[str, Any] | None:
        return self._tell(
            what,
            self.all.smallest,
            question,
            complete=complete,
            budget=_PATIENT if self.exact else BUDGET,
            tried=tried,
        )

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
        """Every situation has a need that counts, and every need that counts has a way, limits and
        prerequisites aside.
        """
        every = joined(need.when for need in self.engine.needs)

        def silent(certain: int, possible: int, never: int) -> Look:
            if every & certain & ~never:
                return False, 0
            open_terms = every & possible & ~never
            return (None, open_terms & ~certain) if open_terms else (True, 0)

        before = len(self.untold)
        witness = self._smallest(
            "whether some need counts in every situation", Question(every, silent)
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

        def unmet(certain: int, possible: int, _: int) -> Look:
            if not need.when & possible or need.whens & certain:
                return False, 0
            if need.when & certain and not need.whens & possible:
                return True, 0
            return None, (need.when | need.whens) & possible & ~certain

        question = Question(need.when | need.whens, unmet)
        after = (
            [(approach,) for approach in APPROACHES] if need.when & ~self.engine.untried else []
        )  # it may count only once something was tried
        witness = None
        for tried in [(), *after]:
            witness = witness or self._smallest(
                f"whether {need.id} always has a way", question, complete=True, tried=tried
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
        effects = list(
            Effects(self.table, self.all, budget=_PATIENT if self.exact else _QUICK).effects()
        )
        self.situations = [effect.shown for effect in effects if effect.shown is not None]
        silent = [effect for effect in effects if effect.shown is None and effect.proven]
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
        if not silent and all(effect.shown is not None for effect in effects):
            self.proven.append(
                f"each of the {len(effects)} needs, ways to meet one, and limits is given as a"
                " reason in some situation"
            )
        explaining = (
            effect
            for effect in effects
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

    def _shares(self) -> tuple[int, tuple[PlanShare, ...], tuple[NeedShare, ...], int, int]:
        """How many situations were counted, the plans, the open needs, and in how many of how many
        some need is open (never more than sampled).
        """
        plans: Counter[int] = Counter()
        opens: Counter[str] = Counter()
        open_situations = 0
        every = self.all.size <= _COUNTED
        ways = (range(len(rows)) for rows in self.all.moves)
        first: dict[int, Drawn] = {}
        for one in map(self.all.drawn, product(*ways)) if every else self.drawn:
            plan, open_needs = self.engine.outcome(one.certain, one.possible)
            plans[plan] += 1
            first.setdefault(plan, one)
            opens.update(open_needs)
            open_situations += bool(open_needs)
        counted = open_counted = plans.total()
        if self.exact and not every:
            plans = Counter(_Count(self.all).plans())
            opens = Counter(
                {need.id: _count(self.all, _open(self.engine, need)) for need in self.engine.needs}
            )
            counted = self.all.size
        shares = tuple(
            PlanShare(members(plan), n, self._less(first.get(plan), plan))
            for plan, n in sorted(plans.items(), key=lambda item: (-item[1], item[0]))
        )
        found = tuple(
            NeedShare(id, n, self._smallest_open(id))
            for id, n in sorted(opens.items(), key=lambda item: (-item[1], item[0]))
            if n
        )
        return counted, shares, found, open_situations, open_counted

    def _less(self, one: Drawn | None, plan: int) -> dict[str, Any]:
        """A situation with this plan, facts left out one by one as long as it stays."""
        if one is None:
            ways, _ = smallest_changes(self.engine, {}, 1 << plan)
            return {change.fact: change.value for change in ways[0].changes}
        facts = self.all.facts(one)
        again = True
        while again:
            again = False
            for name in list(facts):
                fewer = {fact: value for fact, value in facts.items() if fact != name}
                if self.engine.decide(fewer).plan == plan:
                    facts, again = fewer, True
        return facts

    def _smallest_open(self, id: str) -> dict[str, Any]:
        need = next(need for need in self.engine.needs if need.id == id)
        return (
            self._smallest(
                f"the smallest situation that leaves {id} open", _open(self.engine, need)
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
            and not smallest_changes(self.engine, {}, CONTAINING[BIT[approach]])[0]
        ]
        for approach in missing:
            self._find(
                "never-recommended",
                f"approaches/{approach}",
                "it is part of no plan, whatever the situation",
            )
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
        names = [fact.id for fact in self.engine.askable if fact.id in self.all.place]
        return tuple(
            FactShare(name, found[name]) for name in sorted(names, key=lambda name: -found[name])
        )


class _Count:
    """The number of situations of each plan, exactly; partial situations that behave alike are
    counted once.
    """

    def __init__(self, situations: Situations) -> None:
        self.all = situations
        self.moves = {
            group.facts: rows
            for group, rows in zip(situations.groups, situations.moves, strict=True)
        }
        self.known: dict[Any, dict[int, int]] = {}

    def plans(self) -> dict[int, int]:
        return self._count(self.all.space.possible, 0, self.all.groups)

    def _count(self, possible: int, never: int, groups: tuple[Group, ...]) -> dict[int, int]:
        view = View(self.all.space, possible & ~mentioned(groups), possible, never)
        idle = 1
        for group in groups:
            if view.plan is not None or not group.mentions & view.matters:
                idle *= len(self.moves[group.facts])
        if view.plan is not None:
            return {view.plan: idle}
        groups = tuple(group for group in groups if group.mentions & view.matters)
        state = (view.state, view.matters, never & view.matters, tuple(map(id, groups)))
        if state not in self.known:
            self.known[state] = self._split(possible, never, groups, view.matters)
        return {plan: count * idle for plan, count in self.known[state].items()}

    def _split(
        self, possible: int, never: int, groups: tuple[Group, ...], matters: int
    ) -> dict[int, int]:
        group, rest = self.all.space.split(groups, matters)
        alike: dict[tuple[int, int], list[Any]] = {}
        for move in self.moves[group.facts]:
            alike.setdefault((matters & move.mask, matters & move.never), []).append(move)
        found: Counter[int] = Counter()
        for rows in alike.values():
            for plan, count in self._count(
                possible & rows[0].mask, never | rows[0].never, rest
            ).items():
                found[plan] += count * len(rows)
        return dict(found)


def _count(situations: Situations, question: Question) -> int:
    """In how many situations something holds, exactly."""
    moves = {
        group.facts: rows for group, rows in zip(situations.groups, situations.moves, strict=True)
    }
    known: dict[Any, int] = {}

    def count(possible: int, never: int, groups: tuple[Group, ...]) -> int:
        held, matters = question.look(possible & ~mentioned(groups), possible, never)
        used = tuple(group for group in groups if group.mentions & matters) if held is None else ()
        idle = 1
        for group in groups:
            idle *= 1 if group in used else len(moves[group.facts])
        if not used:
            return idle if held else 0
        state = possible & question.scope, never & question.scope, tuple(map(id, used))
        if state not in known:
            group, rest = situations.space.split(used, matters)
            known[state] = sum(
                count(possible & move.mask, never | move.never, rest) for move in moves[group.facts]
            )
        return idle * known[state]

    return count(situations.space.possible, 0, situations.groups)


def _open(engine: Engine, need: NeedCode) -> Question:
    """Whether a need counts and no approach can meet it."""
    limits = joined(when for when, _ in engine.limits)

    def look(certain: int, possible: int, never: int) -> Look:
        sure, hoped = certain & ~never, possible & ~never
        if not need.when & hoped:
            return False, 0
        perhaps, surely = engine.allowed(sure), engine.allowed(hoped)
        open_terms = by_itself = sometimes = 0
        for approach, when, provided in need.ways:
            if approach & perhaps and when & hoped and provided & possible:
                sometimes |= approach
                if when & sure and provided & certain:
                    by_itself |= approach
                open_terms |= (0 if when & sure else when & hoped) | (
                    0 if provided & certain else provided
                )
        if by_itself & surely:
            return False, 0
        if need.when & sure and not sometimes:
            return True, 0
        open_terms |= (
            joined(when for when, out in engine.limits if out & sometimes and not when & sure)
            & hoped
        )
        return None, (open_terms | (0 if need.when & sure else need.when)) & possible & ~certain

    return Question(need.when | need.whens | need.provideds | limits, look)
