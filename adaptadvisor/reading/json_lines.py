"""Cases as JSON lines, `{"id": ..., "facts": {...}}`; ids of any type, spelled as they came."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Self

from adaptadvisor.errors import BadInput, bad_input, shown
from adaptadvisor.files import MAX_LINE
from adaptadvisor.reading.many import Case, bad_case
from adaptadvisor.table.given import OWN_KEYS, too_long

_ONLY_FACTS = 2  # keys of a case that has an id and facts, as nearly all have
_MOST_DIGITS = 400  # of a number that is read as an integer; Python refuses more than 4300


def cases(lines: Iterable[bytes]) -> Iterator[Case]:
    """A case for each line that is not blank."""
    for number, raw in enumerate(lines, 1):
        if raw and not raw.isspace():
            yield _case(raw, number)


def _case(raw: bytes, number: int) -> Case:
    id_ = "null"
    try:
        case = parsed(raw)
        id_ = as_written(case.get("id"))
        facts = _facts(case)
        if len(case) <= _ONLY_FACTS:
            return Case(id_, facts, number)
        title, notes = (_own(case, key) for key in OWN_KEYS)
        return Case(id_, facts, number, title=title, notes=notes)
    except RecursionError:
        return bad_case(bad_input("syntax", "nested too deeply"), id_, line=number)
    except BadInput as error:
        id_ = _readable_id(raw) if id_ == "null" else id_
        return bad_case(error, id_, line=number)


class _Spelled(float):
    """A number that still knows how it was written."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number


def _whole(text: str) -> float:
    """A whole number, of which no digit and no sign may be lost."""
    return int(text) if len(text) < _MOST_DIGITS and text != "-0" else _Spelled(text)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in found if keys.count(key) > 1)
        raise bad_input("duplicate-key", f'"{shown(twice)}" is there twice')
    return found


def _no_constant(word: str) -> None:
    raise bad_input("syntax", f"not valid JSON: {word} is no JSON number")


_decode = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_Spelled, parse_int=_whole
).decode


def parsed(raw: bytes) -> dict[str, object]:
    """The JSON object in a line; `BadInput` where there is none."""
    if len(raw) > MAX_LINE:
        raise bad_input("too-large", f"the line is longer than {MAX_LINE // 1_000_000} MB")
    try:
        case = _decode(raw.decode().removeprefix("\ufeff").rstrip())
    except UnicodeDecodeError:
        raise bad_input("not-utf-8", "the line is not UTF-8") from None
    except json.JSONDecodeError as error:
        what = f"{error.msg.removesuffix(' at')} at column {error.colno}"
        raise bad_input("syntax", f"not valid JSON: {what}") from None
    if not isinstance(case, dict):
        raise bad_input("not-an-object", 'expected {"id": ..., "facts": {...}}')
    return case


def _readable_id(raw: bytes) -> str:
    """The id of a bad line as JSON, where there is just one that can be read; else null."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        times = Counter(key for key, _ in pairs)
        return {key: value for key, value in pairs if times[key] == 1}

    with suppress(ValueError, RecursionError):
        if len(raw) <= MAX_LINE:
            case = json.loads(raw, object_pairs_hook=once, parse_constant=str, parse_float=_Spelled)
            return as_written(case.get("id")) if isinstance(case, dict) else "null"
    return "null"


def _facts(case: Mapping[str, object]) -> dict[str, object]:
    """The facts of a case, which has an id, a title and notes, and nothing else."""
    for key in case:
        if key not in ("id", "facts", *OWN_KEYS):
            right = f"expected id, facts, {' and '.join(OWN_KEYS)}"
            raise bad_input("unknown-key", f'{right}, not the key "{shown(key)}"')
    facts = case.get("facts")
    if not isinstance(facts, dict):
        raise bad_input("missing-facts", 'expected "facts": {...}')
    return facts


def _own(case: Mapping[str, object], key: str) -> str:
    """The title or the notes of a case; null is none."""
    text = case.get(key)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise bad_input("wrong-type", f'"{key}" must be text')
    if wrong := too_long(key, text):
        raise BadInput(wrong)
    return text


def as_written(value: object) -> str:
    """A value as JSON, its numbers as they were written."""
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, _Spelled):
        return value.text
    if isinstance(value, list):
        return f"[{', '.join(map(as_written, value))}]"
    if isinstance(value, dict):
        entries = (f"{json.dumps(key)}: {as_written(part)}" for key, part in value.items())
        return f"{{{', '.join(entries)}}}"
    return json.dumps(value)
