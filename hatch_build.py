"""Build hook: a wheel carries the shipped rules ready to use, so that `recommend` starts without
reading YAML. An editable install and a checkout read the YAML.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PickleRules(BuildHookInterface):
    """Adds adaptadvisor/table.pickle to a wheel; leaves nothing in the folder it is built from."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, str(Path(self.root)))
        from adaptadvisor.reading.shipped import PICKLED, pickled

        self.folder = TemporaryDirectory()
        made = Path(self.folder.name, PICKLED.name)
        made.write_bytes(pickled())
        build_data["force_include"][str(made)] = f"adaptadvisor/{PICKLED.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if hasattr(self, "folder"):
            self.folder.cleanup()
