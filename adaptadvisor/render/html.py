"""One HTML file: no script, no network; for phones, paper, dark rooms and screen readers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.render import after, bills, odds, picture, summary, tried, words
from adaptadvisor.render.markup import links
from adaptadvisor.render.numbering import InOrder
from adaptadvisor.table.speech import capital, plan_words

if TYPE_CHECKING:
    from jinja2 import Template


FACTS, STEPS, FEW = 9, 4, 3
"""Answers and steps that the summary shows, and open questions that are not folded."""


def render(advice: Recommendation) -> str:
    """The page. Every text goes through autoescaping."""
    numbers = InOrder(advice.sources)
    bars = summary.bars(advice)
    return template("page.html").render(
        advice=advice,
        **picture.shown(advice),
        known=summary.known(advice),
        changes=[*summary.changes(advice)],
        bars=bars,
        odds=odds.odds_words(advice),
        odds_known=any(bar.odds for bar in bars),
        facts_shown=FACTS,
        steps_shown=STEPS,
        few=FEW,
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
    environment.filters |= {"plan": plan_words, "capital": capital, "g": "{:g}".format}
    environment.globals |= {
        "words": words,
        "bills": bills,
        "after": after,
        "tried": tried,
        "links": links,
        "clause": summary.clause,
        "always": summary.always,
    }
    return environment.get_template(name)
