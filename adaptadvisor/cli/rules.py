"""The `rules` commands; without a folder they take --rules, ADAPTADVISOR_RULES, the shipped one."""

from __future__ import annotations

import os.path
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending, findings
from adaptadvisor.cli.options import OUTPUT, argument, option
from adaptadvisor.cli.output import PROBLEM_FORMATS, SHOW_FORMATS, Look
from adaptadvisor.cli.progress import working
from adaptadvisor.cli.told import told as problems_told
from adaptadvisor.errors import BadInput, ExitCode, Location, Problem, bad_input, shown
from adaptadvisor.reading.shipped import load_table, shipped_rules

if TYPE_CHECKING:
    from adaptadvisor.reading.tables import Loaded

_FOLDER_HELP = "The folder of a table; else --rules, ADAPTADVISOR_RULES or the shipped one."
Folder = Annotated[str | None, argument("DIR", _FOLDER_HELP)]
_OTHER_HELP = "A folder, `shipped`, or a git revision of the other one."
Old = Annotated[str, argument("OLD", _OTHER_HELP)]
New = Annotated[str, argument("NEW", _OTHER_HELP)]
NewFolder = Annotated[str, argument("DIR", "A new folder.")]
_AS_OF_HELP = "Rows are due for review as of this day, YYYY-MM-DD (today)."
AsOf = Annotated[str | None, option("--date", _AS_OF_HELP, "DATE")]
JUnit = Annotated[str | None, option("--junit", "Write JUnit XML here, too.", "FILE", OUTPUT)]
_SAMPLE_HELP = "How many random situations to compare (20000)."
Sample = Annotated[str, option("--sample", _SAMPLE_HELP, "N")]


_READING = "Reading the rules"


def lint(
    folder: Folder = None,
    *,
    rules: options.Rules = None,
    format: options.ProblemFormat = None,
    out: options.Output = None,
    force: options.Force = False,
    date: AsOf = None,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """Mistakes that a reader of the YAML could see, each with its place."""
    from datetime import UTC, datetime
    from datetime import date as a_date

    from adaptadvisor.authoring import lint
    from adaptadvisor.render import as_json

    target = output.target(format, out, formats=PROBLEM_FORMATS, force=force)
    output.not_what_is_read(target, _path(folder, rules))
    given = output.dated(date)
    today = a_date.fromisoformat(given) if given else datetime.now(UTC).date()
    try:
        with working(_READING, Look(no_color, plain)):
            loaded = _loaded(_path(folder, rules))
            problems: tuple[Problem, ...] = lint.lint(loaded, today) + _in_cases(loaded)
    except BadInput as error:
        problems = error.problems
        if problems[0].code == "missing-table":
            _for_programs(problems, target)
            raise
    if target.format == "json":
        data = {"schema": "adaptadvisor/problems/1", "problems": [*map(_as_data, problems)]}
        output.write(as_json.document(data), target)
    elif not _for_programs(problems, target):
        stream = None if target.path else sys.stdout
        text = (
            problems_told(problems, Look(no_color, plain), stream) if problems else "No problems."
        )
        output.write(f"{text}\n", target)
    return findings(len(problems), "problem")


def _in_cases(loaded: Loaded) -> tuple[Problem, ...]:
    """What is wrong in the files of cases next to a table."""
    from adaptadvisor.reading.cases import read_cases

    try:
        read_cases(loaded.folders[-1], loaded.table)
    except BadInput as error:
        return error.problems
    return ()


def _for_programs(problems: Sequence[Problem], target: output.Target) -> bool:
    """Writes problems for GitHub or as SARIF, if that is what is wanted."""
    if target.format not in ("github", "sarif"):
        return False
    from adaptadvisor.authoring.problem_codes import PROBLEMS
    from adaptadvisor.render import problems as render

    if target.format == "github":
        output.write(render.github(problems), target)
    else:
        explained = {code: (one.says, one.mend) for code, one in PROBLEMS.items()}
        output.write(render.sarif(problems, explained), target)
    return True


def _as_data(problem: Problem) -> dict[str, str | int]:
    place = problem.location or Location("")
    return {"code": problem.code, "message": problem.message, **asdict(place)}


def prove(
    folder: Folder = None,
    *,
    rules: options.Rules = None,
    format: options.PlainFormat = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """What holds in every situation, and what does not."""
    from adaptadvisor.authoring import prove
    from adaptadvisor.render import as_json
    from adaptadvisor.render.authoring import proof as as_text

    target = output.target(format, out, force=force)
    path = _path(folder, rules)
    output.not_what_is_read(target, path)
    with working(_READING, Look(no_color, plain)) as told:
        proof = prove.prove(load_table(None if _is_shipped(path) else path), told)
    if target.format == "json":
        output.write(as_json.render(proof), target)
    else:
        places = _loaded(path).places if proof.findings else {}
        output.write(as_text.render(proof, places, **Look(no_color, plain).on(target)), target)
    return findings(len(proof.findings), "finding")


def run_tests(
    folder: Folder = None,
    *,
    rules: options.Rules = None,
    junit: JUnit = None,
    format: options.ProblemFormat = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """The examples in the rows, the cases next to the table, and what they leave untested."""
    from adaptadvisor.authoring.test import verify
    from adaptadvisor.reading.cases import read_cases
    from adaptadvisor.render import as_json
    from adaptadvisor.render.authoring import junit as as_xml
    from adaptadvisor.render.authoring import verification

    target = output.target(format, out, formats=PROBLEM_FORMATS, force=force)
    xml = None if junit is None else output.new_file(junit, "--junit", force=force)
    output.not_the_same(target.path, xml, "--junit", "the results and the JUnit XML")
    path = _path(folder, rules)
    output.not_what_is_read(target, path)
    with working(_READING, Look(no_color, plain)) as told:
        try:
            loaded = _loaded(path)
            cases = read_cases(loaded.folders[-1], loaded.table)
        except BadInput as error:
            _for_programs(error.problems, target)
            raise
        found = verify(loaded, cases, told)
    if xml:
        output.write_file(as_xml.render(found), xml, force=force, flag="--junit")
    if target.format == "json":
        data = {"schema": "adaptadvisor/tests/1", **verification.as_data(found)}
        output.write(as_json.document(data), target)
    elif not _for_programs(verification.problems(found), target):
        output.write(verification.render(found, **Look(no_color, plain).on(target)), target)
    if found.clean:
        return Ending()
    line = f"findings: {len(found.failed)} failed, {len(found.gaps)} not tested"
    return Ending(ExitCode.FINDINGS, line)


def show(
    folder: Folder = None,
    *,
    rules: options.Rules = None,
    format: options.ShowFormat = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """The table as documentation."""
    from adaptadvisor.render.authoring import manual

    target = output.target(format, out, formats=SHOW_FORMATS, force=force)
    path = _path(folder, rules)
    output.not_what_is_read(target, path)
    table = _loaded(path).table
    if target.format == "text":
        output.write(manual.text(table, **Look(no_color, plain).on(target)), target)
    else:
        own = f"adaptadvisor rules show {path} --format md"
        made_by = manual.MADE_BY if _is_shipped(path) else own
        output.write(manual.markdown(table, made_by), target)
    return Ending()


def diff(
    old: Old,
    new: New,
    *,
    rules: options.Rules = None,
    sample: Sample = "20000",
    format: options.PlainFormat = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """What differs between two tables, and whose advice changes."""
    from adaptadvisor.authoring import diff
    from adaptadvisor.reading.cases import read_cases
    from adaptadvisor.reading.revisions import table_at
    from adaptadvisor.render import as_json
    from adaptadvisor.render.authoring import difference

    target = output.target(format, out, force=force)
    if not sample.isdecimal() or not 0 < int(sample[:9]) <= 10**7:
        wrong = f'"{shown(sample)}" is no number of situations from 1 to 10,000,000'
        raise bad_input("not-a-number", wrong, "--sample")
    # os.path, because Path.is_dir fails for a name that is longer than the system takes
    folders = [name for name in (new, old) if os.path.isdir(name)]  # noqa: PTH112
    output.not_what_is_read(target, *folders)
    here = Path(folders[0]) if folders else _path(None, rules)
    look = Look(no_color, plain)
    with (
        table_at(old, here) as before,
        table_at(new, here) as after,
        working(_READING, look) as told,
    ):
        tables = _loaded(before).table, _loaded(after).table
        cases = {
            case.id: case.facts
            for folder, table in zip((before, after), tables, strict=True)
            for case in read_cases(folder, table)
        }
        found = diff.diff(*tables, cases, sample=int(sample), told=told)
    if target.format == "json":
        output.write(as_json.render(found), target)
    else:
        output.write(difference.render(found, **look.on(target)), target)
    return Ending()


def init(folder: NewFolder) -> Ending:
    """A table of one's own, on top of the shipped one."""
    from adaptadvisor.authoring import starter
    from adaptadvisor.interview.saved import shell_word

    for path in starter.create(output.named(str(_path(folder, None)), "rules init")):
        output.wrote(path)
    word = shell_word(folder)
    then = "; ".join(f"adaptadvisor rules {name} {word}" for name in ("lint", "prove", "test"))
    output.say(f"Edit these, then: {then}")
    return Ending()


def _loaded(folder: Path) -> Loaded:
    from adaptadvisor.reading.tables import read_table  # imports yaml

    return read_table(folder)


def _path(folder: str | None, rules: str | None) -> Path:
    if folder == "":
        raise bad_input("missing-value", "needs a folder", "rules")
    name = folder if folder is not None else rules
    return shipped_rules() if name is None else Path(name)


def _is_shipped(folder: Path) -> bool:
    return os.path.realpath(folder) == os.path.realpath(shipped_rules())
