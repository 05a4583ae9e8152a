"""Reads which fields the tools of starter folders have, from their own packages, into
tests/data/tool_fields.json; the tests of `start` hold the templates against that.

    python tests/starter_fields.py

downloads the wheels of the versions in adaptadvisor/starter/tools.py (without what they need),
unpacks them and reads the fields with `ast`: nothing of them is installed or run. Run it after a
change of a version there. The keys of promptfoo, which is no Python package, come from its published
schema and are kept as they are unless a copy of it is named:

    python tests/starter_fields.py --promptfoo config-schema.json
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from adaptadvisor.starter.tools import PACKAGES, VERSIONS

STORE = Path(__file__).parent / "data" / "tool_fields.json"

CLASSES = {
    "trl": {"SFTConfig", "DPOConfig", "SFTTrainer", "DPOTrainer"},
    "peft": {"LoraConfig"},
    "transformers": {
        *("TrainingArguments", "Seq2SeqTrainingArguments", "BitsAndBytesConfig", "Trainer"),
        "EarlyStoppingCallback",
    },
    "setfit": {"TrainingArguments", "Trainer"},
    "dspy": {
        *("BootstrapFewShot", "BootstrapFewShotWithRandomSearch", "MIPROv2", "Evaluate", "LM"),
    },
    "haystack": {
        *("DocumentSplitter", "InMemoryBM25Retriever", "OpenAIChatGenerator", "Document"),
    },
    "axolotl": {"AxolotlInputConfig", "SFTDataset"},
    "llamafactory": {
        *("ModelArguments", "DataArguments", "FinetuningArguments", "TrainingArguments"),
    },
}
"""The classes whose fields, or arguments of `__init__`, the templates use."""

PLACES = {
    "transformers": (
        *("transformers/training_args.py", "transformers/training_args_seq2seq.py"),
        *("transformers/utils/quantization_config.py", "transformers/trainer.py"),
        "transformers/trainer_callback.py",
    ),
    "peft": ("peft/config.py", "peft/tuners/lora/config.py"),
    "axolotl": ("axolotl/utils/schemas",),
    "llamafactory": ("llamafactory/hparams",),
}
"""Where in a package they stand, if the names alone are not enough or the package is large."""

ELSEWHERE = {"BaseTrainingArguments": "Seq2SeqTrainingArguments"}
"""Bases of a class that go by another name in transformers."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--promptfoo", type=Path, help="its config-schema.json")
    named = options.parse_args()
    before = json.loads(STORE.read_text()) if STORE.exists() else {}
    found = {}
    with tempfile.TemporaryDirectory() as place:
        foreign: dict[str, set[str]] = {}
        for tool in ("transformers", *(each for each in CLASSES if each != "transformers")):
            folder = _unpacked(tool, Path(place))
            own = dict(_classes([folder / part for part in PLACES.get(tool, (".",))]))
            fields = {name: _fields(name, own, foreign) for name in CLASSES[tool]}
            foreign = foreign or fields
            kept = {name: sorted(some) for name, some in fields.items()}
            found[tool] = {"version": VERSIONS[tool], "fields": kept}
    found["promptfoo"] = _promptfoo(named.promptfoo) if named.promptfoo else before["promptfoo"]
    STORE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    print(f"{STORE} holds the fields of {', '.join(sorted(found))}")


def _unpacked(tool: str, place: Path) -> Path:
    """The folder of an unpacked wheel."""
    wanted = f"{PACKAGES.get(tool, tool)}=={VERSIONS[tool]}"
    wheels, folder = place / f"{tool}-wheel", place / tool
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels))
    subprocess.run([*pip, wanted], check=True)
    (wheel,) = wheels.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def _classes(places: list[Path]) -> Iterator[tuple[str, ast.ClassDef]]:
    files = [file for each in places for file in ([each] if each.is_file() else each.rglob("*.py"))]
    for path in sorted(files):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield node.name, node


def _fields(name: str, own: dict[str, ast.ClassDef], foreign: dict[str, set[str]]) -> set[str]:
    """The fields of a class and of its bases, and the arguments of its `__init__`; `foreign` are
    those of classes in transformers.
    """
    node, found = own[name], set()
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            found.add(part.target.id)
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            found |= {one.arg for one in (*part.args.args, *part.args.kwonlyargs)} - {"self"}
    for base in node.bases:
        called = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
        if called in own and called != name:
            found |= _fields(called, own, foreign)
        else:
            found |= foreign.get(ELSEWHERE.get(called, called), set())
    return found


def _promptfoo(path: Path) -> dict[str, object]:
    """The keys of a config, and of its options for a run."""
    parts = json.loads(path.read_text(encoding="utf-8"))["definitions"]
    config = parts["PromptfooConfigSchema"]["properties"]
    options = parts[config["evaluateOptions"]["$ref"].rpartition("/")[2]]
    while "$ref" in options or "allOf" in options or "anyOf" in options:
        inner = options.get("allOf", options.get("anyOf", [options]))[0]
        options = parts[inner["$ref"].rpartition("/")[2]] if "$ref" in inner else inner
    fields = {"config": sorted(config), "evaluateOptions": sorted(options["properties"])}
    return {"version": VERSIONS["promptfoo"], "fields": fields}


if __name__ == "__main__":
    main()
