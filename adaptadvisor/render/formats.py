"""The formats of a recommendation. All say the same; text is short and names what it leaves out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import TypeVar, cast

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.errors import printable
from adaptadvisor.table.speech import plan_words

T = TypeVar("T")


def render(
    advice: Recommendation,
    format_: str,
    *,
    parts: Collection[str] = (),
    width: int = 80,
    colour: bool = False,
    plain: bool = False,
    drawn: bool = False,
) -> str:
    """The recommendation in one of the formats; all but the format concerns text alone.

    `drawn`: the short answer with the frame and the table of a terminal.
    """
    if format_ == "json":
        from adaptadvisor.render import as_json

        return as_json.render(advice)
    advice = inert(advice)
    advice = replace(advice, title=" ".join(advice.title.split()))
    if format_ == "text":
        if drawn and not parts:
            from adaptadvisor.render import terminal

            return terminal.render(advice, width, colour=colour)
        from adaptadvisor.render import text

        return text.render(advice, width, parts=parts, colour=colour, plain=plain)
    if format_ == "html":
        from adaptadvisor.render import html

        return html.render(advice)
    from adaptadvisor.render import adr, markdown

    return adr.render(advice) if format_ == "adr" else markdown.report(advice)


def title(advice: Recommendation) -> str:
    """The reader's own title, or the plan as one."""
    return " ".join(inert(advice.title).split()) or f"Plan {plan_words(advice.plan)}"


def inert(value: T) -> T:
    """The value with nothing in its texts that a terminal or a browser would act on unseen.

    Mappings come in the order of JSON, so that a stored recommendation looks as it did.
    """
    return cast("T", _inert(value))


def _inert(value: object) -> object:
    if isinstance(value, str):
        return printable(value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{one.name: _inert(getattr(value, one.name)) for one in fields(value)}
        )
    if isinstance(value, tuple):
        return tuple(map(_inert, value))
    if isinstance(value, Mapping):
        return MappingProxyType({_inert(key): _inert(part) for key, part in sorted(value.items())})
    return value
