"""How fast and how sure the leakage check is: 100,000 training texts against 5,000 evaluation texts.

    python tests/bench/evidence.py [--train 100000] [--eval 5000] [--rows 1000000]

Prints the processor time as a ratio to reading and lower-casing both files ten times, the memory, the recall for
each kind of planted leak (flagged, and flagged or suspect) and the false alarms among clean items; with
--rows also the time and the memory of a profile.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from adaptadvisor.evidence.data.leakage import Index
from adaptadvisor.evidence.data.rows import read_rows

KINDS = ("copy", "case", "5 %", "15 %", "30 %", "inside")


class Texts:
    """Texts whose words are as frequent as in natural language (Zipf), 88 words on average."""

    def __init__(self, seed: int, vocabulary: int = 50_000) -> None:
        self.random = random.Random(seed)
        letters = "etaoinshrdlucmfwypvbgkqjxz"
        words: dict[str, None] = {}
        while len(words) < vocabulary:
            size = 2 + min(int(self.random.expovariate(0.3)), 10)
            words["".join(self.random.choices(letters[:20], k=size))] = None
        self.words = list(words)
        total, self.weights = 0.0, []
        for rank in range(1, vocabulary + 1):
            total += 1 / (rank + 2.7)
            self.weights.append(total)

    def text(self, mean: int = 88) -> str:
        size = max(12, int(self.random.gauss(mean, mean / 4)))
        found = self.random.choices(self.words, cum_weights=self.weights, k=size)
        return " ".join(found) + "."

    def replaced(self, text: str, share: float) -> str:
        words = text.split()
        for at in self.random.sample(range(len(words)), round(len(words) * share)):
            words[at] = self.random.choices(self.words, cum_weights=self.weights)[0]
        return " ".join(words)

    def planted(self, kind: str, text: str) -> str:
        if kind == "copy":
            return text
        if kind == "case":
            return text.upper().replace(" ", "  ")
        if kind == "inside":
            return f"{self.text(40)} {text} {self.text(40)}"
        return self.replaced(text, float(kind.split(maxsplit=1)[0]) / 100)


def write(folder: Path, train: int, evaluation: int) -> dict[int, str]:
    """Both files; which evaluation items (by line) are planted, and how."""
    texts, planted = Texts(1), {}
    items = [texts.text() for _ in range(evaluation)]
    copies = []
    for at in range(evaluation // 5):
        kind = KINDS[at % len(KINDS)]
        planted[at + 1] = kind
        copies.append(texts.planted(kind, items[at]))
    others = [texts.text() for _ in range(train - len(copies))]
    rows = [*copies, *others]
    texts.random.shuffle(rows)
    for name, these in (("train.jsonl", rows), ("eval.jsonl", items)):
        with (folder / name).open("w") as file:
            for text in these:
                file.write(json.dumps({"text": text}) + "\n")
    return planted


def lower_ten_times(folder: Path) -> float:
    start = time.process_time()
    for _ in range(10):
        for name in ("train.jsonl", "eval.jsonl"):
            with (folder / name).open() as file:
                for line in file:
                    json.loads(line)["text"].lower()
    return time.process_time() - start


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 if sys.platform == "darwin" else 1024
    )


def leakage(folder: Path, planted: dict[int, str], evaluation: int) -> None:
    before = megabytes()
    start = time.process_time()
    index = Index(read_rows(folder / "eval.jsonl"))
    for row in read_rows(folder / "train.jsonl"):
        index.see(row)
    found = {leak.here.line: leak.flagged for leak in index.leaks()}
    taken = time.process_time() - start
    peak = megabytes()
    ten = lower_ten_times(folder)
    print(
        f"leakage: {taken:.1f} s, {taken / ten:.2f} times the {ten:.1f} s of reading and lower-casing ten times"
    )
    print(f"memory: {peak:.0f} MB at most, {peak - before:.0f} MB more than before")
    for kind in KINDS:
        lines = [line for line, how in planted.items() if how == kind]
        flagged, any_ = (
            sum(found.get(line, False) for line in lines),
            sum(line in found for line in lines),
        )
        print(
            f"{kind:>8}: flagged {flagged / len(lines):.2f}, flagged or suspect {any_ / len(lines):.2f}"
        )
    clean = evaluation - len(planted)
    false = [line for line in found if line not in planted]
    print(
        f"clean: {sum(found[line] for line in false)} flagged, {len(false)} suspect or flagged of {clean}"
    )


def profile(folder: Path, rows: int) -> None:
    from adaptadvisor.evidence.data.profile import profile as profile_of

    texts = Texts(2)
    some = [texts.text(40) for _ in range(10_000)]
    with (folder / "large.jsonl").open("w") as file:
        for number in range(rows):
            text = f"{some[number % len(some)]} {number}" if number % 50 else some[0]
            file.write(json.dumps({"text": text, "label": f"class {number % 12}"}) + "\n")
    for part in (rows // 10, rows):
        before, start = megabytes(), time.process_time()
        from itertools import islice

        found = profile_of(islice(read_rows(folder / "large.jsonl"), part))
        taken = time.process_time() - start
        print(f"profile of {found.rows:,} rows: {taken:.0f} s, {megabytes() - before:.0f} MB more")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--train", type=int, default=100_000)
    options.add_argument("--eval", type=int, default=5_000)
    options.add_argument("--rows", type=int, default=0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.train:
            leakage(folder, write(folder, given.train, given.eval), given.eval)
        if given.rows:
            profile(folder, given.rows)


if __name__ == "__main__":
    main()
