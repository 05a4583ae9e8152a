"""Several facts asked about at once: statements of which most are not so, or what people tell in
the same breath.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from adaptadvisor.errors import shown
from adaptadvisor.interview.listening import answer
from adaptadvisor.interview.planned import plans_in
from adaptadvisor.precedents.answers import usual
from adaptadvisor.table.facts import NO_PLANS, UNKNOWN_WORDS, Fact, NotAValue, Value, spelling

_NONE = re.compile(
    rf"(?:n|0|nope|neither|not really|(?:no,? )?(?:no|none|{'|'.join(NO_PLANS)}))"
    r"(?:,? (?:really|at all|yet|apply|applies|is so|are so|so|of (?:these|those|them)"
    r"|(?:that|as far as) (?:i|we) know(?: of)?))*"
)
_UNKNOWN = (*UNKNOWN_WORDS, "idk")
_REST = re.compile(
    r"[,;.]?\s*(?:\band\s+|\bbut\s+)?(?:the )?(?:(?:rest|others?)[ ,:=]*(?:i |we )?"
    r"(?:\?|unknown|(?:is |are )?not known|(?:don'?t|do not) know)"
    r"|(?:i |we )?(?:don'?t|do not) know (?:about )?the (?:rest|others?))$",
    re.IGNORECASE,
)
_PARTS = r",(?!\d{3}(?!\d))\s*|;\s*|\s+and\s+|\s+(?=\w+[=?])"
_BETWEEN = (
    r"[,;]\s+|;|,(?!\d{3}(?!\d))|\s+and\s+"  # 6,000 is one number
    r"|(?<!\b\d)(?<!\bone)\s+in\s+"  # "1 in 10" is a share
)


@dataclass(frozen=True, slots=True)
class Several:
    """Answers by fact (None: not known), and the facts that have yet to be told by themselves."""

    answers: Mapping[str, Value | None]
    later: tuple[Fact, ...]


def are_statements(facts: tuple[Fact, ...]) -> bool:
    """Whether a line names those that are so (`several`), or tells each in turn (`both`)."""
    return all(fact.unless for fact in facts)


def at_once(facts: tuple[Fact, ...], line: str, today: date | None = None) -> Several:
    """What a line says of facts that are asked about in one question."""
    return (several if are_statements(facts) else both)(facts, line, today)


def several(facts: tuple[Fact, ...], line: str, today: date | None = None) -> Several:
    """What a line says of statements that are not so but where it names them, by number or name;
    `3=days` says what is so, and `3?` does not know; "I don't know the rest" is about those that it
    does not name. `NotAValue` says what would be right.

    Of a yes/no fact the other answer is clear; others that are only named are told by themselves.
    """
    said = line.lower().strip().rstrip(".!")
    if said in _UNKNOWN:
        return Several({fact.id: None for fact in facts}, ())
    line, rest = _without_rest(line.strip().rstrip(".!"))
    named = {} if _NONE.fullmatch(said) or (rest and not line) else dict(_named(facts, line))
    answers: dict[str, Value | None] = {}
    later = []
    for fact in facts:
        what = named.get(fact.id)
        if what is None:
            answers[fact.id] = None if rest else usual(fact)
        elif what == "?":
            answers[fact.id] = None
        elif what:
            answers[fact.id] = _told(fact, what, today)
        elif fact.type == "bool":
            answers[fact.id] = not usual(fact)
        else:
            later.append(fact)
    return Several(answers, tuple(later))


def _without_rest(line: str) -> tuple[str, bool]:
    """A line without "and I don't know the rest", and whether it said so."""
    short = _REST.sub("", line)
    return short, short != line


def both(facts: tuple[Fact, ...], line: str, today: date | None = None) -> Several:
    """What a line says of facts that are told in the same breath, in this order: `6000, 12`. What
    it leaves out is for later.
    """
    if line.lower().strip().rstrip(".!") in _UNKNOWN:
        return Several({fact.id: None for fact in facts}, ())
    parts = [part.strip() for part in re.split(_BETWEEN, f"{line.strip()} ")]
    if len(parts) > len(facts):
        right = f"{len(facts)} answers with commas between, such as `6000, 12`"
        raise NotAValue("unclear", f'"{shown(line)}" is more than that; expected {right}')
    pairs = list(zip(facts, parts, strict=False))
    answers = {fact.id: _told(fact, part, today) for fact, part in pairs if part}
    return Several(answers, tuple(fact for fact in facts if fact.id not in answers))


def _told(fact: Fact, text: str, today: date | None) -> Value | None:
    """The answer that a part of a line gives."""
    try:
        found = answer(fact, text.strip(), today)
    except NotAValue:
        # who names the fact tells of nothing else: "1=rag on chunks"
        if fact.type == "plans" and (named := plans_in(fact, text)):
            return named[0]
        raise
    if not found.sure:
        raise NotAValue("unclear", f'"{shown(text)}" is unclear for {fact.name}')
    return found.value


def _named(facts: tuple[Fact, ...], line: str) -> Iterator[tuple[str, str]]:
    """The facts that a line names, each with what it says of it: "?", an answer or nothing."""
    known = {spelling(word): fact for fact in facts for word in (fact.id, fact.name)}
    known |= {str(number): fact for number, fact in enumerate(facts, 1)}

    def fact_of(word: str) -> Fact | None:
        return known.get(spelling(word.rstrip("? ")))

    for part in re.split(_PARTS, line):
        name, equals, what = (text.strip() for text in part.partition("="))
        words = name.split()
        if fact := fact_of(name):
            yield fact.id, "?" if name.endswith("?") else what
        elif words and not equals and all(map(fact_of, words)):
            for word in words:
                yield known[spelling(word.rstrip("?"))].id, "?" if word.endswith("?") else ""
        elif len(words) > 1 and not equals and (fact := fact_of(words[0].rstrip(":"))):
            yield fact.id, part.strip().partition(" ")[2]
        else:
            right = f"numbers from 1 to {len(facts)} of those that are so, or n if none is"
            raise NotAValue("unclear", f'"{shown(part)}" is none of these; expected {right}')
