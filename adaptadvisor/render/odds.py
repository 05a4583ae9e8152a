"""How likely each kind of plan proves right, in words; nothing where too little is known."""

from __future__ import annotations

from adaptadvisor.advice.outlook import percent, plan_in_words
from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.precedents.odds import FEW, LITTLE

ODDS_SHOWN = 4
"""Plans whose odds are told in words; documents hold them all."""


def odds_by_kind(advice: Recommendation) -> dict[str, float]:
    """The odds, 0 to 1, of each kind of plan as people call it, most likely first."""
    shares: dict[str, float] = {}
    for row in advice.odds:
        kind = plan_in_words(row.plan)
        shares[kind] = max(row.share, shares.get(kind, 0))
    return shares


def has_odds(advice: Recommendation) -> bool:
    """Whether enough is known, and enough precedents are like it, to name odds."""
    return advice.odds_near >= FEW and len(advice.facts) >= LITTLE


def odds_words(advice: Recommendation) -> str:
    """`Odds of proving right: a tuned LLM 61 %, a task head 24 %.`, and what they rest on."""
    if not has_odds(advice):
        return (
            "Odds of proving right: too little is known to name any, or too few of the"
            f" {advice.odds_rest_on} published situations are much like this one."
        )
    named = list(odds_by_kind(advice).items())[:ODDS_SHOWN]
    said = ", ".join(f"{kind} {percent(share)}" for kind, share in named)
    return (
        f"Odds of proving right: {said}. They rest on the {advice.odds_rest_on} published"
        f" situations of which enough is known, {advice.odds_near} of them much like this one;"
        " several plans may prove right at once."
    )
