"""How many questions an interview asks, how long it takes to choose them, and what settledness
costs in a batch. Prints figures; judges nothing.

    python -m pip install . && python tests/bench/questions.py

Questions are counted against all that apply and, where only a few facts are open, against the
least that any way of asking can expect, by dynamic programming.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from adaptadvisor import load_table
from adaptadvisor.advice.completions import SURE
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.engine.space import answers
from adaptadvisor.interview.console import Console
from adaptadvisor.interview.conversation import Conversation
from adaptadvisor.interview.ranking import next_question, not_applying
from adaptadvisor.interview.state import Interview
from adaptadvisor.interview.together import are_statements, at_once
from adaptadvisor.precedents.answers import Answers, is_usual
from adaptadvisor.table.contradictions import contradictions
from adaptadvisor.table.facts import Fact, show

TABLE = load_table()
ENGINE = engine_for(TABLE)
ASKED = [fact for fact in TABLE.questions if fact.type != "plans"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--situations", type=int, default=300, help="complete situations")
    parser.add_argument(
        "--reduced", type=int, default=20, help="tables of which all but a few facts are known"
    )
    parser.add_argument("--lines", type=int, default=1_000, help="lines of the batch")
    parser.add_argument("--step", type=int, default=4, help="every so many published cases")
    options = parser.parse_args()
    rnd = random.Random(9)
    seconds = complete([situation(rnd, likely=True) for _ in range(options.situations)])
    reduced(rnd, options.reduced)
    seconds += published(options.step)
    speed(seconds)
    batch(rnd, options.lines)


def situation(
    rnd: random.Random, known: Mapping[str, Any] | None = None, *, likely: bool = False
) -> dict[str, Any]:
    """A complete situation, in which holds what is `known`; of each other fact every answer that the
    table tells apart is as likely as any other, or as `likely` as `ask` takes it to be.
    """
    found: dict[str, Any] = dict(known or {})
    for fact in (fact for fact in ASKED if fact.id not in found):
        cells = answers(ENGINE, found, fact)
        if likely and cells:
            found[fact.id] = rnd.choice(Answers(TABLE, found).drawn(fact, cells, 200))
        else:
            found[fact.id] = (
                rnd.choice(cells).value
                if cells
                else rnd.choice(fact.values or (int(fact.minimum),))
            )
    left_out = {
        *not_applying(TABLE, found, ()),
        *(fact for fact, _ in contradictions(TABLE, found) if fact not in (known or {})),
    }
    return {fact: value for fact, value in found.items() if fact not in left_out}


class Asked(NamedTuple):
    """An interview: the questions, whether it ended with the plan of the whole situation, with which
    stated chance it stopped (None: settled), and how many questions were announced at each.
    """

    questions: int
    right: bool
    chance: float | None
    announced: list[tuple[int, int]]


def interview(truth: Mapping[str, Any], seconds: list[float], *, thorough: bool = False) -> Asked:
    """Asks somebody who knows everything, until little or (`thorough`) nothing can change the plan."""
    state = Interview(TABLE, {})
    announced = []
    while True:
        start = time.perf_counter()
        question = state.question()
        seconds.append(time.perf_counter() - start)
        if question is None or (question.chance < SURE and not thorough):
            right = ENGINE.decide(state.facts).plan == ENGINE.decide(truth).plan
            chance = question.chance if question else None
            return Asked(state.asked, right, chance, announced)
        announced.append((state.asked + question.fewest, state.asked + question.most))
        if question.together:
            answered_together(state, question.together, truth)
        else:
            default = () if question.fact.type == "plans" else None
            state.answer(question.fact.id, truth.get(question.fact.id, default))


def answered_together(state: Interview, facts: tuple[Fact, ...], truth: Mapping[str, Any]) -> None:
    """Answers one question about several facts, and those that have to be asked by themselves."""
    told = at_once(facts, typed(facts, truth))
    state.group(told.answers)
    for fact, value in told.answers.items():
        state.answer(fact, value)
    for each in told.later:
        if each in state.able_to_change([each]):
            state.answer(each.id, truth.get(each.id))


def typed(facts: Sequence[Fact], known: Mapping[str, Any]) -> str:
    """What somebody types who is asked about several facts at once."""
    words = {fact.id: show(known[fact.id]) if fact.id in known else "?" for fact in facts}
    if not are_statements(tuple(facts)):
        return ", ".join(words[fact.id] for fact in facts)
    named = [
        f"{number}?" if words[fact.id] == "?" else f"{number}={words[fact.id]}"
        for number, fact in enumerate(facts, 1)
        if not is_usual(fact, known.get(fact.id, () if fact.type == "plans" else None))
        and not (fact.type == "plans" and fact.id not in known)
    ]
    return ", ".join(named) or "n"


def complete(situations: list[dict[str, Any]]) -> list[float]:
    """Complete situations, drawn as likely as `ask` takes them to be; every question answered."""
    seconds: list[float] = []
    found = [interview(truth, seconds) for truth in situations]
    ours = [one.questions for one in found]
    print(f"situations drawn by the weights ({len(situations)}): {_figures(ours)} questions")
    stopped = [one for one in found if one.chance is not None]
    changed = sum(not one.right for one in stopped)
    print(
        f"  {sum(one.right for one in found) / len(found):.1%} end with the plan of everything known;"
        f" {len(stopped)} stopped early, with a stated chance of"
        f" {statistics.mean(one.chance or 0 for one in stopped):.1%}; {changed / len(stopped):.1%}"
        " of these would have changed"
    )
    first = [
        one.announced[0][0] <= one.questions <= one.announced[0][1]
        for one in found
        if one.announced
    ]
    each = [low <= one.questions <= high for one in found for low, high in one.announced]
    print(
        f"  the first range announced holds the number in {statistics.mean(first):.0%}, any in"
        f" {statistics.mean(each):.0%}"
    )
    long = [interview(truth, seconds, thorough=True) for truth in situations[:60]]
    print(
        f"  thorough ({len(long)}): {_figures([one.questions for one in long])};"
        f" {sum(one.right for one in long) / len(long):.1%} end with the plan of everything known"
    )
    apply = [len(truth) for truth in situations]
    print(f"  all that apply: {_figures(apply)}; {_ratio(ours, apply)}")
    return seconds


FREE, LARGEST, HARD = 8, 30_000, 3
"""Open facts of a reduced table, completions that it may have at most, and questions that the
interview must expect for it to count.
"""


def reduced(rnd: random.Random, wanted: int) -> None:
    """Situations in which a few facts are open: what the interview expects to ask, against the
    least that is possible.
    """
    ours, least = [], []
    while len(ours) < wanted:
        known = situation(rnd)
        free = rnd.sample(
            [fact for fact in ASKED if fact.id in known and fact.id in ENGINE.cells], FREE
        )
        if {"examples", "classes"} <= {fact.id for fact in free} or {
            "model_params_b",
            "gpu_memory_gb",
        } <= {fact.id for fact in free}:
            continue
        facts = {
            fact: value for fact, value in known.items() if fact not in {other.id for other in free}
        }
        values = {fact.id: [cell.value for cell in answers(ENGINE, facts, fact)] for fact in free}
        closed = [fact.id for fact in ASKED if fact.id not in known]
        question = next_question(ENGINE, facts, closed)
        if (
            math.prod(len(row) + 1 for row in values.values()) > LARGEST
            or question is None
            or question.most < HARD
        ):
            continue
        ours.append(_expected(facts, closed, values))
        least.append(_Optimum(facts, values).expected((None,) * len(values)))
    print(
        f"reduced tables ({wanted}, {FREE} facts open): {_figures(ours)} expected questions; the"
        f" least possible {_figures(least)}; {_ratio(ours, least)}"
    )


def _expected(facts: dict[str, Any], closed: list[str], values: Mapping[str, list[Any]]) -> float:
    """The questions that the interview is expected to ask, all answers equally likely."""
    question = next_question(ENGINE, facts, closed)
    if question is None:
        return 0
    row = values[question.fact.id]
    return 1 + sum(
        _expected({**facts, question.fact.id: value}, closed, values) for value in row
    ) / len(row)


class _Optimum:
    """Dynamic programming over every partial situation; a state has for each open fact the number
    of its answer, or None.
    """

    def __init__(self, facts: Mapping[str, Any], values: Mapping[str, list[Any]]) -> None:
        self.facts = facts
        self.values = values
        self.rows = list(values.items())
        self.plans: dict[tuple[int | None, ...], int] = {}
        self.known: dict[tuple[int | None, ...], float] = {}

    def expected(self, state: tuple[int | None, ...]) -> float:
        """The least number of questions that one can expect from here."""
        if state not in self.known:
            plans = self._plans(state)
            steps = [place for place, answer in enumerate(state) if answer is None]
            settled = plans & (plans - 1) == 0
            self.known[state] = (
                0
                if settled
                else 1
                + min(
                    sum(map(self.expected, self._next(state, place))) / len(self.rows[place][1])
                    for place in steps
                )
            )
        return self.known[state]

    def _next(self, state: tuple[int | None, ...], place: int) -> list[tuple[int | None, ...]]:
        return [
            (*state[:place], number, *state[place + 1 :])
            for number in range(len(self.rows[place][1]))
        ]

    def _plans(self, state: tuple[int | None, ...]) -> int:
        """The plans of all completions, as a set of bits."""
        if state not in self.plans:
            place = next((place for place, answer in enumerate(state) if answer is None), None)
            if place is None:
                chosen = {
                    fact: row[number]
                    for (fact, row), number in zip(self.rows, state, strict=True)
                    if number is not None
                }
                self.plans[state] = 1 << ENGINE.decide({**self.facts, **chosen}).plan
            else:
                self.plans[state] = 0
                for other in self._next(state, place):
                    self.plans[state] |= self._plans(other)
        return self.plans[state]


class Person(io.StringIO):
    """Someone who answers as far as a published case knows, and says "don't know" otherwise; reads
    what stands above the prompt.
    """

    def __init__(self, known: Mapping[str, Any]) -> None:
        super().__init__()
        self.known = known
        self.heard = io.StringIO()
        self.asked: list[str] = []
        self.offers = 0

    def readline(self, *_: int) -> str:
        """The next line that this person types."""
        last = self.heard.getvalue().rstrip("\n").split("\n\n")[-1]
        if last.endswith("with what is known. "):
            self.offers += 1
            if " questions are answered. " in last:
                return "\n"  # long enough
            named = {fact.name: fact.id for fact in ASKED}
            shown = " ".join(last.partition("other answers:")[2].split())
            listed = re.findall(r"\b\d+\.? (\D+?)(?=[,:.] )", shown)
            open_ones = [named[name] for name in listed if named[name] in self.known]
            return " ".join(open_ones) + "\n"
        if last.endswith(("n if none is. ", "the first alone: ")):
            ids = re.findall(r"\((\w+)[:)]", last)
            self.asked.append(" ".join(ids))
            facts = [TABLE.facts[id] for id in ids]
            return typed(facts, self.known) + "\n"
        if not last.endswith("> "):
            return "\n"
        fact = re.findall(r"\((\w+)\)$", last.partition("\n  ")[0])[-1]
        self.asked.append(fact)
        if fact == "tried" and fact not in self.known:
            return "nothing\n"
        told = self.known.get(fact)
        return (
            f"{','.join(told) if isinstance(told, tuple) else show(told).replace(',', '')}\n"
            if told is not None
            else "u\n"
        )


def published(step: int) -> list[float]:
    """The published cases, through the whole conversation: the interview offers to finish after two
    "don't know".
    """
    asked, offers, apply, seconds, right = [], [], [], [], 0
    for case in list(TABLE.precedents.values())[::step]:
        facts = dict(case.facts)
        person = Person(facts)
        interview = _Timed(seconds, {})
        Conversation(
            interview,
            Console(person, person.heard, width=10_000, colour=False, plain=False),
            lambda: None,
        ).hold()
        asked.append(len(person.asked))
        offers.append(person.offers)
        apply.append(len(ASKED) - len(not_applying(TABLE, facts, ())))
        right += ENGINE.decide(interview.facts).plan == ENGINE.decide(facts).plan
    print(
        f"published cases ({len(asked)}): {_figures(asked)} questions, and"
        f" {statistics.mean(offers):.1f} offers to finish; all that apply: {_figures(apply)}"
    )
    print(f"  {right} of {len(asked)} end with the plan of everything that the case knows")
    return seconds


class _Timed(Interview):
    """An interview that notes how long each next question took."""

    def __init__(self, seconds: list[float], given: Mapping[str, Any]) -> None:
        super().__init__(TABLE, given)
        self.seconds = seconds

    def question(self) -> Any:
        start = time.perf_counter()
        found = super().question()
        self.seconds.append(time.perf_counter() - start)
        return found


def speed(seconds: list[float]) -> None:
    """The next question against the start of the program."""
    command = [sys.executable, "-m", "adaptadvisor", "recommend", "--task", "label"]
    starts = []
    for _ in range(15):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        starts.append(time.perf_counter() - start)
    base = statistics.median(starts)
    middle, worst = statistics.median(seconds), max(seconds)
    print(
        f"next question ({len(seconds)}): median {middle * 1e3:.0f} ms, worst {worst * 1e3:.0f} ms;"
        f" start-up {base * 1e3:.0f} ms; {middle / base:.2f}x and {worst / base:.2f}x"
    )


def batch(rnd: random.Random, lines: int) -> None:
    """`batch --settled` against plain `batch`, on situations of which about half is known."""
    with tempfile.TemporaryDirectory() as folder:
        cases = Path(folder) / "cases.jsonl"
        rows = (
            {fact: value for fact, value in situation(rnd).items() if rnd.random() < 0.5}
            for _ in range(lines)
        )
        cases.write_text(
            "".join(
                json.dumps({"id": number, "facts": facts}) + "\n"
                for number, facts in enumerate(rows)
            )
        )
        taken = []
        for words in ([], ["--settled"]):
            start = time.perf_counter()
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "adaptadvisor",
                    "batch",
                    str(cases),
                    *words,
                    "--force",
                    "-o",
                    str(Path(folder) / "out"),
                ],
                check=True,
            )
            taken.append(time.perf_counter() - start)
        print(
            f"batch, {lines} lines: plain {taken[0]:.2f} s, --settled {taken[1]:.2f} s,"
            f" {taken[1] / taken[0]:.1f}x"
        )


def _figures(numbers: list[Any]) -> str:
    return (
        f"mean {statistics.mean(numbers):.2f}, 90th percentile"
        f" {sorted(numbers)[math.ceil(0.9 * len(numbers)) - 1]:.3g}"
    )


def _ratio(ours: list[Any], theirs: list[Any]) -> str:
    return f"{statistics.mean(ours) / statistics.mean(theirs):.2f}x"


if __name__ == "__main__":
    main()
