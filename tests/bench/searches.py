"""Worst and median CPU seconds of every search that a user waits for, over random situations.

    python tests/bench/searches.py [SITUATIONS] [KIND ...]

Half of the situations have something tried. Kinds: recommend, ask (the next question), interview (all of them),
skipped (why each other question is not asked) and what-if (to a random plan). Not a test: it asserts nothing, and a busy machine makes all of it slower.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conftest import RULES, sample_values

from adaptadvisor.advice.advise import advise
from adaptadvisor.advice.what_if import what_if
from adaptadvisor.engine.decide import Engine
from adaptadvisor.interview.state import Interview
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.plans import EVERY_APPROACH, members
from adaptadvisor.table.rows import Table

Facts = Mapping[str, Any]


def random_situations(table: Table, number: int) -> Iterator[Facts]:
    """Situations with any number of known facts, every second one with one or two plans tried."""
    rnd = random.Random(0)
    engine = Engine(table)
    values = {fact.id: sample_values(table, engine, fact.id) for fact in table.questions}
    values.pop("tried")
    for place in range(number):
        share = rnd.random() ** 2
        facts = {fact: rnd.choice(row) for fact, row in values.items() if rnd.random() < share}
        if place % 2:
            tried = {rnd.randrange(1, EVERY_APPROACH + 1) for _ in range(rnd.randint(1, 2))}
            facts["tried"] = tuple("+".join(members(plan)) for plan in sorted(tried))
        yield facts


def _what_if(table: Table, facts: Facts, rnd: random.Random) -> str:
    wanted = members(rnd.randrange(1, EVERY_APPROACH + 1))
    what_if(table, facts, wanted)
    return "+".join(wanted)


def _ask(table: Table, facts: Facts, _: random.Random) -> str:
    Interview(table, facts).question()
    return ""


def _interview(table: Table, facts: Facts, rnd: random.Random) -> str:
    """A whole interview after some answers were given, half of the questions answered."""
    interview = Interview(table, facts)
    engine = interview.engine
    while question := interview.question():
        values = sample_values(table, engine, question.fact.id)
        interview.answer(question.fact.id, rnd.choice(values) if rnd.random() < 0.5 else None)
    return ""


def _skipped(table: Table, facts: Facts, _: random.Random) -> str:
    Interview(table, facts).skipped()
    return ""


def _recommend(table: Table, facts: Facts, _: random.Random) -> str:
    advise(table, facts)
    return ""


KINDS: dict[str, Callable[[Table, Facts, random.Random], str]] = {
    "recommend": _recommend,
    "ask": _ask,
    "interview": _interview,
    "skipped": _skipped,
    "what-if": _what_if,
}


def main() -> None:
    """Measures and prints one line a kind, and the situations that took longest."""
    start = time.process_time()
    sum(range(10**7))
    print(f"yardstick, adding up ten million numbers: {time.process_time() - start:.2f} s")
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    table = load_table(RULES)
    situations = list(random_situations(table, number))
    for kind in sys.argv[2:] or KINDS:
        rnd = random.Random(1)
        rows = []
        for facts in situations:
            start = time.process_time()
            words = KINDS[kind](table, facts, rnd)
            rows.append((time.process_time() - start, words, facts))
        rows.sort(key=lambda row: -row[0])
        seconds = [row[0] for row in rows]
        print(
            f"{kind}: {number} situations, median {statistics.median(seconds):.4f} s,"
            f" worst {seconds[0]:.2f} s, over one second {sum(one > 1 for one in seconds)}"
        )
        for took, words, facts in rows[:5]:
            print(f"  {took:.2f} s {words} {dict(facts)}")


if __name__ == "__main__":
    main()
