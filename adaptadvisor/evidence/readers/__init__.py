"""Result files of evaluation tools in, outcomes out: a module per tool, and one that tells them."""

from adaptadvisor.evidence.readers.any_tool import TOOLS, read

__all__ = ["TOOLS", "read"]
