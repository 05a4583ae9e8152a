"""`check retrieval`: is the right passage found, and is it used?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from adaptadvisor.evidence.checks.items import value
from adaptadvisor.evidence.checks.shares import HALF, items, not_enough, share
from adaptadvisor.evidence.finding import Finding, Level, Measure, Part
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.table.facts import Value

METRICS = ("retrieved", "hit", "context_recall", "contextual_recall", "recall")
"""Scores that say whether the passages hold the answer: ours, and those of Ragas and DeepEval."""
FINDS, SURELY = 90.0, 80.0
"""Percent of questions for which a good search finds the passage, as the question about it says;
and what the low end of the interval must reach before that is called known (engineering default).
"""
USES_IT = 0.9
"""Share of answers that must be right where the passage is at hand (engineering default)."""

PASSAGE_THERE = "passage found"
"""The part about the answers for which the passage was at hand."""

_FEWEST, _FEW_ANSWERS = 30, 10
_WORD = re.compile(r"\w+")
_Where = Literal["found", "missing"]


def retrieval(outcomes: Sequence[Outcome]) -> Finding:
    """One system that is handed passages."""
    all_ = judged(outcomes)
    found = [score for where, score in all_ if where == "found"]
    missing = [score for where, score in all_ if where == "missing"]
    if len(all_) < _FEWEST:
        seen = f"{len(all_)} answers show whether the passages held what was asked"
        why = f"{seen}; {_FEWEST} are the least."
        do = "Record the passages and the expected answer, or a score called retrieved, per answer."
        return not_enough("retrieval", _TITLE, "retrieval-failure", why, do)
    hits = share("passage found", len(found), len(all_))
    level = _level(hits)
    return Finding(
        check="retrieval",
        title=_TITLE,
        modes=("retrieval-failure", "tuning-hurts-retrieval"),
        level=level,
        verdict=_VERDICTS[level],
        says=_says(hits, found, missing),
        measures=(hits, items(len(all_), "answers judged")),
        parts=tuple(
            _part(name, scores)
            for name, scores in ((PASSAGE_THERE, found), ("passage missing", missing))
            if scores
        ),
        do=_do(level, found, missing),
        facts=_facts(level),
        because=(
            f"The right passage was handed over for {hits.value:.0f} % of {len(all_):,} answers.",
        )
        if _facts(level)
        else (),
    )


_TITLE = "What retrieval finds, and what the model does with it"
_VERDICTS: dict[Level, str] = {
    "passed": "the search finds it",
    "doubtful": "not known well enough",
    "failed": "the search misses it",
}


def judged(outcomes: Sequence[Outcome]) -> list[tuple[_Where, float]]:
    """The answers of which the results show whether the passages held what was asked; with it the
    score of each.
    """
    return [
        (where, score)
        for one in outcomes
        if (where := _where(one)) is not None and (score := value(one)) is not None
    ]


def _where(one: Outcome) -> _Where | None:
    """Whether the passages hold the answer; None where the results cannot say."""
    for name in METRICS:
        if name in one.metrics:
            return "found" if one.metrics[name] >= HALF else "missing"
    if not one.passages or not one.expected:
        return None
    wanted = _plain(one.expected)
    if len(wanted.split()) > _FEW_ANSWERS:
        return None  # a long answer is never there word for word
    return "found" if any(wanted in _plain(passage) for passage in one.passages) else "missing"


def _plain(text: str) -> str:
    """In lower case, words alone, with a blank at either end so that only whole words match."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _level(hits: Measure) -> Level:
    if hits.value >= FINDS and (hits.low or 0) >= SURELY:
        return "passed"
    return "failed" if (hits.high or 0) < FINDS else "doubtful"


def _facts(level: Level) -> dict[str, Value]:
    results: dict[Level, Value] = {"passed": "finds", "failed": "misses"}
    return {"retrieval_result": results[level]} if level in results else {}


def _part(name: str, scores: Sequence[float]) -> Part:
    right = sum(score >= HALF for score in scores)
    measures = (items(len(scores)), share("right", right, len(scores)))
    says = f"{right:,} of {len(scores):,} right"
    level: Level = "passed" if right >= USES_IT * len(scores) else "doubtful"
    return Part(name=name, level=level, says=says, measures=measures)


def _wrong(scores: Sequence[float]) -> int:
    return sum(score < HALF for score in scores)


def _says(hits: Measure, found: Sequence[float], missing: Sequence[float]) -> tuple[str, ...]:
    said = [
        (
            f"The right passage is handed over for {hits.value:.0f} % of answers (95 % interval"
            f" {hits.low:.0f} to {hits.high:.0f}); nine in ten is good."
        )
    ]
    wrong = _wrong(found) + _wrong(missing)
    if wrong:
        said.append(
            f"Of {wrong:,} wrong answers {_wrong(found):,} had the passage and {_wrong(missing):,}"
            " did not."
        )
    return tuple(said)


def _do(level: Level, found: Sequence[float], missing: Sequence[float]) -> tuple[str, ...]:
    if _wrong(missing) > _wrong(found):
        return ("Mend the search first: chunks, hybrid search, a reranker, then the embeddings.",)
    if _wrong(found) > (1 - USES_IT) * len(found):
        first = "Mend the use of passages first: their order and number, the instruction"
        return (f"{first}, then tuning on questions with passages.",)
    return ("Add questions: these cannot tell.",) if level == "doubtful" else ()
