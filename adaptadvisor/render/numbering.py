"""Sources numbered as a reader meets them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from adaptadvisor.advice.recommendation import CitedSource


class InOrder(Mapping[str, tuple[int, CitedSource]]):
    """Sources by id, each with the number it gets when it is first asked for.

    A document asks in the order in which it is read, and lists the sources last: those that it
    never cited come after the others.
    """

    def __init__(self, sources: Iterable[CitedSource]) -> None:
        self._known = {source.id: source for source in sources}
        self._numbers: dict[str, int] = {}

    def __getitem__(self, id: str) -> tuple[int, CitedSource]:
        source = self._known[id]
        return self._numbers.setdefault(id, len(self._numbers) + 1), source

    def __contains__(self, id: object) -> bool:
        return id in self._known

    def __iter__(self) -> Iterator[str]:
        return iter([*self._numbers, *(id for id in self._known if id not in self._numbers)])

    def __len__(self) -> int:
        return len(self._known)
