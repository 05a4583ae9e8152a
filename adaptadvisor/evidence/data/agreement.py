"""How far annotators agree, and which labels a model doubts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from adaptadvisor.evidence.data.shapes import Row


def alpha(items: Iterable[Sequence[str]]) -> float | None:
    """Krippendorff's alpha for names (nominal data): 1 is perfect agreement, 0 that of chance.
    Each item has the labels that it was given; items with fewer than two tell nothing. None where
    no item has two, or only one label was ever given.

    The coincidences of Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.
    """
    within, totals, number = 0.0, Counter[str](), 0
    for labels in items:
        size = len(labels)
        if size < 2:
            continue
        counts = Counter(labels)
        totals.update(counts)
        number += size
        within += sum(count * (size - count) for count in counts.values()) / (size - 1)
    expected = number**2 - sum(count**2 for count in totals.values())
    if not expected:
        return None
    return 1 - (number - 1) * within / expected


def by_item(rows: Iterable[Row]) -> Mapping[str, list[str]]:
    """What annotators said of each item: by its id, else by its text."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        for name, label in row.annotators:
            found[row.item or row.text][name] = label
    return {item: list(said.values()) for item, said in found.items()}


def doubted(rows: Sequence[Row]) -> list[Row]:
    """Rows whose label a model doubts: it finds another class likelier than it finds that class
    for the rows labelled so (confident learning: Northcutt, Jiang and Chuang 2021). The chances
    must come from a model that did not see these rows in training.
    """
    sure: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        chances = dict(row.chances)
        if row.labels and row.labels[0] in chances:
            sure[row.labels[0]].append(chances[row.labels[0]])
    bars = {label: fmean(chances) for label, chances in sure.items()}
    found = []
    for row in rows:
        over = {label: p for label, p in row.chances if label in bars and p >= bars[label]}
        if row.labels and row.labels[0] in bars and over:
            likeliest = max(over, key=lambda label: (over[label], label == row.labels[0]))
            if likeliest != row.labels[0]:
                found.append(row)
    return found
