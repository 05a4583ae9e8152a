"""Fits the odds to the precedents, measures them on precedents they have not seen, and draws how far
their confidence can be trusted.

    python -m pip install -e ".[maintenance]"
    python tests/bench/odds.py fit         # after a change of the rules or of the precedents
    python tests/bench/odds.py evaluate    # a few minutes; --held-out: the last third alone
    python tests/bench/odds.py picture     # docs/odds.svg

`fit` writes adaptadvisor/precedents/weights.py. A published source is left out as a whole: the cases
of one paper are never on both sides. The method was chosen on two thirds of the sources (`developing`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from adaptadvisor import load_table
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.precedents.features import as_number, statements
from adaptadvisor.precedents.odds import RULES_LEARNING, Weights, estimate, together
from adaptadvisor.table.plans import members, name, plan_of
from adaptadvisor.table.rows import Precedent, Table

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "adaptadvisor/precedents/weights.py"
PICTURE = ROOT / "docs/odds.svg"

PENALTY = 5.0
"""How strongly weights are held near 0: the precision of a normal prior around it."""

CASES, SOURCES = 8, 5
"""A statement, or a plan, has weights of its own from this many precedents and sources on."""

DIGITS = 3
FOLDS = 10
ROOMY = 1e-3  # the penalty on the base of a plan: there so that a fit always exists
CUTS = (10, 100, 300, 1_000, 3_000, 10_000, 100_000)

Plan = tuple[str, ...]
Shares = dict[Plan, float]
Predictor = Callable[[Sequence["Case"], Sequence["Case"]], list[Shares]]


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
    share = (others + 1) / (len(given) + 1) / (31 - len(plans))
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


# ---- predicting ----


def ours(given: Sequence[Case], asked: Sequence[Case]) -> list[Shares]:
    learned = fit(given)
    return [estimate(case.row.facts, case.advised, learned) for case in asked]


def one_hot(case: Case) -> dict[str, float]:
    """The plain description: every fact and value, numbers cut, the task with data and access."""
    facts = case.row.facts
    said: dict[str, float] = {}
    for fact, value in facts.items():
        number = as_number(value)
        for part in value if isinstance(value, tuple) else (value,):
            said[f"{fact}={part}" if number is None else f"{fact}#{cut(number)}"] = 1
    task, data = facts.get("task"), as_number(facts.get("examples"))
    said[f"{task} x data {'' if data is None else cut(data)}"] = 1
    said[f"{task} x {facts.get('model_access')}"] = 1
    return said


def cut(number: float) -> int:
    return sum(number >= edge for edge in CUTS)


def plain(model: str) -> Predictor:
    """A regression (C = 1) or a forest of 500 trees on the plain description."""

    def predict(given: Sequence[Case], asked: Sequence[Case]) -> list[Shares]:
        words = sorted({word for case in given for word in one_hot(case)})
        x, new = (
            np.array([[said.get(word, 0.0) for word in words] for said in map(one_hot, some)])
            for some in (given, asked)
        )
        count = Counter(plan for case in given for plan in case.right)
        plans = sorted((plan for plan in count if count[plan] > 1), key=plan_of)
        right = np.array([[float(plan in case.right) for plan in plans] for case in given])
        columns = (regress if model == "regression" else forest)(x, right, new)
        return [dict(zip(plans, row, strict=True)) for row in np.array(columns).T.tolist()]

    return predict


def regress(x: np.ndarray, right: np.ndarray, new: np.ndarray) -> list[np.ndarray]:
    from sklearn.linear_model import LogisticRegression

    fitted = [LogisticRegression(C=1, max_iter=1000).fit(x, column) for column in right.T]
    return [one.predict_proba(new)[:, 1] for one in fitted]


def forest(x: np.ndarray, right: np.ndarray, new: np.ndarray) -> list[np.ndarray]:
    from sklearn.ensemble import RandomForestClassifier

    found = RandomForestClassifier(500, random_state=0).fit(x, right)
    return [shares[:, 1] for shares in found.predict_proba(new)]


def rules(given: Sequence[Case], asked: Sequence[Case]) -> list[Shares]:
    """What the rules say, with shares that mean nothing but their order."""
    return [{case.fallback: 0.5, case.advised: 1.0} for case in asked]


# ---- judging ----


@dataclass(frozen=True)
class Verdict:
    """How a prediction for a case came out."""

    case: Case
    likely: Plan
    confidence: float
    right: bool
    in_two: bool
    wrong: bool


def judged(case: Case, shares: Shares) -> Verdict:
    """The likeliest plan, and the two likeliest, against what proved right."""
    order = sorted(shares, key=lambda plan: (-round(shares[plan], DIGITS), plan_of(plan)))
    likely, right = order[0], order[0] in case.right
    wrong = not right and bool(likely) and likely[-1] in case.row.wrong
    in_two = any(plan in case.right for plan in order[:2])
    return Verdict(case, likely, shares[likely], right, in_two, wrong)


def left_out(known: Sequence[Case], predict: Predictor, seed: int) -> list[Verdict]:
    """Every case, predicted from those of other sources: `FOLDS` parts, drawn by the seed."""
    sources = sorted({case.source for case in known})
    np.random.RandomState(seed).shuffle(sources)
    part = {source: number % FOLDS for number, source in enumerate(sources)}
    found = []
    for number in range(FOLDS):
        given = [case for case in known if part[case.source] != number]
        asked = [case for case in known if part[case.source] == number]
        found += map(judged, asked, predict(given, asked))
    return found


def share(verdicts: Sequence[Verdict], what: str = "right") -> float:
    return 100 * float(np.mean([getattr(one, what) for one in verdicts])) if verdicts else math.nan


def parts(verdicts: Sequence[Verdict], number: int) -> list[tuple[float, float, int]]:
    """Mean confidence, share that was right (both in per cent) and size of equal parts by
    confidence.
    """
    order = sorted(verdicts, key=lambda one: (one.confidence, one.case.row.id))
    cut = [order[len(order) * i // number : len(order) * (i + 1) // number] for i in range(number)]
    return [(share(some, "confidence"), share(some), len(some)) for some in cut]


METHODS: dict[str, Predictor] = {
    "these odds": ours,
    "regression": plain("regression"),
    "forest": plain("forest"),
    "rules alone": rules,
}


def evaluate(known: Sequence[Case], seeds: int) -> None:
    """The table of figures, in per cent: means over the seeds, and how far seeds lie apart."""
    print(f"{len(known)} precedents, {len({case.source for case in known})} sources,", end=" ")
    print(f"{FOLDS} parts by source, {seeds} draws\n")
    print("| method | likely is right | right is among the first two | shown wrong |")
    print("| --- | --- | --- | --- |")
    runs = {}
    for method, predict in METHODS.items():
        draws = 1 if method == "rules alone" else seeds
        runs[method] = [left_out(known, predict, seed) for seed in range(draws)]
        cells = []
        for what in ("right", "in_two", "wrong"):
            found = [share(run, what) for run in runs[method]]
            cells.append(f"{np.mean(found):.1f} (±{np.std(found):.1f})")
        print(f"| {method} | {' | '.join(cells)} |", flush=True)
    every = [one for run in runs["these odds"] for one in run]
    compare = [one for run in runs["rules alone"] for one in run]
    print(
        "\n| cases | number | these odds | rules alone | mean confidence |\n" + "| --- " * 5 + "|"
    )
    for title, chosen in groups(known).items():
        mine = [one for one in every if chosen(one.case)]
        theirs = [one for one in compare if chosen(one.case)]
        if theirs:
            figures = share(mine), share(theirs), share(mine, "confidence")
            print(f"| {title} | {len(theirs)} | {' | '.join(f'{each:.1f}' for each in figures)} |")
    print(
        "\n| a third of the cases by confidence | mean confidence | right |\n" + "| --- " * 3 + "|"
    )
    for title, chosen in list(groups(known).items())[:3]:
        mine = [one for one in every if chosen(one.case)]
        for words, (mean, right, _) in zip(("low", "middle", "high"), parts(mine, 3), strict=True):
            print(f"| {title}: {words} | {mean:.1f} | {right:.1f} |")
    print("\nmost frequent misses (likely, right), in cases a draw:")
    missed = Counter(
        (name(plan_of(one.likely)), " or ".join(sorted(map("+".join, one.case.right))))
        for one in every
        if not one.right
    )
    for (likely, right), times in missed.most_common(12):
        print(f"  {times / seeds:4.1f}  {likely} -> {right}")


def groups(known: Sequence[Case]) -> dict[str, Callable[[Case], bool]]:
    tasks = sorted({str(case.row.facts.get("task")) for case in known})
    found: dict[str, Callable[[Case], bool]] = {
        "all": lambda _: True,
        "not seen by the first authors of the rules": lambda case: not case.seen,
        "seen by them": lambda case: case.seen,
        "developing": lambda case: case.developing,
        "held out": lambda case: not case.developing,
    }
    for task in tasks:
        found[task] = lambda case, task=task: str(case.row.facts.get("task")) == task
    return found


def held_out(known: Sequence[Case]) -> None:
    """Learned from the sources for developing alone, and asked about the others."""
    given = [case for case in known if case.developing]
    asked = [case for case in known if not case.developing]
    for method, predict in METHODS.items():
        found = [
            judged(case, shares) for case, shares in zip(asked, predict(given, asked), strict=True)
        ]
        figures = [f"{share(found, what):.1f}" for what in ("right", "in_two", "wrong")]
        print(method, *figures, f"confidence {share(found, 'confidence'):.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("what", choices=("fit", "evaluate", "picture"))
    parser.add_argument("--seeds", type=int, default=10, help="draws of the parts")
    parser.add_argument("--held-out", action="store_true", help="the last third alone")
    parser.add_argument("--developing", action="store_true", help="the first two thirds alone")
    parser.add_argument("--advice", type=Path, help="what `batch` of another version advised")
    options = parser.parse_args()
    lines = options.advice.read_text(encoding="utf-8").splitlines() if options.advice else []
    advice = {found["id"]: tuple(found["plan"]) for found in map(json.loads, lines)}
    known = cases(load_table(ROOT / "rules"), advice)
    if options.what == "fit":
        WEIGHTS.write_text(written(fit(known)), encoding="utf-8")
        print(f"wrote {WEIGHTS.relative_to(ROOT)}: {len(known)} precedents")
    elif options.what == "picture":
        import odds_picture

        runs = [left_out(known, ours, seed) for seed in range(options.seeds)]
        every = [one for run in runs for one in run]
        found = [(mean, right, size / options.seeds) for mean, right, size in parts(every, 6)]
        PICTURE.write_text(odds_picture.drawn(found), encoding="utf-8")
        print(f"wrote {PICTURE.relative_to(ROOT)}")
    elif options.held_out:
        held_out(known)
    else:
        evaluate(
            [case for case in known if case.developing or not options.developing], options.seeds
        )


if __name__ == "__main__":
    main()
