"""The versions of other tools that the templates are written for."""

from __future__ import annotations

VERSIONS = {
    "promptfoo": "0.123.1",
    "dspy": "3.4.1",
    "haystack": "3.4.1",
    "setfit": "1.2.0",
    "transformers": "5.24.0",
    "trl": "1.16.0",
    "peft": "0.21.2",
    "axolotl": "0.19.0",
    "llamafactory": "0.9.5",
}
"""By the names that templates use; `tests/data/tool_fields.json` holds the fields of these."""

PACKAGES = {"haystack": "haystack-ai", "dspy": "dspy[optuna]"}
"""What pip calls a tool, where that is another name."""


def pinned(*tools: str) -> tuple[str, ...]:
    """Requirements with these versions.

    >>> pinned("haystack")
    ('haystack-ai==3.4.1',)
    """
    return tuple(f"{PACKAGES.get(tool, tool)}=={VERSIONS[tool]}" for tool in tools)
