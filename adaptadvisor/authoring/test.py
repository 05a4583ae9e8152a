"""Whether a table does what its examples and its cases say, and what they leave untested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from adaptadvisor.advice import hinges
from adaptadvisor.advice.repair import repair
from adaptadvisor.advice.route import route
from adaptadvisor.advice.sharper import details
from adaptadvisor.authoring.coverage import Gap, Point, measure
from adaptadvisor.authoring.places import Row, own, rows
from adaptadvisor.authoring.progress import Told, counted, silent
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.errors import Location
from adaptadvisor.reading.cases import LISTED, Case
from adaptadvisor.reading.facts_file import in_braces
from adaptadvisor.reading.tables import Loaded
from adaptadvisor.table.conditions import ALWAYS, describe, holds
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.plans import APPROACHES, name, plan_of
from adaptadvisor.table.rows import CONDITIONAL, Situation, Table


@dataclass(frozen=True, slots=True)
class RuleTest:
    """An example of a row (suite "examples") or a case (suite "cases"), and what came out.

    The message of a test that passed is empty, but for a known miss.
    """

    suite: str
    id: str
    place: Location
    passed: bool
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Every test with its result, and every point that tests should cover."""

    results: tuple[RuleTest, ...]
    points: tuple[Point, ...]

    @property
    def failed(self) -> tuple[RuleTest, ...]:
        """The tests that failed."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def known_misses(self) -> tuple[RuleTest, ...]:
        """The cases whose plan is known to differ from the expected one, and does."""
        return tuple(result for result in self.results if result.passed and result.message)

    @property
    def gaps(self) -> tuple[tuple[Point, Gap], ...]:
        """What no test shows, each with the point that it is a gap of."""
        return tuple((point, gap) for point in self.points for gap in point.gaps)

    @property
    def clean(self) -> bool:
        """Whether every test passed and nothing is left untested."""
        return not self.failed and not self.gaps

    def covered(self, kind: str) -> tuple[int, int]:
        """How many points of a kind (see coverage.KINDS) have no gap, and how many there are."""
        points = [point for point in self.points if point.kind == kind]
        return sum(not point.gaps for point in points), len(points)


def verify(loaded: Loaded, cases: Iterable[Case], told: Told = silent) -> Verification:
    """Runs examples and cases, and measures what they cover together."""
    cases = tuple(cases)
    examples = tuple(_examples(loaded))
    results = (
        *(result for result, _ in examples),
        *(
            run_case(loaded.table, case)
            for case in counted(cases, len(cases), "Running cases", told)
        ),
    )
    told("Looking for what no test shows", 0, 0)
    situations = [*(situation for _, situation in examples), *(case.facts for case in cases)]
    return Verification(results, measure(loaded, situations))


def _examples(loaded: Loaded) -> Iterator[tuple[RuleTest, Situation]]:
    """The examples of the table's own rows; a base's speak of thresholds that may differ here."""
    for where, row in rows(loaded, *CONDITIONAL):
        for wanted in ("fires", "quiet") if own(loaded, where) else ():
            for number, situation in enumerate(getattr(row.examples, wanted)):
                place = f"{where}/examples/{wanted}:{number}"
                at = loaded.places.get(place, loaded.places[where])
                message = _example_missed(row, situation, fires=wanted == "fires")
                id = f"{where} {wanted} {number + 1}"
                yield RuleTest("examples", id, at, not message, message), situation


def _example_missed(row: Row, situation: Situation, *, fires: bool) -> str:
    """What is wrong with an example; empty where the row does as it says."""
    if (holds(row.when, with_derived(situation)) is True) is fires:
        return ""
    wrong = _expected(row.id, fires=not fires)
    return f"{wrong} in {in_braces(situation)}; it fires when {describe(row.when)}"


def _expected(row: str, *, fires: bool) -> str:
    if fires:
        return f'expected "{row}" to stay quiet, but it fires'
    return f'expected "{row}" to fire, but it stays quiet'


def run_case(table: Table, case: Case) -> RuleTest:
    """What came out of a case."""
    seen = _Seen(table, dict(case.facts))
    missed = tuple(_plan_missed(case, seen))
    others = tuple(_others_missed(case, seen))
    if case.known_miss and missed:
        words = (*others, f"known miss: {case.known_miss}")
    elif case.known_miss:
        plan = name(plan_of(seen.plan))
        words = (f"no longer a miss: the plan is {plan}; take `known_miss` away", *others)
    else:
        words = (*missed, *others)
    passed = not others and bool(missed) == bool(case.known_miss)
    return RuleTest("cases", case.id, case.place, passed, "; ".join(words))


class _Seen(Circumstances):
    """What the table says about a situation, each part worked out when it is asked for."""

    @cached_property
    def details(self) -> dict[str, tuple[str, ...]]:
        return details(self)

    @cached_property
    def shown(self) -> dict[str, tuple[str, ...]]:
        """The rows of each kind in LISTED."""
        repairs = repair(self)
        return {
            "variants": self.details["methods"][:-1],  # the last one is the model family
            "checks": self.details["checks"],
            "steps": self.details["route"],
            "symptoms": tuple(row.id for row in repairs.symptoms) if repairs else (),
        }

    @cached_property
    def settled(self) -> bool:
        return hinges.settled(self.engine, self.facts)

    def meets(self, need: str) -> tuple[str, ...]:
        """The approaches with a way to meet a need, whatever limits say."""
        usable = {way.approach for way in self.table.needs[need].met_by if self.usable(way)}
        return tuple(approach for approach in APPROACHES if approach in usable)

    def fires(self, row: str) -> bool:
        """Whether the `when` of a row is known to hold."""
        sections = (getattr(self.table, section) for section in CONDITIONAL)
        return self.holds(next(rows[row] for rows in sections if row in rows).when)


def _plan_missed(case: Case, seen: _Seen) -> Iterator[str]:
    came = f"it came out as {name(plan_of(seen.plan))}"
    if case.plan is not None and case.plan != seen.plan:
        yield f"expected the plan {name(plan_of(case.plan))}, {came}"
    if case.accept and seen.plan not in case.accept:
        plans = " or ".join(name(plan_of(plan)) for plan in case.accept)
        yield f"expected the plan {plans}, {came}"
    dearest = max(seen.plan, key=APPROACHES.index, default="")
    if dearest in case.wrong:
        plan = name(plan_of(seen.plan))
        yield f"expected anything but {dearest} as the dearest part, but the plan is {plan}"


def _others_missed(case: Case, seen: _Seen) -> Iterator[str]:
    wanted_open, came_open = case.open_needs, seen.outcome.open_needs
    if wanted_open is not None and sorted(wanted_open) != sorted(came_open):
        yield f"expected {_listed(wanted_open)} to stay open, it came out as {_listed(came_open)}"
    for wanted, ids in ((True, (*case.fires, *case.reasons)), (False, case.quiet)):
        for row in dict.fromkeys(ids):
            if seen.fires(row) is not wanted:
                yield _expected(row, fires=not wanted)
    if case.settled is not None and case.settled is not seen.settled:
        wanted_word, came_word = ("settled", "not") if case.settled else ("not settled", "settled")
        yield f"expected the plan to be {wanted_word}, but it is {came_word}"
    yield from _ways_missed(case, seen)
    yield from _questions_missed(case, seen)
    yield from _details_missed(case, seen)


def _ways_missed(case: Case, seen: _Seen) -> Iterator[str]:
    for need, wanted in (case.met or {}).items():
        if (came := seen.meets(need)) != wanted:
            yield f'expected "{need}" to be met by {_listed(wanted)}, it is by {_listed(came)}'
    out = tuple(approach for approach in APPROACHES if approach in seen.ruled_out)
    if case.ruled_out is not None and case.ruled_out != out:
        yield f"expected {_listed(case.ruled_out)} to be ruled out, it came out as {_listed(out)}"


def _questions_missed(case: Case, seen: _Seen) -> Iterator[str]:
    for wanted, facts in ((True, case.asked), (False, case.unasked)):
        for fact in facts:
            applies = seen.table.applies.get(fact, ALWAYS)
            if (holds(applies, seen.situation) is not False) is not wanted:
                applying = f"{'' if wanted else 'not '}apply; it does when {describe(applies)}"
                yield f'expected the question "{fact}" to {applying}'
    for wanted, facts in ((True, case.obtainable), (False, case.unobtainable)):
        for fact in facts:
            if seen.table.facts[fact].obtainable is not wanted:
                can = f"can {'' if wanted else 'not '}be brought about"
                yield f'expected that another answer to "{fact}" {can}'


def _details_missed(case: Case, seen: _Seen) -> Iterator[str]:
    for kind in LISTED:
        wanted, found = getattr(case, kind), seen.shown[kind]
        if missing := [row for row in wanted if row not in found]:
            yield f"expected {_listed(missing)} among the {kind}, there are {_listed(found)}"
        known = seen.table.readiness if kind == "steps" else found  # parts of the plan are no rows
        more = [row for row in found if row in known and row not in wanted]
        if kind in case.only and more:
            yield f"expected nothing else among the {kind}, there are {_listed(more)}"
    blocking = sorted(step.id for step in route(seen) if step.blocks)
    if case.blocking is not None and sorted(case.blocking) != blocking:
        came = f"it came out as {_listed(blocking)}"
        yield f"expected {_listed(case.blocking)} to come before all else, {came}"
    family = seen.details["methods"][-1:]
    if case.family and case.family not in family:
        yield f"expected the model family {case.family}, it is {_listed(family)}"
    if shown := [row for row in case.absent if any(row in part for part in seen.details.values())]:
        yield f"expected {_listed(shown)} not to be shown"
    start = seen.details["route"][:1]
    if case.first and start != (case.first,):
        yield f"expected the route to start with {case.first}, it starts with {_listed(start)}"


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(filter(None, ids)) or "nothing"
