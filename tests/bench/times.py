"""How far the times of training lie from published runs, and what serving reaches of its bound.

python tests/bench/times.py [FIGURES.csv]

A run counts where card and length of the inputs are published: Qwen (A100), LitGPT's tables on A100
(short inputs, so that only the least time counts), torchtune and LLaMA-Factory on A100, BERT-large
on V100. Left out: ms-swift (its inputs are cut, their mean length is not told), LitGPT on A10G (the
number of steps is not told), methods that are none of ours. Sharded runs are shown apart.
"""

from __future__ import annotations

import csv
import re
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from memory import FIGURES, setup_of_row

from adaptadvisor.costs.time import serving_bound_tokens_per_second, step_seconds
from adaptadvisor.memory import Setup

PEAK_TFLOPS = {"A100": 312.0, "V100 fp32": 15.7, "V100": 125.0, "RTX 3090": 71.0}
"""Of the makers' data sheets: dense, 16 bits with sums in 32 unless named otherwise."""

BANDWIDTH_GB = {"40": 1555.0, "80": 2039.0}
"""GB a second of A100 cards by their GB."""

ALPACA_TOKENS = 110
"""Mean length of the examples in LitGPT's tables, from memory; the result hangs little on it."""


@dataclass(frozen=True)
class Run:
    """A published run: seconds of a step on one card, and what we say."""

    id: str
    source: str
    setup: Setup
    seconds: float
    ours: float
    low: float
    high: float

    @property
    def error(self) -> float:
        return abs(self.ours / self.seconds - 1)


def runs(path: Path = FIGURES) -> Iterator[Run]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        told = _step(row) if row["kind"] == "measured" and row["time"] else None
        if told is None:
            continue
        seconds, tokens, tflops = told
        setup = setup_of_row(row)
        found = step_seconds(setup, tflops, tokens=tokens)
        yield Run(row["id"], row["source"], setup, seconds, found.likely, found.low, found.high)


def _step(row: Mapping[str, str]) -> tuple[float, float, float] | None:
    """Seconds of a step, tokens of a sequence, peak of the card in TFLOP a second."""
    source, time, batch = row["source"], row["time"], int(row["micro_batch"] or 1)
    tokens, a100 = float(row["seq_len"] or 0), PEAK_TFLOPS["A100"]
    if row["method"] not in ("full", "lora", "qlora", "full (classifier head)"):
        return None
    if source.startswith("Qwen"):
        seconds, steps = _numbers(time)
        return seconds / steps, tokens, a100
    if source.startswith("LitGPT resource tables"):
        return _numbers(time)[0] * 60 / 1000, ALPACA_TOKENS, a100
    if source.startswith("LLaMA-Factory wiki") or ("torchtune" in source and _is_a100(row)):
        return tokens * batch / _numbers(time)[0], tokens, a100
    if source.startswith("Transformers"):
        peak = PEAK_TFLOPS["V100 fp32" if row["precision"] == "fp32" else "V100"]
        return _numbers(time)[0] / 512 * batch, tokens, peak
    if source.startswith("Answer.AI"):
        cards = int(row["gpus"])
        return _numbers(time)[0] / 1024 * batch * cards, tokens, PEAK_TFLOPS["RTX 3090"]
    return None


def _is_a100(row: Mapping[str, str]) -> bool:
    return row["gpu_gb"] == "80" and row["gpus"] == "1"


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


def served(path: Path = FIGURES) -> Iterator[float]:
    """Tokens a second of published runs on single A100 cards, as shares of the bound."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["method"] == "inference" and "tok/s" in row["time"] and row["gpus"] == "1":
                bound = serving_bound_tokens_per_second(
                    setup_of_row(row), BANDWIDTH_GB[row["gpu_gb"]]
                )
                yield _numbers(row["time"])[0] / bound


def main(path: str) -> None:
    every = list(runs(Path(path)))
    alone = [run for run in every if run.setup.sharding == "none"]
    groups = {"one card": alone}
    for run in alone:
        groups.setdefault(f"  {run.setup.method}", []).append(run)
    for run in alone:
        groups.setdefault(f"  {run.source[:40]}", []).append(run)
    groups["several cards, weights divided"] = [run for run in every if run not in alone]
    for name, some in groups.items():
        errors = sorted(run.error for run in some)
        inside = sum(run.low <= run.seconds <= run.high for run in some) / len(some)
        print(
            f"{name:42} n {len(some):3}  median error {statistics.median(errors):6.1%}"
            f"  90th percentile {errors[int(0.9 * (len(errors) - 1))]:6.1%}  in the range {inside:.0%}"
        )
    shares = sorted(served(Path(path)))
    print(
        f"serving reaches {shares[0]:.0%} to {shares[-1]:.0%} of the bound, median "
        f"{statistics.median(shares):.0%} of {len(shares)}"
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(FIGURES))
