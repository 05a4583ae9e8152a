"""A model's own configuration (`config.json` of Hugging Face) as a shape."""

from __future__ import annotations

from collections.abc import Mapping

from adaptadvisor.errors import bad_input, one_of, shown
from adaptadvisor.memory.shape import Kind, Shape

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
    known = [*_DECODERS, *_ENCODERS, *_BOTH]
    if kind not in known:
        what = f'"{shown(kind)}" is no known model_type' if kind else "there is no model_type"
        right = f"known are {one_of(known)}; a size alone gives a rougher estimate"
        raise bad_input("unknown-model", f"{what}; {right}")
    heads = _size(config, "heads")
    hidden = _size(config, "hidden")
    feed_forward = _size(config, "feed_forward", _USUAL_FEED_FORWARD * hidden)
    return Shape(
        hidden=hidden,
        layers=_size(config, "layers"),
        feed_forward=feed_forward,
        heads=heads,
        kv_heads=_kv_heads(config, heads),
        head_dim=_size(config, "head_dim", max(hidden // heads, 1)),
        vocabulary=_size(config, "vocabulary"),
        tied=bool(config.get("tie_word_embeddings", kind in ("gpt2", "gemma", "gemma2"))),
        mlp_matrices=2 if kind in _PLAIN_MLP else 3,
        kind=_kind(str(kind)),
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


def _size(config: Mapping[str, object], name: str, usual: int | None = None) -> int:
    for key in _NAMES[name]:
        value = config.get(key)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            wrong = f'"{key}" is {shown(value)}; expected a whole number from 1 on'
            raise bad_input("bad-shape", wrong)
        return value
    if usual is None:
        wanted = one_of(list(_NAMES[name]))
        raise bad_input("bad-shape", f"the configuration has no {name.replace('_', ' ')}: {wanted}")
    return usual
