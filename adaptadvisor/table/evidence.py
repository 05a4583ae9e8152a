"""What the advice rests on: published findings, and situations in which a plan proved right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from adaptadvisor.table.facts import Id, Value
from adaptadvisor.table.kinds import Kind

STRENGTHS = ("strong", "moderate", "weak")
"""How much a source can carry."""

CHECKED = ("source", "recall")
"""How we know what a source says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A published finding, in our own words."""

    id: Id
    title: str
    year: str
    venue: str
    address: Annotated[str, "where it can be found; a web address becomes a link"]
    finding: Annotated[str, "what it says, in your own words"]
    supports: Annotated[tuple[str, ...], "approaches that it speaks for"] = ()
    against: Annotated[tuple[str, ...], "approaches that it speaks against"] = ()
    strength: Annotated[str, Kind("word", STRENGTHS)]
    checked: Annotated[
        str,
        Kind("word", CHECKED),
        "source: the figure was seen in a public text; recall: it is from memory",
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one plan came to in a precedent."""

    plan: Annotated[tuple[str, ...], Kind("approaches"), "the approaches that were used together"]
    what: Annotated[str, "what was built, in a few words"]
    score: Annotated[str, "what it came to, as the source says it"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """A situation in which somebody found which plan was right, and what was found.

    `year` is the year of publication, None where the source names none.
    """

    id: Id
    title: Annotated[str, "the situation in a few words, as a headline"]
    source: Annotated[str, "who found it, and where it was said"]
    year: Annotated[int | None, Kind("integer"), "when it was published; leave out if unknown"] = (
        None
    )
    address: Annotated[str, "where it can be found; a web address becomes a link"] = ""
    situation: Annotated[str, "the situation in a sentence or two"]
    facts: Annotated[
        Mapping[str, Value], Kind("situation"), "what was known beforehand, nothing else"
    ]
    results: Annotated[tuple[Result, ...], "what was compared, and what came out"] = ()
    authority: Annotated[str, "what the source recommends, where it compares nothing"] = ""
    accept: Annotated[
        tuple[tuple[str, ...], ...],
        Kind("plans"),
        "the plans that were best, or as good and cheaper",
    ]
    wrong: Annotated[
        tuple[str, ...],
        Kind("approaches"),
        "approaches that were clearly worse, or rejected, when taken alone",
    ] = ()
    difficulty: Annotated[
        str, Kind("word", ("easy", "medium", "hard")), "how hard the right plan is to guess"
    ] = ""
    checked: Annotated[
        str,
        Kind("word", CHECKED),
        "source: the result was seen in a public text; recall: it is from memory",
    ]
    note: Annotated[str, "how a figure among the facts was obtained"] = ""
    sparse: Annotated[
        bool, "whether too little is known of the situation for others to be judged by it"
    ] = False
