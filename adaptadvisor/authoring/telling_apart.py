"""Causes of a symptom that nobody can tell apart: without a test, or with that of a neighbour."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adaptadvisor.authoring.places import own, problem, rows, within
from adaptadvisor.errors import Problem
from adaptadvisor.reading.tables import Loaded

_WORD = re.compile(r"\w+")


def untested_causes(loaded: Loaded) -> Iterator[Problem]:
    """Symptoms whose likely cause has no test, which `diagnose` therefore never shows, and causes
    with the test of an earlier cause of the same symptom.
    """
    for path, symptom in rows(loaded, "symptoms"):
        if not own(loaded, path):
            continue
        if not symptom.test:
            wrong = f'the likely cause of "{symptom.id}" has no test, so diagnose never shows it'
            yield problem(loaded, "no-test", path, f"{wrong}; expected `test: ...`")
        first: dict[str, str] = {}
        places = [path, *(f"{path}/neighbours:{n}" for n, _ in enumerate(symptom.neighbours))]
        for place, cause in zip(places, symptom.causes, strict=True):
            words = " ".join(_WORD.findall(cause.test.casefold()))
            other = first.setdefault(words, cause.cause) if words else cause.cause
            if other != cause.cause:
                what = f'"{_short(other)}" and "{_short(cause.cause)}"'
                message = f'{what}, causes of "{symptom.id}", have the same test'
                at = within(loaded, place, "test") if place in loaded.places else path
                yield problem(
                    loaded, "same-test", at, f"{message}, so it tells neither from the other"
                )


def _short(cause: str) -> str:
    """The beginning of a cause, enough to find it by."""
    words = cause.rstrip(".").split()
    return " ".join(words[:6]) + (" ..." if len(words) > 6 else "")
