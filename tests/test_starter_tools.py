"""The settings in starter folders as the real tools judge them: optional, as the tools are large.

`.ci/starters` sets up what is needed and runs this; a part whose tool is not there is skipped.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import PATIENCE, in_process
from test_starter_training import PYTHON

from adaptadvisor.starter.tools import VERSIONS

WHEELS = Path(os.environ.get("ADAPTADVISOR_STARTER_WHEELS", ""))
"""Where the unpacked wheels of axolotl and LLaMA-Factory are, in a folder of their name each."""
PROMPTFOO = os.environ.get("ADAPTADVISOR_PROMPTFOO", "").split()
"""The words that start promptfoo."""

pytestmark = pytest.mark.slow

FAILED = 2
"""What promptfoo calls a case that could not be asked; 1 is a wrong answer."""
TUNED = ["lora", "lora:qlora", "lora:dpo", "full", "full:dpo"]
LABELS = ("one", "two")

AXOLOTL = """
import json, sys, yaml
from axolotl.utils.schemas.config import AxolotlInputConfig

given = yaml.safe_load(open(sys.argv[1]))
found = AxolotlInputConfig(**given).model_dump()
print(json.dumps({key: found.get(key, "unknown") for key in given}, default=str))
"""

LLAMAFACTORY = """
import json, sys, yaml
from pathlib import Path
from types import ModuleType
import llamafactory

# its package for data loads what reads sound and pictures; only the part about files is wanted
package = ModuleType("llamafactory.data")
package.__path__ = [str(Path(llamafactory.__file__).parent / "data")]
sys.modules["llamafactory.data"] = package
from llamafactory.data.parser import get_dataset_list
from llamafactory.hparams.parser import _parse_train_args

given = {**yaml.safe_load(open(sys.argv[1])), "use_cpu": True}
data = _parse_train_args(given)[1]
(dataset,) = get_dataset_list(data.dataset, data.dataset_dir)
print(json.dumps({"file": dataset.dataset_name, "messages": dataset.messages}))
"""

SETTINGS = """
import ast, json, sys
import peft, setfit, transformers, trl

# each settings object of a script is made as the script makes it, but for what its options say
WANTED = {"SFTConfig": trl, "DPOConfig": trl, "LoraConfig": peft, "BitsAndBytesConfig": transformers,
          "EarlyStoppingCallback": transformers}
made = []
for path in sys.argv[1:]:
    tree = ast.parse(open(path).read())
    modules = {name.name: node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
               for name in node.names}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        name = node.func.id
        home = WANTED.get(name)
        if name == "TrainingArguments":
            home = {"setfit": setfit, "transformers": transformers}[modules[name].split(".")[0]]
        if home is None:
            continue
        values = {}
        for word in node.keywords:
            try:
                values[word.arg] = ast.literal_eval(word.value)
            except ValueError:
                if getattr(word.value, "id", "") == "GPU":
                    values[word.arg] = False
                elif word.arg == "output_dir":
                    values[word.arg] = "out"
        getattr(home, name)(**values)
        made.append(name)
print(json.dumps(made))
"""


def _folder(place: Path, plan: str, examples: int = 20) -> Path:
    """A folder with so many examples, and 20 for the evaluation."""
    (place / "data").mkdir(parents=True)
    for name, number in (("train", examples), ("eval", 20)):
        rows = (
            {"text": f"{name} {n} is {LABELS[n % 2]}", "label": LABELS[n % 2]}
            for n in range(number)
        )
        lines = [json.dumps(row) + "\n" for row in rows]
        (place / f"data/{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    files = [
        word for name in ("train", "eval") for word in (f"--{name}", f"{place}/data/{name}.jsonl")
    ]
    told = in_process("start", str(place), "--task", "label", "--plan", plan, *files, "--force")
    assert told.returncode == 0, told.stderr
    return place


def _run(words: list[str], cwd: Path, *, path: Path | None = None) -> str:
    settings = {"HF_HUB_OFFLINE": "1", "DISABLE_VERSION_CHECK": "1", "CUDA_VISIBLE_DEVICES": ""}
    settings |= {"PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1"}
    settings |= {"PROMPTFOO_CONFIG_DIR": str(cwd / "promptfoo")}
    settings |= {"OPENAI_API_KEY": "none", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    settings |= {"DSPY_CACHEDIR": str(cwd / "cache")}
    settings |= {"PYTHONPATH": str(path)} if path else {}
    done = subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=False,
    )
    assert done.returncode in (0, 100), (done.stdout + done.stderr)[-3000:]  # 100: answers fail
    return done.stdout


def _wheel(tool: str) -> Path:
    if not WHEELS.name or not (WHEELS / tool).is_dir():
        pytest.skip(f"needs {tool} in ADAPTADVISOR_STARTER_WHEELS; see .ci/starters")
    return WHEELS / tool


@pytest.mark.parametrize("plan", TUNED)
def test_axolotl_takes_every_setting_of_its_config(tmp_path, plan):
    wheel, folder = _wheel("axolotl"), _folder(tmp_path / "f", plan)
    config = f"{plan.partition(':')[0]}/axolotl.yaml"
    found = json.loads(_run([PYTHON, "-c", AXOLOTL, config], folder, path=wheel).splitlines()[-1])
    assert "unknown" not in found.values()
    assert isinstance(found["learning_rate"], float)
    assert found["num_epochs"] > 0


@pytest.mark.parametrize("plan", TUNED)
def test_llama_factory_takes_its_config_and_finds_the_chats(tmp_path, plan):
    wheel, folder = _wheel("llamafactory"), _folder(tmp_path / "f", plan)
    config = f"{plan.partition(':')[0]}/llamafactory.yaml"
    told = _run([PYTHON, "-c", LLAMAFACTORY, config], folder, path=wheel)
    found = json.loads(told.splitlines()[-1])
    assert found == {"file": "chats.jsonl", "messages": "messages"}


@pytest.mark.parametrize("plan", [*TUNED, "task_head:setfit", "task_head:tuned-encoder"])
def test_the_tools_make_their_settings_of_those_in_the_scripts(tmp_path, plan):
    tried = [PYTHON, "-c", "import peft, setfit, transformers, trl"]
    if subprocess.run(tried, capture_output=True, check=False).returncode:
        pytest.skip("needs trl, peft, transformers and setfit; see .ci/starters")
    folder = _folder(tmp_path / "f", plan)
    scripts = [str(path) for path in sorted(folder.rglob("*.py")) if path.parent != folder]
    made = json.loads(_run([PYTHON, "-c", SETTINGS, *scripts], folder).splitlines()[-1])
    wanted = {"lora": "LoraConfig", "full": "SFTConfig", "task_head": "TrainingArguments"}
    assert wanted[plan.partition(":")[0]] in made
    assert ("BitsAndBytesConfig" in made) == (plan == "lora:qlora")
    assert ("DPOConfig" in made) == plan.endswith("dpo")


class _Follower(BaseHTTPRequestHandler):
    """A model behind an interface like OpenAI's that finds the label where it was shown an example,
    and says what it is asked for in the form that DSPy wants.
    """

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        *before, last = asked["messages"]
        shown = any(turn["role"] == "assistant" for turn in before)
        words = str(last["content"])
        fields = re.findall(r"\[\[ ## (\w+) ## \]\]", words.partition("Respond with")[2]) or [
            "answer"
        ]
        label = re.search(r"is (one|two)", words)
        told = {"answer": label[1] if label and shown else "one", "completed": ""}
        text = "\n\n".join(
            f"[[ ## {name} ## ]]\n{told.get(name, 'Look at it.')}" for name in fields
        )
        choice = {"index": 0, "finish_reason": "stop"}
        choice["message"] = {"role": "assistant", "content": text}
        used = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        answer = {"id": "x", "object": "chat.completion", "created": 1, "model": asked["model"]}
        body = json.dumps({**answer, "choices": [choice], "usage": used}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize("examples", [30, 120, 240])
def test_dspy_finds_a_prompt_with_examples_of_the_training_data(tmp_path, examples):
    if subprocess.run([PYTHON, "-c", "import dspy"], capture_output=True, check=False).returncode:
        pytest.skip("needs dspy; see .ci/starters")
    folder = _folder(tmp_path / "f", "prompt:prompt-optimisation", examples)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Follower) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/v1"
        words = [PYTHON, "prompt/optimise.py", "--model", "openai/follower", "--address", address]
        told = _run(words, folder)
        server.shutdown()
    before, found = re.findall(r"([\d.]+) %", told.splitlines()[-2])
    assert float(before) < 70
    assert float(found) == 100
    prompt = (folder / "prompt/optimised.txt").read_text(encoding="utf-8")
    assert prompt.count("Text: train ") in range(1, 5)
    assert "eval" not in prompt
    assert prompt.count("{{text}}") == 1
    assert prompt.endswith("Text: {{text}}\nAnswer:\n")


@pytest.mark.parametrize(
    "plan",
    [
        "prompt:zero-shot", "prompt:few-shot", "prompt:prompt-optimisation", "rag", "task_head",
        "lora",
    ],
)  # fmt: skip
def test_promptfoo_validates_the_config_and_its_results_are_read(tmp_path, plan):
    if not PROMPTFOO:
        pytest.skip("needs promptfoo in ADAPTADVISOR_PROMPTFOO; see .ci/starters")
    assert _run([*PROMPTFOO, "--version"], tmp_path).strip().endswith(VERSIONS["promptfoo"])
    folder = _folder(tmp_path / "f", plan)
    _run([PYTHON, "evaluation/make_cases.py"], folder)
    config = ["-c", "evaluation/promptfooconfig.yaml"]
    assert "Configuration is valid" in _run([*PROMPTFOO, "validate", *config], folder)
    # `validate` passes keys that promptfoo does not know: only a run shows that all of it is read
    result = folder / "results/prompt.json"
    _run([*PROMPTFOO, "eval", *config, "--no-cache", "--no-table", "-o", str(result)], folder)
    rows = json.loads(result.read_text())["results"]["results"]
    prompts = {"prompt:few-shot": 2, "prompt:prompt-optimisation": 3}.get(plan, 1)
    assert len(rows) == 20 * 2 * prompts, "every case is asked twice"
    assert not [row["error"] for row in rows if row["failureReason"] == FAILED]
    assert all(row["vars"]["text"] in row["response"]["output"] for row in rows)
    which = ["--system", "as it is"] if prompts > 1 else []
    told = in_process("check", "coverage", str(result), *which, "--format", "json")
    assert json.loads(told.stdout)["schema"] == "adaptadvisor/checks/1", told.stderr
