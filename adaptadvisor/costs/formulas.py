"""The arithmetic of costs, in numbers; each name says its unit. Money is in one currency.

Formulas: prefix caching after the price lists of hosts (a dearer write, a cheap read), with
requests that arrive at random (a Poisson process); compute of training after Kaplan et al. 2020 (6
FLOPs per parameter and token, 2 of them for the gradients of the weights themselves).
"""

from __future__ import annotations

import math
from functools import lru_cache

DAYS_A_MONTH = 30.4
MINUTES_A_DAY = 1440
SECONDS_A_DAY = 86_400
SECONDS_AN_HOUR = 3600
_MILLION = 1e6
_HALVINGS = 50


def hit_rate(requests_per_day: float, cache_life_minutes: float) -> float:
    """The share of requests that find their prefix in the cache, which each hit keeps alive: one
    arrives within its life, at random, with probability `1 - e^(-rate x life)`.
    """
    return 1 - math.exp(-requests_per_day * cache_life_minutes / MINUTES_A_DAY)


def break_even_hit_rate(plain: float, write: float, read: float) -> float | None:
    """The hit rate above which caching is cheaper than the plain price; None for never.

    >>> round(break_even_hit_rate(1, 1.25, 0.1), 2), break_even_hit_rate(1, 1.25, 1.1)
    (0.22, None)
    """
    if read >= plain:
        return None
    return max(0.0, (write - plain) / (write - read)) if write > read else 0.0


def break_even_caching_requests_per_day(
    plain: float, write: float, read: float, cache_life_minutes: float
) -> float | None:
    """The volume above which caching is cheaper; None for never."""
    rate = break_even_hit_rate(plain, write, read)
    if rate is None:
        return None
    return -math.log(1 - rate) * MINUTES_A_DAY / cache_life_minutes


def prefix_money_per_day(  # prices per million tokens
    requests_per_day: float,
    prefix_tokens: float,
    *,
    plain: float,
    write: float,
    read: float,
    cache_life_minutes: float,
) -> float:
    """What the part that all prompts begin with costs a day, cached where that is cheaper.

    Just above the volume of the most writes a day, more requests would cost a little less, because
    the cache stays warm; we charge the dearer quieter day then, so that volume never saves.
    """
    read = min(read, write)
    arrivals = requests_per_day * cache_life_minutes / MINUTES_A_DAY  # within one life
    top = max(_most_writes(write, read), _caching_pays(plain, write, read))

    def money(arrivals: float) -> float:
        return arrivals * min(plain, read + (write - read) * math.exp(-arrivals))

    spent = money(arrivals) if arrivals <= top else max(money(arrivals), money(top))
    return spent / cache_life_minutes * MINUTES_A_DAY * prefix_tokens / _MILLION


@lru_cache(maxsize=256)
def _most_writes(write: float, read: float) -> float:
    """Arrivals within a life at which the bill has its first peak; 0 where it always rises."""

    def slope(arrivals: float) -> float:
        return read + (write - read) * math.exp(-arrivals) * (1 - arrivals)

    if slope(2.0) >= 0:  # where the slope is least
        return 0.0
    low, high = 1.0, 2.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return high


def _caching_pays(plain: float, write: float, read: float) -> float:
    rate = break_even_hit_rate(plain, write, read)
    return -math.log(1 - rate) if rate else 0.0


def tokens_money_per_day(requests_per_day: float, tokens: float, price_per_million: float) -> float:
    return requests_per_day * tokens * price_per_million / _MILLION


def money_of_tokens(tokens: float, price_per_million: float) -> float:
    return tokens * price_per_million / _MILLION


def gpus_needed(requests_per_day: float, peak_over_mean: float, gpu_seconds: float) -> int:
    """GPUs that serve the busiest moment, one at least: idle hours are paid, too.

    `gpu_seconds` are what one request keeps a GPU busy, its share of a batch.
    """
    return max(1, math.ceil(requests_per_day * peak_over_mean / SECONDS_A_DAY * gpu_seconds))


def training_gpu_hours(
    params_b: float, tokens: float, flops_per_param_token: float, flops_per_second: float
) -> float:
    """GPU hours of one run over so many tokens (examples x length x passes)."""
    return flops_per_param_token * params_b * 1e9 * tokens / flops_per_second / SECONDS_AN_HOUR


def break_even_requests_per_day(
    fixed_per_day: float, api_per_request: float, own_per_request: float
) -> float:
    """Requests a day above which an own model (so much a day, whatever comes) is cheaper than a
    host's; infinite for never.
    """
    saved = api_per_request - own_per_request
    return fixed_per_day / saved if saved > 0 else math.inf


def pay_back_days(once: float, saved_per_request: float, requests: float, fixed: float) -> float:
    """Days until money spent once has come back (`requests` and `fixed` a day); infinite: never."""
    saved = saved_per_request * requests - fixed
    return once / saved if saved > 0 else math.inf


def pay_back_requests(once: float, before_per_request: float, after_per_request: float) -> float:
    """Requests until money spent once has come back; infinite for never."""
    saved = before_per_request - after_per_request
    return once / saved if saved > 0 else math.inf


def retrieving_first_share(retrieved_share: float, sent_on: float) -> float:
    """What it costs to retrieve first and to paste all of it where that does not do, as a share of
    always pasting. `retrieved_share`: the length of the short prompt in lengths of the long one;
    `sent_on`: the share of questions asked again with the long one (Self-Route, Li et al. 2024).
    """
    return retrieved_share + sent_on


def pasting_pays_below_tokens(retrieved_money_per_request: float, prefix_price: float) -> float:
    """The size of a corpus below which pasting it is cheaper than retrieving from it; the price is
    per million tokens of prefix, cached or not.
    """
    if prefix_price <= 0:
        return math.inf
    return retrieved_money_per_request / prefix_price * _MILLION
