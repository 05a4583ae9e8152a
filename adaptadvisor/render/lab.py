"""What the lab found, as text, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adaptadvisor.errors import shown
from adaptadvisor.lab.report import Lab, Task
from adaptadvisor.page import Page
from adaptadvisor.render.formats import inert
from adaptadvisor.render.markup import grid, inline, joined, listed
from adaptadvisor.render.words import capital
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import beside, plan_words

HEADING = "The lab"
_MOST_COLUMNS = 6
_NAME = 22
_WORST = 3
_RISES = 1.0
"""Points of macro-F1 that are worth labelling for."""


def render(
    found: Lab,
    table: Table,
    format_: str,
    *,
    saved: str | None = None,
    width: int = 80,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The answer in one of the formats; `saved` is the folder with the head, if there is one."""
    if format_ == "json":
        from adaptadvisor.render import as_json

        return as_json.render(found)
    if format_ == "md":
        return joined(_markdown(inert(found), table, saved))
    return _text(found, table, saved, Page(width, colour=colour, plain=plain))


def _text(found: Lab, table: Table, saved: str | None, page: Page) -> str:
    for task in found.tasks:
        if len(found.tasks) > 1:
            page.heading(f"Label: {shown(task.label)}")
        page.title(headline(task, found))
        rows = _rows(task)
        if page.width >= _NAME + 7 * len(rows[0]) and not page.lines[-1:] == [""]:
            page.lines.append("")
        for name, *cells in rows:
            page.lines.append(f"{name:<{_NAME}}" + "".join(f"{each:>6}" for each in cells))
        page.lines.append("")
        for name, says in _tells(task):
            page.say(says, mark=f"- {name}: ")
    for name, says in _about(found):
        page.say(says, mark=f"- {name}: ")
    page.heading("What it does to the plan")
    for line in (*_plan(found, table), *_go_on(found, saved)):
        page.say(line)
    return page.text()


def headline(task: Task, found: Lab) -> str:
    """Whether a head learns these labels, and by which the answer is given."""
    best = task.score(task.chosen)
    reached = f"{best.f1:g} macro-F1 ({best.low:g} to {best.high:g})"
    on = f"{capital(best.name)} on {found.encoder.name}"
    if not task.beats_majority:
        return f"Nothing is learnt yet: {on} does not clearly beat the commonest class, {reached}."
    if task.against.enough:
        plain = task.score("tfidf")
        return (
            f"TF-IDF is enough: {plain.f1:g} macro-F1 ({plain.low:g} to {plain.high:g}) without a "
            f"pretrained model; {on.lower() if on.isupper() else on} reaches {best.f1:g}."
        )
    return f"{on} reaches {reached}."


def _columns(task: Task) -> list[int | None]:
    """The sizes that a table shows: the first, all, and as many between as fit, evenly."""
    sizes = sorted({each.per_class for each in task.curve if each.per_class is not None})
    if len(sizes) >= _MOST_COLUMNS:
        step = -(-len(sizes) // (_MOST_COLUMNS - 1))
        sizes = sizes[::step]
    return [*sizes, None]


def _rows(task: Task) -> list[list[str]]:
    """Macro-F1 by labels per class: the head of the table, and a row for each method."""
    columns = _columns(task)
    points = {(each.name, each.per_class): each.f1 for each in task.curve}
    rows = [["Labels per class", *(f"{each:,}" if each else "all" for each in columns)]]
    for score in task.scores:
        mark = " *" if score.id == task.chosen else ""
        cells = [f"{points[score.id, each]:.0f}" for each in columns]
        rows.append([f"{score.name}{mark}", *cells])
    return rows


def _tells(task: Task) -> Iterator[tuple[str, str]]:
    """What a person should know of one column of labels, by its name."""
    yield "Against TF-IDF", _against(task)
    yield "More labels", more(task)
    yield "Hardest", _hardest(task)
    line, off = task.threshold, task.calibration_error
    says = f"its confidence is {off:g} points off on average. Below {line.confidence:g} ask a person"
    stopped = f"{100 - line.kept:.0f} % of these texts"
    if line.unseen_stopped is not None:
        stopped += f", and {line.unseen_stopped:.0f} % of those of a class it never saw"
    yield "How sure", f"{says}: {stopped}."


def _against(task: Task) -> str:
    gap = task.against
    size = f"{gap.points:+.1f} points of right answers ({gap.low:+.1f} to {gap.high:+.1f})"
    if gap.enough:
        return f"{size}: TF-IDF is enough, and needs no pretrained model."
    if gap.verdict == "better":
        return f"{size}: the pretrained encoder pays."
    return f"{size}: these {task.asked:,} texts cannot tell; label more to judge by."


def more(task: Task) -> str:
    """What more labels would bring."""
    if not task.gains:
        return "too few labels to see a slope; label some more and run this again."
    parts = [
        f"{gain.labels:,} more would bring about {gain.points:g} points ({gain.low:g} to "
        f"{gain.high:g})"
        for gain in task.gains
    ]
    worth = any(gain.points >= _RISES for gain in task.gains)
    word = "" if worth else ": hardly worth the work"
    return f"{', '.join(parts)}{word}."


def _hardest(task: Task) -> str:
    asked = [each for each in task.classes if each.asked]
    worst = sorted(asked, key=lambda each: (each.f1, each.name))[:_WORST]
    said = ", ".join(f"{shown(each.name, 30)} {each.f1:.0f}" for each in worst)
    if task.mixed:
        first = task.mixed[0]
        pair = f"{shown(first.expected, 30)} taken for {shown(first.given, 30)}"
        said += f"; most often {pair} ({first.number:,} times)"
    return f"{said}."


def _about(found: Lab) -> Iterator[tuple[str, str]]:
    first = found.tasks[0]
    how = "held out of the same file" if found.held_out else "from the evaluation set"
    yield "Texts", f"{first.examples:,} to train on, {first.asked:,} to judge by, {how}."
    cost = f"{found.encoder.cpu_seconds:g} CPU seconds for 1,000 texts, measured here"
    yield "Cost", f"{cost}; the heads cost next to nothing."
    for note in found.notes:
        yield "Note", note


def _plan(found: Lab, table: Table) -> Iterator[str]:
    plan = found.plan
    facts = ", ".join(
        f"{table.facts[one.fact].name} {beside(table.facts[one.fact], one.value)}"
        for one in plan.learnt
        if one.fact != "task"
    )
    if facts:
        yield f"It sets: {facts}."
    before, after = plan_words(plan.before), plan_words(plan.after)
    turn = f"The plan stays {after}" if before == after else f"The plan was {before}, and is {after}"
    yield f"{turn}. {plan.headline}"
    yield from plan.says


def _go_on(found: Lab, saved: str | None) -> Iterator[str]:
    """The next command."""
    if saved is None:
        yield "Keep the head, its answers and the facts with --save DIR; judge it with --bar PERCENT."
        return
    folder, chosen = shown(saved, 200), found.tasks[0].chosen
    yield f"Use it: adaptadvisor lab predict {folder} new.jsonl"
    yield (
        f"Then: adaptadvisor next --facts {folder}/facts.yaml --results {folder}/results.jsonl "
        f"--system {chosen} --plan task_head --bar 90"
    )


def _markdown(found: Lab, table: Table, saved: str | None) -> Iterator[str]:
    yield f"# {HEADING}"
    for task in found.tasks:
        if len(found.tasks) > 1:
            yield f"## Label: {inline(task.label)}"
        yield f"**{inline(headline(task, found))}**"
        head, *rows = _rows(task)
        yield "Macro-F1 by labels per class (* the chosen head):"
        yield grid(head, [map(inline, row) for row in rows])
        yield listed(f"{name}: {inline(says)}" for name, says in _tells(task))
        yield from _scores(task)
        yield from _classes(task)
    yield listed(f"{name}: {inline(says)}" for name, says in _about(found))
    yield "## What it does to the plan"
    yield from map(inline, (*_plan(found, table), *_go_on(found, saved)))


def _scores(task: Task) -> Iterator[str]:
    yield "With all examples, and the 95 % interval of macro-F1:"
    rows = [
        (each.name, f"{each.f1:.1f}", f"{each.low:.1f} to {each.high:.1f}", f"{each.accuracy:.1f}")
        for each in task.scores
    ]
    yield grid(("Method", "Macro-F1", "Interval", "Right, %"), [map(inline, row) for row in rows])
    yield "The curve of the chosen head; from the lowest to the highest draw:"
    points = [each for each in task.curve if each.name == task.chosen]
    rows = [
        (
            "all" if each.per_class is None else f"{each.per_class:,}",
            f"{each.labels:,}",
            f"{each.f1:.1f}",
            f"{each.low:.1f} to {each.high:.1f}",
        )
        for each in points
    ]
    yield grid(("Labels per class", "Labels", "Macro-F1", "Draws"), rows)


def _classes(task: Task) -> Iterator[str]:
    yield "Each class, and how often it is taken for another:"
    taken = _taken(task)
    rows = [
        (
            each.name,
            f"{each.examples:,}",
            f"{each.asked:,}",
            f"{each.precision:.1f}",
            f"{each.recall:.1f}",
            f"{each.f1:.1f}",
            taken[place],
        )
        for place, each in enumerate(task.classes)
    ]
    head = ("Class", "Examples", "Asked", "Precision", "Recall", "F1", "Taken for")
    yield grid(head, [map(inline, row) for row in rows])


def _taken(task: Task) -> Sequence[str]:
    """The commonest wrong answers to each class."""
    found = []
    for place, row in enumerate(task.confusion):
        wrong = sorted(
            ((number, at) for at, number in enumerate(row) if at != place and number),
            key=lambda each: (-each[0], each[1]),
        )
        found.append(", ".join(f"{task.classes[at].name} {n:,}" for n, at in wrong[:_WORST]))
    return found
