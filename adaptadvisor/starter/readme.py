"""The README of a folder: what it is, the gate, the order of steps, what comes next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from adaptadvisor.advice.recommendation import Step
from adaptadvisor.starter.kit import Kit
from adaptadvisor.starter.tools import VERSIONS
from adaptadvisor.table.rows import METHOD
from adaptadvisor.table.speech import capital, plan_words

MOST_LINES = 60
_STEPS, _CHECKS, _REST = 10, 6, 5
_DONE = {
    *("zero-shot", "few-shot", "prompt-optimisation", "retrieval-augmented", "keyword"),
    "frozen-encoder-linear-head",
    *("setfit", "tuned-encoder", "lora-adapters", "qlora", "hosted-tuning", "supervised-tuning"),
    *("tuning-on-passages", "dpo", "full-tuning"),
}
"""The variants that the files carry out."""

_ABOUT = (
    ("task.py", "your files, their columns, the prompt, what counts as right"),
    ("evaluation/", "test cases for promptfoo, and `check.sh` with the checks of adaptadvisor"),
    ("prompt/", "the prompt: the yardstick that anything dearer has to beat"),
    ("rag/", "search in your documents, and answers from what it finds"),
    ("head/", "a small classifier on a pretrained encoder"),
    ("lora/", "tuning with adapters, as a script for TRL or settings for other tools"),
    ("full/", "tuning of all weights, as a script for TRL or settings for other tools"),
)


def readme(kit: Kit, files: Sequence[str], written: str) -> str:
    """At most 60 lines of Markdown; a plan of many parts has room for fewer of the checks."""
    sizes = [*((checks, _REST) for checks in range(_CHECKS, -1, -1)), (0, 1), (0, 0)]
    shown = (_lines(kit, files, written, *size) for size in sizes)
    return "\n".join(next(lines for lines in shown if len(lines) <= MOST_LINES)) + "\n"


def _lines(kit: Kit, files: Sequence[str], written: str, checks: int, rest: int) -> Sequence[str]:
    return [
        f"<!-- {written} for Python 3.11 or newer. -->",
        f"# {capital(plan_words(kit.way.plan))}: a folder to start from",
        "",
        *_gate(kit),
        "",
        "## Set up",
        "",
        *_set_up(kit, files),
        "",
        "## In this order",
        "",
        *_numbered(_commands(kit)),
        "",
        "## What the advice says to do",
        "",
        *_numbered(map(_step, kit.way.route[:_STEPS])),
        "",
        *_checks(kit, checks),
        *_missing(kit, rest),
        "## Files",
        "",
        *(
            f"- `{name}`: {what}"
            for name, what in _ABOUT
            if any(file.startswith(name) for file in files)
        ),
    ]


def _gate(kit: Kit) -> Iterator[str]:
    bar = kit.own.bar
    yield (
        f"**The gate.** The bar is {bar:g} % right."
        if bar is not None
        else "**The gate.** Write down the bar, the percent of right answers that the product"
        " needs, before the first run: as `bar` in `evaluation/check.sh`."
    )
    yield (
        "It is passed when the whole 95 % interval of the score is at the bar or above, no slice"
        " is empty, and no check below fails."
    )
    for step in kit.way.route:
        if step.gate and step.stage == "plan":
            yield f"{capital(plan_words([step.id]))}: {_line(step.gate)}"


def _set_up(kit: Kit, files: Sequence[str]) -> Iterator[str]:
    own = kit.own
    more = " -r requirements.txt" if "requirements.txt" in files else ""
    yield "```sh"
    yield "python3 -m venv .venv && . .venv/bin/activate"
    extras = "check,lab" if kit.text_head else "check"
    yield f"pip install 'adaptadvisor[{extras}]'{more}"
    yield "```"
    yield ""
    columns = " and ".join(f"`{_code(one)}`" for one in filter(None, _columns(kit)))
    wanted = [("examples", own.train, "train"), ("evaluation set", own.evaluation, "evaluation")]
    wanted += [("documents", own.corpus, "corpus")] if "rag" in kit.way.plan else []
    said = "; ".join(
        f"{name} `{_code(path)}`{'' if key in own.stated else ' (put it there)'}"
        for name, path, key in wanted
    )
    yield f"Your files: {said}. Columns: {columns}. To change a name, edit `task.py`."


def _columns(kit: Kit) -> Iterable[str]:
    columns = kit.own.columns
    return (columns.chat,) if columns.chat else (*columns.text, columns.answer)


def _commands(kit: Kit) -> Iterator[str]:
    prompted = (
        f"npx promptfoo@{VERSIONS['promptfoo']} eval -c evaluation/promptfooconfig.yaml"
        " --no-cache -o results/prompt.json"
    )
    yield "The evaluation set as test cases: `python evaluation/make_cases.py`"
    if kit.few_shot:
        yield "Worked examples of yours for the prompt: `python prompt/make_few_shot.py`"
    if kit.optimised:
        search = "python prompt/optimise.py --model openai/NAME"
        yield f"A search for a better one, with DSPy: `{search}`"
    yield f"The prompt, with your model in the config: `{prompted}`"
    if "rag" in kit.way.plan:
        alone = "adaptadvisor check retrieval results/passages-alone.jsonl"
        yield f"Is the passage found? `python rag/answer.py`, then `{alone}`"
        yield "Answers from it: `python rag/answer.py --model NAME`"
    if kit.text_head:
        script = "encoder" if kit.encoder else "setfit"
        yield "The untouched encoder first: `sh head/lab.sh`"
        yield f"Then, if that falls short: `python head/train_{script}.py --seed 42`, 43 and 44"
    if kit.hosted:
        yield "Examples as chats for the provider, lora/chats.jsonl: `python lora/make_chats.py`"
    for approach in kit.tuned:
        yield f"Train: `python {approach}/train.py --model NAME`"
        others = f"`axolotl train {approach}/axolotl.yaml`"
        others += f" or `llamafactory-cli train {approach}/llamafactory.yaml`"
        yield f"Or with another tool: `python {approach}/make_chats.py`, then {others}"
        if kit.preferences(approach):
            yield f"Then on preference pairs: `python {approach}/preferences.py`"
    baseline = "" if kit.way.plan == ("prompt",) else " results/prompt.json"
    plain = "`PROMPT='as it is'`"
    counts = f"; of the prompts `{kit.others[-1][0]}` counts, or {plain}" if kit.others else ""
    yield (
        f"Passed? `sh evaluation/check.sh results/{kit.results}{baseline}` ends with what to do"
        f" next (`adaptadvisor next --results results/{kit.results}`){counts}"
    )


def _step(step: Step) -> str:
    gate = f" **Gate:** {_line(step.gate)}" if step.gate else ""
    return f"{_line(step.do)}{gate}"


def _checks(kit: Kit, most: int) -> Iterator[str]:
    if not most:
        return
    yield "## What goes wrong here most often"
    yield ""
    for check in kit.way.checks[:most]:
        yield f"- {_line(check.failure)}. Passed: {_first(check.passes)}"
    yield ""


def _missing(kit: Kit, most: int) -> Iterator[str]:
    """What the advice names and these files do not do."""
    rest = [
        f"- {one.name} (`adaptadvisor explain {one.id}`)"
        for one in kit.way.variants
        if one.id not in _DONE and (one.role == METHOD or one.settings)
    ]
    if "task_head" in kit.way.plan and not kit.text_head:
        rest.insert(0, "- a head for anything but one label for a text: begin with the prompt here")
    if rest[:most]:
        yield "## What the advice names, and these files leave to you"
        yield ""
        yield from rest[:most]
        yield ""


def _numbered(lines: Iterable[str]) -> Iterator[str]:
    yield from (f"{number}. {line}" for number, line in enumerate(lines, 1))


def _line(text: str) -> str:
    return " ".join(text.split())


def _first(text: str) -> str:
    """The first sentence."""
    return re.split(r"(?<=[a-z%)]\.) ", _line(text))[0]


def _code(word: str) -> str:
    """A word that may stand between backticks."""
    return word.replace("`", "'").replace("\n", " ")
