"""What an answer was understood as."""

from __future__ import annotations

from dataclasses import dataclass

from adaptadvisor.table.facts import Value


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered (None: not known) and, where that is not plain, how it was understood.

    `whole` is False where the line says more than the answer; `sure` where it only holds a word of
    a choice, or a number, among others that may be about something else: that is for the person to
    confirm. `words` are those that it was heard in, where they are known.
    """

    value: Value | None
    meaning: str = ""
    whole: bool = True
    sure: bool = True
    words: str = ""
