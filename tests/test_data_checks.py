"""Labels and domain: planted faults are found, clean data passes, and the statistics are right."""

from __future__ import annotations

import json
from collections import Counter
from itertools import permutations

import pytest
from bench.evidence import Texts
from conftest import in_process
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.evidence.data.agreement import alpha, doubted
from adaptadvisor.evidence.data.domain import Bag, divergence
from adaptadvisor.evidence.data.domain import check as domain
from adaptadvisor.evidence.data.labels import check as labels
from adaptadvisor.evidence.data.shapes import Row


def labelled(number, **more):
    return [Row(f"text {n}", labels=("abc"[n % 3],), line=n, **more) for n in range(number)]


def part(found, name):
    return next(each for each in found.parts if each.name == name)


def test_clean_labels_pass():
    assert labels(labelled(300)).level == "passed"
    assert labels([]).level == "unknown"


def test_the_same_input_with_other_labels_is_found():
    clean = labelled(300)
    few = [*clean, clean[5]._replace(text="TEXT 5!", labels=("b",), line=900)]
    found = labels(few)
    assert (found.level, part(found, "conflicts").level) == ("doubtful", "doubtful")
    assert [place.line for place in found.places] == [5, 900]
    many = [*clean, *(row._replace(labels=("z" + row.labels[0],)) for row in clean[:40])]
    assert labels(many).level == "failed"


def test_a_rare_class_is_named_as_such():
    found = labels([*labelled(300), *(Row(f"other {n}", labels=("d",)) for n in range(5))])
    assert "1 of 4 classes have fewer than 30 rows" in part(found, "balance").says


def by_pairs(items):
    """Alpha by its definition: observed over expected disagreement of all pairs of values."""
    items = [labels for labels in items if len(labels) > 1]
    values = [label for labels in items for label in labels]
    observed = sum(
        sum(a != b for a, b in permutations(labels, 2)) / (len(labels) - 1) for labels in items
    ) / len(values)
    expected = sum(a != b for a, b in permutations(values, 2)) / (len(values) * (len(values) - 1))
    return 1 - observed / expected


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=12))
def test_alpha_is_that_of_its_definition(items):
    values = {label for labels in items if len(labels) > 1 for label in labels}
    if len(values) < 2:
        assert alpha(items) is None
    else:
        assert alpha(items) == pytest.approx(by_pairs(items), abs=1e-12)


def test_alpha_of_a_published_example():
    """Krippendorff (2011), section C, nominal data with missing values: 0.743."""
    said = """
    1 1 . 1
    2 2 3 2
    3 3 3 3
    3 3 3 3
    2 2 2 2
    1 2 3 4
    4 4 4 4
    1 1 2 1
    2 2 2 2
    . 5 5 5
    . . 1 1
    . . 3 ."""
    items = [[word for word in line.split() if word != "."] for line in said.split("\n")]
    assert alpha(items) == pytest.approx(0.743, abs=5e-4)


def test_annotators_may_stand_in_rows_or_in_columns(tmp_path):
    from adaptadvisor.evidence.data.rows import read_rows

    long, wide = [], []
    for n in range(60):
        label = "ab"[n % 2]
        other = label if n % 10 else "ba"[n % 2]
        long += [
            {"id": n, "text": f"t {n}", "annotator": "jo", "label": label},
            {"id": n, "text": f"t {n}", "annotator": "mo", "label": other},
        ]
        wide.append({"text": f"t {n}", "annotator_jo": label, "annotator_mo": other})
    values = []
    for name, records in (("long", long), ("wide", wide)):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        found = part(labels(read_rows(path)), "agreement")
        values.append(found.measures[0].value)
        assert found.level == "passed"
    assert values[0] == values[1] == pytest.approx(0.8, abs=0.02)
    torn = [
        row._replace(annotators=((str(n % 2), "ab"[(n // 2 + n) % 2]),), item=str(n // 2))
        for n, row in enumerate(labelled(80))
    ]
    assert labels(torn).level == "failed"


def test_labels_that_a_model_doubts_are_found_and_few_others():
    random = Texts(1, 100).random
    rows, wrong = [], set()
    for n in range(2000):
        true = n % 4
        weights = [random.random() * 0.4 + (1.2 if label == true else 0) for label in range(4)]
        chances = tuple((str(label), weight / sum(weights)) for label, weight in enumerate(weights))
        said = true
        if n % 20 == 7:
            said = (true + 1) % 4
            wrong.add(n)
        rows.append(Row(f"t {n}", labels=(str(said),), chances=chances, line=n))
    found = {row.line for row in doubted(rows)}
    assert len(found & wrong) >= 0.5 * len(wrong)
    assert len(found - wrong) <= 0.02 * len(rows)
    clean = [row for row in rows if row.line not in wrong]
    assert len(doubted(clean)) <= 0.01 * len(clean)


COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 50), min_size=1)


@given(COUNTS, COUNTS)
def test_the_divergence_is_a_symmetric_distance_from_0_to_1(one, other):
    found = divergence(one, other)
    assert -1e-12 <= found <= 1 + 1e-12
    assert found == pytest.approx(divergence(other, one), abs=1e-12)
    assert divergence(one, {word: 3 * number for word, number in one.items()}) == pytest.approx(
        0, abs=1e-12
    )
    if not one.keys() & other.keys():
        assert found == pytest.approx(1)


@given(COUNTS, COUNTS)
def test_the_divergence_is_that_of_scipy(one, other):
    distance = pytest.importorskip("scipy.spatial.distance")
    words = sorted({*one, *other})
    vectors = [[counts.get(word, 0) for word in words] for counts in (one, other)]
    expected = distance.jensenshannon(*vectors, base=2) ** 2
    assert divergence(one, other) == pytest.approx(expected, abs=1e-9)


def bag(texts, number, swap=None):
    words = (texts.text() for _ in range(number))
    return Bag(
        Row(" ".join(f"x{w}" if swap and w < swap else w for w in text.split())) for text in words
    )


def test_sets_of_one_kind_raise_few_alarms_and_of_another_kind_do():
    texts = Texts(21, 20_000)
    alarms = sum(
        domain({"train": bag(texts, 80), "eval": bag(texts, 60)}).level != "passed"
        for _ in range(20)
    )
    assert alarms <= 1
    found = domain({"train": bag(texts, 80), "eval": bag(texts, 60, swap="f")})
    assert found.level == "doubtful"
    assert found.modes == ("distribution-shift",)


def test_a_field_of_its_own_stands_out_from_ordinary_text():
    texts = Texts(22, 20_000)
    general, field = bag(texts, 100), bag(texts, 100, swap="l")
    assert domain({"train": field}, general).level == "doubtful"
    assert domain({"train": bag(texts, 100)}, general).level == "passed"


def test_too_little_text_is_no_verdict():
    texts = Texts(23, 5000)
    assert domain({"a": bag(texts, 3), "b": bag(texts, 80)}).level == "unknown"
    assert domain({"a": bag(texts, 80)}).level == "unknown"
    assert domain({}).level == "unknown"


def test_halves_hold_all_words():
    rows = [Row("a b c"), Row("a"), Row("c c")]
    assert Bag(rows).counts == Counter("aabccc")


def test_the_commands_end_as_their_findings_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    texts = Texts(24, 20_000)
    for name in ("train", "live"):
        rows = ({"text": texts.text(), "tag": "ab"[n % 2]} for n in range(80))
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    ran = in_process("check", "labels", "train.jsonl")
    assert (ran.returncode, "no fault seen" in ran.stdout) == (0, True)
    ran = in_process("check", "domain", "train.jsonl", "live.jsonl", "--format", "json")
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["findings"][0]["check"] == "domain"
    assert in_process("check", "labels", "nope.jsonl").returncode == 2


# ---- check all, with data files ----


def _set(path, texts, number, **more):
    rows = [{"text": texts.text(), "label": "ab"[n % 2], **more} for n in range(number)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return rows


def _checked(*words):
    done = in_process("check", "all", *words, "--format", "json")
    found = {each["check"]: each for each in json.loads(done.stdout)["findings"]}
    return done, found


def test_all_checks_run_on_data_files_with_results_or_without(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    texts = Texts(31, 20_000)
    train = _set(tmp_path / "train.jsonl", texts, 120)
    held = _set(tmp_path / "eval.jsonl", texts, 110)
    (tmp_path / "docs").mkdir()
    for n in range(40):
        (tmp_path / "docs" / f"{n}.txt").write_text(texts.text())
    files = ("--data", "train.jsonl", "--eval", "eval.jsonl", "--corpus", "docs")
    done, found = _checked(*files)
    assert [*found] == ["leakage", "labels", "domain", "coverage"]
    assert found["coverage"]["facts"] == {"eval_examples": 110}
    assert found["domain"]["level"] == "passed"
    assert {part["name"] for part in found["domain"]["parts"]} == {
        "training and evaluation",
        "training and documents",
    }
    assert done.returncode == 0
    rows = [{"id": str(n), "correct": n % 5 > 0} for n in range(250)]
    (tmp_path / "new.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with (tmp_path / "eval.jsonl").open("a") as file:
        file.write(json.dumps(train[3]) + "\n")
        file.write(json.dumps({**held[5], "label": "b" if held[5]["label"] == "a" else "a"}))
    done, found = _checked("new.jsonl", *files)
    assert [*found] == ["coverage", "leakage", "labels", "domain"]
    assert found["coverage"]["facts"] == {"eval_examples": 250}, "those of the results count"
    assert found["leakage"]["level"] == "failed"
    assert done.returncode == 3
    assert "findings: 1 check that fails" in done.stderr


def test_what_data_files_do_not_allow_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [{"body": f"a text {n}"} for n in range(20)]
    (tmp_path / "eval.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done, found = _checked("--eval", "eval.jsonl", "--data-map", "text=body")
    assert [*found] == ["coverage"]
    assert found["coverage"]["verdict"] == "too few items to decide"
    assert "no check of leakage: it needs training data (--data) as well" in done.stderr
    assert "no check of labels: No row has a label." in done.stderr
    for words, says in (
        ((), "name a result file, or data files with --data and --eval"),
        (("--corpus", "eval.jsonl"), "name a result file"),
        (("--data", "none.jsonl"), "no such file"),
        (("--data", "eval.jsonl", "--data-map", "txt=body"), '"txt" is no role'),
        (
            ("--data", "eval.jsonl", "-o", "eval.jsonl", "--force", "--format", "json"),
            "is read for this document",
        ),
    ):
        done = in_process("check", "all", *words)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert says in done.stderr


def test_check_all_looks_at_data_beside_results_of_many_systems_and_says_what_it_left(
    tmp_path,
):
    rows = [{"text": f"ticket number {number}", "label": "ab"[number % 2]} for number in range(60)]
    data = tmp_path / "train.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    results = tmp_path / "results.jsonl"
    results.write_text(
        "".join(
            json.dumps({"id": number, "system": system, "correct": True}) + "\n"
            for system in ("one", "two", "three")
            for number in range(5)
        ),
        encoding="utf-8",
    )
    done = in_process("check", "all", str(results), "--data", str(data))
    assert " holds 3 systems; name one, or two to compare" in done.stderr
    assert "label" in done.stdout
    assert in_process("check", "all", str(results)).returncode == 2
