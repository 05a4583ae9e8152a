"""Words of the glossary that two topics claim, or that never lead to the topic that has them."""

from __future__ import annotations

from collections.abc import Iterator

from adaptadvisor.authoring import glossary
from adaptadvisor.authoring.places import own, problem, rows, within
from adaptadvisor.errors import Problem
from adaptadvisor.reading.tables import Loaded
from adaptadvisor.table.rows import SECTIONS


def same_spelling(loaded: Loaded) -> Iterator[Problem]:
    """Aliases and titles of a topic that are those of another topic, or the id of a row."""
    others = [section for section in SECTIONS if section != "topics"]
    ids = {glossary.key(path.split("/")[1]) for path, _ in rows(loaded, *others)}
    claimed: dict[str, str] = {}
    for path, topic in rows(loaded, "topics"):
        place = within(loaded, path, "aliases")
        for key in glossary.spellings(topic):
            other = claimed.setdefault(key, topic.id)
            if other != topic.id:
                message = f'the topics "{other}" and "{topic.id}" both answer to "{key}"'
                mine = own(loaded, path)
                yield problem(
                    loaded, "same-spelling", place if mine else f"topics/{other}", message
                )
        others_than_it = ids - {glossary.key(topic.id)}
        for alias in topic.aliases if own(loaded, path) else ():
            if glossary.key(alias) in others_than_it:
                message = f'"{alias}" is the id of a row and never leads to the topic "{topic.id}"'
                yield problem(loaded, "same-spelling", place, message)
