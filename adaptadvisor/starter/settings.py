"""Settings of a variant as numbers, and sizes that follow from facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from adaptadvisor.advice.recommendation import ChosenVariant
from adaptadvisor.table.facts import Value
from adaptadvisor.table.ranges import Range

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")
_SPAN = re.compile(rf"({_NUMBER.pattern}) to ({_NUMBER.pattern})")
_LONGEST, _SHORTEST = 8192, 512


def number(
    variants: Iterable[ChosenVariant],
    approach: str,
    name: str,
    default: str,
    *,
    lower: bool = False,
) -> str:
    """A setting as the first number in its words, the upper or the `lower` end of a span; as it is
    written there.

    >>> number([], "lora", "rank", "16")
    '16'
    """
    for one in variants:
        for setting in one.settings if one.approach == approach else ():
            if setting.name == name:
                if span := _SPAN.search(setting.value):
                    return span[1 if lower else 2]
                if found := _NUMBER.search(setting.value):
                    return found[0]
    return default


def as_yaml_float(word: str) -> str:
    """A number that YAML 1.1 takes for one: it reads 2e-4 as a text.

    >>> as_yaml_float("2e-4"), as_yaml_float("0.1")
    ('2.0e-4', '0.1')
    """
    whole, e, power = word.partition("e")
    return f"{whole}.0e{power}" if e and "." not in whole else word


def longest(facts: Mapping[str, Value]) -> int:
    """A limit in tokens for inputs with their prompt and answer: twice the typical input, rounded
    up to a power of two (an engineering default); 2,048 where nobody knows the length.
    """
    typical = facts.get("input_tokens")
    high = typical.high if isinstance(typical, Range) else typical
    if not isinstance(high, (int, float)) or high is True:
        return 2048
    size = _SHORTEST
    while size < 2 * high and size < _LONGEST:
        size *= 2
    return size
