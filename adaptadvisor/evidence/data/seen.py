"""What data answers of the questions of the table, and how that goes with what people say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from adaptadvisor.evidence.data.corpus import Corpus
from adaptadvisor.evidence.data.profile import Profile
from adaptadvisor.table.contradictions import contradictions
from adaptadvisor.table.facts import NotAValue, Value, from_object, show
from adaptadvisor.table.ranges import Range
from adaptadvisor.table.rows import Table

NOISY = 0.1
"""More than about 1 in 10 looks wrong or disputed: what the question of quality calls noisy."""
_ESTIMATED = "an estimate by characters"
_LEAST_CLASSES, _LEAST_ROWS = 2, 50


class Seen(NamedTuple):
    """An answer, and a sentence that says from what it was seen."""

    value: Value
    because: str


def facts(found: Profile, table: Table) -> dict[str, Seen]:
    """The facts of the table that the data sets, in the order of its questions. Whether data is
    sensitive is only hinted at: people decide that.
    """
    answers = _checked(_answers(found), table)
    for part, _ in contradictions(table, {fact: seen.value for fact, seen in answers.items()}):
        del answers[part]
    return {fact.id: answers[fact.id] for fact in table.questions if fact.id in answers}


def of_corpus(corpus: Corpus, table: Table, *, exact: bool) -> dict[str, Seen]:
    """What documents alone set."""
    return _checked(_of_corpus(corpus, exact=exact), table)


def _checked(answers: Iterator[tuple[str, Value, str]], table: Table) -> dict[str, Seen]:
    """The answers that this table asks for and can take."""
    checked = {}
    for id, value, because in answers:
        fact = table.facts.get(id)
        if fact is None or fact.derived:
            continue
        with suppress(NotAValue):
            taken = from_object(fact, value)
            if taken is not None:
                checked[id] = Seen(taken, because)
    return checked


def _answers(found: Profile) -> Iterator[tuple[str, Value, str]]:
    if found.examples:
        what = f"{found.examples:,} different inputs with an answer, in {found.rows:,} rows"
        yield "examples", found.examples, f"{what}."
    number = len(found.classes)
    if number >= _LEAST_CLASSES:
        column = "short outputs" if found.from_outputs else "labels"
        yield "classes", number, f"{number:,} different {column}."
        least = min(found.classes.values())
        yield "rarest_class", least, f"The rarest of {number:,} classes has {least:,} examples."
    share = found.conflicts / found.rows if found.rows else 0
    if share > NOISY and found.rows >= _LEAST_ROWS:
        says = f"{found.conflicts:,} of {found.rows:,} rows have other labels for the same input."
        yield "data_quality", "noisy", says
    how = "counted by the tokenizer" if found.exact else _ESTIMATED
    if found.inputs.long:
        says = f"Nine in ten inputs have at most {found.inputs.long:,} tokens; {how}."
        yield "input_tokens", found.inputs.long, says
    if found.pairs:
        says = f"{found.pairs:,} different pairs of a preferred and a rejected answer."
        yield "preference_pairs", found.pairs, says
    if found.eval_clean is not None and found.eval_rows is not None:
        says = f"{found.eval_rows:,} evaluation rows, without copies"
        leaked = " and without those that stand in the data" if _leaks(found) else ""
        yield "eval_examples", found.eval_clean, f"{says}{leaked}."
    if found.corpus is not None:
        yield from _of_corpus(found.corpus, exact=found.exact)


def _leaks(found: Profile) -> bool:
    return found.leakage is not None and found.leakage.level == "failed"


def _of_corpus(corpus: Corpus, *, exact: bool) -> Iterator[tuple[str, Value, str]]:
    if corpus.files:
        how = "counted by the tokenizer" if exact else _ESTIMATED
        left = sum(corpus.unread.values())
        more = f"; {left:,} other files were not read" if left else ""
        says = f"{corpus.tokens:,} tokens in {corpus.files:,} files{more}; {how}."
        yield "corpus_tokens", corpus.tokens, says


class Together(NamedTuple):
    """Answers of people and of data in one: theirs win. `differ` says in a line each where the
    data has it otherwise, `taken` are the facts that the data set.
    """

    answers: dict[str, Value | None]
    taken: tuple[str, ...]
    differ: tuple[str, ...]


def together(said: Mapping[str, Value | None], seen: Mapping[str, Seen], table: Table) -> Together:
    """What people say, and the rest from data."""
    answers, taken, differ = dict(said), [], []
    for fact, (value, because) in seen.items():
        stated = said.get(fact)
        if stated is None:
            answers[fact] = value
            taken.append(fact)
        elif not _same(stated, value):
            name = table.facts[fact].name
            differ.append(
                f"{name}: {show(stated)} counts, as you state it; the data says {show(value)}. "
                f"{because}"
            )
    for part, _ in contradictions(table, answers):
        for fact in (part, table.at_most[part]):
            if fact in taken:
                value, because = seen[fact]
                taken.remove(fact)
                del answers[fact]
                name = table.facts[fact].name
                differ.append(
                    f"{name}: left open; the data says {show(value)}, which does not go with what "
                    f"you state. {because}"
                )
                break
    return Together(answers, tuple(taken), tuple(differ))


def _same(stated: Value, value: Value) -> bool:
    if isinstance(stated, Range) and isinstance(value, (int, float)):
        return stated.low <= value <= stated.high
    return stated == value
