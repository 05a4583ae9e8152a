"""Files and folders are written whole or not at all, whatever stops the program, and never over
what was there.
"""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from conftest import BARE, EVERYTHING, PATIENCE, PROGRAM, THOROUGH, forked, in_process, program

from adaptadvisor import files
from adaptadvisor.cli.main import run

TOGETHER = 8 if THOROUGH else 4
"""How many processes start at once."""
FACTS = ("--task", "label", "--examples", "1200", "--classes", "12")
POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX signals, modes and pipes")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def started(*words: str, fresh: bool = False, **options: Any) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    given = {"stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": pipe, "text": True, "env": BARE}
    given |= options
    return subprocess.Popen([*(PROGRAM if fresh else forked()), *words], **given)


def here() -> set[str]:
    """Every name in the folder, hidden ones too."""
    return {str(path.relative_to(".")) for path in Path().rglob("*")}


def one_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


# ---- parts ----


@POSIX
def test_a_part_that_an_earlier_process_of_this_number_left_blocks_nothing() -> None:
    Path(f".adaptadvisor-{os.getpid()}.part").touch()
    for _ in range(2):
        assert run(["recommend", *FACTS, "-o", "new.md", "--force"]) == 0
    assert Path("new.md").read_text()


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_of_a_write_leaves_the_old_file_and_no_part(
    number: signal.Signals,
) -> None:
    Path("out.jsonl").write_text("old\n")
    reader, writer = os.pipe()
    process = started("batch", "-", "-o", "out.jsonl", "--force", stdin=reader)
    os.close(reader)
    os.write(writer, b'{"id": 1, "facts": {}}\n')
    for _ in range(20 * PATIENCE):
        if any(name.endswith(".part") for name in here()):
            break
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=PATIENCE)
    os.close(writer)
    assert process.returncode == 130
    assert one_line(said) == "interrupted"
    assert here() == {"out.jsonl"}
    assert Path("out.jsonl").read_text() == "old\n"


@POSIX
def test_signals_at_any_moment_leave_a_whole_file_or_none() -> None:
    cases = "".join(f'{{"id": {i}, "facts": {{"task": "label"}}}}\n' for i in range(500))
    Path("cases.jsonl").write_text(cases)
    assert run(["batch", "cases.jsonl", "-o", "whole.jsonl"]) == 0
    whole = Path("whole.jsonl").read_text()
    before = time.perf_counter()
    started("batch", "cases.jsonl", fresh=True).communicate(timeout=PATIENCE)
    usual = time.perf_counter() - before
    chance = random.Random(5)
    ends = set()
    for i in range(30 if THOROUGH else 9 if EVERYTHING else 6):
        process = started("batch", "cases.jsonl", "-o", "out.jsonl", fresh=True)
        time.sleep(chance.uniform(0.3, 1.1) * usual)
        process.send_signal((signal.SIGTERM, signal.SIGHUP, signal.SIGINT)[i % 3])
        process.communicate(timeout=PATIENCE)
        ends.add(process.returncode)
        assert here() <= {"cases.jsonl", "whole.jsonl", "out.jsonl"}
        if Path("out.jsonl").exists():
            assert Path("out.jsonl").read_text() == whole
            Path("out.jsonl").unlink()
    # a negative code: killed while it was still loading
    assert ends <= {0, 130, *(-number for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT))}


@POSIX
def test_a_second_signal_while_things_are_put_away_leaves_nothing_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remove = files._remove

    def interrupted(path: Path) -> None:
        monkeypatch.setattr(files, "_remove", remove)
        signal.raise_signal(signal.SIGHUP)

    def stopped(*_: object) -> Iterator[str]:
        monkeypatch.setattr(files, "_remove", interrupted)
        signal.raise_signal(signal.SIGHUP)
        yield ""

    monkeypatch.setattr("adaptadvisor.cli.batch.lines", stopped)
    Path("cases.jsonl").write_text("{}\n")
    assert run(["batch", "cases.jsonl", "-o", "out.jsonl"]) == 130
    assert here() == {"cases.jsonl"}


@POSIX
def test_a_signal_that_the_caller_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = started("batch", "-", stdin=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert process.stdin
    assert process.stdout
    process.stdin.write('{"id": 1, "facts": {}}\n')
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 1
    process.send_signal(signal.SIGHUP)
    assert process.communicate('{"id": 2, "facts": {}}\n', timeout=PATIENCE)[0].startswith(
        '{"id": 2'
    )
    assert process.returncode == 0


@POSIX
def test_a_signal_leaves_no_temporary_folder_of_a_revision(tmp_path: Path) -> None:
    assert run(["rules", "init", "house"]) == 0
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *words], check=True)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    words = ("rules", "diff", "HEAD", "house")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        process = started(*words, env={**BARE, "TMPDIR": str(temporary)})
        while process.poll() is None and not any(temporary.iterdir()):
            time.sleep(0.01)
        process.send_signal(number)
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode in (0, 130), said
        assert list(temporary.iterdir()) == []


# ---- never over what was there ----


@pytest.mark.parametrize(
    "words",
    [
        ("recommend", *FACTS, "-o", "old"),
        ("recommend", *FACTS, "--save", "old"),
        ("ask", "--stdin", "--save", "old"),
        ("ask", *FACTS, "--no-input", "-o", "old"),
        ("what-if", "--to", "lora", "--task", "code", "-o", "old"),
        ("report", "facts.yaml", "-o", "old"),
        ("batch", "cases.jsonl", "-o", "old"),
        ("schema", "facts", "-o", "old"),
        ("rules", "lint", "-o", "old"),
        ("rules", "prove", "-o", "old"),
        ("rules", "test", "-o", "old"),
        ("rules", "test", "--junit", "old"),
        ("rules", "show", "-o", "old"),
        ("rules", "diff", "shipped", "shipped", "--sample", "10", "-o", "old"),
        ("rules", "init", "old"),
    ],
    ids=" ".join,
)
def test_no_command_writes_over_a_file_that_is_there(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("label\n"))
    Path("old").write_text("precious")
    Path("facts.yaml").write_text("task: label\n")
    Path("cases.jsonl").write_text('{"id": 1, "facts": {}}\n')
    before = here()
    assert run(words) == 2
    assert "error[file-exists]" in capsys.readouterr().err
    assert Path("old").read_text() == "precious"
    assert here() == before


# ---- what a file keeps when it is written over ----


@POSIX
def test_force_keeps_the_mode_but_no_setuid_or_setgid_bit() -> None:
    Path("plan.md").touch()
    Path("plan.md").chmod(0o6640)
    assert run(["recommend", *FACTS, "-o", "plan.md", "--force"]) == 0
    assert Path("plan.md").stat().st_mode & 0o7777 == 0o640


@POSIX
def test_the_part_of_a_private_file_is_private_from_the_start() -> None:
    Path("plan.md").touch()
    Path("plan.md").chmod(0o600)
    with files.written_whole(Path("plan.md")) as handle:
        (part,) = (name for name in here() if name.endswith(".part"))
        assert Path(part).stat().st_mode & 0o777 == 0o600
        handle.write(b"x")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_force_keeps_the_owner_where_the_system_allows_it() -> None:
    Path("plan.md").touch()
    os.chown("plan.md", 12345, 54321)
    assert run(["recommend", *FACTS, "-o", "plan.md", "--force"]) == 0
    now = Path("plan.md").stat()
    assert (now.st_uid, now.st_gid) == (12345, 54321)


@POSIX
def test_of_a_file_with_two_names_only_the_one_that_was_named_gets_the_new_content() -> None:
    Path("plan.md").write_text("old")
    Path("copy.md").hardlink_to("plan.md")
    assert run(["recommend", *FACTS, "-o", "plan.md", "--force"]) == 0
    assert Path("copy.md").read_text() == "old"
    assert Path("plan.md").read_text() != "old"


# ---- pipes and devices ----


@POSIX
@pytest.mark.parametrize(
    "words",
    [
        ("recommend", *FACTS, "-o", "pipe"),
        ("recommend", *FACTS, "-o", "pipe", "--force"),
        ("recommend", *FACTS, "--save", "pipe"),
        ("recommend", *FACTS, "--format", "json", "-o", "pipe"),
        ("batch", "cases.jsonl", "-o", "pipe"),
        ("report", "facts.yaml", "-o", "pipe"),
        ("schema", "facts", "-o", "pipe"),
        ("rules", "lint", "-o", "pipe"),
        ("rules", "test", "--junit", "pipe"),
        ("rules", "init", "pipe"),
    ],
    ids=" ".join,
)
def test_a_pipe_as_the_place_to_write_to_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo("pipe")
    open_end = os.open("pipe", os.O_RDWR)  # so that a program that opens it does not wait for ever
    Path("cases.jsonl").write_text('{"id": 1, "facts": {}}\n')
    Path("facts.yaml").write_text("task: label\n")
    assert run(words) in (1, 2)
    os.close(open_end)
    assert "pipe" in one_line(capsys.readouterr().err)
    assert Path("pipe").is_fifo()


@POSIX
@pytest.mark.parametrize("flag", ["--save", "-o"])
def test_a_pipe_that_nobody_reads_is_not_waited_for(flag: str) -> None:
    os.mkfifo("pipe")
    found = program("ask", "--stdin", "--task", "label", flag, "pipe", stdin=b"done\n\n\n")
    assert found.returncode in (1, 2)
    assert "pipe" in found.stderr.splitlines()[-1]
    assert Path("pipe").is_fifo()


@POSIX
def test_devices_and_the_streams_of_the_process_are_written_directly() -> None:
    for name in ("/dev/null", "/dev/stdout", "/dev/fd/1", "/dev/stderr"):
        found = program("recommend", *FACTS, "-o", name)
        assert found.returncode == 0, (name, found.stderr)
        assert ("Plan:" in found.stdout) == (name in ("/dev/stdout", "/dev/fd/1"))
        assert ("Plan:" in found.stderr) == (name == "/dev/stderr")


# ---- input without end ----


MEASURED = """import re, sys
from adaptadvisor.__main__ import main
try:
    main()
finally:
    print(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="an endless file, and peak memory by /proc")
@pytest.mark.parametrize("cases", ["/dev/zero", "-"])
def test_cases_without_a_line_end_are_one_clear_error_in_flat_memory(cases: str) -> None:
    with Path("/dev/zero").open() as endless:
        found = subprocess.run(
            [sys.executable, "-c", MEASURED, "batch", cases, "-o", "out.jsonl"],
            stdin=endless,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    said, memory = found.stderr.splitlines()
    assert found.returncode == 2
    assert "error[too-large]: a line has no end" in said
    assert int(memory) < 60_000  # kB; without the limit it would be 100 MB and more
    assert here() == set()


# ---- many at once, no space, no right to write ----


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    folder.chmod(0o500)
    try:
        yield
    finally:
        folder.chmod(0o700)


def test_of_several_processes_that_write_one_file_without_force_exactly_one_wins() -> None:
    together = [started("recommend", *FACTS, "-o", "plan.md") for _ in range(TOGETHER)]
    said = [process.communicate(timeout=PATIENCE) for process in together]
    assert sorted(process.returncode for process in together) == [0] + [2] * (TOGETHER - 1), said
    assert here() == {"plan.md"}


def test_decision_records_at_once_get_numbers_of_their_own() -> None:
    together = [started("recommend", *FACTS, "--adr-dir", "adr") for _ in range(TOGETHER)]
    said = [process.communicate(timeout=PATIENCE) for process in together]
    assert {process.returncode for process in together} == {0}, said
    assert sorted(path.name[:4] for path in Path("adr").iterdir()) == [
        f"{number:04d}" for number in range(1, TOGETHER + 1)
    ]


def test_of_four_processes_that_begin_one_table_exactly_one_wins() -> None:
    together = [started("rules", "init", "a/house") for _ in range(4)]
    said = [process.communicate(timeout=PATIENCE) for process in together]
    assert sorted(process.returncode for process in together) == [0, 2, 2, 2], said
    assert not [name for name in here() if name.endswith(".part")]
    assert run(["rules", "lint", "a/house"]) == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write_is_one_clear_error() -> None:
    Path("closed").mkdir()
    with read_only(Path("closed")):
        for words in (
            ("recommend", *FACTS, "-o", "closed/plan.md"),
            ("rules", "init", "closed/house"),
        ):
            found = in_process(*words)
            assert found.returncode == 1
            assert "closed" in one_line(found.stderr)
    assert here() == {"closed"}


# ---- folders ----


FULL = (
    "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    " resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
    " from adaptadvisor.__main__ import main; main()"
)


@POSIX
@pytest.mark.parametrize("folder", ["new", "new/one/below", "there", "."])
def test_a_table_to_begin_with_is_whole_or_not_there(folder: str) -> None:
    Path("there").mkdir()
    Path("there/README").write_text("mine")
    before = here()
    found = subprocess.run(
        [sys.executable, "-B", "-c", FULL, "rules", "init", folder],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert found.returncode == 1
    assert "File too large" in one_line(found.stderr)
    assert here() == before
    assert run(["rules", "init", folder]) == 0  # and nothing is in the way now
    assert run(["rules", "lint", folder]) == 0
    assert Path("there/README").read_text() == "mine"


@POSIX
@pytest.mark.parametrize("folder", ["new/one", "there"])
def test_a_signal_while_a_table_is_begun_leaves_nothing(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("there/tests").mkdir(parents=True)
    before = here()
    appear, calls = files._appear, []

    def stopping(*given: Any) -> None:
        appear(*given)
        calls.append(given)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGTERM)

    def renamed(path: Path, to: Path) -> None:
        calls.append(to)
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(files, "_appear", stopping)
    monkeypatch.setattr(Path, "rename", renamed)
    assert run(["rules", "init", folder]) == 130
    assert calls
    assert here() == before


def test_files_that_appear_meanwhile_are_not_lost_when_a_folder_is_taken_back() -> None:
    def written() -> None:
        with files.folder_written_whole(Path("there")) as draft:
            for name in ("a.yaml", "b.yaml", "c.yaml"):
                (draft / name).write_text(name)
            Path("there/b.yaml").write_text("mine")

    Path("there").mkdir()
    with pytest.raises(FileExistsError):
        written()
    assert here() == {"there", "there/b.yaml"}
    assert Path("there/b.yaml").read_text() == "mine"


# ---- interviews ----


def interview(*words: str) -> subprocess.Popen[str]:
    """An interview that waits for its first answer."""
    process = started("ask", "--stdin", *words, stdin=subprocess.PIPE, bufsize=1)
    assert process.stderr
    while "quit or Ctrl-C" not in (line := process.stderr.readline()):
        assert line
    return process


def test_interviews_at_once_in_one_folder_save_in_files_of_their_own() -> None:
    together = [interview() for _ in range(3)]
    for answer, process in zip(("label", "write", "code"), together, strict=True):
        process.communicate(f"{answer}\n", timeout=PATIENCE)
    assert here() == {
        "adaptadvisor-answers.yaml",
        "adaptadvisor-answers-2.yaml",
        "adaptadvisor-answers-3.yaml",
    }
    for answer, name in (("label", ""), ("write", "-2"), ("code", "-3")):
        assert f"task: {answer}" in Path(f"adaptadvisor-answers{name}.yaml").read_text()


@pytest.mark.parametrize("words", [(), ("--save", "mine.yaml")], ids=["unnamed", "named"])
def test_an_interview_that_nobody_answered_leaves_nothing_behind(words: tuple[str, ...]) -> None:
    process = interview(*words)
    process.communicate("", timeout=PATIENCE)
    assert process.returncode == 130
    assert here() == set()


@POSIX
def test_an_interview_that_saves_through_a_link_leaves_the_link() -> None:
    Path("link.yaml").symlink_to("real.yaml")
    interview("--save", "link.yaml").communicate("", timeout=PATIENCE)
    assert here() == {"link.yaml"}
    interview("--save", "link.yaml").communicate("label\n", timeout=PATIENCE)
    assert Path("link.yaml").is_symlink()
    assert "task: label" in Path("real.yaml").read_text()


@POSIX
def test_where_the_file_system_has_no_links_nothing_is_written_over_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    Path("there").mkdir()
    assert run(["rules", "init", "there"]) == 0
    assert run(["recommend", *FACTS, "-o", "plan.md"]) == 0
    before = Path("plan.md").read_text()
    assert run(["recommend", *FACTS, "-o", "plan.md"]) == 2
    assert run(["rules", "lint", "there"]) == 0
    assert Path("plan.md").read_text() == before
    assert not [name for name in here() if name.endswith(".part")]


@POSIX
def test_a_name_that_a_killed_interview_kept_is_free_again() -> None:
    process = interview()
    process.kill()
    process.communicate(timeout=PATIENCE)
    process = interview()
    process.communicate("label\n", timeout=PATIENCE)
    assert here() == {"adaptadvisor-answers.yaml"}


def test_two_interviews_cannot_be_told_to_save_in_one_file() -> None:
    first = interview("--save", "mine.yaml")
    second = in_process("ask", "--stdin", "--save", "mine.yaml", stdin=b"write\n")
    assert second.returncode == 2
    assert "error[file-exists]" in one_line(second.stderr)
    first.communicate("label\n", timeout=PATIENCE)
    assert "task: label" in Path("mine.yaml").read_text()


def test_answers_of_an_earlier_interview_are_written_over_only_with_force() -> None:
    in_process("ask", "--stdin", "--save", "mine.yaml", stdin=b"label\n")
    earlier = Path("mine.yaml").read_text()
    assert "task: label" in earlier
    again = in_process("ask", "--stdin", "--save", "mine.yaml", stdin=b"write\n")
    assert again.returncode == 2
    assert "--force" in one_line(again.stderr)
    assert Path("mine.yaml").read_text() == earlier
    in_process("ask", "--stdin", "--save", "mine.yaml", "--facts", "mine.yaml", stdin=b"u\n")
    assert "task: label" in Path("mine.yaml").read_text()
    in_process("ask", "--stdin", "--save", "mine.yaml", "--force", stdin=b"write\n")
    assert "task: write" in Path("mine.yaml").read_text()


@POSIX
def test_two_interviews_cannot_go_on_with_one_file_at_once() -> None:
    program("ask", "--stdin", stdin=b"label\n")
    saved = "adaptadvisor-answers.yaml"
    first = interview("--facts", saved)
    for words in (
        ("--facts", saved),
        ("--save", saved, "--facts", saved),
        ("--save", saved, "--force"),
    ):
        second = program("ask", "--stdin", *words, stdin=b"7\n")
        assert second.returncode == 2
        assert "another interview saves its answers in" in one_line(second.stderr)
    assert first.stdin
    first.stdin.write("far\n")
    first.stdin.flush()
    waited = 0
    while "prompt_result: far" not in Path(saved).read_text():
        waited += 1
        assert waited < 1000
        time.sleep(0.05)
    second = program("ask", "--stdin", "--facts", saved, stdin=b"7\n")
    assert "error[file-exists]" in one_line(second.stderr), (
        "also when the file has been written anew"
    )
    first.communicate("", timeout=60)
    assert "prompt_result: far" in Path(saved).read_text()
    third = program("ask", "--stdin", "--facts", saved, stdin=b"")
    assert third.returncode == 130, third.stderr
    assert here() == {saved}


def test_the_report_cannot_go_where_an_interview_saves_its_answers() -> None:
    words = ("--format", "text", "-o", "adaptadvisor-answers.yaml")
    found = program("ask", "--stdin", *words, stdin=b"label\n")
    assert "the answers and the report cannot go to the same file" in one_line(found.stderr)
    assert here() == set()


@POSIX
@pytest.mark.parametrize("flag", ["--save", "-o"])
def test_a_pipe_is_refused_before_the_interview(flag: str) -> None:
    os.mkfifo("pipe")
    found = program("ask", "--stdin", flag, "pipe", stdin=b"label\n")
    assert "pipe" in one_line(found.stderr)


@POSIX
def test_a_folder_for_a_record_that_cannot_be_written_does_not_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert run(["recommend", *FACTS, "--adr-dir", "new/records"]) == 1
    assert here() == set()
    assert run(["recommend", *FACTS, "--adr-dir", "new/records"]) == 0
    assert len(here()) == 3


@pytest.mark.parametrize(
    "words",
    [
        ("recommend", "--facts", "facts.yaml", "--format", "md", "-o", "facts.yaml"),
        (
            "what-if",
            "--to",
            "lora",
            "--facts",
            "facts.yaml",
            "--format",
            "text",
            "-o",
            "facts.yaml",
        ),
        ("report", "facts.yaml", "--format", "text", "-o", "facts.yaml"),
        ("recommend", "--rules", "house", "--format", "md", "-o", "house/limits.yaml"),
        ("rules", "show", "house", "--format", "md", "-o", "house/limits.yaml"),
        ("rules", "lint", "house", "--format", "json", "-o", "house/limits.yaml"),
    ],
    ids=" ".join,
)
def test_no_document_goes_over_what_it_is_made_from_even_with_force(words: tuple[str, ...]) -> None:
    Path("facts.yaml").write_text("task: label\n")
    assert run(["rules", "init", "house"]) == 0
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    done = in_process(*words, "--force")
    assert done.returncode == 2
    assert "is read for this document" in one_line(done.stderr)
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


@POSIX
def test_a_file_that_appears_while_a_batch_runs_is_not_written_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lines(*_: object) -> Iterator[str]:
        Path("out.jsonl").write_text("theirs")
        yield "{}\n"

    monkeypatch.setattr("adaptadvisor.cli.batch.lines", lines)
    done = in_process("batch", "-", "-o", "out.jsonl", stdin=b"{}\n")
    assert done.returncode == 2
    assert "error[file-exists]" in one_line(done.stderr)
    assert Path("out.jsonl").read_text() == "theirs"


@POSIX
@pytest.mark.parametrize("words", [("recommend", "--rules", "loop"), ("rules", "lint", "loop")])
def test_a_folder_of_rules_that_links_to_itself_is_one_clear_line(words: tuple[str, ...]) -> None:
    Path("loop").symlink_to("loop")
    done = in_process(*words)
    assert done.returncode == 2
    assert "no such folder of rules" in one_line(done.stderr)
