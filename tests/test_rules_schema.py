"""The schema of the rules, as an editor uses it: every shipped file is valid, and what the reader
refuses is marked.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import ROOT, RULES

from adaptadvisor.advice import schema
from adaptadvisor.advice.rules_schema import FILE, schema_line
from adaptadvisor.authoring.starter import starter
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.rows import SECTIONS

FILES = sorted([*RULES.glob("*.yaml"), *RULES.glob("*/*.yaml")])
SCHEMA = json.loads((RULES / FILE).read_text(encoding="utf-8"))


def part_of(file: Path) -> str:
    return file.stem if file.parent in (RULES, Path()) else file.parent.name


class Editor(yaml.SafeLoader):
    """YAML 1.2, as editors read it: `off` is a word, and a date is a text."""


Editor.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if not tag.endswith((":bool", ":timestamp"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(?:true|false)$"), list("tf"))


def mistakes(part: str, text: str) -> list[str]:
    """What an editor would mark."""
    data = yaml.load(text, Loader=Editor)
    validator = jsonschema.Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{part}"})
    return [error.message for error in validator.iter_errors(data)]


def test_the_schema_beside_the_rules_is_the_one_that_the_program_prints():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert (RULES / FILE).read_text(encoding="utf-8") == schema.render(
        load_table(RULES), "rules"
    ), f"adaptadvisor schema rules -o {(RULES / FILE).relative_to(ROOT)} --force"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_shipped_file_names_its_part_of_the_schema_and_is_valid(file):
    text = file.read_text(encoding="utf-8")
    folder = "" if file.parent == RULES else "../"
    assert text.startswith(schema_line(part_of(file), folder=folder) + "\n")
    assert not mistakes(part_of(file), text)


BROKEN = [
    ("needs", "  closed_by:", "  closedby:"),
    ("needs", "  order: 10\n", ""),
    ("needs", "    rag:\n", "    rags:\n"),
    ("needs", "behaviour_shift: strong}", "behaviour_shift: stronk}"),
    ("needs", "private_knowledge: true", "private_knowlege: true"),
    ("needs", "reviewed: 2026-11-21", "reviewed: today"),
    ("needs", '"<= paste-most"', '"=< paste most"'),
    ("needs", "        - provided: {examples", "        - pvoided: {examples"),
    ("limits", "  name: prompts only\n", ""),
    ("limits", "rules_out: [lora, full]", "rules_out: [lora, fool]"),
    ("limits", "when: {model_access: api}", "when: {model_access: {nott: api}}"),
    ("limits", "- {model_access: api}", "- {model_access: apis}"),
    ("questions", "type: choice", "type: choices"),
    ("thresholds", "kind: probe", "kind: guess"),
    ("approaches", "- id: task_head", "- id: task-head"),
    ("checks", "  passes: ", "  passed: "),
    ("table", "version: ", "versoin: "),
]


@pytest.mark.parametrize(("part", "old", "new"), BROKEN)
def test_a_mistake_is_marked(part, old, new):
    text = (RULES / f"{part}.yaml").read_text(encoding="utf-8")
    assert old in text
    assert mistakes(part, text.replace(old, new, 1))


NEED = """
- id: house
  name: a need of ours
  order: 5
  need: an example
  when: {}
  met_by: %s
  closed_by: c
  misleads_when: m
  reviewed: 2026-11-24
  sources: [our-own]
"""


@pytest.mark.parametrize(
    ("ways", "valid"),
    [
        ("{'prompt, rag': {because: b}, lora: {because: b, either: [{when: {}}, {}]}}", True),
        ("{lora: {either: [{because: b}, {because: c, when: {stakes: high}}]}}", True),
        ("{lora: {either: [{because: b}, {when: {stakes: high}}]}}", False),
        ("{lora: {because: b, when: {}, either: [{when: {stakes: high}}]}}", False),
        ("{lora: {when: {stakes: high}}}", False),
        ("[{approach: lora, because: b}]", False),
    ],
)
def test_ways_in_are_as_the_reader_takes_them(ways, valid):
    assert bool(mistakes("needs", NEED % ways)) != valid


def test_a_row_that_changes_another_one_need_not_be_whole():
    assert not mistakes("limits", "[{id: no-gpu, override: true, lifted_by: a GPU}]")
    assert not mistakes("limits", "[{id: no-gpu, off: true}]")
    assert mistakes("limits", "[{id: no-gpu, lifted_by: a GPU}]")
    assert mistakes("limits", "[{id: no-gpu, off: yes please}]")


def test_an_editor_can_explain_every_section_and_every_answer():
    for section in SECTIONS:
        row: dict[str, Any] = SCHEMA["$defs"][section]["items"]
        assert row["description"]
    tests = SCHEMA["$defs"]["test-task"]
    assert tests["description"] == "What must the model do?"
    choices = tests["anyOf"][0]
    assert len(choices["enum"]) == len(choices["enumDescriptions"])
    assert ">= labels-enough" in SCHEMA["$defs"]["test-examples"]["anyOf"][1]["enum"]


def test_a_table_to_begin_with_has_the_schema_and_is_valid_with_every_example():
    files = dict(starter())
    assert files.pop(FILE) == (RULES / FILE).read_text(encoding="utf-8")
    for name, text in files.items():
        part = part_of(Path(name))
        assert text.startswith(schema_line(part, folder="../" * name.count("/")) + "\n")
        assert not mistakes(part, re.sub(r"(?m)^# (?!yaml-language-server)", "", text)), name


@pytest.mark.parametrize(
    ("case", "valid"),
    [
        ("{id: a, facts: {task: label}, plan: [prompt]}", True),
        ("{id: a, precedent: b29, known_miss: a reason}", True),
        ("{id: a, plan: [prompt]}", False),
        ("{id: a, precedent: b29, facts: {task: label}}", False),
        ("{id: a, precedent: b29, accept: [[prompt]]}", False),
    ],
)
def test_a_case_has_facts_of_its_own_or_those_of_a_precedent(case, valid):
    assert bool(mistakes("tests", f"[{case}]")) != valid
