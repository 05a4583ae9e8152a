"""The document of `cost`, as programs read it: amounts of money in `currency`."""

from __future__ import annotations

from dataclasses import dataclass

from adaptadvisor.costs.spans import Span

SCHEMA = "adaptadvisor/cost/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCost:
    """A part of a bill: `once`, or each `month`. Without a price that it takes, `money` is null
    and the sums are without it.
    """

    name: str
    when: str
    money: Span | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtVolume:
    """What a month comes to at so many times the present volume."""

    times: float
    requests_per_day: float
    month: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class WayCost:
    """What a plan costs where this `host` runs it, and what the advice says of the plan. Without
    the prices in `missing` nothing can be said, and the sums are null; `without` are parts that no
    price is known for.
    """

    id: str
    plan: tuple[str, ...]
    name: str
    host: str
    verdict: str
    setup: Span | None
    month: Span | None
    year: Span | None
    parts: tuple[PartCost, ...]
    volumes: tuple[AtVolume, ...]
    missing: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """From how many requests a day on `second` costs less in its first year than `first`; null:
    never. `now` says which costs less at the present volume, `open` where that cannot be told.
    """

    first: str
    second: str
    low: float | None
    likely: float | None
    high: float | None
    now: str
    dearer: Span
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToFindOut:
    """An amount that widens the range of the bill `of` a way. `share`: by how much the range
    narrows once it is known; `low` and `high`: the first year with this amount at its ends.
    """

    amount: str
    name: str
    unit: str
    span: Span
    origin: str
    because: str
    find_out: str
    state: str
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsOfMemory:
    """GB (1e9 bytes) of one card at the moment when it holds most."""

    weights: float
    gradients: float
    optimiser: float
    activations: float
    loss: float
    cache: float
    overhead: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTime:
    """One training run: its tokens, its FLOPs in all, tokens that one GPU trains on in a second,
    and GPU hours; of a card whose peak the user stated, or of common cards. Where it is not
    known how many examples there are, tokens and hours are those of what such projects use.
    """

    tokens: Span
    flops: Span
    tokens_per_gpu_second: Span
    gpu_hours: Span
    on_stated_card: bool
    examples_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """A way to train or to serve the model. `gb`: memory of one card. `verdict`: `fits`, `tight` or
    `does not fit`, null where no cards are known. `lever`: the first single change with which it
    would not be too large. `at_once`: the most sequences of this length that are served at a time.
    `run`: of a way to train. `most_tokens_per_second`: a bound on what is written for one sequence,
    where the speed of the card's memory is known.
    """

    id: str
    name: str
    trains: bool
    precision: str
    optimiser: str | None
    rank: int | None
    tokens: int
    batch: int
    checkpointing: bool | None
    sharding: str
    divided: str
    parts: PartsOfMemory
    gb: Span
    verdict: str | None
    lever: str | None
    lever_gb: Span | None
    at_once: int | None
    run: RunTime | None
    most_tokens_per_second: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """What a model needs on cards of `card_gb` GB each. `tokens`: the length of a sequence.
    `tokens_per_core_second`: what an encoder reads on one core of a CPU.
    """

    model: str
    params_b: float
    kind: str
    cards: int | None
    card_gb: float | None
    tokens: int
    headline: str
    fittings: tuple[Fitting, ...]
    assumed: tuple[str, ...]
    tokens_per_core_second: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What `cost --format json` writes. `hardware`: where a model is known."""

    schema: str
    title: str
    currency: str
    as_of: str
    plan: tuple[str, ...]
    requests_per_day: Span
    volume_known: bool
    headline: str
    ways: tuple[WayCost, ...]
    break_even: tuple[BreakEven, ...]
    of: str
    to_find_out: tuple[ToFindOut, ...]
    says: tuple[str, ...]
    hardware: Hardware | None = None
