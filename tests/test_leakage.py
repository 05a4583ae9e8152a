"""Leakage is found in whatever way an item got into training, and clean data raises no alarm."""

from __future__ import annotations

import json

import pytest
from bench.evidence import KINDS, Texts
from conftest import in_process
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor.evidence.data.leakage import BOILERPLATE, COVERED, LONG_RUN, RUN, Index, leaks_of
from adaptadvisor.evidence.data.leakage_check import check
from adaptadvisor.evidence.data.shapes import Row
from adaptadvisor.evidence.data.words import words_of

WORDS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=30)


def rows(texts, file="train.jsonl", **more):
    return [Row(text, file=file, line=at, **more) for at, text in enumerate(texts, 1)]


def leaks(train, evaluation):
    return list(leaks_of(rows(train), rows(evaluation, "eval.jsonl")).leaks())


@pytest.fixture(scope="module")
def simulated():
    """30 projects: 60 evaluation items each, a planted leak of each kind among 150 training texts."""
    texts = Texts(5, vocabulary=20_000)
    found = {kind: [] for kind in KINDS}
    false = clean = 0
    for _ in range(30):
        items = [texts.text() for _ in range(60)]
        planted = dict(enumerate(KINDS))
        train = [texts.planted(kind, items[at]) for at, kind in planted.items()]
        train += [texts.text() for _ in range(150)]
        texts.random.shuffle(train)
        levels = {leak.here.line - 1: leak.flagged for leak in leaks(train, items)}
        for at, kind in planted.items():
            found[kind].append((levels.get(at, False), at in levels))
        false += sum(levels.get(at, False) for at in range(len(KINDS), len(items)))
        clean += len(items) - len(KINDS)
    return found, false, clean


@pytest.mark.parametrize(
    ("kind", "flagged", "noticed"),
    [
        ("copy", 1, 1),
        ("case", 1, 1),
        ("inside", 1, 1),
        ("5 %", 0.95, 1),
        ("15 %", 0.7, 0.95),
        ("30 %", 0, 0.6),
    ],
)
def test_each_kind_of_leak_is_found_at_the_rate_that_is_promised(simulated, kind, flagged, noticed):
    found = simulated[0][kind]
    assert sum(flag for flag, _ in found) / len(found) >= flagged
    assert sum(any_ for _, any_ in found) / len(found) >= noticed


def test_clean_items_raise_no_alarm(simulated):
    _, false, clean = simulated
    assert clean > 1500
    assert false <= clean / 1000


def brute(train, item):
    """The longest shared run of words, and the share of runs of eight that any text shares."""
    said = words_of(item)
    runs = [tuple(said[at : at + RUN]) for at in range(len(said) - RUN + 1)]
    with_run = {
        run: sum(any(other == run for other in windows) for windows in map(windows_of, train))
        for run in set(runs)
    }
    rare = [0 < with_run[run] <= BOILERPLATE for run in runs]
    longest = 0
    for text in train:
        here = [run in windows_of(text) and ok for run, ok in zip(runs, rare, strict=True)]
        length = 0
        for shared in here:
            length = length + 1 if shared else 0
            longest = max(longest, length)
    return (longest + RUN - 1 if longest else 0), sum(rare) / len(runs) if runs else 0.0


def windows_of(text):
    said = words_of(text)
    return {tuple(said[at : at + RUN]) for at in range(len(said) - RUN + 1)}


@given(st.lists(WORDS, max_size=15), st.lists(WORDS, min_size=1, max_size=5))
def test_runs_and_coverage_are_those_of_counting_by_hand(train, evaluation):
    train = [" ".join(words) for words in train]
    items = [" ".join(words) for words in evaluation]
    found = {leak.here.line - 1: leak for leak in leaks(train, items)}
    for at, item in enumerate(items):
        longest, covered = brute(train, item)
        copied = words_of(item) in map(words_of, train)
        assert (at in found) == bool(copied or longest)
        if copied:
            assert found[at].kind == "copy"
        elif longest:
            assert (found[at].run, found[at].covered) == (longest, pytest.approx(covered))
            assert found[at].flagged == (longest >= LONG_RUN or covered >= COVERED)


@given(st.lists(WORDS, max_size=12), st.lists(WORDS, min_size=1, max_size=4), st.randoms())
def test_the_order_of_the_training_rows_does_not_matter(train, evaluation, shuffle):
    train = [" ".join(words) for words in train]
    items = [" ".join(words) for words in evaluation]
    other = train[:]
    shuffle.shuffle(other)
    one, two = leaks(train, items), leaks(other, items)
    assert [each._replace(there=()) for each in one] == [each._replace(there=()) for each in two]


def test_a_set_phrase_is_no_leak():
    phrase = "thank you for calling our friendly service desk today we hope that we could help"
    texts = Texts(3, 5000)
    train = [f"{texts.text(30)} {phrase}" for _ in range(BOILERPLATE + 1)]
    item = [f"{texts.text(30)} {phrase}"]
    assert leaks(train, item) == []
    assert [leak.kind for leak in leaks(train[1:], item)] == ["long run"]


def test_short_texts_are_compared_whole():
    assert leaks(["Where is my parcel?"], ["where is my parcel"])[0].kind == "copy"
    assert leaks(["Where is my red parcel?"], ["where is my parcel"]) == []


def test_scripts_without_blanks_are_compared_letter_by_letter():
    text = "我昨天在网上买了一双鞋子但是今天收到的颜色不对请问可以换货吗"
    assert leaks([f"您好。{text}谢谢!"], [text])[0].kind == "long run"
    assert leaks(["这个完全是另外一句话和上面没有任何关系希望不会报警"], [text]) == []


def test_an_item_in_the_answers_of_training_leaks_too():
    texts = Texts(4, 5000)
    item = texts.text()
    train = [Row("Write a ticket.", output=item, file="t", line=1)]
    assert next(leaks_of(train, rows([item])).leaks()).kind == "long run"


def test_what_else_may_be_on_both_sides_is_said():
    texts = Texts(6, 5000)
    same = texts.text()
    train = [
        Row(same, labels=("a",), group="k1", date="2026-05-01", file="t", line=1),
        Row(texts.text(), labels=("a",), group="k2", date="2026-06-01", file="t", line=2),
    ]
    held = [
        Row(same, labels=("b",), group="k9", date="2026-07-01", file="e", line=1),
        Row(texts.text(), labels=("b",), group="k2", date="2026-05-20T10:00:00", file="e", line=2),
    ]
    found = check(train, held)
    assert found.level == "failed"
    assert [part.name for part in found.parts] == [
        "copies",
        "other label",
        "shared groups",
        "dates",
    ]
    assert found.places[0].says == "copy of t:1, which has another label"
    assert check(train[1:], held[1:]).level == "failed", "a shared customer"
    apart = [held[1]._replace(group="k7")]
    assert check(train[1:], apart).level == "doubtful", "only the date"
    assert check(train[1:], [held[0]]).level == "passed"


def test_no_text_is_no_verdict():
    assert check([], rows(["a text"])).level == "unknown"
    assert check(rows(["a text"]), []).level == "unknown"
    assert check(rows(["a text"]), rows([" ?! "])).level == "unknown"


def test_the_clean_items_are_counted_once_each():
    texts = Texts(7, 5000)
    one, two, three = (texts.text() for _ in range(3))
    index = Index(rows([one, two, two, three]))
    for row in rows([one.upper()]):
        index.see(row)
    assert index.clean == 2


def test_the_command_ends_with_findings_and_names_lines(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    texts = Texts(8, 5000)
    items = [texts.text() for _ in range(20)]
    for name, these in (("train.jsonl", [texts.text(), items[4]]), ("eval.jsonl", items)):
        lines = (json.dumps({"text": text, "label": "x"}) for text in these)
        (tmp_path / name).write_text("\n".join(lines))
    ran = in_process("check", "leakage", "train.jsonl", "eval.jsonl")
    assert ran.returncode == 3
    assert "1 of 20 items leaked" in ran.stdout
    assert "eval.jsonl:5: copy of train.jsonl:2" in ran.stdout
    assert items[4][:30] not in ran.stdout
    assert (
        in_process("check", "leakage", "train.jsonl", "train.jsonl", "--metric", "x").returncode
        == 2
    )


@given(st.text())
def test_words_are_the_same_by_table_and_by_pattern(text):
    """ASCII takes a short cut; a letter beyond it must change nothing but itself."""
    plain = text.encode("ascii", "ignore").decode()
    assert words_of(f"{plain} é") == [*words_of(plain), "é"]


def test_one_run_of_five_among_four_starts_always_meets_a_shared_run():
    """The short cut of looking at every fourth start only, for each place of the shared run."""
    texts = Texts(9, 5000)
    item = " ".join(texts.text().split()[:RUN])
    for before in range(9):
        front = " ".join(texts.text().split()[:before])
        assert leaks([f"{front} {item} {texts.text()}"], [item])
