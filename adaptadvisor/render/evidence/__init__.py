"""What checks found, in every format: for people, for other programs, for pull requests."""

from __future__ import annotations

from collections.abc import Sequence

from adaptadvisor.evidence.finding import Finding


def render(
    findings: Sequence[Finding],
    format: str,
    *,
    title: str = "",
    width: int = 80,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The findings in one of the formats; width, colour and plain concern text alone.

    All say the same; text folds what is long and names what it leaves out.
    """
    from adaptadvisor.render.evidence.view import one_line, tidy, told

    if format == "json":
        from adaptadvisor.render.evidence import as_json

        return as_json.render([told(one) for one in findings], title)
    found, title = [tidy(one) for one in findings], one_line(title)
    if format == "text":
        from adaptadvisor.render.evidence import text

        return text.render(found, title, width, colour=colour, plain=plain)
    if format == "md":
        from adaptadvisor.render.evidence import markdown

        return markdown.render(found, title)
    if format == "html":
        from adaptadvisor.render.evidence import html

        return html.render(found, title)
    if format == "junit":
        from adaptadvisor.render.evidence import junit

        return junit.render(found, title)
    from adaptadvisor.render.evidence import pull_requests

    return pull_requests.sarif(found) if format == "sarif" else pull_requests.github(found)
