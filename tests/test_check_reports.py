"""Reports of checks: findings in seven formats that say the same, inert whatever result files hold."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from conftest import ROOT, examples, fewer
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from test_reports import HOSTILE, MARKDOWN, STARTS, Page, html_of

from adaptadvisor.cli.output import CHECK_FORMATS
from adaptadvisor.errors import control_character, printable
from adaptadvisor.evidence.checks.compare import compare
from adaptadvisor.evidence.finding import MATTERS, ONLY, Finding, Measure, Part, Place
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.evidence.report import SCHEMA, Checks
from adaptadvisor.render.evidence import plots, render, view
from adaptadvisor.render.evidence.markdown import MOST
from adaptadvisor.render.evidence.text import SCREEN

WORDS = {
    "passed": "passed",
    "doubtful": "doubtful",
    "failed": "failed",
    "unknown": "cannot tell",
}
SCHEMA_FILE = ROOT / "adaptadvisor/schemas/checks-1.json"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


def slice_of(name: str, level: str, says: str, number: int, points: float) -> Part:
    measures = (
        Measure(name="items", value=number, unit="items"),
        Measure(name="first", value=80.0, unit="percent"),
        Measure(name="second", value=80.0 + points, unit="percent"),
        Measure(
            name="difference", value=points, unit="points", low=points - 6.5, high=points + 6.5
        ),
    )
    return Part(name=name, level=level, says=says, measures=measures)


WORSE = Finding(
    check="compare",
    title="tuned against base",
    modes=("gain-is-noise", "over-adaptation"),
    level="failed",
    verdict="worse, and worse in a part",
    says=("tuned is worse than base: -4.0 points.", "2 items only in base could not be paired."),
    measures=(
        Measure(name="base", value=82.25, unit="percent", low=78.1, high=85.4),
        Measure(name="tuned", value=78.25, unit="percent", low=73.9, high=81.6),
        Measure(name="difference", value=-4.0, unit="points", low=-6.1, high=-1.9),
        Measure(name=MATTERS, value=2.0, unit="points"),
        Measure(name="items answered by both", value=1400, unit="items"),
        Measure(name=f"{ONLY}base", value=80, unit="items"),
        Measure(name=f"{ONLY}tuned", value=24, unit="items"),
    ),
    parts=(
        slice_of("language: en", "passed", "no difference that matters", 310, 0.25),
        slice_of("language: pt-br", "failed", "worse", 120, -12.5),
        slice_of("channel: telephone", "unknown", "not enough evidence", 41, 3.5),
        slice_of("channel: mail", "doubtful", "worse", 97, -1.5),
    ),
    do=("Keep base.", "Read the items that tuned lost before changing anything else."),
)
TOO_FEW = Finding(
    check="coverage",
    title="What the evaluation set covers",
    modes=("evaluation-gaps",),
    level="unknown",
    verdict="too few items to decide",
    says=("40 items: the score is known to about 14 points to either side.",),
    measures=(
        Measure(name="items", value=40, unit="items"),
        Measure(name="p of no difference", value=0.0432),
        Measure(name="length", value=61.5, unit="words"),
        Measure(name="input", value=1, unit="tokens"),
    ),
    parts=(Part(name="language: de", level="failed", says="no item at all"),),
    do=("Add about 160 more.",),
    needed=200,
    facts={"eval_examples": 40},
    because=("The results hold 40 items with an answer.",),
)
LEAKED = Finding(
    check="leakage",
    title="Training data in the evaluation set",
    modes=("leakage",),
    level="doubtful",
    verdict="some items leaked",
    says=("3 of 400 items are in the training data.",),
    measures=(Measure(name="leaked", value=0.75, unit="percent", low=0.3, high=2.2),),
    places=(
        Place(file="eval.jsonl", line=17, says="the same as train.jsonl, line 4"),
        Place(file="data/eval 2.jsonl", line=90, says="nearly the same as train.jsonl, line 8"),
    ),
    do=("Take them out and measure again.",),
)
STEADY = Finding(
    check="repeats",
    title="The same request again",
    modes=("non-determinism",),
    level="passed",
    verdict="steady",
    says=("Asked 3 times, 99 % of 300 items keep their verdict.",),
)
EVERY = [WORSE, TOO_FEW, LEAKED, STEADY]
LONG = replace(
    WORSE,
    parts=tuple(
        slice_of(f"slice: {number}", level, "words of some length about it", number, number / 10)
        for number, level in enumerate(["passed"] * 90 + ["failed"] * 30)
    ),
    places=tuple(Place(file="eval.jsonl", line=n, says="seen in training") for n in range(1, 60)),
    do=tuple(f"Step {number} of those that there are to do here." for number in range(9)),
    measures=WORSE.measures * 4,
)


@cache
def simulated() -> Finding:
    """What the real check says of two systems, the second of which is bad at one language."""

    def run(bad: int) -> list[Outcome]:
        return [
            Outcome(
                item=str(n),
                score=float(n % 7 != 0 and n % 4 != bad),
                slices={"language": "abcd"[n % 4]},
            )
            for n in range(400)
        ]

    return compare(run(9), run(1), ("base", "tuned"))


# ---- what each format holds, as structure ----


class Tables(HTMLParser):
    """The rows of all tables of a page, each a tuple of the texts of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] += data


def table(text: str) -> list[tuple[str, ...]]:
    return [tuple(" ".join(cell.split()) for cell in row) for row in Tables(text).rows]


def numbers(text: str) -> list[float]:
    return [float(word.replace(",", "")) for word in re.findall(r"[+-]?\d[\d,]*(?:\.\d+)?", text)]


def wanted(measure: Measure) -> list[float]:
    """The numbers of a measure, as exactly as pages show them."""
    exact = 1 if measure.unit in ("points", "percent", "words") else 3
    ends = [end for end in (measure.low, measure.high) if end is not None]
    return [round(end, exact) for end in (measure.value, *ends)]


def without(mark_and_words: str) -> str:
    return mark_and_words.lstrip("\u2713!\u2717? ")


def as_tables(rows: list[tuple[str, ...]], finding: Finding) -> None:
    """Both Markdown and HTML: a row for each measure, and one for each part with all its numbers."""
    for one in finding.measures:
        [row] = [row for row in rows if row[0].lower() == one.name and len(row) == 3 and row[1]]
        assert numbers(f"{row[1]} {row[2]}") == pytest.approx(wanted(one), abs=0.051), row
    columns = view.columns(finding.parts)
    for part in finding.parts:
        [row] = [row for row in rows if row[0] == part.name and len(row) == 2 + len(columns)]
        assert without(row[1]) == f"{WORDS[part.level]}: {part.says}"
        for cell, (name, unit) in zip(row[2:], columns, strict=True):
            [measure] = [each for each in part.measures if (each.name, each.unit) == (name, unit)]
            assert numbers(cell) == pytest.approx(wanted(measure), abs=0.051)


@pytest.mark.parametrize("finding", [*EVERY, simulated()], ids=lambda one: one.check)
@pytest.mark.parametrize("form", ["md", "html"])
def test_pages_have_every_verdict_number_and_part(finding, form):
    text = render([finding], form)
    page = html_of(text) if form == "md" else Page(text)
    assert page.wrong == []
    assert f"{WORDS[finding.level].capitalize()}: {finding.verdict}" in page.text
    for line in (*finding.says, *finding.do, *finding.because, finding.title):
        assert line in page.text
    as_tables(table(MARKDOWN.render(text) if form == "md" else text), finding)
    for place in finding.places:
        assert f"{place.file}:{place.line}" in page.text
        assert place.says in page.text


@pytest.mark.parametrize("finding", [*EVERY, simulated()], ids=lambda one: one.check)
def test_text_has_every_verdict_number_and_part(finding):
    lines = render([finding], "text", width=140).splitlines()
    assert without(lines[0]) == f"{WORDS[finding.level].capitalize()}: {finding.verdict}"
    assert lines[0] != without(lines[0]), "a mark goes before the word"
    for one in finding.measures:
        [row] = [line.strip() for line in lines if line.strip().startswith(f"{one.name}  ")]
        assert numbers(row.removeprefix(one.name)) == pytest.approx(wanted(one), abs=0.051)
    for part in finding.parts:
        [row] = [line.strip() for line in lines if line.strip().startswith(f"{part.name} ")]
        assert part.says in row
        _, _, rest = row.partition(part.says)
        found = [number for measure in part.measures for number in wanted(measure)]
        assert numbers(rest) == pytest.approx(found, abs=0.051)


def test_json_is_what_the_shipped_schema_says_and_reads_back_whole():
    found = [*EVERY, LONG, simulated()]
    text = render(found, "json", title="Nightly")
    data = json.loads(text)
    VALIDATOR.validate(data)
    assert data["schema"] == SCHEMA
    again = TypeAdapter(Checks).validate_json(text)
    assert again.title == "Nightly"
    assert [replace(one, facts=dict(one.facts)) for one in again.findings] == [
        replace(one, facts=dict(one.facts)) for one in found
    ]
    for key in data["findings"][0]:
        damaged = {name: value for name, value in data["findings"][0].items() if name != key}
        assert not VALIDATOR.is_valid({**data, "findings": [damaged]}), key
        assert not VALIDATOR.is_valid({**data, "findings": [{**damaged, key: -0.5}]}), key


def test_numbers_that_say_nothing_are_nowhere():
    nothing, endless = float("nan"), float("inf")
    odd = (
        Measure(name="none", value=nothing),
        Measure(name="half", value=1.5, unit="points", low=-endless, high=2.5),
    )
    finding = replace(
        STEADY, measures=odd, parts=(Part(name="p", level="passed", says="", measures=odd),)
    )
    for form in CHECK_FORMATS:
        text = render([finding], form)
        assert not re.search(r"\b(nan|inf|Infinity)\b", text, re.IGNORECASE), form
    json.loads(render([finding], "json"), parse_constant=pytest.fail)


# ---- text ----


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("finding", [*EVERY, LONG, simulated()], ids=lambda one: one.check)
def test_one_finding_fits_a_screen_and_says_what_it_leaves_out(finding, width, plain):
    text = render([finding], "text", width=width, plain=plain)
    lines = text.splitlines()
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= width
    marked = [line for line in lines[1:] if set(line.split()) & set("\u2713\u2717?!")]
    named = [
        line for line in lines if any(line.startswith(f"- {part.name}: ") for part in finding.parts)
    ]
    shown = len(named if plain else marked)
    left = re.search(r"and ([\d,]+) more parts?: --format json", text)
    hidden = int(left[1].replace(",", "")) if left else 0
    assert shown + hidden == len(finding.parts)
    if finding is LONG:
        assert hidden > 80
        assert shown == 0 or "slice: 90" in text, "what failed comes first"


def test_a_plain_page_has_no_marks_no_colour_and_no_columns():
    text = render(EVERY, "text", width=80, plain=True, colour=True)
    assert not set(text) & set("\u2713\u2717\x1b")
    assert "  " not in re.sub(r"^ +", "", text, flags=re.MULTILINE)
    for finding in EVERY:
        assert f"{WORDS[finding.level].capitalize()}: {finding.verdict}\n" in text


def test_colour_changes_nothing_that_is_said():
    for width in (60, 100):
        text = render([*EVERY, LONG], "text", width=width, colour=True)
        assert re.sub(r"\x1b\[[\d;]*m", "", text) == render([*EVERY, LONG], "text", width=width)
        assert "\x1b[" in text


def test_several_findings_begin_with_a_table_of_them():
    lines = render(EVERY, "text", width=140, title="Nightly").splitlines()
    assert lines[:3:2] == ["Nightly", "4 checks: 1 failed, 1 doubtful, 1 cannot tell, 1 passed"]
    for line, finding in zip(lines[4:8], EVERY, strict=True):
        for part in (WORDS[finding.level], finding.check, finding.verdict, finding.says[0]):
            assert part in line


def test_people_see_no_ids():
    for form in ("text", "md", "html"):
        words = html_of(render(EVERY, form)).text if form == "md" else render(EVERY, form)
        words = Page(words).text if form == "html" else words
        assert not re.search(r"[a-z]_[a-z]", words), form
        assert "gain-is-noise" not in words


def test_no_finding_is_said_in_every_format():
    for form in CHECK_FORMATS:
        text = render([], form)
        if form in ("text", "md", "html"):
            assert "No check was made." in text
    assert ET.fromstring(render([], "junit").encode()).get("tests") == "0"
    assert json.loads(render([], "sarif"))["runs"][0]["results"] == []
    assert render([], "github") == ""


_words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
_outside = st.one_of(
    _words,
    st.sampled_from([HOSTILE, *STARTS, "::error::x", "%0A::error::x", "\n::warning::y", "x" * 90]),
    st.lists(
        st.sampled_from(["some", "plain", "words", "\u4e2d\u6587", "\u00e4\u00f6"]), max_size=30
    ).map(" ".join),
)
_numbers = st.floats(-1e6, 1e6)
_measures = st.builds(
    Measure,
    name=_outside,
    value=_numbers,
    unit=st.sampled_from(["points", "percent", "items", "words", "tokens", ""]),
    low=st.none() | _numbers,
    high=st.none() | _numbers,
)
_levels = st.sampled_from([*WORDS])
_texts = st.lists(_outside, max_size=3).map(tuple)
_findings = st.builds(
    Finding,
    check=st.sampled_from(["compare", "coverage", "leakage"]),
    title=_outside,
    modes=st.just(("gain-is-noise",)),
    level=_levels,
    verdict=_outside,
    says=_texts,
    measures=st.lists(_measures, max_size=4).map(tuple),
    parts=st.lists(
        st.builds(Part, name=_outside, level=_levels, says=_outside, measures=st.lists(_measures, max_size=3).map(tuple)),
        max_size=6,
    ).map(tuple),
    places=st.lists(st.builds(Place, file=_outside, line=st.integers(0, 10**6), says=_outside), max_size=3).map(tuple),
    do=_texts,
    needed=st.none() | st.integers(1, 10**6),
    because=_texts,
)  # fmt: skip


def whole_words(text: str) -> set[str]:
    return set(" ".join(printable(text).split()).split())


@settings(max_examples=examples(60))
@given(st.lists(_findings, min_size=1, max_size=3), st.integers(30, 160), st.booleans())
def test_a_line_is_too_long_only_for_a_word_that_is_and_no_word_is_cut(found, width, plain):
    from rich.cells import cell_len

    text = render(found, "text", width=width, plain=plain)
    for line in text.splitlines():
        if cell_len(line) > max(width, 30) and line.isascii():
            assert max(map(len, line.split())) + 12 > width / 2, line
    known = {word for one in found for said in one.says[:1] for word in whole_words(said)}
    shown = set(text.split())
    assert known <= shown or all(len(one.says) > 1 for one in found) or text.count("\n") > SCREEN


# ---- programs ----


@settings(max_examples=examples(60))
@given(st.lists(_findings, max_size=3))
def test_junit_counts_what_it_holds_and_has_a_test_for_each_finding_and_part(found):
    root = ET.fromstring(render(found, "junit").encode())
    cases = root.findall("./testsuite/testcase")
    levels = [level for one in found for level in (one.level, *(part.level for part in one.parts))]
    assert len(cases) == len(levels) == int(root.get("tests"))
    for kind, level in (("failure", "failed"), ("skipped", "unknown")):
        assert len(root.findall(f".//{kind}")) == levels.count(level)
    assert int(root.get("failures")) == levels.count("failed")
    for suite in root.findall("testsuite"):
        inside = suite.findall("testcase")
        assert int(suite.get("tests")) == len(inside)
        assert int(suite.get("skipped")) == len(suite.findall(".//skipped"))
        assert {case.get("classname") for case in inside} == {f"check.{suite.get('name')}"}


def test_junit_says_why_a_part_failed_and_why_another_was_skipped():
    root = ET.fromstring(render(EVERY, "junit").encode())
    cases = {case.get("name"): case for case in root.findall(".//testcase")}
    assert cases["language: pt-br"].find("failure").get("message") == "failed: worse"
    assert (
        "difference: -12.5 points, 95 % interval -19.0 to -6.0" in cases["language: pt-br"][0].text
    )
    assert (
        cases["channel: telephone"].find("skipped").get("message")
        == "cannot tell: not enough evidence"
    )
    assert cases["channel: mail"].find("system-out").text.startswith("doubtful: worse\n")
    assert (cases[LEAKED.title].get("file"), cases[LEAKED.title].get("line")) == (
        "eval.jsonl",
        "17",
    )
    whole = cases[WORSE.title].find("failure").text
    for line in (*WORSE.says, *WORSE.do, *map(view.named, WORSE.measures)):
        assert line in whole


@settings(max_examples=examples(60))
@given(st.lists(_findings, max_size=3))
def test_sarif_has_the_keys_that_the_standard_requires(found):
    log = json.loads(render(found, "sarif"), parse_constant=pytest.fail)
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "adaptadvisor"
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["level"] == "none" or result["kind"] == "fail", "as section 3.27.10 has it"
        for location in result.get("locations", ()):
            physical = location["physicalLocation"]
            assert re.fullmatch(r"[!-~]+", physical["artifactLocation"]["uri"])
            assert physical.get("region", {"startLine": 1})["startLine"] >= 1


def test_sarif_has_every_verdict_number_part_and_place():
    results = json.loads(render(EVERY, "sarif"))["runs"][0]["results"]
    kinds = {
        "failed": ("fail", "error"),
        "doubtful": ("fail", "warning"),
        "unknown": ("open", "none"),
        "passed": ("pass", "none"),
    }
    rows = iter(results)
    for finding in EVERY:
        row = next(rows)
        assert (row["kind"], row["level"]) == kinds[finding.level]
        assert row["properties"]["verdict"] == finding.verdict
        assert (
            TypeAdapter(tuple[Measure, ...]).validate_python(row["properties"]["measures"])
            == finding.measures
        )
        places = [
            (place["physicalLocation"]["region"]["startLine"], place["message"]["text"])
            for place in row.get("locations", ())
        ]
        assert places == [(place.line, place.says) for place in finding.places]
        for part in finding.parts:
            row = next(rows)
            assert (row["kind"], row["level"]) == kinds[part.level]
            assert (row["properties"]["part"], row["properties"]["says"]) == (part.name, part.says)
            assert [each["value"] for each in row["properties"]["measures"]] == [
                each.value for each in part.measures
            ]
    assert next(rows, None) is None


def test_annotations_are_errors_warnings_and_notices_at_their_places():
    lines = render(EVERY, "github").splitlines()
    heads = [
        re.match(r"::(error|warning|notice) (?:file=([^,]*),line=(\d+),)?title=", line).groups()
        for line in lines
    ]
    assert heads == [
        ("error", None, None),  # the comparison, its part that failed, its doubtful one
        ("error", None, None),
        ("warning", None, None),
        ("notice", None, None),  # the coverage, and its part without an item
        ("error", None, None),
        ("warning", None, None),  # the leak, and two places
        ("warning", "eval.jsonl", "17"),
        ("warning", "data/eval 2.jsonl", "90"),
        ("notice", None, None),
    ]
    assert "language: pt-br: failed, worse" in lines[1]


# ---- text from outside ----


@settings(max_examples=fewer(100))
@given(st.lists(_findings, min_size=1, max_size=2), _outside)
def test_nothing_that_a_stranger_wrote_acts_in_any_format(found, title):
    texts = {form: render(found, form, title=title) for form in CHECK_FORMATS}
    for form, text in texts.items():
        assert not control_character(text.replace("\n", "")), form
    page = Page(texts["html"])
    assert page.wrong == []
    assert "script" not in page.tags
    assert page.tags.count("style") == page.tags.count("main") == page.tags.count("h1") == 1
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert {value for _, name, value in page.attributes if name == "href"} <= {
        "#main", *(f"#check-{number}" for number in (1, 2))
    }  # fmt: skip
    allowed = {
        "h1",
        "h2",
        "p",
        "strong",
        "em",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ul",
        "li",
    }
    assert set(html_of(texts["md"]).tags) <= allowed | {"details", "summary"}
    assert not re.search(r"(?<![\\\w])@\w|(?<!\w)#\d", texts["md"])
    ET.fromstring(texts["junit"].encode())
    json.loads(texts["sarif"])
    commands = texts["github"].splitlines()
    assert all(re.match(r"::(error|warning|notice) ", line) for line in commands)
    loud = sum(part.level in ("failed", "doubtful") for one in found for part in one.parts)
    assert len(commands) == len(found) + loud + sum(len(one.places) for one in found)


def test_hostile_words_stay_readable():
    part = Part(name=HOSTILE, level="failed", says=HOSTILE)
    finding = replace(STEADY, says=(HOSTILE,), verdict="odd", parts=(part,))
    plain = " ".join(printable(HOSTILE).split())
    shown = {
        "text": render([finding], "text", width=100),
        "md": html_of(render([finding], "md")).text.replace("\u2060", ""),
        "html": Page(render([finding], "html")).text,
        "junit": ET.fromstring(render([finding], "junit").encode())
        .find(".//testcase[2]")
        .get("name"),
        "sarif": json.loads(render([finding], "sarif"))["runs"][0]["results"][1]["properties"][
            "part"
        ],
    }
    for form, text in shown.items():
        assert plain in " ".join(text.split()), form


@pytest.mark.parametrize("long", ["word " * 300, "&" * 1_500, "| " * 700])
def test_a_comment_is_never_longer_than_github_takes(long):
    parts = tuple(replace(part, name=f"{part.name} {long}", says=long) for part in LONG.parts)
    large = replace(LONG, parts=parts, says=(long,) * 50, do=(long,) * 50, verdict=long, title=long)
    for found in ([large], [large] * 3, [replace(large, parts=large.parts[:1])] * 60):
        text = render(found, "md", title=long)
        assert len(text) <= MOST
        assert "failed" in text
    text = render([replace(LONG, parts=LONG.parts * 30)], "md")
    assert len(text) <= MOST
    assert re.search(r"and [\d,]+ more parts", text)


# ---- plots ----


def test_a_plot_shows_the_whole_every_part_zero_and_the_margin_on_one_scale():
    points, shares = plots.plots(WORSE)
    assert [row.name for row in points.rows] == [
        "difference",
        "language: pt-br",
        "channel: mail",
        "channel: telephone",
        "language: en",
    ]
    assert [row.name for row in shares.rows] == ["base", "tuned"]
    ticks = {label: at for at, label in points.ticks}
    scale = (ticks["-10"] - ticks["0"]) / -10
    start, width = points.band
    assert points.zero == ticks["0"]
    assert (start, width) == pytest.approx((points.zero - 2 * scale, 4 * scale), abs=0.02)
    whole = points.rows[0]
    for at, number in ((whole.low, -6.1), (whole.at, -4.0), (whole.high, -1.9)):
        assert at == pytest.approx(points.zero + scale * number, abs=0.02)
    assert shares.zero is shares.band is None


@given(_findings)
def test_every_mark_of_a_plot_is_inside_it_and_the_ticks_are_few(finding):
    for plot in plots.plots(view.tidy(finding)):
        assert 2 <= len(plot.ticks) <= 6
        places = [at for at, _ in plot.ticks]
        assert places == sorted(places)
        for row in plot.rows:
            assert all(0 <= at <= 100 for at in (row.low, row.at, row.high))


def test_flips_are_bars_as_long_as_their_counts():
    bars = plots.flips(WORSE)
    assert [(bar.name, bar.words, round(bar.length)) for bar in bars] == [
        ("base", "80 items", 100),
        ("tuned", "24 items", 30),
    ]
    page = Page(render([WORSE], "html"))
    widths = [value for tag, name, value in page.attributes if tag == "rect" and name == "width"]
    assert {"100.0%", "30.0%"} <= set(widths)


def test_the_page_is_one_file_without_script_that_names_what_its_pictures_show():
    text = render(EVERY, "html", title="Nightly")
    page = Page(text)
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert not re.search(r"url\(|@import|https?://", text)
    hidden = [
        value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-hidden")
    ]
    nested = text.count('overflow="visible"')
    assert page.tags.count("svg") == len(hidden) + nested, (
        "each stands beside words that say the same"
    )
    for row in plots.plots(WORSE)[0].rows:
        assert f"{row.name} {row.words}" in page.text


def test_the_look_of_a_page_in_the_terminal_is_kept():
    kept = Path(__file__).parent / "goldens" / "checks.txt"
    assert render(EVERY, "text", width=80, title="Nightly") == kept.read_text(encoding="utf-8")
