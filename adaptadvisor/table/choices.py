"""What people may answer: the choices of a question, and the units in which they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer to a question, in plain words; `value` is true or false for a yes/no fact."""

    value: str
    means: str
    also: Annotated[tuple[str, ...], "other words for it that people may answer with"] = ()
    heard: Annotated[
        tuple[str, ...], "words that mean it nearly always, even where another question was asked"
    ] = ()
    wrong: Annotated[str, "the share of wrong ones, in 100, that it stands for: 3..10"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit in which people count a fact, and how many of the fact's own unit it is."""

    words: Annotated[tuple[str, ...], "its names; an s at the end makes no difference"]
    each: Annotated[float, "how many of the fact's own unit one of it is"]
    because: Annotated[str, "where the number is from, or why it is assumed"] = ""
    exact: Annotated[bool, "it is so by definition, and needs no reason"] = False
    alone: Annotated[bool, "it may stand without a number, and then means one"] = False
    more: Annotated[bool, "it means this many or more"] = False
    tells: Annotated[bool, "it says which fact is meant, even if another was asked"] = False
