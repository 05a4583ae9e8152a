"""A program that starts at once: a process that has loaded the program forks for every command.

The command is a process of its own, with the streams, folder, environment and signals of whoever
started it, and ends as it would; only loading, which is half a second each time, is done once. A
test that is about loading, or about the interpreter's own settings, starts `PROGRAM` instead.

`python quick.py serve SOCKET` serves until its stdin ends; `python -IS quick.py SOCKET SHAPING
WORDS...` is the command. It imports almost nothing, so that it costs next to nothing.
"""

from __future__ import annotations

import _socket
import marshal
import os
import select
import signal
import sys

TYPE_CHECKING = False  # typing costs a third of a start
if TYPE_CHECKING:
    from collections.abc import Mapping

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SIZE = 4


def shaping(environment: Mapping[str, str]) -> str:
    """What the interpreter looks at when it starts: the server has looked already."""
    own = ("PYTHON", "LC_", "LANG")
    return ";".join(
        sorted(f"{name}={text}" for name, text in environment.items() if name.startswith(own))
    )


def command(path: str, given: str, words: list[str]) -> None:
    """Runs a command as the server's child, passes signals on, and ends as it did."""
    if shaping(os.environ) != given:
        os.execv(sys.executable, [sys.executable, "-m", "adaptadvisor", *words])
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    streams = [number for number in range(3) if _is_open(number)]
    server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    server.connect(path)
    ignored = [int(number) for number in STOPPING if signal.getsignal(number) == signal.SIG_IGN]
    folder = os.getcwdb()  # noqa: PTH109 - pathlib costs more than all the rest
    about = marshal.dumps((words, folder, dict(os.environb), streams, ignored))
    rights = b"".join(number.to_bytes(SIZE, sys.byteorder) for number in streams)
    ancillary = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)] if streams else []
    server.sendmsg([len(about).to_bytes(SIZE, "big")], ancillary)
    server.sendall(about)
    child = int.from_bytes(_exactly(server, SIZE), "big")
    for number in STOPPING:
        if int(number) not in ignored:
            signal.signal(number, lambda number, _: os.kill(child, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    code = int.from_bytes(_exactly(server, SIZE), "big", signed=True)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _exactly(peer: _socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        if not (more := peer.recv(size - len(found))):
            raise EOFError
        found += more
    return found


def serve(path: str) -> None:
    """Forks for every command until stdin ends."""
    _load()
    listener = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(64)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    print("ready", flush=True)
    clients: dict[int, _socket.socket] = {}
    while True:
        numbers = [0, listener.fileno(), woken, *(one.fileno() for one in clients.values())]
        ready, _, _ = select.select(numbers, [], [])
        if 0 in ready:
            return
        if woken in ready:
            os.read(woken, 4096)
        for child in [child for child, one in clients.items() if one.fileno() in ready]:
            os.kill(child, signal.SIGKILL)  # whoever started it was killed
        _buried(clients)
        if listener.fileno() in ready:
            client = _accepted(listener)
            try:
                asked, streams = _request(client)
            except (EOFError, OSError):
                client.close()
                continue
            child = os.fork()
            if not child:
                signal.set_wakeup_fd(-1)
                for one in (listener, client, *clients.values()):
                    one.close()
                for number in (woken, wake):
                    os.close(number)
                _as_child(asked, streams)
            clients[child] = client
            for number in streams:
                os.close(number)
            _told(client, child)


def _accepted(listener: _socket.socket) -> _socket.socket:
    number, _ = listener._accept()
    return _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, number)


def _request(client: _socket.socket) -> tuple[tuple, list[int]]:
    size, ancillary, _, _ = client.recvmsg(SIZE, _socket.CMSG_SPACE(3 * SIZE))
    rights = b"".join(data for _, _, data in ancillary)
    streams = [
        int.from_bytes(rights[at : at + SIZE], sys.byteorder) for at in range(0, len(rights), SIZE)
    ]
    if len(size) < SIZE:
        raise EOFError
    return marshal.loads(_exactly(client, int.from_bytes(size, "big"))), streams


def _told(client: _socket.socket, number: int) -> None:
    import contextlib

    with contextlib.suppress(OSError):  # it may have been killed
        client.sendall(number.to_bytes(SIZE, "big", signed=True))


def _buried(clients: dict[int, _socket.socket]) -> None:
    """Tells whoever started a child that has ended how it ended."""
    while clients:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        client = clients.pop(child)
        _told(client, os.waitstatus_to_exitcode(status))
        client.close()


def _load() -> None:
    """Everything that a command loads, and the shipped table; nothing that starts threads."""
    import contextlib
    import gc
    import importlib
    import pkgutil
    from pathlib import Path

    import once

    import adaptadvisor
    from adaptadvisor.cli.main import run

    for module in pkgutil.walk_packages(adaptadvisor.__path__, "adaptadvisor."):
        if not module.name.startswith(("adaptadvisor.lab", "adaptadvisor.__main__")):
            importlib.import_module(module.name)
    once.install()
    with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
        for words in (["--version"], ["recommend", "--set", "task=label"]):
            run(words)
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def _as_child(asked: tuple, streams: list[int]) -> None:
    import atexit
    import io
    import tempfile

    words, folder, environment, numbers, ignored = asked
    os.setsid()
    kinds = [(stream.encoding, stream.errors) for stream in (sys.stdin, sys.stdout, sys.stderr)]
    for number in range(3):
        if number not in numbers:
            os.close(number)
    for number, stream in zip(numbers, streams, strict=True):
        os.dup2(stream, number)
    for stream in streams:
        os.close(stream)
    os.chdir(folder)
    tempfile.tempdir = None  # the environment may say another
    os.environb.clear()
    os.environb.update(environment)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in STOPPING:
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, signal.SIG_IGN if int(number) in ignored else usual)
    for number, (name, (encoding, errors)) in enumerate(
        zip(("stdin", "stdout", "stderr"), kinds, strict=True)
    ):
        stream = None
        if number in numbers:
            mode = "w" if number else "r"
            raw = io.FileIO(number, mode, closefd=False)
            buffered = io.BufferedWriter(raw) if number else io.BufferedReader(raw)
            lines = number == 2 or raw.isatty()
            stream = io.TextIOWrapper(buffered, encoding, errors, line_buffering=lines)
            stream.mode = mode
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    from adaptadvisor import __main__

    sys.argv = [__main__.__file__, *words]
    code = 0
    try:
        __main__.main()
    except SystemExit as end:
        code = end.code
    # as the interpreter ends, but for taking apart all that was loaded, which takes a while
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream:
                stream.flush()
        except (OSError, ValueError):
            code = 120
    os._exit(code)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        command(sys.argv[1], sys.argv[2], sys.argv[3:])
