"""Which plans a line says were tried; what is only planned was not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from adaptadvisor.errors import one_of, shown
from adaptadvisor.interview.meant import Answer
from adaptadvisor.table.facts import Fact, NotAValue, Value, from_text, show
from adaptadvisor.table.spoken import (
    NOT,
    Word,
    denied,
    is_question,
    phrase,
    plain,
    runs,
    without_questions,
    words,
)

_PLANS = {
    "prompting": "prompt",
    "retrieval": "rag",
    "classifier": "task_head",
}
_TUNED = frozenset(
    f"{fine}{tuned}"
    for fine in ("fine", "fine ")
    for tuned in ("tune", "tuned", "tunes", "tuning", "tunings")
)
"""How people say that they trained a model, without saying how."""

_NAMES = {
    "prompt": ("prompt", "prompts", "prompting", "prompt engineering"),
    "rag": ("rag", "retrieval", "retrieval augmented generation", "vector search"),
    "task_head": ("task head", "task_head", "classifier", "setfit"),
    "lora": ("lora", "qlora", *_TUNED),
    "full": (
        *("full", "full fine-tuning", "full finetuning", "full tuning"),
        *("full fine-tune", "full finetune"),
    ),
    "rag+lora": ("rag+lora", "raft"),
}
"""Plans as people call them in a sentence."""

_TUNED_PHRASES = frozenset(map(phrase, _TUNED))
_ENCODERS = frozenset(
    (
        *("bert", "roberta", "deberta", "distilbert", "modernbert", "minilm", "sbert", "encoder"),
        *("embedding", "embedder", "classifier", "transformer", "reranker"),
    )
)
"""Of these, "fine-tuned" may mean a head or all of it."""

_EMBEDDINGS = frozenset(("embedding", "minilm", "sbert", "embedder", "transformer"))
_UNTOUCHED = re.compile(
    r"\b(?:ready[- ]made|off[- ]the[- ]shelf|as (?:it|they) (?:is|are|comes?)|as is|untouched"
    r"|pre-?trained|out of the box|untrained"
    r"|(?:without|no) (?:any |further )?(?:training|tuning|fine-?tuning))\b"
)
_UNTOUCHED_PLAN = "task_head", "untouched-embedding"

_PLANNED = re.compile(
    r"\b(?:plan|plans|planned|planning|wants? to|intend(?:s|ed|ing)?|intention|thinking (?:of"
    r"|about)"
    r"|considered|considering|thought (?:of|about)|looked (?:at|into)"
    r"|going to|the idea is|hop(?:e|ing) to|in future|in the future|todo|wish to|aim to"
    r"|(?:would|we'd|i'd) (?:like|love|try|start)|will (?:try|do|start|use|build|train|test|run"
    r"|be next))\b"
)
_AFTERWARDS = re.compile(r"\b(?:next|later|soon|afterwards?|first|then|eventually|someday|will)\b")
"""Of what is planned where nothing was tried; else as well of what was tried in this order."""

_TRIED = frozenset(
    (
        *(
            "tried",
            "tested",
            "ran",
            "built",
            "measured",
            "trained",
            "used",
            "made",
            "did",
            "failed",
        ),
        *("fell", "done", "evaluated", "prototype", "already", "attempted", "disappointing"),
        *("disappointed", "worse", "short", "wrong"),
    )
)
_NOTHING = re.compile(
    r"(?:(?:well|so far|no|nope),? )*(?:nothing|none|not (?:started|yet|tried)"
    r"|haven't (?:started|tried)|no|n)"
    r"(?: (?:yet|at all|else|so far|tried|to date|of that|really|serious|anything|measured))*"
    r"(?=\s*(?:$|[,.;:!(]|- |but (?:we|i|they)\b))"
)
_NO_PLANS = re.compile(
    r"\b(?:key-?words?(?: search)?|regex(?:es|ps?)?|regular expressions?|tf-?idf|bm25"
    r"|full[- ]text search|rules|heuristics|spreadsheets?|string match(?:ing)?)(?![\w-])"
)
"""What people tried that is none of the plans."""

_EXPECTED = "expected prompt, rag, task_head, lora or full, two at once as rag+lora, or none"
_NEAR = 4


@dataclass(frozen=True, slots=True)
class _Named:
    plan: str
    start: int
    end: int
    tuned: bool


def plans(fact: Fact, said: str, text: str) -> Answer:
    """The plans that were tried, of a line that says nothing else; else `NotAValue`."""
    if said in ("nothing", "none", "no", "nothing yet", "n"):
        return Answer(())
    line = re.sub(r"\s+(?:and|then)\s+", ", ", said)
    line = re.sub(r"[^\s,+]+", lambda match: _PLANS.get(match[0], match[0]), line)
    try:
        value = from_text(fact, line)
    except NotAValue:
        found, planned = _in_sentence(fact, text)
        if not found and (planned or _NOTHING.match(said)):
            return _nothing(said, planned)
        if len(found) == 1 and (found[0].start, found[0].end) == (0, len(said)):
            return Answer(from_text(fact, found[0].plan), f"the plan {found[0].plan}")
        if " " in said or _NO_PLANS.search(said):
            raise _none_of_them(said, text) from None
        value = from_text(fact, text)
    return Answer(value, f"the plans {show(value)}" if value and line != said else "")


def _nothing(said: str, planned: list[_Named]) -> Answer:
    names = one_of([each.plan for each in {each.plan: each for each in planned}.values()])
    names = names.replace(" or ", " and ")
    why = f"{names}: planned, not tried; " if planned else ""
    meaning = f"{why}understood as nothing tried"
    return Answer((), meaning, whole=False, sure=bool(_NOTHING.match(said)))


def _none_of_them(said: str, text: str) -> NotAValue:
    what = f'"{shown(text)}" names no plan; {_EXPECTED}'
    if other := _NO_PLANS.search(said):
        right = "if that is all that you tried, the answer is nothing"
        none = "is none of the plans prompt, rag, task_head, lora and full"
        what = f'"{shown(other[0])}" {none}; {right}'
    return NotAValue("unknown-plan", what)


def plans_in(fact: Fact, text: str) -> tuple[Value, str, str] | None:
    """The plans that a sentence says were tried, the words that name them, and how they were
    understood; what is denied, asked or only planned does not count.
    """
    found, planned = _in_sentence(fact, text)
    if not found:
        return None
    value = from_text(fact, ", ".join(dict.fromkeys(each.plan for each in found)))
    if not value:
        return None
    notes = ["the other words name no plan and are not counted"]
    if {"lora"} == {each.plan for each in found if each.tuned}:
        notes.insert(0, "fine-tuning is taken as LoRA, the usual way; write full for all weights")
    left = {each.plan for each in planned} - {each.plan for each in found}
    if left:
        notes.insert(0, f"{' and '.join(sorted(left))}: planned, not tried")
    end = max(each.end for each in found)
    return value, text[found[0].start : end], "; ".join(notes)


def _in_sentence(fact: Fact, text: str) -> tuple[list[_Named], list[_Named]]:
    """The plans that a sentence says were tried, and those that are only planned."""
    line = without_questions(plain(text))
    of = words(line)
    if is_question(line, of):
        return [], []
    found: list[_Named] = []
    planned: list[_Named] = []
    future = _future(line, of)
    for first, last, plan in sorted(
        [*runs(line, of, _names(fact.variants)), *_untouched(fact, line, of)]
    ):
        clause = {word.text for word in of if word.clause == of[first].clause}
        tuned = tuple(word.text for word in of[first : last + 1]) in _TUNED_PHRASES
        if tuned and _unclear_tuning(of, first, last):
            continue
        named = _Named(plan, of[first].start, of[last].end, tuned)
        if of[first].clause in future and not clause & _TRIED:
            planned.append(named)
        elif of[first].clause not in future and denied(of, first, last) is False:
            found.append(named)
    if any(not each.tuned for each in found if each.plan in ("lora", "full", "rag+lora")):
        found = [each for each in found if not each.tuned]  # "fine-tuned it with LoRA"
    return found, planned


@lru_cache(maxsize=100)
def _names(variants: tuple[tuple[str, str], ...]) -> Mapping[tuple[str, ...], str]:
    """Plans by the words that name them, and their variants: `few-shot prompting`."""
    names = {phrase(name): plan for plan, of in _NAMES.items() for name in of}
    for approach, variant in variants:
        called = [name for name in _NAMES.get(approach, ()) if name not in _TUNED]
        for name in (approach, *called):
            names[phrase(f"{approach}:{variant}")] = f"{approach}:{variant}"
            names.setdefault(phrase(f"{variant} {name}"), f"{approach}:{variant}")
    return names


def _untouched(fact: Fact, line: str, of: tuple[Word, ...]) -> Iterator[tuple[int, int, str]]:
    """Embeddings that a clause says were used as they are."""
    if _UNTOUCHED_PLAN not in fact.variants:
        return
    for part in sorted({word.clause for word in of}):
        here = [place for place, word in enumerate(of) if word.clause == part]
        start, end = of[here[0]].start, of[here[-1]].end
        said = [place for place in here if of[place].text in _EMBEDDINGS]
        if said and (mark := _UNTOUCHED.search(line, start, end)):
            begin = next((n for n in here if of[n].start >= mark.start()), said[0])
            yield min(begin, said[0]), max(begin, said[-1]), ":".join(_UNTOUCHED_PLAN)


def _future(line: str, of: tuple[Word, ...]) -> set[int]:
    """The clauses that are about what is only planned: from one that says so to one that tells
    what was done.
    """
    future, now, nothing = set(), False, bool(_NOTHING.match(line.strip()))
    for clause in sorted({word.clause for word in of}):
        here = [word for word in of if word.clause == clause]
        said = line[here[0].start : here[-1].end]
        if _PLANNED.search(said) or (nothing and _AFTERWARDS.search(said)):
            now = not {word.text for word in here} & NOT
        elif {word.text for word in here} & _TRIED:
            now = False
        if now:
            future.add(clause)
    return future


def _unclear_tuning(of: tuple[Word, ...], first: int, last: int) -> bool:
    """Whether it may be the training of an encoder."""
    after = of[last + 1 : last + 1 + _NEAR]
    before = of[max(first - 2, 0) : first]
    near = [word.text for word in (*before, *after) if word.clause == of[first].clause]
    return bool(_ENCODERS & set(near))
