"""What plans cost, as text, Markdown, HTML or JSON; every format names the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log10

from adaptadvisor.costs.cost import amount_words, requests
from adaptadvisor.costs.report import BreakEven, Cost, PartCost, ToFindOut, WayCost
from adaptadvisor.costs.spans import Span
from adaptadvisor.page import Page
from adaptadvisor.render import hardware
from adaptadvisor.render.cost_chart import BARS, POWERS, Place, at_mark, bar, chart
from adaptadvisor.render.formats import inert
from adaptadvisor.render.hardware import Fits, fits_of
from adaptadvisor.render.markup import grid, inline, joined, listed
from adaptadvisor.table.speech import capital

HEADING = "What the plans cost"
MACHINE = "What the model needs"
TURNS = "Where the order turns"
VOLUMES = "A month at other volumes"
_HEAD = ("Plan", "Once", "A month", "The first year")
_VERDICTS = {
    "advised": "advised",
    "fallback": "the fallback",
    "does not meet": "does not meet a need",
}
_ORIGINS = {"assumed": "assumed", "fact": "your answer", "stated": "stated", "price": "your price"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A plan: its sums in words, and where its first year stands in percent of the dearest."""

    name: str
    cells: tuple[str, str, str]
    ends: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The answer in words, the same for every format."""

    headline: str
    rows: tuple[Row, ...]
    parts_of: str
    parts: tuple[tuple[str, str, str], ...]
    volumes: tuple[tuple[str, ...], ...]
    volume_heads: tuple[str, ...]
    turns: tuple[str, ...]
    places: tuple[Place, ...]
    ticks: tuple[tuple[float, str], ...]
    here: float
    unknown: tuple[tuple[str, str, str, str], ...]
    says: tuple[str, ...]
    foot: str
    fits: Fits | None


def render(
    found: Cost, format_: str, *, width: int = 80, colour: bool = False, plain: bool = False
) -> str:
    """The costs in one of the formats; width, colour and plain concern text alone."""
    if format_ == "json":
        from adaptadvisor.render import as_json

        return as_json.render(found)
    view = inert(view_of(found))
    heading = HEADING if found.ways else MACHINE
    if format_ == "html":
        from adaptadvisor.render.html import template

        return template("cost.html").render(
            view=view,
            HEADING=found.title or heading,
            OVER=heading,
            head=_HEAD,
            fits_head=hardware.HEAD,
            parts_head=hardware.PARTS_HEAD,
            runs_head=hardware.RUNS_HEAD,
        )
    if format_ == "md":
        return joined(_markdown(view, inert(found.title) or heading))
    return _text(view, width, colour=colour, plain=plain)


def view_of(found: Cost) -> View:
    """The costs in words."""
    most = max((way.year.high for way in found.ways if way.year), default=0.0)
    told = [way for way in found.ways if way.month]
    base = next((way for way in told if way.id == found.of), None)
    return View(
        headline=found.headline,
        rows=tuple(_row(way, found.currency, most) for way in found.ways),
        parts_of=base.name if base else "",
        parts=tuple(_part(part, found.currency) for part in base.parts) if base else (),
        volumes=tuple(_volumes(way, found.currency) for way in told),
        volume_heads=tuple(_volume_head(at.requests_per_day) for at in base.volumes)
        if base
        else (),
        turns=tuple(turn.says for turn in found.break_even),
        places=tuple(_place(one, found) for one in found.break_even if one.low is not None),
        ticks=tuple((_along(10**power), f"{10**power:,}") for power in range(0, POWERS, 2)),
        here=_along(found.requests_per_day.likely),
        unknown=tuple(_unknown(one, found.currency) for one in found.to_find_out),
        says=found.says,
        foot=_foot(found) if found.ways else "",
        fits=fits_of(found.hardware) if found.hardware else None,
    )


def _place(one: BreakEven, found: Cost) -> Place:
    names = {way.id: way.name for way in found.ways}
    ends = (one.low, one.likely, one.high)
    low, at, high = (_along(10.0**POWERS if end is None else end) for end in ends)
    likely, most = requests(one.likely), requests(one.high)
    return Place(
        name=f"{capital(names[one.second])} instead of {names[one.first]}",
        words=f"{likely} ({requests(one.low)} to {most})",
        low=low,
        at=at,
        high=high,
    )


def _along(volume: float) -> float:
    """Where a volume stands, in percent, when each tenfold is equally wide."""
    return round(min(log10(max(volume, 1.0)) / POWERS, 1.0) * 100, 2)


def _row(way: WayCost, currency: str, most: float) -> Row:
    verdict = _VERDICTS.get(way.verdict)
    named = f"{capital(way.name)} ({verdict})" if verdict else capital(way.name)
    sums = (_money(way.setup, currency), _money(way.month, currency), _money(way.year, currency))
    year = way.year
    ends = (year.low, year.likely, year.high) if year and most > 0 else None
    shares = tuple(round(end / most * 100, 1) for end in ends) if ends else None
    return Row(name=named, cells=sums, ends=shares)  # type: ignore[arg-type]


def _money(span: Span | None, currency: str) -> str:
    return amount_words(span, currency) if span else "no price"


def _part(part: PartCost, currency: str) -> tuple[str, str, str]:
    often = "once" if part.when == "once" else "a month"
    money = _money(part.money, currency)
    lacks = f": state {', '.join(part.missing)}" if part.money is None else ""
    return capital(part.name), often, f"{money}{lacks}"


def _volumes(way: WayCost, currency: str) -> tuple[str, ...]:
    return (capital(way.name), *(amount_words(at.month, currency) for at in way.volumes))


def _volume_head(volume: float) -> str:
    return f"{requests(volume)} requests a day"


def _unknown(one: ToFindOut, currency: str) -> tuple[str, str, str, str]:
    now = f"{amount_words(one.span)} {one.unit}, {_ORIGINS[one.origin]}"
    now += f" ({one.because})" if one.origin == "assumed" else ""
    moves = amount_words(Span(low=one.low, likely=one.low, high=one.low), currency)
    most = amount_words(Span(low=one.high, likely=one.high, high=one.high), currency)
    worth = f"narrows the range by {one.share:.0%}; alone it moves the first year"
    how = f"{one.find_out} State it with {one.state}...".strip()
    return capital(one.name), now, f"{worth} from {moves} to {most}", how


def _foot(found: Cost) -> str:
    money = (
        f"Amounts in {found.currency}" if found.currency else "Amounts in the unit of the prices"
    )
    dated = f", prices as of {found.as_of}" if found.as_of else ", prices undated"
    return f"{money}{dated}. Likely amount first, in brackets the range."


# ---- text ----


def _text(view: View, width: int, *, colour: bool, plain: bool) -> str:
    page = Page(width, colour=colour, plain=plain)
    page.title(view.headline)
    if view.rows:
        _plans(page, view, plain=plain)
    if view.parts:
        page.heading(f"The parts: {view.parts_of}")
        for name, often, money in view.parts:
            page.say(f"{money}, {often}", mark=f"- {name}: ")
        page.heading(VOLUMES)
        for name, *amounts in view.volumes:
            pairs = zip(view.volume_heads, amounts, strict=True)
            page.say("; ".join(f"{amount} at {head}" for head, amount in pairs), mark=f"- {name}: ")
    for heading, lines in _lists(view):
        page.heading(heading)
        for line in lines:
            page.say(line, mark="- ")
        if heading == TURNS and not plain:
            _scale(page, view)
    if view.fits:
        hardware.on_page(page, view.fits, headline=bool(view.rows))
    if view.unknown:
        page.heading("What to find out, most worth first")
        for name, now, worth, how in view.unknown:
            page.say(f"{now}; {worth}. {how}".strip(), mark=f"- {name}: ")
    if view.foot:
        page.lines.append("")
        page.say(view.foot)
    return page.text()


def _plans(page: Page, view: View, *, plain: bool) -> None:
    page.heading("The plans")
    for row in view.rows:
        page.say(_sums(row), mark=f"- {row.name}: ")
        if row.ends and not plain:
            page.lines.append(f"    [{bar(row.ends, BARS)}]")
    if any(row.ends for row in view.rows) and not plain:
        page.say("The bars are the first year, from nothing to the dearest; | is likely.", dim=True)


def _scale(page: Page, view: View) -> None:
    """The break-evens on one scale of volumes, and where one is now."""
    for place in view.places:
        page.say(place.words, mark=f"- {place.name}: ")
        page.lines.append(f"    [{bar((place.low, place.at, place.high), BARS)}]")
    if view.places:
        page.lines.append(f"     {at_mark(view.here, BARS)}")
        page.say(
            "From 1 to a billion requests a day, each tenfold equally wide; ^ is now.", dim=True
        )


def _sums(row: Row) -> str:
    return "; ".join(
        f"{head.lower()} {cell}" for head, cell in zip(_HEAD[1:], row.cells, strict=True)
    )


def _lists(view: View) -> Iterator[tuple[str, tuple[str, ...]]]:
    if view.turns:
        yield TURNS, view.turns
    if view.says:
        yield "Note", view.says


# ---- Markdown ----


def _markdown(view: View, title: str) -> Iterator[str]:
    yield f"# {inline(title)}"
    yield inline(view.headline)
    if view.rows:
        yield "## The plans"
        yield grid(_HEAD, [map(inline, (row.name, *row.cells)) for row in view.rows])
    if view.parts:
        yield f"## The parts: {inline(view.parts_of)}"
        yield grid(("Part", "When", "Money"), [map(inline, row) for row in view.parts])
        yield f"## {VOLUMES}"
        yield grid(
            ("Plan", *map(inline, view.volume_heads)), [map(inline, row) for row in view.volumes]
        )
    for heading, lines in _lists(view):
        yield f"## {heading}"
        if heading == TURNS and view.places:
            yield chart(view.places, view.here)
        yield listed(map(inline, lines))
    if view.fits:
        if view.rows:
            yield inline(view.fits.headline)
        yield from hardware.as_markdown(view.fits)
    if view.unknown:
        yield "## What to find out, most worth first"
        head = ("Amount", "Now", "What it is worth", "How")
        yield grid(head, [map(inline, row) for row in view.unknown])
    if view.foot:
        yield inline(view.foot)
