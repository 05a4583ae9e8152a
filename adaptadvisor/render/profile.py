"""A profile of data, in words and as JSON. Nothing of the content unless it is handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from adaptadvisor.advice.recommendation import as_data
from adaptadvisor.errors import shown
from adaptadvisor.evidence.data.corpus import Corpus
from adaptadvisor.evidence.data.document import SCHEMA, Around, Excerpt
from adaptadvisor.evidence.data.profile import Length, Profile
from adaptadvisor.evidence.data.seen import Seen
from adaptadvisor.evidence.data.tokens import RULE
from adaptadvisor.page import Page
from adaptadvisor.render.as_json import document
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import beside

_MOST_PLACES = 5
_MOST_CLASSES = 12
_MOST_LANGUAGES = 4


class Content(NamedTuple):
    """What of the content is shown: the beginning of a text, by file and line; names of classes."""

    texts: Mapping[tuple[str, int], str]


def as_text(
    found: Profile,
    facts: Mapping[str, Seen],
    table: Table,
    width: int = 80,
    *,
    content: Content | None = None,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The page: what is in the data, what is wrong with it, and which facts it sets."""
    page = Page(width, colour=colour, plain=plain)
    page.title(_headline(found))
    for name, says in (*_holds(found, content), *_documents(found.corpus)):
        page.say(says, mark=f"- {name}: ")
    faults = list(_faults(found))
    page.heading("What to look at" if faults else "Nothing that stands out")
    for name, says in faults:
        page.say(says, mark=f"- {name}: ")
    if not faults:
        page.say("No copies, conflicting labels, empty or cut-off rows, and no leak was seen.")
    _places(page, found, content)
    page.heading("Facts that this sets" if facts else "No fact is set by this")
    for id, seen in facts.items():
        fact = table.facts[id]
        page.say(f"{beside(fact, seen.value)}. {seen.because}", mark=f"- {fact.name}: ")
    page.lines.append("")
    page.say("Nothing left this machine.", dim=True)
    return page.text()


def as_json(found: Profile, facts: Mapping[str, Seen], content: Content | None = None) -> str:
    """The same for programs. Classes have numbers for names unless the content is shown."""
    around = Around(
        schema=SCHEMA,
        classes=tuple(found.classes.values()) if content is None else found.classes,
        facts={id: seen.value for id, seen in facts.items()},
        because={id: seen.because for id, seen in facts.items()},
        content=tuple(
            Excerpt(file=file, line=line, text=text)
            for (file, line), text in (content.texts if content else {}).items()
        ),
    )
    return document(as_data(found) | as_data(around))


def _headline(found: Profile) -> str:
    parts = [f"{found.rows:,} row{'s' * (found.rows != 1)}"]
    if found.examples:
        parts.append(f"{found.examples:,} different examples")
    if found.pairs:
        parts.append(f"{found.pairs:,} different preference pairs")
    if found.classes:
        parts.append(f"{len(found.classes):,} class{'es' * (len(found.classes) != 1)}")
    return ", ".join(parts)


def _holds(found: Profile, content: Content | None) -> Iterator[tuple[str, str]]:
    if found.classes:
        yield "Classes", _classes(found, content)
    how = "counted by your tokenizer" if found.exact else RULE
    if found.inputs.longest:
        yield "Input length", f"{_length(found.inputs)}; {how}."
    if found.outputs.longest:
        yield "Output length", f"{_length(found.outputs)}."
    if found.languages:
        shares = list(found.languages.items())[:_MOST_LANGUAGES]
        words = ", ".join(f"{name} ({_share(share)})" for name, share in shares)
        yield "Language", f"likely {words}, by script and common words."
    if found.eval_rows is not None:
        yield "Evaluation set", f"{found.eval_rows:,} rows with text."


def _classes(found: Profile, content: Content | None) -> str:
    sizes = list(found.classes.values())
    says = f"{len(sizes):,}, of {sizes[-1]:,} to {sizes[0]:,} different examples"
    if found.from_outputs:
        says += " (the outputs are short and few, so they count as labels)"
    if found.several_labels:
        says += f"; {found.several_labels:,} examples have more than one"
    if content is not None:
        named = [f"{shown(name)} {size:,}" for name, size in found.classes.items()]
        more = ", ..." if len(named) > _MOST_CLASSES else ""
        says += f": {', '.join(named[:_MOST_CLASSES])}{more}"
    return f"{says}."


def _length(length: Length) -> str:
    middle = f"typically {length.typical:,} tokens"
    return f"{middle}, nine in ten at most {length.long:,}, the longest {length.longest:,}"


def _share(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "under 1%"


def _documents(corpus: Corpus | None) -> Iterator[tuple[str, str]]:
    if corpus is not None:
        says = f"{corpus.tokens:,} tokens in {corpus.files:,} files"
        if corpus.unread:
            kinds = ", ".join(f"{number:,} {kind}" for kind, number in corpus.unread.items())
            says += f"; not read: {kinds}"
        yield "Documents", f"{says}."


def _faults(found: Profile) -> Iterator[tuple[str, str]]:
    if found.leakage is not None and found.leakage.level != "passed":
        yield "Leakage", " ".join((*found.leakage.says[:1], *found.leakage.do))
    if found.conflicts:
        yield (
            "Conflicting labels",
            f"{found.conflicts:,} rows have other labels for the same input.",
        )
    if found.repeated:
        says = f"{found.repeated:,} rows repeat an earlier one but for case and punctuation."
        yield "Copies", says
    if found.near_duplicates:
        about = "about " if found.near_sampled else ""
        rows = f"at least {about}{found.near_duplicates:,} rows"
        yield "Near copies", f"{rows} share half of their text with an earlier one (an estimate)."
    if found.empty:
        yield "Empty", f"{found.empty:,} rows have no input."
    if found.unanswered and (found.examples or found.pairs):
        yield "Without an answer", f"{found.unanswered:,} rows have neither output nor label."
    if found.cut_off:
        yield "Cut off", f"{found.cut_off:,} long texts end in dots or at the same greatest length."
    if found.personal:
        kinds = ", ".join(f"{kind} in {number:,} rows" for kind, number in found.personal.items())
        says = f"a hint, no proof: {kinds}. Names and addresses are not looked for."
        yield "Personal data", f"{says} If it is so, state sensitive_data."


def _places(page: Page, found: Profile, content: Content | None) -> None:
    """Where some of what was found is."""
    for says in dict.fromkeys(place.says for place in found.places):
        these = [place for place in found.places if place.says == says][:_MOST_PLACES]
        where = ", ".join(f"{shown(place.file, 200)}:{place.line}" for place in these)
        page.say(where, 2, mark=f"{says}: ", dim=True)
        for place in these if content else ():
            text = content.texts.get((place.file, place.line), "") if content else ""
            page.say(shown(text, 120), 4, mark=f"{place.line}: ", dim=True)


def shown_places(found: Profile) -> Sequence[tuple[str, int]]:
    """The places whose text a page with content shows."""
    return [(place.file, place.line) for place in found.places]
