"""The shape of a transformer, and how many parameters follow from it.

Models with the usual blocks: attention with grouped keys and values, an MLP of two or three
matrices, or experts in its place. Parameter sums agree with the published counts of the models
looked at within 2 per cent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Literal

from adaptadvisor.errors import bad_input
from adaptadvisor.memory.experts import Experts, Latent

Kind = Literal["decoder", "encoder", "encoder-decoder"]

MOST_LAYERS, MOST_WIDTH, MOST_PIECES, MOST_PARAMS_B = 10_000, 10_000_000, 100_000_000, 100_000.0
"""Beyond these no model is a model: a slip of the pen, or a file that is no configuration."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a transformer; widths in numbers, `params_b` in billions of parameters.

    `params_b` 0 means: counted from the sizes. `guessed`: typical for the size, not the model's.
    `layers` are those of one stack; an encoder-decoder has two, and a second attention in one.
    """

    hidden: int
    layers: int
    feed_forward: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    tied: bool = False
    mlp_matrices: int = 3
    kind: Kind = "decoder"
    params_b: float = 0.0
    guessed: bool = False
    experts: Experts | None = None
    latent: Latent | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in _MOST:
                continue
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole or not 1 <= value <= _MOST[field.name]:
                raise bad_input(
                    "bad-shape",
                    f"{field.name.replace('_', ' ')} is {value!r}; "
                    f"a model has a whole number from 1 to {_MOST[field.name]:,}",
                )
        size = self.params_b
        if isinstance(size, bool) or not isinstance(size, int | float):
            raise bad_input("bad-shape", f"the size is {size!r}; write billions of parameters")
        if not 0 <= size <= MOST_PARAMS_B:  # also not-a-number
            raise bad_input(
                "bad-shape",
                f"the size is {size!r}; billions of parameters lie from 0 to {MOST_PARAMS_B:,.0f}",
            )

    @property
    def query_width(self) -> int:
        return self.heads * self.head_dim

    @property
    def kv_width(self) -> int:
        return self.kv_heads * self.head_dim

    @property
    def stacks(self) -> int:
        return 2 if self.kind == "encoder-decoder" else 1

    @property
    def depth(self) -> int:
        """Layers of all stacks."""
        return self.layers * self.stacks

    @property
    def cached_width(self) -> int:
        """Numbers of the cache of keys and values for a token in one layer."""
        return self.latent.cached if self.latent else 2 * self.kv_width

    @property
    def layer_params(self) -> float:
        """Parameters of the matrices of one layer (a mean where layers differ)."""
        if self.latent:
            pairs = self.latent.matrices(self.hidden, self.heads).values()
            attention: float = sum(into * out for into, out in pairs)
        else:
            attention = 2 * self.hidden * (self.query_width + self.kv_width)
        times = 1.5 if self.stacks > 1 else 1.0
        return times * attention + self.mlp_matrices * self.hidden * self._mean_width

    @property
    def _mean_width(self) -> float:
        """Width of the MLP of a layer, of all experts together, with the matrix that chooses."""
        if self.experts is None:
            return self.feed_forward
        one = self.experts
        choosing = one.count / self.mlp_matrices
        each = one.count * one.width + one.shared_width + choosing
        plain = one.dense_layers * self.feed_forward
        return (plain + (self.layers - one.dense_layers) * each) / self.layers

    @property
    def working_width(self) -> int:
        """Width of the MLP that a token passes in the layer where it is widest."""
        if self.experts is None:
            return self.feed_forward
        used = self.experts.used * self.experts.width + self.experts.shared_width
        return max(used, self.feed_forward) if self.experts.dense_layers else used

    @property
    def active_params(self) -> float:
        """Parameters that work on a token: all but those of the experts that it does not use."""
        if self.experts is None:
            return self.params
        one = self.experts
        idle = (one.count - one.used) * one.width * (self.layers - one.dense_layers)
        return self.params - self.mlp_matrices * self.hidden * idle

    @property
    def params(self) -> float:
        """All parameters (a number, not billions): as published, or counted."""
        if self.params_b:
            return self.params_b * 1e9
        return self.depth * self.layer_params + self._tables * self.vocabulary * self.hidden

    @property
    def _tables(self) -> int:
        return 1 if self.tied or self.kind == "encoder" else 2

    @property
    def rest_params(self) -> float:
        """Parameters outside of the layers' matrices (embedding, head), which stay unquantised."""
        tables = self._tables * self.vocabulary * self.hidden
        beyond = self.params - self.depth * self.layer_params
        if self.guessed:
            return min(tables, self.params)
        return min(max(beyond, tables / 2), self.params)

    @property
    def linear_params(self) -> float:
        """Parameters of the matrices in the layers, which quantisation makes small."""
        return self.params - self.rest_params

    @property
    def gathered_params(self) -> float:
        """What a sharded run holds whole at a time: two layers and half of what is outside."""
        return 2 * self.linear_params / self.depth + self.rest_params / 2


_MOST = {
    "hidden": MOST_WIDTH,
    "layers": MOST_LAYERS,
    "feed_forward": MOST_WIDTH,
    "heads": MOST_WIDTH,
    "kv_heads": MOST_WIDTH,
    "head_dim": MOST_WIDTH,
    "vocabulary": MOST_PIECES,
    "mlp_matrices": 3,
}


def matrices(shape: Shape) -> dict[str, tuple[int, int]]:
    """The matrices of one layer by name, each as its width in and its width out; those of experts
    as one matrix, as wide as those that a token uses.
    """
    h, q, kv, f = shape.hidden, shape.query_width, shape.kv_width, shape.working_width
    mlp = {"up": (h, f), "down": (f, h)}
    if shape.mlp_matrices > len(mlp):
        mlp = {"gate": (h, f), **mlp}
    if shape.latent:
        return {**shape.latent.matrices(h, shape.heads), **mlp}
    return {"q": (h, q), "k": (h, kv), "v": (h, kv), "o": (q, h), **mlp}


TARGETS = ("all", "attention", "mlp", "qkv", "q", "k", "v", "o", "gate", "up", "down", "tables")
"""What adapters may sit on. `qkv` is one fused matrix (GPT-NeoX, Qwen 1, Phi-3), `attention` q, k,
v and o, `tables` says that the embedding and the head are trained whole beside the adapters.
"""


_MLP = {"gate", "up", "down"}


def adapted(shape: Shape, targets: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Width in and out of each matrix of a layer that gets an adapter."""
    yield from _adapted(shape, targets, matrices(shape))


def _adapted(
    shape: Shape, targets: Iterable[str], layer: dict[str, tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    named: set[str] = set()
    fused = False
    for target in targets:
        if target not in TARGETS:
            known = ", ".join(TARGETS)
            raise bad_input("unknown-target", f'no target "{target}"; known are {known}')
        fused |= target == "qkv"
        named |= {
            "all": set(layer),
            "attention": set(layer) - _MLP,
            "mlp": set(layer) & _MLP,
        }.get(target, {target})
    if fused and named.isdisjoint("qkv"):
        yield shape.hidden, shape.query_width + 2 * shape.kv_width
    yield from (layer[name] for name in layer if name in named)


def adapter_params(shape: Shape, rank: int, targets: Iterable[str] = ("all",)) -> int:
    """Trainable parameters of LoRA: rank x (width in + width out) of each adapted matrix.

    Hu et al. 2021 (hu2021-lora), section 4.1. `tables` adds the embedding and the head, trained
    whole. Each expert gets its own.

    >>> llama_7b = Shape(4096, 32, 11008, 32, 32, 128, 32_000)
    >>> adapter_params(llama_7b, 8, ["q", "v"]), adapter_params(llama_7b, 64)
    (4194304, 159907840)
    """
    targets = tuple(targets)
    tables = 2 * shape.vocabulary * shape.hidden if "tables" in targets else 0
    a_layer = sum(into + out for into, out in adapted(shape, targets))
    if shape.experts is None:
        return rank * a_layer * shape.depth + tables
    layer = matrices(shape)
    plain = {name: ends for name, ends in layer.items() if name not in _MLP}
    attention = sum(into + out for into, out in _adapted(shape, targets, plain))
    mlp = {name: ends for name, ends in layer.items() if name in _MLP}
    adapters = sum(1 for _ in _adapted(shape, set(targets) - {"qkv"}, mlp))
    one, h = shape.experts, shape.hidden
    shared = h + one.shared_width if one.shared_width else 0
    sparse = (shape.layers - one.dense_layers) * (one.count * (h + one.width) + shared)
    ends = sparse + one.dense_layers * (h + shape.feed_forward)
    return rank * (attention * shape.layers + adapters * ends) + tables


_TYPICAL = (
    # billions, hidden, layers, feed-forward, keys and values, pieces: each column only grows
    (0.02, 384, 6, 1536, 384, 30_000),
    (0.11, 768, 12, 3072, 512, 30_000),
    (0.35, 1024, 24, 4096, 512, 50_000),
    (1.2, 2048, 24, 6144, 512, 128_000),
    (3.2, 3072, 28, 8192, 1024, 128_000),
    (8.0, 4096, 32, 14_336, 1024, 128_000),
    (14.0, 5120, 44, 15_360, 1024, 128_000),
    (32.0, 6144, 62, 24_576, 1024, 128_000),
    (70.0, 8192, 80, 28_672, 1024, 128_000),
    (405.0, 16_384, 126, 53_248, 1024, 128_000),
)
"""Rounded after BERT, RoBERTa, Llama 3.1 and 3.2, Qwen 2.5, Mistral and Gemma configurations."""

_HEAD_DIM, _SMALL_HEAD_DIM, _TIED_BELOW_B, _BIG_B = 128, 64, 5.0, 1.0


def typical(params_b: float) -> Shape:
    """A shape as models of this size (billions of parameters) have it, marked as guessed.

    Between the sizes in the list each width is interpolated, so that no width ever shrinks where
    the size grows; beyond them it goes with the cube root of the size.

    >>> typical(7).hidden, typical(7).guessed
    (3928, True)
    """
    if isinstance(params_b, bool) or not isinstance(params_b, int | float):
        raise bad_input("bad-shape", f"the size is {params_b!r}; write billions of parameters")
    if not 0 < params_b <= MOST_PARAMS_B:
        raise bad_input(
            "bad-shape",
            f"the size is {params_b!r}; billions of parameters lie above 0 "
            f"and up to {MOST_PARAMS_B:,.0f}",
        )
    hidden, layers, feed_forward, kv_width, pieces = _widths(params_b)
    head_dim = _HEAD_DIM if params_b >= _BIG_B else _SMALL_HEAD_DIM
    return Shape(
        hidden=hidden,
        layers=layers,
        feed_forward=feed_forward,
        heads=math.ceil(hidden / head_dim),
        kv_heads=math.ceil(kv_width / head_dim),
        head_dim=head_dim,
        vocabulary=pieces,
        tied=params_b < _TIED_BELOW_B,
        params_b=params_b,
        guessed=True,
    )


def _widths(params_b: float) -> tuple[int, ...]:
    rows = _TYPICAL
    if params_b <= rows[0][0] or params_b >= rows[-1][0]:
        row = rows[0] if params_b <= rows[0][0] else rows[-1]
        times = (params_b / row[0]) ** (1 / 3)
        pieces = int(row[-1])
        return (*(max(1, round(width * times)) for width in row[1:-1]), pieces)
    upper = next(number for number, row in enumerate(rows) if row[0] > params_b)
    low, high = rows[upper - 1], rows[upper]
    part = math.log(params_b / low[0]) / math.log(high[0] / low[0])
    return tuple(round(a * (b / a) ** part) for a, b in zip(low[1:], high[1:], strict=True))
