"""A model's own configuration (`config.json` of Hugging Face) as a shape."""

from __future__ import annotations

from collections.abc import Mapping

from adaptadvisor.errors import bad_input, one_of, shown
from adaptadvisor.memory.experts import Experts, Latent
from adaptadvisor.memory.shape import MOST_LAYERS, Kind, Shape

_DECODERS = [
    "llama",
    "mistral",
    "qwen2",
    "qwen3",
    "gemma",
    "gemma2",
    "gemma3_text",
    "phi",
    "phi3",
    "gpt_neox",
    "gpt2",
    "falcon",
    "stablelm",
    "olmo",
    "olmo2",
    "starcoder2",
    "mpt",
    "bloom",
    "opt",
]
_ENCODERS = [
    "bert",
    "roberta",
    "xlm-roberta",
    "deberta-v2",
    "distilbert",
    "modernbert",
    "electra",
    "albert",
]
_WITH_EXPERTS = [
    "mixtral",
    "phimoe",
    "granitemoe",
    "gpt_oss",
    "olmoe",
    "qwen2_moe",
    "qwen3_moe",
    "glm4_moe",
    "deepseek",
    "deepseek_v2",
    "deepseek_v3",
]
_BOTH = ["t5", "mt5", "bart"]
_PLAIN_MLP = frozenset(
    [
        "gpt_neox",
        "gpt2",
        "falcon",
        "phi",
        "bloom",
        "opt",
        "mpt",
        "starcoder2",
        "bert",
        "roberta",
        "xlm-roberta",
        "deberta-v2",
        "distilbert",
        "electra",
        "albert",
        "t5",
        "bart",
    ]
)
"""Models whose MLP has two matrices; in all others a gate is the third."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "hidden": ("hidden_size", "n_embd", "d_model", "dim"),
    "layers": ("num_hidden_layers", "n_layer", "num_layers", "n_layers"),
    "heads": ("num_attention_heads", "n_head", "num_heads", "n_heads"),
    "kv_heads": ("num_key_value_heads", "num_kv_heads"),
    "head_dim": ("head_dim", "d_kv"),
    "feed_forward": ("intermediate_size", "ffn_dim", "n_inner", "d_ff", "hidden_dim"),
    "vocabulary": ("vocab_size",),
    "experts": ("num_local_experts", "num_experts", "n_routed_experts"),
    "experts_of_a_token": ("num_experts_per_tok",),
    "width_of_an_expert": ("moe_intermediate_size",),
    "shared_experts": ("n_shared_experts",),
    "width_of_shared_experts": ("shared_expert_intermediate_size",),
    "first_layers_without_experts": ("first_k_dense_replace",),
    "step_between_layers_with_experts": ("decoder_sparse_step", "moe_layer_freq"),
    "rank_of_keys_and_values": ("kv_lora_rank",),
    "rank_of_queries": ("q_lora_rank",),
    "width_of_positions": ("qk_rope_head_dim",),
    "width_of_keys": ("qk_nope_head_dim",),
    "width_of_values": ("v_head_dim",),
}
"""What each size is called, by the maker of the model."""

_USUAL_FEED_FORWARD = 4


def from_config(config: Mapping[str, object]) -> Shape:
    """The shape that a `config.json` describes; `BadInput` in one line for what is none: an unknown
    kind of model, a size that is missing or no whole number.
    """
    text = config.get("text_config")
    if isinstance(text, Mapping):  # the part of a multimodal model that reads text
        config = {**text, "model_type": text.get("model_type", config.get("model_type"))}
    kind = config.get("model_type")
    known = [*_DECODERS, *_WITH_EXPERTS, *_ENCODERS, *_BOTH]
    if kind not in known:
        what = f'"{shown(kind)}" is no known model_type' if kind else "there is no model_type"
        right = f"known are {one_of(known)}; a size alone gives a rougher estimate"
        raise bad_input("unknown-model", f"{what}; {right}")
    heads = _size(config, "heads")
    hidden = _size(config, "hidden")
    feed_forward = _size(config, "feed_forward", _USUAL_FEED_FORWARD * hidden)
    layers = _size(config, "layers")
    latent = _latent(config) if str(kind) in _LATENT else None
    usual_dim = latent.nope + latent.rope if latent else max(hidden // heads, 1)
    return Shape(
        hidden=hidden,
        layers=layers,
        feed_forward=feed_forward,
        heads=heads,
        kv_heads=heads if latent else _kv_heads(config, heads),
        head_dim=usual_dim if latent else _size(config, "head_dim", usual_dim),
        vocabulary=_size(config, "vocabulary"),
        tied=bool(config.get("tie_word_embeddings", kind in ("gpt2", "gemma", "gemma2"))),
        mlp_matrices=2 if kind in _PLAIN_MLP else 3,
        kind=_kind(str(kind)),
        experts=_experts(config, layers, feed_forward) if kind in _WITH_EXPERTS else None,
        latent=latent,
    )


_LATENT = ("deepseek_v2", "deepseek_v3")
"""Models that make keys and values from one small vector."""


def _experts(config: Mapping[str, object], layers: int, feed_forward: int) -> Experts:
    """Experts as their makers name them; without a width of their own, `intermediate_size`."""
    width = _size(config, "width_of_an_expert", feed_forward)
    shared = _size(config, "shared_experts", 0, least=0) * width
    first = _size(config, "first_layers_without_experts", 0, least=0)
    step = _size(config, "step_between_layers_with_experts", 1)
    # both count layers that have experts: Qwen from 1 on, DeepSeek from 0 on
    start = 1 if "decoder_sparse_step" in config else 0
    plain = config.get("mlp_only_layers")
    without = {one for one in plain if isinstance(one, int)} if isinstance(plain, list) else set()
    sparse = sum(
        layer >= first and (layer + start) % step == 0 and layer not in without
        for layer in range(min(layers, MOST_LAYERS))
    )
    return Experts(
        count=_size(config, "experts"),
        used=_size(config, "experts_of_a_token"),
        width=width,
        shared_width=_size(config, "width_of_shared_experts", shared, least=0),
        dense_layers=min(layers, MOST_LAYERS) - sparse,
    )


def _latent(config: Mapping[str, object]) -> Latent:
    return Latent(
        kv_rank=_size(config, "rank_of_keys_and_values"),
        rope=_size(config, "width_of_positions"),
        nope=_size(config, "width_of_keys"),
        value=_size(config, "width_of_values"),
        query_rank=_size(config, "rank_of_queries", 0),
    )


def _kind(model_type: str) -> Kind:
    if model_type in _ENCODERS:
        return "encoder"
    return "encoder-decoder" if model_type in _BOTH else "decoder"


def _kv_heads(config: Mapping[str, object], heads: int) -> int:
    """As many as there are heads, but where keys and values are shared."""
    if config.get("multi_query") is True and not config.get("new_decoder_architecture"):
        return 1
    return _size(config, "kv_heads", heads)


def _size(
    config: Mapping[str, object], name: str, usual: int | None = None, *, least: int = 1
) -> int:
    for key in _NAMES[name]:
        value = config.get(key)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            wrong = f'"{key}" is {shown(value)}; expected a whole number from {least} on'
            raise bad_input("bad-shape", wrong)
        return value
    if usual is None:
        wanted = one_of(list(_NAMES[name]))
        raise bad_input("bad-shape", f"the configuration has no {name.replace('_', ' ')}: {wanted}")
    return usual
