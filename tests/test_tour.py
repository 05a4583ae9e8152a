"""The guided walk: each number is what a small computation of our own comes to, each step fits a
small terminal, and a person can walk through it.
"""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from conftest import BARE, PATIENCE, forked, in_process

import adaptadvisor.lab.tour as lab_tour
from adaptadvisor.lab import handmade
from adaptadvisor.lab.encoders import encoder
from adaptadvisor.lab.tour import DATA, PAIRS, TASKS, tour
from adaptadvisor.render.tour import Commands, render, steps

SHIPPED = json.loads(DATA.read_text(encoding="utf-8"))
WORDS = {word: np.array(vector) for word, vector in SHIPPED["words"].items()}
HAND = steps(tour(real=False))
FLAT = [" ".join(render(HAND, "text", only=at, width=100).split()) for at in range(1, 9)]


# ---- the same, computed once more with numpy ----


def row(text, words=WORDS):
    found = [words[word] for word in re.findall("[a-z]+", text.lower()) if word in words]
    return np.mean(found, axis=0) if found else np.zeros(len(words["refund"]))


def shares(text, task, encode=row):
    labels = list(dict.fromkeys(item[task] for item in SHIPPED["train"]))
    scores = np.array(
        [
            encode(text)
            @ np.mean([encode(i["text"]) for i in SHIPPED["train"] if i[task] == label], axis=0)
            for label in labels
        ]
    )
    return dict(zip(labels, np.exp(scores) / np.exp(scores).sum(), strict=True))


def best(text, task, encode=row):
    found = shares(text, task, encode)
    label = max(found, key=found.get)
    return label, found[label]


def told(text, task, encode=row):
    """As the walk says it."""
    label, sure = best(text, task, encode)
    return f"{text} is {label} {round(sure, 3):g}"


def asked(encode=row):
    return [
        best(item["text"], "intent" if "intent" in item else "sentiment", encode)
        for item in SHIPPED["asked"]
    ]


def same(mine, expected):
    """Answers of the walk against (label, share) pairs."""
    assert [each.label for each in mine] == [label for label, _ in expected]
    assert [each.sure for each in mine] == pytest.approx([sure for _, sure in expected])


def test_the_four_texts_come_to_the_four_numbers():
    assert [(label, round(sure, 3)) for label, sure in asked()] == [
        ("refund", 0.76),
        ("password", 0.654),
        ("positive", 0.579),
        ("negative", 0.536),
    ]
    said = (
        "refund order is refund 0.76, reset password is password 0.654, "
        "great refund is positive 0.579, bad refund is negative 0.536"
    )
    assert said in FLAT[2]


def test_step_1_without_vectors_no_head_can_tell_and_with_them_it_can():
    learnt = {
        word for item in SHIPPED["train"] for word in re.findall("[a-z]+", item["text"].lower())
    }
    for item in SHIPPED["asked"]:
        assert not learnt & {*item["text"].split()}
        assert (
            f"{item['text']} {item.get('intent') or item.get('sentiment')} 0.5 "
            f"{round(best(item['text'], 'intent' if 'intent' in item else 'sentiment')[1], 3):g}"
        ) in FLAT[0]
    for one, other in PAIRS:
        a, b = WORDS[one], WORDS[other]
        cosine = a @ b / np.sqrt((a @ a) * (b @ b))
        assert f"{one} and {other} {cosine:.2f}" in FLAT[0]


def test_step_2_a_text_is_the_mean_of_its_words():
    for item in SHIPPED["asked"]:
        numbers = " ".join(f"{round(each, 4):g}" for each in row(item["text"]))
        assert f"{item['text']} {numbers}" in FLAT[1]
    first = np.array([WORDS["refund"], WORDS["order"]])
    for one, other in first.T[[0, 2, 3]]:
        assert f"({one:g} + {other:g}) / 2 = {round((one + other) / 2, 4):g}" in FLAT[1]


def test_step_3_shows_the_sums_of_an_answer():
    for label in ("refund", "password"):
        centre = np.mean([row(i["text"]) for i in SHIPPED["train"] if i["intent"] == label], axis=0)
        assert f"intent: {label} {' '.join(f'{each:.4g}' for each in centre)}" in FLAT[2]
        assert f" = {row('refund order') @ centre:.3f}" in FLAT[2]
    for products, result in re.findall(r"with \w+ ([\d. x+-]+) = (\d\.\d{3})", FLAT[2]):
        summed = sum(math.prod(map(float, pair.split(" x "))) for pair in products.split(" + "))
        assert summed == pytest.approx(float(result), abs=6e-4)


def test_step_4_the_third_head_leaves_the_first_two_as_they_are():
    walk = tour(real=False)
    assert walk.before == tuple(each for each in walk.after if each.task != "topic")
    same(walk.before, [best(i["text"], task) for i in SHIPPED["held_out"] for task in TASKS[:2]])
    count = 2 * len(SHIPPED["held_out"])
    assert f"adds {3 * 4} numbers and changes none: {count} of {count} answers" in FLAT[3]
    texts = [item["text"] for item in SHIPPED["held_out"]]
    assert sum(told(text, "topic") in FLAT[3] for text in texts) == 3


def test_step_5_only_the_rows_change_and_confidence_moves():
    changed = tour(real=False).changed
    louder = {word: vector * [1, 1, 1, 2] for word, vector in WORDS.items()}
    ways = {
        "as they are": row,
        "mood counts twice": lambda text: row(text, louder),
        "texts at length 1": lambda text: row(text) / np.linalg.norm(row(text)),
    }
    assert [*changed] == [*ways]
    moved = 0
    for name, encode in ways.items():
        same(changed[name], asked(encode))
        moved = max(moved, *(abs(a[1] - b[1]) for a, b in zip(asked(), asked(encode), strict=True)))
    assert f"moves by up to {moved:.3f}" in FLAT[4]


def right(encode):
    return np.mean(
        [best(i["text"], task, encode)[0] == i[task] for i in SHIPPED["held_out"] for task in TASKS]
    )


def test_step_6_numbers_that_say_nothing_of_the_task_cost_right_answers():
    walk = tour(real=False)
    (size, alone), *more = walk.wider
    assert size == 4
    assert alone == pytest.approx(right(row))
    for number, share in more:
        draws = []
        for seed in range(60):  # other draws than the walk's
            made = np.random.default_rng([number, seed])
            noisy = {w: np.append(v, made.normal(0, 1, number - 4)) for w, v in WORDS.items()}
            draws.append(right(lambda text, noisy=noisy: row(text, noisy)))
        assert share == pytest.approx(np.mean(draws), abs=5 * np.std(draws) / walk.draws**0.5)
        assert share < alone
        assert f"{number:,} numbers {100 * share:.0f}%" in FLAT[5]


def test_step_7_held_out_texts_and_texts_that_fit_no_label():
    lines = []
    for task in TASKS:
        found = [best(i["text"], task) for i in SHIPPED["held_out"]]
        hits = [
            sure
            for (label, sure), item in zip(found, SHIPPED["held_out"], strict=True)
            if label == item[task]
        ]
        lines.append(min(hits))
        share, count = len(hits) / len(found), len(found)
        times = 1.959964
        middle = (share + times**2 / (2 * count)) / (1 + times**2 / count)
        half = times * math.sqrt(share * (1 - share) / count + times**2 / (4 * count**2))
        half /= 1 + times**2 / count
        row_ = (
            f"{len(hits)} of {count} {100 * (middle - half):.0f}% to {100 * (middle + half):.0f}%"
        )
        assert f"{task} {row_}" in FLAT[6]
    assert f"at least {lines[0]:.3f} sure" in FLAT[6]
    beside = [(text, *best(text, "intent")) for text in SHIPPED["out_of_scope"]]
    passed = [each for each in beside if each[2] >= lines[0]]
    assert f"Of {len(beside)} such texts {len(passed)} still pass" in FLAT[6]
    for text, label, sure in passed:
        assert f'"{text}" is {label} {round(sure, 3):g}' in FLAT[6]


def test_step_8_names_commands_that_there_are():
    (commands,) = (part for part in HAND[7].parts if isinstance(part, Commands))
    for command, _ in commands.rows:
        name, *words = command.split()
        assert name == "adaptadvisor"
        path = words[:2] if words[0] == "lab" else words[:1]
        assert in_process(*path, "--help").returncode == 0
    assert in_process("explain", "task_head").returncode == 0
    assert "adaptadvisor lab tour" in " ".join(in_process("explain", "embeddings").stdout.split())


def test_the_example_is_licensed_and_no_text_is_on_both_sides():
    assert "Apache-2.0" in SHIPPED["licence"]
    texts = [each["text"] for part in ("train", "asked", "held_out") for each in SHIPPED[part]]
    assert max(Counter([*texts, *SHIPPED["out_of_scope"]]).values()) == 1
    assert {len(vector) for vector in WORDS.values()} == {len(SHIPPED["dimensions"])}


def test_numbers_follow_the_shipped_vectors(tmp_path, monkeypatch):
    """No number is typed in: another table gives other numbers on every step that has some."""
    other = {w: [1.3 * v[0], v[1], 0.7 * v[2], 0.9 * v[3]] for w, v in SHIPPED["words"].items()}
    changed = tmp_path / "tour.json"
    changed.write_text(json.dumps(SHIPPED | {"words": other}), encoding="utf-8")
    monkeypatch.setattr(lab_tour, "DATA", changed)
    after = steps(tour(real=False))
    for at in (1, 2, 3, 4, 5, 7):
        assert render(after, "text", only=at) != render(HAND, "text", only=at)
    words = {word: np.array(vector) for word, vector in other.items()}
    label, sure = best("refund order", "intent", lambda text: row(text, words))
    assert f"That is {label} {round(sure, 3):g}." in " ".join(
        render(after, "text", only=3, width=100).split()
    )


def test_a_text_without_a_known_word_is_a_toss_up():
    head = handmade.trained([((1.0, 0.0), "a"), ((0.0, 1.0), "b")])
    assert handmade.encoded("none of these", {"word": (1.0, 2.0)}) == (0.0, 0.0)
    assert handmade.answer((0.0, 0.0), head) == ("a", 0.5)
    assert handmade.nearness((0.0, 0.0), (1.0, 0.0)) == 0


# ---- on a real encoder ----


def test_where_wordllama_is_installed_the_same_is_shown_on_learnt_vectors():
    pytest.importorskip("wordllama")
    found, real = encoder("wordllama"), tour().real

    def encode(text):
        return found.encode([text])[0].astype(float)

    def sharp(text, task):
        labels = list(dict.fromkeys(item[task] for item in SHIPPED["train"]))
        means = [
            np.mean([encode(i["text"]) for i in SHIPPED["train"] if i[task] == label], axis=0)
            for label in labels
        ]
        scores = np.array([10 * encode(text) @ mean / np.linalg.norm(mean) for mean in means])
        grown = np.exp(scores)
        return labels[int(grown.argmax())], float(grown.max() / grown.sum())

    assert real.dimension == 256
    assert real.near == pytest.approx([encode(a) @ encode(b) for a, b in PAIRS], abs=1e-5)
    for each in real.asked:
        label, sure = sharp(each.text, each.task)
        assert (each.label, each.sure) == (label, pytest.approx(sure, abs=1e-4))
    hits = [sharp(i["text"], task)[0] == i[task] for i in SHIPPED["held_out"] for task in TASKS]
    assert (real.right, real.of) == (sum(hits), len(hits))


def test_the_walk_needs_nothing_of_the_extra_and_no_other_command_loads_it():
    hidden = ("numpy", "sklearn", "onnxruntime", "tokenizers", "safetensors", "wordllama")
    code = (
        f"import sys; hidden = {hidden}; sys.modules.update(dict.fromkeys(hidden))\n"
        "from adaptadvisor.cli.main import run\n"
        "assert run(['rules', '--help']) == 0\n"
        "assert not [each for each in sys.modules if each.startswith('adaptadvisor.lab')]\n"
        "sys.exit(run(['lab', 'tour']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=BARE,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(render(HAND, "text"))


# ---- on the screen ----


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize("plain", [False, True])
def test_a_step_fits_a_small_terminal_with_its_prompt(real, plain):
    walk = steps(tour(real=real))
    assert len(walk) == 8
    for at in range(1, 9):
        lines = render(walk, "text", only=at, plain=plain).splitlines()
        assert len(lines) <= 22
        assert max(map(len, lines)) <= 80


def test_without_a_terminal_all_steps_come_at_once():
    done = in_process("lab", "tour")
    heads = re.findall(r"^Step (\d) of 8: ", done.stdout, flags=re.MULTILINE)
    assert heads == [*"12345678"]
    assert done.stdout == in_process("lab", "tour", "--all").stdout


def test_one_step_markdown_and_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = in_process("lab", "tour", "--step", "3").stdout
    assert re.findall(r"Step (\d) of 8", one) == ["3"]
    assert in_process("lab", "tour", "-o", "tour.md").returncode == 0
    written = Path("tour.md").read_text(encoding="utf-8")
    assert written == in_process("lab", "tour", "-f", "md").stdout
    assert written.count("## Step ") == 8
    assert "| refund order | refund | 0.5 | 0.76 |" in written.replace("\\", "")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--step", "0"), "there is no step 0; expected 1 to 8"),
        (("--step", "9"), "there is no step 9; expected 1 to 8"),
        (("--step", "2", "--all"), "does not go with --all"),
        (("-f", "json"), '"json" is none of text or md'),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_line(words, why):
    done = in_process("lab", "tour", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr


@pytest.fixture
def walk(tmp_path):
    if os.name != "posix":
        pytest.skip("needs a POSIX terminal")
    pexpect = pytest.importorskip("pexpect")

    def start(*words):
        child = pexpect.spawn(
            forked()[0],
            [*forked()[1:], "lab", "tour", *words],
            cwd=tmp_path,
            env=BARE | {"TERM": "xterm"},
            encoding="utf-8",
            timeout=PATIENCE,
            dimensions=(24, 80),
        )
        child.delaybeforesend = None  # only what is typed unseen has to wait
        return child

    return start


def test_enter_goes_on_to_the_end(walk):
    child = walk()
    for at in range(1, 8):
        child.expect(f"Step {at} of 8: ")
        child.expect(r"Enter goes on, q stops: $")
        assert child.before.count("\r\n") < 24
        assert f"Step {at + 1}" not in child.before
        child.sendline("")
    child.expect("Step 8 of 8: ")
    child.expect("adaptadvisor lab run train.jsonl")
    rest = child.read()
    assert "Enter goes on" not in rest
    child.close()
    assert child.exitstatus == 0


@pytest.mark.parametrize("leave", ["q", "Q", "quit", "\x03", "\x04"])
def test_q_stops_and_other_words_are_asked_again(walk, leave):
    child = walk("--plain")
    child.expect(r"Enter goes on, q stops: $")
    child.sendline("what?")
    child.expect(r"Enter goes on, q stops: $")
    assert "Step 2" not in child.before
    child.send(leave) if len(leave) == 1 and ord(leave) < 32 else child.sendline(leave)
    assert "Step 2" not in child.read()
    child.close()
    assert child.exitstatus == 0


def test_all_and_step_ask_nothing_on_a_terminal(walk):
    for words, last in ((("--all",), "Step 8 of 8"), (("--step", "2"), "Step 2 of 8")):
        child = walk(*words)
        shown = child.read()
        assert last in shown
        assert "Enter goes on" not in shown
