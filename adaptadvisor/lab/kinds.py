"""Which heads there are, for those who must not load numpy to know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["centroid", "neighbours", "logistic", "ridge"]
KINDS: Mapping[Kind, str] = {
    "centroid": "nearest centroid",
    "logistic": "logistic regression",
    "ridge": "ridge regression",
    "neighbours": "nearest neighbours",
}
"""The heads by what people call them, the simplest first: of equals the first is taken."""
