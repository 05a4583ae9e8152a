"""Many situations advised on: an answer each, what a team lead counts, and what has changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from adaptadvisor.advice.advise import check_facts
from adaptadvisor.advice.findings import ADDED, CHANGED, GONE, Glance, doubt, found
from adaptadvisor.advice.twice import Ids
from adaptadvisor.errors import BadInput, Problem, bad_input, shown
from adaptadvisor.reading.csv_rows import Sheet
from adaptadvisor.reading.json_lines import as_written, parsed
from adaptadvisor.reading.many import Case, in_one
from adaptadvisor.table.contradictions import contradictions
from adaptadvisor.table.facts import Value, spelling
from adaptadvisor.table.plans import APPROACHES, members
from adaptadvisor.table.rows import Table

Plan = tuple[str, ...]
_NUMBER = re.compile(r"-?\d+(\.\d+)?")

UNREADABLE, READABLE = "unreadable", "readable"
"""What a case is that could be read in the former run alone, or not in it: no change of advice."""

COMPARED = ("same", CHANGED, ADDED, UNREADABLE, READABLE)
"""What a case of this run can be since the former one; `gone` is one that is not in it."""

BAD_SHOWN = 5
"""Bad cases that are named where there is no room for all."""

WORDS_KEPT = 100
"""Words that are noted as read as others."""


class Answer(NamedTuple):
    """A case with its advice: `seen` is None where `wrong` says why there is none.

    `change` is empty unless there is a former run: same, changed, added or gone, and unreadable or
    readable where the case could be read only then or only now. `before` is the plan of that run
    (None where it had none).
    """

    case: Case
    seen: Glance | None = None
    wrong: Problem | None = None
    change: str = ""
    before: Plan | None = None
    report: str = ""

    @property
    def plan(self) -> Plan:
        """The plan, cheapest approach first; empty where there is none."""
        return members(self.seen.outcome.plan) if self.seen else ()


@dataclass(slots=True)
class Asked:
    """What is asked of every case: findings by name, whether doubts count, the former plans."""

    fail_on: Sequence[str] = ()
    strict: bool = False
    former: Former | None = None


@dataclass(slots=True)
class Tally:
    """What a run came to: all cases, the bad (and the first of them), those with each finding, what
    each is since the former run, each kind of too little evidence, those without an id, the bare
    rows that state no fact, the ids that come twice, and the words that were read as others (fact,
    word, value), each with the case that has it first.
    """

    cases: int = 0
    without_id: int = 0
    bare: int = 0
    first_bare: list[Case] = field(default_factory=list)
    read_as: dict[tuple[str, str, str], Case] = field(default_factory=dict)
    bad: int = 0
    first_bad: list[Answer] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[str] = field(default_factory=Counter)
    ids: Ids = field(default_factory=Ids)


class Former:
    """The plans of a former run by id; what comes twice, or has no id, is matched in its order.

    A number and the same number as text are one id where the former run has only one of them, as a
    spreadsheet knows no difference.
    """

    def __init__(self, lines: Iterable[bytes], file: str) -> None:
        self.file = file
        self._plans: dict[str, list[Plan | None]] = {}
        for number, raw in enumerate(lines, 1):
            if raw.strip():
                self._read(raw, f"{file}:{number}")

    def _read(self, raw: bytes, place: str) -> None:
        try:
            line = parsed(raw)
        except RecursionError:
            raise bad_input("syntax", "nested too deeply", place) from None
        except BadInput as error:
            wrong = error.problems[0]
            raise bad_input(wrong.code, wrong.message, place) from None
        plan = line.get("plan")
        if line.get("change") == GONE:
            return  # it was gone already
        if not ("error" in line if plan is None else _is_plan(plan)):
            right = 'expected an answer of batch: {"id": ..., "plan": [...]}'
            raise bad_input("no-answer", f"{shown(raw.decode(errors='replace'))}: {right}", place)
        before = tuple(plan) if isinstance(plan, list) else None
        self._plans.setdefault(as_written(line.get("id")), []).append(before)

    def compared(self, answer: Answer) -> Answer:
        """The answer with what has changed; each former case is matched once."""
        id_ = answer.case.id
        rest = self._plans.get(id_ if id_ in self._plans else _other_type(id_))
        if not rest:
            return answer._replace(change=ADDED)
        before = rest.pop(0)
        now = answer.plan if answer.seen else None
        if (now is None) != (before is None):
            return answer._replace(change=READABLE if before is None else UNREADABLE, before=before)
        return answer._replace(change="same" if now == before else CHANGED, before=before)

    @property
    def empty(self) -> bool:
        """Whether there is no answer in it."""
        return not self._plans

    def gone(self) -> Iterator[Answer]:
        """The former cases that had a plan and were not matched."""
        for id_, plans in self._plans.items():
            for plan in plans:
                if plan is not None:
                    yield Answer(Case(id_, {}), change=GONE, before=plan)


def _other_type(id_: str) -> str:
    """The id `1` for `"1"`, and the other way round, as JSON; any other id as it is."""
    if _NUMBER.fullmatch(id_):
        return f'"{id_}"'
    text = id_[1:-1]
    return text if _NUMBER.fullmatch(text) else id_


def _is_plan(plan: object) -> bool:
    return isinstance(plan, list) and all(part in APPROACHES for part in plan)


def answers(table: Table, cases: Iterable[Case], asked: Asked, tally: Tally) -> Iterator[Answer]:
    """An answer for each case, in their order, then those that are gone; `tally` counts them."""
    looked = bool(asked.former or asked.fail_on or asked.strict)
    for case in cases:
        answer = _answer(table, case)
        tally.cases += 1
        if answer.seen:
            _note_words(answer.seen.facts, case, tally)
        tally.ids.add(case)
        tally.without_id += case.id == "null"
        if answer.seen is None:
            tally.bad += 1
            if tally.bad <= BAD_SHOWN:
                tally.first_bad.append(answer)
        if looked:
            answer = asked.former.compared(answer) if asked.former else answer
            _count(answer, asked, tally)
        yield answer
    if asked.former:
        for answer in asked.former.gone():
            tally.changes[GONE] += 1
            yield answer


def noting_bare(cases: Iterable[Case], sheet: Sheet, tally: Tally) -> Iterator[Case]:
    """The cases, before any default is added; `tally` notes the rows of a sheet that state no fact,
    such as a line of sums. Where somebody wrote `"facts": {}` that was meant.
    """
    for case in cases:
        if sheet.read and not case.wrong and all(value is None for value in case.facts.values()):
            tally.bare += 1
            tally.first_bare += [case] if tally.bare <= BAD_SHOWN else []
        yield case


def _answer(table: Table, case: Case) -> Answer:
    if case.wrong:
        return Answer(case, wrong=case.wrong)
    try:
        return Answer(case, Glance(table, _agreeing(table, case)))
    except BadInput as error:
        return Answer(case, wrong=in_one(error))


def _note_words(facts: Mapping[str, Value], case: Case, tally: Tally) -> None:
    for fact, said in case.facts.items():
        value = facts.get(fact)
        if said != value and isinstance(said, str) and isinstance(value, str):
            word = spelling(said)
            if word != spelling(value) and len(tally.read_as) < WORDS_KEPT:
                tally.read_as.setdefault((fact, word, value), case)


def _agreeing(table: Table, case: Case) -> dict[str, Value]:
    """The facts of a case; `BadInput` where one is none, or where they contradict each other."""
    facts = check_facts(table, case.facts)
    if wrong := [Problem(error.code, str(error)) for _, error in contradictions(table, facts)]:
        raise BadInput(wrong)
    return facts


def _count(answer: Answer, asked: Asked, tally: Tally) -> None:
    if answer.change:
        tally.changes[answer.change] += 1
    if answer.seen:
        tally.found.update(found(answer.seen, asked.fail_on))
        if asked.strict and (matter := doubt(answer.seen)[0]):
            tally.doubtful[matter] += 1


@dataclass(frozen=True, slots=True)
class Summary:
    """What a lead looks at first: how many cases each plan has, what they wait for, what changed.

    `plans` and `waits` are sorted by how many, and then as the table has them.
    """

    cases: int
    bad: int
    settled: int
    disagree: int
    open_needs: int
    plans: Mapping[Plan, int]
    waits: Mapping[str, int]
    changes: Mapping[str, int]


def summary(table: Table, rows: Sequence[Answer]) -> Summary:
    """The summary of all answers."""
    seen = [answer for answer in rows if answer.seen]
    plans = Counter(answer.plan for answer in seen)
    waits = Counter(fact for answer in seen for fact in _waits(answer))
    order = {fact: number for number, fact in enumerate(table.facts)}
    return Summary(
        cases=sum(answer.change != GONE for answer in rows),
        bad=sum(answer.wrong is not None for answer in rows),
        settled=sum(bool(answer.seen and answer.seen.settled) for answer in seen),
        disagree=sum(bool(answer.seen and answer.seen.outlook.favoured) for answer in seen),
        open_needs=sum(bool(answer.seen and answer.seen.outcome.open_needs) for answer in seen),
        plans=dict(sorted(plans.items(), key=lambda row: (-row[1], _rank(row[0])))),
        waits=dict(sorted(waits.items(), key=lambda row: (-row[1], order[row[0]]))),
        changes=Counter(answer.change for answer in rows if answer.change),
    )


def _rank(plan: Plan) -> list[int]:
    return [APPROACHES.index(approach) for approach in reversed(plan)]


def _waits(answer: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(answer.seen.waits_for)) if answer.seen else ()
