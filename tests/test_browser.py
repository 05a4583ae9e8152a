"""What a reader's browser shows: the HTML page in a real Chromium, looked at by an accessibility
engine too, and the diagram by Mermaid itself.

Needs Debian's chromium, node, and `npm install --prefix tests/browser --no-package-lock`; skipped
where those are missing, but not in CI.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import PATIENCE, ROOT
from test_check_reports import EVERY
from test_check_reports import LONG as MANY_PARTS
from test_reports import FACTS, HOSTILE, STARTS, TABLE, hostile

from adaptadvisor import advise
from adaptadvisor.advice import compare
from adaptadvisor.advice.portfolio import Asked, Tally, answers
from adaptadvisor.errors import bad_input
from adaptadvisor.reading.many import Case, bad_case
from adaptadvisor.render import compare as as_pages
from adaptadvisor.render import evidence, mermaid, portfolio
from adaptadvisor.render import formats as faces
from adaptadvisor.table.speech import plan_words

BROWSER = ROOT / "tests" / "browser"
PICTURES = os.environ.get("ADAPTADVISOR_PICTURES")
MISSING = [
    name
    for name, there in (
        ("chromium", Path("/usr/bin/chromium").exists()),
        ("node", bool(shutil.which("node"))),
        ("tests/browser/node_modules", (BROWSER / "node_modules").is_dir()),
    )
    if not there
]
if MISSING and not os.environ.get("CI"):
    pytest.skip(f"missing: {', '.join(MISSING)}", allow_module_level=True)

pytestmark = pytest.mark.xdist_group("browser")

LONG = {
    **FACTS[2],
    "judgement": "nuanced",
    "private_knowledge": True,
    "citations": True,
    "per_user_access": True,
    "requests_per_day": 5000,
    "latency_ms": 800,
    "deadline_days": 30,
    "sensitive_data": True,
    "ml_skill": "some",
    "data_quality": "noisy",
    "main_error": "consistency",
    "knowledge_updates": "days",
    "tried": ("prompt",),
}
"""Many answers, and much that is open: the longest summary."""
ADVICE = {
    "combined": advise(
        TABLE,
        FACTS[1],
        title="Support bot",
        notes="For the assistant in the help centre.\nOwner: platform team.",
        date="2026-11-24",
    ),
    "open": advise(TABLE, FACTS[3]),
    "long": advise(TABLE, LONG, title="Contracts of a bank in four languages", date="2026-11-24"),
    "hostile": hostile(HOSTILE * 3),
}
CASES = [
    Case("1", FACTS[1], 1, title=HOSTILE),
    Case(json.dumps(HOSTILE), FACTS[3], 2),
    bad_case(bad_input("syntax", HOSTILE), "null", line=3),
]
STRANGE = replace(
    EVERY[0],
    says=(HOSTILE,),
    parts=tuple(replace(part, name=f"{part.name} {HOSTILE}") for part in EVERY[0].parts),
)
OTHER_PAGES = {
    "portfolio": portfolio.render(
        [*answers(TABLE, CASES, Asked(), Tally())], TABLE, "html", title=HOSTILE
    ),
    "comparison": as_pages.render(
        compare.compare(TABLE, FACTS[1], FACTS[3], (HOSTILE, "B")), TABLE, "html"
    ),
    "checks": evidence.render([*EVERY, MANY_PARTS, STRANGE], "html", title="Nightly"),
}
VIEWS = [  # print: A4 without its margins
    {"name": "phone", "width": 390, "height": 844, "scheme": "light"},
    {"name": "phone-dark", "width": 390, "height": 844, "scheme": "dark"},
    {"name": "desktop", "width": 1280, "height": 800, "scheme": "light"},
    {"name": "desktop-dark", "width": 1280, "height": 800, "scheme": "dark"},
    {"name": "unfolded", "width": 800, "height": 900, "scheme": "dark", "openDetails": True},
    {"name": "print", "width": 688, "height": 1017, "scheme": "light", "media": "print"},
]
LABELS = [
    HOSTILE,
    *STARTS,
    "plain words",
    "\u00e4\u00f6\u00fc \u4e2d\u6587 \U0001f600",
    "#quot; #35; &amp; %% end",
    "x" * 300,
]
LOOKS = [("combined", view["name"]) for view in VIEWS] + [
    (page, view) for page in ("open", "hostile", *OTHER_PAGES) for view in ("phone", "unfolded")
]
LOOKS += [("long", view) for view in ("desktop", "print")]
"""One page in every view, the others where most can go wrong: narrow, and with everything unfolded."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """Everything that was seen; pictures are kept for whoever names a folder for them
    (ADAPTADVISOR_PICTURES).
    """
    folder = Path(PICTURES or tmp_path_factory.mktemp("pages"))
    folder.mkdir(parents=True, exist_ok=True)
    for name, advice in ADVICE.items():
        (folder / f"{name}.html").write_text(faces.render(advice, "html"), encoding="utf-8")
    for name, text in OTHER_PAGES.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    diagrams = [
        {"name": name, "source": mermaid.mermaid(faces.inert(advice))}
        for name, advice in ADVICE.items()
    ]
    diagrams += [
        {
            "name": f"label-{number}",
            "source": f"flowchart LR\n  a[{mermaid._label(faces.inert(label))}]\n",
        }
        for number, label in enumerate(LABELS)
    ]
    found = _look(
        folder, {page: [view for name, view in LOOKS if name == page] for page in ("combined",)}, []
    )
    found["pages"] |= _look(folder, {"long": ["desktop", "print"]}, [])["pages"]
    pages = ("open", "hostile", *OTHER_PAGES)
    rest = _look(folder, {page: ["phone", "unfolded"] for page in pages}, diagrams)
    return {"pages": found["pages"] | rest["pages"], "mermaid": rest["mermaid"]}


def _look(folder, pages, diagrams):
    views = [view for view in VIEWS if view["name"] in next(iter(pages.values()))]
    request = {
        "pages": [{"name": page, "file": str(folder / f"{page}.html")} for page in pages],
        "views": views,
        "mermaid": diagrams,
    }
    text = json.dumps({**request, "screenshots": str(folder) if PICTURES else None})
    done = subprocess.run(
        ["node", str(BROWSER / "look.mjs"), "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=5 * PATIENCE,  # dozens of pages
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(("page", "view"), LOOKS)
def test_the_page_is_quiet_stays_by_itself_and_fits(seen, page, view):
    found = seen["pages"][page][view]
    assert found["console"] == found["pageErrors"] == found["requests"] == []
    assert not found["horizontal"]["scrolls"], found["horizontal"]
    assert found["horizontal"]["wide"] == []
    assert found["svgTextOverflow"] == []
    assert found["smallestText"]["px"] >= 10.5, found["smallestText"]
    assert found["overlaps"] == []
    assert found["outsideCell"] == []


@pytest.mark.parametrize("page", ["combined", "long"])
@pytest.mark.parametrize("view", ["desktop", "print"])
def test_the_first_screen_and_the_first_printed_page_hold_the_whole_summary(seen, page, view):
    height = next(each["height"] for each in VIEWS if each["name"] == view)
    assert 0 < seen["pages"][page][view]["summaryEnds"] <= height


@pytest.mark.parametrize(("page", "view"), LOOKS)
def test_an_accessibility_engine_finds_no_violation(seen, page, view):
    assert seen["pages"][page][view]["axe"]["violations"] == []


@pytest.mark.parametrize("page", [*ADVICE, *OTHER_PAGES])
def test_the_page_needs_no_script_and_asks_for_nothing_even_where_it_could(seen, page):
    found = seen["pages"][page]
    assert found["withoutCsp"] == {"console": [], "pageErrors": [], "requests": []}
    assert (
        found["noScript"]["textLength"]
        > 0.95 * found[next(view for name, view in LOOKS if name == page)]["textLength"]
    )


def test_on_paper_every_check_is_shown_with_how_to_run_it(seen):
    """Folded parts are unfolded in print: about as much text as with everything open."""
    assert (
        seen["pages"]["combined"]["print"]["textLength"]
        > 1.2 * seen["pages"]["combined"]["desktop"]["textLength"]
    )


@pytest.mark.parametrize("name", ADVICE)
def test_mermaid_draws_the_decision_path(seen, name):
    found = seen["mermaid"][name]
    assert found["ok"], found["error"]
    assert found["unsafe"] == found["requests"] == []
    advice = ADVICE[name]
    assert 2 <= found["nodes"] < 20
    if name != "hostile":
        assert f"Plan: {plan_words(advice.plan)}" in found["labels"]


@pytest.mark.parametrize("number", range(len(LABELS)))
def test_a_label_is_shown_as_it_was_meant(seen, number):
    found = seen["mermaid"][f"label-{number}"]
    assert found["ok"], found["error"]
    assert found["unsafe"] == []
    wanted = " ".join(str(faces.inert(LABELS[number])).split())
    shown = re.sub(r"\s+", " ", found["labels"][0]).strip()
    assert shown.rstrip("\u2026") == wanted[: len(shown.rstrip("\u2026"))]
    assert len(shown) >= min(len(wanted), 80)
