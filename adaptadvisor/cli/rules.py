"""What the `rules` commands do: look at a table as a reader, prove it, test it, show it, compare
two, begin one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adaptadvisor.cli import output
from adaptadvisor.cli.flags import PLAIN_FORMATS
from adaptadvisor.cli.output import Target
from adaptadvisor.cli.recommend import Ending
from adaptadvisor.errors import BadInput, ExitCode, Location, Problem, bad_input, shown
from adaptadvisor.reading.shipped import load_table, shipped_rules
from adaptadvisor.reading.tables import Loaded, read_table
from adaptadvisor.table.facts import show_number

SHOW_FORMATS = ("text", "md")


def lint(folder: str | None, options: Mapping[str, Any]) -> Ending:
    """Writes everything in a table that a reader could see is wrong, each with its place."""
    from datetime import UTC, date, datetime

    from adaptadvisor.authoring import lint as reader

    target = output.target(options, PLAIN_FORMATS)
    given = output.dated(options)
    today = date.fromisoformat(given) if given else datetime.now(UTC).date()
    try:
        problems: tuple[Problem, ...] = reader.lint(read_table(_folder(folder, options)), today)
    except BadInput as error:
        if error.problems[0].code == "missing-table":
            raise
        problems = error.problems
    if target.format == "json":
        from adaptadvisor.render import as_json

        output.write(
            as_json.document(
                {
                    "schema": "adaptadvisor/problems/1",
                    "problems": [_problem_data(problem) for problem in problems],
                }
            ),
            target,
        )
    else:
        lines = str(BadInput(problems)) if problems else "No problems."
        output.write(f"{lines}\n", target)
    return _findings(len(problems), "problem")


def _problem_data(problem: Problem) -> dict[str, Any]:
    place = problem.location or Location("")
    return {
        "code": problem.code,
        "message": problem.message,
        "file": place.file,
        "line": place.line,
        "column": place.column,
    }


def prove(folder: str | None, options: Mapping[str, Any]) -> Ending:
    """Writes what holds over every situation of a table, and what does not."""
    from adaptadvisor.authoring import prove as prover

    target = output.target(options, PLAIN_FORMATS)
    table = load_table(None if _is_shipped(folder, options) else _folder(folder, options))
    proof = prover.prove(table, exact=bool(options.get("exact")))
    if target.format == "json":
        from adaptadvisor.render import as_json

        output.write(as_json.render(proof), target)
    else:
        from adaptadvisor.render.authoring import proof as as_text

        places = _loaded(folder, options).places if proof.findings else {}
        output.write(as_text.render(proof, places, **_face(target, options)), target)
    return _findings(len(proof.findings), "finding")


def test(folder: str | None, options: Mapping[str, Any]) -> Ending:
    """Runs the examples in the rows and the cases beside the table, and says what they leave
    untested.
    """
    from adaptadvisor.authoring.test import verify
    from adaptadvisor.reading.cases import read_cases
    from adaptadvisor.render.authoring import verification

    target = output.target(options, PLAIN_FORMATS)
    junit = output.new_file(options.get("junit"), "--junit", force=bool(options.get("force")))
    if junit and target.path and junit.resolve() == target.path.resolve():
        raise bad_input(
            "bad-setting",
            "the results and the JUnit XML cannot go to the same file",
            Location("--junit"),
        )
    loaded = _loaded(folder, options)
    found = verify(loaded, read_cases(loaded.folders[-1], loaded.table))
    if junit:
        from adaptadvisor.render.authoring import junit as as_xml

        output.write_file(
            as_xml.render(found), junit, force=bool(options.get("force")), flag="--junit"
        )
    if target.format == "json":
        from adaptadvisor.render import as_json

        output.write(
            as_json.document({"schema": "adaptadvisor/tests/1", **verification.as_data(found)}),
            target,
        )
    else:
        output.write(verification.render(found, **_face(target, options)), target)
    return (
        Ending()
        if found.clean
        else Ending(
            ExitCode.FINDINGS, f"findings: {len(found.failed)} failed, {len(found.gaps)} not tested"
        )
    )


def show(folder: str | None, options: Mapping[str, Any]) -> Ending:
    """Writes the table as documentation."""
    from adaptadvisor.render.authoring import manual

    target = output.target(options, SHOW_FORMATS)
    table = _loaded(folder, options).table
    if target.format == "md":
        own = (
            {}
            if _is_shipped(folder, options)
            else {"made_by": f"adaptadvisor rules show {_folder(folder, options)} --format md"}
        )
        output.write(manual.markdown(table, **own), target)
    else:
        output.write(manual.text(table, **_face(target, options)), target)
    return Ending()


def diff(old: str, new: str, options: Mapping[str, Any]) -> Ending:
    """Writes what differs between two tables, and whose advice changes."""
    from adaptadvisor.authoring import diff as comparing
    from adaptadvisor.reading.cases import read_cases
    from adaptadvisor.reading.revisions import table_at

    target = output.target(options, PLAIN_FORMATS)
    size = options.get("sample") or "20000"
    if not size.isdecimal() or not 0 < int(size[:9]) <= 10**7:
        raise bad_input(
            "not-a-number",
            f'"{shown(size)}" is no number of situations from 1 to 10,000,000',
            Location("--sample"),
        )
    here = (
        Path(new)
        if Path(new).is_dir()
        else Path(old)
        if Path(old).is_dir()
        else _folder(None, options)
    )
    with table_at(old, here) as before, table_at(new, here) as after:
        tables = read_table(before).table, read_table(after).table
        cases = {
            case.id: case.facts
            for folder, table in zip((before, after), tables, strict=True)
            for case in read_cases(folder, table)
        }
    found = comparing.diff(*tables, cases, sample=int(size))
    if target.format == "json":
        from adaptadvisor.render import as_json

        output.write(as_json.render(found), target)
    else:
        from adaptadvisor.render.authoring import difference

        output.write(difference.render(found, **_face(target, options)), target)
    return Ending()


def init(folder: str, options: Mapping[str, Any]) -> Ending:
    """Begins a table of one's own."""
    from adaptadvisor.authoring import starter as beginning
    from adaptadvisor.interview.saved import shell_word

    _folder(folder, options)
    for path in beginning.create(Path(folder)):
        print(shown(path, 1000))
    if sys.stderr:
        words = "; ".join(
            f"adaptadvisor rules {command} {shell_word(folder)}"
            for command in ("lint", "prove", "test")
        )
        print(f"Edit these, then: {words}", file=sys.stderr)
    return Ending()


def _folder(given: str | None, options: Mapping[str, Any]) -> Path:
    if given == "":
        raise bad_input("missing-value", "needs a folder", Location("rules"))
    name = given if given is not None else options.get("rules")
    return Path(name) if name else shipped_rules()


def _loaded(given: str | None, options: Mapping[str, Any]) -> Loaded:
    return read_table(_folder(given, options))


def _is_shipped(given: str | None, options: Mapping[str, Any]) -> bool:
    return _folder(given, options).resolve() == shipped_rules().resolve()


def _face(target: Target, options: Mapping[str, Any]) -> dict[str, Any]:
    """How wide and colourful a text is."""
    to_screen = target.path is None
    width = output.width() if to_screen else output.FILE_WIDTH
    return {
        "width": width,
        "colour": to_screen and output.colour(options),
        "plain": output.plain(options),
    }


def _findings(number: int, word: str) -> Ending:
    if not number:
        return Ending()
    return Ending(
        ExitCode.FINDINGS, f"findings: {show_number(number)} {word}{'s' if number > 1 else ''}"
    )
