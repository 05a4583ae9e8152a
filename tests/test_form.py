"""How rows may be written: who meets a need, reasons that are said once, files and folders."""

from __future__ import annotations

import shutil

import pytest
from conftest import RULES
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.errors import BadInput
from adaptadvisor.reading.nodes import parse
from adaptadvisor.reading.tables import load_table, read_table
from adaptadvisor.table.conditions import describe

NEED = """- id: house
  name: a need of ours
  order: 5
  need: an example
  when: {stakes: high}
  met_by:
%s
  closed_by: c
  misleads_when: m
  reviewed: 2026-11-24
  sources: [openai-sft-guide]
"""


@pytest.fixture
def house(tmp_path):
    (tmp_path / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    return tmp_path


def written(house, ways: str):
    (house / "needs.yaml").write_text(NEED % ways)
    return load_table(house).needs["house"]


def refused(house, ways: str) -> list[str]:
    with pytest.raises(BadInput) as caught:
        written(house, ways)
    return [str(problem).removeprefix(f"{house}/") for problem in caught.value.problems]


def test_several_ways_in_share_a_reason_and_sources_unless_they_bring_their_own(house):
    need = written(
        house,
        "    lora:\n"
        "      because: pairs teach it\n"
        "      either:\n"
        "        - provided: {examples: '>= 50'}\n"
        "        - when: {preference_pairs: '>= 500'}\n"
        "          variant: dpo\n"
        "          because: preferences teach it\n"
        "          sources: [rafailov2023-dpo]\n"
        "      sources: [hu2021-lora]",
    )
    said = {(way.because, way.variant, way.sources, describe(way.when)) for way in need.met_by}
    assert said == {
        ("pairs teach it", "", ("hu2021-lora",), "always"),
        ("preferences teach it", "dpo", ("rafailov2023-dpo",), "preference_pairs >= 500"),
    }


def test_approaches_with_the_same_content_share_an_entry(house):
    need = written(house, "    lora, full: {because: b}\n    prompt: {because: c}")
    assert [(way.approach, way.because) for way in need.met_by] == [
        ("prompt", "c"),
        ("lora", "b"),
        ("full", "b"),
    ]


@pytest.mark.parametrize(
    ("ways", "problem"),
    [
        (
            "    - {approach: lora, because: b}",
            (
                'needs.yaml:7:5: error[wrong-type]: "met_by" is keyed by approach: write `met_by: {lora:'
                " {because: ...}}` instead of a list, with several ways of one approach under"
                " `either: [...]`"
            ),
        ),
        (
            "    lora: {because: b}\n    lora, full: {because: b}",
            'needs.yaml:8:5: error[duplicate-key]: "lora" is named twice; first at needs.yaml:7:5',
        ),
        (
            "    loar: {because: b}",
            (
                'needs.yaml:7:5: error[unknown-approach]: "loar" is none of prompt, rag, task_head,'
                ' lora, full; did you mean "lora"?'
            ),
        ),
        (
            "    lora: {because: b, when: {task: code}, either: [{variant: dpo}]}",
            'needs.yaml:7:24: error[unknown-field]: with `either`, "when" belongs to each way in it',
        ),
        (
            "    lora: {either: [{because: b}, {when: {task: code}}]}",
            'needs.yaml:7:35: error[missing-field]: a row of needs (met_by) (either) needs "because"',
        ),
        (
            "    lora: {because: b, either: []}",
            'needs.yaml:7:24: error[missing-value]: "either" needs at least one way in',
        ),
        (
            "    lora: soon",
            'needs.yaml:7:11: error[not-a-row]: "met_by" must hold rows such as `{because: ...}`',
        ),
        (
            "    lora: {because: b, sources: [nowhere], either: [{}, {when: {task: code}}]}",
            'needs.yaml:7:34: error[unknown-id]: there is no source "nowhere"',
        ),
    ],
)
def test_another_form_is_refused_with_what_to_write(house, ways, problem):
    found = [text.replace(f"{house}/", "") for text in refused(house, ways)]
    assert found == [problem]


def test_a_need_takes_the_reason_that_always_holds_for_an_approach(house):
    standing = load_table(RULES).approaches["task_head"].cannot
    silent = written(house, "    prompt: {because: b}")
    assert silent.not_met_by == (standing,)
    assert written(house, "    task_head: {when: {task: label}, because: b}").not_met_by == (
        standing,
    )
    assert not written(house, "    task_head: {because: b}").not_met_by, "it always meets the need"
    own = NEED % "    prompt: {because: b}" + "  not_met_by: {task_head: {because: of its own}}\n"
    (house / "needs.yaml").write_text(own)
    (refusal,) = load_table(house).needs["house"].not_met_by
    assert refusal.because == "of its own"


def test_a_section_may_be_a_folder_of_files(tmp_path):
    whole = load_table(RULES)
    folder = shutil.copytree(RULES, tmp_path / "rules")
    for section in ("needs", "limits"):
        rows = (folder / f"{section}.yaml").read_text().split("\n- id: ")
        (folder / section).mkdir()
        for number, row in enumerate(rows[1:]):
            (folder / section / f"{number}.yaml").write_text(f"- id: {row}\n")
        (folder / f"{section}.yaml").unlink()
    loaded = read_table(folder)
    assert loaded.table == whole
    assert all(loaded.own(loaded.places[f"needs/{id}"]) for id in whole.needs)


def test_a_table_that_extends_another_may_use_folders_too(house):
    (house / "limits").mkdir()
    (house / "limits" / "gpu.yaml").write_text("- {id: no-gpu, override: true, lifted_by: ours}\n")
    (house / "limits" / "other.yaml").write_text("- {id: rare-work, off: true}\n")
    loaded = read_table(house)
    assert loaded.table.limits["no-gpu"].lifted_by == "ours"
    assert "rare-work" not in loaded.table.limits
    assert loaded.own(loaded.places["limits/no-gpu"])


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("need/one.yaml", '; did you mean "needs"?'),
        ("needs/one.yml", "; rows go into needs/*.yaml"),
        ("needs/more/one.yaml", "; rows go into needs/*.yaml"),
    ],
)
def test_rows_that_nobody_would_read_are_reported(house, path, hint):
    (house / path).parent.mkdir(parents=True)
    (house / path).write_text("[]\n")
    with pytest.raises(BadInput) as caught:
        load_table(house)
    (problem,) = caught.value.problems
    assert problem.code == "unknown-file"
    assert problem.message.endswith(hint)


def test_a_folder_of_rows_that_is_a_link_to_elsewhere_is_not_read(tmp_path):
    house, elsewhere = tmp_path / "all" / "house", tmp_path / "elsewhere"
    house.mkdir(parents=True)
    elsewhere.mkdir()
    (house / "table.yaml").write_text("version: 0.1.0\nextends: shipped\n")
    (elsewhere / "one.yaml").write_text("- {id: rare-work, off: true}\n")
    (house / "limits").symlink_to(elsewhere)
    with pytest.raises(BadInput) as caught:
        load_table(house)
    assert [problem.code for problem in caught.value.problems] == ["outside-folder"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "- id: a\n  because: our policy: it keeps\n",
            'holds ": ", so it needs quotes; write because: "our policy: it keeps"',
        ),
        ("task:label\nexamples: 3\n", 'no blank after "task:"; write task: label'),
        ("task: label\nexamples:500\nclasses: 3\n", ":2:10: error[syntax]"),
        ("name: @home  # where\n", 'a text that begins with @ needs quotes; write name: "@home"'),
        ("name: `it`\n", 'needs quotes; write name: "`it`"'),
        ("name: %x\n", 'needs quotes; write name: "%x"'),
        ("a:\n\tb: 1\n", "there is a tab here; use blanks"),
        ("a: 'it's here'\n", 'write "it\'s here"'),
        ("- a: b\n    c: d\n", 'goes on with the text after "a:" in the line above'),
        (
            "- id: a\n  name: n\n b: c\n",
            "compare how far this line and those above it are indented",
        ),
        ("- id: a\n  when: {examples: >= 3}\n", "a comparison needs quotes"),
    ],
)
def test_a_mistake_that_yaml_only_names_in_its_own_words_gets_a_hint(text: str, hint: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(text, "limits.yaml", [])
    assert hint in str(caught.value)


@given(st.lists(st.text("ab'\"\\-,", min_size=1, max_size=6), min_size=2, max_size=4))
def test_the_line_that_a_hint_tells_to_write_says_just_what_was_meant(words: list[str]) -> None:
    meant = ": ".join(["a sentence", *words])
    try:
        parse(f"- limit: {meant}\n", "limits.yaml", [])
    except BadInput as error:
        _, told, line = str(error).partition("; write ")
        assert told
        (entry,) = parse(line, "", []).entries
        assert (entry[0].text, entry[1].text) == ("limit", meant)
