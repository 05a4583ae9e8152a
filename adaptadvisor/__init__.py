"""adaptadvisor: the cheapest reliable way to adapt a pretrained language model, with its evidence.

from adaptadvisor import load_table, advise
advise(load_table(), {"task": "label", "examples": 1200}).plan
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "advise", "load_table"]

if TYPE_CHECKING:
    from adaptadvisor.advice.advise import advise
    from adaptadvisor.reading.shipped import load_table


def __getattr__(name: str) -> Any:
    """Loads the two functions on first use, so that importing the package costs nothing."""
    if name == "advise":
        from adaptadvisor.advice.advise import advise

        return advise
    if name == "load_table":
        from adaptadvisor.reading.shipped import load_table

        return load_table
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
