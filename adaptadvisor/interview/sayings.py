"""What people say instead of a choice: a share of wrong ones, or that nobody has measured it."""

from __future__ import annotations

import re

from adaptadvisor.table.facts import Fact

AROUND_A_CHOICE = frozenset(
    (
        *("a", "an", "the", "we", "i", "you", "it", "its", "it's", "is", "are", "was", "has"),
        *("have", "i'd", "i'm", "we're", "our", "my", "this", "that", "of", "in", "by", "say"),
        *("well", "ok", "only", "just", "mostly", "rather", "quite", "very", "some", "think"),
        *("guess", "so", "far", "now", "not", "no", "and", "or", "but", "all", "be", "been"),
        *("to", "with", "at", "from"),
    )
)
"""Words around a choice that leave it the answer: "it is mostly clean"."""

_UNMEASURED = re.compile(
    r"\b(?:untested|unmeasured|(?:never|not|nobody|no one|haven't|hasn't|didn't)\b.{0,20}?"
    r"\b(?:tested|test|measured|measure|evaluated|evaluate|checked|check|tried|try|scored|score)"
    r"(?: (?:it|them|that|this|yet|so far|properly|really))*\W*$)"
)
_SHARES = re.compile(
    r"(?:about |around |roughly |~ ?)?(\d{1,3}(?:\.\d+)?)\s?"
    r"(?:%|percent|per cent|(?:in|of|out of) (\d{1,6})(?!\d))"
)
_WRONG = re.compile(
    r"\b(?:wrong|incorrect|disputed?|mistakes?|errors?|disagree\w*|bad|off|noisy)\b"
)
_RIGHT = re.compile(r"\b(?:right|correct|agree\w*|clean|good|fine|ok)\b")


def is_unmeasured(line: str) -> bool:
    """Whether a line says that nobody has measured what is asked; a question says nothing.

    >>> is_unmeasured("we have a prompt but never tested it")
    True
    """
    return not line.endswith("?") and bool(_UNMEASURED.search(line))


def by_share(fact: Fact, line: str) -> str:
    """The choice for which a share of wrong ones stands: "about 5% look wrong", "95% are right",
    or "5%" alone; empty where the line says no share, or not of what.
    """
    found = _SHARES.findall(line)
    if len(found) != 1 or not any(choice.wrong for choice in fact.choices) or line.endswith("?"):
        return ""
    wrong, right = bool(_WRONG.search(line)), bool(_RIGHT.search(line))
    number, of = found[0]
    share = 100 * float(number) / max(float(of or 100), 1)
    if right is wrong and (right or _SHARES.sub("", line).strip(" ~.")):
        return ""
    share = 100 - share if right else share
    for choice in fact.choices:
        low, _, high = choice.wrong.partition("..")
        if high and float(low) <= share <= float(high):
            return choice.value
    return ""
