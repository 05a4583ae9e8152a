"""Our own JSON lines, JSON and CSV: a row for each answer, with columns that people can map.

`correct` or `score` says how it went; without both an answer is right where it equals `expected`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from adaptadvisor.errors import Location, bad_input, nearest, one_of, shown
from adaptadvisor.evidence.readers.collect import limited
from adaptadvisor.evidence.readers.draft import NO_SCORE, Draft, Run, some_number, unknown_metric
from adaptadvisor.evidence.readers.source import Source, place_of
from adaptadvisor.evidence.readers.values import Row, cell_texts, number, row, scalars, text, truth

NAME = "own"

COLUMNS = (
    "id", "input", "output", "expected", "correct", "score", "error", "date", "variant", "repeat",
    "run", "system", "label", "annotator", "tags", "passages",
)  # fmt: skip
"""What a mapping may name, besides `slice.NAME` and `p_CLASS`."""

_SLICE, _PROBABILITY = "slice.", "p_"
_MOST_NAMED = 20


def is_row(names: Collection[str]) -> bool:
    """Whether these columns say of which answer they are and how it went."""
    which = "id" in names or "input" in names
    how = any(name in names for name in ("correct", "score", "error"))
    labelled = "label" in names and ("annotator" in names or any(map(_is_probability, names)))
    return which and (how or labelled or {"output", "expected"} <= {*names})


def _is_probability(name: str) -> bool:
    return name.startswith(_PROBABILITY)


def check_mapping(mapping: Mapping[str, str]) -> None:
    """`BadInput` for a column that is none of ours."""
    for ours in mapping:
        if ours not in COLUMNS and not ours.startswith((_SLICE, _PROBABILITY)):
            what = (
                f'"{shown(ours)}" is none of our columns; they are {one_of(COLUMNS)}, slice.NAME '
                f"and p_CLASS{nearest(ours, COLUMNS)}"
            )
            raise bad_input("unknown-column", what)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the names of a row's columns say, worked out once for all rows that have the same."""

    names: tuple[str, ...] = ()
    ours: bool = False
    slices: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


def _layout(names: tuple[str, ...], mapped: Collection[str]) -> _Layout:
    marked = [name for name in names if name.startswith((_SLICE, _PROBABILITY))]
    known = {*COLUMNS, *mapped, *marked, "slice"}
    return _Layout(
        names=names,
        ours=is_row(names),
        slices=tuple(name for name in marked if name.startswith(_SLICE)),
        numbers=tuple(name for name in names if name == "score" or _is_probability(name)),
        about=tuple(name for name in names if name not in known),
    )


@dataclass(slots=True)
class _Reader:
    """Rows with their columns under our names; `compared` counts answers judged by `expected`."""

    file: str
    mapping: Mapping[str, str]
    metric: str | None
    compared: int = 0
    zero_based: bool = False
    there: dict[str, None] = field(default_factory=dict)
    layout: _Layout = field(default_factory=_Layout)

    def draft(self, found: Row, line: int) -> Draft:
        place = place_of(self.file, line)
        known = self._renamed(found, place)
        if (names := tuple(known)) != self.layout.names:
            self.layout = _layout(names, self.mapping.values())
        if not self.layout.ours:
            has = one_of([f'"{shown(name, 30)}"' for name in list(found)[:_MOST_NAMED]])
            what = (
                "a row needs id or input, and correct or score (or label and annotator); it has "
                f"{has or 'nothing'}; name others with a mapping such as correct=passed"
            )
            raise bad_input("missing-column", what, place)
        asked, id_ = text(known.get("input")), text(known.get("id"))
        draft = Draft(
            key=id_ or asked,
            id=id_,
            system=text(known.get("system")) or text(known.get("run")),
            repeat=some_number(known, "repeat"),
            input=asked,
            output=text(known.get("output")),
            expected=text(known.get("expected")) or text(known.get("label")),
            passages=cell_texts(known.get("passages")),
            slices=_slices(known, self.layout.slices),
            metrics=self._metrics(known),
            variant=text(known.get("variant")),
            date=text(known.get("date")),
            tags=_tags(known.get("tags")),
            line=line,
        )
        draft.about = scalars({name: found[name] for name in self.layout.about})
        if not draft.key.strip():
            raise bad_input("missing-id", "the row has neither an id nor an input", place)
        self.zero_based = self.zero_based or draft.repeat == 0
        self._judge(draft, known, place)
        return draft

    def _renamed(self, found: Row, place: Location) -> Row:
        known = dict(found)
        for ours, theirs in self.mapping.items():
            value = _at(found, theirs)
            if value is KeyError:
                names = list(map(str, found))
                has = one_of([f'"{shown(name, 30)}"' for name in names[:_MOST_NAMED]])
                what = f'no column "{shown(theirs)}"; there is {has}{nearest(theirs, names)}'
                raise bad_input("missing-column", what, place)
            known[ours] = value
        return known

    def _metrics(self, known: Row) -> dict[str, float]:
        names = self.layout.numbers
        if self.metric is not None:
            self.there |= dict.fromkeys(
                name for name, value in known.items() if number(value) is not None
            )
            names = (*names, self.metric) if self.metric != "correct" else names
        found = {name: number(known.get(name)) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def _judge(self, draft: Draft, known: Row, place: Location) -> None:
        if why := text(known.get("error")).strip():
            draft.fail(why)
            return
        if self.metric not in (None, "correct"):
            draft.score = draft.metrics.get(self.metric or "")
        else:
            draft.correct = _verdict(known, place)
            draft.score = _score(known, place)
            if draft.score is None and draft.correct is not None:
                draft.score = float(draft.correct)
        if draft.score is not None:
            return
        if {"correct", "score"} & {*known} or self.metric is not None:
            draft.fail(NO_SCORE)
        elif draft.output and text(known.get("expected")):
            draft.correct = draft.output.strip() == draft.expected.strip()
            draft.score = float(draft.correct)
            self.compared += 1


def read(source: Source, metric: str | None, mapping: Mapping[str, str]) -> Run:
    """`metric` may name any column of numbers in place of `correct` and `score`."""
    reader = _Reader(source.name, mapping, metric)
    run = Run(file=source.name, tool=NAME, drafts=[], label=source.path.stem)
    for line, found in source.rows():
        run.drafts.append(reader.draft(found, line))
        limited(run)
    scored = any(draft.score is not None or draft.error != NO_SCORE for draft in run.drafts)
    if metric is not None and run.drafts and not (scored and metric in {*reader.there, "correct"}):
        raise unknown_metric(metric, reader.there, source.name)
    run.metric = metric or _metric(run)
    if reader.zero_based:
        for draft in run.drafts:
            draft.repeat = None if draft.repeat is None else draft.repeat + 1
    if reader.compared:
        run.notes.append(
            f"{reader.compared:,} answers are judged here: right where output and expected are "
            "the same text."
        )
    return run


def _metric(run: Run) -> str:
    judged = any(draft.correct is not None for draft in run.drafts)
    return "correct" if judged else "score"


def _at(found: Row, name: str) -> object:
    """The value of a column, or of a path with dots into an object; `KeyError` where none is."""
    if name in found:
        return found[name]
    value: object = found
    for part in name.split("."):
        inner = row(value)
        if part not in inner:
            return KeyError
        value = inner[part]
    return value


def _verdict(known: Row, place: Location) -> bool | None:
    value = known.get("correct")
    if value is None or value == "":
        return None
    found = truth(value)
    if found is None:
        what = f'"correct" is "{shown(text(value))}", which is neither yes nor no'
        raise bad_input("not-a-verdict", what, place)
    return found


def _score(known: Row, place: Location) -> float | None:
    value = known.get("score")
    if value is None or value == "":
        return None
    found = number(value)
    if found is None and text(value).strip().casefold() not in ("nan", "none", "null", "n/a"):
        raise bad_input("not-a-number", f'"score" is "{shown(text(value))}", no number', place)
    return found


def _slices(known: Row, names: Collection[str]) -> dict[str, str]:
    """Columns called `slice.NAME`, an object called `slice`, or a column of that name."""
    values = {name.removeprefix(_SLICE): known[name] for name in names}
    found = {name: text(value) for name, value in values.items() if value not in (None, "")}
    if inner := known.get("slice"):
        found |= scalars(inner) if isinstance(inner, dict) else scalars({"slice": inner})
    if annotator := text(known.get("annotator")):
        found["annotator"] = annotator
    return found


def _tags(value: object) -> tuple[str, ...]:
    """A list, also as JSON, or words between commas, semicolons or bars."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return ()
    if isinstance(value, list):
        return tuple(text(one).strip() for one in value if text(one).strip())
    parts = text(value).replace(";", ",").replace("|", ",").split(",")
    return tuple(part.strip() for part in parts if part.strip())
