"""Several facts asked about at once: each has an answer that nearly everybody gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adaptadvisor.errors import shown
from adaptadvisor.precedents.answers import usual
from adaptadvisor.table.facts import NO_PLANS, UNKNOWN_WORDS, Fact, NotAValue, Value, spelling

_NONE = ("n", "no", "0", "none of these", "none of them", "neither", "no, none", *NO_PLANS)
_UNKNOWN = (*UNKNOWN_WORDS, "idk")


@dataclass(frozen=True, slots=True)
class Several:
    """Answers by fact (None: not known), and the facts that are unusual in a way yet to be told."""

    answers: Mapping[str, Value | None]
    later: tuple[Fact, ...]


def several(facts: tuple[Fact, ...], line: str) -> Several:
    """What a line says of facts that are usual but where it names them, by number or name; `3?`
    does not know. `NotAValue` says what would be right.

    Of a yes/no fact the other answer is clear; others have to be asked by themselves.
    """
    said = line.lower().strip().rstrip(".!")
    if said in _UNKNOWN:
        return Several({fact.id: None for fact in facts}, ())
    named = _named(facts, said) if said not in _NONE else {}
    answers: dict[str, Value | None] = {}
    later = []
    for fact in facts:
        if fact.id not in named:
            answers[fact.id] = usual(fact)
        elif not named[fact.id]:
            answers[fact.id] = None
        elif fact.type == "bool":
            answers[fact.id] = not usual(fact)
        else:
            later.append(fact)
    return Several(answers, tuple(later))


def _named(facts: tuple[Fact, ...], said: str) -> dict[str, bool]:
    """The facts that a line names, and whether they are known to be unusual."""
    known = {spelling(word): fact.id for fact in facts for word in (fact.id, fact.name)}
    known |= {str(number): fact.id for number, fact in enumerate(facts, 1)}
    words = [said] if spelling(said.rstrip("? ")) in known else _words(said)
    found = {}
    for word in words:
        sure = not word.endswith("?")
        name = known.get(spelling(word.rstrip("?")))
        if name is None:
            right = f"numbers from 1 to {len(facts)} of those that are so, or n if none is"
            raise NotAValue("unclear", f'"{shown(word)}" is none of these; expected {right}')
        found[name] = sure
    return found


def _words(said: str) -> list[str]:
    return said.replace(",", " ").replace(" and ", " ").replace(";", " ").split() or [said]
