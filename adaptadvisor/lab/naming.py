"""Classes by number and by name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adaptadvisor.lab.heads import Classes


def names_of(labels: Sequence[str]) -> tuple[str, ...]:
    """The classes in the order of their numbers; a missing label is none."""
    return tuple(sorted({*labels} - {""}))


def numbered(labels: Sequence[str], names: Sequence[str] = ()) -> Classes:
    """The number of each label; -1 for one that is missing or no class."""
    places = {name: number for number, name in enumerate(names or names_of(labels))}
    return np.array([places.get(label, -1) for label in labels], np.int64)
