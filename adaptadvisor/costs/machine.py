"""What trains and serves on one's own cards: each way with its parts, its range and its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from adaptadvisor.costs.inputs import Amount, Amounts, amounts
from adaptadvisor.costs.model import Cards, Model, about, of_params
from adaptadvisor.costs.prices import Prices
from adaptadvisor.costs.report import SCHEMA, Cost, Fitting, Hardware, PartsOfMemory, RunTime
from adaptadvisor.costs.runs import ANY_CARD, Card, rates_of, run_of, server_rate
from adaptadvisor.costs.spans import Span, exactly
from adaptadvisor.costs.time import (
    encoder_tokens_per_core_second,
    serving_bound_tokens_per_second,
)
from adaptadvisor.errors import bad_input, one_of
from adaptadvisor.memory import Estimate, Setup, Shape, estimate, first_lever
from adaptadvisor.memory.fit import shard_of
from adaptadvisor.memory.setup import (
    MOST_BATCH,
    MOST_TOKENS,
    Loss,
    Method,
    Optimiser,
    Precision,
    Sharding,
)
from adaptadvisor.table.facts import Value, show_number
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import capital

USUAL_TOKENS = 1024
"""Length of a sequence where nobody says it."""

METHODS = ("full", "lora", "qlora", "head")
SHARDINGS: Mapping[str, Sharding] = MappingProxyType(
    {"none": "none", "zero2": "zero2", "zero3": "zero3", "fsdp": "fsdp", "layers": "device_map"}
)
"""How a model is divided among cards, as the command line says it."""

_DIVIDED: Mapping[Sharding, str] = MappingProxyType(
    {
        "none": "",
        "zero2": "gradients and optimiser divided among the cards",
        "zero3": "divided among the cards (ZeRO-3)",
        "fsdp": "divided among the cards (FSDP)",
        "device_map": "layers divided among the cards",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a user says of model, cards and run; None where nothing is said."""

    model: Model | None = None
    cards: Cards | None = None
    method: Method | None = None
    tokens: int | None = None
    batch: int | None = None
    rank: int | None = None
    optimiser: Optimiser | None = None
    precision: Precision | None = None
    loss: Loss | None = None
    checkpointing: bool | None = None
    sharding: Sharding | None = None
    card: Card = ANY_CARD

    def on(self, facts: Mapping[str, Value]) -> Asked:
        """With size and memory from the facts, where they are exact and nothing else is said."""
        model, cards = self.model, self.cards
        size, memory = facts.get("model_params_b"), facts.get("gpu_memory_gb")
        if model is None and _exact(size):
            model = of_params(float(size))  # type: ignore[arg-type]
        if cards is None and _exact(memory) and float(memory) > 0:  # type: ignore[arg-type]
            cards = Cards(count=1, gb=float(memory), guessed=True)  # type: ignore[arg-type]
        return replace(self, model=model, cards=cards)


NOTHING_ASKED = Asked()


def with_speed(asked: Asked, known: Amounts) -> dict[str, Amount]:
    """The amounts, with what model and card say of the speed of training and of servers."""
    found = dict(known)
    if asked.model is None:
        return found
    shape, cards = asked.model.shape, asked.cards
    setups = [setup for _, setup in _setups(asked, shape, asked.tokens or _tokens(known))]
    fits = [
        one for one in setups if cards is None or estimate(one).verdict(cards.gb) != "does not fit"
    ]
    trained = [one for one in (*fits, *setups) if one.trains]
    found |= rates_of(trained, asked.card)
    rate = found["server_tokens_per_second"]
    if shape.kind == "encoder" and rate.origin == "assumed":
        span = server_rate(setups[-1])
        found["server_tokens_per_second"] = replace(rate, span=span, because=_ON_SERVERS)
    return found


_ON_SERVERS = "this encoder on 4 to 16 cores"


def amounts_of(asked: Asked) -> dict[str, Span]:
    """What model and cards say of the amounts of a bill."""
    found: dict[str, Span] = {}
    if asked.model:
        encoder = asked.model.shape.kind == "encoder"
        found["head_params_b" if encoder else "model_params_b"] = exactly(asked.model.params_b)
    if asked.cards:
        found["card_gb"] = exactly(asked.cards.gb)
    return found


def _exact(value: Value | None) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# ---- the ways to train and to serve ----


def hardware(asked: Asked, known: Amounts) -> Hardware | None:
    """Every way to train and serve the model, on the cards where they are known; None without a
    model. `known`: amounts of the situation, for the length of a sequence.
    """
    model, cards = asked.model, asked.cards
    if model is None:
        return None
    length = asked.tokens or _tokens(known)
    fittings = tuple(
        _fitting(name, setup, asked, known) for name, setup in _setups(asked, model.shape, length)
    )
    return Hardware(
        model=model.name,
        params_b=model.params_b,
        kind=model.shape.kind,
        cards=cards.count if cards else None,
        card_gb=cards.gb if cards else None,
        tokens=length,
        headline=_headline(model, cards, fittings),
        fittings=fittings,
        assumed=tuple(_assumed(asked, model, length, known)),
        tokens_per_core_second=encoder_tokens_per_core_second(model.shape, length)
        if model.shape.kind == "encoder"
        else None,
    )


def alone(table: Table, asked: Asked, *, title: str = "") -> Cost:
    """What the model needs, without a situation and without bills."""
    known = amounts(table, {}, Prices(), amounts_of(asked))
    found = hardware(asked, known)
    return Cost(
        schema=SCHEMA,
        title=" ".join(title.split()),
        currency="",
        as_of="",
        plan=(),
        requests_per_day=known["requests_per_day"].span,
        volume_known=False,
        headline=found.headline if found else "",
        ways=(),
        break_even=(),
        of="",
        to_find_out=(),
        says=(),
        hardware=found,
    )


def _tokens(known: Amounts) -> int:
    """The length of a sequence: input, instruction and answer where the input is known."""
    if known["input_tokens"].origin == "assumed":
        return USUAL_TOKENS
    parts = ("input_tokens", "tuned_instruction_tokens", "output_tokens")
    return max(1, min(MOST_TOKENS, round(sum(known[one].span.likely for one in parts))))


def methods_of(shape: Shape, method: Method | None = None) -> tuple[Method, ...]:
    """The ways to train a model of this kind, or the one that is asked for."""
    encoder = shape.kind == "encoder"
    known: tuple[Method, ...] = ("full", "head") if encoder else ("full", "lora", "qlora", "head")
    if method is None:
        return known
    if method not in known:
        wrong = f"an encoder is small and is not tuned with {method}"
        raise bad_input("bad-setup", f"{wrong}; use {one_of(known)}", "--method")
    return (method,)


_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "full": "training all weights",
        "lora": "training LoRA",
        "qlora": "training QLoRA",
        "head": "training only a head",
        "16-bit": "serving in 16 bits",
        "int4": "serving in 4 bits",
    }
)


def _setups(asked: Asked, shape: Shape, tokens: int) -> Iterator[tuple[str, Setup]]:
    """Each way by its name, divided among the cards only where it does not fit one of them."""
    encoder = shape.kind == "encoder"
    usual: dict[Method, Precision] = {
        "full": "mixed-fp32" if encoder else "mixed",
        "lora": "16-bit",
        "qlora": "nf4-dq",
        "head": "16-bit",
    }
    for method in methods_of(shape, asked.method):
        setup = Setup(
            shape,
            method,
            precision=asked.precision or usual[method],
            optimiser=asked.optimiser or "adamw",
            tokens=tokens,
            batch=asked.batch or 1,
            rank=asked.rank or 16,
            checkpointing="yes" if asked.checkpointing in (None, True) else "no",
            loss=asked.loss or "full",
        )
        yield _NAMES[method], _divided(setup, asked)
    for precision in ("16-bit",) if encoder else _SERVED:
        served = Setup(shape, "inference", precision=precision, tokens=tokens)
        yield _NAMES[precision], _divided(served, asked)


_SERVED: tuple[Precision, ...] = ("16-bit", "int4")


def _divided(setup: Setup, asked: Asked) -> Setup:
    cards = asked.cards
    if cards is None or cards.count == 1:
        return setup
    several = replace(setup, cards=cards.count)
    alone = setup if setup.method != "full" else several  # what adapters exchange is small
    if asked.sharding is not None:
        zero = asked.sharding.startswith("zero2") and not setup.trains
        if asked.sharding == "none" or zero:
            return alone
        return replace(several, sharding=asked.sharding)
    fits = estimate(setup).verdict(cards.gb) != "does not fit"
    return alone if fits else replace(several, sharding=shard_of(setup))


def _fitting(name: str, setup: Setup, asked: Asked, known: Amounts) -> Fitting:
    found, cards, card = estimate(setup), asked.cards, asked.card
    verdict = found.verdict(cards.gb) if cards else None
    lever = first_lever(setup, cards.gb, cards.count) if cards else None
    parts = found.parts
    copies = cards is not None and cards.count > 1 and setup.sharding == "none"
    return Fitting(
        id=setup.method if setup.trains else f"serving-{setup.precision}",
        name=name,
        trains=setup.trains,
        precision=setup.precision,
        optimiser=setup.optimiser if setup.trains else None,
        rank=setup.rank if setup.method in ("lora", "qlora") else None,
        tokens=setup.tokens,
        batch=setup.batch,
        checkpointing=setup.checkpointing == "yes" if setup.trains else None,
        sharding=setup.sharding,
        divided="a copy on each card" if copies else _DIVIDED[setup.sharding],
        parts=PartsOfMemory(
            weights=parts.weights,
            gradients=parts.gradients,
            optimiser=parts.optimiser,
            activations=parts.activations,
            loss=parts.loss,
            cache=parts.cache,
            overhead=parts.overhead,
        ),
        gb=_span(found),
        verdict=verdict,
        lever=lever[0] if lever else None,
        lever_gb=_span(lever[1]) if lever else None,
        at_once=at_once(setup, cards.gb) if cards and not setup.trains else None,
        run=_run(setup, asked, known) if setup.trains else None,
        most_tokens_per_second=_bound(setup, card.gb_per_second),
    )


def _run(setup: Setup, asked: Asked, known: Amounts) -> RunTime:
    return run_of(setup, asked.card, known, stated=asked.tokens is not None)


def _bound(setup: Setup, gb_per_second: float | None) -> float | None:
    if setup.trains or gb_per_second is None or setup.shape.kind == "encoder":
        return None
    return serving_bound_tokens_per_second(setup, gb_per_second)


def _span(found: Estimate) -> Span:
    return Span(low=found.low_gb, likely=found.point_gb, high=found.high_gb)


def at_once(setup: Setup, card_gb: float) -> int:
    """The most sequences of this length that a card serves at a time; 0 where it serves none."""

    def fits(batch: int) -> bool:
        return estimate(replace(setup, batch=batch)).verdict(card_gb) != "does not fit"

    if fits(MOST_BATCH):
        return MOST_BATCH
    low, high = 0, 1
    while fits(high):
        low, high = high, min(2 * high, MOST_BATCH)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


# ---- in words ----


def _headline(model: Model, cards: Cards | None, fittings: tuple[Fitting, ...]) -> str:
    trained = [one for one in fittings if one.trains]
    if cards is None:
        least = min(trained, key=lambda one: one.gb.likely)
        gb = f"{least.gb.likely:.3g} GB (up to {least.gb.high:.3g})"
        return f"What {model.name} needs: the least is {gb} for {least.name}."
    name = model.name  # of a file it stays as it is written
    said = f"{capital(name) if model.shape.guessed else name} on {cards.words}: "
    by = {
        words: [one.name for one in fittings if one.verdict == verdict]
        for verdict, words in _VERDICTS.items()
    }
    return (
        said
        + "; ".join(f"{words} {', '.join(names)}" for words, names in by.items() if names)
        + "."
    )


_VERDICTS = {"fits": "room for", "tight": "tight for", "does not fit": "no room for"}


def _assumed(asked: Asked, model: Model, tokens: int, known: Amounts) -> Iterator[str]:
    shape, cards = model.shape, asked.cards
    yield from about(shape)
    if cards is None:
        yield "State your cards with --cards, such as 2x24, for a verdict."
    elif cards.guessed:
        yield (
            f"The GPU memory of {show_number(cards.gb)} GB is taken as a single card; "
            "state several with --cards, such as 2x24."
        )
    if asked.tokens is None:
        here = known["input_tokens"].origin == "assumed"
        why = "which is assumed" if here else "with input, instruction and answer"
        yield f"A sequence has {tokens:,} tokens, {why}; state it with --seq-len."
    yield from _trained_on(shape, known)
    yield from _usual(asked)


def _trained_on(shape: Shape, known: Amounts) -> Iterator[str]:
    """Which ways need more examples than there are, so that a run is told of more."""
    if known["examples"].origin == "assumed" or shape.kind == "encoder":
        return
    for name, way in (("full_examples", "all weights"), ("lora_examples", "adapters")):
        amount = known[name]
        if amount.span.likely > known["examples"].span.high and amount.origin == "assumed":
            ends = f"{show_number(amount.span.low)} to {show_number(amount.span.high)}"
            yield (
                f"A run of {way} is taken with {ends} examples ({amount.because}), not with those "
                f"that you have; --assume {name}=N states another number."
            )


def _usual(asked: Asked) -> Iterator[str]:
    """What is taken as usual, in one sentence."""
    said = [
        ("one sequence a step (--micro-batch)", asked.batch),
        ("gradient checkpointing (--checkpointing)", asked.checkpointing),
        ("AdamW (--optimizer)", asked.optimiser),
        ("a loss over all logits at a time (--loss)", asked.loss),
    ]
    taken = [words for words, given in said if given is None]
    if taken:
        yield f"Training is taken with {', '.join(taken)}."
