"""One HTML file: no script, no network; for phones, paper, dark rooms and screen readers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.render import picture, words
from adaptadvisor.render.markdown import link
from adaptadvisor.render.path import in_words
from adaptadvisor.table.facts import show


def render(advice: Recommendation) -> str:
    """The page. Every text goes through autoescaping."""
    page: str = (
        _environment()
        .get_template("page.html")
        .render(
            advice=advice,
            **picture.shown(advice),
            path=in_words(advice),
            family=words.family_words(advice),
            flips=words.known_flips(advice),
            numbered=words.numbered(advice).values(),
            cite=lambda sources: _cited(sources, advice),
            leaving=lambda row: words.leaving(row, advice),
        )
    )
    return page


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "show": show,
        "plan": words.plan_words,
        "link": link,
        "g": "{:g}".format,
    }
    environment.globals["words"] = words
    return environment


def _cited(sources: Iterable[str], advice: Recommendation) -> list[tuple[int, str]]:
    """Numbers and ids of sources, as the list at the end has them."""
    numbers = words.numbered(advice)
    return [(numbers[id][0], id) for id in sources if id in numbers]
