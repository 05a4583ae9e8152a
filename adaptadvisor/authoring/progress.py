"""How long work says how far it is: whoever waits gives a function that is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
Told = Callable[[str, int, int], None]
"""Takes what is being done, how much of it is done, and of how much (0: nobody knows)."""

_TIMES = 200
"""How often one loop tells at most, so that telling costs nothing."""


def silent(what: str, done: int, total: int) -> None:
    """Tells nobody."""


def counted(items: Iterable[T], total: int, what: str, told: Told) -> Iterator[T]:
    """The items, telling how many of them are done."""
    step = max(total // _TIMES, 1)
    for number, item in enumerate(items):
        if number % step == 0:
            told(what, number, total)
        yield item
