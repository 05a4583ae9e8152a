"""What is assumed where nobody says more: one table of ranges, each with its reason.

No price is among them. `more` says what more of it does to the bill of a plan: 1 raises it, -1
lowers it; every amount of money is monotone in each of these, so that its ends are at their ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from adaptadvisor.costs.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """An amount in its unit. `source`: a row of sources.yaml; empty for our judgement."""

    name: str
    unit: str
    span: Span
    because: str
    find_out: str = ""
    more: Literal[1, -1] = 1
    source: str = ""


def _row(  # one line a row reads best
    name: str, unit: str, ends: tuple[float, float, float], because: str, find_out: str = "",
    more: Literal[1, -1] = 1, source: str = "",
) -> Assumed:  # fmt: skip
    low, likely, high = ends
    span = Span(low=low, likely=likely, high=high)
    return Assumed(
        name=name, unit=unit, span=span, because=because, find_out=find_out, more=more,
        source=source,
    )  # fmt: skip


_COUNT = "Count them in 100 real requests."
_ASK = "Ask who would do the work."
_TRY = "Measure it on the card with your own requests."

ASSUMED: Mapping[str, Assumed] = MappingProxyType({
    # ---- what a request is ----
    "requests_per_day": _row("requests a day", "requests a day", (100, 1000, 10_000),
        "most projects that asked lie here"),
    "input_tokens": _row("length of an input", "tokens", (100, 500, 4000),
        "a short message to a few pages"),
    "output_tokens": _row("length of an answer", "tokens", (5, 200, 1500),
        "a label to a page of text", _COUNT),
    "instruction_tokens": _row("length of the instruction", "tokens", (100, 400, 2000),
        "a paragraph to a few pages of rules", "Count the tokens of your prompt."),
    "tuned_instruction_tokens": _row("instruction of a tuned model", "tokens", (0, 100, 500),
        "a tuned model needs a short one", "Count the tokens of your prompt."),
    "shots": _row("worked examples in the prompt", "examples", (0, 3, 5),
        "what guides to prompting advise", source="anthropic-multishot-guide"),
    "passage_tokens": _row("retrieved text in a prompt", "tokens", (500, 2000, 8000),
        "3 to 20 passages of 200 to 400 tokens", "Count the tokens that retrieval adds."),
    "corpus_tokens": _row("size of the corpus", "tokens", (1e5, 1e6, 5e7),
        "a handbook to a large wiki"),
    "corpus_reads_per_month": _row("how often a month the corpus is embedded anew", "times a month",
        (0, 0.1, 4), "a corpus at rest to one that changes every week"),
    "cache_life_minutes": _row("how long a prompt stays in the cache", "minutes", (5, 5, 60),
        "what hosts offer", "Look in the price list of the host.", -1),
    # ---- what is made once ----
    "eval_needed": _row("examples to judge by", "examples", (200, 400, 1000),
        "they show a difference of 5 to 9 points between two systems",
        source="miller2024-error-bars"),
    "eval_examples": _row("examples to judge by at hand", "examples", (0, 0, 500),
        "most projects begin with none", more=-1),
    "examples": _row("labelled examples at hand", "examples", (0, 100, 1000),
        "none to what an old tool left behind", more=-1),
    "head_examples": _row("examples for a task head", "examples", (100, 300, 1000),
        "what matched large prompted models in studies"),
    "lora_examples": _row("examples for adapters", "examples", (50, 500, 2000),
        "gains begin at 50; a thousand good ones set a style", source="zhou2023-lima"),
    "full_examples": _row("examples for tuning all weights", "examples", (10_000, 30_000, 100_000),
        "what such projects use; from memory"),
    "prompt_days": _row("days to build a prompt", "days", (2, 5, 10), "judgement", _ASK),
    "rag_days": _row("days to build retrieval", "days", (5, 15, 30), "judgement", _ASK),
    "task_head_days": _row("days to build a task head", "days", (3, 7, 15), "judgement", _ASK),
    "lora_days": _row("days to tune adapters", "days", (5, 10, 25), "judgement", _ASK),
    "full_days": _row("days to tune all weights", "days", (15, 30, 60), "judgement", _ASK),
    "runs": _row("training runs until one is kept", "runs", (3, 6, 10),
        "settings are tried, and some runs fail", "Plan 5 to 10."),
    "epochs": _row("passes over the training examples", "passes", (1, 3, 5), "common settings"),
    # ---- models of one's own ----
    "model_params_b": _row("size of the model", "billion parameters", (3, 8, 30),
        "what teams tune"),
    "card_gb": _row("memory of a GPU that serves", "GB", (24, 48, 80), "common cards",
        "Look at the card.", -1),
    "head_params_b": _row("size of the encoder", "billion parameters", (0.1, 0.2, 0.6),
        "base and large encoders", "Look at the card of the model."),
    "training_flops_per_second": _row("what a GPU does in training", "FLOP a second",
        (3e13, 1.2e14, 4e14), "a small card to a large one, at 30 to 60 % of its peak", _TRY, -1),
    "prefill_tokens_per_second": _row("tokens a GPU reads in a second", "tokens a second",
        (2000, 8000, 30_000), "8B on common cards, batched", _TRY, -1),
    "decode_tokens_per_second": _row("tokens a GPU writes in a second", "tokens a second",
        (300, 1000, 4000), "8B on common cards, batched", _TRY, -1),
    "encoder_tokens_per_second": _row("tokens an encoder reads in a second on a GPU",
        "tokens a second", (10_000, 50_000, 200_000), "common encoders on common cards", _TRY, -1),
    "server_tokens_per_second": _row("tokens an encoder reads in a second without a GPU",
        "tokens a second", (500, 2000, 8000), "common encoders on 4 to 16 cores", _TRY, -1),
    "peak_over_mean": _row("busiest minute against the mean", "times", (2, 4, 10),
        "office hours and rushes", "Look at the logs of a week."),
    # ---- what goes on ----
    "changes_per_month": _row("changes of the task a month", "changes a month", (0, 0.1, 8),
        "it is not known how often the task changes"),
    "days_per_prompt_change": _row("days for a change of the prompt", "days", (0.1, 0.5, 2),
        "judgement", _ASK),
    "days_per_retraining": _row("days for a new training", "days", (0.5, 1.5, 4),
        "judgement", _ASK),
    "share_labelled_anew": _row("share of labels that a change makes wrong", "share",
        (0.05, 0.2, 0.6), "judgement", "Look at the last change of the guidelines."),
    "care_days_prompt": _row("days a month to watch over it", "days a month", (0.2, 0.5, 2),
        "judgement", _ASK),
    "care_days_retrieval": _row("more days a month for an index", "days a month", (0.3, 1, 3),
        "judgement", _ASK),
    "care_days_own_model": _row("more days a month for a model of one's own", "days a month",
        (0.5, 1, 4), "judgement", _ASK),
})  # fmt: skip
"""By name; a fact of the same name takes its place."""

CHANGES: Mapping[str, Span] = MappingProxyType({
    "never": Span(low=0, likely=0.05, high=0.1),
    "months": Span(low=0.15, likely=0.25, high=0.5),
    "days": Span(low=2, likely=4, high=8),
})  # fmt: skip
"""Changes a month that the answers to `task_changes` stand for."""

READS: Mapping[str, Span] = MappingProxyType({
    "never": Span(low=0, likely=0.02, high=0.1),
    "months": Span(low=0.08, likely=0.25, high=0.5),
    "days": Span(low=0.5, likely=1, high=4),
})  # fmt: skip
"""Whole corpora embedded a month that the answers to `knowledge_updates` stand for."""

OUTPUTS: Mapping[str, Span] = MappingProxyType({
    "label": Span(low=5, likely=10, high=60),
    "match": Span(low=5, likely=10, high=60),
    "extract": Span(low=20, likely=150, high=600),
    "answer": Span(low=50, likely=250, high=800),
    "rewrite": Span(low=50, likely=400, high=1500),
    "write": Span(low=100, likely=500, high=1500),
    "code": Span(low=50, likely=400, high=1500),
})  # fmt: skip
"""Tokens of an answer by `task`, without tokens of thinking that some models write first."""

SHOTS: Mapping[str, Span] = MappingProxyType({
    "zero-shot": Span(low=0, likely=0, high=0),
    "few-shot": Span(low=3, likely=4, high=5),
    "prompt-optimisation": Span(low=0, likely=3, high=4),
    "many-shot": Span(low=50, likely=200, high=2000),
})  # fmt: skip
"""Worked examples in the prompt by the variant of the prompt; others have those of `ASSUMED`."""
