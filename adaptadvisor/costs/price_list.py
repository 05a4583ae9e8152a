"""Token prices from the package genai-prices (`pip install adaptadvisor[prices]`), offline."""

from __future__ import annotations

from types import MappingProxyType

from adaptadvisor.costs.prices import Prices
from adaptadvisor.costs.spans import exactly
from adaptadvisor.errors import bad_input, shown

_FIELDS = {
    "input_mtok": "input_per_million_tokens",
    "output_mtok": "output_per_million_tokens",
    "cache_write_mtok": "cache_write_per_million_tokens",
    "cache_read_mtok": "cache_read_per_million_tokens",
}
_FLAG = "--price-of"


def prices_of(model: str) -> Prices:
    """The prices of `model`, or `provider:model`, in USD, dated by the release of the list.

    `BadInput` where the package is not there or does not know the model. Prices that rise with the
    length of the prompt are taken at their first step.
    """
    try:
        from importlib.metadata import version

        from genai_prices import Usage, calc_price
    except ImportError:
        wrong = "needs the price list; run pip install adaptadvisor[prices], or give --prices"
        raise bad_input("missing-package", wrong, _FLAG) from None
    provider, _, name = model.rpartition(":")
    try:
        found = calc_price(Usage(input_tokens=1), name, provider_id=provider or None)
    except LookupError:
        wrong = f'no price of "{shown(model)}" is listed; write provider:model, or give --prices'
        raise bad_input("unknown-choice", wrong, _FLAG) from None
    listed = found.model_price
    amounts = {ours: getattr(listed, theirs, None) for theirs, ours in _FIELDS.items()}
    told = {
        name: exactly(float(getattr(amount, "base", amount)))
        for name, amount in amounts.items()
        if amount is not None
    }
    read, plain = _FIELDS["cache_read_mtok"], _FIELDS["input_mtok"]
    if read in told and plain in told:  # a host that bills no writing bills the plain price
        told.setdefault(_FIELDS["cache_write_mtok"], told[plain])
    release = f"genai-prices {version('genai-prices')} ({found.provider.id}:{found.model.id})"
    return Prices(currency="USD", as_of=release, of=MappingProxyType(told))
