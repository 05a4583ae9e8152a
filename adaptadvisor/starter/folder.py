"""A folder as texts by their paths: templates filled in, the README, the facts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

from adaptadvisor import __version__
from adaptadvisor.starter.kit import Kit, Part
from adaptadvisor.starter.parts import parts
from adaptadvisor.starter.readme import readme
from adaptadvisor.starter.tools import VERSIONS

TEMPLATES = Path(__file__).parent / "templates"
WRITTEN = f"Written by adaptadvisor {__version__}"


def folder(kit: Kit, facts: str) -> Mapping[str, str]:
    """The texts of a folder by their paths; `facts` is the text of a facts file."""
    found = {part.path: _filled(part) for part in parts(kit)}
    about = {"README.md": readme(kit, tuple(found), WRITTEN)}
    return {**about, "facts.yaml": f"# {WRITTEN}; `next` reads it.\n{facts}", **found}


def _filled(part: Part) -> str:
    text = (TEMPLATES / f"{part.template}.tmpl").read_text(encoding="utf-8")
    return Template(text).substitute(VERSIONS, version=__version__, **part.values)
