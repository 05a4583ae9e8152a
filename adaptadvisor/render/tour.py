"""The guided walk through the lab, a step at a time, as text or Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adaptadvisor.evidence.statistics import wilson
from adaptadvisor.lab.handmade import Vector, known
from adaptadvisor.lab.tour import PAIRS, TASKS, Answered, Tour
from adaptadvisor.page import Page
from adaptadvisor.render.markup import grid, inline, joined, listed

_GAP = 2


@dataclass(frozen=True, slots=True)
class Rows:
    """A small table: its head, and rows whose first cell names them."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Commands:
    """What to type next, each with what it is for."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the walk: at most 22 lines at 80 columns, so that a prompt fits below."""

    title: str
    parts: tuple[str | Rows | Commands, ...]


def render(
    walk: Sequence[Step],
    format_: str,
    *,
    only: int | None = None,
    width: int = 80,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """All steps, or the one of this number (from 1)."""
    numbers = [only] if only else range(1, len(walk) + 1)
    shown = [(f"Step {at} of {len(walk)}: {walk[at - 1].title}", walk[at - 1]) for at in numbers]
    if format_ == "md":
        return joined(line for title, step in shown for line in _markdown(title, step))
    pages = []
    for title, step in shown:
        page = Page(width, colour=colour, plain=plain)
        _text(title, step, page)
        pages.append(page.text())
    return "\n".join(pages)


def _text(title: str, step: Step, page: Page) -> None:
    page.title(title)
    for part in step.parts:
        if isinstance(part, str):
            page.lines.append("")
            page.say(part)
        elif isinstance(part, Commands):
            for command, why in part.rows:
                page.say(why, mark=f"- {command}: ")
        else:
            _rows(part, page)


def _rows(table: Rows, page: Page) -> None:
    """In columns; on a narrow page, or for a screen reader, a sentence for each row."""
    sizes = [max(map(len, cells)) + _GAP for cells in zip(table.head, *table.rows, strict=True)]
    if page.plain or sum(sizes) > page.width:
        for name, *cells in table.rows:
            said = (f"{head} {cell}" for head, cell in zip(table.head[1:], cells, strict=True))
            page.say(f"{'; '.join(said)}", mark=f"- {name}: ")
        return
    for row in (table.head, *table.rows):
        line = "".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True))
        page.lines.append(f"  {line}".rstrip())


def _markdown(title: str, step: Step) -> Iterator[str]:
    yield f"## {inline(title)}"
    for part in step.parts:
        if isinstance(part, str):
            yield inline(part)
        elif isinstance(part, Commands):
            yield listed(f"`{command}`: {inline(why)}" for command, why in part.rows)
        else:
            yield grid(map(inline, part.head), [map(inline, row) for row in part.rows])


def steps(found: Tour) -> tuple[Step, ...]:
    """The walk: every number is of what was computed."""
    return (
        _pretraining(found),
        _encoding(found),
        _two_heads(found),
        _third_head(found),
        _representation(found),
        _bigger(found),
        _checks(found),
        _next(),
    )


def _pretraining(found: Tour) -> Step:
    near = ", ".join(
        f"{one} and {other} {each:.2f}"
        for (one, other), each in zip(PAIRS, found.near, strict=True)
    )
    rows = tuple(
        (now.text, now.label, _sure(before.sure), _sure(now.sure))
        for before, now in zip(found.alike, found.asked, strict=True)
    )
    parts: list[str | Rows] = [
        "Pretraining reads much text and gives each word numbers, so that words used alike get "
        "numbers alike. " + found.shipped["about"],
        f"How near words are, 1 for the same direction: {near}.",
        (
            f"A small head learns from {len(found.shipped['train'])} labelled texts. None of them "
            "holds a word of these four texts, so without the numbers it can only toss a coin:"
        ),
        Rows(("text", "answer", "words as names", "words as numbers"), rows),
    ]
    if found.real:
        real = ", ".join(f"{each:.2f}" for each in found.real.near)
        parts.append(
            f"Learnt, not made: {found.real.name}, {found.real.dimension} numbers a word piece, "
            f"puts the same pairs at {real}. For the four texts its head says "
            f"{_said(found.real.asked, judged=True)}."
        )
    return Step("what pretraining gives", tuple(parts))


def _encoding(found: Tour) -> Step:
    first, vector = found.sum.text, found.sum.vector
    words = known(first, found.words)
    number = len(words)
    added = ", ".join(
        f"({' + '.join(f'{found.words[word][at]:g}' for word in words)}) / {number} = {value:g}"
        for at, value in enumerate(vector)
        if any(found.words[word][at] for word in words)
    )
    rows = tuple((text, *map(_number, each)) for text, each in found.vectors.items())
    return Step(
        "one shared encoding",
        (
            "An encoder turns a text into one row of numbers. Ours takes the mean of its words:",
            Rows(("text", *found.shipped["dimensions"]), rows),
            f"On paper, {first}: {added}.",
            (
                "The row says nothing of labels yet. It is computed once for each text, kept, and "
                "used by every head. Encoders of today also look at the order of words; the mean "
                "does not."
            ),
        ),
    )


def _two_heads(found: Tour) -> Step:
    centres = tuple(
        (f"{task}: {label}", *map(_number, centre))
        for task in TASKS[:2]
        for label, centre in found.heads[task].items()
    )
    each = found.sum
    sums = "; ".join(
        f"with {label} {' + '.join(_products(each.vector, each.head[label]))} = {score:.3f}"
        for label, score in each.scores.items()
    )
    (best, share), *_ = sorted(each.shares.items(), key=lambda pair: -pair[1])
    return Step(
        "two heads on it",
        (
            "A head is a few numbers on top. Here each label is the mean row of its examples:",
            Rows(("head: label", *found.shipped["dimensions"]), centres),
            f"To answer, multiply and add. {each.text}, {sums}.",
            (
                f"A softmax makes shares of these scores: e to each, over their sum. That is "
                f"{best} {_sure(share)}."
            ),
            f"Two heads, one encoding: {_said(found.asked)}.",
            (
                "Words share the row: half of great refund is refund, which is why the head is "
                "less sure there."
            ),
        ),
    )


def _third_head(found: Tour) -> Step:
    topic = found.heads[TASKS[2]]
    added = sum(map(len, topic.values()))
    kept = [each for each in found.after if each.task != TASKS[2]]
    same = sum(one == other for one, other in zip(found.before, kept, strict=True))
    new = [each for each in found.after if each.task == TASKS[2]]
    rows = tuple((label, *map(_number, centre)) for label, centre in topic.items())
    said = new[:: max(1, len(new) // 3)][:3]
    return Step(
        f"a third head, {TASKS[2]}, and nothing else changes",
        (
            (
                f"Tomorrow somebody also wants the {TASKS[2]} of a text. Its head needs a label "
                "for each example and the rows that are there already:"
            ),
            Rows((TASKS[2], *found.shipped["dimensions"]), rows),
            (
                f"That adds {added} numbers and changes none: {same} of {len(found.before)} "
                "answers of the first two heads are what they were, to the last digit."
            ),
            f"New texts by the new head: {_said(said)}.",
            (
                "Tuning the encoder for one task instead would move the rows under every other "
                "head: all of them would have to be trained and checked again."
            ),
        ),
    )


def _representation(found: Tour) -> Step:
    names = tuple(found.changed)
    rows = tuple(
        (answers[0].text, *(f"{each.label} {_sure(each.sure)}" for each in answers))
        for answers in zip(*found.changed.values(), strict=True)
    )
    moved = max(
        abs(one.sure - other.sure)
        for answers in found.changed.values()
        for one, other in zip(found.asked, answers, strict=True)
    )
    return Step(
        "change the representation, and the confidence moves",
        (
            (
                "The same texts, labels and kind of head; only the rows are made in another way, "
                "and the heads trained anew on them:"
            ),
            Rows(("text", *names), rows),
            (
                f"Confidence moves by up to {moved:.3f}, though no text has changed. So how sure a "
                "head is belongs to the encoder, the head and the data together."
            ),
            (
                "With another encoder, or another version of it, set thresholds anew on held-out "
                "texts. Never carry one over."
            ),
        ),
    )


def _bigger(found: Tour) -> Step:
    rows = [(f"{size:,} numbers", f"{100 * share:.0f}%") for size, share in found.wider]
    if found.real:
        share = 100 * found.real.right / found.real.of
        rows.append(
            (f"{found.real.name}, {found.real.dimension:,} learnt numbers", f"{share:.0f}%")
        )
    parts: list[str | Rows] = [
        (
            "Put more numbers behind each word, but such as have nothing to do with the task "
            f"(drawn by chance, mean of {found.draws} draws). Right answers on "
            f"{len(found.shipped['held_out'])} held-out texts by the three heads:"
        ),
        Rows(("a word has", "right"), tuple(rows)),
        (
            f"With {len(found.shipped['train'])} examples the heads take chance for a pattern. "
            "More numbers help only where they say more about your task; a bigger model costs more "
            "on every text either way."
        ),
    ]
    if found.real:
        parts.append(
            "That is no fair race for the learnt vectors: ours were made for these texts and know "
            f"{len(found.words)} words. On your texts, measure."
        )
    return Step("bigger is not always the better fit", tuple(parts))


def _checks(found: Tour) -> Step:
    rows = []
    for task in TASKS:
        own = [each for each in found.held_out if each.task == task]
        right = sum(each.right for each in own)
        low, high = wilson(right, len(own))
        rows.append((task, f"{right} of {len(own)}", f"{100 * low:.0f}% to {100 * high:.0f}%"))
    wrong = "; ".join(
        f'"{each.text}" is called {each.label} ({_sure(each.sure)})'
        for each in found.held_out
        if not each.right
    )
    line = found.threshold()
    passed = [each for each in found.beside if each.sure >= line]
    return Step(
        "two checks before you trust it",
        (
            (
                "Check 1, texts that no head was trained on, with the range in which the true "
                "share lies (95%):"
            ),
            Rows(("head", "right", "true share"), tuple(rows)),
            (
                f"Wrong: {wrong}. A mean of words cannot see what a not turns round. And so few "
                "texts prove little: the ranges are wide."
            ),
            (
                f"Check 2, texts that fit no label. All right answers of the {TASKS[0]} head were "
                f"at least {line:.3f} sure, so let it be silent below. Of {len(found.beside)} "
                f"such texts {len(passed)} still pass: {_said(passed, quoted=True)}."
            ),
            (
                "A head must choose among its labels and has no word for none of them. Known words "
                "in a strange request make it sure of itself."
            ),
        ),
    )


def _next() -> Step:
    return Step(
        "what next",
        (
            "The same on your own texts, with a real encoder, and what to make of it:",
            Commands(
                (
                    (
                        "adaptadvisor lab run train.jsonl",
                        (
                            "trains heads on your labelled texts, offline, against TF-IDF, with "
                            "held-out texts and a threshold (pip install 'adaptadvisor[lab]')"
                        ),
                    ),
                    (
                        "adaptadvisor recommend --task label --data train.jsonl",
                        "the cheapest plan for you: a prompt, retrieval, a head, or tuning",
                    ),
                    (
                        "adaptadvisor explain task_head",
                        "what a head is good for, and what it is not; also explain embeddings",
                    ),
                )
            ),
        ),
    )


def _said(answers: Sequence[Answered], *, quoted: bool = False, judged: bool = False) -> str:
    """The answers in a sentence; `judged`: with a word where one is wrong."""
    mark = '"' if quoted else ""
    return ", ".join(
        f"{mark}{each.text}{mark} is {each.label} {_sure(each.sure)}"
        f"{' (wrong)' if judged and not each.right else ''}"
        for each in answers
    )


def _products(one: Vector, other: Vector) -> list[str]:
    """The products that are not zero, as one would write them."""
    return [f"{_number(a)} x {_number(b)}" for a, b in zip(one, other, strict=True) if a and b]


def _sure(share: float) -> str:
    """A share with three digits, and no zeros behind."""
    return f"{round(share, 3):g}"


def _number(value: float) -> str:
    return f"{round(value, 4):g}"
