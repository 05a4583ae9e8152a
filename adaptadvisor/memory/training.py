"""What training holds on one card: weights, gradients, optimiser states, activations, the loss.

The memory of a step has two high points: the end of the forward pass (activations and logits, no
gradients yet) and the step of the optimiser (gradients and its temporaries, no activations). The
larger one counts. Activations after Korthikanti et al. 2022 (arXiv 2205.05198), without the matrix
of attention scores where a fused kernel is used; states after rajbhandari2019-zero.
"""

from __future__ import annotations

from adaptadvisor.memory.setup import Parts, Setup
from adaptadvisor.memory.shape import adapted, adapter_params
from adaptadvisor.memory.weights import CONTEXT_GB, GB, SLACK, weight_bytes

LOGIT_BYTES = 14.0
"""Bytes for each piece of the vocabulary and token in a loss that is not chunked: logits in 16
bits, a copy in 32, their gradient. Published runs have 10 to 26.
"""

SCORE_BYTES = 5.0
"""Bytes for each head and pair of tokens where attention keeps its scores."""

_STATELESS = ("adafactor", "sgd", "lomo")
_NO_GRADIENTS = ("adamw-8-bit-fused", "lomo")


def trained_params(setup: Setup) -> float:
    """How many parameters are tuned (a number, not billions)."""
    if setup.method == "full":
        return setup.shape.params
    if setup.method == "head":
        return float(setup.shape.hidden * setup.shape.hidden)  # a dense layer before the classes
    return float(adapter_params(setup.shape, setup.rank, setup.targets))


def state_bytes(setup: Setup) -> tuple[float, float, float]:
    """Bytes per trained parameter beside the weights: gradients, optimiser, passing copies.

    An 8-bit optimiser keeps two bytes whatever the weights have; AdamW makes a temporary of the
    size of the weights in its step, and mixed precision keeps a master copy in 32 bits.
    """
    full, name = setup.method == "full", setup.steps_as
    if not full:
        own = 2.0 if name == "adamw-16-bit" else 4.0  # adapters are kept in 32 bits
    else:
        own = 4.0 if setup.precision in ("fp32", "mixed-fp32") else 2.0
    eight = name.startswith("adamw-8-bit")
    gradients = 0.0 if name in _NO_GRADIENTS else own
    wide = 4.0 if setup.precision == "mixed" and full and name != "lomo" else own
    states = 2.0 if eight else 0.0 if name in _STATELESS else 2 * wide
    master = 4.0 if setup.precision == "mixed" and full and name != "lomo" else 0.0
    passing = own if setup.optimiser == "adamw" and full and setup.precision == "16-bit" else 0.0
    return gradients, states + master, passing


def activation_bytes(setup: Setup) -> tuple[float, float]:
    """Bytes kept for the backward pass in all layers, and in the one layer at work.

    Per layer and token 2 (6 h + 2 q + 2 kv + M f) in 16 bits, M = 4 for a gated MLP and 2 for a
    plain one; the inputs of adapted matrices once more. Checkpointing keeps only each layer's
    input (2 h), or none where it is moved to the CPU, and all of one layer at a time. Autocast over
    32-bit weights keeps the widths h and a copy of the scores in 32 bits (documentation of PyTorch,
    operations that autocast to float32).
    """
    shape = setup.shape
    tokens = setup.step_tokens
    number = 4.0 if setup.precision == "fp32" else 2.0
    gated = 4 if shape.mlp_matrices > 2 else 2
    cast = setup.precision == "mixed-fp32"  # norms, sums and softmax are computed in 32 bits
    a_token = (4.0 if cast else number) * 6 * shape.hidden + number * (
        2 * shape.query_width + 2 * shape.kv_width + gated * shape.working_width
    )
    if shape.experts is not None:  # each expert gets a copy of its tokens and gives one back
        a_token += number * 2 * shape.experts.used * shape.hidden
    if setup.attention == "eager":
        scores = SCORE_BYTES * number / 2 + (4.0 if cast else 0.0)
        a_token += scores * shape.heads * setup.tokens
    if setup.method in ("lora", "qlora"):
        a_token += number / 2 * sum(into for into, _ in adapted(shape, setup.targets))
    one = a_token * tokens
    if setup.method == "head":
        return 0.0, one  # nothing flows back through a frozen model
    if setup.checkpointing == "no":
        return one * (shape.depth - 1), one
    kept = number * shape.hidden * shape.depth * tokens
    return (0.0 if setup.checkpointing == "offload" else kept), one


def loss_bytes(setup: Setup) -> float:
    """Bytes of the logits and their gradient; none for a chunked loss or a head over classes."""
    if setup.loss == "chunked" or setup.method == "head" or setup.shape.kind == "encoder":
        return 0.0
    return LOGIT_BYTES * setup.shape.vocabulary * setup.step_tokens


def training_parts(setup: Setup) -> Parts:
    """Memory of one card in GB at the highest point of a training step."""
    trained = trained_params(setup)
    gradient, state, passing = state_bytes(setup)
    weights = weight_bytes(setup)
    if setup.method != "full":
        own = 2.0 if setup.optimiser == "adamw-16-bit" else 4.0
        weights += own * trained / setup.divides_weights
    away = setup.offload
    gradients = 0.0 if away else gradient * trained / setup.divides_states
    states = 0.0 if away else state * trained / setup.divides_states
    temporary = 0.0 if away else passing * trained / setup.divides_states
    kept, one = activation_bytes(setup)
    if setup.sharding == "device_map":
        kept /= setup.cards
    forward = kept + one + loss_bytes(setup)
    meter = setup.meter
    if forward >= gradients + temporary:
        held = weights + states + forward
        parts = Parts(weights / GB, 0.0, states / GB, (kept + one) / GB, loss_bytes(setup) / GB)
        extra = 0.0
    else:
        held = weights + states + gradients
        parts = Parts(weights / GB, gradients / GB, states / GB)
        extra = temporary * SLACK[meter]
    overhead = (SLACK[meter] - 1) * held / GB + extra / GB + CONTEXT_GB[meter]
    return Parts(
        parts.weights,
        parts.gradients,
        parts.optimiser,
        parts.activations,
        parts.loss,
        0.0,
        overhead,
    )


def frozen_gradients_gb(setup: Setup) -> float:
    """GB of gradients that FSDP may hold for frozen weights on one card.

    Where frozen and trained weights lie in one of its units, it keeps gradients as if nothing were
    frozen (documentation of PyTorch, FullyShardedDataParallel, `use_orig_params`). It depends on
    how a framework wraps the layers, so it makes the range wider, not the point larger.
    """
    if setup.method != "lora" or setup.sharding != "fsdp" or setup.cards == 1 or setup.offload:
        return 0.0
    return 2.0 * setup.shape.params / setup.divides_states / GB
