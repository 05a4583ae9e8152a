"""What only some models have: experts, and keys and values that come from a small vector.

Sizes after the configurations of Mixtral (arXiv 2401.04088), Qwen3-MoE (2505.09388) and DeepSeek-V2
(2405.04434, section 2.1 for the attention).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from adaptadvisor.errors import bad_input

MOST_EXPERTS, MOST_WIDTH = 100_000, 10_000_000


@dataclass(frozen=True, slots=True)
class Experts:
    """The MLP of most layers as `count` small ones of which a token uses `used`. `shared_width` is
    that of the experts that every token uses, `dense_layers` have one plain MLP.
    """

    count: int
    used: int
    width: int
    shared_width: int = 0
    dense_layers: int = 0

    def __post_init__(self) -> None:
        _check(self, least={"count": 2, "used": 1, "width": 1}, most=MOST_WIDTH)
        if self.count > MOST_EXPERTS or self.used > self.count:
            raise bad_input(
                "bad-shape",
                f"a token uses {self.used:,} of {self.count:,} experts; "
                f"a layer has up to {MOST_EXPERTS:,}, and a token uses some of them",
            )


@dataclass(frozen=True, slots=True)
class Latent:
    """Multi-head latent attention: keys and values of a token come from one vector of `kv_rank`
    numbers, with `rope` numbers for the position. `nope` and `value` are widths of a head, without
    the position; `query_rank` 0 means that queries are made directly.
    """

    kv_rank: int
    rope: int
    nope: int
    value: int
    query_rank: int = 0

    def __post_init__(self) -> None:
        _check(self, least={"kv_rank": 1, "rope": 1, "nope": 1, "value": 1}, most=MOST_WIDTH)

    @property
    def cached(self) -> int:
        """Numbers of the cache for a token in one layer."""
        return self.kv_rank + self.rope

    def matrices(self, hidden: int, heads: int) -> dict[str, tuple[int, int]]:
        """The matrices of the attention by name, each as its width in and its width out."""
        queries = heads * (self.nope + self.rope)
        first = {
            "q": (hidden, queries),
        }
        if self.query_rank:
            first = {"q_a": (hidden, self.query_rank), "q": (self.query_rank, queries)}
        return {
            **first,
            "k": (hidden, self.cached),
            "v": (self.kv_rank, heads * (self.nope + self.value)),
            "o": (heads * self.value, hidden),
        }


def _check(of: Experts | Latent, least: dict[str, int], most: int) -> None:
    for field in fields(of):
        value = getattr(of, field.name)
        low = least.get(field.name, 0)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not low <= value <= most:
            name = field.name.replace("_", " ")
            raise bad_input(
                "bad-shape", f"{name} is {value!r}; a model has a number from {low} to {most:,}"
            )
