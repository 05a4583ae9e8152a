"""Bytes that weights take, by number format; the same for training and serving.

Sources of the figures: dettmers2023-qlora (NF4: 4 bits and an fp32 scale for each 64 weights, 0.127
bits a weight with double quantisation), rajbhandari2019-zero (mixed precision).
"""

from __future__ import annotations

from adaptadvisor.memory.setup import Meter, Precision, Setup

GB = 1e9
"""Bytes in a GB here; a GiB is 1.074 of them."""

LINEAR_BYTES: dict[Precision, float] = {
    "fp32": 4.0,
    "16-bit": 2.0,
    "mixed": 2.0,
    "mixed-fp32": 6.0,  # 32-bit weights and the copy cast to 16 bits
    "int8": 1.02,
    "int4": 0.53,
    "nf4": 0.5625,
    "nf4-dq": 0.516,
    "int2": 0.30,
}
"""Bytes per parameter of the matrices in the layers."""

SLACK: dict[Meter, float] = {"allocated": 1.0, "reserved": 1.06, "device": 1.06}
"""What the caching allocator holds beyond the tensors, as a factor."""

CONTEXT_GB: dict[Meter, float] = {"allocated": 0.0, "reserved": 0.0, "device": 0.8}
"""The CUDA context and the kernels."""

LEAST_CONTEXT_GB, MOST_CONTEXT_GB = 0.3, 1.4
"""What published figures of the driver have of it, by card and version."""

LIVE_PARAMS = 1e9
"""Parameters that ZeRO-3 keeps gathered before it lets go of any: the default of DeepSpeed
(`stage3_max_live_parameters`).
"""


def rest_bytes(precision: Precision) -> float:
    """Bytes per parameter of embedding and head, which stay in 16 bits when layers are quantised.

    >>> rest_bytes("nf4"), rest_bytes("fp32")
    (2.0, 4.0)
    """
    return max(2.0, LINEAR_BYTES[precision])


def weight_bytes(setup: Setup) -> float:
    """Bytes of the weights on one card: divided where sharded, plus what is gathered for a step."""
    shape, linear, rest = setup.shape, LINEAR_BYTES[setup.precision], rest_bytes(setup.precision)
    whole = linear * shape.linear_params + rest * shape.rest_params
    if setup.sharding == "device_map":
        return whole / setup.divides_weights
    gathered = min(
        2 * linear * shape.linear_params / shape.depth + rest * shape.rest_params / 2, whole
    )
    if setup.sharding == "zero3":
        gathered = max(gathered, min(linear * LIVE_PARAMS, whole))
    if setup.offload and setup.trains:
        return gathered
    if setup.divides_weights == 1:
        return whole
    return min(whole / setup.divides_weights + gathered, whole)
