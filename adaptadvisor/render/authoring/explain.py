"""`explain`: what one row, fact, approach, topic or problem code says, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from adaptadvisor.authoring.problem_codes import PROBLEMS, Explained
from adaptadvisor.errors import bad_input, nearest, one_of, shown
from adaptadvisor.page import Page
from adaptadvisor.render.authoring import writers
from adaptadvisor.render.authoring.blocks import (
    Block,
    Grid,
    Heading,
    Item,
    Items,
    Ref,
    Say,
    notes,
    titled,
    write,
)
from adaptadvisor.table.rows import LINKED, Table

_SECTIONS = {
    "approaches": ("approaches", "an approach"),
    "facts": ("facts", "a fact"),
    "needs": ("needs", "a need"),
    "limits": ("limits", "a limit"),
    "readiness": ("first steps", "a first step"),
    "variants": ("variants", "a variant"),
    "families": ("model families", "a model family"),
    "checks": ("checks", "a failure mode and its check"),
    "symptoms": ("symptoms", "a symptom of a run that fell short"),
    "topics": ("topics", "a topic"),
    "thresholds": ("thresholds", "a threshold"),
    "sources": ("sources", "a source"),
    "precedents": ("precedents", "a precedent"),
}
"""What all rows of a section are called, and what one is."""


@dataclass(frozen=True)
class _Answer:
    """What is said of a name; `row` is the id of the row that it names, if any."""

    title: str
    blocks: Iterable[Block]
    row: str = ""


def render(table: Table, what: str, width: int = 80, *, colour: bool = False) -> str:
    """What has this id, alias or title; case, blanks, dashes and underscores do not matter.

    `BadInput` with the nearest name where nothing has it.
    """
    page = Page(width, colour=colour)
    answer = _find(table, what)
    blocks = list(answer.blocks)
    page.title(answer.title)
    write(page, (*blocks, *_sources(table, blocks)))
    return page.text()


def _find(table: Table, what: str) -> _Answer:
    for section in _SECTIONS:  # the fact keep_general and the limit keep-general are two
        if what in getattr(table, section):
            return _row(table, section, what)
    names = dict(_names(table))
    found = names.get(_plain(what))
    if found is None:
        known = [*(id for section in _SECTIONS for id in getattr(table, section)), *PROBLEMS]
        hint = nearest(_plain(what), [*map(_plain, known), *known]) or _sharing_a_word(names, what)
        message = f'nothing here is called "{shown(what)}"{hint}'
        raise bad_input("unknown-id", f"{message} (`adaptadvisor explain topics` lists all)")
    return found


def _sharing_a_word(names: Mapping[str, _Answer], what: str) -> str:
    """`; see mlm or nsp` for what has a long word in common with the question."""
    words = {word for word in _plain(what).split("-") if len(word) > 3}
    found = {answer.row for name, answer in names.items() if words & set(name.split("-"))} - {""}
    return f"; see {one_of(sorted(found)[:4])}" if found else ""


def _plain(name: str) -> str:
    return "-".join(name.lower().replace("_", " ").replace("-", " ").replace("?", "").split())


def _names(table: Table) -> Iterator[tuple[str, _Answer]]:
    """All names; where two things have one name, the later one here wins."""
    yield from ((code, _problem(code, explained)) for code, explained in PROBLEMS.items())
    for topic in table.topics.values():
        aliases = (*topic.aliases, topic.title)
        yield from ((_plain(alias), _row(table, "topics", topic.id)) for alias in aliases)
    for section in reversed(_SECTIONS):
        yield from ((_plain(id), _row(table, section, id)) for id in getattr(table, section))
    index = _index(
        {
            title: getattr(table, section)
            for section, (title, _) in _SECTIONS.items()
            if section in ("facts", *LINKED)
        }
    )
    yield from ((name, index) for name in ("topics", "all", "index", "list"))
    kinds = {
        "problems that a rule table cannot be used with": False,
        "findings in a table that can be used": True,
    }
    codes = {
        title: [code for code, explained in PROBLEMS.items() if explained.finding is finding]
        for title, finding in kinds.items()
    }
    yield "problems", _index(codes)


def _row(table: Table, section: str, id: str) -> _Answer:
    row = getattr(table, section)[id]
    title = f"{titled(id, writers.name_of(row))} ({_SECTIONS[section][1]})"
    hidden = section in ("sources", "precedents")
    return _Answer(title, writers.blocks(table, row), "" if hidden else id)


def _problem(code: str, explained: Explained) -> _Answer:
    kind = "a finding in" if explained.finding else "a problem of"
    return _Answer(
        f"{code} ({kind} a rule table)",
        (Say((explained.says,)), Items(tuple(notes(("What to do", explained.mend))))),
    )


def _index(names: Mapping[str, Iterable[str]]) -> _Answer:
    lists = [(Heading(title), Say((", ".join(ids),))) for title, ids in names.items()]
    return _Answer("Everything that can be explained", [block for pair in lists for block in pair])


def _sources(table: Table, blocks: Iterable[Block]) -> Iterator[Block]:
    """The sources that the blocks refer to, with their titles."""
    ids = sorted(_referred(blocks) & table.sources.keys())
    if ids:
        yield Heading("Sources")
    for source in map(table.sources.__getitem__, ids):
        words = f"{source.title}, {source.year}. {source.address} ({source.strength})"
        yield Items((Item((source.id,), (words,)),))


def _referred(blocks: Iterable[Block]) -> set[str]:
    texts = []
    for block in blocks:
        if isinstance(block, Say):
            texts.append(block.text)
        elif isinstance(block, Items):
            texts += [text for item in block.items for text in (item.label, item.text)]
        elif isinstance(block, Grid):
            texts += [cell for row in block.rows for cell in row]
    return {part.words for text in texts for part in text if isinstance(part, Ref)}
