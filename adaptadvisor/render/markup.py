"""Markdown from parts, in which no text from outside becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count

from adaptadvisor.errors import printable
from adaptadvisor.table.speech import plan_words

_JOINER = "\u2060"
"""Invisible; it splits what would otherwise become a mention or a link to an issue."""

_MARKUP = re.compile(
    r"[\\`*\[\]<>|~&$]|:(?=//)|(?<=:)/(?=/)|(?<=\bwww)\.|(?<![^\W_])_|_(?![^\W_])",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"(@(?=\w)|#(?=\d)|\bGH-(?=\d)|:(?=[\w+-]+:)|\b[0-9a-f](?=[0-9a-f]{39}\b))",
    re.IGNORECASE,
)
_AT_THE_START = re.compile(r"([#+\-=]|\d+(?=[.)]))")
_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?([/?#][^\s<>\"'`\\^{}|]*)?")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")


def inline(text: str) -> str:
    r"""Text for any place in a line: no markup, mention, reference or link, not even a web address.

    >>> print(inline("a|b *c* <d> https://e.example"))
    a\|b \*c\* \<d\> https\:\//e.example
    """
    plain = _MARKUP.sub(r"\\\g<0>", " ".join(printable(text).split()))
    plain = f"{plain[:-1]}\\#" if plain.endswith("#") else plain
    if start := _AT_THE_START.match(plain):
        before = start.end() if start[1].isdigit() else 0
        plain = f"{plain[:before]}\\{plain[before:]}"
    return _REFERENCE.sub(rf"\g<1>{_JOINER}", plain)


def name(approach: str) -> str:
    """An approach as people call it."""
    return inline(plan_words([approach]))


def code(word: str) -> str:
    """An id as code; a word that cannot be an id as text."""
    return f"`{word}`" if _ID.fullmatch(word) else inline(word)


def explain(row: str) -> str:
    """Where a row is explained."""
    return f"`explain {row}`" if _ID.fullmatch(row) else f"`explain` {inline(row)}"


def joined(*parts: Iterable[str]) -> str:
    return "\n\n".join(line for part in parts for line in part if line) + "\n"


def quoted(text: str) -> str:
    return "\n>\n".join(f"> {inline(line)}" for line in text.split("\n") if line.strip())


def grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; the cells are Markdown already."""
    head = tuple(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def listed(items: Iterable[str], mark: str = "-") -> str:
    marks = (f"{number}." if mark == "1." else mark for number in count(1))
    return "\n".join(f"{mark} {item}" for mark, item in zip(marks, items, strict=False))


def folded(heading: str, body: Iterable[str]) -> Iterator[str]:
    """A part that opens where a reader asks for it; the heading is Markdown without markup."""
    yield f"<details>\n<summary>{heading}</summary>"
    yield from body
    yield "</details>"


def link(address: str) -> str:
    """Where a source can be opened; empty for what is no plain web address or arXiv number."""
    if re.fullmatch(r"arXiv:\d{4}\.\d{4,5}", address):
        return f"https://arxiv.org/abs/{address[6:]}"
    return address if _WEB.fullmatch(address) else ""


def links(address: str) -> list[tuple[str, str]]:
    """The parts of an address, each with where it can be opened, or nothing."""
    return [(part, link(part)) for part in address.split(" ; ")]


def address_of(address: str) -> str:
    """The address of a source: the only text that is a link."""
    return "; ".join(_linked(part, found) for part, found in links(address))


def _linked(address: str, found: str) -> str:
    if not found:
        return inline(address)
    return f"<{found}>" if found == address else f"[{inline(address)}](<{found}>)"
