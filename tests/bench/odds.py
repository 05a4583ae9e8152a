"""Fits the odds to the precedents, measures them on precedents they have not seen, and draws how far
their confidence can be trusted.

    python -m pip install -e ".[dev,maintenance]"
    python tests/bench/odds.py fit         # after a change of the rules or of the precedents
    python tests/bench/odds.py evaluate    # --quick: only ours and the rules; --write: to docs/odds.md
    python tests/bench/odds.py picture     # docs/odds.svg

`fit` writes adaptadvisor/precedents/weights.py. A published source is left out as a whole: the cases
of one paper are never on both sides. The method was chosen on two thirds of the sources (`developing`).
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from odds_fit import DIGITS, ROOT, Case, Plan, cases, fit, written
from odds_picture import drawn

from adaptadvisor import load_table
from adaptadvisor.precedents.features import ends
from adaptadvisor.precedents.odds import estimate
from adaptadvisor.table.plans import name, plan_of

WEIGHTS = ROOT / "adaptadvisor/precedents/weights.py"
PICTURE, PAGE = ROOT / "docs/odds.svg", ROOT / "docs/odds.md"
MARKS = "<!-- figures, written by tests/bench/odds.py -->", "<!-- end of the figures -->"

FOLDS = 10
CUTS = (10, 100, 300, 1_000, 3_000, 10_000, 100_000)

Shares = dict[Plan, float]
Predictor = Callable[[Sequence[Case], Sequence[Case]], list[Shares]]


# ---- predicting ----


def ours(given: Sequence[Case], asked: Sequence[Case]) -> list[Shares]:
    learned = fit(given)
    return [estimate(case.row.facts, case.advised, learned) for case in asked]


def one_hot(case: Case) -> dict[str, float]:
    """The plain description: every fact and value, numbers cut, the task with data and access."""
    facts = case.row.facts
    said: dict[str, float] = {}
    for fact, value in facts.items():
        number = (ends(value) or (None,))[0]
        for part in value if isinstance(value, tuple) else (value,):
            said[f"{fact}={part}" if number is None else f"{fact}#{cut(number)}"] = 1
    task, data = facts.get("task"), (ends(facts.get("examples")) or (None,))[0]
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


def evaluated(known: Sequence[Case], seeds: int, methods: Iterable[str]) -> Iterator[str]:
    """The figures, in per cent: means over the draws, and how far draws lie apart."""
    sources = len({case.source for case in known})
    yield f"{len(known)} cases from {sources} sources; {FOLDS} parts by source, {seeds} draws.\n"
    yield row("method", "likely is right", "right is among the first two", "shown wrong")
    yield row(*["---"] * 4)
    runs = {}
    for method in methods:
        draws = 1 if method == "rules alone" else seeds
        runs[method] = [left_out(known, METHODS[method], seed) for seed in range(draws)]
        yield row(method, *(spread(runs[method], what) for what in ("right", "in_two", "wrong")))
    mine = [one for run in runs["these odds"] for one in run]
    theirs = [one for run in runs["rules alone"] for one in run]
    yield "\n" + row("cases", "number", "these odds", "rules alone", "mean confidence")
    yield row(*["---"] * 5)
    for title, chosen in groups(known).items():
        ours_here = [one for one in mine if chosen(one.case)]
        here = [one for one in theirs if chosen(one.case)]
        if here:
            figures = share(ours_here), share(here), share(ours_here, "confidence")
            yield row(title, len(here), *(f"{figure:.1f}" for figure in figures))
    yield "\n" + row("thirds by confidence", "mean confidence", "likely is right")
    yield row(*["---"] * 3)
    for title, chosen in list(groups(known).items())[:2]:
        found = parts([one for one in mine if chosen(one.case)], 3)
        for words, (mean, right, _) in zip(("low", "middle", "high"), found, strict=True):
            yield row(f"{title}: {words}", f"{mean:.1f}", f"{right:.1f}")
    yield "\n" + row("most frequent misses: likely", "right", "cases a draw")
    yield row(*["---"] * 3)
    missed = Counter((one.likely, one.case.right) for one in mine if not one.right)
    for (likely, right), times in missed.most_common(12):
        yield row(worded([likely]), worded(right), f"{times / seeds:.1f}")


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def spread(runs: Sequence[Sequence[Verdict]], what: str) -> str:
    found = [share(run, what) for run in runs]
    return f"{np.mean(found):.1f}" + (f" ± {np.std(found):.1f}" if len(found) > 1 else "")


def worded(plans: Iterable[Plan]) -> str:
    return " or ".join(name(plan) for plan in sorted(map(plan_of, plans)))


def written_down(lines: Iterable[str]) -> None:
    """Puts the figures where the page has a place for them."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    figures = "\n".join(lines)
    PAGE.write_text(f"{before}{MARKS[0]}\n{figures}\n{MARKS[1]}{after}", encoding="utf-8")


def groups(known: Sequence[Case]) -> dict[str, Callable[[Case], bool]]:
    tasks = sorted({str(case.row.facts.get("task")) for case in known})
    found: dict[str, Callable[[Case], bool]] = {
        "all": lambda _: True,
        "new to the authors of 0.1.0": lambda case: not case.seen,
        "known to them": lambda case: case.seen,
        "developing": lambda case: case.developing,
        "held out": lambda case: not case.developing,
    }
    for task in tasks:
        found["no task named" if task == "None" else task] = lambda case, task=task: (
            str(case.row.facts.get("task")) == task
        )
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
    parser.add_argument("--quick", action="store_true", help="without regression and forest")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/odds.md")
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
        runs = [left_out(known, ours, seed) for seed in range(options.seeds)]
        every = [one for run in runs for one in run]
        found = [(mean, right, size / options.seeds) for mean, right, size in parts(every, 6)]
        PICTURE.write_text(drawn(found), encoding="utf-8")
        print(f"wrote {PICTURE.relative_to(ROOT)}")
    elif options.held_out:
        held_out(known)
    else:
        chosen = [case for case in known if case.developing or not options.developing]
        methods = ("these odds", "rules alone") if options.quick else METHODS
        lines = []
        for line in evaluated(chosen, options.seeds, methods):
            print(line, flush=True)
            lines.append(line)
        if options.write:
            written_down(lines)


if __name__ == "__main__":
    main()
