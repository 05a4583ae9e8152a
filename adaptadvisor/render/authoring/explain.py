"""`explain`: what one row, fact, approach, topic or problem code says, for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from adaptadvisor.authoring import asking, glossary
from adaptadvisor.authoring.problem_codes import PROBLEMS, Explained
from adaptadvisor.errors import BadInput, bad_input, one_of, shown
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

SECTIONS = {
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

INDEXES = ("topics", "all", "index", "list", "problems")
"""What lists everything; the last one lists the problems that a table can have."""

_KINDS = {
    "problems that a rule table cannot be used with": False,
    "findings in a table that can be used": True,
}


@dataclass(frozen=True)
class Answer:
    """What is said of a name."""

    title: str
    blocks: Iterable[Block]

    def noted(self, line: str) -> Answer:
        """The same with a line in front."""
        return Answer(self.title, (Say((line,)), *self.blocks))


def render(table: Table, what: str, width: int = 80, *, colour: bool = False) -> str:
    """What has this id, alias, name or title, however it is spelled (`glossary.key`).

    `BadInput` with what is nearest in meaning where nothing has it; an answer is never given for
    another word that only looks alike.
    """
    page = Page(width, colour=colour)
    answer = find(table, what)
    blocks = list(answer.blocks)
    page.title(answer.title)
    write(page, (*blocks, *_sources(table, blocks)))
    return page.text()


_SHOWN = 5
_IN_ASCII = str.maketrans({"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00df": "ss"})
"""German letters as tables, which are plain ASCII, write them."""

_IN_SHORT = 5
"""Lines of a list that are shown of each of two things."""


def overview(table: Table, width: int = 80, *, colour: bool = False) -> str:
    """What there is to explain: of each kind the number, and a few to begin with."""
    page = Page(width, colour=colour)
    page.title("What can be explained")
    page.say("Any of these by its id or name, and any word of the field as people type it.")
    page.lines.append("")
    for section, (title, _) in SECTIONS.items():
        ids = list(getattr(table, section))
        more = f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else ""
        page.say(f"{title}: {', '.join(ids[:_SHOWN])}{more}", mark="- ")
    page.heading("To begin with")
    for words, what in _FIRST.items():
        page.say(what, mark=f"adaptadvisor explain {words}: ")
    return page.text()


_FIRST = {
    "rag": "one of the five approaches",
    "what is catastrophic forgetting": "a question, as you would ask it",
    "topics": "every id and topic that there is",
    "problems": "the codes that rules lint, prove and test report",
}


def find(table: Table, what: str) -> Answer:
    """What is said of a word; `BadInput` as above."""
    for section in SECTIONS:  # the fact keep_general and the limit keep-general are two
        if what in getattr(table, section):
            return _row(table, section, what)
    known = dict(names(table))
    if not what.strip():
        right = (
            "`adaptadvisor explain rag` explains a word, `adaptadvisor explain` says what there is"
        )
        raise bad_input("missing-value", f"needs a word; {right}", "explain")
    if not glossary.key(what):
        raise _unknown(table, what, known)
    if found := _of_two(table, known, what) or _of_one(table, known, what):
        return found
    if abroad := _abroad(table, what):
        return abroad().noted(f'English only: for "{shown(what)}" read "{abroad.label}".')
    meant = asking.corrected(what, _vocabulary(table))
    if meant and (found := _of_two(table, known, meant) or _of_one(table, known, meant)):
        return found.noted(f'There is no entry for "{shown(what)}"; this one is for "{meant}".')
    raise _unknown(table, what, known)


def _of_one(table: Table, known: Mapping[str, Named], what: str) -> Answer | None:
    """The answer for the one thing that is asked about."""
    one = _exactly(known, what) or _in_another_order(table, what)
    if one:
        whole = not asking.asks_more(what) or _typed_so(table, one, what)
        return one() if whole else one.nearest_to(what)
    inside = next((known[key] for key in glossary.within(what) if key in known), None)
    return inside.nearest_to(what) if inside else None


def _exactly(known: Mapping[str, Named], what: str) -> Named | None:
    one = next((known[key] for key in glossary.keys(what) if key in known), None)
    return one or _by_stem(known, what)


def _typed_so(table: Table, one: Named, what: str) -> bool:
    """Whether a topic has this very question as a title or an alias."""
    topic = table.topics.get(one.label)
    said = (topic.title, *topic.aliases) if topic else ()
    return re.findall(r"\w+", what.lower()) in [re.findall(r"\w+", words.lower()) for words in said]


def _of_two(table: Table, known: Mapping[str, Named], what: str) -> Answer | None:
    """Of two things side by side the topic that compares them, else both in short."""
    pair = _both(known, what)
    if not pair:
        return None
    for topic in table.topics.values():
        for words in (topic.id, *topic.aliases, topic.title):
            if _both(known, words) in (pair, pair[::-1]):
                return Named(topic.id, table, "topics")()
    short = [block for one in pair for block in one.in_short()]
    line = f'There is no entry for "{shown(what)}" as a whole; here is each by itself.'
    return Answer(" or ".join(one.name for one in pair), (Say((line,)), *short))


def _both(known: Mapping[str, Named], what: str) -> tuple[Named, Named] | None:
    sides = asking.sides(what)
    if sides is None:
        return None
    one, other = (_exactly(known, side) for side in sides)
    both = one and other and one.section and other.section and one != other
    return (one, other) if one and other and both else None


def _abroad(table: Table, what: str) -> Named | None:
    """The topic that a word of another language stands for."""
    word = glossary.key(what.lower().translate(_IN_ASCII))
    for topic in table.topics.values():
        if word in map(glossary.key, topic.abroad):
            return Named(topic.id, table, "topics")
    return None


def _vocabulary(table: Table) -> set[str]:
    """Every word by which something here is called."""
    said = [text for topic in table.topics.values() for text in (topic.title, *topic.aliases)]
    for section in SECTIONS:
        if section not in ("sources", "precedents"):
            rows = getattr(table, section).items()
            said += [text for id, row in rows for text in (id, writers.name_of(row))]
    return {word for text in said for word in glossary.tokens(text)}


def _by_stem(known: Mapping[str, Named], what: str) -> Named | None:
    """The one thing whose key differs in its ending only."""
    stems: dict[str, set[Named]] = {}
    for key, found in known.items():
        stems.setdefault(glossary.stem(key), set()).add(found)
    for key in glossary.keys(what):
        alike = stems.get(glossary.stem(key), set())
        if len(alike) == 1:
            return next(iter(alike))
    return None


def _in_another_order(table: Table, what: str) -> Named | None:
    """The one topic that is called by the same words in another order."""
    asked = glossary.shuffled(what)
    found = {
        topic.id
        for topic in table.topics.values()
        if any(glossary.shuffled(words) == asked for words in (topic.title, *topic.aliases))
    }
    return Named(found.pop(), table, "topics") if len(found) == 1 else None


def _unknown(table: Table, what: str, known: Mapping[str, Named]) -> BadInput:
    """Words that are nearest in meaning; a word that differs by a slip of the fingers first."""
    message = f'nothing here is called "{shown(what)}"'
    slip = glossary.mistyped(what, known)
    if slip:
        message += f'; did you mean "{known[slip].label}"?'
    texts = {
        topic.id: (" ".join((topic.id, topic.title, *topic.aliases)), topic.text)
        for topic in table.topics.values()
    }
    for section in SECTIONS:
        if section not in ("topics", "sources", "precedents"):
            rows = getattr(table, section).items()
            texts |= {id: (f"{id} {writers.name_of(row)}", "") for id, row in rows}
    near = [id for id in glossary.nearest(what, texts) if not slip or id != known[slip].label]
    if near:
        message += f"; {'also ' if slip else ''}nearest in meaning: {one_of(near)}"
    return bad_input("unknown-id", f"{message} (`adaptadvisor explain topics` lists all)")


@dataclass(frozen=True)
class Named:
    """Something with a name, whose answer is made when it is asked for; `label` is its id."""

    label: str
    table: Table = field(compare=False, repr=False)
    section: str = ""

    def __call__(self) -> Answer:
        if self.section:
            return _row(self.table, self.section, self.label)
        if self.label in PROBLEMS:
            return _problem(self.label, PROBLEMS[self.label])
        return _index(self.table, self.label)

    def nearest_to(self, what: str) -> Answer:
        """The same, with a line that says that it is not quite what was asked for."""
        line = f'There is no entry for "{shown(what)}" as a whole; this one is nearest in meaning.'
        return self().noted(line)

    @property
    def name(self) -> str:
        """What people call it, without a question around it."""
        row = getattr(self.table, self.section)[self.label]
        return getattr(row, "name", "") or self.label.replace("-", " ")

    def in_short(self) -> Iterator[Block]:
        """What it says first, under its title, and where the rest is."""
        answer = self()
        say, *rest = answer.blocks
        yield Heading(self.name)
        yield say
        yield from (Items(block.items[:_IN_SHORT]) for block in rest if isinstance(block, Items))
        yield Say((f"More: adaptadvisor explain {self.label}",))


def names(table: Table) -> Iterator[tuple[str, Named]]:
    """Everything that can be asked for by its key; of two things with one key the later counts."""
    yield from ((glossary.key(code), Named(code, table)) for code in PROBLEMS)
    for section in reversed([section for section in SECTIONS if section != "topics"]):
        for id, row in getattr(table, section).items():
            one = Named(id, table, section)
            name = writers.name_of(row) if section not in ("sources", "precedents") else ""
            yield from ((glossary.key(words), one) for words in glossary.names(name) if words)
    topics = {topic.id: Named(topic.id, table, "topics") for topic in table.topics.values()}
    for id, one in topics.items():
        yield from ((key, one) for key in glossary.spellings(table.topics[id]))
    for section in reversed([section for section in SECTIONS if section != "topics"]):
        for id in getattr(table, section):
            yield glossary.key(id), Named(id, table, section)
    yield from ((glossary.key(id), one) for id, one in topics.items())
    for name in INDEXES:
        yield glossary.key(name), Named(name, table)


def _row(table: Table, section: str, id: str) -> Answer:
    row = getattr(table, section)[id]
    title = f"{titled(id, writers.name_of(row))} ({SECTIONS[section][1]})"
    return Answer(title, writers.blocks(table, row))


def _problem(code: str, explained: Explained) -> Answer:
    kind = "a finding in" if explained.finding else "a problem of"
    return Answer(
        f"{code} ({kind} a rule table)",
        (Say((explained.says,)), Items(tuple(notes(("What to do", explained.mend))))),
    )


def _index(table: Table, name: str) -> Answer:
    if name == "problems":
        names: dict[str, Iterable[str]] = {
            title: [code for code, explained in PROBLEMS.items() if explained.finding is finding]
            for title, finding in _KINDS.items()
        }
    else:
        names = {
            title: getattr(table, section)
            for section, (title, _) in SECTIONS.items()
            if section in ("facts", *LINKED)
        }
    lists = [(Heading(title), Say((", ".join(ids),))) for title, ids in names.items()]
    return Answer("Everything that can be explained", [block for pair in lists for block in pair])


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
