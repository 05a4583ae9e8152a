"""Two tables compared: what their rows say differently, and for whom plan or open needs change.

That rows differ, and that no plan can change, is exact. Which plans change is looked at in given
cases and in a random sample: every witness is real, but a sample may miss a rare one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adaptadvisor.advice.recommendation import TableId
from adaptadvisor.authoring.meaning import Meaning, alternatives, meaning
from adaptadvisor.authoring.progress import Told, silent
from adaptadvisor.authoring.row_changes import (
    FieldChange,
    SectionChange,
    section_changes,
    table_changes,
)
from adaptadvisor.authoring.sample import CaseChange, Pair, Sample, sampled
from adaptadvisor.table.conditions import All, Condition, tests
from adaptadvisor.table.facts import Fact
from adaptadvisor.table.rows import Option, Table
from adaptadvisor.table.walk import conditions

SCHEMA = "adaptadvisor/difference/1"
NO_ADVICE_CAN_CHANGE = "no advice can change"

_TERMS = 1 << 12  # alternatives of two conditions at most; the loader allows 64 in one


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that differs between two tables; `sample` is None where no advice can change."""

    schema: str
    old: TableId
    new: TableId
    table: tuple[FieldChange, ...]
    sections: tuple[SectionChange, ...]
    verdict: str
    cases: int
    changed_cases: tuple[CaseChange, ...]
    sample: Sample | None


def diff(
    old: Table,
    new: Table,
    cases: Mapping[str, Mapping[str, object]],
    *,
    sample: int = 20_000,
    seed: int = 0,
    told: Told = silent,
) -> Difference:
    """What differs; the same tables, cases, sample size and seed give the same difference.

    A fact, or a value of one, that only one table has is left out for the other.
    """
    pair = Pair(old, new)
    changed = tuple(found for id, facts in cases.items() if (found := pair.case(id, facts)))
    same = _decision(old) == _decision(new)
    drawn = None if same else sampled(pair, sample, seed, told)
    verdict = NO_ADVICE_CAN_CHANGE if same else _in_words(drawn, changed)
    return Difference(
        schema=SCHEMA,
        old=TableId(old.version, old.digest),
        new=TableId(new.version, new.digest),
        table=table_changes(old, new),
        sections=section_changes(old, new),
        verdict=verdict,
        cases=len(cases),
        changed_cases=changed,
        sample=drawn,
    )


def _in_words(drawn: Sample | None, changed: tuple[CaseChange, ...]) -> str:
    if changed or (drawn and drawn.differing):
        return "advice changes"
    return "no change was found in the cases and the sample, which proves nothing"


# ---- what decides ----


def _decision(table: Table) -> object:
    """All that decides plans and open needs; two tables for which it is equal decide alike."""

    def means(*conditions: Condition) -> Meaning:
        return meaning(alternatives(All(conditions), table.facts, _TERMS))

    def way(option: Option) -> tuple[str, Meaning, Meaning]:
        provided = (table.approaches[option.approach].provided, option.provided)
        return option.approach, means(option.when), means(*provided)

    needs, limits = table.needs.values(), table.limits.values()
    return (
        {need.id: (means(need.when), frozenset(map(way, need.met_by))) for need in needs},
        {(means(limit.when), limit.rules_out) for limit in limits},
        {
            one.id: (one.type, one.values, one.minimum, one.maximum, one.inputs)
            for one in _read(table)
        },
    )


def _read(table: Table) -> Iterator[Fact]:
    """The facts that needs and limits read, those they are computed from, and the plans tried."""
    sections = ("needs/", "limits/", "approaches/")
    decisive = (condition for place, condition in conditions(table) if place.startswith(sections))
    named = {test.fact for condition in decisive for test in tests(condition)}
    named |= {name for fact in named for name in table.facts[fact].inputs}
    return (fact for fact in table.facts.values() if fact.id in named or fact.type == "plans")
