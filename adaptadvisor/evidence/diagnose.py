"""From what people see in a run that fell short to its causes, and the tests that tell them apart.

What is said, what is known and what a training log or a report of checks shows order the causes;
none of them proves one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adaptadvisor.advice.recommendation import TableId, picked
from adaptadvisor.errors import bad_input
from adaptadvisor.evidence.check_report import CheckSign
from adaptadvisor.evidence.training_log import LogSign, TrainingLog
from adaptadvisor.table.conditions import ALWAYS, deciding, holds, tests
from adaptadvisor.table.derived import with_derived
from adaptadvisor.table.facts import Fact, Value
from adaptadvisor.table.hearing import hears, line_of, words_of
from adaptadvisor.table.plans import attempt, members
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import said as fact_words
from adaptadvisor.table.spoken import Word, phrase
from adaptadvisor.table.symptoms import EFFORT_WORDS, EFFORTS, Cause, Symptom

MOST_SAID = 10_000
"""Characters of a description."""
MOST_SHOWN = 4
"""Symptoms told in full; the others that were recognised are named."""
MOST_ASKED = 3
"""Facts worth asking to tell causes apart."""

_MORE = 0.25  # what a further phrase for the same thing adds
_BY_FILE, _BY_WORDS, _BY_FACTS = 3, 2, 2
"""What each kind of hint weighs: what a log or a report of checks shows is seen, words are said,
facts only make it likelier.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A cause that fits what is seen. `points_to_it` are sentences on what makes it likelier;
    `speaks_against` the answers that make it less likely. `number` counts through the diagnosis.
    """

    number: int
    cause: str
    test: str
    effort: str
    repair: str
    changes_plan: str
    points_to_it: tuple[str, ...]
    speaks_against: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A symptom that was recognised, in which words and in what of the log and of the checks; its
    causes, those that something points to first.
    """

    id: str
    name: str
    sign: str
    in_words: tuple[str, ...]
    in_log: tuple[str, ...]
    in_checks: tuple[str, ...]
    suspects: tuple[Suspect, ...]
    disagreement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Tests of the same effort (`look`, `run` or `train`), by the numbers of their suspects."""

    effort: str
    says: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What may be wrong. `also` names symptoms that fit less well; `order` are the tests, cheapest
    first; `log` is what a training log shows, `checks` what checks found, `heard` the facts that
    were only heard in the words.
    """

    table: TableId
    said: str
    facts: Mapping[str, Value]
    heard: tuple[str, ...]
    log: tuple[LogSign, ...]
    checks: tuple[CheckSign, ...]
    symptoms: tuple[Seen, ...]
    also: tuple[str, ...]
    order: tuple[Step, ...]

    @property
    def suspects(self) -> tuple[Suspect, ...]:
        """Every cause by its number."""
        return tuple(one for seen in self.symptoms for one in seen.suspects)


def diagnose(
    table: Table,
    facts: Mapping[str, Value],
    said: str,
    log: TrainingLog | None = None,
    heard: Collection[str] = (),
    checks: Sequence[CheckSign] = (),
) -> Diagnosis:
    """The symptoms in these words, this log and what checks found, and their causes; no symptom
    where none is known.

    Of the facts, those in `heard` were not given but heard in the words.

    `BadInput` where the words are too many.
    """
    if len(said) > MOST_SAID:
        message = f"{len(said):,} characters; say it in at most {MOST_SAID:,}"
        raise bad_input("too-long", message, "diagnose")
    ear = _Ear(table, facts, said, log.signs if log else (), tuple(checks))
    found = sorted(ear.recognised(), key=lambda each: (-each.weight, each.row.order, each.row.id))
    symptoms: list[Seen] = []
    number = 0
    for each in found[:MOST_SHOWN]:
        seen = ear.seen(each, number)
        number += len(seen.suspects)
        symptoms.append(seen)
    return Diagnosis(
        table=picked(TableId, table),
        heard=tuple(sorted(heard)),
        said=" ".join(said.split()),
        facts=dict(facts),
        log=ear.log,
        checks=ear.checks,
        symptoms=tuple(symptoms),
        also=tuple(each.row.name for each in found[MOST_SHOWN:]),
        order=tuple(_order(one for seen in symptoms for one in seen.suspects)),
    )


def symptoms_of(table: Table) -> tuple[Symptom, ...]:
    """Every symptom that can be diagnosed, in the order of the table."""
    rows = (row for row in table.symptoms.values() if row.test)
    return tuple(sorted(rows, key=lambda row: (row.order, row.id)))


def worth_asking(table: Table, diagnosis: Diagnosis) -> tuple[Fact, ...]:
    """The facts, not known yet, that make some of the causes likelier; few of them."""
    wanted: dict[str, None] = {}
    for seen in diagnosis.symptoms:
        for cause in table.symptoms[seen.id].causes:
            for test in tests(cause.likelier_when):
                wanted |= dict.fromkeys(table.facts[test.fact].inputs or (test.fact,))
    unknown = (table.facts[id] for id in wanted if id not in diagnosis.facts and id != "tried")
    return tuple(unknown)[:MOST_ASKED]


def _order(suspects: Iterable[Suspect]) -> Iterator[Step]:
    of = tuple(suspects)
    for effort in EFFORTS:
        if numbers := tuple(one.number for one in of if one.effort == effort):
            yield Step(effort=effort, says=EFFORT_WORDS[effort], numbers=numbers)


@dataclass(frozen=True, slots=True)
class _Found:
    """A row that was recognised, by what, and how much speaks for it."""

    row: Symptom
    in_words: tuple[str, ...]
    in_log: tuple[str, ...]
    in_checks: tuple[str, ...]
    weight: float


class _Ear:
    """Everything that is known of one case."""

    def __init__(
        self,
        table: Table,
        facts: Mapping[str, Value],
        said: str,
        log: tuple[LogSign, ...],
        checks: tuple[CheckSign, ...],
    ) -> None:
        self.table = table
        self.facts = facts
        self.line = line_of(said)
        self.words: tuple[Word, ...] = words_of(self.line)
        self.log, self.checks = log, checks
        self.situation = with_derived(dict(facts))
        tried = facts.get("tried")
        parts = map(attempt, tried) if isinstance(tried, tuple) else ()
        self.tried = {approach for one in parts for approach in members(one.plan)}

    def recognised(self) -> Iterator[_Found]:
        for row in symptoms_of(self.table):
            heard = self._heard((*row.heard, _as_said(row.name)))
            in_log, in_checks = _shown(self.log, row.logged), _shown(self.checks, row.checked)
            if not heard and not in_log and not in_checks:
                continue
            weight = max(heard.values(), default=0) + _MORE * len(heard)
            weight += _BY_FILE * (len(in_log) + len(in_checks))
            if self.tried and self.tried.isdisjoint(row.approaches):
                weight -= _BY_FILE  # it was seen in a run of something else
            if row.when != ALWAYS:
                known = holds(row.when, self.situation)
                weight += {True: 1, False: -1, None: 0}[known]
            weight += 0.5 * max((self._hints(cause)[0] for cause in row.causes), default=0)
            yield _Found(row, tuple(heard), in_log, in_checks, weight)

    def seen(self, found: _Found, before: int) -> Seen:
        hinted = [(cause, *self._hints(cause)) for cause in found.row.causes]
        hinted.sort(key=lambda each: -each[1])
        suspects = tuple(
            Suspect(
                number=before + number,
                cause=cause.cause,
                test=cause.test,
                effort=cause.effort,
                repair=cause.repair,
                changes_plan=cause.changes_plan,
                points_to_it=points,
                speaks_against=against,
                sources=cause.sources or found.row.sources,
            )
            for number, (cause, _, points, against) in enumerate(hinted, 1)
        )
        return Seen(
            id=found.row.id,
            name=found.row.name,
            sign=found.row.sign,
            in_words=found.in_words,
            in_log=found.in_log,
            in_checks=found.in_checks,
            suspects=suspects,
            disagreement=found.row.disagreement,
        )

    def _hints(self, cause: Cause) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
        """How much points to a cause, and what does and what does not, in sentences."""
        seen = _shown(self.log, cause.log_clues), _shown(self.checks, cause.check_clues)
        points = [*seen[0], *seen[1]]
        weight = _BY_FILE * len(points)
        clues = tuple(self._heard(cause.clues))
        if clues:
            points.append(f"You say {_quoted(clues)}.")
            weight += _BY_WORDS * len(clues)
        against: tuple[str, ...] = ()
        if cause.likelier_when != ALWAYS:
            known = holds(cause.likelier_when, self.situation)
            if known:
                points.append(f"Your answers fit: {self._answers(cause)}.")
                weight += _BY_FACTS
            elif known is False:
                against = (f"Your answers speak against it: {self._answers(cause)}.",)
                weight -= 1
        return weight, tuple(points), against

    def _answers(self, cause: Cause) -> str:
        """The answers that decide whether a cause is likelier, in words."""
        used = {
            name
            for fact in deciding(cause.likelier_when, self.situation)
            for name in self.table.facts[fact].inputs or (fact,)
        }
        known = (self.table.facts[name] for name in sorted(used) if name in self.facts)
        return "; ".join(fact_words(fact.name, fact.unit, self.facts[fact.id]) for fact in known)

    def _heard(self, phrases: Sequence[str]) -> dict[str, int]:
        """What was said of these phrases, in the words of the text, each place once; with the
        number of words that the phrase asks for: the more, the less it is said by chance.
        """
        places: dict[tuple[int, int], int] = {}
        for each in phrases:
            if each and (place := hears(each, self.words)):
                places[place] = max(len(each.split()), places.get(place, 0))
        found: dict[str, int] = {}
        for (first, last), size in places.items():
            if not any(a <= first and last <= b and (a, b) != (first, last) for a, b in places):
                found[self.line[self.words[first].start : self.words[last].end]] = size
        return found


def _shown(signs: Sequence[LogSign | CheckSign], kinds: Collection[str]) -> tuple[str, ...]:
    """What the signs of these kinds say, each sentence once."""
    return tuple(dict.fromkeys(sign.says for sign in signs if sign.kind in kinds))


def _as_said(name: str) -> str:
    """A name as a phrase to listen for."""
    return " ".join(phrase(name.replace("-", " ")))


def _quoted(clues: Sequence[str]) -> str:
    return ", ".join(f'"{clue}"' for clue in clues)
