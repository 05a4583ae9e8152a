"""One HTML file: no script, no network; for phones, paper, dark rooms and screen readers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.render import picture, words
from adaptadvisor.render.markdown import link
from adaptadvisor.render.path import in_words
from adaptadvisor.table import speech
from adaptadvisor.table.facts import show

if TYPE_CHECKING:
    from jinja2 import Template


def render(advice: Recommendation) -> str:
    """The page. Every text goes through autoescaping."""
    numbers = words.numbered(advice)
    return template("page.html").render(
        advice=advice,
        **picture.shown(advice),
        path=in_words(advice),
        family=words.family_words(advice),
        flips=words.known_flips(advice),
        numbered=numbers.values(),
        numbers=numbers,
        cite=lambda sources: words.citations(sources, numbers),
        leaving=lambda row: words.leaving(row, advice),
        answers=lambda given: words.answers_words(advice, given),
        fact=lambda id: words.fact_name(advice, id),
        together=lambda given: words.together(advice, given),
        answer=lambda row, id: words.answer(advice, row, id),
    )


@cache
def template(name: str) -> Template:
    """A template in which every text is escaped and every undefined name an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters = {"show": show, "plan": speech.plan_words, "link": link, "g": "{:g}".format}
    environment.filters |= filters
    environment.globals |= {"words": words, "speech": speech}
    return environment.get_template(name)
