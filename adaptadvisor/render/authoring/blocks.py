"""What a page about a table is made of, as Markdown with links or as text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from adaptadvisor.page import Page
from adaptadvisor.render.markup import address_of, code, grid, inline
from adaptadvisor.table.conditions import All, Condition, Test, describe
from adaptadvisor.table.speech import capital

_FLAG = re.compile(r"--[a-z0-9-]+")


@dataclass(frozen=True)
class Span:
    """A few words of a text with a meaning of their own."""

    words: str


class Word(Span):
    """A word to be typed exactly so."""


class Ref(Span):
    """The id of a row, a fact or an approach, which leads to it."""


class Anchor(Span):
    """The id of something that has no heading: references to it lead here."""


class Section(Span):
    """The title of a section of this page."""


class Address(Span):
    """Where a source can be found."""


Text: TypeAlias = tuple[str | Span, ...]


@dataclass(frozen=True)
class Heading:
    """The start of a section of the page."""

    title: str


@dataclass(frozen=True)
class Entry:
    """The start of a row, with its name, if any; references to its id lead here."""

    id: str
    name: str = ""


@dataclass(frozen=True)
class Say:
    """A paragraph."""

    text: Text


@dataclass(frozen=True)
class Item:
    """A line of a list with a label in front; `level` counts from 0."""

    label: Text
    text: Text
    level: int = 0


@dataclass(frozen=True)
class Items:
    """A list, one or two levels deep."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Grid:
    """A small table."""

    head: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]


Block: TypeAlias = Heading | Entry | Say | Items | Grid


# ---- phrases ----


def titled(id: str, name: str) -> str:
    """`The task itself [do-the-task]`; the id alone where there is no name."""
    return f"{capital(name)} [{id}]" if name else id


def condition_words(condition: Condition) -> Text:
    """The words of `conditions.describe`, in which every fact is a reference."""
    if isinstance(condition, Test):
        return (Ref(condition.fact), describe(condition).removeprefix(condition.fact))
    parts = [_bracketed(part) for part in condition.parts]
    return joined(parts, ", and " if isinstance(condition, All) else ", or ") or ("always",)


def _bracketed(part: Condition) -> Text:
    words = condition_words(part)
    return ("(", *words, ")") if not isinstance(part, Test) and len(part.parts) > 1 else words


def joined(parts: Iterable[Text], between: str = ", ") -> Text:
    """The parts as one text."""
    found: Text = ()
    for part in parts:
        found = (*found, between, *part) if found else part
    return found


def refs(ids: Iterable[str]) -> Text:
    """References, with commas between them."""
    return joined((Ref(id),) for id in ids)


def cited(sources: tuple[str, ...]) -> Text:
    """Sources in brackets, at the end of a sentence."""
    return (" (", *refs(sources), ")") if sources else ()


def notes(*pairs: tuple[str, str | Text]) -> Iterator[Item]:
    """Labelled lines; those without text are left out."""
    for label, words in pairs:
        if words:
            yield Item((label,), (words,) if isinstance(words, str) else words)


# ---- the two formats ----


def as_markdown(block: Block) -> str:
    """A block of GitHub Markdown."""
    if isinstance(block, Heading):
        return f"## {inline(block.title)}"
    if isinstance(block, Entry):
        if not block.name:
            return f"### {code(block.id)}"
        return f"### {inline(capital(block.name))} ({_span(Anchor(block.id))})"
    if isinstance(block, Say):
        return marked_up(block.text)
    if isinstance(block, Items):
        return "\n".join(f"{'  ' * item.level}- {_labelled(item)}" for item in block.items)
    return grid(map(inline, block.head), (map(marked_up, row) for row in block.rows))


def _labelled(item: Item) -> str:
    label, text = marked_up(item.label), marked_up(item.text)
    if all(isinstance(part, str) for part in item.label):
        return f"**{label}:** {text}".rstrip() if label else text
    return f"{label}: {text}"


def marked_up(text: Text) -> str:
    """Text as Markdown, with links."""
    return "".join(map(_span, text))


def _span(part: str | Span) -> str:
    if isinstance(part, str):  # `inline` takes the blanks at both ends away
        before, after = (" " if end.isspace() else "" for end in (part[:1], part[-1:]))
        return f"{before}{inline(part)}{after}" if part.strip() else part
    if isinstance(part, Word):
        return f"`{part.words}`" if _FLAG.fullmatch(part.words) else code(part.words)
    if isinstance(part, Section):
        return f"[{inline(part.words)}](#{part.words.lower().replace(' ', '-')})"
    if isinstance(part, Address):
        return address_of(part.words)
    if isinstance(part, Ref):
        return f"[{code(part.words)}](#{part.words})"
    return f'<a name="{part.words}"></a>{code(part.words)}'


def write(page: Page, blocks: Iterable[Block]) -> None:
    """Writes blocks on a page for a terminal."""
    before: Block | None = None
    for block in blocks:
        if isinstance(block, Say) and isinstance(before, Say):
            page.lines.append("")
        _on_page(page, block)
        before = block


def _on_page(page: Page, block: Block) -> None:
    if isinstance(block, Heading):
        page.heading(block.title.upper())
    elif isinstance(block, Entry):
        page.heading(titled(block.id, block.name))
    elif isinstance(block, Say):
        page.say(spoken(block.text))
    elif isinstance(block, Items):
        for item in block.items:
            label = f"{spoken(item.label)}: " if item.label else ""
            page.say(f"{label}{spoken(item.text)}", 2 * item.level, mark="- ")
    else:
        for row in block.rows:
            first, *others = map(spoken, row)
            cells = zip(block.head[1:], others, strict=True)
            page.say(f"{first}. {'; '.join(f'{head}: {c}' for head, c in cells if c)}", mark="- ")


def spoken(text: Text) -> str:
    """Text without links."""
    return "".join(part if isinstance(part, str) else part.words for part in text)
