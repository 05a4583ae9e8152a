"""What a model needs on cards, in words that every format shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adaptadvisor.costs.report import Fitting, Hardware, PartsOfMemory
from adaptadvisor.costs.spans import Span
from adaptadvisor.page import Page
from adaptadvisor.render.markup import grid, inline, listed
from adaptadvisor.render.words import capital

HEADING = "What fits"
HEAD = ("Way", "GB of a card", "Verdict", "What would help first")
PARTS = "Parts, in GB of a card"
PARTS_HEAD = (
    "Way",
    "Weights",
    "Gradients",
    "Optimiser",
    "Activations",
    "Loss",
    "Cache",
    "Overhead",
)
_NAMES = ("weights", "gradients", "optimiser", "activations", "loss", "cache", "overhead")
_WIDTHS = (22, 22)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """The rows of the table, the parts, and what is assumed."""

    headline: str
    rows: tuple[tuple[str, str, str, str], ...]
    parts: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def fits_of(found: Hardware) -> Fits:
    return Fits(
        headline=found.headline,
        rows=tuple(_row(one) for one in found.fittings),
        parts=tuple((capital(one.name), *_parts(one.parts)) for one in found.fittings),
        notes=tuple(_notes(found)),
    )


def _row(one: Fitting) -> tuple[str, str, str, str]:
    verdict = one.verdict or "no cards given"
    if one.divided:
        verdict += f", {one.divided}"
    if one.at_once:
        verdict += f"; {one.at_once:,} at a time"
    return capital(one.name), gb_words(one.gb), verdict, _lever(one)


def _lever(one: Fitting) -> str:
    if one.verdict != "does not fit":
        return ""
    if one.lever is None or one.lever_gb is None:
        return "no single change is enough"
    return f"{one.lever}: {gb_words(one.lever_gb)} GB"


def gb_words(span: Span) -> str:
    """`17.9 (13.8 to 30.4)`; three digits that count."""
    likely, low, high = (number(end) for end in (span.likely, span.low, span.high))
    return f"{likely} ({low} to {high})"


def number(gb: float) -> str:
    """Three digits that count, two decimals at most.

    >>> number(1234.5), number(17.94), number(0.0412)
    ('1,235', '17.9', '0.04')
    """
    return f"{gb:,.0f}" if gb >= 100 else f"{gb:.1f}" if gb >= 10 else f"{gb:.2f}"


def _parts(parts: PartsOfMemory) -> Iterator[str]:
    return (number(getattr(parts, name)) for name in _NAMES)


def _notes(found: Hardware) -> Iterator[str]:
    yield (
        "Before the brackets the likely GB (1e9 bytes) as the driver shows them, in brackets the "
        "range that holds nine of ten published figures; tight means: try it first."
    )
    yield from found.assumed


# ---- text ----


def on_page(page: Page, fits: Fits, *, headline: bool) -> None:
    if headline:
        page.heading(fits.headline)
    page.heading(f"{HEADING}, in GB of a card")
    for name, gb, verdict, lever in fits.rows:
        said = f"{verdict}; first: {lever}" if lever else verdict
        page.columns((name, gb, said), _WIDTHS)
    page.heading(PARTS)
    for name, *parts in fits.parts:
        told = zip(_NAMES, parts, strict=True)
        page.say(", ".join(f"{part} {gb}" for part, gb in told if gb != "0.00"), mark=f"- {name}: ")
    page.heading("About these figures")
    for line in fits.notes:
        page.say(line, mark="- ")


# ---- Markdown ----


def as_markdown(fits: Fits) -> Iterator[str]:
    yield f"## {HEADING}"
    yield grid(HEAD, [map(inline, row) for row in fits.rows])
    yield f"### {PARTS}"
    yield grid(PARTS_HEAD, [map(inline, row) for row in fits.parts])
    yield listed(map(inline, fits.notes))
