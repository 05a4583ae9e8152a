"""A recommendation, or what would lead to another one, as JSON: sorted keys, ASCII, no time stamp, so that the same answers give the same bytes everywhere."""

from __future__ import annotations

import json

from adaptadvisor.changes import WhatIf
from adaptadvisor.recommendation import Recommendation


def render(document: Recommendation | WhatIf) -> str:
    """One JSON document, ending with a newline."""
    return json.dumps(document.as_data(), indent=2, sort_keys=True) + "\n"
