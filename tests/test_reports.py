"""Reports: one recommendation with several faces that say the same, inert whatever anybody wrote,
and files that nobody loses.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from dataclasses import fields
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
import yaml
from conftest import BARE, EVERYTHING, FULL, ROOT, RULES, THOROUGH, examples, fewer, in_process
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from strategies import situations

from adaptadvisor import advise
from adaptadvisor.advice import stored
from adaptadvisor.advice.recommendation import SCHEMA, Recommendation
from adaptadvisor.cli.main import run
from adaptadvisor.engine.decide import Engine
from adaptadvisor.errors import BadInput, control_character, printable
from adaptadvisor.interview.saved import is_saved
from adaptadvisor.reading import facts_file as factsfile
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import after, markup, mermaid, summary, words
from adaptadvisor.render import formats as faces
from adaptadvisor.render.path import ROWS_SHOWN, path
from adaptadvisor.table.given import LONGEST, Given
from adaptadvisor.table.speech import plan_words

TABLE = load_table(RULES)
ENGINE = Engine(TABLE)
MARKDOWN = MarkdownIt("gfm-like", {"linkify": False, "html": True})
"""CommonMark with GitHub's tables and strikethrough; raw HTML is let through, so that it shows."""

FACTS = [
    {},
    {"task": "answer", "private_knowledge": True, "behaviour_shift": "strong"},
    {
        "task": "label",
        "examples": 190,
        "classes": 12,
        "model_access": "api",
        "stakes": "high",
        "eval_examples": 20,
    },
    {
        "task": "write",
        "behaviour_shift": "strong",
        "model_access": "api",
        "private_knowledge": True,
        "examples": 30,
        "tried": ("prompt", "rag"),
    },
    {"tried": ("prompt+rag+task_head+lora+full",)},
    {"task": "label", "examples": "150..5k", "classes": "5+", "gpu_memory_gb": "0.5..24"},
]
"""Settled and open, one part and two, needs that stay open, "not yet", nothing left, and ranges."""

HOSTILE = (
    "<script>alert(1)</script> \"quoted' `ticks` ``` | pipe @name #123 GH-7 ]]> -->\x1b[31mred\x07"
    " \u202eright\u202c *bold* _it_ [x](javascript:1) ![i](http://x.example/i.png) &amp; <details>"
    " {{ 7*7 }} {% raw %} ~~gone~~ $x$ \\ <!-- c"
)
STARTS = (
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "2) item",
    "> quote",
    "=== ",
    "--- ",
    "``` fence",
    "    code",
    "| a | b |",
    "@name",
    "#12",
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


class Page(HTMLParser):
    """An HTML page as its tags, its attributes and the text of each element by class or id."""

    VOID = ("meta", "br", "hr", "img", "link", "input", "path", "circle", "rect")

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.stack, self.wrong, self.words, self.prose = (
            [],
            [],
            [],
            [],
            [],
            [],
        )
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if not self.stack or self.stack[-1] != "style":
            self.words.append(data)
            if "code" not in self.stack:
                self.prose.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def html_of(source):
    """Markdown as GitHub's rules turn it into HTML."""
    return Page(MARKDOWN.render(source))


# ---- every face says the same ----


def said(advice, face):
    """What every face must name: plan, verdicts, rows, sources, checks, variants, steps, hinges,
    flips and what is to be confirmed.
    """
    yield plan_words(advice.plan)
    yield advice.headline
    yield from advice.outlook[1:]
    yield words.settledness(advice).rstrip(".")
    for verdict in advice.verdicts:
        if verdict.verdict != "recommended":  # the plan names those
            yield words.verdict_words(advice, verdict)
        told = (
            face == "text" and verdict.verdict == "recommended"
        )  # which tells what was tried once
        yield verdict.because if told else words.lifting(advice, verdict)
    for reason in advice.reasons:
        if not summary.always(reason):
            yield reason.says[1:].rstrip(".")
        yield from (meeting.because for meeting in reason.met_by)
    yield from (source.title for source in advice.sources if source.id in words.in_front(advice))
    if (
        face != "text"
        # which says what speaks for an approach with the reasons, and what speaks against it with the
        # verdicts
    ):
        yield from (
            point.says for verdict in advice.verdicts for point in (*verdict.good, *verdict.bad)
        )
    yield from (check.failure[1:] for check in advice.checks)
    yield from (check.passes for check in advice.checks)
    yield from (step.do for step in advice.route)
    yield from (step.gate for step in advice.route if step.gate)
    yield from (variant.name for variant in advice.variants)
    yield from (row.condition for row in advice.confirm_first)
    yield from (need.closed_by for need in advice.open_needs)
    yield from (words.fact_name(advice, hinge.fact) for hinge in advice.hinges)
    yield from (
        words.answer(advice, flip, flip.fact) for flip in advice.flips if flip.now is not None
    )
    yield from (words.near_words(advice, near) for near in advice.near_thresholds)
    yield advice.table.digest


def flat(text):
    return re.sub(r"\s+", " ", text.replace("\u2060", ""))


FACES = {
    "text": flat,
    "md": lambda text: html_of(text).text,
    "adr": lambda text: html_of(text.partition("---\n\n")[2]).text,
    "html": lambda text: Page(text).text,
}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("facts", FACTS, ids=range(len(FACTS)))
def test_every_face_names_the_same_plan_verdicts_reasons_sources_and_checks(face, facts):
    advice = advise(
        TABLE, facts, title="Support bot", notes="First line\nsecond line", date="2026-11-24"
    )
    shown = flat(FACES[face](faces.render(advice, face, parts=FULL, width=100)))
    for part in said(advice, face):
        assert flat(part) in shown, part
    for part in ("Support bot", "First line", "second line", "2026-11-24"):
        assert part in shown


@settings(max_examples=fewer(25))
@given(situations(TABLE, ENGINE))
def test_every_situation_has_every_face(facts):
    advice = advise(TABLE, facts)
    for face, read in FACES.items():
        assert plan_words(advice.plan) in flat(read(faces.render(advice, face, width=60)))


@pytest.mark.parametrize("facts", FACTS, ids=range(len(FACTS)))
def test_what_was_stored_is_read_back_whole_and_gives_the_same_faces(facts):
    advice = advise(TABLE, facts, title="A", notes="B\nC")
    text = faces.render(advice, "json")
    again = stored.read(text, "rec.json")
    assert again == advice
    for face in (*FACES, "json"):
        assert faces.render(again, face) == faces.render(advice, face)


KEPT = sorted((Path(__file__).parent / "documents").iterdir())
"""Documents that 0.1.0 wrote; one has a plan to start with, the other one nothing left to try."""


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_document_of_the_first_version_validates_and_comes_back_with_all_it_said(path, capsys):
    text = path.read_text(encoding="utf-8")
    assert run(["report", str(path), "--format", "json"]) == 0
    renewed, first = json.loads(capsys.readouterr().out), json.loads(text)
    validator_of("recommendation").validate(renewed)
    assert _only_empty_more({**first, "schema": renewed["schema"]}, renewed)
    assert not renewed["precedents"]
    for face, read in FACES.items():
        shown = flat(read(faces.render(stored.read(text, path.name), face)))
        assert json.loads(text)["title"] in shown


def _only_empty_more(old, new):
    """Whether `new` says all that `old` does, and nothing where only it has a key."""
    if isinstance(old, dict):
        more = [value for key, value in new.items() if key not in old]
        return not any(map(_anything, more)) and all(
            _only_empty_more(old[key], new[key]) for key in old
        )
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_only_empty_more, old, new))
    return old == new


def _anything(value):
    return any(map(_anything, value.values())) if isinstance(value, dict) else bool(value)


# ---- JSON and its schemas ----


@cache
def validator_of(name):
    found = json.loads(in_process("schema", name).stdout)
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


@pytest.mark.parametrize("facts", FACTS, ids=range(len(FACTS)))
def test_a_recommendation_validates_against_the_schema_and_a_damaged_one_does_not(facts):
    validator = validator_of("recommendation")
    data = json.loads(faces.render(advise(TABLE, facts), "json"))
    validator.validate(data)
    for key in (field.name for field in fields(Recommendation)):
        without = {name: value for name, value in data.items() if name != key}
        assert validator.is_valid(without) == (key == "costs"), key  # only where prices are given
        assert not validator.is_valid({**data, key: -7}), key
    assert not validator.is_valid({**data, "plan": ["finetune"]})
    validator.validate({**data, "one_day": "there will be more"})


@settings(max_examples=examples(15))
@given(situations(TABLE, ENGINE))
def test_every_recommendation_validates(facts):
    _validator().validate(json.loads(faces.render(advise(TABLE, facts), "json")))


def test_the_schema_in_the_project_is_the_one_that_the_program_prints(capsys):
    for name, version in (
        ("recommendation", 2),
        ("facts", 1),
        ("batch", 1),
        ("precedents", 1),
        ("comparison", 1),
        ("checks", 1),
        ("next", 1),
        ("profile", 1),
        ("cost", 1),
        ("lab", 1),
    ):
        assert run(["schema", name]) == 0
        kept = ROOT / "adaptadvisor" / "schemas" / f"{name}-{version}.json"
        assert kept.read_text(encoding="utf-8") == capsys.readouterr().out, (
            f"adaptadvisor schema {name} -o {kept.relative_to(ROOT)} --force"
        )


def test_the_facts_schema_takes_what_a_facts_file_may_hold_and_nothing_else():
    validator = validator_of("facts")
    validator.validate(
        {
            "task": "label",
            "examples": 1200,
            "citations": None,
            "tried": ["prompt", "rag+lora"],
            "title": "T",
            "notes": "N",
        }
    )
    for wrong in (
        {"task": "labelz"},
        {"examples": -1},
        {"examples": 1.5},
        {"tsk": "label"},
        {"tried": ["rag+qlora"]},
        {"citations": "yes"},
        {"title": 1},
    ):
        assert not validator.is_valid(wrong), wrong


def test_the_lines_of_a_batch_validate(capsys):
    validator = validator_of("batch")
    cases = [{"id": 1, "facts": {"task": "label"}}, {"id": [1, "a"], "facts": {"tsk": 1}}]
    Path("cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))
    assert run(["batch", "cases.jsonl", "--settled", "--odds"]) == 2
    for line in capsys.readouterr().out.splitlines():
        validator.validate(json.loads(line))
    validator.validate(cases[0])
    assert not validator.is_valid({"facts": {"task": "lable"}})


REFUSED = [
    ('{"schema": "adaptadvisor/recommendation/3"}', "newer-document"),
    ('{"schema": "adaptadvisor/recommendation/99999999999999999999"}', "newer-document"),
    ('{"schema": "adaptadvisor/what-if/1"}', "foreign-document"),
    ('{"schema": 7}', "foreign-document"),
    ('{"schema": null}', "foreign-document"),
    ('{"schema": "adaptadvisor/recommendation/2"}', "bad-document"),
    ('{"schema": "adaptadvisor/recommendation/1"}', "bad-document"),
    ('{"schema": "adaptadvisor/recommendation/1", "title": ' + "9" * 5000 + "}", "bad-document"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED, ids=[code for _, code in REFUSED])
def test_a_newer_a_foreign_or_a_broken_document_is_refused_in_one_line(text, code, capsys):
    Path("rec.json").write_text(text)
    assert run(["report", "rec.json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"rec.json: error[{code}]: ")
    assert err.count("\n") == 1


MISFITS = [
    ("title", "t" * 201, "expected at most 200 characters"),
    ("notes", "n" * 20_001, "notes has 20,001 characters; expected at most 20,000"),
    ("headline", "<" * 20_001, "headline has 20,001 characters"),
    ("title", 7, "title is 7; expected a valid string"),
    ("title", "\ud83d", "title holds half a character"),
    ("date", "soon", 'date is "soon"; expected a day such as 2026-11-21'),
    ("plan", ["qlora"], "plan[0] is \"qlora\"; expected 'prompt', 'rag', 'task_head', 'lora' or"),
    ("settled", "yes", 'settled is "yes"; expected a valid boolean'),
    ("facts", {"examples": {}}, "facts.examples is {}; expected a valid string, a valid boolean,"),
    ("facts", {"examples": float("inf")}, "facts.examples is no finite number"),
    ("facts", {"\x1b[31m\u202e": None}, "facts.\\x1b[31m\\u202e is null; expected a"),
    ("facts", {"f" * 20_001: 1}, "a key of facts has 20,001 characters"),
    ("family", 3, "family is 3; expected an object"),
    ("sources", [{"id": "x"}], 'sources[0] has no "title"'),
    ("reasons", [1] * 20_000, "it has more than 20,000 texts, numbers and lists"),
    ("verdicts", [], "verdicts must speak of prompt, rag, task_head, lora, full, in this order"),
    ("one_day", json.loads("[" * 62 + "]" * 62), "is nested deeper than 60 levels"),
]


@pytest.mark.parametrize(
    ("key", "value", "says"), MISFITS, ids=[says[:40] for _, _, says in MISFITS]
)
def test_a_damaged_document_is_refused_in_a_line_that_says_where_and_what_would_do(
    key, value, says, capsys
):
    data = json.loads(KEPT[0].read_text(encoding="utf-8"))
    Path("rec.json").write_text(json.dumps({**data, key: value}))
    assert run(["report", "rec.json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("rec.json: error[bad-document]: ")
    assert says in err
    assert err.count("\n") == 1
    assert len(err) < 400
    assert err.rstrip("\n").isprintable()


@pytest.mark.parametrize(
    ("size", "says"),
    [(5_000_000, "larger than 5 MB"), (1_000_000, "has 1,000,0")],
    ids=["never read", "never shown"],
)
def test_a_large_document_is_refused(size, says, capsys):
    Path("rec.json").write_text(json.dumps({"schema": SCHEMA, "title": "<" * size}))
    assert run(["report", "rec.json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"rec.json: error[too-large]: {says}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("key", ["title", "notes"])
def test_no_title_and_no_notes_are_longer_than_a_stored_document_may_hold(key, capsys):
    longest = LONGEST[key]
    line = f'error[too-long]: "{key}" has {longest + 1:,} characters; expected at most {longest:,}'
    for length, code in ((longest, 0), (longest + 1, 2)):
        Path("f.yaml").write_text(f"task: label\n{key}: {'x' * length}\n")
        assert run(["recommend", f"--{key}", "<" * length]) == code
        err = capsys.readouterr().err
        assert run(["recommend", "--facts", "f.yaml", "--format", "json"]) == code
        out, from_file = capsys.readouterr()
        if code:
            assert line in err
            assert f"f.yaml:2:{len(key) + 3}: error[too-long]: " in from_file
            assert f"at most {longest:,}" in from_file
        else:
            assert stored.read(out, "rec.json")


def _everywhere(data, path=()):
    """The place of every value in a document."""
    yield path
    if isinstance(data, (dict, list)):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _everywhere(value, (*path, key))


@cache
def _validator():
    from adaptadvisor.advice import schema

    return jsonschema.Draft202012Validator(schema.recommendation(TABLE))


@settings(max_examples=fewer(100))
@given(st.data())
def test_a_document_with_any_one_value_damaged_is_read_where_it_fits_the_schema_and_can_be_shown(
    data,
):
    document = json.loads(faces.render(advise(TABLE, FACTS[2]), "json"))
    places = [place for place in _everywhere(document) if place]
    *way, last = data.draw(st.sampled_from(places))
    part = document
    for key in way:
        part = part[key]
    part[last] = data.draw(
        st.sampled_from([None, 7, 1.5, True, "word", [], {}, ["x"], {"x": 1}, [[]], HOSTILE])
    )
    text = json.dumps(document)
    if not isinstance(document.get("schema"), str) or not stored.is_document(text):
        return
    valid = _validator().is_valid(document)
    advice = _read(document)
    assert valid == (not isinstance(advice, str)) or "in this order" in advice
    if isinstance(advice, str):
        return
    for face in FACES:
        assert faces.render(advice, face)


# ---- hostile text ----


def _with_text(value, text):
    """The recommendation with this text in every field that is free text, ids included."""
    kept = {
        "schema",
        "approach",
        "verdict",
        "kind",
        "plan",
        "plans",
        "likely",
        "could_meet",
        "rules_out",
        "fact",
        "date",
        "review_by",
        "strength",
        "checked",
        "answer",
        "stage",
    }
    if isinstance(value, dict):
        return {key: part if key in kept else _with_text(part, text) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_text(part, text) for part in value]
    return text if isinstance(value, str) else value


def hostile(text):
    """A recommendation that says this everywhere; where that would be megabytes, a short one."""
    facts = FACTS[3] if len(text) < 1_000 else FACTS[4]
    data = json.loads(faces.render(advise(TABLE, facts, title="t", notes="n"), "json"))
    if len(text) >= 1_000:
        for key in ("precedents", "checks", "sources", "misleads", "verdicts", "route"):
            data[key] = data[key][:5]  # a document has its limits
    title = text[: LONGEST["title"]]
    return stored.read(json.dumps({**_with_text(data, text), "title": title}), "rec.json")


@cache
def calm(word, face):
    """The face, as a page, of a recommendation that says a harmless word everywhere."""
    out = faces.render(hostile(word), face)
    return Page(out) if face == "html" else html_of(out)


UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
OWN_TAGS = {"html", "head", "meta", "title", "style", "body"}


@pytest.mark.parametrize(
    "text",
    [HOSTILE, HOSTILE * 5, *STARTS, "\n\n# x\n\n<b>y</b>\n```\n"],
    ids=lambda text: f"{text[:12]!r} {len(text)}",
)
def test_hostile_text_is_inert_in_every_face(text):
    word, wild = "word" if len(text) < 1_000 else "w" * 1_000, hostile(text)
    for face in ("text", "md", "adr", "html"):
        out = faces.render(wild, face)
        assert not UNSEEN.search(out), face
    page, plain = Page(faces.render(wild, "html")), calm(word, "html")
    assert not page.wrong
    assert not page.stack
    assert "script" not in page.tags
    assert set(page.tags) <= set(plain.tags) | {"p"}
    assert {name for _, name, _ in page.attributes} <= {name for _, name, _ in plain.attributes}
    for _, name, value in page.attributes:
        assert not name.startswith("on")
        assert name not in ("src", "srcset", "action", "data")
        assert name != "href" or value.startswith(("https://arxiv.org/", "#"))
    for face in ("md", "adr"):
        page, plain = html_of(faces.render(wild, face)), calm(word, face)
        assert set(page.tags) == set(plain.tags), face
        assert not re.search(r"@name|#123|GH-7", " ".join(page.prose)), "no mention, no reference"
        links, own = (
            {value for tag, _, value in each.attributes if tag == "a"} for each in (page, plain)
        )
        assert links == own, "nobody's text is a link"


PLANTED = (
    "\x1b[31m",
    "\u202e",
    "<script>x</script>",
    "](javascript:x)",
    "[a](javascript:x)",
    "@user",
    "\n# H",
)


def _kinds_of_texts(data, path=()):
    """The places of all texts, keys among them, with `*` for every entry of a list."""
    if isinstance(data, dict):
        for key, part in data.items():
            if path in (("facts",), ("reasons", "*", "answers"), ("hinges", "*", "together_with")):
                yield (*path, "a key")
            yield from _kinds_of_texts(part, (*path, key))
    elif isinstance(data, list):
        for part in data:
            yield from _kinds_of_texts(part, (*path, "*"))
    elif isinstance(data, str):
        yield path


def _planted(data, path, text):
    """The data with this text at a place of a kind, everywhere that it leads."""
    if not path:
        return text if isinstance(data, str) else data
    first, *rest = path
    if first == "*":
        return [_planted(part, rest, text) for part in data] if isinstance(data, list) else data
    if first == "a key":
        return {text: "x"}
    if not isinstance(data, dict) or first not in data:
        return data
    return {**data, first: _planted(data[first], rest, text)}


def _read(data):
    """The recommendation, or the line that refuses it."""
    try:
        return stored.read(json.dumps(data), "rec.json")
    except BadInput as error:
        return str(error)


@cache
def _open_and_closed(path):
    """The document, the kinds of its texts that take any text, and those that do not."""
    real = json.loads(path.read_text(encoding="utf-8"))
    kinds = sorted(set(_kinds_of_texts(real)), key=lambda kind: "a key" in kind)
    closed = [kind for kind in kinds if isinstance(_read(_planted(real, kind, "w")), str)]
    return real, [kind for kind in kinds if kind not in closed], closed


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_the_texts_of_a_stored_document_that_take_one_of_a_few_words_take_no_other(path):
    real, wide, closed = _open_and_closed(path)
    assert len(wide) > 60
    assert {kind[-1] if kind[-1] != "*" else kind[-2] for kind in closed} >= {
        "approach",
        "plan",
        "verdict",
        "strength",
        "schema",
        "date",
    }
    for kind in closed:
        line = _read(_planted(real, kind, "".join(PLANTED)))
        assert isinstance(line, str), kind
        assert line.isprintable(), kind


@pytest.mark.parametrize("text", PLANTED, ids=ascii)
@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_hostile_text_in_every_text_of_a_stored_document_is_inert(path, text):
    real, wide, _ = _open_and_closed(path)
    wild, calm = real, real
    for kind in wide:
        wild, calm = _planted(wild, kind, text), _planted(calm, kind, "w")
    wild, calm = _read(wild), _read(calm)
    assert faces.render(wild, "json").isascii()
    for face in FACES:
        out = faces.render(wild, face)
        assert not UNSEEN.search(out), face
        if face == "text":
            continue
        read = Page if face == "html" else html_of
        found, plain = read(out), read(faces.render(calm, face))
        assert set(found.tags) <= set(plain.tags), face
        assert _headings(found) == _headings(plain), face
        assert not any(
            value.startswith("javascript") for _, name, value in found.attributes if name != "id"
        )
        assert face == "html" or "@user" not in " ".join(found.prose)


def _headings(page):
    return [tag for tag in page.tags if re.fullmatch("h[1-6]", tag)]


@settings(max_examples=examples(200))
@given(st.text(max_size=60))
def test_any_text_survives_markdown_as_the_same_text(text):
    wanted = " ".join(printable(text).split())
    shown = html_of(
        f"| a | b |\n| --- | --- |\n| x{markup.inline(text)}x | y |\n\n- {markup.inline(text)}"
    )
    assert not set(shown.tags) - {"table", "thead", "tbody", "tr", "th", "td", "ul", "li", "p"}
    assert flat(shown.text).replace(" ", "") == f"abx{wanted}xy{wanted}".replace(" ", "").replace(
        "\u2060", ""
    )


ADDRESSES = [
    "https://jira.example.com/q?a=1&b=2",
    "https://medium.com/@bob/x",
    "https://github.com/o/r/issues#12",
    "http://wiki.local:8080/a_b_c/*x",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_web_address_in_a_text_is_text_in_every_form_and_that_of_a_source_is_a_link(address):
    """GitHub makes a link of whatever looks like an address; so does the parser here."""
    github = MarkdownIt("gfm-like", {"linkify": True, "html": True})
    github.linkify.set({"fuzzy_link": False, "fuzzy_email": True})
    assert "<a " in github.render(f"See {address}.")
    said = f"See {address}, <{address}>, www.evil.example, a@evil.example or :tada:."
    advice = advise(TABLE, FACTS[1], title=said, notes=said)
    cases = advice.precedents[: words.CASES_SHOWN]
    bearing = {*words.in_front(advice)}
    for face in ("md", "adr"):
        named = [row for row in advice.sources if face == "md" or row.id in bearing or row.dissents]
        sources = {source.address for source in (*named, *cases)}
        page = Page(github.render(faces.render(advice, face)))
        links = {value for tag, name, value in page.attributes if (tag, name) == ("a", "href")}
        assert links == {link for source in sources for _, link in markup.links(source)} - {""}
        assert f"See {address}, <{address}>, www." in flat(page.text)
        assert ":\u2060tada:" in page.text
    page = Page(faces.render(advice, "html"))
    assert not [value for _, name, value in page.attributes if name == "href" and address in value]
    assert address in page.text
    assert address in faces.render(advice, "text", parts=FULL, width=100)


@pytest.mark.parametrize("title", ["   ", "\u00a0", "\n"])
def test_a_blank_title_is_none(title):
    advice = advise(TABLE, {}, title=title)
    assert faces.render(advice, "md").startswith("# Plan: prompt\n")
    assert "<h1><bdi>Plan: prompt</bdi></h1>" in faces.render(advice, "html")


def test_a_title_that_ends_like_a_closed_heading_keeps_its_end():
    assert "Port to C #" in html_of(faces.render(advise(TABLE, {}, title="Port to C #"), "md")).text


# ---- Markdown, decision records, HTML ----


def test_markdown_starts_with_the_verdict_one_table_and_a_drawing():
    advice = advise(TABLE, FACTS[1])
    page = html_of(faces.render(advice, "md"))
    source = faces.render(advice, "md")
    assert source.startswith("# Plan: RAG + LoRA\n\n**Plan: RAG + LoRA.**")
    assert page.tags.index("table") < page.tags.index("details")
    assert source.index("| Approach |") < source.index("```mermaid") < source.index("<details>")
    assert source.count("```") == 2
    assert source.count("<details>") == source.count("</details>") == source.count("<summary>")


def _unfolded(source):
    """What a reader of Markdown sees before anything is opened."""
    return re.sub(r"(?s)<details>\n<summary>(.*?)</summary>.*?</details>", r"\1", source)


IN_FRONT = re.compile(r"(?<![\w/.#-])[a-z0-9]+(?:_[a-z0-9]+)+\b")
"""A name as programs write it, and as nobody speaks."""


@pytest.mark.parametrize(
    "task", sorted({row.facts["task"] for row in TABLE.precedents.values() if "task" in row.facts})
)
def test_every_published_case_has_a_record_of_one_page_and_a_markdown_that_github_takes(task):
    ids = TABLE.needs.keys() | TABLE.limits.keys() | TABLE.checks.keys() | TABLE.precedents.keys()
    ids = {id for id in ids if "-" in id}
    rows = [row for row in TABLE.precedents.values() if row.facts.get("task") == task]
    for row in rows[:: 1 if EVERYTHING else 5]:
        advice = advise(TABLE, row.facts, date="2026-11-28")
        record, source = (faces.render(advice, face) for face in ("adr", "md"))
        assert _unfolded(record).count("\n") <= 120, row.id
        assert len(source) < 65_000, row.id
        for face, front in (("adr", record), ("md", source)):
            drawn = re.sub(r"(?s)```mermaid.*?```", "", _unfolded(front))
            assert not IN_FRONT.search(drawn), (row.id, face, IN_FRONT.search(drawn))
            assert not ids & {*re.findall(r"[\w-]+", drawn)}, (row.id, face)
        page = faces.render(advice, "html")
        prose = Page(page[page.index('<section class="summary"') :].partition("</section>")[0]).text
        assert not IN_FRONT.search(prose), (row.id, IN_FRONT.search(prose))
        assert not ids & {*re.findall(r"[\w-]+", prose)}, row.id


def test_sources_are_numbered_in_the_order_in_which_markdown_cites_them_and_each_group_is_sorted():
    for facts in FACTS:
        source = faces.render(advise(TABLE, facts), "md")
        groups = [
            [int(number) for number in group.split(", ")]
            for group in re.findall(r"\\\[([\d, ]+)\\\]", source)
        ]
        assert all(group == sorted(group) for group in groups)
        met = dict.fromkeys(itertools.chain.from_iterable(groups))
        assert [*met] == sorted(met)
        assert [*met] == [*range(1, len(met) + 1)]


def test_no_address_that_is_linked_holds_a_character_that_nobody_sees():
    address = "https://one.example/a ; https://www.two.example/b"
    link = markup.address_of(address)
    assert link == "<https://one.example/a>; <https://www.two.example/b>"
    assert markup.inline("www.two.example").isascii()


@pytest.mark.parametrize("facts", FACTS, ids=range(len(FACTS)))
def test_what_counts_in_every_situation_is_never_drawn_and_no_label_is_cut(facts):
    advice = advise(TABLE, facts)
    drawn = mermaid.mermaid(advice)
    assert "\u2026" not in drawn
    assert mermaid._label(TABLE.needs["do-the-task"].need) not in drawn
    for reason in path(advice).rows:
        assert mermaid._label(reason.says) in drawn
    for approach in advice.plan:
        assert re.search(rf"--> {approach}$", drawn, re.MULTILINE)


def test_a_drawing_has_under_twenty_nodes_whatever_the_situation():
    facts = {fact.id: fact.values[-1] for fact in TABLE.questions if fact.values}
    advice = advise(
        TABLE,
        {
            **facts,
            "model_access": "api",
            "examples": 10,
            "requests_per_day": 10**6,
            "corpus_tokens": 10**9,
            "deadline_days": 1,
        },
    )
    count = sum(bool(row.met_by or row.rules_out) for row in summary.telling(advice))
    assert count > ROWS_SHOWN
    nodes = set(re.findall(r"^  (\w+)[(\[{]", mermaid.mermaid(advice), re.MULTILINE))
    assert len(nodes) < 20
    assert f"{count - ROWS_SHOWN} more rows" in mermaid.mermaid(advice)


MADR = (
    "Context and Problem Statement",
    "Decision Drivers",
    "Considered Options",
    "Decision Outcome",
    "Consequences",
    "Confirmation",
    "Pros and Cons of the Options",
    "More Information",
)


def test_a_decision_record_has_the_parts_of_madr_in_order_and_all_five_options():
    advice = advise(TABLE, FACTS[2], date="2026-11-24")
    record = faces.render(advice, "adr")
    assert record.startswith("---\nstatus: proposed\ndate: 2026-11-24\ndecision-makers:\n---\n\n# ")
    headings = re.findall(r"^##+ (.+)$", record, re.MULTILINE)
    assert [heading for heading in headings if heading in MADR] == list(MADR)
    front = _unfolded(record)
    options = front[front.index("## Pros and Cons of the Options") : front.index("## More Inf")]
    for verdict in advice.verdicts:
        assert (
            f"**{plan_words([verdict.approach])}**, {words.verdict_words(advice, verdict)}"
            in options
        )
    assert options.count("- Good, because") >= 4
    assert options.count("- Bad, because") >= 4
    drivers = record[record.index("## Decision Drivers") : record.index("## Considered Options")]
    for reason in summary.telling(advice):
        assert words.answers_words(advice, reason.answers) in flat(drivers).replace("\\", "")
    confirmation = front[front.index("### Confirmation") : front.index("## Pros and Cons")]
    assert [check.failure in confirmation for check in advice.checks] == [
        number < 5 for number in range(len(advice.checks))
    ]
    assert record.count("  - on: ") == len(advice.checks)
    assert f"Review this decision by {advice.review_by}" in front
    assert "Decision-makers: " in front


def test_a_record_says_its_doubt_in_the_outcome():
    for facts in FACTS:
        advice = advise(TABLE, facts)
        record = _unfolded(faces.render(advice, "adr"))
        outcome = record[record.index("## Decision Outcome") : record.index("### Consequences")]
        said = flat(html_of(outcome).text)
        assert words.settledness(advice).rstrip(".") in said
        for asked, plans in summary.changes(advice):
            assert f"{asked} {plans}" in said
        for line in advice.outlook:
            assert line in said


def test_a_record_lists_the_sources_of_its_reasons_and_those_that_speak_against_it_alone():
    advice = advise(TABLE, FACTS[2])
    record = faces.render(advice, "adr")
    bearing = {*words.in_front(advice)}
    bearing |= {source.id for source in advice.sources if source.dissents}
    listed = html_of(record[record.index("<summary>The sources that bear") :]).text
    for source in advice.sources:
        assert (flat(source.title) in flat(listed)) == (source.id in bearing), source.id


def test_a_record_without_a_date_has_none():
    assert faces.render(advise(TABLE, {}), "adr").startswith(
        "---\nstatus: proposed\ndecision-makers:\n---\n"
    )


@pytest.mark.parametrize("facts", FACTS, ids=range(len(FACTS)))
def test_the_page_is_well_formed_and_accessible_in_its_structure(facts):
    source = faces.render(advise(TABLE, facts), "html")
    page = Page(source)
    assert not page.wrong
    assert not page.stack
    assert page.tags.count("h1") == 1
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.tags.count("table") == page.tags.count("caption")
    unseen = [
        value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-hidden")
    ]
    assert page.tags.count("svg") == len(unseen), "each picture says the same in words beside it"
    assert page.tags.count("th") == sum(
        tag == "th" and name == "scope" for tag, name, _ in page.attributes
    )
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    for _, name, value in page.attributes:
        if name == "href" and value.startswith("#"):
            assert value[1:] in ids
    assert "default-src 'none'" in source
    assert not {"script", "img", "link", "iframe", "object"} & set(page.tags)
    assert '<meta name="viewport"' in source


@pytest.mark.parametrize("facts", FACTS, ids=range(len(FACTS)))
def test_the_pictures_say_what_the_recommendation_says(facts):
    advice = advise(TABLE, facts)
    source = faces.render(advice, "html")
    rows = path(advice).rows
    if rows:
        drawn = source[source.index('<table class="map"') : source.index("</figure>")]
        needs = [reason for reason in rows if reason.kind == "need"]
        limits = [reason for reason in rows if reason.kind == "limit"]
        legend = 1
        met = sum(len({meeting.approach for meeting in reason.met_by}) for reason in needs)
        assert drawn.count('class="met"') == met + legend
        assert drawn.count('class="out"') == sum(len(row.rules_out) for row in limits) + legend
        lit = len(advice.plan) * (len(rows) + 2 + (path(advice).left_out > 0))
        assert drawn.count('class="lit"') == lit
    squares = source.count('class="filled"'), source.count('class="empty"')
    bars = summary.bars(advice)
    assert squares[0] == sum(bar.times for bar in bars) == len(advice.precedents)
    assert sum(squares) == len(bars) * len(advice.precedents)
    assert not bars or any(bar.here for bar in bars) == bool(advice.plan)


def test_the_summary_of_a_page_is_complete_without_the_rest():
    for facts in FACTS:
        advice = advise(TABLE, facts, title="Support bot", date="2026-11-24")
        source = faces.render(advice, "html")
        top = Page(source[source.index('<section class="summary"') :].partition("</section>")[0])
        for part in (
            plan_words(advice.plan),
            advice.headline,
            words.settledness(advice),
            *advice.outlook[1:],
            *itertools.chain.from_iterable(summary.changes(advice)),
            *(f"{name} {value}" for name, value in summary.known(advice)[:9]),
            summary.clause(advice.route[0].do)[1:],
            plan_words(advice.fallback.plan)[1:] if advice.fallback else after.nothing_left(advice),
            *(need.need for need in advice.open_needs),
            advice.date,
            f"table {TABLE.version}",
        ):
            assert flat(part) in flat(top.text), part


# ---- files ----


def test_a_page_is_opened_only_where_somebody_sees_it(monkeypatch, capsys):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: not opened.append(address))
    assert run(["recommend", "-o", "a.html", "--open"]) == 0
    assert "Not opened, no terminal" in capsys.readouterr().err
    assert not opened
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert run(["recommend", "-o", "a.html", "--open", "--force"]) == 0
    assert opened == [Path("a.html").resolve().as_uri()]
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    assert run(["recommend", "-o", "a.html", "--open", "--force"]) == 0
    assert "Not opened, no browser could be started: a.html" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [[], ["-o", "-"], ["-o", "a.md"], ["--adr-dir", "d"]])
def test_there_is_nothing_to_open_but_a_page_in_a_file(wrong, capsys):
    assert run(["recommend", "--open", *wrong]) == 2
    assert capsys.readouterr().err.startswith("--open: error[bad-setting]: ")
    assert not [*Path().iterdir()]


def test_the_format_comes_from_the_suffix_and_a_flag_wins():
    for name, start in (
        ("a.html", "\n<!doctype html>"),
        ("a.md", "# Plan"),
        ("a.json", "{"),
        ("a.txt", "Plan: "),
        ("a", "Plan: "),
        ("a.HTM", "\n<!doctype"),
    ):
        assert run(["recommend", "-o", name]) == 0
        assert Path(name).read_text().lstrip().startswith(start.strip())
    assert run(["recommend", "-o", "b.md", "--format", "adr"]) == 0
    assert Path("b.md").read_text().startswith("---\nstatus")


@pytest.mark.parametrize(
    "command",
    [
        ["recommend"],
        ["report", "f.yaml"],
        ["ask", "--no-input", "--facts", "f.yaml"],
        ["schema", "facts"],
        ["precedents", "hate"],
    ],
)
def test_a_file_that_exists_is_never_written_over_without_force(command, capsys):
    Path("f.yaml").write_text("".join(f"{fact}: {value}\n" for fact, value in SETTLED.items()))
    Path("advice.md").write_text("mine\n")
    assert run([*command, "-o", "advice.md"]) == 2
    assert "error[file-exists]: advice.md exists" in capsys.readouterr().err
    assert Path("advice.md").read_text() == "mine\n"
    assert run([*command, "-o", "advice.md", "--force"]) == 0
    assert Path("advice.md").read_text() != "mine\n"


SETTLED = {
    "task": "write",
    "prompt_result": "passes",
    "prompt_affordable": "true",
    "main_error": "format",
    "private_knowledge": "false",
    "knowledge_updates": "never",
    "behaviour_shift": "none",
    "citations": "false",
    "per_user_access": "false",
    "requests_per_day": "10",
    "preference_pairs": "0",
}


def test_a_stored_recommendation_is_shown_without_the_table(monkeypatch, capsys):
    assert run(["recommend", "--task", "label", "--title", "Tickets", "-o", "rec.json"]) == 0
    monkeypatch.setattr(
        "adaptadvisor.cli.recommend.load_table", lambda *_: pytest.fail("the table is not needed")
    )
    assert run(["report", "rec.json", "-o", "advice.html"]) == 0
    assert "<h1><bdi>Tickets</bdi></h1>" in Path("advice.html").read_text()
    assert (
        run(["report", "rec.json", "--title", "Other", "--date", "2026-01-02", "--format", "json"])
        == 0
    )
    shown = json.loads(capsys.readouterr().out)
    assert (shown["title"], shown["date"], shown["schema"]) == ("Other", "2026-01-02", SCHEMA)


def test_a_facts_file_is_advised_on_first(capsys):
    Path("f.yaml").write_text("task: label\ntitle: Tickets\nexamples: 1.2k\nclasses: 12\n")
    assert run(["report", "f.yaml"]) == 0
    assert capsys.readouterr().out.startswith("Plan: task head\nFor: Tickets\n")


def test_records_get_the_next_free_number_and_never_replace_one(capsys):
    folder = Path("docs/decisions")
    for _ in range(2):
        assert (
            run(["recommend", "--adr-dir", str(folder), "--title", "Route tickets: cheaply!"]) == 0
        )
    (folder / "0007-older.md").write_text("mine")
    assert run(["recommend", "--adr-dir", str(folder), "--task", "label"]) == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "0001-route-tickets-cheaply.md",
        "0002-route-tickets-cheaply.md",
        "0007-older.md",
        "0008-plan-prompt.md",
    ]
    assert capsys.readouterr().err.splitlines() == [
        f"Written: docs/decisions/{name}"
        for name in (
            "0001-route-tickets-cheaply.md",
            "0002-route-tickets-cheaply.md",
            "0008-plan-prompt.md",
        )
    ]
    assert run(["recommend", "--adr-dir", str(folder), "-o", "x.md"]) == 2
    Path("file").write_text("")
    assert run(["recommend", "--adr-dir", "file"]) == 2


@pytest.mark.parametrize(
    "title",
    ["../../etc/passwd", "..", "/", "a/b\\c", "\u2060", "", "x" * 200, "\u00e4\u00f6 \u4e2d\u6587"],
)
def test_no_title_leads_out_of_the_folder_of_records(title, tmp_path):
    assert run(["recommend", "--adr-dir", "d", "--title", title]) == 0
    (path,) = Path("d").iterdir()
    assert re.fullmatch(r"0001-[^/\\.]+\.md", path.name)


def test_only_records_count_when_records_are_numbered():
    Path("d").mkdir()
    for name in ("2024-roadmap.txt", "123456", "12345-x.md", "0003-a.md"):
        (Path("d") / name).write_text("")
    assert run(["recommend", "--adr-dir", "d"]) == 0
    assert (Path("d") / "0004-plan-prompt.md").exists()


def test_facts_and_report_never_go_to_the_same_file(capsys):
    for command in (["recommend"], ["ask", "--no-input"]):
        assert (
            run([*command, "--save", "x.yaml", "-o", "./x.yaml", "--format", "md", "--force"]) == 2
        )
        assert "error[bad-setting]" in capsys.readouterr().err
    assert not Path("x.yaml").exists()


def test_odd_paths_are_written_or_refused_in_one_line(capsys):
    long = "a" * 247 + ".md"
    assert run(["recommend", "-o", long]) == 0
    assert Path(long).exists()
    Path("loop").symlink_to("loop")
    assert run(["recommend", "-o", "loop"]) == 1
    assert run(["recommend", "-o", "-"]) == 0
    out, err = capsys.readouterr()
    assert "cannot write loop" in err
    assert out.startswith("Plan: ")
    assert not Path("-").exists()


def test_text_in_a_file_does_not_depend_on_the_terminal(monkeypatch):
    for columns in ("40", "100"):
        monkeypatch.setenv("COLUMNS", columns)
        assert run(["recommend", "-o", f"{columns}.txt"]) == 0
    assert Path("40.txt").read_bytes() == Path("100.txt").read_bytes()


def test_an_interview_refuses_what_cannot_be_written_before_it_asks_anything(capsys):
    Path("folder").mkdir()
    for wrong in (
        ["--date", "tomorrow"],
        ["-o", "nowhere/x.md"],
        ["-o", "folder"],
        ["--adr-dir", "folder", "-o", "x"],
    ):
        assert run(["ask", "--stdin", *wrong]) in (1, 2)
        assert "What must the model do?" not in capsys.readouterr().err


def test_the_environment_dates_new_advice_and_never_a_stored_one(monkeypatch, capsys):
    assert run(["recommend", "--date", "2026-01-02", "-o", "rec.json"]) == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert run(["report", "rec.json"]) == 0
    assert "Date: 2026-01-02" in capsys.readouterr().out
    assert run(["report", "rec.json", "--date", "", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["date"] == ""


def test_a_command_to_paste_holds_nothing_that_a_terminal_acts_on():
    from adaptadvisor.interview.saved import shell_word

    for word in ("a b", "it's", "\x1b[31m'\\", "\u202e\u00e4\n", ""):
        shown = shell_word(word)
        assert shown.isprintable()
        assert (
            subprocess.run(
                ["bash", "-c", f"printf %s {shown}"], capture_output=True, check=True
            ).stdout.decode()
            == word
        )


def test_there_is_no_date_unless_asked_for(monkeypatch, capsys):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert run(["recommend", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["date"] == ""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764000000")
    assert run(["recommend", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["date"] == "2025-11-24"
    assert run(["recommend", "--format", "json", "--date", "2026-11-24"]) == 0
    assert json.loads(capsys.readouterr().out)["date"] == "2026-11-24"
    for wrong in (["--date", "yesterday"], ["--date", "2026-13-01"]):
        assert run(["recommend", *wrong]) == 2
        assert "error[bad-date]" in capsys.readouterr().err
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert run(["recommend"]) == 2


def test_the_same_input_gives_the_same_bytes_in_every_format(tmp_path):
    code = f"""
from adaptadvisor.cli.main import run
facts = ["--private-knowledge", "--behaviour-shift", "strong", "--task", "label"]
for format in {[*FACES, "json"]}:
    assert run(["recommend", *facts, "--format", format]) == 0
"""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=BARE | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            cwd=tmp_path,
        ).stdout
        for seed in ("0", "1", "2")[: 3 if THOROUGH else 2]
    }
    (output,) = outputs
    assert str(tmp_path).encode() not in output
    assert str(ROOT).encode() not in output


# ---- facts files ----


@settings(max_examples=examples(100))
@given(
    situations(TABLE, ENGINE),
    st.text(max_size=80).filter(lambda text: not control_character(text)),
    st.text(max_size=200).filter(lambda text: not control_character(text)),
    st.lists(st.sampled_from([fact.id for fact in TABLE.questions])),
)
def test_a_facts_file_round_trips_with_its_title_and_notes(facts, title, notes, unknown):
    given_ = Given(
        {**facts, **{fact: None for fact in unknown if fact not in facts and fact != "tried"}},
        title,
        notes,
    )
    text = factsfile.written(TABLE, given_)
    again = factsfile.read(text, "f.yaml", TABLE)
    assert dict(again.answers) == dict(given_.answers)
    assert (again.title, again.notes) == (title, notes)
    assert factsfile.written(TABLE, again) == text


def test_saved_facts_say_what_they_mean_and_can_be_used_again(capsys):
    args = ["--task", "label", "--examples", "1.2k", "--classes", "12"]
    args += ["--title", "Tickets", "--notes", "one\ntwo"]
    assert run(["recommend", *args, "--save", "f.yaml", "--format", "json"]) == 0
    first = capsys.readouterr().out
    saved = Path("f.yaml").read_text()
    assert "# What must the model do? label: Put the input into" in saved
    assert "notes: |-\n  one\n  two\n" in saved
    assert run(["recommend", "--facts", "f.yaml", "--format", "json"]) == 0
    assert capsys.readouterr().out == first
    assert run(["recommend", "--save", "f.yaml"]) == 2
    assert "error[file-exists]" in capsys.readouterr().err


def test_a_saved_facts_file_names_its_schema_and_how_to_get_it(capsys):
    args = ["recommend", "--examples", "1.2k", "--tried", "rag+lora", "--set", "citations=unknown"]
    assert run([*args, "--save", "f.yaml"]) == 0
    text = Path("f.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=facts.schema.json\n")
    command = re.search(r"(?m)^# .*: adaptadvisor (.*)$", text)
    assert command
    assert run(command[1].split()) == 0
    schema = json.loads(Path("facts.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    data = yaml.safe_load(text)
    assert data == {"examples": 1200, "tried": ["rag+lora"], "citations": None}
    assert validator.is_valid(data)
    assert not validator.is_valid({**data, "examples": "many"})


def test_only_what_an_interview_has_saved_is_taken_for_such_a_file():
    told = Given({"citations": True})
    for text, is_one in (
        (factsfile.written(TABLE, told), False),
        (factsfile.written(TABLE, told, "adaptadvisor ask: answers so far"), True),
        ("# adaptadvisor ask: as earlier versions wrote it\n{}\n", True),
        ("# my own\n# adaptadvisor ask: no\n{}\n", False),
    ):
        Path("f.yaml").write_text(text)
        assert is_saved("f.yaml") == is_one


def test_a_json_facts_file_may_spell_characters_as_escapes():
    text = '{"title": "\\ud83d\\ude00 \\\\ud83d ok", "notes": "tab\\there", "task": "label"}'
    found = factsfile.read(text, "f.json", TABLE)
    assert (found.title, found.notes, dict(found.answers)) == (
        "\U0001f600 \\ud83d ok",
        "tab\there",
        {"task": "label"},
    )
    with pytest.raises(BadInput) as caught:
        factsfile.read('{"title": "\\ud83d"}', "f.json", TABLE)
    assert caught.value.problems[0].code == "syntax"


def test_title_and_notes_must_be_text():
    with pytest.raises(BadInput) as caught:
        factsfile.read("title: [a]\nnotes: {b: c}\n", "f.yaml", TABLE)
    assert [(problem.code, problem.location.line) for problem in caught.value.problems] == [
        ("wrong-type", 1),
        ("wrong-type", 2),
    ]


def test_every_flag_is_a_word_that_no_fact_may_be_called():
    from typer.main import get_command

    from adaptadvisor.cli.app import build
    from adaptadvisor.reading import fields as rows

    commands = get_command(build(None)).commands
    spelled = {
        spelling.removeprefix("--").replace("-", "_")
        for name in ("ask", "recommend", "what-if")
        for option in commands[name].params
        for spelling in option.opts
        if spelling.startswith("--")
    }
    assert {"set", "adr_dir", "to"} <= spelled
    assert spelled <= set(rows.RESERVED)
