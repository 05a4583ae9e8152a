"""A plan to carry out with the files of somebody, and what follows from the two."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from adaptadvisor.advice.carrying_out import CarryingOut
from adaptadvisor.starter.given import Own
from adaptadvisor.starter.settings import number


@dataclass(frozen=True, slots=True)
class Part:
    """A file: its path, its template, what goes in."""

    path: str
    template: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Kit:
    """A plan to carry out with the files of somebody."""

    way: CarryingOut
    own: Own

    @property
    def ids(self) -> frozenset[tuple[str, str]]:
        """The approach and the id of each variant."""
        return frozenset((one.approach, one.id) for one in self.way.variants)

    @property
    def tuned(self) -> tuple[str, ...]:
        """The approaches of the plan that train a generating model here."""
        return tuple(
            each
            for each in self.way.plan
            if each in ("lora", "full") and (each, "hosted-tuning") not in self.ids
        )

    @property
    def hosted(self) -> bool:
        return ("lora", "hosted-tuning") in self.ids

    @property
    def text_head(self) -> bool:
        """Whether the head is one that these scripts train: a label for a text."""
        return "task_head" in self.way.plan and self.own.labels_only

    @property
    def few_shot(self) -> bool:
        """Whether worked examples belong into the prompt."""
        return "prompt" in self.way.plan and ("prompt", "zero-shot") not in self.ids

    @property
    def others(self) -> tuple[tuple[str, str], ...]:
        """The prompts that are tested beside the plain one, each as its label and its file."""
        found = [("with examples", "few_shot")] if self.few_shot else []
        return (*found, *([("optimised", "optimised")] if self.optimised else ()))

    @property
    def optimised(self) -> bool:
        """Whether a search is to find the prompt."""
        return ("prompt", "prompt-optimisation") in self.ids

    @property
    def encoder(self) -> bool:
        """Whether the encoder itself is tuned on the labels."""
        return bool(
            {("task_head", "tuned-encoder"), ("task_head", "long-context-encoder")} & self.ids
        )

    @property
    def results(self) -> str:
        """The file in `results/` that the dearest part writes."""
        last = self.way.plan[-1]
        if last == "task_head" and self.text_head:
            return "encoder-42.jsonl" if self.encoder else "setfit-42.jsonl"
        if last in self.tuned and self.preferences(last):
            return f"{last}-preferences.jsonl"
        known = {"rag": "rag.jsonl", "lora": "lora.jsonl", "full": "full.jsonl"}
        return known.get(last, "prompt.json")

    def preferences(self, approach: str) -> bool:
        return (approach, "dpo") in self.ids

    def number(self, approach: str, name: str, default: str, *, lower: bool = False) -> str:
        return number(self.way.variants, approach, name, default, lower=lower)

    def four_bit(self, approach: str) -> bool:
        """Whether the weights under the adapters are held in 4 bits (QLoRA)."""
        return approach == "lora" and ("lora", "qlora") in self.ids


def quoted(word: str) -> str:
    """A word as Python, JSON and YAML read it alike."""
    return json.dumps(word, ensure_ascii=False)
