"""The statistics of the checks against scipy and statsmodels, which share no code with them."""

from __future__ import annotations

import gc
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import cochrans_q as their_q
from statsmodels.stats.contingency_tables import mcnemar as their_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from adaptadvisor.evidence import statistics as ours

CLOSE = {"abs": 1e-9, "rel": 1e-9}
counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
tables = st.integers(2, 6).flatmap(
    lambda k: st.lists(st.lists(st.booleans(), min_size=k, max_size=k), min_size=2, max_size=60)
)


@given(counts)
def test_the_interval_of_a_share_is_that_of_wilson(count):
    assert ours.wilson(*count) == pytest.approx(
        proportion_confint(*count, method="wilson"), **CLOSE
    )


@given(counts, counts)
def test_the_interval_of_two_shares_is_that_of_newcombe(one, other):
    theirs = confint_proportions_2indep(*one, *other, method="newcomb")
    assert ours.newcombe(*one, *other) == pytest.approx(theirs, **CLOSE)


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_test_of_two_systems_is_that_of_mcnemar(first, second):
    theirs = their_mcnemar([[0, first], [second, 0]], exact=True).pvalue
    assert ours.mcnemar(first, second) == pytest.approx(min(theirs, 1.0), **CLOSE)


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=60))
def test_the_test_of_a_mean_is_that_of_student(values):
    if len({round(value, 6) for value in values}) < 2:
        return
    found, theirs = ours.mean(values), stats.ttest_1samp(values, 0)
    assert found.p == pytest.approx(theirs.pvalue, **CLOSE)
    assert found.interval == pytest.approx(tuple(theirs.confidence_interval()), **CLOSE)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_several_tests_are_corrected_as_holm_does(ps):
    with pytest.MonkeyPatch.context() as patch:
        # theirs collects garbage at every call, here among all that a worker holds
        patch.setattr(gc, "collect", lambda *_: 0)
        theirs = list(multipletests(ps, method="holm")[1])
    assert ours.holm(ps) == pytest.approx(theirs, **CLOSE)


@given(tables)
def test_the_test_of_several_systems_is_that_of_cochran(rows):
    if all(len(set(row)) == 1 for row in rows):
        assert ours.cochran_q(rows) == 1  # they never disagree; the formula divides by 0
        return
    theirs = their_q([[int(cell) for cell in row] for row in rows]).pvalue
    assert ours.cochran_q(rows) == pytest.approx(theirs, **CLOSE)


@pytest.mark.parametrize(
    ("points", "disagree", "items"),
    [(10, 0.1, 77), (5, 0.1, 312), (3, 0.1, 870), (10, 0.2, 155), (5, 0.2, 626), (2, 0.2, 3923)],
)
def test_the_items_needed_are_those_of_the_published_table(points, disagree, items):
    assert ours.items_needed(points / 100, disagree) == pytest.approx(items, abs=1)


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_the_interval_of_a_paired_difference_turns_round_with_the_systems(first, second, same):
    number = first + second + same
    low, high = ours.paired_share(first, second, number)
    turned = ours.paired_share(second, first, number)
    assert (-high, -low) == pytest.approx(turned, **CLOSE)
    if number:
        assert low - 1e-9 <= (second - first) / number <= high + 1e-9


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 60))
@settings(max_examples=40, deadline=None)
def test_the_interval_of_a_paired_difference_ends_where_a_score_test_begins_to_reject(a, b, same):
    """The nuisance share by brute force: the likeliest of 20,000, in place of a formula."""
    number = a + b + same
    for true in ours.paired_share(a, b, number):
        if abs(true) > 0.999:
            continue
        shares = max(0.0, -true) + (1 - abs(true)) * np.arange(1, 20_000) / 20_000 / 2
        less = float(shares[np.argmax(_likelihood(b, a, same, shares + true, shares))])
        error = sqrt(number * (2 * less + true - true**2))
        assert abs(b - a - number * true) / error == pytest.approx(1.96, abs=0.02)


def _likelihood(more, less, same, p, q):
    found = np.zeros_like(q)
    for count, share in ((more, p), (less, q), (same, 1 - p - q)):
        possible = (share > 0) | ((share == 0) & (count == 0))
        found[~possible] = -inf
        if count:
            found[share > 0] += count * np.log(share[share > 0])
    return found


def test_items_that_never_differ_still_allow_a_difference():
    low, high = ours.paired_share(0, 0, 100)
    assert (round(low * 100, 1), round(high * 100, 1)) == (-3.7, 3.7)


def test_the_interval_of_a_paired_difference_holds_the_truth_as_often_as_it_says():
    """Every possible outcome of 40 items, weighted by its probability (a trinomial)."""
    number, only_first, only_second = 40, 0.12, 0.2
    covered = 0.0
    for first in range(number + 1):
        for second in range(number + 1 - first):
            p = stats.multinomial.pmf(
                [first, second, number - first - second],
                number,
                [only_first, only_second, 1 - only_first - only_second],
            )
            low, high = ours.paired_share(first, second, number)
            covered += p * (low <= only_second - only_first <= high)
    assert 0.94 <= covered <= 0.97


def test_equally_good_prompts_differ_by_about_what_chance_says():
    """Against dealing each item's answers to the prompts at random, two thousand times."""
    import random

    rnd = random.Random(5)
    rows = [[rnd.random() < (0.95 if item % 2 else 0.6) for _ in range(5)] for item in range(200)]
    ranges = []
    for _ in range(2000):
        totals = [0] * 5
        for row in rows:
            for index, right in enumerate(rnd.sample(row, 5)):
                totals[index] += right
        ranges.append((max(totals) - min(totals)) / 200)
    assert ours.spread_by_chance(rows) == pytest.approx(sum(ranges) / 2000, rel=0.05)


def test_an_item_that_is_right_in_half_of_its_answers_counts_half_in_cochrans_test():
    halves = [[0.5, 0.5, 1.0] if n % 2 else [0.5, 1.0, 1.0] for n in range(60)]
    assert ours.cochran_q(halves) < 0.001, "as whole answers all three would be right"
    assert ours.cochran_q([[0.5, 0.5, 0.5]] * 20) == 1
    flipped = [[1 - each for each in row] for row in halves]
    assert ours.cochran_q(flipped) == pytest.approx(ours.cochran_q(halves))
    assert ours.spread_by_chance(halves) > 0
