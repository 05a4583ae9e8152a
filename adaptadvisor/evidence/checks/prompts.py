"""`check prompts`: do the wordings of a prompt differ by more than chance?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adaptadvisor.evidence.checks.items import by_item
from adaptadvisor.evidence.checks.shares import not_enough, share
from adaptadvisor.evidence.finding import Finding, Level, Measure, Part
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.evidence.statistics import ALPHA, cochran_q, spread_by_chance

_FEW = 2


def prompts(variants: Mapping[str, Sequence[Outcome]]) -> Finding:
    """The same items under several wordings, each with its name."""
    items = {name: by_item(outcomes) for name, outcomes in variants.items()}
    common = [
        item
        for item in next(iter(items.values()), {})
        if all(item in each for each in items.values())
    ]
    if len(items) < _FEW or len(common) < _FEW:
        seen = f"{len(common)} items under every wording" if len(items) >= _FEW else "one wording"
        why, do = f"The results hold {seen} only.", "Run three wordings or more on the same items."
        return not_enough("prompts", "Wordings of the prompt", "prompt-sensitivity", why, do)
    rows = [[items[name][item].mean for name in items] for item in common]
    right = [sum(column) for column in zip(*rows, strict=True)]
    spread = (max(right) - min(right)) / len(rows) * 100
    chance, p = spread_by_chance(rows) * 100, cochran_q(rows)
    level: Level = "failed" if p < ALPHA else "passed"
    worst = list(items)[right.index(min(right))]
    return Finding(
        check="prompts",
        title=f"{len(items)} wordings on {len(rows):,} items",
        modes=("prompt-sensitivity",),
        level=level,
        verdict="wording matters" if level == "failed" else "no more than chance",
        says=(
            f"Best and worst are {spread:.1f} points apart; by chance it would be {chance:.1f}.",
            *([f"The worst is {worst}."] if level == "failed" else ()),
        ),
        measures=(
            Measure(name="apart", value=spread, unit="points"),
            Measure(name="apart by chance", value=chance, unit="points"),
            Measure(name="p of no difference (Cochran's Q)", value=p),
        ),
        parts=tuple(
            Part(
                name=name,
                level="doubtful" if level == "failed" and name == worst else "passed",
                says=f"{number:,} of {len(rows):,} right",
                measures=(share("right", number, len(rows)),),
            )
            for name, number in zip(items, map(round, right), strict=True)
        ),
        do=(
            ("Report the worst wording beside the best, and keep the one that users will meet.",)
            if level == "failed"
            else ("Take any of them; a prize for the best would go to luck.",)
        ),
    )
