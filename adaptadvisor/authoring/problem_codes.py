"""Every code of a problem of a rule table: what it means, and what to do (problem_codes.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Explained:
    """What a code means and how to mend what it reports; with a `finding` the table can be used."""

    says: str
    mend: str
    finding: bool


def _read() -> dict[str, Explained]:
    groups = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        code: Explained(**texts, finding=group != "reading")
        for group, codes in groups.items()
        for code, texts in codes.items()
    }


PROBLEMS: Mapping[str, Explained] = dict(sorted(_read().items()))
"""All codes in alphabetical order."""
