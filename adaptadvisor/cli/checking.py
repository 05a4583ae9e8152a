"""What every `check` command shares: how results are read, where findings go, how it ends."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending, findings
from adaptadvisor.cli.options import OUTPUT, one_of, option
from adaptadvisor.cli.output import CHECK_FORMATS, Look, Target
from adaptadvisor.cli.progress import working
from adaptadvisor.errors import ExitCode, bad_input, nearest, shown

if TYPE_CHECKING:
    from adaptadvisor.evidence.finding import Finding
    from adaptadvisor.evidence.outcomes import Outcome, Results

_FROM_HELP = "The tool that wrote the results (told by their content)."
_MAP_HELP = "Which column of yours is which of ours, such as correct=passed; may be repeated."
_STRICT_HELP = "Exit with 4 where there is not enough evidence to tell."
_FORMAT_HELP = "How to show it (by the suffix of -o, else text)."

From = Annotated[str | None, option("--from", _FROM_HELP, "TOOL")]
Map = Annotated[list[str] | None, option("--map", _MAP_HELP, "OURS=YOURS")]
Metric = Annotated[str | None, option("--metric", "The score to judge by.", "NAME")]
_BEST_HELP = "The best possible score, where scores do not go from 0 to 1, such as 100."
BestScore = Annotated[float | None, option("--best-score", _BEST_HELP, "N", min=1e-6)]
Strict = Annotated[bool, option("--strict", _STRICT_HELP)]
Format = Annotated[str | None, one_of("--format", CHECK_FORMATS, _FORMAT_HELP, OUTPUT)]


@dataclass(frozen=True, slots=True)
class Checking:
    """Reads what the command line names, and tells what was found."""

    target: Target
    look: Look
    tool: str | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    metric: str | None = None
    strict: bool = False
    best_score: float | None = None
    notes: list[str] = field(default_factory=list)

    def results(self, name: str) -> Results:
        """The outcomes in a file or a folder; what was left out is told at the end."""
        from adaptadvisor.evidence.outcomes import merged
        from adaptadvisor.evidence.readers import read

        output.not_what_is_read(self.target, name)
        with working(f"Reading {shown(name, 60)}", self.look):
            found = read(Path(name), self.tool, self.mapping, self.metric)
        if all(one.error for one in found.outcomes):
            why = "; ".join(found.notes) or "every request ended with an error"
            raise bad_input("no-answers", f"no answer that can be judged: {shown(why, 200)}", name)
        found = self._scaled(found, name)
        notes = [*found.notes, *merged(found)]
        self.notes.extend(f"{shown(name, 60)}: {note}" for note in notes)
        return found

    def _scaled(self, found: Results, name: str) -> Results:
        """Scores from 0 to 1; `BadInput` for others, where nobody says what the best one is."""
        scores = [one.score for one in found.outcomes if one.score is not None]
        top = self.best_score
        if top is not None:
            outcomes = (
                one if one.score is None else replace(one, score=one.score / top)
                for one in found.outcomes
            )
            found = replace(found, outcomes=tuple(outcomes))
            scores = [score / top for score in scores]
        if scores and not 0 <= min(scores) <= max(scores) <= 1:
            seen = f"scores go from {min(scores):g} to {max(scores):g}; expected 0 to 1"
            right = "give the best possible score, such as --best-score 100"
            raise bad_input("score-out-of-range", f"{seen}; {right}", name)
        return found

    def one(self, name: str, system: str | None = None) -> tuple[Outcome, ...]:
        """The outcomes of one system of a file; `BadInput` where nobody says which of several."""
        found = self.results(name)
        return found.of(_system(found, system))

    def two(
        self, name: str, other: str, system: str | None, other_system: str | None
    ) -> tuple[tuple[Outcome, ...], tuple[Outcome, ...]]:
        """The outcomes of a system of each file, the items of the second by the names of the first
        where two tools call them differently. One name for both is for the file that holds several.
        """
        from adaptadvisor.evidence.pairing import paired

        one = self.results(name)
        second = one if other == name else paired(one, self.results(other))
        several = [len(found.systems) > 1 for found in (one, second)]
        if system == other_system and any(several):
            system, other_system = (system if many else None for many in several)
        if second.notes:
            said = f"{shown(other, 60)}: {second.notes[-1]}"
            self.notes.extend([said] if said not in self.notes else [])
        return one.of(_system(one, system)), second.of(_system(second, other_system))

    def several(self, name: str, systems: Sequence[str] = ()) -> dict[str, tuple[Outcome, ...]]:
        """The outcomes of each system of a file, or of those that are named."""
        found = self.results(name)
        wanted = [_system(found, one) for one in systems] or list(found.systems)
        return {system or Path(name).stem: found.of(system) for system in wanted}

    def say_notes(self) -> None:
        """What was left out or could be read in more than one way, on stderr."""
        for note in self.notes:
            output.say(f"note: {note}")

    def tell(self, found: Sequence[Finding], title: str = "") -> Ending:
        """Writes the findings in the form that was asked for."""
        from adaptadvisor.render.evidence import render

        text = render(found, self.target.format, title=title, **self.look.on(self.target))
        output.write(text, self.target)
        self.say_notes()
        failed = sum(one.level == "failed" for one in found)
        if failed:
            return findings(failed, "check", " that fails" if failed == 1 else " that fail")
        if self.strict and (open_ := [one for one in found if one.level == "unknown"]):
            line = f"not enough evidence: {', '.join(one.check for one in open_)}"
            return Ending(ExitCode.NOT_ENOUGH_EVIDENCE, line)
        return Ending()


def _system(found: Results, wanted: str | None) -> str:
    systems = found.systems
    if wanted is None:
        if len(systems) > 1:
            names = ", ".join(shown(each) for each in systems[:9])
            wrong = f"{shown(found.file)} holds {len(systems)} systems; name one of {names}"
            raise bad_input("missing-value", wrong, "--system")
        return systems[0] if systems else ""
    if systems in ((), ("",)):
        wrong = f"{shown(found.file)} names no systems; leave the option out"
        raise bad_input("unknown-choice", wrong, "--system")
    near = [each for each in systems if wanted == each] or [
        each for each in systems if wanted.lower() in each.lower()
    ]
    if len(near) != 1:
        names = ", ".join(shown(each) for each in systems[:9])
        what = "no system" if not near else f"{len(near)} systems"
        wrong = f'"{shown(wanted)}" fits {what} in {shown(found.file)}; there are {names}'
        raise bad_input("unknown-choice", f"{wrong}{nearest(wanted, systems)}", "--system")
    return near[0]


def checking(command: Callable[..., Ending]) -> Callable[..., Ending]:
    """Turns the first parameter of a command, its `Checking`, into the options behind it.

    Typer reads the signature, so that is where the options go.
    """

    @wraps(command)
    def with_options(*given: Any, **more: Any) -> Ending:
        own = {name: more.pop(name) for name in _shared() if name in more}
        return command(_checking(**own), *given, **more)

    _, *own = inspect.signature(command, eval_str=True).parameters.values()
    return options.with_parameters(with_options, [*own, *_shared().values()])


def _shared() -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(_checking, eval_str=True).parameters)


def _checking(
    *,
    tool: From = None,
    mapping: Map = None,
    metric: Metric = None,
    best_score: BestScore = None,
    strict: Strict = False,
    format: Format = None,
    out: options.Output = None,
    opens: options.Open = False,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Checking:
    target = output.target(format, out, formats=CHECK_FORMATS, force=force, opens=opens)
    look = Look(no_color, plain)
    return made(target, look, tool, mapping, metric, best_score, strict=strict)


def made(
    target: Target,
    look: Look,
    tool: str | None,
    mapping: Sequence[str] | None,
    metric: str | None,
    best_score: float | None = None,
    *,
    strict: bool = False,
) -> Checking:
    """What reads results in the way that the options say."""
    return Checking(target, look, tool, _mapping(mapping), metric, strict, best_score)


def _mapping(words: Sequence[str] | None) -> dict[str, str]:
    found = {}
    for word in words or ():
        ours, equals, yours = word.partition("=")
        if not (ours and equals and yours):
            wrong = f'"{shown(word)}" is not OURS=YOURS, such as correct=passed'
            raise bad_input("bad-setting", wrong, "--map")
        found[ours.strip()] = yours.strip()
    return found
