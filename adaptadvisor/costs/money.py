"""What a plan costs in one way to run it: set-up, a month, upkeep; each in parts.

A part is a function of amounts that is monotone in each of them, so its range is from all amounts
at the end that is cheap to all at the end that is dear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType
from typing import Literal

from adaptadvisor.costs import formulas as do
from adaptadvisor.costs.inputs import Amounts, Values, values
from adaptadvisor.costs.runs import RATE
from adaptadvisor.costs.spans import Span

Host = Literal["api", "hosted", "own"]
When = Literal["once", "month"]
MONTHS_A_YEAR = 12
_SERVING_GB_PER_PARAM_B = 2.4  # 16-bit weights, and a fifth more for the cache
_REFERENCE_PARAMS_B = 8  # the model for which tokens a second are assumed
_EXAMPLES = {"task_head": "head_examples", "lora": "lora_examples", "full": "full_examples"}
_RATES = {"task_head": "head", "lora": "lora", "full": "full"}
_FLOPS = {"task_head": 6, "lora": 6, "full": 8}
"""FLOPs per parameter and token of training: 4 for adapters and 6 for all weights, and 2 more for
computing activations again; heads train small encoders that need not do that.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A plan, and who runs the model: a host that offers it (`api`), a host that tuned it for you
    (`hosted`), or your own GPUs (`own`).
    """

    plan: tuple[str, ...]
    host: Host
    pastes: bool = False

    @property
    def id(self) -> str:
        """`rag+lora@own`; a pasted corpus shows as `prompt:paste-corpus@api`."""
        return f"{'+'.join(self.plan)}{':paste-corpus' if self.pastes else ''}@{self.host}"

    @property
    def trained(self) -> str:
        """The dearest approach that trains a model, or nothing."""
        return next((one for one in reversed(self.plan) if one in _EXAMPLES), "")

    @property
    def writes(self) -> bool:
        """Whether a model writes the answer; a task head alone only picks it."""
        return self.trained != "task_head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the bill and the prices that it takes; without the `vital` ones no bill is told."""

    name: str
    when: When
    money: Callable[[Values], float]
    prices: tuple[str, ...]
    vital: bool = False


def parts(way: Way, priced: frozenset[str]) -> list[Part]:
    """Every part of the bill of a way, whether or not its prices are known (`priced`)."""
    found = [_requests(way, priced), *_evaluation(), *_engineering(way)]
    if "rag" in way.plan:
        found += _retrieval()
    if way.trained:
        found += _training(way)
    return found


def range_of(money: Callable[[Values], float], amounts: Amounts) -> Span:
    """The money at the cheap end, the likely place and the dear end of every amount."""
    low, likely, high = (money(values(amounts, end)) for end in (-1, 0, 1))
    return Span(low=low, likely=likely, high=high)


def total(some: list[Part], when: When | None = None) -> Callable[[Values], float]:
    """The sum of parts: those paid once, those of a month, or (None) all of the first year."""
    at_once = [part.money for part in some if part.when == "once"]
    monthly = [part.money for part in some if part.when == "month"]

    def once(v: Values) -> float:
        return sum([money(v) for money in at_once])

    def month(v: Values) -> float:
        return sum([money(v) for money in monthly])

    if when == "once":
        return once
    if when == "month":
        return month
    return lambda v: once(v) + MONTHS_A_YEAR * month(v)


# ---- requests ----


def _requests(way: Way, priced: frozenset[str]) -> Part:
    if way.host == "own":
        return _machines(way, priced)
    read, write = (
        f"{'tuned_' if way.host == 'hosted' else ''}{one}_per_million_tokens"
        for one in ("input", "output")
    )
    cached = (
        way.host == "api"
        and {
            "cache_read_per_million_tokens",
            "cache_write_per_million_tokens",
        }
        <= priced
    )

    def money(v: Values) -> float:
        prefix, rest = prefix_tokens(way, v), rest_tokens(way, v)
        volume = v["requests_per_day"]
        start = (
            do.prefix_money_per_day(
                volume,
                prefix,
                plain=v[read],
                write=v["cache_write_per_million_tokens"],
                read=v["cache_read_per_million_tokens"],
                cache_life_minutes=v["cache_life_minutes"],
            )
            if cached
            else do.tokens_money_per_day(volume, prefix, v[read])
        )
        more = do.tokens_money_per_day(volume, rest, v[read])
        answers = do.tokens_money_per_day(volume, v["output_tokens"], v[write])
        return do.DAYS_A_MONTH * (start + more + answers)

    return Part(
        name="tokens of requests", when="month", money=money, prices=(read, write), vital=True
    )


def _machines(way: Way, priced: frozenset[str]) -> Part:
    """GPUs, or servers without one for a task head, where they are cheaper; all are always on."""
    known = tuple(one for one in _MACHINES if one in priced) if not way.writes else ()
    prices = known or ("gpu_hour",)

    def money(v: Values) -> float:
        return min(_MACHINES[one](way, v) * v[one] for one in prices)

    name = "machines that serve requests" if prices != ("gpu_hour",) else "GPUs that serve requests"
    return Part(name=name, when="month", money=money, prices=prices, vital=True)


def machine_words(way: Way, priced: frozenset[str]) -> str:
    """What is assumed about the machine under a task head; nothing for other plans."""
    if way.writes:
        return ""
    if priced.isdisjoint(_SERVERS):
        return (
            "The task head is priced on a GPU that is always on, as no server is priced; most "
            "small encoders do without a GPU: give the price of a server with --price "
            "server_month=."
        )
    also = ", or on a GPU where that costs less" if "gpu_hour" in priced else ""
    return f"The task head is taken to run on a server without a GPU that is always on{also}."


def prefix_tokens(way: Way, v: Values) -> float:
    """Tokens with which every prompt begins: the instruction, worked examples, a pasted corpus."""
    if way.trained:
        return v["tuned_instruction_tokens"]
    shots = v["shots"] * (v["input_tokens"] + v["output_tokens"])
    return v["instruction_tokens"] + shots + (v["corpus_tokens"] if way.pastes else 0)


def rest_tokens(way: Way, v: Values) -> float:
    """Tokens of a prompt that differ from request to request."""
    return v["input_tokens"] + (v["passage_tokens"] if "rag" in way.plan else 0)


def gpus(way: Way, v: Values) -> int:
    """GPUs of one's own, one at least, and as many as hold the model."""
    holding = 1
    if way.writes:
        read = (prefix_tokens(way, v) + rest_tokens(way, v)) / v["prefill_tokens_per_second"]
        write = v["output_tokens"] / v["decode_tokens_per_second"]
        seconds = (read + write) * v["model_params_b"] / _REFERENCE_PARAMS_B
        holding = ceil(v["model_params_b"] * _SERVING_GB_PER_PARAM_B / v["card_gb"])
    else:
        seconds = rest_tokens(way, v) / v["encoder_tokens_per_second"]
    return max(holding, do.gpus_needed(v["requests_per_day"], v["peak_over_mean"], seconds))


def servers(way: Way, v: Values) -> int:
    """Servers without a GPU that serve a task head, one at least."""
    seconds = rest_tokens(way, v) / v["server_tokens_per_second"]
    return do.gpus_needed(v["requests_per_day"], v["peak_over_mean"], seconds)


_HOURS_A_MONTH = 24 * do.DAYS_A_MONTH
_SERVERS = ("server_month", "server_hour")
_MACHINES: Mapping[str, Callable[[Way, Values], float]] = MappingProxyType(
    {
        "server_month": servers,
        "server_hour": lambda way, v: servers(way, v) * _HOURS_A_MONTH,
        "gpu_hour": lambda way, v: gpus(way, v) * _HOURS_A_MONTH,
    }
)
"""How many of what a price is for a month of serving takes, cheapest kind first."""


# ---- work ----


def _evaluation() -> Iterator[Part]:
    yield Part(
        name="labels to judge by",
        when="once",
        money=lambda v: max(0.0, v["eval_needed"] - v["eval_examples"]) * v["label"],
        prices=("label",),
    )


def _engineering(way: Way) -> Iterator[Part]:
    days = [f"{one}_days" for one in way.plan]
    care = ["care_days_prompt"]
    care += ["care_days_retrieval"] if "rag" in way.plan else []
    care += ["care_days_own_model"] if way.host == "own" else []
    price = ("engineering_day",)
    yield Part(
        name="engineering",
        when="once",
        money=lambda v: sum(v[one] for one in days) * v["engineering_day"],
        prices=price,
    )
    yield Part(
        name="watching over it",
        when="month",
        money=lambda v: sum(v[one] for one in care) * v["engineering_day"],
        prices=price,
    )
    change = "days_per_retraining" if way.trained else "days_per_prompt_change"
    yield Part(
        name="work when the task changes",
        when="month",
        money=lambda v: v["changes_per_month"] * v[change] * v["engineering_day"],
        prices=price,
    )


# ---- retrieval ----


def _retrieval() -> Iterator[Part]:
    price = "embedding_per_million_tokens"
    yield Part(
        name="embedding of the corpus",
        when="once",
        money=lambda v: do.money_of_tokens(v["corpus_tokens"], v[price]),
        prices=(price,),
    )
    yield Part(
        name="embedding of questions and of new text",
        when="month",
        money=lambda v: do.money_of_tokens(
            v["requests_per_day"] * do.DAYS_A_MONTH * v["input_tokens"]
            + v["corpus_reads_per_month"] * v["corpus_tokens"],
            v[price],
        ),
        prices=(price,),
    )
    yield Part(
        name="the index", when="month", money=lambda v: v["index_month"], prices=("index_month",)
    )


# ---- training ----


def _training(way: Way) -> Iterator[Part]:
    examples = _EXAMPLES[way.trained]
    price = "training_per_million_tokens" if way.host == "hosted" else "gpu_hour"

    def run(v: Values) -> float:
        return run_money(way, v)

    yield Part(
        name="labels to train on",
        when="once",
        money=lambda v: max(0.0, v[examples] - v["examples"]) * v["label"],
        prices=("label",),
    )
    yield Part(
        name="training runs", when="once", money=lambda v: v["runs"] * run(v), prices=(price,)
    )
    yield Part(
        name="training when the task changes",
        when="month",
        money=lambda v: v["changes_per_month"] * run(v),
        prices=(price,),
    )
    yield Part(
        name="labels when the task changes",
        when="month",
        money=lambda v: (
            v["changes_per_month"] * v["share_labelled_anew"] * v[examples] * v["label"]
        ),
        prices=("label",),
    )


def run_money(way: Way, v: Values) -> float:
    """Money of one training run."""
    length = v["input_tokens"] + v["tuned_instruction_tokens"]
    length += v["output_tokens"] if way.writes else 0
    tokens = v[_EXAMPLES[way.trained]] * length * v["epochs"]
    if way.host == "hosted":
        return do.money_of_tokens(tokens, v["training_per_million_tokens"])
    rate = v.get(RATE.format(_RATES[way.trained]))
    if rate:
        return tokens / rate / do.SECONDS_AN_HOUR * v["gpu_hour"]
    size = v["head_params_b" if way.trained == "task_head" else "model_params_b"]
    hours = do.training_gpu_hours(size, tokens, _FLOPS[way.trained], v["training_flops_per_second"])
    return hours * v["gpu_hour"]
