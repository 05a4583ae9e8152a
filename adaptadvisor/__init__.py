"""adaptadvisor: the cheapest reliable way to adapt a pretrained language model, with its evidence.

from adaptadvisor import load_table, advise
advise(load_table(), {"task": "label", "examples": 1200}).plan
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["__version__", "advise", "load_table"]

if TYPE_CHECKING:
    from adaptadvisor.advice.advise import advise
    from adaptadvisor.reading.shipped import load_table

_HOMES = {"advise": "adaptadvisor.advice.advise", "load_table": "adaptadvisor.reading.shipped"}


def __getattr__(name: str) -> object:
    """Loads the two functions on first use, so that importing the package costs nothing."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
