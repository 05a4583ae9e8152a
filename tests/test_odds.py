"""The odds: what they promise of their shares, and that the weights are those of the precedents."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
import strategies
from conftest import ROOT, RULES, examples
from hypothesis import given, settings

from adaptadvisor.engine.decide import engine_for
from adaptadvisor.precedents import weights
from adaptadvisor.precedents.features import statements
from adaptadvisor.precedents.odds import OWN, RULES_LEARNING, SHIPPED, odds_for
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.plans import members, name, plan_of
from adaptadvisor.table.ranges import Range

TABLE = load_table(RULES)
ENGINE = engine_for(TABLE)
PENALTY = 5  # as in tests/bench/odds.py
TICKETS = {"task": "label", "examples": 1200, "classes": 12}


def shares(facts, **more):
    return {share.plan: share.share for share in odds_for(TABLE, facts, **more).shares}


def own(table, count, facts, plan):
    """The table with outcomes of one's own in it."""
    row = next(iter(table.precedents.values()))
    rows = {
        f"own-{i}": replace(row, id=f"own-{i}", facts=facts, accept=(plan,)) for i in range(count)
    }
    return replace(table, precedents={**table.precedents, **rows}, digest="")


# ---- what a user sees ----


@settings(max_examples=examples(60))
@given(strategies.situations(TABLE, ENGINE))
def test_in_every_situation_the_likely_plan_is_the_first_and_every_share_is_a_probability(facts):
    odds = odds_for(TABLE, facts)
    found = [share.share for share in odds.shares]
    assert found == sorted(found, reverse=True)
    assert all(0 < share <= 1 and share == round(share, 3) for share in found)
    assert len({share.plan for share in odds.shares}) == len(found)
    if found:
        assert (odds.likely, odds.confidence) == (odds.shares[0].plan, found[0])


@settings(max_examples=examples(30))
@given(strategies.situations(TABLE, ENGINE))
def test_a_plan_that_was_tried_and_fell_short_is_in_view_no_more(facts):
    first = odds_for(TABLE, facts)
    if first.likely:
        tried = (*facts.get("tried", ()), name(plan_of(first.likely)))
        assert first.likely not in shares({**facts, "tried": tried})


def test_where_everything_was_tried_there_is_no_likely_plan():
    odds = odds_for(TABLE, {"tried": ("prompt+rag+task_head+lora+full",)})
    assert (odds.shares, odds.likely, odds.confidence) == ((), (), 0)


def test_equally_likely_plans_come_cheapest_first():
    found = odds_for(TABLE, {"task": "write"}).shares
    order = [(-share.share, plan_of(share.plan)) for share in found]
    assert order == sorted(order)


def test_the_advice_of_the_rules_makes_its_plan_likelier():
    without, with_advice = (shares(TICKETS, plan=plan) for plan in ((), ("rag",)))
    assert with_advice["rag",] > 2 * without["rag",]


def test_a_plan_of_the_rules_that_few_precedents_know_is_in_view_with_a_small_share():
    found = shares(TICKETS, plan=("prompt", "rag", "task_head"))
    assert 0 < found["prompt", "rag", "task_head"] < 0.1


def test_facts_that_the_precedents_do_not_know_yet_change_nothing():
    assert shares(
        {**TICKETS, "no_such_fact": "a", "another": Range(1, 2)}, plan=(), near=()
    ) == shares(TICKETS, plan=(), near=())


def test_odds_are_thin_where_hardly_a_precedent_is_near():
    assert odds_for(TABLE, {"stakes": "high"}).thin
    assert not odds_for(TABLE, TICKETS).thin
    assert odds_for(TABLE, TICKETS, near=()).near == 0


def test_outcomes_of_ones_own_move_the_odds_by_their_number_and_likeness():
    before = odds_for(TABLE, TICKETS)
    after = odds_for(own(TABLE, OWN, TICKETS, ("full",)), TICKETS)
    other = odds_for(own(TABLE, OWN, {"task": "code"}, ("full",)), TICKETS)
    share = {odds: {one.plan: one.share for one in odds.shares} for odds in (before, after, other)}
    full = ("full",)
    assert share[after][full] == pytest.approx((share[before][full] + 1) / 2, abs=2e-3)
    assert share[other][full] == pytest.approx(share[before][full], abs=0.02)
    assert after.rests_on == before.rests_on + OWN


# ---- numbers ----


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        (99, "few examples"),
        (Range(0, 99), "few examples"),
        (Range(0, 100), None),
        (Range(500, 5000), None),
        (Range(1000, 5000), "deciding: many examples"),
        (1000, "deciding: many examples"),
    ],
)
def test_a_range_says_what_every_number_in_it_says(examples, said):
    found = {"few examples", "deciding: many examples"} & set(
        statements({"task": "label", "examples": examples})
    )
    assert found == ({said} if said else set())


def test_an_open_range_still_says_what_it_is_at_least():
    assert "deciding: many examples" in statements(
        {"task": "label", "examples": Range(1000, math.inf)}
    )


# ---- the weights ----


def learned():
    return [TABLE.precedents[id] for id in sorted(weights.LEARNED)]


def test_the_odds_are_learned_from_every_precedent_that_says_enough():
    enough = {id for id, row in TABLE.precedents.items() if not row.sparse}
    assert enough == weights.LEARNED, "run `python tests/bench/odds.py fit`"


def test_every_weight_rests_on_several_precedents_from_several_sources():
    sources = defaultdict(list)
    for row in learned():
        for thing in (*statements(row.facts), *{members(plan_of(plan)) for plan in row.accept}):
            sources[thing].append(row.source)
    for thing in (*weights.STATEMENTS, *weights.PLANS):
        assert len(sources[thing]) >= 8, thing
        assert len(set(sources[thing])) >= 5, thing


def test_no_other_weights_make_the_precedents_likelier():
    """At the best weights the slope of the penalised likelihood is 0: an oracle without a fit."""
    rows = [(row, statements(row.facts), ENGINE.decide(row.facts).plan) for row in learned()]
    for column, plan in enumerate(weights.PLANS):
        slope = Counter({word: PENALTY * row[column] for word, row in weights.STATEMENTS.items()})
        for row, said, advised in rows:
            logit = weights.BASE[column] + RULES_LEARNING * (advised == plan_of(plan))
            logit += sum(
                much * weights.STATEMENTS[word][column]
                for word, much in said.items()
                if word in weights.STATEMENTS
            )
            right = plan in {members(plan_of(each)) for each in row.accept}
            surplus = 1 / (1 + math.exp(-logit)) - right
            slope["base"] += surplus
            for word, much in said.items():
                if word in weights.STATEMENTS:
                    slope[word] += surplus * much
        steepest = max(slope, key=lambda word: abs(slope[word]))
        assert abs(slope[steepest]) < 0.1, (plan, steepest, "run `python tests/bench/odds.py fit`")


def test_shipped_weights_say_something_of_every_plan():
    assert all(len(row) == len(SHIPPED.plans) for row in SHIPPED.statements.values())
    assert len(SHIPPED.base) == len(SHIPPED.plans)


# ---- the script that fits and draws them ----


def test_the_picture_says_in_words_what_it_shows_and_follows_light_and_dark(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tests/bench")
    from odds_picture import drawn, interval, x, y

    picture = drawn([(55.0, 60.0, 40), (90.0, 92.0, 40)])
    root = ET.fromstring(picture)
    assert "confidence 90 %: right in 92 %" in root.findtext("{*}desc")
    assert {(x(55), y(60)), (x(90), y(92))} == {
        (dot.get("cx"), dot.get("cy")) for dot in root.iter("{http://www.w3.org/2000/svg}circle")
    }
    assert "prefers-color-scheme: dark" in picture
    low, high = interval(0.5, 100)
    assert (round(low, 3), round(high, 3)) == (0.404, 0.596)  # Wilson's, as textbooks give it


def test_the_page_has_a_place_for_the_figures():
    page = (ROOT / "docs/odds.md").read_text(encoding="utf-8")
    assert f"{len(weights.LEARNED)} cases from" in page.partition("<!-- figures")[2]


@pytest.mark.slow
def test_fitting_again_gives_the_weights_that_are_there(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tests/bench")
    from odds_fit import cases, fit

    found = fit(cases(TABLE, {}))
    assert (found.plans, found.learned) == (SHIPPED.plans, SHIPPED.learned)
    assert found.statements.keys() == SHIPPED.statements.keys()
    for word, row in found.statements.items():
        assert row == pytest.approx(SHIPPED.statements[word], abs=1.5e-3)
    assert found.base == pytest.approx(SHIPPED.base, abs=1.5e-3)
    assert (found.other, found.at_once) == (SHIPPED.other, SHIPPED.at_once)
