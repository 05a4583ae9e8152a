"""Facts computed from other facts by named functions; unknown where an input is unknown.

Memory estimates are for one training run in GB, with P the model's size in billions of parameters.
They are planning figures, not measurements, for short inputs (up to some 1,000 tokens), a batch of
1 and gradient checkpointing; length, batch size and the loss kernel move them by tens of per cent.
From 7B on they lie within about a tenth of what `memory.estimate` says of a typical model, and a
test holds them there.
The memory of several cards counts together only where the model is sharded over them (FSDP,
ZeRO-3); plain data parallelism (DDP) keeps a whole model on each, so there the smallest counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature

from adaptadvisor.table import plans
from adaptadvisor.table.facts import Fact, Value
from adaptadvisor.table.ranges import computed
from adaptadvisor.table.speech import plan_words

FULL_GB_PER_BILLION = 16.0
"""Mixed-precision Adam holds 16 bytes a parameter before activations (rajbhandari2019-zero).

Training purely in bf16 takes 8 to 10, 8-bit Adam 6: such set-ups are not what is estimated here.
"""

LORA_GB_PER_BILLION, LORA_GB = 2.25, 2.0
"""16-bit weights and adapters: 7B about 18 GB, 70B just inside 160 (llamafactory-memory).

Of the published figures of this set-up half lie within 5 per cent, and nine in ten within 25.
"""

QLORA_GB_PER_BILLION, QLORA_GB = 0.65, 2.5
"""4-bit weights: 7B about 7 GB, 70B just inside 48 (llamafactory-memory, dettmers2023-qlora).

Vendors' minimums are lower by up to a quarter; a vocabulary of 150,000 pieces, whose layers stay in
16 bits, takes a quarter to four fifths more than this.
"""

_MOST_JOINED = 2


def examples_per_class(examples: int, classes: int) -> float:
    """Labelled examples for each class, taken as evenly spread.

    >>> examples_per_class(1200, 12)
    100.0
    """
    return examples / classes


def full_fits(model_params_b: float, gpu_memory_gb: float) -> bool:
    """Whether tuning all weights with mixed-precision Adam can fit the GPU memory at all."""
    return FULL_GB_PER_BILLION * model_params_b <= gpu_memory_gb


def lora_fits(model_params_b: float, gpu_memory_gb: float) -> bool:
    """Whether LoRA on 16-bit weights should fit the GPU memory; where full tuning fits, it does."""
    needed = LORA_GB_PER_BILLION * model_params_b + LORA_GB
    return full_fits(model_params_b, gpu_memory_gb) or needed <= gpu_memory_gb


def qlora_fits(model_params_b: float, gpu_memory_gb: float) -> bool:
    """Whether LoRA over 4-bit weights should fit the GPU memory; where 16-bit fits, it does.

    >>> qlora_fits(70, 48), qlora_fits(72, 48)
    (True, False)
    """
    needed = QLORA_GB_PER_BILLION * model_params_b + QLORA_GB
    return lora_fits(model_params_b, gpu_memory_gb) or needed <= gpu_memory_gb


def _was_tried(approach: str) -> Callable[[tuple[str, ...]], bool]:
    def was_tried(tried: tuple[str, ...]) -> bool:
        return any(approach in text.split("+") for text in tried)  # `rag:bm25` is not all of rag

    return was_tried


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived fact and the function of its inputs (in the order of `fact.inputs`).

    The function is monotone in each number, and a `TypeError` for a range: it compares or computes.
    """

    fact: Fact
    compute: Callable[..., Value]

    def value(self, facts: Mapping[str, Value]) -> Value | None:
        """Its value where all of its inputs are known; None where ranges leave a yes/no open."""
        value: Value | None = computed(self.compute, [facts[name] for name in self.fact.inputs])
        return value


def _derived(
    id: str, compute: Callable[..., Value], name: str, question: str, unit: str = ""
) -> Derived:
    """A number with a unit, or else a yes/no; the inputs are the parameters of `compute`."""
    inputs = tuple(signature(compute).parameters)
    fact = Fact(
        id=id,
        name=name,
        order=0,
        type="number" if unit else "bool",
        question=question,
        why=f"computed from {' and '.join(inputs)}",
        find_out="",
        unit=unit,
        inputs=inputs,
    )
    return Derived(fact, compute)


def joined_in_pairs(*rows: Derived) -> tuple[Derived, ...]:
    """The same rows; `ValueError` if some join more facts than a search can answer together."""
    for row in rows:
        together = [other for other in rows if set(other.fact.inputs) & set(row.fact.inputs)]
        inputs = sorted({name for other in together for name in other.fact.inputs})
        if len(inputs) > _MOST_JOINED:
            names = ", ".join(other.fact.id for other in together)
            raise ValueError(
                f"derived facts may join two facts, not more; {names} join {', '.join(inputs)}"
            )
    return rows


DERIVED = joined_in_pairs(
    _derived(
        "examples_per_class",
        examples_per_class,
        "examples per class",
        "How many labelled examples has each class?",
        unit="examples",
    ),
    _derived(
        "full_fits",
        full_fits,
        "full tuning fits",
        "Can tuning all weights of this model fit this GPU memory?",
    ),
    _derived("lora_fits", lora_fits, "LoRA fits", "Does LoRA on this model fit this GPU memory?"),
    _derived(
        "qlora_fits",
        qlora_fits,
        "4-bit LoRA fits",
        "Does LoRA over 4-bit weights fit this GPU memory?",
    ),
    *(
        _derived(
            f"{approach}_tried",
            _was_tried(approach),
            f"{plan_words((approach,))} was tried",
            f"Has a plan with {plan_words((approach,))} been tried and fallen short?",
        )
        for approach in plans.APPROACHES
    ),
)
"""`tried` counts as known also when not given: what nobody names has not been tried."""


def with_derived(facts: Mapping[str, Value]) -> dict[str, Value]:
    """The known facts together with every derived fact whose inputs are known."""
    known = {"tried": (), **facts}
    for row in DERIVED:
        if all(name in known for name in row.fact.inputs):
            value = row.value(known)
            if value is not None:
                known[row.fact.id] = value
    return known
