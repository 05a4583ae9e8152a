"""What the log of a training run shows: `trainer_state.json` of the Hugging Face Trainer.

The Trainer writes `log_history`, a list of records: `loss`, `learning_rate` and `grad_norm` of a
training step, `eval_loss` of an evaluation, each with its `step` and `epoch` (passes over the data,
a fraction); beside it `global_step`, `max_steps` and `num_train_epochs`. The margins below are
engineering defaults: they tell a trend from the noise of single batches, and prove nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median

from adaptadvisor.errors import BadInput, Location, bad_input, shown

RISE = 0.05
"""An evaluation loss this share above its minimum has risen."""
STILL = 0.01
"""A last evaluation this share below the one before is still falling."""
FLAT = 0.02
"""A training loss that fell by less than this share between its first and last tenth is flat."""
BLOWN_UP = 1.5
"""A last tenth this many times the lowest tenth has diverged."""
NOTHING_LEFT = 0.05
"""A training loss below this has nothing left to teach (the model is sure of every token)."""
SPIKE = 10
"""A gradient norm this many times the median is a spike."""
ENDED = 0.01
"""A learning rate below this share of its peak has ended."""
MANY_PASSES = 5
"""More passes over the data than this are many."""
_FEWEST = 5  # points of which a trend is told
_WHOLE = 0.95  # of the planned steps: the run went to its end
_MOST_RECORDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Point:
    """A number at a step; `epoch` counts passes over the data."""

    step: int
    epoch: float
    value: float


@dataclass(frozen=True, slots=True)
class LogSign:
    """Something that the log shows (one of `LOG_SIGNS`), in a sentence with the steps it saw."""

    kind: str
    says: str
    first_step: int
    last_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLog:
    """The numbers of a run by step; `planned` are the steps it was to make, 0 where not known."""

    file: str
    steps: int
    planned: int
    epochs: float
    losses: tuple[Point, ...]
    evaluations: tuple[Point, ...]
    rates: tuple[Point, ...]
    gradients: tuple[Point, ...]

    @property
    def signs(self) -> tuple[LogSign, ...]:
        """What the log shows, in a fixed order."""
        return tuple(found for look in _LOOKS for found in look(self))


def read(text: str, file: str) -> TrainingLog:
    """The log in a text; `BadInput` with one line where it is no such log."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise bad_input("bad-log", "is nested too deep for a training log", file) from None
    except ValueError as error:
        raise _broken(error, text, file) from None
    records = data.get("log_history") if isinstance(data, dict) else None
    if not isinstance(records, list):
        message = 'is no training log; expected trainer_state.json with a list "log_history"'
        raise bad_input("bad-log", message, file)
    if len(records) > _MOST_RECORDS:
        message = f"has {len(records):,} records; at most {_MOST_RECORDS:,} are read"
        raise bad_input("too-large", message, file)
    found: dict[str, list[Point]] = {"loss": [], "eval": [], "learning_rate": [], "grad_norm": []}
    for number, record in enumerate(records):
        if not isinstance(record, dict):
            message = f"record {number + 1} of log_history is {shown(record)}; expected a mapping"
            raise bad_input("bad-log", message, file)
        for series, point in _points(record, number, file):
            found[series].append(point)
    log = TrainingLog(
        file=file,
        steps=_count(data.get("global_step")) or max((p.step for p in _all(found)), default=0),
        planned=_count(data.get("max_steps")),
        epochs=max((p.epoch for p in _all(found)), default=0.0),
        losses=tuple(found["loss"]),
        evaluations=tuple(found["eval"]),
        rates=tuple(found["learning_rate"]),
        gradients=tuple(found["grad_norm"]),
    )
    if not (log.losses or log.evaluations):
        message = "its log_history holds no loss; expected records with loss or eval_loss"
        raise bad_input("bad-log", message, file)
    return log


def _broken(error: ValueError, text: str, file: str) -> BadInput:
    """Where the text is no JSON."""
    if not text.strip():
        return bad_input("bad-log", "is empty; expected trainer_state.json", file)
    if not isinstance(error, json.JSONDecodeError):
        return bad_input("bad-log", "holds a number that is too long to read", file)
    place = Location(file, error.lineno, error.colno)
    ends = " (it seems to be cut off)" if error.pos >= len(text.rstrip()) - 1 else ""
    return bad_input("bad-log", f"is no JSON{ends}; expected trainer_state.json", place)


def _all(found: Mapping[str, list[Point]]) -> Iterator[Point]:
    for points in found.values():
        yield from points


def _points(record: Mapping[str, object], number: int, file: str) -> Iterator[tuple[str, Point]]:
    """The numbers of a record. Of several evaluation sets the first counts: `eval_NAME_loss`."""
    names = [
        name
        for name in record
        if isinstance(name, str) and name.startswith("eval_") and name.endswith("loss")
    ]
    first = "eval_loss" if "eval_loss" in names else next(iter(names), "")
    step, epoch = _number(record.get("step")), _number(record.get("epoch"))
    for series, name in (
        ("loss", "loss"),
        ("eval", first),
        ("learning_rate", "learning_rate"),
        ("grad_norm", "grad_norm"),
    ):
        if name not in record or record[name] is None:
            continue
        value = _number(record[name])
        if value is None:
            message = f'"{shown(name)}" of record {number + 1} is {shown(record[name])}'
            raise bad_input("bad-log", f"{message}; expected a number", file)
        at = int(step) if step is not None and math.isfinite(step) else number + 1
        yield series, Point(at, epoch if epoch is not None and math.isfinite(epoch) else 0.0, value)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)  # some versions write numbers as text
    except (ValueError, OverflowError):
        return None


def _count(value: object) -> int:
    number = _number(value)
    return int(number) if number is not None and math.isfinite(number) and number > 0 else 0


# ---- what it shows ----


def _sound(points: Sequence[Point]) -> list[Point]:
    return [point for point in points if math.isfinite(point.value)]


def _tenths(points: Sequence[Point]) -> list[float]:
    """The means of ten stretches of a series, or of fewer where it has fewer points."""
    size = max(1, len(points) // 10)
    starts = range(0, len(points) - size + 1, size)
    return [mean(point.value for point in points[start : start + size]) for start in starts]


def _not_a_number(log: TrainingLog) -> Iterator[LogSign]:
    wrong = [p for p in (*log.losses, *log.evaluations, *log.gradients) if p not in _sound([p])]
    if wrong:
        first = min(point.step for point in wrong)
        last = max(point.step for point in wrong)
        says = f"The loss or the gradient is no number from step {first:,} on."
        yield LogSign("not-a-number", says, first, last)


def _diverges(log: TrainingLog) -> Iterator[LogSign]:
    points = _sound(log.losses)
    if len(points) < _FEWEST:
        return
    tenths = _tenths(points)
    if tenths[-1] > NOTHING_LEFT and tenths[-1] >= BLOWN_UP * min(tenths):
        low = min(points, key=lambda point: point.value)
        says = (
            f"The training loss rose from {low.value:.3g} at step {low.step:,} to about"
            f" {tenths[-1]:.3g} at the end."
        )
        yield LogSign("diverges", says, low.step, points[-1].step)


def _flat(log: TrainingLog) -> Iterator[LogSign]:
    points = _sound(log.losses)
    if len(points) < _FEWEST or any(_diverges(log)):
        return
    tenths = _tenths(points)
    if tenths[0] > NOTHING_LEFT and tenths[-1] > (1 - FLAT) * tenths[0]:
        says = (
            f"The training loss hardly moves: {tenths[0]:.3g} at the start, {tenths[-1]:.3g} at the"
            f" end (steps {points[0].step:,} to {points[-1].step:,})."
        )
        yield LogSign("flat", says, points[0].step, points[-1].step)


def _near_zero(log: TrainingLog) -> Iterator[LogSign]:
    points = _sound(log.losses)
    if not points or any(_not_a_number(log)):
        return
    tenths = _tenths(points)
    if tenths[-1] < NOTHING_LEFT:
        low = next(point for point in points if point.value < NOTHING_LEFT)
        says = (
            f"The training loss is near 0 ({tenths[-1]:.2g} at the end), since step {low.step:,}."
        )
        yield LogSign("near-zero", says, low.step, points[-1].step)


def _overfits(log: TrainingLog) -> Iterator[LogSign]:
    evaluations, losses = _sound(log.evaluations), _sound(log.losses)
    if not evaluations:
        return
    low, last = min(evaluations, key=lambda point: point.value), evaluations[-1]
    before = [point.value for point in losses if point.step <= low.step][-3:]
    after = [point.value for point in losses if point.step > low.step][-3:]
    if last.value < (1 + RISE) * low.value or not after or (before and mean(after) > mean(before)):
        return
    kind = "overfits-at-once" if 0 < low.epoch <= 1 else "overfits"
    where = f"step {low.step:,} (pass {low.epoch:.3g})" if low.epoch else f"step {low.step:,}"
    says = (
        f"The evaluation loss was lowest at {where}, {low.value:.3g}, and rose to {last.value:.3g}"
        f" at step {last.step:,}, while the training loss fell."
    )
    yield LogSign(kind, says, low.step, last.step)


def _still_falling(log: TrainingLog) -> Iterator[LogSign]:
    points = _sound(log.evaluations)
    if len(points) < 2:
        return
    *before, last = points
    if last.value <= (1 - STILL) * min(point.value for point in before):
        says = (
            f"The evaluation loss was still falling when the run ended: {before[-1].value:.3g}"
            f" at step {before[-1].step:,}, {last.value:.3g} at step {last.step:,}."
        )
        yield LogSign("still-falling", says, before[-1].step, last.step)


def _no_evaluation(log: TrainingLog) -> Iterator[LogSign]:
    if not log.evaluations:
        says = "No evaluation was run during training, so nobody can see when it got worse."
        yield LogSign("no-evaluation", says, 0, log.steps)


def _gradient_spikes(log: TrainingLog) -> Iterator[LogSign]:
    points = _sound(log.gradients)
    points = points[len(points) // 10 :]  # the first steps are always rough
    if len(points) < _FEWEST:
        return
    usual = median(point.value for point in points)
    high = [point for point in points if usual > 0 and point.value > SPIKE * usual]
    if high:
        top = max(high, key=lambda point: point.value)
        says = (
            f"The gradient norm jumps: {top.value:.3g} at step {top.step:,}, where {usual:.3g} is"
            f" usual; {len(high):,} such {'step' if len(high) == 1 else 'steps'}."
        )
        yield LogSign("gradient-spikes", says, high[0].step, high[-1].step)


def _rate_ended_early(log: TrainingLog) -> Iterator[LogSign]:
    points = _sound(log.rates)
    peak = max(points, key=lambda point: point.value, default=None)
    if peak is None or peak.value <= 0:
        return
    idle = [p for p in points if p.step > peak.step and p.value < ENDED * peak.value]
    if len(idle) >= _FEWEST and len(idle) * 10 > len(points):
        says = (
            f"The learning rate was near 0 from step {idle[0].step:,} on, and the run went on to"
            f" step {log.steps:,}: the last {len(idle) / len(points):.0%} taught nothing."
        )
        yield LogSign("rate-ended-early", says, idle[0].step, log.steps)


def _cut_short(log: TrainingLog) -> Iterator[LogSign]:
    if log.planned and log.steps < _WHOLE * log.planned:
        says = (
            f"The log ends at step {log.steps:,} of {log.planned:,}: the run was stopped, or this"
            " is a checkpoint from its middle, before the learning rate came down."
        )
        yield LogSign("cut-short", says, log.steps, log.planned)


def _many_passes(log: TrainingLog) -> Iterator[LogSign]:
    if log.epochs > MANY_PASSES:
        says = f"The run made {log.epochs:.3g} passes over the data."
        yield LogSign("many-passes", says, 0, log.steps)


_LOOKS = (
    _not_a_number,
    _diverges,
    _flat,
    _overfits,
    _near_zero,
    _gradient_spikes,
    _rate_ended_early,
    _cut_short,
    _still_falling,
    _many_passes,
    _no_evaluation,
)
