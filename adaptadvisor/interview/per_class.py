"""Examples that a line counts for each class: "35 per class" is 3,500 of 100 classes."""

from __future__ import annotations

import re

from adaptadvisor.errors import shown
from adaptadvisor.table.facts import NotAValue, Value

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


def in_all(line: str, classes: Value | None, *, then_classes: bool = False) -> str:
    """The line with the examples of all classes in place of those of each; unchanged where it tells
    none of each.

    The number of classes is the one in the line (`then_classes`: a bare number after it, too), else
    the known one; `NotAValue` says where there is none.

    >>> in_all("30 to 40 examples a class", 100)
    '3000..4000 examples'
    >>> in_all("35 per class, 20 classes", None)
    '700 examples, 20 classes'
    """
    each = _EACH.search(line)
    if not each:
        return line
    rest = f"{line[: each.start()]} {line[each.end() :]}"
    said = _CLASSES.search(rest) or (_NEXT.match(line, each.end()) if then_classes else None)
    of = _number(said[1]) if said else classes
    if isinstance(of, bool) or not isinstance(of, (int, float)) or of != int(of):
        right = "the total, or the classes too, such as 35 per class, 100 classes"
        raise NotAValue("unclear", f'"{shown(each[0])}" is for each class; expected {right}')
    numbers = [_number(each[end]) for end in ("low", "high") if each[end]]
    if numbers != sorted(numbers):
        raise NotAValue("unclear", f'"{shown(each[0])}" goes down; expected the smaller one first')
    ends = [f"{number * of:.0f}" for number in numbers]
    return f"{line[: each.start()]}{'..'.join(ends)} examples{line[each.end() :]}"


def _number(said: str) -> float:
    if re.fullmatch(r"\d{1,3}\.\d{3}", said):
        whole = said.replace(".", "")
        raise NotAValue("unclear", f"{said} is unclear; write {whole} or {float(said):g}")
    return float(said.lower().replace(",", "").rstrip("k")) * (1000 if said[-1] in "kK" else 1)
