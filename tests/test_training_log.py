"""What a training log shows is told with the steps at which it was seen; a foreign file is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.errors import BadInput
from adaptadvisor.evidence import training_log
from adaptadvisor.table.symptoms import LOG_SIGNS


def _log(
    losses: Sequence[float],
    evaluations: Sequence[float] = (),
    *,
    passes: float = 3,
    planned: int = 0,
    rates: Sequence[float] = (),
    gradients: Sequence[float] = (),
) -> training_log.TrainingLog:
    """A log as the Trainer writes it: a record every ten steps, evaluations spread over the run."""
    end = 10 * len(losses)
    records: list[dict[str, float]] = []
    for number, loss in enumerate(losses, 1):
        record = {"step": 10 * number, "epoch": passes * number / len(losses), "loss": loss}
        if rates:
            record["learning_rate"] = rates[number - 1]
        if gradients:
            record["grad_norm"] = gradients[number - 1]
        records.append(record)
    for number, loss in enumerate(evaluations, 1):
        share = number / len(evaluations)
        records.append({"step": round(end * share), "epoch": passes * share, "eval_loss": loss})
    records.append({"step": end, "epoch": passes, "train_loss": 1.0, "train_runtime": 60.0})
    state = {"global_step": end, "max_steps": planned or end, "log_history": records}
    return training_log.read(json.dumps(state), "trainer_state.json")


def _kinds(log: training_log.TrainingLog) -> set[str]:
    return {sign.kind for sign in log.signs}


FALLING = [2.0 - 0.04 * n for n in range(30)]


@pytest.mark.parametrize(
    ("kind", "log", "words"),
    [
        (
            "overfits",
            _log(FALLING, [1.8, 1.5, 1.4, 1.6, 1.9, 2.2]),
            "lowest at step 150 (pass 1.5)",
        ),
        ("overfits-at-once", _log(FALLING, [1.4, 1.6, 1.9]), "lowest at step 100 (pass 1)"),
        ("still-falling", _log(FALLING, [1.9, 1.7, 1.5]), "1.7 at step 200, 1.5 at step 300"),
        ("diverges", _log([*FALLING[:20], *[4.0] * 10]), "rose from 1.24 at step 200"),
        ("not-a-number", _log([*FALLING[:20], math.nan]), "from step 210 on"),
        ("flat", _log([2.3] * 20), "2.3 at the start, 2.3 at the end"),
        ("near-zero", _log([2, 1, 0.5, 0.1, 0.01, 0.01]), "since step 50"),
        ("no-evaluation", _log(FALLING), "No evaluation"),
        (
            "gradient-spikes",
            _log(FALLING, gradients=[1.0] * 20 + [50.0] + [1.0] * 9),
            "50 at step 210, where 1 is usual; 1 such step",
        ),
        (
            "rate-ended-early",
            _log(FALLING, rates=[1e-4] * 15 + [0.0] * 15),
            "near 0 from step 160 on",
        ),
        ("cut-short", _log(FALLING, planned=1000), "step 300 of 1,000"),
        ("many-passes", _log(FALLING, passes=150), "150 passes"),
    ],
)
def test_each_sign_is_seen_with_its_steps(
    kind: str, log: training_log.TrainingLog, words: str
) -> None:
    assert words in next(sign.says for sign in log.signs if sign.kind == kind)


def test_a_sound_run_shows_nothing() -> None:
    rates = [1e-4 * (1 - n / 30) for n in range(30)]
    sound = _log(FALLING, [1.8, 1.6, 1.595], rates=rates, gradients=[1.0, 1.5] * 15)
    assert _kinds(sound) == set()


def test_an_evaluation_loss_that_only_trembles_is_no_overfitting() -> None:
    assert "overfits" not in _kinds(_log(FALLING, [1.8, 1.5, 1.49, 1.5, 1.53]))


def test_an_evaluation_loss_that_rises_with_the_training_loss_is_no_overfitting() -> None:
    assert "overfits" not in _kinds(_log([*FALLING[:10], *[2.5] * 10], [1.5, 1.4, 2.0, 2.4]))


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=40),
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=10),
)
def test_whatever_the_numbers_are_the_signs_are_known_ones(
    losses: list[float], evaluations: list[float]
) -> None:
    assert _kinds(_log(losses, evaluations)) <= set(LOG_SIGNS)


def test_of_several_evaluation_sets_the_first_counts_and_numbers_may_be_text() -> None:
    records = [{"step": 1, "epoch": 1, "eval_news_loss": "1.5", "eval_mail_loss": 9, "loss": "2"}]
    log = training_log.read(json.dumps({"log_history": records}), "log")
    assert [point.value for point in log.evaluations] == [1.5]
    assert [point.value for point in log.losses] == [2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("loss: 3", "is no JSON"),
        ('{"log_history": [{"loss": 1}, ', "cut off"),
        ("[]", "is no training log"),
        ('{"epoch": 3}', 'a list "log_history"'),
        ('{"log_history": 3}', 'a list "log_history"'),
        ('{"log_history": []}', "holds no loss"),
        ('{"log_history": [{"train_runtime": 3}]}', "holds no loss"),
        ('{"log_history": [3]}', "record 1 of log_history is 3"),
        ('{"log_history": [{"loss": "high"}]}', '"loss" of record 1 is high; expected a number'),
        ('{"log_history": [{"loss": [1]}]}', "expected a number"),
        ('{"log_history": ' + "[" * 100_000, "too deep"),
        ('{"log_history": [{"loss": ' + "1" * 5_000 + "}]}", "too long to read"),
    ],
)
def test_what_is_no_training_log_gets_one_line_that_says_so(text: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        training_log.read(text, "file.json")
    (problem,) = caught.value.problems
    assert words in str(problem)
    assert "file.json" in str(problem)
    assert "\n" not in str(problem)
