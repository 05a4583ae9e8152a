"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A binary file that appears under its name only when everything has been written; on any failure nothing is left behind.

    What is no regular file (a device, a pipe) is written directly.
    """
    if path.exists() and not path.is_file():
        with _naming(path), path.open("wb") as handle:
            yield handle
        return
    target = path.resolve()  # through a symbolic link, so that the link stays
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with _naming(path):
        handle = part.open("xb")
    try:
        with _naming(path), handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        with _naming(path):
            if target.exists():
                part.chmod(target.stat().st_mode)
            part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Errors name the file that was asked for, not its part."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
