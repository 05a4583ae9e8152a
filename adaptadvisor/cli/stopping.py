"""When a command that has advised stops a pipeline: --fail-on ends with 3, --strict with 4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from adaptadvisor.advice.findings import GONE, Glance, doubt, found
from adaptadvisor.advice.portfolio import Answer, Tally
from adaptadvisor.cli.ending import Ending
from adaptadvisor.errors import ExitCode, Location, Problem, shown
from adaptadvisor.reading.many import Case
from adaptadvisor.table.facts import Value
from adaptadvisor.table.rows import Table

_TOO_LITTLE = "not enough evidence"
_LONGEST, _IDS_SHOWN, _WORDS_SHOWN = 300, 3, 5


def of_one(
    table: Table, facts: Mapping[str, Value], fail_on: Sequence[str], *, strict: bool
) -> Ending:
    """How the advice on one situation ends."""
    seen = Glance(table, dict(facts))
    if failing := found(seen, fail_on):
        return Ending(ExitCode.FINDINGS, f"findings: {', '.join(failing)}")
    if strict and (why := doubt(seen)[1]):
        return Ending(ExitCode.NOT_ENOUGH_EVIDENCE, f"{_TOO_LITTLE}: {why}")
    return Ending()


def of_many(tally: Tally, fail_on: Sequence[str], source: str) -> Ending:
    """How a portfolio ends: bad cases count most, then findings, then too little evidence. All of
    them are told, what decides last. `source` is what the cases were read from.
    """
    unit = "file" if Path(source).is_dir() else "line"
    file = "stdin" if source == "-" else source
    cases = "case" if tally.cases == 1 else "cases"
    lines, code = [*_noted(tally), *_twice(tally), *_since(tally)], ExitCode.DONE
    if tally.doubtful:
        count = f"{tally.doubtful.total():,} of {tally.cases:,} {cases}"
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in sorted(tally.doubtful.items()))
        code = ExitCode.NOT_ENOUGH_EVIDENCE
        lines.append(f"{_TOO_LITTLE}: in {count} ({kinds})")
    if failing := _findings(tally, fail_on, cases):
        code = ExitCode.FINDINGS
        lines.append(f"findings: {failing}")
    if tally.bad:
        code = ExitCode.BAD_INPUT
        lines += (_bad(answer, file) for answer in tally.first_bad)
        more = tally.bad - len(tally.first_bad)
        lines += [f"and {more:,} more"] if more else []
        bad = f"{tally.bad:,} bad {unit}{'s' if tally.bad > 1 else ''}"
        lines.append(f"error: {bad}; each has its own error in the output")
    return Ending(code, "\n".join(lines))


def _findings(tally: Tally, fail_on: Sequence[str], cases: str) -> str:
    """`changed in 1, doubtful in 3 of 20 cases, 1 gone`; those that are gone are no cases here."""
    counts = {word: tally.found[word] + tally.changes[word] for word in dict.fromkeys(fail_on)}
    gone = counts.pop(GONE, 0)
    said = [f"{word} in {number:,}" for word, number in counts.items() if number]
    here = f"{', '.join(said)} of {tally.cases:,} {cases}" if said else ""
    return ", ".join(filter(None, (here, f"{gone:,} {GONE}" if gone else "")))


def _since(tally: Tally) -> Iterator[str]:
    if tally.changes:
        if tally.without_id:
            count = "1 case has" if tally.without_id == 1 else f"{tally.without_id:,} cases have"
            yield (
                f"warning: {count} no id and can be compared only by the order; give each its own"
            )
        from adaptadvisor.render.portfolio import changes_in_words

        yield f"since the last run: {changes_in_words(tally.changes)}"


def _bad(answer: Answer, file: str) -> str:
    """Where a bad case is, and what is wrong with it, in one line."""
    case, wrong = answer.case, answer.wrong
    if wrong is None:
        return ""
    place = wrong.location or Location(case.file or file, case.line, 1 if case.line else 0)
    return str(Problem(wrong.code, shown(wrong.message, _LONGEST), place))


def _noted(tally: Tally) -> Iterator[str]:
    """What a person may not have meant: words read as others, and cases that state no fact."""
    words = [
        f"{shown(word)} -> {value} ({_place(case)})"
        for (_, word, value), case in tally.read_as.items()
    ]
    if words:
        yield f"read as: {_first(words, len(words), _WORDS_SHOWN)}"
    if tally.bare:
        verb = "states" if tally.bare == 1 else "state"
        places = map(_place, tally.first_bare)
        yield f"warning: {_first(places, tally.bare, _IDS_SHOWN)} {verb} no fact"


def _place(case: Case) -> str:
    return shown(case.file, 300) if case.file else f"line {case.line}"


def _first(words: Iterable[str], number: int, most: int) -> str:
    """The first of so many, and how many more there are."""
    more = number - most
    return ", ".join(islice(words, most)) + (f" and {more:,} more" if more > 0 else "")


def _twice(tally: Tally) -> Iterator[str]:
    if tally.ids:
        told = ", ".join(tally.ids.told(_IDS_SHOWN))
        more = f" and {len(tally.ids) - _IDS_SHOWN:,} more" if len(tally.ids) > _IDS_SHOWN else ""
        count = "1 id comes" if len(tally.ids) == 1 else f"{len(tally.ids):,} ids come"
        yield f"warning: {count} more than once: {shown(told, _LONGEST)}{more}"
