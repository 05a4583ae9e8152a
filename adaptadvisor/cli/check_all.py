"""The command `check all`: every check that results and data files allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.authoring.progress import Told
from adaptadvisor.cli import data, options
from adaptadvisor.cli.check import (
    Cutoff,
    Margin,
    New,
    Slices,
    Systems,
    compared,
    declared,
    stakes,
    two,
)
from adaptadvisor.cli.checking import Checking
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.options import argument, option
from adaptadvisor.cli.output import not_what_is_read
from adaptadvisor.cli.progress import working
from adaptadvisor.errors import bad_input, shown

if TYPE_CHECKING:
    from adaptadvisor.evidence.data.shapes import Names
    from adaptadvisor.evidence.finding import Finding
    from adaptadvisor.evidence.outcomes import Outcome

_RESULTS_HELP = "Results of an evaluation, the ones to beat; may be left out where data is given."
Results = Annotated[str | None, argument("RESULTS", _RESULTS_HELP)]
_MAP_HELP = "A column of the data files by its role, such as text=body; may be repeated."
DataMap = Annotated[
    list[str] | None, option("--data-map", _MAP_HELP, "ROLE=COLUMN", panel=data.PANEL)
]


_PAIR = 2


def everything(
    do: Checking,
    old: Results = None,
    new: New = None,
    *,
    training: data.Data = None,
    evaluation: data.Eval = None,
    corpus: data.Corpus = None,
    columns: DataMap = None,
    systems: Systems = None,
    margin: Margin = None,
    cutoff: Cutoff = None,
    slices: Slices = None,
    facts_file: options.Facts = None,
    rules: options.Rules = None,
) -> Ending:
    """Every check that these results and data files allow; what they do not allow is told."""
    from adaptadvisor.evidence.checks.dates import cutoff_day

    if not (old or training or evaluation):
        right = "name a result file, or data files with --data and --eval"
        raise bad_input("missing-value", right, "check all")
    files = _Files(do, training or (), evaluation or (), corpus or (), columns or ())
    day = cutoff_day(cutoff) if cutoff else None
    points, keep = stakes(margin, facts_file, rules)
    found: list[Finding] = []
    first = {} if old is None or new is not None else do.several(old, systems or ())
    if len(first) > _PAIR and (training or evaluation):
        which = (
            f"{shown(old)} holds {len(first)} systems; name one, or two to compare, with --system"
        )
        do.notes.append(f"no check of the results: {which}")
    elif old is not None:
        newest: Sequence[Outcome] = next(iter(first.values()), ())
        if new is not None or len(first) > 1:
            pair = two(do, old, new, systems or (), first)
            found.append(compared(pair, points, keep=keep))
            newest = pair[1][1]
        found.extend(_of_results(do, newest, declared(slices)))
        if day is not None:
            from adaptadvisor.evidence.checks import dates as on_dates

            found.append(on_dates.dates(newest, day, points))
    found.extend(files.findings(results=old is not None))
    return do.tell(found)


def _of_results(
    do: Checking, newest: Sequence[Outcome], wanted: dict[str, list[str]]
) -> Iterator[Finding]:
    """What one system's results allow."""
    from adaptadvisor.evidence.checks.coverage import coverage
    from adaptadvisor.evidence.checks.repeats import repeats
    from adaptadvisor.evidence.checks.retrieval import judged, retrieval

    yield coverage(newest, wanted)
    if any(one.repeat > 1 for one in newest):
        yield repeats(newest)
    else:
        do.notes.append("no check of repeats: every item was answered once")
    if judged(newest):
        yield retrieval(newest)


class _Files:
    """Data files, and the checks that they allow; each is read anew for each check, so that no more
    than a row of it is in memory.
    """

    def __init__(
        self,
        do: Checking,
        training: Sequence[str],
        evaluation: Sequence[str],
        corpus: Sequence[str],
        columns: Sequence[str],
    ) -> None:
        from adaptadvisor.evidence.data.shapes import mapping_of

        self.do = do
        self.sets = {"training": training, "evaluation": evaluation, "documents": corpus}
        self.names: Names = mapping_of(columns, "--data-map")
        for file in (*training, *evaluation, *corpus):
            data.exists(file)
        if not columns:
            for file in (*training, *evaluation):
                data.no_results(file, "--data-map")
        not_what_is_read(do.target, *training, *evaluation, *corpus)

    def findings(self, *, results: bool) -> Iterator[Finding]:
        """With `results` these say what the evaluation covers."""
        training, evaluation = self.sets["training"], self.sets["evaluation"]
        with working("Reading", self.do.look) as told:
            from adaptadvisor.evidence.data.labels import check as on_labels
            from adaptadvisor.evidence.data.leakage_check import check as on_leakage

            if training and evaluation:
                sides = (data.rows_of(files, self.names, told) for files in (training, evaluation))
                yield on_leakage(*sides)
            elif training or evaluation:
                other = "evaluation data (--eval)" if training else "training data (--data)"
                self.do.notes.append(f"no check of leakage: it needs {other} as well")
            if training or evaluation:
                labelled = on_labels(data.rows_of(training or evaluation, self.names, told))
                yield from self._kept(labelled)
            yield from self._domain(told)
            if evaluation and not results:
                yield self._coverage(told)

    def _domain(self, told: Told) -> Iterator[Finding]:
        from adaptadvisor.evidence.data.domain import Bag, check

        given = {name: files for name, files in self.sets.items() if files}
        if len(given) > 1:
            bags = {
                name: Bag(data.rows_of(files, self.names, told)) for name, files in given.items()
            }
            yield from self._kept(check(bags))

    def _coverage(self, told: Told) -> Finding:
        from adaptadvisor.evidence.checks.coverage import of_labels
        from adaptadvisor.evidence.data.words import fingerprint, words_of

        seen: set[int] = set()
        classes: Counter[str] = Counter()
        for row in data.rows_of(self.sets["evaluation"], self.names, told):
            key = fingerprint(words_of(row.text) or (row.text.strip(),))
            if row.text.strip() and key not in seen:
                seen.add(key)
                classes.update(row.labels)
        return of_labels(len(seen), classes)

    def _kept(self, found: Finding) -> Iterator[Finding]:
        """A finding, or a note where the files hold nothing that it could be about."""
        if found.level == "unknown":
            self.do.notes.append(f"no check of {found.check}: {found.says[0]}")
        else:
            yield found
