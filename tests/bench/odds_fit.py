"""The precedents as cases to learn from, and the weights of the odds that fit them best.

Used by `odds.py`, which says how it is run.
"""

from __future__ import annotations

import hashlib
import math
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from adaptadvisor.engine.decide import engine_for
from adaptadvisor.precedents.features import statements
from adaptadvisor.precedents.odds import RULES_LEARNING, Weights, together
from adaptadvisor.table.plans import APPROACHES, members, name, plan_of
from adaptadvisor.table.rows import Precedent, Table

ROOT = Path(__file__).resolve().parents[2]

PENALTY = 5.0
"""How strongly weights are held near 0: the precision of a normal prior around it."""

CASES, SOURCES = 8, 5
"""A statement, or a plan, has weights of its own from this many precedents and sources on."""

DIGITS = 3
ROOMY = 1e-3  # the penalty on the base of a plan: there so that a fit always exists

Plan = tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A precedent, where it comes from, and what the rules say of it."""

    row: Precedent
    source: str
    seen: bool  # by the authors of version 0.1.0 of the rules
    right: frozenset[Plan]
    advised: Plan
    fallback: Plan

    @property
    def developing(self) -> bool:
        return int(hashlib.sha256(self.source.encode()).hexdigest(), 16) % 3 < 2


def cases(table: Table, advice: Mapping[str, Plan]) -> list[Case]:
    """The precedents of a table that say enough to be judged by, in the order of their ids, with
    the given advice or else that of the table.
    """
    published = yaml.safe_load((ROOT / "rules/tests/published.yaml").read_text(encoding="utf-8"))
    seen = {row.get("precedent") for row in published}
    engine = engine_for(table)
    found = []
    for _, row in sorted(table.precedents.items()):
        if row.sparse:
            continue
        facts = dict(row.facts)
        given = advice.get(row.id)
        advised = engine.decide(facts).plan if given is None else plan_of(given)
        tried = (*facts.get("tried", ()), name(advised))
        fallback = engine.decide(facts | {"tried": tried}).plan if advised else 0
        right = frozenset(members(plan_of(plan)) for plan in row.accept)
        found.append(
            Case(row, source_of(row), row.id in seen, right, members(advised), members(fallback))
        )
    return found


def source_of(row: Precedent) -> str:
    """What tells sources apart: the arXiv number, the address, or what else is said of them."""
    number = re.search(r"(\d{4}\.\d{4,5})", row.source)
    site = re.search(r"[\w.-]+\.(?:com|ai|org|io|dev)/[^\s,;)]*", row.source)
    if number:
        return number[0]
    return row.address or (site[0] if site else re.sub(r"\W+", " ", row.source.lower())[:40])


# ---- fitting ----


def fit(given: Sequence[Case]) -> Weights:
    """The weights that make the given cases likeliest, held near 0 by the penalty."""
    said = [statements(case.row.facts) for case in given]
    words = supported((case, each) for case, each in zip(given, said, strict=True))
    plans = sorted(supported((case, case.right) for case in given), key=plan_of)
    matrix = np.array([[1.0, *(each.get(word, 0) for word in words)] for each in said])
    columns = []
    for plan in plans:
        offset = np.array([RULES_LEARNING * (case.advised == plan) for case in given])
        right = np.array([float(plan in case.right) for case in given])
        columns.append(regression(matrix, right, offset))
    table = np.array(columns).T.round(DIGITS) + 0.0  # no -0.0
    others = sum(len(case.right - {*plans}) for case in given)
    share = (others + 1) / (len(given) + 1) / (2 ** len(APPROACHES) - 1 - len(plans))
    at_once = np.mean([together(dict.fromkeys(case.right, 1.0)) for case in given])
    return Weights(
        plans=tuple(plans),
        base=tuple(table[0].tolist()),
        statements={word: tuple(table[i + 1].tolist()) for i, word in enumerate(words)},
        other=round(math.log(share / (1 - share)), DIGITS),
        at_once=round(float(at_once), DIGITS),
        learned=frozenset(case.row.id for case in given),
    )


def supported(pairs: Iterable[tuple[Case, Iterable]]) -> list:
    """What occurs in enough cases from enough sources, in order."""
    where = defaultdict(list)
    for case, things in pairs:
        for thing in things:
            where[thing].append(case.source)
    return sorted(
        thing
        for thing, sources in where.items()
        if len(sources) >= CASES and len({*sources}) >= SOURCES
    )


def regression(matrix: np.ndarray, right: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Logistic regression with a quadratic penalty and a fixed part of the log-odds, by Newton's
    method; a step is halved until it is one downhill.
    """
    penalty = np.full(matrix.shape[1], PENALTY)
    penalty[0] = ROOMY

    def cost(weights: np.ndarray) -> float:
        logits = matrix @ weights + offset
        return float(np.sum(np.logaddexp(0, logits) - right * logits) + penalty @ weights**2 / 2)

    weights = np.zeros(matrix.shape[1])
    for _ in range(100):
        share = 1 / (1 + np.exp(-(matrix @ weights + offset)))
        slope = matrix.T @ (share - right) + penalty * weights
        bend = (matrix.T * (share * (1 - share))) @ matrix + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        while cost(weights - step) > cost(weights) + 1e-9:
            step /= 2
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def written(found: Weights) -> str:
    """The weights as a module; as ours are laid out, so that no formatter changes it."""
    lines = [
        '"""What the odds have learned from the precedents; see `odds.py`.',
        "",
        "Written by `python tests/bench/odds.py fit`: change nothing by hand. A row says what its",
        "statement adds to the log-odds of each plan, in the order of PLANS.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "PLANS: tuple[tuple[str, ...], ...] = (",
        *(f"    {_tuple(map(_text, plan))}," for plan in found.plans),
        ")",
        "",
        f"BASE = {_tuple(map(str, found.base))}",
        "",
        "STATEMENTS: dict[str, tuple[float, ...]] = {",
        *(f"    {_text(word)}: {_tuple(map(str, row))}," for word, row in found.statements.items()),
        "}",
        "",
        f"OTHER = {found.other}",
        '"""The log-odds of a plan that too few precedents know."""',
        "",
        f"AT_ONCE = {found.at_once}",
        '"""How many plans were right at once, on average, LoRA and full tuning counted once."""',
        "",
        "LEARNED = frozenset(",
        '    """',
        *textwrap.wrap(
            " ".join(sorted(found.learned)),
            96,
            break_on_hyphens=False,
            initial_indent="    ",
            subsequent_indent="    ",
        ),
        '    """.split()  # noqa: SIM905 - two hundred lines less',
        ")",
        '"""The precedents that this was learned from."""',
    ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    return f'"{text}"'


def _tuple(parts: Iterable[str]) -> str:
    found = list(parts)
    return f"({', '.join(found)}{',' if len(found) == 1 else ''})"
