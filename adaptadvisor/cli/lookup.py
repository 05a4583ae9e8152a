"""The command `explain`, which without a word says what it can explain."""

from __future__ import annotations

from typing import Annotated

from adaptadvisor.cli import options, output, recommend
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.options import argument
from adaptadvisor.cli.output import Look, Target
from adaptadvisor.reading.shipped import load_table

_WHAT_HELP = "A row, a fact, an approach, a failure mode, a topic; without one, what there is."
What = Annotated[list[str] | None, argument("WHAT", _WHAT_HELP)]


def explain(
    what: What = None, *, rules: options.Rules = None, no_color: options.NoColor = False
) -> Ending:
    """What a row, a fact, an approach or a word of the field means."""
    from adaptadvisor.render.authoring.explain import overview

    if what:
        return recommend.explain(what, rules=rules, no_color=no_color)
    target = Target("text")
    face = Look(no_color).on(target)
    text = overview(load_table(rules), face["width"], colour=face["colour"])
    output.write(text, target)
    return Ending()
