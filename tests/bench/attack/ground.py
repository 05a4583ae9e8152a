"""Where one attack happens: a temporary folder, the command run in it, and what is a failure.

The folder holds things outside the working folder that must stay as they are.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Self

CANARY = "CANARY-5f0c1e-nobody-may-show-this"
"""Content of the files outside; it may never appear in any output."""
MEMORY = 1 << 30
CPU_SECONDS = 15
"""Of one command. A yardstick for hanging, not for speed."""
WALL_SECONDS = 40
DONE = (0, 2, 3, 4, 130)
"""Exit codes that any command may have; 1 only where a disk, pipe or device really failed."""
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_COLOUR = re.compile(r"\x1b\[\d*(;\d+)*m")
_LEFT_OVER = re.compile(r"\.part$|\.tmp$|^\.adaptadvisor|^tmp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command and everything that it finds."""

    argv: Sequence[str]
    stdin: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """By path inside the working folder."""
    makes: Sequence[str] = ()
    """Patterns of the paths that the command may write; everything else stays as it is."""
    codes: Sequence[int] = DONE
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended; a negative code is a signal, None is a command that hung."""

    code: int | None
    out: bytes
    err: bytes


class Ground:
    """A folder `work` in a temporary one that also holds `outside`, `home` and `tmp`."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="attack-", dir=os.environ.get("ATTACK_TMP")))
        self.work, self.tmp = self.root / "work", self.root / "tmp"
        self.outside = self.root / "outside"
        for folder in (self.work, self.tmp, self.outside, self.root / "home"):
            folder.mkdir()
        (self.outside / "precious.txt").write_text(f"{CANARY}\n")
        (self.outside / "precious.yaml").write_text(f"task: {CANARY}\n- {CANARY}\n")
        (self.outside / "precious.txt").chmod(0o640)
        self.before: dict[str, tuple[int, int, bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def lay(self, files: Mapping[str, bytes]) -> None:
        """Writes files into the working folder, and remembers how everything looks now."""
        for name, content in files.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.before = self._now()

    def _now(self) -> dict[str, tuple[int, int, bytes]]:
        found = {}
        for folder, folders, names in os.walk(self.root):
            if ".git" in folders:
                folders.remove(".git")  # git writes there as it likes
            for name in (*folders, *names):
                path = Path(folder, name)
                at = path.lstat()
                regular = stat.S_ISREG(at.st_mode) and at.st_size < 1 << 22
                content = (
                    os.fsencode(path.readlink())
                    if path.is_symlink()
                    else path.read_bytes()
                    if regular
                    else b""
                )
                size = 0 if stat.S_ISDIR(at.st_mode) else at.st_size
                found[str(path.relative_to(self.root))] = at.st_mode, size, content
        return found

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        keep = {
            key: os.environ[key] for key in ("PATH", "LANG", "VIRTUAL_ENV") if key in os.environ
        }
        own = {"HOME": self.root / "home", "TMPDIR": self.tmp, "COLUMNS": "80", "TERM": "dumb"}
        own |= {"XDG_CACHE_HOME": self.root / "home", "PYTHONDONTWRITEBYTECODE": "1"}
        return keep | {key: str(value) for key, value in own.items()} | dict(extra)

    # ---- what is wrong ----

    def judged(self, case: Case, outcome: Outcome, *, colours: bool = False) -> list[str]:
        """What is wrong with a command's end, its words, and the folder it leaves."""
        found = _about_words(outcome, colours=colours)
        if outcome.code is None:
            found.append("hangs")
        elif outcome.code not in case.codes:
            said = outcome.err.decode(errors="replace").strip().rpartition("\n")[2]
            found.append(f"exit code {outcome.code}: {said[:200]}")
        return found + self.surroundings(case.makes)

    def surroundings(self, makes: Sequence[str], *, may_litter: bool = False) -> list[str]:
        """What differs from before that should not. Litter is what a killed process cannot tidy."""
        found = []
        after = self._now()
        for name in sorted({*self.before, *after}):
            was, now = self.before.get(name), after.get(name)
            inside = name.removeprefix("work/") if name.startswith("work/") else None
            new = inside is not None and any(fnmatch(inside, pattern) for pattern in makes)
            if new and now:
                found += _about_file(name, now[2])
            litter = name.startswith("tmp/") or bool(_LEFT_OVER.search(Path(name).name))
            if was == now or new or (may_litter and was is None and litter):
                continue
            what = "is gone" if now is None else "is new" if was is None else "has changed"
            found.append(f"{_steady(name)} {what}")
        return found


def _steady(name: str) -> str:
    return re.sub(r"tmp/.*", "tmp/*", re.sub(r"adaptadvisor-[\w-]*\.part", "*.part", name))


def _about_words(outcome: Outcome, *, colours: bool) -> list[str]:
    found = []
    for stream, words in (("stdout", outcome.out), ("stderr", outcome.err)):
        try:
            text = words.decode()
        except UnicodeDecodeError:
            found.append(f"{stream} is not UTF-8")
            text = words.decode(errors="replace")
        if "Traceback (most recent" in text or "a bug in adaptadvisor" in text:
            last = re.sub(r"/\S+", "PATH", text.strip().rpartition("\n")[2])
            found.append(f"bug: {last[:160]}")
        if CANARY in text:
            found.append(f"{stream} shows what lies outside")
        text = _COLOUR.sub("", text).replace("\r\n", "\n") if colours else text
        if control := _CONTROL.search(text):
            found.append(f"{stream} has a control character {control[0]!r}")
    return found


def _about_file(name: str, content: bytes) -> list[str]:
    text = content.decode(errors="replace")
    found = [f"{name} holds what lies outside"] if CANARY in text else []
    if control := _CONTROL.search(text):
        found.append(f"a file written has a control character {control[0]!r}")
    return found


# ---- running ----


def in_this_process(ground: Ground, case: Case) -> Outcome:
    """Runs the command in this process, with files for its streams."""
    from adaptadvisor.cli.main import run

    kept = dict(os.environ)
    old = sys.stdin, sys.stdout, sys.stderr, Path.cwd(), tempfile.tempdir
    streams = [tempfile.TemporaryFile(dir=ground.root) for _ in range(3)]  # noqa: SIM115 - closed below
    fds = [os.dup(number) for number in range(3)]
    streams[0].write(case.stdin)
    streams[0].seek(0)
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
    os.environ.clear()
    os.environ.update(ground.environment(case.env))
    os.chdir(ground.work)
    tempfile.tempdir = None
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
        for number, mode in enumerate("rww")
    )
    code: int | None
    try:
        code = _timed(lambda: run(list(case.argv)))
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        for number, fd in enumerate(fds):
            os.dup2(fd, number)
            os.close(fd)
        sys.stdin, sys.stdout, sys.stderr = old[:3]
        os.chdir(old[3])
        tempfile.tempdir = old[4]
        os.environ.clear()
        os.environ.update(kept)
    words = []
    for stream in streams:
        stream.seek(0)
        words.append(stream.read())
        stream.close()
    return Outcome(code, words[1], words[2])


class TooLongError(BaseException):
    """Not an `Exception`, so that no handler of the program takes it for its own."""


def _timed(work: Callable[[], int]) -> int | None:
    """What the work returns; None where it takes too much CPU or waits for ever."""

    def stop(*_: object) -> None:
        raise TooLongError

    for kind in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(kind, stop)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    try:
        return work()
    except TooLongError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


PROGRAM = (sys.executable, "-m", "adaptadvisor")


def limited(cpu: int = CPU_SECONDS, file_size: int | None = None) -> None:
    """Limits this process, as the last thing before it becomes another program."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))


def started(
    ground: Ground,
    case: Case,
    *,
    program: Sequence[str] = PROGRAM,
    limit: Callable[[], None] = limited,
    stdin: int = subprocess.PIPE,
    stdout: int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """The command as a process of its own."""
    return subprocess.Popen(
        [*program, *case.argv],
        cwd=ground.work,
        env=ground.environment(case.env),
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        preexec_fn=limit,  # noqa: PLW1509 - threads here hold no locks
    )


def ended(
    process: subprocess.Popen[bytes], stdin: bytes | None, seconds: float = WALL_SECONDS
) -> Outcome:
    """Waits for a process; one that hangs is killed."""
    try:
        out, err = process.communicate(stdin, timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        return Outcome(None, out or b"", err)
    hung = process.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
    return Outcome(None if hung else process.returncode, out or b"", err)


def as_process(ground: Ground, case: Case, **how: object) -> Outcome:
    """Runs the command as a process of its own, to its end."""
    process = started(ground, case, **how)  # type: ignore[arg-type]
    return ended(process, case.stdin if process.stdin else None)
