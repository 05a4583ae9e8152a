"""What common rules say of the memory of a run: re-implemented from what they document.

`canifinetune` is asked itself, installed from PyPI into an environment of its own for the moment.
The others: `accelerate estimate-memory` (states by number format, its documentation), the table of
LLaMA-Factory's README (GB per billion parameters), the page gpu_poor (its source), and the
calculator of EleutherAI's cookbook (its source). Versions on the web may differ. Judge with care:
gpu_poor is from before kernels that keep no scores of attention, and canifinetune was fitted on a
card of 16 GB and takes 8 % of the card for the context, which is much on the 80 GB of most rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from adaptadvisor.memory import Setup, Shape
from adaptadvisor.memory.weights import GB

GIB_IN_GB = 1024**3 / 1e9
Rule = Callable[[Setup], float | None]
"""GB (1e9 bytes) of one card, None where the rule says nothing of such a run."""


def accelerate(setup: Setup) -> float | None:
    """Training: 4 copies of the weights (with gradients and Adam) in fp32 or 16 bits, none told in
    8 and 4 bits; serving: the weights, and a fifth more as its documentation advises.
    """
    b = {"fp32": 4.0, "int8": 1.0, "int4": 0.5, "nf4": 0.5, "nf4-dq": 0.5}.get(setup.precision, 2.0)
    size = b * setup.shape.params / GB
    if not setup.trains:
        return 1.2 * size
    return 4 * size if b >= 2 and setup.method == "full" else size


def llama_factory(setup: Setup) -> float | None:
    """GB per billion parameters: 18 in mixed precision, 8 in 16 bits, 2 for LoRA, 1 and 0.5 for
    QLoRA in 8 and 4 bits; its README, below the table of whole models.
    """
    if not setup.trains:
        return None
    each = {
        "full": 18.0 if setup.precision in ("mixed", "mixed-fp32", "fp32") else 8.0,
        "lora": 2.0,
        "qlora": {"int8": 1.0, "int2": 0.25}.get(setup.precision, 0.5),
    }[setup.method]
    return each * setup.shape.params / GB


def llama_factory_table(setup: Setup) -> float | None:
    """The column of 7B of the README's table, scaled with the size: 120, 60, 16, 10, 6 and 4 GB."""
    if not setup.trains:
        return None
    of_7b = {
        "full": 120.0 if setup.precision in ("mixed", "mixed-fp32", "fp32") else 60.0,
        "lora": 16.0,
        "qlora": {"int8": 10.0, "int2": 4.0}.get(setup.precision, 6.0),
    }[setup.method]
    return of_7b / 7 * setup.shape.params / GB


def gpu_poor(setup: Setup) -> float | None:
    """Weights, 3 copies of what is trained for Adam, activations of every layer (always with the
    scores of attention, never checkpointed; for QLoRA a rule with the root of the length), 0.65 GB.
    """
    shape, length = setup.shape, setup.tokens
    if not setup.trains:
        return None
    h, f, layers = shape.hidden, shape.feed_forward, shape.layers
    counted = 2 * shape.vocabulary * h + layers * (4 * h * h + 3 * f * h)
    number = 4 if setup.precision == "fp32" else 2
    if setup.method == "qlora":
        root = max(1.0, length / 50) ** 0.5
        extra = 0.75 * (15 * h + 6 * f) * layers * 50 * root * setup.batch
        return (0.5 * counted + layers * 8 * h * 6 + extra) / GB + 0.65
    scores = length * length * shape.heads * (2 * number + 4)
    a_layer = scores + length * number * (8 * h + 2 * h + 6 * f + 6 * h)
    trained = 3 * number * counted if setup.method == "full" else layers * 8 * h * 48
    return (number * counted + trained + a_layer * layers * setup.batch) / GB + 0.65


def cookbook(setup: Setup) -> float | None:
    """18 bytes a parameter in mixed precision and 34 x tokens x width x layers even where
    activations are computed again; nothing on adapters. Serving: no value beside the key.
    """
    shape, tokens = setup.shape, setup.step_tokens
    params = _cookbook_params(shape, setup.tokens)
    if not setup.trains:
        cache = 2 * shape.hidden * shape.layers * (tokens + 1)
        return (2 * params + 34 * tokens * shape.hidden + cache) / GB
    if setup.method != "full":
        return None
    a_layer = 34.0 * tokens * shape.hidden
    if setup.checkpointing == "no":
        a_layer += 5.0 * tokens * shape.heads * setup.tokens
    return (18 * params + a_layer * shape.layers) / GB


def _cookbook_params(shape: Shape, tokens: int) -> float:
    h, layers = shape.hidden, shape.layers
    attention = 2 * (1 + shape.kv_heads / shape.heads) * layers * h * h
    mlp = shape.mlp_matrices * layers * h * shape.feed_forward
    return 2 * shape.vocabulary * h + h * tokens + 8 * h * layers + 2 * h + attention + mlp


RULES: Mapping[str, Rule] = {
    "gpu_poor (its page)": gpu_poor,
    "LLaMA-Factory, table scaled": llama_factory_table,
    "LLaMA-Factory, GB per B": llama_factory,
    "accelerate estimate-memory": accelerate,
    "EleutherAI cookbook": cookbook,
}


# ---- canifinetune ----

_ASK = """
import json, sys
from canifinetune.estimator.memory import EstimateRequest, estimate
found = {}
for key, request in json.load(sys.stdin).items():
    try:
        told = estimate(EstimateRequest(use_network=False, **request)).memory
        found[key] = told.total_estimated_gb - told.safety_margin_gb
    except Exception as error:
        print(key, type(error).__name__, str(error)[:200], file=sys.stderr)
json.dump(found, sys.stdout)
"""


def canifinetune(setups: Mapping[str, tuple[Setup, float]]) -> tuple[str, dict[str, float]]:
    """Its version, and GB by id, without its margin of safety; an empty version where it cannot be
    installed. `setups`: by id, each with the GB of the card.
    """
    requests = {key: _request(setup, gb) for key, (setup, gb) in setups.items() if setup.trains}
    with TemporaryDirectory() as folder:
        python = Path(folder) / "bin/python"
        try:
            _call([sys.executable, "-m", "venv", folder])
            _call([str(python), "-m", "pip", "install", "-q", "canifinetune"])
        except subprocess.CalledProcessError as error:
            print("canifinetune cannot be installed:", error.stderr[-300:], file=sys.stderr)
            return "", {}
        version = "from importlib.metadata import version; print(version('canifinetune'))"
        told = _call([str(python), "-c", version]).strip()
        found = json.loads(_call([str(python), "-c", _ASK], json.dumps(requests)))
    return told, {key: gib * GIB_IN_GB for key, gib in found.items()}


def _request(setup: Setup, card_gb: float) -> dict[str, Any]:
    shape = setup.shape
    optimiser = "adamw_8bit" if "8-bit" in setup.optimiser else "adamw"
    scopes = {("all",): "all_linear", ("q", "v"): "conservative"}
    quantised = {"nf4": "nf4", "nf4-dq": "nf4_double_quant", "int8": "int8", "int4": "int4"}
    return {
        "model_id": "row",
        "method": setup.method,
        "seq_len": max(2, setup.tokens),
        "micro_batch_size": setup.batch,
        "base_dtype": "fp32" if setup.precision in ("fp32", "mixed-fp32") else "bf16",
        "quantization": quantised.get(setup.precision, "nf4"),
        "lora_rank": setup.rank,
        "lora_target_scope": scopes.get(setup.targets, "attention"),
        "optimizer": "sgd" if setup.optimiser == "sgd" else optimiser,
        "gradient_checkpointing": setup.checkpointing != "no",
        "attention_implementation": "eager" if setup.attention == "eager" else "sdpa",
        "gpu_vram_gb": card_gb / GIB_IN_GB,
        "override": {
            "family": "llama" if shape.mlp_matrices > 2 else "phi",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "num_key_value_heads": shape.kv_heads,
            "intermediate_size": shape.feed_forward,
            "vocab_size": shape.vocabulary,
            "total_params": round(shape.params),
            "tie_word_embeddings": shape.tied,
        },
    }


def _call(command: Iterable[str], given: str | None = None) -> str:
    done = subprocess.run([*command], input=given, capture_output=True, text=True, check=True)
    if given:
        sys.stderr.write(done.stderr[:2000])
    return done.stdout
