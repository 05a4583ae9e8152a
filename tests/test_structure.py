"""The shape of the code that CONTRIBUTING promises, so that it stays that way."""

from __future__ import annotations

import ast
import re

import pytest
from conftest import ROOT

FILES = sorted((ROOT / "adaptadvisor").rglob("*.py"))
MOST_LINES, MOST_LINES_OF_A_FUNCTION, MOST_ANY = 400, 50, 60


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_file_and_its_functions_are_short_enough_to_read(file):
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_LINES_OF_A_FUNCTION, node.name


def test_any_is_rare():
    uses = sum(len(re.findall(r"\bAny\b", file.read_text(encoding="utf-8"))) for file in FILES)
    imports = sum("import Any" in file.read_text(encoding="utf-8") for file in FILES)
    assert uses - imports <= MOST_ANY
