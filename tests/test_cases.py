"""Published cases: situations in which a paper, a team or an authority found which way was right."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import PUBLISHED, ROOT, RULES

from adaptadvisor.reading.cases import read_cases
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.plans import members

CASES = [
    case
    for case in read_cases(RULES, load_table(RULES))
    if Path(case.place.file).name == "published.yaml"
]


def _plan(engine, case):
    return members(engine.decide(dict(case.facts)).plan)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_published_case_gets_an_accepted_plan_or_is_a_known_miss(engine, case):
    plan = _plan(engine, case)
    assert (plan in case.accept) == (not case.known_miss), f"{plan}; accepted {case.accept}"


def test_at_least_forty_of_the_published_cases_get_an_accepted_plan_and_three_at_most_a_wrong_one(
    engine, pytestconfig
):
    accepted = [case for case in CASES if _plan(engine, case) in case.accept]
    wrong = [case for case in CASES if set(_plan(engine, case)[-1:]) & set(case.wrong)]
    pytestconfig.stash[PUBLISHED] = [
        (
            f"published cases: {len(accepted)} of {len(CASES)} get an accepted plan, {len(wrong)} a"
            " wrong one"
        ),
        *(f"  miss {case.id}: {case.known_miss}" for case in CASES if case.known_miss),
    ]
    assert len(CASES) == 47
    assert len(accepted) >= 40
    assert len(wrong) <= 3  # 7 %: a table that never is wrong here was fitted to these cases
    assert all(case.known_miss for case in wrong)


def test_the_rules_hold_on_the_published_situations_of_which_enough_is_known(engine, table):
    right = either = wrong = 0
    enough = [row for row in table.precedents.values() if not row.sparse]
    for row in enough:
        outcome = engine.decide(dict(row.facts))
        accepted = {frozenset(plan) for plan in row.accept}
        plans = [members(outcome.plan), members(engine.fallback(row.facts, outcome).plan)]
        hits = [frozenset(plan) in accepted for plan in plans]
        right, either = right + hits[0], either + any(hits)
        wrong += not hits[0] and bool({*plans[0][-1:]} & {*row.wrong})
    assert right / len(enough) >= 0.68
    assert either / len(enough) >= 0.9
    assert wrong / len(enough) <= 0.07


def test_the_printed_count_is_the_one_in_the_changelog(engine):
    accepted = sum(_plan(engine, case) in case.accept for case in CASES)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"the accepted ones in {accepted};" in " ".join(changelog.split())


def test_the_counts_in_the_changelog_are_those_of_the_table(table):
    changelog = " ".join((ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split())
    for words in (
        f"{len(table.questions)} facts",
        f"{len(table.needs)} needs",
        f"{len(table.limits)} limits",
        f"{len(table.thresholds)} named thresholds",
        f"{len(table.variants)} variants",
        f"{len(table.families)} model families",
        f"{len(table.checks)} checks",
        f"{len(table.topics)} topics",
        f"{len(table.sources)} sources",
    ):
        assert words in changelog
