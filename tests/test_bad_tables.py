"""Every problem that a table can have: there is a table that has it, it is found at its place, and it is explained.

A folder in `bad_tables/` is named after a code; its `expected.txt` has a line `FILE:LINE:COLUMN CODE` for everything that is found in it. Of
files of the shipped table, which moves, only `shipped/FILE CODE` is expected.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import once
import pytest
from conftest import PATIENCE, ROOT, RULES, copied

from adaptadvisor.authoring import lint
from adaptadvisor.authoring.problem_codes import PROBLEMS
from adaptadvisor.authoring.prove import prove
from adaptadvisor.authoring.test import verify
from adaptadvisor.errors import MOST_PROBLEMS, MOST_SHOWN, BadInput, Problem
from adaptadvisor.reading import nodes
from adaptadvisor.reading.cases import read_cases
from adaptadvisor.reading.tables import load_table, read_table
from adaptadvisor.render.authoring import explain
from adaptadvisor.table.walk import nearest

TABLES = Path(__file__).parent / "bad_tables"
FOLDERS = sorted(path.name for path in TABLES.iterdir())
EXTENDS = "version: 0.1.0\nextends: shipped\n"
TODAY = date(2026, 11, 24)


def problems_of(folder: Path) -> tuple[Problem, ...]:
    try:
        return lint.lint(read_table(folder), TODAY)
    except BadInput as error:
        return error.problems


def line(folder: Path, problem: Problem) -> str:
    place = problem.location
    if place.file.startswith(f"{RULES}{os.sep}"):
        return f"shipped/{Path(place.file).name} {problem.code}"
    file = os.path.relpath(place.file, folder)
    return (
        f"{file}:{place.line}:{place.column} {problem.code}"
        if place.line
        else f"{file} {problem.code}"
    )


def lines(folder: Path) -> list[str]:
    return [line(folder, problem) for problem in problems_of(folder)]


def further_lines(folder: Path, code: str) -> list[str]:
    """What `prove` and `test` say of a table that reads well, where that is what the table is about."""
    tested = codes_in("coverage") | codes_in("verification")
    if code not in codes_in("prove") | tested:
        return []
    loaded = read_table(folder)
    if code in tested:
        found = verify(loaded, read_cases(folder, loaded.table))
        places = [(test.place, "test-failed") for test in found.failed]
        places += [(point.place, gap.code) for point, gap in found.gaps]
        return [line(folder, Problem(code, "", place)) for place, code in places]
    findings = prove(loaded.table).findings
    return [
        line(folder, Problem(finding.code, "", nearest(finding.place, loaded.places)))
        for finding in findings
    ]


@pytest.mark.parametrize("name", FOLDERS)
def test_everything_that_is_wrong_with_a_table_is_found_at_its_place_and_nothing_else(name):
    expected = (TABLES / name / "expected.txt").read_text().splitlines()
    assert sorted([*lines(TABLES / name), *further_lines(TABLES / name, name)]) == sorted(expected)
    assert name in {entry.split()[1] for entry in expected}


@pytest.mark.parametrize("name", ["missing-text", "unused-source", "unknown-id"])
def test_what_the_tests_read_only_once_is_what_is_read_each_time(name, monkeypatch):
    def read():
        try:
            return read_table(TABLES / name)
        except BadInput as error:
            return error.problems

    read()
    again = read()
    monkeypatch.setattr(nodes, "parse", once._parse)
    assert read() == again


def rows(count: int) -> str:
    return "".join(f"- {{id: r{number}, off: true}}\n" for number in range(count))


def loop(folder: Path) -> None:
    (folder / "limits.yaml").symlink_to("limits.yaml")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "limits.yaml")


def limits(text: str | bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "limits.yaml").write_bytes(text.encode() if isinstance(text, str) else text)

    return write


GENERATED: dict[str, tuple[Callable[[Path], None], str]] = {
    "not-utf-8": (
        limits(b"- id: no-experience\n  because: caf\xe9\n"),
        "limits.yaml:2:15 not-utf-8",
    ),
    "too-large": (limits("# large\n" * 700_000), "limits.yaml too-large"),
    "too-long": (
        limits(
            f"# {'x' * 30_000}\n- {{id: no-experience, override: true, because: {'x' * 20_001}}}\n"
        ),
        "limits.yaml:2:48 too-long",
    ),
    "too-deep": (limits("[" * 61 + "]" * 61), "limits.yaml:1:61 too-deep"),
    "too-many-rows": (limits(rows(5_001)), "limits.yaml:5001:3 too-many-rows"),
    "too-many-problems": (limits(rows(2_000)), "limits.yaml:1001:3 too-many-problems"),
    "unreadable": (loop, "limits.yaml unreadable"),
    "not-a-file": (pipe, "limits.yaml not-a-file"),
}
"""Tables too large or too odd to keep in a repository."""


def made(folder: Path, make: Callable[[Path], None]) -> Path:
    folder.mkdir()
    (folder / "table.yaml").write_text(EXTENDS)
    make(folder)
    return folder


@pytest.mark.parametrize("code", GENERATED)
def test_what_cannot_be_kept_in_a_repository_is_found_too(tmp_path, code):
    make, expected = GENERATED[code]
    found = lines(made(tmp_path / "house", make))
    assert expected in found
    assert code.startswith("too-many") or found == [expected]


def test_every_code_of_the_catalogue_has_a_table_and_every_table_a_code():
    assert set(FOLDERS) | set(GENERATED) == set(PROBLEMS)


# ---- the catalogue ----

MODULES = (
    "errors",
    "files",
    "facts",
    "nodes",
    "facts_file",
    "book",
    "conditions",
    "fields",
    "layers",
    "tables",
    "inside",
    "lint",
    "outcomes",
    "rivals",
    "doubles",
    "telling_apart",
    "prove",
    "coverage",
    "verification",
)
CODE_IS_FIRST = {"Problem", "bad_input", "NotAValue", "report", "_wrong", "_add", "_find", "_gap"}
CODE_IS_SECOND = {"problem", "_pair", "_finding"}


def calls(module: str) -> Iterator[ast.AST]:
    for file in (ROOT / "adaptadvisor").rglob(f"{module}.py"):
        yield from ast.walk(ast.parse(file.read_text()))


def codes_in(module: str) -> set[str]:
    """Codes in the place of a code; and, in `lint`, those in tables of codes."""
    found = set()
    for node in calls(module):
        if isinstance(node, ast.Call):
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            place = 0 if name in CODE_IS_FIRST else 1 if name in CODE_IS_SECOND else None
            if (
                place is not None
                and len(node.args) > place
                and isinstance(node.args[place], ast.Constant)
            ):
                found.add(node.args[place].value)
        elif isinstance(node, ast.Tuple) and module == "lint":
            found |= {
                part.value
                for part in node.elts
                if isinstance(part, ast.Constant) and str(part.value).startswith("unused-")
            }
    return found


def test_the_catalogue_explains_every_code_that_the_sources_can_report_and_no_other():
    sources = set().union(*map(codes_in, MODULES))
    assert sources == set(PROBLEMS)
    finders = MODULES[MODULES.index("lint") :]
    assert {code for code, explained in PROBLEMS.items() if explained.finding} == set().union(
        *map(codes_in, finders)
    )


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_code_is_explained_in_whole_sentences(table, code):
    explained = PROBLEMS[code]
    for text in (explained.says, explained.mend):
        assert text[0].isupper()
        assert text.endswith(".")
        assert text.isascii()
    shown = " ".join(explain.render(table, code, 100).split())
    assert explained.says in shown
    assert explained.mend in shown


def test_the_list_of_problems_names_all_of_them(table):
    shown = explain.render(table, "problems", 100).replace(",", " ").split()
    assert set(PROBLEMS) <= set(shown)


def test_rows_and_topics_win_over_codes_of_the_same_name(tmp_path):
    def topic(folder: Path) -> None:
        (folder / "topics.yaml").write_text(
            "- {id: alias, title: What is an alias?, text: Another name.}\n"
        )

    assert "Another name." in explain.render(
        load_table(made(tmp_path / "house", topic)), "alias", 100
    )


# ---- hostile tables ----

READER = """
import gc, json, os, resource, signal, sys, traceback
from datetime import date
from pathlib import Path
import once
from adaptadvisor.authoring.lint import lint
from adaptadvisor.errors import BadInput
from adaptadvisor.reading.tables import read_table
once.install()
read_table(Path(sys.argv[2]))
gc.collect()
gc.freeze()

def told(folder):
    try:
        problems = lint(read_table(Path(folder)), date(2026, 11, 24))
        shown = ""
    except BadInput as error:
        problems, shown = error.problems, str(error)
    codes = sorted({problem.code for problem in problems})
    return [codes, len(problems), shown.count("\\n") + 1, shown.replace("\\n", "").isprintable()]

for line in sys.stdin:
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        signal.alarm(int(sys.argv[1]))
        try:
            said = told(line.removesuffix("\\n"))
        except BaseException:
            said = traceback.format_exc()
        print(json.dumps(said), flush=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        print(json.dumps(f"ended with status {status}"), flush=True)
"""
"""Reads each table that it is told of in a process of its own, which has little time and memory;
the shipped rules, which they all extend, are read only once.
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Iterator[subprocess.Popen[str]]:
    harmless = made(tmp_path_factory.mktemp("harmless") / "house", limits("[]"))
    command = [sys.executable, "-c", READER, str(PATIENCE), str(harmless)]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env) as process:
        yield process
        process.stdin.close()


def nested(word: str, depth: int) -> str:
    open_, close = ("[", "]") if word != "not" else ("", "")
    return limit("mine", f"{{{word}: {open_}" * depth + "{task: label}" + f"{close}}}" * depth)


def limit(id: str, when: str, **fields: str) -> str:
    row = {
        "id": id,
        "name": "n",
        "order": "1",
        "limit": "l",
        "rules_out": "full",
        "when": when,
        "because": "b",
        "lifted_by": "l",
        "misleads_when": "m",
        "reviewed": "2026-11-24",
        "sources": "[zhou2023-lima]",
        "examples": "{fires: [{}], quiet: [{}]}",
        **fields,
    }
    return "- {" + ", ".join(f"{key}: {value}" for key, value in row.items()) + "}\n"


def bomb() -> str:
    layers = [
        f"- id: a{n}\n  because: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    ]
    return "- id: a0\n  because: &a0 [lol]\n" + "".join(layers)


def folder_for_file(folder: Path) -> None:
    (folder / "needs.yaml").mkdir()


def loop_folder(folder: Path) -> None:
    (folder / "inner").symlink_to(folder)
    (folder / "table.yaml").write_text("version: 0.1.0\nextends: inner/inner/inner\n")


def long_name(folder: Path) -> None:
    (folder / "table.yaml").write_text(f"version: 0.1.0\nextends: {'x' * 5_000}\n")


def many(count: int, **fields: str) -> Callable[[Path], None]:
    return limits(
        "".join(
            limit(f"r{number}", f'{{examples: "> {number}"}}', **fields) for number in range(count)
        )
    )


def strangers(folder: Path) -> None:
    for number in range(3_000):
        (folder / f"r{number}.yaml").touch()


def rivals(folder: Path) -> None:
    row = (
        "- {id: r%d, name: n, stage: s, priority: 1, do: d, because: b, when: {examples: %d}, sources:"
        " [zhou2023-lima], examples: {fires: [{}], quiet: [{}]}}\n"
    )
    (folder / "readiness.yaml").write_text(
        "".join(row % (number, number) for number in range(5_000))
    )


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "lists nested 10,000 deep": (limits("[" * 10_000), "too-deep"),
    "rows nested 10,000 deep": (limits("- " * 10_000), "too-deep"),
    "mappings nested 10,000 deep": (limits("- " + "{a: " * 10_000), "too-deep"),
    "any 10,000 deep": (limits(nested("any", 10_000)), "too-deep"),
    "all 25 deep": (limits(nested("all", 25)), ""),
    "not 50 deep": (limits(nested("not", 50)), ""),
    "not 10,000 deep": (limits(nested("not", 10_000)), "too-deep"),
    "an alias bomb": (limits(bomb()), "alias"),
    "200,000 aliases": (limits("- &a x\n- [" + "*a, " * 200_000 + "]"), "too-many-problems"),
    "100,000 keys": (limits("- {" + "a: , " * 100_000 + "}"), "too-many-problems"),
    "200,000 keys": (limits("- {" + "a: , " * 200_000 + "}"), "too-large"),
    "2 million list items": (limits("- [" + "a," * 2_000_000 + "]"), "too-large"),
    "1 million empty lines of keys": (limits("?\n" * 1_000_000), "too-large"),
    "100,000 unknown facts": (
        limits(limit("r", "{" + ", ".join(f"exampels{n}: 1" for n in range(100_000)) + "}")),
        "too-many-problems",
    ),
    "50,000 rows": (limits(rows(50_000)), "too-many-rows"),
    "50,000 empty rows": (limits("- {}\n" * 50_000), "too-many-rows"),
    "50,000 entries that are no rows": (limits("- x\n" * 50_000), "too-many-rows"),
    "5,000 rows with unknown sources": (
        many(5_000, sources="[zhou2023-limo]"),
        "too-many-problems",
    ),
    "5,000 rows that are in order": (many(4_900), ""),
    "5,000 rows in one condition": (
        limits("".join(limit(f"r{number}", "{stakes: low}") for number in range(4_900))),
        "same-condition",
    ),
    "5,000 rows of one priority": (rivals, ""),
    "ids with control characters": (
        limits('- {id: "a\\e[31m\\0", off: true}\n- {id: "b\\n\\u202e"}\n'),
        "bad-id",
    ),
    "4 MB in one line": (limits("- {id: x, because: " + "x" * 4_000_000 + "}\n"), "missing-field"),
    "an id of 4 MB": (
        limits("- {id: " + "x" * 4_000_000 + ", off: true}\n"),
        "nothing-to-override",
    ),
    "a number of 4 MB": (limits(limit("x", "{examples: " + "9" * 4_000_000 + "}")), "out-of-range"),
    "a list of 100,000 numbers": (limits(limit("x", "{examples: [" + "7, " * 100_000 + "]}")), ""),
    "NUL bytes": (limits(b"\0" * 1_000), "syntax"),
    "a folder in place of a file": (folder_for_file, "not-a-file"),
    "a pipe in place of a file": (pipe, "not-a-file"),
    "a file that links to itself": (loop, "unreadable"),
    "a folder that links to itself": (loop_folder, "endless-extends"),
    "a name that no system takes": (long_name, "missing-table"),
    "3,000 strange files": (strangers, "too-many-problems"),
}


WORST = {
    "1 million empty lines of keys",
    "100,000 unknown facts",
    "2 million list items",
    "200,000 keys",
    "5,000 rows of one priority",
    "5,000 rows with unknown sources",
    "50,000 rows",
    "a list of 100,000 numbers",
}
"""Each takes about a second; smaller ones of their kind are tried at a desk."""


def test_the_worst_tables_are_among_the_hostile_ones():
    assert set(HOSTILE) > WORST


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in WORST)) for name in HOSTILE],
)
def test_no_table_however_hostile_takes_long_or_much_or_gives_a_traceback(tmp_path, reader, name):
    make, code = HOSTILE[name]
    folder = made(tmp_path / "house", make)
    reader.stdin.write(f"{folder}\n")
    reader.stdin.flush()
    found = json.loads(reader.stdout.readline())
    assert isinstance(found, list), found
    codes, count, shown, printable = found
    assert code in codes or not code, codes
    assert count <= MOST_PROBLEMS + 2 or code == "same-condition"
    assert shown <= MOST_SHOWN + 1
    assert printable


@pytest.mark.parametrize(
    "section", ["questions", "thresholds", "sources", "variants", "approaches"]
)
def test_a_file_that_cannot_be_read_is_the_only_problem_and_rows_that_mention_it_are_not_blamed(
    tmp_path, section
):
    copy = copied(tmp_path)
    (copy / f"{section}.yaml").write_text("- id: [broken\n")
    (copy / "families.yaml").unlink()
    assert sorted(problem.code for problem in problems_of(copy)) == ["missing-file", "syntax"]


def test_only_so_many_problems_are_shown_and_the_rest_is_counted():
    def problems(count: int) -> str:
        return str(BadInput(Problem("a", f"number {number}") for number in range(count)))

    assert len(problems(MOST_SHOWN).splitlines()) == MOST_SHOWN
    assert problems(MOST_SHOWN + 1_000).splitlines()[MOST_SHOWN:] == ["and 1,000 more"]
    assert (
        len(BadInput(Problem("a", f"number {number}") for number in range(300)).problems) == 300
    ), "programs get them all"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything"
)
def test_files_and_folders_that_may_not_be_read_are_problems(tmp_path):
    folder = made(tmp_path / "house", limits("[]"))
    (folder / "limits.yaml").chmod(0)
    assert lines(folder) == ["limits.yaml unreadable"]
    folder.chmod(0o300)
    try:
        assert "unreadable" in {entry.split()[1] for entry in lines(folder)}
    finally:
        folder.chmod(0o700)
