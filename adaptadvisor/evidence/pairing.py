"""The same item in the results of two tools, where they call it by different names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from adaptadvisor.evidence.outcomes import Outcome, Results

LEAST_SHARED = 0.5
"""Share of the shorter list of items that two results have in common, if names mean the same."""


def paired(one: Results, other: Results) -> Results:
    """`other` with the names that `one` has for its items.

    Nothing changes where they share half of the names of the shorter list. Else an item is the
    same where its input is, but for what all inputs of a file begin and end with (the prompt around
    a question), for case and for blanks. What stands for several items on either side stays as it
    is; a note counts the matches.
    """
    mine, theirs = _inputs(one.outcomes), _inputs(other.outcomes)
    shared = len(mine.keys() & theirs.keys())
    if not mine or not theirs or shared >= LEAST_SHARED * min(len(mine), len(theirs)):
        return other
    known, asked = _unique(mine), _unique(theirs)
    names = {asked[text]: known[text] for text in asked.keys() & known.keys()}
    taken = {*names.values()}
    names = {old: new for old, new in names.items() if old not in taken or old == new}
    if not names:
        return other
    outcomes = tuple(replace(each, item=names.get(each.item, each.item)) for each in other.outcomes)
    note = f"{len(names):,} of {len(theirs):,} items are matched by their input, not by a name."
    return replace(other, outcomes=outcomes, notes=(*other.notes, note))


def _inputs(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """The input of each item, without the template around all of them."""
    found: dict[str, str] = {}
    for outcome in outcomes:
        found.setdefault(outcome.item, _plain(outcome.input))
    texts = [text for text in found.values() if text]
    before = _whole_words(_beginning(texts)) if len(texts) > 1 else ""
    rest = [text[len(before) :][::-1] for text in texts]
    after = len(_whole_words(_beginning(rest))) if len(texts) > 1 else 0
    return {
        item: text[len(before) : len(text) - after].strip() if text else ""
        for item, text in found.items()
    }


def _beginning(texts: Sequence[str]) -> str:
    """What all of them begin with."""
    low, high = min(texts), max(texts)  # all others lie between these two
    differ = (at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b)
    return low[: next(differ, len(low))]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _whole_words(text: str) -> str:
    """Up to the last blank, so that no word is cut."""
    return text[: text.rfind(" ") + 1]


def _unique(inputs: Mapping[str, str]) -> dict[str, str]:
    """The item of each input that is one item's alone."""
    found: dict[str, str] = {}
    twice = {""}
    for item, text in inputs.items():
        twice |= {text} & found.keys()
        found[text] = item
    return {text: item for text, item in found.items() if text not in twice}
