"""Checks find what is wrong as often as docs/checks.md states, and cry wolf no more often: a small
part of the 1,000 projects of bench/simulated_projects.py.
"""

from __future__ import annotations

import re

import pytest
from bench.simulated_projects import STATED, simulated
from conftest import ROOT

PROJECTS = 4


@pytest.fixture(scope="module")
def found():
    return simulated(PROJECTS, seed=7)


@pytest.mark.parametrize("kind", STATED)
def test_a_fault_is_found_at_the_rate_that_is_stated_and_raises_no_alarm_where_it_is_not(
    found, kind
):
    """With four projects at most one may go amiss by chance, where the rate is not 99 in 100."""
    rate, alarms = found[kind]
    spare = 0 if STATED[kind].found >= 99 else 100 / PROJECTS
    assert rate >= STATED[kind].found - spare
    assert alarms <= (100 / PROJECTS if STATED[kind].alarms >= 5 else 0)


def test_the_rates_that_the_page_states_are_those_that_are_tested():
    page = (ROOT / "docs" / "checks.md").read_text()
    rows = re.findall(r"^\|[^|]+\| at least (\d+) % \| at most ([\d.]+) % \|", page, re.MULTILINE)
    assert [(float(a), float(b)) for a, b in rows] == [
        (rate, alarms) for rate, alarms in STATED.values() if rate
    ]
