"""The `check` commands: failure modes tested on the results that people have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

from adaptadvisor.cli import options
from adaptadvisor.cli.checking import Checking
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import facts_in
from adaptadvisor.cli.options import argument, option
from adaptadvisor.errors import bad_input, shown
from adaptadvisor.reading.shipped import load_table

if TYPE_CHECKING:
    from adaptadvisor.evidence.finding import Finding
    from adaptadvisor.evidence.outcomes import Outcome

_RESULTS_HELP = "A result file or folder of an evaluation tool, or JSON lines or CSV of your own."
Old = Annotated[str, argument("RESULTS", f"{_RESULTS_HELP} The ones to beat.")]
New = Annotated[str | None, argument("NEW", "The results to compare with them.")]
File = Annotated[str, argument("RESULTS", _RESULTS_HELP)]
Files = Annotated[list[str], argument("RESULTS", f"{_RESULTS_HELP} One or more.")]
_SYSTEM_HELP = "A system in the results, where there are several; may be repeated."
Systems = Annotated[list[str] | None, option("--system", _SYSTEM_HELP, "NAME")]
System = Annotated[str | None, option("--system", _SYSTEM_HELP, "NAME")]
_MARGIN_HELP = "Points that matter (2; 1 where the facts say that a wrong answer costs much)."
Margin = Annotated[float | None, option("--margin", _MARGIN_HELP, "POINTS", min=0.01, max=100)]
_CUTOFF_HELP = "The end of what the model has read, such as 2025-06."
Cutoff = Annotated[str | None, option("--cutoff", _CUTOFF_HELP, "DATE")]
_SLICE_HELP = "A slice that must be there, such as language=de,fr; may be repeated."
Slices = Annotated[list[str] | None, option("--slices", _SLICE_HELP, "COLUMN=A,B")]

_Named: TypeAlias = "tuple[str, Sequence[Outcome]]"


def compare(
    do: Checking,
    old: Old,
    new: New = None,
    *,
    systems: Systems = None,
    margin: Margin = None,
    facts_file: options.Facts = None,
    rules: options.Rules = None,
) -> Ending:
    """Is the new system better than the old one, on the same items, and where is it not?"""
    points, keep_general = stakes(margin, facts_file, rules)
    return do.tell([compared(two(do, old, new, systems or ()), points, keep=keep_general)])


def coverage(
    do: Checking, results: File, *, system: System = None, slices: Slices = None
) -> Ending:
    """Does the evaluation set hold enough of everything that matters?"""
    from adaptadvisor.evidence.checks.coverage import coverage as check

    return do.tell([check(do.one(results, system), declared(slices))])


def repeats(do: Checking, results: File, *, system: System = None) -> Ending:
    """Does the same request get the same answer?"""
    from adaptadvisor.evidence.checks.repeats import repeats as check

    return do.tell([check(do.one(results, system))])


def prompts(do: Checking, results: Files, *, systems: Systems = None) -> Ending:
    """Do the wordings of a prompt differ by more than chance?"""
    from adaptadvisor.evidence.checks.prompts import prompts as check
    from adaptadvisor.evidence.statistics import needs_scipy

    needs_scipy()

    return do.tell([check(_wordings(do, results, systems or ()))])


def dates(
    do: Checking,
    results: File,
    *,
    cutoff: Cutoff = None,
    system: System = None,
    margin: Margin = None,
) -> Ending:
    """Are answers on recent things worse than those on older ones?"""
    from adaptadvisor.evidence.checks import dates as check
    from adaptadvisor.evidence.checks.compare import MARGIN

    if cutoff is None:
        raise bad_input("missing-value", "needs a date, such as 2025-06", "--cutoff")
    day = check.cutoff_day(cutoff)
    return do.tell([check.dates(do.one(results, system), day, margin or MARGIN)])


def retrieval(do: Checking, results: File, *, system: System = None) -> Ending:
    """Is the right passage found, and is it used?"""
    from adaptadvisor.evidence.checks.retrieval import retrieval as check

    return do.tell([check(do.one(results, system))])


def compared(pair: tuple[_Named, _Named], points: float, *, keep: bool) -> Finding:
    """The second system against the first; `points` that matter."""
    from adaptadvisor.evidence.checks.compare import compare as check
    from adaptadvisor.evidence.statistics import needs_scipy

    needs_scipy()
    (one, first), (other, second) = pair
    return check(first, second, (one, other), margin=points, keep_general=keep)


def two(
    do: Checking,
    old: str,
    new: str | None,
    systems: Sequence[str],
    first: dict[str, tuple[Outcome, ...]] | None = None,
) -> tuple[_Named, _Named]:
    """The two systems to compare: of a file each, or the two of one file in its order."""
    if new is not None:
        if len(systems) > 2:
            raise bad_input("bad-setting", "with two files at most two systems", "--system")
        one, other = (systems[0], systems[-1]) if systems else (None, None)
        named = (_stem(old), _stem(new))
        if named[0] == named[1]:
            named = (f"{named[0]} (old)", f"{named[1]} (new)")
        first_ones, second_ones = do.two(old, new, one, other)
        return (named[0], first_ones), (named[1], second_ones)
    found = list((first or do.several(old, systems)).items())
    if len(found) != 2:
        what = f"{shown(old)} holds {len(found)} system{'s' * (len(found) != 1)}"
        right = "give a second file, or --system twice"
        names = f": {', '.join(shown(name) for name, _ in found)}" if len(found) > 1 else ""
        raise bad_input("missing-value", f"{what}{names}; {right}", "check compare")
    return found[0], found[1]


def _stem(name: str) -> str:
    path = Path(name)
    return path.stem if path.suffix else path.name


def _wordings(
    do: Checking, files: Sequence[str], systems: Sequence[str]
) -> dict[str, Sequence[Outcome]]:
    """The outcomes under each wording: its variant, else its system, else its file."""
    found: dict[str, list[Outcome]] = {}
    for file in files:
        for system, outcomes in do.several(file, systems).items():
            for one in outcomes:
                name = one.variant or (system if len(files) == 1 else f"{_stem(file)}: {system}")
                found.setdefault(name, []).append(one)
    return {**found}


def stakes(margin: float | None, facts_file: str | None, rules: str | None) -> tuple[float, bool]:
    """The points that matter, and whether other abilities must stay, as the facts say."""
    from adaptadvisor.evidence.checks.compare import usual_margin

    answers = facts_in(load_table(rules), facts_file, "--facts").answers if facts_file else {}
    return margin or usual_margin(answers), answers.get("keep_general") is True


def declared(words: Sequence[str] | None) -> dict[str, list[str]]:
    """The columns of --slices with the values that must be there."""
    found: dict[str, list[str]] = {}
    for word in words or ():
        column, equals, values = word.partition("=")
        if not (column.strip() and equals and values.strip()):
            wrong = f'"{shown(word)}" is not COLUMN=A,B, such as language=de,fr'
            raise bad_input("bad-setting", wrong, "--slices")
        found.setdefault(column.strip(), []).extend(
            value.strip() for value in values.split(",") if value.strip()
        )
    return found
