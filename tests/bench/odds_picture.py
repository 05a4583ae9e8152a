"""The picture of how far the confidence can be trusted: what was said against what came true."""

from __future__ import annotations

import math
from collections.abc import Sequence

WIDTH, HEIGHT = 460, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 440, 24, 340
LOW, HIGH = 20, 100  # per cent, on both axes
Z = 1.96  # of a 95 % interval

HEAD = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" \
width="{WIDTH}" height="{HEIGHT}" role="img" aria-labelledby="title about" \
font-family="system-ui, sans-serif" font-size="13">
<title id="title">How often the likely plan proved right, by the confidence of the odds</title>
<desc id="about">{{about}}</desc>
<style>
  .ink {{{{ fill: #1f2328; }}}} .line {{{{ stroke: #1f2328; }}}}
  .grid {{{{ stroke: #1f2328; opacity: .15; }}}}
  .dot {{{{ fill: #0969da; }}}} .bar {{{{ stroke: #0969da; stroke-width: 2; }}}}
  @media (prefers-color-scheme: dark) {{{{
    .ink {{{{ fill: #e6edf3; }}}} .line, .grid {{{{ stroke: #e6edf3; }}}}
    .dot {{{{ fill: #58a6ff; }}}} .bar {{{{ stroke: #58a6ff; }}}}
  }}}}
</style>
"""


def drawn(parts: Sequence[tuple[float, float, float]]) -> str:
    """The picture for equal parts of the cases: mean confidence and share that was right, both in
    per cent, and the number of cases.
    """
    told = [f"confidence {mean:.0f} %: right in {right:.0f} %" for mean, right, _ in parts]
    lines = [HEAD.format(about="; ".join(told) + ".")]
    for tick in range(LOW, HIGH + 1, 20):
        lines += [
            f'<path class="grid" d="M{x(tick)} {TOP}V{BOTTOM}M{LEFT} {y(tick)}H{RIGHT}"/>',
            text(x(tick), BOTTOM + 20, f"{tick} %", "middle"),
            text(LEFT - 8, f"{float(y(tick)) + 4:.1f}", f"{tick} %", "end"),
        ]
    lines += [
        f'<path class="line" stroke-dasharray="4 4" d="M{x(LOW)} {y(LOW)}L{x(HIGH)} {y(HIGH)}"/>',
        text((LEFT + RIGHT) / 2, BOTTOM + 46, "confidence of the odds", "middle"),
        text(LEFT - 48, TOP - 8, "the likely plan proved right", "start"),
        text(x(64), y(60), "as said", "start"),
    ]
    for mean, right, cases in parts:
        low, high = interval(right / 100, cases)
        lines += [
            f'<path class="bar" d="M{x(mean)} {y(100 * low)}V{y(100 * high)}"/>',
            f'<circle class="dot" cx="{x(mean)}" cy="{y(right)}" r="5"/>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"


def interval(share: float, cases: float) -> tuple[float, float]:
    """Wilson's interval: where the true share lies, with 95 % certainty."""
    middle = (share + Z**2 / (2 * cases)) / (1 + Z**2 / cases)
    spread = math.sqrt(share * (1 - share) / cases + Z**2 / (4 * cases**2))
    spread *= Z / (1 + Z**2 / cases)
    return middle - spread, middle + spread


def x(value: float) -> str:
    return f"{LEFT + (value - LOW) / (HIGH - LOW) * (RIGHT - LEFT):.1f}"


def y(value: float) -> str:
    return f"{BOTTOM - (max(value, LOW) - LOW) / (HIGH - LOW) * (BOTTOM - TOP):.1f}"


def text(left: float | str, top: float | str, words: str, anchor: str) -> str:
    return f'<text class="ink" x="{left}" y="{top}" text-anchor="{anchor}">{words}</text>'
