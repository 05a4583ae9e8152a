"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EEXIST, ELOOP
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(path: Path, *, over: bool = True) -> Iterator[BinaryIO]:
    """A binary file that appears under its name only when everything has been written; on any
    failure nothing is left behind.

    Unless it may be written `over`, a file that exists raises `FileExistsError`, also when it
    appeared in the meantime. What is no regular file (a device, a pipe) is written directly.
    """
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
    part = target.with_name(f".adaptadvisor-{os.getpid()}.part")
    with _naming(path):
        handle = part.open("xb")
    try:
        with _naming(path), handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        with _naming(path):
            if over and target.exists():
                part.chmod(target.stat().st_mode)
            _appear(part, target, over=over)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time, where the system can tell; elsewhere without a lock."""
    try:
        from fcntl import LOCK_EX, flock
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        flock(handle, LOCK_EX)
        yield
    finally:
        os.close(handle)


def _appear(part: Path, target: Path, *, over: bool) -> None:
    if not over:
        try:
            target.hardlink_to(part)  # fails where somebody else was faster
        except FileExistsError:
            raise
        except OSError:
            # a file system without links: there, a file that appears in this very moment would be
            # replaced
            pass
        else:
            part.unlink()
            return
    part.replace(target)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Errors name the file that was asked for, not its part."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
