"""The first prompt for a kind of task; people put their own words into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from adaptadvisor.table.facts import Value


class Wording(NamedTuple):
    """What the model is told, and what stands before an input and before its answer."""

    instruction: str
    asks: str
    answers: str

    @property
    def body(self) -> str:
        """The end of a prompt, with the place of the input."""
        return f"{self.asks}{{{{text}}}}{self.answers.rstrip()}"


_LABEL = (
    "Decide which of these labels fits the text. Reply with the label alone, written as it is here."
    "\nLabels: {{labels}}"
)
_ANSWER = "Answer the question in as few words as it needs."
_DO_NOT_KNOW = "If you do not know the answer, reply: I do not know."
_FROM_PASSAGES = "Rely on the passages alone. If they do not hold the answer, reply: I do not know."
_CITE = "After each statement write the name of the file that says so, in brackets."
_JSON = "Reply with JSON that fits the schema, and with nothing else."
_OWN_WORDS = {
    "extract": "Take the fields that you need out of the text. Say here which, and in which form.",
    "match": "Say how well the two texts fit together. Say here what counts as a fit.",
    "rewrite": "Rewrite the text. Say here what has to stay, what has to go, and in which form.",
    "write": "Answer the request. Say here who is asking, in which tone, and what to leave out.",
    "code": "Write the code that is asked for. Say here in which language and for which version.",
}
_ELSE = "Do the task. Say here in plain words what to do, what to avoid, and the form of the reply."


def wording(facts: Mapping[str, Value], *, labels: bool, passages: bool = False) -> Wording:
    """The wording for a task; `labels`: the answer is one of a few labels, which the prompt lists;
    `passages`: the prompt holds passages.
    """
    task = str(facts.get("task", ""))
    if labels:
        first = _LABEL
    elif task == "answer" or not task:
        first = _ANSWER if task else _ELSE
    else:
        first = _OWN_WORDS.get(task, _ELSE)
    more = [
        _FROM_PASSAGES if passages and not labels else "",
        _DO_NOT_KNOW if facts.get("must_abstain") is True and not (passages or labels) else "",
        _CITE if passages and facts.get("citations") is True else "",
        _JSON if facts.get("output_schema") is True and not labels else "",
    ]
    asks, answers = ("Question: ", "\nAnswer: ") if task == "answer" else ("Text: ", "\nAnswer: ")
    return Wording("\n".join(filter(None, [first, *more])), asks, answers)
