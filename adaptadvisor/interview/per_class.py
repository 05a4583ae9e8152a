"""Examples that a line counts for each class: "35 per class" is 3,500 of 100 classes."""

from __future__ import annotations

import re

from adaptadvisor.errors import shown
from adaptadvisor.table.facts import Fact, NotAValue, Value, from_text
from adaptadvisor.table.ranges import Range

_NUMBER = r"\d[\d,]*(?:\.\d+)?k?"
_EACH = re.compile(
    rf"\b(?P<low>{_NUMBER})(?:\s*(?:-|to|or|\.\.)\s*(?P<high>{_NUMBER}))?"
    r"\s*(?:labelled |labeled |annotated |hand-labelled )?"
    r"(?:examples?|texts?|samples?|labels?|items?|tickets?|sentences?|documents?)?"
    r"\s*(?:per|a|each|for each|for every|in each|of each) (?:class|label|category|intent)\b",
    re.IGNORECASE,
)
_CLASSES = re.compile(rf"\b({_NUMBER}) (?:classes|labels|categories|intents)\b", re.IGNORECASE)
_NEXT = re.compile(rf"\s*[,;]\s+({_NUMBER})\b", re.IGNORECASE)


def in_all(
    line: str, examples: Fact, classes: Fact, known: Value | None, *, then_classes: bool = False
) -> str:
    """The line with the examples of all classes in place of those of each, such as `700 examples`
    for `35 per class` of 20; unchanged where it tells none of each.

    The number of classes is the one in the line (`then_classes`: a bare number after it, too), else
    the `known` one; `NotAValue` where there is none, or a number is unclear.
    """
    each = _EACH.search(line)
    if not each:
        return line
    rest = f"{line[: each.start()]} {line[each.end() :]}"
    said = _CLASSES.search(rest) or (_NEXT.match(line, each.end()) if then_classes else None)
    of = from_text(classes, said[1]) if said else known
    if isinstance(of, bool) or not isinstance(of, int):
        right = "the total, or the classes too, such as 35 per class, 100 classes"
        raise NotAValue("unclear", f'"{shown(each[0])}" is for each class; expected {right}')
    one = from_text(examples, "..".join(filter(None, each.group("low", "high"))))
    ends = (one.low, one.high) if isinstance(one, Range) else (one,)
    total = "..".join(f"{end * of:.0f}" for end in ends if isinstance(end, (int, float)))
    return f"{line[: each.start()]}{total} examples{line[each.end() :]}"
