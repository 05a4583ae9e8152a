"""A trained head in a folder, and back: arrays of numpy and a JSON file, nothing that runs code."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adaptadvisor.errors import BadInput, bad_input, shown
from adaptadvisor.files import readable
from adaptadvisor.lab.encoders import Encoder
from adaptadvisor.lab.heads import Head
from adaptadvisor.lab.kinds import KINDS
from adaptadvisor.lab.run import Trained

SCHEMA = "adaptadvisor/heads/1"
FILE = "heads.json"
_MATRIX = 2


@dataclass(frozen=True, slots=True)
class Saved:
    """Heads out of a folder, the encoder they stand on, and the columns that held the text."""

    encoder: str
    version: str
    text: tuple[str, ...]
    heads: tuple[Trained, ...]


def save(
    folder: Path, heads: Sequence[Trained], encoder: Encoder, name: str, text: Sequence[str]
) -> None:
    """Writes `heads.json` and a file of arrays for each head. `name` is what finds the encoder."""
    listed = []
    for number, each in enumerate(heads, 1):
        file = f"head-{number}.npz"
        np.savez(folder / file, weights=each.head.weights, bias=each.head.bias)
        listed.append(
            {
                "label": each.label,
                "file": file,
                "kind": each.head.kind,
                "temperature": round(each.head.temperature, 6),
                "threshold": each.confidence,
                "classes": list(each.classes),
            }
        )
    about = {
        "schema": SCHEMA,
        "encoder": {"name": name, "version": encoder.version, "dimension": encoder.dimension},
        "text": list(text),
        "heads": listed,
    }
    said = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    (folder / FILE).write_text(said, encoding="utf-8")


def load(folder: Path) -> Saved:
    """The heads in a folder; `BadInput` where it holds none, or they do not fit together."""
    file = folder / FILE
    with readable(str(file)):
        text = file.read_bytes()
    try:
        about = json.loads(text)
    except (ValueError, RecursionError):
        raise _broken(file, "it is not valid JSON") from None
    try:
        if about["schema"] != SCHEMA:
            raise _broken(file, f"its schema is {shown(about['schema'])}, not {SCHEMA}")
        dimension = int(about["encoder"]["dimension"])
        heads = tuple(_head(folder, each, dimension) for each in about["heads"])
        return Saved(
            encoder=str(about["encoder"]["name"]),
            version=str(about["encoder"]["version"]),
            text=tuple(map(str, about["text"])),
            heads=heads,
        )
    except (ValueError, KeyError, TypeError):
        raise _broken(file, "a key is missing or is not what it should be") from None


def _broken(file: Path, why: str) -> BadInput:
    right = "`lab run --save` writes such a folder"
    return bad_input("broken-head", f"this is no saved head: {why}; {right}", str(file))


def _head(folder: Path, about: Mapping[str, object], dimension: int) -> Trained:
    file = folder / Path(str(about["file"])).name  # in this folder, whatever it says
    classes = tuple(map(str, about["classes"]))  # type: ignore[call-overload]
    kind = next((each for each in KINDS if each == about["kind"]), None)
    if kind is None:
        raise _broken(file, f"there is no head called {shown(about['kind'])}")
    with readable(str(file)):
        try:
            with np.load(file, allow_pickle=False) as arrays:
                weights, bias = arrays["weights"], arrays["bias"]
        except (zipfile.BadZipFile, EOFError, KeyError, ValueError):
            raise _broken(file, "its arrays cannot be read") from None
    near = kind == "neighbours"
    fits = (len(bias), dimension) if near else (dimension, len(classes))
    if weights.ndim != _MATRIX or weights.shape != fits or (not near and len(bias) != len(classes)):
        raise _broken(file, "its arrays do not fit its classes and its encoder")
    if near and len(bias) and not (bias.min() >= 0 and bias.max() < len(classes)):
        raise _broken(file, "it names classes that are not listed")
    head = Head(
        kind,
        len(classes),
        np.asarray(weights, np.float32),
        np.asarray(bias, np.float32),
        float(str(about["temperature"])),
    )
    return Trained(str(about["label"]), classes, head, float(str(about["threshold"])), ())
