"""Members of a ZIP file, also those packed with Zstandard, which `zipfile` reads from 3.14 on."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from importlib import import_module
from struct import error as BadStruct  # noqa: N812
from struct import unpack
from types import ModuleType
from typing import cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from adaptadvisor.errors import bad_input

MOST_OF_A_MEMBER = 400_000_000
"""Bytes of a member, unpacked."""

_ZSTANDARD = 93
_HEADER = 30  # bytes of a local header, before the name
_DAMAGED = "the ZIP file is damaged or cut"


def member(archive: ZipFile, name: str, file: str) -> bytes:
    """A member's content. `BadInput` for what is damaged, too large or packed in another way."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise bad_input("damaged-zip", f"{_DAMAGED}: {name} is missing", file) from None
    if info.file_size > MOST_OF_A_MEMBER:
        what = f"{name} is larger than {MOST_OF_A_MEMBER // 1_000_000} MB"
        raise bad_input("too-large", what, file)
    try:
        if info.compress_type in (ZIP_STORED, ZIP_DEFLATED):
            return archive.read(info)
        if info.compress_type == _ZSTANDARD:
            return _zstandard(archive, info, file)
    except (BadZipFile, EOFError, OSError, RuntimeError, BadStruct, zlib.error) as error:
        raise bad_input("damaged-zip", f"{_DAMAGED}: {error}", file) from None
    what = f"{name} is packed in a way that we cannot read (method {info.compress_type})"
    raise bad_input("unknown-format", what, file)


def _zstandard(archive: ZipFile, info: ZipInfo, file: str) -> bytes:
    unpacked = _unpacker(file)
    handle = archive.fp
    if handle is None:
        raise BadZipFile("closed")
    handle.seek(info.header_offset)
    header = handle.read(_HEADER)
    name, extra = unpack("<HH", header[26:_HEADER])
    handle.seek(info.header_offset + _HEADER + name + extra)
    content = unpacked(handle.read(info.compress_size), info.file_size)
    if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        raise BadZipFile(f"the checksum of {info.filename} is wrong")
    return content


def _unpacker(file: str) -> Callable[[bytes, int], bytes]:
    """Unpacks Zstandard, up to a size and a byte, with what is installed."""
    for module in ("compression.zstd", "backports.zstd", "zstandard"):
        try:
            found = import_module(module)
        except ImportError:
            continue
        return partial(
            _unpacked, found, "max_output_size" if module == "zstandard" else "max_length"
        )
    what = (
        "a log of Inspect is packed with Zstandard, which this Python cannot unpack; "
        "install adaptadvisor[inspect], or convert it: "
        f"inspect log convert {file} --to json --output-dir json"
    )
    raise bad_input("no-zstandard", what, file)


def _unpacked(library: ModuleType, limit: str, data: bytes, size: int) -> bytes:
    try:
        return cast("bytes", library.ZstdDecompressor().decompress(data, **{limit: size + 1}))
    except (library.ZstdError, EOFError, MemoryError) as error:
        raise BadZipFile(str(error)) from None
