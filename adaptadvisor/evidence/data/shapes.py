"""Which column of a data file is what: tuning tools and people name them in a dozen ways."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from adaptadvisor.errors import Location, bad_input, nearest, one_of, shown


class Row(NamedTuple):
    """One example. Text that is missing is empty; `line` counts from 1 (in Parquet: the row)."""

    text: str
    output: str = ""
    labels: tuple[str, ...] = ()
    pair: bool = False
    """A preferred answer (`output`) and another one (`rejected`)."""
    rejected: str = ""
    group: str = ""
    date: str = ""
    item: str = ""
    annotators: tuple[tuple[str, str], ...] = ()
    """Who said what: name and label."""
    chances: tuple[tuple[str, float], ...] = ()
    """How likely a model finds each class: columns p_<class>."""
    file: str = ""
    line: int = 0


Record = Mapping[str, object]

ROLES: Mapping[str, tuple[str, ...]] = {
    "text": (
        *("text", "input", "prompt", "question", "query", "instruction", "sentence", "content"),
        *("document", "body", "utterance", "message", "review", "ticket", "user_input", "source"),
    ),
    "output": (
        *("output", "completion", "response", "answer", "expected", "expected_output"),
        *("reference", "target", "summary", "ideal"),
    ),
    "label": ("label", "labels", "class", "category", "intent", "tag", "tags", "gold_label"),
    "chosen": ("chosen", "preferred", "preferred_output"),
    "rejected": ("rejected", "dispreferred", "non_preferred_output"),
    "group": (
        *("group", "group_id", "customer", "customer_id", "user_id", "thread_id", "document_id"),
        *("doc_id", "conversation_id", "account_id", "author", "source_id"),
    ),
    "date": ("date", "created", "created_at", "timestamp", "datetime", "time"),
    "item": ("id", "item", "item_id", "uid"),
    "annotator": ("annotator", "annotator_id", "rater"),
}
"""What a column may be, and what it is called by itself; the first name that is there counts."""

_TWO_TEXTS = (
    ("premise", "hypothesis"),
    ("sentence1", "sentence2"),
    ("text1", "text2"),
    ("question1", "question2"),
    ("query", "passage"),
)
_CHATS = ("messages", "conversations", "conversation")
_EACH_ANNOTATOR, _CHANCE = "annotator_", "p_"
_SEVERAL = ("labels", "tags")
_MOST_SHOWN = 12

Names = Mapping[str, tuple[str, ...]]


def mapping_of(words: Iterable[str], flag: str = "--map") -> Names:
    """`text=body` as what is what; several columns of text are put together in this order."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        role, equals, column = word.partition("=")
        role = role.strip().lower()
        if not equals or not column.strip():
            right = "expected ROLE=COLUMN, such as text=body"
            raise bad_input("bad-setting", f'"{shown(word)}" names no column; {right}', flag)
        if role not in ROLES:
            known = f"expected one of {one_of(list(ROLES))}{nearest(role, ROLES)}"
            raise bad_input("unknown-choice", f'"{shown(role)}" is no role; {known}', flag)
        found[role] = (*found.get(role, ()), column.strip())
    return found


class Shape(NamedTuple):
    """Where in a record each part of a row stands; columns may lead inside: `vars.question`."""

    chat: str = ""
    text: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    label: str = ""
    chosen: str = ""
    rejected: str = ""
    group: str = ""
    date: str = ""
    item: str = ""
    annotator: str = ""
    annotators: tuple[str, ...] = ()
    chances: tuple[str, ...] = ()

    def row(self, record: Record, file: str, line: int) -> Row:
        """The row in a record."""
        if self.chat:
            text, output = _turns(record.get(self.chat))
            pair, rejected = False, ""
        else:
            text = "\n".join(filter(None, (_text(_at(record, name)) for name in self.text)))
            output = "\n".join(filter(None, (_text(_at(record, name)) for name in self.output)))
            pair, rejected = bool(self.chosen and self.rejected), ""
        if self.chosen and self.rejected:
            text, output, rejected = self._pair(record, text)
            pair = bool(output.strip() and rejected.strip() and output != rejected)
        label = _at(record, self.label) if self.label else None
        judged = isinstance(label, bool) and bool(self.output)  # thumbs up or down, no class
        labels = () if judged else _labels(label, several=self.label in _SEVERAL)
        said = tuple(
            (name.removeprefix(_EACH_ANNOTATOR), _scalar(record.get(name)))
            for name in self.annotators
        )
        if self.annotator and labels:
            said = ((_scalar(_at(record, self.annotator)), labels[0]),)
        return Row(
            text,
            output,
            labels,
            pair,
            rejected,
            _scalar(_at(record, self.group)) if self.group else "",
            _scalar(_at(record, self.date)) if self.date else "",
            _scalar(_at(record, self.item)) if self.item else "",
            tuple(each for each in said if each[1]),
            _chances(record, self.chances) if self.chances else (),
            file,
            line,
        )

    def _pair(self, record: Record, text: str) -> tuple[str, str, str]:
        """The input, and the better and the worse answer; whole chats hold the input too."""
        better, worse = _at(record, self.chosen), _at(record, self.rejected)
        asked, output = _turns(better) if isinstance(better, list) else ("", _text(better))
        _, rejected = _turns(worse) if isinstance(worse, list) else ("", _text(worse))
        return text or asked, output, rejected


def shape_of(record: Record, names: Names, place: Location) -> Shape:
    """The shape of a record by its keys; `BadInput` where none of them is an input."""
    found = _shape(tuple(record), tuple(sorted((role, *own) for role, own in names.items())))
    if isinstance(found, Shape):
        return found
    keys = [shown(key, 40) for key in record]
    seen = ", ".join(keys[:_MOST_SHOWN]) + (", ..." if len(keys) > _MOST_SHOWN else "")
    if found:
        near = nearest(found.partition(".")[0], record)
        raise bad_input("unknown-column", f'no column "{shown(found)}" among {seen}{near}', place)
    message = f"no column of the input is known among {seen or 'no columns at all'}"
    right = (
        "say which is what: --map text=COLUMN --map label=COLUMN (or output=COLUMN); it is "
        "--data-map in `check all`, --text and --label in `lab` and `start`"
    )
    raise bad_input("unknown-columns", f"{message}; {right}", place)


@cache
def _shape(keys: tuple[str, ...], own: tuple[tuple[str, ...], ...]) -> Shape | str:
    """The shape, or the column that was named and is not there; nothing where none is known."""
    named = {role: columns for role, *columns in own}
    for columns in named.values():
        for column in columns:
            if column not in keys and column.partition(".")[0] not in keys:
                return column
    lower = {key.strip().lower(): key for key in reversed(keys)}
    found = {role: named.get(role, [])[:1] or _known(role, lower) for role in ROLES}
    chat = next((lower[name] for name in _CHATS if name in lower and "text" not in named), "")
    texts = tuple(named.get("text", ())) or _texts(lower, found["text"])
    taken = {*texts, *found["label"]}
    outputs = [name for name in named.get("output", found["output"]) if name not in taken]
    if "chosen" in lower and "rejected" in lower:
        outputs = []
    if not (chat or texts or (found["chosen"] and found["rejected"])):
        return ""
    single = {role: (found[role] or [""])[0] for role in ROLES if role not in ("text", "output")}
    more = {
        "annotators": tuple(
            k for k in keys if k.startswith(_EACH_ANNOTATOR) and k != "annotator_id"
        ),
        "chances": tuple(key for key in keys if key.startswith(_CHANCE)),
    }
    return Shape(chat=chat, text=texts, output=tuple(outputs), **single, **more)  # type: ignore[arg-type]


def _known(role: str, lower: Mapping[str, str]) -> list[str]:
    return [lower[name] for name in ROLES[role] if name in lower][:1]


def _texts(lower: Mapping[str, str], first: Sequence[str]) -> tuple[str, ...]:
    """The columns of the input: Alpaca's two, two texts that belong together, or the one."""
    for both in (("instruction", "input"), ("prompt", "input"), *_TWO_TEXTS):
        if all(name in lower for name in both):
            return tuple(lower[name] for name in both)
    return tuple(first)


def _at(record: Record, name: str) -> object:
    """The value of a column, or of a path of keys with points between."""
    if name in record:
        return record[name]
    value: object = record
    for key in name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(value: object) -> str:
    """The text in a value: a text, a chat, the parts of a message, or what else it is."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Mapping):
        inner = next((value[k] for k in (*_CHATS, "content", "value", "text") if k in value), None)
        return _text(inner)
    if isinstance(value, list):
        said = (
            each for each in value if not (isinstance(each, Mapping) and _role(each) == "system")
        )
        return "\n".join(filter(None, map(_text, said)))
    return _scalar(value)


def _scalar(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # 1.0, as a data frame saves a column with gaps
    return str(value).strip()


def _role(turn: Mapping[str, object]) -> str:
    role = turn.get("role", turn.get("from", ""))
    return "system" if role == "developer" else str(role)


def _turns(chat: object) -> tuple[str, str]:
    """What was said up to the last answer, without instructions of the system, and that answer."""
    turns = [turn for turn in chat if isinstance(turn, Mapping)] if isinstance(chat, list) else []
    said = [turn for turn in turns if _role(turn) != "system"]
    answers = [at for at, turn in enumerate(said) if _role(turn) in ("assistant", "gpt", "model")]
    if not answers:
        return "\n".join(filter(None, map(_text, said))), ""
    before = "\n".join(filter(None, map(_text, said[: answers[-1]])))
    return before, _text(said[answers[-1]])


def _labels(value: object, *, several: bool) -> tuple[str, ...]:
    """The labels in a cell; a column "labels" may hold several with | ; or , between them."""
    if isinstance(value, list):
        return tuple(dict.fromkeys(filter(None, map(_scalar, value))))
    word = _scalar(value)
    if several and word.startswith("[") and word.endswith("]"):
        word = word[1:-1].replace("'", "").replace('"', "")
    parts = re.split(r"\s*[|;,]\s*", word) if several else [word]
    return tuple(dict.fromkeys(filter(None, parts)))


def _chances(record: Record, columns: Iterable[str]) -> tuple[tuple[str, float], ...]:
    found = []
    for column in columns:
        value = record.get(column)
        try:
            found.append((column.removeprefix(_CHANCE), float(str(value))))
        except ValueError:
            return ()  # not all classes have one, so they are of no use
    return tuple(found)


def parsed_object(value: object, place: Location) -> Record:
    """The record that a JSON value is; `BadInput` for any other."""
    if isinstance(value, dict):
        return value
    kind = json.dumps(value)[:20] if not isinstance(value, list) else "a list"
    message = (
        f'{shown(kind)} is no example; expected an object such as {{"text": "...", "label": "..."}}'
    )
    raise bad_input("not-an-object", message, place)
