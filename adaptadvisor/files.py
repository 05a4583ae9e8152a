"""Files and folders written whole or not at all, names kept for later, lines of bounded length."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EEXIST, EINVAL, ELOOP, ENOTDIR, ENOTEMPTY
from pathlib import Path
from typing import IO, BinaryIO

from adaptadvisor.errors import bad_input

MAX_LINE = 1_000_000
"""Bytes of a line that is still read as one."""
_ENDLESS = 100 * MAX_LINE
_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd")

_begun: set[Path] = set()
_kept: dict[Path, int] = {}


@contextmanager
def written_whole(path: Path, *, over: bool = True) -> Iterator[BinaryIO]:
    """A binary file that appears under its name only when all is written; a failure leaves nothing.

    Unless it may be written `over`, a file that exists, or appears meanwhile, raises
    `FileExistsError`. The new file keeps the mode and, where the system allows it, the owner of the
    old one, but no setuid or setgid bit. Of several names (hard links) only this one gets the new
    content, as with `install`. Devices and streams of the process are written directly.
    """
    refuse_pipes(path)
    if path.exists() and not path.is_file():
        with _naming(path), path.open("wb") as handle:
            yield handle
        return
    with _naming(path):
        target = Path(os.path.realpath(path))  # through a symbolic link, so that the link stays
        if target.is_symlink():
            raise OSError(ELOOP, os.strerror(ELOOP))
    if not over and target.exists():
        raise FileExistsError(EEXIST, "it exists already", str(path))
    with _naming(path), _part_in(target.parent) as part:
        with part.open("xb") as handle:
            if over and target.exists():
                _like(target, handle.fileno())
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        if over:
            part.replace(target)
        else:
            _appear(part, target)


@contextmanager
def folder_written_whole(folder: Path, *, over: bool = False) -> Iterator[Path]:
    """A folder to fill, which appears when all is in it; into one that is there files are moved,
    all or none, and over files that are there only where that is allowed.
    """
    with _naming(folder):
        top = folder = Path(os.path.realpath(folder))
        while not top.exists() and not top.parent.exists():
            top = top.parent
        with _part_in(folder if folder.exists() else top.parent) as part:
            draft = part / folder.relative_to(top)
            draft.mkdir(parents=True)
            yield draft
            if folder.exists():
                _move_into(folder, draft, over=over)
            else:
                try:
                    part.rename(top)
                except OSError as error:
                    if error.errno in (EEXIST, ENOTDIR, ENOTEMPTY):  # somebody was faster
                        raise FileExistsError(EEXIST, "it exists already") from None
                    raise


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for this process alone, gone afterwards, whenever a signal comes."""
    from tempfile import gettempdir

    with _undisturbed():  # the library tries whether it can write there, with a file
        place = Path(gettempdir())
    with _part_in(place) as folder:
        folder.mkdir(mode=0o700)
        yield folder


def keep_name(path: Path, *, over: bool = False) -> bool:
    """Keeps a name until this process ends, by an empty file or one to write `over`; False where
    something else is there, or another process keeps the name.
    """
    if not over and path.exists() and not (path.is_file() and path.stat().st_size == 0):
        return False
    # where there are locks they end with the process, so an empty file that a crash left is free
    new = os.O_CREAT | os.O_WRONLY | (os.O_EXCL if os.name == "nt" else 0)
    number = os.open(path, os.O_RDONLY if over else new, 0o666)
    if _locks(number) and _is(path, number) and (over or os.fstat(number).st_size == 0):
        _keep(path, number)
        return True
    os.close(number)
    return False


@contextmanager
def kept_anew(path: Path) -> Iterator[BinaryIO]:
    """A file written whole, under a name that this process keeps and goes on keeping."""
    new = None
    try:
        with written_whole(path) as handle:
            new = os.dup(handle.fileno())
            _locks(new)  # before it has the name, so that nobody comes in between
            yield handle
        if path.is_file():
            _keep(path, new)
            new = None
    finally:
        if new is not None:
            os.close(new)


def _keep(path: Path, number: int) -> None:
    place = Path(os.path.realpath(path))
    if place in _kept:
        os.close(_kept[place])
    _kept[place] = number


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """A folder for one process at a time; if made for that, it goes again while it is empty."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    number = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.name != "nt":
            number = os.open(folder, os.O_RDONLY)
            _locks(number, wait=True)
        yield
    finally:
        if number is not None:
            os.close(number)
        for each in missing:
            with suppress(OSError):  # there is something in it
                each.rmdir()


def clean_up() -> None:
    """Removes what this process has begun and not finished, and names that it kept for nothing."""
    for path in tuple(_begun):
        _remove(path)
    for path, number in _kept.items():
        unused = _is(path, number) and os.fstat(number).st_size == 0
        os.close(number)
        if unused:
            _remove(path)
    _begun.clear()
    _kept.clear()


@contextmanager
def readable(name: str) -> Iterator[None]:
    """What cannot be opened or read is a `BadInput` that names it."""
    try:
        yield
    except FileNotFoundError:
        raise bad_input("missing-file", "no such file", name) from None
    except IsADirectoryError:
        raise bad_input("not-a-file", "this is a folder, not a file", name) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise bad_input("unreadable", f"cannot be read: {why}", name) from None


def bounded_line(stream: IO[bytes], name: str, limit: int = MAX_LINE) -> bytes:
    """The next line with its end, or nothing where the stream ends. A longer line is read to its
    end, but only `limit + 1` bytes of it come back; one that never ends is a `BadInput`.
    """
    line = rest = stream.readline(limit + 1)
    seen = 0
    while len(rest) > limit and not rest.endswith(b"\n"):
        seen += len(rest)
        if seen > _ENDLESS:
            message = f"a line has no end within {_ENDLESS // 1_000_000} MB; reading stopped there"
            raise bad_input("too-large", message, name)
        rest = stream.readline(limit + 1)
    return line


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Signals wait until this is over, where the system can make them wait."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    stopping = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _part_in(folder: Path) -> Iterator[Path]:
    """A hidden name in a folder; what is still there under it at the end is removed."""
    part = folder / f".adaptadvisor-{os.urandom(8).hex()}.part"
    _begun.add(part)  # so that a signal in the middle of the removal leaves nothing either
    try:
        yield part
    finally:
        _remove(part)
        _begun.discard(part)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir():
            from shutil import rmtree

            rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _is(path: Path, number: int) -> bool:
    """Whether an open file is the one under this name."""
    with suppress(OSError):
        return os.path.samestat(os.fstat(number), path.stat())
    return False


def _locks(number: int, *, wait: bool = False) -> bool:
    """Locks an open file, if no other process has; where there are no locks, always."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:
        return True
    with suppress(OSError):
        flock(number, LOCK_EX if wait else LOCK_EX | LOCK_NB)
        return True
    return False


def refuse_pipes(path: Path) -> None:
    """`OSError` for what is no file, device or stream of the process: writing may wait for ever."""
    if path.is_file() or path.is_dir() or path.is_char_device() or not path.exists():
        return
    if not {str(path), str(path.parent)} & {*_STREAMS}:
        raise OSError(EINVAL, "it is a pipe, a socket or a disk, no regular file", str(path))


def _like(old: Path, number: int) -> None:
    """Gives an open file the owner and the mode of another."""
    was = old.stat()
    if hasattr(os, "fchown"):
        with suppress(OSError):
            os.fchown(number, was.st_uid, was.st_gid)
        os.fchmod(number, was.st_mode & 0o777)


def _appear(part: Path, target: Path) -> None:
    """Gives a part its name, where nothing has that name."""
    try:
        target.hardlink_to(part)  # fails where somebody else was faster
    except OSError:
        if target.exists():
            raise FileExistsError(EEXIST, "it exists already") from None
        part.replace(target)  # no links here: what appears in this very moment is replaced


def _move_into(folder: Path, draft: Path, *, over: bool) -> None:
    """Moves all files of a draft to their places in a folder, or none of them."""
    places = {path: folder / path.relative_to(draft) for path in sorted(draft.rglob("*"))}
    made = [place for path, place in places.items() if path.is_dir() and not place.exists()]
    old: dict[Path, Path] = {}
    try:
        for place in made:
            place.mkdir()
        for number, (path, place) in enumerate(places.items()):
            if path.is_file():
                if over and place.is_file():
                    old[place] = place.rename(draft / f".old-{number}")
                _appear(path, place)
    except BaseException:
        for path, place in places.items():
            if not path.exists() or (path.is_file() and place.exists() and place.samefile(path)):
                place.unlink(missing_ok=True)
        for place, kept in old.items():
            kept.replace(place)
        for place in reversed(made):
            with suppress(OSError):  # somebody has put something there
                place.rmdir()
        raise


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Errors name the file that was asked for, not its part."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
