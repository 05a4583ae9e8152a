"""A recommendation as JSON: sorted keys, ASCII, no time stamp, so that the same answers give the same bytes everywhere."""

from __future__ import annotations

import json

from adaptadvisor.recommendation import Recommendation


def render(recommendation: Recommendation) -> str:
    """One JSON document, ending with a newline."""
    return json.dumps(recommendation.as_data(), indent=2, sort_keys=True) + "\n"
