"""The command `lab tour`: a guided walk, a step at a time where a person reads it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.cli import options, output
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.options import OUTPUT, one_of, option
from adaptadvisor.cli.output import SHOW_FORMATS, Look, Target
from adaptadvisor.errors import bad_input, shown

if TYPE_CHECKING:  # so that no other command loads it
    from adaptadvisor.render.tour import Step

_STEP_HELP = "Only this step, from 1."
Only = Annotated[int | None, option("--step", _STEP_HELP, "N")]
All = Annotated[bool, option("--all", "All steps at once, also on a terminal.")]
_FORMAT_HELP = "How to show it (by the suffix of -o, else text)."
Format = Annotated[str | None, one_of("--format -f", SHOW_FORMATS, _FORMAT_HELP, OUTPUT)]
_MORE, _LEAVE = ("",), ("q", "stop")


def tour(
    *,
    step: Only = None,
    all: All = False,
    format: Format = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """A guided walk: one encoding, several heads, what to check. Nothing to install or to know.

    Eight short steps on a small example; every number is computed as you watch, and you can follow
    it on paper. Enter goes on, q stops; where nobody reads along, all steps come at once.
    """
    target, look = (
        output.target(format, out, formats=SHOW_FORMATS, force=force),
        Look(no_color, plain),
    )
    if step is not None and all:
        raise bad_input("bad-setting", "does not go with --all; give one of them", "--step")
    from adaptadvisor.lab.tour import tour as computed
    from adaptadvisor.render.tour import render, steps

    walk = steps(computed())
    if step is not None and not 1 <= step <= len(walk):
        wrong = f"there is no step {shown(str(step))}; expected 1 to {len(walk)}"
        raise bad_input("unknown-choice", wrong, "--step")
    if step is None and not all and _is_read(target):
        _walk(walk, target, look)
    else:
        output.write(render(walk, target.format, only=step, **look.on(target)), target)
    return Ending()


def _is_read(target: Target) -> bool:
    """Whether a person reads along on a terminal and can say to go on."""
    if target.path is not None or target.format != "text":
        return False
    return bool(sys.stdin and sys.stdout and sys.stdin.isatty() and sys.stdout.isatty())


def _walk(walk: Sequence[Step], target: Target, look: Look) -> None:
    """A step, then a prompt, until the last step or until the person stops."""
    from adaptadvisor.interview.console import Console, StoppedError
    from adaptadvisor.render.tour import render

    face = look.on(target)
    console = Console(sys.stdin, sys.stdout, **face)
    for number in range(1, len(walk) + 1):
        output.write(
            ("\n" if number > 1 else "") + render(walk, "text", only=number, **face), target
        )
        if number == len(walk):
            return
        try:
            while (said := console.read("Enter goes on, q stops:").lower()) not in _MORE:
                if said in _LEAVE:
                    return
        except StoppedError:  # quit, Ctrl-C, Ctrl-D: nothing is lost
            return
