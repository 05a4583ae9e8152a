"""Which files a plan gets, and what goes into their templates."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from adaptadvisor.starter.kit import Kit, Part, quoted
from adaptadvisor.starter.settings import longest
from adaptadvisor.starter.tools import pinned
from adaptadvisor.starter.training import chats, tuning
from adaptadvisor.starter.wording import wording
from adaptadvisor.table.speech import plan_words

_DOCUMENTS = {
    "searched": "your documents",
    "imported": "CORPUS",
    "documents": '''KINDS = (".txt", ".md", ".rst")  # extract other documents to text first


def documents():
    """The texts of the corpus, each with the name of its file."""
    paths = [path for path in sorted(CORPUS.rglob("*")) if path.suffix.lower() in KINDS]
    if not paths:
        raise SystemExit(f"{CORPUS}: there is no {', '.join(KINDS)} file in it; see task.py")
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        yield Document(content=text, meta={"file": path.relative_to(CORPUS).as_posix()})''',
}
_EXAMPLES = {
    "searched": "your examples",
    "imported": "TRAIN, examples",
    "documents": '''

def documents():
    """The training examples, each with its answer."""
    for row in examples(TRAIN):
        text = f"{row['text']}\\nAnswer: {row['answer']}"
        yield Document(content=text, meta={"file": row["id"]})''',
}
_CHOSEN = "prompt=${PROMPT:-%s}  # which of those in results/prompt.json counts\n"


def parts(kit: Kit) -> Iterator[Part]:
    """The files of a folder, all but the README and the facts; evaluation comes first."""
    yield from _evaluation(kit)
    yield from _prompts(kit)
    if "rag" in kit.way.plan:
        yield from _rag(kit)
    if kit.text_head:
        yield from _head(kit)
    if kit.hosted:
        yield chats("lora", "for a provider that tunes")
    if kit.tuned:
        yield Part("tuning.py", "tuning/tuning.py", {})
    for approach in kit.tuned:
        yield from tuning(kit, approach)
    if needed := "\n".join(_packages(kit)):
        yield Part("requirements.txt", "requirements.txt", {"packages": needed})


def _evaluation(kit: Kit) -> Iterator[Part]:
    own, columns = kit.own, kit.own.columns
    retrieval = "return ()"
    if "rag" in kit.way.plan:
        lines = ('sys.path.insert(0, str(HERE / "rag"))', "from passages import find", "")
        retrieval = "\n    ".join((*lines, "return find(text)")).replace("\n    \n", "\n\n")
    yield Part(
        "task.py",
        "task.py",
        {
            **{name: quoted(getattr(own, name)) for name in ("train", "evaluation", "corpus")},
            "text": f"({''.join(f'{quoted(one)}, ' for one in columns.text).rstrip()})",
            **{name: quoted(getattr(columns, name)) for name in ("answer", "chat", "item")},
            "labels_only": own.labels_only,
            "retrieves": "rag" in kit.way.plan,
            "retrieval": retrieval,
        },
    )
    others = [
        f"\n  - {{id: file://../prompt/{file}.txt, label: {label}}}" for label, file in kit.others
    ]
    described = {"description": quoted(f"the prompt, before {plan_words(kit.way.plan)}")}
    config = "evaluation/promptfooconfig.yaml"
    yield Part(config, config, {**described, "others": "".join(others)})
    same = "(as => as(output) === as(context.vars.expected))(x => x.trim().toLowerCase())"
    yield Part("evaluation/make_cases.py", "evaluation/make_cases.py", {"equal": quoted(same)})
    alone = kit.way.plan == ("prompt",)
    which = {"of": ' --system "$prompt"' if kit.few_shot and alone else ""}
    which["before"] = ' --system "$prompt"' if kit.few_shot else ""
    which["than"] = ' --baseline-system "$prompt"' if kit.few_shot else ""
    which["chosen"] = _CHOSEN % kit.others[-1][0] if kit.few_shot else ""
    values = {
        **which,
        "last": kit.results,
        "baseline": "" if alone else " results/prompt.json",
        "bar": "" if own.bar is None else f"{own.bar:g}",
        "plan": "+".join(kit.way.plan),
        "checks": "\n".join(_own_checks(kit, which["of"])),
    }
    yield Part("evaluation/check.sh", "evaluation/check.sh", values)
    yield Part(".github/workflows/check.yml", "ci/check.yml", values)


def _own_checks(kit: Kit, of: str) -> Iterator[str]:
    """Our checks that the plan asks for and that these files allow, as lines of the script."""
    # worked examples in a prompt come from the training data, too
    trains = kit.few_shot or any(each not in ("prompt", "rag") for each in kit.way.plan)
    train, held_out = shlex.quote(kit.own.train), shlex.quote(kit.own.evaluation)
    names = "".join(f" --map {shlex.quote(word)}" for word in kit.own.mapped)
    lines = {
        "check leakage": f"run check leakage {train} {held_out}{names}" if trains else "",
        "check labels": f"run check labels {train}{names}" if kit.own.labels_only else "",
        "check coverage": f'run check coverage "$results"{of}',
        "check repeats": f'run check repeats "$results"{of}' if kit.way.plan == ("prompt",) else "",
        "check prompts": 'run check prompts "$results"' if kit.few_shot else "",
        "check retrieval": 'run check retrieval "$results"' if "rag" in kit.way.plan else "",
    }
    asked = " ".join(check.command for check in kit.way.checks)
    always = ("check coverage",)
    yield from (line for name, line in lines.items() if line and (name in asked or name in always))


def _prompts(kit: Kit) -> Iterator[Part]:
    said = wording(kit.way.facts, labels=kit.own.labels_only)
    values = {"instruction": said.instruction, "body": said.body}
    yield Part("prompt/prompt.txt", "prompt/prompt.txt", values)
    if kit.few_shot:
        shots = kit.number("prompt", "shots", "5")
        values |= {"asks": quoted(said.asks), "answers": quoted(said.answers), "shots": shots}
        yield Part("prompt/few_shot.txt", "prompt/few_shot.txt", values)
        yield Part("prompt/make_few_shot.py", "prompt/make_few_shot.py", values)
    if kit.optimised:
        values |= {"searched": kit.number("prompt", "shots in the prompt", "4")}
        yield Part("prompt/optimised.txt", "prompt/optimised.txt", values)
        yield Part("prompt/optimise.py", "prompt/optimise.py", values)


def _rag(kit: Kit) -> Iterator[Part]:
    said = wording(kit.way.facts, labels=kit.own.labels_only, passages=True)
    values = {"instruction": said.instruction, "body": said.body}
    yield Part("rag/prompt.txt", "rag/prompt.txt", values)
    sizes = {"words": 300, "shared": 30}
    if {("rag", "retrieved-examples"), ("rag", "own-examples-of-each")} & kit.ids:
        top, source = kit.number("rag", "examples shown", "8"), _EXAMPLES
    else:
        top, source = kit.number("rag", "passages kept (k)", "5", lower=True), _DOCUMENTS
    yield Part("rag/passages.py", "rag/passages.py", {"top": top, **sizes, **source})
    yield Part("rag/answer.py", "rag/answer.py", {})


def _head(kit: Kit) -> Iterator[Part]:
    own = kit.own
    one = own.columns.text if len(own.columns.text) == 1 else ()  # it puts several together itself
    text = "".join(f"--text {shlex.quote(column)} " for column in one)
    answer = shlex.quote(own.columns.answer)
    files = {"train": shlex.quote(own.train), "evaluation": shlex.quote(own.evaluation)}
    yield Part("head/lab.sh", "head/lab.sh", {**files, "text": text, "answer": answer})
    if kit.encoder:
        values = {
            "encoder_rate": kit.number("task_head", "learning rate", "2e-5"),
            "encoder_batch": kit.number("task_head", "batch", "16", lower=True),
        }
        yield Part("head/train_encoder.py", "head/train_encoder.py", values)
    else:
        tuned = ("task_head", "setfit") in kit.ids
        values = {
            "setfit_batch": kit.number("task_head", "batch", "16") if tuned else "16",
            "setfit_epochs": kit.number("task_head", "epochs", "1") if tuned else "1",
            "setfit_length": str(min(longest(kit.way.facts), 512)),
        }
        yield Part("head/train_setfit.py", "head/train_setfit.py", values)


def _packages(kit: Kit) -> Iterable[str]:
    found: list[str] = []
    if kit.optimised:
        found += pinned("dspy")
    if "rag" in kit.way.plan:
        found += pinned("haystack")
    if kit.text_head:
        found += [*pinned("transformers"), "datasets", "accelerate"]
        found += () if kit.encoder else pinned("setfit")
    if kit.tuned:
        found += [*pinned("trl", "peft", "transformers"), "datasets", "accelerate"]
        found += ["bitsandbytes"] if any(kit.four_bit(one) for one in kit.tuned) else []
    return dict.fromkeys(found)
