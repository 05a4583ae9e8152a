"""The interview as a state: what was given, asked and answered, and what to ask next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adaptadvisor.advice.hinges import merged
from adaptadvisor.advice.recommendation import AnswerPlan
from adaptadvisor.advice.sharper import Sharper, sharper
from adaptadvisor.engine.codes import joined
from adaptadvisor.engine.decide import Engine, engine_for
from adaptadvisor.engine.search import BudgetSpentError, other_plan, relevant
from adaptadvisor.engine.space import Space, answers, terms_reading
from adaptadvisor.interview.ranking import NextQuestion, next_question, not_applying, waiting
from adaptadvisor.table.facts import Fact, Value, exact, fact_flag
from adaptadvisor.table.plans import members
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import condition_words

TIRED, LONG = 2, 9
"""After so many "don't know" in a row, or so many questions, the person may want to stop."""

NOTHING = object()
"""No answer at all; "I don't know" is one."""

_RELEVANCE_BUDGET = 300
"""Partial situations in which each open question may be looked at, as there are up to thirty."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """Approaches that an answer can rule out or bring in, and the plan for each answer alone."""

    rules_out: tuple[str, ...]
    brings_in: tuple[str, ...]
    plans: tuple[AnswerPlan, ...]


class Interview:
    """One interview. `answered` maps each fact that was asked to its answer (None: not known), in
    the order of asking.

    What was `given` is not asked, unless it is `resumed`: then it is what an earlier part of this
    interview was told. `held` are answers that were taken back, to be kept or replaced; `dropped`
    those that do not apply any more, to count again if they do. `groups` are facts answered by one
    question, and `told` those that nobody had asked about.
    """

    def __init__(
        self, table: Table, given: Mapping[str, Value | None], *, resumed: bool = False
    ) -> None:
        self.table = table
        self.given = {} if resumed else dict(given)
        self.answered = dict(given) if resumed else {}
        self.held: dict[str, Value | None] = {}
        self.dropped: dict[str, Value] = {}
        self.groups: list[tuple[str, ...]] = []
        self.told: set[str] = set()

    @property
    def engine(self) -> Engine:
        """The engine that can tell what was tried."""
        return engine_for(self.table).knowing(self.answers.get("tried"))

    @property
    def answers(self) -> dict[str, Value | None]:
        """All that was given or asked, in the order of the table; None: not known."""
        return self._in_order({**self.given, **self.answered})

    @property
    def kept(self) -> dict[str, Value | None]:
        """All answers, with those that were taken back and not replaced yet: none may be lost."""
        return self._in_order({**self.held, **self.answers})

    def _in_order(self, found: Mapping[str, Value | None]) -> dict[str, Value | None]:
        return {fact.id: found[fact.id] for fact in self.table.questions if fact.id in found}

    @property
    def asked(self) -> int:
        """How many questions were answered: one for each group of facts, none for what was told."""
        spared = self.told.union(*self.groups)
        return len(self.answered.keys() - spared) + len(self.groups)

    def now(self, fact: str) -> Any:
        """The present answer, also where it is about to be replaced, or `NOTHING`."""
        return self.kept.get(fact, NOTHING)

    @property
    def facts(self) -> dict[str, Value]:
        """The known facts."""
        return {fact: value for fact, value in self.answers.items() if value is not None}

    @property
    def unknown(self) -> set[str]:
        """The facts that the person does not know."""
        return {fact for fact, value in self.answers.items() if value is None}

    @property
    def plan(self) -> tuple[str, ...]:
        """The plan of what is known so far."""
        return members(self.engine.decide(self.facts).plan)

    @property
    def inexact(self) -> bool:
        """Whether the person does not know some fact, or only as a range."""
        return not all(map(exact, self.answers.values()))

    @property
    def settled(self) -> bool:
        """Whether no answer can change the plan; False also where it takes too long to tell."""
        try:
            return other_plan(self._space(), self.engine.decide(self.facts).plan) is None
        except BudgetSpentError:
            return False

    def question(self) -> NextQuestion | None:
        """The question to ask next; None where the plan is settled."""
        later = waiting(self.table, self.facts)
        # absent means that nothing was tried, so that no completion has another answer; what was
        # tried rules plans out all the same
        open_ones = (fact for fact in self.table.questions if fact.id not in self.answers)
        tried = next((fact for fact in open_ones if fact.type == "plans"), None)
        return next_question(self.engine, self.facts, self._closed(), later, tried)

    def answer(self, fact: str, value: Value | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Takes a new or other answer; returns the facts that no longer apply, or apply again."""
        before = self._inapplicable()
        self.given.pop(fact, None)
        self.held.pop(fact, None)
        self.dropped.pop(fact, None)
        self.told.discard(fact)
        self.answered.pop(fact, None)
        self.answered[fact] = value  # as the last
        newly = self._inapplicable() - before
        dropped = tuple(name for name in self.facts if name in newly)
        self.dropped |= {name: self.facts[name] for name in dropped}
        for name in dropped:
            self.given.pop(name, None)
            self.answered.pop(name, None)
        now = self._inapplicable()
        restored = tuple(name for name in self.dropped if name not in now)
        self.given |= {name: self.dropped.pop(name) for name in restored}
        return dropped, restored

    def group(self, facts: Iterable[str]) -> None:
        """Notes that these facts are answered by one question."""
        self.groups.append(tuple(facts))

    def back(self) -> tuple[str, ...]:
        """Takes the last answer back, to be kept or replaced; returns its facts, if any."""
        if not self.answered:
            return ()
        last = next(reversed(self.answered))
        group = self.groups.pop() if self.groups and last in self.groups[-1] else (last,)
        taken = tuple(fact for fact in group if fact in self.answered)
        for fact in taken:
            self.held[fact] = self.answered.pop(fact)
        return taken

    def keep_held(self) -> None:
        """Looking back changes nothing: what was taken back and not replaced counts again."""
        for fact in reversed(tuple(self.held)):
            value = self.held.pop(fact)
            if fact not in self._inapplicable():
                self.answer(fact, value)
            elif value is not None:
                self.dropped[fact] = value

    def unknown_in_a_row(self) -> int:
        """How many facts the person was asked about last, one after another, and did not know."""
        known = (
            number
            for number, value in enumerate(reversed(self.answered.values()))
            if value is not None
        )
        return next(known, len(self.answered))

    def able_to_change(self, among: Sequence[Fact] = ()) -> tuple[Fact, ...]:
        """The open facts (of these) that can change the plan, or may: it can take long to tell."""
        space = self._space()
        if self.settled:
            return ()
        open_facts = [
            fact
            for fact in among or self.engine.askable
            if fact.id not in self.answers and fact.id not in self._closed() and fact.id != "tried"
        ]
        return tuple(
            fact for fact in open_facts if relevant(space, fact, _RELEVANCE_BUDGET) is not False
        )

    def bearing(self) -> dict[str, str]:
        """What hangs on each known answer: whether the plan rests on it, and whether another answer
        would change the plan; in words that follow the answer.
        """
        plan, found = self.engine.decide(self.facts).plan, {}
        for fact in self.table.questions:
            if fact.id in self.unknown and self._turns_on(self.facts, fact, plan):
                found[fact.id] = " (an answer could change the plan)"
            if not exact(self.facts.get(fact.id)) or fact.type == "plans":
                continue
            others = {name: value for name, value in self.facts.items() if name != fact.id}
            if self.engine.decide(others).plan != plan:
                found[fact.id] = " (the plan rests on this)"
            elif self._turns_on(others, fact, plan):
                found[fact.id] = " (another answer would change the plan)"
        return found

    def _turns_on(self, facts: Mapping[str, Value], fact: Fact, plan: int) -> bool:
        """Whether some answer to this question gives another plan."""
        return fact.type != "plans" and any(
            self.engine.decide({**facts, fact.id: cell.value}).plan != plan
            for cell in answers(self.engine, {**facts}, fact)
        )

    def skipped(self) -> dict[str, str]:
        """Why each question that was not asked was not."""
        inapplicable = not_applying(self.table, self.facts, self.unknown)
        able = {row.id for row in self.able_to_change()}
        words = {}
        for fact in self.table.questions:
            if fact.id in self.answers:
                continue
            if fact.id in inapplicable:
                when = condition_words(inapplicable[fact.id], self.table.facts)
                words[fact.id] = f"it is asked only with {when}"
            elif fact.type == "plans":
                words[fact.id] = f"it was not asked; {fact_flag(fact.id)} tells it"
            elif fact.id in able:
                words[fact.id] = "it has not been asked yet"
            else:
                words[fact.id] = "its answer cannot change the plan"
        return words

    def sharpening(self) -> tuple[Sharper, ...]:
        """Unknown facts that would make methods, checks or the route more precise."""
        left_out = {*self.answers, *self._closed(), "tried"}
        found = sharper(self.table, self.facts)
        return tuple(row for row in found if row.fact not in left_out)

    def stakes(self, fact: Fact) -> Stakes:
        """What depends on this question now."""
        facts = {name: value for name, value in self.facts.items() if name != fact.id}
        certain, possible = self.engine.state(facts)
        reads = terms_reading(self.engine, (fact.id,)) & possible & ~certain
        allowed, present = self.engine.allowed(certain), self.engine.decide(facts).plan
        out = joined(
            approaches
            for when, approaches in self.engine.limits
            if when & reads and not when & certain
        )
        into = joined(
            way.approach
            for need in self.engine.needs
            for way in need.ways
            if need.when & possible and (need.when | way.when | way.provided) & reads
        )
        cells = [
            (cell, self.engine.decide({**facts, fact.id: cell.value}))
            for cell in answers(self.engine, facts, fact)
        ]
        plans = tuple(
            AnswerPlan(words, members(outcome.plan), outcome.open_needs)
            for words, outcome in merged(cells)
        )
        return Stakes(members(out & allowed), members(into & allowed & ~present), plans)

    def _closed(self) -> set[str]:
        """What is not asked: whoever gives a range does not know it more exactly."""
        ranges = {fact for fact, value in self.facts.items() if not exact(value)}
        return self.unknown | ranges | self._inapplicable()

    def _inapplicable(self) -> set[str]:
        return set(not_applying(self.table, self.facts, self.unknown))

    def _space(self) -> Space:
        return Space(self.engine, self.facts, self._closed())
