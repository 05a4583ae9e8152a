"""The commands that write, interrupted, side by side, on a full disk, on one that is read-only."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml
from ground import Case, Ground, as_process, ended, limited, started
from inputs import SAVED

Found = tuple[str, list[str]]
_LABEL = ("recommend", "--task", "label", "--examples", "1200")
_LINES = b"".join(
    json.dumps({"id": number, "facts": {"task": "label", "examples": number}}).encode() + b"\n"
    for number in range(400)
)
WRITERS = {
    "report": Case(argv=(*_LABEL, "-o", "out.html"), makes=("out.html",)),
    "over": Case(
        argv=(*_LABEL, "-o", "out.md", "--force"), files={"out.md": b"old\n"}, makes=("out.md",)
    ),
    "batch": Case(argv=("batch", "-", "-o", "out.jsonl"), stdin=_LINES, makes=("out.jsonl",)),
    "answers": Case(argv=("ask", "--stdin"), stdin=b"1\nu\n1\nu\n1\ndone\n\n", makes=(SAVED,)),
    "named": Case(
        argv=("ask", "--stdin", "--save", "mine.yaml"),
        stdin=b"2\nu\ndone\n\n",
        makes=("mine.yaml",),
    ),
    "saved": Case(argv=(*_LABEL, "--save", "facts.yaml"), makes=("facts.yaml",)),
    "init": Case(argv=("rules", "init", "house"), makes=("house", "house/*")),
    "record": Case(argv=(*_LABEL, "--adr-dir", "records"), makes=("records", "records/0*.md")),
    "junit": Case(argv=("rules", "test", "--junit", "tests.xml"), makes=("tests.xml",)),
    "diff": Case(
        argv=("rules", "diff", "HEAD", "house"),
        files={"house/table.yaml": b"version: 0.1.0\nextends: shipped\n"},
    ),
}
"""Everything that writes a file or a temporary folder. `ask` writes after each answer."""
_GROWS = ("answers", "named")


def _content(ground: Ground, case: Case) -> dict[str, bytes]:
    return {
        str(path.relative_to(ground.work)): path.read_bytes()
        for pattern in case.makes
        for path in sorted(
            ground.work.rglob(pattern.removesuffix("/*") if "/" in pattern else pattern)
        )
        for path in ([path] if path.is_file() else sorted(path.rglob("*")))
        if path.is_file() and path.name[0] != "."
    }


def laid(ground: Ground, case: Case) -> None:
    """Lays the files of a writer, in a repository where it needs one."""
    if "diff" in case.argv:
        ground.lay(case.files)
        git(ground, "init", "-q")
        git(ground, "add", ".")
        git(ground, "commit", "-q", "-m", "x")
    ground.lay(case.files)


def git(ground: Ground, *words: str, stdin: bytes = b"") -> bytes:
    who = {
        f"GIT_{part}_{what}": "x@x"
        for part in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["git", *words],
        cwd=ground.work,
        env=ground.environment(who),
        input=stdin,
        capture_output=True,
        check=True,
    )
    return done.stdout


_STRIKER = (sys.executable, str(Path(__file__).with_name("strike.py")))


@cache
def _undisturbed(name: str) -> tuple[Mapping[str, bytes], list[int]]:
    """What a writer writes when nothing disturbs it; the steps that change a file, and the last."""
    with Ground() as ground:
        laid(ground, WRITERS[name])
        steps = ground.outside / "steps"
        env = {"ATTACK_STRIKE": "0 0", "ATTACK_STEPS": str(steps)}
        done = as_process(ground, replace(WRITERS[name], env=env), program=_STRIKER)
        if done.code != 0:
            raise SystemExit(f"{name} fails undisturbed: {done.err.decode()[-300:]}")
        return _content(ground, WRITERS[name]), json.loads(steps.read_text())


def _whole(ground: Ground, name: str) -> list[str]:
    """Whether what a writer has written is there whole, as before, or not at all."""
    case, reference = WRITERS[name], _undisturbed(name)[0]
    found = []
    content = _content(ground, case)
    for path, data in content.items():
        if name in _GROWS:
            good = data.endswith(b"\n") and isinstance(yaml.safe_load(data) or {}, dict)
        else:
            good = data in (reference.get(path), case.files.get(path))
        if not good:
            found.append(f"half a file of {name}: {path} has {len(data)} bytes")
    if name == "init" and content and set(content) != set(reference):
        found.append(f"half a folder: {len(content)} of {len(reference)} files")
    return found


# ---- signals ----


def signals(rnd: random.Random, _: int, ground: Ground) -> Found:
    """A signal after the first change of a command that writes; then it must work again."""
    name = rnd.choice(list(WRITERS))
    number = rnd.choice((signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL))
    *changes, last = _undisturbed(name)[1]
    step = rnd.choice(changes) if rnd.random() < 0.6 else rnd.randrange(changes[0], last + 1)
    case = WRITERS[name]
    codes = (0, -number, 128 + number, 130)  # 0: all was written when it came
    laid(ground, case)
    struck = replace(case, env={"ATTACK_STRIKE": f"{int(number)} {step}"})
    outcome = ended(started(ground, struck, program=_STRIKER), case.stdin)
    killed = number == signal.SIGKILL
    if killed and outcome.code is None:
        outcome = replace(outcome, code=-number)
    found = ground.judged(replace(case, codes=codes), outcome)
    if killed:  # nobody can tidy up after that, but nothing may be half there under its own name
        litter = re.compile(r"(/\.|\.part|^tmp/).* is new$")
        found = [fault for fault in found if not litter.search(fault)]
    found += _whole(ground, name)
    if not _content(ground, case) or name in ("over", "answers", "diff"):
        again = as_process(ground, case)
        if again.code != 0:
            said = again.err.decode(errors="replace").strip()[-200:]
            found.append(f"after the signal it ends with {again.code}: {said}")
    what = f"{name}, {number.name} at step {step} of {last}"
    return what, [f"{fault} ({number.name})" for fault in found]


# ---- fifty processes at once ----

MANY = 50


def at_once(_: random.Random, number: int, ground: Ground) -> Found:
    """Fifty processes that want to write to the same place."""
    name = ("report", "record", "answers", "init", "batch", "over")[number % 6]
    case = WRITERS[name]
    laid(ground, case)
    processes = [started(ground, case) for _ in range(MANY)]
    for process in processes:
        process.stdin.write(case.stdin)  # type: ignore[union-attr]
        process.stdin.close()  # type: ignore[union-attr]
        process.stdin = None
    outcomes = [ended(process, None, 300) for process in processes]
    found = [fault for outcome in outcomes[1:] for fault in ground.judged(case, outcome)]
    good = sum(outcome.code == 0 for outcome in outcomes)
    files = len(_content(ground, case))
    wanted, made = {
        "report": (1, 1),
        "batch": (1, 1),
        "init": (1, len(_undisturbed("init")[0])),
        "over": (MANY, 1),
        "record": (MANY, MANY),
        "answers": (MANY, MANY),
    }[name]
    if (good, files) != (wanted, made):
        found.append(f"{name}: {good} of {MANY} wrote {files} files, not {wanted} and {made}")
    if name != "record":
        found += _whole(ground, name)
    return f"{MANY} times {name}", list(dict.fromkeys(found))


# ---- full and read-only disks ----


@contextmanager
def _small_disk(ground: Ground, size: str) -> Iterator[bool]:
    """A disk of its own as the working folder; False where it cannot be mounted."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(ground.work)]
    try:
        mounted = not subprocess.run(words, capture_output=True, check=False).returncode
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(ground.work)], check=False)


def disk_full(rnd: random.Random, number: int, ground: Ground) -> Found:
    """A writer while the disk fills up, or a file may grow no further; or stdout is full."""
    name = list(WRITERS)[number // 3 % len(WRITERS)]
    case = replace(WRITERS[name], codes=(0, 1))
    way = number % 3
    if way == 0:
        laid(ground, case)
        with Path("/dev/full").open("wb") as full:
            process = started(ground, case, stdout=full.fileno())
            outcome = ended(process, case.stdin)
        return f"{name} with a full stdout", ground.judged(case, outcome) + _whole(ground, name)
    if way == 1:
        size = rnd.randrange(6_000)
        laid(ground, case)
        outcome = as_process(ground, case, limit=lambda: limited(file_size=size))
        return f"{name}, files to {size} bytes", ground.judged(case, outcome) + _whole(ground, name)
    pages = rnd.randrange(8)
    with _small_disk(ground, "4m") as mounted:
        laid(ground, case)
        if mounted:
            free = os.statvfs(ground.work).f_bavail - pages
            (ground.work / "filler").write_bytes(b"x" * max(0, free) * os.sysconf("SC_PAGE_SIZE"))
        ground.lay({})
        inside = {"TMPDIR": str(ground.work)} if name == "diff" else {}
        outcome = as_process(ground, replace(case, env=inside))
        found = ground.judged(case, outcome) + _whole(ground, name)
    return f"{name} with {pages} pages left{'' if mounted else ' (no mount)'}", found


def read_only(_: random.Random, number: int, ground: Ground) -> Found:
    """A writer in a folder that cannot be written to."""
    name = list(WRITERS)[number % len(WRITERS)]
    case = replace(WRITERS[name], makes=(), codes=(0, 1) if name in ("answers", "diff") else (1, 2))
    with _small_disk(ground, "4m") as mounted:
        laid(ground, case)
        if mounted:
            words = ["mount", "-o", "remount,ro", str(ground.work)]
            subprocess.run(words, check=True)
        elif os.geteuid() == 0:
            raise SystemExit("nothing can be mounted, and root may write to any folder")
        else:
            ground.work.chmod(0o555)
        ground.lay({})
        try:
            found = ground.judged(case, as_process(ground, case))
        finally:
            if not mounted:
                ground.work.chmod(0o755)
    return f"{name}, read-only", found
