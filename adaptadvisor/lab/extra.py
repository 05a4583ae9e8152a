"""What the lab needs besides the program itself, and the one line that says so."""

from __future__ import annotations

from importlib.util import find_spec

from adaptadvisor.errors import BadInput, bad_input

INSTALL = "pip install 'adaptadvisor[lab]'"
_MODULES = {"numpy": "numpy", "sklearn": "scikit-learn", "tokenizers": "tokenizers"}


def missing(what: str) -> BadInput:
    """That a package of the extra is not installed."""
    return bad_input("missing-extra", f"the lab needs {what}; install it with: {INSTALL}", "lab")


def needs_lab() -> None:
    """`BadInput` that names the extra, where a package of it is missing that every run needs."""
    for module, package in _MODULES.items():
        if find_spec(module) is None:
            raise missing(package)
