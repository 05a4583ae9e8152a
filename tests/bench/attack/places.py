"""Attacks from odd places: a real terminal, files that are none, git trees that nobody would make."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pexpect
from ground import (
    DONE,
    PROGRAM,
    WALL_SECONDS,
    Case,
    Ground,
    Outcome,
    as_process,
    ended,
    limited,
    started,
)
from inputs import MADE, ask_flags, script
from writing import Found, git

# ---- a terminal ----

_KEYS = (
    "\x1b[A",
    "\x1b[200~x\x1b[201~",
    "\t\t",
    "x" * 4_000,
    "\x7f\x7f",
    "\x15",
    "\x16\x1b",
    "\x12",
)
_PROMPT = r"(> |answer: |[.?)] )$"


def terminal(rnd: random.Random, _: int, ground: Ground) -> Found:
    """A whole interview in a terminal, with odd keys, ended in any of the ways that there are."""
    ground.lay({"facts.yaml": b"task: label\n"})
    argv = ["ask", *ask_flags(rnd)]
    child = pexpect.spawn(
        PROGRAM[0],
        [*PROGRAM[1:], *argv],
        cwd=str(ground.work),
        env=ground.environment({"TERM": "xterm"}),
        echo=False,
        timeout=WALL_SECONDS,
        dimensions=(rnd.choice((24, 3)), rnd.choice((80, 40, 12, 200))),
        preexec_fn=limited,
    )
    lines = script(rnd, hostile=0.05)
    end = rnd.choice(("\n", "\n", "quit\n", "\x03", "\x04", "hang up", "term", "resize"))
    seen = b""
    hung = False
    try:
        for line in [*lines, end]:
            child.expect(_PROMPT)
            seen += child.before + child.after
            if line is end:
                break
            child.sendline(rnd.choice(_KEYS) if rnd.random() < 0.04 else line)
        seen += _finished(child, end)
    except pexpect.EOF:
        seen += child.before
    except pexpect.TIMEOUT:
        hung = True
        seen += child.before
    child.close(force=True)
    code = None if hung else child.exitstatus if child.signalstatus is None else -child.signalstatus
    codes = (0, 2, 3, 4, 130, -signal.SIGHUP, -signal.SIGTERM, 128 + 1, 128 + 15)
    case = Case(argv=argv, makes=MADE, codes=codes)
    found = ground.judged(case, Outcome(code, seen.replace(b"\r", b""), b""), colours=True)
    return f"{' '.join(argv)!a} ... {len(lines)} lines, then {end!r}", found


def _finished(child: pexpect.spawn, end: str) -> bytes:
    """Ends an interview; what it says meanwhile."""
    if end in ("hang up", "term"):
        child.kill(signal.SIGHUP if end == "hang up" else signal.SIGTERM)
        child.expect(pexpect.EOF)
        return bytes(child.before)
    if end == "resize":
        child.setwinsize(5, 20)
        end = "\n"
    seen = b""
    for _ in range(80):
        child.send(end)
        place = child.expect([_PROMPT, pexpect.EOF])
        seen += child.before + (child.after if place == 0 else b"")
        if place == 1:
            return seen
        end = "done\n" if end == "\n" else "\n" if end == "done\n" else end
    return seen


# ---- files that are none ----


def _fifo(path: Path) -> None:
    """A pipe into which somebody writes once, and from which he then goes away."""
    os.mkfifo(path)

    def write() -> None:
        with suppress(OSError), path.open("wb") as pipe:
            pipe.write(b"task: label\n")

    threading.Thread(target=write, daemon=True).start()


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the whole path may be too long for a socket
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(here)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(5 << 30)


THINGS: dict[str, Callable[[Path], None]] = {
    "a pipe": _fifo,
    "a pipe that nobody uses": os.mkfifo,
    "/dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "/dev/urandom": lambda path: path.symlink_to("/dev/urandom"),
    "/dev/full": lambda path: path.symlink_to("/dev/full"),
    "/dev/null": lambda path: path.symlink_to("/dev/null"),
    "/dev/tty": lambda path: path.symlink_to("/dev/tty"),
    "a file": lambda path: path.write_text("precious\n") and None,
    "a folder": Path.mkdir,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a link outside": lambda path: path.symlink_to("../outside/precious.txt"),
    "a socket": _socket,
    "5 GB of nothing": _sparse,
    "/proc/self/mem": lambda path: path.symlink_to("/proc/self/mem"),
}
READS = (
    ("recommend", "--facts", "thing"),
    ("ask", "--facts", "thing", "--no-input"),
    ("report", "thing"),
    ("report", "thing", "--format", "html"),
    ("batch", "thing"),
    ("rules", "lint", "thing"),
    ("recommend", "--rules", "thing", "--task", "label"),
    ("rules", "diff", "thing", "shipped"),
    ("recommend", "--facts", "-"),
    ("ask", "--stdin"),
    ("batch", "-"),
)
INSIDE = ("house/table.yaml", "house/needs.yaml", "house/tests/own.yaml", "house/needs/own.yaml")
WRITES = (
    ("recommend", "--task", "label", "-o", "thing"),
    ("recommend", "--task", "label", "-o", "thing", "--force"),
    ("ask", "--stdin", "--save", "thing"),
    ("recommend", "--task", "label", "--save", "thing"),
    ("recommend", "--task", "label", "--adr-dir", "thing"),
    ("batch", "-", "-o", "thing"),
    ("batch", "thing", "-o", "thing"),
    ("report", "thing", "-o", "thing"),
    ("rules", "init", "thing"),
    ("rules", "test", "--junit", "thing"),
)
_PLACES = (*READS, *INSIDE, *WRITES)


def special(_: random.Random, number: int, ground: Ground) -> Found:
    """Something that is no ordinary file, where one is read or written."""
    place = _PLACES[number % len(_PLACES)]
    names = list(THINGS)
    name = names[(number // len(_PLACES) + number) % len(names)]
    argv = place
    codes = (0, 1, 2, 3, 130)
    if isinstance(place, str):
        path = ground.work / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if not place.endswith("table.yaml"):
            (ground.work / "house/table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
        argv = ("rules", ("lint", "test", "show")[number % 3], "house")
    else:
        path = ground.work / "thing"
        if name == "a pipe that nobody uses" and place[-2] not in ("--save", "--adr-dir", "init"):
            name = "a pipe"  # to wait for a writer is what a pipe is for
    THINGS["a pipe that nobody uses" if name == "a pipe" and place in WRITES else name](path)
    ground.lay({})
    made = {
        "thing/0*.md": "--adr-dir" in argv,
        "thing": "--force" in argv and ("5 GB" in name or name == "a file"),
        "nothing*": "to nothing" in name,
    }
    made |= {"thing/*": "init" in argv, "adaptadvisor-answers*.yaml": "ask" in argv}
    case = Case(argv=argv, codes=codes, makes=[pattern for pattern, is_so in made.items() if is_so])
    on_stdin = isinstance(place, tuple) and place in READS[-3:]
    on_stdin = on_stdin and name not in ("a folder", "a socket") and "link to" not in name
    if place in WRITES and name == "a pipe":
        threading.Thread(target=lambda: path.open("rb").read(), daemon=True).start()
    if on_stdin:
        with Path(os.devnull if name == "/dev/tty" else path).open("rb") as file:
            outcome = ended(started(ground, case, stdin=file.fileno()), None)
    else:
        outcome = as_process(ground, replace(case, stdin=b"1\nu\ndone\n\n"))
    found = ground.judged(case, outcome)
    return f"{name} as {place if isinstance(place, str) else ' '.join(place)}", found


# ---- git trees ----

_NAMES = (
    b"../../../outside/hacked.yaml", b"../../../../outside/hacked.yaml", b"../hacked.yaml", b"..", b".", b"", b".git", b"a/../../x.yaml",
    b"OUTSIDE/hacked.yaml", b"C:x.yaml", b"C:\\x.yaml", b"..\\x.yaml", b"a\nb.yaml",
    b"\x1b[31mred.yaml", "\u202eevil.yaml".encode(), b"\xff\xfe.yaml", b"-o.yaml", b"--x.yaml",
    b"x" * 300 + b".yaml", b"x/" * 2_000 + b".yaml", b"needs.yaml", b"NEEDS.yaml", b"nul.yaml",
    b" .yaml", b".yaml", b"tests", b"tests/../../../hacked.yaml", b"needs.yaml/x.yaml",
)  # fmt: skip
_MODES = (b"100644",) * 8 + (b"120000", b"160000", b"40000", b"100755", b"100666", b"0", b"10644")
_EXTENDS = (
    "shipped", "shipped", "shipped", "..", "../..", "../../outside", "../house", ".", "/etc", "a/../..",
    "~", "C:\\", '"\\u202e"', '"\\e[31m"', '"../\\0"', "HEAD:x", "-o", "x" * 5_000, "[a]", "needs.yaml",
)  # fmt: skip
_REVISIONS = (
    "odd", "odd", "odd", "odd", "odd", "odd^{tree}", "-h", "--output=../outside/hacked", "odd:house",
    "@{u}", ":/x", "--exec=touch ../outside/hacked", "\x1b[31m", "\u202e", "HEAD~9999", "a b", "",
    "..", "../outside", "odd\n", "-", "@",
)  # fmt: skip
_TOUCH = "touch ../outside/hacked; touch $HOME/hacked"
_CONFIGS = (
    ("core.fsmonitor", _TOUCH), ("core.sshCommand", _TOUCH), ("core.pager", _TOUCH),
    ("core.hooksPath", "."), ("alias.rev-parse", f"!{_TOUCH}"), ("alias.ls-tree", f"!{_TOUCH}"),
    ("diff.external", _TOUCH), ("core.gitProxy", _TOUCH), ("core.editor", _TOUCH),
    ("filter.x.smudge", _TOUCH), ("core.worktree", "../../outside"), ("core.alternateRefsCommand", _TOUCH),
)  # fmt: skip


def trees(ground: Ground, entries: list[tuple[bytes, bytes, bytes]]) -> str:
    """A tree with exactly these entries (mode, name, object), whatever git thinks of them."""
    raw = b"".join(
        b"%s %s\0%s" % (mode, name, bytes.fromhex(id.decode())) for mode, name, id in entries
    )
    words = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
    return git(ground, *words, stdin=raw).decode().strip()


def git_trees(rnd: random.Random, number: int, ground: Ground) -> Found:
    """`rules diff` with a revision whose tree no honest git would have made."""
    house = ground.work / "house"
    house.mkdir()
    base = f"version: 0.1.0\nextends: {rnd.choice(_EXTENDS)}\n"
    (house / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    git(ground, "init", "-q")
    table = _blob(ground, base.encode())
    evil = _blob(ground, b"- id: hacked\n  off: true\n")
    entries = [(b"100644", b"table.yaml", table)]
    outside = os.fsencode(ground.outside)
    odd = [
        (rnd.choice(_MODES), rnd.choice(_NAMES).replace(b"OUTSIDE", outside), evil)
        for _ in range(rnd.choice((0, 1, 1, 3)))
    ]
    note = ""
    if number % 40 == 7:
        entries, note = [*entries, (b"100644", b"needs.yaml", _zeros(ground, 1_300))], "1.3 GB"
    elif number % 40 == 17:
        odd, note = (
            [(b"100644", b"f%d.yaml" % place, evil) for place in range(3_000)],
            "3,000 files",
        )
    elif number % 40 == 27:
        odd, note = [(b"100644", b"needs.yaml", b"12" * 20)], "a blob that is not there"
        _promise(ground)
    elif number % 40 == 37:
        odd, note = (
            [(b"40000", b"tests", trees(ground, [(b"100644", _NAMES[0], evil)]).encode())],
            "tests",
        )
    inner = trees(ground, sorted([*entries, *odd], key=lambda entry: entry[1]))
    top = trees(ground, [(b"40000", b"house", inner.encode())])
    commit = git(ground, "commit-tree", top, "-m", "x\x1b[31m").decode().strip()
    git(ground, "update-ref", "refs/heads/odd", commit)
    revision = "odd" if note else rnd.choice(_REVISIONS)
    if rnd.random() < 0.3:
        key, value = rnd.choice(_CONFIGS)
        git(ground, "config", key, value)
        note += f" {key}"
    ground.lay({})
    case = Case(argv=("rules", "diff", revision.replace("\0", ""), "house", "--sample", "50"))
    if "not there" in note:
        case = replace(case, codes=(*DONE, 1))
    found = ground.judged(case, as_process(ground, case))
    shown = re.sub(r"\s+", " ", ascii([(mode, name[:30]) for mode, name, _ in odd[:3]]))
    return f"{revision!r} {base[23:60].strip()!r} {shown} {note}", found


def _blob(ground: Ground, content: bytes) -> bytes:
    return git(ground, "hash-object", "-w", "--stdin", stdin=content).strip()


def _zeros(ground: Ground, megabytes: int) -> bytes:
    """A blob of zeros; it takes little room in the repository."""
    path = ground.work / "zeros"
    with path.open("wb") as file:
        file.truncate(megabytes << 20)
    id = git(ground, "-c", "core.compression=1", "hash-object", "-w", "zeros").strip()
    path.unlink()
    return id


def _promise(ground: Ground) -> None:
    """Makes it a partial clone, whose missing objects git would fetch by running a command."""
    for key, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::sh -c {_TOUCH.replace(' ', '% ')}"),
        ("protocol.ext.allow", "always"),
    ):
        git(ground, "config", key, value)
