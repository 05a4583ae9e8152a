"""Which heads there are, for those who must not load numpy to know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["centroid", "neighbours", "logistic", "ridge"]
KINDS: Mapping[Kind, str] = {
    "logistic": "logistic regression",
    "ridge": "ridge regression",
    "centroid": "nearest centroid",
    "neighbours": "nearest neighbours",
}
"""The heads by what people call them. Of equally good ones the first is taken: regression gains
more from more labels than means of classes do (Ng and Jordan 2001), and the neighbours keep every
example.
"""
