"""The bills of a recommendation in words."""

from __future__ import annotations

from collections.abc import Iterable

from adaptadvisor.advice.bills import Bills
from adaptadvisor.table.speech import capital

COSTS = "What it costs at your prices"
BILL_HEAD = ("Plan", "Once", "A month", "The first year")
_VERDICTS = {"advised": "the plan", "does not meet": "does not meet a need"}


def bills(found: Bills) -> list[tuple[str, ...]]:
    """A row for each plan: its name with the verdict, and the sums."""
    rows: list[tuple[str, ...]] = []
    for one in found.plans:
        verdict = _VERDICTS.get(one.verdict, one.verdict)
        name = capital(one.name)
        rows.append((f"{name} ({verdict})" if verdict else name, *one.words))
    return rows


def sums(cells: Iterable[str]) -> str:
    heads = (head.lower() for head in BILL_HEAD[1:])
    return "; ".join(f"{head} {cell}" for head, cell in zip(heads, cells, strict=True))
