"""What the checks say of results, over many simulated projects whose truth is known."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptadvisor import load_table
from adaptadvisor.evidence.checks.compare import compare, difference, verdict
from adaptadvisor.evidence.checks.coverage import coverage
from adaptadvisor.evidence.checks.dates import dates, day
from adaptadvisor.evidence.checks.items import paired
from adaptadvisor.evidence.checks.prompts import prompts
from adaptadvisor.evidence.checks.repeats import repeats
from adaptadvisor.evidence.checks.retrieval import retrieval
from adaptadvisor.evidence.outcomes import Outcome

EASE = (0.6, 0.85, 0.95)
PROJECTS = 250


def answers(rnd, items, right, *, repeats=1, slices=1):
    """A system on items of differing difficulty; `right` gives the chance of item and slice."""
    found = []
    for item in range(items):
        cut = str(item % slices)
        chance = right(EASE[item % len(EASE)], cut)
        found += [
            Outcome(
                item=str(item), repeat=again, correct=rnd.random() < chance, slices={"part": cut}
            )
            for again in range(1, repeats + 1)
        ]
    return found


def verdicts(projects, seed=1, **shape):
    rnd = random.Random(seed)
    found = Counter()
    for _ in range(projects):
        before = answers(rnd, right=lambda ease, _: ease, **shape)
        after = answers(rnd, right=lambda ease, _: ease, **shape)
        found[compare(before, after, ("old", "new")).verdict] += 1
    return found


@pytest.mark.parametrize("shape", [{"items": 200, "slices": 10}, {"items": 60, "repeats": 3}])
def test_a_system_against_itself_is_called_better_or_worse_in_at_most_one_of_twenty(shape):
    found = verdicts(PROJECTS, **shape)
    wrong = sum(number for name, number in found.items() if "better" in name or "worse" in name)
    assert wrong <= 0.05 * PROJECTS
    assert found["not enough evidence"] >= 0.9 * PROJECTS  # the items cannot exclude 2 points


def test_a_drop_of_a_third_in_one_slice_of_ten_is_found_and_only_there():
    rnd = random.Random(3)
    found, elsewhere = 0, 0
    for _ in range(60):
        before = answers(rnd, 1000, lambda ease, _: ease, slices=10)
        after = answers(rnd, 1000, lambda ease, cut: ease - 0.35 * (cut == "3"), slices=10)
        said = compare(before, after, ("old", "new"))
        failed = {part.name for part in said.parts if part.level == "failed"}
        found += "part: 3" in failed
        elsewhere += bool(failed - {"part: 3"})
        assert said.level == "failed" or "part: 3" not in failed
    assert found >= 57
    assert elsewhere <= 3


def test_a_large_gain_is_better_and_a_large_loss_worse():
    rnd = random.Random(4)
    low = answers(rnd, 400, lambda ease, _: ease - 0.3)
    high = answers(rnd, 400, lambda ease, _: ease)
    assert compare(low, high, ("a", "b")).verdict == "better"
    assert compare(high, low, ("b", "a")).verdict == "worse"


def test_the_same_answers_on_many_items_show_no_difference_that_matters():
    rnd = random.Random(5)
    found = answers(rnd, 3000, lambda ease, _: ease)
    assert compare(found, found, ("a", "b")).verdict == "no difference that matters"


def test_the_items_that_are_asked_for_would_tell():
    """With four times the power left to chance: of projects of that size most have a verdict."""
    rnd = random.Random(6)
    told = 0
    small = [answers(rnd, 150, right) for right in (lambda e, _: e - 0.08, lambda e, _: e)]
    needed = compare(*small, ("a", "b")).needed
    assert needed
    for _ in range(40):
        low = answers(rnd, needed, lambda ease, _: ease - 0.08)
        high = answers(rnd, needed, lambda ease, _: ease)
        told += compare(low, high, ("a", "b")).verdict == "better"
    assert told >= 20


pairs = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=80)


@given(pairs)
@settings(max_examples=60)
def test_turning_the_systems_round_turns_the_verdict_round(answered):
    one = [Outcome(item=str(n), correct=first) for n, (first, _) in enumerate(answered)]
    other = [Outcome(item=str(n), correct=second) for n, (_, second) in enumerate(answered)]
    there, back = compare(one, other, ("a", "b")), compare(other, one, ("b", "a"))
    turned = {"better": "worse", "worse": "better"}
    assert back.verdict == turned.get(there.verdict, there.verdict)
    assert back.needed == there.needed


@given(pairs, st.randoms())
@settings(max_examples=40)
def test_the_order_of_the_items_makes_no_difference(answered, rnd):
    one = [Outcome(item=str(n), correct=first) for n, (first, _) in enumerate(answered)]
    other = [Outcome(item=str(n), correct=second) for n, (_, second) in enumerate(answered)]
    said = compare(one, other, ("a", "b"))
    rnd.shuffle(one)
    rnd.shuffle(other)
    assert compare(one, other, ("a", "b")) == said


def test_errors_are_kept_apart_and_what_cannot_be_paired_is_counted():
    one = [Outcome(item=str(n), correct=True) for n in range(10)]
    other = [
        Outcome(item=str(n), correct=n > 3, error="timeout" if n == 9 else "") for n in range(2, 12)
    ]
    both = paired(one, other)
    assert (len(both.pairs), both.only_first, both.only_second) == (7, 2, 2)
    assert both.errors == (0, 1)
    said = " ".join(compare(one, other, ("old", "new")).says)
    assert "new gave no answer once" in said
    assert "2 items only in old could not be paired" in said


def test_systems_without_a_common_item_cannot_be_compared():
    one = [Outcome(item="a", correct=True)]
    other = [Outcome(item="b", correct=True)]
    found = compare(one, other, ("old", "new"))
    assert found.level == "unknown"
    assert "cannot be compared" in found.says[0]


def test_a_sure_difference_inside_the_margin_does_not_matter():
    found = difference(
        paired(
            [Outcome(item=str(n), score=0.5) for n in range(100)],
            [Outcome(item=str(n), score=0.505 + n * 1e-5) for n in range(100)],
        ).pairs,
        flat=False,
    )
    assert found.p < 0.001
    assert verdict(found, found.p, 0.02) == "no difference that matters"
    assert verdict(found, found.p, 0.002) == "better"


def test_an_empty_slice_that_was_named_fails_and_a_thin_one_is_doubtful():
    rnd = random.Random(7)
    found = coverage(answers(rnd, 300, lambda e, _: e, slices=2), {"part": ["0", "9"]})
    level = {part.name: part.level for part in found.parts}
    assert (level["part: 0"], level["part: 9"]) == ("passed", "failed")
    assert found.level == "failed"
    thin = coverage(answers(rnd, 250, lambda e, _: e, slices=10))
    assert {part.level for part in thin.parts} == {"doubtful"}
    assert thin.level == "doubtful"


@pytest.mark.parametrize(("items", "level"), [(50, "unknown"), (150, "doubtful"), (250, "passed")])
def test_the_number_of_items_decides_what_they_are_good_for(items, level):
    found = coverage(answers(random.Random(8), items, lambda e, _: e))
    assert found.level == level
    assert found.facts == {"eval_examples": items}


def test_two_slices_that_never_meet_are_named():
    found = coverage(
        [
            Outcome(item=f"{a}{b}{n}", correct=True, slices={"channel": a, "language": b})
            for a, b in (("mail", "de"), ("mail", "fr"), ("chat", "de"))
            for n in range(40)
        ]
    )
    assert any(part.name == "channel: chat, language: fr" for part in found.parts)


def test_steady_answers_pass_and_shaky_ones_fail():
    rnd = random.Random(9)
    steady = [
        Outcome(item=str(n), repeat=again, correct=n % 5 != 0)
        for n in range(120)
        for again in (1, 2)
    ]
    shaky = answers(rnd, 120, lambda ease, _: ease, repeats=3)
    assert repeats(steady).level == "passed"
    assert repeats(shaky).level == "failed"
    once = repeats(answers(rnd, 50, lambda e, _: e))
    assert (once.level, once.verdict) == ("unknown", "not asked twice")


def test_equally_good_wordings_are_called_so_and_a_bad_one_is_named():
    rnd = random.Random(10)
    alarms = 0
    for _ in range(120):
        same = {str(k): answers(rnd, 150, lambda e, _: e) for k in range(4)}
        alarms += prompts(same).level == "failed"
    assert alarms <= 0.1 * 120  # one in twenty, and its own chance
    one_bad = {str(k): answers(rnd, 300, lambda e, _, k=k: e - 0.25 * (k == 2)) for k in range(4)}
    found = prompts(one_bad)
    assert found.level == "failed"
    assert "The worst is 2." in found.says


def test_answers_after_the_cutoff_that_are_worse_are_found():
    rnd = random.Random(11)

    def asked(drop):
        return [
            Outcome(
                item=str(n),
                correct=rnd.random() < (0.85 if n % 2 else 0.85 - drop),
                date="2024-03-01" if n % 2 else "2026-02",
            )
            for n in range(400)
        ]

    assert dates(asked(0.3), date(2025, 6, 1)).level == "failed"
    alarms = sum(dates(asked(0), date(2025, 6, 1)).level == "failed" for _ in range(200))
    assert alarms <= 0.05 * 200
    few = dates(asked(0.3)[:12], date(2025, 6, 1))
    assert few.level == "unknown"


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_none(text):
    assert day(text) is None or isinstance(day(text), date)


def test_retrieval_that_misses_is_told_from_passages_that_are_not_used():
    def asked(found_share, used_share):
        rnd = random.Random(12)
        outcomes = []
        for n in range(200):
            there = rnd.random() < found_share
            passage = f"the price is {n} euros" if there else "nothing of the kind"
            right = there and rnd.random() < used_share
            outcomes.append(
                Outcome(item=str(n), correct=right, expected=f"{n} euros", passages=(passage,))
            )
        return retrieval(outcomes)

    misses, unused = asked(0.6, 0.95), asked(0.99, 0.6)
    assert misses.facts == {"retrieval_result": "misses"}
    assert misses.do[0].startswith("Mend the search")
    assert unused.facts == {"retrieval_result": "finds"}
    assert unused.do[0].startswith("Mend the use of passages")


def test_every_command_of_a_failure_mode_is_one_of_the_program():
    from adaptadvisor.cli.app import CHECKS

    rows = [row for row in load_table().checks.values() if row.command]
    assert len(rows) >= 15
    for row in rows:
        program, group, name, *rest = row.command.split()
        assert (program, group) == ("adaptadvisor", "check"), row.id
        assert name in CHECKS, row.id
        assert rest, row.id


def test_a_finding_tests_modes_that_name_its_command():
    rnd = random.Random(13)
    table = load_table()
    twice = answers(rnd, 120, lambda e, _: e, repeats=2, slices=2)
    dated = [replace(one, date=("2024-01", "2026-01")[n % 2]) for n, one in enumerate(twice)]
    handed = [replace(one, expected="4 days", passages=("after 4 days",)) for one in twice]
    for found in (
        compare(twice, twice, ("a", "b"), keep_general=True),
        coverage(twice),
        repeats(twice),
        prompts({"a": twice, "b": twice}),
        dates(dated, date(2025, 6, 1)),
        retrieval(handed),
    ):
        named = [table.checks[mode].command.split()[2:3] for mode in found.modes]
        assert [found.check] in named, found.check
