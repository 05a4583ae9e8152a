"""How far the memory estimates lie from published figures.

python tests/bench/memory.py [FIGURES.csv]
python tests/bench/memory.py --compare [FIGURES.csv]   beside the common rules

`memory_ranges.py` says how wide the ranges must be, and judges them on sources left out.
"""

from __future__ import annotations

import csv
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path

from memory_rules import RULES, canifinetune

from adaptadvisor.memory import Estimate, Setup, Shape, estimate, typical
from adaptadvisor.memory.fit import MARGIN

FIGURES = Path(__file__).parent.parent / "data/memory.csv"
"""Published figures, with where each is from."""

_METHODS = {
    "full": "full",
    "lora": "lora",
    "qlora": "qlora",
    "inference": "inference",
    "kv_cache": "cache",
}
_PRECISIONS = {
    "bf16": "16-bit",
    "fp16": "16-bit",
    "fp32": "fp32",
    "bf16-mixed": "mixed",
    "fp16-mixed": "mixed",
    "bf16-mixed (fp32 weights)": "mixed-fp32",
    "nf4": "nf4",
    "nf4-dq": "nf4-dq",
    "int4": "int4",
    "int4-gptq": "int4",
    "int8": "int8",
    "int8-gptq": "int8",
    "int8-bnb": "int8",
    "int2": "int2",
}


def setup_of_row(row: Mapping[str, str]) -> Setup:
    """The set-up that a row describes; what it does not say is taken as usual and named a guess."""
    guesses: list[str] = []
    word, precision = row["method"], row["precision"]
    method = _METHODS.get(word) or (
        "qlora"
        if precision.startswith(("nf4", "int"))
        else "full"
        if word.startswith("full")
        else "lora"
    )
    found = _PRECISIONS.get(precision)
    if found is None:
        found = "nf4" if method == "qlora" else "16-bit"
        guesses.append("precision")
    if "classifier head" in word and found == "mixed":
        found = "mixed-fp32"
    text, notes = row["optimiser"].lower().replace("-", ""), row["notes"].lower()
    optimiser = (
        "adamw-8-bit-fused"
        if "8bit" in text and "fused" in text
        else "adamw-8-bit"
        if "8bit" in text
        else "adamw-16-bit"
        if "bf16 states" in text
        else next((name for name in ("adafactor", "sgd", "lomo") if name in text), "adamw")
    )
    optimiser += "-paged" if "paged" in text and optimiser.startswith("adamw") else ""
    guesses.extend(name for name in ("seq_len", "micro_batch") if not row[name])
    if row["grad_ckpt"] not in ("yes", "no", "offload"):
        guesses.append("checkpointing")
    parallel = row["parallel"]
    targets = (
        ("all", "tables")
        if "embedding" in row["lora_targets"]
        else tuple({"mlp": "mlp"}.get(name, name) for name in row["lora_targets"].split(","))
        if row["lora_targets"] in ("all", "q,v", "qkv", "q,k,v", "q,k,v,o", "q,v,o,mlp")
        else ("all",)
    )
    chunked = any(sign in notes for sign in ("chunked", "cut cross", "fused loss"))
    # a table in which each lever is added to those above it: the loss comes before checkpointing
    chunked |= notes.startswith("+") and row["grad_ckpt"] != "no"
    meter = (
        "allocated"
        if row["meter"] == "alloc"
        else "reserved"
        if row["meter"].startswith("reserved")
        else "device"
    )
    return Setup(
        shape=shape_of_row(row),
        method=method,
        precision=found,
        optimiser=optimiser,
        tokens=int(row["seq_len"] or 512),
        batch=int(row["micro_batch"] or 1),
        rank=int(row["lora_r"] or 16),
        targets=targets,
        checkpointing=row["grad_ckpt"] if row["grad_ckpt"] in ("no", "offload") else "yes",
        loss="chunked" if chunked else "full",
        attention="eager" if row["attention"] == "eager" else "flash",
        sharding=parallel.partition("+")[0]
        if parallel.partition("+")[0] in ("zero2", "zero3", "fsdp", "device_map")
        else "none",
        offload="+cpu" in parallel,
        cards=int(row["gpus"] or 1),
        meter=meter,
        guesses=tuple(guesses),
    )


def shape_of_row(row: Mapping[str, str]) -> Shape:
    if not row["hidden"]:
        return typical(float(row["params_b"]))
    names = ("hidden", "layers", "ffn", "heads", "kv_heads", "head_dim", "vocab")
    encoder = "bert" in row["model"].lower()
    return Shape(
        *(int(row[name]) for name in names),
        row["tied"] == "1",
        int(row["mlp_mats"]),
        "encoder" if encoder else "decoder",
        float(row["params_b"]),
    )


def figures_gb(row: Mapping[str, str], found: Estimate) -> tuple[float, float, float]:
    """Low, point and high in GB, of one card or of all cards as the row has its figure."""
    times = int(row["gpus"] or 1) if row["scope"] == "total" else 1
    return times * found.low_gb, times * found.point_gb, times * found.high_gb


def main(path: str) -> None:
    rows = _published(Path(path))
    errors: dict[str, list[float]] = {}
    inside, told, fitting = [], [], []
    for row in rows:
        low, point, high = figures_gb(row, estimate(setup_of_row(row)))
        peak = float(row["peak_gb"])
        if row["kind"] == "oom":
            told.append(point * MARGIN > peak)
            continue
        inside.append(low <= peak <= high)
        if row["kind"] == "measured":
            errors.setdefault(row["method"], []).append(abs(point / peak - 1))
            errors.setdefault("all measured", []).append(abs(point / peak - 1))
            if row["gpu_gb"]:
                fitting.append(point * MARGIN <= float(row["gpu_gb"]) * (times_of(row)))
    for method, found in errors.items():
        print(f"{method:24} n {len(found):3}  median error {statistics.median(found):6.1%}")
    print(f"within the range: {sum(inside) / len(inside):.1%} of {len(inside)}")
    print(
        f"out of memory, told so: {sum(told)} of {len(told)}; fits, not told otherwise: {sum(fitting)} of {len(fitting)}"
    )


def compare(path: str) -> None:
    """The same rows, by our estimate and by the common rules, on one card with a known shape."""
    rows = {row["id"]: row for row in _published(Path(path)) if _is_compared(row)}
    setups = {key: setup_of_row(row) for key, row in rows.items()}
    cards = {key: (one, float(rows[key]["gpu_gb"] or 80)) for key, one in setups.items()}
    version, asked = canifinetune(cards)
    told: dict[str, dict[str, float | None]] = {
        "adaptadvisor": {key: estimate(one).point_gb for key, one in setups.items()},
        f"canifinetune {version}".strip(): dict(asked),
        **{name: {key: rule(one) for key, one in setups.items()} for name, rule in RULES.items()},
    }
    groups = {
        "training": [key for key, one in setups.items() if one.trains],
        "  full": [key for key, one in setups.items() if one.method == "full"],
        "  LoRA": [key for key, one in setups.items() if one.method == "lora"],
        "  QLoRA": [key for key, one in setups.items() if one.method == "qlora"],
        "serving": [key for key, one in setups.items() if one.method == "inference"],
    }
    print("| runs on one card | by | n | median error | 90th percentile | too low by > 5 % |")
    print("| --- | --- | --- | --- | --- | --- |")
    for group, keys in groups.items():
        for name, found in told.items():
            pairs = [(found.get(key), float(rows[key]["peak_gb"])) for key in keys]
            line = _line([(gb, peak) for gb, peak in pairs if gb is not None])
            if line:
                print(f"| {group} | {name} | {line} |")


def _published(path: Path = FIGURES) -> list[dict[str, str]]:
    """The rows of the figures, but those that contradict themselves."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if "contradicts" not in row["notes"]]


def _is_compared(row: Mapping[str, str]) -> bool:
    known = row["kind"] == "measured" and row["hidden"] and "bert" not in row["model"].lower()
    alone = (row["gpus"] or "1") == "1" and row["method"] != "kv_cache"
    return bool(known and alone)


def _line(pairs: list[tuple[float, float]]) -> str:
    if not pairs:
        return ""
    errors = sorted(abs(gb / peak - 1) for gb, peak in pairs)
    low = sum(gb < 0.95 * peak for gb, peak in pairs) / len(pairs)
    tenth = errors[int(0.9 * (len(errors) - 1))]
    return f"{len(pairs)} | {statistics.median(errors):.0%} | {tenth:.0%} | {low:.0%}"


def times_of(row: Mapping[str, str]) -> int:
    return int(row["gpus"] or 1) if row["scope"] == "total" else 1


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--compare"]
    (compare if "--compare" in sys.argv else main)(words[0] if words else str(FIGURES))
