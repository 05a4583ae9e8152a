"""`advise`: from a table and facts to a recommendation. Pure: no clock, no files, no printing, no
prompting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from adaptadvisor.advice import hinges as whatif
from adaptadvisor.advice.recommendation import (
    SCHEMA,
    ChosenCheck,
    ChosenFamily,
    ChosenVariant,
    CitedSource,
    Closer,
    Confirm,
    Fallback,
    Meeting,
    OpenNeed,
    Point,
    Reason,
    Recommendation,
    Step,
    TableId,
    Verdict,
)
from adaptadvisor.engine.decide import Outcome
from adaptadvisor.engine.situation import Circumstances, both, parts
from adaptadvisor.errors import BadInput, Problem
from adaptadvisor.table import facts as fact_values
from adaptadvisor.table.conditions import ALWAYS, Condition, cells, cuts, describe, holds, tests
from adaptadvisor.table.facts import NotAValue, Value
from adaptadvisor.table.plans import APPROACHES, BIT, members, name, plan_of
from adaptadvisor.table.rows import Limit, Need, Table, Variant


def check_facts(table: Table, given: Mapping[str, object]) -> dict[str, Value]:
    """The known facts among `given`, in asking order and canonical form; `BadInput` names every
    fact or value that is none.
    """
    problems, found = [], {}
    for key, value in given.items():
        fact = table.facts.get(key)
        if fact is None or fact.derived:
            wrong = fact_values.no_such_fact(key, table.facts)
            problems.append(Problem(wrong.code, str(wrong)))
            continue
        try:
            read = fact_values.from_object(fact, value)
        except NotAValue as error:
            problems.append(Problem(error.code, str(error)))
            continue
        if read is not None:
            found[key] = read
    if problems:
        raise BadInput(problems)
    return {fact.id: found[fact.id] for fact in table.questions if fact.id in found}


def advise(
    table: Table, given: Mapping[str, object], *, title: str = "", notes: str = "", date: str = ""
) -> Recommendation:
    """The recommendation for a situation: a mapping of fact to value (None or absent: unknown).

    `title`, `notes` and `date` are only carried along. Raises `BadInput` for a fact or a value that
    is none; never for a legal situation.
    """
    return (
        _Advice(table, check_facts(table, given))
        .recommendation()
        ._replace(title=title, notes=notes, date=date)
    )


def details(table: Table, facts: Mapping[str, Value]) -> dict[str, tuple[str, ...]]:
    """What is advised beside the plan for known facts, by id: methods (and the model family),
    checks, route.
    """
    return _Advice(table, dict(facts)).details()


class Sharper(NamedTuple):
    """An unknown fact whose answer can change how the plan is carried out, and what of it: methods,
    checks or the route.
    """

    fact: str
    changes: tuple[str, ...]


def sharper(table: Table, facts: Mapping[str, Value]) -> tuple[Sharper, ...]:
    """The unknown facts that leave the plan as it is, but can change methods, checks or the route;
    those that change most come first.
    """
    here = _Advice(table, dict(facts))
    parts = here.details()
    picks = [pick for family in table.families.values() for pick in family.picks]
    rows: list[Any] = [
        *table.readiness.values(),
        *table.variants.values(),
        *table.checks.values(),
        *picks,
    ]
    lines = cuts(test for row in rows for test in tests(row.when))
    found = []
    for fact in table.questions:
        if fact.id in facts or fact.type == "plans":
            continue
        others = [
            _Advice(table, {**facts, fact.id: cell.value})
            for cell in cells(fact, lines.get(fact.id, ()))
        ]
        same = [other.details() for other in others if other.plan == here.plan]
        changed = tuple(part for part in parts if any(other[part] != parts[part] for other in same))
        if changed:
            found.append(Sharper(fact.id, changed))
    return tuple(sorted(found, key=lambda row: -len(row.changes)))


class _Advice(Circumstances):
    """One situation, looked at from every side; each method answers one part of the recommendation."""

    def recommendation(self) -> Recommendation:
        route = self.route()
        fallback = self.fallback()
        is_settled = whatif.settled(self.engine, self.facts)
        result = Recommendation(
            schema=SCHEMA,
            table=TableId(self.table.version, self.table.digest),
            title="",
            notes="",
            date="",
            review_by=self.review_by(),
            facts=MappingProxyType(self.facts),
            plan=self.plan,
            headline=self.headline(self.outcome, [step for step in route if step.blocks]),
            settled=is_settled,
            hinges=whatif.hinges(self.engine, self.facts, is_settled=is_settled),
            reasons=self.reasons(),
            verdicts=tuple(self.verdict(approach, fallback) for approach in APPROACHES),
            variants=self.variants(),
            family=self.family(),
            confirm_first=self.confirm_first(),
            open_needs=tuple(
                self.open_need(self.table.needs[need]) for need in self.outcome.open_needs
            ),
            route=route,
            checks=self.checks(),
            fallback=fallback,
            flips=whatif.flips(self.engine, self.facts),
            near_thresholds=whatif.near_thresholds(self.table, self.engine, self.facts),
            sources=(),
        )
        return result._replace(sources=self.sources(result))

    def details(self) -> dict[str, tuple[str, ...]]:
        """What is advised beside the plan, by id: methods (and model family), checks, route."""
        family = self.family()
        methods = (*(variant.id for variant in self.variants()), family.id if family else "")
        return {
            "methods": methods,
            "checks": tuple(check.id for check in self.checks()),
            "route": tuple(step.id for step in self.route()),
        }

    def headline(self, outcome: Outcome, blocking: list[Step]) -> str:
        """The plan as a sentence, with what has to come first and what stays open."""
        actions = [self.table.approaches[approach].action for approach in members(outcome.plan)]
        words = (
            " and ".join(filter(None, (", ".join(actions[:-1]), actions[-1])))
            if actions
            else self._nothing_left()
        )
        if blocking:
            first = blocking[0].do.split(":")[0].split(";")[0].rstrip(".")
            words = f"Not yet: {first[0].lower()}{first[1:]}; then {words}"
        if outcome.open_needs and actions:
            words += f" (still open: {', '.join(outcome.open_needs)})"
        return f"{words[0].upper()}{words[1:]}."

    def _nothing_left(self) -> str:
        return (
            "no plan is left that was not tried"
            if "tried" in self.facts
            else "no approach is left here"
        )

    def reasons(self) -> tuple[Reason, ...]:
        needs = (self._reason(need) for need in self.needs)
        limits = (
            Reason(
                limit.id,
                "limit",
                limit.limit,
                limit.because,
                self.answers(limit.when),
                (),
                (),
                limit.rules_out,
                limit.disagreement,
                limit.sources,
            )
            for limit in self.limits
        )
        return (*needs, *limits)

    def _reason(self, need: Need) -> Reason:
        met = [option for approach in self.plan if (option := self.meeting(need, approach))]
        meetings = tuple(Meeting(option.approach, option.because, option.sources) for option in met)
        because = met[0].because if met else f"open: {need.closed_by}"
        # The need that always counts has answers of its own only where it stands alone.
        known = (
            need.when
            if need.when == ALWAYS and len(self.needs) > 1
            else both(need.when, *(option.when for option in met))
        )
        could = tuple(approach for approach in APPROACHES if self.meeting(need, approach))
        return Reason(
            need.id,
            "need",
            need.need,
            because,
            self.answers(known),
            meetings,
            could,
            (),
            need.disagreement,
            need.sources,
        )

    def review_by(self) -> str:
        """When the first of the rows that fired is due for another look."""
        rows: list[Need | Limit] = [*self.needs, *self.limits]
        reviewed = [row.reviewed for row in rows if row.reviewed]
        if not reviewed or not self.table.review_after_days:
            return ""
        from datetime import date, timedelta

        return (
            date.fromisoformat(min(reviewed)) + timedelta(self.table.review_after_days)
        ).isoformat()

    def verdict(self, approach: str, fallback: Fallback | None) -> Verdict:
        word, because, rows, lifted_by, sources = self._said(approach, fallback)
        action = self.table.approaches[approach].action
        return Verdict(
            approach,
            action,
            word,
            because,
            rows,
            lifted_by,
            self._good(approach),
            self._bad(approach),
            sources,
        )

    def _said(
        self, approach: str, fallback: Fallback | None
    ) -> tuple[str, str, tuple[str, ...], str, tuple[str, ...]]:
        """The verdict on an approach, why, by which rows, what would lift it, and the sources."""
        if approach in self.plan:
            met = [
                (need, option) for need in self.needs if (option := self.meeting(need, approach))
            ]
            return (
                "recommended",
                met[0][1].because,
                tuple(need.id for need, _ in met),
                "",
                met[0][1].sources,
            )
        limits = [limit for limit in self.limits if approach in limit.rules_out]
        if limits:
            lifted_by = "; and ".join(limit.lifted_by for limit in limits)
            because = "; and ".join(limit.because for limit in limits)
            return (
                "ruled out",
                because,
                tuple(limit.id for limit in limits),
                lifted_by,
                _sources(limits),
            )
        if fallback and approach in fallback.plan:
            return (
                "fallback",
                f"{name(plan_of(fallback.plan))} is next if the plan fails its gate",
                (),
                "",
                (),
            )
        unmet = [
            need
            for need in self.needs
            if need.id not in self.outcome.open_needs and not self.meeting(need, approach)
        ]
        if unmet:
            because, sources = self._why_not(unmet[0], approach)
            return "does not meet", because, tuple(need.id for need in unmet), "", sources
        if any(approach in plan.split("+") for plan in self.tried):
            return "not needed", "it was tried and fell short", (), "", ()
        if not self.plan:
            return "does not meet", "alone it was not enough", self.outcome.open_needs, "", ()
        return (
            "not needed",
            (
                f"nothing speaks against it, but {name(self.outcome.plan)} meets every need at a"
                " lower cost"
            ),
            (),
            "",
            (),
        )

    def _good(self, approach: str) -> tuple[Point, ...]:
        """The needs here that the approach meets, and what it is strong at."""
        row = self.table.approaches[approach]
        met = [
            Point(option.because, need.id, option.sources)
            for need in self.needs
            if (option := self.meeting(need, approach))
        ]
        return (*met, Point(f"strong at {row.strong_at}", approach, row.sources))

    def _bad(self, approach: str) -> tuple[Point, ...]:
        """The limits that rule the approach out, the needs here that it does not meet, and what it
        is weak at.
        """
        row = self.table.approaches[approach]
        limits = [
            Point(limit.because, limit.id, limit.sources)
            for limit in self.limits
            if approach in limit.rules_out
        ]
        unmet = (
            []
            if limits
            else [
                Point(because, need.id, sources)
                for need in self.needs
                if not self.meeting(need, approach)
                for because, sources in [self._why_not(need, approach)]
            ]
        )
        return (*limits, *unmet, Point(f"weak at {row.weak_at}", approach, row.sources))

    def _why_not(self, need: Need, approach: str) -> tuple[str, tuple[str, ...]]:
        """Why an approach does not meet a need: a prerequisite that is known to be missing, else
        the row's own words.
        """
        for option in need.met_by:
            if option.approach == approach and self.holds(option.when):
                return f"it needs {self.missing(self.prerequisites(option))}", option.sources
        for refusal in need.not_met_by:
            if refusal.approach == approach:
                return refusal.because, refusal.sources
        return "nothing known so far says that it would", ()

    def variants(self) -> tuple[ChosenVariant, ...]:
        """For each approach of the plan and each role: the variant that a met need names, else the
        one with the highest priority.
        """
        found = []
        for approach in self.plan:
            named = {
                self.table.variants[option.variant].role: option
                for need in reversed(self.needs)
                if (option := self.meeting(need, approach)) and option.variant
            }
            roles: dict[str, list[Variant]] = {}
            for variant in self.table.variants.values():
                if approach in variant.approaches:
                    roles.setdefault(variant.role, []).append(variant)
            for role in sorted({*roles, *named}, key=lambda role: (role != "method", role)):
                chosen = (
                    self.table.variants[named[role].variant]
                    if role in named
                    else self._first(roles[role])
                )
                if chosen:
                    # A variant that a need asks for is there for the need's reason where its own
                    # does not hold.
                    because = (
                        named[role].because
                        if role in named and not self.holds(chosen.when)
                        else chosen.because
                    )
                    found.append(
                        ChosenVariant(
                            chosen.id,
                            approach,
                            role,
                            chosen.name,
                            chosen.what,
                            because,
                            chosen.watch_out,
                            chosen.sources,
                        )
                    )
        return tuple(found)

    def _first(self, rows: Iterable[Any]) -> Any:
        """Of the rows whose `when` is known to hold, the one with the highest priority."""
        standing = [row for row in rows if self.holds(row.when)]
        return min(standing, key=lambda row: (-row.priority, row.id), default=None)

    def family(self) -> ChosenFamily | None:
        """The first family to look at, for the dearest part of the plan; a filter, not a rule."""
        picks = [
            (approach, *chosen) for approach in self.plan if (chosen := self._family_of(approach))
        ]
        if not picks:
            return None
        approach, family, because = picks[-1]
        also = tuple(
            {"approach": other, "id": row.id, "name": row.name}
            for other, row, _ in picks[:-1]
            if row.id != family.id
        )
        return ChosenFamily(
            family.id,
            family.name,
            approach,
            because,
            family.objective,
            family.examples_of,
            family.misleads_when,
            also,
            family.sources,
        )

    def _family_of(self, approach: str) -> tuple[Any, str] | None:
        standing = [
            (-pick.priority, family.id, family, pick.because)
            for family in self.table.families.values()
            for pick in family.picks
            if approach in pick.approaches and self.holds(pick.when)
        ]
        return min(standing, key=lambda item: item[:2])[2:] if standing else None

    def confirm_first(self) -> tuple[Confirm, ...]:
        """The prerequisites of the plan's options that are not known to hold, each once."""
        found: dict[tuple[str, str], Confirm] = {}
        for need in self.needs:
            for approach in self.plan:
                option = self.meeting(need, approach)
                for part in parts(self.prerequisites(option)) if option else ():
                    if holds(part, self.situation) is None:
                        confirm = self._confirm(approach, part)
                        found.setdefault((approach, confirm.condition), confirm)
        return tuple(found.values())

    def _confirm(self, approach: str, part: Condition) -> Confirm:
        asked = {
            name
            for test in tests(part)
            for name in self.table.facts[test.fact].inputs or (test.fact,)
            if name not in self.facts
        }
        facts = tuple(fact.id for fact in self.table.questions if fact.id in asked)
        return Confirm(
            approach, describe(part), facts, self.table.facts[facts[0]].find_out if facts else ""
        )

    def open_need(self, need: Need) -> OpenNeed:
        closers: dict[Closer, None] = {}
        for option in need.met_by:
            if holds(option.when, self.situation) is False:
                continue
            limits = [limit for limit in self.limits if option.approach in limit.rules_out]
            for limit in limits:
                closers[Closer(option.approach, "limit", f"{limit.id}: {limit.lifted_by}")] = None
            if holds(option.when, self.situation) is None:
                closers[Closer(option.approach, "fact", describe(option.when))] = None
            elif holds(self.prerequisites(option), self.situation) is False:
                closers[
                    Closer(
                        option.approach, "prerequisite", self.missing(self.prerequisites(option))
                    )
                ] = None
            elif not limits and any(option.approach in plan.split("+") for plan in self.tried):
                closers[Closer(option.approach, "tried", "it was tried and fell short")] = None
        return OpenNeed(need.id, need.need, need.closed_by, tuple(closers))

    def route(self) -> tuple[Step, ...]:
        """What blocks, then evaluation, labels, data and baseline, then the parts of the plan with
        a gate after each.
        """
        stages: dict[str, list[Any]] = {}
        for row in self.table.readiness.values():
            if not row.approaches or set(row.approaches) & set(self.plan):
                stages.setdefault(row.stage, []).append(row)
        chosen = [row for stage in sorted(stages) if (row := self._first(stages[stage]))]
        order = ("evaluation", "labels", "data", "baseline")
        stage = {name: number for number, name in enumerate(order)}
        chosen.sort(
            key=lambda row: (
                not row.blocks,
                row.stage == "baseline",
                row.when == ALWAYS,
                stage.get(row.stage, len(stage)),
                row.id,
            )
        )
        steps = [
            Step(row.id, row.stage, row.do, row.because, "", row.blocks, row.sources)
            for row in chosen
        ]
        parts = [self.table.approaches[approach] for approach in self.plan]
        steps += [
            Step(part.id, "plan", part.step, "", part.gate, False, part.sources) for part in parts
        ]
        if len(self.plan) > 1:
            steps.append(self._ablation())
        return tuple(steps)

    def _ablation(self) -> Step:
        """For a combination: measure each part alone, and drop the dearest first if it does not
        earn its keep.
        """
        dearest = self.table.approaches[self.plan[-1]]
        rest = name(plan_of(self.plan[:-1]))
        do = (
            f"Measure {name(self.outcome.plan)} against {rest} alone on the same items."
            f" {dearest.drop_if}"
        )
        because = (
            f"{dearest.name} is the dearest part, so it is the first to go if it does not earn its"
            " keep"
        )
        return Step(f"drop-{dearest.id}-first", "combination", do, because, "", False, ())

    def checks(self) -> tuple[ChosenCheck, ...]:
        fitting = [
            check
            for check in self.table.checks.values()
            if (not check.approaches or set(check.approaches) & set(self.plan))
            and self.holds(check.when)
        ]
        fitting.sort(key=lambda check: (check.order, check.id))
        return tuple(
            ChosenCheck(
                check.id,
                check.failure,
                check.goes_wrong,
                check.run,
                check.run_on,
                check.passes,
                check.because,
                check.sources,
            )
            for check in fitting
        )

    def fallback(self) -> Fallback | None:
        """The advice once the present plan has been tried and fell short; None when nothing is left
        to try.
        """
        if not self.plan:
            return None
        tried = plan_of(self.plan)
        plans = sorted({tried, *(plan_of(plan.split("+")) for plan in self.tried)})
        outcome = self.engine.decide({**self.facts, "tried": tuple(name(plan) for plan in plans)})
        return Fallback(members(outcome.plan), self.headline(outcome, [])) if outcome.plan else None

    def sources(self, result: Recommendation) -> tuple[CitedSource, ...]:
        """Every source that some part of the recommendation cites."""
        citing: list[Any] = [
            *result.reasons,
            *result.verdicts,
            *result.variants,
            *result.route,
            *result.checks,
        ]
        cited = {id for part in citing for id in part.sources}
        cited |= {
            id for reason in result.reasons for meeting in reason.met_by for id in meeting.sources
        }
        cited |= {
            id
            for verdict in result.verdicts
            for point in (*verdict.good, *verdict.bad)
            for id in point.sources
        }
        if result.family:
            cited |= set(result.family.sources)
        plan = name(self.outcome.plan)
        found = []
        for id in sorted(cited):
            row = self.table.sources[id]
            against = tuple(
                word for word in row.against if word == plan or (word in BIT and word in self.plan)
            )
            found.append(
                CitedSource(
                    id,
                    row.title,
                    row.year,
                    row.venue,
                    row.address,
                    row.finding,
                    row.strength,
                    row.checked,
                    against,
                )
            )
        return tuple(found)


def _sources(rows: Iterable[Limit]) -> tuple[str, ...]:
    return tuple(sorted({source for row in rows for source in row.sources}))
