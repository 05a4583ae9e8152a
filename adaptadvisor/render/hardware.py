"""What a model needs on cards, in words that every format shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adaptadvisor.costs.cost import amount_words
from adaptadvisor.costs.formulas import SECONDS_AN_HOUR
from adaptadvisor.costs.report import Fitting, Hardware, PartsOfMemory
from adaptadvisor.costs.spans import Span, exactly, over
from adaptadvisor.costs.time import SERVED_SHARE
from adaptadvisor.page import Page
from adaptadvisor.render.markup import grid, inline, listed
from adaptadvisor.table.speech import capital

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
RUNS = "Time of training"
RUNS_HEAD = ("Way", "Tokens a second on a GPU", "GPU hours a million tokens", "GPU hours of a run")
_UNKNOWN = "state --examples"
_MILLION = 1e6
_NAMES = ("weights", "gradients", "optimiser", "activations", "loss", "cache", "overhead")
_WIDTHS = (22, 22)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """The rows of the table, the parts, and what is assumed."""

    headline: str
    rows: tuple[tuple[str, str, str, str], ...]
    parts: tuple[tuple[str, ...], ...]
    runs: tuple[tuple[str, str, str, str], ...]
    served: tuple[str, ...]
    notes: tuple[str, ...]


def fits_of(found: Hardware) -> Fits:
    return Fits(
        headline=found.headline,
        rows=tuple(_row(one) for one in found.fittings),
        parts=tuple((capital(one.name), *_parts(one.parts)) for one in found.fittings),
        runs=tuple(_run(one) for one in found.fittings if one.run),
        served=tuple(_served(found)),
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

    >>> number(1234.6), number(17.94), number(0.0412)
    ('1,235', '17.9', '0.04')
    """
    return f"{gb:,.0f}" if gb >= 100 else f"{gb:.1f}" if gb >= 10 else f"{gb:.2f}"


def _parts(parts: PartsOfMemory) -> Iterator[str]:
    return (number(getattr(parts, name)) for name in _NAMES)


def _run(one: Fitting) -> tuple[str, str, str, str]:
    run = one.run
    if run is None:
        raise ValueError(f"{one.name} is not trained")
    speed = run.tokens_per_gpu_second
    a_million = over(exactly(_MILLION / SECONDS_AN_HOUR), speed)
    hours = amount_words(run.gpu_hours) if run.examples_known else _UNKNOWN
    what = (
        f" for {amount_words(run.tokens)} tokens, {flops(run.flops)}" if run.examples_known else ""
    )
    return capital(one.name), amount_words(speed), amount_words(a_million), f"{hours}{what}"


def flops(span: Span) -> str:
    """`1.2e+18 FLOPs (3.4e+16 to 9.9e+19)`."""
    low, likely, high = (f"{end:.1e}" for end in (span.low, span.likely, span.high))
    return f"{likely} FLOPs" if low == high else f"{likely} FLOPs ({low} to {high})"


def _served(found: Hardware) -> Iterator[str]:
    if found.tokens_per_core_second:
        core = amount_words(found.tokens_per_core_second)
        yield f"Without a GPU one core of a CPU reads about {core} tokens a second."
    share = SERVED_SHARE
    for one in found.fittings:
        if one.most_tokens_per_second is not None:
            most = one.most_tokens_per_second
            yield (
                f"{capital(one.name)}: at most {most:,.0f} tokens a second for one sequence, as "
                f"each reads all weights and the cache; programs reach {share.low:.0%} to "
                f"{share.high:.0%} of that. Several sequences at a time share the reading."
            )


def _notes(found: Hardware) -> Iterator[str]:
    yield (
        "Before the brackets the likely GB (1e9 bytes) as the driver shows them, in brackets the "
        "range that holds nine of ten published figures; tight means: try it first."
    )
    if any(one.run and not one.run.on_stated_card for one in found.fittings):
        yield ("Times are those of common cards; state the peak of yours in 16 bits with --tflops.")
    if any(one.run and not one.run.examples_known for one in found.fittings):
        yield "State --examples for the hours of a run."
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
    page.heading(RUNS)
    for name, speed, a_million, run in fits.runs:
        said = f"{speed} tokens a second on a GPU, {a_million} GPU hours a million tokens"
        page.say(
            said if run == _UNKNOWN else f"{said}; GPU hours of a run: {run}", mark=f"- {name}: "
        )
    for line in fits.served:
        page.say(line, mark="- ")
    page.heading("About these figures")
    for line in fits.notes:
        page.say(line, mark="- ")


# ---- Markdown ----


def as_markdown(fits: Fits) -> Iterator[str]:
    yield f"## {HEADING}"
    yield grid(HEAD, [map(inline, row) for row in fits.rows])
    yield f"### {PARTS}"
    yield grid(PARTS_HEAD, [map(inline, row) for row in fits.parts])
    yield f"### {RUNS}"
    yield grid(RUNS_HEAD, [map(inline, row) for row in fits.runs])
    yield listed(map(inline, (*fits.served, *fits.notes)))
