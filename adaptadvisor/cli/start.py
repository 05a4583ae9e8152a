"""The command `start`: a folder to start from, for the advised plan or for a stated one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.cli import data, options, output, own_rows
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import gather
from adaptadvisor.cli.next import Bar, in_percent
from adaptadvisor.cli.options import Flags, argument, option
from adaptadvisor.cli.output import Look, Target
from adaptadvisor.cli.own_files import Named
from adaptadvisor.errors import bad_input, nearest, shown
from adaptadvisor.files import folder_written_whole
from adaptadvisor.table.given import Given
from adaptadvisor.table.plans import APPROACHES, Attempt, attempt, by_id
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import APPROACH_NAMES, plan_words

if TYPE_CHECKING:
    from adaptadvisor.advice.carrying_out import CarryingOut

_PANEL = "Your files"
_TRAIN_HELP = "Your examples, JSONL, JSON, CSV or TSV; facts you do not state are read from them."
_EVAL_HELP = "The evaluation set, with the same columns."
_CORPUS_HELP = "The folder of the documents that answers draw on."
_TEXT_HELP = "The column of the input; may be repeated."
_LABEL_HELP = "The column of the label or of the wanted answer."
_PLAN_HELP = "The plan to start, such as rag+lora or lora:qlora (the one advised)."
NewFolder = Annotated[str, argument("DIR", "A new folder.")]
Train = Annotated[str | None, option("--train", _TRAIN_HELP, "FILE", _PANEL)]
Eval = Annotated[str | None, option("--eval", _EVAL_HELP, "FILE", _PANEL)]
Corpus = Annotated[str | None, option("--corpus", _CORPUS_HELP, "DIR", _PANEL)]
Text = Annotated[list[str] | None, option("--text", _TEXT_HELP, "COL", _PANEL)]
Label = Annotated[str | None, option("--label", _LABEL_HELP, "COL", _PANEL)]
Plan = Annotated[str | None, option("--plan", _PLAN_HELP, "PLAN", _PANEL)]


def start(
    flags: Flags,
    folder: NewFolder,
    *,
    facts_file: options.Facts = None,
    settings: options.Settings = None,
    plan: Plan = None,
    train: Train = None,
    evaluation: Eval = None,
    corpus: Corpus = None,
    text: Text = None,
    label: Label = None,
    bar: Bar = None,
    rules: options.Rules = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """A folder to start from: evaluation first, then scripts for the plan, with your files."""
    from adaptadvisor.reading.facts_file import written
    from adaptadvisor.starter.folder import folder as filled
    from adaptadvisor.starter.kit import Kit

    in_percent(bar)
    place = _new(folder, force=force)
    stated = _stated(flags.table, plan)
    known = gather(flags, facts_file, settings)
    task = str(known.answers.get("task") or "")
    named = Named(train, evaluation, corpus, tuple(text or ()), label, task)
    own = replace(named.read(place), bar=bar)
    given = _with_data(flags.table, known, named, Look(no_color, plain))
    way = _way(flags.table, given, stated)
    kit = Kit(way, own)
    own_rows.check(named, kit, Look(no_color, plain))
    texts = filled(kit, written(flags.table, given))
    _write(texts, place, force=force)
    output.wrote(place, f"{len(texts)} files for {plan_words(way.plan)}; begin with README.md")
    return Ending()


def _new(name: str, *, force: bool) -> Path:
    """The folder to write; `BadInput` where it cannot be one, or holds something already."""
    place = output.new_folder(name, "start")
    if not force and place.is_dir() and any(place.iterdir()):
        wrong = f"{shown(name, 300)} is not empty"
        raise bad_input("file-exists", f"{wrong}; name a new folder, or add --force", "start")
    return place


def _stated(table: Table, words: str | None) -> Attempt | None:
    """The plan that is named, if one is, with the variants named in it."""
    if words is None:
        return None
    try:
        found = attempt(by_id(words))
    except KeyError:
        right = f"one or more of {', '.join(APPROACHES)}, joined by +"
        wrong = f'"{shown(words)}" is no plan; {right}'
        raise bad_input("unknown-choice", wrong, "--plan") from None
    for approach, variant in found.variants:
        known = [row.id for row in table.variants.values() if approach in row.approaches]
        if variant not in known:
            wrong = f'"{shown(variant)}" is no way of {APPROACH_NAMES[approach]}'
            right = nearest(variant, known) or f"; see adaptadvisor explain {approach}"
            raise bad_input("unknown-choice", f"{wrong}{right}", "--plan")
    return found


def _with_data(table: Table, known: Given, named: Named, look: Look) -> Given:
    """The facts, with those that the files set where nobody stated them."""
    files = data.Files(
        data=[named.train] if named.train else (),
        evaluation=[named.evaluation] if named.evaluation else (),
        corpus=[named.corpus] if named.corpus else (),
        names=named.mapped,
    )
    return data.with_data(table, known, files, Target("text"), look)


def _way(table: Table, given: Given, stated: Attempt | None) -> CarryingOut:
    """How the plan is carried out; a line on stderr where the rules say something else."""
    from adaptadvisor.advice.carrying_out import carrying_out

    way = carrying_out(table, given.facts, stated)
    if not given.facts and stated is None:
        output.say("note: no fact is stated, so this is the plan that everybody begins with")
    if not way.plan:
        raise bad_input("missing-value", "no plan is advised here; name one", "--plan")
    for approach, because in way.ruled_out.items():
        output.say(f"note: {APPROACH_NAMES[approach]} is ruled out here: {because}")
    if way.plan != way.advised and not way.ruled_out:
        output.say(f"note: the advice here is another plan: {plan_words(way.advised)}")
    return way


def _write(texts: Mapping[str, str], place: Path, *, force: bool) -> None:
    """Writes all of the files or none."""
    try:
        with folder_written_whole(place, over=force) as draft:
            for name, text in texts.items():
                (draft / name).parent.mkdir(parents=True, exist_ok=True)
                (draft / name).write_bytes(text.encode())
    except FileExistsError:  # somebody was faster
        raise output.exists(os.fspath(place), "start") from None
