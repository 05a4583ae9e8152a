"""Cases that have the id of an earlier one: their answers cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterator

from adaptadvisor.reading.many import Case

_MOST, _LONGEST = 100_000, 200
"""Ids that are kept, and the characters of one: a file may hold millions of cases."""

_SHOWN = 5


class Ids:
    """The ids of the first 100,000 cases, and the cases that have one of these again."""

    def __init__(self) -> None:
        self._first: dict[str, int | str] = {}
        self._again: dict[str, tuple[str, list[int | str]]] = {}

    def add(self, case: Case) -> None:
        """Takes note of a case. A case without an id is like no other one."""
        if case.id == "null" or len(case.id) > _LONGEST:
            return
        place = case.file or case.line
        if case.id in self._first:
            name = f'"{case.name}"' if case.id.startswith('"') else case.id
            self._again.setdefault(case.id, (name, [self._first[case.id]]))[1].append(place)
        elif len(self._first) < _MOST:
            self._first[case.id] = place

    def __len__(self) -> int:
        return len(self._again)

    def told(self, most: int) -> Iterator[str]:
        """The first ids that come again, each with its places: `"a" (lines 2, 7)`."""
        for name, places in list(self._again.values())[:most]:
            said = ", ".join(map(str, places[:_SHOWN]))
            more = f" and {len(places) - _SHOWN:,} more" if len(places) > _SHOWN else ""
            unit = "files" if isinstance(places[0], str) else "lines"
            yield f"{name} ({unit} {said}{more})"
