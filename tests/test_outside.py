"""No name, link, number or character that somebody else wrote decides where something is read or
written, how much is read, or what a terminal does.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import zlib
from dataclasses import fields, replace
from hashlib import sha1
from pathlib import Path

import pytest
from conftest import PATIENCE, RULES, examples
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptadvisor.advice.advise import advise
from adaptadvisor.errors import BadInput, Problem, Problems, control_character, printable, shown
from adaptadvisor.page import Page
from adaptadvisor.reading import nodes, revisions
from adaptadvisor.reading.cases import read_cases
from adaptadvisor.reading.revisions import table_at
from adaptadvisor.reading.tables import load_table, read_table
from adaptadvisor.render import formats
from adaptadvisor.render.authoring import explain, manual

EXTENDS = "version: 0.1.0\nextends: shipped\n"


def git(folder: Path, *words: str, text: bytes = b"") -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *words], check=True, capture_output=True, input=text
    )
    return done.stdout.decode().strip()


def stored(top: Path, kind: str, content: bytes) -> bytes:
    """Stores an object, right or wrong, and returns its id."""
    data = b"%s %d\0" % (kind.encode(), len(content)) + content
    id = sha1(data, usedforsecurity=False).hexdigest()
    path = top / ".git/objects" / id[:2] / id[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(data, 1))
    return bytes.fromhex(id)


def tree(top: Path, *entries: tuple[str, bytes, bytes]) -> bytes:
    return stored(
        top,
        "tree",
        b"".join(b"%s %s\0%s" % (mode.encode(), name, id) for mode, name, id in entries),
    )


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a table in `rules` that changes nothing."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "work/rules"
    folder.mkdir(parents=True)
    (folder / "table.yaml").write_text(EXTENDS)
    git(tmp_path, "init", "-q", "work")
    git(tmp_path / "work", "add", "-A")
    git(tmp_path / "work", "commit", "-qm", "all")
    return tmp_path / "work"


def hostile(top: Path, *entries: tuple[str, bytes, bytes]) -> str:
    """A commit whose folder of rules also holds these entries."""
    table = ("100644", b"table.yaml", stored(top, "blob", EXTENDS.encode()))
    whole = tree(top, ("40000", b"rules", tree(top, table, *entries)))
    return git(top, "commit-tree", whole.hex(), "-m", "odd")


def refusal(argument: str, beside: Path) -> str:
    """The code of the one problem, which is said in one line."""
    with pytest.raises(BadInput) as caught, table_at(argument, beside) as folder:
        load_table(folder)
    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value).isprintable()
    return caught.value.problems[0].code


def everything(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if ".git" not in path.parts)


# ---- git trees ----


@pytest.mark.parametrize(
    "name",
    [
        b"../evil.yaml",
        b"../../../evil.yaml",
        b"tests/../../evil.yaml",
        b"sub/evil.yaml",
        b"..\\evil.yaml",
        b"C:evil.yaml",
        b"C:\\evil.yaml",
        b"table.yaml:evil.yaml",
        b"\x1b[2Jevil.yaml",
        "\u202eevil.yaml".encode(),
        b"\xffevil.yaml",
        b"ev\nil.yaml",
    ],
)
def test_a_name_in_a_git_tree_that_is_no_plain_file_name_is_refused_and_nothing_is_written(
    top, tmp_path, monkeypatch, name
):
    target = tmp_path / "temporary"
    target.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(target))
    before = everything(tmp_path)
    odd = hostile(top, ("100644", name, stored(top, "blob", b"[]\n")))
    assert refusal(odd, top / "rules") == "bad-name"
    assert everything(tmp_path) == before


def test_an_absolute_name_in_a_git_tree_is_refused_and_nothing_is_written(top, tmp_path):
    goal = tmp_path / "goal.yaml"
    odd = hostile(top, ("100644", os.fsencode(goal), stored(top, "blob", b"[]\n")))
    assert refusal(odd, top / "rules") == "bad-name"
    assert not goal.exists()


@pytest.mark.parametrize("mode", ["120000", "160000", "40000", "60000", "20000", "10000", "0"])
def test_what_is_no_regular_file_in_a_git_tree_is_refused(top, mode):
    odd = hostile(top, (mode, b"limits.yaml", stored(top, "blob", b"/etc/passwd")))
    assert refusal(odd, top / "rules") == "not-a-file"


@pytest.mark.parametrize("name", [b"..", b".", b".git", b"sub", b"", b"a/b", b"node_modules"])
def test_folders_in_a_git_tree_that_are_no_part_of_a_table_are_not_looked_at(top, name):
    inner = tree(top, ("100644", b"evil.yaml", stored(top, "blob", b"[]\n")))
    with table_at(hostile(top, ("40000", name, inner)), top / "rules") as folder:
        assert [path.name for path in everything(folder)] == ["table.yaml"]


def test_a_link_or_a_module_called_tests_is_not_followed(top):
    for mode in ("120000", "160000"):
        odd = hostile(top, (mode, b"tests", stored(top, "blob", b"/etc")))
        with table_at(odd, top / "rules") as folder:
            assert [path.name for path in everything(folder)] == ["table.yaml"]


def test_a_file_that_a_git_tree_has_twice_is_refused(top):
    blob = stored(top, "blob", b"[]\n")
    odd = hostile(top, ("100644", b"limits.yaml", blob), ("100644", b"limits.yaml", blob))
    assert refusal(odd, top / "rules") == "bad-name"


@pytest.mark.parametrize(
    "content",
    [b"100644 x.yaml\0short", b"nonsense", b"999 x\0" + b"x" * 20, b"\xb2 x\0" + b"x" * 20],
)
def test_a_git_tree_that_cannot_be_read_gives_one_line(top, content):
    broken = tree(top, ("40000", b"rules", stored(top, "tree", content)))
    assert refusal(git(top, "commit-tree", broken.hex(), "-m", "x"), top / "rules") in (
        "unreadable",
        "missing-table",
    )


def test_a_file_that_git_has_lost_gives_one_line(top):
    odd = hostile(top, ("100644", b"limits.yaml", b"\1" * 20))
    assert refusal(odd, top / "rules") == "unreadable"


def test_a_git_that_dies_in_the_middle_gives_one_line(top, monkeypatch):
    original = revisions._Objects._ask

    def ask(self, process, name):
        process.kill()
        process.wait()
        return original(self, process, name)

    monkeypatch.setattr(revisions._Objects, "_ask", ask)
    assert refusal("HEAD", top / "rules") == "unreadable"


def test_a_file_in_git_that_is_too_large_is_not_read_at_all(top, monkeypatch):
    id = stored(top, "blob", b" " * 30_000_000)
    asked = []
    original = revisions._Objects._ask

    def ask(self, process, name):
        asked.append((process is self.contents, name))
        return original(self, process, name)

    monkeypatch.setattr(revisions._Objects, "_ask", ask)
    for name in (b"limits.yaml", b"tests.yaml"):
        assert refusal(hostile(top, ("100644", name, id)), top / "rules") == "too-large"
    assert (False, id.hex()) in asked
    assert (True, id.hex()) not in asked


def test_a_revision_holds_so_many_files_and_bytes_and_no_more(top, monkeypatch):
    blob = stored(top, "blob", b"[]\n")
    many = [("100644", b"%05d.yaml" % number, blob) for number in range(20)]
    cases = hostile(top, ("40000", b"tests", tree(top, *many)))
    with table_at(cases, top / "rules") as folder:
        assert len(list((folder / "tests").iterdir())) == 20
    monkeypatch.setattr(revisions, "_MOST_FILES", 20)  # 20 cases and table.yaml
    assert refusal(cases, top / "rules") == "too-large"
    monkeypatch.setattr(revisions, "_MOST_FILES", 21)
    monkeypatch.setattr(revisions, "_MOST_BYTES", 70)
    assert refusal(cases, top / "rules") == "too-large"


def test_however_many_files_a_revision_has_git_is_started_five_times(top, monkeypatch):
    started = []
    original = subprocess.Popen.__init__

    def init(self, *args, **options):
        started.append(args)
        original(self, *args, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", init)
    for count in (1, 3_000):
        blob = stored(top, "blob", b"[]\n")
        cases = tree(top, *(("100644", b"%05d.yaml" % number, blob) for number in range(count)))
        odd = hostile(top, ("40000", b"tests", cases))
        started.clear()
        with table_at(odd, top / "rules") as folder:
            assert len(list((folder / "tests").iterdir())) == count
        assert len(started) == 5


def test_filters_hooks_replacements_and_settings_of_a_repository_change_nothing(top, tmp_path):
    """`export-subst`, smudge filters and text conversion are for files in a working tree."""
    trap = tmp_path / "trap"
    (top / "rules/limits.yaml").write_text("[]  # $Format:%H$\n")
    (top / ".gitattributes").write_text("*.yaml export-subst filter=f diff=f text eol=crlf\n")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "plain")
    for key in ("filter.f.smudge", "diff.f.textconv", "core.fsmonitor", "core.pager"):
        git(top, "config", key, f"touch {trap}; cat")
    old = git(top, "rev-parse", "HEAD:rules/limits.yaml")
    git(top, "replace", old, git(top, "hash-object", "-w", "--stdin", text=b"- replaced\n"))
    with table_at("HEAD", top / "rules") as folder:
        assert (folder / "limits.yaml").read_bytes() == b"[]  # $Format:%H$\n"
    assert not trap.exists()


def test_a_file_that_a_partial_clone_lacks_is_not_fetched(top, tmp_path):
    """The settings of a repository may say how to fetch, with any command."""
    trap = tmp_path / "trap"
    odd = hostile(top, ("100644", b"limits.yaml", b"\1" * 20))
    for key, value in (
        ("core.repositoryformatversion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", "ssh://example.org/x"),
        ("core.sshCommand", f"touch {trap}; false"),
    ):
        git(top, "config", key, value)
    assert refusal(odd, top / "rules") == "unreadable"
    assert not trap.exists()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the superuser can give files away"
)
def test_a_repository_of_another_owner_is_left_alone_as_git_does(top):
    os.chown(top, 12_345, 12_345)
    os.chown(top / ".git", 12_345, 12_345)
    assert refusal("HEAD", top / "rules") == "no-repository"


@pytest.mark.parametrize(
    "variable",
    ["GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_WORK_TREE", "GIT_COMMON_DIR"],
)
def test_no_variable_of_git_leads_to_another_repository(top, tmp_path, monkeypatch, variable):
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    with table_at("HEAD", top / "rules") as folder:
        assert (folder / "table.yaml").read_text() == EXTENDS


@pytest.mark.parametrize(
    "revision",
    ["--output=evil", "-h", "--", "HEAD\0", "HEAD\n", "HEAD:rules", "a..b", "\udcff", "x" * 5_000],
)
def test_an_odd_revision_is_said_to_be_none(top, revision):
    assert refusal(revision, top / "rules") == "unknown-revision"
    assert not (top / "evil").exists()


# ---- names in tables, and links ----


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A table in `rules/house`, and something that it has no business with in `secret`."""
    folder = tmp_path / "rules/house"
    folder.mkdir(parents=True)
    (folder / "table.yaml").write_text(EXTENDS)
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "table.yaml").write_text(EXTENDS)
    (secret / "limits.yaml").write_text("- secret\n")
    return folder


def codes(folder: Path) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read_cases(folder, load_table(folder))
    assert "- secret" not in str(caught.value)
    return sorted({problem.code for problem in caught.value.problems})


@pytest.mark.parametrize(
    "base",
    [
        "../../secret",
        "{tmp}/secret",
        "/",
        "../house/../../secret",
        "~/secret/../../../..",
        "..\\..\\secret",
        "C:secret",
        "C:\\secret",
        "file:///secret",
        '"a\\0b"',
        "../link",
    ],
)
def test_a_table_extends_nothing_outside_the_folder_that_holds_its_own_one(tmp_path, house, base):
    (house.parent / "link").symlink_to(tmp_path / "secret")
    (house / "table.yaml").write_text(f"version: 1\nextends: {base.format(tmp=tmp_path)}\n")
    refused = {"outside-folder", "control-character", "missing-table"}
    assert refused.intersection(codes(house))
    git(tmp_path, "init", "-q", ".")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "all")
    assert refusal("HEAD", house) in refused


def test_a_table_extends_a_sibling_a_folder_of_its_own_or_one_through_another(house):
    sibling, inner = house.parent / "base", house / "more/inner"
    for folder, base in ((sibling, "../house/more/inner"), (inner, "shipped"), (house, "../base")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "table.yaml").write_text(f"version: 1\nextends: {base}\n")
    through = [folder.resolve() for folder in read_table(house).folders[1:]]
    assert through == [inner, sibling, house]
    (inner / "table.yaml").write_text("version: 1\nextends: ../../../../secret\n")
    assert codes(house) == ["outside-folder"], "a base may not lead out either"


def test_a_file_of_a_table_that_is_a_link_to_the_outside_is_not_read(tmp_path, house):
    (house / "limits.yaml").symlink_to(tmp_path / "secret/limits.yaml")
    assert codes(house) == ["outside-folder"]
    (house / "limits.yaml").unlink()
    (house.parent / "shared.yaml").write_text("[]\n")
    (house / "limits.yaml").symlink_to("../shared.yaml")
    load_table(house)  # a link that stays inside is as good as a file


@pytest.mark.parametrize("what", ["tests", "tests/case.yaml"])
def test_cases_that_are_links_to_the_outside_are_not_read(tmp_path, house, what):
    (house / what).parent.mkdir(exist_ok=True)
    (house / what).symlink_to(tmp_path / "secret" / ("" if what == "tests" else "limits.yaml"))
    assert codes(house) == ["outside-folder"]


def test_a_folder_of_rules_may_itself_be_reached_through_a_link(tmp_path, house):
    (house.parent / "base").mkdir()
    (house.parent / "base/table.yaml").write_text(EXTENDS)
    (house / "table.yaml").write_text("version: 1\nextends: ../base\n")
    (tmp_path / "elsewhere").symlink_to(house)
    load_table(tmp_path / "elsewhere")


def test_shipped_rules_that_an_installer_laid_down_as_links_are_read(tmp_path, house, monkeypatch):
    from adaptadvisor.reading import inside, layers

    links = tmp_path / "site-packages/adaptadvisor/rules"
    for path in RULES.rglob("*.yaml"):
        link = links / path.relative_to(RULES)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
    for module in (inside, layers):
        monkeypatch.setattr(module, "shipped_rules", lambda: links)
    assert load_table(house).digest == load_table(RULES).digest


# ---- how much is read ----

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from adaptadvisor.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def program(*args: str, stdin: str = os.devnull) -> subprocess.CompletedProcess[str]:
    """A command in half a gigabyte."""
    with Path(stdin).open("rb") as source:
        return subprocess.run(
            [sys.executable, "-c", LIMITED, *args],
            stdin=source,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )


def refused(*args: str, code: str, stdin: str = os.devnull) -> None:
    done = program(*args, stdin=stdin)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert f"error[{code}]" in line
    assert done.stdout == ""


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device that never ends")
@pytest.mark.parametrize(
    "args",
    [
        ("recommend", "--facts", "/dev/zero"),
        ("recommend", "--facts", "-"),
        pytest.param(("ask", "--no-input", "--facts", "/dev/zero"), marks=pytest.mark.slow),
        pytest.param(("what-if", "--to", "rag", "--facts", "-"), marks=pytest.mark.slow),
        ("report", "/dev/zero"),
        pytest.param(("report", "-"), marks=pytest.mark.slow),
        pytest.param(("batch", "/dev/zero"), marks=pytest.mark.slow),
        ("batch", "-"),
        ("recommend", "--rules", "/dev/zero"),
        pytest.param(("rules", "lint", "/dev/zero"), marks=pytest.mark.slow),
        ("rules", "diff", "shipped", "/dev/zero"),
    ],
    ids=" ".join,
)
def test_a_device_that_never_ends_is_read_no_further_than_the_limit(tmp_path, args):
    code = "too-large" if args[-1] == "-" or args[0] != "rules" else "missing-table"
    code = "missing-table" if "--rules" in args else code
    code = "unknown-revision|no-repository" if "diff" in args else code
    done = program(*args, stdin="/dev/zero")
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert re.search(rf"error\[({code})\]", line)
    assert done.stdout == ""


def test_an_answer_that_never_ends_stops_the_interview(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = program("ask", "--stdin", stdin="/dev/zero")
    assert done.returncode == 2
    assert "stdin:1: error[bad-answer]" in done.stderr.splitlines()[-1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("command", ["ask --no-input", "recommend", "what-if --to prompt"])
def test_a_pipe_as_facts_file_is_read_once(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("facts")
    writer = subprocess.Popen(
        [sys.executable, "-c", "open('facts', 'w').write('task: label\\nexamples: 5000\\n')"]
    )
    done = program(*command.split(), "--facts", "facts")
    assert writer.wait(timeout=PATIENCE) == 0
    assert done.returncode in (0, 2), done.stderr
    assert done.stdout or "missing-answers" in done.stderr


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/stdin", "pipe"])
@pytest.mark.parametrize("name", ["table.yaml", "limits.yaml", "tests/cases.yaml"])
def test_no_file_of_a_table_is_a_device(house, name, device):
    path = house / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    if device == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(device)
    assert {"not-a-file", "outside-folder"}.intersection(codes(house))


@pytest.mark.slow
def test_5_000_rows_in_one_file_are_read():
    row = "- {id: r%d, order: %d, when: {task: label, examples: '>= 2'}, because: %s, x: [%s]}\n"
    text = "".join(row % (n, n, "a text", ", ".join("abcdefgh" * 4)) for n in range(5_000))
    found = Problems()
    node = nodes.parse(text, "f.yaml", found)
    assert isinstance(node, nodes.Sequence)
    assert (len(node.items), list(found)) == (5_000, [])


def test_more_mappings_than_5_000_rows_have_are_not_read():
    """Lists and keys are among the hostile tables of test_bad_tables.py."""
    seen = []
    with pytest.raises(BadInput, match="too-large"):
        nodes.parse("[" + "{}," * 999_999 + "1]", "f.yaml", seen)
    assert not seen


# ---- what a terminal and a document get ----

UNSEEN = [
    *map(chr, (0, 7, 8, 0x0D, 0x1B, 0x7F, 0x85, 0x9B, 0x61C, 0x200E, 0x200F, 0x2028, 0x2029)),
    *map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xD800, 0xDFFF)),
]
SEEN = [
    "\n",
    "\u00e4",
    "\u4e2d",
    "\U0001f469\u200d\U0001f4bb",
    "\u0645\u06cc\u200c\u062e",
    "\u00a0",
]


@settings(max_examples=examples(500))
@given(st.text(max_size=90) | st.text(st.sampled_from([*UNSEEN, "a", "\n"])), st.integers(10, 70))
def test_any_value_in_a_message_is_one_printable_line_of_bounded_length(text, limit):
    line = shown(text, limit)
    assert line.isprintable()
    assert len(line) <= limit
    plain = printable(text)
    assert not control_character(plain)
    assert plain.count("\n") == text.count("\n")
    assert printable(plain) == plain
    for width in (30, 80):
        page = Page(width, colour=False)
        page.title(text)
        page.heading(text)
        page.say(text, mark=text[:9])
        page.finding(text)
        assert not control_character(page.text())
        assert page.lines[-1].count("\n") == 0


@pytest.mark.parametrize("character", UNSEEN, ids=ascii)
def test_a_character_that_acts_unseen_is_refused_in_every_text_of_a_file(character):
    quoted = json.dumps(f"a{character}b")
    spelled = control_character(character)
    texts = {
        "yaml.yaml": f'list: ["a{_as_yaml(character)}b"]\n',
        "key.yaml": f'"a{_as_yaml(character)}b": 1\n',
        "json.json": f'{{"title": {quoted}}}',
    }
    for name, text in texts.items():
        found: list[Problem] = []
        node = nodes.parse(text, name, found) if character < "\ud800" else None
        if node is None:  # half a surrogate pair is no YAML at all
            with pytest.raises(BadInput, match="syntax"):
                nodes.parse(text, name, found)
            continue
        assert [problem.code for problem in found] == ["control-character"], name
        assert spelled in str(found[0])
        assert str(found[0]).isprintable()


def _as_yaml(character: str) -> str:
    return f"\\U{ord(character):08x}"


@pytest.mark.parametrize("text", SEEN, ids=ascii)
def test_letters_of_all_scripts_pass_as_they_are(text):
    found = Problems()
    nodes.parse(json.dumps({"title": text}, ensure_ascii=False), "f.json", found)
    assert list(found) == []
    assert printable(text) == text.replace("\u00a0", " ")


def test_lines_end_in_json_as_some_systems_write_them():
    node = nodes.parse('{"notes": "a\\r\\nb"}', "f.json", [])
    assert node.entries[0][1].text == "a\nb"


def test_a_list_of_texts_in_a_table_is_looked_at_like_every_text(house):
    (house / "variants.yaml").write_text(
        '- id: few-shot\n  override: true\n  sources: ["\\e[31mX", "\\u202eevil"]\n'
    )
    assert "control-character" in codes(house)
    done = program("rules", "show", str(house), "--format", "md")
    assert done.returncode == 2
    assert done.stderr.replace("\n", "").isprintable()


@pytest.mark.parametrize("flag", ["--title", "--notes"])
def test_a_text_in_a_flag_is_looked_at_like_one_in_a_file(flag):
    for word in ("\x1b[31mred", "\u202eevil"):
        refused("recommend", flag, word, code="control-character")


def test_what_slips_in_through_python_is_spelled_out_in_every_form(table):
    """A caller may build any table and any recommendation; no exit trusts it."""
    wild = "a\x1b[31mb\u202ec\x9bd"
    rows = {
        section: {id: _wild(row, wild) for id, row in getattr(table, section).items()}
        for section in ("needs", "limits", "variants", "checks", "topics", "families", "sources")
    }
    other = replace(table, **rows, version=wild)
    advice = advise(other, {"task": "answer", "private_knowledge": True}, title=wild, notes=wild)
    texts = {
        **{face: formats.render(advice, face) for face in ("text", "md", "adr", "html", "json")},
        "manual as Markdown": manual.markdown(other),
        "manual as text": manual.text(other, 80),
        "topic": explain.render(other, next(iter(other.topics)), 80),
        "need": explain.render(other, next(iter(other.needs)), 80),
    }
    for face, text in texts.items():
        assert not control_character(text), face
        assert "x1b" in text or face == "json", face


def _wild(row, text):
    """The row with this in every field that is a text but its id."""
    wild = {
        name: f"{value} {text}"
        for name, value in ((field.name, getattr(row, field.name)) for field in fields(row))
        if isinstance(value, str)
        and name not in ("id", "stage", "role", "strength", "reviewed")
        and name not in ("approach", "checked", "address", "kind")
    }
    return replace(row, **wild)


def test_a_link_in_a_folder_of_records_is_never_written_through(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("records").mkdir()
    for number in (1, 2, 4):
        Path(f"records/{number:04d}-plan-prompt.md").symlink_to(tmp_path / "elsewhere.md")
    said = program("recommend", "--adr-dir", "records").stderr
    assert "records/0005-plan-prompt.md" in said
    assert not (tmp_path / "elsewhere.md").exists()
    assert not Path("records/0005-plan-prompt.md").is_symlink()
