"""The files of a plan that trains a generating model: for TRL, axolotl and LLaMA-Factory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adaptadvisor.starter.kit import Kit, Part, quoted
from adaptadvisor.starter.settings import as_yaml_float, longest
from adaptadvisor.starter.tools import VERSIONS

SMALL_MODEL = "Qwen/Qwen2.5-0.5B-Instruct"
MODEL_NOTE = "small, to see that all of it runs; then put the model you have in view"
_PER_DEVICE, _MANY = 4, 50_000


def chats(folder: str, who: str) -> Part:
    return Part(f"{folder}/make_chats.py", "tuning/make_chats.py", {"folder": folder, "who": who})


def tuning(kit: Kit, approach: str) -> Iterator[Part]:
    """The scripts for weights in hand, and the same for two other tools."""
    values = _training(kit, approach)
    if approach == "lora":
        yield Part("lora/train.py", "lora/train.py", {**values, **_quantised(kit)})
    else:
        yield Part("full/train.py", "full/train.py", values)
    if kit.preferences(approach):
        yield Part(
            f"{approach}/preferences.py", "tuning/preferences.py", _preferences(kit, approach)
        )
    yield chats(approach, "for axolotl and LLaMA-Factory")
    plain = {
        **values,
        "model": SMALL_MODEL,
        "rate": as_yaml_float(str(values["rate"])),
        "folder": approach,
        "longest": longest(kit.way.facts),
    }
    for tool, settings in (("axolotl", _axolotl), ("llamafactory", _llamafactory)):
        adapters = {"adapter_settings": "\n".join(settings(kit, approach, values))}
        yield Part(f"{approach}/{tool}.yaml", f"tuning/{tool}.yaml", {**plain, **adapters})
    yield Part(f"{approach}/dataset_info.json", "tuning/dataset_info.json", {})


def _training(kit: Kit, approach: str) -> dict[str, object]:
    total = int(kit.number(approach, "batch", "16"))
    examples = kit.way.facts.get("examples")
    many = isinstance(examples, (int, float)) and examples >= _MANY
    total = total if approach == "lora" or many else min(total, 32)
    rank = kit.number("lora", "rank", "16")
    return {
        "model": quoted(SMALL_MODEL),
        "model_note": MODEL_NOTE,
        "epochs": kit.number(approach, "epochs", "3"),
        "rate": kit.number(approach, "learning rate", "2e-4" if approach == "lora" else "2e-5"),
        "rank": rank,
        "alpha": 2 * int(rank),
        "total": total,
        "batch": _PER_DEVICE,
        "accumulate": max(1, total // _PER_DEVICE),
    }


def _quantised(kit: Kit) -> dict[str, object]:
    """What loads a model in 4 bits, for QLoRA."""
    if not kit.four_bit("lora"):
        nothing = dict.fromkeys(("four_bit_name", "quantised", "torch_import"), "")
        return {**nothing, "quantised_import": "EarlyStoppingCallback"}
    lines = (
        "load_in_4bit=True",
        'bnb_4bit_quant_type="nf4"',
        "bnb_4bit_use_double_quant=True",
        "bnb_4bit_compute_dtype=torch.bfloat16",
    )
    inside = "".join(f"\n        {line}," for line in lines)
    return {
        "four_bit_name": " over a model in 4 bits",
        "torch_import": "import torch\n",
        "quantised": f", quantization_config=BitsAndBytesConfig({inside}\n    )",
        "quantised_import": "BitsAndBytesConfig, EarlyStoppingCallback",
    }


def _preferences(kit: Kit, approach: str) -> dict[str, object]:
    columns, lora = kit.own.columns, approach == "lora"
    rate = {"lora": "5e-6", "full": "5e-7"}[approach]
    adapters = f"LoraConfig(r={kit.number('lora', 'rank', '16')}, "
    adapters += 'target_modules="all-linear", task_type="CAUSAL_LM")'
    loader = "merged" if lora else "load"
    return {
        "folder": approach,
        "and_peft": f" and peft {VERSIONS['peft']}" if lora else "",
        "peft_import": "\nfrom peft import LoraConfig" if lora else "",
        "pairs": quoted(kit.own.train if columns.chosen else "data/pairs.jsonl"),
        "chosen": quoted(columns.chosen or "chosen"),
        "rejected": quoted(columns.rejected or "rejected"),
        "start_model": f'str(HERE / "out" / "{approach}")',
        "loader": loader,
        "beta": kit.number(approach, "beta", "0.1"),
        "rate": rate,
        "epochs": "1",
        "accumulate": "4",
        "longest": longest(kit.way.facts),
        "peft_argument": f"\n        peft_config={adapters}," if lora else "",
    }


def _axolotl(kit: Kit, approach: str, values: Mapping[str, object]) -> Iterator[str]:
    if approach == "lora":
        yield f"adapter: {'qlora' if kit.four_bit(approach) else 'lora'}"
        yield f"lora_r: {values['rank']}"
        yield f"lora_alpha: {values['alpha']}"
        yield "lora_dropout: 0.05"
        yield "lora_target_linear: true"
    if kit.four_bit(approach):
        yield "load_in_4bit: true"


def _llamafactory(kit: Kit, approach: str, values: Mapping[str, object]) -> Iterator[str]:
    yield f"finetuning_type: {approach}"
    if approach == "lora":
        yield f"lora_rank: {values['rank']}"
        yield f"lora_alpha: {values['alpha']}"
        yield "lora_target: all"
    if kit.four_bit(approach):
        yield "quantization_bit: 4"
        yield "quantization_method: bnb"
