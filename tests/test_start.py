"""A folder to start from: every file of it is written for a named version, its settings are fields
of the tools, its scripts run as far as they need no package, and our own checks read the results.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import BARE, ROOT, in_process
from hypothesis import given
from hypothesis import strategies as st

from adaptadvisor import __version__
from adaptadvisor.advice.carrying_out import carrying_out
from adaptadvisor.reading.facts_file import read as read_facts
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.starter.folder import folder as filled
from adaptadvisor.starter.given import Columns, Own
from adaptadvisor.starter.kit import Kit
from adaptadvisor.starter.tools import VERSIONS
from adaptadvisor.table.plans import APPROACHES, attempt, members

TABLE = load_table()
FIELDS = json.loads((ROOT / "tests/data/tool_fields.json").read_text())
ALONE = [members(1 << number)[0] for number in range(len(APPROACHES))]
JOINED = ["rag+lora", "rag+task_head", "prompt+rag", "rag+full", "prompt+rag+task_head+lora+full"]
VARIANTS = [
    "prompt:zero-shot", "prompt:prompt-optimisation", "rag:retrieved-examples", "rag:hybrid-reranker", "task_head:setfit",
    "task_head:tuned-encoder", "lora:qlora", "lora:dpo", "lora:hosted-tuning", "full:dpo",
]  # fmt: skip
PLANS = [*ALONE, *JOINED, *VARIANTS]
EVERY_VARIANT = [f"{one}:{row.id}" for row in TABLE.variants.values() for one in row.approaches]
TASKS = ["label", "extract", "match", "answer", "rewrite", "write", "code", None]


def texts(plan: str | None, facts: dict[str, object], **own: object) -> dict[str, str]:
    """The files of a folder, by their paths."""
    way = carrying_out(TABLE, facts, attempt(plan) if plan else None)
    settings = {"labels_only": facts.get("task") == "label", **own}
    return dict(filled(Kit(way, Own(**settings)), "{}\n"))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Examples and an evaluation set of two labels, under columns of their own names."""
    folder = tmp_path_factory.mktemp("data")
    for name, number in (("train", 60), ("eval", 40)):
        rows = [
            {"id": f"{name}-{n}", "body": f"{name} number {n}: {{{{x}}}} {word}", "tag": label}
            for n in range(number)
            for label, word in [("Refund", "money") if n % 2 else ("Sport", "a game")]
        ]
        lines = [json.dumps(row) + "\n" for row in rows]
        (folder / f"{name}.jsonl").write_text("".join(lines))
    (folder / "docs").mkdir()
    (folder / "docs/refunds.md").write_text("Refunds take five days.")
    return folder


def start(data: Path, place: Path, *more: str) -> subprocess.CompletedProcess[str]:
    files = ("--train", str(data / "train.jsonl"), "--eval", str(data / "eval.jsonl"))
    return in_process("start", str(place), *files, "--text", "body", "--label", "tag", *more)


def python(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, env=BARE, capture_output=True, text=True, check=False
    )


# ---- what is in a folder ----


@pytest.mark.parametrize("plan", PLANS)
def test_every_file_names_the_tool_and_the_version_it_was_written_for(plan):
    for task in TASKS if plan in ALONE else TASKS[:4]:
        facts = {"task": task} if task else {}
        for path, text in texts(plan, facts).items():
            first = text.partition("\n")[0]
            assert f"adaptadvisor {__version__}" in first, path
            if path not in ("README.md", "facts.yaml", "requirements.txt"):
                assert " for " in first, path
            assert text.endswith("\n"), path


@pytest.mark.parametrize("plan", PLANS)
def test_a_readme_has_at_most_sixty_lines_with_the_gate_the_order_and_what_comes_next(plan):
    for facts in ({}, {"task": "label", "examples": 5000, "stakes": "high"}):
        found = texts(plan, facts)
        readme = found["README.md"]
        assert readme.count("\n") <= 60
        assert "**The gate.**" in readme
        assert "adaptadvisor next --results" in readme
        evaluation, *_ = readme[readme.index("## In this order") :].splitlines()[2:]
        assert "evaluation/make_cases.py" in evaluation
        for name in found:
            if name.endswith((".py", ".sh")) and "/" in name and "passages" not in name:
                assert name in readme, name


@pytest.mark.parametrize("plan", PLANS)
def test_what_is_written_is_python_yaml_json_and_shell(plan):
    for facts in ({"task": "label"}, {"task": "answer", "input_tokens": 900}):
        for path, text in texts(plan, facts).items():
            if path.endswith(".py"):
                compile(text, path, "exec")
                assert max(map(len, text.splitlines())) <= 120, path
            elif path.endswith((".yaml", ".yml")):
                assert isinstance(yaml.safe_load(text), dict)
            elif path.endswith(".json"):
                json.loads(text)
            elif path.endswith(".sh"):
                subprocess.run(["sh", "-n"], input=text, text=True, check=True)
            assert "$" not in text or path.endswith((".sh", ".yml", "config.yaml", "facts.yaml"))


def test_every_way_of_every_approach_has_a_folder():
    for plan in EVERY_VARIANT:
        found = texts(plan, {"task": "label"})
        assert found["README.md"].count("\n") <= 60, plan
        assert plan in found["README.md"] or plan.partition(":")[0].replace("_", " ") in (
            found["README.md"].lower()
        )


def test_evaluation_comes_with_every_plan_and_a_joined_plan_gets_both_parts():
    always = {"README.md", "facts.yaml", "task.py", "prompt/prompt.txt"}
    always |= {"evaluation/promptfooconfig.yaml", "evaluation/check.sh", "evaluation/make_cases.py"}
    always |= {".github/workflows/check.yml"}
    for plan in PLANS:
        assert always <= texts(plan, {"task": "label"}).keys()
    one, other = (texts(plan, {"task": "answer"}).keys() for plan in ("rag", "lora"))
    assert one | other <= texts("rag+lora", {"task": "answer"}).keys()
    assert "haystack-ai==" in texts("rag+lora", {})["requirements.txt"]


def test_the_plan_is_the_advised_one_unless_one_is_stated():
    facts = {"task": "label", "examples": 1200, "classes": 12}
    assert "head/train_encoder.py" in texts(None, facts)
    assert "lora/train.py" in texts("lora", facts)
    assert "head/train_encoder.py" not in texts("lora", facts)


# ---- settings ----


def _keys(call: ast.Call) -> set[str]:
    return {word.arg for word in call.keywords if word.arg}


CALLS = {
    "SFTConfig": "trl",
    "DPOConfig": "trl",
    "SFTTrainer": "trl",
    "DPOTrainer": "trl",
    "LoraConfig": "peft",
    "BitsAndBytesConfig": "transformers",
    "EarlyStoppingCallback": "transformers",
    "BootstrapFewShot": "dspy",
    "BootstrapFewShotWithRandomSearch": "dspy",
    "MIPROv2": "dspy",
    "Evaluate": "dspy",
    "LM": "dspy",
    "DocumentSplitter": "haystack",
    "InMemoryBM25Retriever": "haystack",
    "OpenAIChatGenerator": "haystack",
    "Document": "haystack",
}


def _calls(text: str) -> Iterator[tuple[str, str, set[str]]]:
    """Tool, class and the names of arguments of each call of a class that is recorded."""
    tree = ast.parse(text)
    imported = {
        name.name: node.module.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for name in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            tool = CALLS.get(name) or imported.get(name, "")
            if name in FIELDS.get(tool, {}).get("fields", {}):
                yield tool, name, _keys(node)


@pytest.mark.parametrize("plan", PLANS)
def test_every_setting_in_a_script_is_a_field_of_the_tool(plan):
    for task in ("label", "answer"):
        for path, text in texts(plan, {"task": task, "examples": 5000}).items():
            for tool, name, keys in _calls(text) if path.endswith(".py") else ():
                assert keys <= {*FIELDS[tool]["fields"][name]}, path


def test_the_scripts_do_call_the_tools_whose_fields_are_recorded():
    seen = set()
    for plan in PLANS:
        for path, text in texts(plan, {"task": "label"}).items():
            seen |= (
                {(tool, name) for tool, name, _ in _calls(text)} if path.endswith(".py") else set()
            )
    for name, tool in CALLS.items():
        assert (tool, name) in seen
    assert {("setfit", "TrainingArguments"), ("transformers", "TrainingArguments")} <= seen


@pytest.mark.parametrize("plan", [plan for plan in PLANS if "lora" in plan or "full" in plan])
def test_every_setting_for_axolotl_and_llama_factory_is_a_field_of_theirs(plan):
    found = texts(plan, {"task": "label", "examples": 5000})
    for path, text in found.items():
        keys = yaml.safe_load(text) if path.endswith(".yaml") else {}
        if path.endswith("/axolotl.yaml"):
            fields = FIELDS["axolotl"]["fields"]
            assert keys.keys() <= {*fields["AxolotlInputConfig"]}
            assert keys["datasets"][0].keys() <= {*fields["SFTDataset"]}
        if path.endswith("/llamafactory.yaml"):
            fields = FIELDS["llamafactory"]["fields"].values()
            assert keys.keys() <= {name for some in fields for name in some}
        for number in ("learning_rate", "lora_r", "lora_rank"):
            assert isinstance(keys.get(number, 1), (int, float)), f"{path}: {number} is a text"


def test_every_key_of_the_config_for_promptfoo_is_one_of_its_schema():
    for plan in ("prompt:few-shot", "prompt:zero-shot", "rag"):
        config = yaml.safe_load(texts(plan, {"task": "label"})["evaluation/promptfooconfig.yaml"])
        fields = FIELDS["promptfoo"]["fields"]
        assert config.keys() <= {*fields["config"]}
        assert config["evaluateOptions"].keys() <= {*fields["evaluateOptions"]}


def test_the_recorded_fields_are_those_of_the_versions_that_the_files_name():
    assert {tool: known["version"] for tool, known in FIELDS.items()} == VERSIONS


def test_the_settings_are_those_of_the_variant():
    assert "BitsAndBytesConfig" in texts("lora:qlora", {})["lora/train.py"]
    assert "BitsAndBytesConfig" not in texts("lora:lora-adapters", {})["lora/train.py"]
    four = yaml.safe_load(texts("lora:qlora", {})["lora/axolotl.yaml"])
    assert (four["adapter"], four["load_in_4bit"], four["lora_r"]) == ("qlora", True, 16)
    assert "beta=0.1" in texts("lora:dpo", {})["lora/preferences.py"]
    assert "learning_rate=5e-6" in texts("lora:dpo", {})["lora/preferences.py"]
    assert "LoraConfig" not in texts("full:dpo", {})["full/preferences.py"]
    assert "default=2e-5" in texts("full", {})["full/train.py"]
    hosted = texts("lora:hosted-tuning", {})
    assert "lora/make_chats.py" in hosted
    assert "lora/train.py" not in hosted


def test_a_search_for_a_prompt_begins_with_so_many_examples_as_the_table_says():
    script = texts("prompt:prompt-optimisation", {"task": "label"})["prompt/optimise.py"]
    settings = {one.name: one.value for one in TABLE.variants["prompt-optimisation"].settings}
    fewest, random, joint = re.findall(r"\d+", settings["examples"])
    assert f"FEWEST, RANDOM, JOINT = {fewest}, {random}, {joint} " in script
    assert f"SHOTS = {re.findall(r'[0-9]+', settings['shots in the prompt'])[0]} " in script
    assert "prompt/optimise.py" not in texts("prompt:few-shot", {"task": "label"})


@pytest.mark.parametrize(
    ("known", "limit"), [({}, 2048), ({"input_tokens": 60}, 512), ({"input_tokens": 700}, 2048),
                         ({"input_tokens": 10**6}, 8192)]
)  # fmt: skip
def test_the_limit_in_tokens_follows_from_the_length_of_an_input(known, limit):
    config = yaml.safe_load(texts("lora", known)["lora/axolotl.yaml"])
    assert config["sequence_len"] == limit


def test_what_the_files_leave_undone_is_said():
    assert "explain hybrid-reranker" in texts("rag:hybrid-reranker", {})["README.md"]
    spans = texts("task_head", {"task": "extract"})
    assert "head for anything but one label" in spans["README.md"]
    assert not [path for path in spans if path.startswith("head/")]


# ---- names that mean something to a shell, to Python or to YAML ----


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30))
def test_no_name_of_a_file_or_a_column_breaks_a_script(name):
    columns = Columns(text=(name, "b"), answer=name)
    own = {"columns": columns, "train": name, "evaluation": name, "mapped": (f"text={name}",)}
    found = texts("rag+task_head", {"task": "label"}, **own)
    tree = ast.parse(found["task.py"])
    values = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert ast.literal_eval(values["TEXT"]) == (name, "b")
    assert ast.literal_eval(values["ANSWER"]) == name
    assert values["TRAIN"].right.value == name


@pytest.mark.parametrize(
    "name", ["a b", "'; exit 7 #", "$(exit 7)", "`exit 7`", '"', "$HOME", "\\"]
)
def test_no_name_of_a_file_acts_in_a_shell(name, tmp_path):
    own = {"train": name, "evaluation": name, "mapped": (f"label={name}",)}
    found = texts("task_head", {"task": "label"}, **own)
    (tmp_path / "head").mkdir()
    program = tmp_path / "adaptadvisor"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    program.chmod(0o755)
    (tmp_path / "head/lab.sh").write_text(found["head/lab.sh"])
    path = {**BARE, "PATH": f"{tmp_path}:{BARE['PATH']}"}
    done = subprocess.run(
        ["sh", "head/lab.sh"], cwd=tmp_path, env=path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[:5] == ["lab", "run", name, "--eval", name]


# ---- the folder in use ----


def test_a_folder_is_written_with_your_files_and_columns(data, tmp_path):
    place = tmp_path / "folder"
    done = start(data, place, "--task", "label", "--plan", "task_head", "--bar", "85")
    assert done.returncode == 0, done.stderr
    assert "begin with README.md" in done.stderr
    task = (place / "task.py").read_text()
    assert 'TEXT = ("body",)' in task
    assert 'ANSWER = "tag"' in task
    assert 'ITEM = "id"' in task
    assert os.path.relpath(data / "train.jsonl", place) in task
    assert "The bar is 85 % right" in (place / "README.md").read_text()
    facts = read_facts((place / "facts.yaml").read_text(), "facts.yaml", TABLE)
    assert facts.answers["examples"] == 60
    assert facts.answers["classes"] == 2


def test_the_cases_for_promptfoo_hold_your_evaluation_set(data, tmp_path):
    place = tmp_path / "folder"
    start(data, place, "--task", "label", "--plan", "prompt:few-shot")
    done = python("evaluation/make_cases.py", cwd=place)
    assert done.stdout == "40 cases are in evaluation/cases.jsonl\n", done.stderr
    cases = [
        json.loads(line) for line in (place / "evaluation/cases.jsonl").read_text().splitlines()
    ]
    assert cases[0]["metadata"] == {"id": "eval-0"}
    assert cases[0]["vars"]["labels"] == "Refund, Sport"
    assert cases[0]["assert"][0]["type"] == "javascript"
    assert not [case for case in cases if "{{" in case["vars"]["text"]]
    prompts = yaml.safe_load((place / "evaluation/promptfooconfig.yaml").read_text())["prompts"]
    for prompt in prompts:
        assert (place / "evaluation" / prompt["id"].removeprefix("file://")).is_file()


def test_worked_examples_come_from_the_training_data_one_a_label_in_turn(data, tmp_path):
    place = tmp_path / "folder"
    start(data, place, "--task", "label", "--plan", "prompt:few-shot")
    before = (place / "prompt/few_shot.txt").read_text()
    done = python("prompt/make_few_shot.py", "--shots", "4", cwd=place)
    assert done.returncode == 0, done.stderr
    after = (place / "prompt/few_shot.txt").read_text()
    assert after != before
    assert after.count("Answer: Refund") == after.count("Answer: Sport") == 2
    assert "eval number" not in after
    assert after.count("{{") == 2, "the labels and the text, no variable of an example"


def checked(place: Path, *results: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What the folder's own checks say of these results."""
    path = {**BARE, "PATH": f"{Path(sys.executable).parent}:{BARE['PATH']}", **more}
    words = ["sh", "evaluation/check.sh", *(f"results/{name}" for name in results)]
    return subprocess.run(words, cwd=place, env=path, capture_output=True, text=True, check=False)


def with_prompts(place: Path, right: dict[str, int]) -> None:
    """Puts into a folder what promptfoo writes of these prompts, each right on so many of 40."""
    (place / "results").mkdir()
    (place / "results/prompt.json").write_text(json.dumps(of_prompts(right)))


def of_prompts(right: dict[str, int], items: int = 40) -> dict[str, object]:
    """What promptfoo writes of a config with these prompts: each is right on so many items."""
    results = [
        {
            "testIdx": at,
            "promptIdx": number,
            "provider": {"id": "echo"},
            "prompt": {"label": label},
            "vars": {"text": f"eval {at}"},
            "success": at < passed,
            "score": int(at < passed),
            "failureReason": int(at >= passed),
        }
        for at in range(items)
        for number, (label, passed) in enumerate(right.items())
    ]
    return {"results": {"version": 3, "results": results}}


def test_the_prompt_that_a_search_found_counts_before_the_others(data, tmp_path):
    place = tmp_path / "folder"
    start(data, place, "--task", "label", "--plan", "prompt:prompt-optimisation", "--bar", "60")
    config = yaml.safe_load((place / "evaluation/promptfooconfig.yaml").read_text())
    labels = [prompt["label"] for prompt in config["prompts"]]
    assert labels == ["as it is", "with examples", "optimised"]
    with_prompts(place, {label: 40 if label == "optimised" else 0 for label in labels})
    done = checked(place, "prompt.json")
    assert "\n100.0 % right on 40 items" in done.stdout, done.stderr
    few = place / "data-of-eight.jsonl"
    few.write_text("".join(json.dumps({"id": 1, "body": "a", "tag": "b"}) + "\n" for _ in range(8)))
    task = place / "task.py"
    task.write_text(re.sub(r"TRAIN = .*", f"TRAIN = Path({str(few)!r})", task.read_text()))
    done = python("prompt/optimise.py", "--model", "openai/x", cwd=place)
    assert done.returncode == 1
    assert done.stderr == f"{few}: 8 examples; a search needs 10 or more\n"


def test_the_training_data_are_no_evaluation_set(data, tmp_path):
    found = in_process(
        *("start", str(tmp_path / "x"), "--task", "label", "--plan", "prompt:few-shot"),
        *("--train", str(data / "train.jsonl"), "--eval", str(data / "train.jsonl")),
        *("--text", "body", "--label", "tag"),
    )
    assert found.returncode == 2
    assert "holds the training data too; hold other rows out to judge by" in found.stderr
    assert not (tmp_path / "x").exists()


def test_what_a_script_cannot_use_is_one_line_and_what_was_there_stays(data, tmp_path):
    place = tmp_path / "folder"
    start(data, place, "--task", "label", "--plan", "prompt:few-shot")
    assert python("evaluation/make_cases.py", cwd=place).returncode == 0
    before = (place / "evaluation/cases.jsonl").read_text()
    prompt = place / "prompt/prompt.txt"
    prompt.write_text(prompt.read_text().replace("Text: {{text}}", "Ticket: {{text}}"))
    done = python("prompt/make_few_shot.py", cwd=place)
    assert done.returncode == 1
    assert done.stderr.startswith("prompt/prompt.txt: needs Text: {{text}} in it")
    assert python("prompt/make_few_shot.py", "--shots", "-1", cwd=place).returncode == 1
    broken = place / "broken.jsonl"
    broken.write_text('{"id": 1, "body": "a", "tag": "b"}\n{"id": 2')
    task = place / "task.py"
    task.write_text(re.sub(r"(TRAIN|EVAL) = .*", rf"\1 = Path({str(broken)!r})", task.read_text()))
    for script in ("evaluation/make_cases.py", "prompt/make_few_shot.py"):
        done = python(script, cwd=place)
        assert done.returncode == 1
        assert done.stderr.startswith(f"{broken}: after row 1: "), done.stderr
        assert done.stderr.count("\n") == 1
    assert (place / "evaluation/cases.jsonl").read_text() == before


def test_of_several_prompts_the_one_that_is_named_is_judged(data, tmp_path):
    place = tmp_path / "folder"
    start(data, place, "--task", "label", "--plan", "prompt:few-shot", "--bar", "60")
    with_prompts(place, {"as it is: prompt.txt": 0, "with examples: few_shot.txt": 40})
    done = checked(place, "prompt.json", PROMPT="as it is")
    assert done.returncode in (0, 3), done.stderr
    assert "\n0.0 % right on 40 items" in done.stdout
    assert "error" not in done.stderr


def test_a_plan_is_compared_with_the_prompt_with_examples(data, tmp_path):
    place = tmp_path / "folder"
    start(data, place, "--task", "label", "--plan", "prompt+lora", "--bar", "60")
    with_prompts(place, {"as it is: prompt.txt": 0, "with examples: few_shot.txt": 40})
    rows = [{"id": f"eval {at}", "system": "lora", "correct": True} for at in range(40)]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (place / "results/lora.jsonl").write_text(lines)
    done = checked(place, "lora.jsonl", "prompt.json")
    compared = done.stdout.partition("== adaptadvisor check compare")[2].partition("\n== ")[0]
    assert "+0.0 points" in compared, compared
    assert "error" not in done.stderr


def test_examples_become_chats_for_a_provider(data, tmp_path):
    place = tmp_path / "folder"
    start(data, place, "--task", "label", "--plan", "lora:hosted-tuning")
    done = python("lora/make_chats.py", cwd=place)
    assert done.returncode == 0, done.stderr
    lines = (place / "lora/chats.jsonl").read_text().splitlines()
    chats = [json.loads(line)["messages"] for line in lines]
    assert len(chats) == 60
    assert [turn["role"] for turn in chats[0]] == ["user", "assistant"]
    assert chats[0][1]["content"] == "Sport"
    assert "Labels: Refund, Sport" in chats[0][0]["content"]


def test_the_results_of_a_folder_pass_through_its_own_checks_to_the_next_step(data, tmp_path):
    place = tmp_path / "folder"
    start(data, place, "--task", "label", "--plan", "task_head:setfit", "--bar", "60")
    answer = """
from task import EVAL, examples, write_results
rows = list(examples(EVAL))
write_results("setfit-42", rows, [row["answer"].lower() for row in rows])
write_results("prompt", rows, ["Sport" for row in rows])
"""
    done = python("-c", answer, cwd=place)
    assert "setfit-42: 40 of 40 right" in done.stdout, done.stderr
    assert "prompt: 20 of 40 right" in done.stdout
    done = checked(place, "setfit-42.jsonl", "prompt.jsonl")
    assert done.returncode in (0, 3), done.stderr
    for command in ("check leakage", "check coverage", "check compare", "next"):
        assert f"== adaptadvisor {command}" in done.stdout
    assert "keep" in done.stdout.lower()
    unset = place / "evaluation/check.sh"
    unset.write_text(unset.read_text().replace("${BAR:-60}", "${BAR:-}"))
    refused = checked(place, "setfit-42.jsonl", "prompt.jsonl")
    assert refused.returncode == 2
    assert "write down the bar" in refused.stderr


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rows.csv", "body;tag\none;A\ntwo;B\n"),
        ("rows.tsv", "body\ttag\none\tA\ntwo\tB\n"),
        ("rows.json", '[{"body": "one", "tag": "A"}, {"body": "two", "tag": "B"}]'),
        ("more.json", '{"about": 1, "rows": [{"body": "one", "tag": "A"}, {"body": "two", "tag": "B"}]}'),
        ("chats.jsonl", '{"messages": [{"role": "user", "content": "one"}, {"role": "assistant", "content": "A"}]}\n{"messages": [{"from": "human", "value": "two"}, {"from": "gpt", "value": "B"}]}\n'),
    ],
)  # fmt: skip
def test_the_scripts_read_what_the_command_took(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    words = [] if "chats" in name else ["--text", "body", "--label", "tag"]
    done = in_process(
        "start", str(tmp_path / "f"), "--train", str(tmp_path / name), "--plan", "lora", *words
    )
    assert done.returncode == 0, done.stderr
    read = "from task import TRAIN, examples\nfor row in examples(TRAIN): print(row['text'], row['answer'])"
    assert python("-c", read, cwd=tmp_path / "f").stdout.split() == ["one", "A", "two", "B"]


def test_a_script_says_in_one_line_what_is_missing(tmp_path):
    in_process("start", str(tmp_path / "f"), "--task", "label", "--plan", "lora")
    done = python("evaluation/make_cases.py", cwd=tmp_path / "f")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "there is no such file; put it there" in done.stderr


# ---- what cannot be ----


def test_a_folder_that_holds_something_is_left_alone_unless_forced(data, tmp_path):
    place = tmp_path / "folder"
    place.mkdir()
    (place / "README.md").write_text("mine")
    (place / "own.txt").write_text("mine")
    done = start(data, place, "--plan", "lora")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("start: error[file-exists]:")
    assert sorted(path.name for path in place.iterdir()) == ["README.md", "own.txt"]
    assert start(data, place, "--plan", "lora", "--force").returncode == 0
    assert (place / "own.txt").read_text() == "mine"
    assert "LoRA" in (place / "README.md").read_text()


def test_what_cannot_be_written_leaves_nothing_behind(data, tmp_path):
    (tmp_path / "file").write_text("")
    assert start(data, tmp_path / "file", "--plan", "lora").returncode == 2
    inside = start(data, tmp_path / "file/folder", "--plan", "lora")
    assert inside.returncode == 1
    assert "cannot write" in inside.stderr.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--plan", "magic"], '"magic" is no plan; one or more of prompt, rag, task_head, lora, full'),
        (["--plan", "lora:dop"], 'is no way of LoRA; did you mean "dpo"?'),
        (["--plan", "rag:qlora"], "is no way of RAG"),
        (["--train", "none.jsonl"], "no such file"),
        (["--train", "data.parquet"], "save it as one of .jsonl"),
        (["--train", "rows.jsonl", "--text", "bodi"], 'no column "bodi" among body, tag; did you mean "body"?'),
        (["--train", "rows.jsonl", "--text", "body", "--label", "kind"], 'no column "kind" among body, tag'),
        (["--train", "odd.jsonl"], "name it: --text COL"),
        (["--train", "text.jsonl"], "--label COL"),
        (["--train", "rows.jsonl", "--eval", "other.jsonl"], "give both the same"),
        (["--train", "empty.jsonl"], "the file is empty"),
        (["--corpus", "rows.jsonl"], "is no folder of documents"),
        (["--bar", "0.9"], "it is in percent, so 0.9 lets nearly everything pass; write 90"),
        ([""], "is no folder"),
        (["--train", "a\nb.jsonl"], "characters that no script can name"),
    ],
)  # fmt: skip
def test_bad_use_gets_one_clear_line(tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    for name, row in (
        ("rows", {"body": "a", "tag": "b"}),
        ("odd", {"x1": "a"}),
        ("text", {"text": "a"}),
        ("other", {"text": "a", "label": "b"}),
    ):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "empty.jsonl").write_text("")
    place = [] if words == [""] else ["folder"]
    done = in_process("start", *place, "--task", "label", *words)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert done.stderr.count("error[") == 1
    assert not (tmp_path / "folder").exists()


def test_a_plan_that_the_rules_do_not_advise_is_started_with_a_note(tmp_path):
    known = ("--task", "label", "--model-access", "api")
    done = in_process("start", str(tmp_path / "lora"), *known, "--plan", "lora")
    assert done.returncode == 0
    assert "note: LoRA is ruled out here: " in done.stderr
    done = in_process("start", str(tmp_path / "rag"), "--task", "label", "--plan", "rag")
    assert "note: the advice here is another plan: prompt" in done.stderr


def test_without_any_plan_one_has_to_be_named(tmp_path):
    used = ("--tried", "prompt", "--tried", "rag", "--tried", "task_head", "--tried", "lora",
            "--tried", "full", "--tried", "prompt+rag+task_head+lora+full")  # fmt: skip
    done = in_process("start", str(tmp_path / "f"), "--task", "label", *used)
    assert done.returncode == 2
    assert "no plan is advised here; name one" in done.stderr


@pytest.mark.parametrize(
    ("rows", "words", "says"),
    [
        ([{"text": f"t {n}", "label": "a"} for n in range(40)], [], 'every text has the label "a"'),
        ([{"text": " ", "label": "ab"[n % 2]} for n in range(40)], [], "no row has a text and a"),
        ([{"text": f"t {n}", "label": ""} for n in range(40)], [], "no row has a text and a label"),
        (
            [{"text": f"t {n}", "label": "ab"[n % 2]} for n in range(6)],
            ["--plan", "task_head"],
            "6 different labelled texts, and below 20 nothing can be told",
        ),
        ([{"text": "t", "label": "a"}], ["--label", "lable"], 'did you mean "label"?'),
    ],
)
def test_data_that_nothing_can_be_learnt_from_is_refused_before_anything_is_written(
    tmp_path, rows, words, says
):
    train = tmp_path / "train.jsonl"
    train.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    place = tmp_path / "plan"
    told = in_process("start", str(place), "--set", "task=label", "--train", str(train), *words)
    assert told.returncode == 2, told.stderr
    errors = [line for line in told.stderr.splitlines() if "error[" in line]
    assert len(errors) == 1
    assert says in errors[0]
    assert "Traceback" not in told.stderr
    assert not place.exists()


def test_few_rows_are_told_where_no_head_is_trained_on_them(tmp_path):
    train = tmp_path / "train.jsonl"
    rows = [{"text": f"t {n}", "label": "ab"[n % 2]} for n in range(6)]
    train.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    place = tmp_path / "plan"
    words = ("--set", "task=label", "--train", str(train), "--plan", "prompt")
    told = in_process("start", str(place), *words)
    assert told.returncode == 0, told.stderr
    assert "6 different labelled texts, and below 20 nothing can be told" in told.stderr
    assert (place / "README.md").exists()


def _chat(*said: str) -> list[dict[str, str]]:
    roles = ("user", "assistant") * len(said)
    return [{"role": role, "content": each} for role, each in zip(roles, said, strict=False)]


GOOD_CHAT = {"messages": _chat("one", "A")}
GOOD_PAIR = {"prompt": "one", "chosen": "A", "rejected": "B"}


@pytest.mark.parametrize(
    ("row", "good", "says"),
    [
        ({"messages": _chat("one")}, GOOD_CHAT, "no chat with an answer of the assistant"),
        ({"messages": _chat("one", "")}, GOOD_CHAT, "no chat with an answer of the assistant"),
        ({"messages": []}, GOOD_CHAT, "no chat with an answer of the assistant"),
        ({"messages": "one"}, GOOD_CHAT, "no chat with an answer of the assistant"),
        ({"messages": ["one", "A"]}, GOOD_CHAT, "no chat with an answer of the assistant"),
        ({"prompt": "one", "chosen": "A"}, GOOD_PAIR, "better and a worse answer that differ"),
        ({**GOOD_PAIR, "rejected": "A"}, GOOD_PAIR, "better and a worse answer that differ"),
        ({**GOOD_PAIR, "chosen": " "}, GOOD_PAIR, "better and a worse answer that differ"),
        ({**GOOD_PAIR, "prompt": ""}, GOOD_PAIR, "no input with a better and a worse answer"),
        ({**GOOD_PAIR, "chosen": [], "rejected": []}, GOOD_PAIR, "no input with a better and"),
    ],
)
@pytest.mark.parametrize("bad", [1, 3])
def test_chats_and_pairs_that_the_scripts_cannot_use_are_refused_with_the_first_line(
    tmp_path, row, good, says, bad
):
    train, place = tmp_path / "train.jsonl", tmp_path / "plan"
    rows = [good, good, *[row] * bad]
    train.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    told = in_process("start", str(place), "--train", str(train), "--plan", "lora:dpo")
    assert told.returncode == 2, told.stderr
    (error,) = [line for line in told.stderr.splitlines() if "error[" in line]
    many = "this row has" if bad == 1 else f"{bad} of {len(rows)} rows have"
    assert f"{train}:3:1: error[bad-rows]: {many} no " in error
    assert says in error
    assert not place.exists()


@pytest.mark.parametrize(
    "row",
    [
        GOOD_PAIR,
        {"prompt": "one", "chosen": _chat("one", "A"), "rejected": _chat("one", "B")},
        {"chosen": _chat("one", "A"), "rejected": _chat("one", "B")},
        {
            "prompt": _chat("one"),
            "chosen": [{"role": "assistant", "content": "A"}],
            "rejected": [{"role": "assistant", "content": "B"}],
        },
        {
            "prompt": "one",
            "chosen": [{"from": "gpt", "value": "A"}],
            "rejected": [{"from": "gpt", "value": "B"}],
        },
    ],
)
def test_pairs_in_every_usual_form_become_the_same_examples(tmp_path, row):
    train, place = tmp_path / "train.jsonl", tmp_path / "plan"
    train.write_text(json.dumps(row) + "\n")
    told = in_process("start", str(place), "--train", str(train), "--plan", "lora:dpo")
    assert told.returncode == 0, told.stderr
    read = """
from task import TRAIN, chat_of, examples, records
for row in examples(TRAIN): print(row["text"], row["answer"])
for row in records(TRAIN):
    for column in ("chosen", "rejected"): print([*(turn["content"] for turn in chat_of(row, column))])
"""
    done = python("-c", read, cwd=place)
    first, *pair = done.stdout.splitlines()
    assert first == "one A", done.stderr
    whole = [str(["one", answer]) for answer in "AB"]
    assert pair == (["[]"] * 2 if isinstance(row["chosen"], str) else whole)
