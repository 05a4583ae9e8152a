"""What serving holds on one card: weights, the cache of keys and values, one layer at work."""

from __future__ import annotations

from adaptadvisor.memory.setup import Parts, Setup
from adaptadvisor.memory.shape import Shape
from adaptadvisor.memory.weights import CONTEXT_GB, GB, SLACK, weight_bytes


def cache_bytes(shape: Shape, tokens: int, batch: int = 1, bytes_per_number: float = 2.0) -> float:
    """Bytes of the cache: a key and a value in each layer for each token of each sequence.

    Kwon et al. 2023 (arXiv 2309.06180), section 3: 800 KB a token for OPT-13B.

    >>> opt_13b = Shape(5120, 40, 20_480, 40, 40, 128, 50_272, mlp_matrices=2)
    >>> cache_bytes(opt_13b, tokens=1) / 1024
    800.0
    """
    if shape.kind == "encoder":
        return 0.0  # reads all tokens at once, keeps none
    return shape.layers * shape.cached_width * bytes_per_number * tokens * batch


def unpacked_cache_gb(setup: Setup) -> float:
    """GB of one card that the cache takes beyond the point where a program keeps keys and values
    themselves in place of the small vector that they come from (plain Transformers does).
    """
    shape, latent = setup.shape, setup.shape.latent
    if latent is None or setup.trains:
        return 0.0
    more = shape.heads * (latent.nope + latent.rope + latent.value) - latent.cached
    held = 2.0 * shape.layers * more * setup.step_tokens / GB
    return max(0.0, held) / setup.divides_weights


def serving_parts(setup: Setup) -> Parts:
    """Memory of one card in GB while it answers `batch` sequences of `tokens` tokens each."""
    shape = setup.shape
    divided = setup.divides_weights
    cache = cache_bytes(shape, setup.tokens, setup.batch) / divided
    if setup.method == "cache":
        return Parts(cache=cache / GB)
    weights = weight_bytes(setup)
    working = (
        2.0
        * (4 * shape.hidden + 2 * shape.query_width + 2 * shape.working_width)
        * setup.step_tokens
    )
    if setup.attention == "eager":
        working += 4.0 * shape.heads * setup.tokens * setup.step_tokens
    meter = setup.meter
    comes_and_goes = cache + working  # weights are loaded once, into blocks of their own
    overhead = (SLACK[meter] - 1) * comes_and_goes / GB + CONTEXT_GB[meter]
    return Parts(weights / GB, 0.0, 0.0, working / GB, 0.0, cache / GB, overhead)
