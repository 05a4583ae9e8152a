"""The manual says everything that the table says, and every mention in it leads somewhere."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace

import pytest
from conftest import RULES
from markdown_it import MarkdownIt

from adaptadvisor.page import HANG
from adaptadvisor.render.authoring import blocks, explain, manual
from adaptadvisor.render.markup import inline
from adaptadvisor.table.conditions import describe


def _places(page: str) -> list[str]:
    """What a link can lead to: the headings as GitHub names them, and the anchors."""
    headings = [
        re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-")
        for heading in re.findall(r"(?m)^#{2,} (.+)$", page)
    ]
    return headings + re.findall(r'<a name="([^"]+)">', page)


def test_the_page_next_to_the_shipped_rules_is_current(table):
    assert (RULES / "README.md").read_text(encoding="utf-8") == manual.markdown(table), (
        f"run: {manual.MADE_BY}"
    )


def test_the_page_says_that_it_is_generated_and_by_which_command(table):
    assert f"`{manual.MADE_BY}`" in manual.markdown(table)
    assert "`adaptadvisor rules show house`" in manual.markdown(
        table, "adaptadvisor rules show house"
    )
    assert table.digest not in manual.markdown(table)


def test_every_link_leads_to_exactly_one_place(table):
    page = manual.markdown(table)
    places = _places(page)
    assert len(places) == len(set(places))
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= set(places)


def test_every_id_of_the_table_has_a_place(table):
    sections = (
        "facts",
        "needs",
        "limits",
        "thresholds",
        "readiness",
        "approaches",
        "variants",
        "families",
        "checks",
        "topics",
        "sources",
    )
    ids = {id for section in sections for id in getattr(table, section)}
    assert ids <= set(_places(manual.markdown(table)))


def _texts(row):
    """Every text that a person wrote in a row, but for its examples."""
    if isinstance(row, str):
        return [row]
    if is_dataclass(row):
        names = [field.name for field in fields(row)]
        row = tuple(
            getattr(row, name) for name in names if name not in ("examples", "type", "kind")
        )
    return [text for part in row for text in _texts(part)] if isinstance(row, tuple) else []


@pytest.mark.parametrize(
    "section",
    ["needs", "limits", "readiness", "variants", "checks", "families", "sources", "thresholds"],
)
def test_nothing_that_is_written_in_a_row_is_left_out(table, section):
    plain = " ".join(manual.text(table, 100).split())
    page = manual.markdown(table)
    for row in getattr(table, section).values():
        for text in (
            text
            for field in _texts(replace(row, **_WITHOUT.get(section, {})))
            for text in field.split("\n")
            if len(text) > 40
        ):
            words = " ".join(text.split()).rstrip(".")
            assert words[1:] in plain
            assert text.startswith("http") or inline(words[1:]).removeprefix("\\") in page


_WITHOUT = {
    "needs": {"when": (), "met_by": (), "not_met_by": ()},
    "limits": {"when": ()},
    "readiness": {"when": ()},
    "variants": {"when": ()},
    "checks": {"when": ()},
    "families": {"picks": ()},
}
"""Conditions hold words of the program; options are looked at below."""


def test_a_need_says_who_meets_it_under_which_conditions_and_who_does_not(table):
    page = manual.markdown(table)
    for need in table.needs.values():
        start = page.index(
            f'### {inline(need.name[:1].upper() + need.name[1:])} (<a name="{need.id}">'
        )
        part = page[
            start : page.index("\n### ", start + 1) if "\n### " in page[start + 1 :] else len(page)
        ]
        for option in need.met_by:
            assert inline(option.because) in part
            for condition in (option.when, option.provided):
                assert describe(condition) == "always" or _without_links(
                    blocks.marked_up(blocks.condition_words(condition))
                ) in _without_links(part)
        for refusal in need.not_met_by:
            assert inline(refusal.because) in part


def _without_links(page: str) -> str:
    return re.sub(r"\[`([^`]+)`\]\(#\1\)", r"\1", page)


def test_conditions_are_worded_as_everywhere_else(table):
    conditions = [
        row.when
        for section in ("needs", "limits", "variants", "checks")
        for row in getattr(table, section).values()
    ]
    for condition in conditions:
        assert blocks.spoken(blocks.condition_words(condition)) == describe(condition)


def test_no_text_of_a_table_can_become_markup(table):
    hostile = "<script>alert(1)</script> [x](javascript:y) *b* | `c` @you #12\n\n# head"
    need = replace(next(iter(table.needs.values())), need=hostile, misleads_when=hostile)
    threshold = replace(next(iter(table.thresholds.values())), means=hostile)
    page = manual.markdown(
        replace(table, needs={need.id: need}, thresholds={threshold.id: threshold}, version=hostile)
    )
    html = MarkdownIt("gfm-like").render(page)
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<strong>b<" not in html
    assert "<em>b" not in html
    assert html.count("<h1>") == 1
    assert "@you" not in page
    row = next(line for line in page.split("\n") if line.startswith(f'| <a name="{threshold.id}"'))
    assert len(re.findall(r"(?<!\\)\|", row)) == 8


@pytest.mark.parametrize("width", [40, 80])
def test_the_text_keeps_inside_its_width_and_is_the_same_without_colour(table, width):
    page = manual.text(table, width)
    assert all(
        len(line) <= width or " " not in line.strip().removeprefix("- ")[: width - 2 - HANG]
        for line in page.split("\n")
    )
    coloured = manual.text(table, width, colour=True)
    assert re.sub(r"\x1b\[\d+m", "", coloured) == page
    assert "\x1b" not in manual.text(table, width, colour=True, plain=True)


def test_another_table_has_another_manual(table):
    row = table.thresholds["labels-enough"]
    changed = replace(table, thresholds={**table.thresholds, row.id: replace(row, value=321)})
    assert "321" in manual.text(changed)
    assert "321" in manual.markdown(changed)


def test_an_explanation_says_of_a_row_what_the_manual_says(table):
    page = manual.text(table, 80)
    for section in ("facts", "needs", "limits", "readiness", "approaches", "variants", "checks"):
        for id in getattr(table, section):
            body = page.partition(f"[{id}]\n")[2].partition("\n\n")[0].rstrip("\n")
            assert len(body) > 40
            assert body in explain.render(table, id, 80)


def test_a_yes_no_fact_is_given_with_a_flag_for_yes_and_one_for_no(table):
    shown = manual.text(table, 200)
    assert "How to give it: --citations or --no-citations" in shown
    assert "true or false" not in shown


def test_people_see_the_name_of_a_row_with_the_id_that_they_can_use(table):
    for section in ("facts", "needs", "limits", "readiness", "variants", "families", "checks"):
        for row in getattr(table, section).values():
            title = explain.render(table, row.id, 200).partition("\n")[0]
            assert title.startswith(f"{row.name[:1].upper()}{row.name[1:]} [{row.id}] (")
