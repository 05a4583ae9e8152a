"""Texts, values and edits that a reader of files has to survive."""

from __future__ import annotations

import json
import random
from typing import Any

OUTSIDE = "../outside/precious.txt"
TEXTS = (
    "",
    " ",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\u202eevil\u202c",
    "a\u2066b\u2069",
    "\x9b31m",
    "nul\x00nul",
    "bell\x07\x08\x08",
    "two\nlines",
    "carriage\rreturn",
    "\u2028\u2029\ufeff",
    "\ud800",
    "x" * 5_000,
    "<" * 20_000,
    "[x](javascript:alert(1))",
    "<script>alert(1)</script>",
    "--- \n# heading\n| a | b |",
    "{{ 7*7 }}{% for x in y %}",
    "%s %n {0} {x!r}",
    "../../outside/x",
    "/etc/passwd",
    OUTSIDE,
    "C:\\x",
    "~root/x",
    "-o",
    "--rules=..",
    "\N{PILE OF POO}" * 50,
    "e\u0301" * 300,
    "true",
    "null",
    "1e999",
    "nan",
    "-1",
    "0x10",
    "1_000",
    "9" * 400,
    "1e-400",
    "..",
    "5..1",
    "\u0661\u0662",
)
YAML = (
    '"\\e[31mX"',
    '"\\u202eevil"',
    '["\\e[31mX", "\\u202eevil"]',
    '"\\0"',
    '"\\ud800"',
    "[" * 60 + "]" * 60,
    "[" * 3_000,
    "{a: " * 400 + "1" + "}" * 400,
    "&a [*a, *a]",
    "*nobody",
    "&a [x, x, x]\n&b [*a, *a, *a]",
    "!!python/object/apply:os.system ['touch ../outside/hacked']",
    "!!binary aGVsbG8=",
    "!!set {a, b}",
    "!include " + OUTSIDE,
    "{<<: {a: 1}, b: 2}",
    "{? [a, b] : c}",
    "{a: 1, a: 2}",
    "2026-02-30",
    "2026-11-24T10:00:00Z",
    "1:30:00",
    ".nan",
    "-.inf",
    "1e400",
    "1" * 5_000,
    "0o17",
    "~",
    "yes",
    "''",
    "[]",
    "{}",
    "[[]]",
    "|\n      block\n      \x07bell",
    ">-\n      folded",
    "'unclosed",
    "@reserved",
    "%TAG",
    "x" * 100_000,
    '"' + "< " * 30_000 + '"',
    "../outside",
    OUTSIDE,
    "/proc/self/environ",
    "shipped",
    "[shipped, shipped]",
    "prompt+rag+lora+full+task_head+prompt",
    '">= nothing-here"',
    '">= 1e999"',
    '"< 5..1"',
    "{not: {not: {not: {not: {}}}}}",
    "{any: []}",
    "{all: [{any: [{all: []}]}]}",
    "{tried: prompt}",
    "{no_such_fact: 1}",
    "- a\n- b",
)
"""Values as one would write them after `key:`."""
JSON: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, 10**400, float("nan"), float("inf"), 0.1, [], {}, [[]], [{}],
    {"": ""}, [None] * 50, "x" * 5_000, {"id": "x", "text": "y"}, ["prompt", "prompt"], "prompt",
    *TEXTS,
)  # fmt: skip


def deep(levels: int = 3_000) -> str:
    return "[" * levels + "]" * levels


def text_edited(rnd: random.Random, text: str) -> bytes:
    """A text of lines after a few slips or attacks."""
    lines = text.split("\n")
    for _ in range(rnd.choice((1, 1, 1, 2, 4))):
        _edit_lines(rnd, lines)
    return _spelled(rnd, "\n".join(lines))


def _edit_lines(rnd: random.Random, lines: list[str]) -> None:
    """One edit in place; lines with a key are the ones worth changing."""
    lines[:] = lines or [""]
    keyed = [place for place, line in enumerate(lines) if ":" in line and line.strip()[:1] != "#"]
    place = rnd.choice(keyed or range(len(lines)))
    line = lines[place]
    key, _, value = line.partition(":")
    other = lines[rnd.choice(keyed or range(len(lines)))]
    edit = rnd.randrange(15)
    if edit < 2:
        lines[place] = f"{key}: {rnd.choice(YAML[:5])}"
    elif edit < 5:
        lines[place] = f"{key}: {rnd.choice(YAML)}"
    elif edit == 5:
        lines[place] = f"{key}: {json.dumps(rnd.choice(TEXTS))}"
    elif edit == 6:
        lines[place] = f"{key}:{other.partition(':')[2]}"
    elif edit == 7:
        lines[place] = f"{other.partition(':')[0]}:{value}"
    elif edit == 8:
        del lines[place]
    elif edit == 9:
        lines.insert(place, other)
    elif edit == 10:
        lines[place] = " " * rnd.randrange(9) + line.lstrip()
    elif edit == 11:
        lines.insert(place, f"{' ' * rnd.randrange(6)}{rnd.choice(('no-key', 'id', 'when'))}: x")
    elif edit == 12:
        at = rnd.randrange(len(line) + 1)
        lines[place] = (
            line[:at] + rnd.choice("\t\x00\x1b\u202e:{}[],&*#?|-<>=!%@`'\"\\") + line[at:]
        )
    elif edit == 13:
        lines[place:] = lines[place : place + 1] * rnd.choice((2, 200))
    else:
        lines[place:] = [line[: rnd.randrange(len(line) + 1)]]


def _spelled(rnd: random.Random, text: str) -> bytes:
    """Mostly UTF-8; now and then in another coding, or with bytes that are none."""
    data = text.encode("utf-8", "surrogatepass")
    if rnd.random() < 0.9:
        return data
    at = rnd.randrange(len(data) + 1)
    return rnd.choice(
        (
            b"\xef\xbb\xbf" + data,
            data.replace(b"\n", b"\r\n"),
            data.replace(b"\n", b"\r"),
            text.encode("utf-16", "surrogatepass"),
            data[:at] + b"\xff\xfe\x80" + data[at:],
            data[:at] + bytes(rnd.randrange(256) for _ in range(8)) + data[at:],
            data[:at],
            b"",
            b"\x00" * 100,
        )
    )


def json_edited(rnd: random.Random, document: Any) -> bytes:
    """A JSON document after a few changes to its tree, or to its text."""
    document = json.loads(json.dumps(document))
    for _ in range(rnd.choice((1, 1, 2, 5))):
        places = list(_places(document))
        if not places:
            break
        holder, key = rnd.choice(places)
        what = rnd.randrange(5)
        if what < 3:
            holder[key] = rnd.choice(JSON)
        elif what == 3:
            del holder[key]
        else:
            other, name = rnd.choice(places)
            holder[key] = json.loads(json.dumps(other[name])) if name in _keys(other) else None
    text = json.dumps(document, ensure_ascii=rnd.random() < 0.5)
    chance = rnd.random()
    if chance < 0.03:
        text = text[: rnd.randrange(len(text) + 1)]
    elif chance < 0.05:
        text = text.replace('"', f'{{"x": {deep()}, "', 1)
    elif chance < 0.07:
        text = text.replace("{", '{"schema": 1, "schema": 2, ', 1)
    return _spelled(rnd, text)


def _keys(holder: Any) -> Any:
    return holder if isinstance(holder, dict) else range(len(holder))


def _places(node: Any) -> Any:
    """Every place in a tree: what holds it, and under which key."""
    keys = list(node) if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _places(node[key])
