"""Build hook: compiles the shipped rules, so that an installed adaptadvisor starts without parsing
YAML.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileRules(BuildHookInterface):
    """Writes adaptadvisor/compiled.pickle before a wheel (editable ones included) is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if self.target_name != "wheel":
            return
        sys.path.insert(0, str(Path(self.root)))
        from adaptadvisor.reading.shipped import compile_shipped

        compile_shipped()
