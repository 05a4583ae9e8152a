"""What the lab found, as text, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from adaptadvisor.errors import shown
from adaptadvisor.lab.facts import PLAN
from adaptadvisor.lab.report import Lab, Task
from adaptadvisor.page import Page
from adaptadvisor.render.formats import inert
from adaptadvisor.render.markup import grid, inline, joined, listed
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import beside, capital, plan_words

HEADING = "The lab"
_KEEP = "With --save DIR the head, its answers and the facts are kept; --bar 90 judges it."
_MOST_COLUMNS = 6
_NAME, _CELL = 22, 6
_WORST, _HARDEST = 3, 2
_NONE_WRONG = 100.0
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
    return _text(found, saved, Page(width, colour=colour, plain=plain))


def _text(found: Lab, saved: str | None, page: Page) -> str:
    if len(found.tasks) > 1:
        page.title(f"{len(found.tasks)} heads on one encoding by {found.encoder.name}")
        for task in found.tasks:
            page.say(_one_of_several(task), mark=f"- {shown(task.label)}: ")
    else:
        page.title(headline(found.tasks[0], found))
        _table(found.tasks[0], page)
        for name, says in _tells(found.tasks[0]):
            page.say(says, mark=f"- {name}: ")
    page.say(_about(found), mark="- Texts: ")
    page.lines.append("")
    page.say(_plan(found))
    if saved is None:
        page.say(_KEEP)
    else:
        for line in _commands(found, saved):
            page.finding(line)  # whole, so that it can be copied
    return page.text()


def _one_of_several(task: Task) -> str:
    best, plain = task.score(task.chosen), task.score("tfidf")
    reached = f"{best.name} {best.f1:.1f} macro-F1 ({best.low:.1f} to {best.high:.1f})"
    learnt = "" if task.beats_majority else ", no better than the commonest class"
    enough = ", which is enough" if task.against.enough and task.beats_majority else ""
    return f"{reached}{learnt}; TF-IDF {plain.f1:.1f}{enough}. {more(task)}"


def _table(task: Task, page: Page) -> None:
    """The curves; on a narrow page, or for a screen reader, only what is reached with all."""
    rows = _rows(task)
    if page.plain or page.width < _NAME + _CELL * (len(rows[0]) - 1):
        for name, *cells in rows[1:]:
            page.say(f"{cells[-1]} macro-F1 with all labels", mark=f"- {name}: ")
        return
    page.lines.append("")
    for name, *cells in rows:
        line = f"{name:<{_NAME}}" + "".join(f"{each:>{_CELL}}" for each in cells)
        page.lines.append(page.bold(line) if name.endswith("*") else line)
    page.lines.append("")


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
            f"pretrained model; {best.name} on {found.encoder.name} reaches {best.f1:g}."
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
    stopped = f"{100 - line.kept:.0f} % of these texts"
    if line.unseen_stopped is not None:
        stopped += f", {line.unseen_stopped:.0f} % of a class that it never saw"
    ask = f"Below {line.confidence:.2f} ask a person: {stopped}"
    yield "How sure", f"{_points(off)} off. {ask}."


def _points(number: float) -> str:
    return f"{number:.1f} points"


def _against(task: Task) -> str:
    gap = task.against
    size = f"{gap.points:+.1f} points ({gap.low:+.1f} to {gap.high:+.1f})"
    if gap.enough:
        return f"{size}: it needs no pretrained model."
    if gap.verdict == "better":
        return f"{size}: the pretrained encoder pays."
    if gap.verdict == "no difference that matters":
        of_f1 = f"{gap.f1_points:+.1f} ({gap.f1_low:+.1f} to {gap.f1_high:+.1f})"
        rare = "the encoder helps rare classes" if gap.f1_low > 0 else "rare classes may gain"
        return f"{size}, but macro-F1 {of_f1}: {rare}."
    return f"{size}: these {task.asked:,} texts cannot tell."


def more(task: Task) -> str:
    """What more labels would bring."""
    if not task.gains:
        return "too few to see a slope; label some more and run this again."
    parts = [
        f"{gain.labels:,} more bring about {_points(gain.points)} "
        f"({gain.low:.1f} to {gain.high:.1f})"
        for gain in task.gains
    ]
    return f"{', '.join(parts)}{_worth(task)}{_lead(task)}."


def _worth(task: Task) -> str:
    """Whether that is worth the work, as far as the ranges tell."""
    if any(gain.low >= _RISES for gain in task.gains):
        return ""
    if all(gain.high < _RISES for gain in task.gains):
        return ": hardly worth the work"
    return ": it may not pay"


def _lead(task: Task) -> str:
    """What may change with twice the labels, so that nobody takes the choice for the last word."""
    if task.tfidf_overtakes:
        return ". With twice as many TF-IDF, which needs no encoder, is expected to lead"
    names = [task.score(each).name for each in task.may_lead]
    if not names:
        return ""
    which = names[0] if len(names) == 1 else f"{len(names)} other methods"
    return f". With twice as many {which} may lead"


def _hardest(task: Task) -> str:
    asked = [each for each in task.classes if each.asked and each.f1 < _NONE_WRONG]
    if not asked:
        return f"none of these {task.asked:,} texts was answered wrongly."
    worst = sorted(asked, key=lambda each: (each.f1, each.name))[:_HARDEST]
    said = ", ".join(f"{shown(each.name, 30)} {each.f1:.0f}" for each in worst)
    if task.mixed:
        first = task.mixed[0]
        times = "once" if first.number == 1 else f"{first.number:,} times"
        said += f"; {shown(first.expected, 30)} is taken for {shown(first.given, 30)} {times}"
    return f"{said}."


def _about(found: Lab) -> str:
    first = found.tasks[0]
    how = "held out" if found.held_out else "to judge by"
    texts = f"{first.examples:,} to train on, {first.asked:,} {how}"
    return f"{texts}; {found.encoder.cpu_seconds:g} CPU seconds for 1,000."


def _plan(found: Lab) -> str:
    plan = found.plan
    before, after = plan_words(plan.before), plan_words(plan.after)
    turn = "as before" if before == after else f"it was {before}"
    return " ".join((f"The plan is {after} ({turn}).", plan.headline, *plan.says))


def _commands(found: Lab, saved: str) -> Iterator[str]:
    """What to do with a head that was kept; the facts hold its results where a bar was given."""
    folder, chosen = shown(saved, 200), found.tasks[0].chosen
    facts, results = quote(f"{folder}/facts.yaml"), quote(f"{folder}/results.jsonl")
    yield f"adaptadvisor lab predict {quote(folder)} new.jsonl"
    if found.bar is None:
        yield (
            f"adaptadvisor next --facts {facts} --results {results} "
            f"--system {chosen} --plan {PLAN} --bar 90"
        )
    else:
        yield f"adaptadvisor recommend --facts {facts}"


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
    notes = [f"Note: {inline(note)}" for note in found.notes]
    yield listed([f"Texts: {inline(_about(found))}", *notes])
    yield "## What it does to the plan"
    yield inline(_plan(found))
    yield inline(_KEEP) if saved is None else listed(map(inline, _commands(found, saved)))
    learnt = [
        (capital(table.facts[one.fact].name), beside(table.facts[one.fact], one.value), one.because)
        for one in found.plan.learnt
    ]
    yield grid(("Fact", "Now", "From what"), [map(inline, row) for row in learnt])


def _scores(task: Task) -> Iterator[str]:
    yield "With all examples, and the 95 % interval of macro-F1:"
    rows = [
        (each.name, f"{each.f1:.1f}", f"{each.low:.1f} to {each.high:.1f}", f"{each.accuracy:.1f}")
        for each in task.scores
    ]
    yield grid(("Method", "Macro-F1", "Interval", "Right, %"), rows)
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
            inline(each.name),
            f"{each.examples:,}",
            f"{each.asked:,}",
            f"{each.precision:.1f}",
            f"{each.recall:.1f}",
            f"{each.f1:.1f}",
            inline(taken[place]),
        )
        for place, each in enumerate(task.classes)
    ]
    head = ("Class", "Examples", "Asked", "Precision", "Recall", "F1", "Taken for")
    yield grid(head, rows)


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
