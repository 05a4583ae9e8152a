"""Encodings kept by the content of their texts, so that no text is encoded twice.

A folder for each encoder and version; in it files of numpy with 16 bytes of a hash and a vector for
each text, and no text. Files are written whole, one for each 128 texts, so that what an interrupted
run has encoded stays. A file that is damaged is left aside and made anew.
"""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np

from adaptadvisor.files import written_whole
from adaptadvisor.lab.encoders import Encoder, Vectors

CHUNK = 128
"""Texts that a file holds at most, and that an interrupted run loses at most."""
_HASH = 16

Told = Callable[[str, int, int], None]
"""Takes what is being done, how much of it is done, and of how much."""


def usual_folder() -> Path:
    """Where this system keeps what can be made anew, for this user alone."""
    if found := os.environ.get("XDG_CACHE_HOME"):
        return Path(found, "adaptadvisor", "lab")
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home(), "adaptadvisor", "lab")
    caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path.home() / caches / "adaptadvisor" / "lab"


def encoded(
    found: Encoder, texts: Sequence[str], folder: Path | None, told: Told
) -> tuple[Vectors, int]:
    """The vectors of texts, and how many of them were kept from before. Without a folder nothing
    is kept. In memory are the vectors and one file.
    """
    keys = [blake2b(_bytes(text), digest_size=_HASH).digest() for text in texts]
    vectors = np.zeros((len(texts), found.dimension), np.float32)
    places: dict[bytes, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    own = None if folder is None else folder / f"{_plain(found.name)}-{found.version}"
    kept = 0 if own is None else _fill(own, places, vectors)
    left = list(places)
    for start in range(0, len(left), CHUNK):
        told("Encoding", start, len(left))
        some = left[start : start + CHUNK]
        new = found.encode([texts[places[key][0]] for key in some])
        for key, row in zip(some, new, strict=True):
            vectors[places[key]] = row
        if own is not None:
            _keep(own, some, new)
    return vectors, kept


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)[:60]


def _fill(folder: Path, places: dict[bytes, list[int]], vectors: Vectors) -> int:
    """Fills in the vectors that files hold, takes their places away, and counts them."""
    kept = 0
    for path in sorted(folder.glob("*.npz")):
        with suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            with path.open("rb") as handle, np.load(handle, allow_pickle=False) as file:
                keys = [row.tobytes() for row in file["hashes"]]
                wanted = [number for number, key in enumerate(keys) if key in places]
                rows = file["vectors"] if wanted else vectors[:0]
            if wanted and rows.shape != (len(keys), vectors.shape[1]):
                continue
            for number in wanted:
                here = places.pop(keys[number], [])
                vectors[here] = rows[number]
                kept += len(here)
    return kept


def _keep(folder: Path, keys: Sequence[bytes], vectors: Vectors) -> None:
    """Writes a file that is called by what is in it; a disk that is full or closed stops nobody."""
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = blake2b(b"".join(keys), digest_size=_HASH).hexdigest()
        with written_whole(folder / f"{name}.npz") as handle:
            hashes = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), _HASH)
            np.savez(handle, hashes=hashes, vectors=vectors)
